//! What a form sent, by field name. Fields may repeat: one for each row that was chosen.

use crate::id::ItemId;
use serde::Deserialize;
use std::str::FromStr;

/// The fields of one posted form, in their order.
#[derive(Clone, Debug, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The field, with the spaces around it taken off; empty when it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// The field as typed: a password may begin with a space.
    pub fn verbatim(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    /// Nothing when the field is empty.
    pub fn filled(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// The field, empty or not; nothing when the form did not have it.
    pub fn sent(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// Every value of a field that repeats.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// The field as an id, a number or a word; nothing when it is not one.
    pub fn parse<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }

    pub fn ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }
}

/// The filled fields of a filter as the start of a query: `q=…&`.
pub fn query_of(fields: &[(&str, &str)]) -> String {
    let filled = fields.iter().filter(|(_, value)| !value.is_empty());
    filled
        .map(|(name, value)| format!("{name}={}&", super::error_page::encoded(value).replace('/', "%2F")))
        .collect()
}

/// A part of an address as an id. What is no id is no page.
pub fn id<T: FromStr>(text: &str) -> Result<T, super::Problem> {
    text.parse().map_err(|_| super::Problem::NoSuchPage)
}

/// The things with which a form begins: one of them, or several that were ticked in a list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChosenItems {
    item: String,
    items: String,
}

impl ChosenItems {
    /// Their ids; what is none is left out.
    pub fn ids(&self) -> Vec<ItemId> {
        let all = self.items.split(',').chain([self.item.as_str()]);
        all.filter_map(|id| id.parse().ok()).collect()
    }

    /// The address of a form that begins with these.
    pub fn address(form: &str, items: &[ItemId]) -> String {
        let ids: Vec<String> = items.iter().map(ItemId::to_string).collect();
        format!("{form}?items={}", ids.join(","))
    }
}
