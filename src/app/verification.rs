//! The proving of a whole ledger: one at a time, however many ask.

use crate::store::verify::Report;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tokio::sync::Mutex;

#[derive(Clone, Debug, Default)]
pub struct Verification {
    /// How many were begun.
    begun: Arc<AtomicU64>,
    /// The last that was done, and its number.
    last: Arc<Mutex<Option<(u64, Report)>>>,
}

impl Verification {
    /// Proves now, or waits for whoever does. Whoever waited takes a report that was begun after they asked, so nobody is told
    /// what was true before; of any number who ask at the same time the second waits longest, for two.
    pub async fn report<E>(&self, prove: impl AsyncFnOnce() -> Result<Report, E>) -> Result<Report, E> {
        let asked = self.begun.load(Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if let Some((number, report)) = &*last
            && *number > asked
        {
            return Ok(report.clone());
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        let report = prove().await?;
        *last = Some((number, report.clone()));
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn many_who_ask_at_once_cost_two_and_nobody_is_told_the_past() {
        let (verification, done) = (Verification::default(), AtomicU64::new(0));
        let ask = async || {
            let prove = async || {
                let entries = done.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Ok::<_, ()>(Report { entries, ..Report::default() })
            };
            verification.report(prove).await.unwrap().entries
        };
        let told = futures_util::future::join_all((0..20).map(|_| ask())).await;
        assert_eq!(done.load(Ordering::SeqCst), 2);
        assert_eq!(told.iter().filter(|entries| **entries == 1).count(), 19);
        assert_eq!(ask().await, 2, "asked later, proven later");
    }
}
