//! An approver of the agency answers what is asked for.

use crate::{
    app::App,
    custody::{Error, correction::Verdict, request},
    domain::Person,
    id::ApprovalId,
    ledger::Approve,
    store::{Recorded, people, requests::LoanTerms},
};

/// Answers a request. Nobody approves what they asked for; approving twice is a repeat.
pub async fn answer(
    app: &App,
    me: &Person,
    id: ApprovalId,
    verdict: &Verdict,
) -> Result<Option<Recorded>, Error> {
    request::answer::<LoanTerms>(app, me, (id, verdict), async |tx, it, lines, until| {
        let borrower = people::name(tx, it.terms.borrower).await?;
        let purpose = format!("{}；借用人 {borrower}，{} 前归还", it.purpose, it.terms.due_at.text());
        Ok(Approve { purpose, ..request::approval(it, lines, until) })
    })
    .await
}
