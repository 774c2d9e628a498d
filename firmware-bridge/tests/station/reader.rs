//! An RFID reader and a cabinet of locks: what they see, and what is said when they cannot.

use crate::support::{TestStation, bench_with, until};
use hufu_station::device::Order;
use hufu_station::simulate::{Fault, everything};
use hufu_wire::message::{Condition, DeviceRole, Door, Observation, Round, Tag};
use std::num::NonZeroU8;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use uuid::Uuid;

async fn rounds(bench: &TestStation) -> Vec<(Uuid, Round)> {
    let events = bench.events().await;
    let round = |what| match what {
        Observation::Tags { request, round, .. } => Some((request.unwrap(), round)),
        _ => None,
    };
    events.into_iter().filter_map(|event| round(event.what)).collect()
}

async fn look(bench: &TestStation, number: u128) -> Round {
    let request = Uuid::from_u128(number);
    bench.station.devices.orders.give(None, Order::Inventory { request }).unwrap();
    until("the round is recorded", async || rounds(bench).await.iter().any(|(id, _)| *id == request)).await;
    rounds(bench).await.into_iter().find(|(id, _)| *id == request).unwrap().1
}

fn reason(round: &Round) -> &str {
    match round {
        Round::NotDone { why } => why,
        Round::Complete { tags } => panic!("{tags:?}"),
    }
}

#[tokio::test]
async fn a_round_tells_each_tag_once_with_its_name() {
    let bench = bench_with(everything).await;
    bench.ready("reader").await;
    let asset = "3814257BF62D65AC98326CB583060C5933000000000000000000";
    let tags = ["3414257BF400000000BC6038", asset, "3414257BF400000000BC6038", "E28011606000020000000001"];
    bench.rig.counter.lay(tags.map(str::to_owned).to_vec()).await.unwrap();
    until("they lie there", async || bench.rig.counter.view().borrow().tags.len() == 4).await;
    let tag = |epc: &str, name: Option<&str>| Tag { epc: epc.to_owned(), name: name.map(str::to_owned) };
    let expected = vec![
        tag("3414257BF400000000BC6038", Some("urn:epc:id:giai:0614141.12345400")),
        tag(asset, Some("urn:epc:id:giai:0614141.EV-2026-000123")),
        tag("E28011606000020000000001", None),
    ];
    assert_eq!(look(&bench, 1).await, Round::Complete { tags: expected });
    bench.rig.counter.lay(Vec::new()).await.unwrap();
    until("the table is empty", async || bench.rig.counter.view().borrow().tags.is_empty()).await;
    assert_eq!(look(&bench, 2).await, Round::Complete { tags: Vec::new() });
    assert!(bench.scans().await.is_empty(), "a tag that was seen is not a scan");
}

#[tokio::test]
async fn a_reader_that_is_gone_busy_or_strange_never_sees_an_empty_table() {
    let bench = bench_with(everything).await;
    bench.ready("reader").await;
    let counter = &bench.rig.counter;
    counter.fault(DeviceRole::Reader, Fault::Unplug).await.unwrap();
    until("it is absent", async || bench.condition("reader") == Condition::Absent).await;
    assert!(reason(&look(&bench, 1).await).contains("not connected"));
    counter.fault(DeviceRole::Reader, Fault::Replug).await.unwrap();
    bench.ready("reader").await;
    // Noise ends the conversation, and another begins.
    counter.fault(DeviceRole::Reader, Fault::Noise).await.unwrap();
    until("it is in trouble", async || bench.condition("reader") != Condition::Ready).await;
    bench.ready("reader").await;
    assert!(matches!(look(&bench, 2).await, Round::Complete { .. }));
    counter.fault(DeviceRole::Reader, Fault::Stuck).await.unwrap();
    assert!(reason(&look(&bench, 3).await).contains("does not answer"));
}

/// A reader serves one client: the second is told so, and not taken for somebody.
#[tokio::test]
async fn a_reader_that_serves_another_is_trouble() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = crate::support::config(dir.path());
    everything(&mut config);
    let rig = hufu_station::simulate::rig(&mut config, None).unwrap();
    let reader = config.devices.iter().find(|device| device.name == "reader").unwrap();
    let hufu_station::stream::Address::Tcp(address) = &reader.address else { panic!() };
    let mut other = TcpStream::connect(address).await.unwrap();
    other.read_exact(&mut [0u8; 32]).await.unwrap();
    let station = hufu_station::station::start(&config).await.unwrap();
    let statuses = station.devices.statuses.watch();
    let is_taken = |condition: &Condition| matches!(condition, Condition::Trouble { why } if why.contains("one at a time"));
    until("it is taken", async || statuses.borrow().iter().any(|it| is_taken(&it.condition))).await;
    drop(other);
    until("it is free", async || {
        statuses.borrow().iter().any(|it| it.name == "reader" && it.condition == Condition::Ready)
    })
    .await;
    drop(rig);
}

async fn doors(bench: &TestStation) -> Vec<(u8, Option<Uuid>, Door)> {
    let events = bench.events().await;
    let door = |what| match what {
        Observation::Door { lock, request, door, .. } => Some((lock.get(), request, door)),
        _ => None,
    };
    events.into_iter().filter_map(|event| door(event.what)).collect()
}

async fn open(bench: &TestStation, lock: u8, number: u128) -> Door {
    let request = Uuid::from_u128(number);
    let order = Order::OpenLock { request, lock: NonZeroU8::new(lock).unwrap() };
    bench.station.devices.orders.give(Some("locks"), order).unwrap();
    let answered = async || doors(bench).await.into_iter().find(|(_, id, _)| *id == Some(request));
    until("the order is answered", async || answered().await.is_some()).await;
    let (told, _, door) = answered().await.unwrap();
    assert_eq!(told, lock);
    door
}

#[tokio::test]
async fn a_door_is_open_when_its_sensor_says_so() {
    let bench = bench_with(everything).await;
    bench.ready("locks").await;
    let counter = &bench.rig.counter;
    until("the first look is told", async || doors(&bench).await.len() == 8).await;
    assert!(doors(&bench).await.iter().all(|(_, request, door)| request.is_none() && *door == Door::Closed));
    assert_eq!(open(&bench, 3, 1).await, Door::Open);
    assert_eq!(counter.view().borrow().doors, [false, false, true, false, false, false, false, false]);
    // Shut by hand: told unasked. Open already: no pulse, and still true.
    assert_eq!(open(&bench, 3, 2).await, Door::Open);
    counter.door(NonZeroU8::new(3).unwrap(), false).await.unwrap();
    until("it is told", async || doors(&bench).await.last() == Some(&(3, None, Door::Closed))).await;
    // Noise on the line hinders nothing.
    counter.fault(DeviceRole::Locks, Fault::Noise).await.unwrap();
    assert_eq!(open(&bench, 8, 3).await, Door::Open);
}

#[tokio::test]
async fn a_lock_that_did_not_open_is_never_called_open() {
    let bench = bench_with(everything).await;
    bench.ready("locks").await;
    let counter = &bench.rig.counter;
    let refused = |door: Door, word: &str| match door {
        Door::NotOpened { why } => assert!(why.contains(word), "{why} should speak of {word}"),
        door => panic!("{door:?}"),
    };
    refused(open(&bench, 9, 1).await, "no such lock");
    refused(open(&bench, 255, 2).await, "no such lock");
    counter.fault(DeviceRole::Locks, Fault::Jam).await.unwrap();
    refused(open(&bench, 1, 3).await, "did not open");
    counter.fault(DeviceRole::Locks, Fault::Unjam).await.unwrap();
    counter.fault(DeviceRole::Locks, Fault::Stuck).await.unwrap();
    // Silent, or just being opened afresh because of it.
    refused(open(&bench, 1, 4).await, "the lock board");
    counter.fault(DeviceRole::Locks, Fault::Unstuck).await.unwrap();
    bench.ready("locks").await;
    counter.fault(DeviceRole::Locks, Fault::Unplug).await.unwrap();
    until("it is absent", async || bench.condition("locks") == Condition::Absent).await;
    refused(open(&bench, 1, 5).await, "not connected");
    assert_eq!(counter.view().borrow().doors, [false; 8], "nothing was opened");
    counter.fault(DeviceRole::Locks, Fault::Replug).await.unwrap();
    bench.ready("locks").await;
    assert_eq!(open(&bench, 1, 6).await, Door::Open);
}
