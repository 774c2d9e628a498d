//! kill -9 of the server at any moment: nothing acknowledged is lost, nothing is done twice, nothing is half done.
//!
//! `HUFU_KILLS` sets how often (12 on each engine), `HUFU_CLIENTS` how many work meanwhile (64); `HUFU_SEED` repeats the
//! moments of an earlier run.

use crate::{
    server::Server,
    support::{ENGINES, Random, TestApp},
    walk::Town,
};
use std::{fmt::Display, str::FromStr, time::Duration};
use tokio::time::{Instant, sleep};

/// What the environment asks for, or else this.
pub(crate) fn wish<T: FromStr<Err: Display>>(name: &str, otherwise: T) -> T {
    std::env::var(name)
        .map_or(otherwise, |text| text.parse().unwrap_or_else(|error| panic!("{name}: {error}")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_between_any_two_steps_loses_nothing_acknowledged() {
    let kills: u32 = wish("HUFU_KILLS", 12);
    let mut dice = Random(wish("HUFU_SEED", 2026));
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let mut server = Server::start(test.database(), test.folder()).await;
        let town = Town::of(&test, server.address).await;
        let mut people = town.crowded(&test).await;
        for kill in 1..=kills {
            // Most kills come after some work, at whatever step everybody is; some before the server has said a word.
            if kill % 4 != 0 {
                let enough = town.acknowledged() + usize::try_from(dice.below(8)).unwrap();
                let since = Instant::now();
                while town.acknowledged() < enough && since.elapsed() < Duration::from_secs(5) {
                    sleep(Duration::from_millis(2)).await;
                }
            }
            sleep(Duration::from_millis(dice.below(150))).await;
            server.kill();
            server.start_again();
            Town::all_at_work(&mut people);
        }
        server.answers().await;
        sleep(Duration::from_millis(500)).await;
        town.evening(people).await;
        server.kill();
        town.all_is_there(&format!("{engine:?}: {kills} kills of the server"), test).await;
        let acknowledged = town.acknowledged();
        assert!(acknowledged > 20, "{acknowledged} entries in all that time");
    }
}
