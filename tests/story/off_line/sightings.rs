//! A count that was made without a server, and scans that come too late to be acted on.

use super::{other_station, yesterday};
use crate::{counter::scene::Scene, counter::scene::label, support::ENGINES};
use hufu::{
    clock::Span,
    custody::{self, count, counter, off_line},
    store::counts,
};
use hufu_wire::message::{Event, Observation, Sighting, Verdict};
use uuid::Uuid;

#[tokio::test]
async fn a_count_made_off_line_is_compared_with_the_book_of_its_time() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        let (a1, a2) = (it.t.city.slots[0], it.t.city.slots[1]);
        it.receive(0, a1).await;
        it.receive(3, a1).await;
        counter::close_case(&it.t.app, &it.me, it.station.id).await.unwrap();
        it.t.app.clock.advance(Span::hours(1));
        let counted_at = it.t.app.clock.now();
        it.t.app.clock.advance(Span::minutes(5));
        // The coat is moved, in the book and on the shelf, before the count arrives.
        it.scan(&label(3)).await;
        assert_eq!(it.scan_slot(a2).await.verdict, Verdict::Accepted);
        it.t.app.clock.advance(Span::days(2));

        let session = Uuid::from_u128(77);
        let slot = it.code_of(a1).await;
        let station = other_station(&it).await;
        let seen = |number: u64, code: &str| Event {
            number,
            observed_at: counted_at.plus(Span::seconds(number as i64)).0,
            what: Observation::Counted(Sighting {
                count: session,
                slot: slot.clone(),
                code: code.to_owned(),
                by: "陈静".to_owned(),
            }),
        };
        let events = [
            seen(1, &slot),
            seen(2, &label(0)),
            seen(3, &label(0)),
            seen(4, &label(3)),
            seen(5, "6901234567892"),
        ];
        for _ in 0..2 {
            custody::observe_all(&it.t.app, &station, &events.clone().map(Into::into)).await.unwrap();
        }
        let list = off_line::list(&it.t.app, &it.me).await.unwrap();
        assert_eq!(
            (list.counts.len(), list.counts[0].seen, list.counts[0].counted_by.as_str()),
            (1, 5, "陈静")
        );

        let id = off_line::place(&it.t.app, &it.me, session).await.unwrap();
        assert_eq!(off_line::place(&it.t.app, &it.me, session).await.unwrap(), id, "once");
        assert!(off_line::list(&it.t.app, &it.me).await.unwrap().counts.is_empty());
        let mut tx = it.t.app.db.read().await.unwrap();
        let begun = counts::count(&mut tx, id).await.unwrap().unwrap();
        drop(tx);
        assert_eq!(
            (begun.as_of, begun.zone.as_deref(), begun.started_at),
            (it.t.nth(5), Some("A"), counted_at.plus(Span::seconds(1)))
        );
        let lin = it.t.person("lin").await;
        let statement = count::finish(&it.t.app, &lin, id).await;
        assert!(statement.is_ok(), "{statement:?}");
        // Two were expected in A-01 and seen there; the code that nobody knows is the only difference.
        let classes: Vec<String> = it.differences().await.into_iter().map(|it| it.0).collect();
        assert_eq!(classes, ["unknown_code"]);
        it.t.close().await;
    }
}

#[tokio::test]
async fn a_scan_that_comes_a_day_late_is_kept_and_nothing_is_done_by_it() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.printed(0).await;
        let text = label(0);
        let scan = Observation::Scan {
            device: "scanner".to_owned(),
            text: text.clone(),
            symbology: None,
            repeat: false,
        };
        let heard = yesterday(&it, &it.station, 7, scan.clone()).await.unwrap();
        assert_eq!(heard.verdict, Verdict::Refused);
        assert!(heard.sentence.contains("离线扫码已保存"), "{}", heard.sentence);
        assert!(it.view().await.picked.unwrap().draft.bound.is_none(), "nobody meant it for this line");
        // A station whose clock is a day behind says the same of a scan of this moment, and is believed.
        it.t.app.live.clock(it.station.id, Span::days(-1).0);
        let heard = yesterday(&it, &it.station, 8, scan).await.unwrap();
        assert_eq!(heard.verdict, Verdict::Accepted, "{}", heard.sentence);
        let taken = Observation::Taken { device: "scanner".to_owned(), text };
        assert_eq!(yesterday(&it, &it.station, 9, taken).await, None);
        it.t.close().await;
    }
}
