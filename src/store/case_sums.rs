//! What each case adds up to, kept beside the books: a list of cases reads one row of each, however many items it has.
//!
//! An item adds to every case that answers or ever answered for it. Before a commit is written, what the items that it changes add
//! is taken out of the sums, and afterwards what they add then is put in ([`Changing`]). It is the same question both times, asked of
//! those items alone; asked of all items it is what must be stored, and `hufu verify` asks that ([`wrong`]).

use super::{
    Error, Tx,
    db::on,
    rows::{Column, Rows},
};
use crate::{
    id::{CaseId, ItemId, UnitId},
    ledger::{DutyAccount, State, StockAccount},
};
use std::collections::BTreeSet;

/// One of the tables: its name and key, its figures, and the rows that the items of `given` add to it. From the item to everything
/// else, in this order (`cross join`): SQLite has no figures of the tables, and there are indexes by kind and place too, which lead
/// through everything.
struct Table {
    name: &'static str,
    key: &'static [&'static str],
    figures: &'static [&'static str],
    added: &'static str,
}

const SUMS: Table = Table {
    name: "case_sums",
    key: &["case_id"],
    figures: &["items", "answered_for", "owed", "in_store", "on_offer", "differences", "listed", "open"],
    added: "select m.case_id, 1 as items,
            case when exists (select 1 from duty_balances d
                where d.item = m.item and d.case_id = m.case_id and d.quantity > 0) then 1 else 0 end as answered_for,
            case when exists (select 1 from stock_balances b
                where b.item = m.item and b.kind = 'owed') then 1 else 0 end as owed,
            case when exists (select 1 from stock_balances b
                where b.item = m.item and b.kind = 'slot') then 1 else 0 end as in_store,
            case when i.on_offer is not null then 1 else 0 end as on_offer,
            (select count(*) from differences f where f.item = m.item and f.settled_seq is null) as differences,
            0 as listed, 0 as open
        from (select distinct p.case_id, p.item from given g cross join postings p
            where p.item = g.item and p.book = 'duty' and p.kind = 'party') m left join items i on i.id = m.item
        union all
        select i.case_id, 0, 0, 0, 0, 0, 0, 1, case when i.open_quantity > 0 then 1 else 0 end
        from given g cross join items i where i.id = g.item",
};

const OWED: Table = Table {
    name: "case_owed",
    key: &["case_id", "unit", "seized_at"],
    figures: &["items", "listed", "answered_for"],
    added: "select w.case_id, w.unit, w.seized_at, 0 as items, 1 as listed, 0 as answered_for, w.item from owing w
        union all
        select distinct p.case_id, w.unit, w.seized_at, 1, 0, 0, w.item from owing w cross join postings p
        where p.item = w.item and p.book = 'duty' and p.kind = 'party'
        union all
        select distinct d.case_id, w.unit, w.seized_at, 0, 0, 1, w.item from owing w cross join duty_balances d
        where d.item = w.item and d.kind = 'party'",
};

const KEEPERS: Table = Table {
    name: "case_keepers",
    key: &["case_id", "unit"],
    figures: &["items"],
    added: "select distinct d.case_id, t.unit, 1 as items, d.item
        from given g cross join duty_balances d cross join postings lay cross join slots s cross join stores t
        where d.item = g.item and d.kind = 'party' and lay.item = g.item and lay.kind = 'slot'
            and s.id = lay.place and t.id = s.store",
};

const TABLES: [&Table; 3] = [&SUMS, &OWED, &KEEPERS];

/// The items that are asked about; and all of them.
const THESE: &str = "select column1 as item from {rows} as wanted";
const ALL: &str = "select id as item from items";

impl Table {
    /// What the items of `given` add, by key: so much of each figure, or so much less.
    fn added(&self, sign: &str) -> String {
        let (keys, figures) = (self.key.join(", "), self.figures);
        let sums: Vec<String> =
            figures.iter().map(|it| format!("cast({sign}sum(a.{it}) as bigint) as {it}")).collect();
        format!("select {keys}, {} from ({}) a group by {keys}", sums.join(", "), self.added)
    }

    /// Adds it to what is stored.
    fn add(&self, given: &str, sign: &str) -> String {
        let Table { name, key, figures, .. } = self;
        let more: Vec<String> =
            figures.iter().map(|it| format!("{it} = {name}.{it} + excluded.{it}")).collect();
        let (key, figures) = (key.join(", "), figures.join(", "));
        format!(
            "{} insert into {name} ({key}, {figures}) {} on conflict ({key}) do update set {}",
            with(given),
            self.added(sign),
            more.join(", ")
        )
    }

    /// The cases whose rows are not those that follow from the books. A row of nothing is as good as none.
    fn differing(&self) -> String {
        let columns = [self.key, self.figures].concat().join(", ");
        let kept = self.figures.iter().map(|it| format!("{it} <> 0")).collect::<Vec<_>>().join(" or ");
        format!(
            "{}, derived as materialized ({}), stored as materialized (select {columns} from {} where {kept})
            select case_id from (select * from derived except select * from stored) missing
            union select case_id from (select * from stored except select * from derived) unfounded",
            with(ALL),
            self.added(""),
            self.name
        )
    }
}

/// The items that are asked about, and what of them is owed.
fn with(given: &str) -> String {
    format!(
        "with given as ({given}), owing as (
            select b.item, b.place as unit, i.seized_at, i.case_id
            from given g cross join stock_balances b cross join items i
            where b.item = g.item and b.kind = 'owed' and i.id = g.item)"
    )
}

/// The statements by which given items add to the sums, as SQLite is given them.
#[cfg(test)]
pub(super) fn additions() -> Vec<String> {
    let given = THESE.replace("{rows}", "(select * from (values (?)) limit ?)");
    TABLES.iter().map(|table| table.add(&given, "")).collect()
}

/// The sums of a commit that is being written.
pub struct Changing {
    items: BTreeSet<ItemId>,
}

impl Changing {
    /// Takes out what the items that will change add now. Nothing of the commit is written yet.
    pub async fn begin(tx: &mut Tx, before: &State, after: &State) -> Result<Changing, Error> {
        let items = changed(before, after);
        let new = |item: &ItemId| after.items.contains_key(item) && !before.items.contains_key(item);
        add(tx, items.iter().copied().filter(|item| !new(item)), "-").await?;
        Ok(Changing { items })
    }

    /// Puts in what they add when all of it is written.
    pub async fn end(self, tx: &mut Tx) -> Result<(), Error> {
        add(tx, self.items.into_iter(), "").await
    }
}

async fn add(tx: &mut Tx, items: impl Iterator<Item = ItemId>, sign: &str) -> Result<(), Error> {
    let given = Rows::new(vec![Column::Ids(items.map(|item| item.0).collect())]);
    for table in TABLES {
        given.execute(tx, &table.add(THESE, sign)).await?;
    }
    Ok(())
}

/// The items that add something else afterwards. A move within the stores of one unit changes nothing here.
fn changed(before: &State, after: &State) -> BTreeSet<ItemId> {
    let standing =
        after.items.keys().copied().filter(|item| Standing::of(before, *item) != Standing::of(after, *item));
    let answered =
        after.offers.iter().filter(|(id, offer)| before.offers.get(id).map(|it| it.open) != Some(offer.open));
    let disputed = after.differences.iter().filter(|(id, it)| before.differences.get(id) != Some(it));
    standing
        .chain(answered.flat_map(|(_, offer)| offer.items.iter().copied()))
        .chain(disputed.filter_map(|(_, it)| it.item))
        .collect()
}

/// What of an item decides what it adds.
#[derive(PartialEq, Eq)]
struct Standing {
    on_offer: Option<bool>,
    open: bool,
    duty: Vec<DutyAccount>,
    /// Where it is owed, and the units in whose slots it lies.
    stock: BTreeSet<(bool, Option<UnitId>)>,
}

impl Standing {
    fn of(state: &State, item: ItemId) -> Standing {
        let stock = state.stock_of(item).filter_map(|((_, account), _)| match account {
            StockAccount::Owed(unit) => Some((true, Some(*unit))),
            StockAccount::Slot(_) => Some((false, state.holders.of(*account))),
            _ => None,
        });
        Standing {
            on_offer: state.items.get(&item).map(|facts| facts.on_offer.is_some()),
            open: state.open_quantity(item) > 0,
            duty: state.duty_of(item).map(|((_, account), _)| *account).collect(),
            stock: stock.collect(),
        }
    }
}

/// Adds everything up anew, in place of what is stored.
pub async fn add_up(tx: &mut Tx) -> Result<(), Error> {
    for table in TABLES {
        for sql in [format!("delete from {}", table.name), table.add(ALL, "")] {
            on!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(sql)).execute(conn).await?.rows_affected());
        }
    }
    Ok(())
}

/// The cases of which something else is stored than follows from the books: the last entry that says who answers for an item of
/// theirs (0 where there is none), and their numbers.
pub async fn wrong(tx: &mut Tx) -> Result<Vec<(i64, String)>, Error> {
    const LAST: &str = "select coalesce(max(p.seq), 0), coalesce(max(c.number), '') from postings p
        left join cases c on c.id = p.case_id where p.case_id = $1 and p.book = 'duty'";
    let mut cases: BTreeSet<CaseId> = BTreeSet::new();
    for table in TABLES {
        let sql = table.differing();
        let found: Vec<CaseId> =
            on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?);
        cases.extend(found);
    }
    let mut wrong = Vec::new();
    for case in cases {
        wrong.push(on!(tx, conn => sqlx::query_as(LAST).bind(case).fetch_one(conn).await?));
    }
    Ok(wrong)
}
