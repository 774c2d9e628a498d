//! The slots and things that somebody wants to touch, and what must be known of them before that.

use super::{Db, Error, items, places};
use crate::{
    domain::Store,
    id::{ItemId, SlotId},
    ledger::Category,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What is asked about.
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
}

/// Everybody is given all that was asked about.
pub async fn load(db: Db, queries: Vec<MoveQuery>) -> Result<Vec<Arc<MoveContext>>, Error> {
    let slots = queries.iter().flat_map(|it| &it.slots).copied().collect();
    let things = queries.iter().flat_map(|it| &it.items).copied().collect();
    let mut tx = db.read().await?;
    let context = Arc::new(MoveContext {
        slots: places::stores_of(&mut tx, &slots).await?,
        items: items::categories(&mut tx, &things).await?,
    });
    Ok(vec![context; queries.len()])
}
