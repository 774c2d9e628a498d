//! The centre: who its witnesses are, how far each has signed, and what becomes of one that is behind, refuses or lies.

use crate::{
    support::{ENGINES, TestApp, browser},
    town::{Town, Witness, said},
};
use getrandom::SysRng;
use hufu::{
    clock::{Moment, Span},
    custody::{
        Error, difference,
        witness::{self as verbs, WitnessState, WitnessStatus},
    },
    id::EntryId,
    jobs,
    ledger::{
        Checkpoint, Digest, Note, Suite,
        note::{
            key::{Purpose, SignerKey},
            refusal::{Reason, WitnessRefusal},
        },
    },
    store::{differences::Difference, verify},
};

async fn standing(test: &TestApp) -> Vec<WitnessStatus> {
    verbs::standing(&test.app, &test.person("zheng").await).await.unwrap()
}

async fn open(test: &TestApp, login: &str) -> Vec<Difference> {
    let me = test.person(login).await;
    difference::reconciliation(&test.app, &me, None).await.unwrap().open_list
}

fn seconds(at: Moment) -> u64 {
    u64::try_from(at.0 / 1_000_000).unwrap()
}

/// A witness in this process, entered at the centre.
async fn signer(test: &TestApp, name: &str, suite: Suite) -> SignerKey {
    let key = SignerKey::generate(suite, Purpose::Cosignature, name, &mut SysRng).unwrap();
    verbs::register(&test.app, "临江市人民法院/立案庭", &key.verifier().text()).await.unwrap();
    key
}

fn with_line(key: &SignerKey, text: &str, at: u64) -> String {
    let line = key.cosign(&mut SysRng, text, at).unwrap();
    Note { text: text.to_owned(), signatures: vec![line] }.to_string()
}

async fn newest(test: &TestApp) -> Checkpoint {
    let note = hufu::custody::transparency::checkpoint(&test.app).await.unwrap();
    Checkpoint::parse(&note.text).unwrap()
}

fn code(done: Result<(), Error>) -> &'static str {
    done.as_ref().map_or_else(Error::code, |()| "")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_agencies_witness_one_ledger_and_the_centre_shows_how_far() {
    for (engine, suite) in ENGINES.into_iter().zip([Suite::C2sp, Suite::Sm]) {
        let town = Town::new(engine, suite).await;
        let served = browser::serve(&town.test.app).await;
        let url = format!("http://{}", served.address);
        let mut theirs = town.witness("j.test/w", suite, &url);
        let mut courts = Witness::new(town.test.folder(), "c.test/w", suite, &[(&url, town.ledger_key())]);
        // Before the centre has entered it, it remembers and asks again.
        courts.start();
        courts.says("403").await;
        town.register(&courts);
        theirs.start();
        town.witnessed(&courts).await;
        town.grow().await;
        town.witnessed(&theirs).await;
        town.witnessed(&courts).await;

        // A stranger finds both lines under the checkpoint, and under the newest that was witnessed.
        for path in ["/checkpoint", "/checkpoint/witnessed"] {
            let url = format!("{url}{path}");
            let text = tokio::task::spawn_blocking(move || {
                ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap()
            });
            let note = Note::parse(&text.await.unwrap()).unwrap();
            for key in [&theirs.key, &courts.key] {
                hufu::ledger::note::key::VerifierKey::from_text(key).unwrap().check(&note).unwrap();
            }
        }
        let size = town.size().await;
        let all = standing(&town.test).await;
        assert_eq!(all.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["c.test/w", "j.test/w"]);
        for it in &all {
            assert_eq!(
                (it.signed, it.size, it.state),
                (Some(size.cast_signed()), size, WitnessState::InOrder)
            );
            assert_eq!((it.agency.as_str(), it.unit.as_str()), ("临江市人民检察院", "案件管理部"));
        }
        let listed = said(&["witness", "list", "--database", town.test.database()]);
        assert!(
            listed.contains(&format!("j.test/w\t临江市人民检察院 案件管理部\t{size}/{size}\tin_order")),
            "{listed}"
        );

        // Nothing is taken from one that is revoked; what it signed stays under the checkpoint.
        said(&["witness", "revoke", "--database", town.test.database(), "--name", "c.test/w"]);
        town.grow().await;
        town.witnessed(&theirs).await;
        courts.says("can be followed again").await;
        let waited = std::time::Instant::now();
        while courts.log().matches("answered 403").count() < 2 {
            assert!(waited.elapsed().as_secs() < 20, "{}", courts.log());
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(town.signed("c.test/w").await, size);
        assert_eq!(standing(&town.test).await[0].state, WitnessState::Revoked);
        theirs.kill();
        courts.kill();
        drop(served);
        town.test.close().await;
    }
}

#[tokio::test]
async fn one_that_is_behind_becomes_one_difference_and_the_next_lapse_another() {
    for engine in ENGINES {
        let town = Town::new(engine, Suite::Sm).await;
        let test = &town.test;
        let key = signer(test, "c.test/w", Suite::Sm).await;
        let job = || jobs::witness::raise(&test.app);
        assert_eq!(job().await.unwrap(), 0);
        test.app.clock.advance(Span::hours(23));
        assert_eq!(job().await.unwrap(), 0, "within the day");
        assert_eq!(standing(test).await[0].state, WitnessState::InOrder);
        test.app.clock.advance(Span::hours(2));
        assert_eq!(standing(test).await[0].state, WitnessState::Behind);
        let (one, other) = tokio::join!(job(), job());
        assert_eq!(one.unwrap() + other.unwrap(), 1, "two servers at once");
        assert_eq!(job().await.unwrap(), 0);

        // The court must settle it; the others do not see it.
        assert_eq!(open(test, "zhang").await.len(), 0);
        let found = open(test, "zhou").await;
        assert_eq!((found.len(), found[0].class.as_str()), (1, "witness_behind"));
        assert!(found[0].finding.starts_with("见证方 c.test/w 自 "), "{}", found[0].finding);
        let settlement = difference::Settlement {
            id: test.app.ids.new_id::<EntryId>(),
            difference: found[0].id,
            finding: "机器停电，已恢复".to_owned(),
            cause: Some(hufu::ledger::SettlementCause::Explained),
            entry: None,
            also: Vec::new(),
            paper: Some("情况说明〔2026〕1号".to_owned()),
        };
        difference::settle(&test.app, &test.person("zhou").await, &settlement).await.unwrap();
        assert_eq!(job().await.unwrap(), 0, "the same lapse, settled");

        // It signs, and falls behind again.
        let head = newest(test).await;
        let signed = with_line(&key, &head.to_string(), seconds(test.app.clock.now()));
        verbs::cosign(&test.app, &signed).await.unwrap();
        verbs::cosign(&test.app, &signed).await.unwrap();
        assert_eq!(standing(test).await[0].state, WitnessState::InOrder);
        assert_eq!(standing(test).await[0].behind_since, None);
        town.grow().await;
        test.app.clock.advance(Span::hours(25));
        assert_eq!(job().await.unwrap(), 1);
        assert_eq!(open(test, "zhou").await.len(), 1);
        town.test.close().await;
    }
}

#[tokio::test]
async fn only_what_a_known_witness_signed_over_our_own_checkpoint_is_taken() {
    for (engine, suite) in ENGINES.into_iter().zip([Suite::C2sp, Suite::Sm]) {
        let town = Town::new(engine, suite).await;
        let test = &town.test;
        let key = signer(test, "c.test/w", suite).await;
        let stranger = SignerKey::generate(suite, Purpose::Cosignature, "c.test/w", &mut SysRng).unwrap();
        let now = seconds(test.app.clock.now());
        let head = newest(test).await;
        let text = head.to_string();
        let at = |size, root| Checkpoint { size, root, ..head.clone() }.to_string();
        for (said, wanted) in [
            (with_line(&stranger, &text, now), "witness_unknown"),
            (with_line(&key, &text, now).replacen("c.test/w", "d.test/w", 1), "witness_unknown"),
            (with_line(&key, &format!("{text}extension\n"), now), "not_a_checkpoint_of_ours"),
            (with_line(&key, &text.replacen("hufu.test", "evil.test", 1), now), "another_ledger"),
            (with_line(&key, &at(head.size + 1, head.root), now), "beyond_the_ledger"),
            (with_line(&key, &at(0, suite.empty_root()), now), "beyond_the_ledger"),
            (with_line(&key, &text, now + 3_600), "clock_wrong"),
            (with_line(&key, &text, now - 86_400), "clock_wrong"),
            (with_line(&key, "hello\n", now), "not_understood"),
            ("hello".to_owned(), "not_understood"),
        ] {
            assert_eq!(code(verbs::cosign(&test.app, &said).await), wanted, "{said}");
        }
        assert_eq!(standing(test).await[0].signed, None);
        // A witness has signed under another time: a person says that the centre's is right.
        test.app.clock.advance(Span::minutes(1));
        let mut tx = test.app.db.write().await.unwrap();
        hufu::store::settings::confirm_clock(&mut tx, test.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let wrong = verbs::register(&test.app, "临江市人民法院/立案庭", &stranger.verifier().text()).await;
        assert_eq!(wrong.unwrap_err().code(), "witness_name_taken");
        let ledgers = town.ledger_key().to_owned();
        let wrong = verbs::register(&test.app, "临江市人民法院/立案庭", &ledgers).await;
        assert_eq!(wrong.unwrap_err().code(), "not_a_witness_key");
        let wrong = verbs::register(&test.app, "临江市人民法院/后勤", &key.verifier().text()).await;
        assert_eq!(wrong.unwrap_err().code(), "not_found");
        let denied = verbs::standing(&test.app, &test.person("zhang").await).await;
        assert_eq!(denied.unwrap_err().code(), "auditor_only_page");

        // Another history, validly signed: kept, and one difference however often it comes.
        let fork = with_line(&key, &at(head.size - 1, Digest([9; 32])), now);
        for _ in 0..2 {
            assert_eq!(code(verbs::cosign(&test.app, &fork).await), "another_history");
        }
        let found = open(test, "zhou").await;
        assert_eq!((found.len(), found[0].class.as_str()), (1, "witness_refused"));
        let it = &standing(test).await[0];
        assert_eq!((it.state, it.refused.as_deref()), (WitnessState::Refused, Some("fork")));

        // A refusal with its evidence; seen again a minute later it is the same.
        for later in [0, 60] {
            let refused = WitnessRefusal {
                origin: head.origin.clone(),
                reason: Reason::Rollback,
                time: now + later,
                known: None,
                offered: hufu::custody::transparency::checkpoint(&test.app).await.unwrap(),
                proof: Vec::new(),
            };
            let text = refused.to_string();
            assert_eq!(code(verbs::refuse(&test.app, &with_line(&key, &text, now + later)).await), "");
            assert_eq!(
                code(verbs::refuse(&test.app, &with_line(&stranger, &text, now)).await),
                "witness_unknown"
            );
        }
        assert_eq!(code(verbs::refuse(&test.app, &with_line(&key, &text, now)).await), "not_understood");
        assert_eq!(open(test, "zhou").await.len(), 1, "one lapse, one difference");
        assert_eq!(jobs::witness::raise(&test.app).await.unwrap(), 0);

        let me = test.person("zheng").await;
        let kept = verbs::refusals(&test.app, &me).await.unwrap();
        let kept: Vec<&str> = kept.iter().map(|it| it.reason.as_str()).collect();
        assert!(kept.len() == 2 && kept.contains(&"fork") && kept.contains(&"rollback"), "{kept:?}");
        let denied = verbs::refusals(&test.app, &test.person("zhang").await).await;
        assert_eq!(denied.unwrap_err().code(), "auditor_only_page");

        // It signs again: the last word counts.
        test.app.clock.advance(Span::minutes(1));
        let head = newest(test).await;
        verbs::cosign(&test.app, &with_line(&key, &head.to_string(), now + 60)).await.unwrap();
        let it = &standing(test).await[0];
        assert_eq!((it.state, it.signed), (WitnessState::InOrder, Some(head.size.cast_signed())));
        town.test.close().await;
    }
}

/// What an administrator of the database could do to a witness's signature, with every trigger dropped.
#[tokio::test]
async fn a_cosignature_that_is_not_what_the_witness_signed_is_found() {
    for engine in ENGINES {
        for damage in [
            "update cosignatures set line = replace(line, substr(line, 40, 4), 'AAAA')",
            "update cosignatures set signed_at = signed_at - 1000000",
            "update cosignatures set size = size - 1",
            "update witnesses set key = (select ledger_key from ledger_settings) where name = 'c.test/w'",
            "update cosignatures set witness = 'd.test/w'",
        ] {
            let town = Town::new(engine, Suite::Sm).await;
            let test = &town.test;
            let key = signer(test, "c.test/w", Suite::Sm).await;
            signer(test, "d.test/w", Suite::Sm).await;
            let head = newest(test).await;
            let at = seconds(test.app.clock.now());
            verbs::cosign(&test.app, &with_line(&key, &head.to_string(), at)).await.unwrap();
            let mut tx = test.app.db.read().await.unwrap();
            assert!(verify::verify(&mut tx, Suite::Sm).await.unwrap().in_order());
            drop(tx);
            let mut sql = test.sql();
            sql.unlock().await;
            sql.run(damage, &[], "").await;
            let mut tx = test.app.db.read().await.unwrap();
            let report = verify::verify(&mut tx, Suite::Sm).await.unwrap();
            drop(tx);
            let about = |zh: &str| report.findings.iter().any(|it| it.zh.contains(zh));
            assert!(about("见证方"), "{damage}: {:#?}", report.findings);
            assert!(report.findings.iter().all(|it| it.seq.is_some()), "{damage}");
            town.test.abandon().await;
        }
    }
}
