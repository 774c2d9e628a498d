//! How entries are recorded. Requests that arrive together are gathered and written in one transaction: asked of the
//! rules one after the other, numbered, hashed, posted, projected and sealed under one tree head; then each caller gets
//! its own answer. One flush to disk pays for all of them.

use super::{AppendError, Db, Error, Sealer, Tx, facts, journal, project};
use crate::{
    clock::{Clock, Moment},
    id::EntryId,
    ledger::{Draft, Effects, Entry, FORM, Facts, State, Suite, apply},
};
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, oneshot};

/// How many entries go into one commit at most.
const GATHER_MAX: usize = 256;

/// The answer to a recorded entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub seq: u64,
    pub recorded_at: Moment,
    /// The same entry had been recorded before; nothing was added now.
    pub repeat: bool,
}

/// The way in to the journal. Cheap to clone; the recorder stops when the last clone is gone.
#[derive(Clone, Debug)]
pub struct Sequencer {
    requests: mpsc::Sender<Request>,
}

#[derive(Debug)]
struct Request {
    draft: Draft,
    answer: oneshot::Sender<Result<Recorded, AppendError>>,
}

impl Sequencer {
    /// Starts the recorder. Each new entry number is sent to `recorded` after its commit.
    /// Without a sealer everything is refused: an entry under no signature would prove nothing.
    pub fn start(
        db: Db,
        clock: Clock,
        suite: Suite,
        sealer: Option<Arc<Sealer>>,
        recorded: broadcast::Sender<u64>,
    ) -> Sequencer {
        let (requests, queue) = mpsc::channel(4 * GATHER_MAX);
        let recorder = Recorder { db, clock, suite, sealer, recorded };
        tokio::spawn(recorder.run(queue));
        Sequencer { requests }
    }

    /// Records one entry. When this returns `Ok`, the entry is on disk.
    pub async fn record(&self, draft: Draft) -> Result<Recorded, AppendError> {
        let (answer, answered) = oneshot::channel();
        self.requests.send(Request { draft, answer }).await.map_err(|_| Error::Stopped)?;
        answered.await.map_err(|_| Error::Stopped)?
    }
}

struct Recorder {
    db: Db,
    clock: Clock,
    suite: Suite,
    sealer: Option<Arc<Sealer>>,
    recorded: broadcast::Sender<u64>,
}

impl Recorder {
    async fn run(self, mut queue: mpsc::Receiver<Request>) {
        let (mut gathered, mut before) = (Vec::new(), 0);
        while queue.recv_many(&mut gathered, GATHER_MAX).await > 0 {
            gather(&mut queue, &mut gathered, before).await;
            before = gathered.len();
            let (drafts, answers): (Vec<Draft>, Vec<_>) =
                gathered.drain(..).map(|request| (request.draft, request.answer)).unzip();
            for (answer, result) in answers.into_iter().zip(self.record_all(drafts).await) {
                // A caller that has gone away finds its entry by its id when it asks again.
                drop(answer.send(result));
            }
        }
    }

    /// One answer per draft, in order. When the whole batch cannot be written, each is tried alone, so that one bad
    /// entry does not spoil the others.
    async fn record_all(&self, drafts: Vec<Draft>) -> Vec<Result<Recorded, AppendError>> {
        match self.write(&drafts).await {
            Ok(answers) => answers,
            Err(error) if drafts.len() == 1 => vec![Err(error.into())],
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a batch failed and is tried one by one"
                );
                let mut answers = Vec::with_capacity(drafts.len());
                for draft in drafts {
                    answers.push(match self.write(&[draft]).await {
                        Ok(mut alone) => alone.pop().unwrap_or_else(|| Err(Error::Stopped.into())),
                        Err(error) => Err(error.into()),
                    });
                }
                answers
            }
        }
    }

    async fn write(&self, drafts: &[Draft]) -> Result<Vec<Result<Recorded, AppendError>>, Error> {
        let mut tx = self.db.write().await?;
        let mut batch = Batch::begin(&mut tx, self.suite, self.clock.now(), drafts).await?;
        let mut answers = Vec::with_capacity(drafts.len());
        for draft in drafts {
            answers.push(batch.take(draft));
        }
        let numbers: Vec<u64> = batch.entries.iter().map(|(entry, _)| entry.seq).collect();
        if !numbers.is_empty() {
            batch.write(&mut tx, self.sealer.clone().ok_or(Error::NotSealed)?).await?;
            tx.commit().await?;
        }
        for seq in numbers {
            // Nobody may be listening; pages re-read when they come back.
            drop(self.recorded.send(seq));
        }
        Ok(answers)
    }
}

/// Those who were answered together come back at about the same time. As long as fewer are here than last time and more
/// are coming in, the others are let speak first: otherwise one commits alone and the rest wait for it. Somebody who
/// works alone waits for nobody.
async fn gather(queue: &mut mpsc::Receiver<Request>, gathered: &mut Vec<Request>, before: usize) {
    let mut quiet = 0;
    while gathered.len() < before.min(GATHER_MAX) && quiet < 8 {
        tokio::task::yield_now().await;
        let had = gathered.len();
        while gathered.len() < GATHER_MAX
            && let Ok(request) = queue.try_recv()
        {
            gathered.push(request);
        }
        quiet = if gathered.len() > had { 0 } else { quiet + 1 };
    }
}

/// The entries of one commit.
struct Batch {
    /// Entries with the ids of these drafts, recorded before.
    known: Vec<Entry>,
    before: State,
    state: State,
    head: journal::Head,
    recorded_at: Moment,
    entries: Vec<(Entry, Effects)>,
}

impl Batch {
    async fn begin(tx: &mut Tx, suite: Suite, now: Moment, drafts: &[Draft]) -> Result<Batch, Error> {
        let mut needed = Facts::default();
        drafts.iter().for_each(|draft| needed.add(&draft.body));
        let ids: Vec<EntryId> = drafts.iter().map(|draft| draft.id).collect();
        let known = journal::entries_by_id(tx, &ids).await?;
        let before = facts::load(tx, &needed).await?;
        let head = journal::head(tx, suite).await?;
        // A clock that was set back must not make the journal run backwards.
        let recorded_at = now.max(head.recorded_at);
        Ok(Batch { known, state: before.clone(), before, head, recorded_at, entries: Vec::new() })
    }

    /// Asks the rules. An id seen before is answered as before; a refusal leaves the batch as it was.
    fn take(&mut self, draft: &Draft) -> Result<Recorded, AppendError> {
        if let Some(earlier) = self.earlier(draft.id) {
            // Ids inside a body are made anew when a request is repeated, so the act is compared, not the bytes.
            let same = earlier.draft.actor == draft.actor && earlier.draft.body.kind() == draft.body.kind();
            return match same {
                true => Ok(Recorded { seq: earlier.seq, recorded_at: earlier.recorded_at, repeat: true }),
                false => Err(AppendError::IdTaken),
            };
        }
        let effects = apply(&self.state, draft, self.recorded_at)?;
        let seq = self.head.size().saturating_add(1 + self.entries.len() as u64);
        self.state.absorb(seq, draft.id, &effects);
        let recorded_at = self.recorded_at;
        let postings = effects.postings.clone();
        let entry = Entry { form: FORM, seq, recorded_at, draft: draft.clone(), postings };
        self.entries.push((entry, effects));
        Ok(Recorded { seq, recorded_at, repeat: false })
    }

    fn earlier(&self, id: EntryId) -> Option<&Entry> {
        let taken = self.entries.iter().map(|(entry, _)| entry);
        taken.chain(&self.known).find(|entry| entry.draft.id == id)
    }

    /// The signature is made while the rows are written: both take about as long.
    async fn write(mut self, tx: &mut Tx, sealer: Arc<Sealer>) -> Result<(), Error> {
        let sealed = self.head.grow(self.entries.iter().map(|(entry, _)| entry))?;
        let (size, root) = (self.head.size(), self.head.root());
        let signing = tokio::task::spawn_blocking(move || sealer.sign(size, root));
        journal::append(tx, &sealed).await?;
        for ((entry, effects), sealed) in self.entries.iter().zip(&sealed) {
            project::project(tx, entry, effects, sealed.leaf).await?;
        }
        project::balances(tx, &self.before, &self.state).await?;
        let (_, signature) = signing.await.map_err(|_| Error::NotSealed)??;
        journal::seal(tx, &self.head, self.recorded_at, &signature).await
    }
}
