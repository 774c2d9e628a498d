//! Report devices through the kernel's raw HID interface. One device may have several nodes (a keyboard, a set of
//! buttons, the scanner): the one whose report descriptor speaks of bar code scanners is opened.

use super::{Descriptor, Hid, OpenError, refused};
use nix::fcntl::OFlag;
use std::{fs, io, os::fd::OwnedFd, os::unix::fs::OpenOptionsExt, path::Path, path::PathBuf};

pub(super) fn open(hid: &Hid) -> Result<Descriptor, OpenError> {
    let path = match hid {
        Hid::Path(path) => path.clone(),
        Hid::Usb { .. } => find(Path::new("/sys/class/hidraw"), hid)?,
    };
    fs::OpenOptions::new()
        .read(true)
        .custom_flags((OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits())
        .open(path)
        .and_then(|file| Descriptor::new(OwnedFd::from(file)))
        .map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => OpenError::NoRule,
            _ => refused(&error, "input"),
        })
}

/// The node in `/dev` of the device, found by what the kernel says of it in `class`.
fn find(class: &Path, hid: &Hid) -> Result<PathBuf, OpenError> {
    let nodes = match fs::read_dir(class) {
        Ok(nodes) => nodes,
        Err(error) => return Err(refused(&error, "input")),
    };
    let mut found = nodes.flatten().map(|node| node.path()).filter(|node| is(&node.join("device"), hid));
    match (found.next(), found.next()) {
        (None, _) => Err(OpenError::Absent),
        (Some(_), Some(_)) => Err(OpenError::Several),
        (Some(node), None) => Ok(Path::new("/dev").join(node.file_name().unwrap_or_default())),
    }
}

/// A device that vanishes while it is looked at is not there.
fn is(device: &Path, hid: &Hid) -> bool {
    let Hid::Usb { vendor, product, serial } = hid else { return false };
    let about = fs::read_to_string(device.join("uevent")).unwrap_or_default();
    let value = |key: &str| about.lines().find_map(|line| line.strip_prefix(key));
    let id = format!("{vendor:08X}:{product:08X}");
    let same_id = value("HID_ID=").and_then(|it| it.split_once(':')).is_some_and(|(_, it)| it == id);
    let same_serial = serial.as_deref().is_none_or(|serial| value("HID_UNIQ=") == Some(serial));
    same_id
        && same_serial
        && fs::read(device.join("report_descriptor")).is_ok_and(|it| is_bar_code_scanner(&it))
}

/// Whether a report descriptor (HID 1.11, 6.2.2) uses the page of bar code scanners.
fn is_bar_code_scanner(descriptor: &[u8]) -> bool {
    let mut rest = descriptor;
    while let [prefix, after @ ..] = rest {
        // The lowest two bits are the length of what follows: 0, 1, 2 or 4 bytes. 0xFE is an item of any length.
        let (length, value) = match (prefix, after) {
            (0xFE, [length, ..]) => (2 + usize::from(*length), 0),
            (_, value) => (
                [0, 1, 2, 4].get(usize::from(prefix & 3)).copied().unwrap_or(0),
                value.first().copied().unwrap_or(0),
            ),
        };
        // A usage page, in one byte or more; vendors' own pages have a second byte that is not zero.
        let wide = after.get(1..length).unwrap_or_default().iter().any(|byte| *byte != 0);
        if prefix & 0xFC == 0x04 && value == 0x8C && !wide {
            return true;
        }
        rest = after.get(length..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCANNER: &[u8] = &[0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0xC0];
    const KEYBOARD: &[u8] = &[0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0xC0];

    fn node(class: &Path, name: &str, id: &str, serial: &str, descriptor: &[u8]) {
        let device = class.join(name).join("device");
        fs::create_dir_all(&device).unwrap();
        let about = format!("DRIVER=hid-generic\nHID_ID=0003:{id}\nHID_NAME=Scanner\nHID_UNIQ={serial}\n");
        fs::write(device.join("uevent"), about).unwrap();
        fs::write(device.join("report_descriptor"), descriptor).unwrap();
    }

    #[test]
    fn a_scanner_is_found_by_its_own_name_whatever_its_number() {
        let class = tempfile::tempdir().unwrap();
        let usb = |serial: Option<&str>| Hid::Usb {
            vendor: 0x05E0,
            product: 0x1300,
            serial: serial.map(str::to_owned),
        };
        let find = |serial| find(class.path(), &usb(serial));
        assert!(matches!(find(None), Err(OpenError::Absent)));
        node(class.path(), "hidraw0", "000005E0:00001300", "S1", KEYBOARD);
        assert!(matches!(find(None), Err(OpenError::Absent)), "its keyboard is not its scanner");
        node(class.path(), "hidraw3", "000005E0:00001300", "S1", SCANNER);
        node(class.path(), "hidraw4", "000005E0:00001301", "S1", SCANNER);
        assert_eq!(find(None).unwrap(), Path::new("/dev/hidraw3"));
        node(class.path(), "hidraw5", "000005E0:00001300", "S2", SCANNER);
        assert!(matches!(find(None), Err(OpenError::Several)));
        assert_eq!(find(Some("S2")).unwrap(), Path::new("/dev/hidraw5"));
        assert!(matches!(find(Some("S3")), Err(OpenError::Absent)));
    }

    #[test]
    fn a_scanner_is_known_by_its_usage_page() {
        let table: &[(&[u8], bool)] = &[
            (&[0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01], true),
            (&[0x06, 0x8C, 0x00, 0x09, 0x02], true),
            (&[0x05, 0x01, 0x09, 0x06, 0x05, 0x8C], true),
            (&[0x06, 0x8C, 0xFF, 0x09, 0x02], false),
            (&[0x05, 0x01, 0x26, 0x05, 0x8C], false),
            (&[0x05], false),
            (&[], false),
        ];
        for (descriptor, expected) in table {
            assert_eq!(is_bar_code_scanner(descriptor), *expected, "{descriptor:x?}");
        }
    }
}
