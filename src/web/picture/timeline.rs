//! The life of an item: one column per entry, in order; above the line where it went (stock), below it who answered
//! (duty). Columns are evenly spaced: what matters is the order, and the dates are written.

use super::draw::{Anchor, Role, escape, picture, text, wrapped};
use crate::{
    clock::Moment,
    web::{
        frame::Status,
        words::{Words, WordsError},
    },
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// The item's number or name.
    pub item: String,
    /// In the order of the ledger.
    pub events: Vec<Event>,
}

/// One entry, as the item saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub at: Moment,
    /// The kind in words: 入库.
    pub what: String,
    pub href: String,
    /// Where it is from now on, if this entry moved it.
    pub stock: Option<String>,
    /// Who answers from now on, if this entry changed it.
    pub duty: Option<String>,
    pub standing: Status,
}

const LEFT: u32 = 72;
/// Between two entries, in a life of many; one of few is spread over the width of a page.
const STEP_LEAST: u32 = 120;
const STEP_MOST: u32 = 200;
const WIDTH: u32 = 1_080;
const STOCK: u32 = 84;
const DUTY: u32 = 128;

fn step(it: &Timeline) -> u32 {
    let events = u32::try_from(it.events.len()).unwrap_or(u32::MAX).max(1);
    (WIDTH.saturating_sub(LEFT) / events).clamp(STEP_LEAST, STEP_MOST)
}

/// 216 high, as wide as its events: put it into `<div class="wide">`.
pub fn timeline(words: &Words, it: &Timeline) -> Result<String, WordsError> {
    let width = columns(it).last().map_or(0, |(x, _)| x + step(it) / 2 + 16).max(WIDTH);
    let mut content =
        track(words, "picture.track_stock", STOCK)? + &track(words, "picture.track_duty", DUTY)?;
    content.push_str(&line(it, "stock", STOCK, width, |event| event.stock.is_some()));
    content.push_str(&line(it, "duty", DUTY, width, |event| event.duty.is_some()));
    for (x, event) in columns(it) {
        content.push_str(&column(x, event));
    }
    let title = words.text("picture.timeline_title", &[("item", &it.item)])?;
    Ok(picture(Role::Links, "timeline", (width, 216), (&title, &summary(words, it)?), &content))
}

fn summary(words: &Words, it: &Timeline) -> Result<String, WordsError> {
    match (it.events.first(), it.events.last()) {
        (Some(first), Some(last)) => words.text(
            "picture.timeline_summary",
            &[
                ("count", &it.events.len().to_string()),
                ("first", &first.at.date()),
                ("last", &last.at.date()),
            ],
        ),
        _ => words.text("picture.timeline_none", &[]),
    }
}

fn track(words: &Words, key: &str, y: u32) -> Result<String, WordsError> {
    Ok(text((0, y + 5), Anchor::Start, "strong", &words.text(key, &[])?))
}

/// From the first entry that touched this book to the right edge: what it set goes on until an entry closes it.
fn line(it: &Timeline, class: &str, y: u32, width: u32, is_touched: fn(&Event) -> bool) -> String {
    let stops: Vec<(u32, &Event)> = columns(it).filter(|(_, event)| is_touched(event)).collect();
    let (Some((from, _)), Some((last, end))) = (stops.first(), stops.last()) else {
        return String::new();
    };
    let to = if end.standing == Status::Closed { *last } else { width - 8 };
    format!("<path class=\"track {class}\" d=\"M{from} {y}H{to}\"/>")
}

/// Each event and where its column stands.
fn columns(it: &Timeline) -> impl Iterator<Item = (u32, &Event)> {
    let step = step(it);
    (0..).map(move |n| LEFT + 40 + n * step).zip(&it.events)
}

fn column(x: u32, event: &Event) -> String {
    let mut made = String::new();
    made.push_str(&text((x, 14), Anchor::Middle, "strong", &event.what));
    made.push_str(&text((x, 30), Anchor::Middle, "small", &event.at.text()));
    if let Some(place) = &event.stock {
        for (line, y) in wrapped(place, 9, 2).iter().zip([48, 62]) {
            made.push_str(&text((x, y), Anchor::Middle, "", line));
        }
        made.push_str(&dot(x, STOCK, "stock", event.standing));
    }
    if let Some(unit) = &event.duty {
        for (line, y) in wrapped(unit, 9, 3).iter().zip([156, 172, 188]) {
            made.push_str(&text((x, y), Anchor::Middle, "", line));
        }
        made.push_str(&dot(x, DUTY, "duty", event.standing));
    }
    let says: Vec<&str> = [event.stock.as_deref(), event.duty.as_deref()].into_iter().flatten().collect();
    let says = escape(&format!("{} {} {}", event.what, event.at.text(), says.join(" · ")));
    format!("<a href=\"{}\"><title>{says}</title>{made}</a>", escape(&event.href))
}

fn dot(x: u32, y: u32, class: &str, standing: Status) -> String {
    let state = match standing {
        Status::Overdue => " overdue",
        Status::Different => " different",
        Status::InOrder | Status::DueSoon | Status::Closed => "",
    };
    format!("<circle class=\"{class}{state}\" cx=\"{x}\" cy=\"{y}\" r=\"6\"/>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn event(day: i64, stock: Option<&str>, duty: Option<&str>, standing: Status) -> Event {
        Event {
            at: Moment(1_767_574_800_000_000 + day * 86_400_000_000),
            what: "换押".to_owned(),
            href: "/ledger/7".to_owned(),
            stock: stock.map(str::to_owned),
            duty: duty.map(str::to_owned),
            standing,
        }
    }

    #[test]
    fn an_exchange_touches_only_the_duty_track() {
        let it = Timeline {
            item: "CW26-1".to_owned(),
            events: vec![
                event(0, Some("A-01"), Some("刑警大队"), Status::InOrder),
                event(3, None, Some("<区检察院>"), Status::Overdue),
                event(9, Some("已发还"), None, Status::Closed),
            ],
        };
        let made = timeline(&Words::of(Language::Zh).unwrap(), &it).unwrap();
        assert_eq!(made.matches("cy=\"84\"").count(), 2, "stock");
        assert_eq!(made.matches("cy=\"128\"").count(), 2, "duty");
        assert!(made.contains("class=\"duty overdue\""));
        assert!(made.contains("M112 84H512\""), "the stock ends with the return");
        assert!(made.contains("M112 128H1072\""), "the duty goes on");
        assert!(made.contains("&lt;区检察院&gt;") && !made.contains("<区"));
        assert!(made.contains("3 件事，从 2026-01-05 到 2026-01-14"));
    }

    #[test]
    fn an_item_without_events_says_so() {
        let it = Timeline { item: "CW26-1".to_owned(), events: Vec::new() };
        let made = timeline(&Words::of(Language::En).unwrap(), &it).unwrap();
        assert!(made.contains("Nothing is recorded yet"));
    }
}
