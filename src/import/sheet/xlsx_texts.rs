//! Comments and text in shapes of an .xlsx.

use std::io::BufRead;

use quick_xml::events::Event;

use super::Beside;
use super::xml::{attribute, each_event, entity};
use crate::import::error::Refusal;

pub(super) fn comments(reader: impl BufRead, beside: &mut Beside) -> Result<(), Refusal> {
    texts(reader, "comment", |cell, text| {
        if let Some((row, column)) = cell.as_deref().and_then(address) {
            beside.comment(row, column, text);
        }
    })
}

/// The texts of shapes: all paragraphs of one shape together.
pub(super) fn shapes(reader: impl BufRead, beside: &mut Beside) -> Result<(), Refusal> {
    texts(reader, "sp", |_, text| beside.shape(text))
}

/// Tells the whole text of each element of this name, a paragraph a line, with the cell that it refers to.
fn texts(
    reader: impl BufRead,
    whole: &str,
    mut told: impl FnMut(Option<String>, &str),
) -> Result<(), Refusal> {
    let (mut cell, mut text, mut inside) = (None, String::new(), false);
    each_event(reader, |event| {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => inside = true,
                name if name == whole => (cell, text) = (attribute(tag, "ref")?, String::new()),
                _ => (),
            },
            Event::Text(it) if inside => text.push_str(&it.xml10_content()),
            Event::GeneralRef(it) if inside => text.push_str(&entity(it)),
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => inside = false,
                "p" if !text.is_empty() => text.push('\n'),
                name if name == whole => told(cell.take(), &text),
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
