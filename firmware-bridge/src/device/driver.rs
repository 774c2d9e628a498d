//! What all roles have in common: settings are read from a device's table of the configuration file, and drive the device.

use super::Device;
use super::order::{Obstacle, Order};
use super::status::DeviceStatus;
use crate::clock;
use crate::state::{Jobs, NewEvent};
use crate::stream::{Address, Stream};
use hufu_wire::message::{DeviceRole, Observation};
use serde::de::DeserializeOwned;
use std::any::Any;
use std::fmt::Debug;
use std::pin::Pin;
use tokio::sync::mpsc;

/// One line of [`super::DRIVERS`].
#[derive(Clone, Copy)]
pub struct Role {
    pub role: DeviceRole,
    /// As the configuration file writes it; also the name of a device that has no other.
    pub word: &'static str,
    /// For the page: Chinese · English.
    pub title: &'static str,
    /// Checks a device of this name at this address with the rest of its table.
    pub read: fn(String, Address, toml::Table) -> Result<Device, SettingsError>,
}

/// The settings of a device, and how it is driven by them.
pub trait Driver: Any + Debug + Send + Sync {
    fn role(&self) -> DeviceRole;

    /// Drives the device until the stream ends or the device does not behave.
    fn drive<'a>(&'a self, stream: Box<dyn Stream>, context: &'a mut Context) -> Driving<'a>;
}

/// A trait object's `async fn`.
pub(super) type Driving<'a> = Pin<Box<dyn Future<Output = DriveEnd> + Send + 'a>>;

/// Why a driver gave its stream back.
#[derive(Debug)]
pub enum DriveEnd {
    /// Unplugged, switched off, or closed from the other side.
    Gone,
    /// The device is there but misbehaves; the stream is closed and opened again.
    Trouble(String),
}

impl From<std::io::Error> for DriveEnd {
    /// On a device that was unplugged every call fails in its own way; opening it again tells what is the matter.
    fn from(_: std::io::Error) -> DriveEnd {
        DriveEnd::Gone
    }
}

/// Everything of the station that a driver may touch.
pub struct Context {
    pub(super) status: DeviceStatus,
    pub(super) events: EventSender,
    pub(super) jobs: Jobs,
    pub(super) orders: mpsc::Receiver<Order>,
}

impl Context {
    /// What a device that is not there was asked for is answered at once.
    pub(super) async fn refuse_orders(&mut self) {
        while let Ok(order) = self.orders.try_recv() {
            if let Some(what) = order.not_done(self.status.name(), Obstacle::Absent) {
                self.events.send(what).await;
            }
        }
    }
}

/// To what is recorded.
#[derive(Clone)]
pub(super) struct EventSender(mpsc::Sender<NewEvent>);

impl EventSender {
    pub(super) fn new(sender: mpsc::Sender<NewEvent>) -> EventSender {
        EventSender(sender)
    }

    /// Waits while the disk is behind. False when the station is stopping, for only then the other end is gone.
    pub(super) async fn send(&self, what: Observation) -> bool {
        let sent = self.0.send(NewEvent { at: clock::now(), what }).await.is_ok();
        if !sent {
            tracing::warn!("an observation was not recorded: the station is stopping");
        }
        sent
    }
}

/// [`super::Orders`] gives no device another's work; should it, the order is not lost without a word.
pub(super) fn misdirected(order: Order, status: &DeviceStatus) {
    tracing::error!(?order, device = status.name(), "an order for another kind of device");
}

/// Why a device's table is refused.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error(transparent)]
    Syntax(#[from] Box<toml::de::Error>),
    #[error("{0}")]
    Wrong(String),
}

/// The settings of one role; a word it does not know is refused.
pub(super) fn table<T: DeserializeOwned>(table: toml::Table) -> Result<T, SettingsError> {
    table.try_into().map_err(|error| SettingsError::Syntax(Box::new(error)))
}

pub(super) fn wrong<T>(what: impl Into<String>) -> Result<T, SettingsError> {
    Err(SettingsError::Wrong(what.into()))
}

/// The raw USB reports of a scanner are no stream of bytes to any other device.
pub(super) fn byte_stream(name: &str, address: Address) -> Result<Address, SettingsError> {
    match address {
        Address::Hid(_) => wrong(format!("device \"{name}\": usb is for scanners with protocol = \"hid\"")),
        Address::Serial { .. } | Address::Tcp(_) | Address::File(_) | Address::Keyboard(_) => Ok(address),
    }
}
