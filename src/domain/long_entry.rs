//! What an entry of thousands of lines says, as a list shows it: found once, because an entry never changes.

use crate::{
    clock::Moment,
    id::{PersonId, UnitId},
    ledger::Mentions,
};

#[derive(Debug)]
pub struct LongEntry {
    pub seq: u64,
    pub kind: &'static str,
    pub recorded_at: Moment,
    pub actor: PersonId,
    pub unit: UnitId,
    /// What its sentence names.
    pub mentions: Mentions<'static>,
    /// Its sentence in Chinese and in English, with a place for each name.
    pub zh: String,
    pub en: String,
}
