//! Impossible quantities and people who have left: each gets its own clear no, and nothing is changed.

use crate::{
    client::{Answer, Client},
    race,
    station::Station,
    support::{ENGINES, TestApp, browser, hufu},
    twice::counter,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hufu_wire::message::Verdict;
use serde_json::{Value, json};

fn said(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.refusal())
}

/// What a number of pieces may not be, on the list and at the counter.
#[tokio::test]
async fn a_quantity_of_0_minus_1_or_2_to_the_63_is_refused_by_its_own_name() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        let case = test.case("A-1").await;
        let item = race::owed(&test, case, 2).await[0];
        let chen = Client::of(served.address, "chen").await;
        let (at, _) = counter(&test, &chen).await;
        let zhang = test.person("zhang").await.id;
        chen.put(&format!("/api/v1/counters/{at}/case"), json!({"case": case, "delivered_by": zhang}))
            .await
            .ok();
        let path = format!("/api/v1/counters/{at}/items/{item}/quantity");
        for (quantity, status, code) in [
            (json!(0), 422, "nothing_came"),
            (json!(-1), 409, "quantity_not_positive"),
            (json!(1_u64 << 63), 422, "more_than_owed"),
            (json!(i64::MAX), 422, "more_than_owed"),
            (json!(2), 422, "more_than_owed"),
            (json!(1e300), 422, "not_understood"),
            (json!(0.5), 422, "not_understood"),
            (json!("1"), 422, "not_understood"),
        ] {
            let refused = chen.put(&path, json!({"quantity": quantity, "reason": "另一部送检"})).await;
            assert_eq!(said(&refused), (status, code), "{quantity}");
        }

        // The officer's list: a row cannot be made to say it, and cannot be confirmed while it does.
        let zhang = Client::of(served.address, "zhang").await;
        for (n, (quantity, words)) in
            [("0部", "数量是零"), ("-1部", "数量是负数"), ("9223372036854775808部", "数字过大")]
                .into_iter()
                .enumerate()
        {
            let list = format!("序号,品名,数量\n1,手机,{quantity}\n");
            let new = json!({"new": {"number": format!("A-2026-{n}"), "name": "盗窃案"}});
            let content = BASE64_STANDARD.encode(list);
            let upload = json!({"case": new, "file_name": "清单.csv", "content": content});
            let list = zhang.post("/api/v1/imports", upload).await.ok();
            let doubts = list["draft"]["rows"][0]["doubts"].as_array().unwrap();
            assert!(!doubts.is_empty(), "{quantity}: {list}");
            let path = format!("/api/v1/imports/{}", list["id"].as_str().unwrap());
            let row = |quantity: &str| {
                json!([{
                    "row": 2, "name": "手机", "quantity": quantity, "category": "general", "features": "",
                    "holding": "in_hand", "accept": true, "drop": "",
                }])
            };
            let rows = format!("{path}/rows");
            let patched: Value = row(quantity);
            let refused = zhang.call("PATCH", &rows, None, Some(&patched)).await;
            assert_eq!(said(&refused), (422, "row_not_understood"), "{quantity}");
            assert!(refused.body["error"]["sentence"].as_str().unwrap().contains(words), "{refused:?}");
            let confirmation = json!({"paper_number": "扣〔2026〕1号", "accept_list": true});
            let refused = zhang.post(&format!("{path}/confirmation"), confirmation).await;
            assert_eq!(said(&refused), (409, "doubts_open"), "{quantity}");
            zhang.call("PATCH", &rows, None, Some(&row("2部"))).await.ok();
        }
        drop(served);
        test.close().await;
    }
}

#[tokio::test]
async fn the_session_of_a_dismissed_person_ends_at_once_at_page_api_and_counter() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        let case = test.case("A-1").await;
        let slot = test.city.slots[0];
        let thing = test.lying(case, &[("手机", hufu::ledger::Measure::Piece, 1, slot)]).await.remove(0);
        let chen = Client::of(served.address, "chen").await;
        let mut page = browser::Browser::logged_in(&served, "chen").await;
        let (at, token) = counter(&test, &chen).await;
        let mut station = Station::new(served.address, &token);
        assert_eq!(station.scan(&thing.code).await.unwrap().0, Verdict::Accepted);
        assert_eq!(page.get("/").await.status, 200);

        let key = test.folder().join("ledger.key").to_str().unwrap().to_owned();
        let closed = [
            "user",
            "close",
            "--reason",
            "调离",
            "--ledger-key",
            &key,
            "--database",
            test.database(),
            "chen",
        ];
        let closed = hufu(&closed);
        assert!(closed.status.success(), "{}", String::from_utf8_lossy(&closed.stderr));

        assert_eq!(said(&chen.get("/api/v1/desk").await), (401, "not_logged_in"));
        let extra = json!({"description": "手表"});
        assert_eq!(
            said(&chen.post(&format!("/api/v1/counters/{at}/extras"), extra).await),
            (401, "not_logged_in")
        );
        let shown = page.get("/").await;
        assert_eq!((shown.status, shown.location.starts_with("/login")), (303, true), "{shown:?}");
        // The item was scanned before; the slot moves nothing any more.
        let slot = test.slot_code(test.city.slots[1]).await;
        let (verdict, sentence) = station.scan(&slot).await.unwrap();
        assert_eq!(verdict, Verdict::Refused, "{sentence}");
        let body = json!({"login": "chen", "password": crate::support::city::PASSWORD});
        let again = Client::stranger(served.address).post("/api/v1/sessions", body).await;
        assert_eq!(said(&again), (403, "wrong_login"));
        drop(served);
        test.close().await;
    }
}
