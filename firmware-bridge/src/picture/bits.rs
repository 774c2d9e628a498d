//! From modules to bytes: format, error correction and segments are `rqrr`'s.

use super::fence::fence;
use super::sample::Bits;

/// The bytes a code says, if its error correction agrees.
pub(super) fn decode(bits: &Bits) -> Option<Vec<u8>> {
    fence(|| {
        let grid = rqrr::Grid::new(rqrr::SimpleGrid::from_func(bits.side, |x, y| bits.at(x, y)));
        let mut bytes = Vec::new();
        grid.decode_to(&mut bytes).ok().map(|_| bytes)
    })
    .flatten()
    .filter(|bytes| !bytes.is_empty())
}
