//! Cases: the list, one of them with its items, and opening one.

use super::{Fields, Page, PostedForm, Room, Visitor, Web, error_page, past, table::pager};
use crate::{
    custody::{
        Error,
        access::{self, Work},
        cases::{self, CASES_PER_PAGE, Filter, ITEMS_PER_PAGE},
        delivery,
        opening::{self, NewCase},
        seize,
    },
    domain::Stage,
    id::CaseId,
};
use axum::{
    extract::{Path, Query, State},
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
    let mut found = cases::list(&web.app, visitor.me(), &filter).await?;
    let more = found.len() > CASES_PER_PAGE as usize;
    found.truncate(CASES_PER_PAGE as usize);
    let last = found.last().map(cases::cursor).unwrap_or_default();
    let next = more.then(|| {
        let query = [("q", asked.q.as_str()), ("stage", &asked.stage), ("owing", &asked.owing)];
        format!("/cases?{}before={last}", query_of(&query))
    });
    let offers = |work| access::offers(visitor.me(), work);
    let frame = visitor.frame(&web, Room::Cases).await?;
    let context = json!({
        "frame": frame, "cases": found, "now": web.app.clock.now(), "next": next,
        "asked": { "q": asked.q, "stage": asked.stage, "owing": asked.owing },
        "stages": Stage::ALL.iter().map(|stage| stage.word()).collect::<Vec<_>>(),
        "may_import": offers(Work::Importing), "may_open": offers(Work::OpeningCases),
    });
    Ok(web.page("cases.html", visitor.language(), context)?.into_response())
}

/// The filled fields of a filter as the start of a query: `q=…&`.
pub fn query_of(fields: &[(&str, &str)]) -> String {
    let filled = fields.iter().filter(|(_, value)| !value.is_empty());
    filled
        .map(|(name, value)| format!("{name}={}&", error_page::encoded(value).replace('/', "%2F")))
        .collect()
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
    Path(id): Path<CaseId>,
    Query(part): Query<Part>,
) -> Page {
    let view = past::view(&web, &visitor, Room::Cases, &past::AsOfQuery { as_of: part.as_of }).await?;
    let case = cases::show_as_of(&web.app, visitor.me(), id, part.from, view.at).await?;
    let lists = match view.at {
        None => seize::open_lists(&web.app, visitor.me()).await?,
        Some(_) => Vec::new(),
    };
    let deliveries = match view.at {
        None => delivery::of_case(&web.app, visitor.me(), id).await?,
        Some(_) => Vec::new(),
    };
    let lists: Vec<_> = lists.into_iter().filter(|list| list.case == id).collect();
    let total = usize::try_from(case.line.counts.items).unwrap_or_default();
    let then = view.at.map_or_else(String::new, |at| format!("as_of={}&", at.seq));
    let pager = pager(total, part.from as usize, ITEMS_PER_PAGE as usize, |from| {
        format!("/cases/{id}?{then}from={from}")
    });
    let context = json!({
        "stages": Stage::ALL.iter().map(|stage| stage.word()).collect::<Vec<_>>(),
        "frame": view.frame, "past": view.past, "case": case, "lists": lists, "deliveries": deliveries, "now": view.now, "pager": pager,
    });
    Ok(web.page("case.html", visitor.language(), context)?.into_response())
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
