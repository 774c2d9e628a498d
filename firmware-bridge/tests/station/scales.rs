//! Scales of every protocol: a weight is awaited until it is steady, and nothing is ever a silent zero.

use crate::support::{config, recorded, until};
use futures_util::future::join_all;
use hufu_protocol::scale::Protocol;
use hufu_station::clock;
use hufu_station::device::{Device, Order, Scale};
use hufu_station::simulate::{Fault, Pty, Rig, rig};
use hufu_station::station::{self, Station};
use hufu_station::stream::Address;
use hufu_wire::Day;
use hufu_wire::message::{Basis, Condition, DeviceRole, Observation, Reading};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;
use uuid::Uuid;

struct TestStation {
    _dir: TempDir,
    rig: Rig,
    station: Station,
}

async fn bench(setup: Scale) -> TestStation {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path());
    let address = Address::File("replaced by the simulation".into());
    config.devices = vec![Device::new("scale", address, setup)];
    let rig = rig(&mut config, None).unwrap();
    config.devices.retain(|device| device.name == "scale");
    let bench = TestStation { station: station::start(&config).await.unwrap(), _dir: dir, rig };
    until("the scale is known", async || {
        !matches!(bench.condition(), Condition::Absent | Condition::Opening)
    })
    .await;
    bench
}

impl TestStation {
    fn condition(&self) -> Condition {
        self.station.devices.statuses.watch().borrow()[0].condition.clone()
    }

    async fn fault(&self, fault: Fault) {
        self.rig.counter.fault(DeviceRole::Scale, fault).await.unwrap();
    }

    async fn weigh(&self) -> (Reading, Option<Day>) {
        weigh(&self.station).await
    }
}

/// Asks for a weight and waits for it.
async fn weigh(station: &Station) -> (Reading, Option<Day>) {
    let request = Uuid::new_v4();
    station.devices.orders.give(None, Order::Weigh { request }).unwrap();
    let answer = async || {
        let events = recorded(&station.state).await;
        events.into_iter().find_map(|event| match event.what {
            Observation::Weight { request: Some(it), reading, calibration_due, .. } if it == request => {
                Some((reading, calibration_due))
            }
            _ => None,
        })
    };
    until("a weight is recorded", async || answer().await.is_some()).await;
    answer().await.unwrap()
}

#[tokio::test]
async fn every_protocol_waits_for_a_steady_weight() {
    let one = async |protocol: Protocol| {
        let bench = bench(Scale::speaking(protocol)).await;
        assert_eq!(bench.condition(), Condition::Ready, "{protocol:?}");
        bench.rig.counter.weigh("12.35", "kg").await.unwrap();
        let (reading, due) = bench.weigh().await;
        let Reading::Weight { value, unit, milligrams, stable, .. } = reading else { panic!("{protocol:?}") };
        let found = (value.as_str(), unit.as_str(), milligrams, stable);
        assert_eq!(found, ("12.35", "kg", Some(12_350_000), true), "{protocol:?}");
        assert_eq!(due, None);
    };
    join_all(Protocol::ALL.map(one)).await;
}

#[tokio::test]
async fn a_weight_in_motion_overloaded_or_silent_is_never_a_zero() {
    let one = async |protocol: Protocol| {
        let bench = bench(Scale::speaking(protocol)).await;
        bench.rig.counter.weigh("12.35", "kg").await.unwrap();
        bench.fault(Fault::Restless).await;
        match (bench.weigh().await.0, protocol) {
            // An 8217 keeps a weight in motion to itself.
            (Reading::NotReady, Protocol::Toledo8217) => (),
            (Reading::Weight { value, stable, .. }, _) => {
                assert!(!stable && value.starts_with("12.3"), "{protocol:?}: {value} {stable}");
            }
            (other, _) => panic!("{protocol:?}: {other:?}"),
        }
        for (fault, expected) in
            [(Fault::Overloaded, Reading::Overload), (Fault::Underloaded, Reading::Underload)]
        {
            if protocol != Protocol::Yaohua {
                bench.fault(fault).await;
                assert_eq!(bench.weigh().await.0, expected, "{protocol:?}");
            }
        }
        bench.fault(Fault::Silent).await;
        assert_eq!(bench.weigh().await.0, Reading::NotReady, "{protocol:?}");
    };
    join_all(Protocol::ALL.map(one)).await;
}

#[tokio::test]
async fn a_scale_past_its_calibration_says_so_and_its_weights_carry_the_day() {
    let day = |text: &str| Some(text.parse::<Day>().unwrap());
    let today = Day::of(clock::now());
    for (due, is_overdue) in
        [(day("2020-02-29"), true), (Some(today), false), (Some(today.plus_days(30)), false)]
    {
        let bench = bench(Scale { calibration_due: due, ..Scale::speaking(Protocol::Sics) }).await;
        bench.rig.counter.weigh("1.00", "g").await.unwrap();
        let (reading, carried) = bench.weigh().await;
        assert!(matches!(reading, Reading::Weight { stable: true, .. }));
        assert_eq!(carried, due);
        match bench.condition() {
            Condition::Trouble { why } => {
                assert!(is_overdue && why.contains("检定已于 2020-02-29 到期"), "{why}");
            }
            condition => assert!(!is_overdue && condition == Condition::Ready, "{condition:?}"),
        }
    }
}

/// A scale that was tared says so, when it is asked; one that does not know the question keeps nobody waiting.
#[tokio::test]
async fn tare_and_net_are_kept_with_the_weight_where_the_scale_tells_them() {
    let table: [(&str, Option<Basis>, Option<&str>); 4] = [
        ("TA A      50.00 g\r\n", Some(Basis::Net), Some("50.00")),
        ("TA A       0.00 g\r\n", Some(Basis::Gross), None),
        ("ES\r\n", None, None),
        ("", None, None),
    ];
    for (said, expected_basis, expected_tare) in table {
        let dir = tempfile::tempdir().unwrap();
        let mut pty = Pty::open().unwrap();
        let mut config = config(dir.path());
        let address = Address::Serial { path: pty.path().unwrap(), baud: 9600 };
        let settings = Scale::speaking(Protocol::Sics);
        config.devices = vec![Device::new("scale", address, settings)];
        let station = station::start(&config).await.unwrap();
        let answering = tokio::spawn(async move {
            let mut bytes = [0u8; 64];
            loop {
                let count = pty.device().read(&mut bytes).await.unwrap();
                let answer = if bytes[..count].starts_with(b"TA") { said } else { "S S      12.35 g\r\n" };
                pty.device().write_all(answer.as_bytes()).await.unwrap();
            }
        });
        sleep(Duration::from_millis(50)).await;
        let (reading, _) = weigh(&station).await;
        let Reading::Weight { value, basis, tare, .. } = reading else { panic!("{reading:?}") };
        assert_eq!(
            (value.as_str(), basis, tare.as_deref()),
            ("12.35", expected_basis, expected_tare),
            "{said:?}"
        );
        answering.abort();
    }
}

/// A station whose scale is this pseudo-terminal.
async fn on_pty() -> (TempDir, Pty, Station) {
    let dir = tempfile::tempdir().unwrap();
    let pty = Pty::open().unwrap();
    let mut config = config(dir.path());
    let address = Address::Serial { path: pty.path().unwrap(), baud: 9600 };
    config.devices = vec![Device::new("scale", address, Scale::speaking(Protocol::Sics))];
    let station = station::start(&config).await.unwrap();
    (dir, pty, station)
}

/// A scale that takes its time with an answer has not been used by anybody; one whose key was pressed has.
#[tokio::test]
async fn a_late_answer_to_a_look_is_no_weight_and_the_scales_own_key_is_one() {
    let (_dir, mut pty, station) = on_pty().await;
    let (press, mut pressed) = tokio::sync::mpsc::channel::<()>(1);
    tokio::spawn(async move {
        let (mut bytes, mut late) = ([0u8; 64], Duration::from_millis(1_300));
        loop {
            tokio::select! {
                Some(()) = pressed.recv() => pty.device().write_all(b"S S       7.00 g\r\n").await.unwrap(),
                read = pty.device().read(&mut bytes) => {
                    read.unwrap();
                    sleep(std::mem::take(&mut late)).await;
                    pty.device().write_all(b"S S      12.35 g\r\n").await.unwrap();
                }
            }
        }
    });
    let condition = || station.devices.statuses.watch().borrow()[0].condition.clone();
    until("it is silent", async || matches!(condition(), Condition::Trouble { .. })).await;
    until("it answers", async || condition() == Condition::Ready).await;
    assert_eq!(recorded(&station.state).await, [], "nobody weighed");
    press.send(()).await.unwrap();
    until("the key is recorded", async || recorded(&station.state).await.len() == 1).await;
}

/// A scale on a pseudo-terminal that answers every question with these bytes.
async fn answering(said: &'static [u8]) -> (TempDir, Station) {
    let (dir, mut pty, station) = on_pty().await;
    tokio::spawn(async move {
        let mut bytes = [0u8; 64];
        while pty.device().read(&mut bytes).await.is_ok() {
            pty.device().write_all(said).await.unwrap();
        }
    });
    (dir, station)
}

/// "It does not answer: look at its cable" sends people to the wrong place. What a scale says is shown, and a unit that is
/// not taken is called by its name.
#[tokio::test]
async fn a_scale_that_answers_otherwise_is_shown_its_own_bytes_and_a_unit_is_refused_by_name() {
    let table: [(&[u8], &[&str]); 8] = [
        (b"EL\r\n", &["退出秤的菜单", "leave its menu", "45 4C 0D 0A “EL..”"]),
        (b"S D 12:07.50 lb:oz\r\n", &["磅和盎司", "pounds and ounces", "“S D 12:07.50 lb:oz..”"]),
        (b"\x80\xfe\x1c\xe0\x9f\xc3", &["波特率", "baud", "80 FE 1C E0 9F C3"]),
        (b"HD 1.00\r\n", &["protocol", "48 44 20 31 2E 30 30 0D 0A"]),
        (b"S S      2.646 lb\r\n", &["磅（lb）", "pounds (lb)", "kg"]),
        (b"S S      2.646 oz\r\n", &["盎司（oz）", "ounces (oz)"]),
        (b"S S      61.75 ct\r\n", &["克拉（ct）", "carats (ct)"]),
        (b"S S        253 PCS\r\n", &["件数（PCS）", "pieces (PCS)"]),
    ];
    let one = async |(said, words): (&'static [u8], &'static [&'static str])| {
        let (_dir, station) = answering(said).await;
        let why = || match &station.devices.statuses.watch().borrow()[0].condition {
            Condition::Trouble { why } => why.clone(),
            Condition::Absent | Condition::Opening | Condition::Ready => String::new(),
        };
        until("the trouble is told", async || !why().is_empty()).await;
        for word in words {
            assert!(why().contains(word), "{} should say {word}", why());
        }
        assert!(!why().contains("没有应答"), "{}", why());
        match weigh(&station).await.0 {
            Reading::NotReady | Reading::Weight { milligrams: None, .. } => (),
            other => panic!("{other:?} is taken"),
        }
        assert!(why().contains(words[0]), "{} after weighing", why());
    };
    join_all(table.map(one)).await;
}
