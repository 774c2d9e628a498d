//! Whether a checkpoint is signed. Pure: what the witness signed last, what it is offered, and what is shown for it.

use crate::ledger::{
    Checkpoint, Digest, Note, Suite,
    note::{key::VerifierKey, refusal::Reason},
    tree::{
        proof::{check_consistency, consistency},
        tile::Tiles,
    },
};
use std::ops::Range;

/// Whether the ledger that is followed has signed this checkpoint.
pub fn signed(key: &VerifierKey, note: &Note, offered: &Checkpoint) -> Result<(), Reason> {
    match (offered.origin == key.name(), key.check(note)) {
        (false, _) => Err(Reason::UnknownOrigin),
        (true, Err(_)) => Err(Reason::WrongSignature),
        (true, Ok(_)) => Ok(()),
    }
}

/// Size and root of what was signed last: of nothing, before the first time.
fn head(suite: Suite, known: Option<&Checkpoint>) -> (u64, Digest) {
    known.map_or((0, suite.empty_root()), |known| (known.size, known.root))
}

/// What can be said before anything is shown: a ledger that has shrunk, or another of the same size, is refused at once.
pub fn compared(suite: Suite, known: Option<&Checkpoint>, offered: &Checkpoint) -> Result<(), Reason> {
    let (size, root) = head(suite, known);
    if offered.size < size {
        return Err(Reason::Rollback);
    }
    if offered.size == size && offered.root != root {
        return Err(Reason::Fork);
    }
    Ok(())
}

/// Whether the proof leads from what was signed last to what is offered. From nothing, an empty proof leads everywhere.
pub fn proven(
    suite: Suite,
    known: Option<&Checkpoint>,
    offered: &Checkpoint,
    proof: &[Digest],
) -> Result<(), Reason> {
    compared(suite, known, offered)?;
    let (size, root) = head(suite, known);
    let leads = match size {
        0 => proof.is_empty(),
        _ => check_consistency(suite, (size, root), (offered.size, offered.root), proof).is_ok(),
    };
    if leads { Ok(()) } else { Err(Reason::NoProof) }
}

/// The parts of the offered tree that must be read to judge it: the tree signed last, the whole, and the proof between.
pub fn parts(known: Option<&Checkpoint>, offered: &Checkpoint) -> Vec<Range<u64>> {
    match known {
        Some(known) if known.size > 0 && known.size < offered.size => {
            let between = consistency(known.size, offered.size).unwrap_or_default();
            [0..known.size, 0..offered.size].into_iter().chain(between).collect()
        }
        _ => Vec::new(),
    }
}

/// The same from the ledger's own tiles, with the proof they make. Tiles that lead to the signed root are the ledger's
/// word: when they do not begin with what was signed last, it is a fork and not a mistake on the way.
pub fn shown(
    suite: Suite,
    known: Option<&Checkpoint>,
    offered: &Checkpoint,
    tiles: &Tiles,
) -> (Vec<Digest>, Result<(), Reason>) {
    let roots: Option<Vec<Digest>> = parts(known, offered).iter().map(|part| tiles.root(part)).collect();
    let Some(roots) = roots else { return (Vec::new(), Err(Reason::NoProof)) };
    let [before, whole, proof @ ..] = roots.as_slice() else {
        return (Vec::new(), proven(suite, known, offered, &[]));
    };
    let begins = known.is_some_and(|known| known.root == *before);
    let judged = match (*whole == offered.root, begins) {
        (false, _) => Err(Reason::NoProof),
        (true, false) => Err(Reason::Fork),
        (true, true) => proven(suite, known, offered, proof),
    };
    (proof.to_vec(), judged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ledger::{
            Frontier,
            note::key::{Purpose, SignerKey},
            tree::tile::{Tile, TileHash},
        },
        random::SystemRng,
    };

    const ORIGIN: &str = "hufu.test/ledger";

    /// A tree whose leaves from `from` on are another history's.
    struct Tree {
        suite: Suite,
        leaves: Vec<Digest>,
        higher: Vec<TileHash>,
        roots: Vec<Digest>,
    }

    fn tree(suite: Suite, size: u32, from: u32) -> Tree {
        let mut frontier = Frontier::empty(suite);
        let mut tree = Tree { suite, leaves: vec![], higher: vec![], roots: vec![frontier.root()] };
        for n in 0..size {
            let leaf = suite.leaf(format!("{n}{}", if n >= from { "!" } else { "" }).as_bytes());
            tree.leaves.push(leaf);
            tree.higher.extend(frontier.push(leaf));
            tree.roots.push(frontier.root());
        }
        tree
    }

    impl Tree {
        fn at(&self, size: u64) -> Checkpoint {
            let root = self.roots[usize::try_from(size).unwrap()];
            Checkpoint { origin: ORIGIN.to_owned(), size, root }
        }

        fn tiles(&self, size: u64, parts: &[Range<u64>]) -> Tiles {
            let mut tiles = Tiles::of(self.suite, size);
            for tile in tiles.needed(parts) {
                let hash = |at: u64| match tile.level {
                    0 => self.leaves[usize::try_from(at).unwrap()],
                    level => {
                        let of = |it: &&TileHash| it.level == level && it.position == at;
                        self.higher.iter().find(of).unwrap().hash
                    }
                };
                assert!(tiles.put(tile, tile.positions().map(hash).collect()));
            }
            tiles
        }

        fn proof(&self, old: u64, new: u64) -> Vec<Digest> {
            let parts = consistency(old, new).unwrap();
            let tiles = self.tiles(new, &parts);
            parts.iter().map(|part| tiles.root(part).unwrap()).collect()
        }
    }

    #[test]
    fn every_row_is_judged_as_it_says() {
        for suite in [Suite::Sm, Suite::C2sp] {
            let (ours, other) = (tree(suite, 600, 600), tree(suite, 600, 290));
            let odd = Checkpoint { root: suite.leaf(b"x"), ..ours.at(0) };
            for (known, offered, proof, judged) in [
                (None, ours.at(0), vec![], Ok(())),
                (None, odd, vec![], Err(Reason::Fork)),
                (None, ours.at(300), vec![], Ok(())),
                (None, ours.at(300), ours.proof(1, 300), Err(Reason::NoProof)),
                (Some(0), ours.at(300), vec![], Ok(())),
                (Some(300), ours.at(300), vec![], Ok(())),
                (Some(300), ours.at(300), ours.proof(299, 300), Err(Reason::NoProof)),
                (Some(300), other.at(300), vec![], Err(Reason::Fork)),
                (Some(300), ours.at(299), vec![], Err(Reason::Rollback)),
                (Some(300), other.at(299), vec![], Err(Reason::Rollback)),
                (Some(300), ours.at(0), vec![], Err(Reason::Rollback)),
                (Some(300), ours.at(600), ours.proof(300, 600), Ok(())),
                (Some(256), ours.at(600), ours.proof(256, 600), Ok(())),
                (Some(300), ours.at(600), vec![], Err(Reason::NoProof)),
                (Some(300), ours.at(600), ours.proof(299, 600), Err(Reason::NoProof)),
                (Some(300), ours.at(600), other.proof(300, 600), Err(Reason::NoProof)),
                (Some(300), other.at(600), other.proof(300, 600), Err(Reason::NoProof)),
                (Some(290), other.at(600), other.proof(290, 600), Ok(())),
            ] {
                let known = known.map(|size| ours.at(size));
                let said = proven(suite, known.as_ref(), &offered, &proof);
                assert_eq!(said, judged, "{known:?} → {offered:?}");
            }
        }
    }

    #[test]
    fn the_ledgers_own_tiles_tell_a_fork_from_a_mistake() {
        for suite in [Suite::Sm, Suite::C2sp] {
            let (ours, other) = (tree(suite, 600, 600), tree(suite, 600, 250));
            for (known, offered, from, judged) in [
                (None, ours.at(600), &ours, Ok(())),
                (Some(1), ours.at(600), &ours, Ok(())),
                (Some(256), ours.at(600), &ours, Ok(())),
                (Some(300), ours.at(600), &ours, Ok(())),
                (Some(600), ours.at(600), &ours, Ok(())),
                (Some(600), other.at(600), &other, Err(Reason::Fork)),
                (Some(300), other.at(600), &other, Err(Reason::Fork)),
                (Some(256), other.at(600), &other, Err(Reason::Fork)),
                (Some(250), other.at(600), &other, Ok(())),
                (Some(300), ours.at(250), &ours, Err(Reason::Rollback)),
                // Tiles of another tree than the one that was signed.
                (Some(300), ours.at(600), &other, Err(Reason::NoProof)),
                (Some(300), other.at(600), &ours, Err(Reason::NoProof)),
            ] {
                let known = known.map(|size| ours.at(size));
                let tiles = from.tiles(offered.size, &parts(known.as_ref(), &offered));
                let (proof, said) = shown(suite, known.as_ref(), &offered, &tiles);
                assert_eq!(said, judged, "{known:?} → {offered:?}");
                assert_eq!(said.is_ok(), proven(suite, known.as_ref(), &offered, &proof).is_ok());
            }
            let nothing = Tiles::of(suite, 600);
            assert_eq!(shown(suite, Some(&ours.at(3)), &ours.at(600), &nothing).1, Err(Reason::NoProof));
        }
    }

    /// However large a ledger says it is, little is read of it.
    #[test]
    fn few_tiles_are_read_of_a_tree_of_any_size() {
        for (old, new) in [(1, (1 << 63) - 1), ((1 << 62) + 12_345, (1 << 63) - 1), (9_999_999, 10_000_000)] {
            let at = |size| Checkpoint { origin: ORIGIN.to_owned(), size, root: Digest([0; 32]) };
            let tiles = Tiles::of(Suite::Sm, new).needed(&parts(Some(&at(old)), &at(new)));
            let most: usize = tiles.iter().map(|tile: &Tile| usize::from(tile.width) * 32).sum();
            assert!(tiles.len() <= 32 && most <= 256 << 10, "{} tiles, {most} bytes", tiles.len());
        }
    }

    #[test]
    fn only_what_the_followed_ledger_signed_is_looked_at() {
        for suite in [Suite::Sm, Suite::C2sp] {
            let key = |name| SignerKey::generate(suite, Purpose::Checkpoint, name, &mut SystemRng).unwrap();
            let (ours, same_name, other) = (key(ORIGIN), key(ORIGIN), key("other/ledger"));
            let offered = tree(suite, 3, 3).at(3);
            let by = |keys: &[&SignerKey]| {
                let text = offered.to_string();
                let signatures = keys.iter().map(|key| key.sign(&mut SystemRng, &text).unwrap()).collect();
                Note { text, signatures }
            };
            let said = |note: &Note, it: &Checkpoint| signed(ours.verifier(), note, it);
            assert_eq!(said(&by(&[&ours]), &offered), Ok(()));
            assert_eq!(said(&by(&[&other, &same_name, &ours]), &offered), Ok(()));
            assert_eq!(said(&by(&[&same_name]), &offered), Err(Reason::WrongSignature));
            let elsewhere = Checkpoint { origin: "other/ledger".to_owned(), ..offered.clone() };
            assert_eq!(said(&by(&[&ours]), &elsewhere), Err(Reason::UnknownOrigin));
        }
    }
}
