//! The last scans and what the server answered: for the station's page. Not kept over a restart; the outbox keeps what
//! must be.

use hufu_wire::message::{Micros, Verdict};
use std::collections::VecDeque;
use tokio::sync::watch;

/// How many scans the page shows.
const SHOWN: usize = 12;

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RecentScan {
    pub number: u64,
    pub at: Micros,
    pub text: String,
    pub answer: Option<(Verdict, String)>,
}

#[derive(Clone, Default)]
pub struct Recent(watch::Sender<VecDeque<RecentScan>>);

impl Recent {
    pub fn scanned(&self, number: u64, at: Micros, text: &str) {
        self.0.send_modify(|scans| {
            scans.push_front(RecentScan { number, at, text: text.to_owned(), answer: None });
            scans.truncate(SHOWN);
        });
    }

    /// An answer to a scan that is no longer shown is dropped.
    pub fn answered(&self, number: u64, verdict: Verdict, sentence: String) {
        self.0.send_if_modified(|scans| {
            let Some(scan) = scans.iter_mut().find(|scan| scan.number == number) else { return false };
            scan.answer = Some((verdict, sentence));
            true
        });
    }

    /// Newest first.
    pub fn watch(&self) -> watch::Receiver<VecDeque<RecentScan>> {
        self.0.subscribe()
    }
}
