//! Who and what there is: people, units and stations, for administrators and those who see everything; administrators change it.

use super::{
    caller::Caller,
    error::Problem,
    message::{At, Json, QueryParams, RecordedEntry},
};
use crate::{
    app::App,
    clock::Moment,
    custody::{
        enrol,
        registered::{self, People, PeopleFilter, PersonView, StationLine, StationView, UnitLine},
        roster::{self, UnitDescription},
        staff::{self, Appointment, Newcomer, Slip},
    },
    domain::{Agency, AgencyKind, Role},
    id::{AgencyId, PersonId, StationId, UnitId},
    ledger::Standing,
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What this room answers to.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(people, enter))
        .routes(routes!(person, appoint))
        .routes(routes!(close))
        .routes(routes!(open))
        .routes(routes!(reset))
        .routes(routes!(units, register_unit))
        .routes(routes!(describe_unit))
        .routes(routes!(close_unit))
        .routes(routes!(open_unit))
        .routes(routes!(stations, add_station))
        .routes(routes!(station, describe_station))
        .routes(routes!(close_station))
        .routes(routes!(invite))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// In name and login.
    search: Option<String>,
    unit: Option<UnitId>,
    standing: Option<Standing>,
    /// How many to pass over; a hundred are answered.
    from: Option<usize>,
}

/// The people who may log in, or could
///
/// By agency, unit and login. For administrators, and for those who see everything.
#[utoipa::path(get, path = "/roster/people", tag = "roster", params(PeopleQuery), responses((status = 200, body = People)))]
pub async fn people(
    State(app): State<App>,
    caller: Caller,
    QueryParams(query): QueryParams<PeopleQuery>,
) -> Result<Json<People>, Problem> {
    let PeopleQuery { search, unit, standing, from } = query;
    let (text, from) = (search.unwrap_or_default(), from.unwrap_or_default());
    Ok(Json(registered::people(&app, caller.me(), &PeopleFilter { text, unit, standing, from }).await?))
}

/// Enter somebody
///
/// The first password is answered once and must be changed at the first login.
#[utoipa::path(post, path = "/roster/people", tag = "roster", responses((status = 200, body = Slip)))]
pub async fn enter(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<Newcomer>,
) -> Result<Json<Slip>, Problem> {
    Ok(Json(staff::enter(&app, caller.me(), &new).await?))
}

/// Somebody, and the entries about them
#[utoipa::path(get, path = "/roster/people/{person}", tag = "roster", responses((status = 200, body = PersonView)))]
pub async fn person(
    State(app): State<App>,
    caller: Caller,
    At(person): At<PersonId>,
) -> Result<Json<PersonView>, Problem> {
    Ok(Json(registered::person(&app, caller.me(), caller.language, person).await?))
}

/// Appoint somebody otherwise
///
/// Name, unit and roles as they are from now on. They are logged in nowhere afterwards. Nobody changes themselves.
#[utoipa::path(put, path = "/roster/people/{person}", tag = "roster", responses((status = 200, body = RecordedEntry)))]
pub async fn appoint(
    State(app): State<App>,
    caller: Caller,
    At(person): At<PersonId>,
    Json(it): Json<Appointment>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(staff::appoint(&app, caller.me(), person, &it).await?.into()))
}

/// Why somebody or something is changed; stands in the ledger.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChangeReason {
    pub(super) reason: String,
}

/// Close an account
///
/// Nobody logs in as them any more, and their keys end. What they did stays theirs.
#[utoipa::path(post, path = "/roster/people/{person}/close", tag = "roster",
    responses((status = 200, body = RecordedEntry)))]
pub async fn close(
    State(app): State<App>,
    caller: Caller,
    At(person): At<PersonId>,
    Json(it): Json<ChangeReason>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(staff::close(&app, caller.me(), person, &it.reason).await?.into()))
}

/// In which roles somebody comes back.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Reopening {
    roles: Vec<Role>,
    reason: String,
}

/// Open a closed account again
///
/// With a new first password, which is answered once.
#[utoipa::path(post, path = "/roster/people/{person}/open", tag = "roster", responses((status = 200, body = Slip)))]
pub async fn open(
    State(app): State<App>,
    caller: Caller,
    At(person): At<PersonId>,
    Json(it): Json<Reopening>,
) -> Result<Json<Slip>, Problem> {
    Ok(Json(staff::reopen(&app, caller.me(), person, (it.roles, &it.reason)).await?))
}

/// Give a new first password
///
/// The old one opens nothing any more; the new one is answered once.
#[utoipa::path(post, path = "/roster/people/{person}/password", tag = "roster", responses((status = 200, body = Slip)))]
pub async fn reset(
    State(app): State<App>,
    caller: Caller,
    At(person): At<PersonId>,
) -> Result<Json<Slip>, Problem> {
    Ok(Json(staff::reset(&app, caller.me(), person).await?))
}

/// The units of every agency
#[utoipa::path(get, path = "/roster/units", tag = "roster", responses((status = 200, body = Vec<UnitLine>)))]
pub async fn units(State(app): State<App>, caller: Caller) -> Result<Json<Vec<UnitLine>>, Problem> {
    Ok(Json(registered::units(&app, caller.me()).await?))
}

/// A unit, and of which agency.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewUnit {
    name: String,
    /// One that is registered; left out, the agency is a new one.
    agency: Option<AgencyId>,
    agency_name: String,
    agency_kind: AgencyKind,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RegisteredUnit {
    unit: UnitId,
    agency: AgencyId,
    entry: u64,
}

/// Register a unit
///
/// With an agency's first unit, the agency.
#[utoipa::path(post, path = "/roster/units", tag = "roster", responses((status = 200, body = RegisteredUnit)))]
pub async fn register_unit(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewUnit>,
) -> Result<Json<RegisteredUnit>, Problem> {
    let NewUnit { name, agency, agency_name, agency_kind } = new;
    let agency = agency.unwrap_or_else(|| app.ids.new_id());
    let of = Agency { id: agency, kind: agency_kind, name: agency_name };
    let (unit, recorded) = roster::register_unit(&app, caller.me(), &of, &name).await?;
    Ok(Json(RegisteredUnit { unit, agency, entry: recorded.seq }))
}

/// Rename a unit or its agency
///
/// Another name of the agency holds for all its units. Earlier papers keep the names of their time.
#[utoipa::path(put, path = "/roster/units/{unit}", tag = "roster", responses((status = 200, body = RecordedEntry)))]
pub async fn describe_unit(
    State(app): State<App>,
    caller: Caller,
    At(unit): At<UnitId>,
    Json(it): Json<UnitDescription>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(roster::describe_unit(&app, caller.me(), unit, &it).await?.into()))
}

/// Close a unit
///
/// Refused while somebody or something open is of it, or it answers for things.
#[utoipa::path(post, path = "/roster/units/{unit}/close", tag = "roster",
    responses((status = 200, body = RecordedEntry)))]
pub async fn close_unit(
    State(app): State<App>,
    caller: Caller,
    At(unit): At<UnitId>,
    Json(it): Json<ChangeReason>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(roster::set_unit_standing(&app, caller.me(), unit, Standing::Closed, &it.reason).await?.into()))
}

/// Open a closed unit again
#[utoipa::path(post, path = "/roster/units/{unit}/open", tag = "roster",
    responses((status = 200, body = RecordedEntry)))]
pub async fn open_unit(
    State(app): State<App>,
    caller: Caller,
    At(unit): At<UnitId>,
    Json(it): Json<ChangeReason>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(roster::set_unit_standing(&app, caller.me(), unit, Standing::Open, &it.reason).await?.into()))
}

/// The stations of every unit
#[utoipa::path(get, path = "/roster/stations", tag = "roster", responses((status = 200, body = Vec<StationLine>)))]
pub async fn stations(State(app): State<App>, caller: Caller) -> Result<Json<Vec<StationLine>>, Problem> {
    Ok(Json(registered::all_stations(&app, caller.me()).await?))
}

/// A station that is to be registered.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewStation {
    name: String,
    unit: UnitId,
    /// The address of its own page on its PC.
    page: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AddedStation {
    station: StationId,
    entry: u64,
}

/// Register a station
///
/// It cannot dial in before it is enrolled by a one-time code.
#[utoipa::path(post, path = "/roster/stations", tag = "roster", responses((status = 200, body = AddedStation)))]
pub async fn add_station(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewStation>,
) -> Result<Json<AddedStation>, Problem> {
    let said = (new.unit, new.name.as_str(), new.page.as_str());
    let (station, recorded) = enrol::add(&app, caller.me(), said).await?;
    Ok(Json(AddedStation { station, entry: recorded.seq }))
}

/// A station, and the entries about it
#[utoipa::path(get, path = "/roster/stations/{station}", tag = "roster", responses((status = 200, body = StationView)))]
pub async fn station(
    State(app): State<App>,
    caller: Caller,
    At(station): At<StationId>,
) -> Result<Json<StationView>, Problem> {
    Ok(Json(registered::station(&app, caller.me(), caller.language, station).await?))
}

/// Another name, unit or address of a station.
#[derive(Debug, Deserialize, ToSchema)]
pub struct StationDescription {
    name: String,
    unit: UnitId,
    page: String,
    reason: String,
}

/// Rename or move a station
///
/// Its key stays.
#[utoipa::path(put, path = "/roster/stations/{station}", tag = "roster",
    responses((status = 200, body = RecordedEntry)))]
pub async fn describe_station(
    State(app): State<App>,
    caller: Caller,
    At(station): At<StationId>,
    Json(it): Json<StationDescription>,
) -> Result<Json<RecordedEntry>, Problem> {
    let said = (it.unit, it.name.as_str(), it.page.as_str());
    Ok(Json(roster::describe_station(&app, caller.me(), station, said, &it.reason).await?.into()))
}

/// Close a station
///
/// Its connection ends at once, and its key and codes open nothing. A new code opens it again.
#[utoipa::path(post, path = "/roster/stations/{station}/close", tag = "roster",
    responses((status = 200, body = RecordedEntry)))]
pub async fn close_station(
    State(app): State<App>,
    caller: Caller,
    At(station): At<StationId>,
    Json(it): Json<ChangeReason>,
) -> Result<Json<RecordedEntry>, Problem> {
    Ok(Json(enrol::revoke_station(&app, caller.me(), station, &it.reason).await?.into()))
}

/// A code that is shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct StationCode {
    code: String,
    until: Moment,
}

/// Give a station a one-time code
///
/// Valid for a day; earlier unused ones end. A closed station is opened again by it.
#[utoipa::path(post, path = "/roster/stations/{station}/code", tag = "roster", responses((status = 200, body = StationCode)))]
pub async fn invite(
    State(app): State<App>,
    caller: Caller,
    At(station): At<StationId>,
) -> Result<Json<StationCode>, Problem> {
    let (code, until) = enrol::invite_station(&app, caller.me(), station).await?;
    Ok(Json(StationCode { code, until }))
}
