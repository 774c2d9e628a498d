//! Comments and text in shapes of an .xlsx.

use std::io::BufRead;

use quick_xml::events::Event;

use super::Beside;
use super::xml::{attribute, each_event, entity};
use crate::import::error::Refusal;

pub(super) fn comments(reader: impl BufRead, beside: &mut Beside) -> Result<(), Refusal> {
    let (mut place, mut text, mut inside) = (None, String::new(), false);
    each_event(reader, |event| {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "comment" => {
                    (place, text) = (attribute(tag, "ref")?.as_deref().and_then(address), String::new());
                }
                "t" => inside = true,
                _ => (),
            },
            Event::Text(it) if inside => text.push_str(&it.xml10_content()),
            Event::GeneralRef(it) if inside => text.push_str(&entity(it)),
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => inside = false,
                "comment" => {
                    if let Some((row, column)) = place.take() {
                        beside.comment(row, column, &text);
                    }
                }
                _ => (),
            },
            _ => (),
        }
        Ok(())
    })
}

/// The texts of shapes: all paragraphs of one shape together.
pub(super) fn shapes(reader: impl BufRead, beside: &mut Beside) -> Result<(), Refusal> {
    let (mut text, mut inside) = (String::new(), false);
    each_event(reader, |event| {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "sp" => text.clear(),
                "t" => inside = true,
                _ => (),
            },
            Event::Text(it) if inside => text.push_str(&it.xml10_content()),
            Event::GeneralRef(it) if inside => text.push_str(&entity(it)),
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => inside = false,
                "p" if !text.is_empty() => text.push('\n'),
                "sp" => beside.shape(&text),
                _ => (),
            },
            _ => (),
        }
        Ok(())
    })
}

/// C7 → row 7, column 2.
fn address(text: &str) -> Option<(u32, u32)> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (column, row) = text.split_at_checked(letters)?;
    let column = column.bytes().try_fold(0_u32, |sum, byte| {
        sum.checked_mul(26)?.checked_add(u32::from(byte.to_ascii_uppercase() - b'A') + 1)
    })?;
    Some((row.parse().ok()?, column.checked_sub(1)?))
}
