//! A scanner's table in the configuration file: which protocol needs which address and takes which settings.

use super::*;
use crate::device::Scanner;
use hufu_protocol::scanner::line::{AimUse, Suffix};
use hufu_protocol::scanner::{Feedback, Setup};
use std::time::Duration;

fn device(settings: &str) -> Result<Device, ConfigError> {
    let text = format!("name = \"a\"\ndata = \"d\"\n[[device]]\nrole = \"scanner\"\n{settings}");
    Config::parse(&text, Path::new("/etc/hufu")).map(|config| config.devices.into_iter().next().unwrap())
}

fn scanner(settings: &str) -> (Setup, Duration, Address) {
    let device = device(settings).unwrap();
    let scanner: &Scanner = device.settings().unwrap();
    (scanner.setup.clone(), scanner.repeat, device.address.clone())
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
