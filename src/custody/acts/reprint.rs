//! 补打标签: labels of things in store are printed again, many at once. The copy before is dead from the order on; the new one is
//! bound, by an entry, when it is stuck on and scanned at a counter.

use crate::custody::{Conflict, Error, Invalid, Thing, access, counter, texts};
use crate::{
    app::App,
    documents,
    domain::{Code, Person, Role, Store, counter::PrintState},
    id::{ItemId, JobId, StationId},
    ledger::BoundLabel,
    live::News,
    store::{
        Tx, cases,
        counter::slots_of,
        items::{self, Item},
        labels::{self, NewestLabel},
        places::{self, Keepers},
    },
};
use counter::{
    label::{draw_in_background, order_all},
    placement::keeps,
};
use hufu_wire::Raster;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most labels in one order, as with blank ones.
pub const REPRINTS_MOST: usize = 200;

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct Reprint {
    /// Whose printer prints them.
    pub station: StationId,
    pub items: Vec<ItemId>,
    /// Why: torn, faded, come off.
    pub reason: String,
}

/// How the label of a thing stands.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LabelStanding {
    pub item: ItemId,
    pub number: String,
    pub name: String,
    /// What it carries.
    pub code: String,
    pub copy: u32,
    /// The copy that was ordered later and is not scanned back yet.
    pub ordered: Option<OrderedCopy>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OrderedCopy {
    pub copy: u32,
    pub state: PrintState,
}

/// A thing whose label may be printed again, and what is known of it.
struct Labelled {
    item: Item,
    code: Code,
    bound: u32,
    newest: Option<NewestLabel>,
}

/// What would be printed again; of nothing, nothing. Refuses things that are not there for this person, and as [`reprint`] does.
pub async fn standings(app: &App, me: &Person, wanted: &[ItemId]) -> Result<Vec<LabelStanding>, Error> {
    access::require(me, Role::Custodian)?;
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = app.db.read().await?;
    let found = labelled(&mut tx, me, wanted).await?;
    Ok(found.iter().map(Labelled::standing).collect())
}

/// Orders a newer copy of each label at a printer of the own unit. Custodians, of what lies in stores that they keep. All of them or
/// none: refuses without a reason, for things that lie in no slot of the unit, and while an earlier copy is on its way.
pub async fn reprint(app: &App, me: &Person, wish: &Reprint) -> Result<Vec<LabelStanding>, Error> {
    let reason = wish.reason.trim();
    texts::recordable(texts::REASON, reason)?;
    let mut tx = app.db.read().await?;
    counter::my_station(&mut tx, me, wish.station).await?;
    if reason.is_empty() {
        return Err(no_reason());
    }
    let drawn_of = labelled(&mut tx, me, &wish.items).await?;
    if drawn_of.iter().any(Labelled::is_on_its_way) {
        return Err(on_its_way());
    }
    let drawn = draw(app, me, &mut tx, &drawn_of).await?;
    drop(tx);
    let mut tx = app.db.write().await?;
    let found = labelled(&mut tx, me, &wish.items).await?;
    let copies = |all: &[Labelled]| all.iter().map(|it| (it.item.id, it.next_copy())).collect::<Vec<_>>();
    if copies(&found) != copies(&drawn_of) {
        return Err(on_its_way());
    }
    let job = |(it, raster): (&Labelled, Raster)| labels::Job {
        id: app.ids.new_id::<JobId>(),
        station: wish.station,
        item: Some(it.item.id),
        code: it.next_code().printed(),
        copy: it.next_copy(),
        title: format!("{} {}", it.item.number, it.item.name),
        reason: Some(reason.to_owned()),
        raster,
    };
    order_all(app, tx, me, found.iter().zip(drawn).map(job).collect()).await?;
    app.live.tell(News::Counter { station: wish.station, heard: None });
    let told = labelled_now(&mut app.db.read().await?, &wish.items).await?;
    Ok(told.iter().map(Labelled::standing).collect())
}

/// What a scan of this label binds: a newer copy that was ordered for a thing in the custodian's keeping, and why it was.
pub(in crate::custody) struct NewCopy {
    pub item: ItemId,
    pub from: BoundLabel,
    pub to: BoundLabel,
    pub reason: String,
}

/// Nothing when the label is none that waits to be scanned back, or the thing is not this person's to keep: then it is looked up.
pub(in crate::custody) async fn scanned_back(
    tx: &mut Tx,
    me: &Person,
    scanned: &Code,
) -> Result<Option<NewCopy>, Error> {
    let Some(item) = items::by_code(tx, scanned).await? else { return Ok(None) };
    let mut found = match labelled(tx, me, &[item.id]).await {
        Err(error @ (Error::Store(_) | Error::Random(_))) => return Err(error),
        answer => answer.unwrap_or_default(),
    };
    let Some(it) = found.pop() else { return Ok(None) };
    let Some(newest) = it.newest else { return Ok(None) };
    let waits = newest.copy > it.bound && newest.code == scanned.printed() && newest.state.may_be_scanned();
    let Some(reason) = newest.reason.filter(|_| waits) else { return Ok(None) };
    let code = it.code.to_string();
    let label = |copy| BoundLabel { code: code.clone(), copy };
    Ok(Some(NewCopy { item: it.item.id, from: label(it.bound), to: label(newest.copy), reason }))
}

impl Labelled {
    /// Whether a newer copy waits for the printer.
    fn is_on_its_way(&self) -> bool {
        self.newest.as_ref().is_some_and(|it| it.copy > self.bound && it.state == PrintState::Queued)
    }

    fn next_copy(&self) -> u32 {
        let printed = self.newest.as_ref().map_or(0, |it| it.copy);
        printed.max(self.bound).saturating_add(1)
    }

    fn next_code(&self) -> Code {
        self.code.clone().on_copy(self.next_copy())
    }

    fn standing(&self) -> LabelStanding {
        let later = self.newest.as_ref().filter(|it| it.copy > self.bound);
        LabelStanding {
            item: self.item.id,
            number: self.item.number.clone(),
            name: self.item.name.clone(),
            code: self.code.number(),
            copy: self.bound,
            ordered: later.map(|it| OrderedCopy { copy: it.copy, state: it.state }),
        }
    }
}

/// The things with their labels, in the order asked for: each in slots of stores that this custodian keeps.
async fn labelled(tx: &mut Tx, me: &Person, wanted: &[ItemId]) -> Result<Vec<Labelled>, Error> {
    access::require(me, Role::Custodian)?;
    if wanted.is_empty() || wanted.len() > REPRINTS_MOST {
        return Err(Invalid::new(
            "how_many_labels",
            ("一次可以补打 1 至 200 张标签。", "Between one and 200 labels can be printed again at once."),
            (
                "请在列表中勾选后再办；更多的分几次补打。",
                "Tick things in the list; print more in several orders.",
            ),
        ));
    }
    for item in wanted {
        access::see_item(tx, me, *item).await?;
    }
    let found = labelled_now(tx, wanted).await?;
    let mut lies: Vec<(ItemId, Store)> = Vec::new();
    for it in &found {
        for (slot, _) in slots_of(tx, it.item.id).await? {
            let store = counter::placement::store_of(tx, slot).await?.ok_or(Error::NotFound(Thing::Slot))?;
            lies.push((it.item.id, store));
        }
    }
    let stores = lies.iter().map(|(_, store)| store.id).collect();
    let keepers = places::keepers_of(tx, &stores).await?;
    for it in &found {
        let in_slots: Vec<&Store> =
            lies.iter().filter(|(item, _)| *item == it.item.id).map(|(_, it)| it).collect();
        kept_here(me, &it.item, &in_slots, &keepers)?;
    }
    Ok(found)
}

/// What is known of the labels of these things. Things without one are left out and found missing by whoever asks.
async fn labelled_now(tx: &mut Tx, wanted: &[ItemId]) -> Result<Vec<Labelled>, Error> {
    let mut by_id: BTreeMap<ItemId, Item> =
        items::by_ids(tx, wanted).await?.into_iter().map(|item| (item.id, item)).collect();
    let mut found = Vec::new();
    for id in wanted {
        // Named twice is once.
        let Some(item) = by_id.remove(id) else { continue };
        let code = item.label_code.as_deref().and_then(|code| Code::parse(code).ok());
        let copy = item.label_copy.and_then(|copy| u32::try_from(copy).ok());
        let (Some(code), Some(bound)) = (code, copy) else { return Err(no_label(&item)) };
        let newest = labels::newest(tx, item.id)
            .await?
            .filter(|it| it.code == code.clone().on_copy(it.copy).printed());
        found.push(Labelled { item, code, bound, newest });
    }
    Ok(found)
}

fn kept_here(me: &Person, item: &Item, stores: &[&Store], keepers: &Keepers) -> Result<(), Error> {
    if stores.is_empty() || stores.iter().any(|store| store.unit != me.unit) {
        let number = &item.number;
        return Err(Conflict::new(
            "label_of_thing_elsewhere",
            (
                &format!("{number} 不在本单位的库位上，没有补打标签。"),
                &format!("{number} lies in no slot of your unit; no label was printed."),
            ),
            ("请去掉这一件，或由保管单位补打。", "Leave it out, or ask the unit that keeps it."),
        ));
    }
    stores.iter().try_for_each(|store| keeps(me, store, keepers))
}

async fn draw(app: &App, me: &Person, tx: &mut Tx, all: &[Labelled]) -> Result<Vec<Raster>, Error> {
    let (rules, now) = (app.rules(), app.clock.now());
    let mut wanted = Vec::new();
    for it in all {
        let item = &it.item;
        let case = cases::case(tx, item.case).await?;
        wanted.push(documents::label::item(
            rules.label(item.category, now),
            &documents::label::Item {
                code: &it.next_code(),
                name: &item.name,
                category: item.category,
                seal: item.seal.as_deref().unwrap_or(""),
                quantity: &item.measure.text(item.open_quantity, item.counted_as.as_deref()),
                received_on: &item.received_at.unwrap_or(now).date(),
                centre: &me.unit_name,
                case_number: case.as_ref().map_or("", |it| &it.case.number),
                packed_by: &me.name,
            },
        ));
    }
    draw_in_background(app.fonts.clone(), wanted).await
}

fn no_reason() -> Error {
    Invalid::new(
        "reprint_needs_reason",
        ("没有写明为什么补打，没有打印。", "No reason is given; nothing was printed."),
        (
            "请写明原因，例如“标签破损”；旧标签须收回销毁。",
            "Write why, for example “torn”; take the old labels back and destroy them.",
        ),
    )
}

fn no_label(item: &Item) -> Error {
    let number = &item.number;
    Conflict::new(
        "thing_without_label",
        (
            &format!("{number} 还没有标签，不能补打。"),
            &format!("{number} has no label yet that could be printed again."),
        ),
        ("第一张标签在入库时打印。", "The first label is printed when the thing is received."),
    )
}

fn on_its_way() -> Error {
    Conflict::new(
        "label_on_its_way",
        ("标签正在打印，没有再打。", "A label is on its way out of the printer; none was ordered again."),
        ("请稍候；打印机不动时请检查工位。", "Wait a moment; if the printer is still, check the station."),
    )
}
