//! Whether all of a JPEG is there: its segments from the first to the end of the image, without decoding anything (ITU T.81, annex B).

const MARKER: u8 = 0xFF;
const START_OF_SCAN: u8 = 0xDA;
const END_OF_IMAGE: u8 = 0xD9;
const HUFFMAN_TABLES: u8 = 0xC4;

/// A block of nothing in coded data: the smallest that a disk or a transfer loses. A flat picture may have one by right.
const HOLE: usize = 512;

/// Whether all of a JPEG is there. Decoders draw what they have and say nothing of what is missing. Each segment is as long as it says, and
/// an end of image follows; a block of zeros stands in the coded data only where its tables make zeros of blank paper. What
/// follows the end (a telephone's second picture) is not looked at.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let (mut may_have_hole, mut zeros_are_blank) = (false, None);
    let mut rest = bytes.get(2..).unwrap_or_default();
    loop {
        let [MARKER, kind, after @ ..] = rest else { return false };
        match *kind {
            END_OF_IMAGE => return !may_have_hole || zeros_are_blank == Some(true),
            // Fill before a marker.
            MARKER => rest = rest.get(1..).unwrap_or_default(),
            0x01 | 0xD0..=0xD7 => rest = after,
            kind => {
                let [high, low, ..] = after else { return false };
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                let Some((segment, next)) = after.split_at_checked(length) else { return false };
                if kind == HUFFMAN_TABLES {
                    let blank = blank_by_zeros(segment.get(2..).unwrap_or_default());
                    zeros_are_blank = Some(zeros_are_blank.unwrap_or(true) && blank);
                }
                let coded = if kind == START_OF_SCAN { coded_length(next) } else { 0 };
                let (coded, next) = next.split_at(coded);
                let mut runs = coded.chunk_by(|one, other| one == other);
                may_have_hole |= runs.any(|run| run.len() >= HOLE && run.starts_with(&[0]));
                rest = next;
            }
        }
    }
}

/// Whether zeros say "no more in this block" in all tables of coefficients of a segment. The first value of a table has the code of
/// zeros alone (ITU T.81, annex C); its low half is the size of what follows, and none follows the end of a block.
fn blank_by_zeros(mut tables: &[u8]) -> bool {
    const COUNTS: usize = 16;
    let mut blank = true;
    while let Some((class, rest)) = tables.split_first() {
        let Some((counts, values)) = rest.split_at_checked(COUNTS) else { return false };
        let length = counts.iter().map(|count| usize::from(*count)).sum();
        let Some((values, rest)) = values.split_at_checked(length) else { return false };
        let is_coefficients = class >> 4 == 1;
        blank &= !is_coefficients || values.first().is_some_and(|value| value.trailing_zeros() >= 4);
        tables = rest;
    }
    blank
}

/// How long the entropy-coded data is: to the next marker that is no stuffed byte and no restart.
fn coded_length(bytes: &[u8]) -> usize {
    let ends = |pair: &[u8]| matches!(pair, [MARKER, kind] if !matches!(kind, 0x00 | 0xD0..=0xD7));
    bytes.windows(2).position(ends).unwrap_or(bytes.len())
}
