//! Every page's address.

use super::{
    Problem, Web, account, approvals, cases, corrections, counter, counts, deliveries, desk, disposals,
    error_layer, handovers, help, import, items, keys, kit, labels, ledger, live, loans, login, losses,
    off_line, papers, photographs, proof, reconciliation, render, reprint, roster, rules, shelf_labels,
    stores, table, visitor::any_visitor,
};
use crate::custody;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, Request, State},
    http::{HeaderValue, Method, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

/// What is read of an ordinary form.
const FORM: DefaultBodyLimit = DefaultBodyLimit::max(256 << 10);
/// Login and password: asked of everybody, before anybody is known.
const LOGIN: DefaultBodyLimit = DefaultBodyLimit::max(8 << 10);
/// Forms that say something of each row of a long list.
const ROWS: DefaultBodyLimit = DefaultBodyLimit::max(8 << 20);
/// Photographs and lists are uploaded; nothing larger is read.
const FILE: DefaultBodyLimit = DefaultBodyLimit::max(32 << 20);

pub fn router(web: Web) -> Router {
    let taken_in = middleware::from_fn_with_state(web.clone(), taken_in);
    let (file, rows) = ((taken_in.clone(), FILE), (taken_in, ROWS));
    Router::new()
        .merge(deliveries::routes())
        .merge(disposals::routes())
        .merge(loans::routes())
        .merge(losses::routes())
        .merge(approvals::routes())
        .merge(keys::routes())
        .merge(kit::routes())
        .merge(roster::routes())
        .merge(help::routes())
        .merge(rules::routes())
        .route("/login", get(login::show).post(login::log_in).layer(LOGIN))
        .route("/logout", post(login::log_out))
        .route("/password", get(login::show_password).post(login::change_password).layer(LOGIN))
        .route("/language", get(account::language))
        .route("/theme", get(account::theme))
        .route("/frame", get(account::frame))
        .route("/counter", get(counter::show))
        .route("/counter/station", post(counter::station))
        .route("/counter/stand", post(counter::stand))
        .route("/counter/leave", post(counter::leave))
        .route("/counter/label/{item}", get(counter::label))
        .route("/counter/{case}", get(counter::case))
        .route("/counter/{case}/photo", post(counter::photo).layer(file.clone()))
        .route("/counter/{case}/extra", post(counter::extra).layer(file.clone()))
        .route("/counter/{case}/{act}", post(counter::act))
        .route("/labels", get(labels::list))
        .route("/labels/again", get(reprint::show).post(reprint::act))
        .route("/labels/{block}", get(labels::block).post(labels::act))
        .route("/off-line", get(off_line::list))
        .route("/off-line/counts/{session}", post(off_line::place))
        .route("/off-line/{station}/{number}", get(off_line::show))
        .route("/off-line/{station}/{number}/{act}", post(off_line::act))
        .route("/papers/{seq}", get(papers::paper))
        .route("/check", get(proof::ask))
        .route("/check/{code}", get(proof::check))
        .route("/proof/{what}/{which}", get(proof::file))
        .route("/me", get(account::me))
        .route("/me/sessions/{session}", post(account::end_session))
        .route("/", get(desk::show))
        .route("/cases", get(cases::list))
        .route("/cases/new", get(cases::new).post(cases::open))
        .route("/cases/{id}", get(cases::show))
        .route("/import", get(import::choose).post(import::upload).layer(file.clone()))
        .route("/import/template.xlsx", get(import::template))
        .route("/import/{id}", get(import::preview).post(import::act).layer(rows.clone()))
        .route("/import/{id}/photo", post(import::photograph).layer(file.clone()))
        .route("/import/{id}/unphoto", post(import::drop_photograph))
        .route("/import/{id}/list.pdf", get(import::paper))
        .route("/photographs/{digest}", get(photographs::shown))
        .route("/photographs/{digest}/small", get(photographs::listed))
        .route("/photographs/{digest}/original", get(photographs::original))
        .route("/items", get(items::list))
        .route("/items/labels", post(items::reprint_chosen))
        .route("/items/move", post(items::move_chosen))
        .route("/items/offer", post(items::offer_chosen))
        .route("/items/borrow", post(items::borrow_chosen))
        .route("/items/dispose", post(items::dispose_chosen))
        .route("/columns", post(table::choose))
        .route("/items/{id}", get(items::show))
        .route("/scan", get(items::scan))
        .route("/handovers", get(handovers::list).post(handovers::begin).layer(rows.clone()))
        .route("/handovers/new", get(handovers::new))
        .route("/handovers/{id}", get(handovers::show))
        .route("/handovers/{id}/{act}", post(handovers::act).layer(rows.clone()))
        .route("/handovers/{id}/signed/{file}", get(handovers::signed))
        .route("/live", get(live::live))
        .route("/counts", get(counts::list).post(counts::start))
        .route("/counts/{id}", get(counts::show))
        .route("/counts/{id}/scan", post(counts::scan))
        .route("/counts/{id}/remark", post(counts::remark))
        .route("/counts/{id}/here", post(counts::here))
        .route("/counts/{id}/finish", post(counts::finish))
        .route("/counts/{id}/cancel", post(counts::cancel))
        .route("/reconciliation", get(reconciliation::list))
        .route("/reconciliation/{id}", get(reconciliation::show).post(reconciliation::settle))
        .route("/ledger", get(ledger::list))
        .route("/ledger/balances", get(ledger::balances))
        .route("/ledger/check", get(ledger::about_check).post(ledger::check))
        .route("/ledger/export", get(ledger::export))
        .route("/ledger/{seq}", get(ledger::show))
        .route("/ledger/{seq}/error", post(corrections::declare))
        .route("/corrections", get(corrections::list))
        .route("/corrections/{declaration}", get(corrections::show))
        .route("/corrections/{declaration}/describe", post(corrections::describe).layer(FILE))
        .route("/corrections/{declaration}/{act}", post(corrections::act))
        .route("/stores", get(stores::list))
        .route("/stores/{store}/labels", get(shelf_labels::show).post(shelf_labels::act))
        .route("/stores/{id}", get(stores::show))
        .route("/slots/{id}", get(stores::slot))
        .route("/slots/{id}/label.png", get(stores::slot_label))
        .route("/static/{name}", get(static_file))
        .method_not_allowed_fallback(nearest_page)
        .fallback(|| async { Problem::NoSuchPage })
        .layer(FORM)
        .layer(middleware::from_fn(in_time))
        .layer(middleware::from_fn_with_state(web.clone(), error_layer::error_page))
        .layer(middleware::map_response(guarded))
        .with_state(web)
}

/// Whoever reads an address that only takes forms — loading again, another language — is led to the page above it.
async fn nearest_page(request: Request) -> Response {
    let above = request.uri().path().rsplit_once('/').map_or("", |(above, _)| above);
    match *request.method() {
        Method::GET | Method::HEAD => {
            Redirect::to(if above.is_empty() { "/" } else { above }).into_response()
        }
        _ => Problem::NoSuchPage.into_response(),
    }
}

/// Takes in what may be large in a turn, which lasts until it is answered: it lies in memory for as long.
async fn taken_in(State(web): State<Web>, request: Request, next: Next) -> Response {
    if request.method() == Method::GET {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let taken = async {
        let visitor = any_visitor(&parts, &web).await?;
        Ok::<_, Problem>(custody::turn(&web.app.costly.uploads, visitor.me()).await?)
    };
    match taken.await {
        Ok(_turn) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => problem.into_response(),
    }
}

async fn in_time(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let answer = custody::in_time(&path, next.run(request)).await;
    answer.unwrap_or_else(|error| Problem::from(error).into_response())
}

/// Nothing but our own scripts, styles and pictures, and no page of ours inside another's.
async fn guarded(mut response: Response) -> Response {
    const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
        frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'";
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The address of a file carries a digest of its content, so it is kept for ever.
async fn static_file(Path(name): Path<String>) -> Response {
    match render::static_file(&name) {
        Some(file) => {
            let forever = "public, max-age=31536000, immutable";
            ([(header::CONTENT_TYPE, file.mime), (header::CACHE_CONTROL, forever)], file.text).into_response()
        }
        None => Problem::NoSuchPage.into_response(),
    }
}
