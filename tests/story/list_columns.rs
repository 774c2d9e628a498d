//! A person says what the columns of a list are: on its page, and for the next file of that shape.

use crate::{
    cases::as_it_stands,
    support::{ENGINES, TestApp, browser::Browser, browser::serve},
};
use hufu::{
    custody::{
        opening::NewCase,
        seize::{self, Amendment, ColumnsWish, ForCase, ImportView},
    },
    domain::Person,
    id::ImportId,
    import::{ChosenColumns, Role},
    ledger::Particular,
};

const LIST: &str =
    "序号,名称,数量,编码,说明\n1,手机,约3部,861234567890121,黑色\n2,电脑,1台,,银色\n3,外套,2件,,红色\n";

async fn uploaded(test: &TestApp, me: &Person, case: &str, list: &str) -> ImportId {
    let new = NewCase { number: case.to_owned(), name: "盗窃案".to_owned(), linked_to: None };
    seize::read_list(&test.app, me, ForCase::New(new), "清单.csv", list.as_bytes().to_vec()).await.unwrap()
}

fn wish(columns: &[(&str, Option<Role>)]) -> ColumnsWish {
    let columns = columns.iter().map(|(letter, role)| ((*letter).to_owned(), *role)).collect();
    ColumnsWish { columns: ChosenColumns(columns), give_up: false }
}

/// The five columns with D as the IMEI and E as the features.
fn right() -> ColumnsWish {
    wish(&[
        ("A", Some(Role::LineNumber)),
        ("B", Some(Role::Name)),
        ("C", Some(Role::Quantity)),
        ("D", Some(Role::Imei)),
        ("E", Some(Role::Features)),
    ])
}

fn imei(list: &ImportView) -> Option<&str> {
    list.draft.rows[0].particulars.get(Particular::Imei)
}

#[tokio::test]
async fn a_choice_keeps_what_was_corrected_and_is_there_for_the_next_file() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (zhang, other) = (test.person("zhang").await, test.person("zhao").await);
        let id = uploaded(&test, &zhang, "B1", LIST).await;
        let list = seize::show(&test.app, &zhang, id).await.unwrap();
        let corrected = Amendment { quantity: "4部".to_owned(), ..as_it_stands(&list.draft.rows[0]) };
        seize::amend(&test.app, &zhang, id, vec![corrected]).await.unwrap();

        let list = seize::read_again(&test.app, &zhang, id, &right()).await.unwrap();
        assert_eq!(imei(&list), Some("861234567890121"));
        assert_eq!(list.draft.rows[0].quantity_text, "4 部");
        assert!(list.draft.rows[0].is_settled());
        assert_eq!(list.draft.columns.as_ref().unwrap().by, zhang.name);

        let next = uploaded(&test, &zhang, "B2", &LIST.replace("手机", "平板")).await;
        let list = seize::show(&test.app, &zhang, next).await.unwrap();
        assert_eq!(imei(&list), Some("861234567890121"));
        assert!(list.draft.columns.as_ref().unwrap().remembered);
        // Another unit's files and files of another form are read by the program.
        for (me, case, text) in
            [(&other, "C1", LIST.to_owned()), (&zhang, "B3", LIST.replace("编码", "条码"))]
        {
            let id = uploaded(&test, me, case, &text).await;
            let list = seize::show(&test.app, me, id).await.unwrap();
            assert!(imei(&list).is_none() && list.draft.columns.is_none(), "{case}");
        }
        // Back to how the program reads it, now and from now on.
        let list = seize::read_again(&test.app, &zhang, next, &ColumnsWish::default()).await.unwrap();
        assert!(imei(&list).is_none() && list.draft.columns.is_none());
        let last = uploaded(&test, &zhang, "B4", LIST).await;
        assert_eq!(seize::show(&test.app, &zhang, last).await.unwrap().draft.columns, None);
        test.close().await;
    }
}

#[tokio::test]
async fn a_choice_that_contradicts_itself_or_loses_work_is_refused() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = test.person("zhang").await;
        let id = uploaded(&test, &zhang, "B1", LIST).await;
        let before = seize::show(&test.app, &zhang, id).await.unwrap();
        let ask = async |wish: ColumnsWish| seize::read_again(&test.app, &zhang, id, &wish).await;
        for (columns, code) in [
            (vec![("B", Some(Role::Name)), ("E", Some(Role::Name))], "column_twice"),
            (
                vec![("B", Some(Role::Name)), ("C", Some(Role::Quantity)), ("D", Some(Role::Quantity))],
                "column_twice",
            ),
            (vec![("B", Some(Role::Features)), ("C", Some(Role::Quantity))], "no_column_of_names"),
        ] {
            assert_eq!(ask(wish(&columns)).await.unwrap_err().code(), code);
        }
        assert_eq!(
            seize::show(&test.app, &zhang, id).await.unwrap().draft,
            before.draft,
            "nothing is half read"
        );

        // The second column of names has text in one row only: the others would be no things.
        let list = "名称,数量,说明,备注\n手机,1部,甲,\n,,乙,丙\n电脑,1台,,\n";
        let id = uploaded(&test, &zhang, "B5", list).await;
        let list = seize::show(&test.app, &zhang, id).await.unwrap();
        let computer = list.draft.rows.iter().find(|it| it.name == "电脑").unwrap();
        let corrected = Amendment { features: "有划痕".to_owned(), ..as_it_stands(computer) };
        seize::amend(&test.app, &zhang, id, vec![corrected]).await.unwrap();
        let chosen = [("A", None), ("B", None), ("C", Some(Role::Name)), ("D", Some(Role::Features))];
        let mut wish = wish(&chosen);
        let refused = seize::read_again(&test.app, &zhang, id, &wish).await.unwrap_err();
        assert_eq!(refused.code(), "corrections_would_be_lost");
        wish.give_up = true;
        let list = seize::read_again(&test.app, &zhang, id, &wish).await.unwrap();
        assert!(list.draft.rows.iter().all(|it| it.name != "电脑"));
        test.close().await;
    }
}

#[tokio::test]
async fn the_page_shows_the_sheet_and_offers_each_column() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = serve(&test.app).await;
        let mut zhang = Browser::logged_in(&served, "zhang").await;
        let fields = [("case", ""), ("number", "B1"), ("name", "盗窃案")];
        let page = zhang.upload("/import", &fields, "清单.csv", LIST.as_bytes()).await.location;
        let shown = zhang.get(&page).await.body;
        let chosen = |body: &str, letter: &str| {
            let select = &body[body.find(&format!("name=\"column-{letter}\"")).unwrap()..];
            let select = select[..select.find("</select>").unwrap()].to_owned();
            let at = select.find(" selected").map(|at| select[..at].to_owned());
            at.map(|it| it.rsplit("value=\"").next().unwrap().trim_end_matches('"').to_owned())
        };
        assert_eq!(chosen(&shown, "B").as_deref(), Some("name"));
        assert_eq!(chosen(&shown, "D"), None);
        assert!(
            shown.contains("<td class=\"remark\">861234567890121</td>"),
            "the sheet as it stands: {shown}"
        );

        let twice =
            [("act", "columns"), ("column-B", "name"), ("column-D", "name"), ("column-C", "quantity")];
        let refused = zhang.post(&page, &page, &twice).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        assert!(refused.body.contains("B 列和 D 列都用作“名称”"), "{}", refused.body);
        assert_eq!(chosen(&refused.body, "D").as_deref(), Some("name"), "as it was sent");

        // What was typed in a row and not saved stays, too.
        let typed = [
            ("act", "columns"),
            ("column-A", "line_number"),
            ("column-B", "name"),
            ("column-C", "quantity"),
            ("column-D", "imei"),
            ("column-E", "unused"),
            ("row", "3"),
            ("name-3", "笔记本电脑"),
            ("quantity-3", "1台"),
            ("category-3", "general"),
        ];
        assert_eq!(zhang.post(&page, &page, &typed).await.status, 303);
        let shown = zhang.get(&page).await.body;
        assert!(shown.contains("各列按 张"), "{shown}");
        assert!(shown.contains("value=\"笔记本电脑\"") && shown.contains("value=\"861234567890121\""));
        assert_eq!(zhang.post(&page, &page, &[("act", "as_read")]).await.status, 303);
        let shown = zhang.get(&page).await.body;
        assert!(!shown.contains("各列按") && shown.contains("value=\"笔记本电脑\""));
        drop(served);
        test.close().await;
    }
}
