//! What corrections have written anew about items: what was known before stands beside what is known now.

use super::{CHUNK, Error, Tx, damaged, db::on, items::Item};
use crate::{
    domain::Names,
    id::ItemId,
    ledger::{Description, DescriptionChange, Particulars},
};
use sqlx::QueryBuilder;
use std::{collections::BTreeMap, ops::RangeInclusive};

/// One change, and the correction that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescriptionCorrection {
    pub seq: u64,
    pub description: Description,
}

/// What these entries wrote anew about these items, the oldest first.
pub async fn between(
    tx: &mut Tx,
    items: &[ItemId],
    seqs: RangeInclusive<u64>,
) -> Result<Vec<DescriptionCorrection>, Error> {
    const SQL: &str = "select seq, line, change from description_corrections where seq between ";
    let number = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
    let (from, to) = (number(*seqs.start()), number(*seqs.end()));
    let mut found = Vec::new();
    for chunk in items.chunks(CHUNK) {
        let rows: Vec<(i64, i64, String)> = on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_bind(from).push(" and ").push_bind(to).push(" and item in (");
            chunk.iter().fold(&mut query.separated(", "), |list, item| list.push_bind(*item));
            query.push(")").build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    found.sort_unstable_by_key(|(seq, line, _)| (*seq, *line));
    let read = |(seq, _, change): (i64, i64, String)| {
        let description = serde_json::from_str(&change).map_err(|error| damaged("description", error))?;
        Ok(DescriptionCorrection { seq: seq.cast_unsigned(), description })
    };
    found.into_iter().map(read).collect()
}

async fn after(tx: &mut Tx, items: &[ItemId], seq: u64) -> Result<Vec<DescriptionCorrection>, Error> {
    between(tx, items, seq.saturating_add(1)..=u64::MAX).await
}

/// The items as they were described up to an entry: what was written anew later is taken back, the newest first.
pub async fn as_known(tx: &mut Tx, items: &mut [Item], seq: u64) -> Result<(), Error> {
    let ids: Vec<ItemId> = items.iter().map(|item| item.id).collect();
    let mut later: BTreeMap<ItemId, Vec<Description>> = BTreeMap::new();
    for it in after(tx, &ids, seq).await?.into_iter().rev() {
        later.entry(it.description.item).or_default().push(it.description);
    }
    for item in items {
        later.remove(&item.id).into_iter().flatten().for_each(|it| take_back(item, it));
    }
    Ok(())
}

fn take_back(item: &mut Item, it: Description) {
    match it.change {
        DescriptionChange::Name { from, .. } => item.name = from,
        DescriptionChange::Category { from, .. } => item.category = from,
        DescriptionChange::Features { from, .. } => item.features = from,
        DescriptionChange::Particular { field, from, .. } => {
            item.particulars.set(field, from.as_deref().unwrap_or_default());
        }
        DescriptionChange::Seal { from, .. } => item.seal = from,
        DescriptionChange::Quantity { .. } => item.quantity = it.quantity,
        DescriptionChange::Label { from, .. } => {
            item.label_copy = from.as_ref().map(|label| i64::from(label.copy));
            item.label_code = from.map(|label| label.code);
        }
    }
}

/// The names that things had up to an entry.
pub async fn names_as_known(tx: &mut Tx, names: &mut Names, seq: u64) -> Result<(), Error> {
    let ids: Vec<ItemId> = names.items.keys().copied().collect();
    for it in after(tx, &ids, seq).await?.into_iter().rev() {
        if let (Some(name), DescriptionChange::Name { from, .. }) =
            (names.items.get_mut(&it.description.item), it.description.change)
        {
            name.name = from;
        }
    }
    Ok(())
}

/// Name, features and particulars of one item up to an entry.
pub async fn words_as_known(
    tx: &mut Tx,
    item: ItemId,
    (name, features, particulars): (&mut String, &mut String, &mut Particulars),
    seq: u64,
) -> Result<(), Error> {
    for it in after(tx, &[item], seq).await?.into_iter().rev() {
        match it.description.change {
            DescriptionChange::Name { from, .. } => *name = from,
            DescriptionChange::Features { from, .. } => *features = from,
            DescriptionChange::Particular { field, from, .. } => {
                particulars.set(field, from.as_deref().unwrap_or_default());
            }
            DescriptionChange::Category { .. }
            | DescriptionChange::Seal { .. }
            | DescriptionChange::Quantity { .. }
            | DescriptionChange::Label { .. } => (),
        }
    }
    Ok(())
}
