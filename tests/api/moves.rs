//! Moves by the list: each is an entry of its own, and each is answered by itself.

use crate::{
    caller::Caller,
    support::{ENGINES, TestApp},
};
use axum::http::StatusCode;
use hufu::ledger::Measure;
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test]
async fn what_may_be_moved_is_moved_and_each_other_one_says_why_not() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let case = test.case("江公（刑）立字〔2026〕1号").await;
        let [a, b, ..] = test.city.slots[..] else { unreachable!() };
        let things = [("手机", Measure::Piece, 1, a), ("粉末", Measure::Milligram, 500, a)];
        let lying = test.lying(case, &things).await;
        let [phone, powder] = [lying[0].item, lying[1].item];
        let lin = Caller::of(&test, "lin").await;
        let id = Uuid::from_u128(7_001);
        let one = |item, quantity: i64, from, to| json!({"item": item, "quantity": quantity, "from": from, "to": to});
        let mut first = one(json!(phone), 1, a, b);
        first["id"] = json!(id);
        let moves = json!([
            first,
            one(json!(powder), 200, a, b),
            one(json!(powder), 301, a, b),
            one(json!(powder), 0, a, b),
            one(json!(powder), -5, a, b),
            one(json!(powder), i64::MAX, a, b),
            one(json!(Uuid::nil()), 1, a, b),
            one(json!(phone), 1, b, b),
            one(json!(powder), 300, a, b),
        ]);
        let answers = lin.post("/api/v1/moves", json!({"moves": moves})).await.ok();
        let codes: Vec<&str> = answers["answers"].as_array().unwrap().iter().map(code).collect();
        let expected = [
            "recorded",
            "recorded",
            "not_there",
            "quantity_not_positive",
            "quantity_not_positive",
            "quantity_too_large",
            "not_found",
            "same_account",
            "recorded",
        ];
        assert_eq!(codes, expected, "{answers}");

        let again = lin.post("/api/v1/moves", json!({"moves": [moves[0]]})).await.ok();
        assert_eq!(again["answers"][0]["recorded"]["repeat"], true, "the same id is the same entry: {again}");
        assert_eq!(again["answers"][0]["recorded"]["entry"], answers["answers"][0]["recorded"]["entry"]);

        for (login, status, code) in [
            ("zhang", StatusCode::FORBIDDEN, "not_your_role"),
            ("zheng", StatusCode::FORBIDDEN, "not_your_role"),
        ] {
            let refused = Caller::of(&test, login).await.post("/api/v1/moves", json!({"moves": moves})).await;
            assert_eq!((refused.status, refused.refusal().as_str()), (status, code), "{login}");
        }
        let many: Vec<Value> = vec![moves[1].clone(); 1_001];
        for list in [json!([]), json!(many)] {
            assert_eq!(lin.post("/api/v1/moves", json!({"moves": list})).await.refusal(), "how_many_moves");
        }
        test.close().await;
    }
}

fn code(answer: &Value) -> &str {
    answer["refused"]["code"].as_str().unwrap_or("recorded")
}
