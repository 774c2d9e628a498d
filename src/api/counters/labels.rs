//! The label of the line in hand: printed, looked at, spoiled. It is bound only by scanning it back.

use crate::{
    api::{
        caller::Caller,
        error::Problem,
        message::{At, Created, DONE, Done, File, Json},
    },
    app::App,
    custody::counter::{
        AtCounter,
        label::{self, CameOut, Print, PrintedLabel},
    },
};
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
pub struct Copy {
    /// Why it is printed again; not needed for the first.
    reason: Option<String>,
}

/// Print the label
///
/// A reprint is a new copy and needs a reason. While nobody knows whether the last label came out, none is printed.
#[utoipa::path(post, path = "/counters/{station}/items/{item}/labels", tag = "counter",
    responses((status = 201, body = PrintedLabel)))]
pub async fn print(
    State(app): State<App>,
    caller: Caller,
    At(AtCounter { station, item }): At<AtCounter>,
    Json(Copy { reason }): Json<Copy>,
) -> Result<Created<PrintedLabel>, Problem> {
    Ok(Created(label::print(&app, caller.me(), &Print { station, item, reason }).await?))
}

/// The label as it would be printed now (PNG)
#[utoipa::path(get, path = "/counters/{station}/items/{item}/label", tag = "counter",
    responses((status = 200, content_type = "image/png", body = Vec<u8>)))]
pub async fn preview(State(app): State<App>, caller: Caller, At(at): At<AtCounter>) -> Result<File, Problem> {
    let raster = label::preview(&app, caller.me(), at).await?;
    let bytes = label_templates::to_png(&raster).map_err(|error| Problem::Broken(Arc::new(error)))?;
    Ok(File { media_type: "image/png".to_owned(), bytes })
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct PrintOutcome {
    came_out: bool,
}

/// Say whether the label came out of the printer
///
/// Asked only of a label whose fate nobody knows.
#[utoipa::path(post, path = "/counters/{station}/items/{item}/label/look", tag = "counter",
    responses((status = 204)))]
pub async fn came_out(
    State(app): State<App>,
    caller: Caller,
    At(at): At<AtCounter>,
    Json(it): Json<PrintOutcome>,
) -> Done {
    label::came_out(&app, caller.me(), CameOut { at, came_out: it.came_out }).await?;
    DONE
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct SpoilReason {
    /// Torn, crooked, lost …
    reason: String,
}

/// Say that the label is spoiled
///
/// It can never be bound; another copy may be printed.
#[utoipa::path(post, path = "/counters/{station}/items/{item}/label/spoil", tag = "counter",
    responses((status = 204)))]
pub async fn spoil(
    State(app): State<App>,
    caller: Caller,
    At(at): At<AtCounter>,
    Json(it): Json<SpoilReason>,
) -> Done {
    label::spoil(&app, caller.me(), at, &it.reason).await?;
    DONE
}
