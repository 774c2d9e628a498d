//! The buttons of the page for the time without a server. Each sends the whole form, so that nothing typed is lost.

use super::off_line::answer;
use super::off_line_words::Words;
use super::status::failed;
use super::{Lang, Page};
use crate::clock;
use crate::device::Order;
use crate::state::offline_session::{MissingField, OfflineSession};
use crate::state::{KeepOutcome, StateError};
use crate::sync::Link;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use hufu_wire::code::Code;
use hufu_wire::message::Receipt;
use hufu_wire::scanned::as_read;
use serde::Deserialize;

/// Everything that the form may send.
#[derive(Deserialize)]
pub(super) struct Submission {
    token: String,
    #[serde(default)]
    lang: Lang,
    #[serde(default)]
    by: String,
    #[serde(flatten)]
    receipt: Receipt,
}

/// `POST /off-line/{act}`
pub(super) async fn act(
    State(page): State<Page>,
    Path(act): Path<String>,
    Form(sent): Form<Submission>,
) -> Response {
    let lang = sent.lang;
    if *page.token != *sent.token {
        return answer(&page, lang, StatusCode::FORBIDDEN, None, Some(lang.words().stale_page)).await;
    }
    match perform(&page, &act, sent).await {
        Ok(ActOutcome::Performed(done)) => {
            Redirect::to(&format!("/off-line?lang={}&done={done}", lang.code())).into_response()
        }
        Ok(ActOutcome::Refused(code, text)) => answer(&page, lang, code, None, Some(&text)).await,
        Ok(ActOutcome::NoSuchAct) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => failed(&error),
    }
}

enum ActOutcome {
    Performed(&'static str),
    Refused(StatusCode, String),
    NoSuchAct,
}

async fn perform(page: &Page, act: &str, sent: Submission) -> Result<ActOutcome, StateError> {
    let (state, words, now) = (&page.station.state, Words::of(sent.lang), clock::now());
    let refuse = |text: &str| Ok(ActOutcome::Refused(StatusCode::CONFLICT, text.to_owned()));
    let connected = matches!(*page.station.link.borrow(), Link::Connected { .. });
    match act {
        "receive" | "count" if connected => refuse(words.server_is_there),
        "receive" if sent.receipt.received_by.trim().is_empty() => {
            refuse(words.missing(MissingField::ReceivedBy))
        }
        "receive" => {
            let received_by = sent.receipt.received_by.trim().to_owned();
            state.session.begin_receiving(Receipt { received_by, ..Receipt::default() }).await?;
            Ok(ActOutcome::Performed("begun"))
        }
        "count" if sent.by.trim().is_empty() => refuse(words.missing(MissingField::ReceivedBy)),
        "count" => {
            state.session.begin_counting(sent.by.trim()).await?;
            Ok(ActOutcome::Performed("begun"))
        }
        "end" => {
            state.session.end().await?;
            Ok(ActOutcome::Performed("ended"))
        }
        "print" => {
            typed(page, sent.receipt).await?;
            match state.session.print_label(SPOILED, now).await? {
                true => Ok(ActOutcome::Performed("printing")),
                false => refuse(words.no_blanks),
            }
        }
        "weigh" => {
            typed(page, sent.receipt).await?;
            let OfflineSession::Receiving(it) = state.session.current().await? else {
                return Ok(ActOutcome::Performed("ended"));
            };
            let weigh = Order::Weigh { request: it.id };
            if page.station.devices.orders.give(None, weigh).is_ok() {
                Ok(ActOutcome::Performed("weighing"))
            } else {
                refuse(words.no_scale)
            }
        }
        "keep" => {
            typed(page, sent.receipt).await?;
            let OfflineSession::Receiving(it) = state.session.current().await? else {
                return Ok(ActOutcome::Performed("ended"));
            };
            if let Some(missing) = it.missing() {
                return Ok(ActOutcome::Refused(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    words.missing(missing).to_owned(),
                ));
            }
            match state.session.keep_receipt(now).await? {
                KeepOutcome::Recorded(_) => Ok(ActOutcome::Performed("kept")),
                KeepOutcome::NothingInHand => Ok(ActOutcome::Performed("ended")),
                KeepOutcome::LabelUsed(stuck) => {
                    refuse(&format!("{} {} · {}", words.label_used, stuck.code, stuck.name))
                }
            }
        }
        _ => Ok(ActOutcome::NoSuchAct),
    }
}

/// The reason recorded when a label is replaced by another; it is sent to the server, so it is in both languages.
const SPOILED: &str = "离线时另打了一张 · another was printed in its place";

/// Typed values replace those of the item; scanned codes are kept unless typed over, and the weight is never typed.
async fn typed(page: &Page, sent: Receipt) -> Result<(), StateError> {
    let code = |text: &str| Code::parse(text).map_or_else(|_| as_read(text), |code| code.to_string());
    page.station
        .state
        .session
        .fill_in(|it| {
            let known = std::mem::take(&mut it.receipt);
            it.receipt = Receipt {
                code: if sent.code.trim().is_empty() { known.code } else { code(&sent.code) },
                slot: if sent.slot.trim().is_empty() { known.slot } else { code(&sent.slot) },
                weight: known.weight,
                ..sent
            };
        })
        .await
}
