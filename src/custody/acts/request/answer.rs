//! An approver of the agency answers what is asked for: a yes is an approval that works once, a no goes back with its reason.

use super::{answered, approves, refusal_given, seen};
use crate::{
    app::App,
    clock::Moment,
    custody::{
        Error, Forbidden, access,
        correction::Verdict,
        recording::{Once, Recording},
    },
    domain::{Person, Role},
    id::ApprovalId,
    ledger::{Approve, ApprovedLine, Body},
    store::{
        Recorded, Tx, heads, requests,
        requests::{Request, Terms},
    },
};

/// Answers a request. Nobody approves what they asked for; approving twice is a repeat. `approval` is what a yes says
/// that can be used until the given moment.
pub(in crate::custody) async fn answer<T: Terms>(
    app: &App,
    me: &Person,
    (id, verdict): (ApprovalId, &Verdict),
    approval: impl AsyncFnOnce(&mut Tx, &Request<T>, Vec<ApprovedLine>, Moment) -> Result<Approve, Error>,
) -> Result<Option<Recorded>, Error> {
    let mut tx = app.db.read().await?;
    let request = seen::<T>(&mut tx, me, id).await?;
    access::require(me, Role::Approver)?;
    if !approves(me, request.agency) {
        return Err(Forbidden::new(
            "not_your_agency",
            (
                "这项申请由责任机关自己的审批人审批。",
                "An approver of the agency that answers for the things must answer.",
            ),
            ("请由该机关的审批人办理。", "Ask an approver of that agency."),
        ));
    }
    if request.refused_by.is_some() {
        return Err(answered());
    }
    let Verdict::Refuse { reason } = verdict else {
        let lines = requests::lines(&mut tx, id).await?;
        let lines = lines.into_iter().map(|(item, quantity)| ApprovedLine { item, quantity }).collect();
        let now = heads::recording_time(&mut tx, app.clock.now()).await?;
        let approve = approval(&mut tx, &request, lines, app.rules().due(T::VALID, now)).await?;
        drop(tx);
        let recording = Recording::new(app, me, Once::Approval(id).id());
        return Ok(Some(recording.record(Body::Approve(approve)).await?));
    };
    drop(tx);
    if request.given_seq.is_some() {
        return Err(answered());
    }
    let reason = refusal_given(reason)?;
    let mut tx = app.db.write().await?;
    // Somebody may have answered meanwhile.
    let request = requests::request::<T>(&mut tx, id).await?;
    if request.is_none_or(|it| it.given_seq.is_some() || it.refused_by.is_some()) {
        return Err(answered());
    }
    requests::refuse(&mut tx, id, me.id, reason).await?;
    tx.commit().await?;
    Ok(None)
}
