//! Entries through the API, as programs of other agencies send them: one move to a request, and a hundred.

use crate::{
    name,
    pgbench::PgBench,
    support::{
        ENGINES, Engine, TestApp,
        browser::{self, Served},
        city::PASSWORD,
        things::Lying,
    },
    table::Table,
};
use hufu::{
    id::{ItemId, SlotId},
    ledger::Measure,
};
use serde_json::json;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

const SECONDS: u64 = 5;
const ROUNDS: usize = 3;
/// Clients, and how many moves each sends in one request.
const SHAPES: [(usize, usize); 3] = [(64, 1), (1, 100), (8, 100)];

pub async fn measure(table: &mut Table) {
    let pgbench = PgBench::new(9_998).await;
    for engine in ENGINES {
        let site = Site::new(engine).await;
        for (clients, moves) in SHAPES {
            let (mut rates, mut times, mut beside) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..ROUNDS {
                let (rate, took) = site.race(clients, moves).await;
                rates.push(rate);
                times.extend(took);
                beside.push(pgbench.rate(64, 3));
            }
            let (rate, beside) = (median(rates), median(beside));
            let what = format!("entries over HTTP, {}, {clients} clients × {moves}", name(engine));
            let how = format!(
                "POST /api/v1/moves, session asked, rules, both books, signed head, on disk; {:.2} × pgbench 64 ({beside:.0} /s)",
                rate / beside
            );
            table.rate(&what, format!("{rate:.0} /s"), &mut times, &how);
        }
        site.t.close().await;
    }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// A served ledger with things for every client.
struct Site {
    t: TestApp,
    served: Served,
    token: String,
    items: Vec<ItemId>,
}

impl Site {
    async fn new(engine: Engine) -> Site {
        let t = TestApp::new(engine).await;
        let case = t.case("江公（刑）立字〔2026〕1号").await;
        let things = vec![("手机", Measure::Piece, 1, t.city.slots[0]); 1_000];
        let items = t.lying(case, &things).await.into_iter().map(|Lying { item, .. }| item).collect();
        let served = browser::serve(&t.app).await;
        let mut client = Client::new(served.address, "").await;
        let opened =
            client.post("/api/v1/sessions", &json!({"login": "lin", "password": PASSWORD}).to_string()).await;
        let opened: serde_json::Value = serde_json::from_str(&opened).unwrap();
        let token = opened["token"].as_str().unwrap().to_owned();
        Site { t, served, token, items }
    }

    /// Everybody moves their own things to and fro; answers with entries per second and the time of each request.
    async fn race(&self, clients: usize, moves: usize) -> (f64, Vec<Duration>) {
        let start = Instant::now();
        let share = (self.items.len() / clients).min(moves.max(8));
        let running: Vec<_> = (0..clients)
            .map(|client| {
                let own = self.items[client * share..(client + 1) * share].to_vec();
                let (address, token) = (self.served.address, self.token.clone());
                let slots = [self.t.city.slots[0], self.t.city.slots[1]];
                let end = start + Duration::from_secs(SECONDS);
                tokio::spawn(async move { work(address, &token, &own, slots, moves, end).await })
            })
            .collect();
        let mut times = Vec::new();
        for client in running {
            times.extend(client.await.unwrap());
        }
        (times.len() as f64 * moves as f64 / start.elapsed().as_secs_f64(), times)
    }
}

/// Ends with every thing back where it was.
async fn work(
    address: SocketAddr,
    token: &str,
    own: &[ItemId],
    [here, there]: [SlotId; 2],
    moves: usize,
    end: Instant,
) -> Vec<Duration> {
    let mut client = Client::new(address, token).await;
    let mut times = Vec::new();
    let rounds = own.len() / moves.min(own.len());
    loop {
        for (from, to) in [(here, there), (there, here)] {
            for round in 0..rounds {
                let some = &own[round * moves..(round + 1) * moves];
                let list: Vec<_> = some
                    .iter()
                    .map(|item| json!({"item": item, "quantity": 1, "from": from, "to": to}))
                    .collect();
                let body = json!({ "moves": list }).to_string();
                let start = Instant::now();
                let answer = client.post("/api/v1/moves", &body).await;
                times.push(start.elapsed());
                assert_eq!(answer.matches("\"recorded\"").count(), moves, "{answer}");
            }
        }
        if Instant::now() >= end {
            return times;
        }
    }
}

/// One connection that is kept.
struct Client {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Client {
    async fn new(address: SocketAddr, token: &str) -> Client {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Client { stream: BufReader::new(stream), token: token.to_owned() }
    }

    async fn post(&mut self, path: &str, body: &str) -> String {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: hufu.test\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes()).await.unwrap();
        let (mut length, mut line) = (0, String::new());
        loop {
            line.clear();
            self.stream.read_line(&mut line).await.unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).await.unwrap();
        String::from_utf8(answer).unwrap()
    }
}
