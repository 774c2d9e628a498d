//! What an entry of thousands of lines says beside them, as lists and its page show it: found once, because an entry never changes.

use crate::{
    clock::Moment,
    id::{EntryId, PersonId, StationId, UnitId},
    ledger::{Mentions, PaperRef, Signature},
};

#[derive(Debug)]
pub struct LongEntry {
    pub seq: u64,
    pub id: EntryId,
    pub kind: &'static str,
    pub recorded_at: Moment,
    pub actor: PersonId,
    pub unit: UnitId,
    pub happened_at: Moment,
    pub station: Option<StationId>,
    pub papers: Vec<PaperRef>,
    pub signatures: Vec<Signature>,
    /// What its sentence names.
    pub mentions: Mentions<'static>,
    /// Its sentence in Chinese and in English, with a place for each name.
    pub zh: String,
    pub en: String,
}
