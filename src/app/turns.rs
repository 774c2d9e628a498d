//! Turns: how many do something costly at a time, and how many may wait for it. Without a limit whoever asks often enough
//! takes the whole machine, or every connection to the database; and with one for all together, one person takes every
//! place before the others.

use crate::id::PersonId;
use std::{
    collections::BTreeMap,
    num::NonZero,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::available_parallelism,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Turns that one person has or waits for at a time: the pictures of a page.
const EACH: usize = 8;
/// Who may wait for a place.
const QUEUE: usize = 30;

#[derive(Clone, Debug)]
pub struct Turns {
    places: Arc<Semaphore>,
    /// Whoever has a place or waits for one.
    present: Arc<Semaphore>,
    /// How many of them one person may have.
    share: usize,
    /// How many of them each person has.
    each: Arc<Mutex<BTreeMap<PersonId, usize>>>,
}

/// Somebody's place, until the last copy of it is dropped.
#[derive(Clone, Debug)]
pub struct Turn {
    _held: Arc<[OwnedSemaphorePermit; 2]>,
    _share: Option<Arc<Share>>,
}

/// One person's part of those present.
#[derive(Debug)]
struct Share {
    person: PersonId,
    each: Arc<Mutex<BTreeMap<PersonId, usize>>>,
}

impl Turns {
    pub fn new(places: usize, queue: usize) -> Turns {
        let present = places.saturating_add(queue);
        Turns {
            places: Arc::new(Semaphore::new(places)),
            present: Arc::new(Semaphore::new(present)),
            share: EACH,
            each: Arc::default(),
        }
    }

    /// The same, of which one person has no more than so many.
    #[must_use]
    pub fn shared(self, share: usize) -> Turns {
        Turns { share, ..self }
    }

    /// Waits for a place. None when too many wait already.
    pub async fn enter(&self) -> Option<Turn> {
        let present = self.present.clone().try_acquire_owned().ok()?;
        let place = self.places.clone().acquire_owned().await.ok()?;
        Some(Turn { _held: Arc::new([place, present]), _share: None })
    }

    /// The same for somebody who is known. None as well when this person has or waits for as many as one may.
    pub async fn enter_for(&self, person: PersonId) -> Option<Turn> {
        let share = self.share(person)?;
        let turn = self.enter().await?;
        Some(Turn { _share: Some(Arc::new(share)), ..turn })
    }

    fn share(&self, person: PersonId) -> Option<Share> {
        let mut each = held(&self.each);
        let theirs = each.entry(person).or_default();
        if *theirs >= self.share {
            return None;
        }
        *theirs = theirs.saturating_add(1);
        Some(Share { person, each: self.each.clone() })
    }
}

impl Turn {
    /// Works on a thread of its own, where it cannot be broken off: the place is taken until it is done, even when nobody
    /// waits for the answer any more. None when the work fell over.
    pub async fn beside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let turn = self.clone();
        let working = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        working.await.ok()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut each = held(&self.each);
        if let Some(theirs) = each.get_mut(&self.person) {
            *theirs = theirs.saturating_sub(1);
        }
        each.retain(|_, theirs| *theirs > 0);
    }
}

fn held(each: &Mutex<BTreeMap<PersonId, usize>>) -> MutexGuard<'_, BTreeMap<PersonId, usize>> {
    each.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What costs so much that it has turns. Each kind has its own, so that none waits for another.
#[derive(Clone, Debug)]
pub struct Costly {
    /// Reading very much of the ledger.
    pub readings: Turns,
    /// Working on a seizure list.
    pub lists: Turns,
    /// Setting a paper.
    pub papers: Turns,
    /// Drawing a photograph anew, which takes hundreds of megabytes.
    pub pictures: Turns,
    /// Taking in a large file.
    pub uploads: Turns,
}

impl Default for Costly {
    /// Never more than half of the machine, so that the others find the other half.
    fn default() -> Costly {
        let half = (available_parallelism().map_or(1, NonZero::get) / 2).clamp(1, 4);
        Costly {
            readings: Turns::new(half, QUEUE),
            lists: Turns::new(1, QUEUE),
            papers: Turns::new(half, QUEUE),
            pictures: Turns::new(1, QUEUE),
            // Whoever sends slowly keeps a place for a minute.
            uploads: Turns::new(4, QUEUE).shared(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use uuid::Uuid;

    #[tokio::test]
    async fn no_more_come_in_than_there_is_room_for_and_each_leaves_room_again() {
        let turns = Turns::new(2, 3);
        let inside = (turns.enter().await.unwrap(), turns.enter().await.unwrap());
        let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(turns.enter())).collect();
        assert!(waiting.iter_mut().all(|it| it.now_or_never().is_none()));
        assert!(turns.enter().await.is_none(), "one more than there is room for");
        drop(waiting.pop());
        let last = Box::pin(turns.enter());
        drop(inside);
        for one in waiting.into_iter().chain([last]) {
            assert!(one.await.is_some());
        }
    }

    #[tokio::test]
    async fn nobody_takes_every_place_before_the_others() {
        let turns = Turns::new(1, QUEUE);
        let [greedy, other] = [1, 2].map(|number| PersonId(Uuid::from_u128(number)));
        let first = turns.enter_for(greedy).await.unwrap();
        let mut waiting: Vec<_> = (1..EACH).map(|_| Box::pin(turns.enter_for(greedy))).collect();
        assert!(waiting.iter_mut().all(|it| it.now_or_never().is_none()));
        assert!(turns.enter_for(greedy).await.is_none(), "as many as one person may have");
        let mut others = Box::pin(turns.enter_for(other));
        assert!(others.as_mut().now_or_never().is_none(), "there is room to wait");
        drop((first, waiting));
        assert!(others.await.is_some());
        assert!(held(&turns.each).is_empty(), "nothing is kept of who has left");
    }

    #[tokio::test]
    async fn a_place_is_taken_until_the_work_is_done_though_nobody_waits_for_it() {
        let turns = Turns::new(1, 1);
        let turn = turns.enter().await.unwrap();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let mut work = Box::pin(async move { turn.beside(move || wait.recv()).await });
        assert!(work.as_mut().now_or_never().is_none(), "it has begun");
        drop(work);
        let mut next = Box::pin(turns.enter());
        tokio::task::yield_now().await;
        assert!(next.as_mut().now_or_never().is_none(), "it still works");
        go.send(()).unwrap();
        assert!(next.await.is_some());
    }
}
