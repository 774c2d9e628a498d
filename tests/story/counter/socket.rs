//! The line to the stations, with a client that speaks as one.

use super::scene::{DRUG, PHONES, Scene, label};
use crate::support::ENGINES;
use futures_util::{SinkExt, StreamExt};
use hufu::{custody::counter, id::StationId};
use hufu_wire::{
    FromServer, FromStation,
    message::{Condition, DeviceRole, DeviceState, Event, JobState, Observation, Reading, Verdict},
};
use std::time::Duration;
use tokio::{net::TcpListener, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

pub type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

pub async fn serve(it: &Scene) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("ws://{}/station/ws", listener.local_addr().unwrap());
    let service = hufu::api::station::router(it.t.app.clone());
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    address
}

pub(super) async fn dial(address: &str, token: &str) -> Result<Socket, Error> {
    let mut request = address.into_client_request().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    Ok(connect_async(request).await?.0)
}

pub async fn say(socket: &mut Socket, message: &FromStation) {
    socket.send(Message::text(serde_json::to_string(message).unwrap())).await.unwrap();
}

/// The next message; the reason when the server closed instead.
pub async fn hear(socket: &mut Socket) -> Result<FromServer, String> {
    loop {
        let message = timeout(Duration::from_secs(20), socket.next()).await.unwrap();
        match message {
            Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Close(Some(frame)))) => {
                return Err(format!("{} {}", u16::from(frame.code), frame.reason));
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => (),
            other => return Err(format!("{other:?}")),
        }
    }
}

async fn silent(socket: &mut Socket) {
    let nothing = timeout(Duration::from_millis(300), socket.next()).await;
    assert!(nothing.is_err(), "{nothing:?}");
}

pub(super) fn hello(devices: Vec<DeviceState>) -> FromStation {
    FromStation::Hello { version: "1".to_owned(), clock_at: 0, last_event: 0, devices }
}

/// Dialled and greeted; answers with the number that is kept.
pub async fn greeted(address: &str, token: &str) -> (Socket, u64) {
    let mut socket = dial(address, token).await.unwrap();
    let scanner =
        DeviceState { name: "scanner".into(), role: DeviceRole::Scanner, condition: Condition::Ready };
    say(&mut socket, &hello(vec![scanner])).await;
    assert!(matches!(hear(&mut socket).await, Ok(FromServer::Welcome { .. })));
    match hear(&mut socket).await {
        Ok(FromServer::Acknowledge { up_to }) => (socket, up_to),
        other => panic!("{other:?}"),
    }
}

fn scan(number: u64, text: &str, at: i64) -> FromStation {
    let what =
        Observation::Scan { device: "scanner".into(), text: text.to_owned(), symbology: None, repeat: false };
    FromStation::Event(Event { number, observed_at: at, what })
}

#[tokio::test]
async fn a_station_works_the_counter_over_its_socket() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let address = serve(&it).await;
        let now = it.t.app.clock.now().0;
        let (mut socket, up_to) = greeted(&address, &it.token).await;
        assert_eq!(up_to, 0);
        let seen = it.t.app.live.station(it.station.id);
        assert!(seen.connected && seen.devices.len() == 1);

        it.open_case().await.unwrap();
        let Ok(FromServer::Print { job, title, .. }) = hear(&mut socket).await else { panic!("no label") };
        assert!(title.starts_with("W26-0000001"));
        let sent = Observation::Job { job, device: Some("printer".into()), state: JobState::Sent };
        say(&mut socket, &FromStation::Event(Event { number: 1, observed_at: now, what: sent })).await;
        assert_eq!(hear(&mut socket).await, Ok(FromServer::Acknowledge { up_to: 1 }));

        counter::line::weigh(&it.t.app, &it.me, it.at(PHONES), counter::line::Weighed::Thing).await.unwrap();
        let Ok(FromServer::Weigh { request }) = hear(&mut socket).await else { panic!("not asked to weigh") };
        let reading = Reading::Weight {
            value: "182.4".into(),
            unit: "g".into(),
            milligrams: Some(182_400),
            stable: true,
            basis: None,
            tare: None,
        };
        let weight = Observation::Weight {
            device: "scale".into(),
            request: Some(request),
            reading,
            calibration_due: None,
        };
        say(&mut socket, &FromStation::Event(Event { number: 2, observed_at: now, what: weight })).await;
        assert_eq!(hear(&mut socket).await, Ok(FromServer::Acknowledge { up_to: 2 }));
        assert!(matches!(
            hear(&mut socket).await,
            Ok(FromServer::Answer { event: 2, verdict: Verdict::Accepted, .. })
        ));

        for (number, text) in [(3, label(PHONES)), (4, it.code_of(it.t.city.slots[0]).await)] {
            say(&mut socket, &scan(number, &text, now)).await;
            let mut answered = (false, false);
            while answered != (true, true) {
                match hear(&mut socket).await.unwrap() {
                    FromServer::Acknowledge { up_to } => answered.0 = up_to == number,
                    FromServer::Answer { event, verdict, sentence } => {
                        assert_eq!((event, verdict), (number, Verdict::Accepted), "{sentence}");
                        answered.1 = true;
                    }
                    FromServer::Print { title, .. } => assert!(title.starts_with("W26-0000002")),
                    other => panic!("{other:?}"),
                }
            }
        }
        assert_eq!((it.entries("receive").await, it.in_hand().await), (1, Some(DRUG)));
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_label_waits_for_the_station_and_is_sent_until_it_says_sent() {
    for engine in ENGINES {
        let it = Scene::open(engine).await;
        let address = serve(&it).await;
        let job = it.job(PHONES).await;
        let now = it.t.app.clock.now().0;
        for _ in 0..2 {
            let (mut socket, _) = greeted(&address, &it.token).await;
            let Ok(FromServer::Print { job: wanted, .. }) = hear(&mut socket).await else {
                panic!("no label")
            };
            assert_eq!(wanted, job, "the same job id: a station prints it once");
            silent(&mut socket).await;
        }
        for (number, state) in [(1, JobState::Queued), (2, JobState::Sent)] {
            let (mut socket, up_to) = greeted(&address, &it.token).await;
            assert_eq!(up_to, number - 1);
            assert!(matches!(hear(&mut socket).await, Ok(FromServer::Print { .. })));
            let what = Observation::Job { job, device: None, state };
            say(&mut socket, &FromStation::Event(Event { number, observed_at: now, what })).await;
            assert_eq!(hear(&mut socket).await, Ok(FromServer::Acknowledge { up_to: number }));
        }
        let (mut socket, up_to) = greeted(&address, &it.token).await;
        assert_eq!(up_to, 2);
        silent(&mut socket).await;
        it.t.close().await;
    }
}

#[tokio::test]
async fn what_a_station_may_not_say_closes_the_line_with_a_reason_and_loses_nothing() {
    for engine in ENGINES {
        let it = Scene::open(engine).await;
        let address = serve(&it).await;
        let now = it.t.app.clock.now().0;
        for token in ["", "nobody's"] {
            match dial(&address, token).await {
                Err(Error::Http(answer)) => assert_eq!(answer.status().as_u16(), 401),
                other => panic!("{other:?}"),
            }
        }
        let mut early = dial(&address, &it.token).await.unwrap();
        say(&mut early, &FromStation::Waiting { events: 1 }).await;
        assert!(hear(&mut early).await.unwrap_err().contains("hello"));

        let gap = serde_json::to_string(&scan(4, "x", now)).unwrap();
        let zero = serde_json::to_string(&scan(0, "x", now)).unwrap();
        let huge = serde_json::to_string(&scan(3, &"9".repeat(100_000), now)).unwrap();
        for (message, reason) in [
            (Message::text("{\"type\":\"open_the_vault\"}"), "1007"),
            (Message::text("not JSON"), "1007"),
            (Message::binary(vec![1, 2, 3]), "1003"),
            (Message::text(serde_json::to_string(&hello(vec![])).unwrap()), "1008 hello was said"),
            (Message::text(gap), "1008 an event is missing"),
            (Message::text(zero), "1008 events are numbered"),
            (Message::text(huge), "1009"),
        ] {
            let (mut socket, _) = greeted(&address, &it.token).await;
            assert!(matches!(hear(&mut socket).await, Ok(FromServer::Print { .. })));
            say(&mut socket, &scan(1, "x", now)).await;
            assert_eq!(hear(&mut socket).await, Ok(FromServer::Acknowledge { up_to: 1 }));
            assert!(
                matches!(hear(&mut socket).await, Ok(FromServer::Answer { event: 1, .. })),
                "a repeat is answered again"
            );
            say(&mut socket, &scan(2, "y", now)).await;
            assert_eq!(hear(&mut socket).await, Ok(FromServer::Acknowledge { up_to: 2 }));
            assert!(matches!(hear(&mut socket).await, Ok(FromServer::Answer { event: 2, .. })));
            drop(socket.send(message).await);
            let closed = hear(&mut socket).await.unwrap_err();
            assert!(closed.starts_with(reason), "{reason}: {closed}");
        }
        let (_socket, up_to) = greeted(&address, &it.token).await;
        assert_eq!(up_to, 2, "nothing that was kept is asked for again");
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_newer_connection_takes_the_place_of_the_older_one() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let address = serve(&it).await;
        let (mut old, _) = greeted(&address, &it.token).await;
        let (new, _) = greeted(&address, &it.token).await;
        assert!(hear(&mut old).await.unwrap_err().contains("again"));
        assert!(it.t.app.live.station(it.station.id).connected);
        drop(new);
        gone(&it, it.station.id).await;
        it.t.close().await;
    }
}

async fn gone(it: &Scene, station: StationId) {
    for _ in 0..100 {
        if !it.t.app.live.station(station).connected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the station still counts as connected");
}

#[tokio::test]
async fn a_burst_of_scans_is_kept_in_order_once_each() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let address = serve(&it).await;
        let now = it.t.app.clock.now().0;
        let (mut socket, _) = greeted(&address, &it.token).await;
        for number in 1..=200 {
            say(&mut socket, &scan(number, &label(PHONES), now)).await;
        }
        let (mut acknowledged, mut answers) = (0, Vec::new());
        while acknowledged < 200 || answers.len() < 200 {
            match hear(&mut socket).await.unwrap() {
                FromServer::Acknowledge { up_to } => acknowledged = up_to,
                FromServer::Answer { event, .. } => answers.push(event),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(answers, (1..=200).collect::<Vec<u64>>());
        it.t.close().await;
    }
}
