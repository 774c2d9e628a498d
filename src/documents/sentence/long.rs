//! What an entry of thousands of lines says, found once: its sentence with a place for each name. An entry never changes; what things
//! are called may, so the names are filled in each time it is read.

use super::{named_in, sentence};
use crate::{
    domain::{
        LongEntry,
        names::{ItemName, Names},
    },
    id::ItemId,
    language::Language,
    ledger::{Mentions, RecordedDraft},
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Around the place of a name. Neither is a character that people write.
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// What an entry says, what its lines are about (`items`) and what it names in any way (`named`). `names` are of what its sentence mentions: an amount is said in the measure of its
/// thing.
pub fn long_entry(
    entry: &RecordedDraft,
    items: Option<BTreeSet<ItemId>>,
    named: &BTreeSet<ItemId>,
    names: &Names,
) -> LongEntry {
    let RecordedDraft { seq, recorded_at, draft } = entry;
    let mentions = named_in([draft]);
    let places = places(&mentions, names);
    LongEntry {
        seq: *seq,
        id: draft.id,
        kind: draft.body.kind(),
        recorded_at: *recorded_at,
        actor: draft.actor,
        unit: draft.unit,
        happened_at: draft.happened_at,
        station: draft.station,
        papers: draft.papers.clone(),
        signatures: draft.signatures.clone(),
        named: items.as_ref().filter(|items| items.is_subset(named)).map(|_| named.len()),
        items,
        zh: sentence(Language::Zh, draft, &places),
        en: sentence(Language::En, draft, &places),
        mentions,
    }
}

/// Its sentence with what things are called now.
pub fn long_sentence(language: Language, entry: &LongEntry, names: &Names) -> String {
    let mut parts = language.pick(entry.zh.as_str(), entry.en.as_str()).split(OPEN);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(CLOSE).and_then(|(place, rest)| Some((name_at(place, names)?, rest))) {
            Some((name, rest)) => {
                text += &name;
                text += rest;
            }
            None => text += part,
        }
    }
    text
}

fn place(kind: char, id: Uuid) -> String {
    format!("{OPEN}{kind}{}{CLOSE}", id.simple())
}

/// A place in the stead of each name.
fn places(mentions: &Mentions<'_>, names: &Names) -> Names {
    let Mentions { persons, units, agencies, cases, stores, slots, .. } = mentions;
    let item =
        |id: Uuid, it: &ItemName| ItemName { number: place('n', id), name: place('i', id), ..it.clone() };
    Names {
        persons: persons.iter().map(|id| (*id, place('p', id.0))).collect(),
        units: units.iter().map(|id| (*id, place('u', id.0))).collect(),
        agencies: agencies.iter().map(|id| (*id, place('a', id.0))).collect(),
        cases: cases.iter().map(|id| (*id, place('c', id.0))).collect(),
        stores: stores.iter().map(|id| (*id, place('t', id.0))).collect(),
        slots: slots.iter().map(|id| (*id, place('s', id.0))).collect(),
        items: names.items.iter().map(|(id, it)| (*id, item(id.0, it))).collect(),
    }
}

fn name_at(place: &str, names: &Names) -> Option<String> {
    let mut characters = place.chars();
    let (kind, id) = (characters.next()?, Uuid::try_parse(characters.as_str()).ok()?);
    let item = || names.items.get(&id.into());
    Some(match kind {
        'p' => names.person(id.into()),
        'u' => names.unit(id.into()),
        'a' => names.agency(id.into()),
        'c' => names.case(id.into()),
        't' => names.store(id.into()),
        's' => names.slot(id.into()),
        'n' => item()?.number.clone(),
        'i' => item()?.name.clone(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::sentence::tests::{entries, names};

    #[test]
    fn it_says_what_the_entry_itself_says_whatever_things_are_called_by_then() {
        let mut names = names();
        for entry in entries() {
            let long = long_entry(&entry, None, &BTreeSet::new(), &names);
            for language in [Language::Zh, Language::En] {
                assert_eq!(long_sentence(language, &long, &names), sentence(language, &entry.draft, &names));
            }
        }
        let told: Vec<LongEntry> =
            entries().iter().map(|entry| long_entry(entry, None, &BTreeSet::new(), &names)).collect();
        names.items.values_mut().for_each(|item| item.name = "金项链".to_owned());
        names.persons.values_mut().for_each(|name| name.push('甲'));
        for (long, entry) in told.iter().zip(entries()) {
            let now = sentence(Language::Zh, &entry.draft, &names);
            assert_eq!(long_sentence(Language::Zh, long, &names), now);
        }
    }
}
