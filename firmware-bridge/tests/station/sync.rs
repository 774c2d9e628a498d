//! The station against a server that only listens: order, repeats, cuts, and a lost outbox.

use crate::support::{FakeServer, TestStation, bench_with, scan_text, small_label, until};
use hufu_station::clock;
use hufu_station::simulate::Fault;
use hufu_station::state::NewEvent;
use hufu_wire::FromServer;
use hufu_wire::message::{DeviceRole, JobState, Observation, Reading, SignRequest, Verdict};
use std::time::Duration;
use tokio::time::sleep;
use uuid::Uuid;

async fn connected(server: &FakeServer) -> TestStation {
    let address = server.address();
    bench_with(|config| config.server = Some(address)).await
}

fn scan(text: &str) -> NewEvent {
    let what = Observation::Scan {
        device: "scanner".to_owned(),
        text: text.to_owned(),
        symbology: None,
        repeat: false,
    };
    NewEvent { at: clock::now(), what }
}

#[tokio::test]
async fn after_a_cut_everything_unacknowledged_comes_again_in_order_and_nothing_else() {
    let server = FakeServer::new().await;
    let bench = connected(&server).await;
    let scans: Vec<NewEvent> = (1..=250).map(|at| scan(&format!("HF-{at}"))).collect();
    bench.station.state.events.record(&scans).await.unwrap();

    let mut talk = server.greet(0).await;
    assert_eq!(talk.authorization, "Bearer secret-token");
    for number in 1..=120 {
        assert_eq!(talk.event().await.number, number);
    }
    talk.say(&FromServer::Acknowledge { up_to: 40 }).await;
    until("it is forgotten", async || bench.station.state.events.numbers().await.unwrap().acknowledged == 40)
        .await;
    drop(talk); // cut in the middle

    // The server had kept up to 100 when the line was cut; its first word says so.
    let mut talk = server.greet(100).await;
    for number in 101..=250 {
        let event = talk.event().await;
        assert_eq!((event.number, scan_text(&event)), (number, Some(format!("HF-{number}"))));
    }
    talk.say(&FromServer::Acknowledge { up_to: 250 }).await;
    until("nothing waits", async || bench.station.state.events.numbers().await.unwrap().waiting() == 0).await;
}

#[tokio::test]
async fn a_server_that_does_not_say_what_it_keeps_gets_the_same_events_twice() {
    let server = FakeServer::new().await;
    let bench = connected(&server).await;
    bench.station.state.events.record(&[scan("A"), scan("B")]).await.unwrap();
    for _ in 0..2 {
        let mut talk = server.accept().await;
        talk.hear().await;
        talk.say(&FromServer::Welcome { station: Uuid::nil(), name: "x".to_owned() }).await;
        assert_eq!(talk.event().await.number, 1);
        assert_eq!(talk.event().await.number, 2);
    }
}

#[tokio::test]
async fn a_station_whose_outbox_was_lost_continues_behind_the_servers_numbers() {
    let server = FakeServer::new().await;
    let bench = connected(&server).await;
    bench.station.state.events.record(&[scan("A"), scan("B")]).await.unwrap();
    let mut talk = server.greet(500).await;
    let (first, second) = (talk.event().await, talk.event().await);
    assert_eq!((first.number, scan_text(&first)), (501, Some("A".to_owned())));
    assert_eq!((second.number, scan_text(&second)), (502, Some("B".to_owned())));
}

#[tokio::test]
async fn offline_scans_are_kept_and_a_print_order_said_twice_prints_once() {
    let server = FakeServer::new().await;
    let bench = connected(&server).await;
    bench.ready("scanner").await;
    bench.ready("printer").await;
    bench.rig.counter.scan("OFFLINE").await.unwrap();
    until("it is recorded", async || bench.station.state.events.numbers().await.unwrap().last == 1).await;

    let mut talk = server.greet(0).await;
    let event = talk.event().await;
    assert_eq!(scan_text(&event).as_deref(), Some("OFFLINE"));
    talk.say(&FromServer::Answer { event: 1, verdict: Verdict::Accepted, sentence: "A-03".to_owned() }).await;
    until("the answer is shown", async || {
        bench.station.recent.watch().borrow()[0].answer == Some((Verdict::Accepted, "A-03".to_owned()))
    })
    .await;

    let order =
        FromServer::Print { job: Uuid::from_u128(5), title: "HF-5".to_owned(), raster: small_label() };
    talk.say(&order).await;
    talk.say(&order).await;
    for expected in [JobState::Queued, JobState::Sent, JobState::Confirmed] {
        let Observation::Job { state, .. } = talk.event().await.what else { panic!() };
        assert_eq!(state, expected);
    }
    drop(talk);
    let mut talk = server.greet(4).await;
    talk.say(&order).await;
    sleep(Duration::from_millis(600)).await;
    assert_eq!(bench.rig.counter.view().borrow().labels.len(), 1);
}

#[tokio::test]
async fn a_request_to_weigh_is_answered_and_a_request_to_sign_can_be_withdrawn() {
    let server = FakeServer::new().await;
    let bench = connected(&server).await;
    bench.ready("scale").await;
    let mut talk = server.greet(0).await;
    bench.rig.counter.fault(DeviceRole::Scale, Fault::Unplug).await.unwrap();
    until("unplugged", async || !bench.rig.counter.view().borrow().plugged.contains(&DeviceRole::Scale))
        .await;
    let request = Uuid::from_u128(3);
    talk.say(&FromServer::Weigh { request }).await;
    let Observation::Weight { request: answered, reading, .. } = talk.event().await.what else { panic!() };
    assert_eq!((answered, reading), (Some(request), Reading::NotReady));

    let ask = SignRequest {
        request,
        asked_by: "王丽".to_owned(),
        holder: "王丽/wang".to_owned(),
        title: "移交".to_owned(),
        words: vec!["十二件".to_owned()],
        statement: String::new(),
        offer: None,
        expires_at: i64::MAX,
    };
    talk.say(&FromServer::Sign(ask)).await;
    until("it is shown", async || bench.station.signer.pending().await.unwrap().len() == 1).await;
    talk.say(&FromServer::ForgetSign { request }).await;
    until("it is gone", async || bench.station.signer.pending().await.unwrap().is_empty()).await;
}
