//! A database that cannot be reached: the program says within seconds what is in the way, over TLS as well, and its password
//! is in nothing that it writes, however much it is told to write.

use crate::cluster::{self, Cluster};
use std::{
    net::TcpListener,
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};

const PASSWORD: &str = "Geheim-7%";
const WRITTEN: &str = "Geheim-7%25";
/// Two seconds, and what the program needs to start beside other tests.
const SOON: Duration = Duration::from_secs(4);
const WHO: &str = "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n";

fn openssl(folder: &Path, arguments: &str) {
    let done = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// An authority, another one, and the server's certificate by the first, for the name `localhost` only.
fn certificates(folder: &Path) {
    const NEW: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    for ca in ["ca", "other"] {
        openssl(folder, &format!("req -x509 {NEW} -days 2 -subj /CN={ca} -keyout {ca}.key -out {ca}.crt"));
    }
    openssl(
        folder,
        &format!(
            "req -x509 {NEW} -days 2 -subj /CN=db -addext subjectAltName=DNS:localhost \
             -addext basicConstraints=critical,CA:FALSE -CA ca.crt -CAkey ca.key -keyout db.key -out db.crt"
        ),
    );
    std::fs::write(folder.join("empty.crt"), "").unwrap();
}

/// `hufu migrate` at its most talkative.
fn migrate(url: &str) -> (Output, Duration) {
    let since = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hufu"));
    let said = command.arg("migrate").env("HUFU_DATABASE", url).env("RUST_LOG", "trace").output().unwrap();
    (said, since.elapsed())
}

fn text(said: &Output) -> String {
    String::from_utf8_lossy(&[&said.stdout[..], &said.stderr[..]].concat()).into_owned()
}

#[track_caller]
fn refused(url: &str, words: [&str; 2]) {
    let (said, took) = migrate(url);
    let last = text(&said).lines().last().unwrap_or_default().to_owned();
    assert!(!said.status.success() && words.iter().all(|it| last.contains(it)), "{url}: {last}");
    assert!(!text(&said).contains(PASSWORD) && !text(&said).contains(WRITTEN), "{url}: {}", text(&said));
    assert!(took < SOON, "{url}: {took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_cannot_be_reached_says_why_and_its_password_stands_nowhere() {
    let folder = cluster::place();
    certificates(folder.path());
    let mut cluster = Cluster::found(&folder.path().join("cluster"));
    cluster.new_database("hufu").await;
    let mut admin = cluster.admin().await;
    let password = format!("alter role hufu password '{PASSWORD}'");
    sqlx::query(sqlx::AssertSqlSafe(password)).execute(&mut admin).await.unwrap();
    drop(admin);
    for (name, file) in [("server.crt", "db.crt"), ("server.key", "db.key")] {
        cluster.keep(name, &std::fs::read(folder.path().join(file)).unwrap());
    }
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let listen = format!("-c listen_addresses=127.0.0.1 -c port={port}");
    cluster.start_with(&format!("{listen} -c ssl=on"), WHO);

    let file = |name: &str| folder.path().join(name).display().to_string();
    let at = |user: &str, host: &str, name: &str, ca: &str| {
        let ca = file(ca);
        format!("postgres://{user}@{host}:{port}/{name}?sslmode=verify-full&sslrootcert={ca}")
    };
    let hufu = format!("hufu:{WRITTEN}");
    let (said, _) = migrate(&at(&hufu, "localhost", "hufu", "ca.crt"));
    assert!(said.status.success(), "{}", text(&said));
    assert!(!text(&said).contains(PASSWORD) && !text(&said).contains(WRITTEN), "{}", text(&said));
    assert!(text(&said).contains("sqlx"), "the driver wrote its log, too");

    refused(&at(&hufu, "localhost", "hufu", "other.crt"), ["不是所信任的机构", "not signed by an authority"]);
    refused(&at(&hufu, "127.0.0.1", "hufu", "ca.crt"), ["不是发给 127.0.0.1", "not for the name 127.0.0.1"]);
    refused(&at(&hufu, "localhost", "hufu", "none.crt"), ["none.crt", "no certificate"]);
    refused(&at(&hufu, "localhost", "hufu", "empty.crt"), ["empty.crt", "no certificate"]);
    refused(
        &at(&format!("hufu:{WRITTEN}x"), "localhost", "hufu", "ca.crt"),
        ["密码不对", "password of the user hufu"],
    );
    refused(&at(&hufu, "localhost", "nowhere", "ca.crt"), ["没有这个数据库", "createdb nowhere"]);
    let open = format!("postgres://{hufu}@localhost:{port}/hufu?sslmode=disable");
    refused(&open, ["不接受此用户或主机", "no encryption"]);
    refused(&format!("postgres://{hufu}@localhost:1/hufu"), ["拒绝连接", "refuses connections"]);
    refused(
        &format!("postgres://{hufu}@localhost/hufu?host={}", file("nosocket")),
        ["没有 PostgreSQL 的套接字", "no PostgreSQL socket"],
    );
    // Out of reach of any name server, it may also stay without an answer.
    refused(&format!("postgres://{hufu}@no-such-host.invalid/hufu"), ["主机", "host"]);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap();
    refused(&format!("postgres://{hufu}@{silent}/hufu"), ["没有应答", "did not answer within 2 s"]);
    refused(&format!("postgres://{hufu}@localhost:{port}/hufu?pasword={WRITTEN}"), ["pasword", "no setting"]);
    refused(&format!("postgres://hufu:{PASSWORD}@localhost:x/hufu"), ["写法不对", "cannot be read"]);

    cluster.start_with(&format!("{listen} -c ssl=off"), WHO);
    refused(&at(&hufu, "localhost", "hufu", "ca.crt"), ["未开启 TLS", "does not accept TLS"]);
}

#[test]
fn a_password_on_the_command_line_is_refused_and_not_repeated() {
    for argument in [
        format!("--database=postgres://hufu:{WRITTEN}@localhost/hufu"),
        format!("--database=postgres://hufu@localhost/hufu?password={WRITTEN}"),
    ] {
        let said = crate::support::hufu(&["migrate", &argument]);
        let words = text(&said);
        assert!(
            !said.status.success() && words.contains("命令行里不要写密码") && words.contains("PGPASSWORD")
        );
        assert!(!words.contains("Geheim"), "{words}");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_hufu"));
    let url = format!("postgres://hufu:{WRITTEN}@localhost/hufu");
    let help = command.args(["migrate", "--help"]).env("HUFU_DATABASE", url).output().unwrap();
    assert!(text(&help).contains("HUFU_DATABASE") && !text(&help).contains("Geheim"), "{}", text(&help));
}

/// Whoever runs the ledger from such a file finds it again in backup, restore and transfer.
#[test]
fn a_path_with_special_signs_is_the_file_of_that_name() {
    let folder = tempfile::tempdir().unwrap();
    let within = folder.path().join("涉案 财物 100%25#1?mode=memory");
    std::fs::create_dir(&within).unwrap();
    let of = |name: &str| format!("sqlite:{}", within.join(name).display());
    let done = |arguments: &[&str]| {
        let said = crate::support::hufu(arguments);
        assert!(said.status.success(), "{arguments:?}: {}", text(&said));
    };
    let (ledger, copy, taken) = (of("账本 %41.db"), of("b?c#d.db"), of("file:e.db"));
    done(&["migrate", "--database", &ledger]);
    assert!(within.join("账本 %41.db").is_file());
    done(&["clock", "confirm", "--database", &ledger]);
    let (backup, file) = (within.join("备份 %20?.db"), within.join("out #1.jsonl"));
    let (backup, file) = (backup.display().to_string(), file.display().to_string());
    done(&["backup", "--database", &ledger, "--out", &backup]);
    done(&["restore", "--check", &backup]);
    done(&["restore", &backup, "--database", &copy]);
    assert!(within.join("b?c#d.db").is_file());
    done(&["export", "ledger", "--database", &copy, "--out", &file]);
    done(&["import", "ledger", &file, "--database", &taken]);
    assert!(within.join("file:e.db").is_file());
    done(&["verify", "--database", &taken]);
    // The log and its index, too, lie beside their own file and nowhere else.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
