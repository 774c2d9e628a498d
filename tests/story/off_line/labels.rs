//! Labels printed ahead: ordered, claimed by the first scan, voided, accounted for.

use super::{block, code, ordered, person, phones, yesterday};
use crate::{
    counter::scene::{CASH, COAT, DRUG, PHONES, Scene},
    support::ENGINES,
};
use hufu::{
    custody::{
        blank::{self, Order},
        counter,
        roster::NewStanding,
    },
    domain::off_line::BlockPurpose,
};
use hufu_wire::{
    FromServer,
    message::{JobState, Observation, Verdict},
};

#[tokio::test]
async fn a_roll_is_printed_claimed_by_its_first_scan_and_accounted_for() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let (id, codes) = ordered(&it, BlockPurpose::Roll, 5).await;
        let orders = super::told(&it).await;
        let jobs: Vec<_> = orders
            .iter()
            .filter_map(|order| match order {
                FromServer::Print { job, title, .. } if title.starts_with('P') => Some((*job, title.clone())),
                _ => None,
            })
            .collect();
        assert_eq!(jobs.len(), 5);
        assert_eq!(jobs[0].1, codes[0][..11]);
        for (job, _) in &jobs {
            it.observe(Observation::Job { job: *job, device: None, state: JobState::Confirmed }).await;
        }
        assert!(
            !super::told(&it)
                .await
                .iter()
                .any(|order| matches!(order, FromServer::Print { title, .. } if title.starts_with('P')))
        );

        it.pick(PHONES).await;
        let heard = it.scan(&codes[0]).await;
        assert_eq!(heard.verdict, Verdict::Accepted, "{}", heard.sentence);
        assert_eq!(it.scan(&codes[0]).await.verdict, Verdict::Repeated);
        assert_eq!(it.scan(&codes[1]).await.verdict, Verdict::Refused, "the line has a label already");
        assert_eq!(it.scan_slot(it.t.city.slots[0]).await.verdict, Verdict::Accepted);
        assert_eq!(it.in_hand().await, Some(DRUG));
        assert_eq!(it.scan(&codes[0]).await.verdict, Verdict::Repeated, "the last one's label again");
        // The third is taken, the second passed over.
        assert_eq!(it.scan(&codes[2]).await.verdict, Verdict::Accepted);
        assert_eq!(it.scan_slot(it.t.city.vault_slots[0]).await.verdict, Verdict::Accepted);
        let heard = it.scan(&codes[2]).await;
        assert_eq!(heard.verdict, Verdict::Repeated, "{}", heard.sentence);
        it.pick(COAT).await;
        let heard = it.scan(&codes[0]).await;
        assert_eq!(heard.verdict, Verdict::Refused, "on the phones already: {}", heard.sentence);
        let now = block(&it, id).await;
        assert_eq!((now.issued, now.claimed, now.void, now.to_come, now.missing), (5, 2, 0, 2, 1));
        blank::void(&it.t.app, &it.me, &codes[1], "撕破").await.unwrap();
        blank::void(&it.t.app, &it.me, &codes[1], "撕破").await.unwrap();
        let now = block(&it, id).await;
        assert_eq!((now.claimed, now.void, now.to_come, now.missing), (2, 1, 2, 0));
        let heard = it.scan(&codes[1]).await;
        assert!(heard.verdict == Verdict::Refused && heard.sentence.contains("撕破"), "{}", heard.sentence);
        it.t.close().await;
    }
}

#[tokio::test]
async fn spoiled_labels_are_voided_by_scan_and_never_come_back() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let (id, codes) = ordered(&it, BlockPurpose::Roll, 4).await;
        it.pick(CASH).await;
        assert_eq!(it.scan(&codes[3]).await.verdict, Verdict::Accepted);
        let app = it.t.app.clone();
        let refused = blank::begin_voiding(&app, &it.me, it.station.id, " ").await.unwrap_err();
        assert_eq!(refused.code(), "reason_missing");
        blank::begin_voiding(&app, &it.me, it.station.id, "打印模糊").await.unwrap();
        assert_eq!(it.scan(&codes[0]).await.verdict, Verdict::Accepted);
        assert_eq!(it.scan(&codes[0]).await.verdict, Verdict::Repeated);
        // On a line that is not received yet: it comes off, and the line needs another.
        assert_eq!(it.scan(&codes[3]).await.verdict, Verdict::Accepted);
        assert_eq!(it.scan_slot(it.t.city.slots[0]).await.verdict, Verdict::Refused, "a slot is no label");
        assert_eq!(it.scan(&code("P26-9999999")).await.verdict, Verdict::Unknown);
        counter::close_case(&app, &it.me, it.station.id).await.unwrap();
        it.open_case().await.unwrap();
        it.pick(CASH).await;
        assert!(it.view().await.picked.unwrap().draft.bound.is_none());
        let heard = it.scan(&codes[0]).await;
        assert!(
            heard.verdict == Verdict::Refused && heard.sentence.contains("打印模糊"),
            "{}",
            heard.sentence
        );
        let now = block(&it, id).await;
        assert_eq!((now.claimed, now.void, now.to_come, now.missing), (0, 2, 2, 0));

        // One that is on a thing taken in elsewhere can be claimed by nothing else, nor voided.
        yesterday(&it, &it.station, 90, Observation::Received(phones(&it, &codes[1]).await)).await;
        let heard = it.scan(&codes[1]).await;
        assert!(
            heard.verdict == Verdict::Refused && heard.sentence.contains("离线收件"),
            "{}",
            heard.sentence
        );
        let refused = blank::void(&app, &it.me, &codes[1], "x").await.unwrap_err();
        assert_eq!(refused.code(), "label_on_a_thing");
        // A station says by itself that one is spoiled.
        let what = Observation::Spoiled { code: codes[2].clone(), reason: "卡纸".to_owned() };
        yesterday(&it, &it.station, 91, what).await;
        assert_eq!(block(&it, id).await.void, 3);
        it.t.close().await;
    }
}

#[tokio::test]
async fn others_find_no_labels_here_and_a_block_has_its_limits() {
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let app = &it.t.app;
        let (id, codes) = ordered(&it, BlockPurpose::OffLine, 1).await;
        for (login, expected) in [("zhang", "not_your_role"), ("admin", "not_your_role")] {
            let refused = blank::block(app, &person(&it, login).await, id).await.unwrap_err();
            assert_eq!(refused.code(), expected, "{login}");
        }
        let zheng = person(&it, "zheng").await;
        assert!(!blank::block(app, &zheng, id).await.unwrap().may_void, "an auditor looks");
        assert_eq!(blank::void(app, &zheng, &codes[0], "x").await.unwrap_err().code(), "not_your_role");
        let order = Order { station: it.station.id, purpose: BlockPurpose::Roll, labels: 0 };
        for (order, code) in [
            (order, "block_size"),
            (Order { labels: 201, ..order }, "block_size"),
            (Order { station: it.t.city.police_station, labels: 1, ..order }, "not_found"),
        ] {
            let refused = blank::order(app, &it.me, app.ids.new_id(), order).await.unwrap_err();
            assert_eq!(refused.code(), code);
        }
        // The same order again is the same block.
        let order = Order { labels: 2, ..order };
        let request = app.ids.new_id();
        let once = blank::order(app, &it.me, request, order).await.unwrap();
        assert_eq!(blank::order(app, &it.me, request, order).await.unwrap(), once);
        assert_eq!(blank::blocks(app, &it.me).await.unwrap().len(), 2);
        assert_eq!(blank::void(app, &it.me, "W26-0000001", "x").await.unwrap_err().code(), "not_found");
        it.t.close().await;
    }
}

#[tokio::test]
async fn spare_labels_are_refilled_when_half_are_used() {
    for engine in ENGINES {
        let it = Scene::open(engine).await;
        let app = &it.t.app;
        let (id, codes) = ordered(&it, BlockPurpose::OffLine, 4).await;
        let blocks = || async { blank::blocks(app, &it.me).await.unwrap() };
        let refill = || async { hufu::jobs::refill::refill(app).await.unwrap() };
        for text in &codes[..3] {
            blank::void(app, &it.me, text, "撕破").await.unwrap();
        }
        assert_eq!(refill().await, 0, "the station has not said that it keeps them");
        yesterday(&it, &it.station, 1, Observation::BlanksKept { block: id.0 }).await;
        assert_eq!(refill().await, 1);
        assert_eq!(refill().await, 0, "the second is on its way");
        let given = blocks().await.into_iter().find(|block| block.follows == Some(id)).unwrap();
        assert_eq!((given.issued, given.to_come, given.station), (4, 4, it.station.id));
        let kept = |order: &FromServer| match order {
            FromServer::Blanks { block, labels } => *block == given.id.0 && labels.len() == 4,
            _ => false,
        };
        assert!(super::told(&it).await.iter().any(kept));
        yesterday(&it, &it.station, 2, Observation::BlanksKept { block: given.id.0 }).await;
        assert_eq!(refill().await, 0, "one is left of the first, and four");
        let roll = ordered(&it, BlockPurpose::Roll, 2).await;
        for text in &roll.1 {
            blank::void(app, &it.me, text, "撕破").await.unwrap();
        }
        assert_eq!(refill().await, 0, "nobody wants a roll by itself");
        for label in &blank::block(app, &it.me, given.id).await.unwrap().labels {
            blank::void(app, &it.me, &code(&label.number), "受潮").await.unwrap();
        }
        it.t.becomes(&it.me.login, NewStanding::Closed).await;
        assert_eq!(refill().await, 0, "who ordered them is gone");
        assert_eq!(blocks().await.len(), 3);
        it.t.close().await;
    }
}
