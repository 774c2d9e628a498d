//! Both books added up as of any entry, in a time that does not grow with the ledger.
//!
//! Every `stride` postings a job writes a mark (a snapshot): for each account that was posted to since the previous mark,
//! its balance now ([`keep`]). As of an entry, an account is its last mark and the postings since ([`as_of`]). Recording is
//! left as it is: nothing is written with an entry. Marks can be deleted and are made again; without any, the answer is
//! the same and slower.
//!
//! Quantities are additive; the number of items is not, because an item may come in two parts. So for each posting the item's
//! balance before it is computed, from the item's own postings, which are few.

use super::{CHUNK, Db, Error, Tx, db::on, item_sight};
use crate::{
    domain::Viewer,
    id::StoreId,
    ledger::{Measure, StockAccount},
};
use serde::Serialize;
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// So many items and so much of one measure in one account, or in one group of accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Sum {
    /// The kind of account, or the word of the group.
    pub kind: String,
    /// Slot, store, unit, person, agency or case; nil where there is only one such account.
    pub whose: Uuid,
    pub measure: String,
    pub currency: String,
    pub items: i64,
    pub quantity: i64,
}

type SumKey = (String, Uuid, String, String);

impl Sum {
    /// The quantity as people write it.
    pub fn text(&self) -> String {
        amount(&self.measure, &self.currency, self.quantity)
    }

    fn key(&self) -> SumKey {
        (self.kind.clone(), self.whose, self.measure.clone(), self.currency.clone())
    }
}

/// So much of a stored measure, as people write it.
pub fn amount(measure: &str, currency: &str, quantity: i64) -> String {
    let measure = Measure::from_word(measure, Some(currency));
    measure.map_or_else(|| quantity.to_string(), |measure| measure.text(quantity, None))
}

/// By what the books are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// The stock book by slot.
    Slot,
    /// The stock book by kind of account and store, unit, person or agency.
    Stock,
    /// What is in care, by category.
    Category,
    /// The duty book by unit.
    Duty,
    /// The duty book by case.
    Case,
}

impl Grouping {
    pub const ALL: [Grouping; 5] =
        [Grouping::Slot, Grouping::Stock, Grouping::Category, Grouping::Duty, Grouping::Case];

    fn word(self) -> &'static str {
        match self {
            Grouping::Slot => "slot",
            Grouping::Stock => "stock",
            Grouping::Category => "category",
            Grouping::Duty => "duty",
            Grouping::Case => "case",
        }
    }

    /// How many postings lie between two marks: about half of them are read for an answer, and a mark has a row for each
    /// account that they changed. Few postings change who answers for a case.
    pub fn stride(self) -> u32 {
        match self {
            Grouping::Slot => 2_000,
            Grouping::Stock | Grouping::Category | Grouping::Duty => 4_000,
            Grouping::Case => 8_000,
        }
    }

    /// What a posting `p` is joined with to know its group.
    fn joined(self, p: &str) -> String {
        match self {
            Grouping::Stock => format!("left join slots s on {p}.kind = 'slot' and s.id = {p}.place"),
            Grouping::Category => format!("join items n on n.id = {p}.item"),
            Grouping::Slot | Grouping::Duty | Grouping::Case => String::new(),
        }
    }

    /// The group that a posting `p` belongs to (null: to none), and whose it is. (A stock posting has no case.)
    fn group(self, p: &str) -> (String, String) {
        let place = format!("{p}.place");
        let case = format!("{p}.case_id");
        match self {
            Grouping::Slot => (format!("case when {p}.kind = 'slot' then 'slot' end"), place),
            Grouping::Stock => (
                format!("case when {p}.book = 'stock' then {p}.kind end"),
                format!("coalesce(s.store, {place})"),
            ),
            Grouping::Category => (format!("case when {} then n.category end", open(p)), case),
            Grouping::Duty => {
                let kept = format!("{p}.book = 'duty' and {p}.kind <> 'none'");
                (format!("case when {kept} then {p}.kind end"), place)
            }
            Grouping::Case => (format!("case when {p}.kind = 'party' then 'case' end"), case),
        }
    }
}

/// The condition under which the account of a row still has things in somebody's care.
pub(super) fn open(row: &str) -> String {
    let words: Vec<String> = StockAccount::open_words().map(|word| format!("'{word}'")).collect();
    format!("{row}.kind in ({})", words.join(", "))
}

/// What each group held after an entry, by group.
pub async fn as_of(tx: &mut Tx, grouping: Grouping, seq: u64) -> Result<Vec<Sum>, Error> {
    added_up(tx, grouping, None, seq).await
}

/// What each slot of a store held after an entry.
pub async fn of_store(tx: &mut Tx, store: StoreId, seq: u64) -> Result<Vec<Sum>, Error> {
    added_up(tx, Grouping::Slot, Some(store), seq).await
}

/// Of so many things at most it is told slot by slot where they lie: adding up half a million takes seconds.
pub const SEEN_MOST: i64 = 20_000;

/// What each slot of a store holds of the items that a viewer sees who does not see all: now, or after an entry. From what they see on,
/// which may be little of much; nothing of more than [`SEEN_MOST`].
pub async fn seen_in_store(
    tx: &mut Tx,
    viewer: Viewer,
    store: StoreId,
    seq: Option<u64>,
) -> Result<Option<Vec<Sum>>, Error> {
    let ways = item_sight::ways("w").map(|way| format!("select w.item from item_sight w where {way}"));
    let (seen, each) = (ways.join(" union "), ways.join(" union all "));
    let sql = format!("select count(*) from (select 1 from ({each}) each_way limit $4) part");
    let some: i64 = on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(viewer.all)
        .bind(viewer.unit)
        .bind(viewer.custodian)
        .bind(2 * SEEN_MOST + 1)
        .fetch_one(conn)
        .await?);
    // A thing may be seen in two ways.
    if some > 2 * SEEN_MOST {
        return Ok(None);
    }
    // From the item on: a column within an expression is in no index, and the ones by kind would lead SQLite through everything that
    // lies in any slot, for each item.
    let lying = match seq {
        None => "select b.place, b.item, b.quantity from seen cross join stock_balances b
            where b.item = seen.item and coalesce(b.kind, b.kind) = 'slot' and b.quantity > 0"
            .to_owned(),
        Some(seq) => format!(
            "select p.place, p.item, sum(p.change) as quantity from seen cross join postings p
            where p.item = seen.item and p.book = 'stock' and coalesce(p.kind, p.kind) = 'slot' and p.seq <= {seq}
            group by p.place, p.item having sum(p.change) > 0"
        ),
    };
    let sql = format!(
        "with seen as materialized ({seen}), lying as materialized ({lying})
        select 'slot' as kind, lying.place as whose, i.measure, coalesce(i.currency, '') as currency,
            count(*) as items, cast(sum(lying.quantity) as bigint) as quantity
        from lying cross join slots s cross join items i
        where s.id = lying.place and i.id = lying.item and s.store = $4
        group by lying.place, i.measure, i.currency order by lying.place, i.measure, i.currency"
    );
    let sums = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(viewer.all)
        .bind(viewer.unit)
        .bind(viewer.custodian)
        .bind(store)
        .fetch_all(conn)
        .await?);
    Ok(Some(sums))
}

async fn added_up(
    tx: &mut Tx,
    grouping: Grouping,
    store: Option<StoreId>,
    seq: u64,
) -> Result<Vec<Sum>, Error> {
    let mark = mark_before(tx, grouping, seq).await?;
    let marked = marked(tx, grouping, store, mark).await?;
    let mut sums: BTreeMap<SumKey, Sum> = marked.into_iter().map(|sum| (sum.key(), sum)).collect();
    for change in changes(tx, grouping, store, mark, seq).await? {
        let empty = || Sum { items: 0, quantity: 0, ..change.clone() };
        let sum = sums.entry(change.key()).or_insert_with(empty);
        sum.items = sum.items.saturating_add(change.items);
        sum.quantity = sum.quantity.saturating_add(change.quantity);
    }
    Ok(sums.into_values().filter(|sum| sum.items != 0 || sum.quantity != 0).collect())
}

/// The last mark at or before an entry; 0 when there is none.
async fn mark_before(tx: &mut Tx, grouping: Grouping, seq: u64) -> Result<u64, Error> {
    const SQL: &str = "select coalesce(max(seq), 0) from sum_marks where scope = $1 and seq <= $2";
    let mark: i64 = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(grouping.word())
        .bind(seq.cast_signed())
        .fetch_one(conn)
        .await?);
    Ok(mark.cast_unsigned())
}

/// The balance of each group at a mark: its row under the last mark up to there. A group has a row only under those marks
/// between which it changed.
async fn marked(
    tx: &mut Tx,
    grouping: Grouping,
    store: Option<StoreId>,
    mark: u64,
) -> Result<Vec<Sum>, Error> {
    let (keys, of_store) = match store {
        Some(_) => {
            ("slots z cross join sum_keys k", "and z.store = $3 and k.kind = 'slot' and k.whose = z.id")
        }
        None => ("sum_keys k", ""),
    };
    let sql = format!(
        "select k.kind, k.whose, k.measure, k.currency, u.items, u.quantity
        from {keys} join sums u on u.sum_key = k.id
            and u.mark = (select max(x.mark) from sums x where x.sum_key = k.id and x.mark <= $2)
        where k.scope = $1 {of_store}"
    );
    Ok(on!(tx, conn => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(grouping.word()).bind(mark.cast_signed());
        if let Some(store) = store {
            query = query.bind(store);
        }
        query.fetch_all(conn).await?
    }))
}

#[derive(sqlx::FromRow)]
struct MarkedRow {
    id: i64,
    #[sqlx(flatten)]
    sum: Sum,
}

/// The same for those groups that changed; of slots and cases there are many more.
async fn marked_of(
    tx: &mut Tx,
    grouping: Grouping,
    changed: &[Sum],
    mark: u64,
) -> Result<Vec<MarkedRow>, Error> {
    const SQL: &str = "select k.id, k.kind, k.whose, k.measure, k.currency, u.items, u.quantity
        from sum_keys k join sums u on u.sum_key = k.id
            and u.mark = (select max(x.mark) from sums x where x.sum_key = k.id and x.mark <= ";
    let groups: BTreeSet<(&str, Uuid)> = changed.iter().map(|it| (it.kind.as_str(), it.whose)).collect();
    let groups: Vec<(&str, Uuid)> = groups.into_iter().collect();
    let mut found = Vec::new();
    for chunk in groups.chunks(CHUNK) {
        let rows: Vec<MarkedRow> = on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_bind(mark.cast_signed()).push(") where k.scope = ").push_bind(grouping.word());
            query.push(" and (k.kind, k.whose) in (");
            query.push_values(chunk, |mut row, (kind, whose)| {
                row.push_bind(*kind).push_bind(*whose);
            });
            query.push(")").build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

/// What changed in each group after entry `from` up to entry `to`.
async fn changes(
    tx: &mut Tx,
    grouping: Grouping,
    store: Option<StoreId>,
    from: u64,
    to: u64,
) -> Result<Vec<Sum>, Error> {
    let (group, whose) = grouping.group("p");
    let (group_before, whose_before) = grouping.group("q");
    let (joined, joined_before) = (grouping.joined("p"), grouping.joined("q"));
    let (postings, of_store) = match store {
        Some(_) => ("postings p cross join slots z", "and z.id = p.place and z.store = $3"),
        None => ("postings p", ""),
    };
    // `having`: an item that came and left again within the range changes nothing. `before` is read from the item's own
    // postings, by `postings_item`. SQLite has no statistics here and would choose the index by place, which covers all that
    // ever lay there: so the group's condition is a `case` inside the sum, where no index can serve it, and `cross join`
    // fixes the join order. The postings of the range are then read by `seq`.
    let sql = format!(
        "with g as materialized (
            select d.item, d.kind, d.whose, d.change, coalesce((
                select sum(case when {group_before} = d.kind and {whose_before} = d.whose then q.change else 0 end)
                from postings q {joined_before} where q.item = d.item and q.seq <= $1), 0) as before
            from (
                select p.item, {group} as kind, {whose} as whose, sum(p.change) as change
                from {postings} {joined} where p.seq > $1 and p.seq <= $2 {of_store} group by 1, 2, 3 having sum(p.change) <> 0
            ) d where d.kind is not null
        )
        select g.kind, g.whose, i.measure, coalesce(i.currency, '') as currency,
            cast(sum(case when g.before + g.change <> 0 then 1 else 0 end - case when g.before <> 0 then 1 else 0 end)
                as bigint) as items,
            cast(sum(g.change) as bigint) as quantity
        from g join items i on i.id = g.item
        group by g.kind, g.whose, i.measure, coalesce(i.currency, '')"
    );
    Ok(on!(tx, conn => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(from.cast_signed()).bind(to.cast_signed());
        if let Some(store) = store {
            query = query.bind(store);
        }
        query.fetch_all(conn).await?
    }))
}

/// Writes the marks that are due, each `stride` postings after the previous one; returns how many. A mark is computed in a
/// reading transaction, so recording goes on meanwhile; only writing it takes the writer's lock. Safe to run twice, also by
/// two servers at once: [`write()`] checks again under the lock that the previous mark is still the last one, and the server
/// that comes second starts again from the new one.
pub async fn keep(db: &Db, grouping: Grouping, stride: u32) -> Result<u32, Error> {
    let mut written = 0_u32;
    loop {
        let mut tx = db.read().await?;
        let from = mark_before(&mut tx, grouping, i64::MAX.cast_unsigned()).await?;
        let Some(to) = due(&mut tx, from, stride).await? else { return Ok(written) };
        let changes = changes(&mut tx, grouping, None, from, to).await?;
        let known = marked_of(&mut tx, grouping, &changes, from).await?;
        let mut known: BTreeMap<SumKey, (i64, Sum)> =
            known.into_iter().map(|row| (row.sum.key(), (row.id, row.sum))).collect();
        drop(tx);
        let mut mark = BalanceSnapshot { grouping, from, to, new: Vec::new(), known: Vec::new() };
        for change in changes.into_iter().filter(|it| it.items != 0 || it.quantity != 0) {
            match known.remove(&change.key()) {
                Some((id, sum)) => mark.known.push((
                    id,
                    sum.items.saturating_add(change.items),
                    sum.quantity.saturating_add(change.quantity),
                )),
                None => mark.new.push(change),
            }
        }
        written = written.saturating_add(u32::from(write(db, mark).await?));
    }
}

/// `seq` of the entry that completes the next `stride` postings after entry `from`: the next mark is as of it. None while
/// there are fewer.
async fn due(tx: &mut Tx, from: u64, stride: u32) -> Result<Option<u64>, Error> {
    const SQL: &str = "select seq from postings where seq > $1 order by seq, line limit 1 offset $2";
    let seq: Option<i64> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(from.cast_signed())
        .bind(i64::from(stride.saturating_sub(1)))
        .fetch_optional(conn)
        .await?);
    Ok(seq.map(i64::cast_unsigned))
}

/// One mark as it will be written: the balances as of entry `to` that differ from those at the previous mark, `from`.
struct BalanceSnapshot {
    grouping: Grouping,
    from: u64,
    to: u64,
    /// Groups that had nothing before.
    new: Vec<Sum>,
    /// Others that changed: key, items, quantity.
    known: Vec<(i64, i64, i64)>,
}

/// Writes a mark. False when another server has written one after the same previous mark meanwhile.
async fn write(db: &Db, mut mark: BalanceSnapshot) -> Result<bool, Error> {
    const MARK: &str = "insert into sum_marks (scope, seq) values ($1, $2)";
    const NEXT: &str = "select coalesce(max(id), 0) + 1 from sum_keys";
    let mut tx = db.write().await?;
    if mark_before(&mut tx, mark.grouping, i64::MAX.cast_unsigned()).await? != mark.from {
        return Ok(false);
    }
    let next: i64 = on!(&mut tx, conn => sqlx::query_scalar(NEXT).fetch_one(conn).await?);
    let keys: Vec<(i64, Sum)> = (next..).zip(std::mem::take(&mut mark.new)).collect();
    add_keys(&mut tx, mark.grouping, &keys).await?;
    mark.known.extend(keys.iter().map(|(id, sum)| (*id, sum.items, sum.quantity)));
    add_sums(&mut tx, mark.to, &mark.known).await?;
    on!(&mut tx, conn => sqlx::query(MARK)
        .bind(mark.grouping.word())
        .bind(mark.to.cast_signed())
        .execute(conn)
        .await?.rows_affected());
    tx.commit().await?;
    Ok(true)
}

async fn add_keys(tx: &mut Tx, grouping: Grouping, keys: &[(i64, Sum)]) -> Result<(), Error> {
    const SQL: &str = "insert into sum_keys (id, scope, kind, whose, measure, currency) ";
    for chunk in keys.chunks(CHUNK) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, (id, sum)| {
                row.push_bind(*id)
                    .push_bind(grouping.word())
                    .push_bind(&sum.kind)
                    .push_bind(sum.whose)
                    .push_bind(&sum.measure)
                    .push_bind(&sum.currency);
            });
            query.build().execute(conn).await?;
        });
    }
    Ok(())
}

async fn add_sums(tx: &mut Tx, mark: u64, sums: &[(i64, i64, i64)]) -> Result<(), Error> {
    const SQL: &str = "insert into sums (sum_key, mark, items, quantity) ";
    for chunk in sums.chunks(CHUNK) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, (key, items, quantity)| {
                row.push_bind(*key).push_bind(mark.cast_signed()).push_bind(*items).push_bind(*quantity);
            });
            query.build().execute(conn).await?;
        });
    }
    Ok(())
}

/// How many marks there are.
pub async fn marks(tx: &mut Tx, grouping: Grouping) -> Result<u64, Error> {
    const SQL: &str = "select count(*) from sum_marks where scope = $1";
    let marks: i64 = on!(tx, conn => sqlx::query_scalar(SQL).bind(grouping.word()).fetch_one(conn).await?);
    Ok(marks.cast_unsigned())
}

/// The marks that do not say what follows from the postings between them: grouping and entry number. Every mark is asked
/// again, so one that was changed shows, and so does a row that stands under no mark.
pub async fn wrong(tx: &mut Tx) -> Result<Vec<(Grouping, u64)>, Error> {
    const MARKS: &str = "select seq from sum_marks where scope = $1 order by seq";
    const STRAY: &str = "select k.scope, u.mark from sums u join sum_keys k on k.id = u.sum_key
        where not exists (select 1 from sum_marks m where m.scope = k.scope and m.seq = u.mark) limit 1";
    let mut wrong = Vec::new();
    for grouping in Grouping::ALL {
        let marks: Vec<i64> =
            on!(tx, conn => sqlx::query_scalar(MARKS).bind(grouping.word()).fetch_all(conn).await?);
        let (mut from, mut held) = (0, BTreeMap::new());
        for mark in marks.into_iter().map(i64::cast_unsigned) {
            if !stands(tx, grouping, (from, mark), &mut held).await? {
                wrong.push((grouping, mark));
            }
            from = mark;
        }
    }
    let stray: Option<(String, i64)> = on!(tx, conn => sqlx::query_as(STRAY).fetch_optional(conn).await?);
    if let Some((word, mark)) = stray {
        let grouping = Grouping::ALL.into_iter().find(|grouping| grouping.word() == word);
        wrong.extend(grouping.map(|grouping| (grouping, mark.cast_unsigned())));
    }
    Ok(wrong)
}

/// Whether the rows of a mark are exactly the groups that changed since the mark before, each with what it holds now.
/// `held` is what every group held at the mark before, and holds at this one afterwards.
async fn stands(
    tx: &mut Tx,
    grouping: Grouping,
    (from, mark): (u64, u64),
    held: &mut BTreeMap<SumKey, (i64, i64)>,
) -> Result<bool, Error> {
    const ROWS: &str = "select k.kind, k.whose, k.measure, k.currency, u.items, u.quantity
        from sums u join sum_keys k on k.id = u.sum_key where u.mark = $1 and k.scope = $2";
    let mut derived = BTreeMap::new();
    for change in changes(tx, grouping, None, from, mark).await? {
        if change.items == 0 && change.quantity == 0 {
            continue;
        }
        let (items, quantity) = held.entry(change.key()).or_insert((0, 0));
        *items = items.saturating_add(change.items);
        *quantity = quantity.saturating_add(change.quantity);
        derived.insert(change.key(), (*items, *quantity));
    }
    let rows: Vec<Sum> = on!(tx, conn => sqlx::query_as(ROWS)
        .bind(mark.cast_signed())
        .bind(grouping.word())
        .fetch_all(conn)
        .await?);
    let stored: BTreeMap<SumKey, (i64, i64)> =
        rows.iter().map(|sum| (sum.key(), (sum.items, sum.quantity))).collect();
    Ok(stored == derived)
}
