//! What the counter records: lines received, lines refused, things on no list, and things put elsewhere.

use super::{AtCounter, line, owed_line, print_if_wanted, receiving, tell};
use crate::{
    app::App,
    clock::Moment,
    custody::{Error, Invalid, NotNow, Thing},
    domain::{
        Person, Slot, Store,
        counter::{Activity, Placed, Receiving},
    },
    id::{DifferenceId, EntryId, ItemId, PersonId, SlotId, StationId, UnitId},
    ledger::{
        Body, Category, DifferenceClass, Draft, Move, MovedLine, PaperKind, PaperRef, RaisedDifference,
        Receive, ReceivedLine, Reception, Refusal, Why,
    },
    store::{Recorded, Tx, counter, journal, people, places},
};
use serde::{Deserialize, Serialize};

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

/// What was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Done {
    pub seq: u64,
}

impl From<Recorded> for Done {
    fn from(recorded: Recorded) -> Done {
        Done { seq: recorded.seq }
    }
}

/// Receives the line in hand into a slot. Its label must have been scanned back.
pub async fn receive_line(app: &App, me: &Person, wish: &ReceiveLine) -> Result<Done, Error> {
    let id = wish.request.unwrap_or_else(|| app.ids.new_id());
    let now = app.clock.now();
    put(app, me, &Put { station: wish.at.station, item: wish.at.item, slot: wish.slot, id, happened_at: now })
        .await
}

pub(super) struct Put {
    pub station: StationId,
    pub item: ItemId,
    pub slot: SlotId,
    pub id: EntryId,
    pub happened_at: Moment,
}

/// Records the line, and takes the next owed one in hand.
pub(super) async fn put(app: &App, me: &Person, put: &Put) -> Result<Done, Error> {
    let mut tx = app.db.read().await?;
    let open = receiving(&mut tx, me, put.station).await?;
    if journal::entry_by_id(&mut tx, put.id).await?.is_none() {
        let received = received_line(app, &mut tx, me, &open, put).await?;
        drop(tx);
        let (line, paper) = received;
        let body = Body::Receive(Receive { delivered_by: open.delivered_by, lines: vec![line] });
        let done = app.sequencer.record(draft(me, put.station, put.id, put.happened_at, paper, body)).await?;
        go_on(app, me, put).await?;
        return Ok(done.into());
    }
    drop(tx);
    finish(app, me, put).await
}

/// The entry is there already: what should have followed it follows now.
pub(super) async fn finish(app: &App, me: &Person, put: &Put) -> Result<Done, Error> {
    let mut tx = app.db.read().await?;
    let entry = journal::entry_by_id(&mut tx, put.id).await?.ok_or(Error::NotFound(Thing::Entry))?;
    drop(tx);
    go_on(app, me, put).await?;
    Ok(Done { seq: entry.seq })
}

fn draft(
    me: &Person,
    station: StationId,
    id: EntryId,
    happened_at: Moment,
    paper: Option<PaperRef>,
    body: Body,
) -> Draft {
    Draft {
        id,
        happened_at,
        actor: me.id,
        unit: me.unit,
        station: Some(station),
        papers: paper.into_iter().collect(),
        body,
        signatures: Vec::new(),
    }
}

/// Puts the draft into the shape that is recorded, after everything the ledger cannot know was asked.
async fn received_line(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    open: &Receiving,
    put: &Put,
) -> Result<(ReceivedLine, Option<PaperRef>), Error> {
    let line = owed_line(tx, open, put.item).await?;
    let received = as_received(app, tx, me, open.delivered_by, &line, put.slot).await?;
    Ok((received, ground(&line)))
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
        return Err(Refusal { why: Why::LabelMissing, item: Some(line.id), number }.into());
    };
    may_lie_in(app, tx, me, line.category, slot).await?;
    deliverer_owes(tx, delivered_by, line).await?;
    let quantity = draft.short.as_ref().map_or(line.owed, |short| short.quantity.min(line.owed));
    let answer = Reception::Accepted {
        quantity,
        slot,
        label,
        weighing: draft.weighing.clone(),
        seal: draft.seal.clone(),
        photographs: draft.photographs.clone(),
        damaged: draft.damage.is_some(),
        remark: draft.remark.clone(),
    };
    let difference = shortage(line, quantity).map(|(class, finding)| raised(app, class, line, finding));
    Ok(ReceivedLine { item: line.id, owed_by: line.owed_by, answer, difference })
}

/// Less than owed, or damaged: one difference says both.
fn shortage(line: &counter::Line, quantity: i64) -> Option<(DifferenceClass, String)> {
    let text = |quantity| line.measure.text(quantity, line.counted_as.as_deref());
    let short = (quantity < line.owed).then(|| {
        let reason = line.draft.short.as_ref().map_or("", |short| short.reason.as_str());
        format!("应交 {}，实到 {}：{reason}", text(line.owed), text(quantity))
    });
    let damage = line.draft.damage.as_ref().map(|damage| format!("入库时破损：{damage}"));
    match (short, damage) {
        (Some(short), Some(damage)) => Some((DifferenceClass::Short, format!("{short}；{damage}"))),
        (Some(short), None) => Some((DifferenceClass::Short, short)),
        (None, Some(damage)) => Some((DifferenceClass::Damaged, damage)),
        (None, None) => None,
    }
}

fn raised(app: &App, class: DifferenceClass, line: &counter::Line, finding: String) -> RaisedDifference {
    let due_at = app.rules.due(class.deadline(), app.clock.now());
    let difference: DifferenceId = app.ids.new_id();
    RaisedDifference { difference, class, item: Some(line.id), finding, owner: line.owed_by, due_at }
}

/// The seizure list the line stands on.
pub(in crate::custody) fn ground(line: &counter::Line) -> Option<PaperRef> {
    let number = line.paper_number.clone();
    (!number.is_empty()).then_some(PaperRef { kind: PaperKind::SeizureList, number })
}

/// The slot, if its store is kept by the custodian's unit and the rules let this kind of thing lie there.
pub(super) async fn may_lie_in(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    category: Category,
    slot: SlotId,
) -> Result<(Slot, Store), Error> {
    let slot = places::slot(tx, slot).await?.ok_or(Error::NotFound(Thing::Slot))?;
    let store = places::store(tx, slot.store).await?.ok_or(Error::NotFound(Thing::Slot))?;
    if store.unit != me.unit {
        return Err(Error::NotFound(Thing::Slot));
    }
    may_lie(app, category, &store)?;
    Ok((slot, store))
}

/// Refuses a kind of thing that the rules keep out of this kind of store.
pub(in crate::custody) fn may_lie(app: &App, category: Category, store: &Store) -> Result<(), Error> {
    let Some(rule) = app.rules.keeps_out(category, store.kind, app.clock.now()) else { return Ok(()) };
    let (zh, en) = (crate::documents::label::category(category), category.word());
    let law = &rule.citation;
    Err(NotNow::new(
        "wrong_store",
        (
            &format!("{zh}不能放在{}（{law}）。", store.name),
            &format!("Things of the kind «{en}» may not lie in {} ({law}).", store.name),
        ),
        (
            "请放入规定的库，再扫那里的库位。",
            "Put it into a store that may hold it, and scan its slot there.",
        ),
    ))
}

/// Who brings it must be of the unit that owes it.
async fn deliverer_owes(tx: &mut Tx, delivered_by: PersonId, line: &counter::Line) -> Result<(), Error> {
    let deliverer = people::person(tx, delivered_by).await?;
    match deliverer.is_some_and(|person| person.unit == line.owed_by && !person.disabled) {
        true => Ok(()),
        false => Err(NotNow::new(
            "deliverer_of_another_unit",
            ("送交人不属于应交单位。", "The one who delivers is not of the unit that owes the line."),
            (
                "请重新打开案件，选择应交单位的送交人。",
                "Open the case again and choose an officer of the unit that owes it.",
            ),
        )),
    }
}

/// The next owed line is in hand, and its label on the way.
async fn go_on(app: &App, me: &Person, put: &Put) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    let mut open = receiving(&mut tx, me, put.station).await?;
    let line = counter::line(&mut tx, put.item).await?;
    let after = line.map_or(0, |line| line.paper_line);
    open.last = Some(Placed { item: put.item, slot: put.slot });
    next_in_hand(&mut tx, &mut open, put.item, after).await?;
    let (item, print) = (open.item, open.print_on_pick);
    counter::set(&mut tx, put.station, me.id, &Activity::Receiving(open), app.clock.now()).await?;
    tx.commit().await?;
    tell(app, put.station);
    print_if_wanted(app, me, put.station, item, print).await
}

/// Only when the line that ended is the one in hand.
async fn next_in_hand(tx: &mut Tx, open: &mut Receiving, ended: ItemId, after: i64) -> Result<(), Error> {
    if open.item.is_none_or(|item| item == ended) {
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

pub async fn refuse_line(app: &App, me: &Person, wish: &RefuseLine) -> Result<Done, Error> {
    let (at, reason) = (wish.at, wish.reason.trim());
    let id = wish.request.unwrap_or_else(|| app.ids.new_id());
    let mut tx = app.db.read().await?;
    let open = receiving(&mut tx, me, at.station).await?;
    let line = owed_line(&mut tx, &open, at.item).await?;
    let repeat = journal::entry_by_id(&mut tx, id).await?.is_some();
    if line.difference.as_deref() == Some(DifferenceClass::RefusedAtCounter.word()) && !repeat {
        return Err(NotNow::new(
            "already_refused",
            (
                "这件财物已经拒收，差异尚未了结。",
                "This line has been refused already; the difference is open.",
            ),
            ("请等待应交单位答复差异，或改为入库。", "Wait for the owing unit to answer, or receive it."),
        ));
    }
    if reason.is_empty() {
        return Err(line::say_why());
    }
    deliverer_owes(&mut tx, open.delivered_by, &line).await?;
    drop(tx);
    let difference = raised(app, DifferenceClass::RefusedAtCounter, &line, format!("入库拒收：{reason}"));
    let answer = Reception::Refused { reason: reason.to_owned() };
    let received =
        ReceivedLine { item: line.id, owed_by: line.owed_by, answer, difference: Some(difference) };
    let body = Body::Receive(Receive { delivered_by: open.delivered_by, lines: vec![received] });
    let now = app.clock.now();
    let done = app.sequencer.record(draft(me, at.station, id, now, ground(&line), body)).await?;
    let mut tx = app.db.write().await?;
    if let Activity::Receiving(mut open) = super::standing(&mut tx, me, at.station).await? {
        next_in_hand(&mut tx, &mut open, line.id, line.paper_line).await?;
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
pub async fn report_extra(app: &App, me: &Person, extra: &ReportExtra) -> Result<Done, Error> {
    let description = extra.description.trim();
    if description.is_empty() {
        return Err(Invalid::new(
            "extra_not_described",
            ("没有写明多出的是什么。", "It is not said what came extra."),
            ("请写明名称、特征和数量。", "Write what it is, its features and how many."),
        ));
    }
    let mut tx = app.db.read().await?;
    let open = receiving(&mut tx, me, extra.station).await?;
    let (owner, case) = owner_of_extra(&mut tx, &open).await?;
    drop(tx);
    let photograph = match extra.photograph.as_deref().filter(|content| !content.is_empty()) {
        Some(content) => {
            format!("（照片 {}）", line::keep_photograph(app, me, extra.station, content).await?)
        }
        None => String::new(),
    };
    let now = app.clock.now();
    let difference = RaisedDifference {
        difference: app.ids.new_id(),
        class: DifferenceClass::Extra,
        item: None,
        finding: format!("{case} 入库时多出清单以外的财物：{description}{photograph}"),
        owner,
        due_at: app.rules.due(DifferenceClass::Extra.deadline(), now),
    };
    let id = extra.request.unwrap_or_else(|| app.ids.new_id());
    let body = Body::RaiseDifference(difference);
    let done = app.sequencer.record(draft(me, extra.station, id, now, None, body)).await?;
    tell(app, extra.station);
    Ok(done.into())
}

/// The unit of the officer who stands there, and the number of the case.
async fn owner_of_extra(tx: &mut Tx, open: &Receiving) -> Result<(UnitId, String), Error> {
    let case = counter::case_head(tx, open.case).await?.ok_or(Error::NotFound(Thing::Case))?;
    let deliverer = people::person(tx, open.delivered_by).await?.ok_or(Error::NotFound(Thing::Person))?;
    Ok((deliverer.unit, case.number))
}

pub(super) struct MoveTo {
    pub station: StationId,
    pub item: ItemId,
    pub quantity: i64,
    pub from: SlotId,
    pub to: SlotId,
    pub id: EntryId,
    pub happened_at: Moment,
}

/// 移库: all of an item from one slot to another, by scanning item and slot.
pub(super) async fn move_to(app: &App, me: &Person, wish: &MoveTo) -> Result<Done, Error> {
    let MoveTo { station, item, quantity, from, to, id, happened_at } = *wish;
    let body = Body::Move(Move { lines: vec![MovedLine { item, quantity, from, to }], reason: None });
    Ok(app.sequencer.record(draft(me, station, id, happened_at, None, body)).await?.into())
}
