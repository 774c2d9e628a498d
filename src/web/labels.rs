//! Blank labels, on pages: ordered, accounted for, voided.

use super::{Fields, Page, PostedForm, Problem, Room, Visitor, Web, form::id};
use crate::web::in_address::InAddress;
use crate::{
    custody::{
        self, Error, Thing,
        access::{self, Work},
        blank::{self, Order},
    },
    domain::off_line::BlockPurpose,
    id::{BlockId, StationId},
};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect},
};
use serde_json::json;

/// `GET /labels`
pub async fn list(State(web): State<Web>, visitor: Visitor) -> Page {
    page(&web, &visitor, &Fields::default(), None).await
}

async fn page(web: &Web, visitor: &Visitor, typed: &Fields, refused: Option<&Error>) -> Page {
    let me = visitor.me();
    let blocks = blank::blocks(&web.app, me).await?;
    let orders = access::offers(me, Work::OrderingLabels);
    let stations = match orders {
        true => custody::station::of_my_unit(&web.app, me).await?,
        false => Vec::new(),
    };
    let here = custody::station::mine(&web.app, &visitor.session).await?;
    let voiding = match (&here, orders) {
        (Some(station), true) => blank::voiding(&web.app, me, station.id).await?,
        _ => None,
    };
    let (frame, code) = visitor.frame_after(web, Room::Labels, refused).await?;
    let sum = |part: fn(&blank::Block) -> i64| blocks.iter().map(part).sum::<i64>();
    let new: BlockId = web.app.ids.new_id();
    let context = json!({
        "frame": frame, "stations": stations, "here": here.map(|it| (it.id, it.name)), "voiding": voiding,
        "sums": { "issued": sum(|it| it.issued), "claimed": sum(|it| it.claimed), "void": sum(|it| it.void),
            "to_come": sum(|it| it.to_come), "missing": sum(|it| it.missing) },
        "blocks": blocks, "request": new,
        "typed": { "labels": typed.text("labels"), "purpose": typed.text("purpose"), "station": typed.text("station"),
            "code": typed.text("code"), "reason": typed.text("reason") },
    });
    Ok((code, web.page("labels.html", visitor.language(), context)?).into_response())
}

/// `GET /labels/{block}`
pub async fn block(State(web): State<Web>, visitor: Visitor, InAddress(block): InAddress<String>) -> Page {
    let view = blank::block(&web.app, visitor.me(), id(&block)?).await?;
    let frame = visitor.frame(&web, Room::Labels).await?;
    // What is blank before the last one that was used is missing.
    let last_used = view.labels.iter().rposition(|label| label.state == "claimed");
    let states = view.labels.iter().enumerate().map(|(at, label)| match label.state.as_str() {
        "blank" if last_used.is_some_and(|last| at < last) => "missing",
        state => state,
    });
    let states: Vec<&str> = states.collect();
    let context = json!({ "frame": frame, "states": states, "view": view });
    Ok(web.page("label_block.html", visitor.language(), context)?.into_response())
}

/// `POST /labels/{act}`: order, void, begin or end voiding by scan.
pub async fn act(
    State(web): State<Web>,
    InAddress(act): InAddress<String>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let (app, me) = (&web.app, visitor.me());
    let done = match act.as_str() {
        "order" => order(&web, &visitor, &fields).await,
        "void" => blank::void(app, me, fields.text("code"), fields.text("reason")).await,
        "voiding" => {
            let station = here(&web, &visitor).await?;
            blank::begin_voiding(app, me, station, fields.text("reason")).await
        }
        "end" => custody::counter::close_case(app, me, here(&web, &visitor).await?).await.map(drop),
        _ => return Err(Problem::NoSuchPage),
    };
    match done {
        Ok(()) => {
            let back = fields.filled("back").filter(|back| back.starts_with("/labels/"));
            Ok(Redirect::to(back.unwrap_or("/labels")).into_response())
        }
        Err(error @ (Error::Store(_) | Error::Random(_))) => Err(error.into()),
        Err(error) => page(&web, &visitor, &fields, Some(&error)).await,
    }
}

async fn here(web: &Web, visitor: &Visitor) -> Result<StationId, Error> {
    let station = custody::station::mine(&web.app, &visitor.session).await?;
    Ok(station.ok_or(Error::NotFound(Thing::Station))?.id)
}

async fn order(web: &Web, visitor: &Visitor, fields: &Fields) -> Result<(), Error> {
    let request: BlockId = fields.parse("request").unwrap_or_else(|| web.app.ids.new_id());
    let order = Order {
        station: fields.parse("station").ok_or(Error::NotFound(Thing::Station))?,
        purpose: BlockPurpose::from_word(fields.text("purpose")).unwrap_or(BlockPurpose::Roll),
        // What is no number is refused as none.
        labels: fields.parse("labels").unwrap_or(0),
    };
    blank::order(&web.app, visitor.me(), request, order).await?;
    Ok(())
}
