//! What stations took in, or counted, without a server: the list that waits, and one receipt with the lines it may be.

use super::{Fields, Page, PostedForm, Problem, Room, Visitor, Web, form::id};
use crate::custody::{
    Error, Thing,
    off_line::{self, EnterReceipt, Which},
};
use crate::web::in_address::InAddress;
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect},
};
use serde::Deserialize;
use serde_json::json;

/// `GET /off-line`
pub async fn list(State(web): State<Web>, visitor: Visitor) -> Page {
    let view = off_line::list(&web.app, visitor.me()).await?;
    let frame = visitor.frame(&web, Room::OffLine).await?;
    let context = json!({ "frame": frame, "it": view });
    Ok(web.page("off_line.html", visitor.language(), context)?.into_response())
}

#[derive(Default, Deserialize)]
pub struct Find {
    #[serde(default)]
    find: String,
}

/// `GET /off-line/{station}/{number}`
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(which): InAddress<Which>,
    Query(Find { find }): Query<Find>,
) -> Page {
    page(&web, &visitor, which, &find, &Fields::default(), None).await
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    which: Which,
    find: &str,
    typed: &Fields,
    refused: Option<&Error>,
) -> Page {
    let view = off_line::show(&web.app, visitor.me(), which, Some(find)).await?;
    let slots = match view.may_enter {
        true => off_line::slots(&web.app, visitor.me()).await?,
        false => Vec::new(),
    };
    let (frame, code) = visitor.frame_after(web, Room::OffLine, refused).await?;
    let chosen = |name: &str, likely: Option<String>| {
        typed.filled(name).map(str::to_owned).or(likely).unwrap_or_default()
    };
    let item = view.candidates.iter().find(|it| it.likely).map(|it| it.item.to_string());
    let context = json!({
        "frame": frame, "find": find, "slots": slots,
        "typed": {
            "item": chosen("item", item),
            "delivered_by": chosen("delivered_by", view.likely_deliverer.map(|it| it.to_string())),
            "slot": chosen("slot", view.slot.map(|it| it.to_string())),
            "quantity": chosen("quantity", Some(view.quantity.clone())),
            "reason": typed.text("reason"), "why": typed.text("why"),
        },
        "it": view,
    });
    Ok((code, web.page("off_line_receipt.html", visitor.language(), context)?).into_response())
}

/// `POST /off-line/{station}/{number}/{act}`: enter it, or set it aside.
pub async fn act(
    State(web): State<Web>,
    InAddress((station, number, act)): InAddress<(String, u64, String)>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let which = Which { station: id(&station)?, number };
    let (app, me) = (&web.app, visitor.me());
    let done = match act.as_str() {
        "enter" => match wish(&fields) {
            Ok(wish) => off_line::enter(app, me, which, &wish).await.map(off_line::EnterOutcome::recorded),
            Err(error) => Err(error),
        },
        "set-aside" => off_line::set_aside(app, me, which, fields.text("why")).await,
        _ => return Err(Problem::NoSuchPage),
    };
    match done {
        Ok(recorded) => Ok(Redirect::to(&format!("/off-line?done={}", recorded.seq)).into_response()),
        Err(error @ (Error::Store(_) | Error::Random(_))) => Err(error.into()),
        Err(error) => page(&web, &visitor, which, fields.text("find"), &fields, Some(&error)).await,
    }
}

fn wish(fields: &Fields) -> Result<EnterReceipt, Error> {
    Ok(EnterReceipt {
        item: fields.parse("item").ok_or(Error::NotFound(Thing::Item))?,
        delivered_by: fields.parse("delivered_by").ok_or(Error::NotFound(Thing::Person))?,
        slot: fields.parse("slot"),
        quantity: fields.filled("quantity").map(str::to_owned),
        reason: fields.text("reason").to_owned(),
    })
}

/// `POST /off-line/counts/{session}`: what was counted becomes a count.
pub async fn place(
    State(web): State<Web>,
    InAddress(session): InAddress<String>,
    PostedForm { visitor, .. }: PostedForm,
) -> Page {
    let count = off_line::place(&web.app, visitor.me(), id(&session)?).await?;
    Ok(Redirect::to(&format!("/counts/{count}")).into_response())
}
