//! Whatever goes wrong is answered with the one envelope.

use crate::{
    caller::Caller,
    support::{ENGINES, Engine, TestApp},
};
use axum::{
    body::Body,
    http::{StatusCode, header},
};
use hufu::{clock::Span, custody::login};
use serde_json::json;

#[tokio::test]
async fn what_cannot_be_read_is_refused_in_one_shape() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = Caller::of(&test, "zhang").await;
        let json_body = |path: &str, body: &'static str| {
            let request = zhang.request("POST", path).header(header::CONTENT_TYPE, "application/json");
            zhang.send(request.body(Body::from(body)).unwrap())
        };
        for (answer, status, code) in [
            (json_body("/api/v1/cases", "{\"number\": ").await, StatusCode::BAD_REQUEST, "not_understood"),
            (json_body("/api/v1/cases", "{}").await, StatusCode::UNPROCESSABLE_ENTITY, "not_understood"),
            (json_body("/api/v1/cases", "[1]").await, StatusCode::UNPROCESSABLE_ENTITY, "not_understood"),
            (
                json_body("/api/v1/cases", r#"{"number":"a\u0000","name":"b"}"#).await,
                StatusCode::UNPROCESSABLE_ENTITY,
                "not_understood",
            ),
            (
                json_body("/api/v1/cases", r#"{"number":" ","name":"b"}"#).await,
                StatusCode::UNPROCESSABLE_ENTITY,
                "case_not_described",
            ),
            (
                zhang.call("PUT", "/api/v1/cases", None).await,
                StatusCode::METHOD_NOT_ALLOWED,
                "no_such_method",
            ),
            (
                zhang.call("POST", "/api/v1/cases", None).await,
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media_type",
            ),
            (zhang.get("/api/v1/casks").await, StatusCode::NOT_FOUND, "no_such_address"),
            (zhang.get("/api/v2/cases").await, StatusCode::NOT_FOUND, "no_such_address"),
            (zhang.get("/api/v1/cases/12").await, StatusCode::BAD_REQUEST, "not_understood"),
            (zhang.get("/api/v1/entries/-1").await, StatusCode::BAD_REQUEST, "not_understood"),
            (zhang.get("/api/v1/codes/a%00b").await, StatusCode::BAD_REQUEST, "not_understood"),
            (zhang.get("/api/v1/items?search=%00").await, StatusCode::BAD_REQUEST, "not_understood"),
            (zhang.get("/api/v1/items?limit=0").await, StatusCode::BAD_REQUEST, "not_understood"),
            (zhang.get("/api/v1/items?limit=201").await, StatusCode::BAD_REQUEST, "not_understood"),
            (zhang.get("/api/v1/cases?after=x").await, StatusCode::BAD_REQUEST, "not_understood"),
            (zhang.get("/api/v1/entries?after=x").await, StatusCode::BAD_REQUEST, "not_understood"),
            (
                zhang.get("/api/v1/cases/00000000-0000-0000-0000-00000000ffff").await,
                StatusCode::NOT_FOUND,
                "not_found",
            ),
            (
                zhang
                    .post_once(
                        "/api/v1/differences/00000000-0000-0000-0000-00000000ffff/settlement",
                        "7",
                        json!({"finding": "x"}),
                    )
                    .await,
                StatusCode::BAD_REQUEST,
                "not_understood",
            ),
        ] {
            assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.bytes));
            assert_eq!(answer.refusal(), code);
        }
        assert_eq!(zhang.call("PUT", "/api/v1/cases", None).await.headers["allow"], "GET,HEAD,POST");
        test.close().await;
    }
}

#[tokio::test]
async fn what_is_too_large_is_not_read() {
    let test = TestApp::new(Engine::Sqlite).await;
    let zhang = Caller::of(&test, "zhang").await;
    let body = vec![b' '; 44 << 20];
    let request = zhang.request("POST", "/api/v1/cases").header(header::CONTENT_TYPE, "application/json");
    let answer = zhang.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!((answer.status, answer.refusal().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    test.close().await;
}

#[tokio::test]
async fn a_sentence_is_in_the_language_that_was_asked_for() {
    let test = TestApp::new(Engine::Sqlite).await;
    let zhang = Caller::of(&test, "zhang").await;
    let case = "/api/v1/cases/00000000-0000-0000-0000-00000000ffff";
    let asked = async |language: &str| {
        let request = zhang.request("GET", case).header(header::ACCEPT_LANGUAGE, language);
        zhang.send(request.body(Body::empty()).unwrap()).await.json()["error"]["sentence"].clone()
    };
    assert_eq!(asked("en").await, "There is no such case, or it is not yours to see.");
    assert_eq!(asked("zh-CN").await, "没有这个案件，或者您无权查看。");
    assert_eq!(zhang.get(case).await.json()["error"]["language"], "zh");
    zhang.put("/api/v1/me/language", json!({"language": "en"})).await.ok();
    assert_eq!(zhang.get(case).await.json()["error"]["language"], "en");
    assert_eq!(zhang.get("/api/v1/nowhere").await.json()["error"]["language"], "en");
    test.close().await;
}

#[tokio::test]
async fn a_login_that_fails_too_often_is_locked() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let stranger = Caller::stranger(&test);
        let log_in = async |password: &str| {
            stranger.post("/api/v1/sessions", json!({"login": "zhang", "password": password})).await
        };
        for _ in 0..5 {
            let wrong = log_in("wrong").await;
            assert_eq!((wrong.status, wrong.refusal().as_str()), (StatusCode::FORBIDDEN, "wrong_login"));
        }
        let locked = log_in(crate::support::city::PASSWORD).await;
        assert_eq!((locked.status, locked.refusal().as_str()), (StatusCode::CONFLICT, "login_locked"));
        test.app.clock.advance(Span::minutes(1));
        log_in(crate::support::city::PASSWORD).await.ok();
        test.close().await;
    }
}

#[tokio::test]
async fn a_first_password_is_changed_before_anything_else() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let li = test.person("li").await;
        login::set_password(&test.app, li.id, "given-by-the-admin", true).await.unwrap();
        let mut caller = Caller::stranger(&test);
        let body = json!({"login": "li", "password": "given-by-the-admin"});
        let opened = caller.post("/api/v1/sessions", body).await.ok();
        assert_eq!(opened["person"]["must_change"], true);
        caller.token = Some(opened["token"].as_str().unwrap().to_owned());
        let refused = caller.get("/api/v1/cases").await;
        assert_eq!(
            (refused.status, refused.refusal().as_str()),
            (StatusCode::FORBIDDEN, "password_must_change")
        );
        assert_eq!(caller.get("/api/v1/me").await.ok()["person"]["login"], "li");
        let change = |new: &str| json!({"old": "given-by-the-admin", "new": new});
        assert_eq!(caller.post("/api/v1/me/password", change("short")).await.refusal(), "password_short");
        caller.post("/api/v1/me/password", change("a-better-one-2026")).await.ok();
        assert_eq!(caller.get("/api/v1/me").await.refusal(), "not_logged_in", "every session has ended");
        test.close().await;
    }
}

#[tokio::test]
async fn a_session_ends_when_its_person_leaves() {
    let test = TestApp::new(Engine::Sqlite).await;
    let zhang = Caller::of(&test, "zhang").await;
    zhang.get("/api/v1/desk").await.ok();
    assert_eq!(zhang.call("DELETE", "/api/v1/sessions/current", None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(zhang.get("/api/v1/desk").await.refusal(), "not_logged_in");
    let again = Caller::of(&test, "zhang").await;
    test.app.clock.advance(Span::hours(13));
    assert_eq!(again.get("/api/v1/desk").await.refusal(), "not_logged_in");
    test.close().await;
}

/// Cases opened in the same moment are each listed once, whatever the page holds.
#[tokio::test]
async fn pages_lose_and_double_nothing() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = Caller::of(&test, "zhang").await;
        for n in 0..7 {
            zhang.post("/api/v1/cases", json!({"number": format!("A-{n}"), "name": "盗窃案"})).await.ok();
        }
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let page = zhang.get(&format!("/api/v1/cases?limit=3{next}")).await.ok();
            seen.extend(page["items"].as_array().unwrap().iter().map(|case| case["number"].to_string()));
            match page["next"].as_str() {
                Some(cursor) => next = format!("&after={cursor}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), 7);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 7);
        test.close().await;
    }
}
