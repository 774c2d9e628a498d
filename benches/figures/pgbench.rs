//! PostgreSQL's own measuring stick, on the same cluster: a transaction of `pgbench` (tpcb-like) is five statements and
//! one flush, about what one entry is to a ledger that writes each alone.

use crate::support::postgres;
use std::process::Command;

/// A database filled for `pgbench`.
pub struct PgBench {
    folder: String,
    database: String,
}

impl PgBench {
    /// 1 000 000 accounts.
    /// On a database of this number.
    pub async fn new(number: u32) -> PgBench {
        let address = postgres::new_database(number).await;
        let (address, folder) = address.split_once("?host=").unwrap();
        let database = address.rsplit('/').next().unwrap().to_owned();
        let it = PgBench { folder: folder.to_owned(), database };
        it.run(&["-i", "-q", "-s", "10"]);
        it
    }

    /// Transactions per second of so many clients. Statements are prepared, as ours are.
    pub fn rate(&self, clients: usize, seconds: u64) -> f64 {
        let (clients, seconds, threads) =
            (clients.to_string(), seconds.to_string(), clients.min(2).to_string());
        let said = self.run(&["-M", "prepared", "-n", "-c", &clients, "-j", &threads, "-T", &seconds]);
        let (_, rest) = said.split_once("tps = ").expect(&said);
        rest.split(' ').next().unwrap().parse().unwrap()
    }

    fn run(&self, arguments: &[&str]) -> String {
        let done = Command::new("sh")
            .args([
                "-c",
                r#"PATH="$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1):$PATH" exec pgbench "$@""#,
            ])
            .arg("pgbench")
            .args(arguments)
            .args(["-h", &self.folder, "-U", "hufu", &self.database])
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }
}
