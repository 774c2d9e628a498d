//! How entries are recorded. Requests that arrive together are gathered and written in one transaction: asked of the
//! rules one after the other, numbered, hashed, posted, projected and sealed under one tree head; then each caller gets
//! its own answer. One flush to disk pays for all of them.

use super::{AppendError, Db, Error, Tx, facts, journal, project};
use crate::{
    clock::{Clock, Moment},
    id::EntryId,
    ledger::{Draft, Effects, Entry, FORM, Facts, State, Suite, apply},
};
use std::time::Duration;
use tokio::{
    sync::{broadcast, mpsc, oneshot},
    time::timeout,
};

/// How many entries go into one commit at most.
const GATHER_MAX: usize = 256;
/// A commit that takes longer waits for a machine that is gone: its network says nothing, for hours or for ever.
const PATIENCE: Duration = Duration::from_mins(1);

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
    pub fn start(db: Db, clock: Clock, suite: Suite, recorded: broadcast::Sender<u64>) -> Sequencer {
        let (requests, queue) = mpsc::channel(4 * GATHER_MAX);
        let recorder = Recorder { db, clock, suite, recorded };
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
    recorded: broadcast::Sender<u64>,
}

impl Recorder {
    async fn run(self, mut queue: mpsc::Receiver<Request>) {
        let mut gathered = Vec::new();
        while queue.recv_many(&mut gathered, GATHER_MAX).await > 0 {
            let (drafts, answers): (Vec<Draft>, Vec<_>) =
                gathered.drain(..).map(|request| (request.draft, request.answer)).unzip();
            for (answer, result) in answers.into_iter().zip(self.record_all(drafts).await) {
                // A caller that has gone away finds its entry by its id when it asks again.
                drop(answer.send(result));
            }
        }
    }

    /// One answer per draft, in order. When the whole batch cannot be written, each is tried alone, so that one bad
    /// entry does not spoil the others. When it may have been written, each finds itself by its id; if the database is
    /// still away then, nobody is told that nothing was changed.
    async fn record_all(&self, drafts: Vec<Draft>) -> Vec<Result<Recorded, AppendError>> {
        let error = match self.write_soon(&drafts).await {
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
            let answer = if away { Err(Error::Stopped) } else { self.write_soon(&[draft]).await };
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

    async fn write_soon(&self, drafts: &[Draft]) -> Result<Vec<Result<Recorded, AppendError>>, Error> {
        match timeout(PATIENCE, self.write(drafts)).await {
            Ok(answers) => answers,
            Err(elapsed) => Err(Error::Unsure(elapsed.into())),
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
            batch.write(&mut tx).await?;
            tx.commit().await?;
        }
        for seq in numbers {
            // Nobody may be listening; pages re-read when they come back.
            drop(self.recorded.send(seq));
        }
        Ok(answers)
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

    async fn write(mut self, tx: &mut Tx) -> Result<(), Error> {
        let entries: Vec<&Entry> = self.entries.iter().map(|(entry, _)| entry).collect();
        let leaves = journal::append(tx, &entries, &mut self.head).await?;
        for ((entry, effects), leaf) in self.entries.iter().zip(leaves) {
            project::project(tx, entry, effects, leaf).await?;
        }
        project::balances(tx, &self.before, &self.state).await?;
        journal::seal(tx, &self.head, self.recorded_at).await
    }
}
