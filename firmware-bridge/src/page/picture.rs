//! A picture as scanner: choose one, see its codes numbered on it, and record those that a person ticks. The codes are
//! recorded like scans, with the device "picture".

use super::reading::Reading;
use super::{Lang, Page, Shell, layout};
use crate::clock;
use crate::picture::{Code, FILE_MAX, PictureError};
use crate::state::NewEvent;
use axum::{
    body::{Body, Bytes},
    extract::{Multipart, Path, Query, State, multipart::MultipartError},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use futures_util::stream;
use hufu_wire::message::Observation;
use maud::{Markup, html};
use serde::Deserialize;
use std::convert::Infallible;
use tokio::sync::mpsc;
use uuid::Uuid;

/// The whole form: the picture and its few fields.
pub(super) const BODY_MAX: usize = FILE_MAX + (1 << 20);
/// What recorded codes say of where they come from.
const DEVICE: &str = "picture";
/// Requested by the page's script: one JSON object a line, a code each, then where to go.
const LINES: &str = "application/x-ndjson";

#[derive(Deserialize)]
pub(super) struct PageQuery {
    #[serde(default)]
    lang: Lang,
}

pub(super) async fn choose(State(page): State<Page>, Query(query): Query<PageQuery>) -> Response {
    shown(&page, query.lang, &form(&page, query.lang, None)).into_response()
}

/// What was sent to be read.
struct Submission {
    lang: Lang,
    token: String,
    picture: Bytes,
}

async fn sent(mut form: Multipart) -> Result<Submission, MultipartError> {
    let mut sent = Submission { lang: Lang::default(), token: String::new(), picture: Bytes::new() };
    while let Some(field) = form.next_field().await? {
        match field.name() {
            Some("lang") => sent.lang = if field.text().await? == "en" { Lang::En } else { Lang::Zh },
            Some("token") => sent.token = field.text().await?,
            Some("picture") => sent.picture = field.bytes().await?,
            _ => (),
        }
    }
    Ok(sent)
}

/// Reads the picture. A script is told each code as it is found; without one the browser goes on to the result.
pub(super) async fn read(State(page): State<Page>, headers: HeaderMap, form: Multipart) -> Response {
    let sent = match sent(form).await {
        Ok(sent) => sent,
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return refused(&page, Lang::default(), &PictureError::FileTooLarge.to_string());
        }
        Err(_) => return refused(&page, Lang::default(), &PictureError::Unreadable(None).to_string()),
    };
    let lang = sent.lang;
    if *page.token != *sent.token {
        return refused(&page, lang, lang.words().stale_page);
    }
    let (found, codes) = mpsc::unbounded_channel();
    let wants_lines = headers.get(header::ACCEPT).is_some_and(|accept| accept == LINES);
    if wants_lines {
        return in_lines(page, sent, found, codes);
    }
    match page.readings.read(sent.picture.to_vec(), found).await {
        Ok(id) => Redirect::to(&path_of(id, lang)).into_response(),
        Err(error) => refused(&page, lang, &error.to_string()),
    }
}

fn path_of(id: Uuid, lang: Lang) -> String {
    format!("/picture/{id}?lang={}", lang.code())
}

fn in_lines(
    page: Page,
    sent: Submission,
    found: mpsc::UnboundedSender<Code>,
    codes: mpsc::UnboundedReceiver<Code>,
) -> Response {
    let lang = sent.lang;
    let reading = tokio::spawn(async move { page.readings.read(sent.picture.to_vec(), found).await });
    // The channel closes when the reading ends; then comes the last line.
    let lines = stream::unfold(Some((codes, reading)), move |state| async move {
        let (mut codes, reading) = state?;
        let (line, state) = match codes.recv().await {
            Some(code) => {
                (serde_json::json!({ "text": code.text, "kind": code.kind.name() }), Some((codes, reading)))
            }
            None => match reading.await.unwrap_or(Err(PictureError::Unreadable(None))) {
                Ok(id) => (serde_json::json!({ "result": path_of(id, lang) }), None),
                Err(error) => (serde_json::json!({ "refused": lang.half(&error.to_string()) }), None),
            },
        };
        Some((Ok::<String, Infallible>(format!("{line}\n")), state))
    });
    ([(header::CONTENT_TYPE, LINES)], Body::from_stream(lines)).into_response()
}

pub(super) async fn show(
    State(page): State<Page>,
    Path(id): Path<Uuid>,
    Query(query): Query<PageQuery>,
) -> Response {
    match page.readings.get(id) {
        Some(reading) => shown(&page, query.lang, &result(&page, query.lang, &reading)).into_response(),
        None => gone(&page, query.lang),
    }
}

/// The picture with its numbered outlines.
pub(super) async fn drawn(State(page): State<Page>, Path(id): Path<Uuid>) -> Response {
    match page.readings.get(id) {
        Some(reading) => {
            ([(header::CONTENT_TYPE, "image/jpeg")], Bytes::from(reading.drawn.to_vec())).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Records the ticked codes, all or none, once.
pub(super) async fn record(
    State(page): State<Page>,
    Path(id): Path<Uuid>,
    axum::Form(fields): axum::Form<Vec<(String, String)>>,
) -> Response {
    let value = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let lang = if value("lang") == Some("en") { Lang::En } else { Lang::Zh };
    if value("token") != Some(&*page.token) {
        return refused(&page, lang, lang.words().stale_page);
    }
    let Some(reading) = page.readings.get(id) else { return gone(&page, lang) };
    let ticked =
        |number: &usize| fields.iter().any(|(key, value)| key == "code" && *value == number.to_string());
    let at = clock::now();
    let events: Vec<NewEvent> = (1usize..)
        .zip(reading.codes.iter())
        .filter(|(number, _)| ticked(number))
        .map(|(_, code)| NewEvent { at, what: scan(code) })
        .collect();
    if events.is_empty() {
        return refused(&page, lang, lang.picture().none_ticked);
    }
    if !page.readings.set_recorded(id, true) {
        return refused(&page, lang, lang.picture().recorded_before);
    }
    match page.station.state.events.record(&events).await {
        Ok(numbers) => {
            for (number, event) in numbers.into_iter().zip(&events) {
                if let Observation::Scan { text, .. } = &event.what {
                    page.station.recent.scanned(number, at, DEVICE, text);
                }
            }
            Redirect::to(&format!("/?lang={}&done=recorded", lang.code())).into_response()
        }
        Err(error) => {
            page.readings.set_recorded(id, false);
            tracing::error!(%error, "codes of a picture could not be recorded");
            refused(&page, lang, &error.to_string())
        }
    }
}

fn scan(code: &Code) -> Observation {
    let symbology = code.kind.aim().chars().next().map(String::from);
    Observation::Scan { device: DEVICE.to_owned(), text: code.text.clone(), symbology, repeat: false }
}

fn shown(page: &Page, lang: Lang, matter: &Markup) -> Html<String> {
    let title = format!("{} · {}", lang.picture().title, page.station.name);
    let links: &[(&str, &str)] = &[("/", lang.words().station)];
    layout(
        &Shell {
            lang,
            title: &title,
            path: "/picture",
            links,
            closed: false,
            reload_s: None,
            script: "/static/picture.js",
        },
        matter,
    )
}

fn refused(page: &Page, lang: Lang, why: &str) -> Response {
    let matter = form(page, lang, Some(&lang.half(why)));
    (StatusCode::BAD_REQUEST, shown(page, lang, &matter)).into_response()
}

fn gone(page: &Page, lang: Lang) -> Response {
    let matter = form(page, lang, Some(lang.picture().gone));
    (StatusCode::NOT_FOUND, shown(page, lang, &matter)).into_response()
}

fn form(page: &Page, lang: Lang, refusal: Option<&str>) -> Markup {
    let words = lang.picture();
    html! {
        p.refusal role="alert" hidden[refusal.is_none()] { @if let Some(why) = refusal { "✕ " (why) } }
        section {
            form #read method="post" action="/picture" enctype="multipart/form-data" {
                input type="hidden" name="token" value=(page.token);
                input type="hidden" name="lang" value=(lang.code());
                label for="picture" { (words.choose) }
                " "
                input id="picture" name="picture" type="file" accept="image/png,image/jpeg" required
                    aria-describedby="picture-help";
                " "
                button.primary { (words.read) }
                p.help id="picture-help" { (words.help) }
            }
            ol #found.rows aria-live="polite" {}
        }
    }
}

fn result(page: &Page, lang: Lang, reading: &Reading) -> Markup {
    let words = lang.picture();
    html! {
        section {
            h2 { (words.codes) " (" (reading.codes.len()) ")" }
            @if reading.codes.is_empty() { p.empty { (words.no_codes) } }
            @if reading.recorded { p.receipt role="status" { "✓ " (words.recorded_before) } }
            form method="post" action={ "/picture/" (reading.id) "/record" } {
                input type="hidden" name="token" value=(page.token);
                input type="hidden" name="lang" value=(lang.code());
                ol.rows {
                    @for (number, code) in (1..).zip(reading.codes.iter()) {
                        li {
                            label {
                                input type="checkbox" name="code" value=(number) checked[!reading.recorded];
                                span.number { (number) } " " span.text { (code.text) }
                            }
                            span.mark.quiet { (code.kind.name()) }
                        }
                    }
                }
                @if !reading.codes.is_empty() && !reading.recorded {
                    p { button.primary { (words.record) } " " span.help { (words.record_help) } }
                }
            }
            p { a href={ "/picture?lang=" (lang.code()) } { (words.another) } }
            img.shot src={ "/picture/" (reading.id) "/drawn.jpg" } alt=(words.alt);
        }
    }
}
