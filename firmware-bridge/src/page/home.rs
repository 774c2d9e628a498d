//! The station's page: what waits for a signature first, then the devices, the scans and the labels.

use super::answers::{Notice, answers};
use super::status::{Status, failed};
use super::{Lang, Page, Shell, Words, layout};
use crate::device::role;
use crate::sync::Link;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use hufu_wire::message::{Condition, DeviceState, SignRequest};
use hufu_wire::signature::sm3_hex;
use hufu_wire::statement::Sheet;
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize)]
pub(super) struct PageQuery {
    #[serde(default)]
    lang: Lang,
    done: Option<String>,
}

pub(super) async fn show(State(page): State<Page>, Query(query): Query<PageQuery>) -> Response {
    let words = query.lang.words();
    let receipt = match query.done.as_deref() {
        Some("signed") => Some(words.signed),
        Some("declined") => Some(words.declined),
        Some("recorded") => Some(query.lang.picture().recorded),
        _ => None,
    };
    answer(&page, query.lang, StatusCode::OK, receipt, None).await
}

/// The page again, saying why nothing was changed.
pub(super) async fn refused(
    page: &Page,
    lang: Lang,
    code: StatusCode,
    about: Option<(Uuid, bool)>,
    text: &str,
) -> Response {
    let (request, declining) = about.map_or((None, false), |(request, declining)| (Some(request), declining));
    answer(page, lang, code, None, Some(Notice { request, declining, text })).await
}

async fn answer(
    page: &Page,
    lang: Lang,
    code: StatusCode,
    receipt: Option<&str>,
    notice: Option<Notice<'_>>,
) -> Response {
    let status = match page.status().await {
        Ok(status) => status,
        Err(error) => return failed(&error),
    };
    let words = lang.words();
    let name = match &status.server {
        Link::Connected { name } => name,
        _ => &status.name,
    };
    let (picture, off_line) = (("/picture", lang.picture().title), ("/off-line", words.off_line));
    let links: &[(&str, &str)] =
        if page.counter { &[off_line, picture, ("/counter", words.counter)] } else { &[off_line, picture] };
    let shell = Shell {
        lang,
        title: &format!("{name} · {}", words.station),
        path: "/",
        links,
        closed: matches!(status.server, Link::Connected { .. }),
        reload_s: status.requests.is_empty().then_some(5),
        script: "/static/station.js",
    };
    let is_there = |id: Uuid| status.requests.iter().any(|request| request.request == id);
    let matter = html! {
        @if let Some(receipt) = receipt { p.receipt role="status" { "✓ " (receipt) } }
        @if let Some(notice) = notice.as_ref().filter(|it| !it.request.is_some_and(is_there)) {
            p.refusal role="alert" { "✕ " (notice.text) }
        }
        @if let Some(trouble) = &status.trouble { p.refusal role="alert" { "✕ " (lang.half(trouble)) } }
        (link(words, &status))
        (requests(page, lang, &status, notice.as_ref()))
        (devices(lang, &status.devices))
        div.columns { (scans(words, &status)) (jobs(lang, &status)) }
    };
    (code, layout(&shell, &matter)).into_response()
}

pub(super) fn link(words: &Words, status: &Status) -> Markup {
    let (class, text) = match &status.server {
        Link::Connected { .. } => ("good", words.connected),
        Link::Dialling { .. } => ("soon", words.dialling),
        Link::None => ("quiet", words.no_server),
    };
    html! {
        section #link .bar {
            span class={ "lamp " (class) } { (words.server) ": " (text) }
            @if let Link::Dialling { why: Some(why) } = &status.server { span.meta { (why) } }
            span.meta {
                @if status.waiting == 0 { (words.nothing_waits) } @else { b { (status.waiting) } " " (words.waiting) }
            }
            @if matches!(status.server, Link::Dialling { .. }) { span.meta { (words.keeps_recording) } }
            @if !matches!(status.server, Link::Connected { .. }) {
                a href={ "/off-line?lang=" (words.code) } { (words.work_off_line) }
            }
            @if !status.keys.is_empty() {
                span.meta.end {
                    (words.key)
                    @for (at, it) in status.keys.iter().enumerate() {
                        @if at > 0 { " ·" }
                        " " (it.holder) " " code { (it.key) }
                    }
                }
            }
        }
    }
}

fn requests(page: &Page, lang: Lang, status: &Status, notice: Option<&Notice<'_>>) -> Markup {
    let words = lang.words();
    html! {
        section #requests {
            h2 { (words.signatures) @if !status.requests.is_empty() { " (" (status.requests.len()) ")" } }
            @if status.requests.is_empty() { p.empty { (words.no_signatures) } }
            @for request in &status.requests {
                @let about = notice.filter(|it| it.request == Some(request.request));
                (one_request(page, lang, request, about))
            }
        }
    }
}

fn one_request(page: &Page, lang: Lang, request: &SignRequest, notice: Option<&Notice<'_>>) -> Markup {
    let words = lang.words();
    let read = request.read();
    html! {
        article.request id={ "request-" (request.request) } {
            @match &read {
                Ok(statement) => (statement_words(lang, &statement.sheet())),
                Err(error) => {
                    h3 { (words.not_understood) }
                    p.refusal role="alert" { "✕ " (lang.half(&error.to_string())) }
                }
            }
            p.meta { (words.asked_by) " " b { (request.asked_by) } " " (request.holder) }
            (exact_bytes(words, &request.bytes().unwrap_or_default()))
            @if page.station.signer.has_key_of(&request.holder) {
                (answers(page, lang, request, read.is_ok(), notice))
            } @else {
                @if let Some(notice) = notice { p.refusal role="alert" { "✕ " (notice.text) } } p.help { b { (request.holder) } (words.no_key) } }
        }
    }
}

/// What the statement says, in the reader's language.
fn statement_words(lang: Lang, sheet: &Sheet) -> Markup {
    html! {
        h3 { (lang.of(&sheet.title)) }
        ul.words { @for sentence in &sheet.sentences { li { (lang.of(sentence)) } } }
        ol.words {
            @for line in &sheet.lines {
                li {
                    b { (line.thing) }
                    ul.details { @for detail in &line.details { li { (lang.of(detail)) } } }
                }
            }
        }
    }
}

fn exact_bytes(words: &Words, statement: &[u8]) -> Markup {
    html! {
        p.meta { (words.digest) " " code.digest { (sm3_hex(statement)) } }
        details { summary { (words.exact_text) } pre { (String::from_utf8_lossy(statement)) } }
    }
}

fn devices(lang: Lang, devices: &[DeviceState]) -> Markup {
    let words = lang.words();
    html! {
        section #devices {
            h2 { (words.devices) }
            @if devices.is_empty() { p.empty { (words.no_devices) } }
            ul.devices {
                @for device in devices {
                    @let (class, word, why) = match &device.condition {
                        Condition::Absent => ("quiet", words.absent, None),
                        Condition::Opening => ("soon", words.opening, None),
                        Condition::Ready => ("good", words.ready, None),
                        Condition::Trouble { why } => ("bad", words.trouble, Some(lang.half(why))),
                    };
                    li {
                        span.kind { (role(device.role).map_or(String::new(), |role| lang.half(role.title))) }
                        span class={ "lamp " (class) } { (word) }
                        // A device that nobody named bears the word of its role, which stands before it.
                        @if role(device.role).is_none_or(|role| role.word != device.name) { span.meta { (device.name) } }
                        @if let Some(why) = why { p.why { (why) } }
                    }
                }
            }
        }
    }
}

fn scans(words: &Words, status: &Status) -> Markup {
    html! {
        section #scans {
            h2 { (words.scans) }
            @if status.scans.is_empty() { p.empty { (words.no_scans) } }
            ol.rows {
                @for scan in &status.scans {
                    li {
                        span.number { (scan.number) }
                        span.text { (scan.text) }
                        @match &scan.answer {
                            Some((verdict, sentence)) => {
                                @let (symbol, word, class) = words.verdict(*verdict);
                                span class={ "mark " (class) } { (symbol) " " (word) }
                                p.why { (sentence) }
                            }
                            None => { span.mark.quiet { "· " (words.not_answered) } }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn jobs(lang: Lang, status: &Status) -> Markup {
    let words = lang.words();
    html! {
        section #jobs {
            h2 { (words.jobs) }
            @if status.jobs.is_empty() { p.empty { (words.no_jobs) } }
            ol.rows {
                @for job in &status.jobs {
                    @let (symbol, word, class) = words.job(&job.state);
                    li {
                        span.text { (job.title) }
                        span class={ "mark " (class) } { (symbol) " " (word) }
                        @if let Some(why) = &job.why { p.why { (lang.half(why)) } }
                    }
                }
            }
        }
    }
}
