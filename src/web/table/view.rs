//! A table as a template shows it: the heads and cells that this person has chosen, and what may be done with it.

use super::{
    super::{Problem, Web},
    Cell, Mark, Row, Shown, Table,
};
use crate::{custody::tables, id::PersonId};
use serde::Serialize;
use serde_json::{Value, json};

/// How a table is shown to somebody.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TableView {
    pub name: &'static str,
    /// The columns that can be left out, and whether they are shown.
    pub choices: Vec<Choice>,
    pub heads: Vec<Head>,
    pub rows: Vec<RowView>,
    /// Columns that say the same in every row: word and text.
    pub once: Vec<(&'static str, String)>,
    /// How many rows there are in all, where that is known.
    pub count: Option<usize>,
    /// Where the workbook of all that is shown comes from.
    pub sheet: Option<String>,
    pub pager: Option<Value>,
    /// The form that the tick boxes belong to.
    pub form: Option<&'static str>,
    pub groups: Vec<Group>,
    pub narrowing: Narrowing,
}

/// A part of the rows, as a tab above the table.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// A word of section `group`.
    pub word: &'static str,
    pub href: String,
    pub count: usize,
    pub current: bool,
}

/// How a list in memory can be narrowed, and is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Narrowing {
    /// Where the form goes; nothing where the page has a form of its own.
    pub path: Option<String>,
    /// The list without what narrows it.
    pub clear: String,
    pub search: String,
    pub filters: Vec<FilterField>,
    /// What else of the address stays: name and value.
    pub kept: Vec<(String, String)>,
    /// Whether anything is narrowed.
    pub narrowed: bool,
}

/// What one column must hold.
#[derive(Clone, Debug, Serialize)]
pub struct FilterField {
    pub word: &'static str,
    pub value: String,
    /// All that the column holds, where it is little.
    pub options: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    pub word: &'static str,
    pub shown: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Head {
    pub word: &'static str,
    pub figure: bool,
    /// `ascending`, `descending`, or nothing.
    pub sorted: Option<&'static str>,
    /// Where a click on its head sorts.
    pub href: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct RowView {
    pub mark: Mark,
    pub tick: Option<(String, String)>,
    /// In the order of the heads.
    pub cells: Vec<Cell>,
}

/// What a list is sorted by, and what else is asked of it: `/items?q=…&`.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    pub sort: &'a str,
    pub ascending: bool,
    pub address: &'a str,
}

/// How many rows must agree before a column is said once.
const SAID_ONCE: usize = 4;

impl Table {
    /// These rows as this person has chosen their columns. Without an order no head sorts.
    pub async fn view(
        &self,
        web: &Web,
        me: PersonId,
        rows: Vec<Row>,
        order: Option<Order<'_>>,
    ) -> Result<TableView, Problem> {
        let chosen = tables::columns(&web.app, me, self.name).await?;
        let is_shown = |word: &str, shown: Shown| match (&chosen, shown) {
            (_, Shown::Always) => true,
            (Some(words), _) => words.iter().any(|it| it == word),
            (None, shown) => shown == Shown::AtFirst,
        };
        let mut view = TableView { name: self.name, ..TableView::default() };
        let mut kept = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            let mut shown = is_shown(column.word, column.shown);
            if column.shown != Shown::Always {
                view.choices.push(Choice { word: column.word, shown });
            }
            if let Some(text) = alike(&rows, at).filter(|_| shown && column.once) {
                view.once.push((column.word, text));
                shown = false;
            }
            kept.push(shown);
            if shown {
                let sorted = order.is_some_and(|it| column.sort == Some(it.sort));
                let word = |it: Order<'_>| if it.ascending { "ascending" } else { "descending" };
                view.heads.push(Head {
                    word: column.word,
                    figure: column.figure,
                    sorted: order.filter(|_| sorted).map(word),
                    href: order.and_then(|order| Some(sort_href(order, column.sort?))),
                });
            }
        }
        view.rows = rows.into_iter().map(|row| row_view(row, &kept)).collect();
        Ok(view)
    }
}

fn row_view(row: Row, kept: &[bool]) -> RowView {
    let cells = row.cells.into_iter().zip(kept).filter(|(_, kept)| **kept).map(|(cell, _)| cell);
    RowView { mark: row.mark, tick: row.tick, cells: cells.collect() }
}

/// What all rows say in this column, when there are several and they say the same.
fn alike(rows: &[Row], at: usize) -> Option<String> {
    let first = rows.first()?.cells.get(at)?;
    let same = rows.len() >= SAID_ONCE && rows.iter().all(|row| row.cells.get(at) == Some(first));
    (same && !first.text.is_empty()).then(|| first.text.clone())
}

/// The first click sorts from the smallest, the next the other way round.
fn sort_href(order: Order<'_>, sort: &str) -> String {
    let turned = sort == order.sort && order.ascending;
    format!("{}sort={}{sort}", order.address, if turned { "-" } else { "" })
}

/// The pages of a long list around the lines from this one on (from 0), `step` to a page; nothing where all stand on one.
pub fn pager(total: usize, from: usize, step: usize, at: impl Fn(usize) -> String) -> Option<Value> {
    let end = total.min(from.saturating_add(step));
    (total > step).then(|| {
        json!({
            "first": from.saturating_add(1), "last": end, "total": total,
            "previous": from.checked_sub(step).map(&at), "next": (end < total).then(|| at(end)),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::table::TABLES;

    #[test]
    fn a_second_click_on_a_head_turns_the_order_round() {
        let order = |sort, ascending| Order { sort, ascending, address: "/items?q=a&" };
        assert_eq!(sort_href(order("number", false), "name"), "/items?q=a&sort=name");
        assert_eq!(sort_href(order("name", true), "name"), "/items?q=a&sort=-name");
        assert_eq!(sort_href(order("name", false), "name"), "/items?q=a&sort=name");
    }

    #[test]
    fn pages_lead_to_those_before_and_behind() {
        let at = |from: usize| format!("?from={from}");
        assert_eq!(pager(100, 0, 100, at), None);
        let (first, last) = (pager(250, 0, 100, at).unwrap(), pager(250, 200, 100, at).unwrap());
        assert_eq!((&first["previous"], &first["next"]), (&Value::Null, &json!("?from=100")));
        assert_eq!((&last["first"], &last["last"], &last["total"]), (&json!(201), &json!(250), &json!(250)));
        assert_eq!((&last["previous"], &last["next"]), (&json!("?from=100"), &Value::Null));
    }

    #[test]
    fn a_column_that_is_the_same_everywhere_is_said_once() {
        let row = |unit: &str| Row::new(vec![Cell::words(unit)]);
        assert_eq!(alike(&vec![row("城东"); 4], 0).as_deref(), Some("城东"));
        assert_eq!(alike(&vec![row("城东"); 3], 0), None, "three rows are read at a glance");
        assert_eq!(alike(&[row("城东"), row("城东"), row("城东"), row("城西")], 0), None);
    }

    #[test]
    fn the_words_of_columns_can_be_kept_in_one_text() {
        for table in TABLES {
            assert!(table.columns.iter().all(|it| !it.word.contains(' ') && !it.word.is_empty()));
        }
    }
}
