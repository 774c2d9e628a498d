//! Events that arrive together: kept in order, once each, whatever is among them; and how long two days take.

use super::{ordered, phones};
use crate::{
    counter::{
        scene::{DRUG, PHONES, Scene, label},
        socket::{greeted, hear, say, serve},
    },
    support::ENGINES,
};
use hufu::{
    clock::Span,
    custody::{self, EventReport, off_line},
    domain::off_line::BlockPurpose,
};
use hufu_wire::{
    FromServer, FromStation,
    message::{Event, Observation, Receipt, Verdict},
};

fn scan(text: &str) -> Observation {
    Observation::Scan { device: "scanner".to_owned(), text: text.to_owned(), symbology: None, repeat: false }
}

#[tokio::test]
async fn what_must_be_acted_on_is_acted_on_in_its_place() {
    for engine in ENGINES {
        let mut it = Scene::open(engine).await;
        it.printed(PHONES).await;
        let now = it.t.app.clock.now().0;
        let (_, codes) = ordered(&it, BlockPurpose::OffLine, 3).await;
        let slot = it.code_of(it.t.city.slots[0]).await;
        let taken = |text: &str| Observation::Taken { device: "scanner".to_owned(), text: text.to_owned() };
        let drug = Receipt { line: "2".to_owned(), ..phones(&it, &codes[1]).await };
        let what = [
            taken("a"),
            scan(&label(PHONES)),
            taken("b"),
            Observation::Received(phones(&it, &codes[0]).await),
            scan(&slot),
            // Only now has the line come in.
            Observation::Received(Receipt {
                received_by: "林峰".to_owned(), ..phones(&it, &codes[2]).await
            }),
            Observation::Received(drug),
        ];
        let events: Vec<EventReport> =
            (2..).zip(what).map(|(number, what)| Event { number, observed_at: now, what }.into()).collect();
        let heard = custody::observe_all(&it.t.app, &it.station, &events).await.unwrap();
        let verdicts: Vec<_> = heard.iter().map(|heard| heard.as_ref().map(|it| it.verdict)).collect();
        use Verdict::{Accepted, Refused};
        assert_eq!(
            verdicts,
            [None, Some(Accepted), None, Some(Accepted), Some(Accepted), Some(Refused), Some(Accepted)]
        );
        assert_eq!((it.entries("receive").await, it.in_hand().await), (1, Some(DRUG)));
        assert_eq!(it.differences().await.len(), 1);
        // All of it again, as after a cut: the same answers, and nothing new.
        let again = custody::observe_all(&it.t.app, &it.station, &events).await.unwrap();
        assert_eq!(again, heard);
        assert_eq!((it.entries("receive").await, it.differences().await.len()), (1, 1));
        assert_eq!(off_line::waiting(&it.t.app, &it.me).await.unwrap(), 3);
        it.t.close().await;
    }
}

/// Two days of a busy counter: sent as a station sends them, acknowledged by a real server. Prints how long it took;
/// `HUFU_EVENTS=5000` is what two days hold.
#[tokio::test]
async fn two_days_without_a_server() {
    let all: u64 = std::env::var("HUFU_EVENTS").map_or(600, |it| it.parse().unwrap());
    // Of twenty-five events four are receipts, each with a label printed ahead.
    let receipts = u32::try_from(all * 4 / 25).unwrap();
    for engine in ENGINES {
        let it = Scene::new(engine).await;
        let address = serve(&it).await;
        let begun = it.t.app.clock.now().plus(Span::days(-2)).0;
        let (mut codes, mut what) = (Vec::new(), Vec::new());
        for ordered_before in (0..receipts).step_by(200) {
            let labels = (receipts - ordered_before).min(200);
            codes.extend(ordered(&it, BlockPurpose::OffLine, labels).await.1);
        }
        let phones = phones(&it, "").await;
        for (at, code) in codes.iter().enumerate() {
            what.push(Observation::Taken { device: "scanner".to_owned(), text: code.clone() });
            let receipt = Receipt { code: code.clone(), line: format!("{}", at + 10), ..phones.clone() };
            what.push(Observation::Received(receipt));
            what.push(scan(&label(at)));
        }
        while (what.len() as u64) < all {
            what.push(scan(&label(what.len())));
        }
        let started = std::time::Instant::now();
        let (mut socket, _) = greeted(&address, &it.token).await;
        let (mut acknowledged, mut next) = (0_u64, 0_u64);
        while acknowledged < all {
            // As `sync::plan` does: at most 500 that are not acknowledged.
            while next < all && next - acknowledged < 500 {
                let observed_at = begun + i64::try_from(next).unwrap() * 30_000_000;
                let number = next + 1;
                let event = Event { number, observed_at, what: what[usize::try_from(next).unwrap()].clone() };
                say(&mut socket, &FromStation::Event(event)).await;
                next = number;
            }
            if let FromServer::Acknowledge { up_to } = hear(&mut socket).await.unwrap() {
                acknowledged = up_to;
            }
        }
        println!("{engine:?}: {all} events acknowledged in {:.2?}", started.elapsed());
        assert_eq!(off_line::waiting(&it.t.app, &it.me).await.unwrap(), i64::from(receipts));
        it.t.close().await;
    }
}
