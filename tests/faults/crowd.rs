//! A crowd of clients around the five people of the walk: each reports what it finds at a counter of its own, and asks
//! again about what it reported before.

use crate::{
    client::Client,
    race,
    server::assert_in_order,
    support::{TestApp, city::PASSWORD},
    walk::Town,
};
use hufu::{
    custody::city::{self, NewPerson},
    domain::Role,
    id::{CaseId, StationId},
};
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};
use tokio::{task::JoinSet, time::sleep};
use uuid::Uuid;

/// How many clients work at once, the people of the walk among them.
pub(crate) fn clients() -> u32 {
    crate::kill::wish("HUFU_CLIENTS", 64)
}

/// How many of the clients are the town's own.
const PEOPLE: u32 = 5;

fn login_of(number: u32) -> String {
    format!("counter-{number}")
}

#[derive(Clone, Copy)]
struct Counter {
    number: u32,
    station: StationId,
    case: CaseId,
}

impl Town {
    /// Everybody goes to work, and the crowd with them.
    pub(crate) async fn crowded(&self, test: &TestApp) -> JoinSet<()> {
        let case = test.case("A-2026-0").await;
        race::owed_from(test, case, 900_001..=900_003).await;
        let mut counters = Vec::new();
        for number in PEOPLE..clients() {
            let name = format!("第{number}号窗口");
            let page = "http://127.0.0.1:9";
            let unit = test.city.centre_unit;
            let station = city::add_station(&test.app, unit, &name, page).await.unwrap().0;
            // Each with a custodian of its own: nobody has as many sessions as there are counters.
            let (login, roles) = (login_of(number), &[Role::Custodian][..]);
            let new =
                NewPerson { unit, name: &name, login: &login, password: PASSWORD, must_change: false, roles };
            city::add_person(&test.app, &new).await.unwrap();
            counters.push(Counter { number, station, case });
        }
        self.begin(test).await;
        let mut people = self.work();
        for counter in counters {
            people.spawn(self.clone().reports(counter));
        }
        people
    }

    /// Every acknowledged entry, once, and the ledger in order.
    pub(crate) async fn all_is_there(&self, after: &str, test: TestApp) {
        assert_in_order(test.database());
        self.assert_each_once(&test).await;
        let (acknowledged, clients) = (self.acknowledged(), clients());
        println!("{after}, {clients} clients, {acknowledged} acknowledged entries, each there once");
        test.close().await;
    }

    async fn reports(self, Counter { number, station, case }: Counter) {
        let me = Client::patient(self.server(number as usize), &login_of(number)).await;
        me.put("/api/v1/me/station", json!({"station": station})).await.ok();
        let counter = format!("/api/v1/counters/{station}");
        me.put(&format!("{counter}/custodian"), json!(null)).await.ok();
        let open = json!({"case": case, "delivered_by": self.zhang()});
        me.put(&format!("{counter}/case"), open).await.ok();
        let path = format!("{counter}/extras");
        let mut told = BTreeMap::new();
        let mut n = 0_u128;
        while !self.has_ended() {
            n += 1;
            // Every other time the same again: the same entry is the answer, and nothing new.
            let again = n.is_multiple_of(2).then(|| told.keys().next().copied()).flatten();
            let key = again.unwrap_or_else(|| Uuid::from_u128((u128::from(number) + 1) << 110 | n));
            // What is said follows from the key: another thing under it would be refused.
            let of = key.as_u128() & 0xFFFF;
            let extra = json!({"description": format!("第{number}号窗口所见之{of}")});
            let done = me.post_once(&path, key, extra).await.ok();
            let seq = done["entry"].as_u64().unwrap();
            match told.insert(key, seq) {
                Some(before) => assert_eq!(before, seq, "the same key is the same entry"),
                None => self.keep(Some(key), Some(&done["entry"])),
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}
