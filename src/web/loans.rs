//! Loans, on pages: one list for whoever asks, approves, hands over and takes back; a request of its own with its answer.

use super::{
    Page, PostedForm, Problem, Room, Visitor, Web,
    form::{ChosenItems, Fields, id},
    frame::Status,
    table::{Cell, LOAN_REQUESTS, LOANS, List, ListAnswer, Row, TableQuery},
    words::{Words, WordsError},
};
use crate::web::in_address::InAddress;
use crate::{
    clock::{Moment, Span},
    custody::{
        correction::Verdict,
        items,
        loan::{self, Loan, LoanRequest, LoanRequestView, LoanStatus, ReturnRequest},
    },
    id::{ApprovalId, EntryId, ItemId},
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
        .route("/loans", get(list))
        .route("/loans/new", get(new).post(ask))
        .route("/loans/return", post(take_back))
        .route("/loans/{id}", get(show))
        .route("/loans/{id}/{act}", post(act))
}

/// `?returning=ITEM` opens the form by which it is taken back; `?of=requests` asks the table of requests and not of loans.
async fn list(State(web): State<Web>, visitor: Visitor, Query(asked): Query<TableQuery>) -> Page {
    let item = Fields(vec![("item".to_owned(), asked.text("returning").to_owned())]);
    list_page(&web, &visitor, &asked, &item, None).await
}

async fn list_page(
    web: &Web,
    visitor: &Visitor,
    asked: &TableQuery,
    typed: &Fields,
    wrong: Option<&crate::custody::Error>,
) -> Page {
    let (frame, code) = visitor.frame_after(web, Room::Loans, wrong).await?;
    let loans = loan::list(&web.app, visitor.me()).await?;
    let words = web.pages.words(visitor.language());
    let now = web.app.clock.now();
    // The address asks one of the two lists; the other stands as it is.
    let (all_requests, all_loans) = (TableQuery::of("of", "requests"), TableQuery::default());
    let (of_requests, of_loans) = match asked.text("of") == "requests" {
        true => (asked, &all_loans),
        false => (&all_requests, asked),
    };
    let rows = loans.requests.iter().map(|it| request_row(words, it)).collect();
    let list = List { table: &LOAN_REQUESTS, path: "/loans", asked: of_requests, rows };
    let requests = match list.answer(web, visitor).await? {
        ListAnswer::Workbook(file) => return Ok(file),
        ListAnswer::Page(table) => *table,
    };
    let rows = loans.out.iter().map(|it| loan_row(words, it, now)).collect();
    let list = List { table: &LOANS, path: "/loans", asked: of_loans, rows };
    let out = match list.answer(web, visitor).await? {
        ListAnswer::Workbook(file) => return Ok(file),
        ListAnswer::Page(table) => *table,
    };
    let request: EntryId = web.app.ids.new_id();
    let returning =
        loans.out.iter().find(|it| it.may_take_back && it.item.item.to_string() == typed.text("item"));
    let seal = match returning {
        Some(loan) => items::show(&web.app, visitor.me(), loan.item.item).await?.line.seal,
        None => None,
    };
    let context = json!({
        "frame": frame, "requests": requests, "out": out, "returning": returning, "seal": seal, "slots": loans.slots, "may_ask": loans.may_ask,
        "request": request, "condition": typed.text("condition"), "chosen": typed.text("slot"),
        "asked": loans.requests.len(), "lent": loans.out.len(), "overdue": loans.out.iter().filter(|it| it.overdue).count(),
    });
    Ok((code, web.page("loans.html", visitor.language(), context)?).into_response())
}

fn request_row(words: &Words, it: &LoanRequestView) -> Result<Row, WordsError> {
    let numbers: Vec<&str> = it.request.items.iter().map(|item| item.number.as_str()).collect();
    let names: Vec<&str> = it.request.items.iter().map(|item| item.name.as_str()).collect();
    let state = match it.standing {
        LoanStatus::Expired | LoanStatus::Lapsed => Status::Overdue,
        _ if it.request.may_answer || it.request.may_carry_out => Status::DueSoon,
        _ => Status::Closed,
    };
    Ok(Row::new(vec![
        Cell::name(names.join(&words.text("items.and_sum", &[])?), format!("/loans/{}", it.request.id))
            .below(numbers.join(" ")),
        Cell::prose(&it.request.purpose),
        Cell::words(&it.borrower).below(&it.request.unit),
        Cell::words(&it.request.unit),
        Cell::moment(it.due_at),
        Cell::badge(state, words.text(&format!("loan.is.{}", it.standing.word()), &[])?),
    ]))
}

fn loan_row(words: &Words, it: &Loan, now: Moment) -> Result<Row, WordsError> {
    let act = match it.may_take_back {
        true => Cell::button(
            words.text("loan.take_back", &[])?,
            format!("/loans?returning={}#returning", it.item.item),
        ),
        false => Cell::words(""),
    };
    Ok(Row::new(vec![
        Cell::name(&it.item.name, format!("/items/{}", it.item.item))
            .below(format!("{} · {}", it.item.number, it.item.quantity)),
        Cell::quantity(words, &it.item.quantity)?,
        Cell::words(&it.borrower_name),
        Cell::words(&it.keeper),
        Cell::prose(&it.purpose),
        Cell::moment(it.due_at),
        Cell::words(words.text("loan.slip", &[])?).to(format!("/papers/{}", it.check_out)),
        Cell::due(words, (now, it.due_at), "")?,
        act,
    ])
    .wrong(it.overdue))
}

async fn new(State(web): State<Web>, visitor: Visitor, Query(chosen): Query<ChosenItems>) -> Page {
    new_page(&web, &visitor, &chosen.ids(), &Fields::default(), None).await
}

async fn new_page(
    web: &Web,
    visitor: &Visitor,
    wanted: &[ItemId],
    typed: &Fields,
    wrong: Option<&crate::custody::Error>,
) -> Page {
    let (frame, code) = visitor.frame_after(web, Room::Loans, wrong).await?;
    let mut things = Vec::new();
    for item in wanted {
        things.push(items::show(&web.app, visitor.me(), *item).await?);
    }
    let people = loan::choices(&web.app, visitor.me()).await?;
    let people = people.iter().map(|it| json!({ "id": it.id, "name": it.name }));
    let borrower = typed.filled("borrower").map_or_else(|| visitor.me().id.to_string(), str::to_owned);
    let due =
        typed.filled("due").map_or_else(|| web.app.clock.now().plus(Span::days(7)).date(), str::to_owned);
    let context = json!({
        "frame": frame, "things": things, "people": people.collect::<Vec<_>>(), "borrower": borrower,
        "purpose": typed.text("purpose"), "due": due,
    });
    Ok((code, web.page("loan_new.html", visitor.language(), context)?).into_response())
}

async fn ask(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    loan::may_ask(visitor.me())?;
    let items: Vec<ItemId> = fields.all("item").filter_map(|item| item.parse().ok()).collect();
    // The last minute of the day that is named, so that pages and papers show that day; what is no day lies before now and is
    // refused as such.
    let last_minute = Span::minutes(24 * 60 - 1);
    let due_at = Moment::of_day(fields.text("due")).map_or(Moment(0), |day| day.plus(last_minute));
    let wish = LoanRequest {
        items: items.clone(),
        borrower: fields.parse("borrower").ok_or(Problem::BadForm)?,
        purpose: fields.text("purpose").to_owned(),
        due_at,
    };
    match loan::ask(&web.app, visitor.me(), &wish).await {
        Ok(id) => Ok(Redirect::to(&format!("/loans/{id}")).into_response()),
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
    let view = loan::show(&web.app, visitor.me(), approval).await?;
    let (frame, code) = visitor.frame_after(web, Room::Loans, wrong).await?;
    let context = json!({ "frame": frame, "view": view, "refusal": typed.text("refusal") });
    Ok((code, web.page("loan.html", visitor.language(), context)?).into_response())
}

async fn act(
    State(web): State<Web>,
    InAddress((approval, act)): InAddress<(String, String)>,
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
        Err(error) => list_page(&web, &visitor, &TableQuery::default(), &fields, Some(&error)).await,
    }
}
