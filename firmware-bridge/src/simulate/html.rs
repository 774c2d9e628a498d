//! What the parts of the virtual counter's page have in common: a submission and its answer, and the buttons of a device.

use super::words::Words;
use super::{SimulateError, View};
use crate::device;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json, http::StatusCode, http::header};
use hufu_wire::message::DeviceRole;
use maud::{Markup, html};
use serde::de::DeserializeOwned;
use serde_json::json;

/// The same values from a script (JSON) or from a form.
pub(super) struct Submission<T> {
    pub(super) value: T,
    pub(super) by_form: bool,
}

impl<S: Send + Sync, T: DeserializeOwned + 'static> FromRequest<S> for Submission<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Submission<T>, Response> {
        if is_form(&request) {
            let Form(value) =
                Form::from_request(request, state).await.map_err(IntoResponse::into_response)?;
            return Ok(Submission { value, by_form: true });
        }
        let Json(value) = Json::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Ok(Submission { value, by_form: false })
    }
}

/// A form goes back to the page; a script gets JSON.
pub(super) fn done(by_form: bool, result: Result<serde_json::Value, SimulateError>) -> Response {
    match result {
        Ok(_) if by_form => Redirect::to("/counter").into_response(),
        Ok(answer) => Json(answer).into_response(),
        Err(error) => {
            let answer = json!({ "error": error.to_string() });
            (StatusCode::CONFLICT, Json(answer)).into_response()
        }
    }
}

/// A form says so by its content type, whether it has a body or not.
pub(super) fn is_form(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

pub(super) fn fault_button(device: &str, what: &str, word: &str) -> Markup {
    html! {
        form.act method="post" action="/counter/fault" {
            input type="hidden" name="device" value=(device);
            button.small name="what" value=(what) { (word) }
        }
    }
}

/// In its place, or pulled out.
pub(super) fn cable(words: &Words, view: &View, role: DeviceRole) -> Markup {
    let device = device::role(role).map_or("", |role| role.word);
    if view.plugged.contains(&role) {
        fault_button(device, "unplug", words.unplug)
    } else {
        fault_button(device, "replug", words.replug)
    }
}

/// Whether its cable is in, as a lamp.
pub(super) fn plugged(words: &Words, view: &View, role: DeviceRole) -> Markup {
    let (class, word) =
        if view.plugged.contains(&role) { ("good", words.plugged) } else { ("quiet", words.unplugged) };
    html! { span class={ "lamp " (class) } { (word) } }
}
