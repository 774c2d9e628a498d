//! A scanner's settings: what it speaks, how its codes are framed, and how it hears what the server thinks of a scan.

use super::super::Device;
use super::super::driver::{SettingsError, table as read_table, wrong};
use crate::stream::{Address, Hid};
use hufu_protocol::scanner::line::{AimUse, Framing, Suffix};
use hufu_protocol::scanner::{Feedback, Setup};
use serde::Deserialize;
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Scanner {
    pub setup: Setup,
    /// The same text again within this time is the same label still under the beam; zero means never.
    pub repeat: Duration,
}

impl Default for Scanner {
    fn default() -> Scanner {
        Scanner { setup: Setup::default(), repeat: Duration::from_millis(300) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSettings {
    protocol: Option<Protocol>,
    prefix: Option<String>,
    suffix: Option<RawSuffix>,
    aim: Option<RawAim>,
    feedback: Option<RawFeedback>,
    repeat_ms: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Protocol {
    Line,
    Ssi,
    Hid,
    Keyboard,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawSuffix {
    LineEnd,
    Tab,
    Pause,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawAim {
    Optional,
    Required,
    Data,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawFeedback {
    None,
    Honeywell,
}

pub(super) fn read(name: String, address: Address, table: toml::Table) -> Result<Device, SettingsError> {
    let scanner = parse(&name, table)?;
    let address = address_of(&name, &scanner.setup, address)?;
    Ok(Device::new(name, address, scanner))
}

fn parse(name: &str, table: toml::Table) -> Result<Scanner, SettingsError> {
    let written: RawSettings = read_table(table)?;
    let protocol = written.protocol.unwrap_or(Protocol::Line);
    if written.feedback.is_some() && !matches!(protocol, Protocol::Line) {
        return wrong(format!("scanner \"{name}\": feedback is for protocol = \"line\"; ssi always answers"));
    }
    let framed = written.prefix.is_some() || written.suffix.is_some() || written.aim.is_some();
    let setup = match protocol {
        Protocol::Ssi | Protocol::Hid if framed => {
            return wrong(format!(
                "scanner \"{name}\": prefix, suffix and aim are for protocol = \"line\" and \"keyboard\"; \
                 packets and reports have their own ends"
            ));
        }
        Protocol::Ssi => Setup::Ssi,
        Protocol::Hid => Setup::Hid,
        Protocol::Keyboard => Setup::Keyboard(framing(&written)),
        Protocol::Line => {
            let feedback = match written.feedback {
                Some(RawFeedback::Honeywell) => Feedback::Honeywell,
                Some(RawFeedback::None) | None => Feedback::None,
            };
            Setup::Line(framing(&written), feedback)
        }
    };
    let repeat = written.repeat_ms.map_or(Scanner::default().repeat, Duration::from_millis);
    Ok(Scanner { setup, repeat })
}

fn framing(written: &RawSettings) -> Framing {
    Framing {
        prefix: written.prefix.clone().unwrap_or_default().into_bytes(),
        suffix: match written.suffix {
            Some(RawSuffix::Tab) => Suffix::Tab,
            Some(RawSuffix::Pause) => Suffix::Pause,
            Some(RawSuffix::LineEnd) | None => Suffix::LineEnd,
        },
        aim: match written.aim {
            Some(RawAim::Required) => AimUse::Required,
            Some(RawAim::Data) => AimUse::Data,
            Some(RawAim::Optional) | None => AimUse::Optional,
        },
        ..Framing::default()
    }
}

/// Where a scanner that speaks so can be found.
fn address_of(name: &str, setup: &Setup, written: Address) -> Result<Address, SettingsError> {
    match (setup, written) {
        (Setup::Keyboard(_), Address::File(path)) => Ok(Address::Keyboard(path)),
        (Setup::Hid, Address::File(path)) => Ok(Address::Hid(Hid::Path(path))),
        (Setup::Hid, Address::Hid(hid)) => Ok(Address::Hid(hid)),
        (Setup::Line(..) | Setup::Ssi, address @ (Address::Serial { .. } | Address::Tcp(_))) => Ok(address),
        (Setup::Keyboard(_), _) => wrong(format!(
            "scanner \"{name}\": protocol = \"keyboard\" needs file = \"/dev/input/by-id/…-event-kbd\""
        )),
        (Setup::Hid, _) => wrong(format!(
            "scanner \"{name}\": protocol = \"hid\" needs usb = \"vendor:product\" or file = \"/dev/hidraw…\""
        )),
        (Setup::Line(..) | Setup::Ssi, _) => {
            wrong(format!("scanner \"{name}\": protocol = \"line\" and \"ssi\" need serial or tcp"))
        }
    }
}
