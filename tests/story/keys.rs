//! People's keys: how one enters, is followed by another and is shut out, and what does not pass for one.

use crate::{
    handover::scene::{Scene, code},
    support::{
        self, ENGINES, TestApp,
        browser::{self, Browser},
        city::PASSWORD,
        keys::registration,
    },
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use getrandom::SysRng;
use hufu::{
    app::App,
    custody::{Error, conclude, inspect, keys, login, offer, roster::NewStanding, signed},
    domain::{HandoverState, Person, Role},
    id::SigningId,
    ledger::state::KeyStanding,
    store::verify::{self, Report},
};
use hufu_wire::{
    proof,
    registration::KeyRegistration,
    signature::{SecretKey, fingerprint, grouped, key_id},
};

fn new_key() -> SecretKey {
    SecretKey::generate(&mut SysRng).unwrap()
}

async fn registered(app: &App, me: &Person, it: &KeyRegistration) -> Result<KeyStanding, Error> {
    keys::register(app, me, it).await.map(|made| made.standing)
}

async fn report(app: &App) -> Report {
    verify::verify(&mut app.db.read().await.unwrap(), app.settings.suite).await.unwrap()
}

#[tokio::test]
async fn the_first_key_needs_two_people_of_the_agency_and_the_private_half() {
    for engine in ENGINES {
        let t = TestApp::new(engine).await;
        let (zhang, wang, qian, gao) =
            (t.person("zhang").await, t.person("wang").await, t.person("qian").await, t.person("gao").await);
        let (secret, stranger) = (new_key(), new_key());
        let good = registration(&zhang, &secret, None);
        let (key, digits) = (key_id(secret.public_key()), fingerprint(secret.public_key()));

        // Whoever brings a public key alone brings nothing.
        let possession = registration(&zhang, &stranger, None).possession;
        let stolen = KeyRegistration { possession, ..good.clone() };
        assert_eq!(code(registered(&t.app, &zhang, &stolen).await), "key_not_proven");
        let of_others = registration(&t.person("li").await, &secret, None).possession;
        let of_others = KeyRegistration { possession: of_others, ..good.clone() };
        assert_eq!(code(registered(&t.app, &zhang, &of_others).await), "key_not_proven");
        assert_eq!(code(registered(&t.app, &qian, &good).await), "key_of_another_agency");
        // Nobody brings a colleague's, not even an approver; nor a key for another unit of the agency.
        let li = t.person("li").await;
        for other in [&li, &wang] {
            assert_eq!(code(registered(&t.app, other, &good).await), "key_of_another_person");
        }
        let elsewhere = Person { unit_name: "城西派出所".to_owned(), ..zhang.clone() };
        let elsewhere = registration(&elsewhere, &secret, None);
        assert_eq!(code(registered(&t.app, &zhang, &elsewhere).await), "key_of_another_person");

        assert_eq!(registered(&t.app, &zhang, &good).await.unwrap(), KeyStanding::Waiting);
        assert_eq!(code(keys::confirm(&t.app, &zhang, &key, &digits).await), "not_your_role");
        assert_eq!(code(keys::confirm(&t.app, &gao, &key, &digits).await), "key_of_another_agency");
        let other = fingerprint(stranger.public_key());
        assert_eq!(code(keys::confirm(&t.app, &wang, &key, &other).await), "fingerprint_differs");
        keys::confirm(&t.app, &wang, &key, &digits.to_uppercase()).await.unwrap();
        assert_eq!(code(keys::confirm(&t.app, &wang, &key, &digits).await), "key_already_confirmed");
        t.close().await;
    }
}

#[tokio::test]
async fn whoever_registers_a_key_does_not_confirm_it() {
    for engine in ENGINES {
        let t = TestApp::new(engine).await;
        let (wang, secret) = (t.person("wang").await, new_key());
        let made = keys::register(&t.app, &wang, &registration(&wang, &secret, None)).await.unwrap();
        assert_eq!(
            code(keys::confirm(&t.app, &wang, &made.key, &made.fingerprint).await),
            "registrar_confirms"
        );
        // A key that nobody confirmed signs nothing; a revoked one is not confirmed any more.
        keys::revoke(&t.app, &wang, &made.key, "登记有误").await.unwrap();
        assert_eq!(code(keys::confirm(&t.app, &wang, &made.key, &made.fingerprint).await), "key_revoked");
        t.close().await;
    }
}

#[tokio::test]
async fn a_later_key_is_signed_by_one_in_force_and_a_revoked_one_never_comes_back() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, wang) = (s.zhang.clone(), s.t.person("wang").await);
        let offered = s.offered().await;
        let second = new_key();
        let alone = registration(&zhang, &second, None);
        assert_eq!(code(registered(s.app(), &zhang, &alone).await), "key_not_consented");
        let court = registration(&zhang, &second, Some(&s.court.secret));
        assert_eq!(code(registered(s.app(), &zhang, &court).await), "key_not_consented");
        let followed = registration(&zhang, &second, Some(&s.police.secret));
        assert_eq!(registered(s.app(), &zhang, &followed).await.unwrap(), KeyStanding::InForce);

        // Both are in force until the old one is revoked; a stolen one is shut out at once and says yes to nothing more.
        keys::revoke(s.app(), &wang, &s.police.key, "工位电脑被盗").await.unwrap();
        assert_eq!(code(keys::revoke(s.app(), &wang, &s.police.key, "again").await), "key_revoked");
        let thief = new_key();
        let stolen = registration(&zhang, &thief, Some(&s.police.secret));
        assert_eq!(code(registered(s.app(), &zhang, &stolen).await), "key_not_consented");
        let replayed = registration(&zhang, &s.police.secret, Some(&second));
        assert_eq!(code(registered(s.app(), &zhang, &replayed).await), "key_already_registered");

        // What it signed before stays signed: the offer is concluded, and everything verifies.
        let qian = s.qian.clone();
        s.accept_all(&qian, offered, "临检刑诉〔2026〕7号").await;
        assert_eq!(s.state(offered).await, HandoverState::Concluded);
        s.t.close().await;
    }
}

/// The keeper of the centre's machine gives himself the procuratorate's signature: he resets a password, adds a station and writes a
/// row of a key. (Attack S2.)
#[tokio::test]
async fn a_key_that_is_only_a_row_signs_nothing_and_is_named() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let offered = s.offered().await;
        let sun = s.t.person("sun").await;
        login::set_password(s.app(), sun.id, PASSWORD, false).await.unwrap();
        let (forged, unit) = (new_key(), s.t.city.procuratorate);
        let key = key_id(forged.public_key());
        let pem = forged.public_key().to_pem();
        for insert in [
            "insert into agency_keys (key, agency, unit, holder, public_pem, registered_seq, in_force_seq)
                select '{key}', agency, id, $2, '{pem}', 1, 2 from units where id = $1",
            "insert into first_edition_keys (key, unit, public_pem, added_at) values ('{key}', $1, '{pem}', 0)",
        ] {
            let sql = insert.replace("{key}", &key).replace("{pem}", pem);
            s.t.sql().run(&sql, &[unit.0, sun.id.0], "").await;
        }
        inspect::accept_rest(s.app(), &sun, offered).await.unwrap();
        conclude::request_conclusion_signature(s.app(), &sun, offered, "检〔2026〕1号", None).await.unwrap();
        let request = s.procuratorate.shown();
        let statement = BASE64_STANDARD.decode(&request.statement).unwrap();
        let signature = BASE64_STANDARD.encode(forged.sign(&mut SysRng, &statement).unwrap());
        let (station, id) = (s.procuratorate.station.clone(), SigningId(request.request));
        let taken = signed::signed(s.app(), &station, id, &key, &signature).await;
        assert_eq!(code(taken), "key_unknown");
        assert_eq!(s.state(offered).await, HandoverState::Offered);
        let found = report(s.app()).await.findings;
        for said in ["in the table of agencies' keys follows from no entry", "nothing here is that old"] {
            assert!(found.iter().any(|it| it.en.contains(said)), "{said}: {found:#?}");
        }

        // Nor by the doors: the agency has a key, and none of its keys says yes; another agency's people are refused.
        let alone = registration(&sun, &forged, None);
        assert_eq!(code(registered(s.app(), &sun, &alone).await), "key_not_consented");
        let own = registration(&sun, &forged, Some(&forged));
        assert_eq!(code(registered(s.app(), &sun, &own).await), "key_not_consented");
        s.t.abandon().await;
    }
}

/// A row that says that a revoked key is in force deceives nobody who signs.
#[tokio::test]
async fn a_revocation_is_not_undone_in_the_table() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let wang = s.t.person("wang").await;
        keys::revoke(s.app(), &wang, &s.police.key, "遗失").await.unwrap();
        let sql = format!(
            "update agency_keys set revoked_seq = null, revocation = null where key = '{}'",
            s.police.key
        );
        s.t.sql().run(&sql, &[], "").await;
        let (zhang, case, to) = (s.zhang.clone(), s.case, s.t.city.procuratorate);
        let id = s.draft(&zhang, case, hufu::ledger::HandoverPurpose::ToProsecution, to).await;
        offer::request_offer_signature(s.app(), &zhang, id, None).await.unwrap();
        let app = s.t.app.clone();
        assert_eq!(code(s.police.answer(&app).await), "key_revoked");
        assert!(!report(s.app()).await.in_order());
        s.t.abandon().await;
    }
}

/// Who leaves, or comes to another agency, signs with none of their keys from that entry on; what they signed before stays signed. They
/// come back, and their key does not; nor does it when somebody writes it into the table.
#[tokio::test]
async fn a_key_ends_with_what_its_holder_was_there_for() {
    for engine in ENGINES {
        for new in [NewStanding::Closed, NewStanding::Roles(vec![Role::Custodian])] {
            let mut s = Scene::new(engine).await;
            let (app, qian) = (s.t.app.clone(), s.qian.clone());
            let offered = s.offered().await;
            s.t.becomes("zhang", new.clone()).await;
            s.accept_all(&qian, offered, "临检刑诉〔2026〕7号").await;
            assert_eq!(s.state(offered).await, HandoverState::Concluded);
            let row = keys::list(&app, &s.t.person("wang").await).await.unwrap();
            let row = row.into_iter().find(|it| it.key == s.police.key).unwrap();
            assert_eq!((row.standing, row.revocation.as_deref()), (KeyStanding::Revoked, Some("调岗")));
            assert!(report(&app).await.in_order(), "{:?}", report(&app).await.findings);
            s.t.close().await;
        }
        let mut s = Scene::new(engine).await;
        let (app, zhang) = (s.t.app.clone(), s.zhang.clone());
        s.t.becomes("zhang", NewStanding::Closed).await;
        s.t.becomes("zhang", NewStanding::Open(vec![Role::Officer])).await;
        let (case, to) = (s.case, s.t.city.procuratorate);
        let id = s.draft(&zhang, case, hufu::ledger::HandoverPurpose::ToProsecution, to).await;
        offer::request_offer_signature(&app, &zhang, id, None).await.unwrap();
        assert_eq!(code(s.police.answer(&app).await), "key_revoked");
        let sql = "update agency_keys set revoked_seq = null, revocation = null where key = '{key}'";
        s.t.sql().run(&sql.replace("{key}", &s.police.key), &[], "").await;
        offer::request_offer_signature(&app, &zhang, id, None).await.unwrap();
        assert_eq!(code(s.police.answer(&app).await), "key_revoked");
        let found = report(&app).await.findings;
        assert!(
            found.iter().any(|it| it.en.contains(&s.police.key) && it.en.contains("张伟/zhang")),
            "{found:?}"
        );
        s.t.abandon().await;
    }
}

/// The register of somebody who may not sign has no key: whoever keeps things, or watches over them.
#[tokio::test]
async fn who_may_not_sign_holds_no_key() {
    for engine in ENGINES {
        let t = TestApp::new(engine).await;
        for login in ["chen", "zheng", "admin"] {
            let me = t.person(login).await;
            let it = registration(&me, &new_key(), None);
            let refused = registered(&t.app, &me, &it).await.unwrap_err().code();
            assert!(["holder_may_not_sign", "not_your_role"].contains(&refused), "{login}: {refused}");
        }
        t.close().await;
    }
}

/// What the list says of a thing is what the ledger says of it. A row that was changed by hand before the list was made, and put back
/// after it was signed, deceives the receiver for a day and the auditor never. (Attack E2.)
#[tokio::test]
async fn an_offer_that_says_otherwise_is_named() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let item = [s.items[0].0];
        s.t.sql().run("update items set name = '旧' || name where id = $1", &item, "").await;
        s.offered().await;
        s.t.sql().run("update items set name = substr(name, 2) where id = $1", &item, "").await;
        let found = report(s.app()).await.findings;
        assert!(found.iter().any(|it| it.en.contains("is not what the ledger says now")), "{found:?}");
        s.t.abandon().await;
    }
}

/// Li asks, and somebody at the PC signs with Zhang's key; or Zhang's with the key of before he moved. (Attack S9.)
#[tokio::test]
async fn nobody_signs_with_a_colleagues_key_and_its_holder_shuts_it_out() {
    for engine in ENGINES {
        let mut s = Scene::new(engine).await;
        let (zhang, li) = (s.zhang.clone(), s.t.person("li").await);
        let (case, to, app) = (s.case, s.t.city.procuratorate, s.t.app.clone());
        let id = s.draft(&li, case, hufu::ledger::HandoverPurpose::ToProsecution, to).await;
        offer::request_offer_signature(&app, &li, id, None).await.unwrap();
        let request = s.police.shown();
        assert_eq!(request.holder, "李娜/li");
        let signature = s.police.sign(&request);
        let (station, signing) = (s.police.station.clone(), SigningId(request.request));
        let taken = signed::signed(&app, &station, signing, &s.police.key, &signature).await;
        assert_eq!(code(taken), "key_of_another_person");
        assert_eq!(s.state(id).await, HandoverState::Draft);

        // Li's own key, which Zhang's has said yes to, signs; and the signature names her.
        offer::request_offer_signature(&app, &li, id, None).await.unwrap();
        s.police.answer(&app).await.unwrap();
        let offer = s.entries().await.into_iter().find(|it| it.draft.body.kind() == "offer").unwrap();
        let (signature, own) = (&offer.draft.signatures[0], support::keys::of(&app, li.id).await.1);
        assert_eq!((signature.person, &signature.key), (li.id, &own));

        assert_eq!(code(keys::revoke(&app, &zhang, &own, "？").await), "not_your_role");
        keys::revoke(&app, &li, &own, "U 盾遗失").await.unwrap();
        s.t.close().await;
    }
}

/// From the files that a station prints to a key in force, by the commands alone.
#[tokio::test]
async fn a_key_is_brought_into_force_by_commands() {
    for engine in ENGINES {
        let t = TestApp::new(engine).await;
        let at = |name: &str| t.folder().join(name).to_str().unwrap().to_owned();
        let (file, password, ledger_key) = (at("key.json"), at("password"), at("ledger.key"));
        let secret = new_key();
        let printed = registration(&t.person("zhang").await, &secret, None);
        std::fs::write(&file, serde_json::to_string(&printed).unwrap()).unwrap();
        std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
        std::fs::write(at("wrong"), "not the password").unwrap();
        let key = key_id(secret.public_key());
        let hufu = |arguments: &[&str], person: &str, password: &str| {
            let more = ["--database", t.database(), "--person", person, "--password-file", password];
            let output =
                support::hufu(&[&["key"], arguments, &more, &["--ledger-key", &ledger_key]].concat());
            let text = [output.stdout, output.stderr].concat();
            (output.status.success(), String::from_utf8(text).unwrap())
        };
        let printed = support::hufu(&["key", "fingerprint", &file]);
        let printed = String::from_utf8(printed.stdout).unwrap();
        let digits = printed.trim().split_once('\t').unwrap().1;
        let (done, said) = hufu(&["register", &file], "zhang", &at("wrong"));
        assert!(!done, "{said}");
        let (done, said) = hufu(&["register", &file], "zhang", &password);
        assert!(done && said.contains(digits) && said.contains("must compare"), "{said}");
        let (done, said) = hufu(&["confirm", &key, "--fingerprint", digits], "gao", &password);
        assert!(!done && said.contains("another agency's"), "{said}");
        let (done, said) = hufu(&["confirm", &key, "--fingerprint", digits], "wang", &password);
        assert!(done && said.contains("confirmed"), "{said}");
        let list = support::hufu(&["key", "list", "--database", t.database()]);
        let list = String::from_utf8(list.stdout).unwrap();
        assert!(list.contains(&key) && list.contains("城东派出所") && list.contains("In force"), "{list}");
        let (done, said) = hufu(&["revoke", &key, "--reason", "换新"], "wang", &password);
        assert!(done && said.contains("revoked"), "{said}");
        t.close().await;
    }
}

/// The two statements are worth nothing for one another.
#[tokio::test]
async fn a_possession_is_no_consent() {
    for engine in ENGINES {
        let t = TestApp::new(engine).await;
        let zhang = t.person("zhang").await;
        let (first, _) = support::keys::of(&t.app, zhang.id).await;
        let second = new_key();
        let mut printed = registration(&zhang, &second, Some(&first));
        let possession = first.sign(&mut SysRng, &proof::key(printed.owner(), &printed.public_pem)).unwrap();
        printed.follows.as_mut().unwrap().signature = BASE64_STANDARD.encode(possession);
        assert_eq!(code(registered(&t.app, &zhang, &printed).await), "key_not_consented");
        t.close().await;
    }
}

/// One pastes what the station printed, another types the fingerprint from its paper.
#[tokio::test]
async fn two_people_of_an_agency_bring_its_first_key_into_force_on_the_page() {
    for engine in ENGINES {
        let t = TestApp::new(engine).await;
        let served = browser::serve(&t.app).await;
        let (secret, mut zhang) = (new_key(), Browser::logged_in(&served, "zhang").await);
        let printed =
            serde_json::to_string_pretty(&registration(&t.person("zhang").await, &secret, None)).unwrap();
        let (key, digits) = (key_id(secret.public_key()), fingerprint(secret.public_key()));
        let wrong = zhang.post("/keys", "/keys", &[("registration", "-----BEGIN")]).await;
        assert!(wrong.status == 422 && wrong.body.contains("-----BEGIN"), "{}", wrong.body);
        assert_eq!(zhang.post("/keys", "/keys", &[("registration", &printed)]).await.status, 303);
        let waiting = zhang.get("/keys").await.body;
        assert!(waiting.contains("待确认") && !waiting.contains("/confirm"), "{waiting}");

        let mut wang = Browser::logged_in(&served, "wang").await;
        let (confirm, revoke) = (format!("/keys/{key}/confirm"), format!("/keys/{key}/revoke"));
        let page = wang.get("/keys").await.body;
        assert!(
            page.contains(&confirm) && !page.contains(&grouped(&digits)),
            "the paper says it, not the page"
        );
        let differs = wang.post("/keys", &confirm, &[("fingerprint", "0000")]).await;
        assert_eq!(differs.status, 409, "{}", differs.body);
        assert_eq!(wang.post("/keys", &confirm, &[("fingerprint", &grouped(&digits))]).await.status, 303);
        assert!(wang.get("/keys").await.body.contains("有效"));
        assert_eq!(wang.post("/keys", &revoke, &[("reason", "换新")]).await.status, 303);
        assert_eq!(wang.get("/language?to=en&back=/keys").await.status, 303);
        let page = wang.get("/keys").await.body;
        assert!(
            page.contains(&format!("revoked by entry {}: 换新", t.nth(3))) && !page.contains(&revoke),
            "{page}"
        );
        let mut admin = Browser::logged_in(&served, "admin").await;
        let refused = admin.post("/keys", "/keys", &[("registration", &printed)]).await;
        assert_eq!(refused.status, 403, "{}", refused.body);
        drop(served);
        t.close().await;
    }
}
