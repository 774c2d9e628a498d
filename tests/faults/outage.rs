//! The database goes away while everybody works: killed and started again, replaced by its standby, out of reach. And two
//! servers share one database.
//!
//! `HUFU_OUTAGES` sets how often each goes wrong.

use crate::{
    client::Client,
    cluster::{self, Cluster},
    kill::wish,
    line::{Line, To},
    namespace::Machine,
    race,
    server::Server,
    support::{Random, TestApp},
    twice,
    walk::Town,
};
use hufu::store::heads;
use serde_json::json;
use std::time::Duration;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};
use uuid::Uuid;

/// Until so many more entries are acknowledged.
async fn work_goes_on(town: &Town, entries: usize, people: &mut JoinSet<()>) {
    let enough = town.acknowledged() + entries;
    let since = Instant::now();
    while town.acknowledged() < enough {
        Town::all_at_work(people);
        assert!(since.elapsed() < Duration::from_secs(60), "nothing was acknowledged for a minute");
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_killed_and_started_again_loses_nothing_acknowledged() {
    let outages: u32 = wish("HUFU_OUTAGES", 6);
    let mut dice = Random(wish("HUFU_SEED", 7));
    let folder = cluster::place();
    let cluster = Cluster::found(&folder.path().join("one"));
    let test = TestApp::at(cluster.new_database("hufu").await).await;
    let server = Server::start(test.database(), test.folder()).await;
    let town = Town::of(&test, server.address).await;
    let mut people = town.crowded(&test).await;
    for outage in 0..outages {
        work_goes_on(&town, 5 + usize::try_from(dice.below(40)).unwrap(), &mut people).await;
        match outage % 2 {
            0 => cluster.kill(),
            _ => cluster.stop_at_once(),
        }
        sleep(Duration::from_millis(dice.below(300))).await;
        cluster.start();
    }
    work_goes_on(&town, 20, &mut people).await;
    town.evening(people).await;
    drop(server);
    town.all_is_there(&format!("PostgreSQL killed {outages} times"), test).await;
}

/// What is acknowledged is on both machines, so the one that is left has all of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promoted_standby_has_everything_acknowledged() {
    let promotions: u32 = wish("HUFU_OUTAGES", 2);
    let folder = cluster::place();
    let mut primary = Cluster::found(&folder.path().join("0"));
    primary.new_database("hufu").await;
    let line = Line::to(To::Unix(primary.socket())).await;
    let test = TestApp::at(line.database("hufu")).await;
    let server = Server::start(test.database(), test.folder()).await;
    let town = Town::of(&test, server.address).await;
    let mut people = town.crowded(&test).await;
    for n in 1..=promotions {
        let standby = Cluster::standby_of(&primary, &folder.path().join(n.to_string())).await;
        work_goes_on(&town, 40, &mut people).await;
        primary.kill();
        line.cut(To::Nowhere);
        standby.promote();
        line.cut(To::Unix(standby.socket()));
        primary = standby;
        work_goes_on(&town, 40, &mut people).await;
    }
    town.evening(people).await;
    drop(server);
    town.all_is_there(&format!("{promotions} standbys promoted"), test).await;
}

/// Two servers of one ledger take turns; either is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_one_database_write_one_ledger() {
    let kills: u32 = wish("HUFU_OUTAGES", 6);
    let mut dice = Random(wish("HUFU_SEED", 8));
    let folder = cluster::place();
    let cluster = Cluster::found(&folder.path().join("one"));
    let test = TestApp::at(cluster.new_database("hufu").await).await;
    let mut servers = Vec::new();
    for name in ["a", "b"] {
        let log = test.folder().join(name);
        std::fs::create_dir_all(&log).unwrap();
        servers.push(Server::start(test.database(), &log).await);
    }
    let town = Town::at(&test, [servers[0].address, servers[1].address]).await;
    let mut people = town.crowded(&test).await;
    for _ in 0..kills {
        work_goes_on(&town, 5 + usize::try_from(dice.below(40)).unwrap(), &mut people).await;
        let server = &mut servers[usize::try_from(dice.below(2)).unwrap()];
        server.kill();
        server.start_again();
    }
    for server in &servers {
        server.answers().await;
    }
    work_goes_on(&town, 20, &mut people).await;
    town.evening(people).await;
    drop(servers);
    town.all_is_there(&format!("two servers, {kills} kills"), test).await;
}

/// Both lines are cut at any moment: between people and server, and between server and database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_is_cut_loses_nothing_acknowledged() {
    let cuts: u32 = wish("HUFU_OUTAGES", 12);
    let mut dice = Random(wish("HUFU_SEED", 9));
    let folder = cluster::place();
    let cluster = Cluster::found(&folder.path().join("one"));
    cluster.new_database("hufu").await;
    let behind = Line::to(To::Unix(cluster.socket())).await;
    let test = TestApp::at(behind.database("hufu")).await;
    let server = Server::start(test.database(), test.folder()).await;
    let before = Line::to(To::Tcp(server.address)).await;
    let town = Town::of(&test, before.address).await;
    let mut people = town.crowded(&test).await;
    for _ in 0..cuts {
        work_goes_on(&town, 5 + usize::try_from(dice.below(20)).unwrap(), &mut people).await;
        let (line, to) = match dice.below(2) {
            0 => (&before, To::Tcp(server.address)),
            _ => (&behind, To::Unix(cluster.socket())),
        };
        line.cut(To::Nowhere);
        sleep(Duration::from_millis(dice.below(500))).await;
        line.cut(to);
    }
    work_goes_on(&town, 20, &mut people).await;
    town.evening(people).await;
    drop(server);
    town.all_is_there(&format!("a line cut {cuts} times"), test).await;
}

/// The server's machine has one cable, to its people and to its database. While it is pulled nothing arrives and nobody is
/// told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_whose_cable_is_pulled_loses_nothing_acknowledged() {
    let pulls: u32 = wish("HUFU_OUTAGES", 6);
    let mut dice = Random(wish("HUFU_SEED", 10));
    let machine = match Machine::new() {
        Ok(machine) => machine,
        Err(why) => return println!("not tried, for want of a network namespace: {why}"),
    };
    let folder = cluster::place();
    let cluster = Cluster::found(&folder.path().join("one"));
    cluster.new_database("hufu").await;
    let line = Line::at(machine.near(), To::Unix(cluster.socket())).await;
    let test = TestApp::at(line.database("hufu")).await;
    let (within, address) = (Some(machine.name.clone()), (machine.far(), 8080).into());
    let server = Server::start_within(within, test.database(), test.folder(), address).await;
    let town = Town::of(&test, server.address).await;
    let mut people = town.crowded(&test).await;
    for _ in 0..pulls {
        work_goes_on(&town, 5 + usize::try_from(dice.below(20)).unwrap(), &mut people).await;
        machine.pull_the_cable();
        sleep(Duration::from_millis(50 + dice.below(1_500))).await;
        machine.plug_it_in();
    }
    work_goes_on(&town, 20, &mut people).await;
    town.evening(people).await;
    drop(server);
    town.all_is_there(&format!("a cable pulled {pulls} times"), test).await;
}

/// The database's machine loses its power: nothing ends the connections that wait in the pool, and nobody answers on them.
/// They are let go one after the other, and the same requests go through on new ones.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_database_does_not_stop_the_server_for_ever() {
    let folder = cluster::place();
    let cluster = Cluster::found(&folder.path().join("one"));
    let test = TestApp::at(cluster.new_database("hufu").await).await;
    let line = Line::to(To::Unix(cluster.socket())).await;
    let server = Server::start(&line.database("hufu"), test.folder()).await;
    Client::of(server.address, "chen").await;
    line.silence(To::Unix(cluster.socket()));
    let since = Instant::now();
    // Each may wait for a connection that is dead; all of them come through.
    let mut people = JoinSet::new();
    let eight = ["chen", "lin", "zhang", "li", "qian", "sun", "zhou", "wu"];
    eight.into_iter().for_each(|login| drop(people.spawn(Client::patient(server.address, login))));
    people.join_all().await;
    println!("logged in {:?} after the database fell silent", since.elapsed());
    drop(server);
    test.close().await;
}

/// The answer to a commit is lost with the line: the caller is not told that nothing was changed, because something was; and
/// the same request again is the same entry.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_was_lost_is_not_called_a_no() {
    const SLOW: [&str; 2] = [
        "create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(2); return null; end $$",
        "create constraint trigger slow after insert on journal deferrable initially deferred
            for each row execute function slow()",
    ];
    let folder = cluster::place();
    let cluster = Cluster::found(&folder.path().join("one"));
    let test = TestApp::at(cluster.new_database("hufu").await).await;
    let line = Line::to(To::Unix(cluster.socket())).await;
    let case = test.case("A-1").await;
    race::owed(&test, case, 3).await;
    let server = Server::start(&line.database("hufu"), test.folder()).await;
    let chen = Client::of(server.address, "chen").await;
    let (at, _) = twice::counter(&test, &chen).await;
    let open = json!({"case": case, "delivered_by": test.person("zhang").await.id});
    chen.put(&format!("/api/v1/counters/{at}/case"), open).await.ok();
    // The commit takes two seconds, and the line is cut in the middle of it.
    for sql in SLOW {
        test.sql().run(sql, &[], "").await;
    }
    let (path, key) = (format!("/api/v1/counters/{at}/extras"), Uuid::from_u128(0xE0));
    let extra = json!({"description": "银色手表一块"});
    let cut = async {
        sleep(Duration::from_secs(1)).await;
        line.cut(To::Nowhere);
    };
    let (answer, ()) = tokio::join!(chen.post_once(&path, key, extra.clone()), cut);
    assert_eq!((answer.status, answer.refusal()), (500, "not_known"));
    line.cut(To::Unix(cluster.socket()));
    // The pool of the server has found the line again.
    Client::patient(server.address, "chen").await;
    let again = chen.post_once(&path, key, extra).await.ok();
    // After the city come the seizure and the counter.
    assert_eq!(again["entry"], test.nth(3));
    drop(server);
    let mut tx = test.app.db.read().await.unwrap();
    assert_eq!(heads::size(&mut tx).await.unwrap(), test.nth(3), "and it is there once");
    drop(tx);
    test.close().await;
}
