//! Which unit sees which entry, kept as entries are written: the ledger of a unit is read from its newest entry on, however many
//! others there are.
//!
//! A row counts the reasons why an entry is seen by one of the ways of [`super::item_sight`]: each item that it names and that is
//! seen so, and once that it is a unit's own act, or that the unit is a side of its handover or has to settle its difference. An
//! entry that declares another one wrong or corrects it has the reasons of that one. What is told by the kind of an entry
//! or by the agency of the viewer is few, and is asked when it is read.

use super::{
    Error, Tx,
    db::on,
    item_sight::{self, STORED, THESE, ways},
    roster,
    rows::{Column, Rows},
};
use crate::{
    domain::Viewer,
    id::{ItemId, UnitId},
    ledger::{Account, DutyAccount, Entry, State, StockAccount},
};
use std::collections::{BTreeMap, BTreeSet};

/// Where an entry names items: from the entry on, and from the item on.
struct Naming {
    by_entry: &'static str,
    by_item: &'static str,
    joined: &'static str,
    entry: &'static str,
    item: &'static str,
}

const fn table(table: &'static str, entry: &'static str) -> Naming {
    Naming { by_entry: table, by_item: table, joined: "", entry, item: "l.item" }
}

const fn offers(entry: &'static str) -> Naming {
    Naming {
        by_entry: "handovers h cross join handover_lines l",
        by_item: "handover_lines l cross join handovers h",
        joined: " and h.id = l.handover",
        entry,
        item: "l.item",
    }
}

const APPROVALS: Naming = Naming {
    by_entry: "approvals a cross join approval_lines l",
    by_item: "approval_lines l cross join approvals a",
    joined: " and a.id = l.approval",
    entry: "a.given_seq",
    item: "l.item",
};

/// What the rule of sight calls naming.
const NAMINGS: [Naming; 8] = [
    table("postings l", "l.seq"),
    table("description_corrections l", "l.seq"),
    table("receipt_lines l", "l.delivery"),
    offers("h.offer_seq"),
    offers("h.end_seq"),
    APPROVALS,
    table("differences l", "l.raised_seq"),
    table("differences l", "l.settled_seq"),
];

/// Whether somebody sees an entry, by what is kept; [`super::sight`] has the rule.
pub async fn sees(tx: &mut Tx, viewer: Viewer, seq: u64) -> Result<bool, Error> {
    let seq = seq.cast_signed();
    let kept =
        if viewer.all { "$6 > $7 and $8 = 1".to_owned() } else { format!("j.seq in ({})", newest(false)) };
    let sql = format!("select 1 from journal j where j.seq < $6 and j.seq > $7 and {kept}");
    let found: Option<i32> = on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(viewer.all)
        .bind(viewer.unit)
        .bind(viewer.custodian)
        .bind(viewer.approves)
        .bind(viewer.registers)
        .bind(seq.saturating_add(1))
        .bind(seq.saturating_sub(1))
        .bind(1_i64)
        .fetch_optional(conn)
        .await?);
    Ok(found.is_some())
}

/// The items that each of these entries names, as far as they are seen; of a delivery, also what is missing: by what is kept of them,
/// because there may be thousands. All entries in one question, whose planning takes longer than its answer.
pub async fn items_of_entries(
    tx: &mut Tx,
    viewer: Viewer,
    seqs: &[u64],
) -> Result<BTreeMap<u64, BTreeSet<ItemId>>, Error> {
    if seqs.is_empty() {
        return Ok(BTreeMap::new());
    }
    let these = seqs.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    let named = NAMINGS.map(|it| {
        let Naming { by_entry, joined, entry, item, .. } = it;
        format!("select {entry}, {item} from {by_entry} where {entry} in ({these}){joined}")
    });
    // From the items of the entries on, and not through all items for those that they name.
    let sql = format!(
        "with named (seq, id) as materialized ({} union select delivery, item from missing_lines where delivery in ({these}))
        select n.seq, n.id from named n where {}",
        named.join(" union "),
        item_sight::is_seen("n")
    );
    let found: Vec<(i64, ItemId)> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .persistent(false)
        .bind(viewer.all)
        .bind(viewer.unit)
        .bind(viewer.custodian)
        .fetch_all(conn)
        .await?);
    let mut items: BTreeMap<u64, BTreeSet<ItemId>> = BTreeMap::new();
    for (seq, item) in found {
        items.entry(seq.cast_unsigned()).or_default().insert(item);
    }
    Ok(items)
}

/// What an entry names, whoever sees it.
pub async fn named(tx: &mut Tx, seq: u64) -> Result<BTreeSet<ItemId>, Error> {
    let named = NAMINGS.map(|it| {
        let Naming { by_entry, joined, entry, item, .. } = it;
        format!("select {item} from {by_entry} where {entry} = $1{joined}")
    });
    let sql = format!(
        "with named (id) as ({} union select item from missing_lines where delivery = $1)
        select id from named where id is not null",
        named.join(" union ")
    );
    let found: Vec<ItemId> = on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(seq.cast_signed())
        .fetch_all(conn)
        .await?);
    Ok(found.into_iter().collect())
}

/// How many of the things that these entries name somebody sees, at least: the most of any one way, by the reasons that are kept; for who does
/// not see all of the ledger. An entry that declares another wrong or corrects it has the reasons of that one, too, and is left out.
pub async fn seen_of_entries(
    tx: &mut Tx,
    viewer: Viewer,
    seqs: &[u64],
) -> Result<BTreeMap<u64, usize>, Error> {
    if seqs.is_empty() {
        return Ok(BTreeMap::new());
    }
    let these = seqs.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    // That it is the unit's own act, or that the unit is a side of it, is a reason, too.
    let acts = "(select count(*) from journal j where j.seq = s.seq and j.unit = s.unit)
        + (select count(*) from handovers h where (h.offer_seq = s.seq or h.end_seq = s.seq) and (h.from_unit = s.unit or h.to_unit = s.unit))
        + (select count(*) from differences f where (f.raised_seq = s.seq or f.settled_seq = s.seq) and f.owner = s.unit)";
    let lists = ways("s").map(|way| {
        format!(
            "select s.seq, s.reasons - case when s.way = 'unit' and {acts} > 0 then 1 else 0 end as items
            from entry_sight s where s.seq in ({these}) and {way}
            and not exists (select 1 from declared_errors e where e.declaration = s.seq or e.corrected = s.seq)"
        )
    });
    let sql = format!(
        "select w.seq, max(w.items) from ({}) w where not $1 group by w.seq",
        lists.join(" union all ")
    );
    let found: Vec<(i64, i64)> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .persistent(false)
        .bind(viewer.all)
        .bind(viewer.unit)
        .bind(viewer.custodian)
        .fetch_all(conn)
        .await?);
    Ok(found
        .into_iter()
        .map(|(seq, items)| (seq.cast_unsigned(), usize::try_from(items).unwrap_or(0)))
        .collect())
}

/// The entries that are asked about; and all of them.
const WRITTEN: &str = "select column1 as seq from {rows} as written";
const ALL: &str = "select seq from journal";

/// The rows of the entries of `written`, once it is kept who sees which item.
fn derived(written: &str) -> String {
    let named = NAMINGS.map(|it| {
        let Naming { by_entry, joined, entry, item, .. } = it;
        format!("select t.seq, {item} as item from told t cross join {by_entry} where {entry} = t.of{joined}")
    });
    let units = [
        ("offer_seq", "from_unit"),
        ("offer_seq", "to_unit"),
        ("end_seq", "from_unit"),
        ("end_seq", "to_unit"),
    ]
    .map(|(seq, unit)| {
        format!("select t.seq, h.{unit} from told t cross join handovers h where h.{seq} = t.of")
    });
    let owners = ["raised_seq", "settled_seq"].map(|seq| {
        format!("select t.seq, f.owner from told t cross join differences f where f.{seq} = t.of")
    });
    format!(
        "with written as ({written}),
        told as (select seq, seq as of from written
            union all select w.seq, e.wrong_seq from written w cross join declared_errors e where e.declaration = w.seq
            union all select w.seq, e.wrong_seq from written w cross join declared_errors e where e.corrected = w.seq),
        named as ({}),
        acts as (select t.seq, j.unit from told t cross join journal j
                where j.seq = t.of and (t.seq <> t.of or j.kind not in {})
            union {} union {}),
        reasons as (select n.seq, s.way, s.unit from named n cross join item_sight s where s.item = n.item
            union all select seq, 'unit', unit from acts)
        select r.unit, r.way, r.seq, j.kind, count(*) as reasons from reasons r cross join journal j
        where j.seq = r.seq group by r.unit, r.way, r.seq, j.kind",
        named.join(" union "),
        roster::REGISTERS,
        units.join(" union "),
        owners.join(" union ")
    )
}

fn add(written: &str) -> String {
    format!("insert into entry_sight (unit, way, seq, kind, reasons) {}", derived(written))
}

/// What earlier entries gain or lose when items are seen by other ways than are kept of them.
fn shift() -> String {
    let named = NAMINGS.map(|it| {
        let Naming { by_item, joined, entry, item, .. } = it;
        format!(
            "select d.item, d.way, d.unit, d.more, {entry} as seq from changed d cross join {by_item}
            where {item} = d.item{joined} and {entry} <= (select coalesce(max(size), 0) from heads)"
        )
    });
    let later = ["declaration", "corrected"].map(|seq| {
        format!(
            "select n.item, n.way, n.unit, n.more, e.{seq} from named n cross join declared_errors e
            where e.wrong_seq = n.seq and e.{seq} <= (select coalesce(max(size), 0) from heads)"
        )
    });
    format!(
        "{}, stored as ({STORED}),
        changed as materialized (
            select item, way, unit, 1 as more from (select * from derived except select * from stored) come
            union all select item, way, unit, -1 from (select * from stored except select * from derived) gone),
        named as ({}),
        told as (select * from named union {})
        insert into entry_sight (unit, way, seq, kind, reasons)
        select t.unit, t.way, t.seq, j.kind, sum(t.more) from told t cross join journal j where j.seq = t.seq
        group by t.unit, t.way, t.seq, j.kind
        on conflict (unit, way, seq) do update set reasons = entry_sight.reasons + excluded.reasons",
        item_sight::derived(THESE),
        named.join(" union "),
        later.join(" union ")
    )
}

/// The statements of a commit, as SQLite is given them.
#[cfg(test)]
pub(super) fn changes() -> Vec<String> {
    let rows = "(select * from (values (?)) limit ?)";
    vec![shift().replace("{rows}", rows), add(&WRITTEN.replace("{rows}", rows))]
}

/// Keeps who sees what, once a commit is written and before its head is.
pub async fn follow(tx: &mut Tx, before: &State, after: &State, entries: &[Entry]) -> Result<(), Error> {
    const EMPTY: &str = "delete from entry_sight where reasons = 0";
    let is_new = |item: &ItemId| after.items.contains_key(item) && !before.items.contains_key(item);
    let (new, old): (BTreeSet<ItemId>, BTreeSet<ItemId>) =
        changed(before, after, entries).into_iter().partition(is_new);
    Rows::new(vec![Column::Ids(old.iter().map(|item| item.0).collect())]).execute(tx, &shift()).await?;
    item_sight::follow(tx, &old, &new).await?;
    let written = entries.iter().map(|entry| entry.seq.cast_signed()).collect();
    Rows::new(vec![Column::Numbers(written)]).execute(tx, &add(WRITTEN)).await?;
    if !old.is_empty() {
        on!(tx, conn => sqlx::query(EMPTY).execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// The items that may be seen by other ways afterwards, and the lines in whose place they stand. A move within the stores of one
/// unit changes nothing here; what goes to another unit and comes back within a commit does.
fn changed(before: &State, after: &State, entries: &[Entry]) -> BTreeSet<ItemId> {
    let postings = entries.iter().flat_map(|entry| &entry.postings);
    let posted = postings.filter(|it| !knows(before, after, it.item, &it.account)).map(|it| it.item);
    let with_lines =
        posted.flat_map(|item| [Some(item), after.items.get(&item).and_then(|facts| facts.parent)]);
    let answered =
        after.offers.iter().filter(|(id, offer)| before.offers.get(id).map(|it| it.open) != Some(offer.open));
    let offered = answered.flat_map(|(_, offer)| offer.items.iter().copied());
    with_lines.flatten().chain(offered).collect()
}

/// Whether an item stood before in an account that shows it to the same people.
fn knows(before: &State, after: &State, item: ItemId, account: &Account) -> bool {
    let keeper = |account: StockAccount| -> Option<UnitId> { after.holders.of(account) };
    match account {
        Account::Stock(StockAccount::Owed(_)) => false,
        Account::Stock(slot @ StockAccount::Slot(_)) => before.stock_of(item).any(|((_, stood), _)| {
            matches!(stood, StockAccount::Slot(_))
                && keeper(*stood).is_some()
                && keeper(*stood) == keeper(*slot)
        }),
        Account::Stock(_) => true,
        Account::Duty(DutyAccount::Party(party)) => before.duty_of(item).any(
            |((_, stood), _)| matches!(stood, DutyAccount::Party(earlier) if earlier.unit == party.unit),
        ),
        Account::Duty(DutyAccount::None | DutyAccount::Closed) => true,
    }
}

/// Derives everything anew, in place of what is stored: which items are seen, and by them which entries.
pub async fn derive(tx: &mut Tx) -> Result<(), Error> {
    item_sight::derive(tx).await?;
    for sql in ["delete from entry_sight".to_owned(), add(ALL)] {
        on!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(sql)).execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// The entries of which something else is stored than follows from the journal and from the items that are seen.
pub async fn wrong(tx: &mut Tx) -> Result<Vec<i64>, Error> {
    const STORED: &str = "select unit, way, seq, kind, reasons from entry_sight";
    let sql = format!(
        "with derived as materialized ({})
        select seq from (select * from derived except {STORED}) missing
        union select seq from ({STORED} except select * from derived) more",
        derived(ALL)
    );
    Ok(on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?))
}

/// The newest entries that a viewer sees, as a list of numbers: from $7 on, up to $6 (both exclusive), at most $8 of each way; of one
/// kind, which is $9, when it is wanted. The viewer's places are those of the rule of sight.
pub(super) fn newest(of_kind: bool) -> String {
    let kind = |row: &str| if of_kind { format!("and {row}.kind = $9") } else { String::new() };
    let kept = ways("s").map(|way| (format!("entry_sight s where {way} {}", kind("s")), "s.seq".to_owned()));
    let told = |condition: &str| (format!("journal j where {condition} {}", kind("j")), "j.seq".to_owned());
    // Of an agency whose corrections the viewer approves: from the errors on, which are few.
    let declared = ["wrong_seq", "declaration", "corrected"].map(|seq| {
        let kind = if of_kind { format!("and (select j.kind from journal j where j.seq = e.{seq}) = $9") } else { String::new() };
        let from = format!(
            "declared_errors e cross join journal wrong cross join units recorder
                where $4 is not null and wrong.seq = e.wrong_seq and recorder.id = wrong.unit and recorder.agency = $4 {kind}"
        );
        (from, format!("e.{seq}"))
    });
    let open = [
        told("j.kind in ('adopt_rules', 'confirm_rules')"),
        told(
            "$4 is not null and j.kind in ('register_key', 'confirm_key', 'revoke_key')
            and j.unit in (select keeper.id from units keeper where keeper.agency = $4)",
        ),
        told(&format!("$5 and j.kind in {}", roster::REGISTERS)),
    ];
    let lists = kept.into_iter().chain(open).chain(declared).map(|(from, seq)| {
        format!(
            "select * from (select {seq} from {from} and {seq} < $6 and {seq} > $7 order by {seq} desc limit $8) part"
        )
    });
    lists.collect::<Vec<_>>().join(" union ")
}
