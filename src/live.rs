//! What is going on right now: which stations are connected and how their devices are, and the short news that make
//! pages re-read. Nothing here is kept; what must be kept is in the ledger.

use crate::id::{CountId, HandoverId, PersonId, SessionId, StationId};
use hufu_wire::{
    FromServer,
    message::{DeviceState, Verdict},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::{broadcast, mpsc};

/// News for open pages. It says only where to look; the page reads again what it may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// An entry was recorded.
    Entry(u64),
    /// Something changed at the counter of this station: a scan, a weight, a label.
    Counter {
        station: StationId,
        heard: Option<ScanAnswer>,
    },
    /// A station came, went, or one of its devices did.
    Station(StationId),
    Handover(HandoverId),
    Count(CountId),
    /// A signature was asked for, made or declined.
    Signing {
        person: PersonId,
    },
    /// Somebody has logged out.
    SessionEnd(SessionId),
}

/// What a scan or a weight was answered: at the scanner, on the station's page and on the counter's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ScanAnswer {
    #[schema(value_type = String, example = "accepted")]
    pub verdict: Verdict,
    pub sentence: String,
    /// Where more about it is.
    pub href: Option<String>,
}

/// A station as it is now.
#[derive(Clone, Debug, Default)]
pub struct StationNow {
    pub connected: bool,
    pub devices: Vec<DeviceState>,
    /// Events that wait in its outbox.
    pub waiting: u64,
    /// How far its clock was ahead of ours when it greeted, in microseconds.
    pub ahead: i64,
    connection: u64,
    to_station: Option<mpsc::UnboundedSender<FromServer>>,
}

/// Shared by everything that runs in one server.
#[derive(Clone, Debug)]
pub struct Live {
    news: broadcast::Sender<News>,
    told: Arc<AtomicU64>,
    stations: Arc<Mutex<BTreeMap<StationId, StationNow>>>,
    /// How many pages of each session are being told.
    listeners: Arc<Mutex<BTreeMap<SessionId, usize>>>,
}

/// Pages of one session that are told at a time. A page in the background does not listen.
const LISTENERS_MOST: usize = 4;

/// One page that is being told. It counts until it is dropped.
#[derive(Debug)]
pub struct Listener {
    pub news: broadcast::Receiver<News>,
    session: SessionId,
    listeners: Arc<Mutex<BTreeMap<SessionId, usize>>>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = listeners.get_mut(&self.session) {
            *count = count.saturating_sub(1);
        }
        listeners.retain(|_, count| *count > 0);
    }
}

impl Default for Live {
    fn default() -> Live {
        Live {
            news: broadcast::Sender::new(1_024),
            told: Arc::default(),
            stations: Arc::default(),
            listeners: Arc::default(),
        }
    }
}

impl Live {
    /// Tells open pages. It is all right when nobody listens.
    pub fn tell(&self, news: News) {
        self.told.fetch_add(1, Ordering::SeqCst);
        drop(self.news.send(news));
    }

    /// How much was told so far. A page made at another number than its line to us was opened at has missed something.
    pub fn told(&self) -> u64 {
        self.told.load(Ordering::SeqCst)
    }

    pub fn listen(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// For one page of a session. None when so many listen already.
    pub fn listen_for(&self, session: SessionId) -> Option<Listener> {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        let count = listeners.entry(session).or_default();
        if *count >= LISTENERS_MOST {
            return None;
        }
        *count = count.saturating_add(1);
        Some(Listener { news: self.listen(), session, listeners: self.listeners.clone() })
    }

    /// A station has dialled in. A newer connection takes the place of an older one; the number names it.
    pub fn connect(&self, station: StationId, to_station: mpsc::UnboundedSender<FromServer>) -> u64 {
        let connection = self.with(|stations| {
            let now = stations.entry(station).or_default();
            now.connection = now.connection.saturating_add(1);
            now.connected = true;
            now.to_station = Some(to_station);
            now.connection
        });
        self.tell(News::Station(station));
        connection
    }

    /// The connection has ended, unless a newer one has taken its place.
    pub fn disconnect(&self, station: StationId, connection: u64) {
        self.with(|stations| {
            if let Some(now) = stations.get_mut(&station).filter(|now| now.connection == connection) {
                now.connected = false;
                now.to_station = None;
            }
        });
        self.tell(News::Station(station));
    }

    /// Sends to a station. False when it is not connected now.
    pub fn send(&self, station: StationId, message: FromServer) -> bool {
        self.with(|stations| {
            let sender = stations.get(&station).and_then(|now| now.to_station.as_ref());
            sender.is_some_and(|sender| sender.send(message).is_ok())
        })
    }

    /// How far a station's clock is ahead of ours, as its last greeting showed.
    pub fn clock(&self, station: StationId, ahead: i64) {
        self.with(|stations| stations.entry(station).or_default().ahead = ahead);
    }

    pub fn ahead(&self, station: StationId) -> i64 {
        self.with(|stations| stations.get(&station).map_or(0, |now| now.ahead))
    }

    pub fn station(&self, station: StationId) -> StationNow {
        self.with(|stations| stations.get(&station).cloned().unwrap_or_default())
    }

    /// Every device of a station, as it says in its greeting.
    pub fn devices(&self, station: StationId, devices: Vec<DeviceState>) {
        self.with(|stations| stations.entry(station).or_default().devices = devices);
        self.tell(News::Station(station));
    }

    pub fn device(&self, station: StationId, device: DeviceState) {
        self.with(|stations| {
            let devices = &mut stations.entry(station).or_default().devices;
            devices.retain(|known| known.name != device.name);
            devices.push(device);
            devices.sort_by(|a, b| a.name.cmp(&b.name));
        });
        self.tell(News::Station(station));
    }

    pub fn waiting(&self, station: StationId, events: u64) {
        self.with(|stations| stations.entry(station).or_default().waiting = events);
        self.tell(News::Station(station));
    }

    /// A std mutex, because nothing is awaited while it is held. A panic elsewhere leaves the map usable.
    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<StationId, StationNow>) -> T) -> T {
        act(&mut self.stations.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
