//! From modules to text: format, error correction and segments are `rqrr`'s; the rare segments it does not know (FNC1,
//! structured append) are `rxing`'s.

use super::fence::fence;
use super::plane::Bits;
use hufu_protocol::text;
use rqrr::DeQRError;

/// What the code says, if its error correction agrees.
pub(super) fn decode(bits: &Bits) -> Option<String> {
    if !has_format(bits) {
        return None;
    }
    let grid = rqrr::SimpleGrid::from_func(bits.side, |x, y| bits.at(x, y));
    let decoded = fence(|| {
        let mut bytes = Vec::new();
        rqrr::Grid::new(grid).decode_to(&mut bytes).map(|_| bytes)
    })?;
    let text = match decoded {
        Ok(bytes) => text::read(&bytes),
        Err(DeQRError::UnknownDataType | DeQRError::DataUnderflow) => decode_rare(bits)?,
        Err(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn decode_rare(bits: &Bits) -> Option<String> {
    use rxing::common::BitMatrix;
    use rxing::qrcode::decoder::qrcode_decoder::decode_bitmatrix;
    fence(|| {
        let side = u32::try_from(bits.side).ok()?;
        let mut matrix = BitMatrix::with_single_dimension(side).ok()?;
        for (y, row) in (0..bits.side).zip(0..) {
            for (x, column) in (0..bits.side).zip(0..) {
                if bits.at(x, y) {
                    matrix.set(column, row);
                }
            }
        }
        decode_bitmatrix(&matrix).ok().map(|decoded| decoded.getText().to_owned())
    })
    .flatten()
}

/// A code with more wrong format bits than this in both places is hardly one.
const FORMAT_WRONG: u32 = 2;

/// Whether either of the two places of the format says a word that exists, in this or the mirrored direction: asked first,
/// because it is cheap.
fn has_format(bits: &Bits) -> bool {
    let side = bits.side;
    let near = (0..6).map(|x| (x, 8)).chain([(7, 8), (8, 8), (8, 7)]).chain((0..6).rev().map(|y| (8, y)));
    let far = (side - 7..side).rev().map(|y| (8, y)).chain((side - 8..side).map(|x| (x, 8)));
    let places: [Vec<(usize, usize)>; 2] = [near.collect(), far.collect()];
    places.iter().any(|places| {
        let word = |mirrored: bool| {
            places.iter().fold(0u32, |word, &(x, y)| {
                word << 1 | u32::from(if mirrored { bits.at(y, x) } else { bits.at(x, y) })
            })
        };
        [word(false), word(true)]
            .into_iter()
            .any(|word| (0..32).any(|format| (format_word(format) ^ word).count_ones() <= FORMAT_WRONG))
    })
}

/// Five bits with their ten check bits, masked (ISO/IEC 18004, annex C).
fn format_word(format: u32) -> u32 {
    let mut rest = format << 10;
    for bit in (10..15).rev() {
        if rest >> bit & 1 == 1 {
            rest ^= 0x537 << (bit - 10);
        }
    }
    (format << 10 | rest) ^ 0x5412
}

#[cfg(test)]
mod tests {
    use super::format_word;

    #[test]
    fn format_words_are_those_of_the_standard() {
        // M with mask 0 and H with mask 7 (table C.1).
        assert_eq!([format_word(0b00000), format_word(0b10111)], [0x5412, 0x083B]);
    }
}
