//! The station's configuration file (TOML), checked once: what leaves this room is usable as it is.

use crate::device::{self, Device, SettingsError};
use crate::stream::{Address, Hid};
use hufu_wire::message::DeviceRole;
use serde::Deserialize;
use std::{fs, net::SocketAddr, path::Path, path::PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("配置文件无法读取 · the configuration file cannot be read: {path}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("配置文件有误 · the configuration file is wrong: {0}")]
    Syntax(#[from] Box<toml::de::Error>),
    #[error("配置有误 · the configuration is wrong: {0}")]
    Wrong(String),
}

/// Everything a station needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// How the station calls itself on its own page until the server says its name.
    pub name: String,
    /// Without a server the station records and waits.
    pub server: Option<Server>,
    /// The station's own page; always an address of this machine.
    pub listen: SocketAddr,
    pub data: PathBuf,
    /// The keys of the people who sign here, each under its own PIN.
    pub keys: Vec<PathBuf>,
    pub devices: Vec<Device>,
}

#[derive(Clone, Debug)]
pub struct Server {
    /// `ws://host:port/station/ws`, or `wss://` with TLS.
    pub address: String,
    pub proof: Proof,
    /// The centre's own certificate authority (PEM). Without it, those the system trusts.
    pub ca: Option<PathBuf>,
}

/// How the server knows that this station is the one it says it is.
#[derive(Clone, Debug)]
pub enum Proof {
    /// A shared secret, for trying things out on one machine.
    Token(String),
    /// The file that `hufu-station enrol` made.
    Enrolled(PathBuf),
}

impl From<SettingsError> for ConfigError {
    fn from(error: SettingsError) -> ConfigError {
        match error {
            SettingsError::Syntax(error) => ConfigError::Syntax(error),
            SettingsError::Wrong(what) => ConfigError::Wrong(what),
        }
    }
}

impl Config {
    /// Reads and checks the file. Relative paths in it start from the file's own folder.
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let text = fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        Config::parse(&text, path.parent().unwrap_or(Path::new(".")))
    }

    /// Checks the text of a configuration; `base` is where its relative paths start.
    pub fn parse(text: &str, base: &Path) -> Result<Config, ConfigError> {
        let file: RawConfig = toml::from_str(text).map_err(Box::new)?;
        if !file.listen.ip().is_loopback() {
            return wrong(format!(
                "listen = \"{}\": the station's page is for this machine only (127.0.0.1)",
                file.listen
            ));
        }
        let ca = file.ca.map(|ca| base.join(ca));
        let proof = match (file.enrolled, file.token, file.token_file) {
            (None, None, None) => None,
            (Some(path), None, None) => Some(Proof::Enrolled(base.join(path))),
            (None, Some(token), None) => Some(checked(&token)?),
            (None, None, Some(path)) => {
                let path = base.join(path);
                let token =
                    fs::read_to_string(&path).map_err(|source| ConfigError::Unreadable { path, source })?;
                Some(checked(token.trim())?)
            }
            _ => return wrong("one of enrolled, token and token_file is enough"),
        };
        let server = match (file.server, proof) {
            (None, None) => None,
            (Some(url), Some(proof)) => Some(server(&url, proof, ca)?),
            _ => {
                return wrong(
                    "server needs one of enrolled, token and token_file, and none is used without server",
                );
            }
        };
        let devices: Vec<Device> =
            file.devices.into_iter().map(|device| device.check(base)).collect::<Result<_, _>>()?;
        for (at, device) in devices.iter().enumerate() {
            if devices.iter().take(at).any(|other| other.name == device.name) {
                return wrong(format!("two devices are called \"{}\"", device.name));
            }
        }
        Ok(Config {
            name: file.name,
            server,
            listen: file.listen,
            data: base.join(file.data),
            keys: file.keys.into_iter().map(|key| base.join(key)).collect(),
            devices,
        })
    }
}

/// A token is the same secret each time, and whoever overhears it is the station: it goes nowhere but to this machine.
fn server(url: &str, proof: Proof, ca: Option<PathBuf>) -> Result<Server, ConfigError> {
    let address = station_address(url)?;
    if matches!(proof, Proof::Token(_)) && !is_this_machine(&address) {
        return wrong(format!(
            "server = \"{url}\": a token is for a server on this machine only; enrol the station instead (hufu-station enrol)"
        ));
    }
    Ok(Server { address, proof, ca })
}

/// Whether what is said to this address can be overheard: it leaves the machine without TLS.
pub fn is_overheard(address: &str) -> bool {
    address.starts_with("ws://") && !is_this_machine(address)
}

fn is_this_machine(address: &str) -> bool {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or_default();
    let named = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let loopback = host.parse::<SocketAddr>().is_ok_and(|at| at.ip().is_loopback());
    let loopback = loopback
        || named.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|at| at.is_loopback());
    loopback || named == "localhost"
}

/// Where stations dial in at this server: `wss://host/station/ws`. Refuses what is no address of a server.
pub fn station_address(url: &str) -> Result<String, ConfigError> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let scheme = match scheme {
        "ws" | "http" => "ws",
        "wss" | "https" => "wss",
        _ => return wrong(format!("server = \"{url}\" must begin with http:// or https://")),
    };
    Ok(format!("{scheme}://{}/station/ws", rest.trim_end_matches('/')))
}

fn checked(token: &str) -> Result<Proof, ConfigError> {
    if token.is_empty() || token.chars().any(|c| !c.is_ascii_graphic()) {
        return wrong("the token is empty or has characters that cannot travel in a header");
    }
    Ok(Proof::Token(token.to_owned()))
}

fn wrong<T>(what: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError::Wrong(what.into()))
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    name: String,
    server: Option<String>,
    token: Option<String>,
    token_file: Option<PathBuf>,
    enrolled: Option<PathBuf>,
    ca: Option<PathBuf>,
    #[serde(default = "default_listen")]
    listen: SocketAddr,
    data: PathBuf,
    #[serde(default)]
    keys: Vec<PathBuf>,
    #[serde(default)]
    #[serde(rename = "device")]
    devices: Vec<RawDevice>,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 7717))
}

/// What every device has in common; what is left of its table belongs to its role.
#[derive(Deserialize)]
struct RawDevice {
    role: DeviceRole,
    name: Option<String>,
    serial: Option<PathBuf>,
    baud: Option<u32>,
    tcp: Option<String>,
    file: Option<PathBuf>,
    usb: Option<String>,
    #[serde(flatten)]
    rest: toml::Table,
}

impl RawDevice {
    fn check(self, base: &Path) -> Result<Device, ConfigError> {
        let Some(role) = device::role(self.role) else {
            return wrong(format!("this version has no driver for the role {:?}", self.role));
        };
        let name = self.name.unwrap_or_else(|| role.word.to_owned());
        let address = match (self.serial, self.tcp, self.file, self.usb) {
            (Some(path), None, None, None) => {
                Address::Serial { path: base.join(path), baud: self.baud.unwrap_or(9600) }
            }
            (None, Some(host), None, None) => Address::Tcp(host),
            (None, None, Some(path), None) => Address::File(base.join(path)),
            (None, None, None, Some(id)) => Address::Hid(usb(&name, &id)?),
            _ => return wrong(format!("device \"{name}\" needs exactly one of serial, tcp, file, usb")),
        };
        Ok((role.read)(name, address, self.rest)?)
    }
}

/// `vendor:product` in hexadecimal, and the serial number behind another colon where there are two alike.
fn usb(name: &str, written: &str) -> Result<Hid, ConfigError> {
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
mod scanner_tests;

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        name = "一号窗口"
        server = "http://127.0.0.1:8080/"
        token = "abc"
        data = "state"
        [[device]]
        role = "scanner"
        serial = "/dev/serial/by-id/x"
        [[device]]
        role = "printer"
        tcp = "10.1.2.9:9100"
        language = "zpl"
    "#;

    #[test]
    fn a_good_file_is_read() {
        let config = Config::parse(GOOD, Path::new("/etc/hufu")).unwrap();
        assert_eq!(config.server.unwrap().address, "ws://127.0.0.1:8080/station/ws");
        assert_eq!(config.data, Path::new("/etc/hufu/state"));
        assert_eq!(config.listen.to_string(), "127.0.0.1:7717");
        let names: Vec<_> = config.devices.iter().map(|device| device.name.as_str()).collect();
        assert_eq!(names, ["scanner", "printer"]);
        let printer: &device::Printer = config.devices[1].settings().unwrap();
        assert!(printer.answers);
    }

    #[test]
    fn the_example_is_a_good_file() {
        let text = include_str!("../../station.example.toml");
        let config = Config::parse(text, Path::new("/etc/hufu-station")).unwrap();
        assert_eq!(config.devices.len(), 3);
    }

    #[test]
    fn what_leaves_the_machine_is_enrolled_and_can_be_overheard_only_without_tls() {
        for (server, overheard) in [
            ("https://hufu.example", false),
            ("http://hufu.example", true),
            ("http://10.1.2.3:8080", true),
            ("http://127.0.0.1.example:80", true),
            ("http://localhost.example", true),
            ("http://localhost:8080", false),
            ("http://127.0.0.1", false),
            ("http://[::1]:8080/", false),
        ] {
            let address = station_address(server).unwrap();
            assert_eq!(is_overheard(&address), overheard, "{server}");
            let with_token = GOOD.replace("http://127.0.0.1:8080/", server);
            let refused = Config::parse(&with_token, Path::new("."));
            let this_machine = !overheard && !server.contains("example");
            assert_eq!(refused.is_ok(), this_machine, "{server}: {refused:?}");
            let enrolled = with_token.replace("token = \"abc\"", "enrolled = \"device.json\"");
            assert!(Config::parse(&enrolled, Path::new(".")).is_ok(), "{server}");
        }
    }

    #[test]
    fn wrong_files_are_refused_with_a_reason() {
        let table = [
            (GOOD.replace("token = \"abc\"", ""), "token"),
            (GOOD.replace("language = \"zpl\"", ""), "language"),
            (GOOD.replace("language = \"zpl\"", "language = \"zpl\"\ncut = true"), "cut"),
            (GOOD.replace("language = \"zpl\"", "language = \"escpos\"\nblack = \"one\""), "black"),
            (GOOD.replace("http://", "ftp://"), "http"),
            (GOOD.replace("serial = ", "tcp = \"a:1\"\nserial = "), "exactly one"),
            (GOOD.replace("name = \"一号窗口\"", "name = \"a\"\nlisten = \"0.0.0.0:80\""), "127.0.0.1"),
            (GOOD.replace("role = \"printer\"", "role = \"printer\"\nname = \"scanner\""), "two devices"),
            (GOOD.replace("data = ", "dada = "), "dada"),
            (GOOD.replace("tcp = ", "usb = \"05e0:1300\"\nxtcp = "), "usb is for scanners"),
            (GOOD.replace("language = \"zpl\"", "").replace("printer", "locks"), "count"),
            (GOOD.replace("language = \"zpl\"", "count = 8").replace("printer", "locks"), "sensor"),
            (GOOD.replace("language = \"zpl\"", "count = 0").replace("printer", "locks"), "nonzero"),
            (GOOD.replace("language = \"zpl\"", "count = 8\nunit = 0").replace("printer", "locks"), "unit"),
            (GOOD.replace("role = \"scanner\"", "role = \"reader\""), "5084"),
            (GOOD.replace("language = \"zpl\"", "round_ms = 1").replace("printer", "reader"), "round_ms"),
        ];
        for (text, reason) in table {
            let refused = Config::parse(&text, Path::new(".")).unwrap_err().to_string();
            assert!(refused.contains(reason), "{refused} should speak of {reason}");
        }
    }
}
