//! Stores of the roster: the list, registering one, the page of each with its slots, and what an administrator does there.

use super::{
    Fields, Page, PostedForm, Problem, Room, Visitor, Web,
    form::id,
    frame::Status,
    roster_forms::{NewQuery, beside, unit},
    table::{Cell, List, ListAnswer, Mark, REGISTERED_SLOTS, REGISTERED_STORES, Row, TableQuery},
    words::{Words, WordsError},
};
use crate::web::in_address::InAddress;
use crate::{
    custody::{
        Error,
        access::{self, Work},
        places::{self, NewSlots, NewStore, SlotChange, StoreDescription},
        registered::{self, MayChange},
        registered_places::{self, RegisteredStore, SlotLine},
    },
    domain::StoreKind,
    id::{SlotId, StoreId},
    ledger::Standing,
};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect},
};
use serde_json::json;

/// `GET /roster/stores`
pub async fn list(State(web): State<Web>, visitor: Visitor, Query(asked): Query<TableQuery>) -> Page {
    let stores = registered_places::all_stores(&web.app, visitor.me()).await?;
    let words = web.pages.words(visitor.language());
    let rows = stores.iter().map(|it| store_row(words, it)).collect();
    let list = List { table: &REGISTERED_STORES, path: "/roster/stores", asked: &asked, rows };
    let table = match list.answer(&web, &visitor).await? {
        ListAnswer::Workbook(file) => return Ok(file),
        ListAnswer::Page(table) => *table,
    };
    let context = json!({
        "frame": visitor.frame(&web, Room::Roster).await?, "count": stores.len(), "table": table,
        "may_register": access::offers(visitor.me(), Work::Administration),
    });
    Ok(web.page("roster_stores.html", visitor.language(), context)?.into_response())
}

fn standing(words: &Words, standing: Standing) -> Result<Cell, WordsError> {
    let said = words.text(&format!("roster.standing.{}", standing.word()), &[])?;
    let state = if standing == Standing::Open { Status::InOrder } else { Status::Closed };
    Ok(Cell::badge(state, said))
}

fn mark(standing: Standing) -> Mark {
    if standing == Standing::Open { Mark::Plain } else { Mark::Closed }
}

fn figure(number: usize) -> Cell {
    Cell::figure(i64::try_from(number).unwrap_or(i64::MAX))
}

fn store_row(words: &Words, it: &RegisteredStore) -> Result<Row, WordsError> {
    Ok(Row::new(vec![
        Cell::name(&it.name, format!("/roster/stores/{}", it.id)),
        Cell::words(words.text(&format!("store_kind.{}", it.kind.word()), &[])?),
        Cell::words(&it.unit).below(&it.agency),
        figure(it.zones),
        figure(it.slots),
        Cell::figure(it.items),
        Cell::figure(it.capacity),
        standing(words, it.standing)?,
    ])
    .marked(mark(it.standing)))
}

fn slot_row(words: &Words, it: &SlotLine) -> Result<Row, WordsError> {
    Ok(Row::new(vec![
        Cell::words(&it.name),
        Cell::words(&it.zone),
        Cell::figure(it.items),
        Cell::figure(it.capacity),
        Cell::words(&it.code),
        standing(words, it.standing)?,
    ])
    .marked(mark(it.standing)))
}

/// `GET /roster/stores/new`
pub async fn new(State(web): State<Web>, visitor: Visitor, Query(query): Query<NewQuery>) -> Page {
    let typed = Fields(vec![("unit".to_owned(), query.unit)]);
    new_page(&web, &visitor, &typed, None).await
}

async fn new_page(web: &Web, visitor: &Visitor, typed: &Fields, wrong: Option<&Error>) -> Page {
    registered::may_register(visitor.me())?;
    let (frame, code) = visitor.frame_after(web, Room::Roster, wrong).await?;
    let context = json!({
        "frame": frame, "units": registered::units(&web.app, visitor.me()).await?, "kinds": StoreKind::ALL,
        "name": typed.text("name"), "unit": typed.text("unit"), "kind": typed.text("kind"),
        "wrong": beside(wrong, visitor.language()),
    });
    Ok((code, web.page("roster_store_new.html", visitor.language(), context)?).into_response())
}

/// `POST /roster/stores/new`
pub async fn add(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    registered::may_register(visitor.me())?;
    let kind = StoreKind::from_word(fields.text("kind")).unwrap_or(StoreKind::Centre);
    let new = NewStore { kind, name: fields.text("name").to_owned(), unit: unit(&fields) };
    match places::add_store(&web.app, visitor.me(), None, &new).await {
        Ok((store, recorded)) => {
            Ok(Redirect::to(&format!("/roster/stores/{store}?done={}", recorded.seq)).into_response())
        }
        Err(error) => new_page(&web, &visitor, &fields, Some(&error)).await,
    }
}

/// `GET /roster/stores/{store}`
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(store): InAddress<String>,
    Query(asked): Query<TableQuery>,
) -> Page {
    page(&web, &visitor, (id(&store)?, &asked), ("", &Fields::default()), None).await
}

/// A store's page. `acted`: which of its forms came back, with what was typed there.
async fn page(
    web: &Web,
    visitor: &Visitor,
    (store, asked): (StoreId, &TableQuery),
    (acted, typed): (&str, &Fields),
    wrong: Option<&Error>,
) -> Page {
    let view = registered_places::store(&web.app, visitor.me(), visitor.language(), store).await?;
    let changes = view.may_change == MayChange::Yes;
    let (path, words) = (format!("/roster/stores/{store}"), web.pages.words(visitor.language()));
    let tick =
        |it: &SlotLine, row: Row| Row { tick: changes.then(|| (it.id.to_string(), it.name.clone())), ..row };
    let rows = view.slots.iter().map(|it| slot_row(words, it).map(|row| tick(it, row))).collect();
    let list = List { table: &REGISTERED_SLOTS, path: &path, asked, rows };
    let mut table = match list.answer(web, visitor).await? {
        ListAnswer::Workbook(file) => return Ok(file),
        ListAnswer::Page(table) => *table,
    };
    table.form = changes.then_some("chosen");
    let (mut frame, code) = visitor.frame_after(web, Room::Roster, wrong).await?;
    if wrong.is_some() {
        frame.here.clone_from(&path);
    }
    let typed_or = |act: &str, field: &str, known: &str| {
        if acted == act { typed.text(field).to_owned() } else { known.to_owned() }
    };
    let context = json!({
        "frame": frame, "units": registered::units(&web.app, visitor.me()).await?, "acted": acted, "table": table,
        "name": typed_or("describe", "name", &view.store.name),
        "unit": typed_or("describe", "unit", &view.store.unit_id.to_string()),
        "zone": typed_or("add", "zone", ""), "from": typed_or("add", "from", "1"),
        "to": typed_or("add", "to", ""), "capacity": typed_or("add", "capacity", "20"),
        "reason": typed.text("reason"), "wrong": beside(wrong, visitor.language()), "view": view,
    });
    Ok((code, web.page("roster_store.html", visitor.language(), context)?).into_response())
}

/// `POST /roster/stores/{store}/{act}`
pub async fn act(
    State(web): State<Web>,
    InAddress((store, act)): InAddress<(String, String)>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let (app, me, store) = (&web.app, visitor.me(), id::<StoreId>(&store)?);
    let (reason, at) = (fields.text("reason"), (store, None));
    let slots = || -> Vec<SlotId> { fields.all("item").filter_map(|it| it.parse().ok()).collect() };
    let number = |name: &str| fields.parse::<i64>(name);
    let done = match act.as_str() {
        "describe" => {
            let (name, reason) = (fields.text("name").to_owned(), reason.to_owned());
            let said = StoreDescription { name, unit: unit(&fields), reason };
            places::describe_store(app, me, at, &said).await
        }
        "close" => places::set_standing(app, me, at, Standing::Closed, reason).await,
        "open" => places::set_standing(app, me, at, Standing::Open, reason).await,
        "add" => {
            let new = NewSlots {
                zone: fields.text("zone").to_owned(),
                from: fields.parse("from").unwrap_or(0),
                to: fields.parse("to").unwrap_or(0),
                // What is no number is refused as a negative one.
                capacity: number("capacity").unwrap_or(-1),
            };
            places::add_slots(app, me, at, &new).await
        }
        "capacity" => {
            let change = SlotChange::Capacity(number("capacity").unwrap_or(-1));
            places::change_slots(app, me, at, &slots(), (change, reason)).await
        }
        "close_slots" => {
            let change = SlotChange::Standing(Standing::Closed);
            places::change_slots(app, me, at, &slots(), (change, reason)).await
        }
        "open_slots" => {
            let change = SlotChange::Standing(Standing::Open);
            places::change_slots(app, me, at, &slots(), (change, reason)).await
        }
        _ => return Err(Problem::NoSuchPage),
    };
    match done {
        Ok(recorded) => {
            Ok(Redirect::to(&format!("/roster/stores/{store}?done={}", recorded.seq)).into_response())
        }
        Err(error) => {
            page(&web, &visitor, (store, &TableQuery::default()), (&act, &fields), Some(&error)).await
        }
    }
}
