//! The configuration file that setup writes: every setting with a word on what it is, nothing that was there overwritten
//! unasked, and whole or not at all.

use super::SetupError;
use crate::config::{Config, ConfigError};
use crate::stream::{Address, Hid};
use hufu_protocol::Language;
use hufu_protocol::scanner::line::Suffix;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// A device as it will be configured.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Proposal {
    pub(super) role: Role,
    pub(super) place: Address,
    /// What it calls itself, for the comment.
    pub(super) about: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Scanner { suffix: Suffix, ssi: bool },
    Printer { language: Language, answers: bool },
    Scale,
    Reader,
}

impl Role {
    pub(super) fn word(self) -> &'static str {
        match self {
            Role::Scanner { .. } => "scanner",
            Role::Printer { .. } => "printer",
            Role::Scale => "scale",
            Role::Reader => "reader",
        }
    }

    pub(super) fn both(self) -> &'static str {
        match self {
            Role::Scanner { .. } => "扫描枪 · scanner",
            Role::Printer { language: Language::Zpl, .. } => "标签机（ZPL）· label printer (ZPL)",
            Role::Printer { language: Language::Tspl, .. } => "标签机（TSPL）· label printer (TSPL)",
            Role::Printer { language: Language::Escpos, .. } => {
                "票据打印机（ESC/POS）· receipt printer (ESC/POS)"
            }
            Role::Scale => "电子秤 · scale",
            Role::Reader => "RFID 读写器 · RFID reader",
        }
    }
}

/// What the file says besides the devices.
#[derive(Clone, Debug)]
pub struct Head {
    pub name: String,
    pub server: Option<String>,
    /// The folder of what the station records.
    pub data: String,
}

/// The text of the file. The names of devices are their roles, numbered from the second on.
pub(super) fn text(head: &Head, devices: &[Proposal]) -> String {
    let mut text = String::from(
        "# 虎符工作站配置，由 hufu-station setup 写成 · the station's configuration, written by hufu-station setup.\n\
         # 相对路径从本文件所在目录算起 · relative paths start from this file's folder.\n\n",
    );
    let server = match &head.server {
        Some(server) => format!(
            "server = {}\nenrolled = \"device.json\"               # hufu-station enrol 生成的登记文件 · the file that it makes\n",
            quoted(server)
        ),
        None => "# server = \"https://hufu.example:8443\"  # 省略则只记录、等待 · without it the station records and waits\n\
                 # enrolled = \"device.json\"\n"
            .to_owned(),
    };
    text.push_str(&format!(
        "name = {}   # 服务器告知名称之前使用 · until the server says its name\n{server}\
         listen = \"127.0.0.1:7717\"              # 工作站页面，仅限本机 · the station's page, this machine only\n\
         data = {}\n\
         # keys = [\"wang.key\"]                 # hufu-station key new --out wang.key --holder 王强/wang …\n",
        quoted(&head.name),
        quoted(&head.data),
    ));
    for (at, device) in devices.iter().enumerate() {
        let word = device.role.word();
        let before = devices.iter().take(at).filter(|other| other.role.word() == word).count();
        let name = if before == 0 { word.to_owned() } else { format!("{word}-{}", before + 1) };
        let about = comment(&device.about);
        text.push_str(&format!("\n[[device]]{about}\nrole = \"{word}\"\nname = \"{name}\"\n"));
        text.push_str(&place(&device.place));
        text.push_str(&settings(device));
    }
    text
}

fn place(place: &Address) -> String {
    let (key, value) = match place {
        Address::Serial { path, baud } => {
            return format!("serial = {}\nbaud = {baud}\n", quoted(&path.to_string_lossy()));
        }
        Address::Tcp(host) => ("tcp", host.as_str().into()),
        Address::File(path) | Address::Keyboard(path) | Address::Hid(Hid::Path(path)) => {
            ("file", path.to_string_lossy())
        }
        Address::Hid(Hid::Usb { vendor, product, serial }) => {
            let serial = serial.as_ref().map(|serial| format!(":{serial}")).unwrap_or_default();
            ("usb", format!("{vendor:04x}:{product:04x}{serial}").into())
        }
    };
    format!("{key} = {}\n", quoted(&value))
}

fn settings(device: &Proposal) -> String {
    match (device.role, &device.place) {
        (Role::Scanner { .. }, Address::Hid(_)) => "protocol = \"hid\"\n".to_owned(),
        (Role::Scanner { .. }, Address::Keyboard(_)) => "protocol = \"keyboard\"\n".to_owned(),
        (Role::Scanner { ssi: true, .. }, _) => "protocol = \"ssi\"\n".to_owned(),
        (Role::Scanner { suffix, ssi: false }, _) => {
            let suffix = match suffix {
                Suffix::LineEnd => "line_end",
                Suffix::Tab => "tab",
                Suffix::Pause => "pause",
            };
            format!(
                "suffix = \"{suffix}\"   # 扫描枪在条码后发送的结束符 · what it sends behind a code: line_end | tab | pause\n"
            )
        }
        (Role::Printer { language, answers }, _) => {
            let word = match language {
                Language::Zpl => "zpl",
                Language::Tspl => "tspl",
                Language::Escpos => "escpos",
            };
            let deaf = "answers = false   # 探测时没有应答，标签无法自动确认 · it did not answer: a label cannot be confirmed\n";
            format!("language = \"{word}\"\n{}", if answers { "" } else { deaf })
        }
        (Role::Scale, _) => String::new(),
        (Role::Reader, _) => {
            "round_ms = 2000   # 每次盘点天线开启的时间 · how long the antennas are on in one round\n"
                .to_owned()
        }
    }
}

/// A TOML basic string. JSON's escapes are among TOML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// One line, whatever the device calls itself.
fn comment(about: &str) -> String {
    let words: Vec<&str> =
        about.split(|c: char| c.is_whitespace() || c.is_control()).filter(|it| !it.is_empty()).collect();
    if words.is_empty() { String::new() } else { format!("   # {}", words.join(" ")) }
}

/// What a station would make of the text. It need not be enrolled yet.
pub(super) fn check(text: &str, folder: &Path) -> Result<Config, ConfigError> {
    Config::parse(text, folder)
}

/// Writes the file whole: a reader, and a power cut, see the old one or the new one.
pub(super) fn write(path: &Path, text: &str, replace: bool) -> Result<(), SetupError> {
    let cannot = |source| SetupError::Write { path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    fs::create_dir_all(folder.unwrap_or(Path::new("."))).map_err(cannot)?;
    let fresh = path.with_extension("toml.new");
    let mut file = File::create(&fresh).map_err(cannot)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let placed = written.and_then(|()| match replace {
        true => fs::rename(&fresh, path),
        // A link is refused where a file is, a rename is not.
        false => fs::hard_link(&fresh, path).and_then(|()| fs::remove_file(&fresh)),
    });
    if let Err(error) = placed {
        // Nothing half written stays behind; if it cannot be removed, the error that matters is the first.
        let _ = fs::remove_file(&fresh);
        return Err(match error.kind() {
            io::ErrorKind::AlreadyExists => SetupError::Exists(path.to_owned()),
            _ => cannot(error),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::Printer;

    fn head() -> Head {
        Head {
            name: "一号\"窗口".to_owned(),
            server: Some("https://hufu.example".to_owned()),
            data: "data".to_owned(),
        }
    }

    fn serial(path: &str) -> Address {
        Address::Serial { path: path.into(), baud: 9600 }
    }

    #[test]
    fn what_is_written_is_read() {
        let device = |role, place, about: &str| Proposal { role, place, about: about.to_owned() };
        let devices = [
            device(
                Role::Scanner { suffix: Suffix::Tab, ssi: false },
                serial("/dev/serial/by-id/a"),
                "A\nname = \"evil\"",
            ),
            device(Role::Scanner { suffix: Suffix::Pause, ssi: false }, serial("/dev/serial/by-id/b"), ""),
            device(
                Role::Printer { language: Language::Zpl, answers: false },
                Address::File("/dev/usb/lp0".into()),
                "ZD421",
            ),
            device(
                Role::Printer { language: Language::Tspl, answers: false },
                Address::Tcp("10.0.0.9:9100".to_owned()),
                "",
            ),
            device(Role::Scale, serial("/dev/serial/by-id/c"), "MS204TS/00"),
            device(Role::Reader, Address::Tcp("10.0.0.8:5084".to_owned()), ""),
        ];
        let config = check(&text(&head(), &devices), Path::new("/etc/hufu")).unwrap();
        assert_eq!(config.name, "一号\"窗口");
        let names: Vec<&str> = config.devices.iter().map(|device| device.name.as_str()).collect();
        assert_eq!(names, ["scanner", "scanner-2", "printer", "printer-2", "scale", "reader"]);
        let addresses = config.devices.iter().map(|device| device.address.clone());
        assert_eq!(addresses.collect::<Vec<_>>(), devices.clone().map(|device| device.place));
        let zebra: &Printer = config.devices[2].settings().unwrap();
        assert!(!zebra.answers);
        assert!(
            check(&text(&Head { server: None, ..head() }, &[]), Path::new("/")).unwrap().server.is_none()
        );
    }

    /// What is not lines of text over a port says so.
    #[test]
    fn a_scanner_says_how_it_speaks() {
        let lines = |ssi, place| {
            let role = Role::Scanner { suffix: Suffix::LineEnd, ssi };
            let device = Proposal { role, place, about: String::new() };
            text(&Head { server: None, ..head() }, &[device])
                .lines()
                .skip_while(|it| *it != "name = \"scanner\"")
                .skip(1)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let usb = Hid::Usb { vendor: 0x05e0, product: 0x1300, serial: None };
        assert_eq!(lines(false, Address::Hid(usb)), ["usb = \"05e0:1300\"", "protocol = \"hid\""]);
        assert_eq!(
            lines(false, Address::Hid(Hid::Path("/dev/hufu/hid/a".into()))),
            ["file = \"/dev/hufu/hid/a\"", "protocol = \"hid\""]
        );
        assert_eq!(
            lines(false, Address::Keyboard("/dev/input/by-id/a".into())),
            ["file = \"/dev/input/by-id/a\"", "protocol = \"keyboard\""]
        );
        assert_eq!(
            lines(true, serial("/dev/a")),
            ["serial = \"/dev/a\"", "baud = 9600", "protocol = \"ssi\""]
        );
    }

    #[test]
    fn a_file_that_is_there_stays_unless_it_may_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("station.toml");
        write(&path, "first", false).unwrap();
        assert!(matches!(write(&path, "second", false), Err(SetupError::Exists(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        write(&path, "third", true).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "third");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left behind");
    }
}
