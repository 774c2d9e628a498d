//! The sums that are kept of cases, units and stores beside the same questions asked of the items themselves, as they were asked before
//! there were sums.

use hufu::{
    clock::Moment,
    id::{CaseId, StoreId, UnitId},
    store::{
        Tx,
        cases::{self, CaseCounts},
        desk, keeper_sums, nav_counts,
    },
};

const COUNTS: &str = "select
    (select count(distinct p.item) from postings p where p.book = 'duty' and p.case_id = $1) as items,
    (select count(distinct d.item) from duty_balances d where d.case_id = $1 and d.quantity > 0) as answered_for,
    (select count(distinct p.item) from postings p join stock_balances b on b.item = p.item and b.kind = 'owed'
        where p.book = 'duty' and p.case_id = $1) as owed,
    (select count(distinct p.item) from postings p join stock_balances b on b.item = p.item and b.kind = 'slot'
        where p.book = 'duty' and p.case_id = $1) as in_store,
    (select count(*) from items i where i.on_offer is not null and exists (select 1 from postings p
        where p.book = 'duty' and p.case_id = $1 and p.item = i.id)) as on_offer,
    (select count(*) from differences f where f.settled_seq is null and exists (select 1 from postings p
        where p.book = 'duty' and p.case_id = $1 and p.item = f.item))
        + (select count(*) from differences f where f.settled_seq is null and f.item is null and f.case_id = $1) as differences,
    (select min(i.seized_at) from postings p join stock_balances b on b.item = p.item and b.kind = 'owed'
        join items i on i.id = p.item where p.book = 'duty' and p.case_id = $1) as owed_since";
const OWED: &str =
    "select count(distinct i.case_id), min(i.seized_at) from stock_balances b join items i on i.id = b.item
    where b.kind = 'owed' and b.place = $1 and b.quantity > 0";
const IN_STORES: &str =
    "select count(distinct b.item) from stock_balances b where b.kind = 'slot' and b.quantity > 0
    and b.place in (select s.id from slots s join stores t on t.id = s.store where t.unit = $1)";
const IN_STORE: &str =
    "select count(*) from slots s join stock_balances b on b.kind = 'slot' and b.place = s.id
    where s.store = $1 and b.quantity > 0";
const WHOLE: &str = "select (select count(*) from items) as items,
    (select count(*) from items where open_quantity > 0) as open_items,
    (select count(*) from cases) as cases,
    (select count(*) from differences where settled_seq is null) as differences,
    (select count(*) from stock_balances where kind = 'owed' and quantity > 0) as owed";

macro_rules! ask {
    ($tx:expr, $query:expr, $fetch:ident) => {
        match $tx {
            Tx::Sqlite(tx) => $query.$fetch(&mut **tx).await.unwrap(),
            Tx::Postgres(tx) => $query.$fetch(&mut **tx).await.unwrap(),
        }
    };
}

/// Each is what is counted.
pub async fn are_what_is_counted(tx: &mut Tx) {
    let cases: Vec<CaseId> = ask!(tx, sqlx::query_scalar("select id from cases"), fetch_all);
    for case in cases {
        let counted: CaseCounts = ask!(tx, sqlx::query_as(COUNTS).bind(case), fetch_one);
        assert_eq!(cases::counts(tx, case).await.unwrap(), counted, "{case}");
    }
    let units: Vec<UnitId> = ask!(tx, sqlx::query_scalar("select id from units"), fetch_all);
    for unit in units {
        let counted: (i64, Option<Moment>) = ask!(tx, sqlx::query_as(OWED).bind(unit), fetch_one);
        assert_eq!(nav_counts::owed(tx, unit).await.unwrap(), counted, "{unit}");
        let counted: i64 = ask!(tx, sqlx::query_scalar(IN_STORES).bind(unit), fetch_one);
        assert_eq!(desk::held(tx, unit, Moment(0)).await.unwrap().in_store, counted, "{unit}");
    }
    let stores: Vec<StoreId> = ask!(tx, sqlx::query_scalar("select id from stores"), fetch_all);
    for store in stores {
        let counted: i64 = ask!(tx, sqlx::query_scalar(IN_STORE).bind(store), fetch_one);
        assert_eq!(keeper_sums::of_store(tx, store).await.unwrap().1, counted, "{store}");
    }
    let counted: desk::Whole = ask!(tx, sqlx::query_as(WHOLE), fetch_one);
    assert_eq!(desk::whole(tx).await.unwrap(), counted);
}
