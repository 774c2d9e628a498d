//! The two answers to a request: sign with the PIN, or decline with a reason. Afterwards the page says what happened.

use super::{Lang, Page, home};
use crate::signer::SignError;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use uuid::Uuid;
use zeroize::Zeroizing;

#[derive(Deserialize)]
pub(super) struct SignForm {
    token: String,
    pin: Zeroizing<String>,
    #[serde(default)]
    lang: Lang,
}

#[derive(Deserialize)]
pub(super) struct DeclineForm {
    token: String,
    pin: Zeroizing<String>,
    reason: String,
    #[serde(default)]
    lang: Lang,
}

pub(super) async fn sign(
    State(page): State<Page>,
    Path(request): Path<Uuid>,
    Form(form): Form<SignForm>,
) -> Response {
    if *page.token != *form.token {
        return home::refused(&page, form.lang, StatusCode::FORBIDDEN, None, form.lang.words().stale_page)
            .await;
    }
    match page.station.signer.sign(request, form.pin).await {
        Ok(()) => done(form.lang, "signed"),
        Err(error) => not_done(&page, form.lang, (request, false), &error).await,
    }
}

pub(super) async fn decline(
    State(page): State<Page>,
    Path(request): Path<Uuid>,
    Form(form): Form<DeclineForm>,
) -> Response {
    if *page.token != *form.token {
        return home::refused(&page, form.lang, StatusCode::FORBIDDEN, None, form.lang.words().stale_page)
            .await;
    }
    match page.station.signer.decline(request, form.pin, &form.reason).await {
        Ok(()) => done(form.lang, "declined"),
        Err(error) => not_done(&page, form.lang, (request, true), &error).await,
    }
}

/// After the answer the browser loads the page anew, so that going back cannot send the PIN again.
fn done(lang: Lang, what: &str) -> Response {
    Redirect::to(&format!("/?lang={}&done={what}", lang.code())).into_response()
}

async fn not_done(page: &Page, lang: Lang, about: (Uuid, bool), error: &SignError) -> Response {
    let code = match error {
        SignError::NoReason => StatusCode::BAD_REQUEST,
        SignError::WrongPin { .. } => StatusCode::FORBIDDEN,
        SignError::Locked { .. } => StatusCode::TOO_MANY_REQUESTS,
        SignError::NotPending | SignError::NoKey { .. } | SignError::NotUnderstood(_) => StatusCode::CONFLICT,
        SignError::KeyFile(_) | SignError::State(_) => {
            tracing::error!(%error, "signing failed");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    home::refused(page, lang, code, Some(about), &lang.half(&error.to_string())).await
}
