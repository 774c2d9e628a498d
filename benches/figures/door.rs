//! A flood at the door: two hundred connections, each from an address of its own, send passwords without end, to logins that exist and to
//! logins that do not, while somebody who is logged in goes on working. On both engines.

use crate::{
    server::{answers, free_address, peak, spawn},
    support::{ENGINES, Engine, TestApp, city::PASSWORD},
    table::Table,
};
use hufu::{app::PasswordCost, custody::login};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::sleep,
};

const HOSTILE: usize = 200;
const SECONDS: u64 = 20;
/// Every second one of the flood is at a login that exists.
const KNOWN: [&str; 4] = ["zhang", "li", "wang", "chen"];

pub async fn measure(table: &mut Table) {
    for engine in ENGINES {
        flooded(table, engine).await;
    }
}

async fn flooded(table: &mut Table, engine: Engine) {
    let mut t = TestApp::new(engine).await;
    // As in service: a password costs what it costs.
    t.app.password_cost = PasswordCost::Service;
    for known in KNOWN {
        let person = t.person(known).await;
        login::set_password(&t.app, person.id, PASSWORD, false).await.unwrap();
    }
    let address = free_address().await;
    let mut server = spawn(t.database(), &t.folder().join("ledger.key"), address);
    while !answers(address).await {
        sleep(Duration::from_millis(10)).await;
    }
    let token = log_in(address).await;
    let mut quiet = ask(address, &token, Duration::from_secs(3)).await;
    let on = t.app.db.engine();
    let nobody = format!("`/me` with nobody at the door, {on}");
    table.times(&nobody, &mut quiet, "GET /api/v1/me, one client");
    let answered = Arc::new(AtomicUsize::new(0));
    let flood: Vec<_> = (0..HOSTILE).map(|n| tokio::spawn(knock(address, n, answered.clone()))).collect();
    let mut times = ask(address, &token, Duration::from_secs(SECONDS)).await;
    let knocks = answered.load(Ordering::Relaxed) as u64 / SECONDS;
    flood.iter().for_each(tokio::task::JoinHandle::abort);
    table.times(
        &format!("`/me` beside {HOSTILE} hostile connections, {on}"),
        &mut times,
        &format!("POST /api/v1/sessions on all of them, half at known logins, {knocks} answers /s"),
    );
    let memory = format!("memory at the most, {on}");
    table.one(&memory, peak(server.id()), "VmHWM of `hufu serve` after it");
    server.kill().unwrap();
    server.wait().unwrap();
    t.close().await;
}

async fn log_in(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let answer = exchange(&mut stream, &guess("lin", PASSWORD)).await.unwrap();
    let body: serde_json::Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    body["token"].as_str().unwrap().to_owned()
}

fn guess(login: &str, password: &str) -> String {
    let body = serde_json::json!({"login": login, "password": password}).to_string();
    format!(
        "POST /api/v1/sessions HTTP/1.1\r\nHost: hufu.test\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Asks who I am again and again.
async fn ask(address: SocketAddr, token: &str, how_long: Duration) -> Vec<Duration> {
    let request =
        format!("GET /api/v1/me HTTP/1.1\r\nHost: hufu.test\r\nAuthorization: Bearer {token}\r\n\r\n");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut times, end) = (Vec::new(), Instant::now() + how_long);
    while Instant::now() < end {
        let start = Instant::now();
        let answer = exchange(&mut stream, &request).await.unwrap();
        times.push(start.elapsed());
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        sleep(Duration::from_millis(5)).await;
    }
    times
}

/// Sends passwords until it is stopped.
async fn knock(address: SocketAddr, number: usize, answered: Arc<AtomicUsize>) {
    let mut round = 0_usize;
    loop {
        let Ok(mut stream) = from_own_address(number, address).await else { continue };
        loop {
            round += 1;
            let login = match number % 2 {
                0 => KNOWN[(number / 2) % KNOWN.len()].to_owned(),
                _ => format!("nobody-{number}-{round}"),
            };
            let request = guess(&login, &format!("guess-{round}"));
            if exchange(&mut stream, &request).await.is_none() {
                break;
            }
            answered.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The whole of 127.0.0.0/8 is this machine: nobody of the flood is locked for what another has sent.
async fn from_own_address(number: usize, server: SocketAddr) -> std::io::Result<TcpStream> {
    let own = Ipv4Addr::new(127, 9, 0, u8::try_from(number + 1).unwrap());
    let socket = TcpSocket::new_v4()?;
    socket.bind((own, 0).into())?;
    socket.connect(server).await
}

/// One request and its answer on a connection that is kept; none when it has ended.
async fn exchange(stream: &mut TcpStream, request: &str) -> Option<String> {
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&answer);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length:").map(|it| it.trim().parse::<usize>())
            });
            if length.is_none_or(|length| length.is_ok_and(|length| body.len() >= length)) {
                return Some(text.into_owned());
            }
        }
        let mut more = [0; 4_096];
        match stream.read(&mut more).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => answer.extend_from_slice(&more[..read]),
        }
    }
}
