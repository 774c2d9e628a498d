//! Cables that are pulled and put back a thousand times: every device is found again under its name, each scan afterwards
//! arrives, and the station neither keeps descriptors nor grows.

use crate::support::{spawn, until};
use hufu_station::simulate::Plug;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Child;
use std::time::{Duration, Instant};

const DEVICES: usize = 25;

struct Station {
    child: Child,
    address: String,
}

impl Drop for Station {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Station {
    fn status(&self) -> serde_json::Value {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request = format!("GET /status HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    fn all_are(&self, condition: &str) -> bool {
        let status = self.status();
        let devices = status["devices"].as_array().unwrap();
        assert_eq!(devices.len(), DEVICES);
        devices.iter().all(|device| device["condition"] == condition)
    }

    fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

#[tokio::test]
async fn a_thousand_pulled_cables_lose_no_device_no_descriptor_and_no_scan() {
    let cycles = std::env::var("HUFU_TEST_CYCLES").ok().and_then(|it| it.parse().ok()).unwrap_or(1_000);
    let dir = tempfile::tempdir().unwrap();
    let mut config = "name = \"test\"\ndata = \"data\"\nlisten = \"127.0.0.1:0\"\n".to_owned();
    let mut plugs = Vec::new();
    for at in 0..DEVICES {
        let link = dir.path().join(format!("scanner-{at}"));
        config +=
            &format!("[[device]]\nrole = \"scanner\"\nname = \"s{at}\"\nserial = \"{}\"\n", link.display());
        plugs.push(Plug::new(link).unwrap());
    }
    let path = dir.path().join("station.toml");
    std::fs::write(&path, config).unwrap();
    let (child, address) = spawn("run", &path, "hufu_station::command=info,warn");
    let station = Station { child, address };

    until("all are open", async || station.all_are("ready")).await;
    let mut back = Vec::new();
    let mut early = (0, 0);
    for round in 1..=cycles / DEVICES {
        for plug in &mut plugs {
            plug.unplug().unwrap();
        }
        until("all are absent", async || station.all_are("absent")).await;
        for plug in &mut plugs {
            plug.plug_in().unwrap();
        }
        let plugged = Instant::now();
        until("all are back", async || station.all_are("ready")).await;
        back.push(plugged.elapsed());
        for plug in &mut plugs {
            assert!(plug.send(format!("R{round}\r").as_bytes()).await);
        }
        let scans = u64::try_from(round * DEVICES).unwrap();
        until("each scan arrives", async || station.status()["last_event"] == scans).await;
        if round == 5 {
            early = (station.descriptors(), station.resident_kib());
        }
    }
    back.sort_unstable();
    let usual = back[back.len() / 2];
    assert!(usual < Duration::from_secs(1), "usually back after {usual:?}");
    assert!(
        station.descriptors() <= early.0 + 1,
        "{} descriptors, {} before",
        station.descriptors(),
        early.0
    );
    let grown = station.resident_kib().saturating_sub(early.1);
    assert!(grown < 4_096, "the station grew by {grown} KiB");
}
