//! The kit, on one page: each part that pages are made of, once, with nothing of any case in it.

use super::{
    Page, Room, Visitor, Web,
    frame::Status,
    picture::{
        Balance, Comparison, Event, ShelfMap, Slot, Tally, TallyState, TimePart, Timeline, Zone, balance_bar,
        shelf_map, tally, time_bar, timeline,
    },
    render::RenderError,
    table::{Cell, ITEMS, List, ListAnswer, Mark, Row, TableQuery},
    words::{Words, WordsError},
};
use crate::clock::{Moment, Span};
use axum::{
    Router,
    extract::{Query, State},
    response::IntoResponse,
    routing::get,
};
use serde_json::{Value, json};

/// The pages of this room.
pub(super) fn routes() -> Router<Web> {
    Router::new().route("/kit", get(show))
}

async fn show(State(web): State<Web>, visitor: Visitor, Query(asked): Query<TableQuery>) -> Page {
    let (words, now) = (web.pages.words(visitor.language()), web.app.clock.now());
    let list = List { table: &ITEMS, path: "/kit", asked: &asked, rows: rows(words, now) };
    let table = match list.answer(&web, &visitor).await? {
        ListAnswer::Workbook(file) => return Ok(file),
        ListAnswer::Page(table) => *table,
    };
    let context = json!({
        "frame": visitor.frame(&web, Room::Desk).await?, "table": table,
        "pictures": pictures(words, now).map_err(RenderError::from)?,
        "statuses": STATUSES.map(Status::word), "verdicts": ["accepted", "repeated", "unknown", "refused"],
    });
    Ok(web.page("kit.html", visitor.language(), context)?.into_response())
}

const STATUSES: [Status; 5] =
    [Status::InOrder, Status::DueSoon, Status::Overdue, Status::Different, Status::Closed];

/// A row for each way in which a thing may stand.
fn rows(words: &Words, now: Moment) -> Result<Vec<Row>, WordsError> {
    let states = [
        Cell::status(words, Status::InOrder)?,
        Cell::due(words, (now, now.plus(Span::hours(5))), "")?,
        Cell::due(words, (now, now.plus(Span::hours(-30))), "")?,
        Cell::status(words, Status::Different)?,
        Cell::status(words, Status::Closed)?,
        Cell::status(words, Status::InOrder)?,
    ];
    let names = words.text("kit.names", &[])?;
    let marks = [Mark::Plain, Mark::Plain, Mark::Plain, Mark::Wrong, Mark::Closed, Mark::Plain];
    let amounts = ["1 部", "24.4 克", "30063.02 克", "12,000.00 元", "5 条", "1 辆"];
    let mut rows = Vec::new();
    for (at, (name, state)) in names.split('|').zip(states).enumerate() {
        let number = format!("W26-{:07}", at.saturating_add(1));
        let nothing = Cell::nothing;
        let cells = vec![
            Cell::words(&number),
            Cell::thing(None, name).below(words.text("kit.features", &[])?).to("/kit"),
            Cell::quantity(words, amounts.get(at).copied().unwrap_or("1 件"))?,
            nothing(),
            Cell::words(format!("A-{:02}", at.saturating_add(1))).below(words.text("kit.store", &[])?),
            nothing(),
            Cell::words(words.text("kit.unit", &[])?),
            nothing(),
            nothing(),
            nothing(),
            Cell::moment(now.plus(Span::hours(-26))),
            state,
        ];
        rows.push(Row::new(cells).marked(marks.get(at).copied().unwrap_or(Mark::Plain)));
    }
    Ok(rows)
}

/// Each picture with the name of its kind.
fn pictures(words: &Words, now: Moment) -> Result<Vec<Value>, WordsError> {
    let word = |key: &str| words.text(key, &[]);
    let (unit, store) = (word("kit.unit")?, word("kit.store")?);
    let slot = |at: u32| Slot {
        name: format!("A-{at:02}"),
        label: format!("{at:02}"),
        href: "/kit".to_owned(),
        used: at.saturating_mul(3) % 11,
        capacity: 10,
        differences: u32::from(at == 4),
    };
    let zone = Zone { name: "A".to_owned(), columns: 12, slots: (1..=12).map(slot).collect() };
    let event = |(hours, key, standing): (i64, &str, Status)| {
        Ok::<_, WordsError>(Event {
            at: now.plus(Span::hours(-hours)),
            what: word(key)?,
            href: "/kit".to_owned(),
            stock: (standing != Status::DueSoon).then(|| store.clone()),
            duty: Some(unit.clone()),
            standing,
        })
    };
    let events = [
        (50, "entry.seize", Status::DueSoon),
        (26, "entry.receive", Status::InOrder),
        (2, "entry.move", Status::InOrder),
    ];
    let events = events.into_iter().map(event).collect::<Result<_, _>>()?;
    let balance = Balance {
        booked: 12,
        counted: 11,
        booked_text: "12".to_owned(),
        counted_text: "11".to_owned(),
        difference_text: "1".to_owned(),
        of: Comparison::Count,
    };
    let part = |(count, status): (usize, Status)| {
        Ok::<_, WordsError>(TimePart { name: word(&format!("state.{}", status.word()))?, count, status })
    };
    let parts = [(2, Status::Overdue), (5, Status::DueSoon), (13, Status::InOrder)];
    let parts: Vec<TimePart> = parts.into_iter().map(part).collect::<Result<_, _>>()?;
    let halves = Tally { state: TallyState::Half, giver: unit.clone(), receiver: word("kit.receiver")? };
    Ok(vec![
        json!({ "name": word("kit.time_bar")?, "drawn": time_bar(words, &parts)? }),
        json!({ "name": word("kit.timeline")?, "drawn": timeline(words, &Timeline { item: word("kit.features")?, events })? }),
        json!({ "name": word("kit.shelf_map")?, "drawn": shelf_map(words, &ShelfMap { store, zones: vec![zone] })? }),
        json!({ "name": word("kit.balance")?, "drawn": balance_bar(words, &balance)? }),
        json!({ "name": word("kit.tally")?, "drawn": tally(words, &halves)? }),
    ])
}
