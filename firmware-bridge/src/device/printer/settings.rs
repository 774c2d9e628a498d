//! A printer's settings: its language and what is peculiar about it, whether it answers, and how long it may be silent.

use super::super::Device;
use super::super::driver::{SettingsError, byte_stream, table as read_table, wrong};
use crate::stream::Address;
use hufu_protocol::Language;
use hufu_protocol::printer::{Cut, Manner, Media, tspl::Polarity};
use serde::Deserialize;
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Printer {
    pub manner: Manner,
    /// Whether the printer answers a question about its state. One that does not can never confirm a label.
    pub answers: bool,
    /// How long a printer may take no byte at all before a job's outcome is called unknown.
    pub stall: Duration,
    /// How long after the last byte a printer may take to say that the label is out.
    pub confirm: Duration,
}

impl Printer {
    /// A printer of this language without peculiarities.
    pub fn speaking(language: Language) -> Printer {
        Printer {
            manner: Manner::plain(language),
            answers: true,
            stall: Duration::from_secs(5),
            confirm: Duration::from_secs(20),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSettings {
    language: Option<RawLanguage>,
    answers: Option<bool>,
    black: Option<RawBlack>,
    cut: Option<bool>,
    media: Option<RawMedia>,
    media_mm: Option<f64>,
    stall_ms: Option<u64>,
    confirm_ms: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawLanguage {
    Zpl,
    Tspl,
    Escpos,
}

/// Which bit of a TSPL bitmap prints a dot.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawBlack {
    Zero,
    One,
}

/// What the printer is loaded with.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawMedia {
    Gap,
    BlackMark,
    Continuous,
    AsSet,
}

/// No gap and no mark is higher than this.
const MEDIA_MAX_MM: f64 = 30.0;

pub(super) fn read(name: String, address: Address, table: toml::Table) -> Result<Device, SettingsError> {
    let address = byte_stream(&name, address)?;
    let printer = parse(&name, table)?;
    Ok(Device::new(name, address, printer))
}

fn parse(name: &str, table: toml::Table) -> Result<Printer, SettingsError> {
    let written: RawSettings = read_table(table)?;
    let language = match written.language {
        Some(RawLanguage::Zpl) => Language::Zpl,
        Some(RawLanguage::Tspl) => Language::Tspl,
        Some(RawLanguage::Escpos) => Language::Escpos,
        None => return wrong(format!("printer \"{name}\" needs language = \"zpl\", \"tspl\" or \"escpos\"")),
    };
    if written.black.is_some() && language != Language::Tspl {
        return wrong(format!("printer \"{name}\": black is a setting of TSPL printers; leave it out"));
    }
    if written.cut.is_some() && language != Language::Escpos {
        return wrong(format!("printer \"{name}\": cut is a setting of ESC/POS printers; leave it out"));
    }
    let plain = Printer::speaking(language);
    let media = media(name, &written, plain.manner)?;
    let manner = Manner {
        language,
        polarity: match written.black.unwrap_or(RawBlack::Zero) {
            RawBlack::Zero => Polarity::ZeroIsBlack,
            RawBlack::One => Polarity::OneIsBlack,
        },
        cut: if written.cut.unwrap_or(false) { Cut::After } else { Cut::No },
        media,
    };
    Ok(Printer {
        manner,
        answers: written.answers.unwrap_or(plain.answers),
        stall: written.stall_ms.map_or(plain.stall, Duration::from_millis),
        confirm: written.confirm_ms.map_or(plain.confirm, Duration::from_millis),
    })
}

/// What the printer is told of its labels. A gap or a mark without a height has the usual 2 mm, or 4 mm.
fn media(name: &str, written: &RawSettings, plain: Manner) -> Result<Media, SettingsError> {
    if plain.language == Language::Escpos && (written.media.is_some() || written.media_mm.is_some()) {
        return wrong(format!(
            "printer \"{name}\": media is a setting of TSPL and ZPL printers; leave it out"
        ));
    }
    let measured = matches!(written.media, Some(RawMedia::Gap | RawMedia::BlackMark));
    if written.media_mm.is_some() && !(measured && plain.language == Language::Tspl) {
        return wrong(format!(
            "printer \"{name}\": media_mm is the height of a TSPL printer's gap or black mark; leave it out"
        ));
    }
    let height = |usual: u32| match written.media_mm {
        None => Ok(usual),
        Some(mm) if mm > 0.0 && mm <= MEDIA_MAX_MM => Ok(tenths(mm)),
        Some(mm) => wrong(format!(
            "printer \"{name}\": media_mm = {mm} is no height of a gap or mark; measure it, in millimetres"
        )),
    };
    Ok(match written.media {
        Some(RawMedia::Gap) => Media::Gap { tenths_mm: height(20)? },
        Some(RawMedia::BlackMark) => Media::BlackMark { tenths_mm: height(40)? },
        Some(RawMedia::Continuous) => Media::Continuous,
        Some(RawMedia::AsSet) => Media::AsSet,
        None => plain.media,
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a length between 0 and 30 mm")]
fn tenths(mm: f64) -> u32 {
    ((mm * 10.0).round() as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(text: &str) -> Result<Media, String> {
        parse("printer", text.parse().unwrap()).map(|it| it.manner.media).map_err(|error| error.to_string())
    }

    #[test]
    fn what_a_printer_is_loaded_with_is_a_setting() {
        for (text, expected) in [
            ("language = \"tspl\"", Media::GAP),
            ("language = \"tspl\"\nmedia = \"gap\"\nmedia_mm = 3", Media::Gap { tenths_mm: 30 }),
            ("language = \"tspl\"\nmedia = \"gap\"\nmedia_mm = 2.54", Media::Gap { tenths_mm: 25 }),
            ("language = \"tspl\"\nmedia = \"black_mark\"", Media::BlackMark { tenths_mm: 40 }),
            ("language = \"tspl\"\nmedia = \"continuous\"", Media::Continuous),
            ("language = \"tspl\"\nmedia = \"as_set\"", Media::AsSet),
            ("language = \"zpl\"", Media::AsSet),
            ("language = \"zpl\"\nmedia = \"continuous\"", Media::Continuous),
            ("language = \"zpl\"\nmedia = \"black_mark\"", Media::BlackMark { tenths_mm: 40 }),
            ("language = \"escpos\"", Media::AsSet),
        ] {
            assert_eq!(media(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_setting_that_says_nothing_is_refused_with_a_reason() {
        for (text, reason) in [
            ("language = \"escpos\"\nmedia = \"gap\"", "TSPL and ZPL"),
            ("language = \"tspl\"\nmedia = \"gap\"\nmedia_mm = 0", "millimetres"),
            ("language = \"tspl\"\nmedia = \"gap\"\nmedia_mm = nan", "millimetres"),
            ("language = \"tspl\"\nmedia = \"black_mark\"\nmedia_mm = 60", "millimetres"),
            ("language = \"tspl\"\nmedia = \"continuous\"\nmedia_mm = 2", "leave it out"),
            ("language = \"tspl\"\nmedia_mm = 2", "leave it out"),
            ("language = \"zpl\"\nmedia = \"gap\"\nmedia_mm = 2", "leave it out"),
            ("language = \"zpl\"\nmedia = \"hole\"", "hole"),
        ] {
            let refused = media(text).unwrap_err();
            assert!(refused.contains(reason), "{refused} should speak of {reason}");
        }
    }
}
