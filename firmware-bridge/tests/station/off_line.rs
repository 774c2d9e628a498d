//! The time without a server, over the station's real page: take in, print, weigh, count; and what the server hears of it.

use crate::support::{FakeServer, TestStation, bench, bench_with, small_label, until};
use hufu_station::state::offline_session::OfflineSession;
use hufu_station::{clock, page};
use hufu_wire::FromServer;
use hufu_wire::code::{Code, CodeKind};
use hufu_wire::message::{Blank, Event, JobState, Observation};
use std::fmt::Write;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

struct Site {
    address: String,
    bench: TestStation,
}

fn code(kind: CodeKind, serial: u64) -> String {
    Code::new(kind, "26", serial).to_string()
}

async fn serve(bench: TestStation) -> Site {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(axum::serve(listener, page::router(bench.station.clone(), false)).into_future());
    Site { address, bench }
}

fn labels(serials: std::ops::RangeInclusive<u64>) -> Vec<Blank> {
    serials.map(|serial| Blank { code: code(CodeKind::Blank, serial), raster: small_label() }).collect()
}

impl Site {
    async fn ask(&self, head: &str, body: &str) -> String {
        let request = format!(
            "{head} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn page(&self) -> String {
        self.ask("GET /off-line?lang=en", "").await
    }

    async fn token(&self) -> String {
        let page = self.page().await;
        let at = page.split("name=\"token\" value=\"").nth(1).unwrap();
        at.split('"').next().unwrap().to_owned()
    }

    async fn post(&self, act: &str, token: &str, fields: &[(&str, &str)]) -> String {
        let mut body = format!("token={token}&lang=en");
        for (name, value) in fields {
            let encoded = value.bytes().fold(String::new(), |mut text, byte| {
                let _ = write!(text, "%{byte:02X}");
                text
            });
            let _ = write!(body, "&{name}={encoded}");
        }
        self.ask(&format!("POST /off-line/{act}"), &body).await
    }

    async fn desk(&self) -> OfflineSession {
        self.bench.station.state.session.current().await.unwrap()
    }

    async fn scan(&self, text: &str) {
        let before = self.bench.station.state.events.numbers().await.unwrap().last;
        self.bench.rig.counter.scan(text).await.unwrap();
        until("it is recorded", async || {
            self.bench.station.state.events.numbers().await.unwrap().last > before
        })
        .await;
    }
}

const THING: &[(&str, &str)] = &[
    ("received_by", "陈静"),
    ("delivered_by", "张伟"),
    ("paper", "江公扣字〔2026〕1号"),
    ("line", "3"),
    ("name", "白色晶体 <1 包>"),
    ("quantity", "12.35"),
    ("unit", "克"),
    ("seal", "F-9"),
];

#[tokio::test]
async fn a_thing_is_taken_in_printed_weighed_and_kept_without_a_server() {
    let site = serve(bench().await).await;
    for device in ["scanner", "printer", "scale"] {
        site.bench.ready(device).await;
    }
    let state = &site.bench.station.state;
    state.labels.keep_block(Uuid::from_u128(5), &labels(1..=3), clock::now()).await.unwrap();
    let token = site.token().await;
    assert!(site.post("receive", &token, &[("received_by", " ")]).await.starts_with("HTTP/1.1 409"));
    assert!(site.post("receive", "0", &THING[..1]).await.starts_with("HTTP/1.1 403"));
    assert!(site.post("receive", &token, &THING[..1]).await.starts_with("HTTP/1.1 303"));

    // The first label comes out askew; the second is stuck on and scanned back.
    assert!(site.post("print", &token, THING).await.contains("done=printing"));
    assert!(site.page().await.contains("白色晶体 &lt;1 包&gt;"), "what was typed is still there");
    assert!(site.post("print", &token, THING).await.contains("done=printing"));
    until("two labels are out", async || site.bench.rig.counter.view().borrow().labels.len() == 2).await;
    let refused = site.post("keep", &token, THING).await;
    assert!(refused.starts_with("HTTP/1.1 422") && refused.contains("no label yet"), "{refused}");
    site.scan(&code(CodeKind::Blank, 2).to_lowercase()).await;
    site.scan("6901234567892").await;
    site.bench.rig.counter.weigh("13.02", "g").await.unwrap();
    assert!(site.post("weigh", &token, THING).await.contains("done=weighing"));
    until(
        "it is weighed",
        async || matches!(site.desk().await, OfflineSession::Receiving(it) if it.receipt.weight.is_some()),
    )
    .await;
    site.scan(&code(CodeKind::Slot, 7)).await;
    let page = site.page().await;
    assert!(page.contains("13.02 g") && page.contains(&code(CodeKind::Blank, 2)), "{page}");
    assert!(site.post("keep", &token, THING).await.contains("done=kept"));

    let events = site.bench.events().await;
    let receipts: Vec<_> = events.iter().filter_map(receipt).collect();
    let [it] = &receipts[..] else { panic!("{receipts:?}") };
    assert_eq!(
        (it.code.as_str(), it.slot.as_str()),
        (code(CodeKind::Blank, 2).as_str(), code(CodeKind::Slot, 7).as_str())
    );
    assert_eq!(
        (it.name.as_str(), it.delivered_by.as_str(), it.line.as_str()),
        ("白色晶体 <1 包>", "张伟", "3")
    );
    assert_eq!(it.weight.as_ref().unwrap().milligrams, 13_020);
    let spoiled = events.iter().filter_map(|event| match &event.what {
        Observation::Spoiled { code, .. } => Some(code.clone()),
        _ => None,
    });
    assert_eq!(spoiled.collect::<Vec<_>>(), [code(CodeKind::Blank, 1)]);
    let numbers: Vec<u64> = events.iter().map(|event| event.number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "numbered as everything is");
    assert!(site.bench.scans().await.is_empty(), "no scan is left for the server to act on");

    // The next line is in hand; the same label on it is refused.
    let OfflineSession::Receiving(next) = site.desk().await else { panic!() };
    assert_eq!((next.receipt.line.as_str(), next.receipt.name.as_str()), ("4", ""));
    site.scan(&code(CodeKind::Blank, 2)).await;
    let refused = site.post("keep", &token, THING).await;
    assert!(refused.starts_with("HTTP/1.1 409") && refused.contains("on another thing"), "{refused}");
    assert!(site.post("print", &token, THING).await.contains("done=printing"));
    let refused = site.post("print", &token, THING).await;
    assert!(refused.starts_with("HTTP/1.1 409") && refused.contains("No spare label"), "{refused}");
    assert!(site.post("end", &token, &[]).await.starts_with("HTTP/1.1 303"));
    site.scan("AFTER").await;
    assert_eq!(site.bench.scans().await, ["AFTER"]);
}

fn receipt(event: &Event) -> Option<hufu_wire::message::Receipt> {
    match &event.what {
        Observation::Received(receipt) => Some(receipt.clone()),
        _ => None,
    }
}

#[tokio::test]
async fn the_server_hears_everything_in_order_when_it_is_back() {
    let server = FakeServer::new().await;
    let address = server.address();
    let site = serve(bench_with(|config| config.server = Some(address)).await).await;
    site.bench.ready("scanner").await;
    let mut talk = server.greet(0).await;
    let block = Uuid::from_u128(9);
    for _ in 0..2 {
        talk.say(&FromServer::Blanks { block, labels: labels(1..=2) }).await;
        assert_eq!(talk.event().await.what, Observation::BlanksKept { block });
    }
    assert_eq!(site.bench.station.state.labels.left().await.unwrap(), 2);
    let token = site.page().await;
    assert!(token.contains("The server is connected"), "the page is for the time without it");
    drop(talk);
    until("the line is cut", async || !site.page().await.contains("The server is connected")).await;

    let token = site.token().await;
    site.post("receive", &token, &THING[..1]).await;
    site.post("print", &token, THING).await;
    site.scan(&code(CodeKind::Blank, 1)).await;
    site.scan(&code(CodeKind::Slot, 7)).await;
    assert!(site.post("keep", &token, THING).await.contains("done=kept"));
    site.post("end", &token, &[]).await;
    site.post("count", &token, &[("by", "林峰")]).await;
    for text in [&code(CodeKind::Slot, 7), "W26-1"] {
        site.scan(text).await;
    }
    site.post("end", &token, &[]).await;

    let last = site.bench.station.state.events.numbers().await.unwrap().last;
    let mut talk = server.greet(2).await;
    let mut heard = Vec::new();
    for number in 3..=last {
        let event = talk.event().await;
        assert_eq!(event.number, number);
        heard.push(match event.what {
            Observation::Job { state: JobState::Queued, .. } => "queued",
            Observation::Job { .. } => continue,
            Observation::Taken { .. } => "taken",
            Observation::Received(_) => "received",
            Observation::Counted(_) => "counted",
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(heard, ["queued", "taken", "taken", "received", "counted", "counted"]);
    talk.say(&FromServer::Acknowledge { up_to: last }).await;
    // What the printer says later has a number of its own.
    until("it is forgotten here", async || {
        site.bench.station.state.events.numbers().await.unwrap().acknowledged >= last
    })
    .await;
}
