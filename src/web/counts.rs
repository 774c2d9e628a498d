//! Counting, on a page: begin, scan, end, and what was found.

use super::{
    Page, PostedForm, Problem, Room, Visitor, Web,
    error_page::{encoded, status},
    form::id,
    frame::Status,
    picture::{Balance, Comparison, balance_bar},
    table::{COUNTS, Cell, List, ListAnswer, Row, TableQuery},
    words::{Words, WordsError},
};
use crate::web::in_address::InAddress;
use crate::{
    custody::{
        Error,
        count::{self, Count, CountView, Remark, ScanLine, Statement},
    },
    id::CountId,
    ledger::Measure,
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// `GET /counts`
pub async fn list(State(web): State<Web>, visitor: Visitor, Query(asked): Query<TableQuery>) -> Page {
    let counts = count::counts(&web.app, visitor.me()).await?;
    let words = web.pages.words(visitor.language());
    let rows = counts.iter().map(|it| row(words, it)).collect();
    let list = List { table: &COUNTS, path: "/counts", asked: &asked, rows };
    let table = match list.answer(&web, &visitor).await? {
        ListAnswer::Workbook(file) => return Ok(file),
        ListAnswer::Page(table) => *table,
    };
    let context = json!({
        "frame": visitor.frame(&web, Room::Counts).await?, "table": table,
        "countable": count::countable(&web.app, visitor.me()).await?,
    });
    Ok(web.page("counts.html", visitor.language(), context)?.into_response())
}

fn row(words: &Words, it: &Count) -> Result<Row, WordsError> {
    let zone = match &it.zone {
        Some(zone) => words.text("counts.zone", &[("zone", zone)])?,
        None => String::new(),
    };
    let (state, said, group) = match it.statement_seq {
        Some(_) => (Status::Closed, "counts.stated", "stated"),
        None => (Status::DueSoon, "counts.open", "open"),
    };
    Ok(Row::new(vec![
        Cell::name(format!("{} {zone}", it.store_name), format!("/counts/{}", it.id)),
        Cell::figure(i64::try_from(it.as_of).unwrap_or(i64::MAX)),
        Cell::figure(it.observations),
        Cell::words(&it.started_by),
        Cell::moment(it.started_at),
        it.statement_seq.map_or_else(Cell::nothing, Cell::entry),
        Cell::badge(state, words.text(said, &[])?),
    ])
    .of(group))
}

/// `POST /counts`: begins, or joins, the count of a zone; the scanner of this station counts there from now on.
pub async fn start(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    let store = id(fields.text("store"))?;
    let count = count::start(&web.app, visitor.me(), store, fields.filled("zone")).await?;
    match count::count_here(&web.app, &visitor.session, count).await {
        // Without a station the page itself takes the scans.
        Ok(()) | Err(Error::NotFound(_)) => Ok(Redirect::to(&format!("/counts/{count}")).into_response()),
        Err(error) => refused(&web, &visitor, count, &error, "").await,
    }
}

/// What the last scan on the page was taken for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Last {
    heard: Option<String>,
    code: Option<String>,
}

/// `GET /counts/{id}`
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(count): InAddress<String>,
    Query(last): Query<Last>,
) -> Page {
    let view = count::view(&web.app, visitor.me(), id(&count)?).await?;
    if view.count.statement_seq.is_some() {
        let statement = count::result(&web.app, visitor.me(), view.count.id).await?;
        return result(&web, &visitor, &view, &statement).await;
    }
    let known = |word: &String| ["accepted", "repeated", "unknown"].contains(&word.as_str());
    let heard = last.heard.filter(known).map(|verdict| json!({ "verdict": verdict, "code": last.code }));
    let frame = visitor.frame(&web, Room::Counts).await?;
    open(&web, &visitor, &view, &json!({ "frame": frame, "heard": heard, "typed": "" }))
}

/// The page of an open count: only what was seen.
fn open(web: &Web, visitor: &Visitor, view: &CountView, given: &Value) -> Result<Response, Problem> {
    let scanned: Vec<Value> = view.scanned.iter().map(scan_line).collect();
    let last = scanned.iter().find(|line| !line["item"].is_null()).cloned();
    let context = json!({
        "frame": given["frame"], "heard": given["heard"], "typed": given["typed"],
        "view": view, "scanned": scanned, "last": last,
        "visited": view.slots.iter().filter(|(_, visited)| *visited).count(),
    });
    Ok(web.page("count.html", visitor.language(), context)?.into_response())
}

fn scan_line(line: &ScanLine) -> Value {
    let measure = line.measure.as_deref().and_then(|word| Measure::from_word(word, line.currency.as_deref()));
    let text = |quantity| measure.as_ref().map(|measure| measure.text(quantity, line.counted_as.as_deref()));
    let unit = text(0).and_then(|text| text.split_once(' ').map(|(_, unit)| unit.to_owned()));
    json!({
        "number": line.number, "code": line.code, "slot": line.slot, "item": line.item, "is_slot": line.is_slot,
        "item_number": line.item_number, "item_name": line.item_name, "seal": line.seal,
        "quantity": line.quantity.and_then(text), "unit": unit,
        "observed_at": line.observed_at, "observed_by": line.observed_by,
    })
}

async fn result(web: &Web, visitor: &Visitor, view: &CountView, statement: &Statement) -> Page {
    // Of what nobody looked for there is nothing to compare.
    let booked = i64::from(statement.expected) - i64::from(statement.not_looked_for);
    let counted = i64::from(statement.seen + statement.on_loan);
    let balance = Balance {
        booked,
        counted,
        booked_text: booked.to_string(),
        counted_text: counted.to_string(),
        difference_text: (booked - counted).abs().to_string(),
        of: Comparison::Count,
    };
    let picture = balance_bar(web.pages.words(visitor.language()), &balance)
        .map_err(super::render::RenderError::from)?;
    let context = json!({
        "frame": visitor.frame(web, Room::Counts).await?, "view": view, "statement": statement, "picture": picture,
    });
    Ok(web.page("count_result.html", visitor.language(), context)?.into_response())
}

/// `POST /counts/{id}/scan`: for PCs without a station, and for numbers that are typed.
pub async fn scan(
    State(web): State<Web>,
    InAddress(count): InAddress<String>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let (count, code) = (id::<CountId>(&count)?, fields.text("code"));
    match count::observe(&web.app, visitor.me(), count, code).await {
        Ok(heard) => {
            let word = json!(heard.verdict);
            let word = word.as_str().unwrap_or_default();
            Ok(Redirect::to(&format!("/counts/{count}?heard={word}&code={}", encoded(code))).into_response())
        }
        Err(error) => refused(&web, &visitor, count, &error, code).await,
    }
}

/// The page of the count again, with why what was sent was not taken. Not for counts that are not theirs.
async fn refused(web: &Web, visitor: &Visitor, count: CountId, error: &Error, typed: &str) -> Page {
    let view = count::view(&web.app, visitor.me(), count).await?;
    let frame = visitor.frame_refused(web, Room::Counts, error).await?;
    let page = open(web, visitor, &view, &json!({ "frame": frame, "heard": null, "typed": typed }))?;
    Ok(with_status(status(error), page))
}

fn with_status(status: StatusCode, mut page: Response) -> Response {
    *page.status_mut() = status;
    page
}

/// `POST /counts/{id}/remark`: the seal or the quantity that was found.
pub async fn remark(
    State(web): State<Web>,
    InAddress(count): InAddress<String>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let count = id::<CountId>(&count)?;
    let item = id(fields.text("item"))?;
    let view = count::view(&web.app, visitor.me(), count).await?;
    let line = view.scanned.iter().find(|line| line.item == Some(item));
    let measure =
        line.and_then(|line| Measure::from_word(line.measure.as_deref()?, line.currency.as_deref()));
    // What cannot be read as a figure is refused by the verb, as −1 would be.
    let quantity = fields.filled("quantity").map(|text| measure.and_then(|it| it.read(text)).unwrap_or(-1));
    let remark = Remark { item, seal: fields.filled("seal").map(str::to_owned), quantity };
    match count::remark(&web.app, visitor.me(), count, &remark).await {
        Ok(()) => Ok(Redirect::to(&format!("/counts/{count}")).into_response()),
        Err(error) => refused(&web, &visitor, count, &error, "").await,
    }
}

/// `POST /counts/{id}/here`: the scanner of this station counts here from now on.
pub async fn here(
    State(web): State<Web>,
    InAddress(count): InAddress<String>,
    PostedForm { visitor, .. }: PostedForm,
) -> Page {
    let count = id::<CountId>(&count)?;
    match count::count_here(&web.app, &visitor.session, count).await {
        Ok(()) => Ok(Redirect::to(&format!("/counts/{count}")).into_response()),
        Err(error) => refused(&web, &visitor, count, &error, "").await,
    }
}

/// `POST /counts/{id}/finish`
pub async fn finish(
    State(web): State<Web>,
    InAddress(count): InAddress<String>,
    PostedForm { visitor, .. }: PostedForm,
) -> Page {
    let count = id::<CountId>(&count)?;
    let recorded = count::finish(&web.app, visitor.me(), count).await?;
    Ok(Redirect::to(&format!("/counts/{count}?done={}", recorded.seq)).into_response())
}

/// `POST /counts/{id}/cancel`: given up, with the reason.
pub async fn cancel(
    State(web): State<Web>,
    InAddress(count): InAddress<String>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let count = id::<CountId>(&count)?;
    match count::cancel(&web.app, visitor.me(), count, fields.text("reason")).await {
        Ok(recorded) => Ok(Redirect::to(&format!("/counts/{count}?done={}", recorded.seq)).into_response()),
        Err(error) => refused(&web, &visitor, count, &error, "").await,
    }
}
