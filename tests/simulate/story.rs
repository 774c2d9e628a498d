//! One seed, one story: a few steps of work, messages, jumps of the clock and stops, and what must be true after each stop
//! and in the end.

use crate::{
    commands,
    dice::{self, Dice, Numbers},
    disk::Disk,
    server::{Answer, LEDGER, Server, record},
    station::Station,
    support::{Random, seen, sums},
    template::Template,
};
use hufu::{
    app::App,
    clock::{Clock, Moment, Span},
    id::EntryId,
    ledger::{Body, Draft, Entry, State, apply},
    store::{counts, holders, journal, verify},
};
use std::{cell::RefCell, collections::BTreeMap, fmt};
use uuid::Uuid;

/// How long a story is: short ones go wrong in as many ways, and are read sooner.
const STEPS: u32 = 8;

/// What one step does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Doing {
    Begin,
    Record(usize),
    Scan,
    Line,
    Clock(i64),
    /// In the middle of recording, after so many steps of it.
    StopWithin(u64),
    /// In the middle of a scan.
    StopAtTheCounter(u64),
    /// While what was just recorded was being written.
    StopTorn,
    End,
}

/// How much was lived through.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    entries: u64,
    refused: u64,
    repeats: u64,
    scans: u64,
    /// Entries that scans made.
    moves: u64,
    stops: u64,
    /// Entries that were there after a stop though nobody had been told.
    untold: u64,
    jumps: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Tally) {
        self.entries += other.entries;
        self.refused += other.refused;
        self.repeats += other.repeats;
        self.scans += other.scans;
        self.moves += other.moves;
        self.stops += other.stops;
        self.untold += other.untold;
        self.jumps += other.jumps;
    }

    /// A world in which nothing happens proves nothing.
    pub(crate) fn assert_all_happened(&self) {
        let Tally { entries, refused, repeats, scans, moves, stops, untold, jumps } = *self;
        let all = [entries, refused, repeats, scans, moves, stops, untold, jumps];
        assert!(all.iter().all(|n| *n > 0), "{self}");
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { entries, refused, repeats, scans, moves, stops, untold, jumps } = self;
        write!(
            f,
            "{entries} entries, {refused} refusals, {repeats} repeats, {scans} scans ({moves} moved something), {stops} stops \
             ({untold} entries were kept and nobody had been told), {jumps} jumps of the clock"
        )
    }
}

pub(crate) struct Story<'a> {
    template: &'a Template,
    dice: Random,
    clock: Clock,
    server: Option<Server>,
    station: Station,
    step: u32,
    doing: Doing,
    life: u64,
    /// The ledger as it should be, from its entries.
    state: State,
    /// Its entries, by id.
    there: BTreeMap<EntryId, u64>,
    /// When the newest was recorded.
    last: Moment,
    made: Vec<Draft>,
    acknowledged: BTreeMap<EntryId, u64>,
    tally: Tally,
}

impl<'a> Story<'a> {
    pub(crate) fn new(template: &'a Template, seed: u64) -> Story<'a> {
        let disk = Disk::with(&[(&template.file(LEDGER), LEDGER)]);
        let clock = Clock::standing();
        let server = Server::start(disk, clock.clone(), template.rules.clone(), 1);
        Story {
            template,
            dice: Random(seed),
            clock,
            server: Some(server),
            station: Station::new(template),
            step: 0,
            doing: Doing::Begin,
            life: 1,
            state: State::default(),
            there: BTreeMap::new(),
            last: Moment(0),
            made: Vec::new(),
            acknowledged: BTreeMap::new(),
            tally: Tally::default(),
        }
    }

    pub(crate) fn step(&self) -> u32 {
        self.step
    }

    pub(crate) fn doing(&self) -> Doing {
        self.doing
    }

    pub(crate) fn tally(&self) -> Tally {
        self.tally
    }

    fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    pub(crate) fn live(&mut self) {
        self.know_holders();
        self.read_on();
        for step in 1..=STEPS {
            self.step = step;
            self.doing = match self.dice.below(16) {
                0..6 => Doing::Record(1 + self.dice.below(5) as usize),
                6..8 => Doing::Scan,
                8..12 => Doing::Line,
                12 => Doing::Clock([-3_600, -1, 40, 3_600][self.dice.below(4) as usize]),
                13 => Doing::StopWithin(1 + self.dice.below(60)),
                14 => Doing::StopAtTheCounter(1 + self.dice.below(80)),
                _ => Doing::StopTorn,
            };
            self.act();
        }
        (self.step, self.doing) = (STEPS + 1, Doing::End);
        self.end();
    }

    fn act(&mut self) {
        match self.doing {
            Doing::Record(many) => {
                let (drafts, answers) = (self.drafts(many), RefCell::default());
                self.server().run(record(&self.server().app, &drafts, &answers));
                self.told(answers.into_inner());
                self.read_on();
            }
            Doing::Scan => {
                // As a rule a thing and then a slot, which moves it.
                let Template { things, slots, stranger, .. } = self.template;
                let mut pick = |codes: &[String]| codes[self.dice.below(codes.len() as u64) as usize].clone();
                let mut codes = vec![pick(things), pick(slots)];
                match self.dice.below(6) {
                    0 => drop(codes.remove(0)),
                    1 => codes[0].clone_from(stranger),
                    _ => (),
                }
                self.tally.scans += codes.len() as u64;
                codes.iter().for_each(|code| self.station.scan(code));
            }
            Doing::Line => self.line(),
            Doing::Clock(seconds) => {
                self.clock.advance(Span::seconds(seconds));
                self.tally.jumps += 1;
            }
            Doing::StopWithin(steps) => {
                let many = 1 + self.dice.below(4) as usize;
                let (drafts, answers) = (self.drafts(many), RefCell::default());
                self.server().run_for(steps, record(&self.server().app, &drafts, &answers));
                // Whoever has an answer was told; all of the log that is there by now may have been flushed.
                self.told(answers.into_inner());
                let flushed = self.server().disk.log_length(LEDGER);
                self.start_again(flushed);
            }
            Doing::StopAtTheCounter(steps) => {
                let (server, dice) = (self.server.as_ref().unwrap(), &mut self.dice);
                self.station.send();
                server.run_for(steps, async {
                    for _ in 0..4 {
                        self.station.deliver(server, self.template, dice).await;
                    }
                });
                let flushed = server.disk.log_length(LEDGER);
                self.start_again(flushed);
            }
            Doing::StopTorn => {
                let flushed = self.server().disk.log_length(LEDGER);
                let (drafts, answers) = (self.drafts(3), RefCell::default());
                self.server().run(record(&self.server().app, &drafts, &answers));
                // Nobody was told.
                self.start_again(flushed);
            }
            Doing::Begin | Doing::End => (),
        }
    }

    /// Drafts as the dice make them, some of them made before.
    fn drafts(&mut self, many: usize) -> Vec<Draft> {
        let mut drafts = Vec::new();
        for _ in 0..many {
            if !self.made.is_empty() && self.dice.below(5) == 0 {
                let again = self.dice.below(self.made.len() as u64) as usize;
                drafts.push(self.made[again].clone());
                continue;
            }
            let numbers: Numbers = (0..24).map(|_| self.dice.below(1 << 16) as u16).collect();
            let number = 100 + self.made.len() as u64;
            let mut dice = Dice::new(&self.state, number, self.clock.now(), &numbers);
            let mut draft = commands::draft(&mut dice);
            as_the_verbs_do(&mut draft, self.made.len());
            self.made.push(draft.clone());
            drafts.push(draft);
        }
        self.server().run(begun(&self.server().app, &drafts));
        drafts
    }

    fn told(&mut self, answers: Vec<Answer>) {
        for (id, answer) in answers {
            match answer {
                Ok(recorded) => match self.acknowledged.insert(id, recorded.seq) {
                    Some(before) => {
                        self.tally.repeats += 1;
                        assert_eq!((before, true), (recorded.seq, recorded.repeat), "{id:?} is one entry");
                    }
                    None => self.tally.repeats += u64::from(recorded.repeat),
                },
                Err(hufu::store::AppendError::Store(error)) => panic!("{error:?}"),
                Err(_) => {
                    self.tally.refused += 1;
                    assert!(!self.acknowledged.contains_key(&id), "{id:?} was acknowledged before");
                }
            }
        }
    }

    fn line(&mut self) {
        let (server, dice) = (self.server.as_ref().unwrap(), &mut self.dice);
        match dice.below(6) {
            0 => self.station.dial(server, self.template, dice),
            1 => self.station.hear(dice),
            _ => {
                self.station.send();
                for _ in 0..dice.below(4) {
                    server.run(self.station.deliver(server, self.template, dice));
                }
            }
        }
        self.read_on();
    }

    fn start_again(&mut self, flushed: u64) {
        self.tally.stops += 1;
        self.life += 1;
        self.station.hang_up();
        let server = self.server.take().unwrap();
        let after = server.disk.after_a_stop(LEDGER, flushed, &mut self.dice);
        drop(server.stop());
        self.server = Some(Server::start(after, self.clock.clone(), self.template.rules.clone(), self.life));
        self.read_again();
        self.proven();
        self.station.dial(self.server.as_ref().unwrap(), self.template, &mut self.dice);
    }

    /// Lives on what is new in the journal, and asks what must be true of it.
    fn read_on(&mut self) {
        let bytes = self.server().run(async {
            let mut tx = self.server().app.db.read().await.unwrap();
            journal::bytes_after(&mut tx, self.size(), 10_000).await.unwrap()
        });
        for (seq, bytes) in &bytes {
            let entry = Entry::from_canonical_bytes(bytes).unwrap();
            assert!(self.last <= entry.recorded_at, "entry {seq} was recorded before the one before it");
            self.last = entry.recorded_at;
            let at = self.size() + 1;
            assert_eq!((*seq, entry.seq), (at, at), "numbers without a gap");
            let effects = apply(&self.state, &entry.draft, entry.recorded_at, entry.edition).unwrap();
            assert_eq!(effects.postings, entry.postings);
            self.state.absorb(entry.seq, entry.draft.id, &effects);
            let id = entry.draft.id;
            assert!(*seq <= self.template.before || self.asked_for(id), "nobody asked for entry {seq}");
            assert!(self.there.insert(id, *seq).is_none(), "entry {seq} is there twice");
        }
        for (id, seq) in &self.acknowledged {
            assert_eq!(self.there.get(id), Some(seq), "{id:?} was acknowledged as entry {seq}");
        }
    }

    /// Reads everything anew: what was known before the stop counts for nothing.
    fn read_again(&mut self) {
        let before = self.size();
        (self.state, self.last) = (State::default(), Moment(0));
        self.know_holders();
        self.there.clear();
        self.read_on();
        self.tally.untold += self.size().saturating_sub(before);
    }

    /// Who keeps what, which no entry says.
    fn know_holders(&mut self) {
        let server = self.server.as_ref().unwrap();
        self.state.holders = server.run(async {
            let mut tx = server.app.db.read().await.unwrap();
            holders::first(&mut tx).await.unwrap()
        });
    }

    fn size(&self) -> u64 {
        self.there.len() as u64
    }

    fn asked_for(&self, id: EntryId) -> bool {
        let made = self.made.iter().any(|draft| draft.id == id);
        made || (1..=self.station.scanned.len()).any(|number| self.event(number) == id)
    }

    fn event(&self, number: usize) -> EntryId {
        EntryId(Uuid::new_v5(&self.template.station.0, format!("event {number}").as_bytes()))
    }

    /// `hufu verify` finds nothing, but for what is the dice's: the signatures, who registers keys, and a photograph that nobody took.
    fn proven(&self) {
        let app = &self.server().app;
        let report = self.server().run(async {
            let mut tx = app.db.read().await.unwrap();
            sums::are_what_is_counted(&mut tx).await;
            // It asks about everything, and takes longer than the rest of the story.
            if self.size().is_multiple_of(32) {
                seen::is_what_the_rule_says(&mut tx).await;
            }
            verify::verify(&mut tx, app.settings.suite).await.unwrap()
        });
        let by_dice =
            ["the signature by key", "somebody of another agency registered", "photograph ab is gone"];
        let by_dice = |en: &str| by_dice.iter().any(|said| en.starts_with(said));
        let findings: Vec<_> = report.findings.iter().filter(|it| !by_dice(&it.en)).collect();
        assert!(findings.is_empty(), "{findings:#?}");
    }

    /// The line holds at last: everything arrives; and what nobody was told of is asked for again.
    fn end(&mut self) {
        let server = self.server.as_ref().unwrap();
        let mut rounds = 0;
        while self.station.waiting() > 0 {
            rounds += 1;
            assert!(rounds < 200, "{} scans still wait", self.station.waiting());
            self.station.dial(server, self.template, &mut self.dice);
            self.station.send();
            for _ in 0..4 {
                server.run(self.station.deliver(server, self.template, &mut self.dice));
                self.station.hear(&mut self.dice);
            }
        }
        let said = server.run(self.station.assert_all_arrived(server));
        let (all, answers) = (self.made.clone(), RefCell::default());
        server.run(begun(&server.app, &all));
        server.run(record(&server.app, &all, &answers));
        self.told(answers.into_inner());
        self.read_on();
        for (number, seq) in said {
            let there = self.there.get(&self.event(number));
            assert_eq!(there, Some(&seq), "scan {number} was told that it is entry {seq}");
            self.tally.moves += 1;
        }
        self.proven();
        self.tally.entries += self.size();
        self.tally.repeats += self.station.repeats;
        let app = self.server().app.clone();
        self.server().run(async move { app.db.close().await });
    }
}

/// What the verbs see to before the ledger is asked: a line of the list for each thing, that whoever settles a difference did
/// not raise it, and that a count has one statement.
fn as_the_verbs_do(draft: &mut Draft, number: usize) {
    match &mut draft.body {
        Body::Seize(seize) => (1..).zip(&mut seize.lines).for_each(|(n, line)| line.paper_line = n),
        Body::SettleDifference(_) => draft.actor = dice::id(2, 20),
        Body::CountStatement(it) => it.count = dice::id(13, number),
        _ => (),
    }
}

/// What a verb writes down before it records: a count that was begun.
async fn begun(app: &App, drafts: &[Draft]) {
    for draft in drafts {
        let Body::CountStatement(it) = &draft.body else { continue };
        let mut tx = app.db.write().await.unwrap();
        if counts::count(&mut tx, it.count).await.unwrap().is_none() {
            let new = counts::NewCount {
                id: it.count,
                store: it.store,
                zone: None,
                as_of: it.as_of,
                started_by: draft.actor,
                started_at: draft.happened_at,
            };
            counts::start(&mut tx, &new).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
}
