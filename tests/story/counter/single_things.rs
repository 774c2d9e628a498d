//! A line of several pieces becomes single things, each with a label of its own.

use super::{
    pages::Browser,
    scene::{COAT, DRUG, PHONES, Scene, label},
};
use crate::support::{self, ENGINES, city::PASSWORD};
use hufu::{
    custody::{
        counter::{
            self, AtCounter,
            itemise::{ItemiseLine, itemise},
            line::{self, Photograph},
            steps, tray,
        },
        delivery,
    },
    domain::{Code, CodeKind, counter::LineState},
    store::places,
};
use hufu_wire::message::Verdict;

impl Scene {
    /// The numbers of the scene's own things were not taken from the row of numbers.
    async fn numbers_taken(&self) {
        let mut tx = self.t.app.db.write().await.unwrap();
        places::take_numbers(&mut tx, "W26", 100).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn itemise(&self, line: usize) -> Result<u64, String> {
        let wish = ItemiseLine { at: self.at(line), request: None };
        match itemise(&self.t.app, &self.me, &wish).await {
            Ok(done) => Ok(done.seq),
            Err(error) => Err(error.code().to_owned()),
        }
    }
}

#[tokio::test]
async fn a_line_of_two_phones_becomes_two_phones_with_a_label_each() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.numbers_taken().await;
        it.printed(PHONES).await;
        line::set_remark(&it.t.app, &it.me, it.at(PHONES), "外包装完好").await.unwrap();
        assert_eq!(it.view().await.picked.unwrap().pieces, Some(2));
        it.itemise(PHONES).await.unwrap();
        // The line is gone from the list; the label that was printed for it is dead.
        let view = it.view().await;
        assert_eq!((view.lines.len(), view.lines_owed), (5, 5));
        let phones: Vec<_> = view.lines.iter().filter(|line| line.paper_line == 1).cloned().collect();
        assert_eq!(phones.len(), 2);
        assert_eq!(view.picked.unwrap().item, phones[0].item, "the first of them is in hand");
        let dead = it.scan(&label(PHONES)).await;
        assert_eq!(dead.verdict, Verdict::Refused);
        assert!(dead.sentence.contains("逐件登记"), "{}", dead.sentence);
        assert_eq!(it.itemise(PHONES).await.unwrap_err(), "itemised");
        let kept = counter::view::case(&it.t.app, &it.me, it.station.id, it.case).await.unwrap();
        assert_eq!(kept.picked.unwrap().draft.remark.as_deref(), Some("外包装完好"));
        // One of them comes, by its own label; the other stays owed and stands on the delivery as missing.
        tray::use_tray(&it.t.app, &it.me, it.station.id, true).await.unwrap();
        tray::print_all(&it.t.app, &it.me, it.station.id).await.unwrap();
        it.items.extend(phones.iter().map(|phone| phone.item));
        let first = it.items.len() - 2;
        it.printed(first).await;
        let (_, serial) = phones[0].number.split_once('-').unwrap();
        let code = Code::new(CodeKind::Item, "26", serial.parse().unwrap()).printed();
        assert_eq!(it.scan(&code).await.verdict, Verdict::Accepted);
        let answer = it.scan_slot(it.t.city.slots[0]).await;
        assert_eq!(answer.verdict, Verdict::Accepted, "{}", answer.sentence);
        let view = it.view().await;
        let state = |item| view.lines.iter().find(|line| line.item == item).map(|line| line.state);
        assert_eq!(state(phones[0].item), Some(LineState::InSlot));
        assert_eq!((view.lines.len(), view.lines_owed), (5, 4));
        let delivery = counter::close_case(&it.t.app, &it.me, it.station.id).await.unwrap().unwrap();
        let told = delivery::delivery(&it.t.app, &it.me, delivery.seq).await.unwrap();
        let missing: Vec<&str> = told.missing.iter().map(|line| line.number.as_str()).collect();
        assert!(missing.contains(&phones[1].number.as_str()), "{missing:?}");
        assert_eq!(missing.len(), 4, "and the line itself is missing no more: {missing:?}");
        it.t.close().await;
    }
}

#[tokio::test]
async fn what_cannot_be_single_things_stays_one_line() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.numbers_taken().await;
        it.printed(PHONES).await;
        for line in [DRUG, COAT] {
            it.pick(line).await;
            assert_eq!(it.view().await.picked.unwrap().pieces, None);
            assert_eq!(it.itemise(line).await.unwrap_err(), "not_counted");
        }
        it.pick(PHONES).await;
        it.scan_label(PHONES).await;
        assert_eq!(it.itemise(PHONES).await.unwrap_err(), "line_is_labelled");
        assert_eq!(it.entries("itemise").await, 0);
        it.t.close().await;
    }
}

#[tokio::test]
async fn the_same_request_itemises_once() {
    for engine in ENGINES {
        let it = Scene::open(engine).await;
        it.numbers_taken().await;
        let at: AtCounter = it.at(PHONES);
        let request = Some(it.t.app.ids.new_id());
        let first = itemise(&it.t.app, &it.me, &ItemiseLine { at, request }).await.unwrap();
        let again = itemise(&it.t.app, &it.me, &ItemiseLine { at, request }).await.unwrap();
        assert_eq!((first, it.entries("itemise").await), (again, 1));
        let other = ItemiseLine { at: it.at(COAT), request };
        assert_eq!(itemise(&it.t.app, &it.me, &other).await.unwrap_err().code(), "id_taken");
        it.t.close().await;
    }
}

#[tokio::test]
async fn one_picture_holds_for_all_alike_and_a_second_person_for_what_they_saw() {
    for engine in ENGINES {
        let it = Scene::open(engine).await;
        it.numbers_taken().await;
        it.itemise(PHONES).await.unwrap();
        let view = it.view().await;
        let (first, other) = (view.picked.unwrap().item, view.lines[1].item);
        assert_ne!(first, other);
        let at = AtCounter { station: it.station.id, item: first };
        let content = support::jpeg(&[7]);
        line::add_photograph(&it.t.app, &it.me, &Photograph { at, content: &content }).await.unwrap();
        steps::confirm_second(&it.t.app, &it.me, at, ("lin", PASSWORD)).await.unwrap();
        assert_eq!(tray::same_for_alike(&it.t.app, &it.me, at).await.unwrap(), 1, "the other phone alone");
        counter::pick(&it.t.app, &it.me, AtCounter { item: other, ..at }).await.unwrap();
        let draft = it.view().await.picked.unwrap().draft;
        assert_eq!((draft.photographs.len(), draft.second), (1, None));
        it.t.close().await;
    }
}

#[tokio::test]
async fn the_page_itemises_and_offers_no_paper_of_it() {
    for engine in ENGINES {
        let it = Scene::open(engine).await;
        it.numbers_taken().await;
        let browser = Browser::open(&it).await;
        let counter = format!("/counter/{}", it.case);
        let (_, page) = browser.get(&counter).await;
        assert!(page.contains("逐件登记为 2 件"), "{page}");
        let item = it.items[PHONES].to_string();
        let (status, head, _) = browser.post(&format!("{counter}/itemise"), &[("item", &item)]).await;
        assert_eq!(status, 303, "{head}");
        let to = head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
        let (status, page) = browser.get(to).await;
        assert!(status == 200 && page.contains("已记入账本"), "{page}");
        assert!(!page.contains("/papers/"), "an itemised line has no paper of its own: {page}");
        it.t.close().await;
    }
}
