//! The shelf map: zones of slots, each slot a link, filled as far as it is used; a difference is marked in red with
//! its own sign.

use super::draw::{Anchor, Role, escape, picture, text};
use crate::web::words::{Words, WordsError};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfMap {
    pub store: String,
    pub zones: Vec<Zone>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    pub name: String,
    /// Slots per row, as the shelf stands; at least one.
    pub columns: u32,
    /// Row by row, from the top left.
    pub slots: Vec<Slot>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The whole name, which the link says.
    pub name: String,
    /// What stands in the cell: the last part of the name.
    pub label: String,
    pub href: String,
    pub used: u32,
    /// Zero means that nobody set a limit; then anything in it counts as half full.
    pub capacity: u32,
    pub differences: u32,
}

const WIDTH: u32 = 960;
const LEFT: u32 = 96;
const ROW: u32 = 32;
const GAP: u32 = 4;

/// 960 wide; as high as its zones.
pub fn shelf_map(words: &Words, it: &ShelfMap) -> Result<String, WordsError> {
    let mut content = String::new();
    let mut top = GAP;
    for zone in &it.zones {
        content.push_str(&text((0, top + 20), Anchor::Start, "strong", &zone.name));
        let columns = zone.columns.max(1);
        let width = ((WIDTH - LEFT) / columns).min(72);
        let (mut column, mut row) = (0, 0);
        for slot in &zone.slots {
            let at = (LEFT + column * width, top + row * ROW);
            content.push_str(&cell(words, slot, at, width.saturating_sub(GAP))?);
            column += 1;
            if column == columns {
                (column, row) = (0, row + 1);
            }
        }
        top += ROW * (row + u32::from(column > 0)).max(1) + 12;
    }
    content.push_str(&legend(words, top)?);
    let title = words.text("picture.shelf_title", &[("store", &it.store)])?;
    Ok(picture(Role::Links, "shelves", (WIDTH, top + 28), (&title, &summary(words, it)?), &content))
}

fn summary(words: &Words, it: &ShelfMap) -> Result<String, WordsError> {
    let slots = || it.zones.iter().flat_map(|zone| &zone.slots);
    words.text(
        "picture.shelf_summary",
        &[
            ("slots", &slots().count().to_string()),
            ("used", &slots().filter(|slot| slot.used > 0).count().to_string()),
            ("different", &slots().filter(|slot| slot.differences > 0).count().to_string()),
        ],
    )
}

fn cell(words: &Words, slot: &Slot, (x, y): (u32, u32), width: u32) -> Result<String, WordsError> {
    let (used, capacity) = (slot.used.to_string(), capacity(slot));
    let says = match (slot.differences, slot.used) {
        (0, 0) => words.text("picture.slot_empty", &[("slot", &slot.name)])?,
        (0, _) => words
            .text("picture.slot_full", &[("slot", &slot.name), ("used", &used), ("capacity", &capacity)])?,
        (count, _) => words.text(
            "picture.slot_different",
            &[("slot", &slot.name), ("used", &used), ("capacity", &capacity), ("count", &count.to_string())],
        )?,
    };
    let label = if width >= 24 {
        text((x + width / 2, y + 18), Anchor::Middle, "label", &slot.label)
    } else {
        String::new()
    };
    let (href, says) = (escape(&slot.href), escape(&says));
    let shape = shape((x, y), width, slot.differences > 0, percent(slot));
    Ok(format!("<a href=\"{href}\" aria-label=\"{says}\"><title>{says}</title>{shape}{label}</a>"))
}

/// The cell: empty, filled from below, or with a difference.
fn shape((x, y): (u32, u32), width: u32, different: bool, percent: u32) -> String {
    let high = ROW - GAP;
    let outline = |class: &str| {
        format!(
            "<rect class=\"slot {class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{high}\" rx=\"2\"/>"
        )
    };
    if percent == 0 && !different {
        return outline("empty");
    }
    let level = (high * percent).div_ceil(100);
    let (from, tint) = (y + high - level, 14 + percent / 4);
    let fill = format!(
        "<rect class=\"used\" x=\"{x}\" y=\"{from}\" width=\"{width}\" height=\"{level}\" rx=\"2\" \
         fill-opacity=\"0.{tint}\"/>"
    );
    if different {
        let (left, middle) = (x + width.saturating_sub(10), y + 3);
        let sign = format!("<path class=\"sign\" d=\"M{left} {middle}m0 2h7m-7 3h7m-1-5l-5 8\"/>");
        outline("apart") + &fill + &sign
    } else {
        outline("") + &fill
    }
}

/// How full, 0 to 100; anything at all is at least 8, so that it is seen.
fn percent(slot: &Slot) -> u32 {
    match (slot.used, slot.capacity) {
        (0, _) => 0,
        (_, 0) => 50,
        (used, capacity) => {
            let share = u64::from(used) * 100 / u64::from(capacity);
            u32::try_from(share.clamp(8, 100)).unwrap_or(100)
        }
    }
}

fn capacity(slot: &Slot) -> String {
    if slot.capacity == 0 { "—".to_owned() } else { slot.capacity.to_string() }
}

fn legend(words: &Words, top: u32) -> Result<String, WordsError> {
    let mut content = String::new();
    for (at, (key, different, percent)) in [
        ("picture.empty", false, 0),
        ("picture.fullness", false, 50),
        ("picture.full", false, 100),
        ("picture.difference", true, 0),
    ]
    .into_iter()
    .enumerate()
    {
        let x = LEFT + 136 * u32::try_from(at).unwrap_or(0);
        content.push_str(&shape((x, top), 28, different, percent));
        content.push_str(&text((x + 36, top + 18), Anchor::Start, "small", &words.text(key, &[])?));
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn slot(used: u32, capacity: u32, differences: u32) -> Slot {
        let name = "A-01-07".to_owned();
        Slot {
            name,
            label: "07".to_owned(),
            href: "/slots/7?a=1&b=2".to_owned(),
            used,
            capacity,
            differences,
        }
    }

    #[test]
    fn how_full_a_slot_looks() {
        for (used, capacity, expected) in
            [(0, 20, 0), (0, 0, 0), (1, 1000, 8), (10, 20, 50), (20, 20, 100), (30, 20, 100), (3, 0, 50)]
        {
            assert_eq!(percent(&slot(used, capacity, 0)), expected, "{used}/{capacity}");
        }
    }

    #[test]
    fn every_slot_is_a_link_that_says_what_is_wrong() {
        let zone = Zone {
            name: "A".to_owned(),
            columns: 2,
            slots: vec![slot(0, 20, 0), slot(5, 20, 0), slot(5, 20, 2)],
        };
        let map = ShelfMap { store: "中心库".to_owned(), zones: vec![zone] };
        let made = shelf_map(&Words::of(Language::Zh).unwrap(), &map).unwrap();
        assert_eq!(made.matches("<a href=\"/slots/7?a=1&amp;b=2\"").count(), 3);
        assert!(made.contains("A-01-07：5/20，有差异 2 处"));
        assert!(made.contains("3 个库位，2 个有物，1 个有差异"));
        assert!(made.contains("viewBox=\"0 0 960 108\""), "two rows, a gap and the legend");
    }
}
