//! Printers: a 1-bit picture becomes the bytes of the printer's own language, and the printer's answers become values.

mod emulator;
pub mod escpos;
mod media;
mod status;
pub mod tspl;
pub mod zpl;

pub use emulator::{DecodedLabel, PrinterEmulator, PrinterInput, Question};
pub use media::Media;
pub use status::{Hindrance, Inquiry, InquiryStep, LabelFate, Status, Watch, Work};

use hufu_wire::Raster;

/// What a printer understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// ZPL II: Zebra and most label printers that imitate them.
    Zpl,
    /// TSPL/TSPL2: TSC and most Chinese label printers.
    Tspl,
    /// ESC/POS: receipt printers.
    Escpos,
}

impl Language {
    pub const ALL: [Language; 3] = [Language::Zpl, Language::Tspl, Language::Escpos];
}

/// A language and what differs from one printer of it to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    pub language: Language,
    /// TSPL only.
    pub polarity: tspl::Polarity,
    /// ESC/POS only.
    pub cut: Cut,
    /// TSPL and ZPL only: a receipt printer has a roll.
    pub media: Media,
}

/// What a receipt printer does after a label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    #[default]
    No,
    /// Feeds to the knife and cuts.
    After,
}

impl Manner {
    /// As the language's manual has it, and no cut. A TSPL printer is told of the usual gap; a ZPL printer keeps what it found
    /// out when it was calibrated.
    pub fn plain(language: Language) -> Manner {
        let media = match language {
            Language::Tspl => Media::GAP,
            Language::Zpl | Language::Escpos => Media::AsSet,
        };
        Manner { language, polarity: tspl::Polarity::default(), cut: Cut::default(), media }
    }

    /// The bytes that print this picture once, at its own size, and nothing else.
    pub fn encode(self, raster: &Raster) -> Vec<u8> {
        match (self.language, self.cut) {
            (Language::Zpl, _) => zpl::encode(raster, self.media),
            (Language::Tspl, _) => tspl::encode(raster, self.polarity, self.media),
            (Language::Escpos, Cut::No) => escpos::encode(raster),
            (Language::Escpos, Cut::After) => [escpos::encode(raster).as_slice(), escpos::CUT].concat(),
        }
    }
}

/// The bytes that print this picture on a printer of this language that has no peculiarities.
pub fn encode(language: Language, raster: &Raster) -> Vec<u8> {
    Manner::plain(language).encode(raster)
}

/// What makes a printer forget a label of which only a part has come, so that the next one is not taken for its rest.
pub fn cancel(language: Language) -> &'static [u8] {
    match language {
        Language::Zpl => zpl::CANCEL,
        Language::Tspl => tspl::CANCEL,
        Language::Escpos => escpos::CANCEL,
    }
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}

/// The side length in tenths of a millimetre, rounded to the nearest. "203 dpi" print heads have 8 dots to the millimetre,
/// which is 203.2: a label of 60 mm is not one of 60.1.
fn tenths_mm(dots: u32, dpi: u32) -> u32 {
    let tenths_of_dpi = if dpi == 203 { 2_032 } else { u64::from(dpi.max(1)) * 10 };
    u32::try_from((u64::from(dots) * 2_540 * 2 + tenths_of_dpi) / (tenths_of_dpi * 2)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::tenths_mm;

    #[test]
    fn dots_become_millimetres() {
        for (dots, dpi, tenths) in
            [(480, 203, 600), (320, 203, 400), (709, 300, 600), (472, 300, 400), (1, 203, 1)]
        {
            assert_eq!(tenths_mm(dots, dpi), tenths, "{dots} dots at {dpi} dpi");
        }
    }
}
