//! The kit's table: a list says its columns once and what stands in them row by row; sorting, filtering, the choice of columns, groups,
//! pages, the workbook and the cards of a telephone follow from that for every list.

mod cell;
mod choose;
mod columns;
mod list;
mod query;
mod view;
mod workbook;

pub use cell::{Cell, Mark, Row};
pub use choose::choose;
pub use columns::*;
pub use list::{List, ListAnswer};
pub use query::{TableQuery, read_sort};
pub use view::{Order, TableView, pager};
pub use workbook::workbook;

/// A column that a table has.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// A word of section `column`.
    pub word: &'static str,
    /// Figures stand right.
    pub figure: bool,
    /// What sorts by it, where anything does.
    pub sort: Option<&'static str>,
    pub shown: Shown,
    /// Said once above the table where it is the same in every row.
    pub once: bool,
    /// What stands small below its text, as a word of section `column`: a column of its own in a workbook.
    pub below: Option<&'static str>,
}

/// Whether a column is shown to whoever has chosen nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Always,
    AtFirst,
    WhenChosen,
}

/// A table whose columns can be chosen.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [Column],
    /// What its rows are divided into, as words of section `group`; none where they are alike.
    pub groups: &'static [&'static str],
}
