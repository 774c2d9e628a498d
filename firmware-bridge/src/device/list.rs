//! What is plugged in: for setting a station up. "Found, but permission denied" is a result, not an absence.
//!
//! A device is listed once, under the name that stays the same over replugging: the system's own by-id name, else the
//! name of its socket (two adapters without serial numbers share a by-id name, and udev then gives it to one of them only),
//! else the node itself.

use nix::unistd::{AccessFlags, Group, access};
use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use std::{fs, path::Path, path::PathBuf};

/// Where the system shows its devices. Tests lay out folders like them.
#[derive(Clone, Debug)]
pub struct Roots {
    pub dev: PathBuf,
    pub sys: PathBuf,
}

impl Default for Roots {
    fn default() -> Roots {
        Roots { dev: PathBuf::from("/dev"), sys: PathBuf::from("/sys") }
    }
}

/// How a device is spoken to, and which group the system gives it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Serial,
    /// The kernel's printer class driver.
    Printer,
    /// A raw HID device of the bar code scanner page.
    Hid,
    /// A keyboard, which may be a scanner that types.
    Keys,
}

impl Class {
    pub fn group(self) -> &'static str {
        match self {
            Class::Serial => "dialout",
            Class::Printer => "lp",
            Class::Hid | Class::Keys => "input",
        }
    }
}

/// Why a device that is there may not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessFault {
    /// The node belongs to the right group; this account does not.
    NotInGroup,
    /// The node belongs to nobody a station runs as: a udev rule is missing.
    NoRule,
}

/// What a USB device says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usb {
    /// Four hexadecimal digits each.
    pub vendor: String,
    pub product: String,
    /// Maker and model in words.
    pub name: String,
}

/// A device and whether this account may use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetectedDevice {
    pub class: Class,
    /// The name to write into a configuration.
    pub path: PathBuf,
    /// The node behind it.
    pub node: PathBuf,
    pub usb: Option<Usb>,
    /// What a printer says it understands (IEEE 1284 device id).
    pub printer_id: Option<String>,
    pub denied: Option<AccessFault>,
}

impl DetectedDevice {
    /// For a person: the maker's words, else the node's name.
    pub fn about(&self) -> String {
        match &self.usb {
            Some(usb) if !usb.name.is_empty() => usb.name.clone(),
            _ => self.node.display().to_string(),
        }
    }
}

/// Where one class of devices is shown.
struct Place {
    class: Class,
    /// Folders of stable names; whatever they name is of the class.
    stable: &'static [&'static str],
    /// The folder of the nodes, and how their names begin.
    nodes: Option<(&'static str, &'static [&'static str])>,
    /// The folder under `/sys/class`.
    subsystem: &'static str,
}

const PLACES: [Place; 4] = [
    Place {
        class: Class::Serial,
        stable: &["serial/by-id", "serial/by-path"],
        nodes: Some(("", &["ttyACM", "ttyUSB"])),
        subsystem: "tty",
    },
    Place {
        class: Class::Printer,
        stable: &["hufu/printer"],
        nodes: Some(("usb", &["lp"])),
        subsystem: "usbmisc",
    },
    Place { class: Class::Hid, stable: &["hufu/hid"], nodes: Some(("", &["hidraw"])), subsystem: "hidraw" },
    // Without its stable name a keyboard is not told from another.
    Place { class: Class::Keys, stable: &["input/by-id"], nodes: None, subsystem: "input" },
];

/// Serial ports, USB printers, HID scanners and keyboards, in this order.
pub fn list(roots: &Roots) -> Vec<DetectedDevice> {
    let mut found: Vec<DetectedDevice> = PLACES.iter().flat_map(|place| in_place(roots, place)).collect();
    // The library that knows which of them are real stops the program where there is no such folder.
    if roots.dev == Path::new("/dev") && Path::new("/sys/class/tty").is_dir() {
        let ports = built_in(&found);
        found.extend(ports);
    }
    found
}

fn in_place(roots: &Roots, place: &Place) -> Vec<DetectedDevice> {
    let mut paths: Vec<PathBuf> =
        place.stable.iter().flat_map(|folder| entries(&roots.dev.join(folder))).collect();
    if let Some((folder, begins)) = place.nodes {
        let is_node = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            begins.iter().any(|begin| name.strip_prefix(begin).is_some_and(|rest| !rest.is_empty()))
        };
        paths.extend(entries(&roots.dev.join(folder)).into_iter().filter(is_node));
    }
    let mut known = BTreeSet::new();
    let mut found = Vec::new();
    for path in paths {
        // A dangling name is a device that has just been unplugged.
        let Ok(node) = fs::canonicalize(&path) else { continue };
        let device = roots
            .sys
            .join("class")
            .join(place.subsystem)
            .join(node.file_name().unwrap_or_default())
            .join("device");
        let fits = match place.class {
            Class::Hid => is_scanner_page(&device),
            Class::Keys => path.to_string_lossy().ends_with("-event-kbd"),
            Class::Serial | Class::Printer => true,
        };
        if fits && known.insert(node.clone()) {
            found.push(DetectedDevice {
                class: place.class,
                denied: denied(&node, place.class.group()),
                usb: usb(&device),
                printer_id: text(&device.join("ieee1284_id")),
                path,
                node,
            });
        }
    }
    found
}

/// The ports of the mainboard: those with hardware behind them.
fn built_in(known: &[DetectedDevice]) -> Vec<DetectedDevice> {
    let ports = serialport::available_ports().unwrap_or_else(|error| {
        tracing::warn!(%error, "the system does not list its serial ports");
        Vec::new()
    });
    let nodes = ports.into_iter().map(|port| PathBuf::from(port.port_name));
    nodes
        .filter(|node| !known.iter().any(|it| it.node == *node))
        .map(|node| DetectedDevice {
            class: Class::Serial,
            denied: denied(&node, Class::Serial.group()),
            usb: None,
            printer_id: None,
            path: node.clone(),
            node,
        })
        .collect()
}

/// A folder that is not there holds nothing.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// HID usage page 0x8C, bar code scanner, at the head of the report descriptor.
fn is_scanner_page(device: &Path) -> bool {
    fs::read(device.join("report_descriptor")).is_ok_and(|bytes| bytes.starts_with(&[0x05, 0x8C]))
}

/// The USB device a node belongs to: the first folder upwards that has a vendor.
fn usb(device: &Path) -> Option<Usb> {
    let place = fs::canonicalize(device).ok()?;
    let folder = place.ancestors().find(|folder| folder.join("idVendor").exists())?;
    let words = [text(&folder.join("manufacturer")), text(&folder.join("product"))];
    Some(Usb {
        vendor: text(&folder.join("idVendor"))?,
        product: text(&folder.join("idProduct"))?,
        name: words.into_iter().flatten().collect::<Vec<_>>().join(" "),
    })
}

fn text(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn denied(node: &Path, group: &str) -> Option<AccessFault> {
    if access(node, AccessFlags::R_OK | AccessFlags::W_OK).is_ok() {
        return None;
    }
    let owned = fs::metadata(node).ok()?;
    let of_group = Group::from_gid(owned.gid().into()).ok().flatten().is_some_and(|it| it.name == group);
    Some(if of_group && owned.mode() & 0o060 == 0o060 {
        AccessFault::NotInGroup
    } else {
        AccessFault::NoRule
    })
}
