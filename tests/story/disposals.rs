//! A thing leaves for good: asked for by a decision, approved, handed to whoever is shown to be the one or destroyed before two, each by
//! another person, on pages, with its paper and with every refusal.

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
        disposal::{self, Departure, DisposalStatus, NewDisposal},
        items, nav_counts, papers,
    },
    domain::Person,
    id::{ApprovalId, ItemId},
    ledger::{Body, Collector, Measure, Outcome, PaperKind},
    store::{journal, verify},
};

struct Scene {
    test: TestApp,
    zhang: Person,
    wang: Person,
    chen: Person,
    lin: Person,
    zhao: Person,
    qian: Person,
    zheng: Person,
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
        let (lin, zhao, qian) = (person("lin").await, person("zhao").await, person("qian").await);
        let zheng = person("zheng").await;
        Scene { zhang, wang, chen, lin, zhao, qian, zheng, things, test }
    }

    fn phone(&self) -> ItemId {
        self.things[0].item
    }

    fn back(&self, items: &[ItemId]) -> NewDisposal {
        NewDisposal {
            items: items.to_vec(),
            outcome: Outcome::ReturnedToOwner,
            decision: "临公（刑）返字〔2026〕3号".to_owned(),
            recipient: Some("吴秀兰".to_owned()),
            purpose: "权属清楚，与案件无关".to_owned(),
        }
    }

    fn destroyed(&self, items: &[ItemId]) -> NewDisposal {
        NewDisposal { outcome: Outcome::Destroyed, recipient: None, ..self.back(items) }
    }

    async fn approved(&self, wish: &NewDisposal) -> ApprovalId {
        let id = disposal::ask(&self.test.app, &self.zhang, wish).await.unwrap();
        disposal::answer(&self.test.app, &self.wang, id, &Verdict::Approve).await.unwrap();
        id
    }

    async fn intact(&self) {
        let report =
            verify::verify(&mut self.test.app.db.read().await.unwrap(), self.test.app.settings.suite).await;
        let findings = report.unwrap().findings;
        assert!(findings.is_empty(), "{findings:#?}");
    }
}

fn owner() -> Departure {
    collected("吴秀兰", None)
}

fn collected(name: &str, authority: Option<&str>) -> Departure {
    let (name, document) = (name.to_owned(), "居民身份证 330102195001011228".to_owned());
    let authority = authority.map(str::to_owned);
    Departure { collector: Some(Collector { name, document, authority }), witnesses: vec![] }
}

fn code<T: std::fmt::Debug>(answer: Result<T, Error>) -> &'static str {
    answer.unwrap_err().code()
}

#[tokio::test]
async fn a_thing_goes_back_to_its_owner_by_three_people_and_once() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let app = &s.test.app;
        let both = [s.phone(), s.things[1].item];
        let id = disposal::ask(app, &s.zhang, &s.back(&both)).await.unwrap();
        let counts = async |me| nav_counts::nav_counts(app, me).await.unwrap().disposals;
        assert_eq!((counts(&s.wang).await, counts(&s.chen).await), (1, 0), "the approver's turn");
        let inbox = approvals::approvals(app, &s.wang).await.unwrap().to_answer;
        assert_eq!((inbox[0].for_whom.as_str(), inbox[0].count), ("吴秀兰", 2));
        assert!(inbox[0].what.zh.starts_with("发还：") && inbox[0].what.en.starts_with("Return to owner: "));

        let approval = disposal::answer(app, &s.wang, id, &Verdict::Approve).await.unwrap().unwrap();
        let again = disposal::answer(app, &s.wang, id, &Verdict::Approve).await.unwrap().unwrap();
        assert!(again.repeat && again.seq == approval.seq);
        assert_eq!((counts(&s.wang).await, counts(&s.chen).await), (0, 1), "the custodian's turn");

        let gone = disposal::carry_out(app, &s.chen, id, &owner()).await.unwrap();
        let again = disposal::carry_out(app, &s.chen, id, &owner()).await.unwrap();
        assert!(again.repeat && again.seq == gone.seq, "once, however often");
        let entry = journal::entry(&mut app.db.read().await.unwrap(), gone.seq).await.unwrap().unwrap();
        assert_eq!(entry.draft.papers[0].kind, PaperKind::DisposalApproval);
        let Body::Dispose(body) = &entry.draft.body else { panic!("{entry:?}") };
        assert_eq!(body.lines.len(), 3, "the lot lay in two slots: {body:?}");
        let shown = items::show(app, &s.zhang, both[0]).await.unwrap();
        assert!(shown.line.closed && shown.next.is_empty(), "{shown:?}");
        for person in [&s.zhang, &s.wang, &s.chen, &s.zheng] {
            let list = disposal::list(app, person).await.unwrap().requests;
            assert_eq!(list.len(), 1, "{}", person.login);
            assert_eq!(
                (list[0].standing, list[0].request.carried_out),
                (DisposalStatus::Done, Some(gone.seq))
            );
            let paper = papers::pdf(app, person, gone.seq).await.unwrap();
            assert!(paper.starts_with(b"%PDF-"), "{}", person.login);
        }
        for stranger in [&s.zhao, &s.qian] {
            assert!(disposal::list(app, stranger).await.unwrap().requests.is_empty());
            assert_eq!(code(disposal::show(app, stranger, id).await), "not_found");
        }
        s.intact().await;
        s.test.close().await;
    }
}

#[tokio::test]
async fn what_is_destroyed_is_watched_by_two_who_have_no_part_in_it() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let app = &s.test.app;
        let id = s.approved(&s.destroyed(&[s.things[1].item])).await;
        let watched = |people: &[&Person]| Departure {
            collector: None,
            witnesses: people.iter().map(|it| it.id).collect(),
        };
        let carry =
            async |departure: &Departure| code(disposal::carry_out(app, &s.chen, id, departure).await);
        for few in [vec![], vec![&s.lin], vec![&s.lin, &s.lin]] {
            assert_eq!(carry(&watched(&few)).await, "witnesses_missing");
        }
        for part in [&s.chen, &s.zhang, &s.wang] {
            assert_eq!(carry(&watched(&[&s.lin, part])).await, "witnesses_missing", "{}", part.login);
        }
        let nobody = Departure { witnesses: vec![s.lin.id, app.ids.new_id()], ..Departure::default() };
        assert_eq!(carry(&nobody).await, "not_found");
        assert_eq!(carry(&owner()).await, "collector_not_shown", "nobody collects what is destroyed");
        assert!(!disposal::witnesses(app, &s.chen).await.unwrap().iter().any(|it| it.id == s.chen.id));
        disposal::carry_out(app, &s.chen, id, &watched(&[&s.lin, &s.zheng])).await.unwrap();
        s.intact().await;
        s.test.close().await;
    }
}

#[tokio::test]
async fn what_is_asked_for_must_be_ones_own_there_and_by_a_decision() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let app = &s.test.app;
        let item = s.phone();
        let ask = async |me: &Person, wish: NewDisposal| code(disposal::ask(app, me, &wish).await);
        assert_eq!(ask(&s.chen, s.back(&[item])).await, "not_your_role");
        assert_eq!(ask(&s.wang, s.back(&[item])).await, "not_your_role");
        assert_eq!(ask(&s.zhao, s.back(&[item])).await, "not_found", "another station's item is not there");
        assert_eq!(ask(&s.zhang, s.back(&[])).await, "request_size");
        let said = |text: &str| text.to_owned();
        let wish = || s.back(&[item]);
        for (wrong, told) in [
            (NewDisposal { decision: said(" "), ..wish() }, "decision_missing"),
            (NewDisposal { purpose: said("\n"), ..wish() }, "purpose_missing"),
            (NewDisposal { purpose: "鉴".repeat(301), ..wish() }, "text_too_long"),
            (NewDisposal { recipient: Some("鉴".repeat(301)), ..wish() }, "text_too_long"),
            (NewDisposal { recipient: None, ..wish() }, "recipient_missing"),
            (NewDisposal { recipient: Some(said(" ")), ..wish() }, "recipient_missing"),
            (NewDisposal { outcome: Outcome::Destroyed, ..wish() }, "recipient_missing"),
        ] {
            assert_eq!(ask(&s.zhang, wrong.clone()).await, told, "{wrong:?}");
        }
        s.test.lent(item, 1, s.test.city.slots[0]).await;
        assert_eq!(ask(&s.zhang, s.back(&[item])).await, "not_in_a_slot");
        assert!(disposal::list(app, &s.zhang).await.unwrap().requests.is_empty(), "nothing was kept");
        s.test.close().await;
    }
}

#[tokio::test]
async fn nobody_answers_or_carries_out_beyond_what_is_theirs() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let app = &s.test.app;
        let item = s.phone();
        let id = disposal::ask(app, &s.zhang, &s.back(&[item])).await.unwrap();
        assert_eq!(code(disposal::ask(app, &s.zhang, &s.back(&[item])).await), "asked_for_already");
        let answer = async |me: &Person, verdict| code(disposal::answer(app, me, id, &verdict).await);
        assert_eq!(answer(&s.zhang, Verdict::Approve).await, "not_your_role");
        assert_eq!(answer(&s.chen, Verdict::Approve).await, "not_your_role");
        assert_eq!(answer(&s.qian, Verdict::Approve).await, "not_found");
        assert_eq!(answer(&s.wang, Verdict::Refuse { reason: " ".to_owned() }).await, "reason_missing");
        assert_eq!(code(disposal::carry_out(app, &s.chen, id, &owner()).await), "approval_unknown");
        let no = Verdict::Refuse { reason: "裁判尚未生效".to_owned() };
        assert_eq!(disposal::answer(app, &s.wang, id, &no).await.unwrap(), None);
        assert_eq!(answer(&s.wang, Verdict::Approve).await, "request_answered");
        let told = &disposal::list(app, &s.zhang).await.unwrap().requests[0];
        assert_eq!(
            (told.standing, told.request.refusal.as_deref()),
            (DisposalStatus::Refused, Some("裁判尚未生效"))
        );

        let id = s.approved(&s.back(&[item])).await;
        let carry = async |me: &Person, it: &Departure| code(disposal::carry_out(app, me, id, it).await);
        assert_eq!(carry(&s.zhang, &owner()).await, "not_your_role");
        assert_eq!(carry(&s.chen, &Departure::default()).await, "collector_not_shown");
        assert_eq!(carry(&s.chen, &collected("吴小军", None)).await, "collector_not_shown");
        assert_eq!(carry(&s.chen, &collected("吴小军", Some(" "))).await, "collector_not_shown");
        assert_eq!(carry(&s.chen, &collected(" ", Some("委托书"))).await, "collector_not_shown");
        assert_eq!(carry(&s.chen, &collected(&s.zhang.name, Some("委托书"))).await, "officer_collects");
        let long = collected("吴小军", Some(&"委".repeat(1_001)));
        assert_eq!(carry(&s.chen, &long).await, "text_too_long");
        // Half of it went elsewhere meanwhile: what was approved is not there any more.
        s.test.lent(item, 1, s.test.city.slots[0]).await;
        assert_eq!(carry(&s.chen, &collected("吴小军", Some("委托书"))).await, "not_in_a_slot");
        let late = s.approved(&s.back(&[s.things[1].item])).await;
        app.clock.advance(Span::days(31));
        assert_eq!(code(disposal::carry_out(app, &s.chen, late, &owner()).await), "approval_expired");
        assert_eq!(disposal::show(app, &s.chen, late).await.unwrap().standing, DisposalStatus::Expired);
        s.intact().await;
        s.test.close().await;
    }
}

#[tokio::test]
async fn the_pages_lead_from_the_item_to_its_way_out() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let served = browser::serve(&s.test.app).await;
        let item = s.phone().to_string();
        let mut zhang = Browser::logged_in(&served, "zhang").await;
        let form = format!("/disposals/new?item={item}");
        let page = zhang.get(&format!("/items/{item}")).await.body;
        assert!(page.contains(&form), "the item's page offers it");
        let wrong = [
            ("item", item.as_str()),
            ("outcome", "returned_to_owner"),
            ("decision", "返字 3号"),
            ("recipient", ""),
            ("purpose", "权属清楚"),
        ];
        let refused = zhang.post(&form, "/disposals/new", &wrong).await;
        assert_eq!(refused.status, 409, "{}", refused.body);
        assert!(
            refused.body.contains("返字 3号") && refused.body.contains("权属清楚"),
            "what was typed is kept"
        );
        assert!(refused.body.contains("value=\"returned_to_owner\" selected"));
        let fields = [wrong[0], wrong[1], wrong[2], ("recipient", "吴秀兰"), wrong[4]];
        let asked = zhang.post(&form, "/disposals/new", &fields).await;
        assert_eq!(asked.status, 303, "{}", asked.body);
        let request = asked.location;
        assert!(!zhang.get(&format!("/items/{item}")).await.body.contains("/disposals/new"));
        assert!(zhang.get(&request).await.body.contains("待审批"));

        let mut wang = Browser::logged_in(&served, "wang").await;
        assert!(wang.get("/disposals").await.body.contains(&request));
        assert!(wang.get("/approvals").await.body.contains(&request));
        let unsaid = wang.post(&request, &format!("{request}/refuse"), &[("refusal", "")]).await;
        assert_eq!(unsaid.status, 422, "{}", unsaid.body);
        assert_eq!(wang.post(&request, &format!("{request}/approve"), &[]).await.status, 303);

        let mut chen = Browser::logged_in(&served, "chen").await;
        assert!(chen.get("/").await.body.contains(&request), "it waits on the custodian's desk");
        assert!(chen.get(&request).await.body.contains("登记出库"));
        let carry = format!("{request}/carry-out");
        let agent = [("collector", "吴小军"), ("document", "330102"), ("authority", "")];
        let refused = chen.post(&request, &carry, &agent).await;
        assert_eq!(refused.status, 409, "{}", refused.body);
        assert!(refused.body.contains("value=\"吴小军\"") && refused.body.contains("330102"));
        let agent = [agent[0], agent[1], ("authority", "委托书 2026-11-20")];
        let done = chen.post(&request, &carry, &agent).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let page = chen.get(&done.location).await.body;
        assert!(page.contains("已处置") && page.contains("/papers/"), "{page}");
        assert_eq!(chen.get("/language?to=en&back=/disposals").await.status, 303);
        assert!(chen.get(&request).await.body.contains("Return to owner"));
        drop(served);
        s.test.close().await;
    }
}
