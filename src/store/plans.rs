//! How SQLite goes through the tables for the questions that lists ask. It has no figures of the tables, so its way follows
//! from the indexes alone, and a test can hold it there: time is no measure of it.

use super::{Db, cases, sight};
use sqlx::Row;

/// The steps of SQLite's way through a question.
async fn way(sql: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite:{}", folder.path().join("ledger.db").display())).await.unwrap();
    db.migrate().await.unwrap();
    let Db::Sqlite(pool) = &db else { unreachable!() };
    let sql = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
    let rows = sqlx::query(sql).fetch_all(pool).await.unwrap();
    let steps = rows.iter().map(|row| row.get::<String, _>("detail")).collect();
    db.close().await;
    steps
}

#[tokio::test]
async fn what_may_be_seen_is_asked_of_the_item_and_never_of_all_that_a_unit_has() {
    let steps = way(&format!("select 1 from journal j where j.seq < 9 and {}", sight::sees_entry("j"))).await;
    let postings: Vec<&String> = steps.iter().filter(|step| step.contains("INDEX postings_")).collect();
    assert!(!postings.is_empty(), "{steps:#?}");
    for step in postings {
        assert!(step.contains("postings_item (item=?"), "{step}");
    }
}

#[tokio::test]
async fn the_figures_of_a_case_go_from_the_case_to_its_items() {
    for step in way(cases::COUNTS).await {
        let table = |name: &str| step.contains(&format!("INDEX {name}"));
        if table("postings_") || table("duty_balances") {
            assert!(step.contains("_case (case_id=?"), "{step}");
        }
        if table("stock_balances") || table("sqlite_autoindex_stock_balances") {
            assert!(step.contains("(item=? AND kind=?)"), "{step}");
        }
        assert!(!step.starts_with("SCAN") || step == "SCAN CONSTANT ROW", "{step}");
    }
}
