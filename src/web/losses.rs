//! Losses, on pages: one list for whoever asks, approves and declares; a request of its own with its answer.

use super::{
    Page, PostedForm, Problem, Room, Visitor, Web,
    form::{ChosenItems, Fields, id},
    frame::Status,
    table::{Cell, LOSSES, List, ListAnswer, Row, TableQuery},
    words::{Words, WordsError},
};
use crate::web::in_address::InAddress;
use crate::{
    custody::{
        self,
        correction::Verdict,
        items,
        loss::{self, LossStatus, LossView, LostItem, NewLoss},
    },
    id::{ApprovalId, ItemId},
    ledger::LossCause,
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
        .route("/losses", get(list))
        .route("/losses/new", get(new).post(ask))
        .route("/losses/{id}", get(show))
        .route("/losses/{id}/{act}", post(act))
}

async fn list(State(web): State<Web>, visitor: Visitor, Query(asked): Query<TableQuery>) -> Page {
    let (frame, code) = visitor.frame_after(&web, Room::Losses, None).await?;
    let losses = loss::list(&web.app, visitor.me()).await?;
    let words = web.pages.words(visitor.language());
    let rows = losses.requests.iter().map(|it| row(words, it)).collect();
    let list = List { table: &LOSSES, path: "/losses", asked: &asked, rows };
    let table = match list.answer(&web, &visitor).await? {
        ListAnswer::Workbook(file) => return Ok(file),
        ListAnswer::Page(table) => *table,
    };
    let open = |it: &&LossView| matches!(it.standing, LossStatus::Asked | LossStatus::Approved);
    let context = json!({
        "frame": frame, "table": table, "may_ask": losses.may_ask, "open": losses.requests.iter().filter(open).count(),
    });
    Ok((code, web.page("losses.html", visitor.language(), context)?).into_response())
}

fn row(words: &Words, it: &LossView) -> Result<Row, WordsError> {
    let request = &it.request;
    let numbers: Vec<&str> = request.items.iter().map(|item| item.number.as_str()).collect();
    let names: Vec<&str> = request.items.iter().map(|item| item.name.as_str()).collect();
    let state = match it.standing {
        LossStatus::Expired | LossStatus::Lapsed => Status::Overdue,
        _ if request.may_answer || request.may_carry_out => Status::DueSoon,
        _ => Status::Closed,
    };
    Ok(Row::new(vec![
        Cell::name(names.join(&words.text("items.and_sum", &[])?), format!("/losses/{}", request.id))
            .below(numbers.join(" ")),
        Cell::words(words.text(&format!("loss_cause.{}", it.cause.word()), &[])?),
        Cell::prose(it.liable.as_deref().unwrap_or("—")),
        Cell::prose(&it.report),
        Cell::words(&request.unit).below(&request.requester),
        Cell::moment(request.asked_at),
        Cell::badge(state, words.text(&format!("loss.is.{}", it.standing.word()), &[])?),
    ]))
}

async fn new(State(web): State<Web>, visitor: Visitor, Query(chosen): Query<ChosenItems>) -> Page {
    loss::may_ask(visitor.me())?;
    new_page(&web, &visitor, &chosen.ids(), &Fields::default(), None).await
}

async fn new_page(
    web: &Web,
    visitor: &Visitor,
    wanted: &[ItemId],
    typed: &Fields,
    wrong: Option<&custody::Error>,
) -> Page {
    let (frame, code) = visitor.frame_after(web, Room::Losses, wrong).await?;
    let mut things = Vec::new();
    for item in wanted {
        things.push(items::show(&web.app, visitor.me(), *item).await?);
    }
    let people = loss::people(&web.app, visitor.me()).await?;
    let people: Vec<_> = people
        .iter()
        .map(|it| json!({ "id": it.id.to_string(), "name": format!("{} · {}", it.name, it.office()) }))
        .collect();
    let context = json!({
        "frame": frame, "things": things, "causes": LossCause::VOCABULARY.words(), "people": people,
        "typed": {
            "cause": typed.text("cause"), "liable": typed.text("liable"), "report": typed.text("report"),
            "purpose": typed.text("purpose"), "quantity": typed.text("quantity"),
        },
    });
    Ok((code, web.page("loss_new.html", visitor.language(), context)?).into_response())
}

async fn ask(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    loss::may_ask(visitor.me())?;
    let ids: Vec<ItemId> = fields.all("item").filter_map(|item| item.parse().ok()).collect();
    let quantity = match lost_quantity(&web, &visitor, &ids, &fields).await {
        Ok(quantity) => quantity,
        Err(error) => return new_page(&web, &visitor, &ids, &fields, Some(&error)).await,
    };
    let wish = NewLoss {
        items: ids.iter().map(|item| LostItem { item: *item, quantity }).collect(),
        cause: LossCause::from_word(fields.text("cause")).ok_or(Problem::BadForm)?,
        liable: match fields.filled("liable") {
            Some(person) => Some(id(person)?),
            None => None,
        },
        report: fields.text("report").to_owned(),
        purpose: fields.text("purpose").to_owned(),
    };
    match loss::ask(&web.app, visitor.me(), &wish).await {
        Ok(id) => Ok(Redirect::to(&format!("/losses/{id}")).into_response()),
        Err(error) => new_page(&web, &visitor, &ids, &fields, Some(&error)).await,
    }
}

/// How much of a single thing is lost, in its measure; nothing where all of it is, or where there are several things.
async fn lost_quantity(
    web: &Web,
    visitor: &Visitor,
    items: &[ItemId],
    fields: &Fields,
) -> Result<Option<i64>, custody::Error> {
    let (Some(text), [item]) = (fields.filled("quantity"), items) else { return Ok(None) };
    loss::quantity(&web.app, visitor.me(), *item, text).await.map(Some)
}

async fn show(State(web): State<Web>, visitor: Visitor, InAddress(approval): InAddress<String>) -> Page {
    page(&web, &visitor, id(&approval)?, &Fields::default(), None).await
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    approval: ApprovalId,
    typed: &Fields,
    wrong: Option<&custody::Error>,
) -> Page {
    let view = loss::show(&web.app, visitor.me(), approval).await?;
    let (frame, code) = visitor.frame_after(web, Room::Losses, wrong).await?;
    let context = json!({ "frame": frame, "view": view, "typed": { "refusal": typed.text("refusal") } });
    Ok((code, web.page("loss.html", visitor.language(), context)?).into_response())
}

async fn act(
    State(web): State<Web>,
    InAddress((approval, act)): InAddress<(String, String)>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let (app, me, approval) = (&web.app, visitor.me(), id::<ApprovalId>(&approval)?);
    let done = match act.as_str() {
        "approve" => loss::answer(app, me, approval, &Verdict::Approve).await,
        "refuse" => {
            let reason = fields.text("refusal").to_owned();
            loss::answer(app, me, approval, &Verdict::Refuse { reason }).await
        }
        "declare" => loss::declare(app, me, approval).await.map(Some),
        _ => return Err(Problem::NoSuchPage),
    };
    match done {
        Ok(recorded) => {
            let done = recorded.map_or_else(String::new, |it| format!("?done={}", it.seq));
            Ok(Redirect::to(&format!("/losses/{approval}{done}")).into_response())
        }
        Err(error) => page(&web, &visitor, approval, &fields, Some(&error)).await,
    }
}
