//! The kit's table: which columns a person has chosen, and where a click on a head sorts.

use super::{Page, PostedForm, Problem, Web, login::inside};
use crate::{custody::tables, id::PersonId};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect},
};
use serde::Serialize;
use serde_json::{Value, json};

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
}

const fn column(word: &'static str, shown: Shown) -> Column {
    Column { word, figure: false, sort: None, shown }
}

/// Things.
pub const ITEMS: Table = Table {
    name: "items",
    columns: &[
        Column { sort: Some("number"), ..column("number", Shown::AtFirst) },
        Column { sort: Some("name"), ..column("name", Shown::Always) },
        Column { figure: true, ..column("quantity", Shown::AtFirst) },
        column("category", Shown::WhenChosen),
        column("place", Shown::AtFirst),
        column("holder", Shown::WhenChosen),
        column("responsible", Shown::AtFirst),
        column("case", Shown::WhenChosen),
        column("paper", Shown::WhenChosen),
        column("seal", Shown::WhenChosen),
        Column { sort: Some("seized_at"), ..column("seized_at", Shown::AtFirst) },
        column("state", Shown::Always),
    ],
};

const TABLES: [Table; 1] = [ITEMS];

/// How a table is shown to somebody.
#[derive(Clone, Debug, Serialize)]
pub struct TableView {
    pub name: &'static str,
    pub columns: Vec<ColumnView>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ColumnView {
    pub word: &'static str,
    pub figure: bool,
    pub shown: bool,
    /// Whether it can be left out.
    pub optional: bool,
    /// `ascending`, `descending`, or nothing.
    pub sorted: Option<&'static str>,
    /// Where a click on its head sorts.
    pub href: Option<String>,
}

/// What a list is sorted by, and what else is asked of it: `/items?q=…&`.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    pub sort: &'a str,
    pub ascending: bool,
    pub address: &'a str,
}

impl Table {
    /// As this person has chosen it.
    pub async fn view(&self, web: &Web, me: PersonId, order: Order<'_>) -> Result<TableView, Problem> {
        let chosen = tables::columns(&web.app, me, self.name).await?;
        let columns = self.columns.iter().map(|column| {
            let picked = chosen.as_ref().map(|words| words.iter().any(|word| word == column.word));
            let at_first = column.shown != Shown::WhenChosen;
            let sorted = column.sort == Some(order.sort);
            ColumnView {
                word: column.word,
                figure: column.figure,
                shown: column.shown == Shown::Always || picked.unwrap_or(at_first),
                optional: column.shown != Shown::Always,
                sorted: sorted.then_some(if order.ascending { "ascending" } else { "descending" }),
                href: column.sort.map(|sort| sort_href(order, sort)),
            }
        });
        Ok(TableView { name: self.name, columns: columns.collect() })
    }
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

/// `name` or `-name`: what it is sorted by, and whether from the smallest.
pub fn read_sort(text: &str) -> (&str, bool) {
    text.strip_prefix('-').map_or((text, true), |sort| (sort, false))
}

/// `POST /columns`: which columns of a table are shown from now on.
pub async fn choose(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    let table = TABLES.iter().find(|it| it.name == fields.text("table")).ok_or(Problem::NoSuchPage)?;
    let wanted: Vec<&str> = fields.all("column").collect();
    let columns = table.columns.iter().map(|it| it.word).filter(|word| wanted.contains(word));
    tables::choose(&web.app, visitor.me().id, table.name, &columns.collect::<Vec<_>>()).await?;
    Ok(Redirect::to(inside(fields.text("back"))).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_click_on_a_head_turns_the_order_round() {
        let order = |sort, ascending| Order { sort, ascending, address: "/items?q=a&" };
        assert_eq!(sort_href(order("number", false), "name"), "/items?q=a&sort=name");
        assert_eq!(sort_href(order("name", true), "name"), "/items?q=a&sort=-name");
        assert_eq!(sort_href(order("name", false), "name"), "/items?q=a&sort=name");
        assert_eq!((read_sort("name"), read_sort("-name")), (("name", true), ("name", false)));
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
    fn the_words_of_columns_can_be_kept_in_one_text() {
        for table in TABLES {
            assert!(table.columns.iter().all(|it| !it.word.contains(' ') && !it.word.is_empty()));
        }
    }
}
