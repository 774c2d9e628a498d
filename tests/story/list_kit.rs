//! Lists as pages show them: narrowed by any word and by column, sorted by their heads, exported as they are, and acted on by ticking.

use crate::support::{
    ENGINES, TestApp,
    browser::{self, Browser},
};
use hufu::{
    clock::Span,
    custody::{
        Error, case_papers, handover,
        loan::{self, LoanRequest},
        offer::{self, NewOffer},
    },
    id::ItemId,
    ledger::{HandoverPurpose, Measure},
};

/// How many times a text stands in another.
fn times(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

/// Whether a row of a table is about this.
fn row(page: &str, name: &str) -> bool {
    page.split("<th scope=\"row\"").skip(1).any(|cell| cell.contains(&format!(">{name}</a>")))
}

#[tokio::test]
async fn a_list_is_narrowed_sorted_and_exported_as_its_address_says() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let case = test.case("A-7").await;
        let [a1, a2, ..] = test.city.slots[..] else { unreachable!() };
        let things = [("手机", Measure::Piece, 1, a1), ("电脑", Measure::Piece, 1, a2)];
        let things = test.lying(case, &things).await;
        for (thing, slot) in things.iter().zip([a1, a2]) {
            test.lent(thing.item, 1, slot).await;
        }
        let served = browser::serve(&test.app).await;
        let mut lin = Browser::logged_in(&served, "lin").await;
        let all = lin.get("/loans").await.body;
        assert!(row(&all, "手机") && row(&all, "电脑") && !all.contains("aria-sort="));
        let one = lin.get("/loans?q=%E6%89%8B%E6%9C%BA").await.body;
        assert!(row(&one, "手机") && !row(&one, "电脑"), "any column holds the word");
        let one = lin.get("/loans?f.name=%E7%94%B5%E8%84%91&sort=-name").await.body;
        assert!(row(&one, "电脑") && !row(&one, "手机") && one.contains("aria-sort=\"descending\""));
        let nothing = lin.get("/loans?q=nowhere").await;
        assert!(nothing.status == 200 && nothing.body.contains("没有符合条件的记录"));
        for address in ["/loans?as=xlsx", "/handovers?as=xlsx", "/reconciliation?as=xlsx", "/counts?as=xlsx"]
        {
            let sheet = lin.get(address).await;
            assert!(sheet.status == 200 && sheet.body.starts_with("PK"), "{address}");
        }
        for address in ["/cases?as=xlsx", "/ledger?as=xlsx", "/stores?as=xlsx", "/corrections?as=xlsx"] {
            assert!(lin.get(address).await.body.starts_with("PK"), "{address}");
        }
        // The other list of the page has addresses of its own, and what is looked for in it leaves this one alone.
        let zhang = test.person("zhang").await;
        let third = test.lying(case, &[("相机", Measure::Piece, 1, a1)]).await[0].item;
        let due_at = test.app.clock.now().plus(Span::days(3));
        let wish =
            LoanRequest { items: vec![third], borrower: zhang.id, purpose: "辨认".to_owned(), due_at };
        loan::ask(&test.app, &zhang, &wish).await.unwrap();
        let both = lin.get("/loans").await.body;
        assert!(row(&both, "相机") && both.contains("of=requests&amp;sort="), "{both}");
        assert!(both.contains("of=requests&amp;as=xlsx"), "{both}");
        let other = lin.get("/loans?of=requests&q=nowhere").await.body;
        assert!(row(&other, "手机") && row(&other, "电脑") && !row(&other, "相机"));
        assert!(other.contains("name=\"of\" value=\"requests\""), "the next search asks the same list");
        // The form by which a thing comes back stands above the list, once.
        let form = lin.get(&format!("/loans?returning={}", things[0].item)).await.body;
        assert_eq!(times(&form, "action=\"/loans/return\""), 1);
        let stranger = lin.get("/loans?returning=01890000-0000-7000-8000-000000000000").await;
        assert!(stranger.status == 200 && !stranger.body.contains("action=\"/loans/return\""));
        drop(served);
        test.close().await;
    }
}

#[tokio::test]
async fn what_is_ticked_goes_on_an_offer_of_its_own() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (case, other) = (test.case("A-7").await, test.case("A-8").await);
        let slot = test.city.slots[0];
        let thing = |name| (name, Measure::Piece, 1, slot);
        let things: Vec<ItemId> = test
            .lying(case, &[thing("手机"), thing("电脑"), thing("相机")])
            .await
            .iter()
            .map(|it| it.item)
            .collect();
        let elsewhere: Vec<ItemId> =
            test.lying(other, &[thing("戒指")]).await.iter().map(|it| it.item).collect();
        let (app, zhang, qian) = (&test.app, test.person("zhang").await, test.person("qian").await);
        assert_eq!(offer::case_of(app, &zhang, &things[..2]).await.unwrap(), case);
        let refused = |answer: Result<_, Error>| answer.err().map(|error: Error| error.code());
        let mixed = [things[0], elsewhere[0]];
        assert_eq!(refused(offer::case_of(app, &zhang, &mixed).await), Some("several_cases"));
        assert_eq!(refused(offer::case_of(app, &qian, &things).await), Some("nothing_chosen"));
        let lin = test.person("lin").await;
        assert_eq!(refused(offer::case_of(app, &lin, &things).await), Some("not_your_role"));

        let served = browser::serve(app).await;
        let mut page = Browser::logged_in(&served, "zhang").await;
        let ids = things.iter().map(ItemId::to_string).collect::<Vec<_>>();
        let ticked = [("item", ids[0].as_str()), ("item", ids[2].as_str()), ("back", "/items")];
        let to = page.post("/items", "/items/offer", &ticked).await;
        assert!(to.status == 303 && to.location.starts_with("/handovers/new?case="), "{to:?}");
        let form = page.get(&to.location).await.body;
        assert_eq!(times(&form, "name=\"item\""), 2, "{form}");
        let receiver = format!("to_prosecution:{}", test.city.procuratorate);
        let case_text = case.to_string();
        let fields = [
            ("case", case_text.as_str()),
            ("to", receiver.as_str()),
            ("item", ids[0].as_str()),
            ("item", ids[2].as_str()),
        ];
        let draft = page.post(&to.location, "/handovers", &fields).await;
        assert!(draft.status == 303, "{draft:?}");
        let draft = draft.location.trim_start_matches("/handovers/").parse().unwrap();
        let lines = handover::handover(app, &zhang, draft).await.unwrap().lines;
        assert_eq!(lines.len(), 2, "the third stays out until somebody puts it in");
        let new =
            NewOffer { case, purpose: HandoverPurpose::ToProsecution, to_unit: test.city.procuratorate };
        let again = offer::draft_offer_of(app, &zhang, new, &things[1..2]).await;
        assert_eq!(again.err().map(|error| error.code()), Some("drafted_already"));
        let none = offer::draft_offer_of(app, &zhang, new, &[]).await;
        assert_eq!(none.err().map(|error| error.code()), Some("not_chosen"));
        // What is ticked begins a request for a loan or a disposal too; nothing ticked is said on the list.
        for (act, form) in
            [("/items/borrow", "/loans/new?items="), ("/items/dispose", "/disposals/new?items=")]
        {
            let to = page.post("/items", act, &ticked).await;
            assert!(to.status == 303 && to.location.starts_with(form), "{to:?}");
            let form = page.get(&to.location).await.body;
            assert_eq!(times(&form, "name=\"item\""), 2, "{form}");
            let none = page.post("/items", act, &[("back", "/items")]).await;
            assert!(none.body.contains("没有勾选财物"), "{}", none.status);
        }
        // A refusal keeps the list as it was.
        let mixed =
            [("item", ids[0].as_str()), ("item", &elsewhere[0].to_string()), ("back", "/items?sort=name")];
        let back = page.post("/items", "/items/offer", &mixed).await;
        assert!(
            back.status == 200
                && back.body.contains("属于几个案件")
                && back.body.contains("aria-sort=\"ascending\"")
        );
        drop(served);
        test.close().await;
    }
}

#[tokio::test]
async fn the_folder_of_a_case_is_for_whoever_sees_the_case() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let case = test.case("A-7").await;
        test.lying(case, &[("手机", Measure::Piece, 1, test.city.slots[0])]).await;
        let papers = case_papers::case_papers(&test.app, &test.person("zhang").await, case).await.unwrap();
        assert!(papers.handovers.is_empty() && papers.suspect.is_none());
        let stranger = test.person("qian").await;
        let refused = case_papers::case_papers(&test.app, &stranger, case).await.unwrap_err();
        assert_eq!(refused.code(), "not_found");
        test.close().await;
    }
}
