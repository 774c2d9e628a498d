//! 借出: a custodian hands the approved things to the borrower.

use super::seen;
use crate::{
    app::App,
    custody::{
        Error, Thing, access,
        counter::placement,
        recording::{Once, Recording},
    },
    domain::{Person, Role},
    id::ApprovalId,
    ledger::{Body, CheckOut, HeldLine, PaperKind, PaperRef, Refusal, RefusalReason},
    store::{Recorded, loans},
};

/// Records that everything that was approved is handed over. For a custodian of the unit that keeps it. Done twice, the second
/// is a repeat.
pub async fn check_out(app: &App, me: &Person, id: ApprovalId) -> Result<Recorded, Error> {
    access::require(me, Role::Custodian)?;
    let recording = Recording::new(app, me, Once::CheckOut(id).id());
    let mut tx = app.db.read().await?;
    let request = seen(&mut tx, me, id).await?;
    if let Some(entry) = recording.earlier(&mut tx).await? {
        return Ok(Recorded::again(&entry));
    }
    let given = request.given_seq.ok_or(Refusal::from(RefusalReason::ApprovalUnknown))?;
    let mut lines = Vec::new();
    for (item, quantity) in loans::lines(&mut tx, id).await? {
        let slots = loans::slots_kept(&mut tx, me.unit, item).await?;
        if slots.is_empty() {
            return Err(Error::NotFound(Thing::Item));
        }
        let mut left = quantity;
        for (slot, there) in slots {
            if let Some(store) = placement::store_of(&mut tx, slot).await? {
                placement::keeps_store(&mut tx, me, &store).await?;
            }
            let taken = there.min(left);
            if taken > 0 {
                lines.push(HeldLine { item, quantity: taken, slot });
            }
            left = left.saturating_sub(taken);
        }
    }
    drop(tx);
    let body = Body::CheckOut(CheckOut {
        approval: id,
        borrower: request.borrower,
        purpose: request.purpose,
        due_at: request.due_at,
        lines,
    });
    let paper = PaperRef { kind: PaperKind::LoanApproval, number: given.to_string() };
    recording.on([paper]).record(body).await
}
