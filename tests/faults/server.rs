//! The real server program, to be killed at any moment.

use crate::support::hufu;
use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep},
};

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    url: String,
    log: std::path::PathBuf,
    /// The network namespace it runs in; this machine's own when absent.
    within: Option<String>,
    child: Child,
}

/// `hufu verify` says that everything is in order.
pub(crate) fn assert_in_order(url: &str) {
    let said = hufu(&["verify", "--database", url, "--language", "en"]);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
}

impl Server {
    /// Serves the ledger on a free port, and answers when it does.
    pub(crate) async fn start(url: &str, folder: &Path) -> Server {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        Server::start_at(url, folder, address).await
    }

    /// The same at an address where another has been before.
    pub(crate) async fn start_at(url: &str, folder: &Path, address: SocketAddr) -> Server {
        Server::start_within(None, url, folder, address).await
    }

    /// The same in a network namespace; in this machine's own when there is none.
    pub(crate) async fn start_within(
        within: Option<String>,
        url: &str,
        folder: &Path,
        address: SocketAddr,
    ) -> Server {
        let log = folder.join("serve.log");
        let child = run(within.as_deref(), url, address, &log);
        let server = Server { child, address, url: url.to_owned(), log, within };
        server.answers().await;
        server
    }

    /// Waits until it takes connections.
    pub(crate) async fn answers(&self) {
        let since = Instant::now();
        while TcpStream::connect(self.address).await.is_err() {
            let log = || std::fs::read_to_string(&self.log).unwrap_or_default();
            assert!(since.elapsed() < Duration::from_secs(60), "the server does not start: {}", log());
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// kill -9, without a word before.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn start_again(&mut self) {
        self.child = run(self.within.as_deref(), &self.url, self.address, &self.log);
    }
}

fn run(within: Option<&str>, url: &str, address: SocketAddr, log: &Path) -> Child {
    // The ledger's key lies in the test's folder; a second server logs into a folder of its own inside it.
    let mut keys = log.ancestors().skip(1).map(|folder| folder.join("ledger.key"));
    let key = keys.find(|key| key.exists()).unwrap();
    let log = std::fs::File::options().create(true).append(true).open(log).unwrap();
    let hufu = env!("CARGO_BIN_EXE_hufu");
    let mut command = Command::new(if within.is_some() { "ip" } else { hufu });
    if let Some(namespace) = within {
        command.args(["netns", "exec", namespace, hufu]);
    }
    command
        .args(["serve", "--database", url, "--listen", &address.to_string()])
        .env("HUFU_LEDGER_KEY", key)
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been killed already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
