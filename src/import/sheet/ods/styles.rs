//! What the styles and attributes of an .ods say about its cells: hidden, struck through, a unit beside the number.

use std::collections::BTreeSet;

use quick_xml::events::BytesStart;

use crate::import::error::Refusal;
use crate::import::quantity::is_unit;
use crate::import::sheet::number_format::{Affix, shown};
use crate::import::sheet::xml::attribute;
use crate::import::sheet::{Kind, number_text};

/// The automatic styles that matter: tables that are not shown, text that is struck through.
#[derive(Default)]
pub(super) struct Styles {
    open: String,
    pub(super) hidden: BTreeSet<String>,
    pub(super) struck: BTreeSet<String>,
}

impl Styles {
    pub(super) fn read(&mut self, tag: &BytesStart<'_>) -> Result<(), Refusal> {
        match tag.name().as_ref() {
            "style:style" => self.open = attribute(tag, "style:name")?.unwrap_or_default(),
            "style:table-properties" if attribute(tag, "table:display")?.as_deref() == Some("false") => {
                self.hidden.insert(self.open.clone());
            }
            "style:text-properties" => {
                let through = attribute(tag, "style:text-line-through-style")?;
                let kind = attribute(tag, "style:text-line-through-type")?;
                if through.or(kind).is_some_and(|it| it != "none") {
                    self.struck.insert(self.open.clone());
                }
            }
            _ => (),
        }
        Ok(())
    }
}

/// A number with the unit or the currency that the cell shows beside it.
pub(super) fn number_shown(value: f64, text: &str, currency: Option<&str>) -> (String, Kind) {
    let (with_unit, kind) = shown(value, Some(&Affix::of_shown(text, value)));
    // A dollar sign alone does not say which dollar; the cell does.
    let number = number_text(value).0;
    match currency.filter(|it| is_unit(it)) {
        Some(currency) if with_unit.trim_start_matches('$') == number => {
            (format!("{currency}{number}"), kind)
        }
        _ => (with_unit, kind),
    }
}

pub(super) fn is_hidden(tag: &BytesStart<'_>) -> Result<bool, Refusal> {
    Ok(matches!(attribute(tag, "table:visibility")?.as_deref(), Some("collapse" | "filter")))
}
