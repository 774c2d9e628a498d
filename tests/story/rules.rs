//! 规则: the city adopts its own. What holds is what entries say, from its day on; one person alone changes nothing.

use crate::{
    handover::scene::code,
    support::{
        self, ENGINES, TestApp,
        browser::{self, Browser},
        city::PASSWORD,
    },
};
use hufu::{
    app::App,
    clock::{Moment, Span},
    custody::{
        access,
        rules::{self, AdoptionState},
    },
    domain::{Person, Rules, rule::Deadline},
    ledger::{AdoptRules, Body, Draft},
    store::verify,
};

/// The built-in file with other hours for what was seized.
fn with_hand_in(hours: &str) -> String {
    Rules::SHIPPED.replacen("hours = 24", &format!("hours = {hours}"), 1)
}

fn tomorrow(app: &App) -> chrono::NaiveDate {
    app.clock.now().plus(Span::days(1)).day().unwrap()
}

async fn states(app: &App) -> Vec<AdoptionState> {
    let view = rules::in_force(app, &access::at_the_machine()).await.unwrap();
    view.history.iter().map(|it| it.state).collect()
}

#[tokio::test]
async fn rules_hold_from_their_day_when_a_second_person_has_confirmed_them() {
    for engine in ENGINES {
        let t = TestApp::under_shipped_rules(engine).await;
        let (wang, gao, zhang) = (t.person("wang").await, t.person("gao").await, t.person("zhang").await);
        let (text, day) = (with_hand_in("12"), tomorrow(&t.app));
        let started = t.app.clock.now();
        let hours = |from: Moment| t.app.rules().due(Deadline::HandIn, from).since(from);
        assert_eq!(hours(started), Span::hours(24), "the built-in rules");

        assert_eq!(code(rules::adopt(&t.app, &zhang, (&text, day), "市局文件").await), "not_your_role");
        let today = t.app.clock.now().day().unwrap();
        assert_eq!(
            code(rules::adopt(&t.app, &wang, (&text, today), "市局文件").await),
            "rules_begin_in_the_past"
        );
        assert_eq!(code(rules::adopt(&t.app, &wang, (&text, day), " ").await), "reason_missing");
        let seq = rules::adopt(&t.app, &wang, (&text, day), "市局文件").await.unwrap().seq;
        let view = rules::in_force(&t.app, &gao).await.unwrap();
        let it = &view.history[0];
        assert_eq!((it.state, it.may_confirm, it.text == text), (AdoptionState::Waiting, true, true));
        let [change] = it.changes.as_slice() else { panic!("{:?}", it.changes) };
        assert_eq!(
            (change.rule.as_str(), change.before.as_str(), change.after.as_str()),
            ("hand_in", "24 h", "12 h")
        );

        let digest = it.digest.clone();
        assert_eq!(code(rules::confirm(&t.app, &wang, seq, &digest).await), "adopter_confirms");
        assert_eq!(code(rules::confirm(&t.app, &zhang, seq, &digest).await), "not_your_role");
        let other = hufu_wire::signature::sm3_hex(with_hand_in("13").as_bytes());
        assert_eq!(code(rules::confirm(&t.app, &gao, seq, &other).await), "rules_differ");
        rules::confirm(&t.app, &gao, seq, &digest).await.unwrap();
        assert_eq!(code(rules::confirm(&t.app, &gao, seq, &digest).await), "rules_already_confirmed");
        assert_eq!(states(&t.app).await, [AdoptionState::Coming]);

        // Today nothing is otherwise; from tomorrow on it is, and what began today runs on as it began.
        assert_eq!(hours(started), Span::hours(24));
        t.app.clock.advance(Span::days(1));
        assert_eq!(hours(t.app.clock.now()), Span::hours(12));
        assert_eq!(hours(started), Span::hours(24));
        assert_eq!(states(&t.app).await, [AdoptionState::InForce]);
        assert_eq!(rules::file(&t.app).await.unwrap(), text);
        // Another server of the ledger, and this one after it was stopped, read the same.
        let again =
            hufu::store::rules::book(&mut t.app.db.read().await.unwrap(), Rules::shipped().unwrap()).await;
        assert_eq!(again.unwrap().adopted(t.app.clock.now()).map(|it| it.seq), Some(seq));
        t.close().await;
    }
}

#[tokio::test]
async fn nonsense_is_adopted_by_nobody() {
    for engine in ENGINES {
        let t = TestApp::under_shipped_rules(engine).await;
        let (wang, day) = (t.person("wang").await, tomorrow(&t.app));
        let no_store = Rules::SHIPPED.replacen("stores = [\"lot\"]", "stores = []", 1);
        let no_answer = Rules::SHIPPED.replacen("hours = 72", "hours = 0", 1);
        for text in [
            with_hand_in("-5"),
            with_hand_in("0"),
            no_answer,
            no_store,
            "hours = 12".to_owned(),
            String::new(),
        ] {
            assert_eq!(code(rules::check(&t.app, &text)), "rules_unreadable");
            assert_eq!(code(rules::adopt(&t.app, &wang, (&text, day), "市局文件").await), "rules_unreadable");
        }
        assert_eq!(states(&t.app).await, []);
        t.close().await;
    }
}

/// What nobody confirms in time lapses, and what somebody writes past the verbs is named.
#[tokio::test]
async fn rules_that_nobody_confirms_hold_for_nobody_and_unreadable_ones_are_named() {
    for engine in ENGINES {
        let t = TestApp::under_shipped_rules(engine).await;
        let (wang, gao, day) = (t.person("wang").await, t.person("gao").await, tomorrow(&t.app));
        let text = with_hand_in("12");
        let seq = rules::adopt(&t.app, &wang, (&text, day), "市局文件").await.unwrap().seq;
        let digest = AdoptRules::new(&text, day, "").digest;
        t.app.clock.advance(Span::days(2));
        assert_eq!(code(rules::confirm(&t.app, &gao, seq, &digest).await), "rules_begin_in_the_past");
        assert_eq!(states(&t.app).await, [AdoptionState::Lapsed]);
        let now = t.app.clock.now();
        assert_eq!(t.app.rules().due(Deadline::HandIn, now).since(now), Span::hours(24));

        let body = Body::AdoptRules(AdoptRules::new("hours = -5", tomorrow(&t.app), "？"));
        t.record(draft(&t.app, &wang, body)).await;
        let report = verify::verify(&mut t.app.db.read().await.unwrap(), t.app.settings.suite).await.unwrap();
        let found = report.findings.iter().filter(|it| it.en.contains("no file of rules")).count();
        assert_eq!(found, 1, "{:?}", report.findings);
        t.abandon().await;
    }
}

fn draft(app: &App, me: &Person, body: Body) -> Draft {
    Draft {
        id: app.ids.new_id(),
        happened_at: app.clock.now(),
        actor: me.id,
        unit: me.unit,
        station: None,
        papers: vec![],
        body,
        signatures: vec![],
    }
}

/// Everybody who is logged in reads them; one brings a file, another confirms it, on the page.
#[tokio::test]
async fn the_page_shows_the_rules_to_everybody_and_takes_new_ones_from_two() {
    for engine in ENGINES {
        let t = TestApp::under_shipped_rules(engine).await;
        let served = browser::serve(&t.app).await;
        for login in ["zhang", "chen", "zheng", "admin"] {
            let mut person = Browser::logged_in(&served, login).await;
            let page = person.get("/rules").await.body;
            assert!(
                page.contains("扣押后送交入库") && page.contains("第190条") && page.contains("程序自带"),
                "{page}"
            );
        }
        let mut wang = Browser::logged_in(&served, "wang").await;
        let (day, text) = (tomorrow(&t.app).to_string(), with_hand_in("12").replace('\n', "\r\n"));
        let nonsense = with_hand_in("-5");
        let refused = wang
            .post("/rules", "/rules", &[("text", &nonsense), ("from", &day), ("reason", "市局文件")])
            .await;
        assert!(
            refused.status == 422 && refused.body.contains("-5") && refused.body.contains("市局文件"),
            "{}",
            refused.body
        );
        let mut zhang = Browser::logged_in(&served, "zhang").await;
        let refused =
            zhang.post("/rules", "/rules", &[("text", &text), ("from", "soon"), ("reason", "x")]).await;
        assert_eq!(refused.status, 403);
        let brought =
            wang.post("/rules", "/rules", &[("text", &text), ("from", &day), ("reason", "市局文件")]).await;
        assert_eq!(brought.status, 303, "{}", brought.body);
        assert!(!wang.get("/rules").await.body.contains("/confirm"), "not one's own");

        let mut gao = Browser::logged_in(&served, "gao").await;
        let page = gao.get("/rules").await.body;
        assert!(page.contains("hand_in: 24 h → 12 h"), "{page}");
        let digest = AdoptRules::new(&with_hand_in("12"), tomorrow(&t.app), "").digest;
        assert_eq!(
            gao.post("/rules", &format!("/rules/{}/confirm", t.nth(1)), &[("digest", &digest)]).await.status,
            303
        );
        t.app.clock.advance(Span::days(1));
        let mut zhang = Browser::logged_in(&served, "zhang").await;
        assert_eq!(zhang.get("/language?to=en&back=/rules").await.status, 303);
        let page = zhang.get("/rules").await.body;
        assert!(
            page.contains(&format!("Adopted by entry {}", t.nth(1))) && page.contains("In force"),
            "{page}"
        );
        assert_eq!(
            zhang.get(&format!("/ledger/{}", t.nth(1))).await.status,
            200,
            "the entry is everybody's to read"
        );
        drop(served);
        t.close().await;
    }
}

/// From a file to rules that hold, by the commands alone.
#[tokio::test]
async fn rules_are_adopted_by_commands() {
    for engine in ENGINES {
        let t = TestApp::under_shipped_rules(engine).await;
        let at = |name: &str| t.folder().join(name).to_str().unwrap().to_owned();
        let (file, password, ledger_key) = (at("rules.toml"), at("password"), at("ledger.key"));
        std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
        let hufu = |arguments: &[&str]| {
            let output = support::hufu(&[&["rules"], arguments, &["--database", t.database()]].concat());
            let text = [output.stdout, output.stderr].concat();
            (output.status.success(), String::from_utf8(text).unwrap())
        };
        let by = |person: &'static str, arguments: &[&str]| {
            let more = ["--person", person, "--password-file", &password, "--ledger-key", &ledger_key];
            hufu(&[arguments, &more].concat())
        };
        let (done, built_in) = hufu(&["show", "--file"]);
        assert!(done && built_in == Rules::SHIPPED, "{built_in}");
        std::fs::write(&file, with_hand_in("-5")).unwrap();
        let (done, said) = hufu(&["check", &file]);
        assert!(!done && said.contains("-5") && said.contains("-5"), "{said}");
        std::fs::write(&file, with_hand_in("12")).unwrap();
        let (done, said) = hufu(&["check", &file]);
        assert!(done && said.contains("hand_in\t24 h → 12 h"), "{said}");
        let from = ["--from", "2099-01-01", "--reason", "市局文件"];
        let (done, said) = by("wang", &[&["adopt", &file][..], &from].concat());
        let first = t.nth(1).to_string();
        assert!(done && said.contains(&format!("entry {first}")), "{said}");
        let (done, said) = by("wang", &["confirm", &file, "--entry", &first]);
        assert!(!done && said.contains("cannot confirm"), "{said}");
        let (done, said) = by("gao", &["confirm", &file, "--entry", &first]);
        assert!(done && said.contains("confirmed"), "{said}");
        let (_, said) = hufu(&["show"]);
        assert!(
            said.contains("built into") && said.contains("Coming") && said.contains("hand_in\t24 h"),
            "{said}"
        );
        t.close().await;
    }
}
