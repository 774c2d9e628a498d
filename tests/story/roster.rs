//! Who and what there is, as entries: what an administrator may say, what the machine may, what nobody may; what is changed by hand is
//! named; a city from a file is entered whole or not at all.

use crate::support::{
    self, ENGINES, Engine, TestApp,
    browser::{self, Browser},
    city::PASSWORD,
};
use hufu::{
    custody::{
        self, access, city, login,
        roster::{self, GivenPassword, NewStanding},
    },
    domain::{AgencyKind, Person, Role},
    language::Language,
    ledger::{Appoint, Basis, Body, RefusalReason, Standing, roster::PersonFacts},
    store::{AppendError, heads, journal, people, verify},
};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

fn hufu(arguments: &[&str]) -> (bool, String) {
    let output = support::hufu(arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout) + &text(output.stderr))
}

async fn size(test: &TestApp) -> u64 {
    heads::size(&mut test.app.db.read().await.unwrap()).await.unwrap()
}

async fn last(test: &TestApp) -> Body {
    let seq = size(test).await;
    journal::entry(&mut test.app.db.read().await.unwrap(), seq).await.unwrap().unwrap().draft.body
}

async fn findings(test: &TestApp) -> Vec<String> {
    let mut tx = test.app.db.read().await.unwrap();
    let report = verify::verify(&mut tx, test.app.settings.suite).await.unwrap();
    report.findings.into_iter().map(|it| it.en).collect()
}

fn officer(test: &TestApp, login: &str) -> PersonFacts {
    let (name, login) = ("何新".to_owned(), login.to_owned());
    PersonFacts { name, login, unit: test.city.police, roles: vec![Role::Officer], standing: Standing::Open }
}

const GIVEN: GivenPassword<'_> = GivenPassword { password: "given-by-the-admin", must_change: false };

fn code<T>(answer: Result<T, custody::Error>) -> String {
    answer.err().expect("it is refused").code().to_owned()
}

/// A row that somebody added, changed or took away by hand, how to put it back, and how the finding names it.
const BY_HAND: [(&str, &str, &str); 9] = [
    (
        "insert into persons (id, unit, name, login, disabled) select $1, unit, name, 'ghost', disabled from persons where login = 'zhang'",
        "delete from persons where login = 'ghost'",
        "(张伟/ghost) in the table of people",
    ),
    (
        "insert into person_roles (person, role) select id, 'approver' from persons where login = 'zhang'",
        "delete from person_roles where role = 'approver' and person = (select id from persons where login = 'zhang')",
        "(张伟/zhang 审批人) in the table of roles",
    ),
    (
        "delete from person_roles where role = 'auditor'",
        "insert into person_roles (person, role) select id, 'auditor' from persons where login = 'zheng'",
        "the table of roles lacks a row (郑直/zheng 审计)",
    ),
    (
        "update persons set unit = (select id from units where name = '案件管理部') where login = 'zhang'",
        "update persons set unit = (select id from units where name = '城东派出所') where login = 'zhang'",
        "(张伟/zhang) in the table of people",
    ),
    (
        "update persons set login = 'zhang2' where login = 'zhang'",
        "update persons set login = 'zhang' where login = 'zhang2'",
        "(张伟/zhang) in the table of people",
    ),
    (
        "update agencies set kind = 'oversight' where kind = 'court'",
        "update agencies set kind = 'court' where name like '%法院'",
        "法院) in the table of agencies",
    ),
    (
        "insert into units (id, agency, name) select $1, agency, 'ghosts' from units where name = '立案庭'",
        "delete from units where name = 'ghosts'",
        "(ghosts) in the table of units",
    ),
    (
        "insert into stations (id, unit, name, page, token, disabled) select $1, unit, 'ghost', page, (select entry from journal where seq = 1), disabled from stations where name = '法院立案庭工位'",
        "delete from stations where name = 'ghost'",
        "(ghost) in the table of stations",
    ),
    (
        "update stations set device_key = 'mine' where name = '法院立案庭工位'",
        "update stations set device_key = null",
        "(法院立案庭工位) in the table of stations",
    ),
];

#[tokio::test]
async fn what_is_changed_by_hand_is_named() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        for (damage, mend, named) in BY_HAND {
            assert_eq!(findings(&test).await, Vec::<String>::new());
            let new: uuid::Uuid = test.app.ids.new_id();
            test.sql().run(damage, &[new], "").await;
            let found = findings(&test).await.join("\n");
            assert!(found.contains(named), "{engine:?} {damage}: {found}");
            test.sql().run(mend, &[new], "").await;
        }
        test.close().await;
    }
}

#[tokio::test]
async fn only_an_administrator_in_office_or_the_machine_says_who_there_is() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let (admin, zhang) = (test.person("admin").await, test.person("zhang").await);
        let before = size(&test).await;
        let answer = roster::add_person(app, &zhang, officer(&test, "he"), &GIVEN).await;
        assert_eq!(code(answer), "not_your_role");
        // Whoever gets past the verbs meets the ledger's rule.
        for actor in [&zhang, &test.person("zheng").await] {
            let facts = officer(&test, "he");
            let PersonFacts { name, login, unit, roles, standing } = facts;
            let (person, reason, basis) = (app.ids.new_id(), String::new(), Basis::Act);
            let body = Body::Appoint(Appoint { person, name, login, unit, roles, standing, reason, basis });
            let refused = app.sequencer.record(test.draft(actor.id, actor.unit, body)).await.unwrap_err();
            assert!(
                matches!(&refused, AppendError::Refused(no) if no.reason == RefusalReason::NotAnAdministrator)
            );
        }
        assert_eq!(size(&test).await, before);

        let (he, recorded) = roster::add_person(app, &admin, officer(&test, "he"), &GIVEN).await.unwrap();
        assert_eq!(recorded.seq, before + 1);
        login::log_in(app, "he", GIVEN.password, Language::Zh).await.unwrap();
        let taken = roster::add_person(app, &admin, officer(&test, "zhang"), &GIVEN).await;
        assert_eq!(code(taken), "login_taken");
        let change = async |me: &Person, who, new| roster::change_person(app, me, who, new, "调岗").await;
        let both = NewStanding::Roles(vec![Role::Auditor, Role::Officer]);
        assert_eq!(code(change(&admin, he, both).await), "roles_do_not_fit");
        let more = NewStanding::Roles(vec![Role::Administrator, Role::Approver]);
        assert_eq!(code(change(&admin, admin.id, more).await), "appoints_themselves");
        assert_eq!(code(change(&admin, he, NewStanding::Unit(test.city.police)).await), "nothing_changes");
        let silent = roster::change_person(app, &admin, he, NewStanding::Closed, " ").await;
        assert_eq!(code(silent), "reason_missing");

        // An administrator who is closed administers nothing, whatever they still hold in their hands.
        test.becomes("admin", NewStanding::Closed).await;
        assert_eq!(code(change(&admin, he, NewStanding::Closed).await), "not_an_administrator");
        test.close().await;
    }
}

#[tokio::test]
async fn a_new_password_is_an_entry_that_does_not_say_it_and_ends_what_was_open() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let (admin, zhang) = (test.person("admin").await, test.person("zhang").await);
        let token = login::log_in(app, "zhang", PASSWORD, Language::Zh).await.unwrap();
        let recorded = roster::reset_password(app, &admin, zhang.id, &GIVEN).await.unwrap();
        assert!(matches!(last(&test).await, Body::ResetPassword(it) if it.person == zhang.id));
        let entry = journal::entry(&mut app.db.read().await.unwrap(), recorded.seq).await.unwrap().unwrap();
        let bytes = String::from_utf8(entry.canonical_bytes().unwrap()).unwrap();
        assert!(!bytes.contains(GIVEN.password) && !bytes.contains("argon2"), "{bytes}");
        assert!(login::session(app, &token).await.unwrap().is_none(), "what was open is closed");
        assert_eq!(code(login::log_in(app, "zhang", PASSWORD, Language::Zh).await), "wrong_login");
        login::log_in(app, "zhang", GIVEN.password, Language::Zh).await.unwrap();

        test.becomes("zhang", NewStanding::Closed).await;
        assert_eq!(code(login::log_in(app, "zhang", GIVEN.password, Language::Zh).await), "wrong_login");
        let closed = roster::reset_password(app, &admin, zhang.id, &GIVEN).await;
        assert_eq!(code(closed), "account_closed");
        test.close().await;
    }
}

#[tokio::test]
async fn whoever_is_moved_or_given_another_role_is_logged_out_at_once() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        for new in [
            NewStanding::Unit(test.city.other_police),
            NewStanding::Roles(vec![Role::Approver]),
            NewStanding::Closed,
        ] {
            let token = login::log_in(&test.app, "zhang", PASSWORD, Language::Zh).await.unwrap();
            assert!(login::session(&test.app, &token).await.unwrap().is_some());
            test.becomes("zhang", new.clone()).await;
            assert!(login::session(&test.app, &token).await.unwrap().is_none(), "{new:?}");
        }
        let zhang = test.person("zhang").await;
        assert!(zhang.disabled && zhang.roles.is_empty() && zhang.unit == test.city.other_police);
        test.becomes("zhang", NewStanding::Open(vec![Role::Officer])).await;
        assert!(test.person("zhang").await.is(Role::Officer));
        test.close().await;
    }
}

#[tokio::test]
async fn administrators_read_who_there_is_and_no_case_and_nobody_else_reads_it() {
    let test = TestApp::new(Engine::Sqlite).await;
    let case = test.case("A-1").await;
    let slot = test.city.slots[0];
    test.lying(case, &[("手机", hufu::ledger::Measure::Piece, 1, slot)]).await;
    let seizure = test.city.founded + 1;
    let served = browser::serve(&test.app).await;
    let mut admin = Browser::logged_in(&served, "admin").await;
    let list = admin.get("/ledger").await;
    assert_eq!(list.status, 200);
    assert!(list.body.contains("登记张伟（账号 zhang）在临江市公安局 城东派出所任办案民警"), "{}", list.body);
    assert!(list.body.contains("服务器本机") && !list.body.contains("扣押清单"), "{}", list.body);
    assert_eq!(admin.get("/ledger/1").await.status, 200);
    for language in ["zh", "en"] {
        admin.get(&format!("/language?to={language}")).await;
        let roster = admin.get("/roster").await;
        assert!(roster.status == 200 && roster.body.contains(">zhang<"));
        assert!(admin.get("/roster/stations").await.body.contains("城东派出所工位"));
    }
    assert_eq!(admin.get(&format!("/ledger/{seizure}")).await.status, 404);
    let english = Browser::logged_in(&served, "zheng").await.get("/ledger/1").await;
    assert_eq!(english.status, 200);
    for login in ["zhang", "chen", "wang"] {
        let mut other = Browser::logged_in(&served, login).await;
        assert_eq!(other.get("/ledger/1").await.status, 404, "{login}");
        assert_eq!(other.get("/roster").await.status, 403, "{login}");
        assert!(!other.get("/ledger").await.body.contains("账号 zhang"), "{login}");
    }
    drop(served);
    test.close().await;
}

const TWO_OFFICES: &str = "
[[agency]]
kind = 'police'
name = '甲公安局'
units = ['办公室']

[[agency]]
kind = 'court'
name = '乙法院'
units = ['办公室', '立案庭']

[[person]]
name = '张伟'
login = 'zhang'
unit = '甲公安局/办公室'
roles = ['officer']

[[person]]
name = '周洁'
login = 'zhou'
unit = '立案庭'
roles = ['clerk']
";

#[test]
fn a_city_is_entered_whole_or_not_at_all_and_two_agencies_may_have_an_office_each() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let database = format!("sqlite:{}", at("ledger.db"));
    let import = |text: &str, more: &[&str]| {
        fs::write(at("city.toml"), text).unwrap();
        hufu(&[&["import", "city", "--database", &database, &at("city.toml")], more].concat())
    };
    // The last of them is wrong: nobody is entered, and nothing is made by a dry run.
    let (done, said) = import(TWO_OFFICES, &["--dry-run"]);
    assert!(done && said.contains("+ 人员 person\tzhang") && said.contains("nothing was changed"), "{said}");
    assert!(!Path::new(&at("ledger.db")).exists(), "a dry run makes nothing");
    for (wrong, says) in [
        (TWO_OFFICES.replace("unit = '立案庭'", "unit = '立案厅'"), "no unit called «立案厅»"),
        (TWO_OFFICES.replace("unit = '立案庭'", "unit = '办公室'"), "甲公安局/办公室、乙法院/办公室"),
        (TWO_OFFICES.replace("['clerk']", "['clerk', 'auditor']"), "zhou: The roles do not fit"),
        (TWO_OFFICES.replace("login = 'zhou'", "login = 'zhang'"), "zhang: This login is taken"),
    ] {
        let (done, said) = import(&wrong, &[]);
        assert!(!done && said.contains(says) && said.contains("nothing was entered"), "{said}");
        assert_eq!(hufu(&["user", "list", "--database", &database]), (true, String::new()));
    }
    let (done, said) = import(TWO_OFFICES, &["--slips", &at("slips.txt")]);
    assert!(done && said.contains("entered 2 people, 0 stations; entries 1 to 5"), "{said}");
    let slips = fs::read_to_string(at("slips.txt")).unwrap();
    assert!(
        slips.contains("甲公安局 办公室")
            && slips.contains("乙法院 立案庭")
            && !said.contains("first password:")
    );
    for private in ["slips.txt", "ledger.db", "ledger.key"] {
        assert_eq!(fs::metadata(at(private)).unwrap().permissions().mode() & 0o777, 0o600, "{private}");
    }

    // Moved and given another role in the file: done by entries, after it was said what would be done.
    let moved = TWO_OFFICES.replace("'立案庭'\nroles = ['clerk']", "'乙法院/办公室'\nroles = ['approver']");
    let (done, said) = import(&moved, &["--dry-run"]);
    assert!(done && said.contains("~ 人员 person\tzhou\t部门 unit、岗位 roles"), "{said}");
    let list = || hufu(&["user", "list", "--database", &database]).1;
    assert!(list().contains("zhou\t周洁\t乙法院/立案庭\tclerk"), "{}", list());
    let (done, said) = import(&moved, &[]);
    assert!(done && said.contains("= 1 人不变") && said.contains("entries 6 to 6"), "{said}");
    assert!(list().contains("zhou\t周洁\t乙法院/办公室\tapprover"), "{}", list());
    let (done, said) = import(&moved, &[]);
    assert!(done && said.contains("everybody stands as written"), "{said}");
    let (done, said) = hufu(&["verify", "--database", &database]);
    assert!(done, "{said}");
}

#[test]
fn each_act_at_the_machine_says_its_entry() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let database = format!("sqlite:{}", at("ledger.db"));
    fs::write(at("city.toml"), TWO_OFFICES).unwrap();
    assert!(hufu(&["import", "city", "--database", &database, &at("city.toml")]).0);
    let run = |arguments: &[&str]| {
        let (verb, rest) = arguments.split_at(2);
        hufu(&[verb, &["--database", &database], rest].concat())
    };
    let why = "--reason=岗位调整";
    for (arguments, says) in [
        (&["user", "add", "--login=he", "--name=何新", "--unit=办公室", "--role=officer"][..], "agency/unit"),
        (
            &["user", "add", "--login=he", "--name=何新", "--unit=甲公安局/办公室", "--role=officer"],
            "entry 6",
        ),
        (&["user", "move", "he", "--unit=立案庭", why], "entry 7"),
        (&["user", "role", "he", "--role=clerk", "--role=approver", why], "entry 8"),
        (&["user", "reset", "he"], "entry 9"),
        (&["user", "close", "he", why], "closed: he"),
        (&["user", "reset", "he"], "Open it again first"),
        (&["user", "reopen", "he", "--role=clerk", why], "entry 12"),
        (&["user", "list"], "he\t何新\t乙法院/立案庭\tclerk"),
        (&["station", "add", "--name=一号窗口", "--unit=立案庭"], "entry 13"),
        (&["station", "add", "--name=一号窗口", "--unit=立案庭"], "There is a station of this name"),
        (&["station", "revoke", "一号窗口", "--reason=设备丢失"], "entry 14"),
        (&["station", "invite", "一号窗口"], "one-time code"),
        (&["verify"][..1], "15"),
    ] {
        let (_, said) = if arguments.len() == 1 {
            hufu(&["verify", "--database", &database, "--language", "en"])
        } else {
            run(arguments)
        };
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn the_demo_enters_nobody_into_a_ledger_that_it_did_not_make() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let before =
            (size(&test).await, people::persons(&mut test.app.db.read().await.unwrap()).await.unwrap());
        let folder = test.folder().join("demo").display().to_string();
        let (done, said) = hufu(&["demo", "--database", test.database(), "--folder", &folder, "--port", "0"]);
        assert!(!done && said.contains("is no ledger of the demo, and nothing in it was changed"), "{said}");
        let after =
            (size(&test).await, people::persons(&mut test.app.db.read().await.unwrap()).await.unwrap());
        assert_eq!(before, after);
        test.close().await;
    }
}

#[tokio::test]
async fn a_city_that_is_half_refused_by_the_ledger_leaves_nothing() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let before = size(&test).await;
        let (agency, drafts) = (city::new_agency(&test.app, AgencyKind::Court, "丙法院"), ["甲庭", "甲庭"]);
        let me = access::machine();
        let drafts = drafts.map(|name| {
            let (unit, basis) = (test.app.ids.new_id(), Basis::Act);
            let body = hufu::ledger::RegisterUnit {
                unit,
                name: name.to_owned(),
                agency: agency.id,
                agency_kind: agency.kind,
                agency_name: agency.name.clone(),
                standing: Standing::Open,
                reason: String::new(),
                basis,
            };
            test.draft(me.id, me.unit, Body::RegisterUnit(body))
        });
        let (at, _) = test.app.sequencer.record_together(drafts.to_vec()).await.unwrap_err();
        assert_eq!((at, size(&test).await), (1, before));
        assert!(test.app.sequencer.record_together(drafts[..1].to_vec()).await.is_ok());
        test.close().await;
    }
}
