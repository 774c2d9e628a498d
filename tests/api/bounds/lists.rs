//! Seizure lists on their way in.

use super::waits_for_its_turn;
use crate::{
    caller::Caller,
    support::{ENGINES, TestApp},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hufu::store::Tx;
use serde_json::{Value, json};

async fn attachments(test: &TestApp) -> i64 {
    const SQL: &str = "select count(*) from attachments";
    match &mut test.app.db.read().await.unwrap() {
        Tx::Sqlite(tx) => sqlx::query_scalar(SQL).fetch_one(&mut **tx).await.unwrap(),
        Tx::Postgres(tx) => sqlx::query_scalar(SQL).fetch_one(&mut **tx).await.unwrap(),
    }
}

#[tokio::test]
async fn a_list_that_is_thrown_away_is_forgotten_unless_another_has_the_same_file() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = Caller::of(&test, "zhang").await;
        let content = STANDARD.encode("名称,数量\n手机,2部\n");
        let mut lists = Vec::new();
        for number in ["A-1", "A-2"] {
            let case = json!({"new": {"number": number, "name": "盗窃案", "stage": "filed"}});
            let upload = json!({"case": case, "file_name": "清单.csv", "content": content});
            lists.push(zhang.post("/api/v1/imports", upload).await.ok()["id"].as_str().unwrap().to_owned());
        }
        let open = zhang.get("/api/v1/imports").await.ok();
        assert_eq!(open[0]["rows"], 1, "an open list says how many rows it has, not which: {open}");
        assert_eq!(attachments(&test).await, 1);
        zhang.call("DELETE", &format!("/api/v1/imports/{}", lists[0]), None).await.ok();
        assert_eq!(attachments(&test).await, 1, "the other list is of the same file");
        zhang.call("DELETE", &format!("/api/v1/imports/{}", lists[1]), None).await.ok();
        assert_eq!(attachments(&test).await, 0);
        test.close().await;
    }
}

#[tokio::test]
async fn rows_are_worked_out_while_others_record() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = Caller::of(&test, "zhang").await;
        let case = json!({"new": {"number": "A-1", "name": "盗窃案", "stage": "filed"}});
        let content = STANDARD.encode("名称,数量\n手机,2部\n");
        let upload = json!({"case": case, "file_name": "清单.csv", "content": content});
        let list = zhang.post("/api/v1/imports", upload).await.ok();
        let rows = format!("/api/v1/imports/{}/rows", list["id"].as_str().unwrap());
        let amend = async |quantity: &str| {
            let row = json!([{"row": 2, "name": "手机", "quantity": quantity, "category": "general",
                "features": "", "holding": "in_hand", "accept": true, "drop": ""}]);
            zhang.call("PATCH", &rows, Some(row)).await
        };
        // Somebody else is writing all the while.
        let writer = test.app.db.write().await.unwrap();
        assert_eq!(amend("许多").await.refusal(), "row_not_understood");
        let (one, other, ()) = tokio::join!(amend("3部"), amend("4部"), async {
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            drop(writer);
        });
        let refused = [one, other]
            .iter()
            .filter(|it| !it.status.is_success())
            .map(|it| it.refusal())
            .collect::<Vec<_>>();
        assert_eq!(refused, ["list_changed_meanwhile"], "both had read the same list");
        test.close().await;
    }
}

/// A list of two things, for a case of this number.
fn list_for(number: &str) -> Value {
    let case = json!({"new": {"number": number, "name": "盗窃案", "stage": "filed"}});
    let content = STANDARD.encode("名称,数量\n手机,2部\n刀,1把\n");
    json!({"case": case, "file_name": "清单.csv", "content": content})
}

#[tokio::test]
async fn an_open_list_is_told_without_reading_it_and_worked_on_by_turns() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = Caller::of(&test, "zhang").await;
        let turns = &test.app.costly.lists;
        let list = waits_for_its_turn(turns, 1, zhang.post("/api/v1/imports", list_for("A-1"))).await.ok();
        let path = format!("/api/v1/imports/{}", list["id"].as_str().unwrap());
        waits_for_its_turn(turns, 1, zhang.get(&path)).await.ok();
        let rows = format!("{path}/rows");
        waits_for_its_turn(turns, 1, zhang.call("PATCH", &rows, Some(json!([])))).await.ok();
        let confirmation = json!({"paper_number": "", "seized_at": null, "accept_list": true});
        let confirm = format!("{path}/confirmation");
        let confirmed = zhang.post(&confirm, confirmation);
        assert_eq!(waits_for_its_turn(turns, 1, confirmed).await.refusal(), "paper_missing");
        // Nobody can read it, and it is told all the same.
        test.sql().run("update imports set draft = $1", &[], "broken").await;
        let told = zhang.get("/api/v1/imports").await.ok();
        assert_eq!((&told[0]["rows"], &told[0]["case_number"]), (&json!(2), &json!("A-1")));
        assert_eq!(zhang.get("/api/v1/desk").await.ok()["lists"], told);
        zhang.call("DELETE", &path, None).await.ok();
        test.close().await;
    }
}

#[tokio::test]
async fn nobody_has_more_lists_open_than_they_can_look_at() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (zhang, li) = (Caller::of(&test, "zhang").await, Caller::of(&test, "li").await);
        let mut mine = Value::Null;
        for number in 0..20 {
            mine = zhang.post("/api/v1/imports", list_for(&format!("A-{number}"))).await.ok();
        }
        let refused = zhang.post("/api/v1/imports", list_for("A-20")).await;
        assert_eq!(refused.refusal(), "too_many_open_lists");
        li.post("/api/v1/imports", list_for("A-20")).await.ok();
        let open = zhang.get("/api/v1/imports").await.ok();
        assert_eq!(open.as_array().unwrap().len(), 21, "the unit's");
        let mine = mine["id"].as_str().unwrap();
        zhang.call("DELETE", &format!("/api/v1/imports/{mine}"), None).await.ok();
        zhang.post("/api/v1/imports", list_for("A-21")).await.ok();
        test.close().await;
    }
}

#[tokio::test]
async fn a_draft_takes_no_text_that_could_not_be_recorded_and_says_which_row() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (zhang, chen) = (Caller::of(&test, "zhang").await, Caller::of(&test, "chen").await);
        let list = zhang.post("/api/v1/imports", list_for("A-1")).await.ok();
        let rows = format!("/api/v1/imports/{}/rows", list["id"].as_str().unwrap());
        for (features, drop) in [("特".repeat(1_001), String::new()), (String::new(), "z".repeat(1_001))] {
            let row = json!([{"row": 3, "name": "刀", "quantity": "1把", "category": "general",
                "features": features, "holding": "in_hand", "accept": true, "drop": drop}]);
            let refused = zhang.call("PATCH", &rows, Some(row)).await;
            assert_eq!(refused.refusal(), "row_not_understood");
            assert!(String::from_utf8(refused.bytes).unwrap().contains('3'), "the row is named");
        }
        let thing = test
            .seized(test.case("A-2").await, &[("手机", hufu::ledger::Measure::Piece, 2, test.city.slots[0])])
            .await
            .remove(0);
        let station = test.city.counter_station;
        let zhangs = test.person("zhang").await.id;
        let counter = format!("/api/v1/counters/{station}");
        chen.put(&format!("{counter}/custodian"), json!({})).await.ok();
        chen.put(&format!("{counter}/case"), json!({"case": thing.case, "delivered_by": zhangs})).await.ok();
        let line = format!("{counter}/items/{}", thing.item);
        let long = "x".repeat(1_001);
        for (what, body) in [
            ("remark", json!({"text": long})),
            ("damage", json!({"text": long})),
            ("seal", json!({"text": long})),
            ("quantity", json!({"quantity": 1, "reason": long})),
        ] {
            let refused = chen.put(&format!("{line}/{what}"), body).await;
            assert_eq!(refused.refusal(), "text_too_long", "{what}");
        }
        let extra = json!({"description": long, "photograph": null});
        assert_eq!(
            chen.post_once(&format!("{counter}/extras"), "00000000-0000-0000-0000-0000000000e1", extra)
                .await
                .refusal(),
            "text_too_long"
        );
        test.close().await;
    }
}
