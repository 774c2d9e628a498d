//! What an entry of thousands of lines says beside them, as lists and its page show it: found once, because an entry never changes.

use crate::{
    clock::Moment,
    id::{EntryId, ItemId, PersonId, StationId, UnitId},
    ledger::{Mentions, PaperRef, Signature},
};
use std::collections::BTreeSet;

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
    /// What its lines are about; nothing where one of them is about no item.
    pub items: Option<BTreeSet<ItemId>>,
    /// How many things it names in any way, where its lines are about no others: whoever sees that many of them sees all of it.
    pub named: Option<usize>,
    /// What its sentence names.
    pub mentions: Mentions<'static>,
    /// Its sentence in Chinese and in English, with a place for each name.
    pub zh: String,
    pub en: String,
}

impl LongEntry {
    /// Whether every line is about items, and all of these are among the given.
    pub fn is_about(&self, seen: &BTreeSet<ItemId>) -> bool {
        self.items.as_ref().is_some_and(|items| items.is_subset(seen))
    }
}
