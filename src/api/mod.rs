//! What other programs speak to: stations ([`station`]), and REST under `/api/v1`: everything a page can do, by the same
//! verbs. Each file is one resource: a handler reads the
//! request, asks `custody`, writes the answer; permission is asked there. [`openapi`] describes all of it, from the code,
//! at `/api/openapi.json`, and [`docs`] for people at `/api`.
//!
//! Schemas are derived where the plain structs of the verbs stand (`utoipa::ToSchema` beside `Serialize`), because a
//! schema is a description of a struct as its JSON is; a second set of structs here would only be the first one again,
//! drifting. Structs stand here only for requests that no verb takes as one.

#![expect(unused_qualifications, reason = "the macros that describe parameters write whole paths")]

pub mod approvals;
pub mod as_of;
pub mod blanks;
pub mod caller;
pub mod cases;
pub mod corrections;
pub mod counters;
pub mod counts;
pub mod deliveries;
pub mod desk;
pub mod differences;
pub mod disposals;
pub mod docs;
pub mod error;
pub mod files;
pub mod handovers;
pub mod idempotency;
pub mod imports;
pub mod items;
pub mod keys;
pub mod ledger;
pub mod loans;
pub mod losses;
pub mod message;
pub mod moves;
pub mod off_line;
pub mod openapi;
pub mod page;
pub mod places;
pub mod proofs;
pub mod reprints;
pub mod roster;
pub mod rules;
pub mod sessions;
pub mod station;
pub mod stations;
pub mod stores;
pub mod tiles;
pub mod witness;

use crate::{app::App, custody};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use error::{Envelope, ErrorBody, Problem};

/// What is read of an ordinary request. Whoever sends more needs a reason, and gets a room of its own below.
const BODY_MAX_BYTES: usize = 256 << 10;
/// Login and password: asked of everybody, before anybody is known.
const LOGIN_MAX_BYTES: usize = 8 << 10;
/// Many rows in one request: a thousand moves, a list of five thousand things, a handover of fifty thousand lines.
const ROWS_MAX_BYTES: usize = 8 << 20;
/// Photographs and lists come as base64 inside JSON. The same as for pages, and a third more.
const FILE_MAX_BYTES: usize = 43 << 20;

/// Every address of the API, under `/api`.
pub fn router(app: App) -> Router {
    let (api, document) = described();
    let written = docs::Written::of(&document);
    Router::new()
        .merge(api)
        .route("/", get(docs::page))
        .route("/style.css", get(docs::style))
        .route("/openapi.json", get(docs::document))
        .layer(axum::Extension(written))
        .fallback(|| async { Problem::no_such_address() })
        .method_not_allowed_fallback(|| async { Problem::no_such_method() })
        .layer(DefaultBodyLimit::max(BODY_MAX_BYTES))
        .layer(middleware::from_fn(in_time))
        .layer(middleware::from_fn_with_state(app.clone(), caller::recognise))
        .layer(middleware::map_response(guarded))
        .with_state(app)
}

/// The OpenAPI document of all of it.
pub fn document() -> OpenApi {
    described().1
}

fn described() -> (Router<App>, OpenApi) {
    let v1 = people().merge(things()).merge(counter()).merge(handover()).merge(books());
    let (router, document) = OpenApiRouter::default().nest("/v1", v1).split_for_parts();
    (router, openapi::complete(openapi::blank().nest("/api", document)))
}

fn people() -> OpenApiRouter<App> {
    let door = OpenApiRouter::default()
        .routes(routes!(sessions::log_in))
        .routes(routes!(sessions::change_password))
        .layer(DefaultBodyLimit::max(LOGIN_MAX_BYTES));
    OpenApiRouter::default()
        .merge(door)
        .routes(routes!(sessions::log_out))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::end))
        .routes(routes!(sessions::me))
        .routes(routes!(sessions::set_language))
        .routes(routes!(stations::choose))
        .routes(routes!(stations::list))
        .merge(roster::routes())
        .merge(places::routes())
        .routes(routes!(desk::show))
        .routes(routes!(approvals::waiting))
        .routes(routes!(rules::show))
}

fn things() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .merge(files())
        .merge(many_rows())
        .merge(deliveries::routes())
        .merge(disposals::routes())
        .merge(loans::routes())
        .merge(losses::routes())
        .merge(keys::routes())
        .routes(routes!(cases::list, cases::open))
        .routes(routes!(cases::show))
        .routes(routes!(imports::show, imports::discard))
        .routes(routes!(imports::confirm))
        .routes(routes!(imports::begin))
        .routes(routes!(imports::split))
        .routes(routes!(imports::read_again))
        .routes(routes!(items::list))
        .routes(routes!(items::find))
        .routes(routes!(items::show))
        .routes(routes!(items::life))
        .routes(routes!(files::photograph))
        .routes(routes!(files::original))
        .routes(routes!(stores::list))
        .routes(routes!(stores::show))
        .routes(routes!(stores::slot))
        .routes(routes!(stores::label))
}

/// Where files come.
fn files() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(imports::open_lists, imports::upload))
        .routes(routes!(counters::lines::add_photograph))
        .routes(routes!(corrections::add_photograph))
        .layer(middleware::from_fn(caller::taken_in))
        .layer(DefaultBodyLimit::max(FILE_MAX_BYTES))
}

/// Where one request says something of many things.
fn many_rows() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(imports::amend, imports::add_rows))
        .routes(routes!(moves::move_all))
        .routes(routes!(handovers::suggest))
        .routes(routes!(handovers::leave_out))
        .routes(routes!(handovers::put_in))
        .routes(routes!(handovers::tell))
        .routes(routes!(handovers::inspection::answer))
        .layer(middleware::from_fn(caller::taken_in))
        .layer(DefaultBodyLimit::max(ROWS_MAX_BYTES))
}

fn counter() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(counters::show))
        .routes(routes!(counters::stand, counters::leave))
        .routes(routes!(counters::open_case, counters::close_case))
        .routes(routes!(counters::case))
        .routes(routes!(counters::report_extra))
        .routes(routes!(counters::tray::use_tray))
        .routes(routes!(counters::tray::print_all))
        .routes(routes!(counters::tray::same_for_alike))
        .routes(routes!(counters::tray::itemise))
        .routes(routes!(counters::tray::receive_tray))
        .routes(routes!(counters::lines::pick))
        .routes(routes!(counters::lines::weigh))
        .routes(routes!(counters::lines::tare))
        .routes(routes!(counters::lines::weight))
        .routes(routes!(counters::lines::denominations))
        .routes(routes!(counters::lines::second_person))
        .routes(routes!(counters::lines::seal))
        .routes(routes!(counters::lines::remark))
        .routes(routes!(counters::lines::damage))
        .routes(routes!(counters::lines::quantity))
        .routes(routes!(counters::lines::drop_photograph))
        .routes(routes!(counters::lines::receive))
        .routes(routes!(counters::lines::refuse))
        .routes(routes!(counters::labels::print))
        .routes(routes!(counters::labels::preview))
        .routes(routes!(counters::labels::came_out))
        .routes(routes!(counters::labels::spoil))
        .routes(routes!(blanks::list, blanks::order))
        .routes(routes!(blanks::show))
        .routes(routes!(blanks::void))
        .routes(routes!(reprints::reprint_labels))
        .routes(routes!(off_line::list))
        .routes(routes!(off_line::show))
        .routes(routes!(off_line::enter))
        .routes(routes!(off_line::set_aside))
        .routes(routes!(off_line::place))
}

fn handover() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(handovers::list, handovers::begin))
        .routes(routes!(handovers::choices))
        .routes(routes!(handovers::show, handovers::discard))
        .routes(routes!(handovers::inspection::accept_rest))
        .routes(routes!(handovers::signing::ask_giver))
        .routes(routes!(handovers::signing::ask_receiver))
        .routes(routes!(handovers::signing::take_back))
        .routes(routes!(handovers::signing::statement))
        .routes(routes!(handovers::withdraw))
}

fn books() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(counts::list, counts::start))
        .routes(routes!(counts::choices))
        .routes(routes!(counts::show))
        .routes(routes!(counts::here))
        .routes(routes!(counts::observe))
        .routes(routes!(counts::remark))
        .routes(routes!(counts::finish, counts::result))
        .routes(routes!(counts::cancel))
        .routes(routes!(differences::list))
        .routes(routes!(differences::show))
        .routes(routes!(differences::settle))
        .routes(routes!(ledger::entries))
        .routes(routes!(ledger::entry))
        .routes(routes!(proofs::entry))
        .routes(routes!(proofs::item))
        .routes(routes!(proofs::handover))
        .routes(routes!(proofs::standing))
        .routes(routes!(ledger::balances))
        .routes(routes!(corrections::declare))
        .routes(routes!(corrections::list))
        .routes(routes!(corrections::show))
        .routes(routes!(corrections::ask))
        .routes(routes!(corrections::answer))
        .routes(routes!(corrections::record))
        .routes(routes!(ledger::head))
        .routes(routes!(witness::standing))
        .routes(routes!(witness::refusals))
        .routes(routes!(ledger::verify))
        .routes(routes!(ledger::bytes))
        .routes(routes!(files::paper))
}

async fn in_time(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let answer = custody::in_time(&path, next.run(request)).await;
    answer.unwrap_or_else(|error| Problem::from(error).into_response())
}

/// Nothing is kept by browsers or proxies, and no answer is taken for something else than it says.
async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    response
}
