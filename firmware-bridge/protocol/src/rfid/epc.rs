//! The Electronic Product Code on a tag: its bits, and for the schemes property is marked with, its name (GS1 Tag Data
//! Standard 1.13, chapter 14: SGTIN-96, GIAI-96, GIAI-202).

use std::fmt;

/// The longest EPC a tag can announce, in bits: 31 words of 16 (Gen2 protocol control word).
const BITS_MAX: usize = 496;

/// The bits of one tag's EPC bank, as many as the reader sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Epc(Vec<u8>);

impl Epc {
    /// Takes the bytes that hold `bits` bits, the last byte filled up with zeros. Refuses no bits at all, more than a tag
    /// can hold, and a length that is not that of the bytes.
    pub fn new(bits: usize, bytes: &[u8]) -> Option<Epc> {
        let fits = (1..=BITS_MAX).contains(&bits) && bytes.len() == bits.div_ceil(8);
        fits.then(|| Epc(bytes.to_vec()))
    }

    /// Upper-case hexadecimal, two digits a byte: what every reader's own tools show.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    /// The pure identity, `urn:epc:id:giai:0614141.EV-1`. `None` for other schemes and for bits that break their scheme's
    /// rules: such a tag keeps its hexadecimal and gets no name it does not have.
    pub fn urn(&self) -> Option<String> {
        let mut bits = Bits { bytes: &self.0, at: 0 };
        match bits.take(8)? {
            0x30 => sgtin(&mut bits),
            0x34 => giai(&mut bits, |bits, company| Some(bits.take(82 - company)?.to_string())),
            0x38 => giai(&mut bits, |bits, company| text(bits, (188 - company) / 7)),
            _ => None,
        }
    }
}

impl fmt::Display for Epc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.urn() {
            Some(urn) => f.write_str(&urn),
            None => f.write_str(&self.hex()),
        }
    }
}

/// Partition value → bits and digits of the company prefix.
const COMPANY: [(usize, usize); 7] = [(40, 12), (37, 11), (34, 10), (30, 9), (27, 8), (24, 7), (20, 6)];

/// Filter and company prefix, which all three schemes begin with: the prefix in digits, and how many bits it took.
fn company(bits: &mut Bits<'_>) -> Option<(String, usize)> {
    let _filter = bits.take(3)?;
    let (width, digits) = *COMPANY.get(usize::try_from(bits.take(3)?).ok()?)?;
    Some((decimal(bits.take(width)?, digits)?, width))
}

fn sgtin(bits: &mut Bits<'_>) -> Option<String> {
    let (company, width) = company(bits)?;
    let item = decimal(bits.take(44 - width)?, 13 - company.len())?;
    Some(format!("urn:epc:id:sgtin:{company}.{item}.{}", bits.take(38)?))
}

fn giai(bits: &mut Bits<'_>, asset: impl Fn(&mut Bits<'_>, usize) -> Option<String>) -> Option<String> {
    let (company, width) = company(bits)?;
    let asset = asset(bits, width)?;
    (!asset.is_empty()).then(|| format!("urn:epc:id:giai:{company}.{asset}"))
}

/// Exactly so many digits; a number that needs more is not of the scheme.
fn decimal(value: u128, digits: usize) -> Option<String> {
    let text = format!("{value:0digits$}");
    (text.len() == digits).then_some(text)
}

/// Characters of 7 bits up to a zero, after which only zeros may follow. The signs a URN may not hold are escaped.
fn text(bits: &mut Bits<'_>, most: usize) -> Option<String> {
    let mut text = String::new();
    let mut ended = false;
    for _ in 0..most {
        match bits.take(7).and_then(|code| u8::try_from(code).ok())? {
            0 => ended = true,
            _ if ended => return None,
            code @ (b'"' | b'%' | b'&' | b'/' | b'<' | b'>' | b'?') => {
                text.push_str(&format!("%{code:02X}"));
            }
            code if code.is_ascii_graphic() => text.push(char::from(code)),
            _ => return None,
        }
    }
    Some(text)
}

/// Reads numbers of any width, most significant bit first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// The next bits as a number; `None` when there are not so many.
    fn take(&mut self, width: usize) -> Option<u128> {
        let mut value = 0;
        for at in self.at..self.at + width {
            let byte = self.bytes.get(at / 8)?;
            value = value << 1 | u128::from(byte >> (7 - at % 8) & 1);
        }
        self.at += width;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn epc(hex: &str) -> Epc {
        let bytes: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        Epc::new(bytes.len() * 8, &bytes).unwrap()
    }

    /// The bits are those two independent encoders write for these names.
    #[test]
    fn names_of_known_tags() {
        let table = [
            ("3074257BF7194E4000001A85", Some("urn:epc:id:sgtin:0614141.812345.6789")),
            ("3034257BF7194E4000001A85", Some("urn:epc:id:sgtin:0614141.812345.6789")),
            ("3060393243F1640000000000", Some("urn:epc:id:sgtin:061414112345.0.0")),
            ("30783BF9800C0E7FFFFFFFFF", Some("urn:epc:id:sgtin:061414.0012345.274877906943")),
            ("3414257BF400000000BC6038", Some("urn:epc:id:giai:0614141.12345400")),
            ("3400393243F1640000000007", Some("urn:epc:id:giai:061414112345.7")),
            ("34183BF9BFFFFFFFFFFFFFFF", Some("urn:epc:id:giai:061414.4611686018427387903")),
            (
                "3814257BF62D65AC98326CB583060C5933000000000000000000",
                Some("urn:epc:id:giai:0614141.EV-2026-000123"),
            ),
            (
                "3814257BF62D65EC9B22C37D4315200000000000000000000000",
                Some("urn:epc:id:giai:0614141.EV%2F26%22a_(1)"),
            ),
            ("3800393243F1660B100000000000000000000000000000000000", Some("urn:epc:id:giai:061414112345.A1")),
            ("38183BF9AD000000000000000000000000000000000000000000", Some("urn:epc:id:giai:061414.Z")),
            // Another scheme; a partition that does not exist; a prefix with too many digits; half a tag; no asset.
            ("E28011606000020000000001", None),
            ("347C257BF400000000BC6038", None),
            ("3417FFFFFC00000000BC6038", None),
            ("3414257B", None),
            ("3814257BF4000000000000000000000000000000000000000000", None),
        ];
        for (hex, name) in table {
            assert_eq!(epc(hex).urn().as_deref(), name, "{hex}");
            assert_eq!(epc(hex).hex(), hex);
            assert_eq!(epc(hex).to_string(), name.unwrap_or(hex));
        }
    }

    #[test]
    fn a_length_that_is_not_that_of_the_bytes_is_refused() {
        assert!(Epc::new(0, &[]).is_none());
        assert!(Epc::new(96, &[0; 11]).is_none());
        assert!(Epc::new(512, &[0; 64]).is_none());
        assert!(Epc::new(202, &[0; 26]).is_some());
    }

    proptest! {
        #[test]
        fn any_bits_have_a_hexadecimal_and_perhaps_a_name(bytes in prop::collection::vec(any::<u8>(), 1..62)) {
            let epc = Epc::new(bytes.len() * 8, &bytes).unwrap();
            prop_assert_eq!(epc.hex().len(), bytes.len() * 2);
            if let Some(urn) = epc.urn() {
                prop_assert!(urn.starts_with("urn:epc:id:"));
            }
        }

        #[test]
        fn a_numbered_asset_is_read_back(company in 0u64..10_000_000, asset in 0u64..1 << 57) {
            let bits = 0x34u128 << 88 | 5 << 82 | u128::from(company) << 58 | u128::from(asset);
            let epc = Epc::new(96, &bits.to_be_bytes()[4..]).unwrap();
            prop_assert_eq!(epc.urn(), Some(format!("urn:epc:id:giai:{company:07}.{asset}")));
        }
    }
}
