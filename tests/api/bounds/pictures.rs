//! Photographs: drawn one after another, and once.

use super::{tally, waits_for_its_turn};
use crate::{
    caller::Caller,
    support::{ENGINES, TestApp, jpeg},
};
use futures_util::future::join_all;
use hufu::store::photographs;

#[tokio::test]
async fn photographs_are_drawn_one_after_another_and_one_that_is_asked_for_often_once() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (zhang, me) = (Caller::of(&test, "zhang").await, test.person("zhang").await);
        let content = jpeg(&[1]);
        let digest = test.app.settings.suite.digest(&content).to_string();
        let mut tx = test.app.db.write().await.unwrap();
        let now = test.app.clock.now();
        photographs::keep(&mut tx, &digest, "image/jpeg", &content, me.id, now).await.unwrap();
        tx.commit().await.unwrap();
        let path = format!("/api/v1/photographs/{digest}");
        let turns = &test.app.costly.pictures;
        let shown = async |_: usize| zhang.get(&path).await;
        let first = waits_for_its_turn(turns, 1, join_all((0..12).map(shown))).await;
        let expected = [((200, String::new()), 8), ((503, "server_busy".to_owned()), 4)];
        assert_eq!(tally(&first), expected.into(), "one person waits for so many");
        let busy = turns.enter().await.unwrap();
        let again = join_all((0..12).map(shown)).await;
        assert!(again.iter().all(|it| it.status.is_success()), "drawn already: it needs no turn");
        drop(busy);
        test.sql().run("delete from attachments where digest = $1", &[], &digest).await;
        test.close().await;
    }
}
