//! 名册: who and what there is, for administrators and those who see everything: people to search. They are changed on pages of
//! [`roster_people`](super::roster_people), units on those of [`roster_units`](super::roster_units), stations on those of
//! [`roster_stations`](super::roster_stations), stores on those of [`roster_stores`](super::roster_stores).

use super::{
    Page, Room, Visitor, Web, roster_people as people, roster_stations as stations, roster_stores as stores,
    roster_templates as templates, roster_units as units, table::pager,
};
use crate::{
    custody::{
        access::{self, Work},
        registered::{self, PEOPLE_PER_PAGE, PeopleFilter},
    },
    ledger::Standing,
};
use axum::{
    Router,
    extract::{Query, State},
    response::IntoResponse,
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
        .route("/roster/units", get(units::list))
        .route("/roster/units/new", get(units::new).post(units::add))
        .route("/roster/units/{unit}", get(units::show))
        .route("/roster/units/{unit}/{act}", post(units::act))
        .route("/roster/templates", get(templates::list))
        .route("/roster/templates/{file}", get(templates::sample))
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
