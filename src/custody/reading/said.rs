//! Entries as lists say them: each in a sentence, as far as somebody sees it. Of an entry of thousands of lines, which they see whole,
//! only the sentence is at hand.

use crate::custody::{Error, Thing, part::Shown};
use crate::{
    app::App,
    clock::Moment,
    documents::sentence::{long_entry, long_sentence, named_in, sentence},
    domain::{LongEntry, Names, Person, Viewer},
    id::{ItemId, PersonId, UnitId},
    language::Language,
    ledger::{Line, Mentions, RecordedDraft},
    store::{
        Tx, entry_sight,
        journal::{self, ListedEntry},
        names, sight,
    },
};
use std::{collections::BTreeSet, sync::Arc};

pub(in crate::custody) enum Said {
    Entry(Box<RecordedDraft>),
    Long(Arc<LongEntry>),
}

impl Said {
    pub(in crate::custody) fn seq(&self) -> u64 {
        match self {
            Said::Entry(it) => it.seq,
            Said::Long(it) => it.seq,
        }
    }

    pub(in crate::custody) fn kind(&self) -> &'static str {
        match self {
            Said::Entry(it) => it.draft.body.kind(),
            Said::Long(it) => it.kind,
        }
    }

    pub(in crate::custody) fn recorded_at(&self) -> Moment {
        match self {
            Said::Entry(it) => it.recorded_at,
            Said::Long(it) => it.recorded_at,
        }
    }

    /// Who recorded it, for which unit.
    pub(in crate::custody) fn by(&self) -> (PersonId, UnitId) {
        match self {
            Said::Entry(it) => (it.draft.actor, it.draft.unit),
            Said::Long(it) => (it.actor, it.unit),
        }
    }

    pub(in crate::custody) fn sentence(&self, language: Language, names: &Names) -> String {
        match self {
            Said::Entry(it) => sentence(language, &it.draft, names),
            Said::Long(it) => long_sentence(language, it, names),
        }
    }
}

/// What must be known to say them, by name.
pub(in crate::custody) async fn names_in(tx: &mut Tx, entries: &[Said]) -> Result<Names, Error> {
    Ok(names::names(tx, &named(entries)).await?)
}

pub(in crate::custody) fn named(entries: &[Said]) -> Mentions<'static> {
    let short = entries.iter().filter_map(|entry| match entry {
        Said::Entry(it) => Some(&it.draft),
        Said::Long(_) => None,
    });
    let mut mentions: Mentions<'static> = named_in(short);
    for entry in entries {
        if let Said::Long(it) = entry {
            mentions.persons.extend(&it.mentions.persons);
            mentions.units.extend(&it.mentions.units);
            mentions.agencies.extend(&it.mentions.agencies);
            mentions.cases.extend(&it.mentions.cases);
            mentions.stores.extend(&it.mentions.stores);
            mentions.slots.extend(&it.mentions.slots);
            mentions.items.extend(&it.mentions.items);
        }
    }
    mentions
}

/// An entry that is seen whole.
pub(in crate::custody) async fn whole(app: &App, tx: &mut Tx, listed: ListedEntry) -> Result<Said, Error> {
    let seq = listed.seq.cast_unsigned();
    if let Some(bytes) = listed.entry {
        return Ok(Said::Entry(Box::new(journal::recorded_draft(&bytes)?)));
    }
    Ok(Said::Long(found(app, tx, seq).await?))
}

/// An entry of thousands of lines, read once.
async fn found(app: &App, tx: &mut Tx, seq: u64) -> Result<Arc<LongEntry>, Error> {
    if let Some(known) = app.long_entries.known(seq) {
        return Ok(known);
    }
    let entry = journal::entry(tx, seq).await?.ok_or(Error::NotFound(Thing::Entry))?;
    let lines = entry.lines().map_err(crate::store::Error::from)?;
    let about = lines.iter().map(Line::items);
    let items: Option<Vec<BTreeSet<ItemId>>> = about.map(|it| (!it.is_empty()).then_some(it)).collect();
    let items = items.map(|lines| lines.into_iter().flatten().collect());
    let names = names::names(tx, &named_in([&entry.draft])).await?;
    let named = entry_sight::named(tx, seq).await?;
    let entry = RecordedDraft { seq, recorded_at: entry.recorded_at, draft: entry.draft };
    Ok(app.long_entries.keep(long_entry(&entry, items, &named, &names)))
}

/// An entry of thousands of lines, where it is one and they see all of it.
pub(in crate::custody) async fn long(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    seq: u64,
) -> Result<Option<Arc<LongEntry>>, Error> {
    let listed = journal::listed(tx, seq).await?.ok_or(Error::NotFound(Thing::Entry))?;
    let viewer = Viewer::of(me);
    if listed.entry.is_some() {
        return Ok(None);
    }
    let long = found(app, tx, seq).await?;
    if viewer.sees_work_of(listed.unit) || !sight::whole(tx, viewer, &[seq]).await?.is_empty() {
        return Ok(Some(long));
    }
    if sees_all_of(tx, viewer, std::slice::from_ref(&long)).await?.contains(&seq) {
        return Ok(Some(long));
    }
    let seen = entry_sight::items_of_entries(tx, viewer, &[seq]).await?.remove(&seq).unwrap_or_default();
    Ok(Some(long).filter(|it| it.is_about(&seen)))
}

/// Those of which all that they name is seen, as far as it is kept how much of it is: their things are not asked about one by one.
async fn sees_all_of(tx: &mut Tx, viewer: Viewer, long: &[Arc<LongEntry>]) -> Result<BTreeSet<u64>, Error> {
    let seqs: Vec<u64> = long.iter().map(|it| it.seq).collect();
    let seen = entry_sight::seen_of_entries(tx, viewer, &seqs).await?;
    let whole = |it: &&Arc<LongEntry>| it.named.is_some() && it.named <= seen.get(&it.seq).copied();
    Ok(long.iter().filter(whole).map(|it| it.seq).collect())
}

/// Entries of a list as far as somebody sees them. Those of the first form that are not theirs to read whole are left out.
pub(in crate::custody) async fn seen(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    listed: Vec<ListedEntry>,
) -> Result<Vec<Said>, Error> {
    let viewer = Viewer::of(me);
    let others: Vec<u64> =
        listed.iter().filter(|it| !viewer.sees_work_of(it.unit)).map(|it| it.seq.cast_unsigned()).collect();
    let to_read_whole = sight::whole(tx, viewer, &others).await?;
    let mut in_parts: Vec<u64> = others.into_iter().filter(|seq| !to_read_whole.contains(seq)).collect();
    let mut long = Vec::new();
    for entry in listed.iter().filter(|it| it.entry.is_none()) {
        let seq = entry.seq.cast_unsigned();
        if in_parts.contains(&seq) {
            long.push(found(app, tx, seq).await?);
        }
    }
    let all_seen = sees_all_of(tx, viewer, &long).await?;
    in_parts.retain(|seq| !all_seen.contains(seq));
    let mut items = entry_sight::items_of_entries(tx, viewer, &in_parts).await?;
    let mut said = Vec::with_capacity(listed.len());
    for entry in listed {
        let seq = entry.seq.cast_unsigned();
        if !in_parts.contains(&seq) {
            said.push(whole(app, tx, entry).await?);
            continue;
        }
        let seen = items.remove(&seq).unwrap_or_default();
        if entry.entry.is_none() {
            let long = found(app, tx, seq).await?;
            if long.is_about(&seen) {
                said.push(Said::Long(long));
                continue;
            }
        }
        let entry = journal::entry(tx, seq).await?.ok_or(Error::NotFound(Thing::Entry))?;
        let recorded_at = entry.recorded_at;
        if let Some(part) = Shown::lines(viewer, &entry, seen)?.part(&entry)? {
            let draft = part.entry.draft;
            said.push(Said::Entry(Box::new(RecordedDraft { seq, recorded_at, draft })));
        }
    }
    Ok(said)
}
