//! The tree in tiles of 256 hashes, as C2SP tlog-tiles lays them out: the tiles of level 0 hold leaf hashes, each hash of
//! a higher level is the root of one full tile below it. A tile never changes once it is full.

use crate::ledger::{Digest, Suite};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// How many levels of the tree one tile spans.
pub const HEIGHT: u32 = 8;
/// How many hashes a full tile holds.
pub const WIDTH: u64 = 1 << HEIGHT;
/// The highest level a path may name (tlog-tiles, "Merkle Tree").
const LEVEL_MAX: u8 = 63;
/// An index beyond this is further than a tree of 2^63 leaves reaches.
const INDEX_MAX: u64 = 1 << 55;

/// One hash of a level above 0: the root of the full tile `position` of the level below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileHash {
    pub level: u8,
    pub position: u64,
    pub hash: Digest,
}

/// A tile, full or as wide as it was in some tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    pub level: u8,
    pub index: u64,
    /// 1 to 256 hashes.
    pub width: u16,
}

/// What a path under `tile/` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    Hashes(Tile),
    /// The entries whose leaf hashes this tile of level 0 holds.
    Entries(Tile),
}

impl Tile {
    /// The tile of this index as wide as it is in a tree of `size` leaves; nothing where it would be empty.
    pub fn in_tree(level: u8, index: u64, size: u64) -> Option<Tile> {
        let hashes = size.checked_shr(HEIGHT * u32::from(level)).unwrap_or(0);
        let width = hashes.checked_sub(index.checked_mul(WIDTH)?)?.min(WIDTH);
        let width = u16::try_from(width).ok().filter(|width| *width > 0)?;
        Some(Tile { level, index, width })
    }

    /// The positions of its hashes within the level.
    pub fn positions(&self) -> Range<u64> {
        let first = self.index.saturating_mul(WIDTH);
        first..first.saturating_add(u64::from(self.width))
    }

    /// Its path: `0/x001/x234/067`, with `.p/112` when it is not full.
    pub fn path(&self) -> String {
        format!("{}/{}", self.level, self.index_path())
    }

    fn index_path(&self) -> String {
        let mut path = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            path = format!("x{:03}/{path}", rest % 1000);
            rest /= 1000;
        }
        match u64::from(self.width) == WIDTH {
            true => path,
            false => format!("{path}.p/{}", self.width),
        }
    }
}

impl Address {
    /// Reads what stands behind `tile/`. Refuses everything that is not written exactly as the format writes it.
    pub fn from_path(path: &str) -> Option<Address> {
        let (level, rest) = path.split_once('/')?;
        if level == "entries" {
            return tile(0, rest).map(Address::Entries);
        }
        let level = decimal(level).and_then(|level| u8::try_from(level).ok())?;
        if level > LEVEL_MAX {
            return None;
        }
        tile(level, rest).map(Address::Hashes)
    }

    pub fn path(&self) -> String {
        match self {
            Address::Hashes(tile) => tile.path(),
            Address::Entries(tile) => format!("entries/{}", tile.index_path()),
        }
    }
}

fn tile(level: u8, path: &str) -> Option<Tile> {
    let (path, width) = match path.split_once(".p/") {
        Some((path, width)) => (path, decimal(width).filter(|width| (1..WIDTH).contains(width))?),
        None => (path, WIDTH),
    };
    let (head, last) = path.rsplit_once('/').map_or(("", path), |(head, last)| (head, last));
    let mut index = three_digits(last)?;
    let mut scale = 1_u64;
    for part in head.rsplit('/').filter(|_| !head.is_empty()) {
        scale = scale.checked_mul(1000)?;
        index = index.checked_add(three_digits(part.strip_prefix('x')?)?.checked_mul(scale)?)?;
    }
    let read = Tile { level, index, width: u16::try_from(width).ok()? };
    let plain = read.index_path();
    let given = if width == WIDTH { path.to_owned() } else { format!("{path}.p/{width}") };
    (index <= INDEX_MAX && plain == given).then_some(read)
}

fn three_digits(text: &str) -> Option<u64> {
    let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A decimal number without leading zeroes.
fn decimal(text: &str) -> Option<u64> {
    let plain = text.len() <= 19
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

/// A subtree that will not change any more: `1 << height` leaves from `index << height`.
#[derive(Clone, Copy, Debug)]
struct Subtree {
    height: u32,
    index: u64,
}

impl Subtree {
    /// The tile that holds it, and where in the tile the hashes below it begin and how many there are.
    fn place(self) -> (u8, u64, Range<usize>) {
        let within = self.height % HEIGHT;
        let first = self.index << within;
        let start = usize::try_from(first % WIDTH).unwrap_or(usize::MAX);
        let level = u8::try_from(self.height / HEIGHT).unwrap_or(u8::MAX);
        (level, first / WIDTH, start..start.saturating_add(1 << within))
    }
}

/// The full subtrees that leaves `range` fall into, left to right. The range begins at a multiple of the largest power of
/// two that fits in it, as every part of a proof does.
fn subtrees(range: &Range<u64>) -> impl Iterator<Item = Subtree> {
    let mut start = range.start;
    let end = range.end;
    std::iter::from_fn(move || {
        let left = end.checked_sub(start).filter(|left| *left > 0)?;
        let height = left.ilog2();
        let subtree = Subtree { height, index: start >> height };
        start = start.saturating_add(1 << height);
        Some(subtree)
    })
}

/// The hashes of one tree, as far as they have been read.
#[derive(Clone, Debug)]
pub struct Tiles {
    suite: Suite,
    size: u64,
    hashes: BTreeMap<(u8, u64), Vec<Digest>>,
}

impl Tiles {
    pub fn of(suite: Suite, size: u64) -> Tiles {
        Tiles { suite, size, hashes: BTreeMap::new() }
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Which tiles must be read before these parts of the tree can be named.
    pub fn needed(&self, parts: &[Range<u64>]) -> BTreeSet<Tile> {
        let places = parts.iter().flat_map(subtrees).map(Subtree::place);
        let tiles = places.filter_map(|(level, index, _)| Tile::in_tree(level, index, self.size));
        tiles.filter(|tile| !self.hashes.contains_key(&(tile.level, tile.index))).collect()
    }

    /// Takes the hashes of a tile. Refuses another number of them than the tile holds.
    pub fn put(&mut self, tile: Tile, hashes: Vec<Digest>) -> bool {
        let fits = hashes.len() == usize::from(tile.width);
        if fits {
            self.hashes.insert((tile.level, tile.index), hashes);
        }
        fits
    }

    /// The root over these leaves; nothing as long as a tile is missing.
    pub fn root(&self, range: &Range<u64>) -> Option<Digest> {
        if range.is_empty() {
            return Some(self.suite.empty_root());
        }
        let roots: Option<Vec<Digest>> = subtrees(range).map(|subtree| self.subtree(subtree)).collect();
        roots?.into_iter().rev().reduce(|right, left| self.suite.node(left, right))
    }

    fn subtree(&self, subtree: Subtree) -> Option<Digest> {
        let (level, index, hashes) = subtree.place();
        let mut row = self.hashes.get(&(level, index))?.get(hashes)?.to_vec();
        while row.len() > 1 {
            let pairs = row.iter().step_by(2).zip(row.iter().skip(1).step_by(2));
            row = pairs.map(|(left, right)| self.suite.node(*left, *right)).collect();
        }
        row.first().copied()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::ledger::Frontier;

    #[test]
    fn a_path_is_what_the_format_writes_and_nothing_else() {
        let tile = |level, index, width| Address::Hashes(Tile { level, index, width });
        for (path, address) in [
            ("0/000", tile(0, 0, 256)),
            ("0/000.p/1", tile(0, 0, 1)),
            ("1/x001/x234/067", tile(1, 1_234_067, 256)),
            ("0/273.p/112", tile(0, 273, 112)),
            ("63/x001/000.p/255", tile(63, 1000, 255)),
            ("entries/x001/002.p/7", Address::Entries(Tile { level: 0, index: 1002, width: 7 })),
        ] {
            assert_eq!(Address::from_path(path), Some(address), "{path}");
            assert_eq!(address.path(), path);
        }
        for path in [
            "",
            "0",
            "0/",
            "0/0",
            "0/0000",
            "00/000",
            "64/000",
            "0/x000/001",
            "0/001/002",
            "0/x001/x002",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "0/000.p/",
            "0/000.p/1.p/2",
            "0/+12",
            "-1/000",
            "0/x999/x999/x999/x999/x999/x999/x999/999",
            "entries/",
            "entries/0",
            "0//000",
            "0/x001//000",
            "0/000/",
            "０/000",
            "data/000",
        ] {
            assert_eq!(Address::from_path(path), None, "{path}");
        }
    }

    /// The example of tlog-tiles, "Partial Tiles".
    #[test]
    fn a_tree_of_seventy_thousand_has_the_tiles_of_the_format() {
        let width = |level, index| Tile::in_tree(level, index, 70_000).map(|tile| tile.width);
        assert_eq!([width(0, 272), width(0, 273), width(0, 274)], [Some(256), Some(112), None]);
        assert_eq!([width(1, 0), width(1, 1), width(1, 2)], [Some(256), Some(17), None]);
        assert_eq!([width(2, 0), width(2, 1), width(3, 0)], [Some(1), None, None]);
        assert_eq!(Tile::in_tree(1, 0, 256).map(|tile| tile.width), Some(1));
        assert_eq!(Tile::in_tree(63, u64::MAX, u64::MAX), None);
    }

    /// The tiles of a tree, read one by one from what `push` said.
    pub(crate) struct KeptTiles {
        pub leaves: Vec<Digest>,
        pub higher: Vec<TileHash>,
        pub roots: Vec<Digest>,
    }

    pub(crate) fn grown(suite: Suite, size: u32) -> KeptTiles {
        let mut frontier = Frontier::empty(suite);
        let mut kept = KeptTiles { leaves: Vec::new(), higher: Vec::new(), roots: vec![frontier.root()] };
        for n in 0..size {
            let leaf = suite.leaf(&n.to_be_bytes());
            kept.leaves.push(leaf);
            kept.higher.extend(frontier.push(leaf));
            kept.roots.push(frontier.root());
        }
        kept
    }

    impl KeptTiles {
        pub(crate) fn read(&self, suite: Suite, size: u64, parts: &[Range<u64>]) -> Tiles {
            let mut tiles = Tiles::of(suite, size);
            for tile in tiles.needed(parts) {
                let hashes = tile.positions().map(|position| match tile.level {
                    0 => self.leaves[usize::try_from(position).unwrap()],
                    level => {
                        let of = |it: &&TileHash| it.level == level && it.position == position;
                        self.higher.iter().find(of).unwrap().hash
                    }
                });
                assert!(tiles.put(tile, hashes.collect()));
            }
            tiles
        }
    }

    #[test]
    fn the_tiles_name_the_root_of_every_size() {
        let kept = grown(Suite::C2sp, 70_000);
        assert_eq!(kept.higher.iter().filter(|hash| hash.level == 1).count(), 273);
        assert_eq!(kept.higher.iter().filter(|hash| hash.level == 2).count(), 1);
        for size in [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 65_793, 69_999, 70_000] {
            let whole = 0..size;
            let tiles = kept.read(Suite::C2sp, size, std::slice::from_ref(&whole));
            let root = kept.roots[usize::try_from(size).unwrap()];
            assert_eq!(tiles.root(&(0..size)), Some(root), "{size}");
        }
        assert_eq!(Tiles::of(Suite::C2sp, 9).root(&(0..9)), None, "nothing was read");
        assert!(!Tiles::of(Suite::C2sp, 9).put(Tile { level: 0, index: 0, width: 9 }, vec![kept.leaves[0]]));
    }
}
