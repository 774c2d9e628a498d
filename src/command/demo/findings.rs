//! What the demo's first day finds: a thing that stands on no list, and a zone that was counted and agrees.

use super::names::{ZONE, label, person, photographed, zone};
use crate::{
    app::App,
    custody::count,
    domain::{Finding, Person, rule::Deadline},
    ledger::{Body, Category, DifferenceClass, Draft, RaisedDifference, Seize},
};
use anyhow::Context;

/// The difference waits for the unit that brought the thing; its picture is told from those of the things on the list by its number.
pub(super) async fn report_extra(app: &App, officer: &Person, list: &Seize) -> anyhow::Result<()> {
    const PICTURE: u32 = 99;
    let custodian = person(app, "chen").await?;
    let digest = photographed(app, &custodian, Category::Valuable, PICTURE).await?;
    let now = app.clock.now();
    let raised = RaisedDifference {
        difference: app.ids.new_id(),
        class: DifferenceClass::Extra,
        item: None,
        finding: Finding::ExtraShown.written(&["A3301060000002026010007", "银色手表一块"]),
        owner: officer.unit,
        due_at: app.rules().due(Deadline::SettleCounterDifference, now),
        brought_by: Some(officer.id),
        case: Some(list.case),
        photograph: Some(digest),
    };
    let draft = Draft {
        id: app.ids.new_id(),
        happened_at: now,
        actor: custodian.id,
        unit: custodian.unit,
        station: None,
        papers: Vec::new(),
        body: Body::RaiseDifference(raised),
        signatures: Vec::new(),
    };
    app.sequencer.record(draft).await?;
    Ok(())
}

/// Slot by slot, thing by thing; what is lent is not looked for.
pub(super) async fn count(app: &App, list: &Seize, lent: &[usize]) -> anyhow::Result<()> {
    let custodian = person(app, "lin").await?;
    let (store, slots) = zone(app).await?;
    let count = count::start(app, &custodian, store, Some(ZONE)).await?;
    for (slot, things) in slots.iter().zip((0..list.lines.len()).collect::<Vec<_>>().chunks(2)) {
        count::observe(app, &custodian, count, &slot.code).await?;
        for at in things.iter().filter(|at| !lent.contains(at)) {
            let thing = list.lines.get(*at).context("a thing of the list")?;
            let code = label(&thing.number)?.0;
            count::observe(app, &custodian, count, &code).await?;
        }
    }
    count::finish(app, &custodian, count).await?;
    Ok(())
}
