//! `GET /station/ws`: where stations dial in. One JSON message per text frame. The station sends again what was not
//! acknowledged, so whenever this side is in doubt it closes with a reason, and nothing is lost.

use crate::{
    app::App,
    custody::{
        self, EventReport, enrol,
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
use hufu_wire::{FromServer, FromStation, message::REVOKED};
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
/// How many messages are taken together. They wait for one another, so not more than a moment's work.
const TOGETHER_MAX: usize = 200;
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

/// How long a station may take to answer the challenge.
const PROVE_WITHIN: Duration = Duration::from_secs(10);

/// Sends a fresh nonce (the challenge) and checks the answer, signed with the device key. A known station then goes on to the
/// conversation; a new one is enrolled and connects again. One nonce per connection, so a recorded answer cannot be replayed
/// and the server keeps no list of nonces.
async fn challenge(app: App, who: Option<StationId>, mut socket: WebSocket) {
    let (code, reason) = match prove(&app, who, &mut socket).await {
        Ok(Some(station)) => return converse(app, station, socket).await,
        Ok(None) => (close_code::NORMAL, "enrolled"),
        Err(End::Gone) => return,
        Err(End::Close(code, reason)) => (code, reason),
    };
    hang_up(&mut socket, code, reason).await;
}

/// How long the peer may take to answer a close frame.
const HEARD_WITHIN: Duration = Duration::from_secs(1);

/// Sends a close frame with the reason and reads until the peer has closed too: when a TCP socket is closed with unread data
/// in its receive buffer, the kernel sends RST, and the peer may discard the close frame it has not read yet.
async fn hang_up(socket: &mut WebSocket, code: u16, reason: &'static str) {
    let frame = CloseFrame { code, reason: reason.into() };
    if socket.send(Message::Close(Some(frame))).await.is_ok() {
        let closed = async { while let Some(Ok(_)) = socket.recv().await {} };
        // A peer that keeps sending would hold this task for ever, hence the timeout.
        drop(timeout(HEARD_WITHIN, closed).await);
    }
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
    let mut talk = Talk {
        app: &app,
        station: &station,
        socket,
        orders,
        told: BTreeSet::new(),
        heard: ScanAnswer::Nothing,
    };
    let end = talk.run().await;
    app.live.disconnect(station.id, connection);
    if let End::Close(code, reason) = end {
        tracing::info!(station = station.name, code, reason, "a station's connection was closed");
        hang_up(&mut talk.socket, code, reason).await;
    }
}

/// How far the station has come in telling its events.
#[derive(Clone, Copy)]
enum ScanAnswer {
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
    heard: ScanAnswer,
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
                    Ok(more) => match received(more) {
                        Ok(message) => {
                            silent_at = Instant::now() + SILENT_FOR;
                            self.hear_all(message).await
                        }
                        Err(end) => Err(end),
                    },
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
        if matches!(self.heard, ScanAnswer::Nothing) {
            return Ok(());
        }
        let waiting = orders(self.app, self.station, &self.told).await.map_err(|error| failed(&error))?;
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

    /// One message, and those that have arrived behind it: events that come together are kept together.
    async fn hear_all(&mut self, first: Message) -> Result<(), End> {
        let (mut events, mut next, mut room) = (Vec::new(), Some(first), TOGETHER_MAX);
        while let Some(message) = next.take() {
            room = room.saturating_sub(1);
            match read(message) {
                Ok(Some(message @ (FromStation::Event(_) | FromStation::Signed(_))))
                    if !matches!(self.heard, ScanAnswer::Nothing) =>
                {
                    match told(self.station, message) {
                        Ok(told) => events.push(told),
                        Err(end) => {
                            self.events(&mut events).await?;
                            return Err(end);
                        }
                    }
                }
                other => {
                    // What came before it comes first.
                    self.events(&mut events).await?;
                    if let Some(message) = other? {
                        self.hear(message).await?;
                    }
                }
            }
            if room > 0
                && let Ok(more) = timeout(Duration::ZERO, self.socket.recv()).await
            {
                match received(more) {
                    Ok(message) => next = Some(message),
                    Err(end) => {
                        self.events(&mut events).await?;
                        return Err(end);
                    }
                }
            }
        }
        self.events(&mut events).await
    }

    async fn hear(&mut self, message: FromStation) -> Result<(), End> {
        match (self.heard, message) {
            (ScanAnswer::Nothing, FromStation::Hello { devices, clock_at, .. }) => {
                let ahead = clock_at.saturating_sub(self.app.clock.now().0);
                self.app.live.clock(self.station.id, ahead);
                self.app.live.devices(self.station.id, devices);
                self.greet().await
            }
            (ScanAnswer::Nothing, _) => {
                Err(End::Close(close_code::POLICY, "the first message must be hello"))
            }
            (_, FromStation::Hello { .. }) => Err(End::Close(close_code::POLICY, "hello was said already")),
            (_, message @ (FromStation::Event(_) | FromStation::Signed(_))) => {
                self.events(&mut vec![told(self.station, message)?]).await
            }
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
        self.heard = ScanAnswer::Greeting;
        Ok(())
    }

    /// Kept, handled, acknowledged, answered. A number that leaves a gap is refused: what is missing will be sent again.
    async fn events(&mut self, events: &mut Vec<EventReport>) -> Result<(), End> {
        let mut wrong = None;
        let mut up_to = self.heard;
        let good = events.iter().take_while(|told| {
            wrong = not_next(up_to, told.event.number);
            if wrong.is_none() {
                up_to = ScanAnswer::Up(up_to.number().max(told.event.number));
            }
            wrong.is_none()
        });
        let good = good.count();
        events.truncate(good);
        while !events.is_empty() {
            let heard = custody::observe::observe_next(self.app, self.station, events).await;
            let heard = heard.map_err(|error| failed(&error))?;
            let done: Vec<EventReport> = events.drain(..heard.len().min(events.len())).collect();
            let last = done.last().map_or(0, |told| told.event.number);
            let up_to = self.heard.number().max(last);
            self.heard = ScanAnswer::Up(up_to);
            self.say(&FromServer::Acknowledge { up_to }).await?;
            for (told, heard) in done.iter().zip(heard) {
                if let Some(heard) = heard {
                    let (verdict, sentence) = (heard.verdict, heard.sentence);
                    self.say(&FromServer::Answer { event: told.event.number, verdict, sentence }).await?;
                }
            }
        }
        wrong.map_or(Ok(()), |reason| Err(End::Close(close_code::POLICY, reason)))
    }
}

/// The event of a message. The signature of an enrolled station is asked for before anything else: what it does not cover
/// was never said.
fn told(station: &Station, message: FromStation) -> Result<EventReport, End> {
    match message {
        FromStation::Event(event) if station.device_key.is_none() => Ok(event.into()),
        FromStation::Signed(signed) => {
            if enrol::is_signed(station, &signed).is_err() {
                return Err(End::Close(close_code::POLICY, "the event is not signed by this station"));
            }
            let event = serde_json::from_str(&signed.text)
                .map_err(|_| End::Close(close_code::INVALID, "what was signed is no event"))?;
            Ok(EventReport { event, signed: Some(signed) })
        }
        _ => Err(End::Close(close_code::POLICY, "an enrolled station signs its events")),
    }
}

impl ScanAnswer {
    fn number(self) -> u64 {
        match self {
            ScanAnswer::Up(number) => number,
            ScanAnswer::Nothing | ScanAnswer::Greeting => 0,
        }
    }
}

/// Why an event of this number cannot come now, if it cannot.
fn not_next(heard: ScanAnswer, number: u64) -> Option<&'static str> {
    if number == 0 || i64::try_from(number).is_err() {
        return Some("events are numbered from 1");
    }
    match heard {
        ScanAnswer::Up(last) if number > last.saturating_add(1) => {
            Some("an event is missing before this one")
        }
        _ => None,
    }
}

/// What came over the line, or why nothing more will.
fn received(message: Option<Result<Message, axum::Error>>) -> Result<Message, End> {
    match message {
        Some(Ok(message)) => Ok(message),
        Some(Err(_)) => Err(End::Close(close_code::SIZE, "this frame is too large or not well formed")),
        None => Err(End::Gone),
    }
}

/// A message of a station; nothing where only the line was tried.
fn read(message: Message) -> Result<Option<FromStation>, End> {
    let text = match message {
        Message::Text(text) => text,
        Message::Binary(_) => return Err(End::Close(close_code::UNSUPPORTED, "text frames only")),
        Message::Close(_) => return Err(End::Gone),
        Message::Ping(_) | Message::Pong(_) => return Ok(None),
    };
    let read = serde_json::from_str(&text);
    read.map(Some).map_err(|_| End::Close(close_code::INVALID, "this is not a message of a station"))
}

/// What an order is known by, if it is one to keep.
fn id_of(message: &FromServer) -> Option<Uuid> {
    match message {
        FromServer::Print { job, .. } => Some(*job),
        FromServer::Blanks { block, .. } => Some(*block),
        FromServer::Sign(request) => Some(request.request),
        _ => None,
    }
}

/// Nothing was acknowledged, so nothing is lost; the station tries again.
fn failed(error: &custody::Error) -> End {
    tracing::error!(error = error as &dyn std::error::Error, "a station's event could not be kept");
    End::Close(close_code::ERROR, "it could not be kept now; send it again")
}
