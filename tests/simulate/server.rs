//! The server: opens what is on its disk, records, and stops at any moment.

use crate::{disk::Disk, template::runtime};
use hufu::{
    app::{App, Builder, PasswordCost},
    clock::Clock,
    domain::Rules,
    id::{EntryId, Ids},
    ledger::{Draft, Suite},
    random::Random,
    store::{AppendError, Db, Recorded},
};
use std::{
    future::Future,
    path::PathBuf,
    pin::pin,
    sync::{Arc, OnceLock, atomic::AtomicU64},
    task::Poll,
};
use tokio::runtime::Runtime;

pub(crate) const LEDGER: &str = "ledger.db";

/// From its start to its stop.
pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) disk: Disk,
    runtime: Runtime,
}

/// The key of the one ledger that every story begins with. It lies apart from the disks that are lost and found again.
pub(crate) static LEDGER_KEY: OnceLock<PathBuf> = OnceLock::new();

impl Server {
    /// The `life`th start of this server.
    pub(crate) fn start(disk: Disk, clock: Clock, rules: Rules, life: u64) -> Server {
        let runtime = runtime();
        let app = runtime.block_on(async {
            let db = Db::open(&format!("sqlite:{}", disk.path(LEDGER).display())).await.unwrap();
            merge_log(&db).await;
            let counted = Arc::new(AtomicU64::new(life << 32));
            let builder = Builder {
                db,
                clock,
                ids: Ids::Counted(counted.clone()),
                random: Random::Counted(counted),
                rules,
                fonts: None,
                origin: "hufu.simulated/ledger".to_owned(),
                suite: Suite::Sm,
                ledger_key: LEDGER_KEY.get().cloned(),
                address: String::new(),
                password_cost: PasswordCost::Test,
            };
            builder.build().await.unwrap()
        });
        Server { app, disk, runtime }
    }

    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Runs until the work is done, or stops it at this step of it: between any two statements.
    pub(crate) fn run_for(&self, steps: u64, work: impl Future<Output = ()>) {
        self.runtime.block_on(async {
            let mut work = pin!(work);
            let mut left = steps;
            std::future::poll_fn(|context| {
                left -= 1;
                match work.as_mut().poll(context) {
                    Poll::Pending if left > 0 => Poll::Pending,
                    _ => Poll::Ready(()),
                }
            })
            .await;
        });
    }

    /// Without a word: open work is dropped where it is.
    pub(crate) fn stop(self) -> Disk {
        self.runtime.shutdown_background();
        self.disk
    }
}

/// From here on the log holds only what is written in this life; and whoever loosens how the ledger waits for its disk
/// hears of it here.
async fn merge_log(db: &Db) {
    let Db::Sqlite(pool) = db else { panic!("on SQLite") };
    let waits: i64 = sqlx::query_scalar("pragma synchronous").fetch_one(pool).await.unwrap();
    let log: String = sqlx::query_scalar("pragma journal_mode").fetch_one(pool).await.unwrap();
    assert_eq!((waits, log.as_str()), (2, "wal"), "every commit is flushed before it is answered");
    sqlx::query("pragma wal_checkpoint(truncate)").execute(pool).await.unwrap();
}

/// The answer to one draft, if there was time for one.
pub(crate) type Answer = (EntryId, Result<Recorded, AppendError>);

/// Records all of them at once and puts each answer down as soon as it comes.
pub(crate) async fn record(app: &App, drafts: &[Draft], answers: &std::cell::RefCell<Vec<Answer>>) {
    let one = |draft: &Draft| {
        let (draft, id) = (draft.clone(), draft.id);
        async move {
            let answer = app.sequencer.record(draft).await;
            answers.borrow_mut().push((id, answer));
        }
    };
    futures_util::future::join_all(drafts.iter().map(one)).await;
}
