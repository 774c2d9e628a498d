//! What the roster's forms share: what stands beside a field after a refusal, the unit that was chosen, the word that it was done.

use super::{
    Fields, Web,
    frame::{Notice, NoticeKind},
    render::RenderError,
};
use crate::{custody::Error, id::UnitId, language::Language};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The fields of this room's forms.
const FIELDS: [&str; 11] =
    ["name", "login", "unit", "roles", "reason", "agency", "agency_name", "page", "zone", "to", "capacity"];

/// What stands beside each field of a form that came back, where the refusal is about one.
pub(super) fn beside(refused: Option<&Error>, language: Language) -> Value {
    let about = refused.and_then(|error| match error.code() {
        "login_taken" | "login_too_long" => Some("login"),
        "name_missing"
        | "station_name_taken"
        | "store_name_taken"
        | "place_name_too_long"
        | "unit_already_registered" => Some("name"),
        "slot_name_taken" | "wrong_row_of_slots" => Some("to"),
        "capacity_too_small" => Some("capacity"),
        "roles_do_not_fit" | "role_missing" => Some("roles"),
        "reason_missing" => Some("reason"),
        "unit_unknown" | "unit_closed" | "store_has_kept" => Some("unit"),
        "agency_differs" => Some("agency_name"),
        _ => None,
    });
    let said = |field: &str| {
        let error = refused.filter(|_| about == Some(field));
        error.map_or(Value::Null, |error| json!(error.sentence(language)))
    };
    FIELDS.iter().map(|field| ((*field).to_owned(), said(field))).collect::<Map<_, _>>().into()
}

/// That something was done, for a page that answers a form itself because it shows what is shown only once.
pub(super) fn done(web: &Web, language: Language, entry: u64) -> Result<Notice, RenderError> {
    let number = entry.to_string();
    let sentence = web.pages.words(language).text("message.recorded", &[("number", number.as_str())])?;
    Ok(Notice { kind: NoticeKind::Done, sentence, remedy: None, entry: Some(entry) })
}

/// The unit that was chosen. What is none is no unit of the ledger's, and refused as such.
pub(super) fn unit(fields: &Fields) -> UnitId {
    fields.parse("unit").unwrap_or(UnitId(Uuid::nil()))
}

/// Of which unit somebody or something new is to be.
#[derive(Debug, Default, Deserialize)]
pub struct NewQuery {
    #[serde(default)]
    pub(super) unit: String,
}
