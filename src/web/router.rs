//! Every page's address.

use super::{Problem, Web, account, cases, desk, face, import, items, live, login, render};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path},
    http::{HeaderValue, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};

/// Photographs and lists are uploaded; nothing larger is read.
const BODY_MAX_BYTES: usize = 32 << 20;

pub fn router(web: Web) -> Router {
    Router::new()
        .route("/login", get(login::show).post(login::log_in))
        .route("/logout", post(login::log_out))
        .route("/password", get(login::show_password).post(login::change_password))
        .route("/language", get(account::language))
        .route("/frame", get(account::frame))
        .route("/me", get(account::me))
        .route("/", get(desk::show))
        .route("/cases", get(cases::list))
        .route("/cases/new", get(cases::new).post(cases::open))
        .route("/cases/{id}", get(cases::show))
        .route("/import", get(import::choose).post(import::upload))
        .route("/import/{id}", get(import::preview).post(import::act))
        .route("/items", get(items::list))
        .route("/items/{id}", get(items::show))
        .route("/scan", get(items::scan))
        .route("/live", get(live::live))
        .route("/static/{name}", get(static_file))
        .fallback(|| async { Problem::NoSuchPage })
        .layer(DefaultBodyLimit::max(BODY_MAX_BYTES))
        .layer(middleware::from_fn_with_state(web.clone(), face::give_face))
        .layer(middleware::map_response(guarded))
        .with_state(web)
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
