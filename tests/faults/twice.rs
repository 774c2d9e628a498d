//! The same message twice records once: a request under its key, an observation under its number, a draft under its id.
//! And a clock that is set back does not turn the journal round.

use crate::{
    client::Client,
    race,
    station::{Station, dial, hello, scan, text},
    support::{ENGINES, TestApp, browser},
    walk::event,
};
use futures_util::{SinkExt, StreamExt};
use hufu::{
    clock::Span,
    custody::city,
    id::{EntryId, StationId},
    ledger::Measure,
    store::{heads, journal},
};
use hufu_wire::{
    FromServer, FromStation,
    message::{Event, Verdict},
};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

async fn size(test: &TestApp) -> u64 {
    let mut tx = test.app.db.read().await.unwrap();
    heads::size(&mut tx).await.unwrap()
}

/// Chen stands at a new counter; answers with its station and token.
pub(crate) async fn counter(test: &TestApp, chen: &Client) -> (StationId, String) {
    let (unit, page) = (test.city.centre_unit, "http://127.0.0.1:9");
    let (at, token) = city::add_station(&test.app, unit, "中心二号窗口", page).await.unwrap();
    chen.put("/api/v1/me/station", json!({"station": at})).await.ok();
    chen.put(&format!("/api/v1/counters/{at}/custodian"), json!(null)).await.ok();
    (at, token)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_under_the_same_key_is_recorded_once_however_often_and_at_once_it_comes() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        let case = test.case("A-1").await;
        race::owed(&test, case, 3).await;
        let chen = Client::of(served.address, "chen").await;
        let (at, _) = counter(&test, &chen).await;
        let zhang = test.person("zhang").await.id;
        let open = json!({"case": case, "delivered_by": zhang});
        chen.put(&format!("/api/v1/counters/{at}/case"), open).await.ok();
        let before = size(&test).await;
        let (path, key) = (format!("/api/v1/counters/{at}/extras"), Uuid::from_u128(0xE0));
        let ask = || chen.post_once(&path, key, json!({"description": "银色手表一块"}));
        let at_once: [_; 4] = tokio::join!(ask(), ask(), ask(), ask()).into();
        for answer in at_once.into_iter().chain([ask().await]) {
            assert_eq!(answer.ok()["entry"], before + 1);
        }
        assert_eq!(size(&test).await, before + 1);
        // The same key for another act is refused, and nothing is recorded.
        let open = chen.get(&format!("/api/v1/counters/{at}/cases/{case}")).await.ok();
        let line = open["lines"][0]["item"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/counters/{at}/items/{line}/refusal");
        let other = chen.post_once(&path, key, json!({"reason": "颜色不符"})).await;
        assert_eq!((other.status, other.refusal()), (409, "id_taken"));
        assert_eq!(size(&test).await, before + 1);
        drop(served);
        test.close().await;
    }
}

/// A caller that takes a key for two different requests learns of it, instead of hearing that the second was done. (Attack A10.)
#[tokio::test]
async fn a_key_that_comes_with_another_content_is_refused() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        let case = test.case("A-1").await;
        let [a1, a2] = [test.city.slots[0], test.city.slots[1]];
        let things =
            test.lying(case, &[("手机", Measure::Piece, 1, a1), ("手表", Measure::Piece, 1, a1)]).await;
        let chen = Client::of(served.address, "chen").await;
        let (key, before) = (Uuid::from_u128(0xA10), size(&test).await);
        let moved = async |item, from, to| {
            let wish = json!({"id": key, "item": item, "quantity": 1, "from": from, "to": to});
            let answers = chen.post("/api/v1/moves", json!({"moves": [wish]})).await.ok();
            answers["answers"][0].clone()
        };
        let done = moved(things[0].item, a1, a2).await;
        assert_eq!(done["recorded"]["entry"], before + 1, "{done}");
        let again = moved(things[0].item, a1, a2).await;
        assert_eq!(
            (&again["recorded"]["entry"], &again["recorded"]["repeat"]),
            (&json!(before + 1), &json!(true))
        );
        let other = moved(things[1].item, a1, a2).await;
        assert_eq!(other["refused"]["code"], "id_taken", "{other}");

        let (at, _) = counter(&test, &chen).await;
        let zhang = test.person("zhang").await.id;
        let another = test.case("A-2").await;
        race::owed(&test, another, 1).await;
        let open = json!({"case": another, "delivered_by": zhang});
        chen.put(&format!("/api/v1/counters/{at}/case"), open).await.ok();
        let path = format!("/api/v1/counters/{at}/extras");
        let key = Uuid::from_u128(0xA11);
        chen.post_once(&path, key, json!({"description": "银色手表一块"})).await.ok();
        let other = chen.post_once(&path, key, json!({"description": "金条两根"})).await;
        assert_eq!((other.status, other.refusal()), (409, "id_taken"));
        drop(served);
        test.close().await;
    }
}

#[tokio::test]
async fn an_observation_under_the_same_number_is_carried_out_once() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        let case = test.case("A-1").await;
        let slot = test.city.slots[0];
        let thing = test.lying(case, &[("手机", Measure::Piece, 1, slot)]).await.remove(0);
        let slot = test.slot_code(test.city.slots[1]).await;
        let chen = Client::of(served.address, "chen").await;
        let (at, token) = counter(&test, &chen).await;
        let events: Vec<FromStation> = [&thing.code, &slot]
            .into_iter()
            .zip(1..)
            .map(|(code, number)| FromStation::Event(Event { number, observed_at: 1, what: scan(code) }))
            .collect();
        let before = size(&test).await;
        let mut first = Vec::new();
        for round in 0..3 {
            // A station whose line was cut before the acknowledgement came says everything again.
            let mut socket = dial(served.address, &token).await.unwrap();
            socket.send(text(&hello())).await.unwrap();
            let mut answers = Vec::new();
            for event in events.iter().chain(&events) {
                socket.send(text(event)).await.unwrap();
                loop {
                    let Message::Text(said) = socket.next().await.unwrap().unwrap() else { continue };
                    if let FromServer::Answer { verdict, sentence, .. } = serde_json::from_str(&said).unwrap()
                    {
                        assert_eq!(verdict, Verdict::Accepted, "{sentence}");
                        answers.push(sentence);
                        break;
                    }
                }
            }
            assert_eq!(answers[..2], answers[2..], "a repeat hears what was said before");
            if round == 0 {
                first.clone_from(&answers);
            }
            assert_eq!(answers, first);
            assert_eq!(size(&test).await, before + 1, "one move");
        }
        let mut tx = test.app.db.read().await.unwrap();
        let entry = journal::entry_by_id(&mut tx, EntryId(event(at, 2))).await.unwrap().unwrap();
        assert_eq!(entry.seq, before + 1);
        drop(tx);
        drop(served);
        test.close().await;
    }
}

/// Two servers of one ledger: who stands at the counter asks one of them, the station has dialled in to the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_label_ordered_at_one_server_is_printed_by_a_station_at_the_other() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let other = test.again().await;
        let (here, there) = (browser::serve(&test.app).await, browser::serve(&other).await);
        let case = test.case("A-1").await;
        race::owed(&test, case, 1).await;
        let chen = Client::of(here.address, "chen").await;
        let (at, token) = counter(&test, &chen).await;
        let mut station = Station::new(there.address, &token);
        station.be_there().await;
        let open = json!({"case": case, "delivered_by": test.person("zhang").await.id});
        chen.put(&format!("/api/v1/counters/{at}/case"), open).await.ok();
        let lines = chen.get(&format!("/api/v1/counters/{at}/cases/{case}")).await.ok()["lines"].clone();
        let path = format!("/api/v1/counters/{at}/items/{}/labels", lines[0]["item"].as_str().unwrap());
        chen.post(&path, json!({"reason": "damaged"})).await.ok();
        station.print().await;
        drop((here, there));
        other.db.close().await;
        test.close().await;
    }
}

#[tokio::test]
async fn a_clock_set_back_an_hour_does_not_turn_the_journal_round() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        test.app.clock.advance(Span::hours(2));
        let case = test.case("A-1").await;
        let slots = test.city.slots.clone();
        let thing = test.lying(case, &[("手机", Measure::Piece, 5, slots[0])]).await.remove(0);
        let chen = Client::of(served.address, "chen").await;
        let (_, token) = counter(&test, &chen).await;
        test.app.clock.advance(Span::hours(-1));
        let early = test.app.clock.now();
        for _ in 0..3 {
            test.moved(thing.item, 1, slots[0], slots[1]).await;
        }
        // Who is logged in stays so, and the counter works on.
        let mut station = Station::new(served.address, &token);
        assert_eq!(station.scan(&thing.code).await.unwrap().0, Verdict::Accepted);
        test.app.clock.advance(Span::hours(2));
        test.moved(thing.item, 1, slots[0], slots[1]).await;
        let mut tx = test.app.db.read().await.unwrap();
        let mut last = hufu::clock::Moment(0);
        // Two for the thing, one for the station of the counter, then the moves.
        for (nth, seq) in (1..=7).map(|nth| (nth, test.nth(nth))) {
            let entry = journal::entry(&mut tx, seq).await.unwrap().unwrap();
            assert!(entry.recorded_at >= last, "entry {seq} was recorded before the one before it");
            last = entry.recorded_at;
            if (4..=6).contains(&nth) {
                assert_eq!(entry.draft.happened_at, early, "the actor's word is kept as it is");
                assert_eq!(entry.recorded_at, early.plus(Span::hours(1)));
            }
        }
        drop(tx);
        drop(served);
        test.close().await;
    }
}
