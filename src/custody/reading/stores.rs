//! Stores and their shelves (库房): how full they are, what differs, and what lies in a slot. Everybody may see where the
//! stores are; what lies there is shown to those who keep it, to auditors, and item by item to whoever sees the item.

use crate::custody::{Conflict, Error, Thing, access, as_of, items, turn};
use crate::{
    app::App,
    domain::{AsOf, Person, Role, Slot, Store, StoreKind, Viewer},
    id::{ItemId, SlotId, StoreId},
    ledger::Measure,
    store::{
        Tx, as_of as stored_as_of, differences,
        places::{self, SlotContent},
        sums::{self, Sum},
    },
};
use label_templates::{Label, SlotLabel, Templates, draw_label, to_png};
use serde::Serialize;
use std::collections::BTreeMap;

/// A store as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StoreLine {
    pub store: Store,
    pub slots: usize,
    pub items: i64,
    pub differences: i64,
    pub keepers: Vec<String>,
}

pub async fn stores(app: &App, _me: &Person) -> Result<Vec<StoreLine>, Error> {
    let mut tx = app.db.read().await?;
    let mut lines = Vec::new();
    for store in places::stores(&mut tx).await? {
        let full = places::fullness(&mut tx, store.id).await?;
        let differing = differences::in_store(&mut tx, store.id).await?;
        lines.push(StoreLine {
            slots: full.len(),
            items: full.iter().map(|(_, items)| items).sum(),
            differences: differing.iter().map(|(_, count)| count).sum(),
            keepers: places::keepers(&mut tx, store.id).await?,
            store,
        });
    }
    Ok(lines)
}

/// A store with its shelves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StoreView {
    pub store: Store,
    pub keepers: Vec<String>,
    pub slots: Vec<SlotUse>,
    /// Whether this person may begin a count here.
    pub may_count: bool,
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

/// A store as it stands.
pub async fn store(app: &App, me: &Person, id: StoreId) -> Result<StoreView, Error> {
    store_as_of(app, me, id, None).await
}

/// A store as it was known after an entry: nothing may be done in it there.
pub async fn store_as_of(app: &App, me: &Person, id: StoreId, at: Option<AsOf>) -> Result<StoreView, Error> {
    let mut tx = app.db.read().await?;
    let store = places::store(&mut tx, id).await?.ok_or(Error::NotFound(Thing::Store))?;
    let seq = as_of::last(&mut tx, at).await?;
    let mut lying: BTreeMap<SlotId, Vec<Sum>> = BTreeMap::new();
    for sum in sums::of_store(&mut tx, id, seq).await? {
        lying.entry(SlotId(sum.whose)).or_default().push(sum);
    }
    let differing: BTreeMap<SlotId, i64> = match at {
        Some(at) => stored_as_of::differences_in(&mut tx, id, at.seq).await?,
        None => differences::in_store(&mut tx, id).await?,
    }
    .into_iter()
    .collect();
    let slots = places::slots(&mut tx, id).await?.into_iter().map(|slot| {
        let sums = lying.remove(&slot.id).unwrap_or_default();
        SlotUse {
            items: sums.iter().map(|sum| sum.items).sum(),
            quantities: sums.iter().map(Sum::text).collect(),
            differences: differing.get(&slot.id).copied().unwrap_or_default(),
            slot,
        }
    });
    Ok(StoreView {
        slots: slots.collect(),
        keepers: places::keepers(&mut tx, id).await?,
        may_count: at.is_none() && me.is(Role::Custodian) && me.unit == store.unit,
        store,
        as_of: at,
    })
}

/// A slot with what lies in it, as far as this person may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SlotView {
    pub slot: Slot,
    pub things: Vec<InSlot>,
    /// Things that lie here and are not theirs to see.
    pub others: i64,
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
    let all = Viewer::of(me).sees_slots_of(&store);
    let lying = match at {
        Some(at) => lay_in(&mut tx, id, at).await?,
        None => places::lying_in(&mut tx, id).await?,
    };
    let lie_here = lying.len();
    let mut things = Vec::new();
    for it in lying {
        if all || access::sees_item(&mut tx, me, it.item).await? {
            things.push(thing(it));
        }
    }
    let others = i64::try_from(lie_here.saturating_sub(things.len())).unwrap_or(i64::MAX);
    Ok(SlotView { slot, things, others, as_of: at })
}

/// What lay in a slot, with the seals as they were known.
async fn lay_in(tx: &mut Tx, slot: SlotId, at: AsOf) -> Result<Vec<SlotContent>, Error> {
    let mut lying = stored_as_of::lying_in(tx, slot, at.seq).await?;
    let items: Vec<ItemId> = lying.iter().map(|it| it.item).collect();
    let mut seals = items::other_seals(tx, &items, at).await?;
    for it in &mut lying {
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
    }
}

/// The slot's label as it would be printed (PNG).
pub async fn slot_label(app: &App, me: &Person, id: SlotId) -> Result<Vec<u8>, Error> {
    let mut tx = app.db.read().await?;
    let slot = places::slot(&mut tx, id).await?.ok_or(Error::NotFound(Thing::Slot))?;
    let store = places::store(&mut tx, slot.store).await?.ok_or(Error::NotFound(Thing::Store))?;
    drop(tx);
    let fonts = app.fonts.clone().ok_or(Error::NotFound(Thing::Label))?;
    let turn = turn(&app.costly.papers, me).await?;
    let label = Label::Slot(SlotLabel {
        code: slot.code,
        slot: slot.name,
        store: slot.store_name,
        kind: store_kind_words(store.kind).to_owned(),
    });
    // Fonts are read at the first label, which takes a while.
    let drawing = turn.beside(move || {
        let raster = draw_label(&fonts, &Templates::embedded(), &label, DPI)?;
        to_png(&raster)
    });
    match drawing.await {
        Some(drawn) => drawn.map_err(|error| {
            Conflict::new(
                "label_not_drawn",
                (&error.zh(), &error.to_string()),
                ("请把这句话告诉管理员。", "Tell the administrator what it says."),
            )
        }),
        None => Err(Error::NotFound(Thing::Label)),
    }
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
