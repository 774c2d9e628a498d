//! What one caller can take of the server, and of others' patience: passwords that are tried, bodies, streams.

use crate::{
    caller::Caller,
    support::{ENGINES, Engine, TestApp, city::PASSWORD},
};
use axum::http::StatusCode;
use futures_util::future::join_all;
use hufu::{clock::Span, custody::login, store::Tx};
use serde_json::json;
use std::collections::BTreeMap;

/// How often each answer was given: status and code of a refusal.
fn tally(answers: &[crate::caller::Answer]) -> BTreeMap<(u16, String), usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        let code = if answer.status.is_success() { String::new() } else { answer.refusal() };
        *tally.entry((answer.status.as_u16(), code)).or_default() += 1;
    }
    tally
}

async fn failures(test: &TestApp) -> Vec<(String, i64)> {
    const SQL: &str = "select login, failures from login_failures order by login";
    match &mut test.app.db.read().await.unwrap() {
        Tx::Sqlite(tx) => sqlx::query_as(SQL).fetch_all(&mut **tx).await.unwrap(),
        Tx::Postgres(tx) => sqlx::query_as(SQL).fetch_all(&mut **tx).await.unwrap(),
    }
}

#[tokio::test]
async fn guesses_at_the_same_time_are_each_counted() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let stranger = Caller::stranger(&test);
        let guess = async |n: usize| {
            let password = if n == 39 { PASSWORD.to_owned() } else { format!("guess-{n}") };
            stranger.post("/api/v1/sessions", json!({"login": "zhang", "password": password})).await
        };
        let tally = tally(&join_all((0..40).map(guess)).await);
        let expected = [((403, "wrong_login".to_owned()), 5), ((409, "login_locked".to_owned()), 35)];
        assert_eq!(tally, expected.into(), "five are tried, the right one is not among them");
        test.close().await;
    }
}

#[tokio::test]
async fn an_unknown_login_is_answered_as_a_known_one_and_its_name_is_not_kept() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let stranger = Caller::stranger(&test);
        let try_it = async |login: &str| {
            stranger.post("/api/v1/sessions", json!({"login": login, "password": "wrong"})).await.refusal()
        };
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        let nobody = "n".repeat(100);
        for _ in 0..7 {
            known.push(try_it("zhang").await);
            unknown.push(try_it(&nobody).await);
        }
        assert_eq!(known, unknown);
        assert_eq!(known.last().unwrap(), "login_locked");
        assert_eq!(try_it(&"n".repeat(101)).await, "login_too_long");
        let kept = failures(&test).await;
        assert_eq!(kept.len(), 2, "{kept:?}");
        assert!(kept.iter().all(|(login, failures)| login.len() == 5 && *failures == 5), "{kept:?}");

        test.app.clock.advance(Span::hours(23));
        hufu::jobs::expire::expire(&test.app).await.unwrap();
        assert_eq!(failures(&test).await.len(), 2);
        test.app.clock.advance(Span::hours(2));
        for _ in 0..4 {
            assert_eq!(try_it("zhang").await, "wrong_login", "yesterday's failures do not count");
        }
        hufu::jobs::expire::expire(&test.app).await.unwrap();
        assert_eq!(failures(&test).await, [("zhang".to_owned(), 4)]);
        stranger.post("/api/v1/sessions", json!({"login": "zhang", "password": PASSWORD})).await.ok();
        assert_eq!(failures(&test).await, []);
        test.close().await;
    }
}

#[tokio::test]
async fn a_stolen_session_cannot_find_out_the_password() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = Caller::of(&test, "zhang").await;
        let change = async |old: String| {
            zhang.post("/api/v1/me/password", json!({"old": old, "new": "another-tiger-2027"})).await
        };
        let guesses = join_all((0..40).map(|n| change(format!("guess-{n}")))).await;
        let expected = [((409, "login_locked".to_owned()), 35), ((422, "wrong_old_password".to_owned()), 5)];
        assert_eq!(tally(&guesses), expected.into());
        assert_eq!(change(PASSWORD.to_owned()).await.refusal(), "login_locked");
        let zhangs = test.person("zhang").await.id;
        login::set_password(&test.app, zhangs, "given-by-the-admin", true).await.unwrap();
        assert_eq!(failures(&test).await, [], "the administrator's new password is the way back");
        test.close().await;
    }
}

#[tokio::test]
async fn whoever_finds_too_many_before_them_at_the_door_is_told_so_and_others_go_on() {
    let test = TestApp::new(Engine::Sqlite).await;
    let (stranger, zhang) = (Caller::stranger(&test), Caller::of(&test, "zhang").await);
    let knock = async |n: usize| {
        stranger.post("/api/v1/sessions", json!({"login": format!("nobody-{n}"), "password": "?"})).await
    };
    let ask = async |_: usize| zhang.get("/api/v1/me").await;
    let (knocks, asked) = tokio::join!(join_all((0..80).map(knock)), join_all((0..80).map(ask)));
    let tally = tally(&knocks);
    assert!(tally.contains_key(&(503, "door_busy".to_owned())), "{tally:?}");
    assert!(tally[&(403, "wrong_login".to_owned())] > 50, "{tally:?}");
    assert_eq!(tally.len(), 2, "{tally:?}");
    assert!(asked.iter().all(|it| it.status == StatusCode::OK));
    test.close().await;
}
