//! The last scans and what the server answered: for the station's page. Not kept over a restart; what must not be
//! forgotten is in the station's state.

use hufu_wire::message::{Micros, Verdict};
use std::collections::VecDeque;
use tokio::sync::watch;

/// How many scans the page shows.
const SHOWN: usize = 12;

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RecentScan {
    pub number: u64,
    pub at: Micros,
    pub device: String,
    pub text: String,
    pub answer: Option<(Verdict, String)>,
}

#[derive(Clone, Default)]
pub struct RecentScans(watch::Sender<VecDeque<RecentScan>>);

impl RecentScans {
    pub fn scanned(&self, number: u64, at: Micros, device: &str, text: &str) {
        self.0.send_modify(|scans| {
            let (device, text) = (device.to_owned(), text.to_owned());
            scans.push_front(RecentScan { number, at, device, text, answer: None });
            scans.truncate(SHOWN);
        });
    }

    /// Notes an answer, and gives back when and by which device the code was scanned. An answer to a scan that is no
    /// longer shown is dropped.
    pub fn answered(&self, number: u64, verdict: Verdict, sentence: String) -> Option<(Micros, String)> {
        let mut scanned = None;
        self.0.send_if_modified(|scans| {
            let Some(scan) = scans.iter_mut().find(|scan| scan.number == number) else { return false };
            scan.answer = Some((verdict, sentence));
            scanned = Some((scan.at, scan.device.clone()));
            true
        });
        scanned
    }

    /// Newest first.
    pub fn watch(&self) -> watch::Receiver<VecDeque<RecentScan>> {
        self.0.subscribe()
    }
}
