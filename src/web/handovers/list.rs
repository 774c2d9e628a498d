//! The list of handovers: what the own unit is to answer, what it has made, and what is over.

use super::super::{
    Page, Room, Visitor, Web,
    frame::Status,
    table::{Cell, HANDOVERS, List, ListAnswer, Mark, Row, TableQuery},
    words::{Words, WordsError},
};
use super::citation;
use crate::{
    clock::Moment,
    custody::handover::{self, Lists},
    domain::{Handover, HandoverState, rule::Deadline},
};
use axum::{
    extract::{Query, State},
    response::IntoResponse,
};
use serde_json::json;

/// `GET /handovers`
pub async fn list(State(web): State<Web>, visitor: Visitor, Query(asked): Query<TableQuery>) -> Page {
    let lists = handover::lists(&web.app, visitor.me()).await?;
    let words = web.pages.words(visitor.language());
    let law = citation(&web, Deadline::OfferExpires);
    let rows = rows(words, &lists, web.app.clock.now(), &law);
    let list = List { table: &HANDOVERS, path: "/handovers", asked: &asked, rows };
    let table = match list.answer(&web, &visitor).await? {
        ListAnswer::Workbook(file) => return Ok(file),
        ListAnswer::Page(table) => *table,
    };
    let context = json!({
        "frame": visitor.frame(&web, Room::Handovers).await?,
        "waiting": lists.to_inspect.len(), "table": table,
        "may_give": handover::may_offer(visitor.me()),
    });
    Ok(web.page("handovers.html", visitor.language(), context)?.into_response())
}

fn rows(words: &Words, lists: &Lists, now: Moment, law: &str) -> Result<Vec<Row>, WordsError> {
    let groups = [("to_inspect", &lists.to_inspect), ("made", &lists.made), ("ended", &lists.ended)];
    let mut rows = Vec::new();
    for (group, handovers) in groups {
        for it in handovers {
            rows.push(row(words, it, (group, now), law)?.of(group));
        }
    }
    Ok(rows)
}

fn row(words: &Words, it: &Handover, (group, now): (&str, Moment), law: &str) -> Result<Row, WordsError> {
    let word = |key: &str| words.text(key, &[]);
    let state = match (it.state, group) {
        (HandoverState::Offered, "to_inspect") => {
            let (answered, lines) = (it.answered.to_string(), it.lines.to_string());
            let said = [("answered", answered.as_str()), ("lines", lines.as_str())];
            due(words, it, now, law)?.below(words.text("handover.progress", &said)?)
        }
        (HandoverState::Offered, _) => due(words, it, now, law)?,
        (state, _) => {
            ended(words, it, Cell::badge(colour(state), word(&format!("handover_state.{}", state.word()))?))?
        }
    };
    let over = group == "ended" && it.state != HandoverState::Concluded;
    let row = Row::new(vec![
        Cell::name(&it.case_name, format!("/handovers/{}", it.id)).below(&it.case_number),
        Cell::words(word(&format!("purpose.{}", it.purpose.word()))?),
        Cell::words(&it.giver.name).below(&it.giver.agency_name),
        Cell::words(&it.receiver.name).below(&it.receiver.agency_name),
        Cell::figure(i64::from(it.lines)),
        Cell::moment(it.made_at).below(&it.made_by_name),
        it.end_seq.map_or_else(Cell::nothing, Cell::entry),
        state,
    ]);
    Ok(if over { row.marked(Mark::Closed) } else { row })
}

fn due(words: &Words, it: &Handover, now: Moment, law: &str) -> Result<Cell, WordsError> {
    Cell::due(words, (now, it.expires_at), law)
}

/// How many lines were refused stands below the state.
fn ended(words: &Words, it: &Handover, state: Cell) -> Result<Cell, WordsError> {
    match (it.state, it.refused) {
        (HandoverState::Concluded, 1..) => {
            Ok(state.below(words.text("handover.refused_count", &[("count", &it.refused.to_string())])?))
        }
        _ => Ok(state),
    }
}

fn colour(state: HandoverState) -> Status {
    match state {
        HandoverState::Offered => Status::DueSoon,
        HandoverState::Concluded => Status::InOrder,
        HandoverState::Expired => Status::Overdue,
        HandoverState::Draft | HandoverState::Withdrawn => Status::Closed,
    }
}
