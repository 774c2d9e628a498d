//! What people really get wrong: a name, a category, an IMEI, a quantity, a seal, a label. It is put right by three people and with
//! the yes of whoever has the thing; the old words stay.

use crate::support::{self, ENGINES, TestApp, browser, things::Lying};
use hufu::{
    custody::{
        Error, as_of, city,
        correction::{
            self, CorrectionRequest, CorrectionStatus, Declaration, RequestedChange, RequestedDescription,
            Verdict,
        },
        items,
        ledger::{self, LedgerFilter},
    },
    domain::{Person, Role},
    id::{ItemId, UnitId},
    language::Language,
    ledger::{Body, BoundLabel, Category, Measure, Receive, ReceivedLine, Reception},
};

const PASSWORD: &str = "tiger-tally-2026";

fn code<T: std::fmt::Debug>(answer: Result<T, Error>) -> &'static str {
    answer.unwrap_err().code()
}

async fn person(test: &TestApp, unit: UnitId, login: &str, role: Role) -> Person {
    let new =
        city::NewPerson { unit, name: login, login, password: PASSWORD, must_change: false, roles: &[role] };
    city::add_person(&test.app, &new).await.unwrap();
    test.person(login).await
}

async fn declare(test: &TestApp, me: &Person, wrong: u64) -> u64 {
    let declaration = Declaration { id: test.app.ids.new_id(), wrong, reason: "写错了".to_owned() };
    correction::declare(&test.app, me, &declaration).await.unwrap().seq
}

fn wish(descriptions: Vec<RequestedDescription>) -> CorrectionRequest {
    CorrectionRequest { reason: "核对实物".to_owned(), lines: vec![], descriptions }
}

fn of(item: ItemId, change: RequestedChange, photographs: &[String]) -> RequestedDescription {
    RequestedDescription { item, change, photographs: photographs.to_vec() }
}

/// One thing that lies, and the word that is typed when it is looked for.
async fn found(test: &TestApp, me: &Person, word: &str) -> Vec<ItemId> {
    let filter = items::Filter { search: word.to_owned(), ..items::Filter::default() };
    items::list(&test.app, me, &filter).await.unwrap().into_iter().map(|line| line.id).collect()
}

/// A screwdriver became a weapon on import. It lies at the centre, so the centre agrees; it shows what it is.
#[tokio::test]
async fn a_screwdriver_is_no_weapon() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let case = test.case("A-61").await;
        let it = test.lying(case, &[("管制刀具", Measure::Piece, 1, test.city.slots[0])]).await[0].clone();
        let (zhang, li, wang) =
            (test.person("zhang").await, test.person("li").await, test.person("wang").await);
        let meng = person(&test, test.city.centre_unit, "meng", Role::Approver).await;
        let declaration = declare(&test, &zhang, test.nth(1)).await;
        let category = || RequestedChange::Category { to: Category::Valuable };
        let name = || RequestedChange::Name { to: " 螺丝刀 ".to_owned() };
        let ask = async |wish: &CorrectionRequest| correction::ask(app, &li, declaration, wish).await;
        assert_eq!(code(ask(&wish(vec![])).await), "entry_is_empty");
        assert_eq!(code(ask(&wish(vec![of(it.item, category(), &[])])).await), "photograph_missing");
        let unknown = wish(vec![of(it.item, category(), &["cd".repeat(32)])]);
        assert_eq!(code(ask(&unknown).await), "photograph_unknown");
        let foreign = correction::add_photograph(app, &meng, declaration, &support::jpeg(&[1])).await;
        assert_eq!(code(foreign), "not_your_role");
        let picture = correction::add_photograph(app, &li, declaration, &support::jpeg(&[1])).await.unwrap();
        let photographs = [picture.clone()];
        ask(&wish(vec![of(it.item, name(), &[]), of(it.item, category(), &photographs)])).await.unwrap();

        // The centre's approver sees what is asked, and the picture; both say yes.
        let view = correction::show(app, &meng, declaration).await.unwrap();
        assert_eq!((view.standing, view.lines.len()), (CorrectionStatus::Asked, 2));
        assert_eq!(
            view.lines[0].sentence.zh,
            format!("{} 管制刀具 的名称由“管制刀具”更正为“螺丝刀”", it.number)
        );
        assert!(view.lines[1].sentence.en.contains("category “General” corrected to “Valuable”"));
        assert_eq!(view.lines[1].photographs, [picture.clone()]);
        hufu::custody::photographs::shown(app, &meng, &picture).await.unwrap();
        let zhao = test.person("zhao").await;
        assert_eq!(code(hufu::custody::photographs::shown(app, &zhao, &picture).await), "not_found");
        correction::answer(app, &wang, declaration, &Verdict::Approve).await.unwrap();
        assert_eq!(code(correction::correct(app, &zhang, declaration).await), "consent_missing");
        correction::answer(app, &meng, declaration, &Verdict::Approve).await.unwrap();
        let seq = correction::correct(app, &zhang, declaration).await.unwrap().seq;
        assert!(correction::correct(app, &zhang, declaration).await.unwrap().repeat);

        let view = items::show(app, &zhang, it.item).await.unwrap();
        assert_eq!((view.line.name.as_str(), view.line.category), ("螺丝刀", Category::Valuable));
        assert_eq!(view.photographs.len(), 2);
        let before: Vec<_> = view.corrections.iter().map(|it| it.from.clone().unwrap().zh).collect();
        assert_eq!((before.len(), before[0].as_str(), view.corrections[0].seq), (2, "管制刀具", seq));
        let life = items::life(app, &zhang, it.item).await.unwrap();
        assert!(life.last().unwrap().sentence.zh.contains("由“管制刀具”更正为“螺丝刀”"));
        // The custodian who has the thing reads what was corrected of it, though it is another unit's act.
        let corrections = LedgerFilter { kind: Some("correct".to_owned()), ..LedgerFilter::default() };
        let lin = test.person("lin").await;
        let told = ledger::entries(app, &lin, Language::Zh, &corrections).await.unwrap().entries;
        assert!(told[0].sentence.contains("由“管制刀具”更正为“螺丝刀”"), "{}", told[0].sentence);
        // As it was known before, and found by either name.
        let at = as_of::resolve(app, &zhang, &format!("#{}", seq - 1)).await.unwrap();
        let then = items::show_as_of(app, &zhang, it.item, at).await.unwrap();
        assert_eq!((then.line.name.as_str(), then.line.category), ("管制刀具", Category::General));
        assert!(then.corrections.is_empty());
        for word in ["管制刀具", "螺丝刀"] {
            assert_eq!(found(&test, &zhang, word).await, [it.item], "{word}");
        }
        // The receipt was made before and says what it said.
        let paper = hufu::custody::papers::paper(app, &zhang, test.nth(2)).await.unwrap();
        let paper = format!("{paper:?}");
        assert!(paper.contains("管制刀具") && !paper.contains("螺丝刀"), "{paper}");

        let served = browser::serve(app).await;
        let mut page = browser::Browser::logged_in(&served, "zhang").await;
        let body = page.get(&format!("/items/{}", it.item)).await.body;
        assert!(body.contains("<del>管制刀具</del>") && body.contains("名称（已更正）"), "{body}");
        drop(served);
        test.close().await;
    }
}

async fn two(test: &TestApp) -> [Lying; 2] {
    let case = test.case("A-62").await;
    let [a1, a2] = [test.city.slots[0], test.city.slots[1]];
    let lying =
        test.lying(case, &[("黑色手机", Measure::Piece, 1, a1), ("白色手机", Measure::Piece, 1, a2)]).await;
    [lying[0].clone(), lying[1].clone()]
}

/// Two labels were crossed at the counter: what is scanned from then on is what carries the label.
#[tokio::test]
async fn two_labels_that_were_crossed_are_exchanged() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let [one, other] = two(&test).await;
        let (chen, lin) = (test.person("chen").await, test.person("lin").await);
        let third = person(&test, test.city.centre_unit, "he", Role::Custodian).await;
        let meng = person(&test, test.city.centre_unit, "meng", Role::Approver).await;
        let wang = test.person("wang").await;
        let declaration = declare(&test, &chen, test.nth(2)).await;
        let picture = correction::add_photograph(app, &lin, declaration, &support::jpeg(&[2])).await.unwrap();
        let label = |of_item: &Lying, to: &Lying| {
            of(of_item.item, RequestedChange::Label { to: to.code.to_lowercase() }, &[picture.clone()])
        };
        let ask = async |wish: &CorrectionRequest| correction::ask(app, &lin, declaration, wish).await;
        assert_eq!(code(ask(&wish(vec![label(&one, &other)])).await), "label_of_another");
        let nowhere = RequestedChange::Label { to: "W26-0000001-ZZ".to_owned() };
        assert_eq!(code(ask(&wish(vec![of(one.item, nowhere, &[])])).await), "label_unknown");
        ask(&wish(vec![label(&one, &other), label(&other, &one)])).await.unwrap();
        // The station answers for them: its approver is asked too.
        correction::answer(app, &meng, declaration, &Verdict::Approve).await.unwrap();
        correction::answer(app, &wang, declaration, &Verdict::Approve).await.unwrap();
        let seq = correction::correct(app, &third, declaration).await.unwrap().seq;

        let hit = async |code: &str| match items::find(app, &chen, code).await.unwrap() {
            items::SearchHit::Item { id, .. } => id,
            other => panic!("{other:?}"),
        };
        assert_eq!((hit(&one.code).await, hit(&other.code).await), (other.item, one.item));
        assert_eq!((hit(&one.number).await, hit(&other.number).await), (one.item, other.item));
        let view = items::show(app, &chen, one.item).await.unwrap();
        assert_eq!(view.line.label_code.as_deref(), Some(other.code.as_str()));
        let at = as_of::resolve(app, &chen, &format!("#{}", seq - 1)).await.unwrap();
        let then = items::show_as_of(app, &chen, one.item, at).await.unwrap();
        assert_eq!(then.line.label_code.as_deref(), Some(one.code.as_str()));

        // The correction is an entry as any other: it is corrected in its turn, and an old label on nothing is free.
        let declaration = declare(&test, &chen, seq).await;
        let view = correction::show(app, &chen, declaration).await.unwrap();
        assert_eq!(view.described.len(), 2);
        test.close().await;
    }
}

/// The list said forty and there were four: both books follow; while it is offered nothing of it is written anew.
#[tokio::test]
async fn the_quantity_of_the_list_is_put_right_in_both_books() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let case = test.case("A-63").await;
        let it = test.seized(case, &[("手机", Measure::Piece, 40, test.city.slots[0])]).await[0].clone();
        let (zhang, li, wang) =
            (test.person("zhang").await, test.person("li").await, test.person("wang").await);
        let declaration = declare(&test, &zhang, test.nth(1)).await;
        let four = || {
            wish(vec![of(
                it.item,
                RequestedChange::Quantity { to: 4, account: format!("owed:{}", zhang.unit) },
                &[],
            )])
        };
        let nowhere = RequestedChange::Quantity { to: 4, account: "仓库".to_owned() };
        assert_eq!(
            code(correction::ask(app, &li, declaration, &wish(vec![of(it.item, nowhere, &[])])).await),
            "account_unknown"
        );
        correction::ask(app, &li, declaration, &four()).await.unwrap();
        correction::answer(app, &wang, declaration, &Verdict::Approve).await.unwrap();

        // Somebody else corrects the same meanwhile.
        let second = declare(&test, &zhang, declaration).await;
        assert_eq!(code(correction::ask(app, &li, second, &four()).await), "not_part_of_the_error");
        correction::correct(app, &zhang, declaration).await.unwrap();
        let view = items::show(app, &zhang, it.item).await.unwrap();
        assert_eq!((view.line.quantity.as_str(), view.open_quantity.as_str()), ("4 件", "4 件"));
        assert_eq!(view.line.places[0].quantity, "4 件");
        test.close().await;
    }
}

/// A label that is on a thing is not stuck on another at the counter either.
#[tokio::test]
async fn a_label_is_bound_to_one_thing() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let [one, _] = two(&test).await;
        let case = test.case("A-64").await;
        let owed = test.seized(case, &[("手机", Measure::Piece, 1, test.city.slots[0])]).await[0].clone();
        let (zhang, chen) = (test.person("zhang").await, test.person("chen").await);
        let answer = Reception::Accepted {
            quantity: 1,
            slot: test.city.slots[0],
            label: BoundLabel { code: one.code.clone(), copy: 1 },
            weighing: None,
            seal: None,
            photographs: vec![],
            damaged: false,
            remark: None,
            second: None,
            denominations: vec![],
        };
        let lines = vec![ReceivedLine { item: owed.item, owed_by: zhang.unit, answer, difference: None }];
        let receive = Receive { delivered_by: zhang.id, lines };
        let draft = test.draft(chen.id, chen.unit, Body::Receive(receive));
        let answer = test.app.sequencer.record(draft).await;
        assert!(format!("{answer:?}").contains("LabelOfAnother"), "{answer:?}");
        test.close().await;
    }
}
