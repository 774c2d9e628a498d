//! A list that is typed at the scene, with photographs; looked at at the desk; printed; and opened at the counter by its code.

use crate::{
    counter::scene::Scene,
    support::{ENGINES, TestApp, browser::Browser, browser::serve, jpeg},
};
use hufu::{
    custody::{
        cases, items,
        opening::NewCase,
        photographs,
        seize::{self, BY_HAND, ColumnsWish, Confirmation, ForCase, SplitWish, TypedRow},
    },
    domain::Person,
    id::ImportId,
    import::{ChosenColumns, Role},
    store::attachments,
};
use hufu_wire::message::Verdict;

fn new_case(number: &str) -> ForCase {
    ForCase::New(NewCase { number: number.to_owned(), name: "盗窃案".to_owned(), linked_to: None })
}

fn typed(row: u32, name: &str, quantity: &str) -> TypedRow {
    TypedRow { name: name.to_owned(), quantity: quantity.to_owned(), ..TypedRow::empty(BY_HAND + row) }
}

fn confirmation() -> Confirmation {
    Confirmation { paper_number: "扣字1号".to_owned(), seized_at: None, accept_list: true }
}

async fn begun(test: &TestApp, me: &Person) -> ImportId {
    let id = seize::begin_list(&test.app, me, new_case("B1")).await.unwrap();
    let rows = vec![typed(1, "手机", "5部"), typed(2, "电脑", "1台")];
    seize::add_rows(&test.app, me, id, rows).await.unwrap();
    id
}

#[tokio::test]
async fn photographs_stay_with_their_rows_and_go_with_the_things() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (zhang, other) = (test.person("zhang").await, test.person("zhao").await);
        let id = begun(&test, &zhang).await;
        let (phone, computer) = (BY_HAND + 1, BY_HAND + 2);
        let add = async |row: u32, mark: u8| {
            seize::photograph_row(&test.app, &zhang, (id, row), &jpeg(&[mark])).await
        };
        let one = add(phone, 1).await.unwrap();
        assert_eq!(add(phone, 1).await.unwrap(), one, "the same picture twice is one");
        let two = add(computer, 2).await.unwrap();
        assert!(add(99, 3).await.is_err(), "no such row");
        let no_picture = seize::photograph_row(&test.app, &zhang, (id, phone), b"text").await;
        assert_eq!(no_picture.unwrap_err().code(), "not_a_photograph");
        let foreign = seize::photograph_row(&test.app, &other, (id, phone), &jpeg(&[4])).await;
        assert!(foreign.is_err(), "another unit's list");
        assert!(photographs::shown(&test.app, &other, &one).await.is_err());

        // An error in a row, another row, a row that is split: no photograph is lost.
        let wrong = vec![typed(3, "合计", "6件")];
        assert!(seize::add_rows(&test.app, &zhang, id, wrong).await.is_err());
        let wish = SplitWish {
            row: phone,
            stays: "3".to_owned(),
            quantity: "2".to_owned(),
            name: "平板".to_owned(),
            features: String::new(),
        };
        let list = seize::split(&test.app, &zhang, id, &wish).await.unwrap();
        assert_eq!(list.photographs[&phone], [one.clone()]);
        assert_eq!(list.photographs[&computer], [two.clone()]);
        let three = add(computer, 5).await.unwrap();
        seize::drop_row_photograph(&test.app, &zhang, (id, computer), &three).await.unwrap();
        assert!(photographs::shown(&test.app, &zhang, &three).await.is_err(), "forgotten");
        // What else the server tidies up leaves them alone.
        let mut tx = test.app.db.write().await.unwrap();
        attachments::forget_unnamed(&mut tx, &one).await.unwrap();
        tx.commit().await.unwrap();

        seize::confirm(&test.app, &zhang, id, &confirmation()).await.unwrap();
        let case = cases::show(&test.app, &zhang, list.case, 0).await.unwrap();
        for (name, digest) in [("手机", Some(&one)), ("平板", None), ("电脑", Some(&two))] {
            let item = case.items.iter().find(|it| it.name == name).unwrap().id;
            let view = items::show(&test.app, &zhang, item).await.unwrap();
            let shown: Vec<&String> =
                view.photographs.iter().filter(|it| it.scene).map(|it| &it.digest).collect();
            assert_eq!(shown, digest.into_iter().collect::<Vec<_>>(), "{name}");
        }
        photographs::shown(&test.app, &zhang, &one).await.unwrap();
        assert_eq!(add(phone, 6).await.unwrap_err().code(), "already_recorded");
        let late = seize::drop_row_photograph(&test.app, &zhang, (id, phone), &one).await;
        assert_eq!(late.unwrap_err().code(), "already_recorded");
        test.close().await;
    }
}

#[tokio::test]
async fn a_list_is_thrown_away_with_its_photographs_and_a_photographed_row_is_told_before_it_goes() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let zhang = test.person("zhang").await;
        let file = "名称,数量,说明\n手机,1部,甲\n电脑,1台,\n".as_bytes().to_vec();
        let id = seize::read_list(&test.app, &zhang, new_case("B1"), "清单.csv", file).await.unwrap();
        let digest = seize::photograph_row(&test.app, &zhang, (id, 3), &jpeg(&[1])).await.unwrap();
        let chosen = [("A", None), ("B", None), ("C", Some(Role::Name))];
        let columns = chosen.into_iter().map(|(letter, role)| (letter.to_owned(), role)).collect();
        let wish = ColumnsWish { columns: ChosenColumns(columns), give_up: false };
        let refused = seize::read_again(&test.app, &zhang, id, &wish).await.unwrap_err();
        assert_eq!(refused.code(), "corrections_would_be_lost");
        photographs::shown(&test.app, &zhang, &digest).await.unwrap();
        seize::discard(&test.app, &zhang, id).await.unwrap();
        assert!(photographs::shown(&test.app, &zhang, &digest).await.is_err());
        test.close().await;
    }
}

/// As a telephone without script sends it: every row has a place for a file, one of them is filled.
#[tokio::test]
async fn the_desk_sees_what_waits_and_the_page_takes_a_photograph() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let served = serve(&test.app).await;
        let person = test.person("zhang").await;
        let id = begun(&test, &person).await;
        let mut zhang = Browser::logged_in(&served, "zhang").await;
        let desk = zhang.get("/").await.body;
        assert!(desk.contains(&format!("/import/{id}")) && desk.contains("手工填写的清单"), "{desk}");
        let page = format!("/import/{id}");
        let row = format!("{}", BY_HAND + 1);
        let sent = zhang
            .upload_from(&page, &format!("{page}/photo"), &[("photo_row", &row)], "a.jpg", &jpeg(&[1]))
            .await;
        assert_eq!(sent.status, 303, "{}", sent.body);
        assert!(sent.location.ends_with(&format!("#row-{row}")), "{}", sent.location);
        let digest =
            seize::show(&test.app, &person, id).await.unwrap().photographs[&(BY_HAND + 1)][0].clone();
        assert!(zhang.get(&page).await.body.contains(&format!("/photographs/{digest}")));
        let wrong = zhang
            .upload_from(&page, &format!("{page}/photo"), &[("photo_row", &row)], "a.jpg", b"no picture")
            .await;
        assert_eq!(wrong.status, 422, "{}", wrong.body);
        assert!(wrong.body.contains("value=\"手机\""), "the list is still there");
        let off = [("photo", format!("{row} {digest}"))];
        let off: Vec<(&str, &str)> = off.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(zhang.post(&page, &format!("{page}/unphoto"), &off).await.status, 303);
        assert!(!zhang.get(&page).await.body.contains(&digest));
        drop(served);
        test.close().await;
    }
}

#[tokio::test]
async fn the_code_of_a_list_opens_its_case_at_the_counter() {
    for engine in ENGINES {
        let mut scene = Scene::new(engine).await;
        let zhang = scene.t.person("zhang").await;
        let code = format!("{}/counter/{}", scene.t.app.address, scene.case);
        let answer = scene.scan(&code).await;
        assert_eq!(
            (answer.verdict, answer.href),
            (Verdict::Accepted, Some(format!("/counter/{}", scene.case)))
        );
        assert!(answer.sentence.contains("江公（刑）立字〔2026〕1号"), "{}", answer.sentence);
        // A case that nobody here may see, and the code of another server.
        let hidden = begun(&scene.t, &zhang).await;
        let other = seize::show(&scene.t.app, &zhang, hidden).await.unwrap().case;
        let unseen = scene.scan(&format!("{}/counter/{other}", scene.t.app.address)).await;
        assert_eq!((unseen.verdict, unseen.href), (Verdict::Unknown, None));
        let foreign = scene.scan(&format!("https://elsewhere.example/counter/{}", scene.case)).await;
        assert_eq!(foreign.verdict, Verdict::Unknown);
        // With a thing of this case in hand the same list is no obstacle.
        scene.open_case().await.unwrap();
        assert_eq!(scene.scan(&code).await.verdict, Verdict::Accepted);
        scene.t.close().await;
    }
}

#[tokio::test]
async fn a_list_is_printed_before_and_after_it_is_recorded() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (zhang, other) = (test.person("zhang").await, test.person("zhao").await);
        let id = begun(&test, &zhang).await;
        if test.app.fonts.is_some() {
            let waits = seize::list_paper(&test.app, &zhang, id).await.unwrap();
            assert!(waits.starts_with(b"%PDF"));
            seize::confirm(&test.app, &zhang, id, &confirmation()).await.unwrap();
            let recorded = seize::list_paper(&test.app, &zhang, id).await.unwrap();
            assert_ne!(waits, recorded);
            assert_eq!(recorded, seize::list_paper(&test.app, &zhang, id).await.unwrap(), "the same bytes");
        }
        assert!(seize::list_paper(&test.app, &other, id).await.is_err(), "another unit's list");
        test.close().await;
    }
}
