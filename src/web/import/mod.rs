//! A seizure list on its way in: upload, look at every row, correct, confirm.

use crate::web::in_address::InAddress;
mod columns;
mod files;
mod photographs;
mod rows;
mod typed;

use super::{Fields, Page, PostedForm, Room, Upload, Visitor, Web, cases::stays, table::pager};
use crate::{
    clock::Moment,
    custody::{
        Error, Invalid, cases,
        opening::NewCase,
        seize::{self, Changes, Confirmation, ForCase, ImportView},
    },
    id::{CaseId, ImportId},
    ledger::{Category, Particular},
};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect},
};
pub use files::{paper, template};
pub use photographs::{drop_photograph, photograph};
use rows::{Sent, amendments, overlay};
use serde::Deserialize;
use serde_json::json;

/// How many rows one page shows.
const ROWS_PER_PAGE: usize = 100;

#[derive(Deserialize)]
pub struct CaseQuery {
    case: Option<CaseId>,
}

/// `GET /import?case=`
pub async fn choose(State(web): State<Web>, visitor: Visitor, Query(chosen): Query<CaseQuery>) -> Page {
    let case = chosen.case.map(|id| id.to_string()).unwrap_or_default();
    form(&web, &visitor, &Fields(vec![("case".to_owned(), case)]), None).await
}

async fn form(web: &Web, visitor: &Visitor, fields: &Fields, wrong: Option<&Error>) -> Page {
    let me = visitor.me();
    let own = cases::to_import_into(&web.app, me, fields.parse("case")).await?;
    let lists = seize::open_lists(&web.app, me).await?;
    let (frame, status) = visitor.frame_after(web, Room::Cases, wrong).await?;
    let context = json!({
        "frame": frame, "cases": own, "lists": lists,
        "chosen": fields.text("case"), "number": fields.text("number"), "name": fields.text("name"),
    });
    Ok((status, web.page("import.html", visitor.language(), context)?).into_response())
}

/// `POST /import`: the file, or the wish to type a list.
pub async fn upload(State(web): State<Web>, upload: Upload) -> Page {
    let Upload { visitor, fields, file_name, file } = upload;
    let case = match fields.parse("case") {
        Some(case) => ForCase::Known(case),
        None => ForCase::New(NewCase {
            number: fields.text("number").to_owned(),
            name: fields.text("name").to_owned(),
            linked_to: None,
        }),
    };
    let begun = match fields.text("act") {
        "type" => seize::begin_list(&web.app, visitor.me(), case).await,
        _ => seize::read_list(&web.app, visitor.me(), case, &file_name, file).await,
    };
    match begun {
        Ok(id) => Ok(Redirect::to(&format!("/import/{id}")).into_response()),
        Err(error) if stays(&error) => form(&web, &visitor, &fields, Some(&error)).await,
        Err(error) => Err(error.into()),
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Part {
    /// The number of the page, from 1.
    #[serde(default)]
    page: usize,
    /// Only rows that need a look.
    #[serde(default)]
    open: u8,
}

impl Part {
    fn sent(fields: &Fields) -> Part {
        Part { page: fields.parse("page").unwrap_or(1), open: fields.parse("open").unwrap_or(0) }
    }

    fn of(self, id: ImportId) -> String {
        format!("/import/{id}?page={}&open={}", self.page, self.open)
    }
}

/// `GET /import/{id}`: every row as it was understood, each doubt beside it.
pub async fn preview(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(id): InAddress<ImportId>,
    Query(part): Query<Part>,
) -> Page {
    let list = seize::show(&web.app, visitor.me(), id).await?;
    page(&web, &visitor, &list, part, &Fields::default(), (&Sent::default(), None)).await
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    list: &ImportView,
    part: Part,
    fields: &Fields,
    (sent, wrong): (&Sent, Option<&Error>),
) -> Page {
    let rows: Vec<_> = list.draft.rows.iter().filter(|row| part.open == 0 || !row.is_settled()).collect();
    let pages = rows.len().div_ceil(ROWS_PER_PAGE).max(1);
    let at = part.page.clamp(1, pages);
    let first = (at - 1) * ROWS_PER_PAGE;
    let shown: Vec<_> = rows.iter().skip(first).take(ROWS_PER_PAGE).collect();
    let (frame, status) = visitor.frame_after(web, Room::Cases, wrong).await?;
    let pager = pager(rows.len(), first, ROWS_PER_PAGE, |from| {
        format!("/import/{}?page={}&open={}", list.id, from / ROWS_PER_PAGE + 1, part.open)
    });
    let now = web.app.clock.now();
    let law = web.app.rules().deadline(crate::domain::rule::Deadline::HandIn, now).cloned();
    let rows: Vec<serde_json::Value> =
        shown.iter().map(|row| row_of(row, list.photographs.get(&row.row), (sent, fields))).collect();
    let beside: Vec<_> = list.draft.doubts.iter().filter(|it| it.is_beside_list()).collect();
    let stated = list.draft.stated_day(now);
    let about = |codes: &[&str]| wrong.filter(|it| codes.contains(&it.code()));
    let told = |error: &Error| error.sentence(visitor.language());
    let context = json!({
        "frame": frame, "list": list, "rows": rows, "pager": pager,
        "page": at, "open": part.open,
        "kept": list.draft.kept().count(), "unsettled": list.draft.unsettled(),
        "total_rows": list.draft.rows.len(),
        "particulars": Particular::VOCABULARY.words(),
        "categories": Category::VOCABULARY.words(),
        "understood": list.draft.understood, "beside": beside,
        "columns": columns::shown(list, fields), "roles": columns::roles(visitor.language()),
        "said": list.draft.columns, "grid": typed::grid(list, &sent.typed, &sent.faults),
        "columns_wrong": about(columns::REFUSALS).map(told),
        "would_lose": about(&["corrections_would_be_lost"]).is_some(),
        "paper_number": fields.sent("paper_number").map_or_else(|| list.draft.stated_paper(), |it| Some(it.to_owned())),
        "paper_stated": list.draft.stated_paper(),
        "paper_wrong": about(&["paper_missing", "paper_recorded_before"]).map(told),
        "seized_at": fields.text("seized_at"),
        "day_stated": stated.map(Moment::date),
        "seized_wrong": about(&["happened_in_the_future", "time_missing", "time_not_understood"]).map(told),
        // What has just come up was not looked at yet.
        "accept_list": fields.ticked("accept_list") && about(&["list_doubts_open"]).is_none(),
        "law": law.map(|rule| rule.citation.clone()),
    });
    Ok((status, web.page("import_preview.html", visitor.language(), context)?).into_response())
}

/// A row with whether it still needs a look, for the template.
fn row_of(
    row: &seize::DraftRow,
    photographs: Option<&Vec<String>>,
    (sent, fields): (&Sent, &Fields),
) -> serde_json::Value {
    let open = row.doubts.iter().filter(|doubt| doubt.answer.is_none()).count();
    let fault = sent.faults.get(&row.row);
    json!({
        "it": row, "label": row.label(), "photographs": photographs.map_or(&[][..], Vec::as_slice), "split": typed::split_of(fields, row.row),
        "origin": match row.origin {
            seize::Origin::File => None,
            seize::Origin::Added => Some(json!({ "from": null })),
            seize::Origin::Split(from) => Some(json!({ "from": seize::row_label(from) })),
        },
        "settled": row.is_settled() && fault.is_none(), "open_doubts": open,
        "accept": sent.accepted.contains(&row.row),
        "fault": fault.map(|it| json!({ "field": it.field.word(), "zh": it.zh, "en": it.en })),
    })
}

/// `POST /import/{id}`: the rows as they were left, and then save, confirm or discard.
pub async fn act(State(web): State<Web>, InAddress(id): InAddress<ImportId>, posted: PostedForm) -> Page {
    let PostedForm { visitor, fields } = posted;
    let me = visitor.me();
    let part = Part::sent(&fields);
    let done = match fields.text("act") {
        "discard" => {
            let case = seize::discard(&web.app, me, id).await?;
            return Ok(Redirect::to(&format!("/cases/{case}?told=list_discarded")).into_response());
        }
        "confirm" => confirm(&web, &visitor, id, &fields).await,
        act @ ("columns" | "as_read") => {
            let again = columns::read_again(&web, &visitor, id, &fields, act == "columns").await;
            again.map(|()| format!("/import/{id}"))
        }
        act if act.starts_with("split-") => split(&web, &visitor, (id, part), &fields).await,
        _ => match save(&web, &visitor, id, &fields).await {
            Ok(()) => Ok(part.of(id)),
            Err(error) => Err(Stopped { error, kept: false }),
        },
    };
    match done {
        Ok(to) => Ok(Redirect::to(&to).into_response()),
        Err(Stopped { error, kept }) if stays(&error) => {
            let mut list = seize::show(&web.app, me, id).await?;
            let sent = if kept { Sent::default() } else { overlay(&mut list, &fields) };
            page(&web, &visitor, &list, part, &fields, (&sent, Some(&error))).await
        }
        Err(Stopped { error, .. }) => Err(error.into()),
    }
}

/// Why the form went no further, and whether its rows were kept before.
struct Stopped {
    error: Error,
    kept: bool,
}

async fn save(web: &Web, visitor: &Visitor, id: ImportId, fields: &Fields) -> Result<(), Error> {
    let changes = Changes { amendments: amendments(fields).collect(), typed: typed::typed(fields) };
    if !changes.amendments.is_empty() || changes.typed.iter().any(|it| !it.is_empty()) {
        seize::change(&web.app, visitor.me(), id, changes).await?;
    }
    Ok(())
}

async fn confirm(web: &Web, visitor: &Visitor, id: ImportId, fields: &Fields) -> Result<String, Stopped> {
    let before = |error| Stopped { error, kept: false };
    let after = |error| Stopped { error, kept: true };
    let list = seize::show(&web.app, visitor.me(), id).await.map_err(before)?;
    // A second press of the button finds the list recorded: there is nothing left to save.
    if list.entry.is_none() {
        save(web, visitor, id, fields).await.map_err(before)?;
    }
    let confirmation = Confirmation {
        paper_number: fields.text("paper_number").to_owned(),
        seized_at: typed_time(fields).map_err(after)?,
        accept_list: fields.ticked("accept_list"),
    };
    let recorded = seize::confirm(&web.app, visitor.me(), id, &confirmation).await.map_err(after)?;
    Ok(format!("/cases/{}?done={}", list.case, recorded.seq))
}

/// Keeps the rows as they were typed, then splits one of them.
async fn split(
    web: &Web,
    visitor: &Visitor,
    (id, part): (ImportId, Part),
    fields: &Fields,
) -> Result<String, Stopped> {
    save(web, visitor, id, fields).await.map_err(|error| Stopped { error, kept: false })?;
    let row = fields.text("act").trim_start_matches("split-").parse().unwrap_or(0);
    let split = seize::split(&web.app, visitor.me(), id, &typed::split(fields, row)).await;
    split.map_err(|error| Stopped { error, kept: true })?;
    Ok(format!("{}#row-{row}", part.of(id)))
}

/// The field begins empty and must be filled: the 24 hours run from this moment, and a time that was put there for them would be
/// confirmed unread.
fn typed_time(fields: &Fields) -> Result<Option<Moment>, Error> {
    let Some(text) = fields.filled("seized_at") else {
        return Err(Invalid::new(
            "time_missing",
            (
                "没有填写扣押时间，未登记任何财物；各行已保存。",
                "The time of the seizure is missing; nothing was recorded, and the rows are kept.",
            ),
            ("请填写实际扣押的日期和时间。", "Give the day and the hour at which the things were seized."),
        ));
    };
    Moment::from_text(text).map(Some).ok_or_else(|| {
        Invalid::new(
            "time_not_understood",
            (
                "扣押时间看不懂，未登记任何财物；各行已保存。",
                "The time of the seizure is not understood; nothing was recorded, and the rows are kept.",
            ),
            ("请写成 2026-03-05 14:30。", "Write it as 2026-03-05 14:30."),
        )
    })
}
