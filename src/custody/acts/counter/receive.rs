//! What the counter records: lines received, lines refused, things on no list, and things put elsewhere.

use super::{
    AtCounter,
    label::{self, DrawnLabel, PrintOrder},
    line, owed_line,
    placement::{has_room, may_lie_in},
    print_if_wanted, receiving, steps, tell,
};
use crate::{
    app::App,
    clock::Moment,
    custody::{
        Conflict, Error, Invalid, Thing, id_taken,
        recording::{Recording, requested},
        texts,
    },
    domain::{
        Finding, Person,
        counter::{Activity, PlacedItem, Receiving},
    },
    id::{DifferenceId, EntryId, ItemId, PersonId, SlotId, StationId, UnitId},
    ledger::{
        self, Body, DifferenceClass, MovedLine, PaperKind, PaperRef, RaisedDifference, Receive, ReceivedLine,
        Reception, Refusal, RefusalReason,
    },
    store::{Recorded, Tx, counter, journal, people, places},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A line goes into a slot: chosen on the page when the scanner is broken.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct ReceiveLine {
    #[serde(flatten)]
    pub at: AtCounter,
    pub slot: SlotId,
    /// The same request again is the same event.
    #[serde(default)]
    pub request: Option<EntryId>,
}

/// The entry that was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    pub seq: u64,
}

impl From<Recorded> for Receipt {
    fn from(recorded: Recorded) -> Receipt {
        Receipt { seq: recorded.seq }
    }
}

/// Receives the line in hand into a slot. Its label must have been scanned back.
pub async fn receive_line(app: &App, me: &Person, wish: &ReceiveLine) -> Result<Receipt, Error> {
    let id = requested(app, me, wish.request);
    let put = PutAway { station: wish.at.station, item: wish.at.item, slot: wish.slot };
    let done = record(app, me, &put, id, app.clock.now()).await?;
    let next = prepare_next(app, me, &put).await?;
    let mut tx = app.db.write().await?;
    let printed = take_next(&mut tx, app, me, &put, next).await?;
    tx.commit().await?;
    tell(app, put.station);
    if let Some(printed) = printed {
        printed.send(app);
    }
    Ok(done)
}

/// A line that goes into a slot.
#[derive(Clone, Copy, Debug)]
pub(super) struct PutAway {
    pub station: StationId,
    pub item: ItemId,
    pub slot: SlotId,
}

/// Records the line. The same id again is the same receipt.
pub(super) async fn record(
    app: &App,
    me: &Person,
    put: &PutAway,
    id: EntryId,
    happened_at: Moment,
) -> Result<Receipt, Error> {
    let recording = Recording::new(app, me, id).at(put.station).happened(happened_at);
    let same = |recorded: &Body| placed(recorded) == [(put.item, put.slot)];
    record_lines(app, me, recording, (put.station, &[put.item], put.slot), same).await
}

/// Records these lines of the open case as one receipt into one slot: all of them or none. What was recorded under the id before is
/// answered again when it is the same.
pub(super) async fn record_lines(
    app: &App,
    me: &Person,
    recording: Recording<'_>,
    (station, items, slot): (StationId, &[ItemId], SlotId),
    same: impl FnOnce(&Body) -> bool,
) -> Result<Receipt, Error> {
    let mut tx = app.db.read().await?;
    let open = receiving(&mut tx, me, station).await?;
    if let Some(entry) = recording.earlier(&mut tx).await? {
        return if same(&entry.draft.body) { Ok(Receipt { seq: entry.seq }) } else { Err(id_taken()) };
    }
    if items.is_empty() {
        return Err(tray_empty());
    }
    let mut there = places::contents(&mut tx, &BTreeSet::from([slot])).await?.remove(&slot);
    let (mut lines, mut grounds) = (Vec::with_capacity(items.len()), Vec::new());
    for item in items {
        let line = owed_line(&mut tx, &open, *item).await?;
        steps::all_done(app, &line, app.clock.now())?;
        lines.push(as_received(app, &mut tx, me, open.delivered_by, &line, slot).await?);
        // What comes together lies beside one another, and takes room, before any of it is in the book.
        if let Some(there) = &mut there {
            has_room(app, line.category, there)?;
            there.put(line.category);
        }
        grounds.extend(ground(&line).filter(|paper| !grounds.contains(paper)));
    }
    drop(tx);
    let body = Body::Receive(Receive { delivered_by: open.delivered_by, lines });
    Ok(recording.on(grounds).record(body).await?.into())
}

fn tray_empty() -> Error {
    Conflict::new(
        "tray_empty",
        ("托盘上没有财物，没有入库。", "Nothing lies on the tray; nothing was received."),
        ("请先逐件扫标签。", "Scan the labels of the things first."),
    )
}

/// What a receipt took in, and into which slots.
pub(super) fn placed(recorded: &Body) -> Vec<(ItemId, SlotId)> {
    let Body::Receive(Receive { lines, .. }) = recorded else { return Vec::new() };
    let placed = lines.iter().filter_map(|line| match line.answer {
        Reception::Accepted { slot, .. } => Some((line.item, slot)),
        Reception::Refused { .. } => None,
    });
    placed.collect()
}

/// A line as its draft says that it came, into this slot.
pub(in crate::custody) async fn as_received(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    delivered_by: PersonId,
    line: &counter::Line,
    slot: SlotId,
) -> Result<ReceivedLine, Error> {
    let draft = line.draft.clone();
    let Some(label) = draft.bound.clone() else {
        let number = Some(line.number.clone());
        return Err(Refusal { reason: RefusalReason::LabelMissing, item: Some(line.id), number }.into());
    };
    may_lie_in(app, tx, me, line.category, slot).await?;
    deliverer_owes(tx, delivered_by, line).await?;
    let quantity = draft.short.as_ref().map_or(line.owed, |short| short.quantity.min(line.owed));
    let answer = Reception::Accepted {
        quantity,
        slot,
        label,
        weighing: draft.weighed(),
        seal: draft.seal.clone(),
        photographs: draft.photographs.clone(),
        damaged: draft.damage.is_some(),
        remark: draft.remark.clone(),
        second: draft.second,
        denominations: draft.denominations.clone(),
    };
    let difference = shortage(app, line, quantity)
        .map(|(class, finding)| raised(app, class, line, (finding, delivered_by)));
    Ok(ReceivedLine { item: line.id, owed_by: line.owed_by, answer, difference })
}

/// Less than owed, damaged, or of another weight than the list says: one difference says all of it.
fn shortage(app: &App, line: &counter::Line, quantity: i64) -> Option<(DifferenceClass, String)> {
    let text = |quantity| line.measure.text(quantity, line.counted_as.as_deref());
    let short = (quantity < line.owed).then(|| {
        let reason = line.draft.short.as_ref().map_or("", |short| short.reason.as_str());
        Finding::Short.written(&[&text(line.owed), &text(quantity), reason])
    });
    let damage = line.draft.damage.as_ref().map(|damage| Finding::Damaged.written(&[damage]));
    let weight = steps::beyond(app, line, app.clock.now()).map(|it| {
        let reason = line.draft.weight_reason.clone();
        it.finding(&reason.unwrap_or_else(|| Finding::NotExplained.written(&[])))
    });
    let findings = [
        (DifferenceClass::Short, short),
        (DifferenceClass::WrongWeight, weight),
        (DifferenceClass::Damaged, damage),
    ];
    let found: Vec<(DifferenceClass, String)> =
        findings.into_iter().filter_map(|(class, finding)| Some((class, finding?))).collect();
    let class = found.first()?.0;
    Some((class, found.into_iter().map(|(_, finding)| finding).collect::<Vec<_>>().join("；")))
}

fn raised(
    app: &App,
    class: DifferenceClass,
    line: &counter::Line,
    (finding, brought_by): (String, PersonId),
) -> RaisedDifference {
    let due_at = app.rules().due(class.deadline(), app.clock.now());
    let difference: DifferenceId = app.ids.new_id();
    let (item, owner, brought_by) = (Some(line.id), line.owed_by, Some(brought_by));
    RaisedDifference {
        difference,
        class,
        item,
        finding,
        owner,
        due_at,
        brought_by,
        case: None,
        photograph: None,
    }
}

/// The seizure list the line stands on.
pub(in crate::custody) fn ground(line: &counter::Line) -> Option<PaperRef> {
    let number = line.paper_number.clone();
    (!number.is_empty()).then_some(PaperRef { kind: PaperKind::SeizureList, number })
}

/// Who brings it must be of the unit that owes it.
pub(super) async fn deliverer_owes(
    tx: &mut Tx,
    delivered_by: PersonId,
    line: &counter::Line,
) -> Result<(), Error> {
    let deliverer = people::person(tx, delivered_by).await?;
    match deliverer.is_some_and(|person| person.unit == line.owed_by && !person.disabled) {
        true => Ok(()),
        false => Err(Conflict::new(
            "deliverer_of_another_unit",
            ("送交人不属于应交单位。", "The one who delivers is not of the unit that owes the line."),
            (
                "请重新打开案件，选择应交单位的送交人。",
                "Open the case again and choose an officer of the unit that owes it.",
            ),
        )),
    }
}

/// The line that is in hand after another has ended, with its label drawn if it is to be printed.
pub(super) struct NextLine {
    label: Option<DrawnLabel>,
}

/// Looks which line comes next and draws its label, before anything is written: drawing takes longer than all the rest.
pub(super) async fn prepare_next(app: &App, me: &Person, put: &PutAway) -> Result<NextLine, Error> {
    let mut tx = app.db.read().await?;
    let mut open = receiving(&mut tx, me, put.station).await?;
    next_in_hand(&mut tx, &mut open, put.item).await?;
    drop(tx);
    let label = match open.item.filter(|_| open.print_on_pick) {
        Some(item) => label::draw_if_possible(app, me, put.station, item).await?,
        None => None,
    };
    Ok(NextLine { label })
}

/// The next owed line is in hand, and its label on the way.
pub(super) async fn take_next(
    tx: &mut Tx,
    app: &App,
    me: &Person,
    put: &PutAway,
    next: NextLine,
) -> Result<Option<PrintOrder>, Error> {
    let mut open = receiving(tx, me, put.station).await?;
    open.last = Some(PlacedItem { item: put.item, slot: put.slot });
    next_in_hand(tx, &mut open, put.item).await?;
    let label = next.label.filter(|label| Some(label.item()) == open.item);
    counter::set(tx, put.station, me.id, &Activity::Receiving(open), app.clock.now()).await?;
    match label {
        Some(label) => label.queue_if_wanted(tx, app, me).await,
        None => Ok(None),
    }
}

/// Only when the line that ended is the one in hand.
async fn next_in_hand(tx: &mut Tx, open: &mut Receiving, ended: ItemId) -> Result<(), Error> {
    if open.item.is_none_or(|item| item == ended) {
        let after = counter::line(tx, ended).await?.map_or(0, |line| line.paper_line);
        open.item = counter::next_owed(tx, open.case, after).await?;
    }
    Ok(())
}

/// A line is refused, with the reason (公通字〔2015〕21号 §14). It stays owed, and a difference is raised.
#[derive(Clone, Debug, Deserialize)]
pub struct RefuseLine {
    #[serde(flatten)]
    pub at: AtCounter,
    pub reason: String,
    #[serde(default)]
    pub request: Option<EntryId>,
}

pub async fn refuse_line(app: &App, me: &Person, wish: &RefuseLine) -> Result<Receipt, Error> {
    let (at, reason) = (wish.at, wish.reason.trim());
    let id = requested(app, me, wish.request);
    let mut tx = app.db.read().await?;
    let open = receiving(&mut tx, me, at.station).await?;
    let line = owed_line(&mut tx, &open, at.item).await?;
    let repeat = journal::entry_by_id(&mut tx, id).await?.is_some();
    if line.difference.as_deref() == Some(DifferenceClass::RefusedAtCounter.word()) && !repeat {
        return Err(Conflict::new(
            "already_refused",
            (
                "这件财物已经拒收，差异尚未了结。",
                "This line has been refused already; the difference is open.",
            ),
            ("请等待应交单位答复差异，或改为入库。", "Wait for the owing unit to answer, or receive it."),
        ));
    }
    if reason.is_empty() {
        return Err(texts::say_why());
    }
    texts::recordable(texts::REASON, reason)?;
    deliverer_owes(&mut tx, open.delivered_by, &line).await?;
    drop(tx);
    let difference = raised(
        app,
        DifferenceClass::RefusedAtCounter,
        &line,
        (Finding::Refused.written(&[reason]), open.delivered_by),
    );
    let answer = Reception::Refused { reason: reason.to_owned() };
    let received =
        ReceivedLine { item: line.id, owed_by: line.owed_by, answer, difference: Some(difference) };
    let body = Body::Receive(Receive { delivered_by: open.delivered_by, lines: vec![received] });
    let done = Recording::new(app, me, id).at(at.station).on(ground(&line)).record(body).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if let Activity::Receiving(mut open) = super::standing(&mut tx, me, at.station).await? {
        next_in_hand(&mut tx, &mut open, line.id).await?;
        let (item, print) = (open.item, open.print_on_pick);
        counter::set(&mut tx, at.station, me.id, &Activity::Receiving(open), now).await?;
        tx.commit().await?;
        tell(app, at.station);
        print_if_wanted(app, me, at.station, item, print).await?;
    }
    Ok(done.into())
}

/// A thing that is on no list.
#[derive(Clone, Debug, Deserialize)]
pub struct ReportExtra {
    pub station: StationId,
    /// What it is, in words.
    pub description: String,
    #[serde(skip)]
    pub photograph: Option<Vec<u8>>,
    #[serde(default)]
    pub request: Option<EntryId>,
}

/// Raises a difference for a thing that came and is on no list: the officer's unit owns it. Nothing is received.
pub async fn report_extra(app: &App, me: &Person, extra: &ReportExtra) -> Result<Receipt, Error> {
    let description = extra.description.trim();
    if description.is_empty() {
        return Err(Invalid::new(
            "extra_not_described",
            ("没有写明多出的是什么。", "It is not said what came extra."),
            ("请写明名称、特征和数量。", "Write what it is, its features and how many."),
        ));
    }
    texts::recordable(("对多出财物的描述", "What is said of the thing"), description)?;
    let mut tx = app.db.read().await?;
    let open = receiving(&mut tx, me, extra.station).await?;
    let (owner, case_number) = owner_of_extra(&mut tx, &open).await?;
    drop(tx);
    let photograph = match extra.photograph.as_deref().filter(|content| !content.is_empty()) {
        Some(content) => Some(line::keep_photograph(app, me, extra.station, content).await?),
        None => None,
    };
    let form = if photograph.is_some() { Finding::ExtraShown } else { Finding::Extra };
    let now = app.clock.now();
    let difference = RaisedDifference {
        difference: app.ids.new_id(),
        class: DifferenceClass::Extra,
        item: None,
        finding: form.written(&[&case_number, description]),
        owner,
        due_at: app.rules().due(DifferenceClass::Extra.deadline(), now),
        brought_by: Some(open.delivered_by),
        case: Some(open.case),
        photograph,
    };
    let id = requested(app, me, extra.request);
    let body = Body::RaiseDifference(difference);
    let done = Recording::new(app, me, id).at(extra.station).record(body).await?;
    tell(app, extra.station);
    Ok(done.into())
}

/// The unit of the officer who stands there, and the number of the case.
async fn owner_of_extra(tx: &mut Tx, open: &Receiving) -> Result<(UnitId, String), Error> {
    let case = counter::case_head(tx, open.case).await?.ok_or(Error::NotFound(Thing::Case))?;
    let deliverer = people::person(tx, open.delivered_by).await?.ok_or(Error::NotFound(Thing::Person))?;
    Ok((deliverer.unit, case.number))
}

/// All of an item from one slot to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    pub item: ItemId,
    pub quantity: i64,
    pub from: SlotId,
    pub to: SlotId,
}

/// 移库: by scanning item and slot.
pub(super) async fn record_move(
    app: &App,
    me: &Person,
    (station, it): (StationId, &Move),
    id: EntryId,
    happened_at: Moment,
) -> Result<Receipt, Error> {
    let Move { item, quantity, from, to } = *it;
    let lines = vec![MovedLine { item, quantity, from, to }];
    let body = Body::Move(ledger::Move { lines, reason: None });
    Ok(Recording::new(app, me, id).at(station).happened(happened_at).record(body).await?.into())
}
