//! A full disk: what cannot be kept is refused in plain words, what was acknowledged stays, and when there is room again the
//! same requests go through.

use crate::{
    client::{Answer, Client, PATIENCE},
    cluster::{self, Cluster},
    race,
    server::{Server, assert_in_order},
    support::{Engine, TestApp},
};
use hufu::{
    id::CaseId,
    store::{Db, heads, journal},
};
use hufu_station::state::{NewEvent, State};
use hufu_wire::message::Observation;
use serde_json::json;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// A small disk of its own; unmounted at the end.
struct Disk(PathBuf);

impl Disk {
    /// Nothing where mounting is not allowed.
    fn mount(at: PathBuf, size: &str) -> Option<Disk> {
        std::fs::create_dir_all(&at).unwrap();
        let size = format!("size={size}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&at).output();
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

/// Refused in words, whatever the disk did: nothing was changed, or it is not known.
fn not_kept(answer: &Answer) -> bool {
    let kept = answer.status != 500;
    if !kept {
        let sentences = match answer.refusal() {
            "not_kept" => ["未能保存，什么也没有改变。", "It could not be kept; nothing was changed."],
            "disk_full" => [
                "服务器磁盘已满，未能保存，什么也没有改变。",
                "The server's disk is full; it could not be kept, and nothing was changed.",
            ],
            "not_known" => [
                "数据库中断，不知道是否已经保存；要么全部已保存，要么什么也没有改变。",
                "The database went away, and whether it was kept is not known: either all of it was, or nothing was changed.",
            ],
            other => panic!("{other}: {answer:?}"),
        };
        let sentence = answer.body["error"]["sentence"].as_str().unwrap();
        assert!(sentences.contains(&sentence), "{answer:?}");
        assert!(answer.body["error"]["number"].is_string(), "our fault has a number: {answer:?}");
    }
    !kept
}

#[tokio::test]
async fn a_full_disk_refuses_in_words_and_loses_nothing_acknowledged() {
    let test = TestApp::new(Engine::Sqlite).await;
    let Some(disk) = Disk::mount(test.folder().join("disk"), "8m") else {
        println!("skipped: mounting a small disk needs root");
        return test.close().await;
    };
    let case = test.case("A-1").await;
    race::owed(&test, case, 2).await;
    let url = copied(&test, &disk.0).await;
    three_full_disks(&test, case, &url, &disk, || ()).await;
    drop(disk);
    test.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_under_postgresql_loses_nothing_acknowledged() {
    let folder = cluster::place();
    let Some(disk) = Disk::mount(folder.path().join("disk"), "96m") else {
        println!("skipped: mounting a small disk needs root");
        return;
    };
    let cluster = Cluster::found(&disk.0.join("cluster"));
    let test = TestApp::at(cluster.new_database("hufu").await).await;
    let case = test.case("A-1").await;
    race::owed(&test, case, 2).await;
    // PostgreSQL stops when it cannot write its log; the administrator makes room and starts it again.
    let start_again = || {
        if !cluster.runs() {
            println!("PostgreSQL had stopped");
            cluster.start();
        }
    };
    let url = test.database().to_owned();
    three_full_disks(&test, case, &url, &disk, start_again).await;
    while test.app.db.read().await.is_err() {}
    test.close().await;
    drop(cluster);
}

async fn three_full_disks(test: &TestApp, case: CaseId, url: &str, disk: &Disk, room_again: impl Fn()) {
    let server = Server::start(url, test.folder()).await;
    let before = heads::size(&mut test.app.db.read().await.unwrap()).await.unwrap();
    let chen = Client::of(server.address, "chen").await;
    let stations = chen.get("/api/v1/stations").await.ok();
    let at = stations[0]["id"].as_str().unwrap().to_owned();
    chen.put("/api/v1/me/station", json!({"station": at})).await.ok();
    chen.put(&format!("/api/v1/counters/{at}/custodian"), json!(null)).await.ok();
    let open = json!({"case": case, "delivered_by": test.person("zhang").await.id});
    chen.put(&format!("/api/v1/counters/{at}/case"), open).await.ok();

    let path = format!("/api/v1/counters/{at}/extras");
    let extra = async |n: u128| {
        let description = format!("第{n}件清单以外的财物，{}", "银色".repeat(480));
        chen.post_once(&path, Uuid::from_u128(0xF0_0000 + n), json!({"description": description})).await
    };
    let patient = async |n: u128| {
        let since = Instant::now();
        loop {
            let answer = extra(n).await;
            if answer.is_ok() {
                return (n, answer.ok()["entry"].as_u64().unwrap());
            }
            assert!(not_kept(&answer) && since.elapsed() < PATIENCE, "{answer:?}");
            sleep(Duration::from_millis(50)).await;
        }
    };
    let (mut acknowledged, mut waiting, mut refused) = (Vec::new(), Vec::new(), 0);
    for round in 0..3 {
        for n in 0..5 {
            acknowledged.push(patient(round * 10_000 + n).await);
        }
        disk.fill();
        // What room the database already has is used up first.
        let mut refusals = 0;
        for n in round * 10_000 + 5.. {
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
            assert!(n < round * 10_000 + 9_990, "the disk is not full");
        }
        refused += refusals;
        // Reading goes on while nothing can be written, as long as the database itself does.
        let read = chen.get(&format!("/api/v1/counters/{at}")).await;
        assert!(read.is_ok() || url.starts_with("postgres") && read.status == 500, "{read:?}");
        disk.free();
        room_again();
        for n in waiting.drain(..) {
            acknowledged.push(patient(n).await);
        }
    }
    drop(server);
    assert_in_order(url);
    let db = Db::open(url).await.unwrap();
    let mut tx = db.read().await.unwrap();
    for (n, seq) in &acknowledged {
        let entry = journal::entry(&mut tx, *seq).await.unwrap();
        let said = serde_json::to_string(&entry.unwrap().draft).unwrap();
        assert!(said.contains(&format!("第{n}件")), "{said}");
    }
    let size = heads::size(&mut tx).await.unwrap();
    assert_eq!(size, before + acknowledged.len() as u64, "each once, and nothing else");
    drop(tx);
    println!(
        "{}: {} acknowledged entries around three full disks, each there once; {refused} were refused at first",
        db.engine(),
        acknowledged.len()
    );
    db.close().await;
}

/// What a station cannot write down it does not number; what it had is there, and it goes on by itself when there is room.
#[tokio::test]
async fn a_full_disk_at_a_station_is_called_one_and_no_number_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(folder.path().join("disk"), "1m") else {
        println!("skipped: mounting a small disk needs root");
        return;
    };
    let state = State::open(&disk.0.join("state.db")).await.unwrap();
    let scan = |n: u64| NewEvent {
        at: n.cast_signed(),
        what: Observation::Scan {
            device: "scanner".to_owned(),
            text: format!("W26-{n:07}"),
            symbology: None,
            repeat: false,
        },
    };
    let (mut kept, mut refused) = (0, 0);
    for _ in 0..3 {
        disk.fill();
        while refused == 0 || refused % 5 != 0 {
            match state.events.record(&[scan(kept + 1)]).await {
                Ok(numbers) => {
                    kept += 1;
                    assert_eq!(numbers, [kept]);
                }
                Err(error) => {
                    let words = error.to_string();
                    assert!(words.contains("磁盘已满") && words.contains("disk is full"), "{error:?}");
                    refused += 1;
                }
            }
        }
        disk.free();
        kept += 1;
        assert_eq!(state.events.record(&[scan(kept)]).await.unwrap(), [kept]);
        refused += 1;
    }
    assert_eq!(state.events.numbers().await.unwrap().last, kept);
    println!("{kept} kept around three full disks");
}

/// The test's ledger as a file on another disk.
async fn copied(test: &TestApp, to: &Path) -> String {
    let file = to.join("ledger.db");
    test.app.db.copy_to(&file).await.unwrap();
    format!("sqlite:{}", file.display())
}
