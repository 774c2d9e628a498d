//! An RFID reader's settings: how long one look takes.

use super::{ConfigError, rest, wrong};
use serde::Deserialize;
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// How long the antennas are on in one inventory round.
    pub round: Duration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    round_ms: Option<u32>,
}

pub(super) fn read(name: &str, table: toml::Table) -> Result<Reader, ConfigError> {
    let written: Written = rest(table)?;
    match written.round_ms.unwrap_or(2_000) {
        round_ms @ 100..=60_000 => Ok(Reader { round: Duration::from_millis(u64::from(round_ms)) }),
        _ => wrong(format!("reader \"{name}\": round_ms is from 100 to 60000")),
    }
}
