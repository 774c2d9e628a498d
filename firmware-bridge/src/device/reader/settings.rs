//! An RFID reader's settings: how long one look takes.

use super::super::Device;
use super::super::driver::{SettingsError, table as read_table, wrong};
use crate::stream::Address;
use serde::Deserialize;
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// How long the antennas are on in one inventory round.
    pub round: Duration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSettings {
    round_ms: Option<u32>,
}

pub(super) fn read(name: String, address: Address, table: toml::Table) -> Result<Device, SettingsError> {
    if !matches!(address, Address::Tcp(_)) {
        return wrong(format!("reader \"{name}\" needs tcp = \"host:5084\""));
    }
    let reader = parse(&name, table)?;
    Ok(Device::new(name, address, reader))
}

fn parse(name: &str, table: toml::Table) -> Result<Reader, SettingsError> {
    let written: RawSettings = read_table(table)?;
    match written.round_ms.unwrap_or(2_000) {
        round_ms @ 100..=60_000 => Ok(Reader { round: Duration::from_millis(u64::from(round_ms)) }),
        _ => wrong(format!("reader \"{name}\": round_ms is from 100 to 60000")),
    }
}
