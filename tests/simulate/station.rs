//! A station and its line: the real state and the real plan. The line loses, doubles and tears messages, and what an old
//! connection still carries arrives after a new one has begun.

use crate::{disk::Disk, server::Server, support::Random, template::Template};
use hufu::{
    custody::{self, observe::greeting},
    live::ScanAnswer,
    store::stations,
};
use hufu_station::{
    state::{NewEvent, State, StoredEvent},
    sync::plan::{Step, on_acknowledge, room_to_send},
};
use hufu_wire::{
    FromServer, FromStation,
    message::{Event, Observation},
};
use std::collections::{BTreeMap, VecDeque};
use tokio::runtime::Runtime;

/// By the station's clock; no scan is too old to be acted on.
const NOW: i64 = 4_000_000_000_000_000;

pub(crate) struct Station {
    runtime: Runtime,
    state: State,
    _disk: Disk,
    /// Everything that was ever scanned, in order.
    pub(crate) scanned: Vec<Observation>,
    /// On this connection: what is on the way there, and the acknowledgements on their way back.
    there: VecDeque<Event>,
    back: VecDeque<u64>,
    /// What the connection before had taken and the server has not yet looked at.
    late: VecDeque<Event>,
    cursor: u64,
    /// Whether there is a connection; the server closes one on which half a message came.
    open: bool,
    /// The first answer to each event.
    answers: BTreeMap<u64, Option<ScanAnswer>>,
    pub(crate) repeats: u64,
}

impl Station {
    pub(crate) fn new(template: &Template) -> Station {
        let disk = Disk::with(&[(&template.file("outbox.db"), "outbox.db")]);
        let runtime = crate::template::runtime();
        let state = runtime.block_on(State::open(&disk.path("outbox.db"))).unwrap();
        Station {
            runtime,
            state,
            _disk: disk,
            scanned: Vec::new(),
            there: VecDeque::new(),
            back: VecDeque::new(),
            late: VecDeque::new(),
            cursor: 0,
            open: false,
            answers: BTreeMap::new(),
            repeats: 0,
        }
    }

    pub(crate) fn scan(&mut self, text: &str) {
        let device = "scanner".to_owned();
        let what = Observation::Scan { device, text: text.to_owned(), symbology: None, repeat: false };
        let numbers =
            self.runtime.block_on(self.state.events.record(&[NewEvent { at: NOW, what: what.clone() }]));
        self.scanned.push(what);
        assert_eq!(numbers.unwrap(), [self.scanned.len() as u64], "numbers without a gap");
    }

    /// Dials in: the server says what it keeps, and what was on the old connection is late or lost.
    pub(crate) fn dial(&mut self, server: &Server, template: &Template, dice: &mut Random) {
        let taken = dice.below(self.there.len() as u64 + 1) as usize;
        self.late.extend(self.there.drain(..taken));
        self.there.clear();
        self.back.clear();
        self.open = true;
        self.cursor = self.runtime.block_on(self.state.events.numbers()).unwrap().acknowledged;
        let orders = server.run(async {
            let mut tx = server.app.db.read().await.unwrap();
            let station = stations::station(&mut tx, template.station).await.unwrap().unwrap();
            drop(tx);
            greeting(&server.app, &station).await.unwrap()
        });
        for order in orders {
            if let FromServer::Acknowledge { up_to } = order {
                self.acknowledged(up_to);
            }
        }
    }

    /// The server has stopped: nothing it had not looked at is there any more.
    pub(crate) fn hang_up(&mut self) {
        self.there.clear();
        self.back.clear();
        self.late.clear();
        self.open = false;
    }

    /// Puts what waits on the line, as far as there is room.
    pub(crate) fn send(&mut self) {
        if !self.open {
            return;
        }
        let room = room_to_send(self.runtime.block_on(self.state.events.numbers()).unwrap(), self.cursor);
        let most = u32::try_from(room.min(3)).unwrap();
        for StoredEvent { event, .. } in
            self.runtime.block_on(self.state.events.to_send(self.cursor, most)).unwrap()
        {
            self.cursor = event.number;
            self.there.push_back(event);
        }
    }

    /// The server looks at the next message; now and then it was torn, or comes on both connections at once.
    pub(crate) async fn deliver(&mut self, server: &Server, template: &Template, dice: &mut Random) {
        let mut tx = server.app.db.read().await.unwrap();
        let station = stations::station(&mut tx, template.station).await.unwrap().unwrap();
        drop(tx);
        let late = !self.late.is_empty() && dice.below(2) == 0;
        let next = if late { self.late.pop_front() } else { self.there.pop_front() };
        let Some(event) = next else { return };
        let text = serde_json::to_string(&FromStation::Event(event.clone())).unwrap();
        if dice.below(16) == 0 {
            let cut = dice.below(text.len() as u64) as usize;
            let torn = String::from_utf8_lossy(&text.as_bytes()[..cut]).into_owned();
            assert!(serde_json::from_str::<FromStation>(&torn).is_err(), "half a message is none");
            // The server closes the connection it came on, and hears nothing more of it.
            if late {
                self.late.clear();
            } else {
                self.there.clear();
                self.open = false;
            }
            return;
        }
        let FromStation::Event(heard) = serde_json::from_str(&text).unwrap() else { panic!("{text}") };
        let observe = || custody::observe(&server.app, &station, &heard);
        if dice.below(6) == 0 {
            let (one, two) = tokio::join!(observe(), observe());
            self.answered(event.number, one.unwrap());
            self.answered(event.number, two.unwrap());
        } else {
            let answer = observe().await.unwrap();
            self.answered(event.number, answer);
        }
        if !late && dice.below(5) > 0 {
            self.back.push_back(event.number);
        }
    }

    /// A repeat hears what was said before.
    fn answered(&mut self, number: u64, heard: Option<ScanAnswer>) {
        match self.answers.get(&number) {
            Some(before) => {
                self.repeats += 1;
                assert_eq!(*before, heard, "event {number} is answered once");
            }
            None => drop(self.answers.insert(number, heard)),
        }
    }

    pub(crate) fn hear(&mut self, dice: &mut Random) {
        let Some(up_to) = self.back.pop_front() else { return };
        self.acknowledged(up_to);
        if dice.below(4) == 0 {
            self.acknowledged(up_to);
        }
    }

    fn acknowledged(&mut self, up_to: u64) {
        let numbers = self.runtime.block_on(self.state.events.numbers()).unwrap();
        match on_acknowledge(numbers, up_to) {
            Step::Nothing => (),
            Step::Forget { up_to } => {
                self.runtime.block_on(self.state.events.forget(up_to)).unwrap();
                self.cursor = self.cursor.max(up_to);
            }
            Step::Renumber { after } => panic!("the server knows {after}, which was never sent"),
        }
    }

    pub(crate) fn waiting(&self) -> u64 {
        self.runtime.block_on(self.state.events.numbers()).unwrap().waiting()
    }

    /// Everything that was scanned is at the server once, in order, and answered; what the answers say was recorded is
    /// returned, by the number of the scan.
    pub(crate) async fn assert_all_arrived(&self, server: &Server) -> Vec<(usize, u64)> {
        let hufu::store::Db::Sqlite(pool) = &server.app.db else { panic!("on SQLite") };
        let sql = "select number, event, answer from station_events order by number";
        let rows: Vec<(i64, String, Option<String>)> = sqlx::query_as(sql).fetch_all(pool).await.unwrap();
        assert_eq!(rows.len(), self.scanned.len(), "each scan once");
        for (at, (number, event, answer)) in rows.iter().enumerate() {
            let event: Event = serde_json::from_str(event).unwrap();
            assert_eq!((*number as usize, &event.what), (at + 1, &self.scanned[at]));
            assert!(answer.is_some(), "scan {number} was kept and not answered");
        }
        let entry = |text: &str| text.split("（分录 ").nth(1)?.split('）').next()?.parse().ok();
        let said = rows.iter().filter_map(|(number, _, answer)| {
            Some((usize::try_from(*number).unwrap(), entry(answer.as_ref()?)?))
        });
        said.collect()
    }
}
