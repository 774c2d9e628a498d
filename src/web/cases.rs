//! Cases: the list, one of them with its items, and opening one.

use super::{
    Fields, Page, PostedForm, Room, Visitor, Web,
    form::query_of,
    frame::Status,
    items, past,
    render::RenderError,
    table::{CASES, Cell, Row, THINGS, TableView, pager, workbook},
    words::{Words, WordsError},
};
use crate::web::in_address::InAddress;
use crate::{
    clock::Moment,
    custody::{
        Error,
        access::{self, Work},
        case_papers,
        cases::{self, CASES_PER_PAGE, CaseLine, Filter, ITEMS_PER_PAGE, SHEET_MOST},
        items::ItemLine,
        opening::{self, NewCase},
        seize,
    },
    domain::Stage,
    id::CaseId,
    ledger::Particular,
};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect},
};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub struct CaseQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    stage: String,
    #[serde(default)]
    owing: String,
    before: Option<String>,
    /// `xlsx`: all of it as a workbook.
    #[serde(default, rename = "as")]
    form: String,
}

/// `GET /cases`
pub async fn list(State(web): State<Web>, visitor: Visitor, Query(asked): Query<CaseQuery>) -> Page {
    let filter = Filter {
        search: asked.q.clone(),
        stage: Stage::from_word(&asked.stage),
        owing: !asked.owing.is_empty(),
        before: asked.before.as_deref().and_then(cases::read_cursor),
        limit: CASES_PER_PAGE,
    };
    let (now, words) = (web.app.clock.now(), web.pages.words(visitor.language()));
    if asked.form == "xlsx" {
        let all = Filter { before: None, limit: SHEET_MOST, ..filter };
        let found = cases::whole_list(&web.app, visitor.me(), &all).await?;
        return workbook(&web, words, &CASES, &rows(words, &found, now).map_err(RenderError::from)?);
    }
    let mut found = cases::list(&web.app, visitor.me(), &filter).await?;
    let more = found.len() > CASES_PER_PAGE as usize;
    found.truncate(CASES_PER_PAGE as usize);
    let last = found.last().map(cases::cursor).unwrap_or_default();
    let narrowing = query_of(&[("q", asked.q.as_str()), ("stage", &asked.stage), ("owing", &asked.owing)]);
    let next = more.then(|| format!("/cases?{narrowing}before={last}"));
    let rows = rows(words, &found, now).map_err(RenderError::from)?;
    let table = TableView {
        sheet: (!rows.is_empty()).then(|| format!("/cases?{narrowing}as=xlsx")),
        ..CASES.view(&web, visitor.me().id, rows, None).await?
    };
    let offers = |work| access::offers(visitor.me(), work);
    let frame = visitor.frame(&web, Room::Cases).await?;
    let context = json!({
        "frame": frame, "table": table, "next": next, "later": asked.before.is_some(), "first": format!("/cases?{narrowing}"),
        "asked": { "q": asked.q, "stage": asked.stage, "owing": asked.owing },
        "stages": Stage::ALL.iter().map(|stage| stage.word()).collect::<Vec<_>>(),
        "may_import": offers(Work::Importing), "may_open": offers(Work::OpeningCases),
    });
    Ok(web.page("cases.html", visitor.language(), context)?.into_response())
}

/// A row for each, with a cell for each column of `CASES`.
fn rows(words: &Words, cases: &[CaseLine], now: Moment) -> Result<Vec<Row>, WordsError> {
    let row = |it: &CaseLine| {
        let due = match it.counts.due_at {
            Some(at) => Cell::due(words, (now, at), &it.counts.citation)?,
            None => Cell::nothing(),
        };
        let different = match it.counts.differences {
            0 => Cell::figure(0),
            some => {
                Cell::badge_of(Status::Different, some).to(format!("/items?case={}&different=yes", it.id))
            }
        };
        Ok(Row::new(vec![
            Cell::name(&it.name, format!("/cases/{}", it.id)).below(&it.number),
            Cell::words(words.text(&format!("stage.{}", it.stage.word()), &[])?),
            Cell::words(&it.unit_name).below(&it.agency_name),
            Cell::or_nothing(it.officer.as_deref()),
            Cell::moment(it.opened_at),
            Cell::counted(it.counts.items, format!("/items?case={}", it.id)),
            Cell::counted(it.counts.owed, format!("/items?case={}&stock=owed", it.id)),
            Cell::counted(it.counts.in_store, format!("/items?case={}&stock=slot", it.id)),
            different,
            due,
        ])
        .wrong(it.counts.differences > 0))
    };
    cases.iter().map(row).collect()
}

#[derive(Deserialize)]
pub struct Part {
    #[serde(default)]
    from: u32,
    #[serde(default)]
    as_of: String,
}

/// `GET /cases/{id}`
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(id): InAddress<CaseId>,
    Query(part): Query<Part>,
) -> Page {
    let view = past::view(&web, &visitor, Room::Cases, &past::AsOfQuery { as_of: part.as_of }).await?;
    let case = cases::show_as_of(&web.app, visitor.me(), id, part.from, view.at).await?;
    let lists = match view.at {
        None => seize::open_lists(&web.app, visitor.me()).await?,
        Some(_) => Vec::new(),
    };
    let papers = match view.at {
        None => Some(case_papers::case_papers(&web.app, visitor.me(), id).await?),
        Some(_) => None,
    };
    let lists: Vec<_> = lists.into_iter().filter(|list| list.case == id).collect();
    let total = usize::try_from(case.line.counts.items).unwrap_or_default();
    let then = view.at.map_or_else(String::new, |at| format!("as_of={}&", at.seq));
    let pager = pager(total, part.from as usize, ITEMS_PER_PAGE as usize, |from| {
        format!("/cases/{id}?{then}from={from}")
    });
    let words = web.pages.words(visitor.language());
    let things = items::rows(words, &case.items, view.now, &view.query()).map_err(RenderError::from)?;
    let table = TableView {
        sheet: (view.at.is_none() && !things.is_empty()).then(|| format!("/items?case={id}&as=xlsx")),
        ..THINGS.view(&web, visitor.me().id, things, None).await?
    };
    let context = json!({
        "table": table, "holders": named(&case.items),
        "stages": Stage::ALL.iter().map(|stage| stage.word()).collect::<Vec<_>>(),
        "frame": view.frame, "past": view.past, "case": case, "lists": lists, "papers": papers, "now": view.now, "pager": pager,
    });
    Ok(web.page("case.html", visitor.language(), context)?.into_response())
}

/// Who is named as holder or owner of these things, each once.
fn named(items: &[ItemLine]) -> Vec<(&'static str, String)> {
    let mut named = Vec::new();
    for it in items {
        for field in [Particular::Holder, Particular::Owner] {
            let name = it.particulars.get(field).map(|name| (field.word(), name.to_owned()));
            named.extend(name.filter(|it| !named.contains(it)));
        }
    }
    named
}

#[derive(Deserialize)]
pub struct LinkQuery {
    linked_to: Option<CaseId>,
}

/// `GET /cases/new`
pub async fn new(State(web): State<Web>, visitor: Visitor, Query(linked): Query<LinkQuery>) -> Page {
    let linked = linked.linked_to.map(|id| id.to_string()).unwrap_or_default();
    let fields = Fields(vec![("linked_to".to_owned(), linked)]);
    form(&web, &visitor, &fields, None).await
}

async fn form(web: &Web, visitor: &Visitor, fields: &Fields, wrong: Option<&Error>) -> Page {
    let other = cases::to_open(&web.app, visitor.me(), fields.parse("linked_to")).await?;
    let (frame, status) = visitor.frame_after(web, Room::Cases, wrong).await?;
    let context = json!({
        "frame": frame, "number": fields.text("number"), "name": fields.text("name"), "other": other,
    });
    Ok((status, web.page("case_new.html", visitor.language(), context)?).into_response())
}

/// `POST /cases/new`
pub async fn open(State(web): State<Web>, posted: PostedForm) -> Page {
    let PostedForm { visitor, fields } = posted;
    let new = NewCase {
        number: fields.text("number").to_owned(),
        name: fields.text("name").to_owned(),
        linked_to: fields.parse("linked_to"),
    };
    match opening::open_case(&web.app, visitor.me(), &new).await {
        Ok(id) => Ok(Redirect::to(&format!("/cases/{id}")).into_response()),
        Err(error) if stays(&error) => form(&web, &visitor, &fields, Some(&error)).await,
        Err(error) => Err(error.into()),
    }
}

/// Whether the form comes back with what is wrong beside it; everything else gets the error page.
pub fn stays(error: &Error) -> bool {
    !matches!(error, Error::NotFound(_) | Error::Store(_) | Error::Random(_))
}
