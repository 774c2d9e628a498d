//! Losses: who keeps a thing or answers for it reports it lost, the agency that answers for it says yes, somebody who is not liable declares
//! it; duty stays.

use crate::support::{
    ENGINES, Engine, TestApp,
    browser::{self, Browser},
    things::Lying,
};
use hufu::{
    clock::Span,
    custody::{
        Error, approvals,
        correction::Verdict,
        items,
        loss::{self, LossStatus, LostItem, NewLoss},
        nav_counts, papers,
    },
    domain::Person,
    id::{ApprovalId, ItemId, PersonId},
    ledger::{LossCause, Measure},
    store::verify,
};

struct Scene {
    test: TestApp,
    zhang: Person,
    wang: Person,
    chen: Person,
    lin: Person,
    zhao: Person,
    things: Vec<Lying>,
}

impl Scene {
    async fn new(engine: Engine) -> Scene {
        let test = TestApp::new(engine).await;
        let case = test.case("A-7").await;
        let [a1, a2, ..] = test.city.slots[..] else { unreachable!() };
        let lot = ("白色粉末", Measure::Milligram, 12_350, a1);
        let things = test.lying(case, &[("手机", Measure::Piece, 1, a1), lot]).await;
        // A lot lies in two slots.
        test.moved(things[1].item, 2_350, a1, a2).await;
        let person = async |login| test.person(login).await;
        let (zhang, wang, chen) = (person("zhang").await, person("wang").await, person("chen").await);
        let (lin, zhao) = (person("lin").await, person("zhao").await);
        Scene { zhang, wang, chen, lin, zhao, things, test }
    }

    fn phone(&self) -> ItemId {
        self.things[0].item
    }

    fn powder(&self) -> ItemId {
        self.things[1].item
    }

    fn lost(&self, item: ItemId, liable: PersonId) -> NewLoss {
        NewLoss {
            items: vec![LostItem { item, quantity: None }],
            cause: LossCause::Lost,
            liable: Some(liable),
            report: "情况说明〔2026〕9号".to_owned(),
            purpose: "盘点时未见，已找遍全库".to_owned(),
        }
    }

    fn used_up(&self, quantity: i64) -> NewLoss {
        let items = vec![LostItem { item: self.powder(), quantity: Some(quantity) }];
        NewLoss { items, cause: LossCause::UsedUp, liable: None, ..self.lost(self.powder(), self.chen.id) }
    }

    async fn approved(&self, who: &Person, wish: &NewLoss) -> ApprovalId {
        let id = loss::ask(&self.test.app, who, wish).await.unwrap();
        loss::answer(&self.test.app, &self.wang, id, &Verdict::Approve).await.unwrap();
        id
    }

    async fn standing(&self, id: ApprovalId) -> LossStatus {
        loss::show(&self.test.app, &self.zhang, id).await.unwrap().standing
    }

    async fn intact(&self) {
        let mut tx = self.test.app.db.read().await.unwrap();
        let findings = verify::verify(&mut tx, self.test.app.settings.suite).await.unwrap().findings;
        assert!(findings.is_empty(), "{findings:#?}");
    }
}

fn code<T: std::fmt::Debug>(answer: Result<T, Error>) -> &'static str {
    answer.unwrap_err().code()
}

#[tokio::test]
async fn a_loss_is_reported_approved_and_declared_by_three_and_the_unit_goes_on_answering() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let app = &s.test.app;
        let li = s.test.person("li").await;
        let id = loss::ask(app, &s.lin, &s.lost(s.phone(), li.id)).await.unwrap();
        assert_eq!(s.standing(id).await, LossStatus::Asked);
        let counts = async |me| nav_counts::nav_counts(app, me).await.unwrap().losses;
        assert_eq!((counts(&s.wang).await, counts(&s.chen).await), (1, 0), "the approver's turn");
        let inbox = approvals::approvals(app, &s.wang).await.unwrap().to_answer;
        assert!(inbox[0].what.zh.starts_with("遗失：") && inbox[0].why.contains(&li.name), "{inbox:?}");
        let given = loss::answer(app, &s.wang, id, &Verdict::Approve).await.unwrap().unwrap();
        let again = loss::answer(app, &s.wang, id, &Verdict::Approve).await.unwrap().unwrap();
        assert!(again.repeat && again.seq == given.seq);
        assert_eq!((counts(&s.wang).await, counts(&s.chen).await, counts(&s.lin).await), (0, 1, 0));
        s.intact().await;

        assert_eq!(code(loss::declare(app, &s.lin, id).await), "custodian_is_requester");
        let declared = loss::declare(app, &s.chen, id).await.unwrap();
        let again = loss::declare(app, &s.chen, id).await.unwrap();
        assert!(again.repeat && again.seq == declared.seq, "once, however often");
        s.intact().await;
        assert_eq!(s.standing(id).await, LossStatus::Declared);
        let shown = items::show(app, &s.zhang, s.phone()).await.unwrap();
        assert!(shown.line.duties.iter().any(|duty| duty.unit == Some(s.zhang.unit)), "{:?}", shown.line);
        assert!(shown.line.places.iter().all(|place| place.kind == "declared_loss"), "{:?}", shown.line);
        for person in [&s.zhang, &s.wang, &s.chen, &s.lin] {
            assert_eq!(loss::list(app, person).await.unwrap().requests.len(), 1, "{}", person.login);
            assert!(papers::pdf(app, person, declared.seq).await.unwrap().starts_with(b"%PDF-"));
        }
        assert!(loss::list(app, &s.zhao).await.unwrap().requests.is_empty());
        assert_eq!(code(loss::show(app, &s.zhao, id).await), "not_found");
        s.test.close().await;
    }
}

#[tokio::test]
async fn a_part_is_lost_out_of_two_slots_and_what_is_lent_out_of_the_borrowers_hands() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let app = &s.test.app;
        let id = s.approved(&s.zhang, &s.used_up(11_000)).await;
        loss::declare(app, &s.chen, id).await.unwrap();
        let left: Vec<String> = items::show(app, &s.zhang, s.powder())
            .await
            .unwrap()
            .line
            .places
            .iter()
            .filter(|place| place.kind == "slot")
            .map(|place| place.quantity.clone())
            .collect();
        assert_eq!(left, ["1.35 克"], "one slot is empty now");
        let [a1, ..] = s.test.city.slots[..] else { unreachable!() };
        s.test.lent(s.phone(), 1, a1).await;
        let li = s.test.person("li").await;
        let id = s.approved(&s.zhang, &s.lost(s.phone(), li.id)).await;
        assert!(loss::show(app, &s.chen, id).await.unwrap().request.may_carry_out);
        assert!(
            loss::list(app, &s.chen).await.unwrap().requests.iter().any(|it| it.request.id == id),
            "lent by it"
        );
        loss::declare(app, &s.chen, id).await.unwrap();
        s.intact().await;
        s.test.close().await;
    }
}

#[tokio::test]
async fn what_is_asked_for_is_ones_own_there_reported_and_somebody_is_liable() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let app = &s.test.app;
        let ask = async |me: &Person, wish: NewLoss| code(loss::ask(app, me, &wish).await);
        let lost = || s.lost(s.phone(), s.chen.id);
        assert_eq!(ask(&s.wang, lost()).await, "not_your_role");
        assert_eq!(ask(&s.zhao, lost()).await, "not_found", "another station");
        assert_eq!(ask(&s.lin, NewLoss { report: " ".to_owned(), ..lost() }).await, "report_missing");
        assert_eq!(ask(&s.lin, NewLoss { purpose: String::new(), ..lost() }).await, "purpose_missing");
        assert_eq!(ask(&s.lin, NewLoss { items: vec![], ..lost() }).await, "request_size");
        assert_eq!(ask(&s.lin, NewLoss { liable: None, ..lost() }).await, "liable_missing");
        assert_eq!(ask(&s.lin, s.lost(s.phone(), PersonId(uuid::Uuid::nil()))).await, "not_found");
        assert_eq!(ask(&s.lin, s.used_up(99_000)).await, "not_there");
        assert_eq!(ask(&s.lin, s.used_up(0)).await, "quantity_not_positive");
        let id = loss::ask(app, &s.lin, &lost()).await.unwrap();
        assert_eq!(ask(&s.zhang, lost()).await, "asked_for_already");

        assert_eq!(code(loss::declare(app, &s.chen, id).await), "approval_unknown");
        assert_eq!(code(loss::answer(app, &s.zhang, id, &Verdict::Approve).await), "not_your_role");
        let xu = s.test.person("xu").await;
        assert_eq!(code(loss::answer(app, &xu, id, &Verdict::Approve).await), "not_found", "another agency");
        let no = |reason: &str| Verdict::Refuse { reason: reason.to_owned() };
        assert_eq!(code(loss::answer(app, &s.wang, id, &no(" ")).await), "reason_missing");
        loss::answer(app, &s.wang, id, &no("再找一遍")).await.unwrap();
        assert_eq!(s.standing(id).await, LossStatus::Refused);
        assert_eq!(code(loss::answer(app, &s.wang, id, &Verdict::Approve).await), "request_answered");

        // Whoever is liable neither approves nor declares.
        let own = s.lost(s.phone(), s.wang.id);
        let id = loss::ask(app, &s.lin, &own).await.unwrap();
        assert!(!loss::show(app, &s.wang, id).await.unwrap().request.may_answer);
        assert_eq!(code(loss::answer(app, &s.wang, id, &Verdict::Approve).await), "liable_acts");
        loss::answer(app, &s.wang, id, &no("由他人审批")).await.unwrap();
        let id = s.approved(&s.zhang, &lost()).await;
        assert_eq!(code(loss::declare(app, &s.chen, id).await), "liable_acts");
        assert_eq!(code(loss::declare(app, &s.zhang, id).await), "not_your_role");
        // Time passes, and what was moved meanwhile is found where it lies.
        app.clock.advance(Span::days(8));
        assert_eq!(s.standing(id).await, LossStatus::Expired);
        assert_eq!(code(loss::declare(app, &s.lin, id).await), "approval_expired");
        s.test.close().await;
    }
}

#[tokio::test]
async fn the_pages_lead_from_the_item_to_the_record_of_its_loss() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let served = browser::serve(&s.test.app).await;
        let (item, liable) = (s.powder().to_string(), s.chen.id.to_string());
        let mut lin = Browser::logged_in(&served, "lin").await;
        let form = format!("/losses/new?item={item}");
        assert!(lin.get(&format!("/items/{item}")).await.body.contains(&form), "the item's page offers it");
        let fields = [
            ("item", item.as_str()),
            ("quantity", "很多"),
            ("cause", "stolen"),
            ("liable", liable.as_str()),
            ("report", "情况说明 9号"),
            ("purpose", "盘点时未见"),
        ];
        let refused = lin.post(&form, "/losses/new", &fields).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        assert!(refused.body.contains("value=\"很多\"") && refused.body.contains("盘点时未见"), "kept");
        assert!(refused.body.contains("value=\"stolen\" selected"));
        let [item_field, _, cause, who, report, purpose] = fields;
        let fields = [item_field, ("quantity", "2克"), cause, who, report, purpose];
        let asked = lin.post(&form, "/losses/new", &fields).await;
        assert_eq!(asked.status, 303, "{}", asked.body);
        let request = asked.location;
        let page = lin.get(&request).await.body;
        assert!(page.contains("待审批") && page.contains("被盗") && page.contains(&s.chen.name), "{page}");
        assert!(!lin.get(&format!("/items/{item}")).await.body.contains("/losses/new"));

        let mut wang = Browser::logged_in(&served, "wang").await;
        assert!(wang.get("/approvals").await.body.contains(&request));
        assert!(wang.get("/losses").await.body.contains(&request));
        assert_eq!(wang.post(&request, &format!("{request}/refuse"), &[("refusal", "")]).await.status, 422);
        assert_eq!(wang.post(&request, &format!("{request}/approve"), &[]).await.status, 303);
        let mut chen = Browser::logged_in(&served, "chen").await;
        assert!(
            !chen.get(&request).await.body.contains("登记灭失</button>"),
            "who is liable does not declare it"
        );
        assert_eq!(chen.post(&request, &format!("{request}/declare"), &[]).await.status, 409);
        drop(served);
        s.test.close().await;
    }
}
