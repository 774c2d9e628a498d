//! The real program on a ledger that is there already: how long until it answers, and what it holds while idle.

use crate::{
    support::{Engine, TestApp},
    table::Table,
};
use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

const STARTS: usize = 7;

pub async fn measure(table: &mut Table) {
    let t = TestApp::new(Engine::Sqlite).await;
    let case = t.case("江公（刑）立字〔2026〕1号").await;
    let things = vec![("手机", hufu::ledger::Measure::Piece, 1, t.city.slots[0]); 200];
    t.lying(case, &things).await;
    let (mut times, idle) = starts(&t).await;
    table.times(
        "server start",
        &mut times,
        "`hufu serve` on a SQLite ledger, from spawn to the first answer",
    );
    table.one("resident memory", idle, "VmRSS of `hufu serve`, idle, one page shown");
    t.close().await;
}

/// How long several starts took, and what the last held while idle.
pub async fn starts(t: &TestApp) -> (Vec<Duration>, String) {
    let mut times = Vec::new();
    let mut idle = String::new();
    for _ in 0..STARTS {
        let address = free_address().await;
        let start = Instant::now();
        let mut server = spawn(t.database(), &t.folder().join("ledger.key"), address);
        while !answers(address).await {
            assert!(server.try_wait().unwrap().is_none(), "the server ended");
            sleep(Duration::from_millis(1)).await;
        }
        times.push(start.elapsed());
        sleep(Duration::from_secs(1)).await;
        idle = resident(server.id());
        server.kill().unwrap();
        server.wait().unwrap();
    }
    (times, idle)
}

pub fn spawn(database: &str, key: &std::path::Path, address: SocketAddr) -> Child {
    Command::new(env!("CARGO_BIN_EXE_hufu"))
        .args(["serve", "--database", database, "--listen", &address.to_string()])
        .env("HUFU_LEDGER_KEY", key)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// An address that nobody listens on now.
pub async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

pub async fn answers(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address).await else { return false };
    let mut answer = String::new();
    let asked = stream.write_all(b"GET /login HTTP/1.0\r\nHost: hufu.test\r\n\r\n").await;
    asked.is_ok()
        && stream.read_to_string(&mut answer).await.is_ok()
        && answer.split(' ').nth(1) == Some("200")
}

fn resident(process: u32) -> String {
    memory(process, "VmRSS:")
}

/// The most that it ever held.
pub fn peak(process: u32) -> String {
    memory(process, "VmHWM:")
}

fn memory(process: u32, of: &str) -> String {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(of)).unwrap();
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    format!("{:.0} MiB", kib / 1024.0)
}
