//! An error from its declaration to its correction, over HTTP on both engines: who may do which step, what is refused, and
//! what the balances were before, between and after.

use crate::{
    caller::Caller,
    support::{ENGINES, TestApp},
};
use axum::http::StatusCode;
use hufu::{clock::Span, ledger::Measure};
use serde_json::{Value, json};

const KEY: &str = "0194e2c0-0000-7000-8000-0000000000aa";

/// How much lay in the centre and in the vault, as the balances of an entry say.
async fn balances(auditor: &Caller, as_of: u64) -> [String; 2] {
    let found = auditor.get(&format!("/api/v1/ledger/balances?as_of={as_of}")).await.ok();
    assert_eq!(found["as_of"]["seq"], json!(as_of));
    assert!(found["totals"].as_array().unwrap().iter().all(|it| it["in_balance"] == json!(true)));
    ["市涉案财物管理中心", "中心保险库"].map(|store| {
        let lines = found["stock"].as_array().unwrap().iter();
        let mut of_store = lines.filter(|it| it["kind"] == "slot" && it["whose"] == store);
        of_store.next().map_or_else(String::new, |it| it["quantity"].as_str().unwrap().to_owned())
    })
}

async fn standing(caller: &Caller, declaration: u64) -> Value {
    caller.get(&format!("/api/v1/corrections/{declaration}")).await.ok()
}

#[tokio::test]
async fn an_error_is_declared_approved_and_corrected_by_three_people() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let case = test.case("临公（刑）立字〔2026〕9号").await;
        let (a1, v1) = (test.city.slots[0], test.city.vault_slots[0]);
        let things =
            test.lying(case, &[("手机", Measure::Piece, 2, a1), ("手表", Measure::Piece, 1, a1)]).await;
        let wrong = test.moved(things[0].item, 2, a1, v1).await;
        let [declaration, approval, again, correction] = [4, 5, 6, 7].map(|n| test.nth(n));
        assert_eq!(wrong, test.nth(3));
        let of_error = |what: &str| format!("/api/v1/corrections/{declaration}/{what}");
        let mut callers = Vec::new();
        for login in ["chen", "lin", "wang", "zhang", "zhao", "zheng"] {
            callers.push(Caller::of(&test, login).await);
        }
        let [chen, lin, wang, zhang, zhao, zheng] = &callers[..] else { unreachable!() };

        let declare = format!("/api/v1/entries/{wrong}/error");
        let declare = declare.as_str();
        let reason = || json!({"reason": "扫错了库位，东西没有离开中心"});
        for (caller, body, status, code) in [
            (zhao, reason(), StatusCode::NOT_FOUND, "not_found"),
            (zheng, reason(), StatusCode::FORBIDDEN, "not_your_role"),
            (zhang, reason(), StatusCode::FORBIDDEN, "not_your_entry"),
            (chen, json!({"reason": "  "}), StatusCode::CONFLICT, "reason_missing"),
            (chen, json!({}), StatusCode::UNPROCESSABLE_ENTITY, "not_understood"),
        ] {
            let answer = caller.post(declare, body).await;
            assert_eq!((answer.status, answer.refusal().as_str()), (status, code));
        }
        let declared = chen.post_once(declare, KEY, reason()).await.ok();
        assert_eq!(
            (declared["entry"].clone(), declared["repeat"].clone()),
            (json!(declaration), json!(false))
        );
        assert_eq!(chen.post_once(declare, KEY, reason()).await.ok()["repeat"], json!(true));
        assert_eq!(lin.post(declare, reason()).await.refusal(), "error_already_declared");
        let entry = zheng.get(&format!("/api/v1/entries/{wrong}")).await.ok();
        assert_eq!(entry["errors"]["declared_by"], json!(declaration));
        assert_eq!((&entry["errors"]["corrected_by"], &entry["may_declare"]), (&Value::Null, &json!(false)));

        let wish = of_error("wish");
        let wish = wish.as_str();
        let from = format!("slot:{v1}");
        let asks = |item: &str, quantity: i64, to: &str| {
            let line = json!({"item": item, "quantity": quantity, "from": from, "to": to});
            json!({"reason": "监控录像", "lines": [line]})
        };
        let (phone, watch) = (things[0].item.to_string(), things[1].item.to_string());
        for (caller, body, code) in [
            (zhang, asks(&phone, 2, "A-01"), "not_your_entry"),
            (zheng, asks(&phone, 2, "A-01"), "not_your_role"),
            (zhao, asks(&phone, 2, "A-01"), "not_found"),
            (chen, asks(&phone, 2, "Z-77"), "place_unknown"),
            (chen, asks(&phone, 3, "A-01"), "not_there"),
            (chen, asks(&phone, 0, "A-01"), "quantity_not_positive"),
            (chen, asks(&phone, 2, "sold"), "approval_for_another_act"),
            (chen, asks(&watch, 1, "A-02"), "not_there"),
            (chen, json!({"reason": "监控录像", "lines": []}), "entry_is_empty"),
            (chen, json!({"reason": " ", "lines": []}), "reason_missing"),
        ] {
            assert_eq!(caller.put(wish, body).await.refusal(), code);
        }
        assert_eq!(
            chen.put(&format!("/api/v1/corrections/{wrong}/wish"), asks(&phone, 2, "A-01")).await.refusal(),
            "not_found"
        );
        assert_eq!(standing(chen, declaration).await["standing"], json!("declared"));
        assert_eq!(
            wang.post(&of_error("answer"), json!({"answer": "approve"})).await.refusal(),
            "no_correction_asked"
        );
        // Another item, where it is, is still no part of the error.
        let other = json!({"reason": "监控录像", "lines": [{"item": watch, "quantity": 1, "from": format!("slot:{a1}"), "to": "A-02"}]});
        assert_eq!(chen.put(wish, other).await.refusal(), "not_part_of_the_error");
        chen.put(wish, asks(&phone, 2, &test.slot_code(a1).await)).await.ok();

        // The approver sees what waits; whoever asked does not approve; a no needs a reason and goes back.
        let waiting = wang.get("/api/v1/corrections").await.ok();
        assert_eq!((&waiting[0]["declaration"], &waiting[0]["mine"]), (&json!(declaration), &json!(true)));
        let answer = of_error("answer");
        let answer = answer.as_str();
        assert_eq!(chen.post(answer, json!({"answer": "approve"})).await.refusal(), "not_your_role");
        assert_eq!(lin.post(&of_error("record"), json!({})).await.refusal(), "approval_unknown");
        assert_eq!(
            wang.post(answer, json!({"answer": "refuse", "reason": ""})).await.refusal(),
            "reason_missing"
        );
        wang.post(answer, json!({"answer": "refuse", "reason": "请附录像编号"})).await.ok();
        assert_eq!(wang.post(answer, json!({"answer": "approve"})).await.refusal(), "correction_answered");
        assert_eq!(lin.post(&of_error("record"), json!({})).await.refusal(), "correction_answered");
        let refused = standing(chen, declaration).await;
        assert_eq!((&refused["standing"], &refused["refusal"]), (&json!("refused"), &json!("请附录像编号")));
        chen.put(wish, asks(&phone, 2, "A-01")).await.ok();

        // An approval that runs out is asked for again.
        let approved = wang.post(answer, json!({"answer": "approve"})).await.ok();
        assert_eq!(approved["approval"]["entry"], json!(approval));
        assert_eq!(
            wang.post(answer, json!({"answer": "approve"})).await.ok()["approval"]["repeat"],
            json!(true)
        );
        assert_eq!(chen.put(wish, asks(&phone, 1, "A-01")).await.refusal(), "correction_approved");
        test.app.clock.advance(Span::days(4));
        let (lin, wang, chen, zheng) = (
            Caller::of(&test, "lin").await,
            Caller::of(&test, "wang").await,
            Caller::of(&test, "chen").await,
            Caller::of(&test, "zheng").await,
        );
        assert_eq!(lin.post(&of_error("record"), json!({})).await.refusal(), "approval_expired");
        assert_eq!(standing(&chen, declaration).await["standing"], json!("expired"));
        chen.put(wish, asks(&phone, 2, "A-01")).await.ok();
        assert_eq!(
            wang.post(answer, json!({"answer": "approve"})).await.ok()["approval"]["entry"],
            json!(again)
        );
        let said = zheng.get(&format!("/api/v1/entries/{again}")).await.ok()["line"]["sentence"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(
            said.contains("A-01") && said.contains("监控录像"),
            "the approval says what it approves: {said}"
        );

        let record = of_error("record");
        let record = record.as_str();
        assert_eq!(chen.post(record, json!({})).await.refusal(), "custodian_is_requester");
        assert_eq!(wang.post(record, json!({})).await.refusal(), "not_your_role");
        assert_eq!(standing(&lin, declaration).await["may_record"], json!(true));
        let recorded = lin.post(record, json!({})).await.ok();
        assert_eq!(
            (recorded["entry"].clone(), recorded["repeat"].clone()),
            (json!(correction), json!(false))
        );
        assert_eq!(lin.post(record, json!({})).await.ok()["repeat"], json!(true));
        let done = standing(&lin, declaration).await;
        assert_eq!((&done["standing"], &done["corrected_by"]), (&json!("corrected"), &json!(correction)));
        assert_eq!(wang.get("/api/v1/corrections").await.ok(), json!([]));

        for seq in [wrong, declaration, correction] {
            let errors = zheng.get(&format!("/api/v1/entries/{seq}")).await.ok()["errors"].clone();
            assert_eq!(
                (&errors["declaration"], &errors["corrected_by"]),
                (&json!(declaration), &json!(correction)),
                "{seq}"
            );
            assert!(errors["reason"].as_str().unwrap().contains("扫错了库位"));
        }
        let life = zheng.get(&format!("/api/v1/items/{phone}/life")).await.ok();
        let told = life.as_array().unwrap().iter().find(|it| it["seq"] == json!(wrong)).unwrap();
        assert_eq!(told["declared_wrong_by"], json!(declaration));

        // Right before, wrong from the wrong entry until the correction, and right after.
        for (seq, centre, vault) in
            [(2, "3 件", ""), (3, "1 件", "2 件"), (4, "1 件", "2 件"), (6, "1 件", "2 件"), (7, "3 件", "")]
        {
            let seq = test.nth(seq);
            assert_eq!(balances(&zheng, seq).await, [centre, vault], "as of {seq}");
            let item = zheng.get(&format!("/api/v1/items/{phone}?as_of=%23{seq}")).await.ok();
            let place = item["places"][0]["name"].as_str().unwrap().to_owned();
            let expected =
                if vault.is_empty() { "市涉案财物管理中心 A-01" } else { "中心保险库 V-01" };
            assert_eq!(place, expected, "as of {seq}");
            let slot = zheng.get(&format!("/api/v1/slots/{v1}?as_of={seq}")).await.ok();
            assert_eq!(slot["things"].as_array().unwrap().len(), usize::from(!vault.is_empty()));
            let store = zheng.get(&format!("/api/v1/stores/{}?as_of={seq}", test.city.vault)).await.ok();
            assert_eq!(
                store["slots"][0]["quantities"].as_array().unwrap().len(),
                usize::from(!vault.is_empty())
            );
        }
        test.close().await;
    }
}

#[tokio::test]
async fn a_time_that_cannot_be_is_refused_in_the_one_shape() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let case = test.case("临公（刑）立字〔2026〕9号").await;
        let things = test.lying(case, &[("手机", Measure::Piece, 2, test.city.slots[0])]).await;
        let (zheng, chen) = (Caller::of(&test, "zheng").await, Caller::of(&test, "chen").await);
        let item = things[0].item;
        for path in [
            format!("/api/v1/items/{item}"),
            format!("/api/v1/items/{item}/life"),
            format!("/api/v1/cases/{case}"),
            format!("/api/v1/stores/{}", test.city.centre),
            format!("/api/v1/slots/{}", test.city.slots[0]),
            "/api/v1/ledger/balances".to_owned(),
        ] {
            for (as_of, code) in [
                ("yesterday", "as_of_not_understood"),
                (test.nth(3).to_string().as_str(), "as_of_in_the_future"),
                ("2031-01-01", "as_of_in_the_future"),
                ("2025-12-31", "as_of_before_the_ledger"),
            ] {
                let answer = zheng.get(&format!("{path}?as_of={as_of}")).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {as_of}");
                assert_eq!(answer.refusal(), code);
            }
            zheng.get(&format!("{path}?as_of=2026-01-05")).await.ok();
            zheng.get(&format!("{path}?as_of=")).await.ok();
        }
        let seen = chen.get(&format!("/api/v1/items/{item}?as_of={}", test.nth(1))).await.ok();
        assert_eq!(seen["places"][0]["kind"], json!("owed"));
        assert_eq!(chen.get("/api/v1/ledger/balances?as_of=1").await.refusal(), "auditor_only_page");
        // Recorded later than asked about.
        let later = test.lying(case, &[("手表", Measure::Piece, 1, test.city.slots[0])]).await;
        let not_yet = zheng.get(&format!("/api/v1/items/{}?as_of=2", later[0].item)).await;
        assert_eq!((not_yet.status, not_yet.refusal().as_str()), (StatusCode::NOT_FOUND, "not_yet_there"));
        test.close().await;
    }
}
