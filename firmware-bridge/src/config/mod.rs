//! The station's configuration file (TOML), checked once: what leaves this room is usable as it is.

mod printer;
mod scanner;

pub use printer::Printer;

use crate::stream::Address;
use hufu_protocol::scanner::line::Framing;
use hufu_wire::message::DeviceRole;
use serde::{Deserialize, de::DeserializeOwned};
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
    /// The agency's key, protected by a PIN.
    pub key: Option<PathBuf>,
    pub devices: Vec<Device>,
}

#[derive(Clone, Debug)]
pub struct Server {
    /// `ws://host:port/station/ws`, or `wss://` with TLS.
    pub address: String,
    pub token: String,
    /// The centre's own certificate authority (PEM). Without it, those the system trusts.
    pub ca: Option<PathBuf>,
}

#[derive(Clone, Debug)]
pub struct Device {
    pub name: String,
    pub address: Address,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Scanner(Framing),
    Printer(Printer),
    Scale,
}

impl Device {
    pub fn role(&self) -> DeviceRole {
        match self.kind {
            Kind::Scanner(_) => DeviceRole::Scanner,
            Kind::Printer(_) => DeviceRole::Printer,
            Kind::Scale => DeviceRole::Scale,
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
        let file: Written = toml::from_str(text).map_err(Box::new)?;
        if !file.listen.ip().is_loopback() {
            return wrong(format!(
                "listen = \"{}\": the station's page is for this machine only (127.0.0.1)",
                file.listen
            ));
        }
        let ca = file.ca.map(|ca| base.join(ca));
        let server = match (file.server, file.token, file.token_file) {
            (None, None, None) => None,
            (Some(url), Some(token), None) => Some(Server::new(&url, &token, ca)?),
            (Some(url), None, Some(path)) => {
                let path = base.join(path);
                let token =
                    fs::read_to_string(&path).map_err(|source| ConfigError::Unreadable { path, source })?;
                Some(Server::new(&url, token.trim(), ca)?)
            }
            _ => return wrong("server needs either token or token_file, and neither is used without server"),
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
            key: file.key.map(|key| base.join(key)),
            devices,
        })
    }
}

impl Server {
    fn new(url: &str, token: &str, ca: Option<PathBuf>) -> Result<Server, ConfigError> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let scheme = match scheme {
            "ws" | "http" => "ws",
            "wss" | "https" => "wss",
            _ => return wrong(format!("server = \"{url}\" must begin with http:// or https://")),
        };
        if token.is_empty() || token.chars().any(|c| !c.is_ascii_graphic()) {
            return wrong("the token is empty or has characters that cannot travel in a header");
        }
        let address = format!("{scheme}://{}/station/ws", rest.trim_end_matches('/'));
        Ok(Server { address, token: token.to_owned(), ca })
    }
}

fn wrong<T>(what: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError::Wrong(what.into()))
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    server: Option<String>,
    token: Option<String>,
    token_file: Option<PathBuf>,
    ca: Option<PathBuf>,
    #[serde(default = "default_listen")]
    listen: SocketAddr,
    data: PathBuf,
    key: Option<PathBuf>,
    #[serde(default)]
    #[serde(rename = "device")]
    devices: Vec<Common>,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 7717))
}

/// What every device has in common; what is left of its table belongs to its role.
#[derive(Deserialize)]
struct Common {
    role: DeviceRole,
    name: Option<String>,
    serial: Option<PathBuf>,
    baud: Option<u32>,
    tcp: Option<String>,
    file: Option<PathBuf>,
    #[serde(flatten)]
    rest: toml::Table,
}

impl Common {
    fn check(self, base: &Path) -> Result<Device, ConfigError> {
        let name = self.name.unwrap_or_else(|| word(self.role).to_owned());
        let address = match (self.serial, self.tcp, self.file) {
            (Some(path), None, None) => {
                Address::Serial { path: base.join(path), baud: self.baud.unwrap_or(9600) }
            }
            (None, Some(host), None) => Address::Tcp(host),
            (None, None, Some(path)) => Address::File(base.join(path)),
            _ => return wrong(format!("device \"{name}\" needs exactly one of serial, tcp, file")),
        };
        let kind = match self.role {
            DeviceRole::Scanner => Kind::Scanner(scanner::read(self.rest)?),
            DeviceRole::Printer => Kind::Printer(printer::read(&name, self.rest)?),
            DeviceRole::Scale => {
                rest::<Nothing>(self.rest)?;
                Kind::Scale
            }
        };
        Ok(Device { name, address, kind })
    }
}

/// A device's role as the file writes it; also its name when it has no other.
fn word(role: DeviceRole) -> &'static str {
    match role {
        DeviceRole::Scanner => "scanner",
        DeviceRole::Printer => "printer",
        DeviceRole::Scale => "scale",
    }
}

/// The settings of one role; a word it does not know is refused.
fn rest<T: DeserializeOwned>(table: toml::Table) -> Result<T, ConfigError> {
    table.try_into().map_err(|error| ConfigError::Syntax(Box::new(error)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        name = "一号窗口"
        server = "http://10.1.2.3:8080/"
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
        assert_eq!(config.server.unwrap().address, "ws://10.1.2.3:8080/station/ws");
        assert_eq!(config.data, Path::new("/etc/hufu/state"));
        assert_eq!(config.listen.to_string(), "127.0.0.1:7717");
        let names: Vec<_> = config.devices.iter().map(|device| device.name.as_str()).collect();
        assert_eq!(names, ["scanner", "printer"]);
        let Kind::Printer(printer) = &config.devices[1].kind else { panic!() };
        assert!(printer.answers);
    }

    #[test]
    fn the_example_is_a_good_file() {
        let text =
            include_str!("../../station.example.toml").replace("token_file = \"token\"", "token = \"t\"");
        let config = Config::parse(&text, Path::new("/etc/hufu-station")).unwrap();
        assert_eq!(config.devices.len(), 3);
    }

    #[test]
    fn wrong_files_are_refused_with_a_reason() {
        let table = [
            (GOOD.replace("token = \"abc\"", ""), "token"),
            (GOOD.replace("language = \"zpl\"", ""), "language"),
            (GOOD.replace("language = \"zpl\"", "language = \"tspl\"\nanswers = true"), "answers"),
            (GOOD.replace("http://", "ftp://"), "http"),
            (GOOD.replace("serial = ", "tcp = \"a:1\"\nserial = "), "exactly one"),
            (GOOD.replace("name = \"一号窗口\"", "name = \"a\"\nlisten = \"0.0.0.0:80\""), "127.0.0.1"),
            (GOOD.replace("role = \"printer\"", "role = \"printer\"\nname = \"scanner\""), "two devices"),
            (GOOD.replace("data = ", "dada = "), "dada"),
        ];
        for (text, reason) in table {
            let refused = Config::parse(&text, Path::new(".")).unwrap_err().to_string();
            assert!(refused.contains(reason), "{refused} should speak of {reason}");
        }
    }
}
