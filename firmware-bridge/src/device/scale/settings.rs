//! A scale's settings: how it speaks, and until when its calibration (检定) holds.

use super::super::Device;
use super::super::driver::{SettingsError, byte_stream, table as read_table, wrong};
use crate::stream::Address;
use hufu_protocol::scale::Protocol;
use hufu_wire::Day;
use serde::Deserialize;
use toml::value::Datetime;

#[derive(Clone, Debug)]
pub struct Scale {
    pub protocol: Protocol,
    /// The unit of the display, for protocols that do not send one.
    pub unit: String,
    /// Whether the scale is asked; otherwise it sends without being asked.
    pub asked: bool,
    /// The last day on which the calibration holds, when it is known.
    pub calibration_due: Option<Day>,
}

impl Scale {
    /// A scale of this protocol, of whose calibration nothing is known.
    pub fn speaking(protocol: Protocol) -> Scale {
        let asked = protocol.waits_to_be_asked();
        Scale { protocol, unit: "kg".to_owned(), asked, calibration_due: None }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSettings {
    #[serde(default)]
    protocol: RawProtocol,
    unit: Option<String>,
    asked: Option<bool>,
    calibrated: Option<Datetime>,
    calibration_valid_days: Option<u32>,
    calibration_due: Option<Datetime>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawProtocol {
    #[default]
    Sics,
    MtContinuous,
    #[serde(rename = "toledo_8217")]
    Toledo8217,
    And,
    Sbi,
    Yaohua,
}

pub(super) fn read(name: String, address: Address, table: toml::Table) -> Result<Device, SettingsError> {
    let address = byte_stream(&name, address)?;
    let scale = parse(&name, table)?;
    Ok(Device::new(name, address, scale))
}

fn parse(name: &str, table: toml::Table) -> Result<Scale, SettingsError> {
    let written: RawSettings = read_table(table)?;
    let protocol = match written.protocol {
        RawProtocol::Sics => Protocol::Sics,
        RawProtocol::MtContinuous => Protocol::MtContinuous,
        RawProtocol::Toledo8217 => Protocol::Toledo8217,
        RawProtocol::And => Protocol::And,
        RawProtocol::Sbi => Protocol::Sbi,
        RawProtocol::Yaohua => Protocol::Yaohua,
    };
    if written.unit.is_some() && protocol.tells_unit() {
        return wrong(format!("scale \"{name}\" sends its unit; leave unit out"));
    }
    let asked = written.asked.unwrap_or(protocol.waits_to_be_asked());
    if asked && protocol.question().is_none() {
        return wrong(format!("scale \"{name}\" cannot be asked in this protocol; leave asked out"));
    }
    if !asked && protocol.waits_to_be_asked() {
        return wrong(format!(
            "scale \"{name}\" says nothing in this protocol unless it is asked; leave asked out"
        ));
    }
    let calibration_due = due(name, &written)?;
    Ok(Scale { protocol, unit: written.unit.unwrap_or_else(|| "kg".to_owned()), asked, calibration_due })
}

/// The certificate's last day, or counted from its first: a year from 1 March ends on the last day of February.
fn due(name: &str, written: &RawSettings) -> Result<Option<Day>, SettingsError> {
    match (written.calibrated, written.calibration_valid_days, written.calibration_due) {
        (None, None, None) => Ok(None),
        (_, None, Some(due)) => day(name, due).map(Some),
        (Some(calibrated), Some(days @ 1..), None) => Ok(Some(day(name, calibrated)?.plus_days(days - 1))),
        _ => wrong(format!(
            "scale \"{name}\": give calibration_due, or calibrated together with calibration_valid_days (at least 1)"
        )),
    }
}

fn day(name: &str, date: Datetime) -> Result<Day, SettingsError> {
    let text = date.to_string();
    text.parse().or_else(|_| wrong(format!("scale \"{name}\": {text} is not a day like 2026-03-01")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(text: &str) -> Result<Scale, String> {
        parse("scale", text.parse().unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_scale_speaks_sics_unless_told_otherwise() {
        let plain = scale("").unwrap();
        assert_eq!((plain.protocol, plain.asked, plain.calibration_due), (Protocol::Sics, true, None));
        let yaohua = scale("protocol = \"yaohua\"\nunit = \"g\"").unwrap();
        assert_eq!((yaohua.protocol, yaohua.asked, yaohua.unit.as_str()), (Protocol::Yaohua, false, "g"));
        assert!(scale("protocol = \"and\"\nasked = true").unwrap().asked);
    }

    #[test]
    fn the_calibration_ends_on_a_day() {
        let due = |text: &str| scale(text).unwrap().calibration_due.unwrap().to_string();
        assert_eq!(due("calibrated = 2026-03-01\ncalibration_valid_days = 365"), "2027-02-28");
        assert_eq!(due("calibration_due = 2027-02-28"), "2027-02-28");
        assert_eq!(due("calibrated = 2026-03-01\ncalibration_due = 2027-02-28"), "2027-02-28");
    }

    #[test]
    fn wrong_settings_are_refused_with_a_reason() {
        for (text, reason) in [
            ("calibrated = 2026-03-01", "calibration_valid_days"),
            ("calibration_valid_days = 365", "calibrated"),
            ("calibrated = 2026-03-01\ncalibration_valid_days = 0", "at least 1"),
            (
                "calibrated = 2026-03-01\ncalibration_valid_days = 9\ncalibration_due = 2027-01-01",
                "calibration_due",
            ),
            ("calibration_due = 07:32:00", "2026-03-01"),
            ("calibration_due = \"soon\"", "due"),
            ("protocol = \"sics\"\nunit = \"g\"", "unit"),
            ("protocol = \"mt_continuous\"\nasked = true", "asked"),
            ("asked = false", "asked"),
            ("protocol = \"morse\"", "morse"),
        ] {
            let refused = scale(text).unwrap_err();
            assert!(refused.contains(reason), "{refused} should speak of {reason}");
        }
    }
}
