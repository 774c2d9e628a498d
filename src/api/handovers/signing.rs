//! Signatures are asked for here and given at a station, where the key is: what is signed is shown there.

use crate::{
    api::{
        caller::Caller,
        error::Problem,
        message::{At, Created, DONE, Done, Json},
    },
    app::App,
    custody::{
        conclude, offer,
        statement::{self, Side},
    },
    id::{HandoverId, SigningId, StationId},
};
use axum::extract::State;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// At which station; the one I stand at when absent.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SigningPlace)]
pub struct Place {
    station: Option<StationId>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SignatureRequest {
    /// The request, as the station shows it.
    request: SigningId,
}

/// Ask for my signature under an offer
///
/// The offer is made when it is signed at the station.
#[utoipa::path(post, path = "/handovers/{handover}/offer-signature", tag = "handovers",
    responses((status = 201, body = SignatureRequest)))]
pub async fn ask_giver(
    State(app): State<App>,
    caller: Caller,
    At(handover): At<HandoverId>,
    Json(it): Json<Place>,
) -> Result<Created<SignatureRequest>, Problem> {
    let station = it.station.or(caller.session.station);
    let request = offer::request_offer_signature(&app, caller.me(), handover, station).await?;
    Ok(Created(SignatureRequest { request }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Conclusion {
    /// How my unit numbers the case: one it has in the same matter, or a new one.
    case_number: String,
    /// At which station; the one I stand at when absent.
    station: Option<StationId>,
}

/// Ask for my signature under the answers
///
/// When it is signed at the station, accepted lines change duty in one entry; refused ones stay, each with a difference.
#[utoipa::path(post, path = "/handovers/{handover}/conclusion-signature", tag = "handovers",
    responses((status = 201, body = SignatureRequest)))]
pub async fn ask_receiver(
    State(app): State<App>,
    caller: Caller,
    At(handover): At<HandoverId>,
    Json(it): Json<Conclusion>,
) -> Result<Created<SignatureRequest>, Problem> {
    let station = it.station.or(caller.session.station);
    let request =
        conclude::request_conclusion_signature(&app, caller.me(), handover, &it.case_number, station).await?;
    Ok(Created(SignatureRequest { request }))
}

/// Take my unit's open request to sign back
#[utoipa::path(delete, path = "/handovers/{handover}/signature-request", tag = "handovers",
    responses((status = 204)))]
pub async fn take_back(State(app): State<App>, caller: Caller, At(handover): At<HandoverId>) -> Done {
    statement::take_back(&app, caller.me(), handover).await?;
    DONE
}

/// What is needed to check a signature without this program.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedBytes {
    /// The canonical bytes that were signed (RFC 8785), in base64.
    #[schema(content_encoding = "base64")]
    statement: String,
    /// SM2 over SM3, in DER, in base64.
    #[schema(content_encoding = "base64")]
    signature: String,
    /// In PEM.
    public_key: String,
}

/// What one side signed, with its signature and key
#[utoipa::path(get, path = "/handovers/{handover}/statements/{side}", tag = "handovers",
    responses((status = 200, body = SignedBytes)))]
pub async fn statement(
    State(app): State<App>,
    caller: Caller,
    At((handover, side)): At<(HandoverId, Side)>,
) -> Result<Json<SignedBytes>, Problem> {
    let it = statement::statement_bytes(&app, caller.me(), handover, side).await?;
    Ok(Json(SignedBytes {
        statement: STANDARD.encode(&it.bytes),
        signature: STANDARD.encode(&it.signature),
        public_key: it.public_pem,
    }))
}
