//! Three people of one station agree among themselves that what the centre keeps is theirs: nothing moves until the centre's own
//! approver has said yes to exactly that.

use crate::support::{ENGINES, TestApp, browser};
use hufu::{
    custody::{
        Error, city,
        correction::{self, CorrectionRequest, CorrectionStatus, Declaration, RequestedLine, Verdict},
        items,
    },
    domain::{Person, Role},
    id::ItemId,
    ledger::{Edition, Measure},
    store::verify,
};

const PASSWORD: &str = "tiger-tally-2026";

fn code<T: std::fmt::Debug>(answer: Result<T, Error>) -> &'static str {
    answer.unwrap_err().code()
}

/// An approver of that unit, who is not in every city of the tests.
async fn approver(test: &TestApp, unit: hufu::id::UnitId, login: &str) -> Person {
    let new = city::NewPerson {
        unit,
        name: login,
        login,
        password: PASSWORD,
        must_change: false,
        roles: &[Role::Approver],
    };
    city::add_person(&test.app, &new).await.unwrap();
    test.person(login).await
}

async fn places(test: &TestApp, item: ItemId) -> Vec<String> {
    let view = items::show(&test.app, &test.person("zhang").await, item).await.unwrap();
    view.line.places.iter().map(|place| format!("{} {}", place.kind, place.quantity)).collect()
}

#[tokio::test]
async fn nothing_leaves_the_vault_because_three_people_of_a_station_say_so() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let case = test.case("A-31").await;
        let v1 = test.city.vault_slots[0];
        let item = test.lying(case, &[("现金", Measure::Piece, 120, v1)]).await[0].item;
        let (zhang, li, wang) =
            (test.person("zhang").await, test.person("li").await, test.person("wang").await);
        let meng = approver(&test, test.city.centre_unit, "meng").await;
        let song = approver(&test, test.city.procuratorate, "song").await;

        let declaration =
            Declaration { id: app.ids.new_id(), wrong: test.nth(1), reason: "记错了".to_owned() };
        let declaration = correction::declare(app, &zhang, &declaration).await.unwrap().seq;
        let request = |to: &str| {
            let (from, to) = (format!("slot:{v1}"), to.to_owned());
            let lines = vec![RequestedLine { item, quantity: 120, from, to }];
            CorrectionRequest { reason: "应由我所保管".to_owned(), lines, descriptions: vec![] }
        };
        let consumed = correction::ask(app, &li, declaration, &request("consumed")).await;
        assert_eq!(code(consumed), "approval_for_another_act");
        let lost = correction::ask(app, &li, declaration, &request("declared_loss")).await;
        assert_eq!(code(lost), "approval_for_another_act");
        let loan = correction::ask(app, &li, declaration, &request(&format!("on_loan:{}", zhang.id))).await;
        assert_eq!(code(loan), "approval_for_another_act");
        let owed = request(&format!("owed:{}", zhang.unit));
        correction::ask(app, &li, declaration, &owed).await.unwrap();
        assert_eq!(code(correction::answer(app, &song, declaration, &Verdict::Approve).await), "not_found");
        correction::answer(app, &wang, declaration, &Verdict::Approve).await.unwrap();
        assert_eq!(code(correction::correct(app, &zhang, declaration).await), "consent_missing");
        assert_eq!(places(&test, item).await, ["slot 120 件"]);

        // Their own approver cannot say yes for the centre, however often; the centre's sees what waits and what for.
        let again = correction::answer(app, &wang, declaration, &Verdict::Approve).await.unwrap().unwrap();
        assert!(again.repeat);
        assert_eq!(code(correction::correct(app, &zhang, declaration).await), "consent_missing");
        let view = correction::show(app, &meng, declaration).await.unwrap();
        assert_eq!((view.standing, view.may_answer, view.consents.len()), (CorrectionStatus::Asked, true, 1));
        assert!(view.consents[0].unit.contains("涉案财物管理中心") && view.consents[0].approval.is_none());
        let waiting = correction::open(app, &meng).await.unwrap();
        assert!(waiting.iter().any(|it| it.declaration == declaration && it.mine));
        let served = browser::serve(app).await;
        let mut page = browser::Browser::logged_in(&served, "meng").await;
        let page = page.get(&format!("/corrections/{declaration}")).await.body;
        assert!(page.contains("涉案财物管理中心 的同意") && page.contains("尚未同意"), "{page}");
        drop(served);

        let yes = correction::answer(app, &meng, declaration, &Verdict::Approve).await.unwrap().unwrap();
        assert!(
            correction::answer(app, &meng, declaration, &Verdict::Approve).await.unwrap().unwrap().repeat
        );
        let view = correction::show(app, &zhang, declaration).await.unwrap();
        assert_eq!((view.standing, view.may_record), (CorrectionStatus::Approved, true));
        assert_eq!(view.consents[0].approval, Some(yes.seq));
        correction::correct(app, &zhang, declaration).await.unwrap();
        assert_eq!(places(&test, item).await, ["owed 120 件"]);

        let mut tx = app.db.read().await.unwrap();
        let report = verify::verify(&mut tx, app.settings.suite).await.unwrap();
        assert_eq!((Edition::CURRENT, report.findings), (Edition::THIRD, vec![]));
        drop(tx);
        test.close().await;
    }
}

#[tokio::test]
async fn a_unit_that_is_asked_may_say_no() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let case = test.case("A-32").await;
        let a1 = test.city.slots[0];
        let item = test.lying(case, &[("手机", Measure::Piece, 1, a1)]).await[0].item;
        let (zhang, li, wang) =
            (test.person("zhang").await, test.person("li").await, test.person("wang").await);
        let meng = approver(&test, test.city.centre_unit, "meng").await;
        let declaration =
            Declaration { id: app.ids.new_id(), wrong: test.nth(1), reason: "记错了".to_owned() };
        let declaration = correction::declare(app, &zhang, &declaration).await.unwrap().seq;
        let (from, to) = (format!("slot:{a1}"), format!("owed:{}", zhang.unit));
        let lines = vec![RequestedLine { item, quantity: 1, from, to }];
        let request = CorrectionRequest { reason: "没有移交".to_owned(), lines, descriptions: vec![] };
        correction::ask(app, &li, declaration, &request).await.unwrap();
        let no = Verdict::Refuse { reason: "实物在库".to_owned() };
        correction::answer(app, &meng, declaration, &no).await.unwrap();
        assert_eq!(
            code(correction::answer(app, &wang, declaration, &Verdict::Approve).await),
            "correction_answered"
        );
        assert_eq!(code(correction::correct(app, &zhang, declaration).await), "correction_answered");
        assert_eq!(places(&test, item).await, ["slot 1 件"]);
        test.close().await;
    }
}

/// The form for what is written of a thing asks with the fields that stand on its page.
#[tokio::test]
async fn a_description_is_asked_for_on_its_page() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let case = test.case("A-32").await;
        let item =
            test.lying(case, &[("手机", Measure::Piece, 1, test.city.slots[0])]).await[0].item.to_string();
        let zhang = test.person("zhang").await;
        let said =
            Declaration { id: app.ids.new_id(), wrong: test.nth(1), reason: "名称不全".to_owned() };
        let declaration = correction::declare(app, &zhang, &said).await.unwrap().seq;
        let served = browser::serve(app).await;
        let mut li = browser::Browser::logged_in(&served, "li").await;
        let page = format!("/corrections/{declaration}");
        let shown = li.get(&page).await.body;
        let form = shown.split("/describe\"").nth(1).and_then(|it| it.split("</form>").next()).unwrap();
        let fields = [
            ("thing_0", item.as_str()),
            ("what_0", "name"),
            ("right_0", "华为手机 P40"),
            ("account_0", ""),
            ("why", "已核对实物"),
        ];
        for (name, _) in fields {
            assert!(form.contains(&format!("name=\"{name}\"")), "{name}: {form}");
        }
        let describe = format!("{page}/describe");
        let unsaid = [fields[0], fields[1], fields[2], fields[3], ("why", " ")];
        let refused = li.upload_from(&page, &describe, &unsaid, "photograph", b"").await;
        assert!(refused.status != 303 && refused.body.contains("华为手机 P40"), "{}", refused.status);
        let asked = li.upload_from(&page, &describe, &fields, "photograph", b"").await;
        assert_eq!(asked.status, 303, "{}", asked.body);
        let view = correction::show(app, &test.person("wang").await, declaration).await.unwrap();
        assert_eq!((view.standing, view.reason.as_deref()), (CorrectionStatus::Asked, Some("已核对实物")));
        drop(served);
        test.close().await;
    }
}
