//! `GET /station/ws`: where stations dial in. One JSON message per text frame. The station sends again what was not
//! acknowledged, so whenever this side is in doubt it closes with a reason, and nothing is lost.

use crate::{
    app::App,
    custody::{
        self, enrol,
        observe::{greeting, orders},
        station::Station,
    },
    id::StationId,
};
use axum::{
    Router,
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::get,
};
use hufu_wire::{
    FromServer, FromStation,
    message::{Event, REVOKED, SignedEvent},
};
use std::{collections::BTreeSet, time::Duration};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, timeout, timeout_at},
};
use uuid::Uuid;

/// The largest message of a station, in bytes. A scan has hundreds.
const MESSAGE_MAX_BYTES: usize = 64 << 10;
/// A station pings every ten seconds; one that is silent for this long is gone.
const SILENT_FOR: Duration = Duration::from_secs(45);
/// How often the ledger is asked for orders that were given at another server.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The stations' address.
pub fn router(app: App) -> Router {
    Router::new().route("/station/ws", get(dial_in)).with_state(app)
}

/// Refuses a token that no station has. Who names itself, and who is new, is asked for a proof first.
async fn dial_in(State(app): State<App>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    let says = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let upgrade = upgrade.max_message_size(MESSAGE_MAX_BYTES).max_frame_size(MESSAGE_MAX_BYTES);
    let token = match says.split_once(' ') {
        None if says == "Enrol" => return upgrade.on_upgrade(move |socket| challenge(app, None, socket)),
        Some(("Station", id)) => match id.trim().parse() {
            Ok(id) => {
                return upgrade.on_upgrade(move |socket| challenge(app, Some(StationId(id)), socket));
            }
            Err(_) => return StatusCode::UNAUTHORIZED.into_response(),
        },
        Some(("Bearer", token)) => token,
        _ => return StatusCode::UNAUTHORIZED.into_response(),
    };
    match custody::station::by_token(&app, token.trim()).await {
        Ok(station) => upgrade.on_upgrade(move |socket| converse(app, station, socket)),
        Err(custody::Error::NotFound(_)) => StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a station could not be looked up");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Why a conversation ended.
enum End {
    /// The station has gone.
    Gone,
    /// It said something that cannot be; it hears what, and dials again.
    Close(u16, &'static str),
}

/// How long somebody may take for a proof.
const PROVE_WITHIN: Duration = Duration::from_secs(10);

/// A fresh number, and what comes back signed with the device key: the station goes on talking, or is enrolled and dials again.
async fn challenge(app: App, who: Option<StationId>, mut socket: WebSocket) {
    let (code, reason) = match prove(&app, who, &mut socket).await {
        Ok(Some(station)) => return converse(app, station, socket).await,
        Ok(None) => (close_code::NORMAL, "enrolled"),
        Err(End::Gone) => return,
        Err(End::Close(code, reason)) => (code, reason),
    };
    let frame = CloseFrame { code, reason: reason.into() };
    // Whoever has gone hears nothing, and needs nothing.
    drop(socket.send(Message::Close(Some(frame))).await);
}

async fn prove(app: &App, who: Option<StationId>, socket: &mut WebSocket) -> Result<Option<Station>, End> {
    let nonce = app.random.token().map_err(|_| End::Close(close_code::ERROR, "no randomness now"))?;
    tell(socket, &FromServer::Challenge { nonce: nonce.clone() }).await?;
    let answer = match timeout(PROVE_WITHIN, socket.recv()).await {
        Ok(Some(Ok(Message::Text(text)))) => serde_json::from_str(&text),
        _ => return Err(End::Gone),
    };
    match (who, answer) {
        (Some(id), Ok(FromStation::Prove { signature })) => {
            match enrol::proves(app, id, &nonce, &signature).await {
                Ok(station) => Ok(Some(station)),
                Err(error) => Err(shut_out(&error, REVOKED)),
            }
        }
        (None, Ok(FromStation::Enrol { code, key, signature })) => {
            match enrol::enrol(app, (&code, &key, &signature), &nonce).await {
                Ok(station) => {
                    let (station, name) = (station.id.0, station.name);
                    tell(socket, &FromServer::Enrolled { station, name }).await?;
                    Ok(None)
                }
                Err(error) => Err(shut_out(
                    &error,
                    "登记码不存在、已用过或已过期 the code is unknown, used or out of date",
                )),
            }
        }
        _ => Err(End::Close(close_code::POLICY, "the first message must be the proof")),
    }
}

/// A no is told; a failure of ours is no refusal, and the station tries again.
fn shut_out(error: &custody::Error, reason: &'static str) -> End {
    match error {
        custody::Error::Store(_) | custody::Error::Random(_) => failed(error),
        _ => End::Close(close_code::POLICY, reason),
    }
}

async fn tell(socket: &mut WebSocket, message: &FromServer) -> Result<(), End> {
    let text = serde_json::to_string(message).map_err(|_| End::Close(close_code::ERROR, "not writable"))?;
    socket.send(Message::text(text)).await.map_err(|_| End::Gone)
}

async fn converse(app: App, station: Station, socket: WebSocket) {
    let (to_station, orders) = mpsc::unbounded_channel();
    let connection = app.live.connect(station.id, to_station);
    let mut talk =
        Talk { app: &app, station: &station, socket, orders, told: BTreeSet::new(), heard: Heard::Nothing };
    let end = talk.run().await;
    app.live.disconnect(station.id, connection);
    if let End::Close(code, reason) = end {
        tracing::info!(station = station.name, code, reason, "a station's connection was closed");
        let frame = CloseFrame { code, reason: reason.into() };
        // A station that is gone already hears nothing, and needs nothing.
        drop(talk.socket.send(Message::Close(Some(frame))).await);
    }
}

/// How far the station has come in telling its events.
#[derive(Clone, Copy)]
enum Heard {
    /// Not even its greeting.
    Nothing,
    /// The greeting; the first event may have any number after those that are kept.
    Greeting,
    Up(u64),
}

struct Talk<'a> {
    app: &'a App,
    station: &'a Station,
    socket: WebSocket,
    orders: mpsc::UnboundedReceiver<FromServer>,
    /// Labels and statements that the station was told of on this connection.
    told: BTreeSet<Uuid>,
    heard: Heard,
}

impl Talk<'_> {
    async fn run(&mut self) -> End {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut silent_at = Instant::now() + SILENT_FOR;
        loop {
            let step = tokio::select! {
                message = timeout_at(silent_at, self.socket.recv()) => match message {
                    Err(_elapsed) => Err(End::Close(close_code::POLICY, "no message for 45 seconds")),
                    Ok(None) => Err(End::Gone),
                    Ok(Some(Err(_))) => Err(End::Close(close_code::SIZE, "this frame is too large or not well formed")),
                    Ok(Some(Ok(message))) => {
                        silent_at = Instant::now() + SILENT_FOR;
                        self.hear(message).await
                    }
                },
                order = self.orders.recv() => match order {
                    Some(order) => self.say(&order).await,
                    None => Err(End::Close(close_code::POLICY, "this station has dialled in again")),
                },
                _ = look.tick() => self.look().await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Tells the station what was ordered and not said on this connection.
    async fn look(&mut self) -> Result<(), End> {
        if !enrol::is_known(self.app, self.station).await.map_err(|error| failed(&error))? {
            return Err(End::Close(close_code::POLICY, REVOKED));
        }
        if matches!(self.heard, Heard::Nothing) {
            return Ok(());
        }
        let waiting = orders(self.app, self.station).await.map_err(|error| failed(&error))?;
        for order in waiting {
            self.say(&order).await?;
        }
        Ok(())
    }

    /// An order is told once on a connection.
    async fn say(&mut self, message: &FromServer) -> Result<(), End> {
        if id_of(message).is_some_and(|id| !self.told.insert(id)) {
            return Ok(());
        }
        tell(&mut self.socket, message).await
    }

    async fn hear(&mut self, message: Message) -> Result<(), End> {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(End::Close(close_code::UNSUPPORTED, "text frames only")),
            Message::Close(_) => return Err(End::Gone),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
        };
        let message = serde_json::from_str(&text)
            .map_err(|_| End::Close(close_code::INVALID, "this is not a message of a station"))?;
        match (self.heard, message) {
            (Heard::Nothing, FromStation::Hello { devices, .. }) => {
                self.app.live.devices(self.station.id, devices);
                self.greet().await
            }
            (Heard::Nothing, _) => Err(End::Close(close_code::POLICY, "the first message must be hello")),
            (_, FromStation::Hello { .. }) => Err(End::Close(close_code::POLICY, "hello was said already")),
            (_, FromStation::Event(event)) if self.station.device_key.is_none() => {
                self.event(event, None).await
            }
            (_, FromStation::Event(_)) => {
                Err(End::Close(close_code::POLICY, "an enrolled station signs its events"))
            }
            (_, FromStation::Signed(signed)) => self.signed(signed).await,
            (_, FromStation::Prove { .. } | FromStation::Enrol { .. }) => {
                Err(End::Close(close_code::POLICY, "this was proven already"))
            }
            (_, FromStation::Device(device)) => {
                self.app.live.device(self.station.id, device);
                Ok(())
            }
            (_, FromStation::Waiting { events }) => {
                self.app.live.waiting(self.station.id, events);
                Ok(())
            }
        }
    }

    /// Welcome, the number up to which everything is kept, and what the station has not been told or not obeyed.
    async fn greet(&mut self) -> Result<(), End> {
        let orders = greeting(self.app, self.station).await.map_err(|error| failed(&error))?;
        for order in orders {
            self.say(&order).await?;
        }
        self.heard = Heard::Greeting;
        Ok(())
    }

    /// The signature is asked for before anything else: what it does not cover was never said.
    async fn signed(&mut self, signed: SignedEvent) -> Result<(), End> {
        if enrol::is_signed(self.station, &signed).is_err() {
            return Err(End::Close(close_code::POLICY, "the event is not signed by this station"));
        }
        let event = serde_json::from_str(&signed.text)
            .map_err(|_| End::Close(close_code::INVALID, "what was signed is no event"))?;
        self.event(event, Some(signed)).await
    }

    /// Kept, handled, acknowledged, answered. A number that leaves a gap is refused: what is missing will be sent again.
    async fn event(&mut self, event: Event, signed: Option<SignedEvent>) -> Result<(), End> {
        let number = event.number;
        if number == 0 || i64::try_from(number).is_err() {
            return Err(End::Close(close_code::POLICY, "events are numbered from 1"));
        }
        if let Heard::Up(last) = self.heard
            && number > last.saturating_add(1)
        {
            return Err(End::Close(close_code::POLICY, "an event is missing before this one"));
        }
        let heard = custody::observe(self.app, self.station, &event, signed.as_ref());
        let heard = heard.await.map_err(|error| failed(&error))?;
        let up_to = match self.heard {
            Heard::Up(last) => last.max(number),
            _ => number,
        };
        self.heard = Heard::Up(up_to);
        self.say(&FromServer::Acknowledge { up_to }).await?;
        match heard {
            Some(heard) => {
                let (verdict, sentence) = (heard.verdict, heard.sentence);
                self.say(&FromServer::Answer { event: number, verdict, sentence }).await
            }
            None => Ok(()),
        }
    }
}

/// What an order is known by, if it is one to keep.
fn id_of(message: &FromServer) -> Option<Uuid> {
    match message {
        FromServer::Print { job, .. } => Some(*job),
        FromServer::Sign(request) => Some(request.request),
        _ => None,
    }
}

/// Nothing was acknowledged, so nothing is lost; the station tries again.
fn failed(error: &custody::Error) -> End {
    tracing::error!(error = error as &dyn std::error::Error, "a station's event could not be kept");
    End::Close(close_code::ERROR, "it could not be kept now; send it again")
}
