//! A lock board's settings. Which level of a door's sensor means "closed" depends on how the lock is wired, so it must be
//! said: there is no default that would not lie at half of all cabinets.

use super::super::Device;
use super::super::driver::{SettingsError, byte_stream, table as read_table, wrong};
use crate::stream::Address;
use hufu_protocol::locker::modbus::Unit;
use serde::Deserialize;
use std::num::NonZeroU8;
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub struct Locks {
    /// The board's address on the bus.
    pub unit: Unit,
    /// Locks are numbered from 1 to this; lock 1 is coil 0 and input 0.
    pub count: NonZeroU8,
    pub sensor: Sensor,
    /// How long a lock's coil is on.
    pub pulse: Duration,
    /// How long after the pulse a door may take to move.
    pub open_within: Duration,
}

/// What a door's input says while the door is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensor {
    OnWhenClosed,
    OnWhenOpen,
}

impl Sensor {
    pub fn is_open(self, input: bool) -> bool {
        match self {
            Sensor::OnWhenClosed => !input,
            Sensor::OnWhenOpen => input,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSettings {
    unit: Option<u8>,
    count: Option<NonZeroU8>,
    sensor: Option<Sensor>,
    pulse_ms: Option<u64>,
    open_within_ms: Option<u64>,
}

/// No board sold has more than 64 inputs, and 64 bits fit one Modbus response.
const COUNT_MAX: u8 = 64;

pub(super) fn read(name: String, address: Address, table: toml::Table) -> Result<Device, SettingsError> {
    let address = byte_stream(&name, address)?;
    let locks = parse(&name, table)?;
    Ok(Device::new(name, address, locks))
}

fn parse(name: &str, table: toml::Table) -> Result<Locks, SettingsError> {
    let written: RawSettings = read_table(table)?;
    let Some(unit) = Unit::new(written.unit.unwrap_or(1)) else {
        return wrong(format!("locks \"{name}\": unit is from 1 to 247; 0 would speak to every board"));
    };
    let Some(count) = written.count.filter(|count| count.get() <= COUNT_MAX) else {
        return wrong(format!(
            "locks \"{name}\" needs count, the number of its locks, from 1 to {COUNT_MAX}"
        ));
    };
    let Some(sensor) = written.sensor else {
        return wrong(format!(
            "locks \"{name}\" needs sensor = \"on_when_closed\" or \"on_when_open\": look at an input while its door is shut"
        ));
    };
    let pulse_ms = written.pulse_ms.unwrap_or(500);
    if !(50..=5_000).contains(&pulse_ms) {
        return wrong(format!("locks \"{name}\": pulse_ms is from 50 to 5000, or a coil burns"));
    }
    Ok(Locks {
        unit,
        count,
        sensor,
        pulse: Duration::from_millis(pulse_ms),
        open_within: Duration::from_millis(written.open_within_ms.unwrap_or(3_000)),
    })
}
