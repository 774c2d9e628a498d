//! The virtual counter: the hands of a person, as a page and as an interface for scripts. Every action takes JSON and
//! answers JSON; the page's forms do the same without JavaScript.

use super::cabinet;
use super::html::{Submission, cable, done, fault_button, is_form, plugged};
use super::words::{Words, words};
use super::{Counter, Fault, Label, View};
use crate::page::{Lang, Shell, layout, only_this_machine};
use axum::extract::{Path, Query, Request, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, http::StatusCode, http::header, middleware};
use futures_util::{Stream, stream};
use hufu_wire::message::DeviceRole;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use std::convert::Infallible;

/// The routes under `/counter`.
pub fn router(counter: Counter) -> Router {
    Router::new()
        .route("/counter", get(show))
        .route("/counter/events", get(events))
        .route("/counter/labels", get(labels))
        .route("/counter/scan", post(scan))
        .route("/counter/label/{number}/picture.png", get(picture))
        .route("/counter/label/{number}/scan", post(scan_label))
        .route("/counter/label/{number}/tear", post(tear_off))
        .route("/counter/weight", post(weight))
        .route("/counter/tags", post(cabinet::lay))
        .route("/counter/door", post(cabinet::door))
        .route("/counter/fault", post(fault))
        .route("/counter/static/{file}", get(file))
        .with_state(counter)
        .layer(middleware::from_fn(only_this_machine))
}

#[derive(Deserialize)]
struct Scan {
    text: String,
}

#[derive(Deserialize)]
struct Weight {
    /// A number or its text; "0" takes everything off.
    value: serde_json::Value,
    #[serde(default = "grams")]
    unit: String,
}

fn grams() -> String {
    "g".to_owned()
}

#[derive(Deserialize)]
struct FaultOrder {
    device: DeviceRole,
    what: Fault,
}

#[derive(Deserialize)]
struct PageQuery {
    #[serde(default)]
    lang: Lang,
}

async fn scan(State(counter): State<Counter>, sent: Submission<Scan>) -> Response {
    let result = counter.scan(&sent.value.text).await.map(|()| json!({ "scanned": sent.value.text }));
    done(sent.by_form, result)
}

async fn scan_label(State(counter): State<Counter>, Path(number): Path<u32>, request: Request) -> Response {
    let result = counter.scan_label(number).await.map(|text| json!({ "scanned": text }));
    done(is_form(&request), result)
}

async fn tear_off(State(counter): State<Counter>, Path(number): Path<u32>, request: Request) -> Response {
    done(is_form(&request), counter.tear_off(number).map(|()| json!({ "torn_off": number })))
}

async fn weight(State(counter): State<Counter>, sent: Submission<Weight>) -> Response {
    let Weight { value, unit } = sent.value;
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let result =
        counter.weigh(&value, &unit).await.map(|()| json!({ "on_the_scale": format!("{value} {unit}") }));
    done(sent.by_form, result)
}

async fn fault(State(counter): State<Counter>, sent: Submission<FaultOrder>) -> Response {
    let FaultOrder { device, what } = sent.value;
    done(sent.by_form, counter.fault(device, what).await.map(|()| json!({ "done": true })))
}

async fn labels(State(counter): State<Counter>) -> Json<Vec<Label>> {
    Json(counter.view().borrow().labels.clone())
}

async fn picture(State(counter): State<Counter>, Path(number): Path<u32>) -> Response {
    match counter.label(number) {
        Some(label) => ([(header::CONTENT_TYPE, "image/png")], label.png.to_vec()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn file(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "counter.css" => ("text/css; charset=utf-8", include_str!("static/counter.css")),
        "counter.js" => ("text/javascript; charset=utf-8", include_str!("static/counter.js")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

async fn events(State(counter): State<Counter>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = stream::unfold(counter.view(), |mut view| async move {
        view.changed().await.ok()?;
        Some((Ok(Event::default().event("changed").data("1")), view))
    });
    Sse::new(changes).keep_alive(KeepAlive::default())
}

async fn show(State(counter): State<Counter>, Query(query): Query<PageQuery>) -> Html<String> {
    let words = words(query.lang);
    let view = counter.view().borrow().clone();
    let shell = Shell {
        lang: query.lang,
        title: words.title,
        path: "/counter",
        links: &[("/", words.station)],
        closed: true,
        reload_s: None,
        script: "/counter/static/counter.js",
    };
    let matter = html! {
        link rel="stylesheet" href="/counter/static/counter.css";
        p.meta { (words.intro) }
        div.counter {
            (printer(words, &view))
            div.side {
                (scanner(words, &view))
                (scale(words, &view))
                @if !view.reader_at.is_empty() { (cabinet::reader(words, &view)) }
                @if !view.doors.is_empty() { (cabinet::locks(words, &view)) }
            }
        }
        (shelves(words, &counter))
    };
    layout(&shell, &matter)
}

/// Whether it is so, its cause and cure as a script names them, and the words: that it is so, cause, cure.
type Trouble = (bool, &'static str, &'static str, &'static str, &'static str, &'static str);

fn troubles(words: &Words, view: &View) -> [Trouble; 6] {
    let it = view.troubles;
    [
        (it.paper_out, "paper_out", "paper_in", words.no_paper, words.paper_out, words.paper_in),
        (it.ribbon_out, "ribbon_out", "ribbon_in", words.no_ribbon, words.ribbon_out, words.ribbon_in),
        (it.head_open, "head_open", "head_closed", words.is_open, words.head_open, words.head_closed),
        (it.paused, "pause", "resume", words.is_paused, words.pause, words.resume),
        (it.slow, "slow", "fast", words.is_slow, words.slow, words.fast),
        (it.stuck, "stuck", "unstuck", words.is_stuck, words.stuck, words.unstuck),
    ]
}

fn printer(words: &Words, view: &View) -> Markup {
    html! {
        section #printer .card {
            header {
                h2 { (words.printer) }
                (plugged(words, view, DeviceRole::Printer))
                @for (is, _, _, word, _, _) in troubles(words, view) {
                    @if is { span.lamp.bad { (word) } }
                }
                div.faults {
                    @if view.plugged.contains(&DeviceRole::Printer) { (fault_button("printer", "power_cut", words.power_cut)) }
                    (cable(words, view, DeviceRole::Printer))
                    @for (is, cause, cure, _, cause_word, cure_word) in troubles(words, view) {
                        @if is { (fault_button("printer", cure, cure_word)) }
                        @else { (fault_button("printer", cause, cause_word)) }
                    }
                    (fault_button("printer", "noise", words.noise))
                }
            }
            div.mouth aria-hidden="true" {}
            @if view.labels.is_empty() { p.empty { (words.no_labels) } }
            ul.labels {
                @for label in &view.labels {
                    li {
                        form.act method="post" action={ "/counter/label/" (label.number) "/scan" } {
                            button.picture title=(words.click_to_scan) disabled[label.text.is_none()] {
                                img src={ "/counter/label/" (label.number) "/picture.png" }
                                    width=(label.width_dots) height=(label.height_dots)
                                    alt={ (words.label) " " (label.number) ": " (label.text.as_deref().unwrap_or("-")) };
                            }
                        }
                        p.meta { code { (label.text.as_deref().unwrap_or(words.no_code)) } }
                        form.act method="post" action={ "/counter/label/" (label.number) "/tear" } {
                            button.small { (words.tear_off) }
                        }
                    }
                }
            }
        }
    }
}

fn scanner(words: &Words, view: &View) -> Markup {
    html! {
        section #scanner .card {
            header {
                h2 { (words.scanner) }
                (plugged(words, view, DeviceRole::Scanner))
                div.faults {
                    (cable(words, view, DeviceRole::Scanner))
                    (fault_button("scanner", "noise", words.noise))
                    (fault_button("scanner", "half_packet", words.half_packet))
                    (fault_button("scanner", "wrong_checksum", words.wrong_checksum))
                    (fault_button("scanner", "resend", words.resend))
                    @if view.slow { (fault_button("scanner", "fast", words.fast)) }
                    @else { (fault_button("scanner", "slow", words.slow)) }
                }
            }
            @if let Some(heard) = view.scanner_heard.last() { p.meta { (words.heard) " " code { (heard) } } }
            form.act.line method="post" action="/counter/scan" {
                label for="text" { (words.any_text) }
                input #text name="text" required autocomplete="off";
                button.primary { (words.scan) }
            }
        }
    }
}

fn scale(words: &Words, view: &View) -> Markup {
    html! {
        section #scale .card {
            header {
                h2 { (words.scale) }
                (plugged(words, view, DeviceRole::Scale))
                div.faults {
                    (cable(words, view, DeviceRole::Scale))
                    @for (what, word) in [
                        ("restless", words.restless),
                        ("overloaded", words.overloaded),
                        ("underloaded", words.underloaded),
                        ("silent", words.silent),
                        ("calm", words.calm),
                        ("noise", words.noise),
                    ] {
                        (fault_button("scale", what, word))
                    }
                }
            }
            div.dish aria-hidden="true" {}
            output.display { (view.weight) }
            form.act.line method="post" action="/counter/weight" {
                label for="value" { (words.weight) }
                input #value name="value" required inputmode="decimal" value="12.35" autocomplete="off";
                select name="unit" aria-label=(words.unit) { option { "g" } option { "kg" } option { "mg" } }
                button.primary { (words.put_on) }
            }
            form.act method="post" action="/counter/weight" {
                input type="hidden" name="unit" value="g";
                button.small name="value" value="0.00" { (words.take_off) }
            }
        }
    }
}

fn shelves(words: &Words, counter: &Counter) -> Markup {
    html! {
        section #wall {
            h2 { (words.wall) }
            @if counter.wall().is_empty() { p.empty { (words.no_wall) } }
            ul.wall {
                @for hanging in counter.wall() {
                    li {
                        form.act method="post" action="/counter/scan" {
                            button.tag name="text" value=(hanging.code) title=(words.click_to_scan) {
                                b { (hanging.name) } code { (hanging.code) }
                            }
                        }
                    }
                }
            }
        }
    }
}
