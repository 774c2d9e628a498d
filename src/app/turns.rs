//! Turns: how many do something costly at a time, and how many may wait for it. Without a limit whoever asks often enough
//! takes the whole machine, or every connection to the database.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Clone, Debug)]
pub struct Turns {
    places: Arc<Semaphore>,
    /// Whoever has a place or waits for one.
    present: Arc<Semaphore>,
}

/// Somebody's place, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    _held: [OwnedSemaphorePermit; 2],
}

impl Turns {
    pub fn new(places: usize, queue: usize) -> Turns {
        let present = places.saturating_add(queue);
        Turns { places: Arc::new(Semaphore::new(places)), present: Arc::new(Semaphore::new(present)) }
    }

    /// Waits for a place. None when too many wait already.
    pub async fn enter(&self) -> Option<Turn> {
        let present = self.present.clone().try_acquire_owned().ok()?;
        let place = self.places.clone().acquire_owned().await.ok()?;
        Some(Turn { _held: [place, present] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

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
}
