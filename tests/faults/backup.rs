//! A backup while everybody works: it holds one moment, with every entry that was acknowledged before it began, is proven by
//! the drill, and becomes a ledger again.

use crate::{
    cluster::{self, Cluster},
    server::{Server, assert_in_order},
    support::{Engine, TestApp, hufu},
    walk::Town,
};
use hufu::{
    domain::{Code, CodeKind},
    store::{Db, journal},
};
use std::{path::Path, process::Command, time::Duration};
use tokio::time::{Instant, sleep};

fn said(arguments: &[&str]) -> (bool, String) {
    let output = hufu(arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout) + &text(output.stderr))
}

/// Every entry of a backup, as it is hashed.
async fn entries(file: &Path) -> Vec<(u64, Vec<u8>)> {
    let db = Db::open_copy(file).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let entries = journal::bytes_after(&mut tx, 0, 1_000_000).await.unwrap();
    drop(tx);
    db.close().await;
    entries
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_while_everybody_works_holds_all_that_was_acknowledged_before_it_began() {
    let test = TestApp::new(Engine::Sqlite).await;
    let (url, folder) = (test.database().to_owned(), test.folder().to_owned());
    let server = Server::start(&url, &folder).await;
    let town = Town::of(&test, server.address).await;
    let people = town.work();
    let mut copies = Vec::new();
    for n in 0..4 {
        let enough = town.acknowledged() + 8;
        let since = Instant::now();
        while town.acknowledged() < enough {
            assert!(since.elapsed() < Duration::from_secs(30), "nobody works");
            sleep(Duration::from_millis(5)).await;
        }
        let before = town.known();
        let file = folder.join(format!("backup-{n}.db"));
        let out = file.display().to_string();
        // The command is another program; meanwhile the people here go on.
        let arguments = ["backup", "--database", &url, "--out", &out].map(str::to_owned);
        let making = tokio::task::spawn_blocking(move || said(&arguments.each_ref().map(String::as_str)));
        let (done, text) = making.await.unwrap();
        assert!(done, "{text}");
        let sum = Command::new("sha256sum").arg(&file).output().unwrap();
        let sum = String::from_utf8(sum.stdout).unwrap();
        assert!(text.contains(&format!("SHA-256 {}", sum.split(' ').next().unwrap())), "{text}");
        copies.push((file, before));
    }
    town.evening(people).await;
    drop(server);
    town.assert_each_once(&test).await;
    let mut tx = test.app.db.read().await.unwrap();
    let whole = journal::bytes_after(&mut tx, 0, 1_000_000).await.unwrap();
    drop(tx);
    for (file, before) in &copies {
        let copy = entries(file).await;
        for it in before {
            let held = copy.iter().any(|(seq, _)| seq == it);
            assert!(held, "entry {it} was acknowledged before {} began", file.display());
        }
        assert_eq!(copy[..], whole[..copy.len()], "one moment of this ledger");
        let (done, text) = said(&["restore", "--check", &file.display().to_string()]);
        let promised = format!("This backup would restore to {} entries, root ", copy.len());
        assert!(done && text.contains(&promised), "{text}");
        println!("a backup of {} entries while {} were in the end", copy.len(), whole.len());
    }
    let (file, _) = copies.last().unwrap();
    let restored = format!("sqlite:{}", folder.join("restored.db").display());
    let restore = ["restore", &file.display().to_string(), "--database", &restored];
    let (done, text) = said(&restore);
    assert!(done, "{text}");
    assert_in_order(&restored);
    let (done, text) = said(&restore);
    assert!(!done && text.contains("is there already"), "{text}");
    // The restored ledger is worked in: it is served, and people log in anew.
    let server = Server::start(&restored, &folder).await;
    crate::client::Client::of(server.address, "chen").await.get("/api/v1/stations").await.ok();
    drop(server);
    test.close().await;
}

/// The same with PostgreSQL's own tools, as docs/backup.md says: a base backup while everybody works, checked, started on a
/// socket of its own, and proven.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_base_backup_of_postgresql_is_proven_and_holds_all_that_was_acknowledged_before() {
    let folder = cluster::place();
    let cluster = Cluster::found(&folder.path().join("one"));
    let test = TestApp::at(cluster.new_database("hufu").await).await;
    let server = Server::start(test.database(), test.folder()).await;
    let town = Town::of(&test, server.address).await;
    let people = town.work();
    let since = Instant::now();
    while town.acknowledged() < 12 {
        assert!(since.elapsed() < Duration::from_secs(60), "nobody works");
        sleep(Duration::from_millis(5)).await;
    }
    let before = town.known();
    let restored = Cluster::restored_from_base_backup(&cluster, &folder.path().join("two"));
    town.evening(people).await;
    drop(server);
    town.assert_each_once(&test).await;
    assert_in_order(&restored.database("hufu"));
    let db = Db::open(&restored.database("hufu")).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let copy = journal::bytes_after(&mut tx, 0, 1_000_000).await.unwrap();
    drop(tx);
    db.close().await;
    assert!(before.iter().all(|it| copy.iter().any(|(seq, _)| seq == it)), "{before:?}");
    println!("a base backup of {} entries, proven", copy.len());
    test.close().await;
}

#[tokio::test]
async fn a_backup_never_writes_over_anything_and_leaves_nothing_half_done() {
    let test = TestApp::new(Engine::Sqlite).await;
    let case = test.case("A-1").await;
    crate::race::owed(&test, case, 3).await;
    let (url, folder) = (test.database(), test.folder());
    let at = |name: &str| folder.join(name).display().to_string();
    let backup = |out: &str| said(&["backup", "--database", url, "--out", &at(out)]);

    std::fs::write(folder.join("taken"), "a letter").unwrap();
    for beside in ["taken", "b.db-wal", "c.db-journal", "d.db.partial"] {
        std::fs::write(folder.join(beside), "a letter").unwrap();
        let out = beside.trim_end_matches("-wal").trim_end_matches("-journal").trim_end_matches(".partial");
        let (done, text) = backup(out);
        assert!(!done && text.contains(beside), "{text}");
        assert_eq!(std::fs::read(folder.join(beside)).unwrap(), b"a letter");
    }
    let (done, text) = backup("nowhere/e.db");
    assert!(!done && text.contains("nowhere"), "{text}");
    let (done, text) = said(&["backup", "--database", "sqlite:/nowhere/ledger.db", "--out", &at("f.db")]);
    assert!(!done && text.contains("nothing was made"), "{text}");
    let (done, text) = said(&["backup", "--database", "postgres://hufu@db/hufu", "--out", &at("f.db")]);
    assert!(!done && text.contains("pg_basebackup") && text.contains("docs/backup.md"), "{text}");
    for name in ["b.db", "c.db", "d.db", "f.db", "f.db.partial"] {
        assert!(!folder.join(name).exists(), "{name}");
    }

    // A ledger in use is no backup: its newest entries stand beside its file.
    let ledger = url.strip_prefix("sqlite:").unwrap();
    let (done, text) = said(&["restore", "--check", ledger]);
    assert!(!done && text.contains("hufu backup"), "{text}");
    std::fs::write(folder.join("letter.db"), "a letter that is no ledger, whatever its name says").unwrap();
    let (done, text) = said(&["restore", "--check", &at("letter.db")]);
    assert!(!done && text.contains("no backup of a ledger"), "{text}");
    test.close().await;
}

/// What was changed in a backup, one byte or one value, is found before it becomes a ledger.
#[tokio::test]
async fn a_damaged_backup_is_not_restored() {
    let test = TestApp::new(Engine::Sqlite).await;
    let case = test.case("A-1").await;
    crate::race::owed(&test, case, 3).await;
    let folder = test.folder();
    let file = folder.join("backup.db");
    let (done, text) = said(&["backup", "--database", test.database(), "--out", &file.display().to_string()]);
    assert!(done, "{text}");
    let sound = std::fs::read(&file).unwrap();
    let name = "手机".as_bytes();
    let at = sound.windows(name.len()).position(|it| it == name).unwrap();
    let mut changed = sound.clone();
    changed[at..at + name.len()].copy_from_slice("手表".as_bytes());
    let restored = folder.join("restored.db");
    for (what, bytes) in [("a word", &changed[..]), ("the end", &sound[..sound.len() / 2])] {
        std::fs::write(&file, bytes).unwrap();
        let shown = file.display().to_string();
        let (done, text) = said(&["restore", "--check", &shown]);
        assert!(!done && !text.contains("would restore"), "{what}: {text}");
        let url = format!("sqlite:{}", restored.display());
        let (done, text) = said(&["restore", &shown, "--database", &url]);
        assert!(!done, "{what}: {text}");
        assert!(!restored.exists() && !folder.join("restored.db.partial").exists(), "{what}");
    }
    // The number of an item stands in its row, in its entry and in an index: an index that leads elsewhere is found too.
    let number = Code::new(CodeKind::Item, "26", 2).number();
    let places = sound.windows(number.len()).enumerate().filter(|(_, it)| *it == number.as_bytes());
    let mut heard = String::new();
    for (at, _) in places {
        let mut changed = sound.clone();
        changed[at] = b'V';
        std::fs::write(&file, changed).unwrap();
        heard += &said(&["restore", "--check", &file.display().to_string()]).1;
    }
    assert!(heard.contains("the file is damaged") && heard.contains("something in the backup"), "{heard}");
    test.close().await;
}
