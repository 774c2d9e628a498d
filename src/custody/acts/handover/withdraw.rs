//! An offer that ends without an exchange: its giver takes it back, or its time runs out. The lines are free again.

use crate::custody::{
    Error, Invalid,
    handover::given,
    offer::offered,
    recording::{Once, Recording},
    signing,
};
use crate::{
    app::App,
    domain::{Person, person::SYSTEM},
    id::{HandoverId, PersonId, UnitId},
    ledger::{Body, Refusal, RefusalReason, Withdraw, WithdrawCause},
    live::News,
    store::{AppendError, handovers},
};

/// The giver's unit takes its offer back, with a reason. A request to sign the conclusion is taken off the station.
pub async fn withdraw(app: &App, me: &Person, id: HandoverId, reason: &str) -> Result<u64, Error> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 300 {
        return Err(Invalid::new(
            "reason_missing",
            ("没有写明撤回原因，或原因太长。", "The reason is missing or too long."),
            ("请用一句话写明为什么撤回。", "Say in one sentence why it is withdrawn."),
        ));
    }
    let mut tx = app.db.read().await?;
    let found = given(&mut tx, me, id).await?;
    offered(&mut tx, &found).await?;
    drop(tx);
    close(app, id, (me.id, me.unit), WithdrawCause::Withdrawn, reason.to_owned()).await
}

/// Closes every open offer whose time has run out, as the system acting for the giver's unit. Safe to run twice: an
/// offer that somebody ended meanwhile is left alone. Answers with how many were closed.
pub async fn expire_offers(app: &App) -> Result<u32, Error> {
    let mut tx = app.db.read().await?;
    let expired = handovers::expired(&mut tx, app.clock.now()).await?;
    drop(tx);
    let mut closed = 0_u32;
    for (id, unit) in expired {
        let reason = "期限已到，未签收".to_owned();
        match close(app, id, (SYSTEM, unit), WithdrawCause::Expired, reason).await {
            Ok(_) => closed = closed.saturating_add(1),
            Err(Error::Refused(Refusal { reason: RefusalReason::OfferClosed, .. })) => (),
            Err(error) => return Err(error),
        }
    }
    Ok(closed)
}

async fn close(
    app: &App,
    id: HandoverId,
    (actor, unit): (PersonId, UnitId),
    cause: WithdrawCause,
    reason: String,
) -> Result<u64, Error> {
    let once = match cause {
        WithdrawCause::Withdrawn => Once::Withdrawal(id),
        WithdrawCause::Expired => Once::Expiry(id),
    };
    let draft = Recording::by(app, actor, unit, once.id()).draft(Body::Withdraw(Withdraw {
        handover: id,
        cause,
        reason,
    }));
    let recorded = match app.sequencer.record(draft).await {
        // A colleague of the same unit was first.
        Err(AppendError::IdTaken) => return Err(Refusal::from(RefusalReason::OfferClosed).into()),
        other => other?,
    };
    signing::take_off_all(app, id.into(), |_| true).await?;
    app.live.tell(News::Handover(id));
    Ok(recorded.seq)
}
