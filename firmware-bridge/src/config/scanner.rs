//! A scanner's settings: what it speaks, how its codes are framed, and how it hears what the server thinks of a scan.

use super::{ConfigError, rest, wrong};
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
struct Written {
    protocol: Option<Protocol>,
    prefix: Option<String>,
    suffix: Option<WrittenSuffix>,
    aim: Option<WrittenAim>,
    feedback: Option<WrittenFeedback>,
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
enum WrittenSuffix {
    LineEnd,
    Tab,
    Pause,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenAim {
    Optional,
    Required,
    Data,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenFeedback {
    None,
    Honeywell,
}

pub(super) fn read(name: &str, table: toml::Table) -> Result<Scanner, ConfigError> {
    let written: Written = rest(table)?;
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
                Some(WrittenFeedback::Honeywell) => Feedback::Honeywell,
                Some(WrittenFeedback::None) | None => Feedback::None,
            };
            Setup::Line(framing(&written), feedback)
        }
    };
    let repeat = written.repeat_ms.map_or(Scanner::default().repeat, Duration::from_millis);
    Ok(Scanner { setup, repeat })
}

fn framing(written: &Written) -> Framing {
    Framing {
        prefix: written.prefix.clone().unwrap_or_default().into_bytes(),
        suffix: match written.suffix {
            Some(WrittenSuffix::Tab) => Suffix::Tab,
            Some(WrittenSuffix::Pause) => Suffix::Pause,
            Some(WrittenSuffix::LineEnd) | None => Suffix::LineEnd,
        },
        aim: match written.aim {
            Some(WrittenAim::Required) => AimUse::Required,
            Some(WrittenAim::Data) => AimUse::Data,
            Some(WrittenAim::Optional) | None => AimUse::Optional,
        },
        ..Framing::default()
    }
}

/// Where a scanner that speaks so can be found.
pub(super) fn address(name: &str, setup: &Setup, written: Address) -> Result<Address, ConfigError> {
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

/// `vendor:product` in hexadecimal, and the serial number behind another colon where there are two alike.
pub(super) fn usb(name: &str, written: &str) -> Result<Hid, ConfigError> {
    let id =
        |part: Option<&str>| part.filter(|it| it.len() == 4).and_then(|it| u16::from_str_radix(it, 16).ok());
    let mut parts = written.splitn(3, ':');
    let (vendor, product, serial) = (id(parts.next()), id(parts.next()), parts.next());
    match (vendor, product, serial) {
        (Some(vendor), Some(product), serial) if serial != Some("") => {
            Ok(Hid::Usb { vendor, product, serial: serial.map(str::to_owned) })
        }
        _ => wrong(format!(
            "device \"{name}\": usb = \"{written}\" must be written \"05e0:1300\" or \"05e0:1300:serial\" (see lsusb)"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Device, Kind};
    use std::path::Path;

    fn device(settings: &str) -> Result<Device, ConfigError> {
        let text = format!("name = \"a\"\ndata = \"d\"\n[[device]]\nrole = \"scanner\"\n{settings}");
        Config::parse(&text, Path::new("/etc/hufu")).map(|config| config.devices.into_iter().next().unwrap())
    }

    fn scanner(settings: &str) -> (Setup, Duration, Address) {
        match device(settings).unwrap() {
            Device { kind: Kind::Scanner(scanner), address, .. } => (scanner.setup, scanner.repeat, address),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_protocol_has_its_place_and_its_settings() {
        let (setup, repeat, _) = scanner("serial = \"/dev/ttyACM0\"");
        assert_eq!((setup, repeat), (Setup::default(), Duration::from_millis(300)));
        let settings = "tcp = \"a:1\"\nprefix = \"~S\"\nsuffix = \"tab\"\naim = \"required\"\n\
                        feedback = \"honeywell\"\nrepeat_ms = 0";
        let (Setup::Line(framing, feedback), repeat, _) = scanner(settings) else { panic!() };
        assert_eq!((framing.prefix.as_slice(), framing.suffix), (&b"~S"[..], Suffix::Tab));
        assert_eq!((framing.aim, feedback, repeat), (AimUse::Required, Feedback::Honeywell, Duration::ZERO));
        let (setup, _, address) = scanner("protocol = \"hid\"\nusb = \"05e0:1300:S:1\"");
        let usb = Hid::Usb { vendor: 0x05E0, product: 0x1300, serial: Some("S:1".to_owned()) };
        assert_eq!((setup, address), (Setup::Hid, Address::Hid(usb)));
        let (_, _, address) = scanner("protocol = \"hid\"\nfile = \"/dev/hidraw0\"");
        assert_eq!(address, Address::Hid(Hid::Path("/dev/hidraw0".into())));
        let (setup, _, address) = scanner("protocol = \"keyboard\"\nfile = \"/dev/input/by-id/x\"");
        assert_eq!(address, Address::Keyboard("/dev/input/by-id/x".into()));
        assert!(matches!(setup, Setup::Keyboard(_)));
        assert_eq!(scanner("protocol = \"ssi\"\nserial = \"/dev/ttyS0\"").0, Setup::Ssi);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_a_reason() {
        let table = [
            ("protocol = \"snapi\"\nserial = \"/dev/x\"", "snapi"),
            ("protocol = \"ssi\"\nserial = \"/dev/x\"\nsuffix = \"tab\"", "own ends"),
            ("protocol = \"hid\"\nfile = \"/dev/x\"\naim = \"data\"", "own ends"),
            ("protocol = \"ssi\"\nserial = \"/dev/x\"\nfeedback = \"honeywell\"", "always answers"),
            ("protocol = \"keyboard\"\nserial = \"/dev/x\"", "/dev/input/by-id"),
            ("protocol = \"hid\"\ntcp = \"a:1\"", "vendor:product"),
            ("protocol = \"ssi\"\nfile = \"/dev/x\"", "serial or tcp"),
            ("usb = \"05e0:1300\"", "serial or tcp"),
            ("protocol = \"hid\"\nusb = \"5e0:1300\"", "lsusb"),
            ("protocol = \"hid\"\nusb = \"05e0:1300:\"", "lsusb"),
            ("serial = \"/dev/x\"\nusb = \"05e0:1300\"", "exactly one"),
            ("serial = \"/dev/x\"\nrepeat_ms = -1", "repeat_ms"),
        ];
        for (settings, reason) in table {
            let refused = device(settings).unwrap_err().to_string();
            assert!(refused.contains(reason), "{refused} should speak of {reason}");
        }
    }
}
