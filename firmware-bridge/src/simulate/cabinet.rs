//! The reader's table and the cabinet of the virtual counter: tags to lay down, doors to move, and what can go wrong.

use super::html::{Submission, cable, done, fault_button, plugged};
use super::words::Words;
use super::{Counter, View};
use axum::extract::State;
use axum::response::Response;
use hufu_wire::message::DeviceRole;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use std::num::NonZeroU8;

/// Hexadecimal numbers with anything between them: what the field of the page or a script sends.
#[derive(Deserialize)]
pub(super) struct Tags {
    tags: String,
}

#[derive(Deserialize)]
pub(super) struct Move {
    /// A form's fields are all text.
    door: String,
}

pub(super) async fn lay(State(counter): State<Counter>, sent: Submission<Tags>) -> Response {
    let upper = sent.value.tags.to_ascii_uppercase();
    let tags: Vec<String> = upper
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect();
    let answer = json!({ "in_the_field": tags });
    done(sent.by_form, counter.lay(tags).await.map(|()| answer))
}

/// Shuts an open door and pulls a shut one open, as a hand that does not ask the lock.
pub(super) async fn door(State(counter): State<Counter>, sent: Submission<Move>) -> Response {
    let lock = sent.value.door.parse::<NonZeroU8>().ok();
    let known = lock.and_then(|lock| {
        let open = counter.view().borrow().doors.get(usize::from(lock.get() - 1)).copied()?;
        Some((lock, !open))
    });
    let result = match known {
        None => Err(super::SimulateError::NoDoor),
        Some((lock, open)) => counter.door(lock, open).await.map(|()| json!({ "door": lock, "open": open })),
    };
    done(sent.by_form, result)
}

pub(super) fn reader(words: &Words, view: &View) -> Markup {
    html! {
        section #reader .card {
            header {
                h2 { (words.reader) }
                code.meta { (view.reader_at) }
                (plugged(words, view, DeviceRole::Reader))
                @if view.silent.contains(&DeviceRole::Reader) { span.lamp.bad { (words.is_silent) } }
                div.faults {
                    (cable(words, view, DeviceRole::Reader))
                    (silence(words, "reader", view.silent.contains(&DeviceRole::Reader)))
                    (fault_button("reader", "noise", words.noise))
                }
            }
            p.meta { @for tag in &view.tags { code { (tag) } " " } @if view.tags.is_empty() { (words.no_tags) } }
            form.act.line method="post" action="/counter/tags" {
                label for="tags" { (words.tags) }
                input #tags name="tags" autocomplete="off" value="3414257BF400000000BC6038";
                button.primary { (words.lay) }
            }
        }
    }
}

pub(super) fn locks(words: &Words, view: &View) -> Markup {
    html! {
        section #locks .card {
            header {
                h2 { (words.locks) }
                (plugged(words, view, DeviceRole::Locks))
                @if view.silent.contains(&DeviceRole::Locks) { span.lamp.bad { (words.is_silent) } }
                @if view.jammed { span.lamp.bad { (words.is_jammed) } }
                div.faults {
                    (cable(words, view, DeviceRole::Locks))
                    (silence(words, "locks", view.silent.contains(&DeviceRole::Locks)))
                    @if view.jammed { (fault_button("locks", "unjam", words.unjam)) }
                    @else { (fault_button("locks", "jam", words.jam)) }
                    (fault_button("locks", "noise", words.noise))
                }
            }
            form.act.doors method="post" action="/counter/door" {
                @for (lock, open) in (1u8..).zip(&view.doors) {
                    button.small name="door" value=(lock) aria-pressed=(if *open { "true" } else { "false" }) {
                        (lock) " " (if *open { words.door_open } else { words.door_shut })
                    }
                }
            }
        }
    }
}

fn silence(words: &Words, device: &str, silent: bool) -> Markup {
    match silent {
        true => fault_button(device, "unstuck", words.unstuck),
        false => fault_button(device, "stuck", words.stuck),
    }
}
