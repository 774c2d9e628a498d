//! A private PostgreSQL cluster for this test program. Its absence is a failure, not a skip.

use sqlx::{ConnectOptions, Connection, postgres::PgConnectOptions};
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

struct Cluster {
    folder: String,
    /// Its standard input closes when this program ends, and the cluster with it.
    _process: Child,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();

fn start() -> Cluster {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/postgres.sh");
    let mut process = Command::new("sh")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh starts");
    let mut folder = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut folder).unwrap();
    let folder = folder.trim().to_owned();
    assert!(!folder.is_empty(), "PostgreSQL is missing: install the package postgresql (make test does)");
    Cluster { folder, _process: process }
}

/// The address of a new, empty database.
pub async fn new_database(number: u32) -> String {
    copy_database("template1", &format!("hufu_{number}")).await
}

/// The address of a new database that is a copy of another, in which nobody is.
pub(super) async fn copy_database(from: &str, name: &str) -> String {
    let cluster = CLUSTER.get_or_init(start);
    let options = PgConnectOptions::new().socket(&cluster.folder).username("hufu").database("postgres");
    let mut connection = options.connect().await.unwrap();
    let sql = format!("create database {name} template {from}");
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    format!("postgres://hufu@localhost/{name}?host={}", cluster.folder)
}
