//! As much of an entry as somebody sees. Whoever sees all that its lines are about, whose own act it is, and both sides of a
//! handover read it whole; others read the lines about what they see. An entry of the first form has no parts: it is read whole
//! or not at all.

use crate::custody::{Error, Thing, access};
use crate::{
    domain::{Person, Viewer},
    id::ItemId,
    ledger::{Entry, EntryPart, Form, Line},
    store::{Tx, entry_sight, journal, sight},
};
use std::collections::BTreeSet;

/// What decides which lines somebody is shown.
pub(in crate::custody) enum Shown {
    Whole,
    /// Lines about these items, and differences that this unit must settle.
    Lines {
        items: BTreeSet<ItemId>,
        owner: String,
    },
}

impl Shown {
    /// Of an entry that they see.
    pub(in crate::custody) async fn of(tx: &mut Tx, me: &Person, entry: &Entry) -> Result<Shown, Error> {
        let viewer = Viewer::of(me);
        // Most of what somebody asks for is their unit's own act, and needs no question.
        if viewer.sees_work_of(entry.draft.unit) || !sight::whole(tx, viewer, &[entry.seq]).await?.is_empty()
        {
            return Ok(Shown::Whole);
        }
        let mut items = entry_sight::items_of_entries(tx, viewer, &[entry.seq]).await?;
        Shown::lines(viewer, entry, items.remove(&entry.seq).unwrap_or_default())
    }

    /// Of an entry that they may not read whole as it stands: by the things that it names and that they see.
    pub(in crate::custody) fn lines(
        viewer: Viewer,
        entry: &Entry,
        items: BTreeSet<ItemId>,
    ) -> Result<Shown, Error> {
        let lines = entry.lines().map_err(crate::store::Error::from)?;
        let shown = Shown::Lines { items, owner: viewer.unit.to_string() };
        Ok(if lines.iter().all(|line| shown.shows(line)) { Shown::Whole } else { shown })
    }

    pub(in crate::custody) fn shows(&self, line: &Line) -> bool {
        match self {
            Shown::Whole => true,
            Shown::Lines { items, owner } => {
                let named = line.items();
                (!named.is_empty() && named.is_subset(items)) || line.owners().contains(owner.as_str())
            }
        }
    }

    /// Nothing, where the entry has no parts and is not theirs to see whole.
    pub(in crate::custody) fn part(&self, entry: &Entry) -> Result<Option<EntryPart>, Error> {
        match (self, entry.form) {
            (Shown::Whole, _) => Ok(Some(EntryPart::whole(entry.clone()))),
            (Shown::Lines { .. }, Form::Whole) => Ok(None),
            (Shown::Lines { .. }, Form::ByLine(_)) => {
                Ok(Some(entry.part(|line| self.shows(line)).map_err(crate::store::Error::from)?))
            }
        }
    }
}

/// The entry as far as they see it. What is not theirs to see is not there.
pub(in crate::custody) async fn see_part(
    tx: &mut Tx,
    me: &Person,
    seq: u64,
) -> Result<(Entry, EntryPart), Error> {
    access::see_entry(tx, me, seq).await?;
    let entry = journal::entry(tx, seq).await?.ok_or(Error::NotFound(Thing::Entry))?;
    let part = Shown::of(tx, me, &entry).await?.part(&entry)?.ok_or(Error::NotFound(Thing::Entry))?;
    Ok((entry, part))
}
