//! Stations of the roster: the list, entering one, the page of each, and what an administrator does there. A one-time code is shown on the
//! page that answers, and nowhere afterwards.

use super::{
    Page, PostedForm, Problem, Room, Visitor, Web,
    form::{Fields, id},
    roster_forms::{NewQuery, beside, done, unit},
};
use crate::web::in_address::InAddress;
use crate::{
    clock::Moment,
    custody::{
        Error,
        access::{self, Work},
        enrol, registered, roster,
    },
    id::StationId,
};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect},
};
use serde_json::json;

/// Where a station's own page is, unless it is said otherwise.
const PAGE: &str = "http://127.0.0.1:7717";

pub async fn list(State(web): State<Web>, visitor: Visitor) -> Page {
    let context = json!({
        "frame": visitor.frame(&web, Room::Roster).await?,
        "stations": registered::all_stations(&web.app, visitor.me()).await?,
        "may_register": access::offers(visitor.me(), Work::Administration),
    });
    Ok(web.page("roster_stations.html", visitor.language(), context)?.into_response())
}

pub async fn new(State(web): State<Web>, visitor: Visitor, Query(query): Query<NewQuery>) -> Page {
    let typed = [("unit", query.unit), ("page", PAGE.to_owned())];
    let typed = Fields(typed.map(|(name, value)| (name.to_owned(), value)).to_vec());
    new_page(&web, &visitor, &typed, None).await
}

async fn new_page(web: &Web, visitor: &Visitor, typed: &Fields, wrong: Option<&Error>) -> Page {
    registered::may_register(visitor.me())?;
    let (frame, code) = visitor.frame_after(web, Room::Roster, wrong).await?;
    let context = json!({
        "frame": frame, "units": registered::units(&web.app, visitor.me()).await?,
        "name": typed.text("name"), "unit": typed.text("unit"), "page": typed.text("page"),
        "wrong": beside(wrong, visitor.language()),
    });
    Ok((code, web.page("roster_station_new.html", visitor.language(), context)?).into_response())
}

pub async fn add(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    let (app, me) = (&web.app, visitor.me());
    let said = (unit(&fields), fields.text("name"), fields.text("page"));
    match enrol::add(app, me, said).await {
        Ok((station, recorded)) => {
            let given = enrol::invite_station(app, me, station).await?;
            shown_once(&web, &visitor, station, (given, Some(recorded.seq))).await
        }
        Err(error) => new_page(&web, &visitor, &fields, Some(&error)).await,
    }
}

/// The page with the one-time code, in place of the one that the form stood on. It is kept by no browser.
async fn shown_once(
    web: &Web,
    visitor: &Visitor,
    station: StationId,
    ((code, until), entry): ((String, Moment), Option<u64>),
) -> Page {
    let view = registered::station(&web.app, visitor.me(), visitor.language(), station).await?;
    let mut frame = visitor.frame(web, Room::Roster).await?;
    frame.here = format!("/roster/stations/{station}");
    if let Some(entry) = entry {
        frame.notices.push(done(web, visitor.language(), entry)?);
    }
    let context = json!({
        "frame": frame, "station": view.station, "code": code, "until": until, "address": web.app.address,
    });
    Ok(web.page("roster_code.html", visitor.language(), context)?.into_response())
}

pub async fn show(State(web): State<Web>, visitor: Visitor, InAddress(station): InAddress<String>) -> Page {
    page(&web, &visitor, id(&station)?, ("", &Fields::default()), None).await
}

/// A station's page. `acted`: which of its forms came back, with what was typed there.
async fn page(
    web: &Web,
    visitor: &Visitor,
    station: StationId,
    (acted, typed): (&str, &Fields),
    wrong: Option<&Error>,
) -> Page {
    let view = registered::station(&web.app, visitor.me(), visitor.language(), station).await?;
    let (mut frame, code) = visitor.frame_after(web, Room::Roster, wrong).await?;
    if wrong.is_some() {
        frame.here = format!("/roster/stations/{station}");
    }
    let typed_or = |field: &str, known: String| {
        if acted == "describe" { typed.text(field).to_owned() } else { known }
    };
    let it = view.station.clone();
    let context = json!({
        "frame": frame, "units": registered::units(&web.app, visitor.me()).await?, "acted": acted,
        "name": typed_or("name", it.name), "unit": typed_or("unit", it.unit_id.to_string()),
        "page": typed_or("page", it.page), "reason": typed.text("reason"),
        "wrong": beside(wrong, visitor.language()), "view": view,
    });
    Ok((code, web.page("roster_station.html", visitor.language(), context)?).into_response())
}

pub async fn act(
    State(web): State<Web>,
    InAddress((station, act)): InAddress<(String, String)>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let (app, me, station) = (&web.app, visitor.me(), id::<StationId>(&station)?);
    let reason = fields.text("reason");
    let done = match act.as_str() {
        "describe" => {
            let said = (unit(&fields), fields.text("name"), fields.text("page"));
            roster::describe_station(app, me, station, said, reason).await
        }
        "close" => enrol::revoke_station(app, me, station, reason).await,
        "invite" => match enrol::invite_station(app, me, station).await {
            Ok(given) => return shown_once(&web, &visitor, station, (given, None)).await,
            Err(error) => Err(error),
        },
        _ => return Err(Problem::NoSuchPage),
    };
    match done {
        Ok(recorded) => {
            Ok(Redirect::to(&format!("/roster/stations/{station}?done={}", recorded.seq)).into_response())
        }
        Err(error) => page(&web, &visitor, station, (&act, &fields), Some(&error)).await,
    }
}
