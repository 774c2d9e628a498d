//! What is asked of a list that is wholly in memory: `?in=made&q=…&f.state=…&sort=-due_at&from=50&as=xlsx`.

use super::super::form::query_of;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The query of a list's address. What a table does not have is left alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct TableQuery(BTreeMap<String, String>);

impl TableQuery {
    /// One that says only this: which of the lists of a page it asks.
    pub fn of(name: &str, text: &str) -> TableQuery {
        TableQuery(BTreeMap::from([(name.to_owned(), text.to_owned())]))
    }

    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }

    /// What a column must hold.
    pub(super) fn of_column(&self, word: &str) -> &str {
        self.text(&format!("f.{word}"))
    }

    /// The column it is sorted by, and whether from the smallest.
    pub(super) fn sort(&self) -> Option<(&str, bool)> {
        Some(self.text("sort")).filter(|text| !text.is_empty()).map(read_sort)
    }

    /// How many rows lie before the page.
    pub(super) fn from(&self) -> usize {
        self.text("from").parse().unwrap_or(0)
    }

    pub fn wants_workbook(&self) -> bool {
        self.text("as") == "xlsx"
    }

    /// What is neither looked for nor a part of the list: which list it is of, of which class, as of when, how it is sorted.
    pub(super) fn kept(&self) -> Vec<(String, String)> {
        let narrows = |name: &str| ["q", "from", "as"].contains(&name) || name.starts_with("f.");
        let kept = self.0.iter().filter(|(name, text)| !narrows(name) && !text.is_empty());
        kept.map(|(name, text)| (name.clone(), text.clone())).collect()
    }

    /// The query without these, ready for another part behind it.
    pub(super) fn without(&self, left_out: &[&str]) -> String {
        let kept = self.0.iter().filter(|(name, _)| !left_out.contains(&name.as_str()));
        let pairs: Vec<(&str, &str)> = kept.map(|(name, text)| (name.as_str(), text.as_str())).collect();
        query_of(&pairs)
    }
}

/// `name` or `-name`: what it is sorted by, and whether from the smallest.
pub fn read_sort(text: &str) -> (&str, bool) {
    text.strip_prefix('-').map_or((text, true), |sort| (sort, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minus_sorts_from_the_largest() {
        assert_eq!((read_sort("name"), read_sort("-name")), (("name", true), ("name", false)));
    }
}
