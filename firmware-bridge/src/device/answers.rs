//! The way back to a scanner: what the server thinks of its scan. Nobody waits: a scanner that is away, or behind with its
//! beeps, does not hear an old answer.

use hufu_wire::message::Verdict;
use std::{collections::HashMap, sync::Arc};
use tokio::sync::mpsc;

/// Answers one scanner may be behind with.
const WAITING_MAX: usize = 4;

#[derive(Clone, Default)]
pub struct Answers(Arc<HashMap<String, mpsc::Sender<Verdict>>>);

impl Answers {
    /// A channel for each device.
    pub(super) fn new<'a>(
        names: impl Iterator<Item = &'a str>,
    ) -> (Answers, HashMap<String, mpsc::Receiver<Verdict>>) {
        let (mut senders, mut receivers) = (HashMap::new(), HashMap::new());
        for name in names {
            let (sender, receiver) = mpsc::channel(WAITING_MAX);
            senders.insert(name.to_owned(), sender);
            receivers.insert(name.to_owned(), receiver);
        }
        (Answers(Arc::new(senders)), receivers)
    }

    /// Tells the device, if it listens.
    pub fn say(&self, device: &str, verdict: Verdict) {
        let Some(sender) = self.0.get(device) else { return };
        if sender.try_send(verdict).is_err() {
            tracing::debug!(device, ?verdict, "the scanner is not there to hear an answer");
        }
    }
}
