//! What entries of thousands of lines say, once somebody has asked: reading one takes longer than a whole page of others.

use crate::domain::LongEntry;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// How many are kept, each of a kilobyte or so and sixteen bytes for each thing. Then they are found anew.
const MOST: usize = 1_000;

#[derive(Clone, Debug, Default)]
pub struct LongEntries {
    known: Arc<Mutex<BTreeMap<u64, Arc<LongEntry>>>>,
}

impl LongEntries {
    pub fn known(&self, seq: u64) -> Option<Arc<LongEntry>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&seq).map(Arc::clone)
    }

    pub fn keep(&self, entry: LongEntry) -> Arc<LongEntry> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        let entry = Arc::new(entry);
        known.insert(entry.seq, Arc::clone(&entry));
        entry
    }
}
