//! Many devices at one station: each on its own, whatever the others do.

use crate::support::{config, recorded, small_label, until};
use hufu_station::clock;
use hufu_station::config::Config;
use hufu_station::device::Device;
use hufu_station::simulate::{Plug, Pty};
use hufu_station::state::PrintJob;
use hufu_station::station::{self, Station};
use hufu_wire::message::{Condition, Observation};
use std::path::Path;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::time::sleep;
use uuid::Uuid;

/// A device as the configuration writes it.
fn device(text: &str) -> Device {
    let text = format!("name = \"a\"\ndata = \"d\"\n[[device]]\n{text}");
    Config::parse(&text, Path::new("/")).unwrap().devices.remove(0)
}

fn scanner(name: &str, path: &Path) -> Device {
    device(&format!("role = \"scanner\"\nname = \"{name}\"\nserial = \"{}\"", path.display()))
}

fn deaf_printer(name: &str, listener: &TcpListener) -> Device {
    let address = listener.local_addr().unwrap();
    device(&format!(
        "role = \"printer\"\nname = \"{name}\"\ntcp = \"{address}\"\nlanguage = \"tspl\"\nanswers = false"
    ))
}

fn condition(station: &Station, name: &str) -> Condition {
    let statuses = station.devices.statuses.watch();
    statuses.borrow().iter().find(|state| state.name == name).unwrap().condition.clone()
}

async fn scans(station: &Station) -> Vec<(String, String)> {
    let events = recorded(&station.state).await;
    let scan = |what| match what {
        Observation::Scan { device, text, .. } => Some((device, text)),
        _ => None,
    };
    events.into_iter().filter_map(|event| scan(event.what)).collect()
}

/// One scanner works while another is plugged in and out without end, a third is held by another program, and a printer
/// takes no bytes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_device_waits_for_another() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut good = Plug::new(at("good")).unwrap();
    let mut vanishing = Plug::new(at("vanishing")).unwrap();
    let held = Pty::open().unwrap();
    let _other_program = serialport::new(held.path().unwrap().to_string_lossy(), 9600).open_native().unwrap();
    let deaf = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = config(folder.path());
    config.devices = vec![
        deaf_printer("deaf", &deaf),
        scanner("held", &held.path().unwrap()),
        scanner("vanishing", &at("vanishing")),
        scanner("never there", &at("never")),
        scanner("good", &at("good")),
    ];
    let station = station::start(&config).await.unwrap();
    let (_taken, _) = deaf.accept().await.unwrap();
    let job =
        PrintJob { id: Uuid::from_u128(1), title: "HF-1".to_owned(), raster: crate::support::large_label() };
    until("the good one is ready", async || condition(&station, "good") == Condition::Ready).await;
    station.state.jobs.queue(&job, clock::now()).await.unwrap();
    let (mut expected, mut fastest) = (Vec::new(), Duration::MAX);
    for round in 0..20 {
        vanishing.unplug().unwrap();
        let text = format!("HF-{round}");
        assert!(good.send(format!("{text}\r").as_bytes()).await);
        expected.push(("good".to_owned(), text));
        let took = until("the scan is there", async || scans(&station).await == expected).await;
        fastest = fastest.min(took);
        vanishing.plug_in().unwrap();
    }
    // The fastest of many: how long the others took is the machine's business.
    assert!(fastest < Duration::from_millis(500), "a scan took {fastest:?}");
    until("it is back", async || condition(&station, "vanishing") == Condition::Ready).await;
    assert!(
        matches!(condition(&station, "held"), Condition::Trouble { why } if why.contains("another program"))
    );
    assert_eq!(condition(&station, "never there"), Condition::Absent);
    assert_eq!(condition(&station, "good"), Condition::Ready);
}

/// Two scanners are told apart by name; two printers share the work and no label comes out twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_of_a_kind_work_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (mut left, mut right) = (Plug::new(at("left")).unwrap(), Plug::new(at("right")).unwrap());
    let printers =
        [TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap()];
    let mut config = config(folder.path());
    config.devices = vec![
        scanner("left", &at("left")),
        scanner("right", &at("right")),
        deaf_printer("printer", &printers[0]),
        deaf_printer("printer-2", &printers[1]),
    ];
    let station = station::start(&config).await.unwrap();
    let mut labels = Vec::new();
    for listener in &printers {
        let (mut stream, _) = listener.accept().await.unwrap();
        labels.push(tokio::spawn(async move {
            let mut all = Vec::new();
            let _ = stream.read_to_end(&mut all).await;
            all.windows(7).filter(|window| *window == b"BITMAP ").count()
        }));
    }
    for name in ["left", "right"] {
        until("it is ready", async || condition(&station, name) == Condition::Ready).await;
    }
    assert!(left.send(b"A\r").await && right.send(b"B\r").await);
    until("both scans are there", async || scans(&station).await.len() == 2).await;
    let mut seen = scans(&station).await;
    seen.sort();
    let pair = |device: &str, text: &str| (device.to_owned(), text.to_owned());
    assert_eq!(seen, [pair("left", "A"), pair("right", "B")]);
    for id in 1..=6 {
        let job = PrintJob { id: Uuid::from_u128(id), title: id.to_string(), raster: small_label() };
        station.state.jobs.queue(&job, clock::now()).await.unwrap();
    }
    until("all are sent", async || {
        station.state.jobs.latest(6).await.unwrap().iter().all(|job| job.state == "sent")
    })
    .await;
    sleep(Duration::from_millis(100)).await;
    drop(station);
    let mut printed = 0;
    for label in labels {
        printed += label.await.unwrap();
    }
    assert_eq!(printed, 6);
}
