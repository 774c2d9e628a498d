//! The page for the time without a server: take things in, or count, with labels that were drawn ahead. Every button of the
//! form sends all of it, so that nothing typed is lost; scans and weights reach the session by themselves.

use super::answers::hidden;
use super::off_line_words::Words;
use super::status::{Status, failed};
use super::{Lang, Page, Shell, home, layout};
use crate::state::offline_session::{Counting, OfflineSession, Receiving};
use crate::state::{StateError, StuckLabel};
use crate::sync::Link;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use hufu_wire::message::Receipt;
use maud::{Markup, html};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct PageQuery {
    #[serde(default)]
    lang: Lang,
    done: Option<String>,
}

/// What the page needs to know.
struct OfflineView {
    status: Status,
    session: OfflineSession,
    left: i64,
    stuck: Vec<StuckLabel>,
}

pub(super) async fn show(State(page): State<Page>, Query(query): Query<PageQuery>) -> Response {
    let words = Words::of(query.lang);
    let receipt = match query.done.as_deref() {
        Some("kept") => Some(words.kept),
        Some("printing") => Some(words.printing),
        Some("weighing") => Some(words.weighing),
        _ => None,
    };
    answer(&page, query.lang, StatusCode::OK, receipt, None).await
}

async fn look(page: &Page) -> Result<OfflineView, StateError> {
    let state = &page.station.state;
    Ok(OfflineView {
        status: page.status().await?,
        session: state.session.current().await?,
        left: state.labels.left().await?,
        stuck: state.labels.stuck(8).await?,
    })
}

/// The page, with what became of the last button.
pub(super) async fn answer(
    page: &Page,
    lang: Lang,
    code: StatusCode,
    receipt: Option<&str>,
    refusal: Option<&str>,
) -> Response {
    let state = match look(page).await {
        Ok(state) => state,
        Err(error) => return failed(&error),
    };
    let words = Words::of(lang);
    let connected = matches!(state.status.server, Link::Connected { .. });
    let shell = Shell {
        lang,
        title: &format!("{} · {}", state.status.name, lang.words().off_line),
        path: "/off-line",
        links: &[("/", lang.words().station)],
        closed: connected,
        reload_s: None,
        script: "/static/station.js",
    };
    let matter = html! {
        @if let Some(receipt) = receipt { p.receipt role="status" { "✓ " (receipt) } }
        @if let Some(refusal) = refusal { p.refusal role="alert" { "✕ " (refusal) } }
        @if let Some(trouble) = &state.status.trouble { p.refusal role="alert" { "✕ " (lang.half(trouble)) } }
        (home::link(lang.words(), &state.status))
        section #blanks .bar {
            span class={ "lamp " (if state.left > 0 { "good" } else { "bad" }) } { (words.blanks_left) " " b { (state.left) } }
            @if state.left == 0 { span.meta { (words.no_blanks) } }
        }
        @match &state.session {
            OfflineSession::Idle => { (begin(page, lang, connected)) }
            OfflineSession::Receiving(it) => { (receiving(page, lang, it)) }
            OfflineSession::Counting(it) => { (counting(page, lang, it)) }
        }
        div.columns {
            (taken(words, &state.stuck))
            (home::jobs(lang, &state.status))
        }
    };
    (code, layout(&shell, &matter)).into_response()
}

/// Nothing is going on: what may begin.
fn begin(page: &Page, lang: Lang, connected: bool) -> Markup {
    let words = Words::of(lang);
    html! {
        section #desk {
            @if connected { p.empty { (words.server_is_there) } }
            @else {
                article.request {
                    h3 { (words.receive) }
                    p.meta { (words.receive_means) }
                    form.sign method="post" action="/off-line/receive" autocomplete="off" {
                        (hidden(page, lang))
                        label for="received_by" { (words.received_by) }
                        input id="received_by" name="received_by" required;
                        button.primary { (words.receive_begin) }
                    }
                }
                article.request {
                    h3 { (words.count) }
                    p.meta { (words.count_means) }
                    form.sign method="post" action="/off-line/count" autocomplete="off" {
                        (hidden(page, lang))
                        label for="by" { (words.counted_by) }
                        input id="by" name="by" required;
                        button { (words.count_begin) }
                    }
                }
            }
        }
    }
}

fn receiving(page: &Page, lang: Lang, it: &Receiving) -> Markup {
    let words = Words::of(lang);
    let Receipt {
        case_number,
        paper,
        line,
        name,
        quantity,
        unit,
        seal,
        delivered_by,
        received_by,
        remark,
        ..
    } = &it.receipt;
    let field = |id: &'static str, label: &'static str, value: &str, wide: bool| {
        html! {
            div.field.wide[wide] {
                label for=(id) { (label) }
                input id=(id) name=(id) value=(value);
            }
        }
    };
    html! {
        section {
            h2 { (words.receive) }
            form.thing method="post" action="/off-line/keep" autocomplete="off" {
                (hidden(page, lang))
                div.fields {
                    (field("received_by", words.received_by, received_by, false))
                    (field("delivered_by", words.delivered_by, delivered_by, false))
                    (field("paper", words.paper, paper, false))
                    (field("line", words.line, line, false))
                    (field("case_number", words.case_number, case_number, false))
                    (field("seal", words.seal, seal, false))
                    (field("name", words.name, name, true))
                    (field("quantity", words.quantity, quantity, false))
                    (field("unit", words.unit, unit, false))
                    (field("remark", words.remark, remark, true))
                }
                (got(words, it))
                details {
                    summary { (words.no_scanner) }
                    div.fields {
                        (field("code", words.label, "", false))
                        (field("slot", words.slot, "", false))
                    }
                }
                div.buttons {
                    // The first button is the one that Enter presses.
                    button.primary { (words.keep) }
                    button formaction="/off-line/print" { (if it.printed.is_some() { words.print_another } else { words.print_next }) }
                    button formaction="/off-line/weigh" { (words.weigh) }
                    button.end formaction="/off-line/end" { (words.end) }
                }
                p.help { (words.keep_means) }
            }
        }
    }
}

/// The scanned and weighed fields of the item being received. The page refreshes this part by itself.
fn got(words: &Words, it: &Receiving) -> Markup {
    let row = |label: &str, value: Option<String>, how: &str| {
        html! {
            li {
                span.kind { (label) }
                @match value {
                    Some(value) => { span.text { (value) } span.mark.good { "✓ " (words.there) } }
                    None => { span.mark.soon { "… " (how) } }
                }
            }
        }
    };
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let label = match (&it.printed, it.receipt.code.as_str()) {
        (Some(printed), "") => html! {
            li { span.kind { (words.label) } span.text { (printed) } span.mark.soon { "… " (words.scan_label) } }
        },
        (_, code) => row(words.label, filled(code), words.print_or_scan_label),
    };
    let weight = it.receipt.weight.as_ref().map(|weight| format!("{} {}", weight.value, weight.unit));
    html! {
        section #got aria-live="polite" {
            @if let Some(note) = it.note {
                @let (class, text) = words.note(note);
                p class={ "note " (class) } { (text) }
            }
            ol.rows {
                (label)
                (row(words.slot, filled(&it.receipt.slot), words.scan_slot))
                (row(words.weight, weight, words.weigh_if_needed))
            }
        }
    }
}

fn counting(page: &Page, lang: Lang, it: &Counting) -> Markup {
    let words = Words::of(lang);
    html! {
        section {
            h2 { (words.count) }
            section #got aria-live="polite" {
                @if let Some(note) = it.note {
                    @let (class, text) = words.note(note);
                    p class={ "note " (class) } { (text) }
                }
                ol.rows {
                    li { span.kind { (words.counted_by) } span.text { (it.by) } }
                    li {
                        span.kind { (words.slot) }
                        @match &it.slot {
                            Some(slot) => { span.text { (slot) } }
                            None => { span.mark.soon { "… " (words.scan_slot) } }
                        }
                    }
                    li { span.kind { (words.seen) } span.text { (it.seen) } @if let Some(last) = &it.last { span.text { (last) } } }
                }
            }
            form.sign method="post" action="/off-line/end" {
                (hidden(page, lang))
                button.primary { (words.count_end) }
                p.help { (words.count_end_means) }
            }
        }
    }
}

fn taken(words: &Words, stuck: &[StuckLabel]) -> Markup {
    html! {
        section #taken {
            h2 { (words.taken) }
            @if stuck.is_empty() { p.empty { (words.none_taken) } }
            ol.rows { @for one in stuck { li { span.text { (one.code) } span.text { (one.name) } span.mark.good { "✓ " (words.there) } } } }
        }
    }
}
