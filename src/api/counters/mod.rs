//! The counter: who stands there, which case is open, and what comes extra. [`lines`] is the line in hand, [`labels`] its
//! label, [`tray`] many in one go. Scans and weights come from the station; what a scanner cannot say is said here.

pub mod labels;
pub mod lines;
pub mod tray;

use super::{
    caller::Caller,
    error::Problem,
    idempotency::Key,
    imports::bytes,
    message::{At, DONE, Done, Json, QueryParams, RecordedEntry},
};
use crate::{
    app::App,
    custody::counter::{
        self, CaseAtCounter, OpenCase, Overview,
        receive::{self, ReportExtra},
        view,
    },
    id::{CaseId, PersonId, StationId},
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What was recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// The entry's number.
    entry: u64,
}

impl From<receive::Receipt> for Receipt {
    fn from(it: receive::Receipt) -> Receipt {
        Receipt { entry: it.seq }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// In the case's number or name.
    search: Option<String>,
}

/// What is expected at a counter, and who stands there
#[utoipa::path(get, path = "/counters/{station}", tag = "counter", params(Search),
    responses((status = 200, body = Overview)))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(station): At<StationId>,
    QueryParams(Search { search }): QueryParams<Search>,
) -> Result<Json<Overview>, Problem> {
    Ok(Json(view::overview(&app, caller.me(), station, &search.unwrap_or_default()).await?))
}

/// How whoever takes over proves who they are.
#[derive(Deserialize, ToSchema)]
pub struct TakeOver {
    /// Their own; asked for when a colleague still stands there.
    password: Option<String>,
}

/// Take the counter
///
/// Open cases stay open for the newcomer. Whoever takes a colleague's place who is still there gives their own password.
#[utoipa::path(put, path = "/counters/{station}/custodian", tag = "counter",
    request_body = Option<TakeOver>, responses((status = 204)))]
pub async fn stand(
    State(app): State<App>,
    caller: Caller,
    At(station): At<StationId>,
    body: Option<Json<Option<TakeOver>>>,
) -> Done {
    let password = body.and_then(|Json(it)| it?.password);
    counter::stand(&app, caller.me(), station, password.as_deref()).await?;
    DONE
}

/// Leave the counter
#[utoipa::path(delete, path = "/counters/{station}/custodian", tag = "counter", responses((status = 204)))]
pub async fn leave(State(app): State<App>, caller: Caller, At(station): At<StationId>) -> Done {
    counter::leave(&app, caller.me(), station).await?;
    DONE
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Opening {
    case: CaseId,
    /// The officer who stands at the counter.
    delivered_by: PersonId,
    /// Print a line's label as soon as it is picked.
    #[serde(default)]
    print_on_pick: bool,
}

/// Open a case at the counter
#[utoipa::path(put, path = "/counters/{station}/case", tag = "counter", responses((status = 204)))]
pub async fn open_case(
    State(app): State<App>,
    caller: Caller,
    At(station): At<StationId>,
    Json(it): Json<Opening>,
) -> Done {
    let Opening { case, delivered_by, print_on_pick } = it;
    counter::open_case(&app, caller.me(), &OpenCase { station, case, delivered_by, print_on_pick }).await?;
    DONE
}

/// The delivery that closing a case concluded: what came is on one paper. Nothing came when there is none.
#[derive(Debug, Serialize, ToSchema)]
pub struct Closing {
    delivery: Option<RecordedEntry>,
}

/// Close the case at the counter
///
/// What is not received stays owed; drafts are kept. What came is concluded as one delivery.
#[utoipa::path(delete, path = "/counters/{station}/case", tag = "counter",
    responses((status = 200, body = Closing)))]
pub async fn close_case(
    State(app): State<App>,
    caller: Caller,
    At(station): At<StationId>,
) -> Result<Json<Closing>, Problem> {
    let delivery = counter::close_case(&app, caller.me(), station).await?.map(RecordedEntry::from);
    Ok(Json(Closing { delivery }))
}

/// A case as a counter sees it: its lines, the one in hand and what comes next
#[utoipa::path(get, path = "/counters/{station}/cases/{case}", tag = "counter",
    responses((status = 200, body = CaseAtCounter)))]
pub async fn case(
    State(app): State<App>,
    caller: Caller,
    At((station, case)): At<(StationId, CaseId)>,
) -> Result<Json<CaseAtCounter>, Problem> {
    Ok(Json(view::case(&app, caller.me(), station, case).await?))
}

/// A thing on no list.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Extra {
    /// What it is, its features and how many.
    description: String,
    /// A JPEG or PNG picture in base64.
    #[schema(content_encoding = "base64", example = json!(null))]
    photograph: Option<String>,
}

/// Report a thing that came and is on no list
///
/// Raises a difference that the delivering unit owns. Nothing is received.
#[utoipa::path(post, path = "/counters/{station}/extras", tag = "counter", params(Key),
    responses((status = 200, body = Receipt)))]
pub async fn report_extra(
    State(app): State<App>,
    caller: Caller,
    At(station): At<StationId>,
    Key(request): Key,
    Json(it): Json<Extra>,
) -> Result<Json<Receipt>, Problem> {
    let photograph = it.photograph.as_deref().map(bytes).transpose()?;
    let extra = ReportExtra { station, description: it.description, photograph, request };
    Ok(Json(receive::report_extra(&app, caller.me(), &extra).await?.into()))
}
