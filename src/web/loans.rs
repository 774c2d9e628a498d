//! Loans, on pages: one list for whoever asks, approves, hands over and takes back; a request of its own with its answer.

use super::{
    Page, PostedForm, Problem, Room, Visitor, Web,
    form::{Fields, id},
};
use crate::{
    clock::{Moment, Span},
    custody::{
        correction::Verdict,
        items,
        loan::{self, LoanRequest, ReturnRequest},
    },
    id::{ApprovalId, EntryId, ItemId},
};
use axum::{
    Router,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;

/// The pages of this room.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/loans", get(list))
        .route("/loans/new", get(new).post(ask))
        .route("/loans/return", post(take_back))
        .route("/loans/{id}", get(show))
        .route("/loans/{id}/{act}", post(act))
}

async fn list(State(web): State<Web>, visitor: Visitor) -> Page {
    list_page(&web, &visitor, &Fields::default(), None).await
}

async fn list_page(
    web: &Web,
    visitor: &Visitor,
    typed: &Fields,
    wrong: Option<&crate::custody::Error>,
) -> Page {
    let (frame, code) = visitor.frame_after(web, Room::Loans, wrong).await?;
    let loans = loan::list(&web.app, visitor.me()).await?;
    let request: EntryId = web.app.ids.new_id();
    let context = json!({
        "frame": frame, "loans": loans, "request": request, "condition": typed.text("condition"),
        "returning": typed.text("item"), "chosen": typed.text("slot"),
        "now": web.app.clock.now(), "overdue": loans.out.iter().filter(|it| it.overdue).count(),
    });
    Ok((code, web.page("loans.html", visitor.language(), context)?).into_response())
}

/// Which items somebody begins with.
#[derive(Debug, Deserialize)]
struct NewQuery {
    item: ItemId,
}

async fn new(State(web): State<Web>, visitor: Visitor, Query(query): Query<NewQuery>) -> Page {
    new_page(&web, &visitor, query.item, &Fields::default(), None).await
}

async fn new_page(
    web: &Web,
    visitor: &Visitor,
    item: ItemId,
    typed: &Fields,
    wrong: Option<&crate::custody::Error>,
) -> Page {
    let (frame, code) = visitor.frame_after(web, Room::Loans, wrong).await?;
    let item = items::show(&web.app, visitor.me(), item).await?;
    let people = loan::choices(&web.app, visitor.me()).await?;
    let people = people.iter().map(|it| json!({ "id": it.id, "name": it.name }));
    let borrower = typed.filled("borrower").map_or_else(|| visitor.me().id.to_string(), str::to_owned);
    let due =
        typed.filled("due").map_or_else(|| web.app.clock.now().plus(Span::days(7)).date(), str::to_owned);
    let context = json!({
        "frame": frame, "item": item, "people": people.collect::<Vec<_>>(), "borrower": borrower,
        "purpose": typed.text("purpose"), "due": due,
    });
    Ok((code, web.page("loan_new.html", visitor.language(), context)?).into_response())
}

async fn ask(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    loan::may_ask(visitor.me())?;
    let item: ItemId = fields.parse("item").ok_or(Problem::BadForm)?;
    // The last minute of the day that is named, so that pages and papers show that day; what is no day lies before now and is
    // refused as such.
    let last_minute = Span::minutes(24 * 60 - 1);
    let due_at = Moment::of_day(fields.text("due")).map_or(Moment(0), |day| day.plus(last_minute));
    let wish = LoanRequest {
        items: vec![item],
        borrower: fields.parse("borrower").ok_or(Problem::BadForm)?,
        purpose: fields.text("purpose").to_owned(),
        due_at,
    };
    match loan::ask(&web.app, visitor.me(), &wish).await {
        Ok(id) => Ok(Redirect::to(&format!("/loans/{id}")).into_response()),
        Err(error) => new_page(&web, &visitor, item, &fields, Some(&error)).await,
    }
}

async fn show(State(web): State<Web>, visitor: Visitor, Path(approval): Path<String>) -> Page {
    page(&web, &visitor, id(&approval)?, &Fields::default(), None).await
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    approval: ApprovalId,
    typed: &Fields,
    wrong: Option<&crate::custody::Error>,
) -> Page {
    let view = loan::show(&web.app, visitor.me(), approval).await?;
    let (frame, code) = visitor.frame_after(web, Room::Loans, wrong).await?;
    let context = json!({ "frame": frame, "view": view, "refusal": typed.text("refusal") });
    Ok((code, web.page("loan.html", visitor.language(), context)?).into_response())
}

async fn act(
    State(web): State<Web>,
    Path((approval, act)): Path<(String, String)>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let (app, me, approval) = (&web.app, visitor.me(), id::<ApprovalId>(&approval)?);
    let done = match act.as_str() {
        "approve" => loan::answer(app, me, approval, &Verdict::Approve).await,
        "refuse" => {
            let reason = fields.text("refusal").to_owned();
            loan::answer(app, me, approval, &Verdict::Refuse { reason }).await
        }
        "check-out" => loan::check_out(app, me, approval).await.map(Some),
        _ => return Err(Problem::NoSuchPage),
    };
    match done {
        Ok(recorded) => {
            let done = recorded.map_or_else(String::new, |it| format!("?done={}", it.seq));
            Ok(Redirect::to(&format!("/loans/{approval}{done}")).into_response())
        }
        Err(error) => page(&web, &visitor, approval, &fields, Some(&error)).await,
    }
}

async fn take_back(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    loan::may_take_back(visitor.me())?;
    let wish = ReturnRequest {
        id: fields.parse("request").ok_or(Problem::BadForm)?,
        borrower: fields.parse("borrower").ok_or(Problem::BadForm)?,
        condition: fields.text("condition").to_owned(),
        lines: vec![loan::ReturnedItem {
            item: fields.parse("item").ok_or(Problem::BadForm)?,
            slot: fields.parse("slot").ok_or(Problem::BadForm)?,
        }],
    };
    match loan::take_back(&web.app, visitor.me(), &wish).await {
        Ok(recorded) => Ok(Redirect::to(&format!("/loans?done={}", recorded.seq)).into_response()),
        Err(error) => list_page(&web, &visitor, &fields, Some(&error)).await,
    }
}
