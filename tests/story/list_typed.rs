//! Rows by hand: a list without a file, rows added to one, a row that is two things.

use crate::{
    cases::as_it_stands,
    support::{ENGINES, TestApp, browser::Browser, browser::serve},
};
use hufu::{
    custody::{
        cases,
        opening::NewCase,
        seize::{self, Amendment, BY_HAND, Confirmation, ForCase, ImportView, Origin, SplitWish, TypedRow},
    },
    domain::Person,
    export,
    id::ImportId,
    import,
    language::Language,
    ledger::Particular,
};

fn new_case(number: &str) -> ForCase {
    ForCase::New(NewCase { number: number.to_owned(), name: "盗窃案".to_owned(), linked_to: None })
}

fn typed(row: u32, name: &str, quantity: &str, unit: &str) -> TypedRow {
    TypedRow {
        name: name.to_owned(),
        quantity: quantity.to_owned(),
        unit: unit.to_owned(),
        ..TypedRow::empty(BY_HAND + row)
    }
}

fn codes(list: &ImportView, row: usize) -> Vec<&str> {
    list.draft.rows[row].doubts.iter().map(|doubt| doubt.code.as_str()).collect()
}

fn shown(list: &ImportView) -> Vec<String> {
    list.draft.rows.iter().map(|it| format!("{} {} {}", it.label(), it.name, it.quantity_text)).collect()
}

fn confirmation(paper: &str) -> Confirmation {
    Confirmation { paper_number: paper.to_owned(), seized_at: None, accept_list: true }
}

async fn add(test: &TestApp, me: &Person, id: ImportId, rows: Vec<TypedRow>) -> ImportView {
    seize::add_rows(&test.app, me, id, rows).await.unwrap()
}

#[tokio::test]
async fn a_list_is_typed_with_the_doubts_of_a_file_and_confirmed() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = test.person("zhang").await;
        let id = seize::begin_list(&test.app, &zhang, new_case("B1")).await.unwrap();
        let refused = seize::confirm(&test.app, &zhang, id, &confirmation("扣字1号")).await.unwrap_err();
        assert_eq!(refused.code(), "no_row_left");
        let mut phone = typed(1, "手机", "1", "部");
        phone.particulars.set(Particular::Imei, "８６１２34567890121");
        let drug = typed(2, "疑似甲基苯丙胺", "12.35克", "");
        let rows = vec![phone.clone(), drug, TypedRow::empty(BY_HAND + 3), typed(4, "银行卡", "若干张", "")];
        let list = add(&test, &zhang, id, rows.clone()).await;
        assert_eq!(shown(&list), ["+1 手机 1 部", "+2 疑似甲基苯丙胺 12.35 克", "+4 银行卡 "]);
        assert!(list.draft.rows.iter().all(|it| it.origin == Origin::Added));
        assert_eq!(list.draft.rows[0].particulars.get(Particular::Imei), Some("861234567890121"));
        assert!(!list.draft.rows[2].is_settled(), "some is no quantity");
        // The same form sent again adds nothing; another row under a number that is taken is another row.
        let list = add(&test, &zhang, id, rows).await;
        assert_eq!(list.draft.rows.len(), 3);
        let again = TypedRow { name: "平板".to_owned(), ..phone.clone() };
        let list = add(&test, &zhang, id, vec![again, typed(2, "手机壳", "2个", "")]).await;
        assert_eq!(shown(&list)[3..], ["+5 平板 1 部", "+6 手机壳 2 个"]);
        assert_eq!(codes(&list, 3), ["same_serial"], "the same IMEI twice");
        let list = add(&test, &zhang, id, vec![typed(9, "手机壳", "2", "个")]).await;
        assert_eq!(codes(&list, 5), ["same_row"]);

        for (row, code) in [
            (typed(20, "合计", "3件", ""), "row_not_understood"),
            (typed(20, "", "3件", ""), "row_not_understood"),
        ] {
            let refused =
                seize::add_rows(&test.app, &zhang, id, vec![typed(19, "外套", "1件", ""), row]).await;
            assert_eq!(refused.unwrap_err().code(), code);
        }
        let long = TypedRow { features: "长".repeat(1001), ..typed(20, "外套", "1件", "") };
        assert_eq!(
            seize::add_rows(&test.app, &zhang, id, vec![long]).await.unwrap_err().code(),
            "row_not_understood"
        );
        let list = seize::show(&test.app, &zhang, id).await.unwrap();
        assert_eq!(list.draft.rows.len(), 6, "all of it or nothing");
        let other = test.person("zhao").await;
        assert!(seize::add_rows(&test.app, &other, id, vec![phone]).await.is_err(), "another unit's list");

        let looked_at: Vec<Amendment> = list
            .draft
            .rows
            .iter()
            .map(|row| match row.quantity {
                Some(_) => as_it_stands(row),
                None => Amendment { quantity: "5张".to_owned(), ..as_it_stands(row) },
            })
            .collect();
        seize::amend(&test.app, &zhang, id, looked_at).await.unwrap();
        seize::confirm(&test.app, &zhang, id, &confirmation("扣字1号")).await.unwrap();
        assert_eq!(cases::show(&test.app, &zhang, list.case, 0).await.unwrap().line.counts.items, 6);
        let late = seize::add_rows(&test.app, &zhang, id, vec![typed(30, "外套", "1件", "")]).await;
        assert_eq!(late.unwrap_err().code(), "already_recorded");
        test.close().await;
    }
}

#[tokio::test]
async fn a_row_that_is_two_things_is_split_and_nothing_is_gained_or_lost() {
    const LIST: &str = "名称,数量,特征,持有人,序列号\n手机,5部,黑色,张某,861234045678901\n海洛因,12.35克,,,\n现金,人民币1200元,,,\n银行卡,若干张,,,\n";
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = test.person("zhang").await;
        let file = LIST.as_bytes().to_vec();
        let id = seize::read_list(&test.app, &zhang, new_case("B1"), "清单.csv", file).await.unwrap();
        let ask = async |row: u32, stays: &str, quantity: &str, name: &str| {
            let (stays, quantity, name) = (stays.to_owned(), quantity.to_owned(), name.to_owned());
            let wish = SplitWish { row, stays, quantity, name, features: "白色".to_owned() };
            seize::split(&test.app, &zhang, id, &wish).await
        };
        for (row, stays, part, code) in [
            (2, "3部", "1部", "split_other_sum"),
            (2, "3部", "3部", "split_other_sum"),
            (2, "5部", "0部", "row_not_understood"),
            (2, "3部", "若干", "row_not_understood"),
            (2, "", "2部", "row_not_understood"),
            (2, "3部", "2克", "split_other_measure"),
            (3, "10克", "2.36克", "split_other_sum"),
            (3, "10克", "3克", "split_other_sum"),
            (4, "1000元", "200美元", "split_other_measure"),
            (4, "1000元", "199元", "split_other_sum"),
            (5, "3张", "2张", "split_uncounted"),
        ] {
            assert_eq!(ask(row, stays, part, "平板").await.unwrap_err().code(), code, "{row} {stays} {part}");
        }
        assert!(ask(99, "1部", "1部", "平板").await.is_err(), "no such row");
        let list = ask(2, "3", "2部", "平板电脑").await.unwrap();
        assert_eq!(shown(&list)[..2], ["2 手机 3 部", "+1 平板电脑 2 部"]);
        let (rest, part) = (&list.draft.rows[0], &list.draft.rows[1]);
        assert_eq!(
            (part.origin, part.features.as_str(), rest.features.as_str()),
            (Origin::Split(2), "白色", "黑色")
        );
        assert_eq!(part.particulars.get(Particular::Holder), Some("张某"));
        assert_eq!(part.particulars.get(Particular::Serial), None, "one number is of one thing");
        assert_eq!(rest.particulars.get(Particular::Serial), Some("861234045678901"));
        ask(3, "10克", "2.35克", "海洛因").await.unwrap();
        let list = ask(4, "1000", "200元", "现金").await.unwrap();
        assert_eq!(
            shown(&list)[2..6],
            ["3 海洛因 10 克", "+2 海洛因 2.35 克", "4 现金 1,000.00 元", "+3 现金 200.00 元"]
        );
        // A part can be split again and left out with a reason, as every row.
        let list = ask(BY_HAND + 1, "1部", "1部", "手表").await.unwrap();
        assert_eq!(shown(&list)[..3], ["2 手机 3 部", "+1 平板电脑 1 部", "+4 手表 1 部"]);
        let dropped =
            Amendment { drop: "与第 2 行重复".to_owned(), ..as_it_stands(&list.draft.rows[2]) };
        seize::amend(&test.app, &zhang, id, vec![dropped]).await.unwrap();
        assert_eq!(ask(BY_HAND + 4, "1部", "1部", "表").await.unwrap_err().code(), "split_uncounted");
        test.close().await;
    }
}

/// A doubt about the whole is a doubt about both parts.
#[tokio::test]
async fn a_split_settles_no_doubt() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = test.person("zhang").await;
        let file = "名称,数量\n手机,5部\n手机,5部\n".as_bytes().to_vec();
        let id = seize::read_list(&test.app, &zhang, new_case("B1"), "清单.csv", file).await.unwrap();
        let wish = SplitWish {
            row: 3,
            stays: "3部".to_owned(),
            quantity: "2部".to_owned(),
            name: "平板".to_owned(),
            features: String::new(),
        };
        let list = seize::split(&test.app, &zhang, id, &wish).await.unwrap();
        assert_eq!((codes(&list, 1), codes(&list, 2)), (vec!["same_row"], vec!["same_row"]));
        assert_eq!(list.draft.unsettled(), 2);
        test.close().await;
    }
}

#[tokio::test]
async fn the_page_types_and_splits_and_loses_nothing_of_a_form_that_is_refused() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = serve(&test.app).await;
        let mut zhang = Browser::logged_in(&served, "zhang").await;
        let fields = [("act", "type"), ("case", ""), ("number", "B1"), ("name", "盗窃案")];
        let page = zhang.upload("/import", &fields, "", &[]).await.location;
        assert!(zhang.get(&page).await.body.matches("name=\"new\"").count() > 3, "rows to type into");
        let rows = [
            ("act", "save"),
            ("new", "1000000001"),
            ("name-1000000001", "手机"),
            ("quantity-1000000001", "5"),
            ("unit-1000000001", "部"),
            ("holder-1000000001", "张某某"),
            ("new", "1000000002"),
            ("name-1000000002", "合计"),
            ("quantity-1000000002", "5部"),
            ("new", "1000000003"),
        ];
        let refused = zhang.post(&page, &page, &rows).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        for kept in ["value=\"手机\"", "value=\"张某某\"", "“合计”不像财物", "value=\"1000000003\""]
        {
            assert!(refused.body.contains(kept), "{kept}: {}", refused.body);
        }
        let rows: Vec<_> = rows.into_iter().filter(|(name, _)| !name.ends_with("0002")).collect();
        assert_eq!(zhang.post(&page, &page, &rows).await.status, 303);
        let shown = zhang.get(&page).await.body;
        assert!(shown.contains("手工添加") && shown.contains("手工填写的清单"), "{shown}");

        let row = [
            ("row", "1000000001"),
            ("name-1000000001", "手机"),
            ("quantity-1000000001", "5 部"),
            ("category-1000000001", "electronics"),
        ];
        let wrong = [
            ("act", "split-1000000001"),
            ("split_stays-1000000001", "3部"),
            ("split_quantity-1000000001", "1部"),
            ("split_name-1000000001", "平板"),
        ];
        let refused = zhang.post(&page, &page, &[&row[..], &wrong[..]].concat()).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("3 部 加 1 部 不等于第 +1 行的 5 部"), "{}", refused.body);
        assert!(refused.body.contains("name=\"split_name-1000000001\" value=\"平板\""));
        let right = [
            ("act", "split-1000000001"),
            ("split_stays-1000000001", "3部"),
            ("split_quantity-1000000001", "2部"),
            ("split_name-1000000001", "平板"),
        ];
        assert_eq!(zhang.post(&page, &page, &[&row[..], &right[..]].concat()).await.status, 303);
        assert!(zhang.get(&page).await.body.contains("由第 +1 行拆出"));
        let template = zhang.get("/import/template.xlsx").await;
        assert_eq!(template.status, 200);
        drop(served);
        test.close().await;
    }
}

/// Filled in as its line shows, in either language: every thing is read, the line that shows how is none, nothing is in doubt.
#[test]
fn the_template_is_read_without_any_doubt() {
    for language in [Language::Zh, Language::En] {
        let phone = [
            "1",
            "手机",
            "2",
            "部",
            "黑色",
            "华为",
            "Mate 60",
            "",
            "861234567890121",
            "",
            "",
            "",
            "张某某",
            "",
            "杭州",
            "",
            "无",
        ];
        let car = [
            "2",
            "小型轿车",
            "1",
            "辆",
            "白色",
            "",
            "",
            "",
            "",
            "浙A12345",
            "LSVAA4182E2123456",
            "",
            "李某某",
            "李某某",
            "",
            "车辆",
            "",
        ];
        let bytes = export::seizure_list(language, &[&phone, &car]).unwrap();
        let list = import::read_seizure_list("模板.xlsx", &bytes).unwrap();
        let doubts: Vec<_> = list.doubts.iter().chain(list.rows.iter().flat_map(|it| &it.doubts)).collect();
        assert!(doubts.is_empty(), "{doubts:?}");
        assert_eq!(
            list.rows.iter().map(|it| (it.row, it.name.as_str(), it.quantity)).collect::<Vec<_>>(),
            [(3, "手机", Some(2)), (4, "小型轿车", Some(1))]
        );
        assert!(list.columns.iter().all(|it| it.role.is_some()), "{:?}", list.columns);
        assert_eq!(list.rows[0].particulars.get(Particular::Imei), Some("861234567890121"));
        assert_eq!(list.rows[1].particulars.get(Particular::Vin), Some("LSVAA4182E2123456"));
        let empty = export::seizure_list(language, &[]).unwrap();
        assert!(
            import::read_seizure_list("模板.xlsx", &empty).unwrap().rows.is_empty(),
            "the line that shows how is no thing"
        );
    }
}
