//! What a witness leaves undone: entries unsigned for longer than the rule allows, or a checkpoint refused. Each lapse
//! becomes one difference, whose id follows from the witness and how far it had signed, so that it is raised once however
//! often and wherever it is seen. When the witness has signed further, the next lapse is a new one.

use crate::{
    app::App,
    clock::Moment,
    custody::Error,
    custody::recording::{Once, Recording},
    domain::{Finding, person::SYSTEM, rule::Deadline},
    id::DifferenceId,
    language::Language,
    ledger::{Body, DifferenceClass, RaisedDifference, note::refusal::Reason},
    store::{
        Tx, differences, heads,
        witnesses::{self, Cosignature, Witness},
    },
};
use uuid::Uuid;

/// Since when there are entries that the witness has not signed: never before it was entered.
pub(super) async fn behind_since(
    tx: &mut Tx,
    witness: &Witness,
    signed: Option<&Cosignature>,
) -> Result<Option<Moment>, Error> {
    let since = witnesses::behind_since(tx, signed.map_or(0, |it| it.size)).await?;
    Ok(since.map(|since| since.max(witness.added_at)))
}

/// Whether the rule allows it no longer.
pub(super) fn too_long(app: &App, since: Moment) -> bool {
    app.rules().due(Deadline::WitnessBehind, since) < app.clock.now()
}

/// Raises what is not raised yet: for every witness that is behind, and for every refusal. Safe to run twice, also by two
/// servers at once. Answers with how many were raised.
pub async fn raise_lapses(app: &App) -> Result<u32, Error> {
    let mut tx = app.db.read().await?;
    let witnesses = witnesses::all(&mut tx).await?;
    let (newest, refusals) = (witnesses::newest(&mut tx).await?, witnesses::refused(&mut tx).await?);
    let size = heads::size(&mut tx).await?;
    let mut late = Vec::new();
    for witness in witnesses.iter().filter(|it| it.revoked_at.is_none()) {
        let signed = newest.iter().find(|it| it.witness == witness.name);
        let since = behind_since(&mut tx, witness, signed).await?;
        if let Some(since) = since.filter(|since| too_long(app, *since)) {
            late.push((witness, signed.map_or(0, |it| it.size), since));
        }
    }
    drop(tx);
    let mut raised = 0_u32;
    for (witness, signed, since) in late {
        let (name, since) = (&witness.name, since.text());
        let about = [name.as_str(), &since, &signed.to_string(), &size.to_string()];
        let finding = Finding::WitnessBehind.written(&about);
        let new = raise(app, witness, DifferenceClass::WitnessBehind, signed, finding).await?;
        raised = raised.saturating_add(u32::from(new));
    }
    for refusal in &refusals {
        if let Some(witness) = witnesses.iter().find(|it| it.name == refusal.witness) {
            let new = raise_refused(app, witness, refusal.size, &refusal.why).await?;
            raised = raised.saturating_add(u32::from(new));
        }
    }
    Ok(raised)
}

/// The difference of a refusal.
pub(super) async fn raise_refused(
    app: &App,
    witness: &Witness,
    signed: i64,
    why: &str,
) -> Result<bool, Error> {
    let why = Reason::from_code(why).map_or("原因不明", |reason| reason.sentence(Language::Zh));
    let name = &witness.name;
    let finding = Finding::WitnessRefused.written(&[name, why, &signed.to_string()]);
    raise(app, witness, DifferenceClass::WitnessRefused, signed, finding).await
}

/// True when it had not been raised before.
async fn raise(
    app: &App,
    witness: &Witness,
    class: DifferenceClass,
    signed: i64,
    finding: String,
) -> Result<bool, Error> {
    let lapse = format!("{} {} {signed}", class.word(), witness.name);
    let difference = DifferenceId(Uuid::new_v5(&witness.unit.0, lapse.as_bytes()));
    let mut tx = app.db.read().await?;
    let there = differences::difference(&mut tx, difference, None).await?.is_some();
    drop(tx);
    if there {
        return Ok(false);
    }
    let now = app.clock.now();
    let due_at = app.rules().due(class.deadline(), now);
    let raised = RaisedDifference {
        difference,
        class,
        item: None,
        finding,
        owner: witness.unit,
        due_at,
        brought_by: None,
        case: None,
        photograph: None,
    };
    let recording = Recording::by(app, SYSTEM, witness.unit, Once::Difference(difference).id());
    Ok(!recording.record(Body::RaiseDifference(raised)).await?.repeat)
}
