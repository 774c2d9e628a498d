//! Labels of things in store, printed again. A new copy is bound by scanning it at a counter.

use super::{
    caller::Caller,
    error::Problem,
    message::{Created, Json},
};
use crate::{
    app::App,
    custody::reprint::{self, LabelStanding, Reprint},
};
use axum::extract::State;

/// Print labels of things in store again
///
/// All of them or none. The copies before are dead from now on; each new one is bound, by an entry, when it is scanned at a counter.
#[utoipa::path(post, path = "/labels/reprints", tag = "labels", responses((status = 201, body = Vec<LabelStanding>)))]
pub async fn reprint_labels(
    State(app): State<App>,
    caller: Caller,
    Json(wish): Json<Reprint>,
) -> Result<Created<Vec<LabelStanding>>, Problem> {
    Ok(Created(reprint::reprint(&app, caller.me(), &wish).await?))
}
