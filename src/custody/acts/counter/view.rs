//! What the counter's pages show.

use super::{colleague, itemise, my_station, placement, steps};
use crate::{
    app::App,
    clock::Moment,
    custody::{Error, Thing, access, texts},
    domain::{
        Person, Store,
        counter::{Activity, LineDraft, LineState, PrintState, Receiving, Step, missing_steps, next_step},
        rule::Deadline,
    },
    id::{CaseId, ItemId, PersonId, SlotId, StationId},
    ledger::{DifferenceClass, Measure},
    live::ScanAnswer,
    store::{
        Tx, counter,
        deliveries::{self, ConcludedDelivery, OpenDelivery},
        off_line, people, places, stations,
    },
};
use serde::Serialize;

/// How many lines are shown at a time.
const LINES: i64 = 200;

/// How many open and how many concluded deliveries.
const TO_CONCLUDE: u32 = 20;

/// The counter before a case is open.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Overview {
    /// Whether I stand here.
    pub mine: bool,
    /// The colleague who stands here and is logged in.
    pub somebody: Option<String>,
    /// The case that is open here.
    pub open: Option<(CaseId, String)>,
    pub last: Option<ScanAnswer>,
    pub expected: Vec<ExpectedCase>,
    /// How many things that stations took in off line wait to be entered.
    pub off_line: i64,
    /// What came and stands on no 入库单 yet, without the case in hand.
    pub to_conclude: Vec<OpenDelivery>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ExpectedCase {
    pub case: CaseId,
    pub number: String,
    pub name: String,
    pub unit: String,
    pub owed: i64,
    pub due_at: Moment,
}

/// What is expected, and who stands here.
pub async fn overview(app: &App, me: &Person, station: StationId, words: &str) -> Result<Overview, Error> {
    texts::searched(words)?;
    let mut tx = app.db.read().await?;
    my_station(&mut tx, me, station).await?;
    let counter = counter::counter(&mut tx, station).await?;
    let mut open = None;
    let mut to_conclude = deliveries::open(&mut tx, me.unit, TO_CONCLUDE).await?;
    if let Some((_, Activity::Receiving(receiving))) = &counter {
        let head = counter::case_head(&mut tx, receiving.case).await?;
        open = head.map(|head| (head.id, head.number));
        let in_hand = (receiving.case, receiving.delivered_by);
        to_conclude.retain(|it| (it.case, it.delivered_by) != in_hand);
    }
    let expected = counter::expected(&mut tx, me.unit, words.trim(), 100).await?;
    let due = |from| app.rules().due(Deadline::HandIn, from);
    Ok(Overview {
        mine: counter.as_ref().is_some_and(|(person, _)| *person == me.id),
        somebody: colleague(app, &mut tx, me, station, counter.as_ref()).await?,
        open,
        last: last(&mut tx, station, 0).await?,
        off_line: off_line::waiting(&mut tx, Some(me.unit)).await?,
        to_conclude,
        expected: expected
            .into_iter()
            .map(|row| ExpectedCase {
                case: row.case,
                number: row.number,
                name: row.name,
                unit: row.unit_name,
                owed: row.owed,
                due_at: due(row.first_seized_at),
            })
            .collect(),
    })
}

async fn last(tx: &mut Tx, station: StationId, after: u64) -> Result<Option<ScanAnswer>, Error> {
    let answer = stations::last_answer(tx, station, after).await?;
    Ok(answer.and_then(|text| serde_json::from_str(&text).ok()))
}

/// A case at the counter: its lines, and the one in hand.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CaseAtCounter {
    pub case: CaseId,
    pub number: String,
    pub name: String,
    pub unit: String,
    pub lines_total: i64,
    pub lines_owed: i64,
    /// Whether this case is open at this counter, by me.
    pub open: bool,
    pub somebody: Option<String>,
    pub delivered_by: Option<PersonId>,
    pub delivered_by_name: Option<String>,
    pub print_on_pick: bool,
    /// Who may deliver: (person, name, unit).
    pub deliverers: Vec<(PersonId, String, String)>,
    /// Who probably does: the officer of the case, or the one who seized.
    pub likely: Option<PersonId>,
    pub lines: Vec<LineView>,
    pub picked: Option<PickedLine>,
    pub last: Option<ScanAnswer>,
    /// What lies on the tray, by number and name; nothing while things are taken one by one.
    pub tray: Option<Vec<(ItemId, String)>>,
    /// How many owed lines have no label yet.
    pub without_label: usize,
    /// What came before, each on its 入库单.
    pub deliveries: Vec<ConcludedDelivery>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = CounterLine)]
pub struct LineView {
    pub item: ItemId,
    pub number: String,
    pub paper_line: i64,
    pub name: String,
    pub quantity: String,
    pub state: LineState,
    pub picked: bool,
    pub owed: bool,
    pub slot: Option<String>,
    /// The entry that received it; its receipt can be printed.
    pub received_seq: Option<i64>,
}

/// The line in hand.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PickedLine {
    pub item: ItemId,
    pub number: String,
    pub name: String,
    pub category: &'static str,
    pub features: String,
    /// What is owed, with its unit.
    pub owed: String,
    pub next: Step,
    pub draft: LineDraft,
    /// What came, when it is short.
    pub short: Option<String>,
    pub label: Option<LabelView>,
    /// The stores that may hold it.
    pub stores: Vec<StoreChoice>,
    /// The rule that says where it may lie.
    pub citation: Option<String>,
    /// The class of an open difference about it.
    pub difference: Option<String>,
    /// The steps that a rule makes binding for it.
    pub binding: Vec<&'static str>,
    /// The article that does.
    pub law: Option<String>,
    /// Those that are not done yet.
    pub missing: Vec<&'static str>,
    /// As the scale weighed it, and what the packing weighs.
    pub gross: Option<String>,
    pub tare: Option<String>,
    /// Its weight without its packing.
    pub net: Option<String>,
    /// Whether that is another than the list's.
    pub weight_differs: bool,
    /// Whether it is money, which is counted by face values.
    pub money: bool,
    /// Who confirmed it besides the custodian.
    pub second: Option<String>,
    /// How many single things the line becomes when it is itemised; nothing where it cannot be.
    pub pieces: Option<i64>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LabelView {
    pub copy: u32,
    pub state: PrintState,
    pub why: Option<String>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct StoreChoice {
    pub name: String,
    pub slots: Vec<(SlotId, String)>,
}

/// The case as this counter sees it. A case that is not theirs to see is not there.
pub async fn case(app: &App, me: &Person, station: StationId, case: CaseId) -> Result<CaseAtCounter, Error> {
    let mut tx = app.db.read().await?;
    my_station(&mut tx, me, station).await?;
    access::see_case(&mut tx, me, case).await?;
    let head = counter::case_head(&mut tx, case).await?.ok_or(Error::NotFound(Thing::Case))?;
    let counter = counter::counter(&mut tx, station).await?;
    let open = match &counter {
        Some((person, Activity::Receiving(open))) if *person == me.id && open.case == case => {
            Some(open.clone())
        }
        _ => None,
    };
    let picked = picked_line(app, &mut tx, me, open.as_ref()).await?;
    let from = picked.as_ref().map_or(0, |(line, _)| line.paper_line.saturating_sub(20));
    let (lines_total, lines_owed) = counter::tally(&mut tx, case).await?;
    let from = if lines_total > LINES { from } else { 0 };
    let lines = counter::lines(&mut tx, case, from, LINES).await?;
    let deliverers = counter::deliverers(&mut tx, case).await?;
    let known = |person: &PersonId| deliverers.iter().any(|(id, ..)| id == person);
    let likely =
        head.officer.filter(known).or_else(|| lines.first().map(|line| line.seized_by).filter(known));
    let delivered_by = open.as_ref().map(|open| open.delivered_by);
    let named = deliverers.iter().find(|(id, ..)| Some(*id) == delivered_by);
    let item = open.as_ref().and_then(|open| open.item);
    Ok(CaseAtCounter {
        case,
        lines_total,
        lines_owed,
        open: open.is_some(),
        somebody: colleague(app, &mut tx, me, station, counter.as_ref()).await?,
        delivered_by,
        delivered_by_name: named.map(|(_, name, unit)| format!("{unit} {name}")),
        print_on_pick: open.as_ref().is_some_and(|open| open.print_on_pick),
        likely,
        lines: lines.iter().map(|line| view(line, item)).collect(),
        picked: picked.map(|(_, view)| view),
        last: last(&mut tx, station, open.as_ref().map_or(0, |open| open.answered)).await?,
        tray: open.as_ref().and_then(|open| open.tray.as_ref()).map(|tray| {
            let on_it = |item: &ItemId| lines.iter().find(|line| line.id == *item);
            let named = |line: &counter::Line| (line.id, format!("{} {}", line.number, line.name));
            tray.iter().filter_map(on_it).map(named).collect()
        }),
        without_label: lines.iter().filter(|line| line.owed > 0 && line.label.is_none()).count(),
        deliveries: deliveries::of_case(&mut tx, case, TO_CONCLUDE).await?,
        deliverers,
        number: head.number,
        name: head.name,
        unit: head.unit_name,
    })
}

fn view(line: &counter::Line, picked: Option<ItemId>) -> LineView {
    let quantity = line.measure.text(line.quantity, line.counted_as.as_deref());
    LineView {
        item: line.id,
        number: line.number.clone(),
        paper_line: line.paper_line,
        name: line.name.clone(),
        quantity,
        state: state(line),
        picked: picked == Some(line.id),
        owed: line.owed > 0,
        slot: line.slot_name.clone(),
        received_seq: line.received_seq,
    }
}

fn state(line: &counter::Line) -> LineState {
    let label_out = line.label.as_ref().is_some_and(|label| label.state != PrintState::Failed);
    let refused = line.difference.as_deref() == Some(DifferenceClass::RefusedAtCounter.word());
    match line {
        line if line.owed == 0 && line.slot_name.is_some() => LineState::InSlot,
        line if line.owed == 0 && line.received_seq.is_none() => LineState::InPlace,
        line if line.owed == 0 => LineState::Elsewhere,
        line if line.draft.bound.is_some() => LineState::Bound,
        line if line.owed < line.quantity => LineState::Short,
        _ if refused => LineState::Refused,
        _ if label_out => LineState::Labelled,
        line if line.draft.weighing.is_some() => LineState::Weighed,
        _ => LineState::Owed,
    }
}

/// The line in hand with where it may go.
async fn picked_line(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    open: Option<&Receiving>,
) -> Result<Option<(counter::Line, PickedLine)>, Error> {
    let Some(item) = open.and_then(|open| open.item) else { return Ok(None) };
    let Some(line) = counter::line(tx, item).await?.filter(|line| line.owed > 0) else { return Ok(None) };
    let label = line.label.as_ref();
    let now = app.clock.now();
    let binding = steps::binding(app, &line, now);
    let second = match line.draft.second {
        Some(second) => people::person(tx, second).await?,
        None => None,
    };
    let state = label.map(|label| label.state);
    let next = next_step(line.category, &line.measure, &line.draft, state, &binding);
    let mut citation = None;
    let mut choices = Vec::new();
    for store in placement::own_stores(tx, me).await? {
        match app.rules().keeps_out(line.category, store.kind, app.clock.now()) {
            Some(rule) => citation = Some(rule.citation.clone()),
            None => choices.push(room_for(app, tx, &line, store).await?),
        }
    }
    let text = |quantity| line.measure.text(quantity, line.counted_as.as_deref());
    let picked = PickedLine {
        item: line.id,
        number: line.number.clone(),
        name: line.name.clone(),
        category: line.category.word(),
        features: line.features.clone(),
        owed: text(line.owed),
        next,
        short: line.draft.short.as_ref().map(|short| text(short.quantity)),
        label: label.map(|label| LabelView { copy: label.copy, state: label.state, why: label.why.clone() }),
        stores: choices,
        citation,
        difference: line.difference.clone(),
        binding: binding.iter().map(|step| step.word()).collect(),
        law: app.rules().intake(line.category, now).map(|it| it.citation.clone()),
        missing: missing_steps(&binding, &line.measure, &line.draft).iter().map(|step| step.word()).collect(),
        gross: line.draft.weighing.as_ref().map(|it| Measure::Milligram.text(it.gross_mg, None)),
        tare: line.draft.tare.as_ref().map(|it| Measure::Milligram.text(it.gross_mg, None)),
        net: line.draft.weighed().map(|it| Measure::Milligram.text(it.net_mg(), None)),
        weight_differs: steps::beyond(app, &line, now).is_some(),
        money: line.measure.currency().is_some(),
        second: second.map(|person| person.name),
        pieces: itemise::pieces(&line),
        draft: line.draft.clone(),
    };
    Ok(Some((line, picked)))
}

/// The slots of a store that have room for this line.
async fn room_for(app: &App, tx: &mut Tx, line: &counter::Line, store: Store) -> Result<StoreChoice, Error> {
    let mut choice = choice(tx, store).await?;
    let slots = choice.slots.iter().map(|(slot, _)| *slot).collect();
    let contents = places::contents(tx, &slots).await?;
    choice.slots.retain(|(slot, _)| {
        contents.get(slot).is_none_or(|there| placement::has_room(app, line.category, there).is_ok())
    });
    Ok(choice)
}

pub(in crate::custody) async fn choice(tx: &mut Tx, store: Store) -> Result<StoreChoice, Error> {
    let slots = places::open_slots(tx, store.id).await?;
    Ok(StoreChoice { name: store.name, slots: slots.into_iter().map(|slot| (slot.id, slot.name)).collect() })
}
