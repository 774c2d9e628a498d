//! Items as they were known after an entry: what a later entry made known of them is taken away again.

use crate::{
    custody::Error,
    domain::{AsOf, as_of::known},
    id::ItemId,
    store::{
        Tx, as_of, descriptions,
        items::{Duty, Holding, Item, OpenDifference, duties, holdings, open_differences},
    },
};
use std::collections::BTreeMap;

/// What is asked of items in either view, present or past.
pub(super) struct Books {
    pub holdings: Vec<Holding>,
    pub duties: Vec<Duty>,
    pub open: Vec<OpenDifference>,
}

/// Where these items are or were, who answers or answered for them, and what is or was open about them.
pub(super) async fn books(tx: &mut Tx, items: &[ItemId], at: Option<AsOf>) -> Result<Books, Error> {
    Ok(match at {
        None => Books {
            holdings: holdings(tx, items).await?,
            duties: duties(tx, items).await?,
            open: open_differences(tx, items).await?,
        },
        Some(AsOf { seq, .. }) => Books {
            holdings: as_of::holdings(tx, items, seq).await?,
            duties: as_of::duties(tx, items, seq).await?,
            open: as_of::open_differences(tx, items, seq).await?,
        },
    })
}

/// These items as they were known; those that were not yet in the ledger are left out.
pub(super) async fn as_known(tx: &mut Tx, mut items: Vec<Item>, at: AsOf) -> Result<Vec<Item>, Error> {
    descriptions::as_known(tx, &mut items, at.seq).await?;
    let ids: Vec<ItemId> = items.iter().map(|item| item.id).collect();
    let mut open: BTreeMap<ItemId, i64> = BTreeMap::new();
    for it in as_of::holdings(tx, &ids, at.seq).await? {
        let quantity = open.entry(it.item).or_insert(0);
        *quantity = quantity.saturating_add(if it.account.is_open() { it.quantity } else { 0 });
    }
    let pending = as_of::pending(tx, &ids, at.seq).await?;
    let later: Vec<ItemId> = as_of::received_after(tx, &ids, at.seq).await?.into_iter().collect();
    let mut receipts = known(&as_of::receipts(tx, &later, at.seq).await?);
    let then = |mut item: Item| {
        item.open_quantity = *open.get(&item.id)?;
        item.on_offer = pending.get(&item.id).copied();
        if later.contains(&item.id) {
            let known = receipts.remove(&item.id).unwrap_or_default();
            item.label_code = known.label_code;
            item.label_copy = known.label_copy;
            item.seal = known.seal;
            item.gross_mg = known.gross_mg;
            item.received_at = known.received_at;
        }
        Some(item)
    };
    Ok(items.into_iter().filter_map(then).collect())
}

/// The seals that these items were known to have, where a later receipt has given them another.
pub async fn other_seals(
    tx: &mut Tx,
    items: &[ItemId],
    at: AsOf,
) -> Result<BTreeMap<ItemId, Option<String>>, Error> {
    let later: Vec<ItemId> = as_of::received_after(tx, items, at.seq).await?.into_iter().collect();
    let mut receipts = known(&as_of::receipts(tx, &later, at.seq).await?);
    let seal = |item: ItemId| (item, receipts.remove(&item).and_then(|known| known.seal));
    Ok(later.into_iter().map(seal).collect())
}
