//! An approver of the agency answers what is asked for: a yes is an approval that works once, a no goes back with its reason.

use super::seen;
use crate::{
    app::App,
    custody::{
        Error, Forbidden, access,
        correction::Verdict,
        recording::{Once, Recording},
        request::{answered, approves, refusal_given},
    },
    domain::{Person, Role, rule::Deadline},
    id::ApprovalId,
    ledger::{Approve, ApprovedLine, Body},
    store::{Recorded, heads, loans, people},
};

/// Answers a request. Nobody approves what they asked for; approving twice is a repeat.
pub async fn answer(
    app: &App,
    me: &Person,
    id: ApprovalId,
    verdict: &Verdict,
) -> Result<Option<Recorded>, Error> {
    let mut tx = app.db.read().await?;
    let request = seen(&mut tx, me, id).await?;
    access::require(me, Role::Approver)?;
    if !approves(me, request.agency) {
        return Err(Forbidden::new(
            "not_your_agency",
            ("借出由责任机关自己的审批人审批。", "An approver of the agency that asks must answer."),
            ("请由该机关的审批人办理。", "Ask an approver of that agency."),
        ));
    }
    if request.refused_by.is_some() {
        return Err(answered());
    }
    let lines = loans::lines(&mut tx, id).await?;
    let borrower = people::name(&mut tx, request.borrower).await?;
    let now = heads::recording_time(&mut tx, app.clock.now()).await?;
    drop(tx);
    let Verdict::Refuse { reason } = verdict else {
        let approve = Approve {
            approval: id,
            act: request.act,
            requester: request.requester,
            purpose: format!("{}；借用人 {borrower}，{} 前归还", request.purpose, request.due_at.text()),
            expires_at: app.rules().due(Deadline::LoanApproved, now),
            lines: lines.into_iter().map(|(item, quantity)| ApprovedLine { item, quantity }).collect(),
            correction: None,
            disposal: None,
        };
        let recording = Recording::new(app, me, Once::Approval(id).id());
        return Ok(Some(recording.record(Body::Approve(approve)).await?));
    };
    if request.given_seq.is_some() {
        return Err(answered());
    }
    let reason = refusal_given(reason)?;
    let mut tx = app.db.write().await?;
    // Somebody may have answered meanwhile.
    let request = loans::request(&mut tx, id).await?;
    if request.is_none_or(|it| it.given_seq.is_some() || it.refused_by.is_some()) {
        return Err(answered());
    }
    loans::refuse(&mut tx, id, me.id, reason).await?;
    tx.commit().await?;
    Ok(None)
}
