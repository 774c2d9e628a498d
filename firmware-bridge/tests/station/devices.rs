//! The real drivers against real pseudo-terminals: scans in any pieces, unplugging, a printer that stops reading, a scale that
//! settles.

use crate::support::{bench, bench_with, large_label, recorded, small_label, until};
use hufu_protocol::Language;
use hufu_station::clock;
use hufu_station::config::Config;
use hufu_station::device::{Device, Order, Printer};
use hufu_station::simulate::Fault;
use hufu_station::state::{PrintJob, State};
use hufu_station::stream::Address;
use hufu_wire::message::{Basis, Condition, DeviceRole, JobState, Observation, Reading};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

#[tokio::test]
async fn three_scans_in_one_write_are_three_events_and_noise_is_none() {
    let bench = bench().await;
    bench.ready("scanner").await;
    let counter = &bench.rig.counter;
    counter.scan("A1\rB2\r\nC3").await.unwrap();
    until("three scans are recorded", async || bench.scans().await == ["A1", "B2", "C3"]).await;
    counter.fault(DeviceRole::Scanner, Fault::Noise).await.unwrap();
    sleep(Duration::from_millis(1_300)).await;
    counter.scan("D4").await.unwrap();
    until("a fourth", async || bench.scans().await == ["A1", "B2", "C3", "D4"]).await;
}

#[tokio::test]
async fn a_scan_is_recorded_within_milliseconds() {
    let bench = bench().await;
    bench.ready("scanner").await;
    // The fastest of many: how long the others took is the machine's business.
    let mut fastest = Duration::MAX;
    for at in 0..20 {
        let text = format!("HF-{at}");
        let started = Instant::now();
        bench.rig.counter.scan(&text).await.unwrap();
        until("it is recorded", async || bench.station.state.events.numbers().await.unwrap().last == at + 1)
            .await;
        fastest = fastest.min(started.elapsed());
    }
    assert!(fastest < Duration::from_millis(150), "a scan took {fastest:?}");
}

#[tokio::test]
async fn an_unplugged_device_is_seen_as_absent_and_found_again_within_a_second() {
    let bench = bench().await;
    let counter = &bench.rig.counter;
    let (mut missed, mut back) = (Duration::MAX, Duration::MAX);
    for (which, name) in
        [(DeviceRole::Scanner, "scanner"), (DeviceRole::Printer, "printer"), (DeviceRole::Scale, "scale")]
    {
        bench.ready(name).await;
        counter.fault(which, Fault::Unplug).await.unwrap();
        missed = missed.min(until("it is absent", async || bench.condition(name) == Condition::Absent).await);
        counter.fault(which, Fault::Replug).await.unwrap();
        back = back.min(bench.ready(name).await);
    }
    // The fastest of three: how long the others took is the machine's business.
    assert!(missed.max(back) < Duration::from_secs(1), "missed after {missed:?}, back after {back:?}");
    counter.scan("AFTER").await.unwrap();
    until("the scanner works again", async || bench.scans().await == ["AFTER"]).await;
}

fn deaf_printer(stall: Duration) -> impl FnOnce(&mut Config) {
    let setup = Printer { answers: false, stall, ..Printer::speaking(Language::Zpl) };
    let address = Address::Tcp("replaced by the simulation".to_owned());
    move |config| {
        config.devices.push(Device::new("printer", address, setup));
    }
}

#[tokio::test]
async fn a_printer_that_stops_reading_makes_its_job_unknown_in_time_while_the_scanner_goes_on() {
    // Far longer than a scan takes, on a machine that has little time for this test, too.
    let bench = bench_with(deaf_printer(Duration::from_secs(4))).await;
    bench.ready("scanner").await;
    bench.ready("printer").await;
    bench.rig.counter.fault(DeviceRole::Printer, Fault::Stuck).await.unwrap();
    until("it is stuck", async || bench.rig.counter.view().borrow().troubles.stuck).await;
    let job = PrintJob { id: Uuid::from_u128(1), title: "HF-1".to_owned(), raster: large_label() };
    bench.station.state.jobs.queue(&job, clock::now()).await.unwrap();
    until("sending began", async || bench.station.state.jobs.latest(1).await.unwrap()[0].state == "sending")
        .await;
    bench.rig.counter.scan("MEANWHILE").await.unwrap();
    until("a scan goes through", async || bench.scans().await == ["MEANWHILE"]).await;
    let job = bench.station.state.jobs.latest(1).await.unwrap().remove(0);
    assert_eq!(job.state, "sending", "the scanner waited for the printer");
    until("the job is unknown", async || {
        bench.station.state.jobs.latest(1).await.unwrap()[0].state == "unknown"
    })
    .await;
    // Unstuck, the printer does not get the job again.
    bench.rig.counter.fault(DeviceRole::Printer, Fault::Unstuck).await.unwrap();
    bench.ready("printer").await;
    sleep(Duration::from_millis(500)).await;
    assert_eq!(job_states(&bench.station.state).await.last(), Some(&"unknown"));
    assert!(bench.rig.counter.view().borrow().labels.is_empty());
}

async fn job_states(state: &State) -> Vec<&'static str> {
    let events = recorded(state).await;
    let word = |state: &JobState| match state {
        JobState::Queued => "queued",
        JobState::Sent => "sent",
        JobState::Confirmed => "confirmed",
        JobState::Unknown { .. } => "unknown",
        JobState::Failed { .. } => "failed",
    };
    events
        .iter()
        .filter_map(|event| match &event.what {
            Observation::Job { state, .. } => Some(word(state)),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn a_label_is_confirmed_once_and_waits_while_there_is_no_paper() {
    let bench = bench().await;
    bench.ready("printer").await;
    let counter = &bench.rig.counter;
    counter.fault(DeviceRole::Printer, Fault::PaperOut).await.unwrap();
    until("the lamp says so", async || matches!(bench.condition("printer"), Condition::Trouble { .. })).await;
    let job = PrintJob { id: Uuid::from_u128(7), title: "HF-7".to_owned(), raster: small_label() };
    for _ in 0..3 {
        bench.station.state.jobs.queue(&job, clock::now()).await.unwrap();
    }
    sleep(Duration::from_millis(500)).await;
    assert_eq!(
        job_states(&bench.station.state).await,
        ["queued"],
        "nothing is sent to a printer without paper"
    );
    counter.fault(DeviceRole::Printer, Fault::PaperIn).await.unwrap();
    until("it is confirmed", async || job_states(&bench.station.state).await.contains(&"confirmed")).await;
    assert_eq!(job_states(&bench.station.state).await, ["queued", "sent", "confirmed"]);
    let labels = counter.view().borrow().labels.clone();
    assert_eq!(labels.len(), 1, "one label came out");
    assert_eq!((labels[0].width_dots, labels[0].height_dots), (320, 100));
}

#[tokio::test]
async fn a_weight_is_awaited_until_it_is_stable_and_an_absent_scale_is_never_a_zero() {
    let bench = bench().await;
    bench.ready("scale").await;
    let counter = &bench.rig.counter;
    counter.weigh("12.35", "g").await.unwrap();
    let ask = |request| bench.station.devices.orders.give(None, Order::Weigh { request }).unwrap();
    let readings = async || {
        let events = bench.events().await;
        events
            .into_iter()
            .filter_map(|event| match event.what {
                Observation::Weight { request, reading, .. } => Some((request, reading)),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
    ask(first);
    until("a weight is recorded", async || !readings().await.is_empty()).await;
    let stable = Reading::Weight {
        value: "12.35".to_owned(),
        unit: "g".to_owned(),
        milligrams: Some(12_350),
        stable: true,
        basis: Some(Basis::Gross),
        tare: None,
    };
    assert_eq!(readings().await, [(Some(first), stable.clone())]);
    counter.fault(DeviceRole::Scale, Fault::Unplug).await.unwrap();
    until("it is absent", async || bench.condition("scale") == Condition::Absent).await;
    ask(second);
    until("an answer is recorded", async || readings().await.len() == 2).await;
    assert_eq!(readings().await, [(Some(first), stable), (Some(second), Reading::NotReady)]);
}
