//! How SQLite goes through the tables for the questions that lists ask. It has no figures of the tables, so its way follows
//! from the indexes alone, and a test can hold it there: time is no measure of it.

use super::{Db, case_sums, cases, entry_sight, item_sight, sight};
use sqlx::Row;

/// The steps of SQLite's way through a question.
async fn way(sql: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite:{}", folder.path().join("ledger.db").display())).await.unwrap();
    super::migration::migrate(&db).await.unwrap();
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
async fn a_page_of_cases_goes_from_the_newest_on_and_reads_no_items() {
    let steps = way(&cases::paged()).await;
    assert!(steps.iter().any(|step| step.contains("c USING INDEX cases_opened (opened_at<?)")), "{steps:#?}");
    for step in steps {
        for table in ["postings", "stock_balances", "duty_balances", "items"] {
            assert!(
                !step.contains(&format!("INDEX {table}_")) && !step.contains(&format!("_{table}_")),
                "{step}"
            );
        }
        assert!(!step.contains("ORDER BY"), "{step}");
    }
}

#[tokio::test]
async fn what_items_add_to_their_cases_is_asked_from_the_item_on() {
    for sql in case_sums::additions() {
        for step in way(&sql).await {
            let by = |key: &str| step.contains(&format!("({key}"));
            let known = by("item=?") || by("id=?") || by("case_id=?");
            assert!(!step.starts_with("SEARCH") || known, "{step}");
            let rows = ["wanted", "(subquery", "a", "m", "CONSTANT"].map(|it| format!("SCAN {it}"));
            assert!(!step.starts_with("SCAN") || rows.iter().any(|it| step.starts_with(it)), "{step}");
        }
    }
}

#[tokio::test]
async fn who_sees_what_is_kept_from_the_items_and_entries_of_a_commit_on() {
    for sql in item_sight::changes().into_iter().chain(entry_sight::changes()) {
        for step in way(&sql).await {
            let by = |key: &str| step.contains(&format!("({key}"));
            let entries =
                ["seq=?", "declaration=?", "corrected=?", "wrong_seq=?", "delivery=?", "given_seq=?"];
            let said =
                ["offer_seq=?", "end_seq=?", "raised_seq=?", "settled_seq=?", "handover=?", "approval=?"];
            let items = ["item=?", "id=?", "parent=?"];
            let known =
                entries.iter().chain(&said).chain(&items).any(|key| by(key)) || step.contains("heads");
            assert!(!step.starts_with("SEARCH") || known, "{step}");
            let table = ["journal", "postings", "items", "handovers", "item_sight", "entry_sight"];
            let all = table.iter().any(|it| step == format!("SCAN {it}"))
                || by("kind=?")
                || step.contains("SCAN j ");
            assert!(!all, "{step}");
        }
    }
}

#[tokio::test]
async fn the_ledger_of_a_unit_is_read_from_its_newest_entry_on() {
    for of_kind in [false, true] {
        let newest = entry_sight::newest(of_kind);
        let steps = way(&format!("select j.seq from journal j where j.seq in ({newest})")).await;
        let kept: Vec<&String> = steps.iter().filter(|step| step.starts_with("SEARCH s ")).collect();
        let way = if of_kind {
            "(unit=? AND way=? AND kind=? AND seq>? AND seq<?)"
        } else {
            "(unit=? AND way=? AND seq>? AND seq<?)"
        };
        assert!(kept.len() == 3 && kept.iter().all(|step| step.contains(way)), "{steps:#?}");
        let journal = |step: &&String| step.contains("journal_1 (") && !step.contains("journal_1 (seq=?)");
        assert!(!steps.iter().any(|step| journal(&step) || step.starts_with("SCAN j")), "{steps:#?}");
    }
}
