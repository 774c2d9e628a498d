//! What the rules of moving need to know of the slots and items of a move before it is recorded.

use super::{
    Db, Error, items,
    places::{self, Keepers},
};
use crate::{
    clock::Moment,
    domain::{SlotContents, Store},
    id::{ItemId, SlotId},
    ledger::Category,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The slots and items of some moves.
#[derive(Clone, Debug, Default)]
pub struct MoveQuery {
    pub slots: BTreeSet<SlotId>,
    pub items: BTreeSet<ItemId>,
}

/// In which store each slot is, and of which kind each thing is; those that are not there are missing.
#[derive(Debug, Default)]
pub struct MoveContext {
    pub slots: BTreeMap<SlotId, Store>,
    pub items: BTreeMap<ItemId, Category>,
    /// What lies in each slot.
    pub contents: BTreeMap<SlotId, SlotContents>,
    /// Who keeps these stores.
    pub keepers: Keepers,
    /// Those of the things that a move put where they are: out of which slot, and when that was recorded.
    pub moved: BTreeMap<ItemId, (SlotId, Moment)>,
}

/// Loads the context of several queries in one read. They share the union of all: a caller looks up its own keys, and one
/// clone of an `Arc` is cheaper than splitting the maps.
pub async fn load(db: Db, queries: Vec<MoveQuery>) -> Result<Vec<Arc<MoveContext>>, Error> {
    let slots = queries.iter().flat_map(|it| &it.slots).copied().collect();
    let things = queries.iter().flat_map(|it| &it.items).copied().collect();
    let mut tx = db.read().await?;
    let contents = places::contents(&mut tx, &slots).await?;
    let slots = places::stores_of(&mut tx, &slots).await?;
    let stores = slots.values().map(|store| store.id).collect();
    let context = Arc::new(MoveContext {
        keepers: places::keepers_of(&mut tx, &stores).await?,
        slots,
        contents,
        items: items::categories(&mut tx, &things).await?,
        moved: items::last_moved(&mut tx, &things).await?,
    });
    Ok(vec![context; queries.len()])
}
