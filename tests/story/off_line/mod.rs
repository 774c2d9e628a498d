//! Work without a server, on both engines: what stations took in waits and is entered once; what two say about one thing
//! becomes a difference; labels printed ahead are claimed, voided and accounted for; a count made elsewhere is exact.

mod labels;
mod pages;
mod receipts;
mod sightings;
mod together;

use crate::counter::scene::Scene;
use hufu::{
    clock::Span,
    custody::{
        self,
        blank::{self, Block, Order},
    },
    domain::{off_line::BlockPurpose, person::Person},
    id::BlockId,
    live::ScanAnswer,
    store::stations::{self, Station},
};
use hufu_wire::{
    FromServer,
    message::{Event, Observation, Receipt},
};

/// A block of labels of `chen`'s unit, at the scene's station: what each says.
async fn ordered(it: &Scene, purpose: BlockPurpose, labels: u32) -> (BlockId, Vec<String>) {
    let order = Order { station: it.station.id, purpose, labels };
    let block = blank::order(&it.t.app, &it.me, it.t.app.ids.new_id(), order).await.unwrap();
    let view = blank::block(&it.t.app, &it.me, block).await.unwrap();
    (block, view.labels.iter().map(|label| code(&label.number)).collect())
}

/// A number with its check characters.
fn code(number: &str) -> String {
    let (year, serial) = number[1..].split_once('-').unwrap();
    hufu::domain::Code::new(hufu::domain::CodeKind::Blank, year, serial.parse().unwrap()).to_string()
}

async fn block(it: &Scene, block: BlockId) -> Block {
    blank::block(&it.t.app, &it.me, block).await.unwrap().block
}

/// The other counter of the same unit.
async fn other_station(it: &Scene) -> Station {
    let mut tx = it.t.app.db.read().await.unwrap();
    stations::station(&mut tx, it.t.city.counter_station).await.unwrap().unwrap()
}

/// What a station without a server says that it saw, a day ago.
async fn yesterday(it: &Scene, station: &Station, number: u64, what: Observation) -> Option<ScanAnswer> {
    let observed_at = it.t.app.clock.now().plus(Span::days(-1)).0;
    let event = Event { number, observed_at, what };
    custody::observe(&it.t.app, station, &event).await.unwrap()
}

/// The first line of the scene's list: two phones, put into A-01.
async fn phones(it: &Scene, label: &str) -> Receipt {
    Receipt {
        code: label.to_owned(),
        case_number: "江公（刑）立字〔2026〕1号".to_owned(),
        // As somebody types it who has no such brackets.
        paper: "江公扣字(2026)1号".to_owned(),
        line: "1".to_owned(),
        name: "手机".to_owned(),
        quantity: "2".to_owned(),
        unit: "部".to_owned(),
        seal: "F-77".to_owned(),
        delivered_by: "张伟".to_owned(),
        received_by: "陈静".to_owned(),
        slot: it.code_of(it.t.city.slots[0]).await,
        remark: "屏幕破损".to_owned(),
        weight: None,
    }
}

async fn person(it: &Scene, login: &str) -> Person {
    it.t.person(login).await
}

/// What the station is told when it greets.
async fn told(it: &Scene) -> Vec<FromServer> {
    custody::observe::greeting(&it.t.app, &it.station).await.unwrap()
}
