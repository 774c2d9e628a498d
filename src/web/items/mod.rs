//! One item with its whole life, and the one answer to a scan. The list is in [`mod@list`].

use crate::web::in_address::InAddress;
mod list;
mod rows;

pub use list::{borrow_chosen, dispose_chosen, list, move_chosen, offer_chosen, reprint_chosen};
pub use rows::rows;

use super::{
    Page, Problem, Room, Visitor, Web,
    form::query_of,
    frame::Status,
    past,
    picture::{self, Event, Timeline},
    render::RenderError,
};
use crate::{
    custody::{
        cases,
        items::{self, Filter, ItemView, LIFE_MOST, LifeEvent, SearchHit},
        loan,
    },
    id::ItemId,
    ledger::Particular,
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use serde::Deserialize;
use serde_json::json;

/// `GET /items/{id}`
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(id): InAddress<ItemId>,
    Query(asked): Query<past::AsOfQuery>,
) -> Page {
    let view = past::view(&web, &visitor, Room::Items, &asked).await?;
    let item = items::show_as_of(&web.app, visitor.me(), id, view.at).await?;
    let life = items::life_as_of(&web.app, visitor.me(), id, view.at).await?;
    let longer = life.len() >= LIFE_MOST as usize;
    let loans = match view.at {
        None => loan::of_item(&web.app, visitor.me(), id).await?,
        Some(_) => Vec::new(),
    };
    let timeline = timeline(&web, &visitor, &item, &life)?;
    let context = json!({
        "frame": view.frame, "past": view.past, "item": item, "particulars": Particular::VOCABULARY.words(), "loans": loans, "life": life, "timeline": timeline,
        "now": view.now, "longer": longer,
    });
    Ok(web.page("item.html", visitor.language(), context)?.into_response())
}

fn timeline(web: &Web, visitor: &Visitor, item: &ItemView, life: &[LifeEvent]) -> Result<String, Problem> {
    let (language, words) = (visitor.language(), web.pages.words(visitor.language()));
    let mut events = Vec::with_capacity(life.len());
    for it in life {
        let what = match it.refused {
            true => words.text("difference.refused_at_counter", &[]),
            false => words.text(&format!("entry.{}", it.kind), &[]),
        };
        let standing = match (it.ends, it.differs || it.refused) {
            (true, _) => Status::Closed,
            (_, true) => Status::Different,
            _ => Status::InOrder,
        };
        events.push(Event {
            at: it.happened_at,
            what: what.map_err(RenderError::from)?,
            href: format!("/ledger/{}", it.seq),
            stock: it.stock.as_ref().map(|place| place.pick(language).to_owned()),
            duty: it.duty.as_ref().map(|duty| duty.pick(language).to_owned()),
            standing,
        });
    }
    let drawn = picture::timeline(words, &Timeline { item: item.line.number.clone(), events });
    Ok(drawn.map_err(RenderError::from)?)
}

#[derive(Deserialize)]
pub struct ScanQuery {
    #[serde(default)]
    code: String,
}

/// `GET /scan?code=`: one scan, one answer.
pub async fn scan(State(web): State<Web>, visitor: Visitor, Query(scanned): Query<ScanQuery>) -> Page {
    let (code, me) = (scanned.code.trim(), visitor.me());
    if code.is_empty() {
        return Ok(Redirect::to("/items").into_response());
    }
    let mut replaced = serde_json::Value::Null;
    let why = match items::find(&web.app, me, code).await? {
        SearchHit::Item { id, .. } => return Ok(Redirect::to(&format!("/items/{id}")).into_response()),
        SearchHit::Slot { id, store, .. } => {
            return Ok(Redirect::to(&format!("/stores/{store}?slot={id}")).into_response());
        }
        SearchHit::Case { id } => return Ok(Redirect::to(&format!("/cases/{id}")).into_response()),
        SearchHit::Replaced { id, number, copy } => {
            replaced = json!({ "id": id, "number": number, "copy": copy });
            "replaced"
        }
        SearchHit::Paper { entry, .. } => {
            return Ok(Redirect::to(&format!("/ledger/{entry}")).into_response());
        }
        SearchHit::Misread => "misread",
        SearchHit::Unknown => "unknown",
        SearchHit::Words => match words(&web, &visitor, code).await? {
            Some(to) => return Ok(Redirect::to(&to).into_response()),
            None => "nothing",
        },
    };
    let frame = visitor.frame(&web, Room::Items).await?;
    let context = json!({ "frame": frame, "code": code, "why": why, "replaced": replaced });
    Ok((StatusCode::NOT_FOUND, web.page("scan.html", visitor.language(), context)?).into_response())
}

/// Where words lead: the one item or case that fits, a list of several, or nowhere.
async fn words(web: &Web, visitor: &Visitor, text: &str) -> Result<Option<String>, Problem> {
    let search = text.to_owned();
    let found =
        items::list(&web.app, visitor.me(), &Filter { search: search.clone(), ..Filter::default() }).await?;
    match found.as_slice() {
        [item] => return Ok(Some(format!("/items/{}", item.id))),
        [_, ..] => return Ok(Some(format!("/items?{}", query_of(&[("q", text)])))),
        [] => (),
    }
    let filter = cases::Filter { search, ..cases::Filter::default() };
    let found = cases::list(&web.app, visitor.me(), &filter).await?;
    Ok(match found.as_slice() {
        [case] => Some(format!("/cases/{}", case.id)),
        [_, ..] => Some(format!("/cases?{}", query_of(&[("q", text)]))),
        [] => None,
    })
}
