//! The Merkle tree over the entries (RFC 6962 §2.1). Here its growing edge: enough to add a leaf and to name the root, in
//! 32 bytes for each set bit of the size. [`tile`] is how the rest of it is kept and served, [`proof`] what it proves.
//!
//! Written here and not taken from a crate: `ct-merkle` fits both hashes but proves contents, not leaf hashes, and reads no
//! tiles; what it would leave to us is most of these files.

pub mod proof;
pub mod tile;

use super::{Digest, Suite};
use tile::{HEIGHT, TileHash};

/// The roots of the complete subtrees that the leaves so far make, largest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontier {
    suite: Suite,
    size: u64,
    roots: Vec<Digest>,
}

impl Frontier {
    pub fn empty(suite: Suite) -> Frontier {
        Frontier { suite, size: 0, roots: Vec::new() }
    }

    /// Takes the stored form back. Refuses a number of roots that does not fit the size.
    pub fn from_bytes(suite: Suite, size: u64, bytes: &[u8]) -> Option<Frontier> {
        let roots: Option<Vec<Digest>> = bytes.chunks(32).map(Digest::from_slice).collect();
        let roots = roots.filter(|roots| roots.len() == size.count_ones() as usize)?;
        Some(Frontier { suite, size, roots })
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        self.roots.iter().flat_map(|root| root.0).collect()
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds the next leaf. Two subtrees of one size become one, as a carry does in binary addition. Answers with the
    /// roots of the tiles that this leaf completes, lowest level first: none, most of the time.
    pub fn push(&mut self, leaf: Digest) -> Vec<TileHash> {
        let mut completed = Vec::new();
        let mut root = leaf;
        for height in 1..=self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                root = self.suite.node(left, root);
            }
            if height % HEIGHT == 0
                && let Ok(level) = u8::try_from(height / HEIGHT)
            {
                completed.push(TileHash { level, position: self.size >> height, hash: root });
            }
        }
        self.roots.push(root);
        self.size = self.size.saturating_add(1);
        completed
    }

    /// The tree head.
    pub fn root(&self) -> Digest {
        let folded = self.roots.iter().rev().copied().reduce(|right, left| self.suite.node(left, right));
        folded.unwrap_or_else(|| self.suite.empty_root())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition in RFC 6962 §2.1, word for word: split at the largest power of two below n.
    fn by_definition(suite: Suite, leaves: &[Digest]) -> Digest {
        match leaves {
            [] => suite.empty_root(),
            [leaf] => *leaf,
            _ => {
                let k = leaves.len().next_power_of_two() / 2;
                suite.node(by_definition(suite, &leaves[..k]), by_definition(suite, &leaves[k..]))
            }
        }
    }

    #[test]
    fn the_growing_edge_names_the_root_of_the_definition() {
        for suite in [Suite::Sm, Suite::C2sp] {
            let leaves: Vec<Digest> = (0..130_u32).map(|n| suite.leaf(&n.to_be_bytes())).collect();
            let mut frontier = Frontier::empty(suite);
            assert_eq!(frontier.root(), suite.empty_root());
            for (at, leaf) in leaves.iter().enumerate() {
                frontier.push(*leaf);
                assert_eq!(frontier.root(), by_definition(suite, &leaves[..=at]), "{} leaves", at + 1);
                let kept = Frontier::from_bytes(suite, frontier.size(), &frontier.to_bytes());
                assert_eq!(kept.as_ref(), Some(&frontier));
            }
            assert_eq!(Frontier::from_bytes(suite, 3, &[0; 32]), None);
        }
    }

    /// The root of the reference tree of transparency-dev over its eight test inputs.
    #[test]
    fn the_root_is_the_one_others_compute() {
        let inputs: [&[u8]; 8] = [
            b"",
            &[0],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
        ];
        let mut frontier = Frontier::empty(Suite::C2sp);
        for input in inputs {
            frontier.push(Suite::C2sp.leaf(input));
        }
        let root = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";
        assert_eq!(frontier.root().to_string(), root);
    }
}
