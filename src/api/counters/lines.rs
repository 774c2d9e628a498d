//! The line in hand: what is known of it before it is received, and how it ends.

use super::Receipt;
use crate::{
    api::{
        caller::Caller,
        error::Problem,
        idempotency::Key,
        imports::bytes,
        message::{At, Created, DONE, Done, Json},
    },
    app::App,
    custody::counter::{
        self, AtCounter,
        line::{self, SetQuantity},
        receive::{self, ReceiveLine, RefuseLine},
        steps,
    },
    id::{ItemId, SlotId, StationId},
};
use axum::extract::State;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::ToSchema;

/// Take a line of the open case in hand
#[utoipa::path(post, path = "/counters/{station}/items/{item}/pick", tag = "counter", responses((status = 204)))]
pub async fn pick(State(app): State<App>, caller: Caller, At(at): At<AtCounter>) -> Done {
    counter::pick(&app, caller.me(), at).await?;
    DONE
}

/// Ask the scale for a reading
///
/// The weight comes from the scale into the line's draft; it is never typed.
#[utoipa::path(post, path = "/counters/{station}/items/{item}/weigh", tag = "counter", responses((status = 204)))]
pub async fn weigh(State(app): State<App>, caller: Caller, At(at): At<AtCounter>) -> Done {
    line::weigh(&app, caller.me(), at, line::Weighed::Thing).await?;
    DONE
}

/// Ask the scale for the weight of what the thing is packed in
#[utoipa::path(post, path = "/counters/{station}/items/{item}/tare", tag = "counter", responses((status = 204)))]
pub async fn tare(State(app): State<App>, caller: Caller, At(at): At<AtCounter>) -> Done {
    line::weigh(&app, caller.me(), at, line::Weighed::Packing).await?;
    DONE
}

/// Say why the line is taken in although it does not weigh what the list says
///
/// A difference is raised when the line is received. Empty takes it back.
#[utoipa::path(put, path = "/counters/{station}/items/{item}/weight", tag = "counter", responses((status = 204)))]
pub async fn weight(
    State(app): State<App>,
    caller: Caller,
    At(at): At<AtCounter>,
    Json(it): Json<Words>,
) -> Done {
    steps::accept_weight(&app, caller.me(), at, &it.text).await?;
    DONE
}

/// Write down how many of each face value there are
///
/// `100×35 50×2`; together they are what came.
#[utoipa::path(put, path = "/counters/{station}/items/{item}/denominations", tag = "counter",
    responses((status = 204)))]
pub async fn denominations(
    State(app): State<App>,
    caller: Caller,
    At(at): At<AtCounter>,
    Json(it): Json<Words>,
) -> Done {
    steps::set_denominations(&app, caller.me(), at, &it.text).await?;
    DONE
}

/// How the second person proves who they are.
#[derive(Deserialize, ToSchema)]
pub struct SecondPerson {
    login: String,
    password: String,
}

/// The second person confirms the line
///
/// Another custodian of the unit, by login and password. Wrong ones are counted as at the login.
#[utoipa::path(post, path = "/counters/{station}/items/{item}/second-person", tag = "counter",
    responses((status = 204)))]
pub async fn second_person(
    State(app): State<App>,
    caller: Caller,
    At(at): At<AtCounter>,
    Json(it): Json<SecondPerson>,
) -> Done {
    steps::confirm_second(&app, caller.me(), at, (&it.login, &it.password)).await?;
    DONE
}

/// Some words; empty takes away what was written.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Words {
    text: String,
}

/// Write down the number of the seal
#[utoipa::path(put, path = "/counters/{station}/items/{item}/seal", tag = "counter", responses((status = 204)))]
pub async fn seal(
    State(app): State<App>,
    caller: Caller,
    At(at): At<AtCounter>,
    Json(it): Json<Words>,
) -> Done {
    line::set_seal(&app, caller.me(), at, &it.text).await?;
    DONE
}

/// Write a remark
#[utoipa::path(put, path = "/counters/{station}/items/{item}/remark", tag = "counter", responses((status = 204)))]
pub async fn remark(
    State(app): State<App>,
    caller: Caller,
    At(at): At<AtCounter>,
    Json(it): Json<Words>,
) -> Done {
    line::set_remark(&app, caller.me(), at, &it.text).await?;
    DONE
}

/// Say what is damaged
///
/// A difference is raised when the line is received.
#[utoipa::path(put, path = "/counters/{station}/items/{item}/damage", tag = "counter", responses((status = 204)))]
pub async fn damage(
    State(app): State<App>,
    caller: Caller,
    At(at): At<AtCounter>,
    Json(it): Json<Words>,
) -> Done {
    line::mark_damaged(&app, caller.me(), at, &it.text).await?;
    DONE
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ArrivedQuantity {
    /// What came, in the item's smallest unit.
    #[schema(minimum = 0)]
    #[serde(deserialize_with = "whole")]
    quantity: i64,
    /// Why it is less than what is owed.
    reason: String,
}

/// A whole number. One that no item could have is read as the largest there is, so that it is refused in words.
fn whole<'de, D: Deserializer<'de>>(value: D) -> Result<i64, D::Error> {
    let number = serde_json::Number::deserialize(value)?;
    let too_large = number.as_u64().map(|_| i64::MAX);
    number.as_i64().or(too_large).ok_or_else(|| D::Error::custom(format!("{number} is no whole number")))
}

/// Say how much came, when it is less than what is owed
#[utoipa::path(put, path = "/counters/{station}/items/{item}/quantity", tag = "counter", responses((status = 204)))]
pub async fn quantity(
    State(app): State<App>,
    caller: Caller,
    At(at): At<AtCounter>,
    Json(it): Json<ArrivedQuantity>,
) -> Done {
    let ArrivedQuantity { quantity, reason } = it;
    line::set_quantity(&app, caller.me(), &SetQuantity { at, quantity, reason }).await?;
    DONE
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Picture {
    /// A JPEG or PNG picture of at most 12 MB, in base64.
    #[schema(
        content_encoding = "base64",
        example = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
    )]
    pub content: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct KeptPicture {
    /// By which an entry names it, and `GET /api/v1/photographs/{digest}` shows it.
    pub digest: String,
}

/// Add a photograph
#[utoipa::path(post, path = "/counters/{station}/items/{item}/photographs", tag = "counter",
    responses((status = 201, body = KeptPicture)))]
pub async fn add_photograph(
    State(app): State<App>,
    caller: Caller,
    At(at): At<AtCounter>,
    Json(it): Json<Picture>,
) -> Result<Created<KeptPicture>, Problem> {
    let content = bytes(&it.content)?;
    let photograph = line::Photograph { at, content: &content };
    let digest = line::add_photograph(&app, caller.me(), &photograph).await?;
    Ok(Created(KeptPicture { digest }))
}

/// Take a photograph off the line again
#[utoipa::path(delete, path = "/counters/{station}/items/{item}/photographs/{digest}", tag = "counter",
    responses((status = 204)))]
pub async fn drop_photograph(
    State(app): State<App>,
    caller: Caller,
    At((station, item, digest)): At<(StationId, ItemId, String)>,
) -> Done {
    line::drop_photograph(&app, caller.me(), AtCounter { station, item }, &digest).await?;
    DONE
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Shelf {
    slot: SlotId,
}

/// Receive a line into a slot
///
/// Its label must have been scanned back. Takes the next owed line in hand.
#[utoipa::path(post, path = "/counters/{station}/items/{item}/receipt", tag = "counter", params(Key),
    responses((status = 200, body = Receipt)))]
pub async fn receive(
    State(app): State<App>,
    caller: Caller,
    At(at): At<AtCounter>,
    Key(request): Key,
    Json(Shelf { slot }): Json<Shelf>,
) -> Result<Json<Receipt>, Problem> {
    let wish = ReceiveLine { at, slot, request };
    Ok(Json(receive::receive_line(&app, caller.me(), &wish).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Reason {
    #[schema(example = "实物与清单不符")]
    reason: String,
}

/// Refuse a line
///
/// It stays owed, and a difference is raised.
#[utoipa::path(post, path = "/counters/{station}/items/{item}/refusal", tag = "counter", params(Key),
    responses((status = 200, body = Receipt)))]
pub async fn refuse(
    State(app): State<App>,
    caller: Caller,
    At(at): At<AtCounter>,
    Key(request): Key,
    Json(Reason { reason }): Json<Reason>,
) -> Result<Json<Receipt>, Problem> {
    let wish = RefuseLine { at, reason, request };
    Ok(Json(receive::refuse_line(&app, caller.me(), &wish).await?.into()))
}
