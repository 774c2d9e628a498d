//! The conversation with the server: dials, greets, sends what waits in order, obeys, and dials again when it is cut.

use super::plan::{self, Step};
use super::tls::why_not_reached;
use crate::clock;
use crate::config::{Proof, Server};
use crate::device::{self, DeviceStatuses, Obstacle, Order, Orders};
use crate::identity::Identity;
use crate::recent::RecentScans;
use crate::state::{NewEvent, PrintJob, State, StateError};
use futures_util::{SinkExt, StreamExt};
use hufu_wire::message::DeviceState;
use hufu_wire::{FromServer, FromStation, message::REVOKED, signature::SignatureError};
use std::{sync::Arc, time::Duration};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout, timeout_at};
use tokio_tungstenite::tungstenite::{
    self, Message, client::IntoClientRequest, http::HeaderValue, protocol::frame::coding::CloseCode,
};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

const DIAL_WITHIN: Duration = Duration::from_secs(10);
const WAIT_FIRST: Duration = Duration::from_millis(500);
const WAIT_MOST: Duration = Duration::from_secs(30);
const PING_EVERY: Duration = Duration::from_secs(10);
/// A server that answers no ping for this long counts as gone.
const SILENT_FOR: Duration = Duration::from_secs(25);
/// The server should send its acknowledgement within this time of the welcome; otherwise everything pending is sent.
const GREETING_WITHIN: Duration = Duration::from_millis(500);
const BATCH: u32 = 100;
/// A later answer is shown but not beeped: the person no longer stands at the scanner.
const BEEP_WITHIN: Duration = Duration::from_secs(10);

/// The state of the connection, for the page.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Link {
    /// The station was given no server.
    None,
    Dialling {
        why: Option<String>,
    },
    /// Connected, under the name the server knows the station by.
    Connected {
        name: String,
    },
}

#[derive(Debug, thiserror::Error)]
enum Disconnect {
    #[error("服务器连接不上 · the server cannot be reached: {0}")]
    NotReached(String),
    #[error(
        "服务器不认识本工作站，或已停用，请重新登记 · the server does not know this station, or no longer: enrol it again"
    )]
    Refused,
    #[error("the answer to the server's challenge could not be signed: {0}")]
    Sign(#[from] SignatureError),
    #[error("服务器没有应答 · the server does not answer")]
    Silent,
    #[error("服务器关闭了连接 · the server closed the connection")]
    Closed,
    #[error(transparent)]
    State(#[from] StateError),
    #[error("a message could not be written: {0}")]
    Message(#[from] serde_json::Error),
}

impl From<tungstenite::Error> for Disconnect {
    fn from(error: tungstenite::Error) -> Disconnect {
        match error {
            tungstenite::Error::Http(answer) if matches!(answer.status().as_u16(), 401 | 403) => {
                Disconnect::Refused
            }
            tungstenite::Error::ConnectionClosed => Disconnect::Closed,
            error => Disconnect::NotReached(why_not_reached(&error)),
        }
    }
}

/// Everything the conversation touches.
pub struct Client {
    pub server: Server,
    /// Signs the server's challenge, where the station is enrolled.
    pub identity: Option<Arc<Identity>>,
    pub connector: Option<Connector>,
    pub state: State,
    pub statuses: DeviceStatuses,
    pub orders: Orders,
    /// To what is recorded.
    pub observed: mpsc::Sender<NewEvent>,
    pub recent: RecentScans,
    pub link: watch::Sender<Link>,
}

impl Client {
    /// Runs until the task is dropped. The wait between two attempts doubles up to half a minute, and is reset
    /// after every welcome.
    pub async fn run(self) {
        let mut wait = WAIT_FIRST;
        loop {
            let cut = match self.converse().await {
                Ok(never) => match never {},
                Err(cut) => cut,
            };
            if matches!(*self.link.borrow(), Link::Connected { .. }) {
                wait = WAIT_FIRST;
            }
            tracing::info!(%cut, wait_ms = wait.as_millis(), "not connected");
            self.link.send_replace(Link::Dialling { why: Some(cut.to_string()) });
            sleep(wait).await;
            wait = (wait * 2).min(WAIT_MOST);
        }
    }

    async fn converse(&self) -> Result<std::convert::Infallible, Disconnect> {
        let mut request = self.server.address.as_str().into_client_request()?;
        let says = match (&self.server.proof, &self.identity) {
            (Proof::Token(token), _) => format!("Bearer {token}"),
            (Proof::Enrolled(_), Some(identity)) => format!("Station {}", identity.station),
            (Proof::Enrolled(_), None) => return Err(Disconnect::Refused),
        };
        let says = HeaderValue::from_str(&says).map_err(|_| Disconnect::Refused)?;
        request.headers_mut().insert("authorization", says);
        let dial = connect_async_tls_with_config(request, None, true, self.connector.clone());
        let (socket, _) = timeout(DIAL_WITHIN, dial).await.map_err(|_| Disconnect::Silent)??;
        let mut talk = Conversation {
            client: self,
            socket,
            phase: Phase::Greeting,
            cursor: self.state.events.numbers().await?.acknowledged,
        };
        talk.run().await
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Greeting,
    /// Welcomed; waiting to hear which number the server keeps.
    Welcomed(Instant),
    Sending,
}

struct Conversation<'a> {
    client: &'a Client,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    phase: Phase,
    /// The last event put on this connection.
    cursor: u64,
}

impl Conversation<'_> {
    async fn run(&mut self) -> Result<std::convert::Infallible, Disconnect> {
        let mut statuses = self.client.statuses.watch();
        let mut changes = self.client.state.changes();
        let mut told = statuses.borrow_and_update().clone();
        let mut ping = interval(PING_EVERY);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        if let Some(identity) = self.client.identity.clone() {
            self.prove(&identity).await?;
        }
        self.hello(told.clone()).await?;
        loop {
            let more = self.send_waiting().await?;
            let greeted = match self.phase {
                Phase::Welcomed(at) => at + GREETING_WITHIN,
                _ => Instant::now() + PING_EVERY,
            };
            tokio::select! {
                biased;
                message = self.socket.next() => {
                    heard = Instant::now();
                    self.hear(message.ok_or(Disconnect::Closed)??).await?;
                }
                () = std::future::ready(()), if more => {}
                _ = changes.changed() => {}
                _ = statuses.changed() => {
                    let now = statuses.borrow_and_update().clone();
                    for state in now.iter().filter(|state| !told.contains(state)) {
                        self.say(&FromStation::Device(state.clone())).await?;
                    }
                    told = now;
                }
                () = tokio::time::sleep_until(greeted), if matches!(self.phase, Phase::Welcomed(_)) => {
                    self.phase = Phase::Sending;
                }
                _ = ping.tick() => {
                    if heard.elapsed() > SILENT_FOR {
                        return Err(Disconnect::Silent);
                    }
                    let events = self.client.state.events.numbers().await?.waiting();
                    self.say(&FromStation::Waiting { events }).await?;
                    self.socket.send(Message::Ping(Vec::new().into())).await?;
                }
            }
        }
    }

    /// The server's first word to an enrolled station is a number to sign.
    async fn prove(&mut self, identity: &Identity) -> Result<(), Disconnect> {
        let until = Instant::now() + DIAL_WITHIN;
        loop {
            let message = timeout_at(until, self.socket.next()).await.map_err(|_| Disconnect::Silent)?;
            match message.ok_or(Disconnect::Closed)?? {
                Message::Text(text) => {
                    let FromServer::Challenge { nonce } = serde_json::from_str(&text)? else {
                        return Err(Disconnect::Refused);
                    };
                    return self.say(&FromStation::Prove { signature: identity.prove(&nonce)? }).await;
                }
                Message::Close(_) => return Err(Disconnect::Closed),
                _ => (),
            }
        }
    }

    async fn hello(&mut self, devices: Vec<DeviceState>) -> Result<(), Disconnect> {
        let last_event = self.client.state.events.numbers().await?.last;
        let version = env!("CARGO_PKG_VERSION").to_owned();
        self.say(&FromStation::Hello { version, clock_at: clock::now(), last_event, devices }).await
    }

    async fn say(&mut self, message: &FromStation) -> Result<(), Disconnect> {
        let text = serde_json::to_string(message)?;
        match timeout(SILENT_FOR, self.socket.send(Message::text(text))).await {
            Err(_elapsed) => Err(Disconnect::Silent),
            Ok(sent) => Ok(sent?),
        }
    }

    /// Sends one batch in order; says whether more may be sent at once.
    async fn send_waiting(&mut self) -> Result<bool, Disconnect> {
        if self.phase != Phase::Sending {
            return Ok(false);
        }
        let room = plan::room_to_send(self.client.state.events.numbers().await?, self.cursor);
        if room == 0 {
            return Ok(false);
        }
        let most = u32::try_from(room).unwrap_or(BATCH).min(BATCH);
        for waiting in self.client.state.events.to_send(self.cursor, most).await? {
            let number = waiting.event.number;
            self.say(&waiting.message()).await?;
            self.cursor = number;
        }
        Ok(room > u64::from(BATCH))
    }

    async fn hear(&mut self, message: Message) -> Result<(), Disconnect> {
        match message {
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(message) => self.obey(message).await,
                Err(error) => {
                    // A newer server may say things this version does not know; what it knows still works.
                    tracing::warn!(%error, "a message from the server was not understood");
                    Ok(())
                }
            },
            Message::Close(Some(frame)) if frame.code == CloseCode::Policy && frame.reason == REVOKED => {
                Err(Disconnect::Refused)
            }
            Message::Close(_) => Err(Disconnect::Closed),
            _ => Ok(()),
        }
    }

    async fn obey(&mut self, message: FromServer) -> Result<(), Disconnect> {
        let state = &self.client.state;
        match message {
            FromServer::Welcome { name, .. } => {
                self.client.link.send_replace(Link::Connected { name });
                self.phase = Phase::Welcomed(Instant::now());
            }
            FromServer::Acknowledge { up_to } => {
                match plan::on_acknowledge(state.events.numbers().await?, up_to) {
                    Step::Nothing => (),
                    Step::Forget { up_to } => {
                        state.events.forget(up_to).await?;
                        self.cursor = self.cursor.max(up_to);
                    }
                    Step::Renumber { after } => {
                        tracing::warn!(
                            after,
                            "the server knows later numbers; what waits is numbered behind them"
                        );
                        state.events.renumber(after).await?;
                        self.cursor = after;
                    }
                }
                self.phase = Phase::Sending;
            }
            FromServer::Print { job, title, raster } => {
                state.jobs.queue(&PrintJob { id: job, title, raster }, clock::now()).await?;
            }
            FromServer::Blanks { block, labels } => {
                state.labels.keep_block(block, &labels, clock::now()).await?;
            }
            FromServer::Weigh { request } => self.give(None, Order::Weigh { request }).await,
            FromServer::Inventory { request } => self.give(None, Order::Inventory { request }).await,
            FromServer::OpenLock { request, device, lock } => {
                self.give(Some(&device), Order::OpenLock { request, lock }).await;
            }
            FromServer::Sign(request) => state.requests.keep(&request, clock::now()).await?,
            FromServer::ForgetSign { request } => state.requests.withdraw(request, clock::now()).await?,
            // Valid only before the welcome.
            FromServer::Challenge { .. } | FromServer::Enrolled { .. } => (),
            FromServer::Answer { event, verdict, sentence } => {
                if let Some((at, device)) = self.client.recent.answered(event, verdict, sentence)
                    && u128::from(clock::now().abs_diff(at)) < BEEP_WITHIN.as_micros()
                {
                    self.give(Some(&device), Order::Verdict(verdict)).await;
                }
            }
        }
        Ok(())
    }

    /// An order that no device takes, because there is none or it has too much to do, is answered at once: a request is
    /// never met with silence.
    async fn give(&self, device: Option<&str>, order: Order) {
        let Err(order) = self.client.orders.give(device, order) else { return };
        tracing::debug!(?order, device, "no device takes this order");
        let word = device::role(order.role()).map_or("", |role| role.word);
        let Some(what) = order.not_done(device.unwrap_or(word), Obstacle::NoneFree) else { return };
        if self.client.observed.send(NewEvent { at: clock::now(), what }).await.is_err() {
            tracing::warn!("a request of the server was not answered: the station is stopping");
        }
    }
}
