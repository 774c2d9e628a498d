//! How long a text may be that somebody types: what may become part of an entry is asked here as soon as it is typed, so that
//! nothing waits in a draft that could not be recorded, and nothing is kept that nobody could read.

use super::{Error, Invalid};
use crate::ledger::apply::TEXT_MAX;

/// The longest text that is searched for, in characters.
const SEARCH_MAX: usize = 200;

/// What most of them are.
pub(super) const REASON: (&str, &str) = ("原因", "The reason");

/// A reason that must be given is not there.
pub(super) fn say_why() -> Error {
    Invalid::new(
        "reason_missing",
        ("没有写明原因。", "No reason is given."),
        ("请写明原因。", "Write the reason."),
    )
}

/// Refuses a text that no entry could carry; `what` says which, in both languages.
pub(super) fn recordable(what: (&str, &str), text: &str) -> Result<(), Error> {
    match text.chars().count() <= TEXT_MAX {
        true => Ok(()),
        false => Err(Invalid::new(
            "text_too_long",
            (
                &format!("{}超过 {TEXT_MAX} 字，没有保存。", what.0),
                &format!("{} has more than {TEXT_MAX} characters; it was not kept.", what.1),
            ),
            ("请写得简短些，其余写入情况说明。", "Make it shorter; the rest belongs in a report."),
        )),
    }
}

/// Refuses to look for what nothing is called.
pub(super) fn searched(text: &str) -> Result<(), Error> {
    match text.chars().count() <= SEARCH_MAX {
        true => Ok(()),
        false => Err(Invalid::new(
            "search_too_long",
            (
                "要查找的文字超过 200 字，没有查找。",
                "The text to look for has more than 200 characters; nothing was searched.",
            ),
            ("请写得简短些再查。", "Search for less of it."),
        )),
    }
}
