//! A station as the server meets it: it numbers what it observes and says it again until it is acknowledged. For tests that
//! must hold the line in their own hands; [`crate::burst`] uses the real program.

use crate::client::PATIENCE;
use futures_util::{SinkExt, StreamExt};
use hufu_wire::{
    FromServer, FromStation,
    message::{Event, JobState, Observation, SignRequest, Verdict},
};
use std::{collections::VecDeque, net::SocketAddr, time::Duration};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use uuid::Uuid;

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) struct Station {
    address: SocketAddr,
    token: String,
    /// The number of the last event.
    pub(crate) number: u64,
    acknowledged: u64,
    socket: Option<Socket>,
    /// Labels to print and statements to sign that came meanwhile.
    labels: VecDeque<Uuid>,
    signings: VecDeque<SignRequest>,
    /// Jobs that were printed: a repeated order prints nothing.
    printed: Vec<Uuid>,
}

/// Dials in and says nothing yet.
pub(crate) async fn dial(address: SocketAddr, token: &str) -> Option<Socket> {
    let mut request = format!("ws://{address}/station/ws").into_client_request().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    Some(timeout(Duration::from_secs(5), connect_async(request)).await.ok()?.ok()?.0)
}

pub(crate) fn scan(text: &str) -> Observation {
    Observation::Scan { device: "scanner".to_owned(), text: text.to_owned(), symbology: None, repeat: false }
}

pub(crate) fn text(message: &FromStation) -> Message {
    Message::text(serde_json::to_string(message).unwrap())
}

pub(crate) fn hello() -> FromStation {
    FromStation::Hello { version: "test".to_owned(), clock_at: 0, last_event: 0, devices: Vec::new() }
}

impl Station {
    pub(crate) fn new(address: SocketAddr, token: &str) -> Station {
        Station {
            address,
            token: token.to_owned(),
            number: 0,
            acknowledged: 0,
            socket: None,
            labels: VecDeque::new(),
            signings: VecDeque::new(),
            printed: Vec::new(),
        }
    }

    /// One message of the server, or nothing when the line is cut or silent.
    async fn hear(&mut self, within: Duration) -> Option<FromServer> {
        let socket = self.socket.as_mut()?;
        loop {
            match timeout(within, socket.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => (),
                Err(_) => return None,
                _ => {
                    self.socket = None;
                    return None;
                }
            }
        }
    }

    async fn obey(&mut self, order: FromServer) -> Option<(u64, Verdict, String)> {
        match order {
            FromServer::Acknowledge { up_to } => self.acknowledged = self.acknowledged.max(up_to),
            FromServer::Print { job, .. } if !self.printed.contains(&job) => {
                self.printed.push(job);
                self.labels.push_back(job);
            }
            FromServer::Sign(request) => self.signings.push_back(request),
            FromServer::Answer { event, verdict, sentence } => return Some((event, verdict, sentence)),
            _ => (),
        }
        None
    }

    /// Hears what was said meanwhile, so that a line that was cut is noticed and dialled again.
    pub(crate) async fn be_there(&mut self) {
        while let Some(order) = self.hear(Duration::from_millis(1)).await {
            self.obey(order).await;
        }
        self.connect().await;
    }

    /// Dials until the server is there and has said what it keeps.
    async fn connect(&mut self) {
        let since = Instant::now();
        while self.socket.is_none() {
            assert!(since.elapsed() < PATIENCE, "the server takes no station");
            if let Some(mut socket) = dial(self.address, &self.token).await
                && socket.send(text(&hello())).await.is_ok()
            {
                self.socket = Some(socket);
                while let Some(order) = self.hear(Duration::from_secs(10)).await {
                    let kept = matches!(order, FromServer::Acknowledge { .. });
                    self.obey(order).await;
                    if kept {
                        return;
                    }
                }
            }
            self.socket = None;
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Says it until it is acknowledged. The answer to a scan may be lost with the line; what it did is not.
    pub(crate) async fn observe(&mut self, what: Observation) -> Option<(Verdict, String)> {
        self.number += 1;
        let number = self.number;
        let answered = matches!(what, Observation::Scan { .. });
        let event = Event { number, observed_at: 1_767_574_800_000_000, what };
        let since = Instant::now();
        loop {
            assert!(since.elapsed() < PATIENCE, "event {number} is not acknowledged");
            self.connect().await;
            if self.acknowledged >= number {
                return None;
            }
            let said = self.socket.as_mut().unwrap().send(text(&FromStation::Event(event.clone()))).await;
            if said.is_err() {
                self.socket = None;
            }
            while let Some(order) = self.hear(Duration::from_secs(20)).await {
                if let Some((event, verdict, sentence)) = self.obey(order).await
                    && event == number
                {
                    return Some((verdict, sentence));
                }
                if self.acknowledged >= number && !answered {
                    return None;
                }
            }
        }
    }

    pub(crate) async fn scan(&mut self, text: &str) -> Option<(Verdict, String)> {
        self.observe(scan(text)).await
    }

    /// The label that was ordered comes out of the printer.
    pub(crate) async fn print(&mut self) {
        let since = Instant::now();
        while self.labels.is_empty() {
            assert!(since.elapsed() < PATIENCE, "no label was ordered");
            self.connect().await;
            if let Some(order) = self.hear(Duration::from_millis(500)).await {
                self.obey(order).await;
            }
        }
        let job = self.labels.pop_front().unwrap();
        self.observe(Observation::Job { job, device: None, state: JobState::Sent }).await;
    }

    /// The newest statement that this station was asked to have signed.
    pub(crate) async fn asked_to_sign(&mut self, request: Uuid) -> SignRequest {
        let since = Instant::now();
        loop {
            assert!(since.elapsed() < PATIENCE, "nothing was to be signed");
            if let Some(at) = self.signings.iter().position(|it| it.request == request) {
                return self.signings.remove(at).unwrap();
            }
            self.connect().await;
            if let Some(order) = self.hear(Duration::from_millis(500)).await {
                self.obey(order).await;
            }
        }
    }
}
