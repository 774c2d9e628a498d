//! The list of items: narrowed, in the order that is wanted, a page at a time; how many there are, and what they add up to.
//!
//! A list goes the narrowest way that there is: where what the viewer sees, or what lies where the filter says, is little, it looks
//! at that alone; else what the viewer sees is walked in the order of the list until the page is full.

use super::{
    Error, Tx,
    cases::pattern,
    damaged,
    db::on,
    item_sight,
    items::{ITEM, Item, ItemRow, item_of},
};
use crate::{
    domain::Viewer,
    id::{CaseId, StoreId, UnitId},
    ledger::{Category, Measure},
    vocabulary::vocabulary,
};
use std::collections::BTreeSet;
use uuid::Uuid;

vocabulary! {
    /// What a list of items is sorted by. Things of one name or one moment stand by their numbers.
    ItemSort "item_sort" {
        Number "number" "编号" "Number",
        Name "name" "名称" "Name",
        SeizedAt "seized_at" "扣押时间" "Seized",
    }
}

/// Where the page before ended: what it is sorted by, and the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemCursor {
    /// The name, or the moment in microseconds; not looked at when the list is sorted by number.
    pub key: String,
    pub number: String,
}

/// What a list of items is narrowed to, and its order. Empty texts narrow nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFilter {
    /// In number, name, features and paper.
    pub search: String,
    pub category: Option<Category>,
    /// A kind of stock account: `owed`, `slot`, `on_loan` …
    pub stock: Option<String>,
    pub store: Option<StoreId>,
    pub case: Option<CaseId>,
    /// The unit that answers for it.
    pub responsible: Option<UnitId>,
    /// Only items with an open difference.
    pub different: bool,
    pub sort: ItemSort,
    pub ascending: bool,
    pub after: Option<ItemCursor>,
    /// How many are wanted.
    pub limit: u32,
}

impl Default for ItemFilter {
    fn default() -> ItemFilter {
        ItemFilter {
            search: String::new(),
            category: None,
            stock: None,
            store: None,
            case: None,
            responsible: None,
            different: false,
            sort: ItemSort::Number,
            ascending: false,
            after: None,
            limit: 50,
        }
    }
}

impl ItemFilter {
    /// What follows the end of the page before: $14 is its key, $15 its number.
    fn behind(&self) -> &'static str {
        match (&self.after, self.sort, self.ascending) {
            (None, _, _) => "",
            (Some(_), ItemSort::Number, true) => "and i.number > $15 and $14 = ''",
            (Some(_), ItemSort::Number, false) => "and i.number < $15 and $14 = ''",
            (Some(_), ItemSort::Name, true) => "and (i.name, i.number) > ($14, $15)",
            (Some(_), ItemSort::Name, false) => "and (i.name, i.number) < ($14, $15)",
            (Some(_), ItemSort::SeizedAt, true) => "and (i.seized_at, i.number) > (cast($14 as bigint), $15)",
            (Some(_), ItemSort::SeizedAt, false) => {
                "and (i.seized_at, i.number) < (cast($14 as bigint), $15)"
            }
        }
    }

    fn order(&self) -> &'static str {
        match (self.sort, self.ascending) {
            (ItemSort::Number, true) => "i.number",
            (ItemSort::Number, false) => "i.number desc",
            (ItemSort::Name, true) => "i.name, i.number",
            (ItemSort::Name, false) => "i.name desc, i.number desc",
            (ItemSort::SeizedAt, true) => "i.seized_at, i.number",
            (ItemSort::SeizedAt, false) => "i.seized_at desc, i.number desc",
        }
    }
}

/// The viewer and the filter, in the places of [`narrowings`].
macro_rules! bind_narrowed {
    ($query:expr, $viewer:expr, $filter:expr) => {{
        let nil = Uuid::nil();
        $query
            .bind($viewer.all)
            .bind($viewer.unit)
            .bind($viewer.custodian)
            .bind(pattern(&$filter.search))
            .bind($filter.category.map_or("", Category::word))
            .bind($filter.stock.as_deref().unwrap_or(""))
            .bind($filter.store.map_or(nil, |store| store.0))
            .bind(nil)
            .bind($filter.case.map_or(nil, |case| case.0))
            .bind($filter.different)
            .bind($filter.responsible.map_or(nil, |unit| unit.0))
            .bind(trigrams(&$filter.search))
    }};
}

/// So many are looked at one by one, whatever the order of the list, where that is all that the viewer sees …
const FEW: i64 = 1_000;
/// … and so many, where that is all that the filter can find.
const FEW_FILTERED: i64 = 20_000;

/// A part of the filter: the condition that it puts on an item `i`, and the list of all items for which it holds, which is short where
/// it has no more than `few`. Either may be missing: a text is found by an index that finds a little more. In places from $4 to $12.
struct Narrowing {
    condition: Option<String>,
    list: Option<String>,
    few: i64,
}

/// What the filter narrows; the planners do better without the rest. What lies somewhere is asked of the item: a column within an
/// expression is in no index, and the one by kind would lead SQLite through everything of a kind for each item.
fn narrowings(tx: &Tx, filter: &ItemFilter) -> Vec<Narrowing> {
    let kind = filter.stock.as_deref().map_or("$6".to_owned(), literal);
    let both = |narrows: bool, condition: &str, list: &str| {
        let (condition, list) = (Some(condition.to_owned()), Some(list.to_owned()));
        narrows.then_some(Narrowing { condition, list, few: FEW_FILTERED })
    };
    let searched = !filter.search.trim().is_empty();
    let text = (!trigrams(&filter.search).is_empty()).then(|| Narrowing {
        condition: None,
        list: Some(of_text(tx).to_owned()),
        few: FEW_FILTERED,
    });
    let alone = |narrows: bool, condition: &str| {
        narrows.then(|| Narrowing { condition: Some(condition.to_owned()), list: None, few: 0 })
    };
    let parts = [
        text,
        alone(searched, "i.search_text like $4 escape '\\'"),
        alone(filter.category.is_some(), "i.category = $5"),
        both(
            filter.case.is_some(),
            "exists (select 1 from postings p where p.item = i.id and p.book = 'duty' and p.case_id = $9)",
            "select p.item from postings p where p.book = 'duty' and p.case_id = $9",
        ),
        both(
            filter.stock.is_some(),
            "exists (select 1 from stock_balances b where b.item = i.id and coalesce(b.kind, b.kind) = $6
                and b.quantity > 0)",
            &format!("select b.item from stock_balances b where b.kind = {kind} and b.quantity > 0"),
        ),
        both(
            filter.store.is_some(),
            "exists (select 1 from stock_balances b join slots s on s.id = b.place
                where b.item = i.id and b.kind = 'slot' and s.store = $7)",
            "select b.item from slots s cross join stock_balances b where s.store = $7 and b.kind = 'slot' and b.place = s.id",
        ),
        both(
            filter.responsible.is_some(),
            "exists (select 1 from duty_balances d where d.item = i.id and d.kind = 'party' and d.unit = $11
                and d.quantity > 0)",
            "select d.item from duty_balances d where d.unit = $11 and d.kind = 'party' and d.quantity > 0",
        ),
        both(
            filter.different,
            "exists (select 1 from differences f where f.item = i.id and f.settled_seq is null)",
            "select f.item from differences f where f.settled_seq is null and f.item is not null",
        ),
    ];
    parts.into_iter().flatten().collect()
}

/// What the viewer sees, for who does not see all.
fn sight_of(viewer: Viewer) -> Option<Narrowing> {
    let ways = item_sight::ways("s").map(|way| format!("select s.item from item_sight s where {way}"));
    let seen = || Narrowing {
        condition: Some(item_sight::is_seen("i")),
        list: Some(ways.join(" union all ")),
        few: FEW,
    };
    (!viewer.all).then(seen)
}

/// All conditions together.
fn conditions<'a>(narrowings: impl IntoIterator<Item = &'a Narrowing>) -> String {
    let all: Vec<&str> = narrowings.into_iter().filter_map(|it| it.condition.as_deref()).collect();
    if all.is_empty() { "true".to_owned() } else { all.join(" and ") }
}

/// The runs of three characters in what is searched for, as SQLite's index of texts is asked for all of them; empty where no word has
/// as many, and the items are gone through.
fn trigrams(search: &str) -> String {
    let search = search.trim().to_lowercase();
    let mut runs = BTreeSet::new();
    for word in search.split_whitespace() {
        let letters: Vec<char> = word.chars().collect();
        runs.extend(letters.windows(3).map(|run| run.iter().collect::<String>().replace('"', "\"\"")));
    }
    runs.iter().map(|run| format!("\"{run}\"")).collect::<Vec<_>>().join(" ")
}

/// What leads to the items whose text may have the searched one in it, by the index of each engine: SQLite has an index of the
/// trigrams of texts (FTS5), PostgreSQL answers `like` by one (`pg_trgm`).
fn of_text(tx: &Tx) -> &'static str {
    match tx {
        Tx::Sqlite(_) => {
            "select t.item from item_texts t where t.id in (select f.rowid from item_text_index f where f.item_text_index match $12)"
        }
        Tx::Postgres(_) => "select i.id as item from items i where i.search_text like $4 escape '\\'",
    }
}

/// A kind of account as it stands in a question: PostgreSQL knows how rare each kind is, and a place in a prepared question hides which
/// one is meant. What is no kind stays in its place, and finds nothing.
fn literal(kind: &str) -> String {
    match !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
        true => format!("'{kind}'"),
        false => "$6".to_owned(),
    }
}

/// How many items are gone through in the order of the list before everything that may be found is sorted.
const WALKED_FIRST: i64 = 5_000;
/// With more than so many pages in the short list it is worth trying.
const PAGES_SORTED: i64 = 40;

/// How a list is found.
struct Way {
    /// How many there are in the short list, whether seen or not.
    found: i64,
    /// A short list in which everything is that is found.
    short: Option<String>,
    /// What else narrows: everything, where there is no short list; and it without what the viewer sees.
    conditions: String,
    filtered: String,
}

/// The first list that is short, and what is left to ask of what is in it: that it is in the list is not asked again.
async fn way(tx: &mut Tx, viewer: Viewer, filter: &ItemFilter) -> Result<Way, Error> {
    let narrowings: Vec<Narrowing> = sight_of(viewer).into_iter().chain(narrowings(tx, filter)).collect();
    let filtered = conditions(narrowings.iter().skip(usize::from(!viewer.all)));
    for (at, Narrowing { list, few, .. }) in narrowings.iter().enumerate() {
        let Some(list) = list else { continue };
        let sql = format!("select count(*) from (select 1 from ({list}) list limit $13) part");
        let found: i64 = on!(tx, conn => {
            let query = bind_narrowed!(sqlx::query_scalar(sqlx::AssertSqlSafe(sql)), viewer, filter);
            query.bind(few.saturating_add(1)).fetch_one(conn).await?
        });
        if found <= *few {
            let left = narrowings.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, it)| it);
            let (short, conditions) = (Some(list.clone()), conditions(left));
            return Ok(Way { found, short, conditions, filtered });
        }
    }
    Ok(Way { found: 0, short: None, conditions: conditions(&narrowings), filtered })
}

/// The items that a viewer sees who does not see all, by what is kept of them in the order of their numbers: at most $13 of each way.
fn walked(filtered: &str, behind: &str, order: &str) -> String {
    let lists = item_sight::ways("s").map(|way| {
        format!(
            "select * from (select s.item from item_sight s cross join items i where {way} and i.id = s.item and {filtered}
            {behind} {order} limit $13) part"
        )
    });
    lists.join(" union ")
}

/// The question for a page.
fn paged(viewer: Viewer, filter: &ItemFilter, way: &Way) -> String {
    let Way { short, conditions, filtered, .. } = way;
    let (behind, order) = (filter.behind(), filter.order());
    match short {
        Some(short) => format!(
            "with few as materialized (select distinct item from ({short}) list),
            found as materialized (select i.id from items i where i.id in (select item from few) and {conditions} {behind}
                order by {order} limit $13)
            {ITEM} where i.id in (select id from found) order by {order}"
        ),
        None if !viewer.all && filter.sort == ItemSort::Number => {
            let by_number = |sql: &str| sql.replace("i.number", "s.number");
            let walked = walked(filtered, &by_number(behind), &format!("order by {}", by_number(order)));
            format!("{ITEM} where i.id in ({walked}) order by {order} limit $13")
        }
        None => format!("{ITEM} where {conditions} {behind} order by {order} limit $13"),
    }
}

/// The same among the first [`WALKED_FIRST`] items in the order of their numbers, whoever sees them: where they fill the page, nothing
/// need be sorted.
fn among_first(viewer: Viewer, filter: &ItemFilter, way: &Way) -> String {
    let (behind, order) = (filter.behind(), filter.order());
    let seen = sight_of(viewer).and_then(|it| it.condition).map_or(String::new(), |it| format!(" and {it}"));
    format!(
        "with first as materialized (select i.id from items i where true {behind} order by {order} limit {WALKED_FIRST})
        {ITEM} where i.id in (select id from first) and {}{seen} order by {order} limit $13",
        way.filtered
    )
}

/// The items this viewer sees, in the order of the filter, and one more than wanted when there are more.
pub async fn page(tx: &mut Tx, viewer: Viewer, filter: &ItemFilter) -> Result<Vec<Item>, Error> {
    let way = way(tx, viewer, filter).await?;
    if filter.sort == ItemSort::Number && way.found > PAGES_SORTED * i64::from(filter.limit) {
        let page = asked(tx, viewer, filter, among_first(viewer, filter, &way)).await?;
        if page.len() > filter.limit as usize {
            return Ok(page);
        }
    }
    asked(tx, viewer, filter, paged(viewer, filter, &way)).await
}

async fn asked(tx: &mut Tx, viewer: Viewer, filter: &ItemFilter, sql: String) -> Result<Vec<Item>, Error> {
    let rows: Vec<ItemRow> = on!(tx, conn => {
        let query = bind_narrowed!(sqlx::query_as(sqlx::AssertSqlSafe(sql)), viewer, filter);
        let query = query.bind(i64::from(filter.limit) + 1);
        let query = match &filter.after {
            Some(after) => query.bind(after.key.as_str()).bind(after.number.as_str()),
            None => query,
        };
        query.fetch_all(conn).await?
    });
    rows.into_iter().map(item_of).collect()
}

/// How far hits are counted: whoever has more narrows the list.
pub const HITS_MOST: u32 = 2_000;

/// So many of what is alike, and what is still in care of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitSum {
    pub category: Category,
    pub measure: Measure,
    pub counted_as: Option<String>,
    pub items: i64,
    pub open_quantity: i64,
}

type HitRow = (Category, String, Option<String>, Option<String>, i64, i64);

/// What the filter finds, by what is alike; of more than [`HITS_MOST`] no more than these are looked at.
pub async fn hits(tx: &mut Tx, viewer: Viewer, filter: &ItemFilter) -> Result<Vec<HitSum>, Error> {
    let Way { short, conditions, filtered, .. } = way(tx, viewer, filter).await?;
    let condition = match short {
        Some(short) => format!("i.id in ({short}) and {conditions}"),
        None if viewer.all => conditions,
        None => format!("i.id in ({})", walked(&filtered, "", "")),
    };
    let sql = format!(
        "select category, measure, currency, counted_as, count(*), cast(sum(open_quantity) as bigint) from (
            select i.category, i.measure, i.currency, i.counted_as, i.open_quantity from items i
            where {condition} limit $13) found
        group by category, measure, currency, counted_as"
    );
    let rows: Vec<HitRow> = on!(tx, conn => {
        let query = bind_narrowed!(sqlx::query_as(sqlx::AssertSqlSafe(sql)), viewer, filter);
        query.bind(i64::from(HITS_MOST) + 1).fetch_all(conn).await?
    });
    rows.into_iter()
        .map(|(category, measure, currency, counted_as, items, open_quantity)| {
            let read = Measure::from_word(&measure, currency.as_deref());
            let measure = read.ok_or_else(|| damaged("item", format!("measured in «{measure}»")))?;
            Ok(HitSum { category, measure, counted_as, items, open_quantity })
        })
        .collect()
}
