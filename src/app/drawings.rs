//! Photographs that were drawn anew for showing, kept for a while under the digest of the file they were drawn from, so that a
//! page that is looked at often costs one drawing. They are in memory and never in the database: who can write the tables
//! could put another picture there, and no digest in the ledger would tell.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What those of one size take together, in bytes: some hundred large ones, some thousand small ones.
const BYTES_MAX: usize = 32 << 20;

/// How large a photograph is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawingSize {
    /// For a list: 240 pixels and 20 KB at most.
    Small,
    /// For looking at: 1,600 pixels.
    Large,
}

/// By the digests of what was drawn; the one that was asked for last stands first.
type Kept = VecDeque<(String, Vec<u8>)>;

#[derive(Clone, Debug, Default)]
pub struct Drawings {
    small: Arc<Mutex<Kept>>,
    large: Arc<Mutex<Kept>>,
}

impl Drawings {
    pub fn find(&self, digest: &str, size: DrawingSize) -> Option<Vec<u8>> {
        let mut kept = self.kept(size);
        let at = kept.iter().position(|(known, _)| known == digest)?;
        let found = kept.remove(at)?;
        kept.push_front(found.clone());
        Some(found.1)
    }

    /// Keeps one, and forgets those that were not asked for longest.
    pub fn keep(&self, digest: &str, size: DrawingSize, drawn: &[u8]) {
        let mut kept = self.kept(size);
        kept.retain(|(known, _)| known != digest);
        kept.push_front((digest.to_owned(), drawn.to_vec()));
        let mut bytes = 0_usize;
        kept.retain(|(_, drawn)| {
            bytes = bytes.saturating_add(drawn.len());
            bytes <= BYTES_MAX
        });
    }

    fn kept(&self, size: DrawingSize) -> MutexGuard<'_, Kept> {
        let kept = match size {
            DrawingSize::Small => &self.small,
            DrawingSize::Large => &self.large,
        };
        kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_are_asked_for_stay_and_all_together_are_bounded() {
        let drawings = Drawings::default();
        for name in ["a", "b", "c", "d"] {
            drawings.keep(name, DrawingSize::Large, &vec![0; BYTES_MAX / 4]);
        }
        assert!(drawings.find("a", DrawingSize::Large).is_some());
        drawings.keep("e", DrawingSize::Large, &[0; 8]);
        assert!(drawings.find("a", DrawingSize::Large).is_some(), "it was asked for");
        assert_eq!(drawings.find("b", DrawingSize::Large), None, "it was not asked for longest");
        assert_eq!(drawings.find("e", DrawingSize::Large), Some(vec![0; 8]));
        assert_eq!(drawings.find("e", DrawingSize::Small), None, "each size by itself");
    }
}
