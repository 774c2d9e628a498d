//! A list that is wholly in memory: narrowed, sorted and paged as its address asks, as a page or as a workbook.

use super::{
    super::{Problem, Visitor, Web, form::query_of, words::WordsError},
    Cell, Column, Order, Row, Table, TableQuery, TableView,
    cell::Key,
    pager,
    view::{FilterField, Group, Narrowing},
    workbook,
};
use crate::web::render::RenderError;
use axum::response::Response;
use std::{cmp::Reverse, collections::BTreeSet};

/// A list and where it stands.
#[derive(Debug)]
pub struct List<'a> {
    pub table: &'static Table,
    pub path: &'a str,
    pub asked: &'a TableQuery,
    /// Or the word that is missing.
    pub rows: Result<Vec<Row>, WordsError>,
}

/// What whoever asked is given.
#[derive(Debug)]
pub enum ListAnswer {
    Page(Box<TableView>),
    Workbook(Response),
}

/// How many rows one page has.
const STEP: usize = 50;

/// A column with no more different words than this is chosen from, others are searched.
const FEW: usize = 12;

impl List<'_> {
    /// Refuses nothing: what the table does not have is not asked for.
    pub async fn answer(self, web: &Web, visitor: &Visitor) -> Result<ListAnswer, Problem> {
        let words = web.pages.words(visitor.language());
        let List { table, path, asked, rows } = self;
        let mut rows = rows.map_err(RenderError::from)?;
        let groups = groups(table, asked, path, &rows);
        if let Some(group) = table.groups.iter().find(|it| **it == asked.text("in")) {
            rows.retain(|row| row.group == Some(group));
        }
        let narrowing = narrowing(table, asked, path, &rows);
        rows.retain(|row| fits(table, asked, row));
        let order = sort(table, asked, &mut rows);
        if asked.wants_workbook() {
            return Ok(ListAnswer::Workbook(workbook(web, words, table, &rows)?));
        }
        let (count, from) = (rows.len(), asked.from());
        let page: Vec<Row> = rows.into_iter().skip(from).take(STEP).collect();
        let address = format!("{path}?{}", asked.without(&["sort", "from"]));
        let order = Order { sort: order.0, ascending: order.1, address: &address };
        let view = table.view(web, visitor.me().id, page, Some(order)).await?;
        let here = asked.without(&["from"]);
        Ok(ListAnswer::Page(Box::new(TableView {
            count: Some(count),
            sheet: (count > 0).then(|| format!("{path}?{here}as=xlsx")),
            pager: pager(count, from, STEP, |from| format!("{path}?{here}from={from}")),
            groups,
            narrowing,
            ..view
        })))
    }
}

/// The parts of the list; none where all rows are of one part.
fn groups(table: &Table, asked: &TableQuery, path: &str, rows: &[Row]) -> Vec<Group> {
    let (current, at) = (asked.text("in"), asked.without(&["in", "from"]));
    let of = |word: &'static str| Group {
        word,
        href: format!("{path}?{at}in={word}"),
        count: rows.iter().filter(|row| row.group == Some(word)).count(),
        current: current == word,
    };
    let groups: Vec<Group> = table.groups.iter().map(|word| of(word)).collect();
    if groups.iter().filter(|it| it.count > 0).count() < 2 && current.is_empty() {
        return Vec::new();
    }
    let current = groups.iter().all(|it| !it.current);
    let all = Group { word: "all", href: format!("{path}?{at}"), count: rows.len(), current };
    std::iter::once(all).chain(groups).collect()
}

/// Whether a row holds what is looked for: in any column, and in each column that was filled in.
fn fits(table: &Table, asked: &TableQuery, row: &Row) -> bool {
    let anywhere = asked.text("q").to_lowercase();
    let written: Vec<String> = row.cells.iter().map(Cell::written).collect();
    let of_columns = table.columns.iter().zip(&row.cells).all(|(column, cell)| {
        let wanted = asked.of_column(column.word);
        wanted.is_empty() || cell.text == wanted || cell.written().contains(&wanted.to_lowercase())
    });
    of_columns && anywhere.split_whitespace().all(|word| written.iter().any(|it| it.contains(word)))
}

/// Sorts them; what they are sorted by, or how they came.
fn sort<'a>(table: &Table, asked: &'a TableQuery, rows: &mut [Row]) -> (&'a str, bool) {
    let Some((word, ascending)) = asked.sort() else { return ("", true) };
    let Some(at) = table.columns.iter().position(|column| column.sort == Some(word)) else {
        return ("", true);
    };
    let key = |row: &Row| row.cells.get(at).map(|cell| cell.key.clone());
    match ascending {
        true => rows.sort_by_cached_key(key),
        false => rows.sort_by_cached_key(|row| Reverse(key(row))),
    }
    (word, ascending)
}

/// The form above the table. `rows`: those of the group that is looked at, so that a choice is always there to be taken.
fn narrowing(table: &Table, asked: &TableQuery, path: &str, rows: &[Row]) -> Narrowing {
    let field = |(at, column): (usize, &Column)| {
        let value = asked.of_column(column.word).to_owned();
        let cells = rows.iter().filter_map(|row| row.cells.get(at));
        let is_word = |cell: &Cell| matches!(cell.key, Key::Text(_)) && !cell.text.is_empty();
        let all: BTreeSet<&str> = cells.filter(|cell| is_word(cell)).map(|cell| cell.text.as_str()).collect();
        let few = all.len() <= FEW && (all.len() > 1 || !value.is_empty());
        let options = if few { all.into_iter().map(str::to_owned).collect() } else { Vec::new() };
        FilterField { word: column.word, value, options }
    };
    let sorted = table.columns.iter().enumerate().filter(|(_, column)| column.sort.is_some());
    let filters: Vec<FilterField> = sorted.map(field).collect();
    let search = asked.text("q").to_owned();
    let narrowed = !search.is_empty() || filters.iter().any(|it| !it.value.is_empty());
    let kept = asked.kept();
    let pairs: Vec<(&str, &str)> = kept.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let clear = format!("{path}?{}", query_of(&pairs));
    Narrowing { path: Some(path.to_owned()), clear, search, filters, kept, narrowed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::table::HANDOVERS;

    fn query(text: &str) -> TableQuery {
        let address = format!("/x?{}", text.replace(' ', "+"));
        axum::extract::Query::try_from_uri(&address.parse().unwrap()).map(|it| it.0).unwrap()
    }

    fn rows() -> Vec<Row> {
        let row = |case: &str, lines: i64, giver: &str| {
            let mut cells = vec![
                Cell::words(case).below("A-1"),
                Cell::words("送审"),
                Cell::words(giver),
                Cell::nothing(),
                Cell::figure(lines),
            ];
            cells.resize(HANDOVERS.columns.len(), Cell::nothing());
            Row::new(cells)
        };
        vec![row("张三盗窃", 2, "城东"), row("李四诈骗", 10, "城西"), row("王五盗窃", 9, "城东")]
    }

    fn found(text: &str) -> Vec<String> {
        let asked = query(text);
        let mut rows = rows();
        rows.retain(|row| fits(&HANDOVERS, &asked, row));
        sort(&HANDOVERS, &asked, &mut rows);
        rows.into_iter().map(|row| row.cells.into_iter().next().unwrap().text).collect()
    }

    #[test]
    fn words_narrow_and_heads_sort() {
        assert_eq!(found(""), ["张三盗窃", "李四诈骗", "王五盗窃"]);
        assert_eq!(found("q=盗窃&sort=-lines"), ["王五盗窃", "张三盗窃"]);
        assert_eq!(found("sort=lines"), ["张三盗窃", "王五盗窃", "李四诈骗"], "figures, not letters");
        assert_eq!(found("f.giver=城西"), ["李四诈骗"]);
        assert_eq!(found("q=盗窃 城西"), Vec::<String>::new(), "every word must be there");
        assert_eq!(found("f.nothing=x&sort=nothing"), found(""), "what the table lacks is left alone");
    }

    #[test]
    fn few_words_are_chosen_from_and_figures_are_not() {
        let it = narrowing(&HANDOVERS, &query("q=a&f.giver=城东&sort=lines"), "/handovers", &rows());
        let field = |word: &str| it.filters.iter().find(|it| it.word == word).unwrap();
        assert_eq!(field("giver").options, ["城东", "城西"]);
        assert!(field("lines").options.is_empty() && field("purpose").options.is_empty());
        assert_eq!((it.narrowed, it.kept), (true, vec![("sort".to_owned(), "lines".to_owned())]));
    }

    #[test]
    fn who_looks_for_something_stays_in_the_list_and_in_the_past() {
        let it = narrowing(&HANDOVERS, &query("as_of=7&class=missing&q=a&f.giver=b&from=50"), "/x", &rows());
        let kept: Vec<(&str, &str)> =
            it.kept.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(kept, [("as_of", "7"), ("class", "missing")]);
        assert_eq!(it.clear, "/x?as_of=7&class=missing&");
    }
}
