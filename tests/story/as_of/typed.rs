//! How people say which moment they mean, and what is refused.

use crate::{handover::scene::Scene, support::ENGINES};
use hufu::{
    clock::Span,
    custody::{Error, as_of, items},
    domain::AsOf,
    language::Language,
};

#[tokio::test]
async fn a_moment_is_an_entry_number_or_a_time_of_recording() {
    for engine in ENGINES {
        // 2026-01-05 09:00 in China: the city is founded, then six entries about keys, seized (the seventh) and received (the eighth) at once, then two moves, an hour and two days later.
        let s = Scene::new(engine).await;
        let zheng = s.t.person("zheng").await;
        let (a1, a3) = (s.t.city.slots[0], s.t.city.slots[2]);
        // In the last microsecond of its minute.
        s.app().clock.advance(Span(Span::minutes(61).0 - 1));
        s.t.moved(s.items[0], 1, a3, a1).await;
        s.app().clock.advance(Span::days(2));
        s.t.moved(s.items[0], 1, a3, a1).await;
        let seq = async |text: &str| {
            as_of::resolve(s.app(), &zheng, text).await.unwrap().map(|AsOf { seq, .. }| seq)
        };
        let [seventh, eighth, ninth, tenth] = [7, 8, 9, 10].map(|n| s.t.nth(n));
        let wide = |it: char| char::from_u32(u32::from(it) - u32::from('0') + u32::from('０')).unwrap();
        let wide = ninth.to_string().chars().map(wide).collect::<String>() + "号";
        for (text, expected) in [
            ("", None),
            ("  ", None),
            (format!("#{ninth}").as_str(), Some(ninth)),
            (&wide, Some(ninth)),
            ("2026-01-05", Some(ninth)),
            ("2026年1月6日", Some(ninth)),
            ("2026-01-05 09:00", Some(eighth)),
            ("2026-01-05 09:59", Some(eighth)),
            ("2026-01-05 10:00", Some(ninth)),
            ("2026-01-05T10:00:58", Some(eighth)),
            ("2026-01-05T10:00:59", Some(ninth)),
            ("２０２６－０１－０５　０９：５９", Some(eighth)),
            // Today is not over, and what is known of it so far is known.
            ("2026-01-07", Some(tenth)),
            ("2026-01-07 10:00", Some(tenth)),
        ] {
            assert_eq!(seq(text).await, expected, "{text}");
        }
        let until = format!("账本到第 {tenth} 号为止");
        for (text, code, said) in [
            ("昨天", "as_of_not_understood", "既不是分录号"),
            ("0", "as_of_not_understood", "既不是分录号"),
            ("2026-02-30", "as_of_not_understood", "既不是分录号"),
            (s.t.nth(11).to_string().as_str(), "as_of_in_the_future", until.as_str()),
            ("20260105", "as_of_in_the_future", &until),
            ("2026-01-08", "as_of_in_the_future", "还没有到"),
            ("2026-01-07 10:01", "as_of_in_the_future", "还没有到"),
            ("2026-01-04", "as_of_before_the_ledger", "2026-01-05 09:00:00"),
            ("2026-01-05 08:59", "as_of_before_the_ledger", "2026-01-05 09:00:00"),
        ] {
            let refused = as_of::resolve(s.app(), &zheng, text).await.unwrap_err();
            assert_eq!(refused.code(), code, "{text}");
            assert!(refused.sentence(Language::Zh).contains(said), "{}", refused.sentence(Language::Zh));
            assert!(!refused.remedy(Language::En).is_empty());
        }
        // Who may not see an item now may not see how it stood; who may is told when it was not there yet.
        let (zhao, zhang) = (s.t.person("zhao").await, s.zhang.clone());
        let first = as_of::resolve(s.app(), &zhao, &seventh.to_string()).await.unwrap();
        let hidden = items::show_as_of(s.app(), &zhao, s.items[0], first).await.unwrap_err();
        assert!(matches!(hidden, Error::NotFound(_)));
        let seen = items::show_as_of(s.app(), &zhang, s.items[0], first).await.unwrap();
        assert_eq!((seen.line.places[0].kind, seen.line.seal, seen.line.label_code), ("owed", None, None));
        assert!(seen.photographs.is_empty() && seen.next.is_empty());
        s.t.close().await;
    }
}
