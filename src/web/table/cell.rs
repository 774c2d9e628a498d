//! What stands in a table: a row leads somewhere, and each of its cells has a text, what sorts it and how it is shown.

use super::super::{
    frame::Status,
    render,
    words::{Words, WordsError},
};
use crate::{clock::Moment, id::HandoverId};
use serde::Serialize;

/// A row; its first link is where Enter leads.
#[derive(Clone, Debug)]
pub struct Row {
    /// One for each column of the table, in its order.
    pub cells: Vec<Cell>,
    pub mark: Mark,
    /// A word of the table's groups.
    pub group: Option<&'static str>,
    /// What a tick box of it sends, and what it is called.
    pub tick: Option<(String, String)>,
}

/// How a whole row is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    Plain,
    /// Something is wrong with it: a red edge.
    Wrong,
    /// Over and done: grey.
    Closed,
}

/// What stands in one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    pub text: String,
    /// Small, below the text.
    pub below: String,
    pub href: Option<String>,
    /// What is said when the pointer rests on it.
    pub title: String,
    pub face: Face,
    #[serde(skip)]
    pub key: Key,
}

/// How a cell is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Face {
    /// A few words that are not broken.
    Words,
    /// A date and its hour, which a workbook can reckon with.
    Moment,
    /// A sentence.
    Prose,
    /// What the row is about.
    Name,
    Figure {
        unit: String,
    },
    Badge {
        state: Status,
    },
    /// A limit, with the article that sets it; `left` in seconds.
    Due {
        state: Status,
        left: i64,
        #[serde(skip)]
        law: String,
    },
    /// A thing: its photograph before it, where there is one.
    Thing {
        photograph: Option<String>,
    },
    /// A link that looks like a button.
    Button,
}

/// What rows are sorted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Number(i64),
    Text(String),
}

impl Row {
    pub fn new(cells: Vec<Cell>) -> Row {
        Row { cells, mark: Mark::Plain, group: None, tick: None }
    }

    #[must_use]
    pub fn marked(self, mark: Mark) -> Row {
        Row { mark, ..self }
    }

    /// Red where something is wrong with it.
    #[must_use]
    pub fn wrong(self, wrong: bool) -> Row {
        if wrong { self.marked(Mark::Wrong) } else { self }
    }

    #[must_use]
    pub fn of(self, group: &'static str) -> Row {
        Row { group: Some(group), ..self }
    }
}

impl Cell {
    fn with(text: String, face: Face, key: Key) -> Cell {
        Cell { text, below: String::new(), href: None, title: String::new(), face, key }
    }

    pub fn words(text: impl Into<String>) -> Cell {
        let text = text.into();
        Cell::with(text.clone(), Face::Words, Key::Text(text))
    }

    /// A dash.
    pub fn nothing() -> Cell {
        Cell::with("—".to_owned(), Face::Words, Key::Text(String::new()))
    }

    pub fn or_nothing(text: Option<&str>) -> Cell {
        text.filter(|text| !text.is_empty()).map_or_else(Cell::nothing, Cell::words)
    }

    pub fn name(text: impl Into<String>, href: impl Into<String>) -> Cell {
        Cell { face: Face::Name, ..Cell::words(text).to(href) }
    }

    pub fn prose(text: impl Into<String>) -> Cell {
        Cell { face: Face::Prose, ..Cell::words(text) }
    }

    pub fn figure(number: i64) -> Cell {
        Cell::with(render::grouped(number), Face::Figure { unit: String::new() }, Key::Number(number))
    }

    /// A figure that leads to what it counts, where it counts anything.
    pub fn counted(number: i64, href: impl Into<String>) -> Cell {
        if number == 0 { Cell::figure(0) } else { Cell::figure(number).to(href) }
    }

    /// `12.35 克`; sorted as it is written.
    pub fn quantity(words: &Words, text: &str) -> Result<Cell, WordsError> {
        let (figure, unit) = render::quantity_parts(words, text)?;
        Ok(Cell::with(figure.clone(), Face::Figure { unit }, Key::Text(figure)))
    }

    pub fn moment(at: Moment) -> Cell {
        Cell::with(at.text(), Face::Moment, Key::Number(at.0))
    }

    /// An entry, which leads to it.
    pub fn entry(seq: u64) -> Cell {
        let number = i64::try_from(seq).unwrap_or(i64::MAX);
        Cell::figure(number).to(format!("/ledger/{seq}"))
    }

    pub fn badge(state: Status, text: impl Into<String>) -> Cell {
        Cell { face: Face::Badge { state }, ..Cell::words(text) }
    }

    /// A figure that stands out.
    pub fn badge_of(state: Status, number: i64) -> Cell {
        Cell { face: Face::Badge { state }, ..Cell::figure(number) }
    }

    /// A state by its own word.
    pub fn status(words: &Words, state: Status) -> Result<Cell, WordsError> {
        Ok(Cell::badge(state, words.text(&format!("state.{}", state.word()), &[])?))
    }

    /// How long until a limit.
    pub fn due(words: &Words, (now, at): (Moment, Moment), law: &str) -> Result<Cell, WordsError> {
        let left = at.since(now);
        let state = Status::of_time_left(left);
        let face = Face::Due { state, left: left.0 / 1_000_000, law: law.to_owned() };
        let text = render::time_left_text(words, left.0 / 1_000_000)?;
        let title = if law.is_empty() { at.text() } else { format!("{} · {law}", at.text()) };
        Ok(Cell::with(text, face, Key::Number(at.0)).titled(title))
    }

    /// What waits for another unit's answer, with the way there.
    pub fn on_offer(words: &Words, handover: HandoverId) -> Result<Cell, WordsError> {
        let said = words.text("items.on_offer", &[])?;
        Ok(Cell::badge(Status::DueSoon, said).to(format!("/handovers/{handover}")))
    }

    pub fn thing(photograph: Option<String>, name: impl Into<String>) -> Cell {
        Cell { face: Face::Thing { photograph }, ..Cell::words(name) }
    }

    pub fn button(text: impl Into<String>, href: impl Into<String>) -> Cell {
        Cell { face: Face::Button, ..Cell::words(text).to(href) }
    }

    #[must_use]
    pub fn below(self, below: impl Into<String>) -> Cell {
        Cell { below: below.into(), ..self }
    }

    #[must_use]
    pub fn to(self, href: impl Into<String>) -> Cell {
        Cell { href: Some(href.into()), ..self }
    }

    #[must_use]
    pub fn titled(self, title: impl Into<String>) -> Cell {
        Cell { title: title.into(), ..self }
    }

    /// Everything that is written in it, for whoever looks for a word.
    pub(super) fn written(&self) -> String {
        format!("{} {} {}", self.text, self.below, self.title).to_lowercase()
    }
}
