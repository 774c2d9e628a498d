//! What is plugged in: for setting a station up. "Found, but permission denied" is a result, not an absence.

use nix::unistd::{AccessFlags, access};
use std::{fs, io, path::Path, path::PathBuf};

/// A device node and whether this account may use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub path: PathBuf,
    /// What the system knows of it: product names, or what a stable name points at.
    pub about: String,
    /// The group to join, when permission is denied.
    pub denied: Option<&'static str>,
}

/// Stable serial names first, then all serial ports, then USB printers.
pub fn list() -> Vec<Found> {
    let mut found = by_id(Path::new("/dev/serial/by-id"));
    found.extend(ports());
    found.extend(printers(Path::new("/dev/usb")));
    found
}

fn by_id(folder: &Path) -> Vec<Found> {
    entries(folder)
        .into_iter()
        .map(|path| {
            let target = fs::canonicalize(&path).map(|to| to.display().to_string());
            let about = target.unwrap_or_else(|error: io::Error| error.to_string());
            Found { denied: denied(&path, "dialout"), about, path }
        })
        .collect()
}

fn ports() -> Vec<Found> {
    use serialport::SerialPortType;
    let ports = serialport::available_ports().unwrap_or_else(|error| {
        tracing::warn!(%error, "the system does not list its serial ports");
        Vec::new()
    });
    ports
        .into_iter()
        .map(|port| {
            let path = PathBuf::from(port.port_name);
            let about = match port.port_type {
                SerialPortType::UsbPort(usb) => {
                    let name = [usb.manufacturer, usb.product, usb.serial_number];
                    let name: Vec<String> = name.into_iter().flatten().collect();
                    format!("USB {:04x}:{:04x} {}", usb.vid, usb.pid, name.join(" "))
                }
                _ => "serial port".to_owned(),
            };
            Found { denied: denied(&path, "dialout"), about, path }
        })
        .collect()
}

fn printers(folder: &Path) -> Vec<Found> {
    let is_lp =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("lp"));
    entries(folder)
        .into_iter()
        .filter(is_lp)
        .map(|path| Found { denied: denied(&path, "lp"), about: "USB printer".to_owned(), path })
        .collect()
}

/// A folder that is not there holds nothing.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn denied(path: &Path, group: &'static str) -> Option<&'static str> {
    access(path, AccessFlags::R_OK | AccessFlags::W_OK).is_err().then_some(group)
}
