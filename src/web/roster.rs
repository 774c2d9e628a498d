//! 名册: who and what there is, for administrators and those who see everything: people to search, units, and a page of each unit. People
//! are changed on pages of [`roster_people`](super::roster_people), stations on those of [`roster_stations`](super::roster_stations), stores on those of
//! [`roster_stores`](super::roster_stores).

use super::{
    Page, PostedForm, Room, Visitor, Web,
    form::{Fields, id},
    roster_forms::beside,
    roster_people as people, roster_stations as stations, roster_stores as stores,
    table::pager,
};
use crate::web::in_address::InAddress;
use crate::{
    custody::{
        Error,
        access::{self, Work},
        registered::{self, PEOPLE_PER_PAGE, PeopleFilter, UnitLine},
        roster,
    },
    domain::{Agency, AgencyKind},
    ledger::Standing,
};
use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;

/// The pages of this room.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/roster", get(list))
        .route("/roster/people/new", get(people::new).post(people::enter))
        .route("/roster/people/{person}", get(people::show))
        .route("/roster/people/{person}/{act}", post(people::act))
        .route("/roster/units", get(units))
        .route("/roster/units/new", get(new_unit).post(register_unit))
        .route("/roster/units/{unit}", get(unit))
        .route("/roster/stores", get(stores::list))
        .route("/roster/stores/new", get(stores::new).post(stores::add))
        .route("/roster/stores/{store}", get(stores::show))
        .route("/roster/stores/{store}/{act}", post(stores::act))
        .route("/roster/stations", get(stations::list))
        .route("/roster/stations/new", get(stations::new).post(stations::add))
        .route("/roster/stations/{station}", get(stations::show))
        .route("/roster/stations/{station}/{act}", post(stations::act))
}

#[derive(Debug, Default, Deserialize)]
pub struct PeopleQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    standing: String,
    #[serde(default)]
    from: usize,
}

impl PeopleQuery {
    /// The address of a page of the same people.
    fn at(&self, from: usize) -> String {
        let pairs = [("q", self.q.as_str()), ("unit", &self.unit), ("standing", &self.standing)];
        let query = super::form::query_of(&pairs);
        format!("/roster?{query}from={from}")
    }
}

async fn list(State(web): State<Web>, visitor: Visitor, Query(query): Query<PeopleQuery>) -> Page {
    let wanted = PeopleFilter {
        text: query.q.trim().to_owned(),
        unit: query.unit.parse().ok(),
        standing: Standing::from_word(&query.standing),
        from: query.from,
    };
    let found = registered::people(&web.app, visitor.me(), &wanted).await?;
    let context = json!({
        "frame": visitor.frame(&web, Room::Roster).await?, "found": found,
        "units": registered::units(&web.app, visitor.me()).await?,
        "asked": { "q": wanted.text, "unit": query.unit, "standing": query.standing },
        "narrowed": wanted != PeopleFilter { from: wanted.from, ..PeopleFilter::default() },
        "pager": pager(found.total, wanted.from, PEOPLE_PER_PAGE, |from| query.at(from)),
        "may_register": access::offers(visitor.me(), Work::Administration),
    });
    Ok(web.page("roster.html", visitor.language(), context)?.into_response())
}

async fn units(State(web): State<Web>, visitor: Visitor) -> Page {
    let context = json!({
        "frame": visitor.frame(&web, Room::Roster).await?,
        "units": registered::units(&web.app, visitor.me()).await?,
        "may_register": access::offers(visitor.me(), Work::Administration),
    });
    Ok(web.page("roster_units.html", visitor.language(), context)?.into_response())
}

async fn unit(State(web): State<Web>, visitor: Visitor, InAddress(unit): InAddress<String>) -> Page {
    let view = registered::unit(&web.app, visitor.me(), id(&unit)?).await?;
    let context = json!({ "frame": visitor.frame(&web, Room::Roster).await?, "view": view });
    Ok(web.page("roster_unit.html", visitor.language(), context)?.into_response())
}

async fn new_unit(State(web): State<Web>, visitor: Visitor) -> Page {
    new_unit_page(&web, &visitor, &Fields::default(), None).await
}

async fn new_unit_page(web: &Web, visitor: &Visitor, typed: &Fields, wrong: Option<&Error>) -> Page {
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

async fn register_unit(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    registered::may_register(visitor.me())?;
    let known = registered::units(&web.app, visitor.me()).await?;
    let agency = agency(&web, &fields, &known);
    match roster::register_unit(&web.app, visitor.me(), &agency, fields.text("name")).await {
        Ok((unit, recorded)) => {
            Ok(Redirect::to(&format!("/roster/units/{unit}?done={}", recorded.seq)).into_response())
        }
        Err(error) => new_unit_page(&web, &visitor, &fields, Some(&error)).await,
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
