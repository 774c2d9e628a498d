//! What identifies the things in the ledger: derived from how they are described, and looked up whenever a thing comes anew.

use super::{
    Error, Tx, damaged,
    db::on,
    particulars::read_particulars,
    rows::{Column, Rows},
};
use crate::{
    id::ItemId,
    ledger::{
        Description, DescriptionChange, Particulars,
        identifiers::{IN_FEATURES, IN_NAME, identifiers},
    },
};
use std::collections::BTreeSet;

/// How many descriptions are read in one go.
const READ_MOST: i64 = 2_000;

pub(super) async fn keep(tx: &mut Tx, found: &[(ItemId, &str, String)]) -> Result<(), Error> {
    const SQL: &str = "insert into item_identifiers (item, field, identifier) select * from {rows} as given
        where true on conflict do nothing";
    if found.is_empty() {
        return Ok(());
    }
    Rows::new(vec![
        Column::Ids(found.iter().map(|(item, ..)| item.0).collect()),
        Column::Texts(found.iter().map(|(_, field, _)| *field).collect()),
        Column::Texts(found.iter().map(|(.., key)| key.as_str()).collect()),
    ])
    .execute(tx, SQL)
    .await
}

/// What one field says from now on.
pub(super) async fn replace(
    tx: &mut Tx,
    item: ItemId,
    field: &str,
    found: BTreeSet<String>,
) -> Result<(), Error> {
    const FORGET: &str = "delete from item_identifiers where item = $1 and field = $2";
    on!(tx, conn => sqlx::query(FORGET).bind(item).bind(field).execute(conn).await?.rows_affected());
    keep(tx, &found.into_iter().map(|key| (item, field, key)).collect::<Vec<_>>()).await
}

/// Reads some of the descriptions that are older than the reading of numbers in sentences; answers whether there were any.
pub(super) async fn read_earlier(tx: &mut Tx) -> Result<bool, Error> {
    const SQL: &str =
        "select u.item, i.parent is not null, i.name, i.features, i.particulars from unread_descriptions u
        join items i on i.id = u.item order by u.item limit $1";
    const READ: &str = "delete from unread_descriptions where item in {rows}";
    let unread: Vec<(ItemId, bool, String, String, String)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(READ_MOST).fetch_all(conn).await?);
    if unread.is_empty() {
        return Ok(false);
    }
    let mut found = Vec::new();
    for (item, part, name, features, particulars) in &unread {
        let own = if *part { corrected_fields(tx, *item).await? } else { vec![IN_NAME, IN_FEATURES] };
        let written = |field, text| if own.contains(&field) { text } else { "" };
        let particulars = if *part { Particulars::default() } else { read_particulars(particulars)? };
        let keys = identifiers(written(IN_NAME, name), written(IN_FEATURES, features), &particulars);
        found.extend(keys.into_iter().map(|(field, key)| (*item, field, key)));
    }
    keep(tx, &found).await?;
    let read = Column::Ids(unread.iter().map(|(item, ..)| item.0).collect());
    Rows::new(vec![read]).execute(tx, READ).await?;
    Ok(true)
}

/// The sentences about a part that were written anew, and so are about itself.
async fn corrected_fields(tx: &mut Tx, item: ItemId) -> Result<Vec<&'static str>, Error> {
    const SQL: &str = "select change from description_corrections where item = $1";
    let changes: Vec<String> = on!(tx, conn => sqlx::query_scalar(SQL).bind(item).fetch_all(conn).await?);
    let mut fields = Vec::new();
    for change in changes {
        let read: Description =
            serde_json::from_str(&change).map_err(|error| damaged("description", error))?;
        match read.change {
            DescriptionChange::Name { .. } => fields.push(IN_NAME),
            DescriptionChange::Features { .. } => fields.push(IN_FEATURES),
            DescriptionChange::Category { .. }
            | DescriptionChange::Particular { .. }
            | DescriptionChange::Seal { .. }
            | DescriptionChange::Quantity { .. }
            | DescriptionChange::Label { .. } => (),
        }
    }
    Ok(fields)
}
