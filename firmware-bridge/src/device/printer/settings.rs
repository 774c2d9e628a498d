//! A printer's settings: its language and what is peculiar about it, whether it answers, and how long it may be silent.

use super::super::Device;
use super::super::driver::{SettingsError, byte_stream, table as read_table, wrong};
use crate::stream::Address;
use hufu_protocol::Language;
use hufu_protocol::printer::{Cut, Manner, tspl::Polarity};
use serde::Deserialize;
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Printer {
    pub manner: Manner,
    /// Whether the printer answers a question about its state. One that does not can never confirm a label.
    pub answers: bool,
    /// How long a printer may take no byte at all before a job's outcome is called unknown.
    pub stall: Duration,
    /// How long after the last byte a printer may take to say that the label is out.
    pub confirm: Duration,
}

impl Printer {
    /// A printer of this language without peculiarities.
    pub fn speaking(language: Language) -> Printer {
        Printer {
            manner: Manner::plain(language),
            answers: true,
            stall: Duration::from_secs(5),
            confirm: Duration::from_secs(20),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSettings {
    language: Option<RawLanguage>,
    answers: Option<bool>,
    black: Option<RawBlack>,
    cut: Option<bool>,
    stall_ms: Option<u64>,
    confirm_ms: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawLanguage {
    Zpl,
    Tspl,
    Escpos,
}

/// Which bit of a TSPL bitmap prints a dot.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawBlack {
    Zero,
    One,
}

pub(super) fn read(name: String, address: Address, table: toml::Table) -> Result<Device, SettingsError> {
    let address = byte_stream(&name, address)?;
    let printer = parse(&name, table)?;
    Ok(Device::new(name, address, printer))
}

fn parse(name: &str, table: toml::Table) -> Result<Printer, SettingsError> {
    let written: RawSettings = read_table(table)?;
    let language = match written.language {
        Some(RawLanguage::Zpl) => Language::Zpl,
        Some(RawLanguage::Tspl) => Language::Tspl,
        Some(RawLanguage::Escpos) => Language::Escpos,
        None => return wrong(format!("printer \"{name}\" needs language = \"zpl\", \"tspl\" or \"escpos\"")),
    };
    if written.black.is_some() && language != Language::Tspl {
        return wrong(format!("printer \"{name}\": black is a setting of TSPL printers; leave it out"));
    }
    if written.cut.is_some() && language != Language::Escpos {
        return wrong(format!("printer \"{name}\": cut is a setting of ESC/POS printers; leave it out"));
    }
    let plain = Printer::speaking(language);
    let manner = Manner {
        language,
        polarity: match written.black.unwrap_or(RawBlack::Zero) {
            RawBlack::Zero => Polarity::ZeroIsBlack,
            RawBlack::One => Polarity::OneIsBlack,
        },
        cut: if written.cut.unwrap_or(false) { Cut::After } else { Cut::No },
    };
    Ok(Printer {
        manner,
        answers: written.answers.unwrap_or(plain.answers),
        stall: written.stall_ms.map_or(plain.stall, Duration::from_millis),
        confirm: written.confirm_ms.map_or(plain.confirm, Duration::from_millis),
    })
}
