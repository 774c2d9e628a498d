//! The ledger: its entries as plain sentences, its balances, its head, and the proof that all of it holds.

use super::{
    as_of::AsOfQuery,
    caller::Caller,
    error::Problem,
    message::{At, Json, QueryParams},
    page::{Page, limit, not_a_cursor},
};
use crate::{
    app::App,
    clock::Moment,
    custody::{
        balances::{Balances, balances_as_of},
        ledger::{self, EntryLine, EntryView, Head, LedgerFilter, Report},
    },
};
use axum::extract::State;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LedgerQuery {
    /// One kind of entry: `seize`, `receive`, `exchange` …
    kind: Option<String>,
    /// Recorded at this moment or later.
    from: Option<Moment>,
    /// Recorded before this moment.
    until: Option<Moment>,
    /// An item's number, or what its label says.
    item: Option<String>,
    after: Option<String>,
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// Entries, newest first, each as a plain sentence
///
/// Those that concern my unit; auditors see all of them.
#[utoipa::path(get, path = "/entries", tag = "ledger", params(LedgerQuery),
    responses((status = 200, body = Page<EntryLine>)))]
pub async fn entries(
    State(app): State<App>,
    caller: Caller,
    QueryParams(it): QueryParams<LedgerQuery>,
) -> Result<Json<Page<EntryLine>>, Problem> {
    let before = it.after.as_deref().map(|it| it.parse().map_err(|_| not_a_cursor())).transpose()?;
    let LedgerQuery { kind, from, until, item, .. } = it;
    let wanted = LedgerFilter { before, kind, from, until, item, limit: limit(it.limit)? };
    let page = ledger::entries(&app, caller.me(), caller.language, &wanted).await?;
    Ok(Json(Page { items: page.entries, next: page.next.map(|seq| seq.to_string()) }))
}

/// One entry with everything that is known of it
#[utoipa::path(get, path = "/entries/{entry}", tag = "ledger", responses((status = 200, body = EntryView)))]
pub async fn entry(
    State(app): State<App>,
    caller: Caller,
    At(entry): At<u64>,
) -> Result<Json<EntryView>, Problem> {
    Ok(Json(ledger::entry(&app, caller.me(), caller.language, entry).await?))
}

/// The balances of both books
///
/// For those who see all of it.
#[utoipa::path(get, path = "/ledger/balances", tag = "ledger", params(AsOfQuery),
    responses((status = 200, body = Balances)))]
pub async fn balances(
    State(app): State<App>,
    caller: Caller,
    QueryParams(known): QueryParams<AsOfQuery>,
) -> Result<Json<Balances>, Problem> {
    let at = known.entry(&app, caller.me()).await?;
    Ok(Json(balances_as_of(&app, caller.me(), at).await?))
}

/// How many entries there are, and the root over all of them
#[utoipa::path(get, path = "/ledger/head", tag = "ledger", responses((status = 200, body = Head)))]
pub async fn head(State(app): State<App>, caller: Caller) -> Result<Json<Head>, Problem> {
    Ok(Json(ledger::head(&app, caller.me()).await?))
}

/// Prove the ledger again: every hash, rule, posting, balance and signature
///
/// For those who see all of it. `findings` is empty when everything holds.
#[utoipa::path(get, path = "/ledger/verification", tag = "ledger", responses((status = 200, body = Report)))]
pub async fn verify(State(app): State<App>, caller: Caller) -> Result<Json<Report>, Problem> {
    Ok(Json(ledger::check(&app, caller.me()).await?))
}

/// The stored bytes of one entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredEntry {
    entry: u64,
    /// Canonical JSON (RFC 8785), in base64, with its salt; what is hashed follows from it (docs/verify-without-hufu.md).
    #[schema(content_encoding = "base64")]
    bytes: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BytesQuery {
    after: Option<String>,
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// Entries as they are stored, oldest first
///
/// For those who see all of it, to check the hashes elsewhere.
#[utoipa::path(get, path = "/ledger/bytes", tag = "ledger", params(BytesQuery),
    responses((status = 200, body = Page<StoredEntry>)))]
pub async fn bytes(
    State(app): State<App>,
    caller: Caller,
    QueryParams(it): QueryParams<BytesQuery>,
) -> Result<Json<Page<StoredEntry>>, Problem> {
    let (limit, after) = (limit(it.limit)?, it.after.as_deref().unwrap_or("0"));
    let after = after.parse().map_err(|_| not_a_cursor())?;
    let found = ledger::export(&app, caller.me(), after).await?.into_iter();
    let stored = found.map(|(entry, bytes)| StoredEntry { entry, bytes: STANDARD.encode(bytes) }).collect();
    Ok(Json(Page::cut(stored, limit, |it: &StoredEntry| it.entry.to_string())))
}
