//! What an error says: what happened, that nothing was lost, what to do. The cause goes into the log once, here, under
//! a number the page shows.

use super::{Web, frame::Frame, render::RenderError};
use crate::{custody::Error, language::Language};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde_json::json;
use std::sync::Arc;

/// What a page handler answers.
pub type Page = Result<Response, Problem>;

/// Why there is no page.
#[derive(Clone, Debug)]
pub enum Problem {
    /// A verb said no.
    Custody(Arc<Error>),
    /// A template could not be filled: our mistake.
    Broken(Arc<RenderError>),
    /// Nobody is logged in, or the session has ended: to the login, and back here after.
    LogIn {
        back: String,
    },
    /// The first password must be changed before anything else.
    ChangePassword,
    /// A form without our token, or from another site.
    Stale,
    /// Bytes that are no form.
    BadForm,
    NoSuchPage,
}

impl From<RenderError> for Problem {
    fn from(error: RenderError) -> Problem {
        Problem::Broken(Arc::new(error))
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem::Custody(Arc::new(error))
    }
}

impl IntoResponse for Problem {
    /// The status; the page itself is made by the layer around all pages, which knows the templates.
    fn into_response(self) -> Response {
        let status = match &self {
            Problem::LogIn { back } => {
                return Redirect::to(&format!("/login?back={}", encoded(back))).into_response();
            }
            Problem::ChangePassword => return Redirect::to("/password").into_response(),
            Problem::Custody(error) => status(error),
            Problem::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Problem::Stale => StatusCode::FORBIDDEN,
            Problem::BadForm => StatusCode::BAD_REQUEST,
            Problem::NoSuchPage => StatusCode::NOT_FOUND,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The HTTP status of a verb's no; the same for pages and API.
pub fn status(error: &Error) -> StatusCode {
    match error {
        Error::Refused(_) | Error::Conflict(_) => StatusCode::CONFLICT,
        Error::NotFound(_) | Error::NotYet(_) => StatusCode::NOT_FOUND,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Store(_) | Error::Random(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Path and query as a value in another address.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

pub(super) fn problem_word(problem: &Problem) -> &'static str {
    match problem {
        Problem::Custody(error) => match **error {
            Error::NotFound(_) => "not_found",
            Error::Store(_) | Error::Random(_) => "broken",
            _ => "refused",
        },
        Problem::Broken(_) => "broken",
        Problem::NoSuchPage => "not_found",
        Problem::Stale | Problem::LogIn { .. } | Problem::ChangePassword | Problem::BadForm => "stale",
    }
}

pub(super) fn context(
    problem: &Problem,
    language: Language,
    frame: Frame,
    number: Option<String>,
) -> serde_json::Value {
    let kind = problem_word(problem);
    let (sentence, remedy) = match problem {
        Problem::Custody(error) if kind != "broken" => {
            (Some(error.sentence(language)), Some(error.remedy(language)))
        }
        _ => (None, None),
    };
    json!({
        "frame": frame,
        "problem": { "kind": kind, "sentence": sentence, "remedy": remedy, "number": number },
    })
}

/// Logs what is our fault, once, and gives it a number that the page shows.
pub(super) fn log(web: &Web, problem: &Problem) -> Option<String> {
    let error: &dyn std::error::Error = match problem {
        Problem::Custody(error) => match &**error {
            Error::Store(error) => error,
            error @ Error::Random(_) => error,
            _ => return None,
        },
        Problem::Broken(error) => &**error,
        _ => return None,
    };
    let number: crate::id::EntryId = web.app.ids.new_id();
    let number = number.to_string();
    tracing::error!(number, error, "a page failed");
    Some(number)
}
