//! A station with simulated devices in a temporary folder, and a server that only listens and acknowledges.

use futures_util::{SinkExt, StreamExt};
use hufu_station::config::{Config, Proof, Server};
use hufu_station::simulate::{Rig, rig};
use hufu_station::state::State;
use hufu_station::station::{self, Station};
use hufu_wire::message::{Condition, Event, Observation};
use hufu_wire::{FromServer, FromStation, Raster};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};
use uuid::Uuid;

pub(crate) struct TestStation {
    _dir: TempDir,
    pub(crate) rig: Rig,
    pub(crate) station: Arc<Station>,
}

pub(crate) fn config(dir: &Path) -> Config {
    Config::parse("name = \"test\"\ndata = \"data\"\nlisten = \"127.0.0.1:0\"", dir).unwrap()
}

/// A station without a server.
pub(crate) async fn bench() -> TestStation {
    bench_with(|_| ()).await
}

pub(crate) async fn bench_with(change: impl FnOnce(&mut Config)) -> TestStation {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path());
    change(&mut config);
    let rig = rig(&mut config, None).unwrap();
    let station = Arc::new(station::start(&config).await.unwrap());
    TestStation { _dir: dir, rig, station }
}

/// The real program, until its page is open; answers with the process and the page's address.
pub(crate) fn spawn(command: &str, config: &Path, log: &str) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hufu-station"))
        .args([command, "--config"])
        .arg(config)
        .env("RUST_LOG", log)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = lines.find_map(|line| line.ok().filter(|line| line.contains("http://"))).unwrap();
    let address = line.split("http://").nth(1).unwrap().trim().to_owned();
    std::thread::spawn(move || lines.for_each(drop));
    (child, address)
}

/// Waits for a condition that must come true; panics after a minute, which no machine is busy for.
pub(crate) async fn until<F: AsyncFnMut() -> bool>(what: &str, mut holds: F) -> Duration {
    let started = Instant::now();
    let mut pause = Duration::from_millis(2);
    while !holds().await {
        assert!(started.elapsed() < Duration::from_mins(1), "this did not happen: {what}");
        sleep(pause).await;
        // Looking is work too: done without rest by many tests at once, it starves the devices that are looked at.
        pause = (pause * 3 / 2).min(Duration::from_millis(25));
    }
    started.elapsed()
}

impl TestStation {
    pub(crate) fn condition(&self, device: &str) -> Condition {
        let statuses = self.station.devices.statuses.watch();
        let statuses = statuses.borrow();
        statuses.iter().find(|state| state.name == device).unwrap().condition.clone()
    }

    pub(crate) async fn ready(&self, device: &str) -> Duration {
        until(&format!("{device} is ready"), async || self.condition(device) == Condition::Ready).await
    }

    /// Everything recorded so far.
    pub(crate) async fn events(&self) -> Vec<Event> {
        recorded(&self.station.state).await
    }

    pub(crate) async fn scans(&self) -> Vec<String> {
        self.events().await.into_iter().filter_map(|event| scan_text(&event)).collect()
    }
}

/// Everything recorded and not yet acknowledged.
pub(crate) async fn recorded(state: &State) -> Vec<Event> {
    state.events.to_send(0, 100_000).await.unwrap().into_iter().map(|stored| stored.event).collect()
}

pub(crate) fn scan_text(event: &Event) -> Option<String> {
    match &event.what {
        Observation::Scan { text, .. } => Some(text.clone()),
        _ => None,
    }
}

pub(crate) fn small_label() -> Raster {
    let bits = (0..40 * 100).map(|at| if at % 7 == 0 { 0xF0 } else { 0 }).collect();
    Raster::new(320, 100, 203, bits).unwrap()
}

/// A label whose picture says this, to a scanner.
pub(crate) fn qr_label(text: &str) -> Raster {
    let code = qrcode::QrCode::new(text).unwrap();
    // Dots per module, and modules of white around.
    let (scale, quiet) = (6, 4);
    let modules = code.width() + 2 * quiet;
    let side = (modules * scale).next_multiple_of(8);
    let mut bits = vec![0u8; side / 8 * side];
    for y in 0..code.width() {
        for x in 0..code.width() {
            if code[(x, y)] == qrcode::Color::Dark {
                for (row, column) in (0..scale * scale).map(|at| (at / scale, at % scale)) {
                    let (row, column) = ((y + quiet) * scale + row, (x + quiet) * scale + column);
                    bits[row * side / 8 + column / 8] |= 0x80 >> (column % 8);
                }
            }
        }
    }
    let side = u32::try_from(side).unwrap();
    Raster::new(side, side, 203, bits).unwrap()
}

/// How often each label came out of the simulated printer, by what it says.
pub(crate) fn came_out(rig: &Rig) -> BTreeMap<String, u32> {
    let mut times = BTreeMap::new();
    for label in &rig.counter.view().borrow().labels {
        *times.entry(label.text.clone().unwrap_or_default()).or_default() += 1;
    }
    times
}

/// A label that does not compress: far more bytes than a port's buffer holds.
pub(crate) fn large_label() -> Raster {
    let mut state = 1u64;
    let bits = (0..100 * 2000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        })
        .collect();
    Raster::new(800, 2000, 203, bits).unwrap()
}

/// The other end of the conversation.
pub(crate) struct FakeServer {
    listener: TcpListener,
}

pub(crate) struct Talk {
    pub(crate) socket: WebSocketStream<TcpStream>,
    pub(crate) authorization: String,
}

impl FakeServer {
    pub(crate) async fn new() -> FakeServer {
        FakeServer { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    pub(crate) fn address(&self) -> Server {
        let address = format!("ws://{}/station/ws", self.listener.local_addr().unwrap());
        Server { address, proof: Proof::Token("secret-token".to_owned()), ca: None }
    }

    pub(crate) async fn accept(&self) -> Talk {
        let (stream, _) = timeout(Duration::from_secs(10), self.listener.accept()).await.unwrap().unwrap();
        let mut authorization = String::new();
        #[expect(clippy::result_large_err, reason = "the shape is the library's")]
        let look = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
            request.headers()["authorization"].to_str().unwrap().clone_into(&mut authorization);
            Ok(response)
        };
        let socket = accept_hdr_async(stream, look).await.unwrap();
        Talk { socket, authorization }
    }

    /// Accepts, reads the hello, welcomes, and says up to where it keeps events.
    pub(crate) async fn greet(&self, kept: u64) -> Talk {
        let mut talk = self.accept().await;
        assert!(matches!(talk.hear().await, FromStation::Hello { .. }));
        talk.say(&FromServer::Welcome { station: Uuid::nil(), name: "一号窗口".to_owned() }).await;
        talk.say(&FromServer::Acknowledge { up_to: kept }).await;
        talk
    }
}

impl Talk {
    pub(crate) async fn say(&mut self, message: &FromServer) {
        self.socket.send(Message::text(serde_json::to_string(message).unwrap())).await.unwrap();
    }

    pub(crate) async fn hear(&mut self) -> FromStation {
        loop {
            let message =
                timeout(Duration::from_secs(10), self.socket.next()).await.unwrap().unwrap().unwrap();
            if let Message::Text(text) = message {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// The next numbered event; states and counts are passed over.
    pub(crate) async fn event(&mut self) -> Event {
        loop {
            if let FromStation::Event(event) = self.hear().await {
                return event;
            }
        }
    }
}
