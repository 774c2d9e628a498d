//! Labels of things in store, printed again: the old copy is dead at once, the new one is bound by a scan, and only then is it an entry.

use super::scene::{COAT, PHONES, Scene};
use crate::support::ENGINES;
use hufu::custody::{
    Error, counter, items,
    reprint::{self, Reprint},
};
use hufu_wire::message::{JobState, Verdict};

impl Scene {
    fn wish(&self, lines: &[usize], reason: &str) -> Reprint {
        let items = lines.iter().map(|line| self.items[*line]).collect();
        Reprint { station: self.station.id, items, reason: reason.to_owned() }
    }

    async fn refused(&self, lines: &[usize], reason: &str) -> String {
        let wish = self.wish(lines, reason);
        reprint::reprint(&self.t.app, &self.me, &wish).await.unwrap_err().code().to_owned()
    }
}

#[tokio::test]
async fn a_label_in_store_gives_way_to_the_copy_that_is_scanned_back() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let slot = it.t.city.slots[0];
        for line in [PHONES, COAT] {
            it.receive(line, slot).await;
        }
        counter::close_case(&it.t.app, &it.me, it.station.id).await.unwrap();
        assert_eq!(it.refused(&[PHONES, COAT], " ").await, "reprint_needs_reason");
        assert_eq!(it.refused(&[], "标签破损").await, "how_many_labels");
        let told = reprint::reprint(&it.t.app, &it.me, &it.wish(&[PHONES, COAT], "标签破损")).await.unwrap();
        let ordered: Vec<u32> = told.iter().map(|it| it.ordered.as_ref().unwrap().copy).collect();
        assert_eq!((ordered, told[0].copy), (vec![2, 2], 1));
        assert_eq!(it.refused(&[PHONES], "又破").await, "label_on_its_way");
        let shown = reprint::standings(&it.t.app, &it.me, &[it.items[PHONES]]).await.unwrap();
        assert!(shown[0].ordered.is_some(), "its page is there while the printer is busy");
        // The old copy is dead from the order on; the new one binds nothing before it is out.
        it.job_is(PHONES, JobState::Sent).await;
        assert_eq!(it.scan_copy(PHONES, 1).await.verdict, Verdict::Refused);
        assert_eq!(it.entries("replace_label").await, 0);
        let bound = it.scan_copy(PHONES, 2).await;
        assert_eq!((bound.verdict, it.entries("replace_label").await), (Verdict::Accepted, 1));
        assert!(bound.sentence.contains("第 2 张"), "{}", bound.sentence);
        // Scanned once more, it is looked up like any label.
        assert_eq!(it.scan_copy(PHONES, 2).await.verdict, Verdict::Accepted);
        assert_eq!(it.entries("replace_label").await, 1);
        let view = items::show(&it.t.app, &it.me, it.items[PHONES]).await.unwrap();
        assert_eq!(view.label_copy, Some(2));
        assert!(view.corrections.is_empty(), "a newer copy is no correction: {:?}", view.corrections);
        it.t.close().await;
    }
}

#[tokio::test]
async fn only_the_custodians_of_the_store_print_labels_of_what_lies_there() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.receive(PHONES, it.t.city.slots[0]).await;
        let wish = it.wish(&[PHONES], "标签破损");
        let officer = it.t.person("zhang").await;
        let no = reprint::reprint(&it.t.app, &officer, &wish).await.unwrap_err();
        assert!(matches!(no, Error::Forbidden(_)), "{no:?}");
        assert_eq!(it.refused(&[COAT], "标签破损").await, "thing_without_label");
        it.t.close().await;
    }
}
