//! What the tree commits to. An entry of the first form is hashed as a whole: shown in part it proves nothing. An entry of the
//! second form commits to each of its lines by a salted digest, so that whoever holds a part of it can show that part and prove
//! it, and the rest stays unsaid.
//!
//! A *line* is an element of `postings`, or of the outermost arrays of objects in the body (`lines`, `differences`, `children`,
//! `statement.lines` …), so no kind has to say which they are. It is named by its JSON pointer, such as `/body/lines/0`. In the
//! committed bytes stands `{"digest": …}` in its place, and `salt_digest` for the salt, so that no byte of the entry can be
//! another:
//!
//! - `line salt = H("hufu line salt v2\n" ‖ the entry's salt ‖ pointer)`: one line's salt tells nothing of another's,
//! - `digest = H("hufu line v2\n" ‖ line salt ‖ canonical JSON of the line)`,
//! - `salt_digest = H("hufu salt v2\n" ‖ the entry's salt)`.
//!
//! What is left (who, when, which kind, how many lines, and what the body says of all of them) stands in the clear.

use super::{Digest, Entry, Form, Salt, Suite, canonical};
use crate::id::ItemId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const SALT_DIGEST: &str = "salt_digest";
/// The only member of what stands in a line's place.
const DIGEST: &str = "digest";
/// Where what is signed lies, in every kind that has something to sign.
const STATEMENT: &str = "/body/statement/";

/// What the tree holds of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// What is hashed, and served as the entry under its leaf.
    pub bytes: Vec<u8>,
    pub leaf: Digest,
}

impl Commitment {
    /// Of these bytes as they stand.
    pub fn of(suite: Suite, bytes: Vec<u8>) -> Commitment {
        let leaf = suite.leaf(&bytes);
        Commitment { bytes, leaf }
    }
}

/// One line of an entry, as JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub pointer: String,
    pub value: Value,
}

impl Line {
    /// The items that it says something of.
    pub fn items(&self) -> BTreeSet<ItemId> {
        let mut items = BTreeSet::new();
        members(&self.value, "item", &mut |value| items.extend(ItemId::deserialize(value).ok()));
        items
    }

    /// The units that must settle a difference that it raises, as they are written.
    pub fn owners(&self) -> BTreeSet<&str> {
        let mut owners = BTreeSet::new();
        members(&self.value, "owner", &mut |value| owners.extend(value.as_str()));
        owners
    }
}

/// Every member of this name, however deep.
fn members<'a>(value: &'a Value, name: &str, found: &mut impl FnMut(&'a Value)) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if key == name {
                    found(value);
                }
                members(value, name, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| members(value, name, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => (),
    }
}

/// A line that is shown: with its salt it is what the entry commits to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The JSON pointer of the line in the entry.
    pub pointer: String,
    pub salt: Salt,
    /// Canonical JSON.
    pub line: String,
}

/// An entry as far as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPart {
    pub entry: Entry,
    /// The pointers of the lines that it does not show.
    pub hidden: BTreeSet<String>,
}

impl EntryPart {
    pub fn whole(entry: Entry) -> EntryPart {
        EntryPart { entry, hidden: BTreeSet::new() }
    }

    /// How many lines of the body are not shown. Postings follow from them.
    pub fn hidden_lines(&self) -> usize {
        self.hidden.iter().filter(|pointer| pointer.starts_with("/body/")).count()
    }

    /// How much is shown of what was signed.
    pub fn statement(&self) -> Told {
        let hidden = self.hidden.iter().any(|pointer| pointer.starts_with(STATEMENT));
        if hidden { Told::Part } else { Told::Whole }
    }
}

/// How much is told of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Whole,
    Part,
}

impl Entry {
    /// What the tree holds of it.
    pub fn commitment(&self, suite: Suite) -> Result<Commitment, canonical::Error> {
        let bytes = match self.form {
            Form::Whole => self.canonical_bytes()?,
            Form::ByLine(salt) => {
                let salt = salt.ok_or(canonical::Error::SaltMissing)?;
                committed(suite, salt, &mut self.json()?)?
            }
        };
        Ok(Commitment::of(suite, bytes))
    }

    /// Its lines, in their order.
    pub fn lines(&self) -> Result<Vec<Line>, canonical::Error> {
        let mut lines = Vec::new();
        each_line(&mut self.json()?, &mut |pointer, value| {
            lines.push(Line { pointer: pointer.to_owned(), value: value.take() });
            Ok(())
        })?;
        Ok(lines)
    }

    /// Shows these lines and no others.
    pub fn part(&self, shown: impl Fn(&Line) -> bool) -> Result<EntryPart, canonical::Error> {
        let hidden: BTreeSet<String> =
            self.lines()?.into_iter().filter(|line| !shown(line)).map(|line| line.pointer).collect();
        if hidden.is_empty() {
            return Ok(EntryPart::whole(self.clone()));
        }
        let mut json = self.json()?;
        remove(&mut json, &hidden);
        let entry: Entry = Entry::deserialize(json).map_err(canonical::Error::NotJson)?;
        Ok(EntryPart { entry: Entry { form: Form::ByLine(None), ..entry }, hidden })
    }

    /// What opens these lines; nothing for an entry that is hashed as a whole.
    pub fn openings(
        &self,
        suite: Suite,
        shown: impl Fn(&Line) -> bool,
    ) -> Result<Vec<Opening>, canonical::Error> {
        let Form::ByLine(salt) = self.form else { return Ok(Vec::new()) };
        let salt = salt.ok_or(canonical::Error::SaltMissing)?;
        let shown = self.lines()?.into_iter().filter(shown);
        let open = |Line { pointer, value }: Line| {
            let line = String::from_utf8_lossy(&canonical::bytes(&value)?).into_owned();
            Ok(Opening { salt: salt.of_line(suite, &pointer), pointer, line })
        };
        shown.map(open).collect()
    }

    fn json(&self) -> Result<Value, canonical::Error> {
        serde_json::to_value(self).map_err(canonical::Error::Write)
    }
}

/// Reads an entry as it is in the tree, with the lines that are shown of it. Refuses a line that is not what the entry
/// commits to, and one that is nowhere in it.
pub fn open(suite: Suite, bytes: &[u8], openings: &[Opening]) -> Result<EntryPart, canonical::Error> {
    let mut json: Value = serde_json::from_slice(bytes).map_err(canonical::Error::NotJson)?;
    if json.get("form").and_then(Value::as_u64) == Some(1) {
        let nothing = openings.is_empty();
        let entry = Entry::from_canonical_bytes(bytes)?;
        return if nothing { Ok(EntryPart::whole(entry)) } else { Err(canonical::Error::OpensNothing) };
    }
    if canonical::bytes(&json)? != bytes {
        return Err(canonical::Error::NotCanonical);
    }
    let salted = json.as_object_mut().and_then(|entry| entry.remove(SALT_DIGEST));
    if salted.and_then(|digest| Digest::from_hex(digest.as_str()?)).is_none() {
        return Err(canonical::Error::NotCommitted);
    }
    let mut opened: BTreeMap<&str, &Opening> = BTreeMap::new();
    for opening in openings {
        if opened.insert(&opening.pointer, opening).is_some() {
            return Err(canonical::Error::OpensNothing);
        }
    }
    let mut hidden = BTreeSet::new();
    each_line(&mut json, &mut |pointer, value| {
        let committed = digest_of(value).ok_or(canonical::Error::LineInTheClear)?;
        let Some(opening) = opened.remove(pointer) else {
            hidden.insert(pointer.to_owned());
            return Ok(());
        };
        if opening.salt.digest(suite, opening.line.as_bytes()) != committed {
            return Err(canonical::Error::LineDiffers);
        }
        *value = serde_json::from_str(&opening.line).map_err(canonical::Error::NotJson)?;
        match canonical::bytes(value)? == opening.line.as_bytes() {
            true => Ok(()),
            false => Err(canonical::Error::NotCanonical),
        }
    })?;
    if !opened.is_empty() {
        return Err(canonical::Error::OpensNothing);
    }
    remove(&mut json, &hidden);
    let entry = Entry::deserialize(&json).map_err(canonical::Error::NotJson)?;
    if entry.form != Form::ByLine(None) {
        return Err(canonical::Error::NotCommitted);
    }
    // Nothing stands in it that an entry does not say; a list of which no line is shown may be one that is not written empty.
    let written = entry.json()?;
    let lists: BTreeSet<&str> = hidden.iter().filter_map(|line| Some(line.rsplit_once('/')?.0)).collect();
    for list in lists.into_iter().filter(|list| written.pointer(list).is_none()) {
        drop_member(&mut json, list);
    }
    match written == json {
        true => Ok(EntryPart { entry, hidden }),
        false => Err(canonical::Error::NotCanonical),
    }
}

/// The bytes with a digest in the place of the salt, and with a digest in the place of each line.
fn committed(suite: Suite, salt: Salt, json: &mut Value) -> Result<Vec<u8>, canonical::Error> {
    each_line(json, &mut |pointer, value| {
        let digest = salt.of_line(suite, pointer).digest(suite, &canonical::bytes(value)?);
        *value = json!({ DIGEST: digest.to_string() });
        Ok(())
    })?;
    if let Value::Object(entry) = json {
        drop(entry.remove("salt"));
        let digest = salt.own_digest(suite).to_string();
        entry.insert(SALT_DIGEST.to_owned(), digest.into());
    }
    canonical::bytes(json)
}

/// The digest that stands in a line's place, and nothing else does.
fn digest_of(value: &Value) -> Option<Digest> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    Digest::from_hex(map.get(DIGEST)?.as_str()?)
}

type Visited = Result<(), canonical::Error>;

/// Visits each line with its pointer.
fn each_line(json: &mut Value, visit: &mut impl FnMut(&str, &mut Value) -> Visited) -> Visited {
    each_list(json, &mut |pointer, lines| {
        let mut lines = lines.iter_mut().enumerate().filter(|(_, line)| line.is_object());
        lines.try_for_each(|(at, line)| visit(&format!("{pointer}/{at}"), line))
    })
}

/// Takes lines out of their lists.
fn remove(json: &mut Value, hidden: &BTreeSet<String>) {
    let removed = each_list(json, &mut |pointer, lines| {
        let mut at = 0..;
        lines.retain(|_| at.next().is_none_or(|at| !hidden.contains(&format!("{pointer}/{at}"))));
        Ok(())
    });
    debug_assert!(removed.is_ok());
}

fn drop_member(json: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else { return };
    if let Some(Value::Object(members)) = json.pointer_mut(parent) {
        drop(members.remove(name));
    }
}

/// Visits each list of lines with its pointer.
fn each_list(json: &mut Value, visit: &mut impl FnMut(&str, &mut Vec<Value>) -> Visited) -> Visited {
    ["body", "postings"].into_iter().try_for_each(|place| match json.get_mut(place) {
        Some(value) => lists(value, &format!("/{place}"), visit),
        None => Ok(()),
    })
}

fn lists(
    value: &mut Value,
    pointer: &str,
    visit: &mut impl FnMut(&str, &mut Vec<Value>) -> Visited,
) -> Visited {
    match value {
        Value::Array(values) => visit(pointer, values),
        // The names of members are ours, and have nothing in them that a pointer would have to escape.
        Value::Object(map) => {
            map.iter_mut().try_for_each(|(name, value)| lists(value, &format!("{pointer}/{name}"), visit))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}
