//! Deliveries, on pages: what came, what is missing, and the paper that both sides sign.

use super::{Page, PostedForm, Room, Visitor, Web};
use crate::web::in_address::InAddress;
use crate::{
    custody::{
        self, Error, Thing,
        delivery::{self, ConcludeDelivery},
    },
    id::{CaseId, PersonId},
};
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use serde_json::json;

/// The pages of this room.
pub fn routes() -> Router<Web> {
    Router::new().route("/deliveries", post(conclude)).route("/deliveries/{entry}", get(show))
}

/// What waits for its paper is put on one.
async fn conclude(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    let station = custody::station::mine(&web.app, &visitor.session).await?;
    let station = station.ok_or(Error::NotFound(Thing::Station))?.id;
    let case: CaseId = fields.parse("case").ok_or(Error::NotFound(Thing::Case))?;
    let delivered_by: PersonId = fields.parse("delivered_by").ok_or(Error::NotFound(Thing::Person))?;
    let wish = ConcludeDelivery { case, delivered_by, station, request: fields.parse("request") };
    let recorded = delivery::conclude(&web.app, visitor.me(), wish).await?;
    Ok(Redirect::to(&format!("/deliveries/{}", recorded.seq)).into_response())
}

async fn show(State(web): State<Web>, visitor: Visitor, InAddress(seq): InAddress<u64>) -> Page {
    let context = json!({
        "frame": visitor.frame(&web, Room::Cases).await?,
        "delivery": delivery::delivery(&web.app, visitor.me(), seq).await?,
    });
    Ok(web.page("delivery.html", visitor.language(), context)?.into_response())
}
