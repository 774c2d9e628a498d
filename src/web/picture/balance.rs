//! The balance bar: what the book says over what was counted, and the part between them.

use super::draw::{Anchor, Role, picture, text};
use crate::web::{
    render::quantity_parts,
    words::{Words, WordsError},
};
use std::cmp::Ordering;

/// Two amounts of the same measure. The texts are as people write them (`12.35 克`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    pub booked: i64,
    pub counted: i64,
    pub booked_text: String,
    pub counted_text: String,
    /// Counted less booked, without its sign.
    pub difference_text: String,
    pub of: Comparison,
}

/// What is held against what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The book (booked) against the shelf (counted).
    Count,
    /// Who answers (booked) against what is kept (counted).
    Books,
}

impl Comparison {
    /// The words for the first row, the second, the title and the sentence.
    fn words(self) -> [&'static str; 4] {
        match self {
            Comparison::Count => {
                ["picture.booked", "picture.counted", "picture.balance_title", "picture.balance_summary"]
            }
            Comparison::Books => {
                ["picture.answered", "picture.kept", "picture.books_title", "picture.books_summary"]
            }
        }
    }
}

/// Wide enough for the longest name of a row in either language.
const LEFT: u32 = 104;
const LENGTH: u32 = 200;
/// With room for an amount behind the longer bar.
const WIDTH: u32 = 450;

/// 450 × 84.
pub fn balance_bar(words: &Words, it: &Balance) -> Result<String, WordsError> {
    let most = it.booked.max(it.counted).max(1);
    let (booked, counted) = (length(it.booked, most), length(it.counted, most));
    let difference = difference_text(words, it)?;
    let [first, second, title, sentence] = it.of.words();
    let (booked_text, counted_text) = (amount(words, &it.booked_text)?, amount(words, &it.counted_text)?);
    let mut content = row(&words.text(first, &[])?, "booked", 4, booked, &booked_text);
    content.push_str(&row(&words.text(second, &[])?, "counted", 32, counted, &counted_text));
    let class = if it.booked == it.counted { "strong even" } else { "strong apart" };
    content.push_str(&gap(it, booked, counted));
    content.push_str(&text((0, 75), Anchor::Start, "", &words.text("picture.difference", &[])?));
    content.push_str(&text((LEFT, 75), Anchor::Start, class, &difference));
    let title = words.text(title, &[])?;
    let sentence = words.text(
        sentence,
        &[("booked", &booked_text), ("counted", &counted_text), ("difference", &difference)],
    )?;
    Ok(picture(Role::Image, "balance", (WIDTH, 84), (&title, &sentence), &content))
}

/// What is missing, at the end of the row that is short of it.
fn gap(it: &Balance, booked: u32, counted: u32) -> String {
    let (from, to, y) = match it.counted.cmp(&it.booked) {
        Ordering::Equal => return String::new(),
        Ordering::Less => (counted, booked, 32),
        Ordering::Greater => (booked, counted, 4),
    };
    let (x, wide) = (LEFT + from, (to - from).max(2));
    format!("<rect class=\"gap\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"20\"/>")
}

fn difference_text(words: &Words, it: &Balance) -> Result<String, WordsError> {
    let apart = amount(words, &it.difference_text)?;
    Ok(match it.counted.cmp(&it.booked) {
        Ordering::Equal => words.text("picture.balanced", &[])?,
        Ordering::Less => format!("− {apart}"),
        Ordering::Greater => format!("+ {apart}"),
    })
}

/// With its unit in the reader's language.
fn amount(words: &Words, text: &str) -> Result<String, WordsError> {
    let (figure, unit) = quantity_parts(words, text)?;
    Ok(if unit.is_empty() { figure } else { format!("{figure} {unit}") })
}

fn row(name: &str, class: &str, y: u32, length: u32, amount: &str) -> String {
    let bar = format!("<rect class=\"{class}\" x=\"{LEFT}\" y=\"{y}\" width=\"{length}\" height=\"20\"/>");
    text((0, y + 15), Anchor::Start, "", name)
        + &bar
        + &text((LEFT + LENGTH + 12, y + 15), Anchor::Start, "strong", amount)
}

/// In proportion to the larger; nothing below zero.
fn length(amount: i64, most: i64) -> u32 {
    let share = i128::from(amount.max(0)) * i128::from(LENGTH) / i128::from(most);
    u32::try_from(share).unwrap_or(LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn bars_are_in_proportion_and_the_difference_has_a_sign() {
        let words = Words::of(Language::En).unwrap();
        for (booked, counted, lengths, said) in [
            (100, 100, [200, 200], "in agreement"),
            (100, 75, [200, 150], "− 25"),
            (50, 100, [100, 200], "+ 50"),
            (0, 0, [0, 0], "in agreement"),
            (i64::MAX, 0, [200, 0], "− "),
        ] {
            let it = Balance {
                booked,
                counted,
                booked_text: booked.to_string(),
                counted_text: counted.to_string(),
                difference_text: (counted - booked).abs().to_string(),
                of: Comparison::Count,
            };
            let made = balance_bar(&words, &it).unwrap();
            let [first, second] = lengths;
            assert!(
                made.contains(&format!("class=\"booked\" x=\"104\" y=\"4\" width=\"{first}\"")),
                "{made}"
            );
            assert!(
                made.contains(&format!("class=\"counted\" x=\"104\" y=\"32\" width=\"{second}\"")),
                "{made}"
            );
            assert!(made.contains(said));
        }
    }
}
