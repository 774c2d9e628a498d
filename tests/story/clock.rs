//! A clock that jumps dates nothing: what is asked meanwhile is refused in words, and goes on when it is right or confirmed.

use crate::support::{ENGINES, TestApp};
use hufu::{
    clock::Span,
    ledger::Measure,
    store::{AppendError, Error, heads, settings},
};

#[tokio::test]
async fn one_wrong_clock_does_not_date_the_ledger() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let app = &test.app;
        let case = test.case("A-41").await;
        let [a1, a2, ..] = test.city.slots[..] else { unreachable!() };
        let item = test.lying(case, &[("手机", Measure::Piece, 1, a1)]).await[0].item;
        let lin = test.person("lin").await;
        let attempt =
            async || app.sequencer.record(test.draft(lin.id, lin.unit, test.moving(item, 1, a1, a2))).await;
        let years = Span::days(3_650);
        app.clock.set_ahead(years);
        let refused = attempt().await.unwrap_err();
        assert!(matches!(&refused, AppendError::Store(Error::ClockJump(_))), "{refused:?}");
        let told = hufu::custody::Error::from(refused);
        assert_eq!(told.code(), "clock_jumped");
        assert!(told.remedy(hufu::language::Language::Zh).contains("hufu clock confirm"));
        let head = async || heads::newest(&mut app.db.read().await.unwrap()).await.unwrap().unwrap();
        assert_eq!(head().await.size, test.nth(2), "nothing was recorded");

        app.clock.set_ahead(Span(-years.0));
        attempt().await.unwrap();
        assert_eq!(head().await.recorded_at, app.clock.now());
        // The machine slept for two days; somebody looks at the wall and says that the clock is right.
        app.clock.set_ahead(Span::days(2));
        let back =
            async || app.sequencer.record(test.draft(lin.id, lin.unit, test.moving(item, 1, a2, a1))).await;
        assert!(back().await.is_err());
        let mut tx = app.db.write().await.unwrap();
        settings::confirm_clock(&mut tx, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        back().await.unwrap();
        app.clock.set_ahead(years);
        assert!(attempt().await.is_err(), "one word is for one jump");
        app.clock.set_ahead(Span(-years.0));
        test.close().await;
    }
}
