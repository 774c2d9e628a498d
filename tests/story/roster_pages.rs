//! An administrator's pages: somebody is entered, moved, closed and let in again, a station gets its code, an agency its first unit; what
//! is typed stays after a refusal, what is shown once is shown once, and nobody changes themselves.

use crate::support::{
    ENGINES, TestApp,
    browser::{self, Answer, Browser},
    city::PASSWORD,
};
use hufu::{
    custody::{login, registered, roster},
    domain::Role,
    language::Language,
    store::people,
};

/// What stands between two texts on a page.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let rest = page.split_once(before).unwrap_or_else(|| panic!("no {before} in {page}")).1;
    rest.split(after).next().unwrap()
}

fn secret(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    between(&answer.body, "<code class=\"secret\">", "<").to_owned()
}

#[tokio::test]
async fn somebody_is_entered_moved_closed_and_let_in_again_on_pages() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        let mut admin = Browser::logged_in(&served, "admin").await;
        let unit = test.city.police.to_string();
        let new = "/roster/people/new";
        let entered = async |admin: &mut Browser, login: &str| {
            let fields = [
                ("name", "何新"),
                ("login", login),
                ("unit", unit.as_str()),
                ("role", "officer"),
                ("role", "approver"),
            ];
            admin.post(new, new, &fields).await
        };
        // A login that is taken: all that was typed is there, and the field says why.
        let taken = entered(&mut admin, "zhang").await;
        assert_eq!(taken.status, 409, "{}", taken.body);
        assert!(taken.body.contains("value=\"何新\"") && taken.body.contains("value=\"zhang\""));
        assert!(
            between(&taken.body, "id=\"new-login\"", "</div>").contains("已经有人使用"),
            "{}",
            taken.body
        );
        assert_eq!(taken.body.matches("checked").count(), 2, "both roles are ticked still");

        let slip = entered(&mut admin, "he").await;
        let password = secret(&slip);
        assert!(slip.body.contains("七天内有效") && slip.body.contains("查看分录"), "{}", slip.body);
        login::log_in(&test.app, "he", &password, Language::Zh).await.unwrap();
        let he = test.person("he").await;
        assert!(he.must_change && he.is(Role::Officer) && he.is(Role::Approver), "{he:?}");
        let page = format!("/roster/people/{}", he.id);
        let shown = admin.get(&page).await.body;
        assert!(!shown.contains(&password), "it was shown once");
        assert!(shown.contains("初始密码，本人尚未更换"), "{shown}");

        // Without a reason nothing happens; with one they are moved, and the page names the entry.
        let other = test.city.other_police.to_string();
        let moved = [("name", "何新"), ("unit", other.as_str()), ("role", "custodian")];
        let silent = admin.post(&page, &format!("{page}/appoint"), &moved).await;
        assert!(silent.status == 409 && silent.body.contains("没有写明原因"), "{}", silent.body);
        let moved = [("name", "何新"), ("unit", other.as_str()), ("role", "custodian"), ("reason", "调岗")];
        let done = admin.post(&page, &format!("{page}/appoint"), &moved).await;
        assert!(done.status == 303 && done.location.starts_with(&format!("{page}?done=")), "{done:?}");
        assert!(admin.get(&done.location).await.body.contains("查看分录"));
        let he = test.person("he").await;
        assert!(he.unit == test.city.other_police && he.roles == [Role::Custodian]);

        admin.post(&page, &format!("{page}/close"), &[("reason", "离职")]).await;
        assert!(test.person("he").await.disabled);
        let closed = admin.get("/roster?standing=closed").await.body;
        assert!(closed.contains(">he<") && !closed.contains(">zhang<"), "{closed}");
        let nobody = admin.post(&page, &format!("{page}/open"), &[("reason", "返聘")]).await;
        assert!(nobody.status == 422 && nobody.body.contains("没有选岗位"), "{}", nobody.body);
        let back = [("reason", "返聘"), ("role", "officer")];
        let password = secret(&admin.post(&page, &format!("{page}/open"), &back).await);
        login::log_in(&test.app, "he", &password, Language::Zh).await.unwrap();
        let again = secret(&admin.post(&page, &format!("{page}/reset"), &[]).await);
        login::log_in(&test.app, "he", &again, Language::Zh).await.unwrap();
        for language in ["en", "zh"] {
            admin.get(&format!("/language?to={language}&back=/")).await;
            for path in [&page, "/roster", "/roster?q=he", "/roster/units", new, "/roster/units/new"] {
                assert_eq!(admin.get(path).await.status, 200, "{path}");
            }
        }
        drop(served);
        test.close().await;
    }
}

#[tokio::test]
async fn an_administrator_changes_everybody_but_themselves_and_nobody_else_changes_anybody() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        let (admin, zhang) = (test.person("admin").await, test.person("zhang").await);
        let own = format!("/roster/people/{}", admin.id);
        let mut browser = Browser::logged_in(&served, "admin").await;
        let page = browser.get(&own).await.body;
        assert!(page.contains("请由另一名管理员办理") && !page.contains(&format!("{own}/close")), "{page}");
        let refused = browser.post("/", &format!("{own}/close"), &[("reason", "试试")]).await;
        assert!(refused.status == 409 && refused.body.contains("管理员不能变更自己"), "{}", refused.body);
        let refused = browser.post("/", &format!("{own}/reset"), &[]).await;
        assert!(refused.status == 403 && !refused.body.contains("class=\"secret\""), "{}", refused.body);
        // Wrong passwords keep somebody waiting; a new password ends that.
        for _ in 0..6 {
            assert!(login::log_in(&test.app, "zhang", "wrong", Language::Zh).await.is_err());
        }
        let theirs = format!("/roster/people/{}", zhang.id);
        assert!(browser.get(&theirs).await.body.contains("有一处不能登录"));
        let password = secret(&browser.post(&theirs, &format!("{theirs}/reset"), &[]).await);
        assert!(!browser.get(&theirs).await.body.contains("有一处不能登录"));
        login::log_in(&test.app, "zhang", &password, Language::Zh).await.unwrap();
        // An auditor reads all of it and is offered nothing; others read none of it.
        let mut auditor = Browser::logged_in(&served, "zheng").await;
        let page = auditor.get(&theirs).await;
        assert!(page.status == 200 && !page.body.contains(&format!("{theirs}/")), "{}", page.body);
        assert_eq!(auditor.get("/roster/people/new").await.status, 403);
        assert_eq!(auditor.post("/", &format!("{theirs}/close"), &[("reason", "x")]).await.status, 403);
        let mut officer = Browser::logged_in(&served, "li").await;
        for path in [theirs.as_str(), "/roster/units", "/roster/stations", "/roster/people/new"] {
            assert_eq!(officer.get(path).await.status, 403, "{path}");
        }
        drop(served);
        test.close().await;
    }
}

#[tokio::test]
async fn an_agency_comes_with_its_first_unit_and_a_station_with_a_code_that_is_shown_once() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = browser::serve(&test.app).await;
        let mut admin = Browser::logged_in(&served, "admin").await;
        let (new, fields) = ("/roster/units/new", [("agency_name", "丙县公安局"), ("kind", "police")]);
        let nameless = admin.post(new, new, &fields).await;
        assert!(
            nameless.status == 409 && nameless.body.contains("value=\"丙县公安局\""),
            "{}",
            nameless.body
        );
        let named = [fields[0], fields[1], ("name", "北门派出所")];
        let done = admin.post(new, new, &named).await;
        assert!(done.status == 303 && done.location.starts_with("/roster/units/"), "{done:?}");
        let page = admin.get(&done.location).await.body;
        assert!(page.contains("丙县公安局") && page.contains("北门派出所"), "{page}");
        let unit = between(&done.location, "/roster/units/", "?").to_owned();
        // A second unit of the same agency, which is chosen now.
        let me = test.person("admin").await;
        let known = registered::units(&test.app, &me).await.unwrap();
        let agency = known.iter().find(|it| it.agency == "丙县公安局").unwrap().agency_id.to_string();
        let done = admin.post(new, new, &[("agency", agency.as_str()), ("name", "南门派出所")]).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let twice = admin.post(new, new, &[("agency", agency.as_str()), ("name", "南门派出所")]).await;
        assert!(twice.status == 409 && twice.body.contains("已有同名部门"), "{}", twice.body);

        let add = "/roster/stations/new";
        let fields = [("name", "北门一号窗口"), ("unit", unit.as_str()), ("page", "http://127.0.0.1:7717")];
        let given = admin.post(add, add, &fields).await;
        let code = secret(&given);
        assert!(given.body.contains("hufu-station enrol --server"), "{}", given.body);
        let twice = admin.post(add, add, &fields).await;
        assert!(twice.status == 409 && twice.body.contains("已有同名的工位"), "{}", twice.body);
        let station = registered::all_stations(&test.app, &me).await.unwrap();
        let station = station.iter().find(|it| it.name == "北门一号窗口").unwrap().id;
        let page = format!("/roster/stations/{station}");
        let shown = admin.get(&page).await.body;
        assert!(shown.contains("登记码未用") && !shown.contains(&code), "{shown}");
        let said = [fields[1], fields[2], ("name", "北门二号窗口"), ("reason", "改编号")];
        let renamed = admin.post(&page, &format!("{page}/describe"), &said).await;
        assert_eq!(renamed.status, 303, "{}", renamed.body);
        admin.post(&page, &format!("{page}/close"), &[("reason", "设备丢失")]).await;
        let shown = admin.get(&page).await.body;
        assert!(shown.contains("北门二号窗口") && shown.contains("重新启用，发放登记码"), "{shown}");
        assert_ne!(secret(&admin.post(&page, &format!("{page}/invite"), &[]).await), code);
        assert!(admin.get(&page).await.body.contains("停用工位"), "it is open again");
        drop(served);
        test.close().await;
    }
}

#[tokio::test]
async fn hundreds_of_people_stand_on_pages_and_are_found_by_unit_and_name() {
    let test = TestApp::new(crate::support::Engine::Sqlite).await;
    let me = test.person("admin").await;
    for at in 0..registered::PEOPLE_PER_PAGE {
        let (name, login) = (format!("某{at}"), format!("many-{at:03}"));
        let (roles, standing) = (vec![Role::Officer], hufu::ledger::Standing::Open);
        let facts =
            hufu::ledger::roster::PersonFacts { name, login, unit: test.city.police, roles, standing };
        let given = roster::GivenPassword { password: PASSWORD, must_change: true };
        roster::add_person(&test.app, &me, facts, &given).await.unwrap();
    }
    let all = people::persons(&mut test.app.db.read().await.unwrap()).await.unwrap().len();
    let served = browser::serve(&test.app).await;
    let mut admin = Browser::logged_in(&served, "admin").await;
    let first = admin.get("/roster").await.body;
    assert!(first.contains(&format!("共 {all}")) || first.contains(&format!("{all} 人")), "{first}");
    let next = between(&first, "rel=\"next\" href=\"", "\"").to_owned();
    assert_eq!(next, format!("/roster?from={}", registered::PEOPLE_PER_PAGE));
    let rest = admin.get(&next).await.body;
    assert_eq!(rest.matches("href=\"/roster/people/").count(), all - registered::PEOPLE_PER_PAGE + 1);
    let found = admin.get(&format!("/roster?q=MANY-00&unit={}", test.city.police)).await.body;
    assert!(found.contains("查到 10 人") && first.len() < 60_000, "{} {found}", first.len());
    drop(served);
    test.close().await;
}
