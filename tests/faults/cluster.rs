//! A PostgreSQL cluster of a test's own, to be killed, started again, copied and promoted. It waits for its log as in
//! service; only the flush to the disk itself is left out, which no killed process needs.

use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

/// Ends the cluster when the test program ends, however it ends: its standard input closes then.
const WARDEN: &str = r#"cat >/dev/null
if [ "$(id -u)" = 0 ]; then as="runuser -u postgres --"; else as=; fi
cd /; $as "$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1; rm -rf "$2""#;

/// Who runs PostgreSQL: root may not.
fn command(program: &str) -> Command {
    let path =
        Command::new("sh").args(["-c", "ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1"]).output();
    let folder = String::from_utf8(path.unwrap().stdout).unwrap();
    let program = Path::new(folder.trim()).join(program);
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut command = Command::new(if root { "runuser" } else { "env" });
    if root {
        command.args(["-u", "postgres", "--"]);
    }
    command.arg(program).current_dir("/").stdin(Stdio::null());
    command
}

#[track_caller]
fn done(output: Output) -> Output {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    output
}

/// A folder where PostgreSQL may keep clusters; removed at the end.
pub(crate) fn place() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    folder
}

pub(crate) struct Cluster {
    folder: PathBuf,
    /// How it is started besides.
    options: String,
    _warden: Child,
}

impl Cluster {
    /// A new cluster, started.
    pub(crate) fn found(folder: &Path) -> Cluster {
        let cluster = Cluster::at(folder);
        let data = cluster.data();
        let options = "-U hufu -A trust -E UTF8 --locale=C.UTF-8 --wal-segsize=1".split(' ');
        done(command("initdb").arg("-D").arg(data).args(options).output().unwrap());
        cluster.start();
        cluster
    }

    /// A standby of a running cluster, started; from now on the primary acknowledges what both have.
    pub(crate) async fn standby_of(primary: &Cluster, folder: &Path) -> Cluster {
        let cluster = Cluster::copied(primary, folder, &["-R"]);
        cluster.start();
        let mut admin = primary.admin().await;
        for sql in ["alter system set synchronous_standby_names = '*'", "select pg_reload_conf()"] {
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut admin).await.unwrap();
        }
        let since = Instant::now();
        let state = "select coalesce(max(sync_state), '') from pg_stat_replication";
        while sqlx::query_scalar::<_, String>(state).fetch_one(&mut admin).await.unwrap() != "sync" {
            assert!(since.elapsed() < Duration::from_secs(30), "the standby does not follow");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        cluster
    }

    /// A base backup as docs/backup.md makes it, started by itself.
    pub(crate) fn restored_from_base_backup(primary: &Cluster, folder: &Path) -> Cluster {
        let cluster = Cluster::copied(primary, folder, &[]);
        done(command("pg_verifybackup").arg(cluster.data()).output().unwrap());
        cluster.start();
        cluster
    }

    fn copied(primary: &Cluster, folder: &Path, how: &[&str]) -> Cluster {
        let cluster = Cluster::at(folder);
        let mut copy = command("pg_basebackup");
        copy.arg("-h").arg(&primary.folder).args(["-U", "hufu", "-X", "stream", "-c", "fast"]).args(how);
        done(copy.arg("-D").arg(cluster.data()).output().unwrap());
        cluster
    }

    pub(crate) fn database(&self, name: &str) -> String {
        format!("postgres://hufu@localhost/{name}?host={}", self.folder.display())
    }

    fn at(folder: &Path) -> Cluster {
        std::fs::create_dir_all(folder).unwrap();
        // Fails where this is not root, and is not needed there.
        drop(Command::new("chown").arg("postgres").arg(folder).output());
        let bin = command("pg_ctl").get_args().last().unwrap().to_owned();
        let bin = Path::new(&bin).parent().unwrap().to_owned();
        let warden = Command::new("sh")
            .args(["-c", WARDEN, "warden"])
            .arg(bin)
            .arg(folder)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        Cluster { folder: folder.to_owned(), options: "-c listen_addresses=''".to_owned(), _warden: warden }
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join(".s.PGSQL.5432")
    }

    pub(crate) async fn admin(&self) -> PgConnection {
        PgConnectOptions::new()
            .socket(&self.folder)
            .username("hufu")
            .database("postgres")
            .connect()
            .await
            .unwrap()
    }

    /// The address of a new, empty database, past every line.
    pub(crate) async fn new_database(&self, name: &str) -> String {
        let mut admin = self.admin().await;
        sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}")))
            .execute(&mut admin)
            .await
            .unwrap();
        admin.close().await.unwrap();
        self.database(name)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "PostgreSQL tells nobody when the last of its processes has ended"
    )]
    /// Tries until what was left of the killed one is gone.
    pub(crate) fn start(&self) {
        let since = Instant::now();
        while !self.starts() {
            let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(since.elapsed() < Duration::from_secs(60), "PostgreSQL does not start: {log}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn starts(&self) -> bool {
        let options = format!(
            "-k {} {} -c max_connections=300 -c fsync=off -c synchronous_commit=on \
             -c dynamic_shared_memory_type=mmap \
             -c max_wal_size=16MB -c min_wal_size=2MB",
            self.folder.display(),
            self.options
        );
        let mut start = command("pg_ctl");
        start
            .arg("-D")
            .arg(self.data())
            .arg("-w")
            .arg("-l")
            .arg(self.folder.join("log"))
            .arg("-o")
            .arg(options);
        start.arg("start").stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    /// Starts it again with other options, and with the lines of `pg_hba.conf` that say who is let in how.
    pub(crate) fn start_with(&mut self, options: &str, who: &str) {
        self.stop_at_once();
        std::fs::write(self.data().join("pg_hba.conf"), who).unwrap();
        options.clone_into(&mut self.options);
        self.start();
    }

    /// Puts a file beside its tables, for the server alone.
    pub(crate) fn keep(&self, name: &str, bytes: &[u8]) {
        let file = self.data().join(name);
        std::fs::write(&file, bytes).unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        drop(Command::new("chown").arg("postgres").arg(file).output());
    }

    pub(crate) fn runs(&self) -> bool {
        command("pg_ctl").arg("-D").arg(self.data()).arg("status").output().unwrap().status.success()
    }

    /// kill -9 of the main process; the others end when they see it gone.
    pub(crate) fn kill(&self) {
        let pid = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        done(Command::new("kill").args(["-9", pid.lines().next().unwrap()]).output().unwrap());
    }

    /// All processes leave at once, and nothing is written any more.
    pub(crate) fn stop_at_once(&self) {
        done(
            command("pg_ctl").arg("-D").arg(self.data()).args(["-m", "immediate", "stop"]).output().unwrap(),
        );
    }

    /// A standby becomes the one that is written to.
    pub(crate) fn promote(&self) {
        done(command("pg_ctl").arg("-D").arg(self.data()).args(["-w", "promote"]).output().unwrap());
    }
}
