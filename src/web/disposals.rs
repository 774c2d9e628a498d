//! Disposals, on pages: one list for whoever asks, approves and carries out; a request of its own with its answer.

use super::{
    Page, PostedForm, Problem, Room, Visitor, Web,
    form::{ChosenItems, Fields, id},
    frame::Status,
    table::{Cell, DISPOSALS, List, ListAnswer, Row, TableQuery},
    words::{Words, WordsError},
};
use crate::web::in_address::InAddress;
use crate::{
    custody::{
        correction::Verdict,
        disposal::{self, Departure, DisposalStatus, DisposalView, NewDisposal},
        items,
    },
    id::{ApprovalId, ItemId},
    ledger::{Collector, Outcome},
};
use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use serde_json::json;

/// The pages of this room.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/disposals", get(list))
        .route("/disposals/new", get(new).post(ask))
        .route("/disposals/{id}", get(show))
        .route("/disposals/{id}/{act}", post(act))
}

async fn list(State(web): State<Web>, visitor: Visitor, Query(asked): Query<TableQuery>) -> Page {
    let (frame, code) = visitor.frame_after(&web, Room::Disposals, None).await?;
    let disposals = disposal::list(&web.app, visitor.me()).await?;
    let words = web.pages.words(visitor.language());
    let rows = disposals.requests.iter().map(|it| row(words, it)).collect();
    let list = List { table: &DISPOSALS, path: "/disposals", asked: &asked, rows };
    let table = match list.answer(&web, &visitor).await? {
        ListAnswer::Workbook(file) => return Ok(file),
        ListAnswer::Page(table) => *table,
    };
    let open = |it: &&DisposalView| matches!(it.standing, DisposalStatus::Asked | DisposalStatus::Approved);
    let context = json!({
        "frame": frame, "table": table, "may_ask": disposals.may_ask,
        "open": disposals.requests.iter().filter(open).count(),
    });
    Ok((code, web.page("disposals.html", visitor.language(), context)?).into_response())
}

fn row(words: &Words, it: &DisposalView) -> Result<Row, WordsError> {
    let numbers: Vec<&str> = it.request.items.iter().map(|item| item.number.as_str()).collect();
    let names: Vec<&str> = it.request.items.iter().map(|item| item.name.as_str()).collect();
    let state = match it.standing {
        DisposalStatus::Expired | DisposalStatus::Lapsed => Status::Overdue,
        _ if it.request.may_answer || it.request.may_carry_out => Status::DueSoon,
        _ => Status::Closed,
    };
    Ok(Row::new(vec![
        Cell::name(names.join(&words.text("items.and_sum", &[])?), format!("/disposals/{}", it.request.id))
            .below(numbers.join(" ")),
        Cell::words(words.text(&format!("outcome.{}", it.outcome.word()), &[])?),
        Cell::prose(it.recipient.as_deref().unwrap_or("—")),
        Cell::prose(&it.decision),
        Cell::words(&it.request.unit).below(&it.request.requester),
        Cell::moment(it.request.asked_at),
        Cell::badge(state, words.text(&format!("disposal.is.{}", it.standing.word()), &[])?),
    ]))
}

async fn new(State(web): State<Web>, visitor: Visitor, Query(chosen): Query<ChosenItems>) -> Page {
    disposal::may_ask(visitor.me())?;
    new_page(&web, &visitor, &chosen.ids(), &Fields::default(), None).await
}

async fn new_page(
    web: &Web,
    visitor: &Visitor,
    wanted: &[ItemId],
    typed: &Fields,
    wrong: Option<&crate::custody::Error>,
) -> Page {
    let (frame, code) = visitor.frame_after(web, Room::Disposals, wrong).await?;
    let mut things = Vec::new();
    for item in wanted {
        things.push(items::show(&web.app, visitor.me(), *item).await?);
    }
    let context = json!({
        "frame": frame, "things": things, "outcomes": Outcome::VOCABULARY.words(),
        "typed": {
            "outcome": typed.text("outcome"), "decision": typed.text("decision"),
            "recipient": typed.text("recipient"), "purpose": typed.text("purpose"),
        },
    });
    Ok((code, web.page("disposal_new.html", visitor.language(), context)?).into_response())
}

async fn ask(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    disposal::may_ask(visitor.me())?;
    let items: Vec<ItemId> = fields.all("item").filter_map(|item| item.parse().ok()).collect();
    let wish = NewDisposal {
        items: items.clone(),
        outcome: Outcome::from_word(fields.text("outcome")).ok_or(Problem::BadForm)?,
        decision: fields.text("decision").to_owned(),
        recipient: fields.filled("recipient").map(str::to_owned),
        purpose: fields.text("purpose").to_owned(),
    };
    match disposal::ask(&web.app, visitor.me(), &wish).await {
        Ok(id) => Ok(Redirect::to(&format!("/disposals/{id}")).into_response()),
        Err(error) => new_page(&web, &visitor, &items, &fields, Some(&error)).await,
    }
}

async fn show(State(web): State<Web>, visitor: Visitor, InAddress(approval): InAddress<String>) -> Page {
    page(&web, &visitor, id(&approval)?, &Fields::default(), None).await
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    approval: ApprovalId,
    typed: &Fields,
    wrong: Option<&crate::custody::Error>,
) -> Page {
    let view = disposal::show(&web.app, visitor.me(), approval).await?;
    let (frame, code) = visitor.frame_after(web, Room::Disposals, wrong).await?;
    let destroyed = !view.outcome.has_recipient();
    let people = match view.request.may_carry_out && destroyed {
        true => disposal::witnesses(&web.app, visitor.me()).await?,
        false => Vec::new(),
    };
    let people: Vec<_> = people
        .iter()
        .map(|it| json!({ "id": it.id.to_string(), "name": format!("{} · {}", it.name, it.unit_name) }))
        .collect();
    let context = json!({
        "frame": frame, "view": view, "destroyed": destroyed, "people": people,
        "typed": {
            "refusal": typed.text("refusal"), "collector": typed.text("collector"), "document": typed.text("document"),
            "authority": typed.text("authority"), "witnesses": typed.all("witness").collect::<Vec<_>>(),
        },
    });
    Ok((code, web.page("disposal.html", visitor.language(), context)?).into_response())
}

async fn act(
    State(web): State<Web>,
    InAddress((approval, act)): InAddress<(String, String)>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let (app, me, approval) = (&web.app, visitor.me(), id::<ApprovalId>(&approval)?);
    let done = match act.as_str() {
        "approve" => disposal::answer(app, me, approval, &Verdict::Approve).await,
        "refuse" => {
            let reason = fields.text("refusal").to_owned();
            disposal::answer(app, me, approval, &Verdict::Refuse { reason }).await
        }
        "carry-out" => disposal::carry_out(app, me, approval, &departure(&fields)).await.map(Some),
        _ => return Err(Problem::NoSuchPage),
    };
    match done {
        Ok(recorded) => {
            let done = recorded.map_or_else(String::new, |it| format!("?done={}", it.seq));
            Ok(Redirect::to(&format!("/disposals/{approval}{done}")).into_response())
        }
        Err(error) => page(&web, &visitor, approval, &fields, Some(&error)).await,
    }
}

fn departure(fields: &Fields) -> Departure {
    let collector = fields.filled("collector").map(|name| Collector {
        name: name.to_owned(),
        document: fields.text("document").to_owned(),
        authority: fields.filled("authority").map(str::to_owned),
    });
    Departure { collector, witnesses: fields.all("witness").filter_map(|it| it.parse().ok()).collect() }
}
