//! A printer's settings: its language, whether it answers, and how long it may be silent.

use super::{ConfigError, rest, wrong};
use hufu_protocol::Language;
use serde::Deserialize;
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Printer {
    pub language: Language,
    /// Whether the printer answers a question about its state. One that does not can never confirm a label.
    pub answers: bool,
    /// How long a printer may take no byte at all before a job's outcome is called unknown.
    pub stall: Duration,
    /// How long after the last byte a printer may take to say that the label is out.
    pub confirm: Duration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    language: Option<WrittenLanguage>,
    answers: Option<bool>,
    stall_ms: Option<u64>,
    confirm_ms: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenLanguage {
    Zpl,
    Tspl,
    Escpos,
}

pub(super) fn read(name: &str, table: toml::Table) -> Result<Printer, ConfigError> {
    let written: Written = rest(table)?;
    let language = match written.language {
        Some(WrittenLanguage::Zpl) => Language::Zpl,
        Some(WrittenLanguage::Tspl) => Language::Tspl,
        Some(WrittenLanguage::Escpos) => Language::Escpos,
        None => return wrong(format!("printer \"{name}\" needs language = \"zpl\", \"tspl\" or \"escpos\"")),
    };
    let speaks = language == Language::Zpl;
    if written.answers == Some(true) && !speaks {
        return wrong(format!(
            "printer \"{name}\": only ZPL printers are asked for their state; leave answers out"
        ));
    }
    Ok(Printer {
        language,
        answers: written.answers.unwrap_or(speaks),
        stall: Duration::from_millis(written.stall_ms.unwrap_or(5_000)),
        confirm: Duration::from_millis(written.confirm_ms.unwrap_or(20_000)),
    })
}
