//! A case with four lines, an officer who brings them, and a custodian at a counter with a station.

use crate::support::{Engine, TestApp, city::PASSWORD};
use hufu::{
    app::App,
    custody::{
        self, Error, city,
        counter::{self, AtCounter, CaseAtCounter, OpenCase},
        login,
        station::{self, Station},
    },
    domain::{Code, CodeKind, Person},
    id::{CaseId, ItemId, SlotId, UnitId},
    language::Language,
    ledger::{Body, Category, Currency, Draft, Holding, Measure, PaperKind, PaperRef, Seize, SeizedLine},
    live::ScanAnswer,
    store::{Db, places},
};
use hufu_wire::Day;
use hufu_wire::message::{Event, JobState, Observation, Reading, Verdict};
use uuid::Uuid;

pub struct Scene {
    pub t: TestApp,
    pub station: Station,
    /// What the station dials in with.
    pub token: String,
    /// 陈静, who is logged in at the station and on duty.
    pub me: Person,
    pub cookie: String,
    pub case: CaseId,
    /// Two phones, 12.35 g of a drug, 12,000 yuan, a coat.
    pub items: Vec<ItemId>,
    next_event: u64,
}

pub const PHONES: usize = 0;
pub const DRUG: usize = 1;
pub const CASH: usize = 2;
pub const COAT: usize = 3;

impl Scene {
    pub async fn new(engine: Engine) -> Scene {
        Scene::of(TestApp::new(engine).await).await
    }

    async fn of(t: TestApp) -> Scene {
        let (id, token) = city::add_station(&t.app, t.city.centre_unit, "中心二号窗口", "http://127.0.0.1:9")
            .await
            .unwrap();
        let station = station::by_token(&t.app, &token).await.unwrap();
        assert_eq!(station.id, id);
        let (me, cookie) = log_in(&t.app, "chen", &station).await;
        counter::stand(&t.app, &me, station.id, None).await.unwrap();
        let case = open_case(&t.app, t.city.police, "江公（刑）立字〔2026〕1号", 1).await;
        let items = seize(&t, t.city.police, case, 1).await;
        Scene { t, station, token, me, cookie, case, items, next_event: 0 }
    }

    /// The case is open at the counter, brought by 张伟; the first line is in hand.
    pub async fn open(engine: Engine) -> Scene {
        let it = Scene::new(engine).await;
        it.open_case().await.unwrap();
        it
    }

    /// The same, under the rules that ship with the program.
    pub async fn strict(engine: Engine) -> Scene {
        let it = Scene::of(TestApp::under_shipped_rules(engine).await).await;
        it.open_case().await.unwrap();
        it
    }

    pub async fn open_case(&self) -> Result<(), Error> {
        let delivered_by = self.t.person("zhang").await.id;
        let open = OpenCase { station: self.station.id, case: self.case, delivered_by, print_on_pick: true };
        counter::open_case(&self.t.app, &self.me, &open).await
    }

    pub fn at(&self, line: usize) -> AtCounter {
        AtCounter { station: self.station.id, item: self.items[line] }
    }

    pub async fn pick(&self, line: usize) {
        counter::pick(&self.t.app, &self.me, self.at(line)).await.unwrap();
    }

    pub async fn view(&self) -> CaseAtCounter {
        counter::view::case(&self.t.app, &self.me, self.station.id, self.case).await.unwrap()
    }

    /// What is in hand, by its place in the list.
    pub async fn in_hand(&self) -> Option<usize> {
        let picked = self.view().await.picked?;
        self.items.iter().position(|item| *item == picked.item)
    }

    pub fn event(&mut self, what: Observation) -> Event {
        self.next_event += 1;
        Event { number: self.next_event, observed_at: self.t.app.clock.now().0, what }
    }

    pub async fn observe(&mut self, what: Observation) -> Option<ScanAnswer> {
        let event = self.event(what);
        custody::observe(&self.t.app, &self.station, &event).await.unwrap()
    }

    pub async fn scan(&mut self, text: &str) -> ScanAnswer {
        let scan = Observation::Scan {
            device: "scanner".to_owned(),
            text: text.to_owned(),
            symbology: None,
            repeat: false,
        };
        self.observe(scan).await.unwrap()
    }

    pub async fn scan_label(&mut self, line: usize) -> Verdict {
        self.scan_copy(line, self.newest_copy(line).await).await.verdict
    }

    /// Scans this copy of the line's label.
    pub async fn scan_copy(&mut self, line: usize, copy: u32) -> ScanAnswer {
        let code = Code::parse(&label(line)).unwrap().on_copy(copy);
        self.scan(&code.printed()).await
    }

    async fn newest_copy(&self, line: usize) -> u32 {
        let mut tx = self.t.app.db.read().await.unwrap();
        let line = hufu::store::counter::line(&mut tx, self.items[line]).await.unwrap().unwrap();
        line.label.map_or(1, |label| label.copy)
    }

    pub async fn scan_slot(&mut self, slot: SlotId) -> ScanAnswer {
        let code = self.code_of(slot).await;
        self.scan(&code).await
    }

    pub async fn code_of(&self, slot: SlotId) -> String {
        let mut tx = self.t.app.db.read().await.unwrap();
        places::slot(&mut tx, slot).await.unwrap().unwrap().code
    }

    /// The printer says that the newest label of the line is out.
    pub async fn printed(&mut self, line: usize) {
        self.job_is(line, JobState::Sent).await;
    }

    pub async fn job_is(&mut self, line: usize, state: JobState) {
        let job = self.job(line).await;
        self.observe(Observation::Job { job, device: None, state }).await;
    }

    pub async fn job(&self, line: usize) -> Uuid {
        let mut tx = self.t.app.db.read().await.unwrap();
        let line = hufu::store::counter::line(&mut tx, self.items[line]).await.unwrap().unwrap();
        line.label.unwrap().job.0
    }

    pub async fn weigh(&mut self, reading: Reading) -> Option<ScanAnswer> {
        self.weigh_on(None, reading).await
    }

    /// On a scale whose calibration holds until this day.
    pub async fn weigh_on(&mut self, calibration_due: Option<Day>, reading: Reading) -> Option<ScanAnswer> {
        let device = "scale".to_owned();
        self.observe(Observation::Weight { device, request: None, reading, calibration_due }).await
    }

    /// Printed, scanned back, scanned into the slot.
    pub async fn receive(&mut self, line: usize, slot: SlotId) -> ScanAnswer {
        self.pick(line).await;
        self.printed(line).await;
        assert_eq!(self.scan_label(line).await, Verdict::Accepted);
        self.scan_slot(slot).await
    }

    /// Differences: (class, item, owner, due).
    pub async fn differences(&self) -> Vec<(String, Option<ItemId>, UnitId, i64)> {
        const SQL: &str = "select class, item, owner, due_at from differences order by raised_seq";
        match &self.t.app.db {
            Db::Sqlite(pool) => sqlx::query_as(SQL).fetch_all(pool).await.unwrap(),
            Db::Postgres(pool) => sqlx::query_as(SQL).fetch_all(pool).await.unwrap(),
        }
    }

    /// As if the server had stopped before this event was answered.
    pub async fn forget_answer(&self, number: u64) {
        const SQL: &str = "update station_events set answer = null where station = $1 and number = $2";
        let number = number.cast_signed();
        match &self.t.app.db {
            Db::Sqlite(pool) => {
                sqlx::query(SQL).bind(self.station.id).bind(number).execute(pool).await.unwrap();
            }
            Db::Postgres(pool) => {
                sqlx::query(SQL).bind(self.station.id).bind(number).execute(pool).await.unwrap();
            }
        }
    }

    pub async fn entries(&self, kind: &str) -> usize {
        let mut tx = self.t.app.db.read().await.unwrap();
        hufu::store::journal::page(&mut tx, None, Some(kind), 100).await.unwrap().len()
    }
}

pub async fn log_in(app: &App, login: &str, at: &Station) -> (Person, String) {
    let token = login::log_in(app, login, PASSWORD, Language::Zh).await.unwrap();
    let session = login::session(app, &token).await.unwrap().unwrap();
    if session.me.unit == at.unit {
        station::choose(app, &session, at.id).await.unwrap();
    }
    (session.me, token)
}

/// What the label of a line says.
pub fn label(line: usize) -> String {
    Code::new(CodeKind::Item, "26", line as u64 + 1).to_string()
}

pub async fn open_case(app: &App, unit: UnitId, number: &str, nth: u128) -> CaseId {
    const SQL: &str = "insert into cases (id, matter, unit, number, name, stage, opened_at)
        values ($1, $1, $2, $3, '“11·19”系列盗窃案', 'investigation', 0)";
    let case = CaseId(Uuid::from_u128(0xCA5E_0000 + nth));
    match &app.db {
        Db::Sqlite(pool) => {
            sqlx::query(SQL).bind(case).bind(unit).bind(number).execute(pool).await.unwrap();
        }
        Db::Postgres(pool) => {
            sqlx::query(SQL).bind(case).bind(unit).bind(number).execute(pool).await.unwrap();
        }
    }
    case
}

/// The four lines, seized by 张伟; numbers begin at `first`.
pub async fn seize(t: &TestApp, unit: UnitId, case: CaseId, first: u64) -> Vec<ItemId> {
    let zhang = t.person("zhang").await;
    let cny = Measure::Minor(Currency::new("CNY").unwrap());
    let lines: Vec<SeizedLine> = [
        ("手机", Category::Electronic, Measure::Piece, 2, Some("部")),
        ("白色晶体", Category::Drug, Measure::Milligram, 12_350, None),
        ("人民币", Category::Cash, cny, 1_200_000, None),
        ("黑色外套", Category::General, Measure::Piece, 1, Some("件")),
    ]
    .into_iter()
    .zip(first..)
    .map(|((name, category, measure, quantity, counted_as), n)| SeizedLine {
        item: t.app.ids.new_id(),
        number: Code::new(CodeKind::Item, "26", n).number(),
        paper_line: u32::try_from(n - first).unwrap() + 1,
        name: name.to_owned(),
        category,
        features: "特征".to_owned(),
        particulars: Default::default(),
        measure,
        quantity,
        counted_as: counted_as.map(str::to_owned),
        holding: Holding::InHand,
    })
    .collect();
    let items = lines.iter().map(|line| line.item).collect();
    let draft = Draft {
        id: t.app.ids.new_id(),
        happened_at: t.app.clock.now(),
        actor: zhang.id,
        unit,
        station: None,
        papers: vec![PaperRef {
            kind: PaperKind::SeizureList, number: "江公扣字〔2026〕1号".to_owned()
        }],
        body: Body::Seize(Seize { case, unit, lines }),
        signatures: vec![],
    };
    t.app.sequencer.record(draft).await.unwrap();
    items
}

pub fn stable(milligrams: i64) -> Reading {
    let value = format!("{:.2}", milligrams as f64 / 1000.0);
    let (unit, milligrams) = ("g".to_owned(), Some(milligrams));
    Reading::Weight { value, unit, milligrams, stable: true, basis: None, tare: None }
}
