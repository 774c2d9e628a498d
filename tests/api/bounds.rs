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

/// A custodian, and a thing that they have moved to and fro so many times.
async fn restless(test: &TestApp, moves: usize) -> (Caller, hufu::id::ItemId) {
    let case = test.case("A-1").await;
    let [here, there] = [test.city.slots[0], test.city.slots[1]];
    let thing = test.lying(case, &[("手机", hufu::ledger::Measure::Piece, 1, here)]).await.remove(0).item;
    let chen = Caller::of(test, "chen").await;
    let list: Vec<_> = (0..moves)
        .map(|n| if n % 2 == 0 { (here, there) } else { (there, here) })
        .map(|(from, to)| json!({"item": thing, "quantity": 1, "from": from, "to": to}))
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
        let expected = [((200, String::new()), 32), ((503, "reading_busy".to_owned()), 28)];
        assert_eq!(tally(&proofs), expected.into());
        assert!(others.iter().all(|it| it.status == StatusCode::OK));
        test.close().await;
    }
}

async fn attachments(test: &TestApp) -> i64 {
    const SQL: &str = "select count(*) from attachments";
    match &mut test.app.db.read().await.unwrap() {
        Tx::Sqlite(tx) => sqlx::query_scalar(SQL).fetch_one(&mut **tx).await.unwrap(),
        Tx::Postgres(tx) => sqlx::query_scalar(SQL).fetch_one(&mut **tx).await.unwrap(),
    }
}

#[tokio::test]
async fn a_list_that_is_thrown_away_is_forgotten_unless_another_has_the_same_file() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
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
    use base64::{Engine as _, engine::general_purpose::STANDARD};
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
