//! Everything a verb needs, built once by the server and in the same way by the tests.

pub mod door;
pub mod drawings;
pub mod idle;
pub mod key;
pub mod long_entries;
pub mod quota;
mod take_over;
pub mod turns;
pub mod verification;

use crate::{
    clock::{Clock, Span},
    domain::{Person, Rules, rule::RuleBook},
    id::Ids,
    ledger::Suite,
    live::{Live, News},
    random::Random,
    store::{
        self, BatchLoader, Db, Sealer, Sequencer,
        move_context::{self, MoveContext, MoveQuery},
        rules,
        sessions::{self, SessionRow},
        settings::{self, Settings},
        tiles,
    },
};
use door::Door;
use drawings::Drawings;
use idle::Idle;
use key::KeyError;
use label_templates::Fonts;
use long_entries::LongEntries;
use quota::Quota;
use std::{path::PathBuf, sync::Arc};
use tokio::sync::{broadcast, watch};
use turns::Costly;
use verification::Verification;

/// How long a session may lie unused, unless the server is told otherwise: a custodian's break, not a night.
pub const SESSION_IDLE: Span = Span::hours(2);

/// One ledger being served.
#[derive(Clone, Debug)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub ids: Ids,
    pub random: Random,
    rules: watch::Sender<Arc<RuleBook>>,
    pub settings: Settings,
    pub sequencer: Sequencer,
    /// The session of a token, by its hash; every request asks.
    pub sessions: BatchLoader<Vec<u8>, Option<(SessionRow, Person)>>,
    /// What the rules of moving need to know of slots and items, loaded in batches.
    pub move_contexts: BatchLoader<MoveQuery, Arc<MoveContext>>,
    /// Absent where nothing is ever recorded: in administration commands.
    pub sealer: Option<Arc<Sealer>>,
    pub live: Live,
    /// Absent only where no label and no paper is ever drawn.
    pub fonts: Option<Arc<Fonts>>,
    /// Where others reach this server, for stations and printed addresses.
    pub address: String,
    /// Cost of a password hash; tests make it light.
    pub password_cost: PasswordCost,
    /// Where passwords are worked out.
    pub door: Door,
    pub costly: Costly,
    /// Photographs that were drawn anew for showing.
    pub drawings: Drawings,
    pub verification: Verification,
    pub long_entries: LongEntries,
    pub idle: Idle,
    /// What each person has recorded lately.
    pub quota: Quota,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordCost {
    /// Argon2id with the memory and passes of RFC 9106's second choice, scaled to an office server.
    Service,
    Test,
}

/// What is chosen before an [`App`] is built.
pub struct Builder {
    pub db: Db,
    pub clock: Clock,
    pub ids: Ids,
    pub random: Random,
    /// Those that hold until the city adopts others.
    pub rules: Rules,
    pub fonts: Option<Fonts>,
    pub origin: String,
    pub suite: Suite,
    /// The file of the key that seals entries; without one nothing can be recorded.
    pub ledger_key: Option<PathBuf>,
    pub address: String,
    pub password_cost: PasswordCost,
}

/// Why a ledger cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Builder {
    /// The real clock, ids and randomness.
    pub fn for_service(db: Db, rules: Rules, fonts: Option<Fonts>, address: String) -> Builder {
        Builder {
            db,
            clock: Clock::System,
            ids: Ids::TimeOrdered,
            random: Random::System,
            rules,
            fonts,
            origin: "hufu.local/ledger".to_owned(),
            suite: Suite::Sm,
            ledger_key: None,
            address,
            password_cost: PasswordCost::Service,
        }
    }

    /// Brings the tables up to date, settles the ledger's settings and key, starts the recorder, and writes down as entries who and what
    /// there was before there were such entries.
    pub async fn build(self) -> Result<App, BuildError> {
        store::migration::migrate(&self.db).await?;
        let mut tx = self.db.write().await?;
        let wanted = Settings { origin: self.origin.clone(), suite: self.suite, ledger_key: None };
        let mut settings = settings::settle(&mut tx, &wanted, self.clock.now()).await?;
        let sealer = match &self.ledger_key {
            Some(path) => {
                let known = settings.ledger_key.as_deref();
                let key = key::open(path, settings.suite, &settings.origin, known)?;
                let text = key.verifier().text();
                settings::keep_key(&mut tx, &text).await?;
                settings.ledger_key = Some(text);
                Some(Arc::new(Sealer::new(key)))
            }
            None => None,
        };
        tiles::complete(&mut tx, settings.suite).await?;
        let book = rules::book(&mut tx, self.rules.clone()).await?;
        tx.commit().await?;
        let app = self.assemble(settings, sealer, book);
        if app.sealer.is_some() {
            take_over::take_over(&app).await?;
        }
        Ok(app)
    }

    /// A ledger that is there already, for looking at: nothing is brought up to date. Nothing, where there is no ledger yet.
    pub async fn look(self) -> Result<Option<App>, store::Error> {
        let mut tx = self.db.read().await?;
        let Some(settings) = settings::of_any(&mut tx).await? else { return Ok(None) };
        // Nothing becomes due by looking, and a ledger with rules that nobody can read must still be looked at.
        let book = RuleBook::new(self.rules.clone(), Vec::new());
        drop(tx);
        Ok(Some(self.assemble(settings, None, book)))
    }

    fn assemble(self, settings: Settings, sealer: Option<Arc<Sealer>>, book: RuleBook) -> App {
        let live = Live::default();
        let recorded = broadcast::Sender::new(1_024);
        tell_pages(recorded.subscribe(), live.clone());
        let (db, clock, random) = (self.db.clone(), self.clock.clone(), self.random.clone());
        let sequencer = Sequencer::start(db, clock, random, settings.suite, sealer.clone(), recorded);
        let sessions = BatchLoader::start(self.db.clone(), sessions::of_tokens);
        let move_contexts = BatchLoader::start(self.db.clone(), move_context::load);
        App {
            db: self.db,
            clock: self.clock,
            ids: self.ids,
            random: self.random,
            rules: watch::Sender::new(Arc::new(book)),
            settings,
            sequencer,
            sessions,
            move_contexts,
            sealer,
            live,
            fonts: self.fonts.map(Arc::new),
            address: self.address,
            password_cost: self.password_cost,
            door: Door::default(),
            costly: Costly::default(),
            drawings: Drawings::default(),
            verification: Verification::default(),
            long_entries: LongEntries::default(),
            idle: Idle::new(SESSION_IDLE),
            quota: Quota::default(),
        }
    }
}

impl App {
    /// The rules as entries say.
    pub fn rules(&self) -> Arc<RuleBook> {
        Arc::clone(&self.rules.borrow())
    }

    /// Reads them again: somebody has confirmed others, here or at another server of this ledger.
    pub async fn read_rules(&self) -> Result<(), store::Error> {
        let built_in = self.rules().built_in().clone();
        let book = rules::book(&mut self.db.read().await?, built_in).await?;
        self.rules.send_replace(Arc::new(book));
        Ok(())
    }
}

/// Passes recorded entry numbers on to open pages.
fn tell_pages(mut recorded: broadcast::Receiver<u64>, live: Live) {
    tokio::spawn(async move {
        loop {
            match recorded.recv().await {
                Ok(seq) => live.tell(News::Entry(seq)),
                // Pages re-read everything on the next number; a missed one costs nothing.
                Err(broadcast::error::RecvError::Lagged(_)) => (),
                Err(broadcast::error::RecvError::Closed) => break,
            }
        }
    });
}
