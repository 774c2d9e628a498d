//! Concurrent lookups share one query (the data loader pattern, without its cache). While one read runs, new questions queue
//! for the next, which answers all of them: sixty requests that arrive at once cost one query and not sixty. A read begins
//! after the questions it answers were asked, so no answer is older than its question; nothing is cached and nothing goes
//! stale.

use super::{Db, Error};
use std::{fmt, pin::Pin, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

/// How many questions one read answers at most.
const MOST: usize = 256;
/// Timeout of a shared read; after it each caller asks for itself, so that one stalled connection does not block the others.
const PATIENCE: Duration = Duration::from_secs(2);

type Reading<A> = Pin<Box<dyn Future<Output = Result<Vec<A>, Error>> + Send>>;
type Read<Q, A> = Arc<dyn Fn(Db, Vec<Q>) -> Reading<A> + Send + Sync>;

/// A way to ask. Cheap to clone; the reader stops when the last clone is gone.
pub struct BatchLoader<Q, A> {
    db: Db,
    read: Read<Q, A>,
    questions: mpsc::Sender<(Q, oneshot::Sender<A>)>,
}

impl<Q: Clone + Send + 'static, A: Send + 'static> BatchLoader<Q, A> {
    /// Starts the reader. `read` answers every question, in their order.
    pub fn start<F, R>(db: Db, read: F) -> BatchLoader<Q, A>
    where
        F: Fn(Db, Vec<Q>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Vec<A>, Error>> + Send + 'static,
    {
        let read: Read<Q, A> = Arc::new(move |db, questions| Box::pin(read(db, questions)));
        let (questions, queue) = mpsc::channel(4 * MOST);
        tokio::spawn(answer_all(db.clone(), Arc::clone(&read), queue));
        BatchLoader { db, read, questions }
    }

    /// The answer. When the shared read fails, this one is asked for by itself, so that one bad row spoils no other answer.
    pub async fn ask(&self, question: Q) -> Result<A, Error> {
        let (answer, answered) = oneshot::channel();
        self.questions.send((question.clone(), answer)).await.map_err(|_| Error::Stopped)?;
        match answered.await {
            Ok(answer) => Ok(answer),
            Err(_) => (self.read)(self.db.clone(), vec![question]).await?.pop().ok_or(Error::Stopped),
        }
    }
}

async fn answer_all<Q, A>(db: Db, read: Read<Q, A>, mut queue: mpsc::Receiver<(Q, oneshot::Sender<A>)>) {
    let mut waiting = Vec::new();
    while queue.recv_many(&mut waiting, MOST).await > 0 {
        let (questions, callers): (Vec<Q>, Vec<_>) = waiting.drain(..).unzip();
        match timeout(PATIENCE, read(db.clone(), questions)).await {
            Ok(Ok(answers)) => {
                for (caller, answer) in callers.into_iter().zip(answers) {
                    // Somebody who has gone away needs no answer.
                    drop(caller.send(answer));
                }
            }
            Ok(Err(error)) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a shared read failed; each asks for itself"
                );
            }
            Err(_elapsed) => tracing::warn!("a shared read takes too long; each asks for itself"),
        }
    }
}

impl<Q, A> Clone for BatchLoader<Q, A> {
    fn clone(&self) -> BatchLoader<Q, A> {
        let BatchLoader { db, read, questions } = self;
        BatchLoader { db: db.clone(), read: Arc::clone(read), questions: questions.clone() }
    }
}

impl<Q, A> fmt::Debug for BatchLoader<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchLoader").field("db", &self.db).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::time::sleep;

    async fn db() -> Db {
        Db::open("sqlite::memory:").await.unwrap()
    }

    async fn all(loader: &BatchLoader<u64, u64>, questions: std::ops::Range<u64>) -> Vec<Result<u64, Error>> {
        let asked: Vec<_> = questions
            .map(|n| {
                let loader = loader.clone();
                tokio::spawn(async move { loader.ask(n).await })
            })
            .collect();
        let mut answers = Vec::new();
        for one in asked {
            answers.push(one.await.unwrap());
        }
        answers
    }

    #[tokio::test]
    async fn who_comes_together_shares_a_read_and_gets_an_answer_of_its_own() {
        let reads = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&reads);
        let loader = BatchLoader::start(db().await, move |_, questions: Vec<u64>| {
            counted.fetch_add(1, Ordering::SeqCst);
            async move {
                sleep(Duration::from_millis(5)).await;
                Ok(questions.into_iter().map(|n| n * 2).collect())
            }
        });
        let answers = all(&loader, 0..100).await;
        for (n, answer) in (0..).zip(answers) {
            assert_eq!(answer.unwrap(), n * 2);
        }
        assert!(reads.load(Ordering::SeqCst) <= 4, "{reads:?} reads for a hundred questions");
    }

    #[tokio::test]
    async fn one_that_cannot_be_answered_spoils_no_other_answer() {
        let loader = BatchLoader::start(db().await, |_, questions: Vec<u64>| async move {
            sleep(Duration::from_millis(5)).await;
            match questions.contains(&7) {
                true => Err(Error::Stopped),
                false => Ok(questions),
            }
        });
        for (n, answer) in (0..).zip(all(&loader, 0..20).await) {
            assert_eq!(answer.ok(), (n != 7).then_some(n));
        }
    }

    #[tokio::test]
    async fn a_read_that_falls_silent_holds_nobody_up_for_ever() {
        let loader = BatchLoader::start(db().await, |_, questions: Vec<u64>| async move {
            if questions.len() > 1 {
                std::future::pending::<()>().await;
            }
            Ok(questions)
        });
        for (n, answer) in (0..).zip(all(&loader, 0..10).await) {
            assert_eq!(answer.unwrap(), n);
        }
    }
}
