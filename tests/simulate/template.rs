//! The world before each story: a city, things on a shelf, a custodian at a counter, and what the dice speak of.

use crate::{
    dice::id,
    support::{City, Engine, TestApp, city::PASSWORD},
};
use hufu::{
    custody::{counter, login, station},
    domain::Rules,
    id::StationId,
    language::Language,
    ledger::{Basis, Body, Draft, Measure, RegisterStore, Standing, StoreKind},
    store::heads,
};
use hufu_station::state::State;
use std::path::PathBuf;
use tokio::runtime::{Builder, Runtime};

pub(crate) struct Template {
    folder: tempfile::TempDir,
    pub(crate) rules: Rules,
    pub(crate) station: StationId,
    /// How many entries are there before a story begins.
    pub(crate) before: u64,
    /// What is scanned at the counter: labels of things, of slots, and a code nobody knows.
    pub(crate) things: Vec<String>,
    pub(crate) slots: Vec<String>,
    pub(crate) stranger: String,
}

/// One thread: the order of things is the dice's.
pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

impl Template {
    pub(crate) fn make() -> Template {
        let folder = tempfile::tempdir_in(crate::disk::root()).unwrap();
        let runtime = runtime();
        let (station, before, things, slots) = runtime.block_on(async {
            let test = TestApp::new(Engine::Sqlite).await;
            people_of_the_dice(&test).await;
            for draft in crate::keys::founding(test.app.clock.now()) {
                test.record(draft).await;
            }
            let case = test.case("A-1").await;
            let slots = test.city.slots.clone();
            let things = [("手机", Measure::Piece, 1, slots[0]), ("手表", Measure::Piece, 1, slots[1])];
            let things = test.lying(case, &things).await;
            let things: Vec<String> = things.into_iter().map(|thing| thing.code).collect();
            let mut codes = Vec::new();
            for slot in &slots {
                codes.push(test.slot_code(*slot).await);
            }
            let station = stands(&test).await;
            let before = heads::size(&mut test.app.db.read().await.unwrap()).await.unwrap();
            let copy = folder.path().join("ledger.db");
            test.app.db.copy_to(&copy).await.unwrap();
            let key = folder.path().join("ledger.key");
            std::fs::copy(test.folder().join("ledger.key"), &key).unwrap();
            crate::server::LEDGER_KEY.set(key).unwrap();
            drop(State::open(&folder.path().join("outbox.db")).await.unwrap());
            test.close().await;
            (station, before, things, codes)
        });
        drop(runtime);
        let stranger = "6901234567892".to_owned();
        Template { folder, rules: Rules::shipped().unwrap(), station, before, things, slots, stranger }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Chen is logged in and stands at the first counter.
async fn stands(test: &TestApp) -> StationId {
    let City { counter_station, .. } = test.city;
    let token = login::log_in(&test.app, "chen", PASSWORD, Language::Zh).await.unwrap();
    let session = login::session(&test.app, &token).await.unwrap().unwrap();
    station::choose(&test.app, &session, counter_station).await.unwrap();
    counter::stand(&test.app, &session.me, counter_station, None).await.unwrap();
    counter_station
}

/// The units, people, stores and cases that the dice name.
async fn people_of_the_dice(test: &TestApp) {
    let mut sql = test.sql();
    let founding = crate::roster::founding(test.app.clock.now());
    let stores = (0..2).map(|n| {
        let body = Body::RegisterStore(RegisterStore {
            store: id(4, n),
            store_kind: StoreKind::Bank,
            name: format!("第{n}库"),
            unit: test.city.police,
            standing: Standing::Open,
            reason: String::new(),
            basis: Basis::Act,
        });
        Draft { id: id(14, 6_900 + n), body, ..founding[0].clone() }
    });
    for draft in founding.iter().cloned().chain(stores) {
        test.record(draft).await;
    }
    for n in 0..3 {
        let case: hufu::id::CaseId = id(5, n);
        let insert = "insert into cases (id, matter, unit, number, name, stage, opened_at)
            values ($1, $1, $2, $3, '案', 'investigation', 0)";
        sql.run(insert, &[case.0, test.city.police.0], &format!("第{n}案")).await;
    }
}
