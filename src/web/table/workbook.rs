//! A list as a workbook: every column, whether shown or not, of exactly the rows that the page has narrowed to.

use super::{
    super::{
        Problem, Web,
        render::RenderError,
        words::{Words, WordsError},
    },
    Cell, Row, Table,
    cell::{Face, Key},
};
use crate::clock::Moment;
use crate::export::{Sheet, SheetCell, WORKBOOK};
use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// The file, by the table's name and the day.
pub fn workbook(web: &Web, words: &Words, table: &Table, rows: &[Row]) -> Result<Response, Problem> {
    let now = web.app.clock.now();
    let sheet = sheet(words, table, rows, &now.text()).map_err(RenderError::from)?;
    let bytes = sheet.write().map_err(RenderError::from)?;
    let name = format!("attachment; filename=\"{}-{}.xlsx\"", table.name, now.date());
    let headers = [(header::CONTENT_TYPE, WORKBOOK.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

fn sheet(words: &Words, table: &Table, rows: &[Row], at: &str) -> Result<Sheet, WordsError> {
    let name = words.text(&format!("sheet.{}", table.name), &[])?;
    let count = rows.len().to_string();
    let title =
        words.text("sheet.title", &[("name", name.as_str()), ("count", count.as_str()), ("at", at)])?;
    let head = |word: &str| words.text(&format!("column.{word}"), &[]);
    let mut sheet = Sheet { name, title, heads: Vec::new(), rows: vec![Vec::new(); rows.len()] };
    for (at, column) in table.columns.iter().enumerate() {
        let cells = || rows.iter().map(|row| row.cells.get(at));
        if cells().flatten().any(|cell| matches!(cell.face, Face::Button)) {
            continue;
        }
        sheet.heads.push(head(column.word)?);
        let units = cells().flatten().any(|cell| !unit(cell).is_empty());
        if units {
            sheet.heads.push(head("measure")?);
        }
        let laws = cells().flatten().any(|cell| !law(cell).is_empty());
        if laws {
            sheet.heads.push(head("law")?);
        }
        if let Some(below) = column.below {
            sheet.heads.push(head(below)?);
        }
        for (line, cell) in sheet.rows.iter_mut().zip(cells()) {
            line.push(cell.map_or_else(|| SheetCell::Text(String::new()), sheet_cell));
            if units {
                line.push(SheetCell::Text(cell.map_or("", unit).to_owned()));
            }
            if laws {
                line.push(SheetCell::Text(cell.map_or("", law).to_owned()));
            }
            if column.below.is_some() {
                line.push(SheetCell::Text(cell.map_or_else(String::new, |cell| cell.below.clone())));
            }
        }
    }
    Ok(sheet)
}

/// A limit is written as its moment: how long is left is true only while one looks.
fn sheet_cell(cell: &Cell) -> SheetCell {
    match (&cell.face, &cell.key) {
        (Face::Figure { .. }, _) | (Face::Badge { .. }, Key::Number(_)) => {
            SheetCell::Figure(cell.text.clone())
        }
        (Face::Moment, _) => SheetCell::Moment(cell.text.clone()),
        (Face::Due { .. }, Key::Number(at)) => SheetCell::Moment(Moment(*at).text()),
        _ => SheetCell::Text(if cell.text == "—" { String::new() } else { cell.text.clone() }),
    }
}

fn unit(cell: &Cell) -> &str {
    match &cell.face {
        Face::Figure { unit } => unit,
        _ => "",
    }
}

/// The article that sets a limit.
fn law(cell: &Cell) -> &str {
    match &cell.face {
        Face::Due { law, .. } => law,
        _ => "",
    }
}
