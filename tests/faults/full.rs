//! A full disk: what cannot be kept is refused in plain words, what was acknowledged stays, and when there is room again the
//! same requests go through.

use crate::{
    client::{Answer, Client},
    race,
    server::{Server, assert_in_order},
    support::{Engine, TestApp},
};
use hufu::{
    id::EntryId,
    store::{Db, journal},
};
use serde_json::json;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};
use uuid::Uuid;

/// A small disk of its own; unmounted at the end.
struct Disk(PathBuf);

impl Disk {
    /// Nothing where mounting is not allowed.
    fn mount(at: PathBuf) -> Option<Disk> {
        std::fs::create_dir_all(&at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(&at).output();
        mounted.is_ok_and(|it| it.status.success()).then_some(Disk(at))
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.join("filler")).unwrap();
        for size in [65_536, 4_096, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The server may still hold it when the test has failed.
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

fn not_kept(answer: &Answer) -> bool {
    let kept = answer.status != 500;
    if !kept {
        assert_eq!(answer.refusal(), "not_kept");
        let sentence = answer.body["error"]["sentence"].as_str().unwrap();
        assert!(
            ["未能保存，什么也没有改变。", "It could not be kept; nothing was changed."].contains(&sentence)
        );
        assert!(answer.body["error"]["number"].is_string(), "our fault has a number: {answer:?}");
    }
    !kept
}

#[tokio::test]
async fn a_full_disk_refuses_in_words_and_loses_nothing_acknowledged() {
    let test = TestApp::new(Engine::Sqlite).await;
    let Some(disk) = Disk::mount(test.folder().join("disk")) else {
        println!("skipped: mounting a small disk needs root");
        return test.close().await;
    };
    let case = test.case("A-1").await;
    race::owed(&test, case, 2).await;
    let url = copied(&test, &disk.0).await;
    let server = Server::start(&url, test.folder()).await;
    let chen = Client::of(server.address, "chen").await;
    let stations = chen.get("/api/v1/stations").await.ok();
    let at = stations[0]["id"].as_str().unwrap().to_owned();
    chen.put("/api/v1/me/station", json!({"station": at})).await.ok();
    chen.put(&format!("/api/v1/counters/{at}/custodian"), json!(null)).await.ok();
    let open = json!({"case": case, "delivered_by": test.person("zhang").await.id});
    chen.put(&format!("/api/v1/counters/{at}/case"), open).await.ok();

    let path = format!("/api/v1/counters/{at}/extras");
    let extra = async |n: u128| {
        let description = format!("第{n}件清单以外的财物，{}", "银色".repeat(200));
        chen.post_once(&path, Uuid::from_u128(0xF0_0000 + n), json!({"description": description})).await
    };
    let (mut acknowledged, mut waiting) = (Vec::new(), Vec::new());
    for round in 0..3 {
        for n in 0..5 {
            let n = round * 1_000 + n;
            acknowledged.push((n, extra(n).await.ok()["entry"].as_u64().unwrap()));
        }
        disk.fill();
        // What room the database already has is used up first.
        let mut refusals = 0;
        for n in round * 1_000 + 5.. {
            let answer = extra(n).await;
            match not_kept(&answer) {
                true => {
                    waiting.push(n);
                    refusals += 1;
                }
                false => acknowledged.push((n, answer.ok()["entry"].as_u64().unwrap())),
            }
            if refusals == 5 {
                break;
            }
            assert!(n < round * 1_000 + 990, "the disk is not full");
        }
        // Reading goes on while nothing can be written.
        chen.get(&format!("/api/v1/counters/{at}")).await.ok();
        disk.free();
        for n in waiting.drain(..) {
            acknowledged.push((n, extra(n).await.ok()["entry"].as_u64().unwrap()));
        }
    }
    drop(server);
    assert_in_order(&url);
    let db = Db::open(&url).await.unwrap();
    let mut tx = db.read().await.unwrap();
    for (n, seq) in &acknowledged {
        let entry = journal::entry_by_id(&mut tx, EntryId(Uuid::from_u128(0xF0_0000 + n))).await.unwrap();
        assert_eq!(entry.unwrap().seq, *seq);
    }
    let size = journal::size_and_root(&mut tx).await.unwrap().unwrap().0;
    assert_eq!(size, 1 + acknowledged.len() as u64, "each once, and nothing else");
    drop(tx);
    db.close().await;
    println!("{} acknowledged entries around three full disks, each there once", acknowledged.len());
    drop(disk);
    test.close().await;
}

/// The test's ledger as a file on another disk.
async fn copied(test: &TestApp, to: &Path) -> String {
    let Db::Sqlite(pool) = &test.app.db else { panic!("on SQLite") };
    let file = to.join("ledger.db");
    sqlx::query("vacuum into $1").bind(file.display().to_string()).execute(pool).await.unwrap();
    format!("sqlite:{}", file.display())
}
