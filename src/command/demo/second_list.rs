//! The demo's second list: three alike things on one line become single things at the counter; and a label of the first day, which was
//! torn, gives way to a newer copy.

use super::{
    arrivals::{Arrival, receipt},
    names::{label, person, zone},
};
use crate::{
    app::App,
    custody::{
        counter::{self, AtCounter, OpenCase, itemise},
        seize::{self, BY_HAND, Confirmation, ForCase, TypedRow},
    },
    domain::Person,
    id::{CaseId, ItemId},
    ledger::{Body, BoundLabel, Category, Draft, Itemise, ReplaceLabel, ReplacedLabel, Seize},
    store::{journal, stations},
};
use anyhow::{Context, bail};

const LIST: &str = "临公扣〔2026〕9号";

/// Answers with the single things.
pub(super) async fn record(app: &App, officer: &Person, first: &Seize) -> anyhow::Result<Vec<ItemId>> {
    let chen = person(app, "chen").await?;
    seize(app, officer, first.case).await?;
    let things = itemise(app, (&chen, officer), first.case).await?;
    replace_label(app, &chen, first).await?;
    Ok(things)
}

async fn seize(app: &App, officer: &Person, case: CaseId) -> anyhow::Result<()> {
    let list = seize::begin_list(app, officer, ForCase::Known(case)).await?;
    let sticks = TypedRow {
        name: "U盘".to_owned(),
        quantity: "3个".to_owned(),
        features: "黑色，容量64G".to_owned(),
        ..TypedRow::empty(BY_HAND + 1)
    };
    seize::add_rows(app, officer, list, vec![sticks]).await?;
    let confirmation = Confirmation { paper_number: LIST.to_owned(), seized_at: None, accept_list: false };
    seize::confirm(app, officer, list, &confirmation).await?;
    Ok(())
}

/// At the counter the line is itemised; then each thing has its own slot and label, and the delivery is concluded.
async fn itemise(
    app: &App,
    (chen, officer): (&Person, &Person),
    case: CaseId,
) -> anyhow::Result<Vec<ItemId>> {
    let counters = stations::of_unit(&mut app.db.read().await?, chen.unit).await?;
    let station = counters.first().context("the centre has a counter")?.id;
    counter::stand(app, chen, station, None).await?;
    let open = OpenCase { station, case, delivered_by: officer.id, print_on_pick: false };
    counter::open_case(app, chen, &open).await?;
    let line = counter::view::case(app, chen, station, case).await?.picked.context("one line is owed")?;
    let at = AtCounter { station, item: line.item };
    let done = itemise::itemise(app, chen, &itemise::ItemiseLine { at, request: None }).await?;
    let entry = journal::entry(&mut app.db.read().await?, done.seq).await?.context("the entry is there")?;
    let Body::Itemise(Itemise { things, .. }) = entry.draft.body else { bail!("a line was itemised") };
    let (_, slots) = zone(app).await?;
    let mut arrivals = Vec::new();
    for (thing, slot) in things.iter().zip(slots.iter().rev()) {
        let (item, number, category) = (thing.item, thing.number.clone(), Category::Electronic);
        arrivals.push(Arrival { item, category, quantity: 1, number, slot: slot.id });
    }
    app.sequencer.record(receipt(app, (chen, officer), LIST, &arrivals).await?).await?;
    counter::close_case(app, chen, station).await?;
    counter::leave(app, chen, station).await?;
    Ok(things.into_iter().map(|thing| thing.item).collect())
}

/// The label of the second thing was torn; its second copy is stuck on.
async fn replace_label(app: &App, chen: &Person, first: &Seize) -> anyhow::Result<()> {
    let torn = first.lines.get(1).context("the list has a second thing")?;
    let item = torn.item;
    let from = BoundLabel { code: label(&torn.number)?.0, copy: 1 };
    let to = BoundLabel { copy: 2, ..from.clone() };
    let body =
        ReplaceLabel { lines: vec![ReplacedLabel { item, from, to }], reason: "标签破损".to_owned() };
    let replaced = Draft {
        id: app.ids.new_id(),
        happened_at: app.clock.now(),
        actor: chen.id,
        unit: chen.unit,
        station: None,
        papers: Vec::new(),
        body: Body::ReplaceLabel(body),
        signatures: Vec::new(),
    };
    app.sequencer.record(replaced).await?;
    Ok(())
}
