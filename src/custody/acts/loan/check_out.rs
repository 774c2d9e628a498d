//! 借出: a custodian hands the approved things to the borrower.

use crate::{
    app::App,
    custody::{
        Error, access,
        recording::{Once, Recording},
        request::{seen, taken_from},
    },
    domain::{Person, Role},
    id::ApprovalId,
    ledger::{Body, CheckOut, PaperKind, PaperRef, Refusal, RefusalReason},
    store::{
        Recorded,
        requests::{self, LoanTerms},
    },
};

/// Records that everything that was approved is handed over. For a custodian of the unit that keeps it. Done twice, the second
/// is a repeat.
pub async fn check_out(app: &App, me: &Person, id: ApprovalId) -> Result<Recorded, Error> {
    access::require(me, Role::Custodian)?;
    let recording = Recording::new(app, me, Once::CheckOut(id).id());
    let mut tx = app.db.read().await?;
    let request = seen::<LoanTerms>(&mut tx, me, id).await?;
    if let Some(entry) = recording.earlier(&mut tx).await? {
        return Ok(Recorded::again(&entry));
    }
    let given = request.given_seq.ok_or(Refusal::from(RefusalReason::ApprovalUnknown))?;
    let approved = requests::lines(&mut tx, id).await?;
    let lines = taken_from(&mut tx, me, approved).await?;
    drop(tx);
    let body = Body::CheckOut(CheckOut {
        approval: id,
        borrower: request.terms.borrower,
        purpose: request.purpose,
        due_at: request.terms.due_at,
        lines,
    });
    let paper = PaperRef { kind: PaperKind::LoanApproval, number: given.to_string() };
    recording.on([paper]).record(body).await
}
