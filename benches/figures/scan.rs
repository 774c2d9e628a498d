//! From the scanner to the page: a station sends what it scanned over its line; the clock stops when the page that shows
//! it has been told, has asked again and has been read whole.

use crate::{
    name,
    page::Visitor,
    support::{Engine, TestApp, browser, city::PASSWORD, things::Lying},
    table::Table,
};
use futures_util::{SinkExt, StreamExt};
use hufu::{
    custody::{city, counter, login, station},
    language::Language,
    ledger::Measure,
};
use hufu_wire::{
    FromStation,
    message::{Event, Observation},
};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

const ITEMS: usize = 40;
const ROUNDS: usize = 5;

pub async fn measure(table: &mut Table, engine: Engine) {
    let t = TestApp::new(engine).await;
    let served = browser::serve(&t.app).await;
    let (station, token) =
        city::add_station(&t.app, t.city.centre_unit, "中心二号窗口", "http://127.0.0.1:9").await.unwrap();
    let cookie = login::log_in(&t.app, "chen", PASSWORD, Language::Zh).await.unwrap();
    let session = login::session(&t.app, &cookie).await.unwrap().unwrap();
    station::choose(&t.app, &session, station).await.unwrap();
    counter::stand(&t.app, &session.me, station, None).await.unwrap();
    let case = t.case("江公（刑）立字〔2026〕1号").await;
    let slots = [t.city.slots[0], t.city.slots[1]];
    let lying = t.lying(case, &vec![("手机", Measure::Piece, 1, slots[0]); ITEMS]).await;
    let codes = [t.slot_code(slots[0]).await, t.slot_code(slots[1]).await];

    let visitor = Visitor { address: served.address, cookie };
    let mut way = Way { live: visitor.live().await, line: Line::dial(&visitor, &token).await, visitor };
    let (mut looked_up, mut moved) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        for Lying { code, .. } in &lying {
            let times = (way.walk(code).await, way.walk(&codes[(round + 1) % 2]).await);
            // The first round warms everything up.
            if round > 0 {
                looked_up.push(times.0);
                moved.push(times.1);
            }
        }
    }
    let how = "from the station's frame to the live event and `/counter` read again";
    table.times(&format!("scan→page, item looked up, {}", name(engine)), &mut looked_up, how);
    table.times(&format!("scan→page, move recorded, {}", name(engine)), &mut moved, how);
    drop(way);
    drop(served);
    t.close().await;
}

struct Way {
    visitor: Visitor,
    live: crate::page::Events,
    line: Line,
}

impl Way {
    /// One scan, until the page has been read again.
    async fn walk(&mut self, text: &str) -> Duration {
        let start = Instant::now();
        self.line.scan(text).await;
        let heard = self.live.until("scan").await;
        self.visitor.read("/counter").await;
        let took = start.elapsed();
        assert!(heard.contains("\"accepted\""), "{heard}");
        took
    }
}

/// A station's line to the server. What the server says is read elsewhere and let go.
struct Line {
    say: futures_util::stream::SplitSink<WebSocketStream<MaybeTlsStream<TcpStream>>, Message>,
    number: u64,
}

impl Line {
    async fn dial(visitor: &Visitor, token: &str) -> Line {
        let address = format!("ws://{}/station/ws", visitor.address);
        let mut request = address.into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        let (mut say, mut hear) = connect_async(request).await.unwrap().0.split();
        let hello =
            FromStation::Hello { version: "1".to_owned(), clock_at: 0, last_event: 0, devices: Vec::new() };
        say.send(Message::text(serde_json::to_string(&hello).unwrap())).await.unwrap();
        hear.next().await.unwrap().unwrap();
        tokio::spawn(async move { while let Some(Ok(_)) = hear.next().await {} });
        Line { say, number: 0 }
    }

    async fn scan(&mut self, text: &str) {
        self.number += 1;
        let what = Observation::Scan {
            device: "scanner".to_owned(),
            text: text.to_owned(),
            symbology: None,
            repeat: false,
        };
        let event = FromStation::Event(Event { number: self.number, observed_at: 0, what });
        self.say.send(Message::text(serde_json::to_string(&event).unwrap())).await.unwrap();
    }
}
