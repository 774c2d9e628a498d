//! Which unit sees which item, kept as items change: a list begins with what somebody sees and does not ask every item.
//!
//! A row is a way by which items are seen, after the rule of sight ([`super::sight`]): by everybody of a unit, by those of them who
//! keep its stores, or by the custodians who expect what another unit owes. What somebody's ways are is said here; what they lead
//! to is derived from the books by one question, asked of the items that a commit changes, and asked of all items by `hufu verify`.

use super::{
    Error, Tx,
    db::on,
    rows::{Column, Rows},
    sight::expects,
};
use crate::id::ItemId;
use std::collections::BTreeSet;

/// The ways of a viewer, as conditions on a row `s` that has one: everybody's, a custodian's, and what a custodian expects. The
/// places are those of the rule: $2 the unit, $3 whether they are a custodian.
pub(super) fn ways(s: &str) -> [String; 3] {
    let expected = expects("owing.id", "$2");
    [
        format!("{s}.unit = $2 and {s}.way = 'unit'"),
        format!("$3 and {s}.unit = $2 and {s}.way = 'keeper'"),
        format!(
            "$3 and {s}.unit in (select owing.id from units owing where {expected}) and {s}.way = 'owed'"
        ),
    ]
}

/// Whether an item, as a row of `items`, is seen, by what is kept.
pub(super) fn is_seen(items: &str) -> String {
    let ways = ways("s").map(|way| format!("({way})")).join(" or ");
    format!("($1 or exists (select 1 from item_sight s where s.item = {items}.id and ({ways})))")
}

/// The items that are asked about; and all of them.
pub(super) const THESE: &str = "select column1 as item from {rows} as wanted";
const ALL: &str = "select id as item from items";

/// The ways to the items of `given`, as the table `derived`. From the item to everything else, in this order, as sums of cases are
/// asked. A line is seen with the single things that stand on the list in its place.
pub(super) fn derived(given: &str) -> String {
    format!(
        "with given as ({given}),
        watched as (select g.item, g.item as seen from given g
            union all select g.item, t.id from given g cross join items t where t.parent = g.item and t.listed),
        derived as materialized (
            select p.item, 'unit' as way, p.place as unit from given g cross join postings p
            where p.item = g.item and p.book = 'duty' and p.kind = 'party'
            union select i.id, 'unit', h.to_unit from given g cross join items i cross join handovers h
            where i.id = g.item and h.id = i.on_offer
            union select w.item, 'keeper', t.unit
            from watched w cross join postings lay cross join slots place cross join stores t
            where lay.item = w.seen and lay.kind = 'slot' and place.id = lay.place and t.id = place.store
            union select w.item, 'owed', b.place from watched w cross join stock_balances b
            where b.item = w.seen and b.kind = 'owed')"
    )
}

/// What is kept of the items of `given`.
pub(super) const STORED: &str =
    "select s.item, s.way, s.unit from given g cross join item_sight s where s.item = g.item";

fn gone(given: &str) -> String {
    format!(
        "{} delete from item_sight where (item, way, unit) in (select * from ({STORED} except select * from derived) gone)",
        derived(given)
    )
}

fn come(given: &str) -> String {
    format!(
        "{} insert into item_sight (item, way, unit, number) select d.item, d.way, d.unit, i.number
        from derived d cross join items i where i.id = d.item on conflict do nothing",
        derived(given)
    )
}

/// The statements by which what is kept of given items follows them, as SQLite is given them.
#[cfg(test)]
pub(super) fn changes() -> Vec<String> {
    let given = THESE.replace("{rows}", "(select * from (values (?)) limit ?)");
    vec![gone(&given), come(&given)]
}

/// Keeps the ways as they are now: of items that stood otherwise before, and of new ones.
pub(super) async fn follow(tx: &mut Tx, old: &BTreeSet<ItemId>, new: &BTreeSet<ItemId>) -> Result<(), Error> {
    let given =
        |items: &BTreeSet<ItemId>| Rows::new(vec![Column::Ids(items.iter().map(|it| it.0).collect())]);
    given(old).execute(tx, &gone(THESE)).await?;
    given(&(old | new)).execute(tx, &come(THESE)).await
}

/// Derives everything anew, in place of what is stored.
pub(super) async fn derive(tx: &mut Tx) -> Result<(), Error> {
    for sql in ["delete from item_sight".to_owned(), come(ALL)] {
        on!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(sql)).execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// The items of which something else is stored than follows from the books: the last entry that posts each (0 where there is none),
/// and their numbers.
pub(super) async fn wrong(tx: &mut Tx) -> Result<Vec<(i64, String)>, Error> {
    let sql = format!(
        "{}, numbered as materialized (select d.item, d.way, d.unit, i.number from derived d join items i on i.id = d.item),
        differing as (
            select item, number from (select * from numbered except select item, way, unit, number from item_sight) missing
            union select item, number from (select item, way, unit, number from item_sight except select * from numbered) more)
        select (select coalesce(max(p.seq), 0) from postings p where p.item = f.item), max(f.number)
        from differing f group by f.item",
        derived(ALL)
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?))
}
