//! A thing that a station took in by itself becomes an entry: a custodian says which line of which list it is. It happened
//! when the station says, and is recorded now. One receipt is entered once, whoever asks how often.

use super::{Which, arrive, seen};
use crate::{
    app::App,
    clock::Moment,
    custody::recording::{Once, Recording},
    custody::{Conflict, Error, Invalid, Thing, access, blank, counter, id_taken, texts},
    domain::{
        Finding, Person, Role,
        counter::LineDraft,
        off_line::{BlankState, ReceiptState},
    },
    id::{EntryId, ItemId, PersonId, SlotId},
    ledger::{
        Body, BoundLabel, DifferenceClass, PaperRef, RaisedDifference, Receive, ReceivedLine, Weighing,
    },
    store::{
        Recorded, Tx,
        blanks::{self, LabelMark},
        counter as stored, journal,
        off_line::{self, At, Row},
        places,
    },
};
use hufu_wire::message::OwnWeight;
use serde::Deserialize;
use uuid::Uuid;

/// Which line of a list a receipt is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct EnterReceipt {
    pub item: ItemId,
    /// The officer who brought it: of the unit that owes the line.
    pub delivered_by: PersonId,
    /// Where it lies; the scanned slot when absent.
    #[serde(default)]
    pub slot: Option<SlotId>,
    /// What came, in the unit of the list; all of what is owed when absent.
    #[serde(default)]
    pub quantity: Option<String>,
    /// Why less came than is owed.
    #[serde(default)]
    pub reason: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnterOutcome {
    Received(Recorded),
    /// The line had come in already: a difference has both stories, and the receipt still waits.
    Different(Recorded),
}

impl EnterOutcome {
    pub fn recorded(self) -> Recorded {
        match self {
            EnterOutcome::Received(recorded) | EnterOutcome::Different(recorded) => recorded,
        }
    }
}

/// Receives the thing onto the line. Custodians of the station's unit.
pub async fn enter(app: &App, me: &Person, which: Which, wish: &EnterReceipt) -> Result<EnterOutcome, Error> {
    access::require(me, Role::Custodian)?;
    let at: At = which.into();
    let id = Once::OffLineReceipt(at.station, at.number).id();
    let mut tx = app.db.read().await?;
    let row = seen(&mut tx, me, at).await?;
    if let Some(entry) = journal::entry_by_id(&mut tx, id).await? {
        drop(tx);
        let item = match &entry.draft.body {
            Body::Receive(body) => body.lines.first().map(|line| line.item),
            _ => None,
        };
        let item = item.ok_or(Error::NotFound(Thing::Receipt))?;
        if item != wish.item {
            return Err(id_taken());
        }
        finish(app, me, &row, item).await?;
        return Ok(EnterOutcome::Received(Recorded::again(&entry)));
    }
    still_waiting(&row)?;
    access::see_item(&mut tx, me, wish.item).await?;
    let line = stored::line(&mut tx, wish.item).await?.ok_or(Error::NotFound(Thing::Item))?;
    if line.owed == 0 {
        let twice = received_before(&row, &line);
        drop(tx);
        return Ok(EnterOutcome::Different(arrive::raise(app, twice).await?.1));
    }
    let (received, paper) = received(app, &mut tx, me, (&row, wish), line).await?;
    drop(tx);
    let happened_at = row.times.observed_at.min(app.clock.now());
    let body = Body::Receive(Receive { delivered_by: wish.delivered_by, lines: vec![received] });
    let recording = Recording::new(app, me, id).at(at.station).happened(happened_at).on(paper);
    let recorded = recording.record(body).await?;
    finish(app, me, &row, wish.item).await?;
    Ok(EnterOutcome::Received(recorded))
}

fn still_waiting(row: &Row) -> Result<(), Error> {
    match row.state {
        ReceiptState::Waiting => Ok(()),
        ReceiptState::Entered | ReceiptState::SetAside => Err(Conflict::new(
            "receipt_settled",
            ("这件离线收件已经处理过。", "This off-line receipt has been dealt with."),
            ("请打开列表查看它的去向。", "Open the list to see what became of it."),
        )),
    }
}

fn received_before(row: &Row, line: &stored::Line) -> arrive::DoubleReceipt {
    let (seq, slot) = (line.received_seq.unwrap_or_default(), line.slot_name.as_deref().unwrap_or("—"));
    let received = Finding::InLedgerAlready.written(&[&seq.to_string(), slot]);
    let what = format!("{} {}", line.number, line.name);
    let finding = Finding::TakenTwice.written(&[&what, &received, &arrive::told(row)]);
    arrive::DoubleReceipt { at: row.at, unit: row.unit, item: Some(line.id), finding }
}

/// The line as the receipt says that it came, with everything asked that is asked at the counter.
async fn received(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    (row, wish): (&Row, &EnterReceipt),
    mut line: stored::Line,
) -> Result<(ReceivedLine, Option<PaperRef>), Error> {
    let label = usable_label(tx, row, line.id).await?;
    let weight = row.receipt.weight.as_ref();
    let is_overdue = |it: &OwnWeight| {
        let read_at = row.times.by_our_clock(Moment(it.read_at));
        counter::line::is_overdue(app, line.category, it.calibration_due, read_at)
    };
    if weight.is_some_and(is_overdue) {
        return Err(scale_overdue());
    }
    let slot = match wish.slot {
        Some(slot) => slot,
        None => places::slot_by_code(tx, &row.receipt.slot).await?.map(|slot| slot.id).ok_or_else(no_slot)?,
    };
    let short = match wish.quantity.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => {
            let quantity = counter::line::quantity(&line.measure, line.owed, text)?;
            counter::line::shortage(&line, quantity, &wish.reason)?
        }
        None => None,
    };
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    line.draft = LineDraft {
        weighing: weight.map(|weight| Weighing {
            gross_mg: weight.milligrams,
            tare_mg: None,
            shown: format!("{} {}", weight.value, weight.unit),
            stable: true,
            device: weight.device.clone(),
            read_at: Moment(weight.read_at),
        }),
        seal: filled(&row.receipt.seal),
        short,
        remark: Some(remark(row)),
        bound: Some(label),
        ..LineDraft::default()
    };
    let received = counter::receive::as_received(app, tx, me, wish.delivered_by, &line, slot).await?;
    Ok((received, counter::receive::ground(&line)))
}

/// Where it comes from, and what was written beside it.
fn remark(row: &Row) -> String {
    let (station, by, remark) =
        (&row.station_name, row.receipt.received_by.trim(), row.receipt.remark.trim());
    let at = row.times.observed_at.text();
    let end = if remark.is_empty() { String::new() } else { format!("：{remark}") };
    format!("{station} {at} 离线收件，{by} 收{end}")
}

/// The label on the thing, when it may name this item. Refuses one that is void, foreign, or on another thing.
async fn usable_label(tx: &mut Tx, row: &Row, item: ItemId) -> Result<BoundLabel, Error> {
    let label = blanks::find(tx, &row.label).await?.filter(|label| label.unit == row.unit);
    let usable = label.as_ref().is_some_and(|label| match label.state {
        BlankState::Blank => true,
        BlankState::Claimed => label.item.is_none_or(|on| on == item),
        BlankState::Void => false,
    });
    let first = off_line::twin(tx, row.at, &row.label, ("", None)).await?;
    let others = first.is_some_and(|twin| twin.state == ReceiptState::Entered);
    match blank::code_of(&row.label).filter(|_| usable && !others) {
        Some(code) => Ok(BoundLabel { code: code.to_string(), copy: 1 }),
        None => Err(Conflict::new(
            "label_not_usable",
            (
                &format!("标签 {} 已作废、已贴在另一件财物上，或不是本单位的。", row.label),
                &format!("The label {} is void, on another thing, or none of this unit's.", row.label),
            ),
            (
                "请在窗口为该财物换贴标签并入库，再把这条离线收件搁置。",
                "Receive the thing at the counter with another label, then set this receipt aside.",
            ),
        )),
    }
}

fn scale_overdue() -> Error {
    Conflict::new(
        "scale_overdue",
        (
            "离线称重所用的秤检定已过期，按规定此类财物的读数不予采用。",
            "The scale it was weighed on off line was past its calibration, and the rules take no such weight for this kind \
             of thing.",
        ),
        (
            "请在窗口重新称重入库，再把这条离线收件搁置；离线记下的内容都还在。",
            "Weigh and receive the thing at the counter, then set this receipt aside; all that was written off line is kept.",
        ),
    )
}

fn no_slot() -> Error {
    Invalid::new(
        "slot_not_known",
        ("离线收件没有写明库位，或者没有这个库位。", "The receipt names no slot, or there is no such slot."),
        ("请选择财物现在所在的库位。", "Choose the slot where the thing lies now."),
    )
}

/// The entry stands: the receipt is settled by it, and the label is the item's.
async fn finish(app: &App, me: &Person, row: &Row, item: ItemId) -> Result<(), Error> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    off_line::settle(&mut tx, row.at, (ReceiptState::Entered, Some(item)), (me.id, now)).await?;
    let (state, by) = (BlankState::Claimed, Some(me.id));
    blanks::mark(
        &mut tx,
        &LabelMark { number: &row.label, state, item: Some(item), by, at: now, reason: None },
    )
    .await?;
    tx.commit().await?;
    app.live.tell(crate::live::News::Counter { station: row.at.station, heard: None });
    Ok(())
}

/// It cannot be entered. A difference says why, unless one does already; somebody settles it.
pub async fn set_aside(app: &App, me: &Person, which: Which, reason: &str) -> Result<Recorded, Error> {
    access::require(me, Role::Custodian)?;
    let at: At = which.into();
    let id = Once::SetAside(at.station, at.number).id();
    let mut tx = app.db.read().await?;
    let row = seen(&mut tx, me, at).await?;
    let before = journal::entry_by_id(&mut tx, id).await?;
    drop(tx);
    let recorded = if let Some(entry) = before {
        Recorded::again(&entry)
    } else {
        still_waiting(&row)?;
        let raised = aside(app, (&row, id), reason)?;
        Recording::new(app, me, id).at(at.station).record(Body::RaiseDifference(raised)).await?
    };
    let mut tx = app.db.write().await?;
    off_line::settle(&mut tx, at, (ReceiptState::SetAside, None), (me.id, app.clock.now())).await?;
    if row.difference.is_none() {
        off_line::differs(&mut tx, at, aside_difference(id)).await?;
    }
    tx.commit().await?;
    app.live.tell(crate::live::News::Counter { station: at.station, heard: None });
    Ok(recorded)
}

fn aside_difference(id: EntryId) -> crate::id::DifferenceId {
    crate::id::DifferenceId(Uuid::new_v5(&id.0, b"difference"))
}

fn aside(app: &App, (row, id): (&Row, EntryId), reason: &str) -> Result<RaisedDifference, Error> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(texts::say_why());
    }
    let now = app.clock.now();
    Ok(RaisedDifference {
        difference: aside_difference(id),
        class: DifferenceClass::Extra,
        item: None,
        finding: Finding::NotEntered.written(&[&arrive::told(row), reason]),
        owner: row.unit,
        due_at: app.rules().due(DifferenceClass::Extra.deadline(), now),
        brought_by: None,
        case: None,
        photograph: None,
    })
}
