//! What labels a printer is loaded with, and how it finds where one ends: said with every label in the printer's own
//! language, so that a printer that was set otherwise by hand or by another program prints ours right all the same.

use std::fmt;

/// How a printer finds the end of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// Labels with a gap between them that light shines through, so many tenths of a millimetre high.
    Gap { tenths_mm: u32 },
    /// A black bar on the back, so many tenths of a millimetre high.
    BlackMark { tenths_mm: u32 },
    /// A roll without either: a label is as long as its picture.
    Continuous,
    /// What the printer itself is set to: nothing is said.
    AsSet,
}

impl Media {
    /// The usual gap of a roll of labels.
    pub const GAP: Media = Media::Gap { tenths_mm: 20 };

    /// `GAP` or `BLINE` of TSPL (TSPL2 manual, Setup Commands); a gap of nought is a continuous roll.
    pub(super) fn tspl(self) -> String {
        match self {
            Media::Gap { tenths_mm } => format!("GAP {} mm,0 mm\r\n", Millimetres(tenths_mm)),
            Media::BlackMark { tenths_mm } => format!("BLINE {} mm,0 mm\r\n", Millimetres(tenths_mm)),
            Media::Continuous => "GAP 0 mm,0 mm\r\n".to_owned(),
            Media::AsSet => String::new(),
        }
    }

    /// `^MN` of ZPL (ZPL II guide, Media Tracking): Y or W looks for a gap, M for a mark, N does not look. The height of a gap is
    /// the printer's own business there.
    pub(super) fn zpl(self) -> &'static str {
        match self {
            Media::Gap { .. } => "^MNY",
            Media::BlackMark { .. } => "^MNM",
            Media::Continuous => "^MNN",
            Media::AsSet => "",
        }
    }
}

/// Tenths, written as a manual writes them: `2`, `2.5`.
struct Millimetres(u32);

impl fmt::Display for Millimetres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, tenth) = (self.0 / 10, self.0 % 10);
        if tenth == 0 { write!(f, "{whole}") } else { write!(f, "{whole}.{tenth}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;
    use crate::printer::Manner;
    use hufu_wire::Raster;

    #[test]
    fn each_language_says_it_in_its_own_words() {
        let raster = Raster::new(16, 2, 203, vec![0x80, 0x01, 0xFF, 0x00]).unwrap();
        for (media, tspl, zpl) in [
            (Media::GAP, "mm\r\nGAP 2 mm,0 mm\r\nDIRECTION", "^XA^MNY^PW16"),
            (Media::Gap { tenths_mm: 35 }, "mm\r\nGAP 3.5 mm,0 mm\r\nDIRECTION", "^XA^MNY^PW16"),
            (Media::BlackMark { tenths_mm: 40 }, "mm\r\nBLINE 4 mm,0 mm\r\nDIRECTION", "^XA^MNM^PW16"),
            (Media::Continuous, "mm\r\nGAP 0 mm,0 mm\r\nDIRECTION", "^XA^MNN^PW16"),
            (Media::AsSet, "0.3 mm\r\nDIRECTION", "^XA^PW16"),
        ] {
            for (language, expected) in [(Language::Tspl, tspl), (Language::Zpl, zpl)] {
                let bytes = Manner { media, ..Manner::plain(language) }.encode(&raster);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                assert!(text.contains(expected), "{media:?} {language:?}: {text}");
            }
        }
    }
}
