//! Emulates a printer's input side: parses the bytes a printer is sent into questions and labels. For the virtual counter,
//! whose labels are read back by our own code reader, and for tests.

use super::{Language, escpos, find, tspl, zpl};
use hufu_wire::Raster;

/// A label as the printer would have put it on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedLabel {
    pub raster: Raster,
    /// How many copies were asked for.
    pub copies: u32,
}

/// One complete item of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrinterInput {
    Question(Question),
    Label(DecodedLabel),
    /// What had come in part is forgotten.
    Cancelled,
    /// A label that cannot be printed, and why.
    Unprintable(String),
}

/// What a printer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// ZPL `~HS`.
    HostStatus,
    /// TSPL `ESC ! ?`.
    Status,
    /// ESC/POS `DLE EOT n`.
    RealTime(u8),
    /// ESC/POS `GS r 1`: answered when everything before it is out.
    Receipt,
}

/// The largest incomplete item kept, in bytes; more is treated as noise.
const RECEIVED_MAX: usize = 1 << 20;

/// Collects bytes, in any pieces. Feed, then take until `None`.
#[derive(Debug)]
pub struct PrinterEmulator {
    received: Vec<u8>,
    dpi: u32,
    language: Dialect,
}

#[derive(Debug)]
enum Dialect {
    Zpl,
    Tspl(tspl::Canvas),
    Escpos,
}

impl PrinterEmulator {
    /// These languages do not say their resolution: `dpi` is the printer's.
    pub fn new(language: Language, polarity: tspl::Polarity, dpi: u32) -> PrinterEmulator {
        let language = match language {
            Language::Zpl => Dialect::Zpl,
            Language::Tspl => Dialect::Tspl(tspl::Canvas::new(polarity)),
            Language::Escpos => Dialect::Escpos,
        };
        PrinterEmulator { received: Vec::new(), dpi, language }
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        if self.received.len() + bytes.len() > RECEIVED_MAX {
            self.received.clear();
        }
        self.received.extend_from_slice(bytes);
    }

    /// Whether a ZPL format has begun and its end has not come.
    pub fn is_within_format(&self) -> bool {
        matches!(self.language, Dialect::Zpl) && find(&self.received, b"^XA").is_some()
    }
}

impl Iterator for PrinterEmulator {
    type Item = PrinterInput;

    fn next(&mut self) -> Option<PrinterInput> {
        match &mut self.language {
            Dialect::Zpl => zpl::next_input(&mut self.received, self.dpi),
            Dialect::Tspl(canvas) => canvas.next_input(&mut self.received, self.dpi),
            Dialect::Escpos => escpos::next_input(&mut self.received, self.dpi),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Inquiry, Manner, cancel};
    use super::*;
    use proptest::prelude::*;

    fn emulator(language: Language) -> PrinterEmulator {
        PrinterEmulator::new(language, tspl::Polarity::ZeroIsBlack, 203)
    }

    fn heard(language: Language, pieces: &[&[u8]]) -> Vec<PrinterInput> {
        let mut emulator = emulator(language);
        let mut heard = Vec::new();
        for piece in pieces {
            emulator.feed(piece);
            heard.extend(emulator.by_ref());
        }
        heard
    }

    fn picture(width: u32, height: u32, seed: u64) -> Raster {
        let length = width.div_ceil(8) as usize * height as usize;
        let noise = seed.to_le_bytes().into_iter().cycle().zip((0..=250u8).cycle());
        let bits = noise.map(|(one, other)| one.wrapping_mul(31) ^ other).take(length).collect();
        Raster::new(width, height, 203, bits).unwrap()
    }

    #[test]
    fn questions_labels_and_receipts_are_heard_in_their_order() {
        let picture = picture(16, 2, 7);
        let label = PrinterInput::Label(DecodedLabel { raster: picture.clone(), copies: 1 });
        for language in Language::ALL {
            let mut inquiry = Inquiry::new(language);
            let (ask, ask_receipt) = (inquiry.begin(), inquiry.ask_receipt());
            let bytes = Manner::plain(language).encode(&picture);
            let all = [ask, &bytes, ask_receipt, ask].concat();
            let found = heard(language, &[&all]);
            assert!(matches!(found.first(), Some(PrinterInput::Question(_))), "{language:?} {found:?}");
            assert_eq!(found[1], label, "{language:?}");
            let receipt = usize::from(!ask_receipt.is_empty());
            assert_eq!(found.len(), 3 + receipt, "{language:?} {found:?}");
            // And the same byte by byte.
            let bytes: Vec<&[u8]> = all.chunks(1).collect();
            assert_eq!(heard(language, &bytes), found, "{language:?}");
        }
    }

    #[test]
    fn half_a_label_is_forgotten_when_it_is_cancelled_and_the_next_one_is_whole() {
        let (lost, kept) = (picture(64, 20, 1), picture(64, 20, 2));
        for language in Language::ALL {
            let lost = Manner::plain(language).encode(&lost);
            for cut in [1, lost.len() / 2, lost.len() - 12] {
                let next = Manner::plain(language).encode(&kept);
                let found = heard(language, &[&lost[..cut], cancel(language), &next]);
                let label = PrinterInput::Label(DecodedLabel { raster: kept.clone(), copies: 1 });
                assert_eq!(found, [PrinterInput::Cancelled, label], "{language:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn a_printer_is_asked_in_the_middle_of_half_a_label() {
        let zpl = Manner::plain(Language::Zpl).encode(&picture(64, 20, 1));
        let found = heard(Language::Zpl, &[&zpl[..40], b"~HS\r\n", &zpl[40..]]);
        assert_eq!(found[0], PrinterInput::Question(Question::HostStatus));
        assert!(
            matches!(found[1], PrinterInput::Label(_)) || matches!(found[1], PrinterInput::Unprintable(_))
        );
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_heard_bit_for_bit(width in 1u32..12, height in 1u32..40, seed in any::<u64>(), cut in any::<prop::sample::Index>()) {
            let picture = picture(width * 8, height, seed);
            for language in Language::ALL {
                let bytes = Manner::plain(language).encode(&picture);
                let (one, other) = bytes.split_at(cut.index(bytes.len()));
                let expected = PrinterInput::Label(DecodedLabel { raster: picture.clone(), copies: 1 });
                prop_assert_eq!(heard(language, &[one, other]), vec![expected]);
            }
        }

        /// Any bytes in any pieces: no panic, no more memory than the limit, and after a cancellation a label is read.
        #[test]
        fn noise_is_bounded_and_ends_at_a_cancellation(bytes in prop::collection::vec(any::<u8>(), 0..3000), size in 1usize..97) {
            let picture = picture(16, 2, 3);
            for language in Language::ALL {
                let mut emulator = emulator(language);
                for piece in bytes.chunks(size) {
                    emulator.feed(piece);
                    while emulator.next().is_some() {}
                    prop_assert!(emulator.received.len() <= bytes.len());
                }
                emulator.feed(cancel(language));
                emulator.feed(&Manner::plain(language).encode(&picture));
                prop_assert!(emulator.any(|heard| heard == PrinterInput::Label(DecodedLabel { raster: picture.clone(), copies: 1 })), "{language:?}");
            }
        }

        /// Noise made of the languages' own words.
        #[test]
        fn words_in_any_order_do_no_harm(words in prop::collection::vec(prop::sample::select(WORDS), 0..60)) {
            for language in Language::ALL {
                let mut emulator = emulator(language);
                for word in &words {
                    emulator.feed(word);
                    while emulator.next().is_some() {}
                }
            }
        }
    }

    const WORDS: &[&[u8]] = &[
        b"^XA",
        b"^XZ",
        b"~HS",
        b"~JX",
        b"^GFA,",
        b"4,4,2,",
        b":Z64:",
        b"eNr",
        b":1234",
        b"^PW8",
        b"BITMAP ",
        b"0,0,2,2,0,",
        b"\r\n",
        b"PRINT 1,1\r\n",
        b"CLS\r\n",
        b"\x1B!?",
        b"\x1B!.",
        b"\x1B",
        b"SIZE 60 mm",
        b"\x1Dv0\0",
        b"\x02\0\x02\0",
        b"\x10\x04",
        b"\x01",
        b"\x1Dr\x01",
        b"\x1B@",
        b"\x10\x14\x08",
        b"\xFF\0",
        b"99999999999999999999,",
        b",,,,,,",
    ];

    #[test]
    fn a_megabyte_without_an_end_is_forgotten() {
        for (language, start) in [
            (Language::Zpl, &b"^XA^GFA,"[..]),
            (Language::Tspl, b"BITMAP 0,0,1000,1000,0,"),
            (Language::Escpos, b"\x1Dv0\0\xFF\xFF\xFF\xFF"),
        ] {
            let mut emulator = emulator(language);
            emulator.feed(start);
            for _ in 0..40 {
                emulator.feed(&vec![b'A'; 65_536]);
                while emulator.next().is_some() {}
                assert!(emulator.received.len() <= RECEIVED_MAX, "{language:?}");
            }
        }
    }
}
