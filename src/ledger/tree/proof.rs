//! What the tree proves: that an entry is in it (RFC 6962 §2.1.1) and that a larger tree begins with a smaller one
//! (§2.1.2). A proof is made from ranges of leaves whose roots it lists; it is checked by the steps of RFC 9162 §2.1.3.2
//! and §2.1.4.2, from hashes alone.

use crate::ledger::{Digest, Suite};
use std::ops::Range;

/// No proof of a tree of 2^63 leaves is longer.
pub const LENGTH_MAX: usize = 63;

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("there is no entry {index} in a tree of {size}")]
    NotInTree { index: u64, size: u64 },
    #[error("a tree of {old} cannot have grown into one of {new}")]
    Shrunk { old: u64, new: u64 },
    #[error("an empty tree proves nothing about a larger one")]
    Empty,
    #[error("the proof has another length than trees of these sizes need")]
    WrongLength,
    #[error("the proof does not lead to the root")]
    WrongRoot,
}

/// The largest power of two below `n`; `n` is at least 2.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The ranges of leaves whose roots prove that leaf `index` (from 0) is in a tree of `size`, from the leaf upwards.
pub fn inclusion(index: u64, size: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if index >= size {
        return Err(ProofError::NotInTree { index, size });
    }
    let (mut start, mut end) = (0, size);
    let mut parts = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            parts.push(middle..end);
            end = middle;
        } else {
            parts.push(start..middle);
            start = middle;
        }
    }
    parts.reverse();
    Ok(parts)
}

/// The ranges of leaves whose roots prove that a tree of `new` begins with the tree of `old`.
pub fn consistency(old: u64, new: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if old > new {
        return Err(ProofError::Shrunk { old, new });
    }
    let mut parts = Vec::new();
    if old == 0 || old == new {
        return Ok(parts);
    }
    let (mut start, mut end) = (0, new);
    // Whether the part in hand is the whole old tree, whose root the one who checks has already.
    let mut whole = true;
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            parts.push(middle..end);
            end = middle;
        } else {
            parts.push(start..middle);
            start = middle;
            whole = false;
        }
    }
    if !whole {
        parts.push(start..end);
    }
    parts.reverse();
    Ok(parts)
}

/// Checks that `leaf` is number `index` (from 0) of the tree with this size and root.
pub fn check_inclusion(
    suite: Suite,
    (index, leaf): (u64, Digest),
    (size, root): (u64, Digest),
    proof: &[Digest],
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::NotInTree { index, size });
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::WrongLength);
        }
        if at & 1 == 1 || at == last {
            hash = suite.node(*sibling, hash);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = suite.node(hash, *sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    match (last == 0, hash == root) {
        (false, _) => Err(ProofError::WrongLength),
        (true, false) => Err(ProofError::WrongRoot),
        (true, true) => Ok(()),
    }
}

/// Checks that the tree `new` begins with the tree `old`; each is a size and a root. Refuses an empty old tree, because
/// every tree begins with nothing and nothing is proven by it.
pub fn check_consistency(
    suite: Suite,
    (old, old_root): (u64, Digest),
    (new, new_root): (u64, Digest),
    proof: &[Digest],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::Shrunk { old, new });
    }
    if old == 0 {
        return Err(ProofError::Empty);
    }
    if old == new {
        return match (proof.is_empty(), old_root == new_root) {
            (false, _) => Err(ProofError::WrongLength),
            (true, false) => Err(ProofError::WrongRoot),
            (true, true) => Ok(()),
        };
    }
    // A complete old tree is the first hash itself, and is not sent.
    let (first, rest) = match old.is_power_of_two() {
        true => (old_root, proof),
        false => proof.split_first().map(|(first, rest)| (*first, rest)).ok_or(ProofError::WrongLength)?,
    };
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        (at, last) = (at >> 1, last >> 1);
    }
    let (mut of_old, mut of_new) = (first, first);
    for hash in rest {
        if last == 0 {
            return Err(ProofError::WrongLength);
        }
        if at & 1 == 1 || at == last {
            of_old = suite.node(*hash, of_old);
            of_new = suite.node(*hash, of_new);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            of_new = suite.node(of_new, *hash);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    match (last == 0, of_old == old_root && of_new == new_root) {
        (false, _) => Err(ProofError::WrongLength),
        (true, false) => Err(ProofError::WrongRoot),
        (true, true) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tile::tests::grown, *};

    #[test]
    fn what_the_tiles_prove_is_proven_and_nothing_else() {
        for suite in [Suite::Sm, Suite::C2sp] {
            let kept = grown(suite, 600);
            for size in [1_u64, 2, 3, 7, 8, 255, 256, 257, 300, 512, 600] {
                let root = kept.roots[usize::try_from(size).unwrap()];
                for index in [0, 1, 2, 6, 254, 255, 256, 299, 599].into_iter().filter(|index| *index < size) {
                    let parts = inclusion(index, size).unwrap();
                    let tiles = kept.read(suite, size, &parts);
                    let proof: Vec<Digest> = parts.iter().map(|part| tiles.root(part).unwrap()).collect();
                    let leaf = kept.leaves[usize::try_from(index).unwrap()];
                    let check = |index, leaf, size, proof: &[Digest]| {
                        check_inclusion(suite, (index, leaf), (size, root), proof)
                    };
                    assert_eq!(check(index, leaf, size, &proof), Ok(()), "{index} in {size}");
                    assert_eq!(
                        check(size, leaf, size, &proof),
                        Err(ProofError::NotInTree { index: size, size })
                    );
                    if size > 1 {
                        assert!(check(index ^ 1, leaf, size, &proof).is_err());
                        assert_eq!(check(index, leaf, size, &proof[1..]), Err(ProofError::WrongLength));
                    }
                    assert_eq!(check(index, root, size, &proof).is_err(), root != leaf);
                }
                for old in [1_u64, 2, 3, 8, 254, 256, 257, 600].into_iter().filter(|old| *old <= size) {
                    let parts = consistency(old, size).unwrap();
                    let tiles = kept.read(suite, size, &parts);
                    let proof: Vec<Digest> = parts.iter().map(|part| tiles.root(part).unwrap()).collect();
                    let old_root = kept.roots[usize::try_from(old).unwrap()];
                    let check =
                        |root| check_consistency(suite, (old, root), (size, root_of(&kept, size)), &proof);
                    assert_eq!(check(old_root), Ok(()), "{old} to {size}");
                    assert_eq!(check(suite.empty_root()), Err(ProofError::WrongRoot));
                }
            }
        }
    }

    fn root_of(kept: &super::super::tile::tests::KeptTiles, size: u64) -> Digest {
        kept.roots[usize::try_from(size).unwrap()]
    }

    #[test]
    fn a_tree_never_shrinks_and_nothing_proves_nothing() {
        assert_eq!(consistency(5, 4), Err(ProofError::Shrunk { old: 5, new: 4 }));
        assert_eq!(inclusion(4, 4), Err(ProofError::NotInTree { index: 4, size: 4 }));
        let (suite, root) = (Suite::Sm, Suite::Sm.empty_root());
        assert_eq!(check_consistency(suite, (0, root), (0, root), &[]), Err(ProofError::Empty));
        assert_eq!(check_consistency(suite, (0, root), (9, root), &[]), Err(ProofError::Empty));
        assert_eq!(
            check_consistency(suite, (9, root), (8, root), &[]),
            Err(ProofError::Shrunk { old: 9, new: 8 })
        );
    }
}
