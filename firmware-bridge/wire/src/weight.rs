//! Which reading of a scale may stand as the weight of a thing. Decided here once, for the counter of the server and for the
//! station's page when there is no server.

use crate::message::Reading;

/// A reading that may stand as a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight<'a> {
    /// As the scale wrote it, "12.35", with its unit, "g".
    pub value: &'a str,
    pub unit: &'a str,
    /// The same in milligrams; always above zero.
    pub milligrams: i64,
}

/// Why a reading is no weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoWeight {
    Unsteady,
    UnknownUnit,
    NotPositive,
    Overload,
    Underload,
    NotReady,
}

/// A steady reading above zero in a unit that is known, exactly as the scale shows it: whether it is steady is the scale's
/// own judgement (MT-SICS answers `S`; of scales that do not say it, that it has not changed for a second),
/// nothing is rounded, and no difference from an earlier weight is forgiven here. Of several reasons the first in the
/// order of [`NoWeight`] is told, because that is what a person at the scale can put right first.
pub fn weight(reading: &Reading) -> Result<Weight<'_>, NoWeight> {
    match reading {
        Reading::Weight { stable: false, .. } => Err(NoWeight::Unsteady),
        Reading::Weight { milligrams: None, .. } => Err(NoWeight::UnknownUnit),
        Reading::Weight { milligrams: Some(..=0), .. } => Err(NoWeight::NotPositive),
        Reading::Weight { value, unit, milligrams: Some(milligrams), stable: true, .. } => {
            Ok(Weight { value, unit, milligrams: *milligrams })
        }
        Reading::Overload => Err(NoWeight::Overload),
        Reading::Underload => Err(NoWeight::Underload),
        Reading::NotReady => Err(NoWeight::NotReady),
    }
}

/// What people call a unit that no weight is taken in, in Chinese and English; its own letters for one that is not known.
/// `None` for the units that are taken and for a reading whose unit the scale left out.
pub fn refused_unit(unit: &str) -> Option<(String, String)> {
    let (zh, en) = match unit.to_ascii_lowercase().as_str() {
        "-" => return None,
        "mg" | "g" | "kg" | "t" if unit.chars().all(|c| c.is_ascii_lowercase()) => return None,
        "lb" | "lbs" => ("磅", "pounds"),
        "oz" => ("盎司", "ounces"),
        "lb:oz" | "lboz" | "lb/oz" => ("磅和盎司", "pounds and ounces"),
        "ozt" => ("金衡盎司", "troy ounces"),
        "ct" => ("克拉", "carats"),
        "gn" => ("格令", "grains"),
        "dwt" => ("英钱", "pennyweights"),
        "jin" => ("斤", "jin"),
        "liang" => ("两", "liang"),
        "tl" | "tlh" | "tl.h" | "tls" | "tlt" => ("两", "taels"),
        "pc" | "pcs" => ("件数", "pieces"),
        "%" => ("百分比", "per cent"),
        _ => return Some((unit.to_owned(), unit.to_owned())),
    };
    Some((format!("{zh}（{unit}）"), format!("{en} ({unit})")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_that_is_not_taken_has_a_name() {
        let name = |unit| refused_unit(unit).map(|(zh, en)| format!("{zh} {en}"));
        for (unit, expected) in [
            ("lb", Some("磅（lb） pounds (lb)")),
            ("LB", Some("磅（LB） pounds (LB)")),
            ("oz", Some("盎司（oz） ounces (oz)")),
            ("lb:oz", Some("磅和盎司（lb:oz） pounds and ounces (lb:oz)")),
            ("ct", Some("克拉（ct） carats (ct)")),
            ("PCS", Some("件数（PCS） pieces (PCS)")),
            ("G", Some("G G")),
            ("xx", Some("xx xx")),
            ("g", None),
            ("kg", None),
            ("-", None),
        ] {
            assert_eq!(name(unit).as_deref(), expected, "{unit}");
        }
    }

    #[test]
    fn only_a_steady_reading_above_zero_in_a_known_unit_is_a_weight() {
        let reading = |milligrams, stable| Reading::Weight {
            value: "12.35".to_owned(),
            unit: "g".to_owned(),
            milligrams,
            stable,
            basis: None,
            tare: None,
        };
        let table = [
            (reading(Some(12_350), true), Ok(Weight { value: "12.35", unit: "g", milligrams: 12_350 })),
            (reading(Some(1), true), Ok(Weight { value: "12.35", unit: "g", milligrams: 1 })),
            (reading(Some(12_350), false), Err(NoWeight::Unsteady)),
            (reading(None, false), Err(NoWeight::Unsteady)),
            (reading(None, true), Err(NoWeight::UnknownUnit)),
            (reading(Some(0), true), Err(NoWeight::NotPositive)),
            (reading(Some(-5), true), Err(NoWeight::NotPositive)),
            (Reading::Overload, Err(NoWeight::Overload)),
            (Reading::Underload, Err(NoWeight::Underload)),
            (Reading::NotReady, Err(NoWeight::NotReady)),
        ];
        for (reading, expected) in table {
            assert_eq!(weight(&reading), expected, "{reading:?}");
        }
    }
}
