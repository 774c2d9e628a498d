//! `hufu demo` in a temporary folder on free ports, and a `chromedriver` beside it. Both end with the test.

use std::os::unix::process::CommandExt;
use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

pub(crate) struct Demo {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) port: u16,
    pub(crate) driver: String,
    processes: Vec<Child>,
    /// The group of a server that has gone, in which its counters are still at work.
    left_behind: Option<u32>,
}

/// The counters' pages, as far above the server's port as the demo puts them.
#[derive(Clone, Copy)]
pub(crate) enum Counter {
    Centre = 11,
    Procuratorate = 12,
    Court = 13,
    Police = 14,
}

impl Demo {
    /// An empty city.
    pub(crate) fn start() -> Demo {
        Demo::begin(&["--empty"])
    }

    /// As `make demo` begins it.
    pub(crate) fn with_first_day() -> Demo {
        Demo::begin(&[])
    }

    fn begin(arguments: &[&str]) -> Demo {
        let folder = tempfile::tempdir().unwrap();
        let (port, driver_port) = (free_ports(), free_port());
        let mut demo = Demo {
            folder,
            port,
            driver: format!("http://127.0.0.1:{driver_port}"),
            processes: vec![],
            left_behind: None,
        };
        let mut driver = Command::new("chromedriver");
        driver.arg(format!("--port={driver_port}"));
        demo.run(driver, "chromedriver.log", driver_port);
        demo.serve(arguments);
        demo
    }

    fn serve(&mut self, arguments: &[&str]) {
        let mut hufu = Command::new(env!("CARGO_BIN_EXE_hufu"));
        hufu.args(["demo", "--port", &self.port.to_string(), "--folder"])
            .arg(self.path("demo"))
            .args(arguments);
        self.run(hufu, "demo.log", self.port);
        for counter in [Counter::Centre, Counter::Procuratorate, Counter::Court, Counter::Police] {
            answers(self.port + counter as u16);
        }
    }

    fn run(&mut self, mut command: Command, log: &str, port: u16) {
        let log = std::fs::File::create(self.path(log)).unwrap();
        let errors = log.try_clone().unwrap();
        // A group of its own, so that the browsers end with their driver.
        let process = command.process_group(0).stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
        self.processes.push(process.expect("make test installs and builds what is started here"));
        answers(port);
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn page(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn counter(&self, counter: Counter, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port + counter as u16)
    }

    /// The server ends at once, as with a cut cable; the counters go on.
    pub(crate) fn server_goes_away(&mut self) {
        let mut server = self.processes.pop().unwrap();
        server.kill().unwrap();
        server.wait().unwrap();
        self.left_behind = Some(server.id());
    }

    /// It starts again with the same ledger.
    pub(crate) fn server_comes_back(&mut self) {
        let mut hufu = Command::new(env!("CARGO_BIN_EXE_hufu"));
        hufu.args(["demo", "--without-counters", "--port", &self.port.to_string(), "--folder"])
            .arg(self.path("demo"));
        self.run(hufu, "demo-again.log", self.port);
    }

    /// What `hufu verify` says of the ledger that is being worked in.
    pub(crate) fn verify(&self) -> String {
        let database = format!("sqlite:{}", self.path("demo/ledger.db").display());
        let mut hufu = Command::new(env!("CARGO_BIN_EXE_hufu"));
        let answer = hufu.args(["verify", "--language", "en", "--database", &database]).output().unwrap();
        assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stdout));
        String::from_utf8(answer.stdout).unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // The demo ends its counters when it is asked to end.
        for group in self.processes.iter().map(Child::id).chain(self.left_behind) {
            let asked = Command::new("kill").args(["--", &format!("-{group}")]).status();
            drop(asked);
        }
        let patience = Instant::now() + Duration::from_secs(5);
        for process in &mut self.processes {
            while Instant::now() < patience && process.try_wait().is_ok_and(|ended| ended.is_none()) {
                std::thread::park_timeout(Duration::from_millis(20));
            }
            drop(process.kill());
            drop(process.wait());
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// A port that is free together with those of its counters.
fn free_ports() -> u16 {
    let free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    (0..100).map(|_| free_port().min(65_000)).find(|port| (11..=14).all(|n| free(port + n))).unwrap()
}

fn answers(port: u16) {
    let patience = Instant::now() + Duration::from_mins(1);
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(Instant::now() < patience, "nothing answers at port {port}");
        std::thread::park_timeout(Duration::from_millis(50));
    }
}
