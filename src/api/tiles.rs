//! The ledger's head and tree for whoever watches it grow, at the addresses of C2SP tlog-tiles: `/checkpoint` and
//! `/tile/…`. Everybody may read them; the entries under `/tile/entries/` need a session that sees all.

use super::{caller, caller::Caller, error::Problem};
use crate::{
    app::App,
    custody::transparency,
    ledger::{Note, tree::tile::Address},
};
use axum::{
    Router,
    extract::{FromRequestParts, Path, Request, State},
    http::header,
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};

/// What never changes may be kept for ever.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

pub fn router(app: App) -> Router {
    Router::new()
        .route("/checkpoint", get(checkpoint))
        .route("/checkpoint/witnessed", get(witnessed))
        .route("/tile/{*path}", get(tile))
        .layer(middleware::from_fn_with_state(app.clone(), caller::recognise))
        .with_state(app)
}

async fn checkpoint(State(app): State<App>) -> Result<Response, Problem> {
    Ok(note(transparency::checkpoint(&app).await?))
}

async fn witnessed(State(app): State<App>) -> Result<Response, Problem> {
    Ok(note(transparency::witnessed(&app).await?))
}

fn note(note: Note) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, note.to_string()).into_response()
}

async fn tile(
    State(app): State<App>,
    Path(path): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (bytes, kept) = match transparency::address(&path)? {
        Address::Hashes(tile) => (transparency::tile(&app, tile).await?, IMMUTABLE),
        Address::Entries(tile) => {
            let (mut parts, _) = request.into_parts();
            let caller = Caller::from_request_parts(&mut parts, &app).await?;
            (transparency::entries(&app, caller.me(), tile).await?, "private, no-store")
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, kept),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, bytes).into_response())
}
