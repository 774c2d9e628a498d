//! Three days at a counter, without the pauses: the scans, labels and weighings of seventy-two hours, in most of which something
//! goes wrong with a device or the line. At the end the server has everything once and in order.

use crate::support::{FakeServer, TestStation, bench_with, came_out, qr_label, scan_text, until};
use hufu_protocol::{Language, scanner};
use hufu_station::clock;
use hufu_station::device::{Device, Order, Printer, Scanner};
use hufu_station::simulate::Fault;
use hufu_station::state::PrintJob;
use hufu_station::stream::Address;
use hufu_wire::FromServer;
use hufu_wire::message::{Condition, DeviceRole, Event, JobState, Observation, Reading};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;
use uuid::Uuid;

const SCANS: u32 = 6;

/// What the server was told, by number.
type ReceivedEvents = Arc<Mutex<BTreeMap<u64, Event>>>;

struct Dice(u64);

impl Dice {
    fn below(&mut self, faces: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % faces
    }
}

/// Keeps and acknowledges what it hears; each change of `cut` cuts the line.
async fn serve(server: FakeServer, heard: ReceivedEvents, mut cut: watch::Receiver<u32>) {
    let mut kept = 0;
    loop {
        let mut talk = server.greet(kept).await;
        loop {
            let event = tokio::select! {
                _ = cut.changed() => break,
                event = talk.event() => event,
            };
            kept = kept.max(event.number);
            let before = heard.lock().unwrap().insert(event.number, event.clone());
            assert!(before.is_none_or(|before| before == event), "a number was given twice: {event:?}");
            talk.say(&FromServer::Acknowledge { up_to: kept }).await;
        }
    }
}

struct Counter {
    bench: TestStation,
    heard: ReceivedEvents,
    cut: watch::Sender<u32>,
}

impl Counter {
    async fn open() -> Counter {
        let server = FakeServer::new().await;
        let (address, heard) = (server.address(), ReceivedEvents::default());
        let bench = bench_with(|config| {
            let place = || Address::File("replaced by the simulation".into());
            let scanner = Scanner { setup: scanner::Setup::Ssi, ..Scanner::default() };
            let confirm = Duration::from_secs(4);
            let printer = Printer { confirm, ..Printer::speaking(Language::Zpl) };
            config.server = Some(address);
            config.devices =
                vec![Device::new("scanner", place(), scanner), Device::new("printer", place(), printer)];
        })
        .await;
        let (cut, cuts) = watch::channel(0);
        tokio::spawn(serve(server, heard.clone(), cuts));
        for device in ["scanner", "printer", "scale"] {
            bench.ready(device).await;
        }
        Counter { bench, heard, cut }
    }

    async fn fault(&self, which: DeviceRole, fault: Fault) {
        self.bench.rig.counter.fault(which, fault).await.unwrap();
    }

    fn find<T>(&self, what: impl FnMut(&Event) -> Option<T>) -> Option<T> {
        self.heard.lock().unwrap().values().find_map(what)
    }

    async fn replug(&self, which: DeviceRole, name: &str) {
        self.fault(which, Fault::Unplug).await;
        until("it is absent", async || self.bench.condition(name) == Condition::Absent).await;
        self.fault(which, Fault::Replug).await;
        self.bench.ready(name).await;
    }

    /// What goes wrong before this hour's work.
    async fn trouble(&self, which: u64) {
        match which {
            0 => self.fault(DeviceRole::Scanner, Fault::Noise).await,
            1 => self.fault(DeviceRole::Scanner, Fault::HalfPacket).await,
            2 => self.fault(DeviceRole::Scanner, Fault::WrongChecksum).await,
            3 => self.fault(DeviceRole::Scanner, Fault::Resend).await,
            4 => self.replug(DeviceRole::Scanner, "scanner").await,
            5 => self.replug(DeviceRole::Printer, "printer").await,
            6 => self.replug(DeviceRole::Scale, "scale").await,
            7 => self.fault(DeviceRole::Printer, Fault::PaperOut).await,
            8 => self.fault(DeviceRole::Printer, Fault::HeadOpen).await,
            9 => self.fault(DeviceRole::Printer, Fault::Pause).await,
            10 => self.fault(DeviceRole::Scale, Fault::Restless).await,
            11 => self.cut.send_modify(|cuts| *cuts += 1),
            _ => (),
        }
    }

    /// What a person does about it.
    async fn put_right(&self, which: u64, dice: &mut Dice) {
        sleep(Duration::from_millis(dice.below(250))).await;
        match which {
            7 => self.fault(DeviceRole::Printer, Fault::PaperIn).await,
            8 => self.fault(DeviceRole::Printer, Fault::HeadClosed).await,
            9 => self.fault(DeviceRole::Printer, Fault::Resume).await,
            10 => self.fault(DeviceRole::Scale, Fault::Calm).await,
            12 => {
                // In the middle of the label, or just before or after it.
                self.fault(DeviceRole::Printer, Fault::PowerCut).await;
                sleep(Duration::from_millis(dice.below(100))).await;
                self.fault(DeviceRole::Printer, Fault::Replug).await;
            }
            _ => (),
        }
    }

    async fn scan(&self, text: &str) {
        self.bench.rig.counter.scan(text).await.unwrap();
        let told = |event: &Event| (scan_text(event).as_deref() == Some(text)).then_some(());
        until("a scan is at the server", async || self.find(told).is_some()).await;
    }

    async fn work(&self, hour: u32, which: u64, dice: &mut Dice) {
        for scan in 0..SCANS {
            self.scan(&format!("HF-{hour}-{scan}")).await;
        }
        let (id, title) = (Uuid::from_u128(u128::from(hour) + 1), format!("J{hour}"));
        let raster = qr_label(&title);
        self.bench.station.state.jobs.queue(&PrintJob { id, title, raster }, clock::now()).await.unwrap();
        let (request, weight) = (Uuid::from_u128(1_000_000 + u128::from(hour)), format!("{hour}.25"));
        self.bench.rig.counter.weigh(&weight, "g").await.unwrap();
        self.bench.station.devices.orders.give(None, Order::Weigh { request }).unwrap();
        self.put_right(which, dice).await;
        let ended = |event: &Event| match &event.what {
            Observation::Job { job, state: JobState::Confirmed | JobState::Unknown { .. }, .. } => {
                (*job == id).then_some(())
            }
            _ => None,
        };
        until("the label's fate is at the server", async || self.find(ended).is_some()).await;
        let weighed = |event: &Event| match &event.what {
            Observation::Weight { request: Some(it), reading, .. } if *it == request => Some(reading.clone()),
            _ => None,
        };
        until("the weight is at the server", async || self.find(weighed).is_some()).await;
        let reading = self.find(weighed).unwrap();
        assert!(
            matches!(&reading, Reading::Weight { value, .. } if *value == weight),
            "{weight}: {reading:?}"
        );
    }

    /// Everything once and in order; what is called confirmed came out, and nothing came out twice.
    fn account(&self, hours: u32) {
        let heard = self.heard.lock().unwrap();
        assert!(heard.keys().copied().eq(1..=heard.len() as u64), "numbers are missing");
        let expected: Vec<String> =
            (0..hours).flat_map(|hour| (0..SCANS).map(move |scan| format!("HF-{hour}-{scan}"))).collect();
        let scans: Vec<String> = heard.values().filter_map(scan_text).collect();
        assert_eq!(scans, expected);
        let mut came_out = came_out(&self.bench.rig);
        for hour in 0..hours {
            let id = Uuid::from_u128(u128::from(hour) + 1);
            let mut states = heard.values().filter_map(|event| match &event.what {
                Observation::Job { job, state, .. } => (*job == id).then_some(state),
                _ => None,
            });
            let count = came_out.remove(&format!("J{hour}")).unwrap_or_default();
            match states.next_back().unwrap() {
                JobState::Confirmed => assert_eq!(count, 1, "J{hour}"),
                state => assert!(count <= 1, "J{hour} came out {count} times: {state:?}"),
            }
        }
        assert!(came_out.keys().all(String::is_empty), "nobody ordered these: {came_out:?}");
    }
}

/// `HUFU_HOURS` for a longer life, `HUFU_SEED` for another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_days_of_faults_lose_nothing_and_double_nothing() {
    let wish = |name: &str| std::env::var(name).ok().and_then(|it| it.parse::<u32>().ok());
    let (hours, mut dice) = (wish("HUFU_HOURS").unwrap_or(72), Dice(wish("HUFU_SEED").unwrap_or(7).into()));
    let counter = Counter::open().await;
    for hour in 0..hours {
        let which = dice.below(16);
        counter.trouble(which).await;
        counter.work(hour, which, &mut dice).await;
        counter.bench.ready("printer").await;
    }
    until("nothing waits", async || {
        counter.bench.station.state.events.numbers().await.unwrap().waiting() == 0
    })
    .await;
    counter.account(hours);
}
