//! Blank labels (空白标签): ordered in blocks, printed on a roll or kept by a station for the time without a server, claimed
//! by the first thing they are stuck on, or void. Every number is accounted for: it is blank, claimed or void, and it never
//! goes back.

use crate::custody::{Conflict, Error, Invalid, Thing, access, counter, texts};
use crate::{
    app::App,
    documents,
    domain::{
        Code, CodeKind, Person, Role,
        counter::{Activity, LineDraft},
        off_line::{BlankState, BlockPurpose, blank_number},
    },
    id::{BlockId, JobId, StationId},
    ledger::BoundLabel,
    live::News,
    store::{
        Tx,
        blanks::{self, BlankLabel, LabelMark, NewBlock},
        counter as stored, labels,
        off_line::Times,
        people, places,
        stations::Station,
    },
};
use hufu_wire::{FromServer, Raster, message::Blank};
use label_templates::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

pub use crate::store::blanks::{Block, LabelRow};

/// The most labels in one block: some minutes at the printer, some megabytes on the line to the station.
pub const LABELS_MOST: u32 = 200;

/// A wish for blank labels.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
pub struct Order {
    /// Whose printer prints the roll, or which station keeps the labels for the time without a server.
    pub station: StationId,
    pub purpose: BlockPurpose,
    /// How many: 1 to 200.
    pub labels: u32,
}

/// Orders a block: takes its numbers, draws its labels, and sends them to the printer or to the station. Custodians, at a
/// station of their unit. The same id again is the same order.
pub async fn order(app: &App, me: &Person, id: BlockId, order: Order) -> Result<BlockId, Error> {
    place(app, me, id, order, None).await
}

async fn place(
    app: &App,
    me: &Person,
    id: BlockId,
    order: Order,
    follows: Option<BlockId>,
) -> Result<BlockId, Error> {
    let Order { station, purpose, labels } = order;
    let mut tx = app.db.read().await?;
    counter::my_station(&mut tx, me, station).await?;
    if !(1..=LABELS_MOST).contains(&labels) {
        return Err(Invalid::new(
            "block_size",
            ("一次可以预印 1 至 200 张标签。", "A block has 1 to 200 labels."),
            ("请改正张数；需要更多时分几次预印。", "Change the number; order several blocks for more."),
        ));
    }
    if blanks::block(&mut tx, id).await?.is_some() {
        return Ok(id);
    }
    drop(tx);
    let codes = codes(app, labels).await?;
    let pictures = draw(app, me, &codes).await?;
    let drawn: Vec<(&Code, Raster)> = codes.iter().zip(pictures).collect();
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if blanks::block(&mut tx, id).await?.is_some() {
        return Ok(id);
    }
    let keeps = purpose == BlockPurpose::OffLine;
    let numbered: Vec<(String, Option<Raster>)> =
        drawn.iter().map(|(code, raster)| (code.number(), keeps.then(|| raster.clone()))).collect();
    let block = NewBlock {
        id,
        unit: me.unit,
        station,
        purpose,
        ordered_by: me.id,
        ordered_at: now,
        follows,
        labels: &numbered,
    };
    blanks::add(&mut tx, &block).await?;
    let mut jobs = Vec::new();
    if purpose == BlockPurpose::Roll {
        for (code, raster) in drawn {
            jobs.push(labels::Job {
                id: JobId(app.ids.new_id::<JobId>().0),
                station,
                item: None,
                code: code.to_string(),
                copy: 1,
                title: code.number(),
                reason: None,
                raster,
            });
        }
    }
    counter::label::order_all(app, tx, me, jobs).await?;
    app.live.tell(News::Counter { station, heard: None });
    Ok(id)
}

/// Gives each counter whose spare labels are half used another block like its last, as whoever ordered that one wanted it;
/// so the next outage finds labels there. Answers with how many. Nothing is given where that person is a custodian of the
/// counter's unit no longer: a new one orders anew.
pub async fn refill(app: &App) -> Result<u32, Error> {
    let mut tx = app.db.read().await?;
    let mut wanted = Vec::new();
    for spare in blanks::spares(&mut tx).await?.into_iter().filter(|spare| spare.to_come * 2 < spare.issued) {
        let person = people::person(&mut tx, spare.ordered_by).await?.filter(|person| !person.disabled);
        let me = person.filter(|person| person.is(Role::Custodian) && person.unit == spare.unit);
        wanted.extend(me.map(|me| (me, spare)));
    }
    drop(tx);
    let mut given = 0;
    for (me, spare) in wanted {
        let labels = u32::try_from(spare.issued).unwrap_or(LABELS_MOST).min(LABELS_MOST);
        let order = Order { station: spare.station, purpose: BlockPurpose::OffLine, labels };
        // Two servers that see it at once give the same block.
        let id = BlockId(Uuid::new_v5(&spare.block.0, b"refill"));
        place(app, &me, id, order, Some(spare.block)).await?;
        given += 1;
    }
    Ok(given)
}

/// The next numbers of this year. Those that are taken and not used are never given out again.
async fn codes(app: &App, labels: u32) -> Result<Vec<Code>, Error> {
    let year = app.clock.now().year2();
    let mut tx = app.db.write().await?;
    let letter = CodeKind::Blank.letter();
    let first = places::take_numbers(&mut tx, &format!("{letter}{year}"), labels).await?;
    tx.commit().await?;
    let last = first.saturating_add(u64::from(labels));
    Ok((first..last).map(|serial| Code::new(CodeKind::Blank, &year, serial)).collect())
}

async fn draw(app: &App, me: &Person, codes: &[Code]) -> Result<Vec<Raster>, Error> {
    let label = |code: &Code| Label::Item(documents::label::blank(code, &me.unit_name));
    counter::label::draw_in_background(app.fonts.clone(), codes.iter().map(label).collect()).await
}

/// The blocks of the own unit; an auditor's list has all of them. Custodians and auditors.
pub async fn blocks(app: &App, me: &Person) -> Result<Vec<Block>, Error> {
    let mut tx = app.db.read().await?;
    Ok(blanks::blocks(&mut tx, access::whose(me)?).await?)
}

/// A block with each of its labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BlockView {
    pub block: Block,
    pub labels: Vec<LabelRow>,
    /// Whether this person may void them.
    pub may_void: bool,
}

pub async fn block(app: &App, me: &Person, id: BlockId) -> Result<BlockView, Error> {
    let mut tx = app.db.read().await?;
    let unit = access::whose(me)?;
    let found = blanks::block(&mut tx, id).await?.filter(|block| unit.is_none_or(|unit| unit == block.unit));
    let block = found.ok_or(Error::NotFound(Thing::Label))?;
    let labels = blanks::labels(&mut tx, id).await?;
    Ok(BlockView { may_void: me.is(Role::Custodian) && me.unit == block.unit, block, labels })
}

/// What a scan that voids was answered.
pub(in crate::custody) enum VoidOutcome {
    Now,
    Before,
}

/// A spoiled label, by what it says: it must never name anything. Refuses one that is stuck on a thing in the ledger, and a
/// foreign one. Voiding it again changes nothing.
pub async fn void(app: &App, me: &Person, text: &str, reason: &str) -> Result<(), Error> {
    access::require(me, Role::Custodian)?;
    let mut tx = app.db.write().await?;
    void_in(&mut tx, app, me, text, reason).await?;
    Ok(tx.commit().await?)
}

pub(in crate::custody) async fn void_in(
    tx: &mut Tx,
    app: &App,
    me: &Person,
    text: &str,
    reason: &str,
) -> Result<VoidOutcome, Error> {
    let reason = reason.trim();
    texts::recordable(texts::REASON, reason)?;
    if reason.is_empty() {
        return Err(texts::say_why());
    }
    let number = blank_number(text).unwrap_or_else(|| text.trim().to_uppercase());
    let label = blanks::find(tx, &number).await?.filter(|label| label.unit == me.unit);
    let label = label.ok_or(Error::NotFound(Thing::Label))?;
    match label.state {
        BlankState::Void => return Ok(VoidOutcome::Before),
        BlankState::Claimed => unbind(tx, app, me, &label).await?,
        BlankState::Blank => (),
    }
    let now = app.clock.now();
    let (by, reason) = (Some(me.id), Some(reason));
    let mark = LabelMark { number: &number, state: BlankState::Void, item: None, by, at: now, reason };
    blanks::mark(tx, &mark).await?;
    Ok(VoidOutcome::Now)
}

/// A label on a thing that is not yet received comes off its line again; on one that is, another label is printed first.
async fn unbind(tx: &mut Tx, app: &App, me: &Person, label: &BlankLabel) -> Result<(), Error> {
    let line = match label.item {
        Some(item) => stored::line(tx, item).await?,
        None => None,
    };
    let bound = |line: &stored::Line| {
        let code = line.draft.bound.as_ref().map(|bound| bound.code.as_str());
        code.and_then(blank_number).as_deref() == Some(&label.number)
    };
    match line {
        Some(line) if line.owed > 0 && bound(&line) => {
            let draft = LineDraft { bound: None, ..line.draft };
            Ok(stored::keep_draft(tx, line.id, &draft, me.id, app.clock.now()).await?)
        }
        line => {
            let number = line.map_or_else(|| "离线收件".to_owned(), |line| line.number);
            Err(Conflict::new(
                "label_on_a_thing",
                (
                    &format!("{} 已经贴在 {number} 上，不能作废。", label.number),
                    &format!("{} is stuck on a thing ({number}) and cannot be voided.", label.number),
                ),
                (
                    "如标签已损坏，请登记该财物后补打标签。",
                    "If it is damaged, enter the thing first and print another label for it.",
                ),
            ))
        }
    }
}

/// From now on every blank label scanned at this counter is void, for this reason.
pub async fn begin_voiding(app: &App, me: &Person, station: StationId, reason: &str) -> Result<(), Error> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(texts::say_why());
    }
    let mut tx = app.db.write().await?;
    counter::my_station(&mut tx, me, station).await?;
    counter::free(app, &mut tx, me, station).await?;
    let activity = Activity::Voiding { reason: reason.chars().take(200).collect() };
    stored::set(&mut tx, station, me.id, &activity, app.clock.now()).await?;
    tx.commit().await?;
    app.live.tell(News::Counter { station, heard: None });
    Ok(())
}

/// The reason for which labels are voided at this counter now, if they are, by this person.
pub async fn voiding(app: &App, me: &Person, station: StationId) -> Result<Option<String>, Error> {
    let mut tx = app.db.read().await?;
    counter::my_station(&mut tx, me, station).await?;
    Ok(match stored::counter(&mut tx, station).await? {
        Some((person, Activity::Voiding { reason })) if person == me.id => Some(reason),
        _ => None,
    })
}

/// What became of a blank label that was scanned for the line in hand.
pub(in crate::custody) enum Claim {
    Claimed,
    /// It is this line's already.
    Repeated,
    /// It is on another item.
    OfAnother(crate::id::ItemId),
    /// It is on a thing that came without a server, and is not entered yet.
    OffLine,
    Void(String),
    /// Not in this ledger, or of another unit.
    Foreign,
    /// The line has another label already.
    LineHasLabel,
}

/// The first scan of a blank label binds it to the line in hand.
pub(in crate::custody) async fn claim(
    tx: &mut Tx,
    app: &App,
    me: &Person,
    line: &stored::Line,
    code: &Code,
) -> Result<Claim, Error> {
    let number = code.number();
    let Some(label) = blanks::find(tx, &number).await?.filter(|label| label.unit == me.unit) else {
        return Ok(Claim::Foreign);
    };
    match (label.state, label.item) {
        (BlankState::Void, _) => return Ok(Claim::Void(label.reason.unwrap_or_default())),
        (BlankState::Claimed, Some(item)) if item == line.id => return Ok(Claim::Repeated),
        (BlankState::Claimed, Some(item)) => return Ok(Claim::OfAnother(item)),
        (BlankState::Claimed, None) => return Ok(Claim::OffLine),
        (BlankState::Blank, _) if line.draft.bound.is_some() => return Ok(Claim::LineHasLabel),
        (BlankState::Blank, _) => (),
    }
    let now = app.clock.now();
    let item = Some(line.id);
    let mark = LabelMark {
        number: &number,
        state: BlankState::Claimed,
        item,
        by: Some(me.id),
        at: now,
        reason: None,
    };
    blanks::mark(tx, &mark).await?;
    let bound = Some(BoundLabel { code: code.to_string(), copy: 1 });
    let draft = LineDraft { bound, ..line.draft.clone() };
    stored::keep_draft(tx, line.id, &draft, me.id, now).await?;
    Ok(Claim::Claimed)
}

/// A station says that a label of its own is spoiled. One that names something already is kept as it is.
pub(in crate::custody) async fn spoiled(
    tx: &mut Tx,
    station: &Station,
    code: &str,
    reason: &str,
    times: Times,
) -> Result<(), Error> {
    let number = blank_number(code).unwrap_or_default();
    let label = blanks::find(tx, &number).await?;
    if label.is_some_and(|label| label.unit == station.unit && label.state == BlankState::Blank) {
        let (state, at, reason) = (BlankState::Void, times.received_at, Some(reason));
        blanks::mark(tx, &LabelMark { number: &number, state, item: None, by: None, at, reason }).await?;
    }
    Ok(())
}

/// The labels that a station is to keep and has not said to, without the blocks that it was told of.
pub(in crate::custody) async fn to_keep(
    tx: &mut Tx,
    station: StationId,
    told: &BTreeSet<Uuid>,
) -> Result<Vec<FromServer>, Error> {
    let mut orders = Vec::new();
    let blocks = blanks::to_keep(tx, station).await?;
    for block in blocks.into_iter().filter(|block| !told.contains(&block.0)) {
        let mut labels = Vec::new();
        for (number, raster) in blanks::pictures(tx, block).await? {
            if let Some(code) = code_of(&number) {
                labels.push(Blank { code: code.to_string(), raster });
            }
        }
        orders.push(FromServer::Blanks { block: block.0, labels });
    }
    Ok(orders)
}

/// `P26-0000042` with its check characters.
pub(in crate::custody) fn code_of(number: &str) -> Option<Code> {
    let (year, serial) = number.strip_prefix(CodeKind::Blank.letter())?.split_once('-')?;
    Some(Code::new(CodeKind::Blank, year, serial.parse().ok()?)).filter(|code| code.number() == number)
}
