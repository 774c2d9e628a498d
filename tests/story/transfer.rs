//! A ledger moved from one engine to the other: every entry byte for byte, the same root, everything in order; and a file
//! that was changed, cut off or meant for another place is not taken, not even half.

use crate::{
    audit::day,
    support::{ENGINES, Engine, TestApp},
};
use hufu::{
    app::Builder,
    domain::Rules,
    store::{Db, journal, settings, transfer},
};
use std::{collections::BTreeSet, path::Path};

fn hufu(arguments: &[&str]) -> (bool, String) {
    let output = crate::support::hufu(arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout) + &text(output.stderr))
}

async fn exported(test: &TestApp, name: &str) -> (String, String) {
    let path = test.folder().join(name).display().to_string();
    let (done, said) = hufu(&["export", "ledger", "--database", test.database(), "--out", &path]);
    assert!(done, "{said}");
    (path, said)
}

async fn journal_of(db: &Db) -> Vec<(u64, Vec<u8>)> {
    let mut tx = db.read().await.unwrap();
    journal::bytes_after(&mut tx, 0, 10_000).await.unwrap()
}

/// Where a ledger can be moved: a new database of the engine.
async fn new_place(engine: Engine, folder: &Path, name: &str) -> String {
    match engine {
        Engine::Sqlite => format!("sqlite:{}", folder.join(name).display()),
        Engine::Postgres => crate::support::new_postgres_database().await,
    }
}

#[tokio::test]
async fn a_ledger_moves_to_either_engine_with_the_same_root() {
    for (from, to) in ENGINES.iter().flat_map(|from| ENGINES.iter().map(move |to| (*from, *to))) {
        let test = TestApp::new(from).await;
        let things = day(&test).await;
        // Bytes that are no words, a truth and a nothing travel too.
        let digest = test.app.settings.suite.digest(b"picture").to_string();
        let sql = "insert into attachments (digest, media_type, content, added_at, added_by)
            select $2, 'image/png', entry, 1, $1 from journal where seq = 1";
        test.sql().run(sql, &[things[0].item.0], &digest).await;
        let (path, said) = exported(&test, "ledger.jsonl").await;
        let place = new_place(to, test.folder(), "moved.db").await;
        let (done, taken) = hufu(&["import", "ledger", &path, "--database", &place]);
        assert!(done, "{from:?} to {to:?}: {taken}");
        let root = |text: &str| text.lines().find(|line| line.contains("root")).unwrap().to_owned();
        assert_eq!(root(&said), root(&taken));
        let (done, report) = hufu(&["verify", "--database", &place, "--language", "en"]);
        assert!(
            done && report.contains(&format!("Everything is in order: {} entries, 5 items", test.nth(12))),
            "{report}"
        );

        let moved = Db::open(&place).await.unwrap();
        assert_eq!(journal_of(&test.app.db).await, journal_of(&moved).await);
        // Moved on and back, the file is the same, line by line; only the order of rows is each engine's.
        let again = test.folder().join("again.jsonl").display().to_string();
        assert!(hufu(&["export", "ledger", "--database", &place, "--out", &again]).0);
        let lines = |path: &str| -> BTreeSet<String> {
            std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
        };
        assert_eq!(lines(&path), lines(&again));
        // A second time is refused: the place is not new any more.
        let (done, refused) = hufu(&["import", "ledger", &path, "--database", &place]);
        assert!(!done && refused.contains("there is a ledger here already"), "{refused}");

        // The moved ledger is worked in: the next entry grows from the same head.
        let builder = Builder::for_service(moved, Rules::shipped().unwrap(), None, String::new());
        let ledger_key = Some(test.folder().join("ledger.key"));
        let app = Builder { ledger_key, ..builder }.build().await.unwrap();
        assert_eq!(app.settings, test.app.settings);
        let lin = test.person("lin").await;
        let slots = &test.city.slots;
        let body = test.moving(things[0].item, 1, slots[1], slots[2]);
        let mut tx = app.db.write().await.unwrap();
        settings::confirm_clock(&mut tx, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let recorded = app.sequencer.record(test.draft(lin.id, lin.unit, body)).await.unwrap();
        assert_eq!(recorded.seq, test.nth(13));
        app.db.close().await;
        test.close().await;
    }
}

#[tokio::test]
async fn a_file_that_is_not_whole_and_true_is_not_taken_at_all() {
    let test = TestApp::new(Engine::Sqlite).await;
    day(&test).await;
    let (path, _) = exported(&test, "ledger.jsonl").await;
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let joined = |lines: &[&str]| lines.join("\n") + "\n";
    let without = |at: usize| joined(&[&lines[..at], &lines[at + 1..]].concat());
    let table = |name: &str| lines.iter().position(|it| it.contains(&format!("\"{name}\""))).unwrap();
    let last = lines.len() - 1;
    let root = lines[last].split("\"root\":\"").nth(1).unwrap().split('"').next().unwrap();
    let other_root = text.replace(root, &"0".repeat(64));
    let changed = |table_name: &str, from: &str, to: &str| {
        let at = table(table_name) + 1;
        let mut lines = lines.clone();
        let line = lines[at..].iter().position(|it| it.contains(from)).unwrap() + at;
        let new = lines[line].replacen(from, to, 1);
        lines[line] = &new;
        joined(&lines)
    };
    let swapped = {
        let mut lines = lines.clone();
        let at = table("journal") + 1;
        let (one, two) = (lines[at].replacen("[1,", "[2,", 1), lines[at + 1].replacen("[2,", "[1,", 1));
        (lines[at], lines[at + 1]) = (&two, &one);
        joined(&lines)
    };
    let files = [
        ("the end is missing", joined(&lines[..last]), "cut off"),
        ("cut in a line", text[..text.floor_char_boundary(text.len() / 2)].to_owned(), "cut off"),
        ("nothing", String::new(), "cut off"),
        ("a letter", "Dear Sir,\n".to_owned(), "no line of a ledger"),
        ("no head line", without(0), "begin or end"),
        ("another form", text.replacen("\"hufu_ledger\":1", "\"hufu_ledger\":2", 1), "another version"),
        ("a row too few", without(table("slots") + 1), "there should be"),
        ("an unknown table", text.replacen("\"persons\"", "\"people\"", 1), "no table people"),
        ("another column", text.replacen("\"login\"", "\"nickname\"", 1), "other columns"),
        ("another root", other_root, "another root than the file says"),
        ("an item's name", changed("items", "白色粉末", "白色面粉"), "not in order"),
        ("two entries in another order", swapped, "nothing was imported"),
        ("more after the end", format!("{text}{}\n", lines[1]), "begin or end"),
        ("a number that is a word", changed("slots", ",5000,", ",\"5000\","), "cannot be what it says"),
    ];
    for engine in ENGINES {
        let place = new_place(engine, test.folder(), "place.db").await;
        for (what, text, why) in &files {
            let file = test.folder().join("other.jsonl");
            std::fs::write(&file, text).unwrap();
            let (done, said) = hufu(&["import", "ledger", &file.display().to_string(), "--database", &place]);
            assert!(!done && said.contains(why), "{engine:?}, {what}: {said}");
            let db = Db::open(&place).await.unwrap();
            let mut tx = db.read().await.unwrap();
            transfer::refuse_unless_empty(&mut tx).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            drop(tx);
            db.close().await;
        }
        // And the true one is taken after all these.
        let (done, said) = hufu(&["import", "ledger", &path, "--database", &place]);
        assert!(done, "{said}");
    }
    test.close().await;
}

/// A table that somebody adds is either moved or named among those left behind.
#[tokio::test]
async fn every_table_is_moved_or_named_as_left_behind() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let sql = match engine {
            Engine::Sqlite => {
                "select name from sqlite_master where type = 'table' and name not like 'sqlite%'"
            }
            Engine::Postgres => {
                "select table_name::text from information_schema.tables where table_schema = 'public'"
            }
        };
        let there: Vec<String> = match &test.app.db {
            Db::Sqlite(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap(),
            Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap(),
        };
        let there: BTreeSet<&str> = there.iter().map(String::as_str).collect();
        let mut known: BTreeSet<&str> =
            transfer::TRANSFERRED.iter().chain(transfer::LEFT_BEHIND).copied().collect();
        if engine == Engine::Sqlite {
            known.extend(transfer::OF_SQLITE);
        }
        assert_eq!(there, known);
        test.close().await;
    }
}
