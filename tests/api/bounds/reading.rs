//! Reading very much: long lives, proofs, entries and papers of many lines, and texts to look for.

use super::{tally, waits_for_its_turn};
use crate::{
    caller::Caller,
    support::{ENGINES, TestApp},
};
use axum::http::StatusCode;
use futures_util::future::join_all;
use serde_json::json;

/// A custodian, and a thing that they have moved to and fro so many times.
async fn restless(test: &TestApp, moves: usize) -> (Caller, hufu::id::ItemId) {
    let case = test.case("A-1").await;
    let [here, there] = [test.city.slots[0], test.city.slots[1]];
    let thing = test.lying(case, &[("手机", hufu::ledger::Measure::Piece, 1, here)]).await.remove(0).item;
    let chen = Caller::of(test, "chen").await;
    let list: Vec<_> = (0..moves)
        .map(|n| if n % 2 == 0 { (here, there) } else { (there, here) })
        .map(|(from, to)| json!({"item": thing, "quantity": 1, "from": from, "to": to, "reason": "清点"}))
        .collect();
    for part in list.chunks(1_000) {
        let told = chen.post("/api/v1/moves", json!({ "moves": part })).await.ok();
        assert!(told["answers"].as_array().unwrap().iter().all(|it| it["recorded"].is_object()), "{told}");
    }
    (chen, thing)
}

#[tokio::test]
async fn a_long_life_is_told_in_parts_and_its_proof_has_an_end() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (chen, thing) = restless(&test, 1_010).await;
        let life = format!("/api/v1/items/{thing}/life");
        let seqs = async |query: &str| -> Vec<u64> {
            let told = chen.get(&format!("{life}{query}")).await.ok();
            told.as_array().unwrap().iter().map(|it| it["seq"].as_u64().unwrap()).collect()
        };
        let (mut all, mut part): (Vec<u64>, Vec<u64>) = (Vec::new(), seqs("").await);
        while !part.is_empty() {
            assert!(part.len() <= 200);
            all.extend(&part);
            part = seqs(&format!("?after={}", all.last().unwrap())).await;
        }
        assert_eq!(all.len(), 1_012, "seized, received, moved");
        assert!(all.is_sorted_by(|a, b| a < b));
        assert_eq!(seqs("?limit=2").await, all[..2]);
        assert_eq!(chen.get(&format!("{life}?limit=201")).await.status, StatusCode::BAD_REQUEST);
        let newest = hufu::custody::items::life(&test.app, &test.person("chen").await, thing).await.unwrap();
        assert!(newest.iter().map(|it| it.seq).eq(all[812..].iter().copied()), "a page shows the newest");

        let proof = chen.get(&format!("/api/v1/items/{thing}/proof")).await;
        assert_eq!((proof.status, proof.refusal().as_str()), (StatusCode::CONFLICT, "too_much_to_prove"));
        chen.get(&format!("/api/v1/entries/{}/proof", test.nth(5))).await.ok();
        test.close().await;
    }
}

#[tokio::test]
async fn who_reads_very_much_leaves_the_database_to_the_others() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (chen, thing) = restless(&test, 200).await;
        let proof = async |_: usize| chen.get(&format!("/api/v1/items/{thing}/proof")).await;
        let me = async |_: usize| chen.get("/api/v1/me").await;
        let (proofs, others) = tokio::join!(join_all((0..60).map(proof)), join_all((0..60).map(me)));
        let expected = [((200, String::new()), 8), ((503, "server_busy".to_owned()), 52)];
        assert_eq!(tally(&proofs), expected.into());
        assert!(others.iter().all(|it| it.status == StatusCode::OK));
        test.close().await;
    }
}

#[tokio::test]
async fn an_entry_of_many_lines_and_its_paper_are_read_by_turns() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (zhang, case) = (Caller::of(&test, "zhang").await, test.case("A-1").await);
        let slot = test.city.slots[0];
        let many = vec![("手机", hufu::ledger::Measure::Piece, 1, slot); 400];
        test.seized(case, &many).await;
        test.lying(case, &many[..1]).await;
        let newest = zhang.get("/api/v1/entries?limit=3").await.ok();
        let seqs: Vec<u64> =
            newest["items"].as_array().unwrap().iter().map(|it| it["seq"].as_u64().unwrap()).collect();
        let [received, small, large] = seqs[..] else { panic!("{newest}") };
        let costly = &test.app.costly;
        let read = async |seq: u64| zhang.get(&format!("/api/v1/entries/{seq}")).await.ok();
        let places = costly_places();
        let (told, _) = tokio::join!(waits_for_its_turn(&costly.readings, places, read(large)), read(small));
        assert!(told["postings"].as_array().unwrap().len() >= 800);
        let path = format!("/api/v1/papers/{received}");
        let paper = zhang.get(&path);
        let paper = tokio::join!(waits_for_its_turn(&costly.papers, places, paper), read(small)).0;
        assert_eq!(paper.status, StatusCode::OK);
        test.close().await;
    }
}

/// Half of the machine.
fn costly_places() -> usize {
    (std::thread::available_parallelism().unwrap().get() / 2).clamp(1, 4)
}

#[tokio::test]
async fn nobody_looks_for_a_text_longer_than_anything_is_called() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (zhang, chen) = (Caller::of(&test, "zhang").await, Caller::of(&test, "chen").await);
        for length in [201, 8_000] {
            let words = "_".repeat(length);
            for path in ["items", "cases"] {
                let refused = zhang.get(&format!("/api/v1/{path}?search={words}")).await.refusal();
                assert_eq!(refused, "search_too_long", "{path} {length}");
            }
        }
        zhang.get(&format!("/api/v1/items?search={}", "_".repeat(200))).await.ok();
        let station = test.city.counter_station;
        chen.put(&format!("/api/v1/counters/{station}/custodian"), json!({})).await.ok();
        let refused = chen.get(&format!("/api/v1/counters/{station}?search={}", "_".repeat(201))).await;
        assert_eq!(refused.refusal(), "search_too_long");
        test.close().await;
    }
}
