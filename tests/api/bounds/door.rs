//! Passwords that are tried, and sessions that end.

use super::tally;
use crate::{
    caller::{Answer, Caller},
    support::{
        ENGINES, Engine, TestApp,
        browser::{self, Browser},
        city::PASSWORD,
    },
};
use axum::http::StatusCode;
use futures_util::future::join_all;
use hufu::{
    clock::Span,
    custody::login::{self, Address},
    store::Tx,
};
use serde_json::json;

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

#[tokio::test]
async fn a_session_that_lies_unused_ends_and_none_lasts_for_ever() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (idle, busy) = (Caller::of(&test, "zhang").await, Caller::of(&test, "zhang").await);
        idle.get("/api/v1/me").await.ok();
        for _ in 0..11 {
            test.app.clock.advance(Span::hours(1));
            busy.get("/api/v1/me").await.ok();
        }
        assert_eq!(idle.get("/api/v1/me").await.refusal(), "not_logged_in");
        hufu::jobs::expire::expire(&test.app).await.unwrap();
        assert_eq!(idle.get("/api/v1/me").await.refusal(), "not_logged_in", "nor is it taken for a new one");
        busy.get("/api/v1/me").await.ok();
        test.app.clock.advance(Span::minutes(61));
        assert_eq!(busy.get("/api/v1/me").await.refusal(), "not_logged_in", "twelve hours are the end");
        test.close().await;
    }
}

/// Somebody who tries a password from an address.
async fn tried(stranger: &Caller, address: [u8; 4], login: &str, password: &str) -> Answer {
    let request = stranger.request("POST", "/api/v1/sessions").extension(Address(address.into()));
    let body = json!({"login": login, "password": password}).to_string();
    stranger.send(request.header("content-type", "application/json").body(body.into()).unwrap()).await
}

#[tokio::test]
async fn nobody_locks_another_out_from_elsewhere() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let stranger = Caller::stranger(&test);
        let (there, here) = ([10, 0, 0, 66], [10, 0, 0, 7]);
        for _ in 0..5 {
            assert_eq!(tried(&stranger, there, "zhang", "wrong").await.refusal(), "wrong_login");
        }
        assert_eq!(tried(&stranger, there, "zhang", PASSWORD).await.refusal(), "login_locked");
        tried(&stranger, here, "zhang", PASSWORD).await.ok();
        assert_eq!(
            tried(&stranger, there, "zhang", PASSWORD).await.refusal(),
            "login_locked",
            "that they are in frees nobody elsewhere"
        );
        test.close().await;
    }
}

#[tokio::test]
async fn a_browser_in_which_somebody_has_logged_in_is_not_locked_out_beside_a_stranger() {
    let test = TestApp::new(Engine::Sqlite).await;
    // The pages here come without an address: all of them are from the same place.
    let served = browser::serve(&test.app).await;
    let mut known = Browser::logged_in(&served, "zhang").await;
    let log_in = async |browser: &mut Browser, password: &str| {
        let form = browser.get("/login").await;
        let token = browser::csrf(&form.body);
        let fields = [("csrf", token.as_str()), ("name", "zhang"), ("password", password), ("back", "/")];
        browser.send("/login", &fields).await.status
    };
    let mut stranger = Browser::new(&served);
    for _ in 0..5 {
        assert_eq!(log_in(&mut stranger, "wrong").await, 403);
    }
    assert_eq!(log_in(&mut stranger, PASSWORD).await, 403, "locked there");
    assert_eq!(log_in(&mut known, PASSWORD).await, 303);
    for _ in 0..5 {
        log_in(&mut known, "wrong").await;
    }
    assert_eq!(log_in(&mut known, PASSWORD).await, 403, "its own failures bind it");
    test.close().await;
}

#[tokio::test]
async fn one_address_does_not_try_every_login() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let stranger = Caller::stranger(&test);
        let (there, here) = ([10, 0, 0, 66], [10, 0, 0, 7]);
        for number in 0..100 {
            let refused = tried(&stranger, there, &format!("nobody-{number}"), "spring-2026").await.refusal();
            assert_eq!(refused, "wrong_login");
        }
        assert_eq!(tried(&stranger, there, "li", PASSWORD).await.refusal(), "address_locked");
        tried(&stranger, here, "li", PASSWORD).await.ok();
        test.app.clock.advance(Span::minutes(16));
        for _ in 0..120 {
            tried(&stranger, there, "li", PASSWORD).await.ok();
        }
        test.close().await;
    }
}

#[tokio::test]
async fn several_who_log_in_at_once_with_the_right_password_all_come_in() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let stranger = Caller::stranger(&test);
        let log_in = async |_: usize| tried(&stranger, [10, 0, 0, 7], "zhang", PASSWORD).await;
        // As many as one person may be logged in: a fourth ends the first of them.
        for _ in 0..5 {
            let answers = join_all((0..3).map(log_in)).await;
            assert_eq!(tally(&answers), [((201, String::new()), 3)].into());
        }
        test.close().await;
    }
}
