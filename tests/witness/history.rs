//! Ledgers that do not only grow: restored from an old backup, or told in two ways. The witness refuses, keeps the evidence,
//! goes on, and the centre learns of it.

use crate::{
    server::Server,
    support::{ENGINES, Engine, TestApp, browser},
    town::{Town, Witness, said},
};
use hufu::{
    app::{Builder, PasswordCost},
    clock::Clock,
    domain::Rules,
    id::Ids,
    ledger::{
        Checkpoint, Note, Suite,
        note::{
            key::VerifierKey,
            refusal::{Reason, WitnessRefusal},
        },
        tree::proof::check_consistency,
    },
    random::Random,
    store::{Db, differences, verify},
};
use sqlx::{ConnectOptions, Connection, postgres::PgConnectOptions};
use std::{path::Path, time::Duration};
use tokio::time::{Instant, sleep};

/// A copy of the ledger as it is now: the backup of an administrator.
async fn copied(test: &TestApp, engine: Engine, folder: &Path) -> String {
    match engine {
        Engine::Sqlite => {
            let copy = folder.join("backup.db");
            let mut source = sqlx::SqliteConnection::connect(test.database()).await.unwrap();
            let sql = format!("vacuum into '{}'", copy.display());
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut source).await.unwrap();
            format!("sqlite:{}", copy.display())
        }
        Engine::Postgres => {
            let options: PgConnectOptions = test.database().parse().unwrap();
            let name = options.get_database().unwrap().to_owned();
            let mut connection = options.database("postgres").connect().await.unwrap();
            let end =
                format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
            sqlx::query(sqlx::AssertSqlSafe(end)).execute(&mut connection).await.unwrap();
            let copy = format!("create database {name}_backup template {name}");
            sqlx::query(sqlx::AssertSqlSafe(copy)).execute(&mut connection).await.unwrap();
            test.database().replacen(&name, &format!("{name}_backup"), 1)
        }
    }
}

/// Waits until the ledger at `url` has raised the difference of a refusal; answers with what it says.
async fn raised(url: &str) -> Vec<String> {
    let db = Db::open(url).await.unwrap();
    let since = Instant::now();
    loop {
        let mut tx = db.read().await.unwrap();
        let found =
            differences::differences(&mut tx, None, false, Some("witness_refused"), 50).await.unwrap();
        drop(tx);
        if !found.is_empty() {
            let mut tx = db.read().await.unwrap();
            let suite = hufu::store::settings::read(&mut tx).await.unwrap().unwrap().suite;
            let report = verify::verify(&mut tx, suite).await.unwrap();
            assert!(report.findings.is_empty(), "{:#?}", report.findings);
            drop(tx);
            db.close().await;
            return found.into_iter().map(|it| it.finding).collect();
        }
        assert!(since.elapsed() < Duration::from_secs(20), "no difference was raised");
        sleep(Duration::from_millis(50)).await;
    }
}

/// What was kept, with its signatures checked.
fn read(evidence: &str, witness: &Witness) -> WitnessRefusal {
    let note = Note::parse(evidence).unwrap();
    VerifierKey::from_text(&witness.key).unwrap().check(&note).unwrap();
    WitnessRefusal::parse(&note.text).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_restored_from_an_old_backup_is_refused_until_its_history_is_back() {
    for (engine, suite) in ENGINES.into_iter().zip([Suite::Sm, Suite::C2sp]) {
        let town = Town::new(engine, suite).await;
        let mut server = Server::start(town.test.database(), town.test.folder()).await;
        let url = format!("http://{}", server.address);
        let mut witness = town.witness("j.test/w", suite, &url);
        witness.start();
        town.witnessed(&witness).await;
        server.kill();
        let backup = copied(&town.test, engine, town.test.folder()).await;
        server.start_again();
        for _ in 0..4 {
            town.grow().await;
        }
        town.witnessed(&witness).await;
        let signed = witness.remembers().unwrap();
        server.kill();

        // The old backup under the same address and key.
        let restored = Server::start_at(&backup, town.test.folder(), server.address).await;
        let findings = raised(&backup).await;
        assert!(findings[0].contains("j.test/w 拒绝签署：账本比上次见证时少了分录（回退）"), "{findings:?}");
        assert!(witness.runs() && witness.remembers().as_ref() == Some(&signed));
        witness.says("NOT SIGNED: hufu.test/ledger").await;
        let kept = witness.evidence();
        let refused = read(&kept[0], &witness);
        assert_eq!(refused.reason, Reason::Rollback);
        assert_eq!(refused.known_head().unwrap(), Some(signed.clone()));
        assert!(refused.offered_head().unwrap().size < signed.size);
        let ledger = VerifierKey::from_text(town.ledger_key()).unwrap();
        ledger.check(refused.known.as_ref().unwrap()).unwrap();
        ledger.check(&refused.offered).unwrap();
        drop(restored);

        // The true one again: it goes on, and nothing of the evidence is lost.
        server.start_again();
        server.answers().await;
        town.grow().await;
        town.witnessed(&witness).await;
        assert!(kept.iter().all(|it| witness.evidence().contains(it)));
        witness.kill();
        server.kill();
        town.test.close().await;
    }
}

/// Another ledger under the same origin and key, as somebody makes who has both the program and the key.
async fn twin(of: &Town, folder: &Path, suite: Suite) -> (hufu::app::App, String) {
    let url = format!("sqlite:{}", folder.join("twin.db").display());
    let builder = Builder {
        db: Db::open(&url).await.unwrap(),
        clock: Clock::System,
        ids: Ids::TimeOrdered,
        random: Random::System,
        rules: Rules::shipped().unwrap(),
        fonts: None,
        origin: of.test.app.settings.origin.clone(),
        suite,
        ledger_key: Some(of.test.folder().join("ledger.key")),
        address: "http://127.0.0.1:8080".to_owned(),
        password_cost: PasswordCost::Test,
    };
    (builder.build().await.unwrap(), url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_history_under_the_same_key_is_a_fork_and_the_evidence_proves_it() {
    for suite in [Suite::Sm, Suite::C2sp] {
        let town = Town::new(Engine::Sqlite, suite).await;
        let served = browser::serve(&town.test.app).await;
        let mut witness = town.witness("j.test/w", suite, &format!("http://{}", served.address));
        witness.start();
        town.witnessed(&witness).await;
        witness.kill();
        let signed = witness.remembers().unwrap();

        let (app, url) = twin(&town, town.test.folder(), suite).await;
        let other = crate::support::City::found(&app).await;
        let twin_served = browser::serve(&app).await;
        grow_twin(&app, &other, signed.size + 3).await;
        said(&[
            "witness",
            "register",
            "--database",
            &url,
            "--unit",
            "临江市人民检察院/案件管理部",
            "--key",
            &witness.key,
        ]);
        let config = witness.folder.join("witness.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        let (here, there) = (served.address.to_string(), twin_served.address.to_string());
        std::fs::write(&config, text.replace(&here, &there)).unwrap();
        witness.start();
        let findings = raised(&url).await;
        assert!(findings[0].contains("不是同一历史（分叉）"), "{findings:?}");
        let refused = read(&witness.evidence()[0], &witness);
        assert_eq!(refused.reason, Reason::Fork);
        // Whoever has the file can see it: the proof belongs to the one root and not to the other.
        let offered = refused.offered_head().unwrap();
        let known = refused.known_head().unwrap().unwrap();
        assert_eq!(known, signed);
        let holds = |old: &Checkpoint| {
            check_consistency(suite, (old.size, old.root), (offered.size, offered.root), &refused.proof)
        };
        assert!(!refused.proof.is_empty() && holds(&known).is_err());
        assert_eq!(witness.remembers(), Some(signed));
        witness.kill();
        drop((served, twin_served));
        app.db.close().await;
        town.test.close().await;
    }
}

/// Entries of the twin's own: differences that its people raise, which need nothing else.
async fn grow_twin(app: &hufu::app::App, city: &crate::support::City, size: u64) {
    use hufu::ledger::{Body, DifferenceClass, Draft, RaisedDifference};
    let mut tx = app.db.read().await.unwrap();
    let chen = hufu::store::people::person_by_login(&mut tx, "chen").await.unwrap().unwrap().0;
    drop(tx);
    for _ in 0..size {
        let raised = RaisedDifference {
            difference: app.ids.new_id(),
            class: DifferenceClass::Extra,
            item: None,
            finding: "多出一件".to_owned(),
            owner: city.police,
            due_at: app.clock.now(),
            brought_by: None,
            case: None,
            photograph: None,
        };
        let draft = Draft {
            id: app.ids.new_id(),
            happened_at: app.clock.now(),
            actor: chen.id,
            unit: chen.unit,
            station: None,
            papers: Vec::new(),
            body: Body::RaiseDifference(raised),
            signatures: Vec::new(),
        };
        app.sequencer.record(draft).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_cannot_be_reached_is_waited_for_and_said_once() {
    let town = Town::new(Engine::Sqlite, Suite::Sm).await;
    let mut server = Server::start(town.test.database(), town.test.folder()).await;
    let mut witness = town.witness("j.test/w", Suite::Sm, &format!("http://{}", server.address));
    witness.start();
    town.witnessed(&witness).await;
    server.kill();
    town.grow().await;
    witness.says("tried again").await;
    sleep(Duration::from_millis(2_500)).await;
    server.start_again();
    town.witnessed(&witness).await;
    witness.says("can be followed again").await;
    assert_eq!(witness.log().matches("tried again").count(), 1, "{}", witness.log());
    assert_eq!(witness.evidence(), Vec::<String>::new());
    witness.kill();
    server.kill();
    town.test.close().await;
}
