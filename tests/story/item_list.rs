//! The list of items: sorted, paged, added up, kept as each person likes it, exported, and worked on by ticking.

use crate::support::{ENGINES, TestApp, browser, browser::Browser};
use hufu::{
    custody::{
        Error, items,
        items::{Filter, Sort},
        moves::{self, MoveTogether},
        photographs,
    },
    domain::Person,
    id::ItemId,
    ledger::Measure,
};

const NAMES: [&str; 7] = ["手机", "相机", "戒指", "手机", "毒品", "皮包", "手套"];

/// Seven things in the first slot, two of them of one name.
async fn seven(test: &TestApp) -> Vec<ItemId> {
    let case = test.case("A-91").await;
    let slot = test.city.slots[0];
    let things: Vec<_> = NAMES
        .iter()
        .map(|name| match *name {
            "毒品" => (*name, Measure::Milligram, 12_350, slot),
            name => (name, Measure::Piece, 1, slot),
        })
        .collect();
    test.lying(case, &things).await.into_iter().map(|thing| thing.item).collect()
}

/// Every page of two, one after the other.
async fn walked(test: &TestApp, me: &Person, filter: &Filter) -> Vec<(String, String)> {
    let mut filter = Filter { limit: 2, ..filter.clone() };
    let mut all = Vec::new();
    loop {
        let mut page = items::list(&test.app, me, &filter).await.unwrap();
        let more = page.len() > 2;
        page.truncate(2);
        filter.after = page.last().map(|last| items::cursor(&filter, last));
        all.extend(page.into_iter().map(|line| (line.name, line.number)));
        if !more {
            return all;
        }
    }
}

#[tokio::test]
async fn every_order_walks_over_all_things_once() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        seven(&test).await;
        let me = test.person("zhang").await;
        let filter = Filter::default();
        let mut numbers: Vec<String> = walked(&test, &me, &filter).await.into_iter().map(|it| it.1).collect();
        assert!(numbers.len() == 7 && numbers.is_sorted_by(|one, next| one > next), "newest first");
        numbers.sort_unstable();
        for sort in Sort::ALL {
            let [mut up, mut down] = [Vec::new(), Vec::new()];
            for (ascending, found) in [(true, &mut up), (false, &mut down)] {
                *found = walked(&test, &me, &Filter { sort: *sort, ascending, ..filter.clone() }).await;
                let mut each: Vec<String> = found.iter().map(|it| it.1.clone()).collect();
                each.sort_unstable();
                assert_eq!(each, numbers, "{sort:?} {ascending}");
            }
            down.reverse();
            assert_eq!(up, down, "{sort:?}");
        }
        let by_name =
            walked(&test, &me, &Filter { sort: Sort::Name, ascending: true, ..filter.clone() }).await;
        let telephones: Vec<usize> =
            by_name.iter().enumerate().filter(|(_, it)| it.0 == "手机").map(|(at, _)| at).collect();
        assert_eq!(telephones[1], telephones[0] + 1, "things of one name stand together");
        test.close().await;
    }
}

#[tokio::test]
async fn a_list_says_how_many_there_are_and_what_they_add_up_to() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        seven(&test).await;
        let me = test.person("zhang").await;
        let hits = items::hits(&test.app, &me, &Filter::default()).await.unwrap();
        assert_eq!((hits.items, hits.more), (7, false));
        assert!(hits.sums.iter().any(|sum| sum.amount.ends_with("12.35 克")), "{:?}", hits.sums);
        let search = Filter { search: "手机".to_owned(), ..Filter::default() };
        assert_eq!(items::hits(&test.app, &me, &search).await.unwrap().items, 2);
        let mine = Filter { responsible: Some(me.unit), ..Filter::default() };
        assert_eq!(items::hits(&test.app, &me, &mine).await.unwrap().items, 7);
        let other = test.person("qian").await;
        let theirs = Filter { responsible: Some(other.unit), ..Filter::default() };
        assert_eq!(items::hits(&test.app, &me, &theirs).await.unwrap().items, 0);
        assert_eq!(
            items::hits(&test.app, &other, &Filter::default()).await.unwrap().items,
            0,
            "not theirs to see"
        );
        test.close().await;
    }
}

#[tokio::test]
async fn what_is_ticked_goes_into_a_slot_together() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let things = seven(&test).await;
        let lin = test.person("lin").await;
        let owed =
            test.seized(test.case("A-92").await, &[("箱子", Measure::Piece, 1, test.city.slots[0])]).await;
        let wish = |to: &str, items: &[ItemId]| MoveTogether {
            items: items.to_vec(),
            to: to.to_owned(),
            reason: None,
        };
        let code = async |to: &str, who: &Person, items: &[ItemId]| {
            moves::move_together(&test.app, who, &wish(to, items)).await.map_err(|error| error.code())
        };
        assert_eq!(code("Z-99", &lin, &things[..2]).await.unwrap_err(), "which_slot");
        let zhang = test.person("zhang").await;
        assert!(matches!(
            moves::move_together(&test.app, &zhang, &wish("A-02", &things[..2])).await,
            Err(Error::Forbidden(_))
        ));
        let together = [things[0], things[1], owed[0].item];
        let moved = code("A-02", &lin, &together).await.unwrap();
        let done: Vec<bool> = moved.things.iter().map(|(_, done)| done.is_ok()).collect();
        assert_eq!((moved.slot.ends_with("A-02"), done), (true, vec![true, true, false]));
        let place =
            async |item| items::show(&test.app, &lin, item).await.unwrap().line.places[0].slot.clone();
        assert_eq!((place(things[0]).await, place(things[2]).await), ("A-02".to_owned(), "A-01".to_owned()));
        // By the slot's label, as a scanner types it.
        let label = test.slot_code(test.city.slots[2]).await;
        code(&label, &lin, &things[3..4]).await.unwrap();
        assert_eq!(place(things[3]).await, "A-03");
        test.close().await;
    }
}

#[tokio::test]
async fn the_page_sorts_keeps_columns_exports_and_moves() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let things = seven(&test).await;
        let served = browser::serve(&test.app).await;
        let mut lin = Browser::logged_in(&served, "lin").await;
        for language in ["en", "zh"] {
            lin.get(&format!("/language?to={language}&back=/items")).await;
            let page = lin.get("/items?sort=name").await;
            assert!(page.status == 200 && page.body.len() < 60_000, "{}", page.body.len());
            assert!(page.body.contains("aria-sort=\"ascending\"") && page.body.contains("sort=-name"));
            assert_eq!(lin.get(&format!("/items/{}", things[0])).await.status, 200);
        }
        assert!(!lin.get("/items").await.body.contains("of-seal"));
        let chosen = [("table", "items"), ("back", "/items"), ("column", "number"), ("column", "seal")];
        lin.post("/items", "/columns", &chosen).await;
        let page = lin.get("/items").await.body;
        assert!(page.contains("of-seal") && page.contains("of-name") && !page.contains("of-place"), "{page}");
        let sheet = lin.get("/items?q=%E6%89%8B%E6%9C%BA&as=xlsx").await;
        assert!(sheet.status == 200 && sheet.body.starts_with("PK"));
        let moving = [
            ("item", things[0].0.to_string()),
            ("to", "A-02".to_owned()),
            ("back", "/items?q=%E6%89%8B%E6%9C%BA".to_owned()),
        ];
        let moving: Vec<(&str, &str)> = moving.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = lin.post("/items", "/items/move", &moving).await;
        assert!(answer.body.contains("已移入") && answer.body.contains("共 2 件"), "{}", answer.body);
        drop(served);
        test.close().await;
    }
}

#[tokio::test]
async fn a_small_photograph_is_for_whoever_sees_the_thing() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let things = seven(&test).await;
        let zhang = test.person("zhang").await;
        let digest =
            items::list(&test.app, &zhang, &Filter::default()).await.unwrap()[0].photograph.clone().unwrap();
        assert!(items::show(&test.app, &zhang, things[6]).await.unwrap().photographs[0].digest == digest);
        let small = photographs::listed(&test.app, &zhang, &digest).await.unwrap();
        assert!(small.starts_with(&[0xFF, 0xD8]) && small.len() <= 20_000);
        let stranger = test.person("qian").await;
        assert_eq!(photographs::listed(&test.app, &stranger, &digest).await.unwrap_err().code(), "not_found");
        test.close().await;
    }
}
