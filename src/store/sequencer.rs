//! How entries are recorded: group commit. Requests that arrive within one group commit window form a batch and are written
//! in one transaction: checked by the rules one after the other, numbered, hashed, posted, projected and sealed under one
//! tree head; then each caller gets its own answer. The batch costs one flush to disk.

use super::{
    AppendError, Db, Error, Sealer, Tx,
    case_sums::Changing,
    clock_watch::{Belief, ClockWatch, Reading},
    entry_sight, facts, journal, keeper_sums, project, settings,
};
use crate::{
    clock::{Clock, Moment},
    id::{EntryId, PersonId},
    ledger::{Body, Draft, Edition, Entry, Form, Mentions, Salt, State, Suite, apply},
    random::Random,
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::{
    sync::{broadcast, mpsc, oneshot},
    time::timeout,
};

/// How many requests go into one batch at most.
const BATCH_MAX: usize = 256;
/// How many entries go into one commit at most, so that nobody waits long for somebody else's list.
const COMMIT_MAX: usize = 2_000;
/// Timeout of a commit. A database host that disappears from the network sends no RST, so without it a commit would wait for
/// hours, or for ever.
const PATIENCE: Duration = Duration::from_mins(1);

/// The answer to a recorded entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub seq: u64,
    pub recorded_at: Moment,
    /// The same entry had been recorded before; nothing was added now.
    pub repeat: bool,
}

impl Recorded {
    /// An entry that was recorded before, as it is answered to whoever asks for it again.
    pub fn again(entry: &Entry) -> Recorded {
        Recorded { seq: entry.seq, recorded_at: entry.recorded_at, repeat: true }
    }
}

/// The way in to the journal. Cheap to clone; the recorder stops when the last clone is gone.
#[derive(Clone, Debug)]
pub struct Sequencer {
    requests: mpsc::Sender<Request>,
    watch: Arc<ClockWatch>,
}

/// What became of one draft.
type Answer = Result<Recorded, AppendError>;

/// The answer to drafts that are recorded all or none: of those that may not be, the first and why.
pub type AnswerTogether = Result<Vec<Recorded>, (usize, AppendError)>;

/// Drafts that came together.
#[derive(Debug)]
enum Request {
    /// Each gets its own answer.
    Each { drafts: Vec<Draft>, answer: oneshot::Sender<Vec<Answer>> },
    /// All are recorded in one commit, or none.
    Together { drafts: Vec<Draft>, answer: oneshot::Sender<AnswerTogether> },
}

impl Sequencer {
    /// Starts the recorder. Each new entry number is sent to `recorded` after its commit.
    /// Without a sealer everything is refused: an entry under no signature would prove nothing.
    pub fn start(
        db: Db,
        clock: Clock,
        random: Random,
        suite: Suite,
        sealer: Option<Arc<Sealer>>,
        recorded: broadcast::Sender<u64>,
    ) -> Sequencer {
        let (requests, queue) = mpsc::channel(4 * BATCH_MAX);
        let watch = Arc::new(ClockWatch::default());
        let recorder = Recorder { db, clock, watch: watch.clone(), random, suite, sealer, recorded };
        tokio::spawn(recorder.run(queue));
        Sequencer { requests, watch }
    }

    /// A witness has signed a head, at this moment of its own clock.
    pub fn witnessed(&self, now: Moment, at: Moment, sealed_at: Moment) {
        self.watch.witnessed(now, at, sealed_at);
    }

    /// Records one entry. When this returns `Ok`, the entry is on disk.
    pub async fn record(&self, draft: Draft) -> Result<Recorded, AppendError> {
        let mut answers = self.record_all(vec![draft]).await?;
        answers.pop().unwrap_or_else(|| Err(Error::Stopped.into()))
    }

    /// Records several entries, each by itself: one that is refused keeps none of the others out. The answers are in the
    /// order of the drafts.
    pub async fn record_all(&self, drafts: Vec<Draft>) -> Result<Vec<Answer>, Error> {
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        let (answer, answered) = oneshot::channel();
        self.requests.send(Request::Each { drafts, answer }).await.map_err(|_| Error::Stopped)?;
        answered.await.map_err(|_| Error::Stopped)
    }

    /// Records several entries in one commit, or none of them.
    pub async fn record_together(&self, drafts: Vec<Draft>) -> AnswerTogether {
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        let (answer, answered) = oneshot::channel();
        let stopped = || (0, Error::Stopped.into());
        self.requests.send(Request::Together { drafts, answer }).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

struct Recorder {
    db: Db,
    clock: Clock,
    watch: Arc<ClockWatch>,
    random: Random,
    suite: Suite,
    sealer: Option<Arc<Sealer>>,
    recorded: broadcast::Sender<u64>,
}

impl Recorder {
    async fn run(self, mut queue: mpsc::Receiver<Request>) {
        let (mut pending, mut previous) = (Vec::new(), 0);
        while queue.recv_many(&mut pending, BATCH_MAX).await > 0 {
            group_commit_window(&mut queue, &mut pending, previous).await;
            previous = pending.len();
            let (mut drafts, mut callers) = (Vec::new(), Vec::new());
            for request in pending.drain(..) {
                match request {
                    Request::Each { drafts: some, answer } => {
                        callers.push((some.len(), answer));
                        drafts.extend(some);
                    }
                    // As for the others: a caller that has gone away asks again.
                    Request::Together { drafts, answer } => {
                        drop(answer.send(self.commit_together(&drafts).await));
                    }
                }
            }
            let mut answers = Vec::with_capacity(drafts.len());
            for drafts in drafts.chunks(COMMIT_MAX) {
                answers.extend(self.commit(drafts).await);
            }
            let mut answers = answers.into_iter();
            for (count, caller) in callers {
                // A caller that has gone away finds its entries by their ids when it asks again.
                drop(caller.send(answers.by_ref().take(count).collect()));
            }
        }
    }

    /// One answer per draft, in order. When the whole batch cannot be written, each is tried alone, so that one bad
    /// entry does not spoil the others. When it may have been written, each finds itself by its id; if the database is
    /// still away then, nobody is told that nothing was changed.
    async fn commit(&self, drafts: &[Draft]) -> Vec<Answer> {
        let error = match self.write_soon(drafts).await {
            Ok(answers) => return answers,
            Err(error) => error,
        };
        let unsure = matches!(error, Error::Unsure(_));
        if drafts.len() == 1 && !unsure {
            return vec![Err(error.into())];
        }
        tracing::warn!(error = &error as &dyn std::error::Error, "a batch failed and is tried one by one");
        let mut answers = Vec::with_capacity(drafts.len());
        let mut away = false;
        for draft in drafts {
            // When the database is away for the first, it is not asked again for each of the others.
            let alone = std::slice::from_ref(draft);
            let answer = if away { Err(Error::Stopped) } else { self.write_soon(alone).await };
            answers.push(match answer {
                Ok(mut alone) => alone.pop().unwrap_or_else(|| Err(Error::Stopped.into())),
                Err(error) if unsure => {
                    away = true;
                    Err(Error::Unsure(error.into()).into())
                }
                Err(error) => Err(error.into()),
            });
        }
        answers
    }

    async fn commit_together(&self, drafts: &[Draft]) -> AnswerTogether {
        let answers = timeout(PATIENCE, self.write(drafts, Keeping::AllOrNone)).await;
        let answers = answers.unwrap_or_else(|elapsed| Err(Error::Unsure(elapsed.into())));
        let each = answers.map_err(|error| (0, error.into()))?.into_iter().enumerate();
        each.map(|(at, answer)| answer.map_err(|error| (at, error))).collect()
    }

    async fn write_soon(&self, drafts: &[Draft]) -> Result<Vec<Answer>, Error> {
        match timeout(PATIENCE, self.write(drafts, Keeping::Each)).await {
            Ok(answers) => answers,
            Err(elapsed) => Err(Error::Unsure(elapsed.into())),
        }
    }

    async fn write(&self, drafts: &[Draft], keeping: Keeping) -> Result<Vec<Answer>, Error> {
        let mut tx = self.db.write().await?;
        let read = Reading { now: self.clock.now(), steady: self.clock.steady() };
        let mut batch = Batch::begin(&mut tx, self.suite, self.random.clone(), read.now, drafts).await?;
        let belief = self.believe(&mut tx, read, &batch).await?;
        let mut answers = Vec::with_capacity(drafts.len());
        for draft in drafts {
            answers.push(batch.take(draft));
        }
        let numbers: Vec<u64> = batch.entries.iter().map(|entry| entry.seq).collect();
        if keeping == Keeping::AllOrNone && answers.iter().any(Result::is_err) {
            return Ok(answers);
        }
        if !numbers.is_empty() {
            batch.write(&mut tx, self.sealer.clone().ok_or(Error::NotSealed)?).await?;
            tx.commit().await?;
            self.watch.keep(belief);
        }
        for seq in numbers {
            // Nobody may be listening; pages re-read when they come back.
            drop(self.recorded.send(seq));
        }
        Ok(answers)
    }

    /// Refuses a clock that has jumped, unless a person has said since that it is right.
    async fn believe(&self, tx: &mut Tx, read: Reading, batch: &Batch) -> Result<Belief, Error> {
        let last = (batch.head.size() > 0).then_some(batch.head.recorded_at);
        if let Ok(belief) = self.watch.judge(read, last, None) {
            return Ok(belief);
        }
        let confirmed = settings::clock_confirmed(tx).await?;
        self.watch.judge(read, last, confirmed).map_err(Error::ClockJump)
    }
}

/// What becomes of the others when one draft of a commit is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeping {
    /// They are recorded.
    Each,
    AllOrNone,
}

/// What the rules would answer to each of these drafts, one after the other, as the ledger stands in this transaction. Nothing is
/// recorded.
pub async fn rehearse(
    tx: &mut Tx,
    suite: Suite,
    now: Moment,
    drafts: &[Draft],
) -> Result<Vec<Result<(), AppendError>>, Error> {
    let mut batch = Batch::begin(tx, suite, Random::System, now, drafts).await?;
    Ok(drafts.iter().map(|draft| batch.take(draft).map(drop)).collect())
}

/// The group commit window: fills the batch with the requests that are about to arrive. The callers of the previous batch were
/// answered at the same moment and send their next requests at about the same moment; without a window the first of them
/// commits alone and the rest wait for that commit. The window stays open while the batch is smaller than the previous one
/// and ends after eight yields in which nothing arrived; there is no timer in it, and a lone caller, whose previous batch
/// had one request, has no window at all.
async fn group_commit_window(
    queue: &mut mpsc::Receiver<Request>,
    pending: &mut Vec<Request>,
    previous: usize,
) {
    let mut quiet = 0;
    while pending.len() < previous.min(BATCH_MAX) && quiet < 8 {
        // Lets the callers that were just answered run and send their next request.
        tokio::task::yield_now().await;
        let had = pending.len();
        while pending.len() < BATCH_MAX
            && let Ok(request) = queue.try_recv()
        {
            pending.push(request);
        }
        quiet = if pending.len() > had { 0 } else { quiet + 1 };
    }
}

/// The entries of one commit.
struct Batch {
    /// What was recorded under an id before, by an earlier commit or earlier in this one.
    earlier: BTreeMap<EntryId, PriorEntry>,
    before: State,
    state: State,
    /// Each entry's salt.
    random: Random,
    head: journal::Head,
    recorded_at: Moment,
    entries: Vec<Entry>,
}

/// An entry as a repeat of it is recognised and answered.
struct PriorEntry {
    seq: u64,
    recorded_at: Moment,
    actor: PersonId,
    body: Body,
}

impl PriorEntry {
    fn of(entry: &Entry) -> (EntryId, PriorEntry) {
        let Draft { id, actor, body, .. } = &entry.draft;
        let (seq, recorded_at) = (entry.seq, entry.recorded_at);
        (*id, PriorEntry { seq, recorded_at, actor: *actor, body: body.clone() })
    }
}

impl Batch {
    async fn begin(
        tx: &mut Tx,
        suite: Suite,
        random: Random,
        now: Moment,
        drafts: &[Draft],
    ) -> Result<Batch, Error> {
        let mut needed = Mentions::default();
        drafts.iter().for_each(|draft| needed.add(&draft.body));
        let ids: Vec<EntryId> = drafts.iter().map(|draft| draft.id).collect();
        let earlier = journal::entries_by_id(tx, &ids).await?.iter().map(PriorEntry::of).collect();
        let before = facts::load(tx, &needed).await?;
        let mut head = journal::head(tx, suite).await?;
        if !head.edition.has_rules() {
            return Err(Error::NewerEdition { found: head.edition.number() });
        }
        head.edition = Edition::CURRENT;
        // A clock that was set back must not make the journal run backwards.
        let recorded_at = now.max(head.recorded_at);
        let state = before.clone();
        Ok(Batch { earlier, before, state, random, head, recorded_at, entries: Vec::new() })
    }

    /// Asks the rules. An id seen before is answered as before; a refusal leaves the batch as it was.
    fn take(&mut self, draft: &Draft) -> Result<Recorded, AppendError> {
        if let Some(PriorEntry { seq, recorded_at, actor, body }) = self.earlier.get(&draft.id) {
            return match *actor == draft.actor && draft.body.repeats(body) {
                true => Ok(Recorded { seq: *seq, recorded_at: *recorded_at, repeat: true }),
                false => Err(AppendError::IdTaken),
            };
        }
        let effects = apply(&self.state, draft, self.recorded_at, self.head.edition)?;
        let seq = self.head.size().saturating_add(1 + self.entries.len() as u64);
        self.state.absorb(seq, draft.id, &effects);
        let (recorded_at, edition) = (self.recorded_at, self.head.edition);
        let (draft, postings) = (draft.clone(), effects.postings);
        let form = Form::of(edition, Salt(self.random.bytes().map_err(Error::from)?));
        let entry = Entry { form, edition, seq, recorded_at, draft, postings };
        self.earlier.extend([PriorEntry::of(&entry)]);
        self.entries.push(entry);
        Ok(Recorded { seq, recorded_at, repeat: false })
    }

    /// The signature is made while the rows are written: both take about as long.
    async fn write(mut self, tx: &mut Tx, sealer: Arc<Sealer>) -> Result<(), Error> {
        let sealed = self.head.grow(self.entries.iter())?;
        let (size, root) = (self.head.size(), self.head.root());
        let signing = tokio::task::spawn_blocking(move || sealer.sign(size, root));
        let sums = Changing::begin(tx, &self.before, &self.state).await?;
        journal::append(tx, &sealed).await?;
        for (entry, sealed) in self.entries.iter().zip(&sealed) {
            project::project(tx, entry, &sealed.commitment).await?;
        }
        project::balances(tx, &self.before, &self.state).await?;
        sums.end(tx).await?;
        keeper_sums::follow(tx, &self.before, &self.state).await?;
        entry_sight::follow(tx, &self.before, &self.state, &self.entries).await?;
        let (_, signature) = signing.await.map_err(|_| Error::NotSealed)??;
        journal::seal(tx, &self.head, self.recorded_at, &signature).await
    }
}
