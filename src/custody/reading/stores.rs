//! Stores and their shelves (库房): how full they are, what differs, and what lies in a slot. Everybody may see which stores
//! there are and how full; shelves, keepers and amounts are shown to those who keep them and to auditors, and others find the
//! slots in which things lie that they see, with these things.

use crate::custody::{Conflict, Error, Thing, access, as_of, items, turn};
use crate::{
    app::App,
    domain::{AsOf, Person, Role, Slot, Store, StoreKind, Viewer},
    id::{HandoverId, ItemId, SlotId, StoreId},
    ledger::Measure,
    store::{
        Tx, as_of as stored_as_of, differences, keeper_sums,
        places::{self, SlotContent},
        sums::{self, Sum},
    },
};
use hufu_wire::Raster;
use label_templates::{Label, SlotLabel, Templates, draw_label, to_png};
use serde::Serialize;
use std::collections::BTreeMap;

/// A store as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StoreLine {
    pub store: Store,
    pub slots: usize,
    pub items: i64,
    /// What only its keepers and auditors are told.
    pub keeping: Option<Keeping>,
}

/// Who keeps a store, and how many things in it differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Keeping {
    pub keepers: Vec<String>,
    pub differences: i64,
}

pub async fn stores(app: &App, me: &Person) -> Result<Vec<StoreLine>, Error> {
    let mut tx = app.db.read().await?;
    let mut lines = Vec::new();
    for store in places::open_stores(&mut tx).await? {
        let (slots, items) = keeper_sums::of_store(&mut tx, store.id).await?;
        let keeping = match Viewer::of(me).sees_slots_of(&store) {
            true => Some(keeping(&mut tx, store.id).await?),
            false => None,
        };
        lines.push(StoreLine { slots: usize::try_from(slots).unwrap_or_default(), items, keeping, store });
    }
    Ok(lines)
}

async fn keeping(tx: &mut Tx, store: StoreId) -> Result<Keeping, Error> {
    let differing = differences::in_store(tx, store).await?;
    let keepers = places::keepers(tx, store).await?;
    Ok(Keeping { keepers, differences: differing.iter().map(|(_, count)| count).sum() })
}

/// A store with its shelves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StoreView {
    pub store: Store,
    /// How many things lie in it, and how many it has room for.
    pub items: i64,
    pub capacity: i64,
    pub shown: SlotsShown,
    pub keepers: Vec<String>,
    pub slots: Vec<SlotUse>,
    /// Whether this person may begin a count here.
    pub may_count: bool,
    /// Whether this person may print the labels of its slots.
    pub may_print: bool,
    /// Present when it is shown as it was known then.
    pub as_of: Option<AsOf>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SlotUse {
    pub slot: Slot,
    pub items: i64,
    /// How much lies there, by measure: `4 件`, `17.55 克`.
    pub quantities: Vec<String>,
    pub differences: i64,
}

/// Which slots of a store somebody is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SlotsShown {
    All,
    /// Those with things that this person sees, and only these things.
    Theirs,
    /// None: this person sees too many things to be told slot by slot where they lie; the list of items has them.
    TooMany,
}

/// A store as it stands.
pub async fn store(app: &App, me: &Person, id: StoreId) -> Result<StoreView, Error> {
    store_as_of(app, me, id, None).await
}

/// A store as it was known after an entry: nothing may be done in it there.
pub async fn store_as_of(app: &App, me: &Person, id: StoreId, at: Option<AsOf>) -> Result<StoreView, Error> {
    let mut tx = app.db.read().await?;
    let store = places::store(&mut tx, id).await?.ok_or(Error::NotFound(Thing::Store))?;
    let seq = as_of::last(&mut tx, at).await?;
    let viewer = Viewer::of(me);
    let whole = viewer.sees_slots_of(&store);
    let seen_then = at.map(|at| at.seq);
    let (items, all): (i64, Vec<Sum>) = if !whole && at.is_none() {
        (keeper_sums::of_store(&mut tx, id).await?.1, Vec::new())
    } else {
        let all = sums::of_store(&mut tx, id, seq).await?;
        (all.iter().map(|sum| sum.items).sum(), all)
    };
    let (shown, lying_there) = if whole {
        (SlotsShown::All, all)
    } else {
        match sums::seen_in_store(&mut tx, viewer, id, seen_then).await? {
            Some(theirs) => (SlotsShown::Theirs, theirs),
            None => (SlotsShown::TooMany, Vec::new()),
        }
    };
    let mut lying: BTreeMap<SlotId, Vec<Sum>> = BTreeMap::new();
    for sum in lying_there {
        lying.entry(SlotId(sum.whose)).or_default().push(sum);
    }
    let differing: BTreeMap<SlotId, i64> = match at {
        _ if !whole => Vec::new(),
        Some(at) => stored_as_of::differences_in(&mut tx, id, at.seq).await?,
        None => differences::in_store(&mut tx, id).await?,
    }
    .into_iter()
    .collect();
    let places = places::slots(&mut tx, id).await?;
    let capacity = places.iter().filter(|slot| !slot.closed).map(|slot| slot.capacity).sum();
    // What is closed is empty now, and is shown as of a day when it was not.
    let is_shown = |slot: &Slot| lying.contains_key(&slot.id) || (whole && (!slot.closed || at.is_some()));
    let slots = places.into_iter().filter(is_shown).collect::<Vec<_>>();
    let slots = slots.into_iter().map(|slot| {
        let sums = lying.remove(&slot.id).unwrap_or_default();
        SlotUse {
            items: sums.iter().map(|sum| sum.items).sum(),
            quantities: sums.iter().map(Sum::text).collect(),
            differences: differing.get(&slot.id).copied().unwrap_or_default(),
            slot,
        }
    });
    Ok(StoreView {
        shown,
        items,
        capacity,
        slots: slots.collect(),
        keepers: if whole { places::keepers(&mut tx, id).await? } else { Vec::new() },
        may_count: at.is_none() && !store.closed && me.is(Role::Custodian) && me.unit == store.unit,
        may_print: at.is_none() && may_print(me, &store),
        store,
        as_of: at,
    })
}

/// A slot with what lies in it, as far as this person may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SlotView {
    pub slot: Slot,
    pub things: Vec<InSlot>,
    /// Whether all that lies here is shown; if not, only the things that this person sees.
    pub whole: bool,
    /// Present when it is shown as it was known then.
    pub as_of: Option<AsOf>,
}

/// One thing in a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct InSlot {
    pub item: ItemId,
    pub number: String,
    pub name: String,
    pub category: String,
    pub quantity: String,
    pub seal: Option<String>,
    pub case_number: String,
    pub differences: i64,
    /// The handover that offers it; not told of earlier times.
    pub on_offer: Option<HandoverId>,
}

/// A slot as it stands.
pub async fn slot(app: &App, me: &Person, id: SlotId) -> Result<SlotView, Error> {
    slot_as_of(app, me, id, None).await
}

/// A slot with what lay in it after an entry.
pub async fn slot_as_of(app: &App, me: &Person, id: SlotId, at: Option<AsOf>) -> Result<SlotView, Error> {
    let mut tx = app.db.read().await?;
    let slot = places::slot(&mut tx, id).await?.ok_or(Error::NotFound(Thing::Slot))?;
    let store = places::store(&mut tx, slot.store).await?.ok_or(Error::NotFound(Thing::Store))?;
    let viewer = Viewer::of(me);
    let all = viewer.sees_slots_of(&store);
    let things: Vec<InSlot> = match at {
        Some(at) => {
            let mut things = Vec::new();
            for it in lay_in(&mut tx, id, at).await? {
                if all || access::sees_item(&mut tx, me, it.item).await? {
                    things.push(thing(it));
                }
            }
            things
        }
        None => places::lying_in(&mut tx, id, viewer, all).await?.into_iter().map(thing).collect(),
    };
    // A slot in which nothing lies that they see tells its neighbours' business.
    match all || !things.is_empty() {
        true => Ok(SlotView { slot, things, whole: all, as_of: at }),
        false => Err(Error::NotFound(Thing::Slot)),
    }
}

/// What lay in a slot, with the seals as they were known, and the offers that waited then.
async fn lay_in(tx: &mut Tx, slot: SlotId, at: AsOf) -> Result<Vec<SlotContent>, Error> {
    let mut lying = stored_as_of::lying_in(tx, slot, at.seq).await?;
    let items: Vec<ItemId> = lying.iter().map(|it| it.item).collect();
    let mut seals = items::other_seals(tx, &items, at).await?;
    let pending = stored_as_of::pending(tx, &items, at.seq).await?;
    for it in &mut lying {
        it.on_offer = pending.get(&it.item).copied();
        if let Some(seal) = seals.remove(&it.item) {
            it.seal = seal;
        }
    }
    Ok(lying)
}

fn thing(it: SlotContent) -> InSlot {
    let measure = Measure::from_word(&it.measure, it.currency.as_deref());
    let quantity = measure.map(|measure| measure.text(it.quantity, it.counted_as.as_deref()));
    InSlot {
        item: it.item,
        number: it.number,
        name: it.name,
        category: it.category,
        quantity: quantity.unwrap_or_else(|| it.quantity.to_string()),
        seal: it.seal,
        case_number: it.case_number,
        differences: it.differences,
        on_offer: it.on_offer,
    }
}

/// Whether somebody may print the labels of a store's slots: its custodians, and administrators, who register them.
pub(in crate::custody) fn may_print(me: &Person, store: &Store) -> bool {
    me.is(Role::Administrator) || (me.is(Role::Custodian) && me.unit == store.unit)
}

/// The slot's label as it would be printed (PNG), for those who keep it, and for those who register it.
pub async fn slot_label(app: &App, me: &Person, id: SlotId) -> Result<Vec<u8>, Error> {
    let mut tx = app.db.read().await?;
    let slot = places::slot(&mut tx, id).await?.ok_or(Error::NotFound(Thing::Slot))?;
    let store = places::store(&mut tx, slot.store).await?.ok_or(Error::NotFound(Thing::Store))?;
    if !(Viewer::of(me).sees_slots_of(&store) || may_print(me, &store)) {
        return Err(Error::NotFound(Thing::Slot));
    }
    drop(tx);
    drawn(app, me, Label::Slot(label_of(slot, &store))).await
}

/// A label as a picture, dot for dot as it would be printed.
pub(in crate::custody) async fn drawn(app: &App, me: &Person, label: Label) -> Result<Vec<u8>, Error> {
    let drawn = draw_labels(app, me, vec![label]).await?;
    let raster = drawn.first().ok_or(Error::NotFound(Thing::Label))?;
    to_png(raster).map_err(|error| not_drawn(&error))
}

/// What the label of a slot says.
pub(in crate::custody) fn label_of(slot: Slot, store: &Store) -> SlotLabel {
    let kind = store_kind_words(store.kind).to_owned();
    SlotLabel { code: slot.code, slot: slot.name, store: slot.store_name, kind }
}

/// Labels as the printer burns them. Fonts are read at the first label, which takes a while.
pub(in crate::custody) async fn draw_labels(
    app: &App,
    me: &Person,
    labels: Vec<Label>,
) -> Result<Vec<Raster>, Error> {
    let fonts = app.fonts.clone().ok_or(Error::NotFound(Thing::Label))?;
    let turn = turn(&app.costly.papers, me).await?;
    let drawing = turn.beside(move || {
        let templates = Templates::embedded();
        let draw = |label| draw_label(&fonts, &templates, &label, DPI);
        labels.into_iter().map(draw).collect::<Result<Vec<Raster>, _>>()
    });
    drawing.await.ok_or(Error::NotFound(Thing::Label))?.map_err(|error| not_drawn(&error))
}

fn not_drawn(error: &label_templates::Error) -> Error {
    Conflict::new(
        "label_not_drawn",
        (&error.zh(), &error.to_string()),
        ("请把这句话告诉管理员。", "Tell the administrator what it says."),
    )
}

/// The resolution of most label printers: 8 dots in a millimetre.
const DPI: u32 = 203;

fn store_kind_words(kind: StoreKind) -> &'static str {
    match kind {
        StoreKind::Centre => "常温库",
        StoreKind::EvidenceRoom => "物证室",
        StoreKind::Vault => "保险库",
        StoreKind::Cold => "冷藏库",
        StoreKind::Lot => "停车场",
        StoreKind::Bank => "银行账户",
    }
}
