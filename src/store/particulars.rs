//! The fields of a thing as their column has them.

use super::{Error, damaged};
use crate::ledger::Particulars;

pub(super) fn read_particulars(text: &str) -> Result<Particulars, Error> {
    serde_json::from_str(text).map_err(|error| damaged("particulars", error))
}

pub(super) fn particulars_text(particulars: &Particulars) -> Result<String, Error> {
    serde_json::to_string(particulars).map_err(|error| damaged("particulars", error))
}
