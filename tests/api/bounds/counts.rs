//! Counts: however much is scanned that no book knows, each can be ended.

use crate::{
    caller::Caller,
    support::{ENGINES, TestApp},
};
use serde_json::json;

#[tokio::test]
async fn a_count_with_very_many_unknown_codes_can_be_ended() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let chen = Caller::of(&test, "chen").await;
        let begun = chen.post("/api/v1/counts", json!({"store": test.city.centre, "zone": "A"})).await.ok();
        let count = format!("/api/v1/counts/{}", begun["id"].as_str().unwrap());
        let scan =
            async |code: String| chen.post(&format!("{count}/observations"), json!({ "code": code })).await;
        scan(test.slot_code(test.city.slots[0]).await).await.ok();
        for number in 0..500 {
            scan(format!("{}{number}", "垃圾".repeat(97))).await.ok();
        }
        assert_eq!(scan("one more".to_owned()).await.refusal(), "too_many_unknown_codes");
        scan(format!("{}7", "垃圾".repeat(97))).await.ok();
        chen.post(&format!("{count}/statement"), json!({})).await.ok();
        let next = chen.post("/api/v1/counts", json!({"store": test.city.centre, "zone": "A"})).await.ok();
        assert_ne!(next["id"], begun["id"], "the next count is another");
        test.close().await;
    }
}
