//! Things as rows of a table: on their list, of a case, of a slot; the same in a workbook.

use super::super::{
    frame::Status,
    render,
    table::{Cell, Mark, Row},
    words::{Words, WordsError},
};
use crate::{
    clock::Moment,
    custody::items::{ItemLine, Place},
};

/// Features of up to so many characters are seen whole.
const SEEN: usize = 28;

/// A row for each, with a cell for each column of `ITEMS` and `THINGS`. `query` goes behind their addresses.
pub fn rows(words: &Words, items: &[ItemLine], now: Moment, query: &str) -> Result<Vec<Row>, WordsError> {
    items.iter().map(|it| row(words, it, now, query)).collect()
}

/// What a tick box of it sends, and what it is called.
pub(super) fn tick(it: &ItemLine) -> (String, String) {
    (it.id.to_string(), format!("{} {}", it.number, it.name))
}

fn row(words: &Words, it: &ItemLine, now: Moment, query: &str) -> Result<Row, WordsError> {
    let features = it.particulars.told(&it.features);
    let cells = vec![
        Cell::words(&it.number),
        Cell::thing(it.photograph.clone(), &it.name)
            .below(&features)
            .titled(if features.chars().count() > SEEN { features.as_str() } else { "" })
            .to(format!("/items/{}{query}", it.id)),
        Cell::quantity(words, &it.quantity)?,
        Cell::words(words.text(&format!("category.{}", it.category.word()), &[])?),
        place(words, it)?,
        Cell::or_nothing(Some(&joined(words, it.places.iter().map(|place| place.holder.as_str()))?)),
        Cell::or_nothing(Some(&responsible(words, it)?)),
        Cell::or_nothing(Some(&joined(words, it.duties.iter().map(|duty| duty.case_number.as_str()))?)),
        Cell::words(format!("{} / {}", it.paper_number, it.paper_line)),
        Cell::or_nothing(it.seal.as_deref()),
        Cell::moment(it.seized_at),
        standing(words, it, now)?,
    ];
    let mark = match it {
        it if it.differences > 0 => Mark::Wrong,
        it if it.closed => Mark::Closed,
        _ => Mark::Plain,
    };
    Ok(Row::new(cells).marked(mark))
}

/// How it stands, in one badge.
fn standing(words: &Words, it: &ItemLine, now: Moment) -> Result<Cell, WordsError> {
    match it {
        it if it.differences > 0 => Cell::status(words, Status::Different),
        // Somebody goes on answering for what is lost.
        it if it.closed && it.places.iter().any(|place| place.kind == "declared_loss") => {
            Ok(Cell::badge(Status::Different, words.text("stock.declared_loss", &[])?))
        }
        it if it.closed => Cell::status(words, Status::Closed),
        ItemLine { due_at: Some(due), .. } => Cell::due(words, (now, *due), ""),
        ItemLine { on_offer: Some(handover), .. } => Cell::on_offer(words, *handover),
        _ => Cell::status(words, Status::InOrder),
    }
}

/// The slot is what one looks for; the store stands small below it.
fn place(words: &Words, it: &ItemLine) -> Result<Cell, WordsError> {
    let word = |place: &Place| words.text(&format!("stock.{}", place.kind), &[]);
    let several = it.places.len() > 1;
    let quantity = |text| render::quantity_text(words, text);
    let (mut short, mut below, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for place in &it.places {
        let name = if place.name.is_empty() { word(place)? } else { place.name.clone() };
        let shown = if place.slot.is_empty() { name.clone() } else { place.slot.clone() };
        short.push(if several { format!("{shown} {}", quantity(&place.quantity)?) } else { shown });
        let keeper = if place.store.is_empty() { &place.holder } else { &place.store };
        if *keeper != name && !below.contains(keeper) {
            below.push(keeper.clone());
        }
        whole.push(name);
    }
    let text = |parts: &[String]| joined(words, parts.iter().map(String::as_str));
    Ok(Cell::words(text(&short)?).below(text(&below)?).titled(text(&whole)?))
}

fn responsible(words: &Words, it: &ItemLine) -> Result<String, WordsError> {
    let mut names = Vec::new();
    for duty in &it.duties {
        names.push(match duty.kind {
            "party" => duty.unit_name.clone(),
            kind => words.text(&format!("duty.{kind}"), &[])?,
        });
    }
    joined(words, names.iter().map(String::as_str))
}

fn joined<'a>(words: &Words, texts: impl Iterator<Item = &'a str>) -> Result<String, WordsError> {
    let said: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    Ok(said.join(&words.text("items.and_sum", &[])?))
}
