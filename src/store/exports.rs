//! What an export reads: every item with its places and who answers for it.

use super::{Error, Tx, db::on};
use crate::{
    domain::Names,
    id::{ItemId, UnitId},
    ledger::Mentions,
};
use uuid::Uuid;

/// An item as it is exported, without its places.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Item {
    pub id: ItemId,
    pub number: String,
    pub name: String,
    pub category: String,
    pub case_number: String,
    pub quantity: i64,
    pub measure: String,
    pub currency: Option<String>,
    pub responsible: Option<UnitId>,
    pub seal: Option<String>,
    pub paper_number: String,
    pub paper_line: i64,
}

/// Items by number, those after a number, at most so many.
pub async fn items(tx: &mut Tx, after: &str, limit: u32) -> Result<Vec<Item>, Error> {
    const SQL: &str = "select i.id, i.number, i.name, i.category, c.number as case_number, i.quantity, i.measure, i.currency,
            d.unit as responsible, i.seal, i.paper_number, i.paper_line
        from items i left join duty_balances d on d.item = i.id and d.kind = 'party'
            join cases c on c.id = coalesce(d.case_id, i.case_id)
        where i.number > $1 order by i.number limit $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(after).bind(i64::from(limit)).fetch_all(conn).await?))
}

/// The places of an item that are not sources: account kind, whose, how much.
pub async fn places(tx: &mut Tx, item: ItemId) -> Result<Vec<(String, Uuid, i64)>, Error> {
    const SQL: &str = "select kind, place, quantity from stock_balances
        where item = $1 and kind not in ('origin', 'converted') order by kind, place";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(item).fetch_all(conn).await?))
}

/// The names of these.
pub async fn named(tx: &mut Tx, mentioned: &Mentions<'_>) -> Result<Names, Error> {
    super::names::names(tx, mentioned).await
}
