//! The time bar: how much is overdue and how much is due when, side by side.

use super::draw::{Anchor, Role, picture, text};
use crate::web::{
    frame::Status,
    words::{Words, WordsError},
};

/// A part of the bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimePart {
    /// What it is called, in the reader's words.
    pub name: String,
    pub count: usize,
    pub status: Status,
}

const LENGTH: usize = 720;
/// A part with anything in it is this wide at least, so that its figure has room.
const LEAST: usize = 32;

/// 720 × 28; nothing in it, nothing drawn.
pub fn time_bar(words: &Words, parts: &[TimePart]) -> Result<Option<String>, WordsError> {
    let filled: Vec<&TimePart> = parts.iter().filter(|it| it.count > 0).collect();
    let total: usize = filled.iter().map(|it| it.count).sum();
    if total == 0 {
        return Ok(None);
    }
    let spare = LENGTH.saturating_sub(LEAST.saturating_mul(filled.len()));
    let (mut content, mut said, mut x) = (String::new(), Vec::new(), 0_usize);
    for it in filled {
        let wide = LEAST + spare.saturating_mul(it.count).checked_div(total).unwrap_or(0);
        content.push_str(&format!(
            "<rect class=\"{}\" x=\"{x}\" y=\"2\" width=\"{}\" height=\"24\" rx=\"3\"/>",
            it.status.word(),
            wide.saturating_sub(2)
        ));
        content.push_str(&text((x + wide / 2, 19), Anchor::Middle, "strong", &it.count.to_string()));
        said.push(format!("{} {}", it.name, it.count));
        x = x.saturating_add(wide);
    }
    let title = words.text("picture.time_bar", &[])?;
    let size = (u32::try_from(LENGTH).unwrap_or(0), 28);
    Ok(Some(picture(Role::Image, "time-bar", size, (&title, &said.join("; ")), &content)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn every_part_is_seen_and_all_fit() {
        let words = Words::of(Language::En).unwrap();
        let part = |count, status| TimePart { name: "x".to_owned(), count, status };
        let parts = [part(1, Status::Overdue), part(0, Status::DueSoon), part(9_999, Status::InOrder)];
        let drawn = time_bar(&words, &parts).unwrap().unwrap();
        assert_eq!(drawn.matches("<rect").count(), 2, "what is empty is not drawn");
        assert!(
            drawn.contains("x=\"32\" y=\"2\" width=\"68"),
            "a single overdue thing keeps its place: {drawn}"
        );
        assert_eq!(time_bar(&words, &[part(0, Status::Overdue)]).unwrap(), None);
    }
}
