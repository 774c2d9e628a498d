//! Units of the roster: the list, registering one, the page of each, and what an administrator changes there.

use super::{Fields, Page, PostedForm, Problem, Room, Visitor, Web, form::id, roster_forms::beside};
use crate::web::in_address::InAddress;
use crate::{
    custody::{
        Error,
        access::{self, Work},
        registered::{self, UnitLine},
        roster::{self, UnitDescription},
    },
    domain::{Agency, AgencyKind},
    id::UnitId,
    ledger::Standing,
};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect},
};
use serde_json::json;

/// `GET /roster/units`
pub async fn list(State(web): State<Web>, visitor: Visitor) -> Page {
    let context = json!({
        "frame": visitor.frame(&web, Room::Roster).await?,
        "units": registered::units(&web.app, visitor.me()).await?,
        "may_register": access::offers(visitor.me(), Work::Administration),
    });
    Ok(web.page("roster_units.html", visitor.language(), context)?.into_response())
}

/// `GET /roster/units/{unit}`
pub async fn show(State(web): State<Web>, visitor: Visitor, InAddress(unit): InAddress<String>) -> Page {
    page(&web, &visitor, id(&unit)?, ("", &Fields::default()), None).await
}

/// A unit's page. `acted`: which of its forms came back, with what was typed there.
async fn page(
    web: &Web,
    visitor: &Visitor,
    unit: UnitId,
    (acted, typed): (&str, &Fields),
    wrong: Option<&Error>,
) -> Page {
    let view = registered::unit(&web.app, visitor.me(), visitor.language(), unit).await?;
    let (mut frame, code) = visitor.frame_after(web, Room::Roster, wrong).await?;
    if wrong.is_some() {
        frame.here = format!("/roster/units/{unit}");
    }
    let typed_or = |field: &str, known: &str| {
        if acted == "describe" { typed.text(field).to_owned() } else { known.to_owned() }
    };
    let context = json!({
        "frame": frame, "acted": acted, "name": typed_or("name", &view.unit.name),
        "agency_name": typed_or("agency_name", &view.unit.agency), "reason": typed.text("reason"),
        "wrong": beside(wrong, visitor.language()), "view": view,
    });
    Ok((code, web.page("roster_unit.html", visitor.language(), context)?).into_response())
}

/// `POST /roster/units/{unit}/{act}`
pub async fn act(
    State(web): State<Web>,
    InAddress((unit, act)): InAddress<(String, String)>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let (app, me, unit) = (&web.app, visitor.me(), id::<UnitId>(&unit)?);
    let reason = fields.text("reason");
    let done = match act.as_str() {
        "describe" => {
            let (name, agency_name) = (fields.text("name").to_owned(), fields.text("agency_name").to_owned());
            let said = UnitDescription { name, agency_name, reason: reason.to_owned() };
            roster::describe_unit(app, me, unit, &said).await
        }
        "close" => roster::set_unit_standing(app, me, unit, Standing::Closed, reason).await,
        "open" => roster::set_unit_standing(app, me, unit, Standing::Open, reason).await,
        _ => return Err(Problem::NoSuchPage),
    };
    match done {
        Ok(recorded) => {
            Ok(Redirect::to(&format!("/roster/units/{unit}?done={}", recorded.seq)).into_response())
        }
        Err(error) => page(&web, &visitor, unit, (&act, &fields), Some(&error)).await,
    }
}

/// `GET /roster/units/new`
pub async fn new(State(web): State<Web>, visitor: Visitor) -> Page {
    new_page(&web, &visitor, &Fields::default(), None).await
}

async fn new_page(web: &Web, visitor: &Visitor, typed: &Fields, wrong: Option<&Error>) -> Page {
    registered::may_register(visitor.me())?;
    let (frame, code) = visitor.frame_after(web, Room::Roster, wrong).await?;
    let mut agencies = registered::units(&web.app, visitor.me()).await?;
    agencies.dedup_by(|one, before| one.agency_id == before.agency_id);
    let context = json!({
        "frame": frame, "agencies": agencies, "kinds": AgencyKind::ALL,
        "agency": typed.text("agency"), "kind": typed.text("kind"), "agency_name": typed.text("agency_name"),
        "name": typed.text("name"), "wrong": beside(wrong, visitor.language()),
    });
    Ok((code, web.page("roster_unit_new.html", visitor.language(), context)?).into_response())
}

/// `POST /roster/units/new`
pub async fn add(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    registered::may_register(visitor.me())?;
    let known = registered::units(&web.app, visitor.me()).await?;
    let agency = agency(&web, &fields, &known);
    match roster::register_unit(&web.app, visitor.me(), &agency, fields.text("name")).await {
        Ok((unit, recorded)) => {
            Ok(Redirect::to(&format!("/roster/units/{unit}?done={}", recorded.seq)).into_response())
        }
        Err(error) => new_page(&web, &visitor, &fields, Some(&error)).await,
    }
}

/// The agency that was chosen, or the new one that was described. One without a name is refused by the ledger.
fn agency(web: &Web, fields: &Fields, known: &[UnitLine]) -> Agency {
    let chosen = known.iter().find(|it| it.agency_id.to_string() == fields.text("agency"));
    if let Some(it) = chosen {
        return Agency { id: it.agency_id, kind: it.kind, name: it.agency.clone() };
    }
    let kind = AgencyKind::from_word(fields.text("kind")).unwrap_or(AgencyKind::Police);
    Agency { id: web.app.ids.new_id(), kind, name: fields.text("agency_name").to_owned() }
}
