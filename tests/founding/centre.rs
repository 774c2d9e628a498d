//! The machine of the ledger: what an administrator types there, and the server.

use crate::page::block;
use std::{
    collections::BTreeMap,
    io::Write,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// What somebody waits for comes within this time.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Centre {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) database: String,
    pub(crate) port: u16,
    /// Of the stations' pages, by the port that the page gives them.
    pub(crate) ports: BTreeMap<u16, u16>,
    server: Option<Child>,
}

/// What a command said.
pub(crate) struct Said {
    pub(crate) out: String,
    pub(crate) errors: String,
    pub(crate) done: bool,
}

impl Centre {
    /// An empty folder; on PostgreSQL an empty database.
    pub(crate) fn new(postgres: Option<String>) -> Centre {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = || format!("sqlite:{}", folder.path().join("ledger.db").display());
        let database = postgres.unwrap_or_else(sqlite);
        let ports = [7717, 7718, 7719].map(|port| (port, free_port())).into();
        Centre { folder, database, port: free_port(), ports, server: None }
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The page's words with this machine's paths and ports.
    pub(crate) fn here(&self, text: &str) -> String {
        let mut text = text
            .replace("sqlite:/var/lib/hufu/ledger.db", &format!("'{}'", self.database))
            .replace("--database …", &format!("--database '{}'", self.database))
            .replace("0.0.0.0:8443", &format!("127.0.0.1:{}", self.port))
            .replace("hufu.example:8443", &format!("localhost:{}", self.port))
            .replace("hufu.example", "localhost");
        for (port, ours) in &self.ports {
            text = text.replace(&format!("127.0.0.1:{port}"), &format!("127.0.0.1:{ours}"));
        }
        text
    }

    /// Runs commands in this folder.
    pub(crate) fn run_in(&self, folder: &str, commands: &str, input: &str, pin: &str) -> Said {
        let mut shell = shell(&self.here(commands));
        shell.current_dir(self.path(folder)).env("HUFU_PIN", pin);
        let mut shell =
            shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that refuses at once reads nothing.
        drop(shell.stdin.take().unwrap().write_all(input.as_bytes()));
        let output = shell.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { out: text(output.stdout), errors: text(output.stderr), done: output.status.success() }
    }

    /// Runs commands that must succeed; answers with what they printed.
    #[track_caller]
    pub(crate) fn run(&self, commands: &str) -> String {
        self.run_with(commands, "")
    }

    /// The same with this on standard input.
    #[track_caller]
    pub(crate) fn run_with(&self, commands: &str, input: &str) -> String {
        let said = self.run_in("", commands, input, "");
        assert!(said.done, "{commands}: {}{}", said.out, said.errors);
        said.out
    }

    /// Starts the server by the page's command; answers with what it says first.
    pub(crate) fn serve(&mut self) -> String {
        let command = block("sh", "hufu serve").replacen("hufu serve", "exec hufu serve", 1);
        let log = std::fs::File::create(self.path("serve.log")).unwrap();
        let mut shell = shell(&self.here(&command));
        let errors = log.try_clone().unwrap();
        let shell = shell.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(log).stderr(errors);
        self.server = Some(shell.spawn().unwrap());
        until("the server answers", || TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok());
        std::fs::read_to_string(self.path("serve.log")).unwrap()
    }

    /// Whoever trusts the centre's own authority and no other.
    pub(crate) fn agent(&self) -> ureq::Agent {
        let authority = std::fs::read(self.path("centre-ca.pem")).unwrap();
        let authority = Certificate::from_pem(&authority).unwrap();
        let trusted = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[authority])).build();
        ureq::Agent::config_builder().tls_config(trusted).http_status_as_error(false).build().into()
    }
}

impl Drop for Centre {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            drop(server.kill());
            drop(server.wait());
        }
    }
}

/// A shell that stops at the first command that fails and finds both programs.
fn shell(commands: &str) -> Command {
    let programs = Path::new(env!("CARGO_BIN_EXE_hufu")).parent().unwrap();
    assert!(programs.join("hufu-station").exists(), "build the workspace first");
    let mut path = std::ffi::OsString::from(programs);
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-euc", commands]).env("PATH", path).env("LC_ALL", "C.UTF-8");
    shell
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Waits until this is there.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(since.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::park_timeout(Duration::from_millis(50));
    }
}
