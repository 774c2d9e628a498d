//! A thing is lent and comes back: asked for, approved, handed over and taken back by four people, on pages, with every refusal.

use crate::support::{
    ENGINES, Engine, TestApp,
    browser::{self, Browser},
    things::Lying,
};
use hufu::{
    clock::{Moment, Span},
    custody::{
        Error,
        correction::Verdict,
        items,
        loan::{self, LoanRequest, LoanStatus, ReturnRequest, ReturnedItem},
        nav_counts,
    },
    domain::Person,
    id::{ApprovalId, ItemId},
    ledger::{Body, Measure, PaperKind, StockAccount},
    store::journal,
};

struct Scene {
    test: TestApp,
    /// Officer, approver, two custodians; another station's officer, a clerk of another agency.
    zhang: Person,
    wang: Person,
    chen: Person,
    lin: Person,
    zhao: Person,
    qian: Person,
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
        Scene { zhang, wang, chen, lin, zhao, qian, things, test }
    }

    fn wish(&self, items: &[ItemId]) -> LoanRequest {
        let due_at = self.test.app.clock.now().plus(Span::days(3));
        LoanRequest {
            items: items.to_vec(), borrower: self.zhang.id, purpose: "指纹鉴定".to_owned(), due_at
        }
    }

    async fn asked(&self, items: &[ItemId]) -> ApprovalId {
        loan::ask(&self.test.app, &self.zhang, &self.wish(items)).await.unwrap()
    }

    async fn approved(&self, items: &[ItemId]) -> ApprovalId {
        let id = self.asked(items).await;
        loan::answer(&self.test.app, &self.wang, id, &Verdict::Approve).await.unwrap();
        id
    }

    fn back(&self, item: ItemId) -> ReturnRequest {
        let slot = self.test.city.slots[2];
        let condition = "完好，封签未动".to_owned();
        let id = self.test.app.ids.new_id();
        ReturnRequest { id, borrower: self.zhang.id, condition, lines: vec![ReturnedItem { item, slot }] }
    }

    async fn places(&self, item: ItemId) -> Vec<String> {
        let view = items::show(&self.test.app, &self.zhang, item).await.unwrap();
        view.line.places.iter().map(|place| format!("{} {}", place.kind, place.quantity)).collect()
    }
}

fn code<T: std::fmt::Debug>(answer: Result<T, Error>) -> &'static str {
    answer.unwrap_err().code()
}

#[tokio::test]
async fn a_thing_goes_out_by_four_people_and_comes_back() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let app = &s.test.app;
        let both = [s.things[0].item, s.things[1].item];
        let id = s.asked(&both).await;
        assert_eq!(nav_counts::nav_counts(app, &s.wang).await.unwrap().loans, 1, "the approver's turn");
        assert_eq!(nav_counts::nav_counts(app, &s.chen).await.unwrap().loans, 0);

        let approval = loan::answer(app, &s.wang, id, &Verdict::Approve).await.unwrap().unwrap();
        let again = loan::answer(app, &s.wang, id, &Verdict::Approve).await.unwrap().unwrap();
        assert!(again.repeat && again.seq == approval.seq);
        assert_eq!(nav_counts::nav_counts(app, &s.chen).await.unwrap().loans, 1, "the custodian's turn");

        let out = loan::check_out(app, &s.chen, id).await.unwrap();
        assert_eq!(loan::check_out(app, &s.chen, id).await.unwrap().seq, out.seq, "once, however often");
        let entry = journal::entry(&mut app.db.read().await.unwrap(), out.seq).await.unwrap().unwrap();
        assert_eq!(entry.draft.papers[0].kind, PaperKind::LoanApproval);
        let Body::CheckOut(body) = &entry.draft.body else { panic!("{entry:?}") };
        assert_eq!(body.lines.len(), 3, "the lot lies in two slots: {body:?}");
        assert_eq!(s.places(both[1]).await, ["on_loan 12.35 克"]);

        let list = loan::list(app, &s.chen).await.unwrap();
        assert_eq!((list.requests.len(), list.out.len()), (0, 2));
        assert!(list.out.iter().all(|it| it.may_take_back && !it.overdue && it.purpose == "指纹鉴定"));
        assert!(loan::list(app, &s.zhao).await.unwrap().out.is_empty(), "another station's business");

        assert_eq!(loan::show(app, &s.zhang, id).await.unwrap().standing, LoanStatus::Out);
        app.clock.advance(Span::days(4));
        assert!(loan::list(app, &s.zhang).await.unwrap().out.iter().all(|it| it.overdue));
        let back =
            ReturnRequest { lines: both.map(|item| s.back(item).lines[0]).to_vec(), ..s.back(both[0]) };
        let returned = loan::take_back(app, &s.lin, &back).await.unwrap();
        assert_eq!(loan::take_back(app, &s.lin, &back).await.unwrap().seq, returned.seq);
        // The same id with something else is told so, and nobody believes that it was done.
        let broken = ReturnRequest { condition: "封签破损".to_owned(), ..back.clone() };
        let less = ReturnRequest { lines: back.lines[..1].to_vec(), ..back.clone() };
        for other in [broken, less] {
            assert_eq!(code(loan::take_back(app, &s.lin, &other).await), "id_taken", "{other:?}");
        }
        assert_eq!(s.places(both[1]).await, ["slot 12.35 克"]);
        assert!(loan::list(app, &s.chen).await.unwrap().out.is_empty());
        let request = loan::show(app, &s.zhang, id).await.unwrap();
        assert_eq!((request.standing, request.returns), (LoanStatus::Returned, vec![returned.seq]));
        s.test.close().await;
    }
}

#[tokio::test]
async fn what_is_asked_for_must_be_ones_own_there_and_for_a_purpose() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let app = &s.test.app;
        let item = s.things[0].item;
        let ask = async |me: &Person, wish: LoanRequest| code(loan::ask(app, me, &wish).await);
        assert_eq!(ask(&s.chen, s.wish(&[item])).await, "not_your_role");
        assert_eq!(ask(&s.wang, s.wish(&[item])).await, "not_your_role");
        assert_eq!(ask(&s.zhao, s.wish(&[item])).await, "not_found", "another station's item is not there");
        assert_eq!(ask(&s.zhang, s.wish(&[])).await, "request_size");
        assert_eq!(
            ask(&s.zhang, LoanRequest { purpose: " ".to_owned(), ..s.wish(&[item]) }).await,
            "purpose_missing"
        );
        let long = LoanRequest { purpose: "鉴".repeat(301), ..s.wish(&[item]) };
        assert_eq!(ask(&s.zhang, long).await, "purpose_missing");
        assert_eq!(
            ask(&s.zhang, LoanRequest { due_at: Moment(0), ..s.wish(&[item]) }).await,
            "due_before_start"
        );
        let stranger = LoanRequest { borrower: s.qian.id, ..s.wish(&[item]) };
        assert_eq!(ask(&s.zhang, stranger).await, "borrower_of_another_agency");
        s.test.lent(item, 1, s.test.city.slots[0]).await;
        assert_eq!(ask(&s.zhang, s.wish(&[item])).await, "not_in_a_slot");
        s.test.close().await;
    }
}

#[tokio::test]
async fn nobody_answers_hands_over_or_takes_back_beyond_what_is_theirs() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let app = &s.test.app;
        let item = s.things[0].item;
        let id = s.asked(&[item]).await;
        let answer = async |me: &Person, verdict| code(loan::answer(app, me, id, &verdict).await);
        assert_eq!(code(loan::ask(app, &s.zhang, &s.wish(&[item])).await), "asked_for_already");
        assert_eq!(answer(&s.zhang, Verdict::Approve).await, "not_your_role");
        assert_eq!(answer(&s.chen, Verdict::Approve).await, "not_your_role");
        assert_eq!(answer(&s.qian, Verdict::Approve).await, "not_found");
        assert_eq!(answer(&s.zhao, Verdict::Approve).await, "not_found");
        assert_eq!(answer(&s.wang, Verdict::Refuse { reason: " ".to_owned() }).await, "reason_missing");
        assert_eq!(code(loan::check_out(app, &s.chen, id).await), "approval_unknown");
        let no = Verdict::Refuse { reason: "先补充材料".to_owned() };
        assert_eq!(loan::answer(app, &s.wang, id, &no).await.unwrap(), None);
        assert_eq!(answer(&s.wang, Verdict::Approve).await, "request_answered");
        let told = &loan::list(app, &s.zhang).await.unwrap().requests[0];
        assert_eq!(
            (told.standing, told.request.refusal.as_deref()),
            (LoanStatus::Refused, Some("先补充材料"))
        );

        let id = s.approved(&[item]).await;
        let refuse = Verdict::Refuse { reason: "晚了".to_owned() };
        assert_eq!(code(loan::answer(app, &s.wang, id, &refuse).await), "request_answered");
        assert_eq!(code(loan::check_out(app, &s.zhang, id).await), "not_your_role");
        // Moved to a store of another unit it is not the centre's to lend; gone from its place it is not there.
        let late = s.approved(&[s.things[1].item]).await;
        app.clock.advance(Span::days(4));
        assert_eq!(code(loan::check_out(app, &s.chen, late).await), "approval_expired");
        assert_eq!(loan::show(app, &s.chen, late).await.unwrap().standing, LoanStatus::Expired);
        let listed = loan::list(app, &s.zhang).await.unwrap().requests;
        assert!(listed.iter().all(|it| it.standing != LoanStatus::Approved), "{listed:?}");
        s.test.close().await;
    }
}

#[tokio::test]
async fn what_comes_back_needs_its_condition_and_a_slot_where_it_may_lie() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let app = &s.test.app;
        let item = s.things[0].item;
        let id = s.approved(&[item]).await;
        assert_eq!(code(loan::take_back(app, &s.chen, &s.back(item)).await), "not_found", "it is not out");
        loan::check_out(app, &s.chen, id).await.unwrap();
        let back = async |me: &Person, wish: ReturnRequest| code(loan::take_back(app, me, &wish).await);
        assert_eq!(back(&s.zhang, s.back(item)).await, "not_your_role");
        assert_eq!(
            back(&s.chen, ReturnRequest { condition: String::new(), ..s.back(item) }).await,
            "condition_missing"
        );
        assert_eq!(back(&s.chen, ReturnRequest { borrower: s.wang.id, ..s.back(item) }).await, "not_found");
        assert_eq!(back(&s.chen, ReturnRequest { lines: vec![], ..s.back(item) }).await, "entry_is_empty");
        let nowhere = ReturnedItem { item, slot: app.ids.new_id() };
        assert_eq!(back(&s.chen, ReturnRequest { lines: vec![nowhere], ..s.back(item) }).await, "not_found");
        loan::take_back(app, &s.chen, &s.back(item)).await.unwrap();
        assert_eq!(back(&s.chen, s.back(item)).await, "not_found", "it is back already");
        let state = s.places(item).await;
        assert_eq!(state, ["slot 1 件"], "{:?}", StockAccount::Slot(s.test.city.slots[2]));
        s.test.close().await;
    }
}

#[tokio::test]
async fn what_is_due_first_stands_first_and_an_item_says_who_has_it() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let app = &s.test.app;
        let [early, late] = [s.things[1].item, s.things[0].item];
        for (item, days) in [(late, 9), (early, 2)] {
            let due_at = app.clock.now().plus(Span::days(days));
            let id = loan::ask(app, &s.zhang, &LoanRequest { due_at, ..s.wish(&[item]) }).await.unwrap();
            loan::answer(app, &s.wang, id, &Verdict::Approve).await.unwrap();
            loan::check_out(app, &s.chen, id).await.unwrap();
        }
        let out = loan::list(app, &s.chen).await.unwrap().out;
        assert_eq!(out.iter().map(|it| it.item.item).collect::<Vec<_>>(), [early, late]);
        let own = loan::of_item(app, &s.zhang, late).await.unwrap();
        assert_eq!(own, [loan::list(app, &s.zhang).await.unwrap().out[1].clone()]);
        assert_eq!(code(loan::of_item(app, &s.zhao, late).await), "not_found");
        s.test.close().await;
    }
}

#[tokio::test]
async fn the_pages_lead_from_the_item_to_its_return() {
    for engine in ENGINES {
        let s = Scene::new(engine).await;
        let served = browser::serve(&s.test.app).await;
        let item = s.things[0].item.to_string();
        let mut zhang = Browser::logged_in(&served, "zhang").await;
        let page = zhang.get(&format!("/items/{item}")).await.body;
        assert!(page.contains(&format!("/loans/new?item={item}")), "the item's page offers it");
        let form = format!("/loans/new?item={item}");
        let (me, none) = (s.zhang.id.to_string(), "");
        let wrong = [("item", item.as_str()), ("borrower", &me), ("purpose", "辨认"), ("due", none)];
        let refused = zhang.post(&form, "/loans/new", &wrong).await;
        assert_eq!(refused.status, 409, "{}", refused.body);
        assert!(refused.body.contains("辨认"), "what was typed is kept");
        let fields = [("item", item.as_str()), ("borrower", &me), ("purpose", "辨认"), ("due", "2026-01-20")];
        let asked = zhang.post(&form, "/loans/new", &fields).await;
        assert_eq!(asked.status, 303, "{}", asked.body);
        let request = asked.location;
        assert!(
            !zhang.get(&format!("/items/{item}")).await.body.contains("/loans/new"),
            "one request at a time"
        );
        assert!(zhang.get(&request).await.body.contains("待审批"));

        let mut wang = Browser::logged_in(&served, "wang").await;
        assert!(wang.get("/loans").await.body.contains(&request));
        let unsaid = wang.post(&request, &format!("{request}/refuse"), &[("refusal", "")]).await;
        assert_eq!(unsaid.status, 422, "{}", unsaid.body);
        assert_eq!(wang.post(&request, &format!("{request}/approve"), &[]).await.status, 303);

        let mut chen = Browser::logged_in(&served, "chen").await;
        assert!(chen.get(&request).await.body.contains("办理借出"));
        let done = chen.post(&request, &format!("{request}/check-out"), &[]).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let lent = zhang.get(&format!("/items/{item}")).await.body;
        assert!(lent.contains("href=\"/loans\">借给 张伟") && lent.contains("2026-01-20 23:59"), "{lent}");
        assert!(chen.get("/loans").await.body.contains(&format!("/loans?returning={item}")));
        let page = chen.get(&format!("/loans?returning={item}")).await.body;
        let id =
            page.split("name=\"request\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let slot = s.test.city.slots[2].to_string();
        let fields = [
            ("request", id.as_str()),
            ("item", &item),
            ("borrower", &me),
            ("slot", &slot),
            ("condition", "完好"),
        ];
        let unsaid = [fields[0], fields[1], fields[2], fields[3], ("condition", " ")];
        let refused = chen.post("/loans", "/loans/return", &unsaid).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        let chosen = format!("value=\"{slot}\" selected");
        assert!(
            refused.body.contains("id=\"returning\"") && refused.body.contains(&chosen),
            "{}",
            refused.body
        );
        let back = chen.post("/loans", "/loans/return", &fields).await;
        assert_eq!(back.status, 303, "{}", back.body);
        let life = zhang.get(&format!("/items/{item}")).await.body;
        assert!(life.contains("借出") && life.contains("归还") && life.contains("状况：完好"));
        // The same in English, without a word missing.
        assert_eq!(chen.get("/language?to=en&back=/loans").await.status, 303);
        assert!(chen.get("/loans").await.body.contains("Nothing is out on loan."));
        assert!(chen.get(&request).await.body.contains("Returned"));
        drop(served);
        s.test.close().await;
    }
}
