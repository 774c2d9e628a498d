//! The test app: a small city on either engine with a clock that stands still and counted ids. When it ends, everything
//! that must always be true is proven again.

#![expect(dead_code, unreachable_pub, reason = "each test file uses its own part of it")]

pub mod addresses;
pub mod browser;
pub mod city;
pub mod keys;
pub mod postgres;
pub mod seen;
pub mod sums;
mod tables;
pub mod things;

use hufu::{
    app::{App, Builder, PasswordCost},
    clock::Clock,
    custody::{
        access,
        roster::{self, NewStanding},
    },
    domain::{Person, Rules},
    id::Ids,
    ledger::Suite,
    random,
    store::{Db, people, settings, verify},
};
use std::sync::atomic::{AtomicU32, Ordering};

pub use city::City;

/// Both engines, for `for engine in ENGINES`.
pub const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An app with its city.
pub struct TestApp {
    pub app: App,
    pub city: City,
    url: String,
    folder: std::path::PathBuf,
}

static NEXT: AtomicU32 = AtomicU32::new(0);

/// The program itself, run with these arguments to its end.
pub fn hufu(arguments: &[&str]) -> std::process::Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_hufu")).args(arguments).output().unwrap()
}

/// Random numbers that can be had again (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }
}

fn new_folder() -> (u32, std::path::PathBuf) {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("hufu-test-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    (number, folder)
}

/// A new, empty database of the private PostgreSQL.
pub async fn new_postgres_database() -> String {
    postgres::new_database(NEXT.fetch_add(1, Ordering::Relaxed)).await
}

impl TestApp {
    pub async fn new(engine: Engine) -> TestApp {
        TestApp::with_suite(engine, Suite::Sm).await
    }

    /// Under the rules that ship with the program, binding steps and all.
    pub async fn under_shipped_rules(engine: Engine) -> TestApp {
        TestApp::with(engine, Suite::Sm, Rules::shipped().unwrap()).await
    }

    pub async fn with_suite(engine: Engine, suite: Suite) -> TestApp {
        TestApp::with(engine, suite, without_intake()).await
    }

    async fn with(engine: Engine, suite: Suite, rules: Rules) -> TestApp {
        let (number, folder) = new_folder();
        let url = tables::copied(engine, number, &folder).await;
        TestApp::begin((url, folder), suite, rules).await
    }

    /// In a database of the test's own, new and empty.
    pub async fn at(url: String) -> TestApp {
        TestApp::begin((url, new_folder().1), Suite::Sm, without_intake()).await
    }

    async fn begin((url, folder): (String, std::path::PathBuf), suite: Suite, rules: Rules) -> TestApp {
        let app = TestApp::build(&url, suite, &folder, rules).await;
        let city = City::found(&app).await;
        // A program that works in it goes by the time of the machine, which is long after this clock's.
        let mut tx = app.db.write().await.unwrap();
        settings::confirm_clock(&mut tx, Clock::System.now()).await.unwrap();
        tx.commit().await.unwrap();
        TestApp { app, city, url, folder }
    }

    /// A second server of the same ledger. Its ids are its own.
    pub async fn again(&self) -> App {
        let mut app =
            TestApp::build(&self.url, self.app.settings.suite, &self.folder, without_intake()).await;
        app.ids = Ids::TimeOrdered;
        app
    }

    async fn build(url: &str, suite: Suite, folder: &std::path::Path, rules: Rules) -> App {
        let fonts = label_templates::Fonts::load(None).unwrap();
        let builder = Builder {
            db: Db::open(url).await.unwrap(),
            clock: Clock::standing(),
            ids: Ids::counted(),
            random: random::Random::counted(),
            rules,
            fonts: Some(fonts),
            origin: "hufu.test/ledger".to_owned(),
            suite,
            ledger_key: Some(folder.join("ledger.key")),
            address: "http://127.0.0.1:8080".to_owned(),
            password_cost: PasswordCost::Test,
        };
        builder.build().await.unwrap()
    }

    /// Somebody of the city, by login.
    pub async fn person(&self, login: &str) -> Person {
        let mut tx = self.app.db.read().await.unwrap();
        people::person_by_login(&mut tx, login).await.unwrap().unwrap().0
    }

    /// The number of the so-manieth entry of a test: the first ones founded the city.
    pub fn nth(&self, number: u64) -> u64 {
        self.city.founded + number
    }

    /// What an administrator does to somebody at the server's machine.
    pub async fn becomes(&self, login: &str, new: NewStanding) {
        let person = self.person(login).await.id;
        roster::change_person(&self.app, &access::machine(), person, new, "调岗").await.unwrap();
    }

    /// The address of the database, for the commands.
    pub fn database(&self) -> &str {
        &self.url
    }

    /// A folder of this test's own, removed at the end.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// Ends a test that has damaged the ledger on purpose.
    pub async fn abandon(self) {
        self.app.db.close().await;
        std::fs::remove_dir_all(&self.folder).unwrap();
        std::mem::forget(self);
    }

    /// Proves everything again and ends. Every story ends with this.
    pub async fn close(self) {
        let mut tx = self.app.db.read().await.unwrap();
        let report = verify::verify(&mut tx, self.app.settings.suite).await.unwrap();
        assert!(report.findings.is_empty(), "{:#?}", report.findings);
        sums::are_what_is_counted(&mut tx).await;
        drop(tx);
        self.app.db.close().await;
        std::fs::remove_dir_all(&self.folder).unwrap();
        std::mem::forget(self);
    }
}

impl Drop for TestApp {
    /// A test that ends without [`TestApp::close`] has proven nothing.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("end the test with `TestApp::close`, which proves the ledger again");
        }
    }
}

/// A small picture, and behind it bytes that tell it from others and are no part of what is seen.
pub fn jpeg(mark: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    image::RgbImage::new(8, 8).write_with_encoder(image::codecs::jpeg::JpegEncoder::new(&mut bytes)).unwrap();
    bytes.extend(mark);
    bytes
}

/// The shipped rules without binding steps, tolerances and separation: for stories about something else.
pub fn without_intake() -> Rules {
    let (rest, _) = Rules::SHIPPED.split_once("# ---- 入库 ----").expect("the section of the intake");
    Rules::read(&format!("intake = []\ntolerance = []\nsharing = []\n{rest}")).expect("rules")
}
