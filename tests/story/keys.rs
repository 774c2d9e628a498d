//! Agencies' keys: how one enters, is followed by another and is shut out, and what does not pass for one.

use crate::{
    handover::scene::{Scene, code},
    support::{
        self, ENGINES, TestApp,
        browser::{self, Browser},
        city::PASSWORD,
    },
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use getrandom::SysRng;
use hufu::{
    app::App,
    custody::{Error, conclude, inspect, keys, login, signed},
    domain::{HandoverState, Person},
    id::SigningId,
    ledger::state::KeyStanding,
    store::verify::{self, Report},
};
use hufu_wire::{
    proof,
    registration::KeyRegistration,
    signature::{SecretKey, fingerprint, grouped, key_id},
};

const POLICE: (&str, &str) = ("临江市公安局", "城东派出所");

fn new_key() -> SecretKey {
    SecretKey::generate(&mut SysRng).unwrap()
}

fn registered_by(secret: &SecretKey, names: (&str, &str), before: Option<&SecretKey>) -> KeyRegistration {
    KeyRegistration::sign(&mut SysRng, secret, names, before).unwrap()
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
        let good = registered_by(&secret, POLICE, None);
        let (key, digits) = (key_id(secret.public_key()), fingerprint(secret.public_key()));

        // Whoever brings a public key alone brings nothing.
        let possession = registered_by(&stranger, POLICE, None).possession;
        let stolen = KeyRegistration { possession, ..good.clone() };
        assert_eq!(code(registered(&t.app, &zhang, &stolen).await), "key_not_proven");
        let for_others = KeyRegistration { unit: "城西派出所".to_owned(), ..good.clone() };
        assert_eq!(code(registered(&t.app, &zhang, &for_others).await), "key_not_proven");
        assert_eq!(code(registered(&t.app, &qian, &good).await), "key_of_another_agency");

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
        let made = keys::register(&t.app, &wang, &registered_by(&secret, POLICE, None)).await.unwrap();
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
        let alone = registered_by(&second, POLICE, None);
        assert_eq!(code(registered(s.app(), &zhang, &alone).await), "key_not_consented");
        let court = registered_by(&second, POLICE, Some(&s.court.secret));
        assert_eq!(code(registered(s.app(), &zhang, &court).await), "key_not_consented");
        let followed = registered_by(&second, POLICE, Some(&s.police.secret));
        assert_eq!(registered(s.app(), &zhang, &followed).await.unwrap(), KeyStanding::InForce);

        // Both are in force until the old one is revoked; a stolen one is shut out at once and says yes to nothing more.
        keys::revoke(s.app(), &wang, &s.police.key, "工位电脑被盗").await.unwrap();
        assert_eq!(code(keys::revoke(s.app(), &wang, &s.police.key, "again").await), "key_revoked");
        let thief = new_key();
        let stolen = registered_by(&thief, POLICE, Some(&s.police.secret));
        assert_eq!(code(registered(s.app(), &zhang, &stolen).await), "key_not_consented");
        let replayed = registered_by(&s.police.secret, POLICE, Some(&second));
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
            "insert into agency_keys (key, agency, unit, public_pem, registered_seq, in_force_seq)
                select '{key}', agency, id, '{pem}', 1, 2 from units where id = $1",
            "insert into first_edition_keys (key, unit, public_pem, added_at) values ('{key}', $1, '{pem}', 0)",
        ] {
            let sql = insert.replace("{key}", &key).replace("{pem}", pem);
            s.t.sql().run(&sql, &[unit.0], "").await;
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
        for said in ["the table of agencies' keys follows from no entry", "nothing here is that old"] {
            assert!(found.iter().any(|it| it.en.contains(said)), "{said}: {found:#?}");
        }

        // Nor by the doors: the agency has a key, and none of its keys says yes; another agency's people are refused.
        let names = (sun.agency_name.clone(), sun.unit_name.clone());
        let names = (names.0.as_str(), names.1.as_str());
        let alone = registered_by(&forged, names, None);
        assert_eq!(code(registered(s.app(), &sun, &alone).await), "key_not_consented");
        let own = registered_by(&forged, names, Some(&forged));
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
        hufu::custody::offer::request_offer_signature(s.app(), &zhang, id, None).await.unwrap();
        let app = s.t.app.clone();
        assert_eq!(code(s.police.answer(&app).await), "key_revoked");
        assert!(!report(s.app()).await.in_order());
        s.t.abandon().await;
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
        std::fs::write(&file, serde_json::to_string(&registered_by(&secret, POLICE, None)).unwrap()).unwrap();
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
        let (first, _) = support::keys::in_force(&t.app, t.city.police).await;
        let second = new_key();
        let mut registration = registered_by(&second, POLICE, Some(&first));
        let possession =
            first.sign(&mut SysRng, &proof::key(POLICE.0, POLICE.1, &registration.public_pem)).unwrap();
        registration.follows.as_mut().unwrap().signature = BASE64_STANDARD.encode(possession);
        assert_eq!(code(registered(&t.app, &zhang, &registration).await), "key_not_consented");
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
        let printed = serde_json::to_string_pretty(&registered_by(&secret, POLICE, None)).unwrap();
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
        assert!(page.contains("revoked by entry 3: 换新") && !page.contains(&revoke), "{page}");
        let mut admin = Browser::logged_in(&served, "admin").await;
        let refused = admin.post("/keys", "/keys", &[("registration", &printed)]).await;
        assert_eq!(refused.status, 403, "{}", refused.body);
        drop(served);
        t.close().await;
    }
}
