//! A ledger that grows, and witnesses beside it.

use crate::support::{Engine, TestApp, hufu};
use hufu::{
    clock::Clock,
    id::{ItemId, SlotId},
    ledger::{Checkpoint, Measure, Note, Suite},
    store::{heads, witnesses},
};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// What somebody waits for comes within this time.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Town {
    pub(crate) test: TestApp,
    item: ItemId,
    slots: [SlotId; 2],
}

impl Town {
    /// The clock stands, but not far from that of the other programs.
    pub(crate) async fn new(engine: Engine, suite: Suite) -> Town {
        let test = TestApp::with_suite(engine, suite).await;
        test.app.clock.advance(Clock::System.now().since(test.app.clock.now()));
        let case = test.case("江公（刑）立字〔2026〕1号").await;
        let slots = [test.city.slots[0], test.city.slots[1]];
        let item = test.lying(case, &[("手机", Measure::Piece, 1, slots[0])]).await[0].item;
        Town { test, item, slots }
    }

    /// Two more entries.
    pub(crate) async fn grow(&self) {
        let [a, b] = self.slots;
        self.test.moved(self.item, 1, a, b).await;
        self.test.moved(self.item, 1, b, a).await;
    }

    pub(crate) async fn size(&self) -> u64 {
        let mut tx = self.test.app.db.read().await.unwrap();
        heads::newest(&mut tx).await.unwrap().unwrap().size
    }

    /// How far this witness has signed, as the ledger knows.
    pub(crate) async fn signed(&self, name: &str) -> u64 {
        let mut tx = self.test.app.db.read().await.unwrap();
        let newest = witnesses::newest(&mut tx).await.unwrap();
        newest.iter().find(|it| it.witness == name).map_or(0, |it| it.size.cast_unsigned())
    }

    /// Waits until the witness has signed everything.
    pub(crate) async fn witnessed(&self, witness: &Witness) {
        let since = Instant::now();
        while self.signed(&witness.name).await != self.size().await {
            assert!(since.elapsed() < PATIENCE, "{}", witness.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn ledger_key(&self) -> &str {
        self.test.app.settings.ledger_key.as_deref().unwrap()
    }

    /// A new witness of the procuratorate, entered at the centre, following the ledger there.
    pub(crate) fn witness(&self, name: &str, suite: Suite, url: &str) -> Witness {
        let witness = Witness::new(self.test.folder(), name, suite, &[(url, self.ledger_key())]);
        self.register(&witness);
        witness
    }

    pub(crate) fn register(&self, witness: &Witness) {
        let unit = "临江市人民检察院/案件管理部";
        said(&[
            "witness",
            "register",
            "--database",
            self.test.database(),
            "--unit",
            unit,
            "--key",
            &witness.key,
        ]);
    }
}

/// What the program printed; it must have done what it was asked.
#[track_caller]
pub(crate) fn said(arguments: &[&str]) -> String {
    let output = hufu(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// One agency's witness: its key, its folder, and its process while it runs.
pub(crate) struct Witness {
    pub(crate) name: String,
    /// As it printed it.
    pub(crate) key: String,
    pub(crate) folder: PathBuf,
    process: Option<Child>,
}

impl Witness {
    pub(crate) fn new(folder: &Path, name: &str, suite: Suite, ledgers: &[(&str, &str)]) -> Witness {
        let folder = folder.join(name.replace('/', "_"));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("witness.key");
        let out = file.to_str().unwrap();
        let key = said(&["witness", "key", "--name", name, "--suite", suite.word(), "--out", out]);
        let mut config = format!("name = '{name}'\nkey = 'witness.key'\nstate = 'state'\n");
        for (url, key) in ledgers {
            config += &format!("[[ledger]]\nurl = '{url}'\nkey = '{key}'\nevery = 1\n");
        }
        fs::write(folder.join("witness.toml"), config).unwrap();
        Witness { name: name.to_owned(), key: key.trim().to_owned(), folder, process: None }
    }

    pub(crate) fn start(&mut self) {
        let log = File::options().create(true).append(true).open(self.folder.join("log")).unwrap();
        let config = self.folder.join("witness.toml");
        let process = Command::new(env!("CARGO_BIN_EXE_hufu"))
            .args(["witness", "run", "--config", config.to_str().unwrap()])
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        self.process = Some(process.unwrap());
    }

    /// kill -9, without a word before.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Still there?
    pub(crate) fn runs(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| process.try_wait().unwrap().is_none())
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.as_ref().unwrap().id()
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Waits until the log says this.
    pub(crate) async fn says(&self, words: &str) {
        let since = Instant::now();
        while !self.log().contains(words) {
            assert!(since.elapsed() < PATIENCE, "it never said «{words}»: {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The checkpoint it remembers, whole.
    pub(crate) fn remembers(&self) -> Option<Checkpoint> {
        let files = files(&self.folder.join("state"), "checkpoint");
        let text = fs::read_to_string(files.first()?).unwrap();
        let note = Note::parse(&text).unwrap();
        Some(Checkpoint::parse(&note.text).unwrap())
    }

    /// Everything it has kept as evidence.
    pub(crate) fn evidence(&self) -> Vec<String> {
        let of_ledgers = fs::read_dir(self.folder.join("state/evidence")).into_iter().flatten();
        let files = of_ledgers.flat_map(|folder| files(&folder.unwrap().path(), "txt"));
        files.map(|file| fs::read_to_string(file).unwrap()).collect()
    }
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|it| it == ending)).collect()
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.kill();
    }
}
