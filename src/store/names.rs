//! What the things that entries mention are called now.

use super::{CHUNK, Error, Tx, damaged, db::on};
use crate::{
    domain::names::{ItemName, Names},
    id::{AgencyId, CaseId, ItemId, PersonId, SlotId, StoreId, UnitId},
    ledger::{Measure, Mentions},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

/// The names of everything mentioned.
pub async fn names(tx: &mut Tx, mentioned: &Mentions<'_>) -> Result<Names, Error> {
    const PERSONS: &str = "select id, name from persons where id in (";
    const UNITS: &str = "select u.id, a.name || ' ' || u.name from units u join agencies a on a.id = u.agency where u.id in (";
    const AGENCIES: &str = "select id, name from agencies where id in (";
    const CASES: &str = "select id, number from cases where id in (";
    const STORES: &str = "select id, name from stores where id in (";
    const SLOTS: &str =
        "select s.id, t.name || ' ' || s.name from slots s join stores t on t.id = s.store where s.id in (";
    let Mentions { persons, units, agencies, cases, stores, slots, items, .. } = mentioned;
    let persons = pairs(tx, PERSONS, persons.iter().map(|id| id.0)).await?;
    let units = pairs(tx, UNITS, units.iter().map(|id| id.0)).await?;
    let agencies = pairs(tx, AGENCIES, agencies.iter().map(|id| id.0)).await?;
    let cases = pairs(tx, CASES, cases.iter().map(|id| id.0)).await?;
    let stores = pairs(tx, STORES, stores.iter().map(|id| id.0)).await?;
    let slots = pairs(tx, SLOTS, slots.iter().map(|id| id.0)).await?;
    let mut names = Names {
        persons: persons.into_iter().map(|(id, name)| (PersonId(id), name)).collect(),
        units: units.into_iter().map(|(id, name)| (UnitId(id), name)).collect(),
        agencies: agencies.into_iter().map(|(id, name)| (AgencyId(id), name)).collect(),
        cases: cases.into_iter().map(|(id, name)| (CaseId(id), name)).collect(),
        stores: stores.into_iter().map(|(id, name)| (StoreId(id), name)).collect(),
        slots: slots.into_iter().map(|(id, name)| (SlotId(id), name)).collect(),
        ..Names::default()
    };
    let items: Vec<ItemId> = items.iter().copied().collect();
    for chunk in items.chunks(CHUNK) {
        add_items(tx, chunk, &mut names).await?;
    }
    Ok(names)
}

async fn pairs(
    tx: &mut Tx,
    sql: &str,
    ids: impl Iterator<Item = Uuid>,
) -> Result<Vec<(Uuid, String)>, Error> {
    let ids: Vec<Uuid> = ids.collect();
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(Uuid, String)> = on!(tx, conn => {
            let mut query = QueryBuilder::new(sql);
            chunk.iter().fold(&mut query.separated(", "), |list, id| list.push_bind(*id));
            query.push(")").build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

type ItemRow = (ItemId, String, String, String, Option<String>, Option<String>);

async fn add_items(tx: &mut Tx, ids: &[ItemId], names: &mut Names) -> Result<(), Error> {
    const SQL: &str = "select id, number, name, measure, currency, counted_as from items where id in (";
    let rows: Vec<ItemRow> = on!(tx, conn => {
        let mut query = QueryBuilder::new(SQL);
        ids.iter().fold(&mut query.separated(", "), |list, id| list.push_bind(*id));
        query.push(")").build_query_as().fetch_all(conn).await?
    });
    for (id, number, name, measure, currency, counted_as) in rows {
        let measure = Measure::from_word(&measure, currency.as_deref())
            .ok_or_else(|| damaged("item", format!("{number} is measured in «{measure}»")))?;
        names.items.insert(id, ItemName { number, name, measure, counted_as });
    }
    Ok(())
}
