//! A scanner's settings: how its codes are framed on the wire.

use super::{ConfigError, rest};
use hufu_protocol::scanner::line::{Framing, Suffix};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    prefix: Option<String>,
    suffix: Option<WrittenSuffix>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenSuffix {
    LineEnd,
    Tab,
    Pause,
}

pub(super) fn read(table: toml::Table) -> Result<Framing, ConfigError> {
    let written: Written = rest(table)?;
    Ok(Framing {
        prefix: written.prefix.unwrap_or_default().into_bytes(),
        suffix: match written.suffix.unwrap_or(WrittenSuffix::LineEnd) {
            WrittenSuffix::LineEnd => Suffix::LineEnd,
            WrittenSuffix::Tab => Suffix::Tab,
            WrittenSuffix::Pause => Suffix::Pause,
        },
        ..Framing::default()
    })
}
