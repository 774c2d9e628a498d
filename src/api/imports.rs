//! From an uploaded seizure list to recorded items: upload, look at what was understood, amend, confirm.

use super::{
    caller::Caller,
    error::Problem,
    message::{At, Created, DONE, Done, Json, RecordedEntry},
};
use crate::{
    app::App,
    custody::seize::{
        self, Amendment, ColumnsWish, Confirmation, ForCase, ImportView, OpenList, SplitWish, TypedRow,
    },
    id::ImportId,
};
use axum::{extract::State, http::StatusCode};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use utoipa::ToSchema;

/// A file of a spreadsheet program.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Upload {
    /// The case of the own unit it is about, or a new one to open with it.
    case: ForCase,
    #[schema(example = "扣押清单.xlsx")]
    file_name: String,
    /// The bytes of the .xlsx, .xls, .ods or .csv file, in base64.
    #[schema(content_encoding = "base64", example = "5ZCN56ewLOaVsOmHjwrmiYvmnLosMumDqAo=")]
    content: String,
}

/// The own unit's lists that wait for confirmation
#[utoipa::path(get, path = "/imports", tag = "imports", responses((status = 200, body = Vec<OpenList>)))]
pub async fn open_lists(State(app): State<App>, caller: Caller) -> Result<Json<Vec<OpenList>>, Problem> {
    Ok(Json(seize::open_lists(&app, caller.me()).await?))
}

/// Upload a seizure list
///
/// Answers with every row as it was understood and each doubt beside it. Nothing is recorded before it is confirmed.
#[utoipa::path(post, path = "/imports", tag = "imports", responses((status = 201, body = ImportView)))]
pub async fn upload(
    State(app): State<App>,
    caller: Caller,
    Json(upload): Json<Upload>,
) -> Result<Created<ImportView>, Problem> {
    let bytes = bytes(&upload.content)?;
    let id = seize::read_list(&app, caller.me(), upload.case, &upload.file_name, bytes).await?;
    Ok(Created(seize::show(&app, caller.me(), id).await?))
}

/// The case that a list is typed for.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TypedList {
    /// A case of the own unit, or a new one to open with the list.
    case: ForCase,
}

/// Begin a list without a file
///
/// Its rows are typed afterwards, with the same doubts as those of a file.
#[utoipa::path(post, path = "/imports/typed", tag = "imports", responses((status = 201, body = ImportView)))]
pub async fn begin(
    State(app): State<App>,
    caller: Caller,
    Json(list): Json<TypedList>,
) -> Result<Created<ImportView>, Problem> {
    let id = seize::begin_list(&app, caller.me(), list.case).await?;
    Ok(Created(seize::show(&app, caller.me(), id).await?))
}

/// What base64 stands for.
pub fn bytes(base64: &str) -> Result<Vec<u8>, Problem> {
    let read = STANDARD.decode(base64.trim());
    read.map_err(|error| Problem::unread(StatusCode::UNPROCESSABLE_ENTITY, &format!("content: {error}")))
}

/// A list as it stands now
#[utoipa::path(get, path = "/imports/{import}", tag = "imports", responses((status = 200, body = ImportView)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(import): At<ImportId>,
) -> Result<Json<ImportView>, Problem> {
    Ok(Json(seize::show(&app, caller.me(), import).await?))
}

/// Throw a list away that is not recorded
#[utoipa::path(delete, path = "/imports/{import}", tag = "imports", responses((status = 204)))]
pub async fn discard(State(app): State<App>, caller: Caller, At(import): At<ImportId>) -> Done {
    seize::discard(&app, caller.me(), import).await?;
    DONE
}

/// Correct, complete, accept or leave out rows
///
/// All of them or none.
#[utoipa::path(patch, path = "/imports/{import}/rows", tag = "imports", responses((status = 200, body = ImportView)))]
pub async fn amend(
    State(app): State<App>,
    caller: Caller,
    At(import): At<ImportId>,
    Json(amendments): Json<Vec<Amendment>>,
) -> Result<Json<ImportView>, Problem> {
    Ok(Json(seize::amend(&app, caller.me(), import, amendments).await?))
}

/// Put typed rows at the end of a list
///
/// All of them or none. A row that is sent again under its number is not added again.
#[utoipa::path(post, path = "/imports/{import}/rows", tag = "imports", responses((status = 200, body = ImportView)))]
pub async fn add_rows(
    State(app): State<App>,
    caller: Caller,
    At(import): At<ImportId>,
    Json(rows): Json<Vec<TypedRow>>,
) -> Result<Json<ImportView>, Problem> {
    Ok(Json(seize::add_rows(&app, caller.me(), import, rows).await?))
}

/// Split a row in two
///
/// Both parts together are exactly what the row said.
#[utoipa::path(post, path = "/imports/{import}/splits", tag = "imports", responses((status = 200, body = ImportView)))]
pub async fn split(
    State(app): State<App>,
    caller: Caller,
    At(import): At<ImportId>,
    Json(wish): Json<SplitWish>,
) -> Result<Json<ImportView>, Problem> {
    Ok(Json(seize::split(&app, caller.me(), import, &wish).await?))
}

/// Say what the columns of a list are, and read its file again so
///
/// What was corrected in rows stays. The choice is kept for the unit's next file whose columns have the same titles; without any
/// column the file is read as the program reads it.
#[utoipa::path(put, path = "/imports/{import}/columns", tag = "imports", responses((status = 200, body = ImportView)))]
pub async fn read_again(
    State(app): State<App>,
    caller: Caller,
    At(import): At<ImportId>,
    Json(wish): Json<ColumnsWish>,
) -> Result<Json<ImportView>, Problem> {
    Ok(Json(seize::read_again(&app, caller.me(), import, &wish).await?))
}

/// Confirm a list: its rows are seized and owed from now on
///
/// One entry under the list's own id: confirming again is answered with `repeat`.
#[utoipa::path(post, path = "/imports/{import}/confirmation", tag = "imports",
    responses((status = 200, body = RecordedEntry)))]
pub async fn confirm(
    State(app): State<App>,
    caller: Caller,
    At(import): At<ImportId>,
    Json(confirmation): Json<Confirmation>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(seize::confirm(&app, caller.me(), import, &confirmation).await?.into()))
}
