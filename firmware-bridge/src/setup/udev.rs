//! The udev rules a station needs: who may use a device, and a name that stays the same over replugging where the system
//! gives none. Pure: what is found goes in, the text of a rules file comes out.

use crate::device::list::{AccessFault, Class, DetectedDevice, Usb};

/// Where the rules go. The package's own file is 70; one of the same name would hide it.
pub const RULES: &str = "/etc/udev/rules.d/71-hufu-station-local.rules";

/// The rules for those devices that no account of a station may use yet; `None` when there are none.
pub fn rules(found: &[DetectedDevice]) -> Option<String> {
    let mut lines: Vec<String> =
        found.iter().filter(|it| it.denied == Some(AccessFault::NoRule)).flat_map(lines_for).collect();
    lines.sort();
    lines.dedup();
    (!lines.is_empty()).then(|| {
        format!(
            "# hufu-station: devices of the counter. After a change: udevadm control --reload && udevadm trigger\n{}\n",
            lines.join("\n")
        )
    })
}

/// The vendor and product stand in the same parent folder, so both keys of a rule match the same device. The name has a
/// line of its own: a device whose name cannot be made still gets its group.
fn lines_for(found: &DetectedDevice) -> Vec<String> {
    let node = found.node.file_name().unwrap_or_default().to_string_lossy();
    let (subsystem, nodes) = match found.class {
        Class::Serial => ("tty", "tty[A-Z]*"),
        Class::Printer => ("usbmisc", "lp[0-9]*"),
        Class::Hid => ("hidraw", "hidraw[0-9]*"),
        Class::Keys => ("input", "event[0-9]*"),
    };
    let which = match &found.usb {
        Some(Usb { vendor, product, .. }) => {
            format!(r#"KERNEL=="{nodes}", ATTRS{{idVendor}}=="{vendor}", ATTRS{{idProduct}}=="{product}""#)
        }
        None => format!(r#"KERNEL=="{node}""#),
    };
    let which = format!(r#"ACTION!="remove", SUBSYSTEM=="{subsystem}", {which}"#);
    let named = |folder: &str| {
        format!(
            r#"{which}, IMPORT{{builtin}}="usb_id", SYMLINK+="hufu/{folder}/usb-$env{{ID_SERIAL}}-if$env{{ID_USB_INTERFACE_NUM}}""#
        )
    };
    let group = format!(r#"{which}, GROUP="{}", MODE="0660""#, found.class.group());
    match found.class {
        // The modem manager talks to every new port, and what it says arrives at a scale or a printer.
        Class::Serial => vec![format!(r#"{group}, ENV{{ID_MM_DEVICE_IGNORE}}="1""#)],
        Class::Printer => vec![group, named("printer")],
        Class::Hid => vec![group, named("hid")],
        Class::Keys => vec![group],
    }
}

/// What an account must do to use a device, both cases in words.
pub fn remedy(found: &DetectedDevice, denied: AccessFault) -> String {
    let group = found.class.group();
    match denied {
        AccessFault::NotInGroup => format!(
            "有设备但无权限：sudo usermod -aG {group} $USER，然后重新登录 · found, but permission denied: \
             sudo usermod -aG {group} $USER, then log in again"
        ),
        AccessFault::NoRule => format!(
            "有设备但无权限：缺少 udev 规则（{RULES}），并把账户加入 {group} 组 · found, but permission denied: a udev rule is \
             missing ({RULES}); the account must be in the group {group} too"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn found(
        class: Class,
        node: &str,
        denied: Option<AccessFault>,
        ids: Option<(&str, &str)>,
    ) -> DetectedDevice {
        let usb = ids.map(|(vendor, product)| Usb {
            vendor: vendor.to_owned(),
            product: product.to_owned(),
            name: String::new(),
        });
        let node = PathBuf::from(node);
        DetectedDevice { class, path: node.clone(), node, usb, printer_id: None, denied }
    }

    #[test]
    fn a_rule_for_each_device_that_needs_one_and_no_other() {
        let no_rule = Some(AccessFault::NoRule);
        let devices = [
            found(Class::Serial, "/dev/ttyACM0", no_rule, Some(("05e0", "1701"))),
            found(Class::Serial, "/dev/ttyACM1", no_rule, Some(("05e0", "1701"))),
            found(Class::Printer, "/dev/usb/lp0", no_rule, Some(("0a5f", "0120"))),
            found(Class::Hid, "/dev/hidraw3", no_rule, Some(("05e0", "1300"))),
            found(Class::Keys, "/dev/input/event7", no_rule, Some(("1eab", "8203"))),
            found(Class::Serial, "/dev/ttyS0", no_rule, None),
            found(Class::Serial, "/dev/ttyUSB0", Some(AccessFault::NotInGroup), Some(("0403", "6001"))),
            found(Class::Serial, "/dev/ttyUSB1", None, Some(("0403", "6001"))),
        ];
        let known = [
            r#"SUBSYSTEM=="hidraw", KERNEL=="hidraw[0-9]*", ATTRS{idVendor}=="05e0", ATTRS{idProduct}=="1300", GROUP="input", MODE="0660""#,
            r#"SUBSYSTEM=="hidraw", KERNEL=="hidraw[0-9]*", ATTRS{idVendor}=="05e0", ATTRS{idProduct}=="1300", IMPORT{builtin}="usb_id", SYMLINK+="hufu/hid/usb-$env{ID_SERIAL}-if$env{ID_USB_INTERFACE_NUM}""#,
            r#"SUBSYSTEM=="input", KERNEL=="event[0-9]*", ATTRS{idVendor}=="1eab", ATTRS{idProduct}=="8203", GROUP="input", MODE="0660""#,
            r#"SUBSYSTEM=="tty", KERNEL=="ttyS0", GROUP="dialout", MODE="0660", ENV{ID_MM_DEVICE_IGNORE}="1""#,
            r#"SUBSYSTEM=="tty", KERNEL=="tty[A-Z]*", ATTRS{idVendor}=="05e0", ATTRS{idProduct}=="1701", GROUP="dialout", MODE="0660", ENV{ID_MM_DEVICE_IGNORE}="1""#,
            r#"SUBSYSTEM=="usbmisc", KERNEL=="lp[0-9]*", ATTRS{idVendor}=="0a5f", ATTRS{idProduct}=="0120", GROUP="lp", MODE="0660""#,
            r#"SUBSYSTEM=="usbmisc", KERNEL=="lp[0-9]*", ATTRS{idVendor}=="0a5f", ATTRS{idProduct}=="0120", IMPORT{builtin}="usb_id", SYMLINK+="hufu/printer/usb-$env{ID_SERIAL}-if$env{ID_USB_INTERFACE_NUM}""#,
        ];
        let text = rules(&devices).unwrap();
        assert!(text.starts_with("# hufu-station"));
        let lines: Vec<&str> =
            text.lines().skip(1).map(|line| line.strip_prefix("ACTION!=\"remove\", ").unwrap()).collect();
        assert_eq!(lines, known);
        assert_eq!(rules(&devices[6..]), None);
    }
}
