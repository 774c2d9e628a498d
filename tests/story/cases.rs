//! The officer's side: a seizure list is read, looked at, corrected and confirmed; then its items are owed, and only
//! those they belong to see them.

use crate::support::{ENGINES, TestApp, browser::Browser, browser::serve};
use hufu::{
    clock::Span,
    custody::{
        Error, Thing, cases, desk, items,
        opening::{self, NewCase},
        seize::{self, Amendment, Confirmation, DraftRow, ForCase, ImportView},
    },
    domain::{Code, CodeKind},
    id::{CaseId, ImportId},
    import::sample_csv,
    ledger::{Category, Holding},
};

const NUMBER: &str = "A3301060000002026010012";

fn new_case(number: &str) -> NewCase {
    NewCase { number: number.to_owned(), name: "张某某贩卖毒品案".to_owned(), linked_to: None }
}

/// 张伟 uploads the sample for a new case.
async fn uploaded(test: &TestApp) -> (CaseId, ImportId) {
    let zhang = test.person("zhang").await;
    let case = opening::open_case(&test.app, &zhang, &new_case(NUMBER)).await.unwrap();
    let bytes = sample_csv().as_bytes().to_vec();
    let list =
        seize::read_list(&test.app, &zhang, ForCase::Known(case), "扣押清单.csv", bytes).await.unwrap();
    (case, list)
}

/// The row as it is, with its doubts accepted.
pub fn as_it_stands(row: &DraftRow) -> Amendment {
    Amendment {
        row: row.row,
        name: row.name.clone(),
        quantity: row.quantity_text.clone(),
        category: row.category,
        features: row.features.clone(),
        particulars: row.particulars.clone(),
        holding: row.holding,
        accept: true,
        drop: String::new(),
    }
}

fn confirmation() -> Confirmation {
    Confirmation {
        paper_number: "临公（城东）扣字〔2026〕12号".to_owned(),
        seized_at: None,
        accept_list: true,
    }
}

fn row<'a>(list: &'a ImportView, name: &str) -> &'a DraftRow {
    list.draft.rows.iter().find(|row| row.name == name).unwrap()
}

/// Corrects what cannot be read and accepts the rest.
async fn settled(test: &TestApp, id: ImportId) -> ImportView {
    let zhang = test.person("zhang").await;
    let list = seize::show(&test.app, &zhang, id).await.unwrap();
    let open = list.draft.rows.iter().filter(|row| !row.is_settled());
    let amendments: Vec<Amendment> = open
        .map(|row| match row.quantity {
            Some(_) => as_it_stands(row),
            None => Amendment { quantity: "5".to_owned(), ..as_it_stands(row) },
        })
        .collect();
    seize::amend(&test.app, &zhang, id, amendments).await.unwrap()
}

#[tokio::test]
async fn a_list_is_read_corrected_confirmed_and_owed() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = test.person("zhang").await;
        let (case, id) = uploaded(&test).await;

        let list = seize::show(&test.app, &zhang, id).await.unwrap();
        assert_eq!(list.draft.rows.len(), 12);
        assert_eq!(row(&list, "华为手机").category, Category::Electronic);
        assert_eq!(row(&list, "黄金项链").category, Category::Valuable);
        assert_eq!(row(&list, "小型轿车").category, Category::Vehicle);
        assert_eq!(row(&list, "疑似甲基苯丙胺（白色晶体）").quantity, Some(12_350));
        let cards = row(&list, "银行卡");
        assert_eq!((cards.quantity, cards.is_settled()), (Some(5), false), "「约5张」 is a doubt");
        assert!(list.draft.unsettled() > 0);

        let refused = seize::confirm(&test.app, &zhang, id, &confirmation()).await.unwrap_err();
        assert_eq!(refused.code(), "doubts_open");
        assert!(
            cases::show(&test.app, &zhang, case, 0).await.unwrap().items.is_empty(),
            "nothing was recorded"
        );

        let unread = Amendment { quantity: "若干".to_owned(), ..as_it_stands(row(&list, "银行卡")) };
        let refused = seize::amend(&test.app, &zhang, id, vec![unread]).await.unwrap_err();
        assert_eq!(refused.code(), "row_not_understood");
        let list = seize::show(&test.app, &zhang, id).await.unwrap();
        assert!(!row(&list, "银行卡").is_settled(), "what cannot be read settles nothing");
        let car = Amendment { holding: Holding::InPlace, ..as_it_stands(row(&list, "小型轿车")) };
        let bag = Amendment { drop: "与案件无关".to_owned(), ..as_it_stands(row(&list, "自封袋")) };
        seize::amend(&test.app, &zhang, id, vec![car, bag]).await.unwrap();
        let list = settled(&test, id).await;
        assert_eq!(row(&list, "银行卡").quantity_text, "5 张", "the list's own word is kept");
        assert_eq!(list.draft.unsettled(), 0);

        let no_paper = Confirmation { paper_number: " ".to_owned(), ..confirmation() };
        assert_eq!(
            seize::confirm(&test.app, &zhang, id, &no_paper).await.unwrap_err().code(),
            "paper_missing"
        );
        let recorded = seize::confirm(&test.app, &zhang, id, &confirmation()).await.unwrap();
        assert!(!recorded.repeat);
        let again = seize::confirm(&test.app, &zhang, id, &confirmation()).await.unwrap();
        assert_eq!((again.seq, again.repeat), (recorded.seq, true), "a double confirm records once");
        let late = seize::amend(&test.app, &zhang, id, vec![]).await.unwrap_err();
        assert_eq!(late.code(), "already_recorded");

        let case = cases::show(&test.app, &zhang, case, 0).await.unwrap();
        assert_eq!((case.line.counts.items, case.line.counts.owed), (11, 10), "one stays in place");
        assert!(case.may_offer && case.may_import);
        assert!(case.totals.iter().any(|total| total.amount.contains('元')), "{:?}", case.totals);
        let phone = case.items.iter().find(|item| item.name == "华为手机").unwrap();
        assert_eq!((phone.places[0].kind, phone.duties[0].kind), ("owed", "party"));
        assert_eq!(phone.due_at, Some(phone.seized_at.plus(Span::hours(24))));
        assert!(phone.citation.contains("190"));
        test.close().await;
    }
}

#[tokio::test]
async fn two_confirms_in_the_same_second_record_once() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = test.person("zhang").await;
        let (case, id) = uploaded(&test).await;
        settled(&test, id).await;
        let wanted = confirmation();
        let (one, two) = tokio::join!(
            seize::confirm(&test.app, &zhang, id, &wanted),
            seize::confirm(&test.app, &zhang, id, &wanted)
        );
        assert_eq!(one.unwrap().seq, two.unwrap().seq);
        assert_eq!(cases::show(&test.app, &zhang, case, 0).await.unwrap().line.counts.items, 12);
        test.close().await;
    }
}

#[tokio::test]
async fn not_yours_looks_like_not_there() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (case, id) = uploaded(&test).await;
        settled(&test, id).await;
        let zhang = test.person("zhang").await;
        seize::confirm(&test.app, &zhang, id, &confirmation()).await.unwrap();
        let item = cases::show(&test.app, &zhang, case, 0).await.unwrap().items[0].clone();

        for login in ["zhao", "qian", "admin"] {
            let other = test.person(login).await;
            let there =
                |error: Error| matches!(error, Error::NotFound(Thing::Case | Thing::Item | Thing::Import));
            assert!(there(cases::show(&test.app, &other, case, 0).await.unwrap_err()), "{login}");
            assert!(there(items::show(&test.app, &other, item.id).await.unwrap_err()), "{login}");
            assert!(there(items::life(&test.app, &other, item.id).await.unwrap_err()), "{login}");
            assert!(cases::list(&test.app, &other, &cases::Filter::default()).await.unwrap().is_empty());
            assert!(items::list(&test.app, &other, &items::Filter::default()).await.unwrap().is_empty());
            let found = items::find(&test.app, &other, &item.number).await.unwrap();
            assert!(!matches!(found, items::SearchHit::Item { .. }), "{login}: {found:?}");
        }
        let zhao = test.person("zhao").await;
        assert!(matches!(seize::show(&test.app, &zhao, id).await, Err(Error::NotFound(Thing::Import))));
        let bytes = sample_csv().as_bytes().to_vec();
        let strange = seize::read_list(&test.app, &zhao, ForCase::Known(case), "x.csv", bytes.clone()).await;
        assert!(matches!(strange, Err(Error::NotFound(Thing::Case))));

        // A colleague of the unit sees it, an auditor too, and the counter awaits it; neither of the last may import.
        for login in ["li", "zheng", "chen"] {
            let person = test.person(login).await;
            assert_eq!(
                cases::show(&test.app, &person, case, 0).await.unwrap().line.counts.items,
                12,
                "{login}"
            );
            assert_eq!(items::list(&test.app, &person, &items::Filter::default()).await.unwrap().len(), 12);
        }
        for login in ["chen", "zheng", "qian", "wang"] {
            let person = test.person(login).await;
            let wish = ForCase::New(new_case("X1"));
            let refused =
                seize::read_list(&test.app, &person, wish, "x.csv", bytes.clone()).await.unwrap_err();
            assert_eq!(refused.code(), "not_your_role", "{login}");
        }
        test.close().await;
    }
}

#[tokio::test]
async fn what_cannot_be_taken_is_said_and_changes_nothing() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = test.person("zhang").await;
        let (_, id) = uploaded(&test).await;
        let read = async |name: &'static str, bytes: &[u8]| {
            let wish = ForCase::New(new_case(name));
            seize::read_list(&test.app, &zhang, wish, name, bytes.to_vec())
                .await
                .unwrap_err()
                .code()
                .to_owned()
        };
        assert_eq!(read("empty.csv", b"").await, "empty");
        assert_eq!(read("broken.xlsx", b"PK\x03\x04 no").await, "broken");
        assert_eq!(read("notes.csv", "没有,表头\n".as_bytes()).await, "no_header");
        assert_eq!(read("none.csv", "名称,数量\n".as_bytes()).await, "list_without_things");
        let known = cases::list(&test.app, &zhang, &cases::Filter::default()).await.unwrap();
        assert_eq!(known.len(), 1, "a file that cannot be read opens no case");

        let taken = opening::open_case(&test.app, &zhang, &new_case(NUMBER)).await.unwrap_err();
        assert_eq!(taken.code(), "case_number_taken");
        assert_eq!(
            opening::open_case(&test.app, &zhang, &new_case(" ")).await.unwrap_err().code(),
            "case_not_described"
        );
        let zhao = test.person("zhao").await;
        opening::open_case(&test.app, &zhao, &new_case(NUMBER)).await.expect("numbers are each unit's own");
        let chen = test.person("chen").await;
        assert_eq!(
            opening::open_case(&test.app, &chen, &new_case("1")).await.unwrap_err().code(),
            "not_your_role"
        );

        let list = seize::show(&test.app, &zhang, id).await.unwrap();
        for typed in ["许多", "0", "-1", "9223372036854775808", "99999999999999999999"] {
            let wrong = Amendment { quantity: typed.to_owned(), ..as_it_stands(row(&list, "华为手机")) };
            let answer = seize::amend(&test.app, &zhang, id, vec![wrong]).await;
            let settled = answer.is_ok_and(|list| row(&list, "华为手机").is_settled());
            assert!(!settled, "«{typed}» is no quantity");
        }
        let list = settled(&test, id).await;
        let all: Vec<Amendment> = list.draft.rows.iter().map(as_it_stands).collect();
        let none =
            all.iter().cloned().map(|it| Amendment { drop: "重复".to_owned(), ..it }).collect::<Vec<_>>();
        seize::amend(&test.app, &zhang, id, none).await.unwrap();
        let refused = seize::confirm(&test.app, &zhang, id, &confirmation()).await.unwrap_err();
        assert_eq!(refused.code(), "no_row_left");
        seize::amend(&test.app, &zhang, id, all).await.unwrap();
        let tomorrow = Some(test.app.clock.now().plus(Span::hours(1)));
        let future = Confirmation { seized_at: tomorrow, ..confirmation() };
        let refused = seize::confirm(&test.app, &zhang, id, &future).await.unwrap_err();
        assert_eq!(refused.code(), "happened_in_the_future");

        // The same file again is read, with a doubt about the whole list.
        seize::confirm(&test.app, &zhang, id, &confirmation()).await.unwrap();
        let wish = ForCase::New(new_case("A2"));
        let bytes = sample_csv().as_bytes().to_vec();
        let twice = seize::read_list(&test.app, &zhang, wish, "again.csv", bytes).await.unwrap();
        settled(&test, twice).await;
        let numbered = Confirmation { paper_number: "13号".to_owned(), ..confirmation() };
        let unlooked = Confirmation { accept_list: false, ..numbered };
        let refused = seize::confirm(&test.app, &zhang, twice, &unlooked).await.unwrap_err();
        assert_eq!(refused.code(), "list_doubts_open");
        seize::discard(&test.app, &zhang, twice).await.unwrap();
        assert!(matches!(seize::show(&test.app, &zhang, twice).await, Err(Error::NotFound(Thing::Import))));
        test.close().await;
    }
}

#[tokio::test]
async fn the_clock_of_24_hours_runs_out_on_the_desk() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (_, id) = uploaded(&test).await;
        settled(&test, id).await;
        let zhang = test.person("zhang").await;
        let hours_ago = test.app.clock.now().plus(Span::hours(-20));
        let earlier = Confirmation { seized_at: Some(hours_ago), ..confirmation() };
        seize::confirm(&test.app, &zhang, id, &earlier).await.unwrap();

        let owed = desk::desk(&test.app, &zhang).await.unwrap().owed.pop().unwrap();
        assert_eq!((owed.items, owed.due_at), (12, hours_ago.plus(Span::hours(24))));
        assert!(owed.due_at > test.app.clock.now() && owed.citation.contains("190"));
        test.app.clock.advance(Span::hours(5));
        let chen = test.person("chen").await;
        let expected = desk::desk(&test.app, &chen).await.unwrap();
        assert!(expected.owed[0].due_at < test.app.clock.now(), "it is overdue, and the counter sees it");
        assert_eq!(expected.keeping.unwrap().owed, 12);
        let zhao = test.person("zhao").await;
        assert!(desk::desk(&test.app, &zhao).await.unwrap().owed.is_empty());
        let zheng = test.person("zheng").await;
        let whole = desk::desk(&test.app, &zheng).await.unwrap().ledger.unwrap();
        assert_eq!((whole.entries, whole.items, whole.owed), (test.nth(1), 12, 12));
        assert!(whole.newest[0].sentence.zh.contains("登记扣押"));
        test.close().await;
    }
}

#[tokio::test]
async fn one_scan_has_one_answer() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (case, id) = uploaded(&test).await;
        settled(&test, id).await;
        let zhang = test.person("zhang").await;
        seize::confirm(&test.app, &zhang, id, &confirmation()).await.unwrap();
        let item = cases::show(&test.app, &zhang, case, 0).await.unwrap().items[0].clone();
        let code = Code::new(CodeKind::Item, "26", 1).to_string();
        let found = async |text: &str| items::find(&test.app, &zhang, text).await.unwrap();
        let it = items::SearchHit::Item { id: item.id, number: item.number.clone() };
        assert_eq!(found(&code).await, it);
        assert_eq!(found(&code.to_lowercase().replace('-', "")).await, it);
        assert_eq!(found(&item.number).await, it);
        assert_eq!(found(NUMBER).await, items::SearchHit::Case { id: case });
        let torn = format!("{}0{}", &code[..9], &code[10..]);
        let misread = if torn == code { format!("{}7{}", &code[..9], &code[10..]) } else { torn };
        assert_eq!(found(&misread).await, items::SearchHit::Misread);
        assert_eq!(
            found(&Code::new(CodeKind::Item, "26", 999_999).to_string()).await,
            items::SearchHit::Unknown
        );
        assert_eq!(found("6901234567892").await, items::SearchHit::Words);

        let view = items::show(&test.app, &zhang, item.id).await.unwrap();
        let act = |name: &str| view.next.iter().find(|act| act.act == name).unwrap().why_not.as_ref();
        assert_eq!(act("receive").unwrap().code, "not_your_role");
        assert!(act("offer").is_none());
        let life = items::life(&test.app, &zhang, item.id).await.unwrap();
        assert_eq!(life.len(), 1);
        assert!(life[0].sentence.zh.contains(&item.number) && !life[0].sentence.zh.contains("W26-0000002"));
        test.close().await;
    }
}

#[tokio::test]
async fn the_pages_lead_from_the_file_to_the_owed_items() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = serve(&test.app).await;
        let mut zhang = Browser::logged_in(&served, "zhang").await;
        for page in ["/", "/cases", "/cases/new", "/import", "/items", "/me"] {
            let shown = zhang.get(page).await;
            assert_eq!(shown.status, 200, "{page}: {}", shown.body);
        }
        let fields = [("case", ""), ("number", NUMBER), ("name", "张某某贩卖毒品案")];
        let wrong = zhang.upload("/import", &fields, "清单.xlsx", b"PK\x03\x04 no").await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.body.contains(NUMBER), "the form stays as it was");
        let sent = zhang.upload("/import", &fields, "清单.csv", sample_csv().as_bytes()).await;
        assert_eq!(sent.status, 303, "{}", sent.body);
        let preview = sent.location;
        let shown = zhang.get(&preview).await;
        assert!(shown.body.contains("约5张") && shown.body.contains("12.35 克"), "{}", shown.body);

        let at = ("seized_at", "2026-01-05T08:30");
        let early = [("act", "confirm"), ("paper_number", "扣字1号"), at];
        let early = zhang.post(&preview, &preview, &early).await;
        assert_eq!(early.status, 409);
        assert!(early.body.contains("扣字1号"), "what was typed is still there");
        let list =
            seize::show(&test.app, &test.person("zhang").await, preview[8..].parse().unwrap()).await.unwrap();
        let mut fields: Vec<(String, String)> = [("paper_number", "扣字1号"), ("act", "confirm"), at]
            .map(|(name, text)| (name.into(), text.into()))
            .into();
        for row in &list.draft.rows {
            let quantity = if row.quantity.is_none() { "5张" } else { &row.quantity_text };
            let n = row.row;
            fields.push(("row".into(), n.to_string()));
            for (name, value) in [
                ("name", row.name.as_str()),
                ("quantity", quantity),
                ("category", row.category.word()),
                ("features", &row.features),
                ("accept", "yes"),
            ] {
                fields.push((format!("{name}-{n}"), value.to_owned()));
            }
        }
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let done = zhang.post(&preview, &preview, &fields).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let seized = format!("?done={}", test.nth(1));
        assert!(done.location.ends_with(&seized), "{}", done.location);
        assert_eq!(
            zhang.post(&preview, &preview, &fields).await.location,
            done.location,
            "a second press changes nothing"
        );

        let case = zhang.get(&done.location).await;
        assert!(case.body.contains("W26-0000012") && case.body.contains("应交未交"));
        assert!(zhang.get("/").await.body.contains("第190条"));
        let item = zhang.get("/scan?code=W26-0000001").await;
        assert_eq!(item.status, 303);
        for language in ["en", "zh"] {
            zhang.get(&format!("/language?to={language}&back=/")).await;
            for page in [
                "/",
                "/cases",
                &done.location,
                &preview,
                "/items?q=手机&category=electronic&stock=owed",
                &item.location,
                "/scan?code=nothing",
                "/me",
            ] {
                let page = page.replace("手机", "%E6%89%8B%E6%9C%BA");
                let shown = zhang.get(&page).await;
                assert!(
                    matches!(shown.status, 200 | 404),
                    "{language} {page}: {} {}",
                    shown.status,
                    shown.body
                );
            }
        }
        for (login, page, status) in [
            ("zhao", done.location.as_str(), 404),
            ("zhao", &item.location, 404),
            ("zhao", &preview, 404),
            ("chen", "/import", 403),
            ("chen", &done.location, 200),
            ("zheng", &item.location, 200),
        ] {
            let mut other = Browser::logged_in(&served, login).await;
            assert_eq!(other.get(page).await.status, status, "{login} {page}");
            assert_eq!(other.get("/").await.status, 200, "{login}");
        }
        drop(served);
        test.close().await;
    }
}
