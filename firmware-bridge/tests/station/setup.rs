//! Setting a station up: against simulated devices in a folder like /dev, and what it refuses.

use crate::support::until;
use hufu_station::config::Config;
use hufu_station::device::Printer;
use hufu_station::device::list::Roots;
use hufu_station::setup::{Head, Options, Person, SetupError, run};
use hufu_station::simulate::{Counter, Fault, rig};
use hufu_station::station;
use hufu_wire::message::Condition;
use hufu_wire::message::DeviceRole;
use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;

fn options(folder: &Path) -> Options {
    Options {
        roots: Roots { dev: folder.join("dev"), sys: folder.join("sys") },
        out: folder.join("station.toml"),
        force: false,
        head: Head { name: "一号窗口".to_owned(), server: None, data: "data".to_owned() },
        network: Vec::new(),
        wait: Duration::from_secs(10),
        test_label: true,
        write_udev: None,
    }
}

/// What setup says, line by line.
struct OutputChannel(mpsc::UnboundedSender<String>);

impl Write for OutputChannel {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.send(String::from_utf8_lossy(bytes).into_owned()).unwrap();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Does what it is asked to do: scans any code, and then the label that came out. Gives back everything that was said.
async fn hand(counter: Counter, mut said: mpsc::UnboundedReceiver<String>) -> String {
    let mut all = String::new();
    while let Some(text) = said.recv().await {
        // The port is opened after the sentence is said.
        if text.contains("scan any code") {
            sleep(Duration::from_millis(300)).await;
            counter.scan("HELLO").await.unwrap();
        }
        if text.contains("scan this label") {
            while counter.label(1).is_none() {
                sleep(Duration::from_millis(20)).await;
            }
            sleep(Duration::from_millis(300)).await;
            counter.scan_label(1).await.unwrap();
        }
        all.push_str(&text);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_setup_writes_is_a_counter_that_works() {
    let folder = tempfile::tempdir().unwrap();
    let mut simulated = crate::support::config(folder.path());
    let rig = rig(&mut simulated, None).unwrap();
    let by_id = folder.path().join("dev/serial/by-id");
    std::fs::create_dir_all(&by_id).unwrap();
    for (port, name) in [("scale", "usb-A-if00"), ("scanner", "usb-B-if00"), ("printer", "usb-C-if00")] {
        symlink(folder.path().join("data/ports").join(port), by_id.join(name)).unwrap();
    }
    let (say, said) = mpsc::unbounded_channel();
    let hand = tokio::spawn(hand(rig.counter.clone(), said));
    let options = options(folder.path());
    let mut output = OutputChannel(say);
    run(&options, &mut Person::absent(&mut output)).await.unwrap();
    drop(output);
    let said = hand.await.unwrap();
    assert!(said.contains("read back: printer and scanner work"), "{said}");

    let mut config = Config::read(&options.out).unwrap();
    let devices: Vec<(&str, String)> =
        config.devices.iter().map(|device| (device.name.as_str(), format!("{:?}", device.address))).collect();
    let [("scanner", scanner), ("printer", printer), ("scale", scale)] = &devices[..] else {
        panic!("{devices:?}")
    };
    assert!(scanner.contains("usb-B") && printer.contains("usb-C") && scale.contains("usb-A"), "{devices:?}");
    assert!(config.devices.iter().any(|device| device.settings().is_some_and(|it: &Printer| it.answers)));

    config.listen = "127.0.0.1:0".parse().unwrap();
    let station = station::start(&config).await.unwrap();
    let statuses = station.devices.statuses.watch();
    let all = |condition: Condition| statuses.borrow().iter().all(|state| state.condition == condition);
    until("every lamp is ready", async || all(Condition::Ready)).await;
    for which in [DeviceRole::Scanner, DeviceRole::Printer, DeviceRole::Scale] {
        rig.counter.fault(which, Fault::Unplug).await.unwrap();
    }
    until("every lamp is dark", async || all(Condition::Absent)).await;
    for which in [DeviceRole::Scanner, DeviceRole::Printer, DeviceRole::Scale] {
        rig.counter.fault(which, Fault::Replug).await.unwrap();
    }
    until("every lamp is ready again", async || all(Condition::Ready)).await;
}

#[tokio::test]
async fn a_file_that_is_there_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    std::fs::write(&options.out, "mine").unwrap();
    let mut output = Vec::new();
    let refused = run(&options, &mut Person::absent(&mut output)).await;
    assert!(matches!(refused, Err(SetupError::Exists(_))));
    assert_eq!(std::fs::read_to_string(&options.out).unwrap(), "mine");
    run(&Options { force: true, ..options.clone() }, &mut Person::absent(&mut output)).await.unwrap();
    assert!(Config::read(&options.out).unwrap().devices.is_empty());
}

#[tokio::test]
async fn what_a_person_does_not_agree_to_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let by_id = folder.path().join("dev/serial/by-id");
    std::fs::create_dir_all(&by_id).unwrap();
    let pty = hufu_station::simulate::Pty::open().unwrap();
    symlink(pty.path().unwrap(), by_id.join("usb-Honeywell_1900-if00")).unwrap();
    let options = Options { wait: Duration::from_millis(100), ..options(folder.path()) };
    for (answers, expected) in [("y\n", 1), ("n\n", 0), ("", 0)] {
        let (mut input, mut output) = (answers.as_bytes(), Vec::new());
        let mut person = Person::present(&mut input, &mut output);
        run(&Options { force: true, ..options.clone() }, &mut person).await.unwrap();
        assert_eq!(Config::read(&options.out).unwrap().devices.len(), expected, "{answers:?}");
    }
}

/// The program itself, as an account without rights: root could open anything.
fn setup(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hufu-station"));
    command.args(["setup", "--yes", "--wait", "0", "--out"]).arg(folder.join("station.toml"));
    command.arg("--dev").arg(folder.join("dev")).arg("--sys").arg(folder.join("sys")).args(arguments);
    if nix::unistd::geteuid().is_root() {
        command.uid(65_534);
    }
    command.output().unwrap()
}

#[test]
fn a_device_without_permission_is_named_with_the_rule_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
    std::fs::create_dir_all(at("dev")).unwrap();
    std::fs::write(at("dev/hidraw0"), "").unwrap();
    std::fs::set_permissions(at("dev/hidraw0"), Permissions::from_mode(0o000)).unwrap();
    // As /sys shows a HID scanner: the interface's folder, above it the device's with its numbers.
    let interface = at("sys/devices/usb1/1-2/1-2:1.0");
    std::fs::create_dir_all(&interface).unwrap();
    std::fs::create_dir_all(at("sys/class/hidraw/hidraw0")).unwrap();
    std::fs::write(interface.join("report_descriptor"), [0x05, 0x8C, 0x09, 0x02]).unwrap();
    for (name, value) in [("idVendor", "05e0\n"), ("idProduct", "1300\n"), ("product", "Bar Code Scanner\n")]
    {
        std::fs::write(at("sys/devices/usb1/1-2").join(name), value).unwrap();
    }
    symlink(&interface, at("sys/class/hidraw/hidraw0/device")).unwrap();

    let rules = at("rules");
    let said = setup(folder.path(), &["--write-udev", rules.to_str().unwrap()]);
    let text = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success(), "{text}{}", String::from_utf8_lossy(&said.stderr));
    assert!(text.contains("Bar Code Scanner") && text.contains("a udev rule is missing"), "{text}");
    let written = std::fs::read_to_string(&rules).unwrap();
    assert!(text.contains(written.trim_end()), "what is written is what was shown");
    assert!(
        written.contains(r#"ATTRS{idVendor}=="05e0", ATTRS{idProduct}=="1300", GROUP="input""#),
        "{written}"
    );
    assert!(Config::read(&at("station.toml")).unwrap().devices.is_empty());

    let again = setup(folder.path(), &[]);
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("--force"));
}
