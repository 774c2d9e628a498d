//! Differences, on a page: what is open, whose it is, how long it has been, and how it was settled.

use super::{
    Page, PostedForm, Problem, Room, Visitor, Web,
    error_page::status,
    form::id,
    frame::{self, Status},
    table::{Cell, DIFFERENCES, List, ListAnswer, Mark, Row, TableQuery},
    words::{Words, WordsError},
};
use crate::web::in_address::InAddress;
use crate::{
    clock::{Moment, Span},
    custody::{
        Error,
        difference::{self, Difference, DifferenceView, Settlement},
    },
    domain::finding,
    id::{DifferenceId, EntryId},
    language::Language,
    ledger::SettlementCause,
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use serde_json::{Value, json};

/// `GET /reconciliation`
pub async fn list(State(web): State<Web>, visitor: Visitor, Query(asked): Query<TableQuery>) -> Page {
    let words = web.pages.words(visitor.language());
    let class = Some(asked.text("class")).filter(|class| words.has(&format!("difference.{class}")));
    let found = difference::reconciliation(&web.app, visitor.me(), class).await?;
    let mut laws = Vec::new();
    for it in &found.open_list {
        laws.push(difference::law(&web.app, &it.class, it.raised_at)?);
    }
    let told = (words, visitor.language());
    let open = found.open_list.iter().zip(&laws).map(|(it, law)| row(told, it, found.now, law));
    let settled = found.settled_list.iter().map(|it| row(told, it, found.now, ""));
    let rows = open.chain(settled).collect();
    let list = List { table: &DIFFERENCES, path: "/reconciliation", asked: &asked, rows };
    let table = match list.answer(&web, &visitor).await? {
        ListAnswer::Workbook(file) => return Ok(file),
        ListAnswer::Page(table) => *table,
    };
    let classes = found.classes.iter().map(|it| {
        json!({ "class": it.class, "open": it.open, "overdue": it.overdue, "days": days(found.now.since(it.oldest)) })
    });
    let context = json!({
        "frame": visitor.frame(&web, Room::Reconciliation).await?,
        "open": found.open, "settled": found.settled, "class": class,
        "overdue": found.classes.iter().map(|it| it.overdue).sum::<i64>(),
        "classes": classes.collect::<Vec<_>>(),
        "table": table,
    });
    Ok(web.page("reconciliation.html", visitor.language(), context)?.into_response())
}

fn days(age: Span) -> i64 {
    age.0 / Span::days(1).0
}

/// An open one with its limit, a settled one with what was found out.
fn row(
    (words, language): (&Words, Language),
    it: &Difference,
    now: Moment,
    law: &str,
) -> Result<Row, WordsError> {
    let item = match (it.item, &it.item_number) {
        (Some(item), Some(number)) => Cell::words(number).to(format!("/items/{item}")),
        _ => Cell::nothing(),
    };
    let (settled, state) = match (&it.settled_by_name, it.settled_at) {
        (Some(name), Some(at)) => (
            Cell::words(name).below(at.text()),
            Cell::badge(Status::Closed, words.text("reconcile.settled", &[])?),
        ),
        _ => (Cell::nothing(), Cell::due(words, (now, it.due_at), law)?),
    };
    let age = it.settled_at.unwrap_or(now).since(it.raised_at);
    let row = Row::new(vec![
        Cell::name(
            words.text(&format!("difference.{}", it.class), &[])?,
            format!("/reconciliation/{}", it.id),
        ),
        item,
        Cell::prose(finding::told(language, &it.finding)).below(it.settlement.as_deref().unwrap_or_default()),
        Cell::words(&it.owner_name),
        Cell::figure(days(age)),
        Cell::moment(it.raised_at),
        settled,
        Cell::entry(it.settled_seq.unwrap_or(it.raised_seq).cast_unsigned()),
        state,
    ]);
    Ok(match it.settled_seq {
        Some(_) => row.marked(Mark::Closed).of("settled"),
        None => row.of("unsettled"),
    })
}

/// A difference with its age and its deadline.
fn line(web: &Web, it: &Difference) -> Result<Value, Error> {
    let now = web.app.clock.now();
    let href = format!("/reconciliation/{}", it.id);
    let law = difference::law(&web.app, &it.class, it.raised_at)?;
    let deadline = frame::Deadline::new("", href.as_str(), law, (now, it.due_at));
    Ok(json!({ "it": it, "href": href, "days": days(now.since(it.raised_at)), "deadline": deadline }))
}

/// `GET /reconciliation/{id}`
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(difference): InAddress<String>,
) -> Page {
    let view = difference::difference(&web.app, visitor.me(), id(&difference)?).await?;
    let frame = visitor.frame(&web, Room::Reconciliation).await?;
    let request: EntryId = web.app.ids.new_id();
    page(
        &web,
        &visitor,
        &view,
        &json!({ "frame": frame, "finding": "", "request": request, "cause": "", "entry": "", "paper": "" }),
        StatusCode::OK,
    )
}

fn page(web: &Web, visitor: &Visitor, view: &DifferenceView, given: &Value, status: StatusCode) -> Page {
    let language = visitor.language();
    let context = json!({
        "frame": given["frame"], "finding": given["finding"], "request": given["request"],
        "cause": given["cause"], "entry": given["entry"], "paper": given["paper"],
        "causes": SettlementCause::ALL.iter().map(|it| [it.word(), it.text(language)]).collect::<Vec<_>>(),
        "view": view, "line": line(web, &view.difference)?,
    });
    Ok((status, web.page("difference.html", visitor.language(), context)?).into_response())
}

/// `POST /reconciliation/{id}`
pub async fn settle(
    State(web): State<Web>,
    InAddress(difference): InAddress<String>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let difference = id::<DifferenceId>(&difference)?;
    let request: EntryId = fields.parse("request").ok_or(Problem::BadForm)?;
    let finding = fields.text("finding").to_owned();
    let cause = SettlementCause::from_word(fields.text("cause"));
    let entry = fields.parse("entry");
    let also: Option<Vec<DifferenceId>> = fields.all("also").map(|it| it.parse().ok()).collect();
    let also = also.ok_or(Problem::BadForm)?;
    let paper = fields.filled("paper").map(str::to_owned);
    let settlement =
        Settlement { id: request, difference, also, finding: finding.clone(), cause, entry, paper };
    match difference::settle(&web.app, visitor.me(), &settlement).await {
        Ok(recorded) => {
            Ok(Redirect::to(&format!("/reconciliation/{difference}?done={}", recorded.seq)).into_response())
        }
        Err(error) => {
            let view = difference::difference(&web.app, visitor.me(), difference).await?;
            let frame = visitor.frame_refused(&web, Room::Reconciliation, &error).await?;
            let given = json!({
                "frame": frame, "finding": finding, "request": request, "cause": fields.text("cause"),
                "entry": fields.text("entry"), "paper": fields.text("paper"),
            });
            page(&web, &visitor, &view, &given, status(&error))
        }
    }
}
