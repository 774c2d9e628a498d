//! What one caller can take of the server, and of others' patience: bodies, streams, turns.

mod counts;
mod door;
mod lists;
mod pictures;
mod reading;

use crate::{
    caller::Caller,
    support::{ENGINES, Engine, TestApp, city::PASSWORD},
};
use axum::http::StatusCode;
use hufu::{app::turns::Turns, custody::login};
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};

/// How often each answer was given: status and code of a refusal.
fn tally(answers: &[crate::caller::Answer]) -> BTreeMap<(u16, String), usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        let code = if answer.status.is_success() { String::new() } else { answer.refusal() };
        *tally.entry((answer.status.as_u16(), code)).or_default() += 1;
    }
    tally
}

/// That this waits for its turn while others have every place, and is answered when one is free again.
async fn waits_for_its_turn<T>(turns: &Turns, places: usize, asked: impl Future<Output = T>) -> T {
    let mut held = Vec::new();
    for _ in 0..places {
        held.push(turns.enter().await.unwrap());
    }
    let mut asked = Box::pin(asked);
    let early = tokio::time::timeout(Duration::from_millis(400), asked.as_mut()).await;
    assert!(early.is_err(), "answered though every place is taken");
    drop(held);
    asked.await
}

#[tokio::test]
async fn no_more_is_read_than_there_is_use_for() {
    let test = TestApp::new(Engine::Sqlite).await;
    let (stranger, zhang) = (Caller::stranger(&test), Caller::of(&test, "zhang").await);
    let long = |bytes: usize| "x".repeat(bytes);
    let login = json!({"login": "zhang", "password": long(8 << 10)});
    let refused = stranger.post("/api/v1/sessions", login).await;
    assert_eq!((refused.status.as_u16(), refused.refusal().as_str()), (413, "too_large"));
    let change = json!({"old": long(8 << 10), "new": "another-tiger-2027"});
    assert_eq!(zhang.post("/api/v1/me/password", change).await.refusal(), "too_large");
    let case = json!({"number": long(256 << 10), "name": "x"});
    assert_eq!(zhang.post("/api/v1/cases", case).await.refusal(), "too_large");
    let rows = json!([{"row": long(8 << 20)}]);
    let nowhere = "/api/v1/imports/00000000-0000-0000-0000-00000000ffff";
    assert_eq!(zhang.call("PATCH", &format!("{nowhere}/rows"), Some(rows)).await.refusal(), "too_large");
    // A photograph may be large: it is read, and what is wrong with it is something else.
    let known = json!({"case": {"known": "00000000-0000-0000-0000-00000000ffff"}, "file_name": "a.csv",
        "content": long(20 << 20)});
    assert_ne!(zhang.post("/api/v1/imports", known).await.refusal(), "too_large");
    let page = stranger.request("POST", "/login").header("content-type", "application/x-www-form-urlencoded");
    let answer = stranger.send(page.body(format!("name={}", long(8 << 10)).into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(String::from_utf8(answer.bytes).unwrap().contains("什么也没有改变"));
    test.close().await;
}

#[tokio::test]
async fn nobody_is_led_to_another_host() {
    let test = TestApp::new(Engine::Sqlite).await;
    let stranger = Caller::stranger(&test);
    let led = async |back: &str| {
        let answer = stranger.get(&format!("/language?to=en&back={back}")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{back}");
        answer.headers["location"].to_str().unwrap().to_owned()
    };
    for back in [
        "//host",
        "/%09/host",
        "/%0a/host",
        "/%0d/host",
        "/%5chost",
        "%5c%5chost",
        "https://host",
        "host",
        "",
        "/%0d%0aSet-Cookie:a=b",
        "/%e4%b8%ad",
        "/%20/host",
        "%09//host",
        "/%7f/host",
    ] {
        assert_eq!(led(back).await, "/", "{back}");
    }
    for back in ["/", "/items?search=%25E6%2589%258B", "/cases/1?done=17", "/a//b"] {
        let here = back.replace("%25", "%");
        assert_eq!(led(back).await, here, "{back}");
    }
    test.close().await;
}

/// The next lines of a stream of events, until it ends or has said this.
async fn hears(body: &mut axum::body::Body, wanted: &str) -> bool {
    use http_body_util::BodyExt;
    while let Some(frame) = body.frame().await {
        let data = frame.unwrap().into_data().unwrap();
        if String::from_utf8_lossy(&data).contains(wanted) {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn live_pages_of_a_session_are_counted_and_end_with_it() {
    use hufu::{language::Language, live::News};
    use tower::ServiceExt;
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let router = hufu::command::serve::router(test.app.clone()).unwrap();
        let token = login::log_in(&test.app, "zhang", PASSWORD, Language::Zh).await.unwrap();
        let other = login::log_in(&test.app, "zhang", PASSWORD, Language::Zh).await.unwrap();
        let open = async |token: &str| {
            let request = axum::http::Request::get("/live").header("cookie", format!("hufu_session={token}"));
            router.clone().oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap()
        };
        let mut pages = Vec::new();
        for _ in 0..4 {
            pages.push(open(&token).await.into_body());
        }
        assert_eq!(open(&token).await.status(), StatusCode::SERVICE_UNAVAILABLE);
        let mut others = open(&other).await.into_body();
        assert!(hears(&mut others, "hello").await, "another session has its own");
        drop(pages.pop());
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        pages.push(open(&token).await.into_body());
        let session = login::session(&test.app, &token).await.unwrap().unwrap().id;
        login::log_out(&test.app, session).await.unwrap();
        for page in &mut pages {
            assert!(!hears(page, "no such event").await, "it ends, and is not merely silent");
        }
        test.app.live.tell(News::Entry(1));
        assert!(hears(&mut others, "ledger").await, "the other session goes on");
        test.close().await;
    }
}

#[tokio::test]
async fn what_may_be_large_is_taken_in_by_turns_and_of_strangers_nothing() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let test = TestApp::new(Engine::Sqlite).await;
    let (stranger, zhang) = (Caller::stranger(&test), Caller::of(&test, "zhang").await);
    let case = json!({"new": {"number": "A-1", "name": "盗窃案", "stage": "filed"}});
    let content = STANDARD.encode("名称,数量\n手机,2部\n");
    let upload = json!({"case": case, "file_name": "清单.csv", "content": content});
    let turns = &test.app.costly.uploads;
    let others = async {
        zhang.get("/api/v1/imports").await.ok();
        let refused = stranger.post("/api/v1/imports", upload.clone()).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "not even a turn");
    };
    let (taken, ()) =
        tokio::join!(waits_for_its_turn(turns, 4, zhang.post("/api/v1/imports", upload.clone())), others);
    let list = taken.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/import/{list}");
    let cookie = login::log_in(&test.app, "zhang", PASSWORD, hufu::language::Language::Zh).await.unwrap();
    let form = stranger.request("POST", &path).header("cookie", format!("hufu_session={cookie}"));
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    let page = stranger.send(form.body("act=save".into()).unwrap());
    let answer = waits_for_its_turn(turns, 4, page).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "taken in, and not of our page");
    test.close().await;
}
