//! Fifty scans a second for a minute through the real station program: pseudo-terminal, driver, outbox, the line, the
//! server. None lost, none doubled, in order; and those that move a thing move it once.

use crate::{
    station::scan,
    support::{Engine, TestApp, browser, city::PASSWORD},
    walk::event,
};
use hufu::{
    custody::{city, counter, login, station},
    id::EntryId,
    language::Language,
    ledger::{Body, Measure},
    store::{Db, heads, journal},
};
use hufu_wire::message::{Event, Observation};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, MissedTickBehavior, interval, sleep},
};

const SCANS: usize = 3_000;
const EACH: Duration = Duration::from_millis(20);

/// The station program with a virtual counter, which stands in for the hand that pulls the trigger.
struct Program {
    child: Child,
    page: SocketAddr,
}

impl Program {
    fn start(folder: &Path, server: SocketAddr, token: &str) -> Program {
        let config = folder.join("station.toml");
        let text = format!(
            "name = \"窗口\"\nserver = \"http://{server}\"\ntoken = \"{token}\"\ndata = \"data\"\nlisten = \"127.0.0.1:0\"\n"
        );
        std::fs::write(&config, text).unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_hufu")).with_file_name("hufu-station");
        assert!(program.exists(), "{} is missing: build the workspace first", program.display());
        let mut child = Command::new(program)
            .args(["simulate", "--config"])
            .arg(&config)
            .env("RUST_LOG", "info")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains("page: http://"))).unwrap();
        let page = line.split("http://").nth(1).unwrap().trim().parse().unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        Program { child, page }
    }

    /// Passes a code before the scanner. False while the scanner is not plugged in yet.
    async fn scan(&self, code: &str) -> bool {
        let (page, body) = (self.page, format!("{{\"text\":\"{code}\"}}"));
        let request = format!(
            "POST /counter/scan HTTP/1.1\r\nhost: {page}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(page).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.starts_with("HTTP/1.1 200")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Every observation of the ledger's one station, by number: the event and whether it was answered.
async fn kept(test: &TestApp) -> Vec<(u64, Event, Option<String>)> {
    let Db::Sqlite(pool) = &test.app.db else { panic!("on SQLite") };
    let sql = "select number, event, answer from station_events order by number";
    let rows: Vec<(i64, String, Option<String>)> = sqlx::query_as(sql).fetch_all(pool).await.unwrap();
    let event = |text: &str| serde_json::from_str(text).unwrap();
    rows.into_iter().map(|(number, text, answer)| (number.cast_unsigned(), event(&text), answer)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_scans_a_second_for_a_minute_arrive_once_and_in_order() {
    let test = TestApp::new(Engine::Sqlite).await;
    let case = test.case("A-1").await;
    let thing = test.lying(case, &[("手机", Measure::Piece, 1, test.city.slots[0])]).await.remove(0);
    let slots = [test.slot_code(test.city.slots[0]).await, test.slot_code(test.city.slots[1]).await];
    let served = browser::serve(&test.app).await;
    let (unit, page) = (test.city.centre_unit, "http://127.0.0.1:9");
    let (at, token) = city::add_station(&test.app, unit, "中心二号窗口", page).await.unwrap();
    let session = login::log_in(&test.app, "lin", PASSWORD, Language::Zh).await.unwrap();
    let session = login::session(&test.app, &session).await.unwrap().unwrap();
    station::choose(&test.app, &session, at).await.unwrap();
    counter::stand(&test.app, &session.me, at, None).await.unwrap();

    // Strangers' codes, each its own; and each second the thing is scanned and then the other slot: 60 moves.
    let codes: Vec<String> = (0..SCANS)
        .map(|n| match n % 50 {
            10 => thing.code.clone(),
            11 => slots[(n / 50 + 1) % 2].clone(),
            _ => format!("BURST-{n:05}"),
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), served.address, &token);
    let since = Instant::now();
    while !program.scan("READY").await {
        assert!(since.elapsed() < Duration::from_secs(10), "the scanner is not there");
        sleep(Duration::from_millis(20)).await;
    }
    let mut second = interval(EACH);
    second.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let since = Instant::now();
    for code in &codes {
        second.tick().await;
        assert!(program.scan(code).await);
    }
    let took = since.elapsed();
    let since = Instant::now();
    while kept(&test).await.iter().filter(|(.., answer)| answer.is_some()).count() <= SCANS {
        assert!(
            since.elapsed() < Duration::from_secs(30),
            "{} of {SCANS} are there",
            kept(&test).await.len()
        );
        sleep(Duration::from_millis(50)).await;
    }
    let kept = kept(&test).await;
    let numbers: Vec<u64> = kept.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, (1..=SCANS as u64 + 1).collect::<Vec<_>>(), "numbers without a gap");
    let scanned: Vec<&Observation> = kept.iter().map(|(_, event, _)| &event.what).collect();
    let expected: Vec<Observation> =
        std::iter::once("READY").chain(codes.iter().map(String::as_str)).map(scan).collect();
    let wrong = scanned.iter().zip(&expected).position(|(scanned, expected)| *scanned != expected);
    assert_eq!((wrong, scanned.len()), (None, expected.len()), "{scanned:?}");

    // Each of the 60 moves is in the journal once, in the order of the scans.
    let mut tx = test.app.db.read().await.unwrap();
    let mut before = 0;
    for (number, _, answer) in kept.iter().filter(|(number, ..)| *number > 1 && (number - 2) % 50 == 11) {
        let entry = journal::entry_by_id(&mut tx, EntryId(event(at, *number))).await.unwrap();
        let entry = entry.unwrap_or_else(|| panic!("the move of scan {number} is missing: {answer:?}"));
        assert!(entry.seq > before && matches!(entry.draft.body, Body::Move(_)));
        before = entry.seq;
        let heard: Value = serde_json::from_str(answer.as_ref().unwrap()).unwrap();
        assert_eq!(heard["verdict"], "accepted");
    }
    let size = heads::size(&mut tx).await.unwrap();
    assert_eq!((before, size), (test.nth(63), test.nth(63)), "a station, a seizure, a receipt, and 60 moves");
    drop(tx);
    println!("{SCANS} scans in {took:?}, each there once and in order; 60 moves");
    assert!(took < Duration::from_secs(66), "{took:?} is no fifty a second");
    drop(program);
    drop(served);
    test.close().await;
}
