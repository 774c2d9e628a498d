//! 申报: a custodian of the unit that keeps the things, or lent them, declares what was approved.

use super::{
    ask::declaration,
    whereabouts::{kept, taken},
};
use crate::{
    app::App,
    custody::{
        Error, access,
        recording::{Once, Recording},
        request::seen,
    },
    domain::{Person, Role},
    id::ApprovalId,
    ledger::{ApprovedLoss, PaperKind, PaperRef, Refusal, RefusalReason},
    store::{Recorded, requests},
};

/// Records that what was approved is lost. For a custodian of the unit that keeps or lent it, who is not liable. Done twice, the second is
/// a repeat.
pub async fn declare(app: &App, me: &Person, id: ApprovalId) -> Result<Recorded, Error> {
    access::require(me, Role::Custodian)?;
    let recording = Recording::new(app, me, Once::Loss(id).id());
    let mut tx = app.db.read().await?;
    let request = seen::<ApprovedLoss>(&mut tx, me, id).await?;
    if let Some(entry) = recording.earlier(&mut tx).await? {
        return Ok(Recorded::again(&entry));
    }
    let given = request.given_seq.ok_or(Refusal::from(RefusalReason::ApprovalUnknown))?;
    let mut lines = Vec::new();
    for (item, quantity) in requests::lines(&mut tx, id).await? {
        let (_, kept) = kept(&mut tx, item).await?;
        lines.extend(taken(kept, quantity).into_iter().map(|it| it.line));
    }
    drop(tx);
    let papers = [
        PaperRef { kind: PaperKind::Report, number: request.terms.report.clone() },
        PaperRef { kind: PaperKind::LossApproval, number: given.to_string() },
    ];
    recording.on(papers).record(declaration(&request, lines)).await
}
