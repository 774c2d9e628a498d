//! Who sees and may do what, role by role and address by address, as a table that people can check: `matrix.md`.
//!
//! Every address of pages and API is asked by nobody and by one person of each role, about the same things in their own
//! unit, in another unit of their agency and in another agency. An address that the table does not have, and an answer
//! that it does not say, fail the test, which says the difference. How the rule reads is in `src/domain/sight.rs`.

mod ask;
mod routes;
mod table;
mod town;

use crate::support::{ENGINES, Engine, TestApp};
use ask::Asker;
use hufu::domain::Role;
use routes::Route;
use table::Row;
use town::Place;

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_what_the_table_says_on_sqlite() {
    table::compare(&matrix(Engine::Sqlite).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_what_the_table_says_on_postgresql() {
    table::compare(&matrix(Engine::Postgres).await);
}

async fn matrix(engine: Engine) -> Vec<Row> {
    let test = TestApp::new(engine).await;
    let places = town::town(&test).await;
    let mut askers = vec![Asker::nobody(&test)];
    for role in Role::ALL {
        let asker = askers[0].logged_in(&test, &town::login(*role)).await;
        askers.push(asker);
    }
    let mut rows = Vec::new();
    for route in routes::all() {
        for filled in routes::filled(&route, &places) {
            let mut cells = Vec::new();
            for asker in &mut askers {
                cells.push(cell(&test, asker, &route, &filled, &places).await);
            }
            rows.push(Row { method: route.method.clone(), address: filled.shown, cells });
        }
    }
    test.abandon().await;
    rows
}

/// What one person is answered: once, or for each of the three places.
async fn cell(
    test: &TestApp,
    asker: &mut Asker,
    route: &Route,
    filled: &routes::Filled,
    places: &[Place; 3],
) -> String {
    let mut said = Vec::new();
    // The own unit's last: what somebody begins with others' things is not left open before their own.
    for (address, place) in filled.addresses.iter().zip(places).rev() {
        let answer = asker.ask(test, route, address, place, filled.body).await;
        assert_ne!(answer.status, 500, "{} {address} as {}: {}", route.method, asker.name, answer.text);
        said.push(table::word(&answer, route.acts(), places));
    }
    said.reverse();
    said.join(" ")
}

/// What a scan was answered is heard by those who read, at its station, and by nobody else.
#[tokio::test]
async fn a_scan_is_heard_at_its_station_by_those_who_read() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let (places, nobody) = (town::town(&test).await, Asker::nobody(&test));
        for role in Role::ALL {
            let asker = nobody.logged_in(&test, &town::login(*role)).await;
            for place in &places {
                let heard = asker.heard(&test, async || place.scan(&test).await).await;
                let expected = place.letter == 'o' && *role != Role::Administrator;
                assert_eq!(heard, expected, "{role:?} hears a scan of {}", place.letter);
            }
        }
        test.abandon().await;
    }
}
