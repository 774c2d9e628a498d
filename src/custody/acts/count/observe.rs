//! One scan during a count, and what a custodian keys in about the thing just scanned.

use super::{mine, slots_of};
use crate::{
    app::App,
    custody::{Conflict, Error, Invalid, Thing, access},
    domain::{Code, CodeKind, Person, code::NotACode},
    id::{CountId, ItemId, SlotId},
    language::Language,
    ledger::QUANTITY_MAX,
    live::News,
    store::{
        Tx,
        counts::{self, Count, CountItem, ScanRow},
        heads, labels, places,
    },
};
use hufu_wire::{message::Verdict, scanned::as_read};
use serde::{Deserialize, Serialize};

/// What a scan was taken for. It never says whether the book expects the thing here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CountAnswer {
    #[schema(value_type = String, example = "accepted")]
    pub verdict: Verdict,
    pub zh: String,
    pub en: String,
}

impl CountAnswer {
    fn new(verdict: Verdict, zh: String, en: String) -> CountAnswer {
        CountAnswer { verdict, zh, en }
    }

    pub fn sentence(&self, language: Language) -> &str {
        language.pick(&self.zh, &self.en)
    }
}

/// How a code came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::custody) enum CodeSource {
    /// From a station's scanner, in an event that the station has signed: the thing is here.
    Scanned,
    /// Typed on a page or sent to the API: somebody says so.
    Typed,
}

/// Takes one typed code. A slot's label says where the next things lie; anything else is seen at that slot. A code that the
/// ledger does not know is kept too: somebody must find out what it is. Refuses a misread label, a slot outside the zone,
/// and a thing before any slot.
pub async fn observe(app: &App, me: &Person, id: CountId, text: &str) -> Result<CountAnswer, Error> {
    let mut tx = app.db.write().await?;
    let answer = observe_in(&mut tx, app, me, id, (text, CodeSource::Typed)).await?;
    tx.commit().await?;
    app.live.tell(News::Count(id));
    Ok(answer)
}

/// The same inside a transaction: that in which the scan itself is kept.
pub(in crate::custody) async fn observe_in(
    tx: &mut Tx,
    app: &App,
    me: &Person,
    id: CountId,
    (text, source): (&str, CodeSource),
) -> Result<CountAnswer, Error> {
    let text = text.trim();
    let count = mine(tx, me, id).await?;
    still_open(&count)?;
    let (size, now) = (heads::size(tx).await?, app.clock.now());
    let scan = ScanRow {
        number: 0,
        code: text.chars().filter(|c| !c.is_control()).take(200).collect(),
        slot: None,
        item: None,
        seal: None,
        quantity: None,
        journal_at: size.cast_signed(),
        observed_at: now,
        observed_by: me.id,
    };
    match Code::parse(text) {
        _ if scan.code.is_empty() => Err(nothing_scanned()),
        Ok(code) if code.kind() == CodeKind::Slot => at_slot(tx, &count, &code, scan).await,
        Ok(code) => {
            let item = counts::item_by_code(tx, &code).await?;
            let scan = ScanRow { code: code.to_string(), ..scan };
            match item {
                Some(item) if !access::sees_item(tx, me, item.id).await? => {
                    // Numbers follow one another: whoever types one learns nothing of a thing that is not theirs, and cannot
                    // say of it that it is here. What a scanner read lies here, and somebody must find out why.
                    let item = (source == CodeSource::Scanned).then_some(item.id);
                    foreign(tx, &count, ScanRow { item, ..scan }).await
                }
                Some(item) => match labels::replaced_by(tx, item.id, &code).await? {
                    Some(copy) => Ok(replaced(&item, copy)),
                    None => thing(tx, &count, item, scan).await,
                },
                None => foreign(tx, &count, scan).await,
            }
        }
        Err(NotACode::Foreign) => match numbered(tx, me, text, source).await? {
            Some(item) => thing(tx, &count, item, scan).await,
            None => foreign(tx, &count, scan).await,
        },
        Err(NotACode::CheckFailed) => Err(misread()),
    }
}

/// The thing of theirs whose number somebody typed without the check characters; no label says it so.
async fn numbered(
    tx: &mut Tx,
    me: &Person,
    text: &str,
    source: CodeSource,
) -> Result<Option<CountItem>, Error> {
    if source == CodeSource::Scanned {
        return Ok(None);
    }
    let Some(item) = counts::item_by_number(tx, &as_read(text).to_uppercase()).await? else {
        return Ok(None);
    };
    Ok(access::sees_item(tx, me, item.id).await?.then_some(item))
}

/// Refuses a count that has ended.
pub(super) fn still_open(count: &Count) -> Result<(), Error> {
    match count.closed_at {
        None => Ok(()),
        Some(_) => Err(Conflict::new(
            "count_closed",
            ("该次盘点已经结束。", "This count has ended."),
            ("如需再查，请重新开始一次盘点。", "To look again, begin another count."),
        )),
    }
}

async fn at_slot(tx: &mut Tx, count: &Count, code: &Code, scan: ScanRow) -> Result<CountAnswer, Error> {
    let store = places::store(tx, count.store).await?.ok_or(Error::NotFound(Thing::Store))?;
    let slots = slots_of(tx, &store, count.zone.as_deref()).await?;
    let code = code.to_string();
    let Some(slot) = slots.into_iter().find(|slot| slot.code == code) else {
        return Err(Invalid::new(
            "slot_outside_the_zone",
            ("这个库位不在本次盘点的范围内。", "This slot is not in the zone being counted."),
            (
                "请扫描本区的库位码，或另行盘点那个区。",
                "Scan a slot of this zone, or begin a count of that one.",
            ),
        ));
    };
    let again = counts::current_slot(tx, count.id, scan.observed_by).await? == Some(slot.id);
    if !again {
        counts::observe(tx, count.id, &ScanRow { code, slot: Some(slot.id), ..scan }).await?;
    }
    let verdict = if again { Verdict::Repeated } else { Verdict::Accepted };
    let (zh, en) = (format!("盘点到库位 {}", slot.name), format!("Counting at slot {}", slot.name));
    Ok(CountAnswer::new(verdict, zh, en))
}

/// Something seen at the slot where this person stands. Seen again in the same place, it stays one observation, unless an
/// entry has moved it in between.
async fn thing(tx: &mut Tx, count: &Count, item: CountItem, scan: ScanRow) -> Result<CountAnswer, Error> {
    let slot = counts::current_slot(tx, count.id, scan.observed_by).await?.ok_or_else(no_slot_yet)?;
    let (number, name) = (&item.number, &item.name);
    if again_here(tx, count, item.id, slot).await? {
        let (zh, en) = (format!("{number} {name}：刚才已扫过"), format!("{number} {name}: scanned before"));
        return Ok(CountAnswer::new(Verdict::Repeated, zh, en));
    }
    counts::observe(tx, count.id, &ScanRow { slot: Some(slot), item: Some(item.id), ..scan }).await?;
    let (zh, en) = (format!("{number} {name}：见到"), format!("{number} {name}: seen"));
    Ok(CountAnswer::new(Verdict::Accepted, zh, en))
}

/// An older copy of a label may lie anywhere, and is no sight of its thing.
fn replaced(item: &CountItem, copy: u32) -> CountAnswer {
    let number = &item.number;
    CountAnswer::new(
        Verdict::Refused,
        format!("{number}：这张标签已由第 {copy} 张代替，请销毁；没有记为见到，请扫第 {copy} 张"),
        format!(
            "{number}: copy {copy} has taken the place of this label; destroy it. Not noted as seen; scan copy {copy}"
        ),
    )
}

/// A code of nothing that this person sees: whether the ledger has it is not said.
async fn foreign(tx: &mut Tx, count: &Count, scan: ScanRow) -> Result<CountAnswer, Error> {
    let slot = counts::current_slot(tx, count.id, scan.observed_by).await?.ok_or_else(no_slot_yet)?;
    let again = counts::last_of_code(tx, count.id, &scan.code, slot).await?.is_some();
    let code = scan.code.clone();
    if !again {
        room_for_unknown(tx, count.id).await?;
        counts::observe(tx, count.id, &ScanRow { slot: Some(slot), ..scan }).await?;
    }
    let verdict = if again { Verdict::Repeated } else { Verdict::Unknown };
    let (zh, en) =
        (format!("{code}：不在本单位账上，已记下"), format!("{code}: not on this unit's books; noted"));
    Ok(CountAnswer::new(verdict, zh, en))
}

async fn again_here(tx: &mut Tx, count: &Count, item: ItemId, slot: SlotId) -> Result<bool, Error> {
    match counts::last_of_item(tx, count.id, item).await? {
        Some(last) if last.slot == Some(slot) => Ok(!counts::moved_since(tx, item, last.journal_at).await?),
        _ => Ok(false),
    }
}

/// Codes that no book knows, in one count: each becomes a difference of its statement.
const UNKNOWN_MAX: i64 = 500;

/// Refuses one more code that no book knows than somebody could look into. The count goes on, and can be ended.
async fn room_for_unknown(tx: &mut Tx, count: CountId) -> Result<(), Error> {
    match counts::unknown(tx, count).await? < UNKNOWN_MAX {
        true => Ok(()),
        false => Err(Conflict::new(
            "too_many_unknown_codes",
            (
                "本次盘点已记下 500 个账上没有的码，这一个没有记下；已记下的都在。",
                "This count has noted five hundred codes that are not in the ledger; this one was not noted, those are there.",
            ),
            (
                "请先结束盘点、查明这些码，再另行盘点。",
                "End the count, find out what those are, and then count again.",
            ),
        )),
    }
}

fn nothing_scanned() -> Error {
    Invalid::new(
        "nothing_scanned",
        ("没有收到编码。", "No code was read."),
        ("请再扫描一次，或键入标签上的编号。", "Scan again, or type the number on the label."),
    )
}

fn misread() -> Error {
    Invalid::new(
        "code_misread",
        (
            "校验字符不符，标签可能没有读全。",
            "The check characters do not fit; the label was not read properly.",
        ),
        ("请再扫描一次，或核对后键入编号。", "Scan again, or type the number as it is printed."),
    )
}

fn no_slot_yet() -> Error {
    Invalid::new(
        "slot_first",
        ("还没有扫描库位码。", "No slot label has been scanned yet."),
        ("请先扫描所在库位的标签，再逐件扫描。", "Scan the label of the slot first, then the things in it."),
    )
}

/// What a custodian reads off a thing just scanned.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct Remark {
    pub item: ItemId,
    /// The number on the seal as it is.
    pub seal: Option<String>,
    /// What is there, in the item's smallest unit.
    pub quantity: Option<i64>,
}

/// Notes the seal or the quantity that was found on a thing seen in this count. The scan stays; this is another
/// observation at the same slot.
pub async fn remark(app: &App, me: &Person, id: CountId, remark: &Remark) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    let count = mine(&mut tx, me, id).await?;
    let quantity_fits = remark.quantity.is_none_or(|quantity| (0..=QUANTITY_MAX).contains(&quantity));
    let seal = remark.seal.as_deref().map(str::trim).filter(|seal| !seal.is_empty());
    if !quantity_fits || seal.is_some_and(|seal| seal.chars().count() > 60) {
        return Err(Invalid::new(
            "remark_unreadable",
            ("封签号或数量无法识别。", "The seal number or the quantity cannot be understood."),
            (
                "数量请填数字，封签号照实物填写。",
                "Write the quantity as a number and the seal as it is printed.",
            ),
        ));
    }
    still_open(&count)?;
    let last = counts::last_of_item(&mut tx, id, remark.item).await?.ok_or(Error::NotFound(Thing::Item))?;
    let size = heads::size(&mut tx).await?;
    let again = ScanRow {
        seal: seal.map(str::to_owned).or(last.seal),
        quantity: remark.quantity.or(last.quantity),
        journal_at: size.cast_signed(),
        observed_at: app.clock.now(),
        observed_by: me.id,
        ..last
    };
    counts::observe(&mut tx, id, &again).await?;
    tx.commit().await?;
    app.live.tell(News::Count(id));
    Ok(())
}
