//! The tree as it is kept: leaf hashes beside their entries, the roots of full tiles in a table of their own. Whatever
//! part of a tree of any size is wanted is read from at most one tile per level and range.

use super::{
    Error, Tx, damaged,
    db::on,
    rows::{Column, Rows},
};
use crate::ledger::{
    Digest, Entry, Frontier, Suite,
    tree::{
        proof,
        tile::{Tile, TileHash, Tiles, WIDTH},
    },
};
use std::ops::Range;

/// Keeps the roots of tiles that became full.
pub async fn append(tx: &mut Tx, hashes: &[TileHash]) -> Result<(), Error> {
    const SQL: &str = "insert into tile_hashes (level, position, hash) select * from {rows} as given";
    Rows::new(vec![
        Column::Numbers(hashes.iter().map(|it| i64::from(it.level)).collect()),
        Column::Numbers(hashes.iter().map(|it| it.position.cast_signed()).collect()),
        Column::Bytes(hashes.iter().map(|it| it.hash.0.as_slice()).collect()),
    ])
    .execute(tx, SQL)
    .await
}

/// The hashes of a tile, in their order; fewer than its width when the ledger has not grown that far.
pub async fn hashes(tx: &mut Tx, tile: Tile) -> Result<Vec<Digest>, Error> {
    const LEAVES: &str = "select leaf from journal where seq > $1 and seq <= $2 order by seq";
    const ROOTS: &str = "select hash from tile_hashes where level = $3 and position >= $1 and position < $2 order by position";
    let Range { start, end } = tile.positions();
    let (start, end) = (start.cast_signed(), end.cast_signed());
    let rows: Vec<Vec<u8>> = match tile.level {
        0 => on!(tx, conn => sqlx::query_scalar(LEAVES).bind(start).bind(end).fetch_all(conn).await?),
        level => on!(tx, conn => sqlx::query_scalar(ROOTS)
            .bind(start)
            .bind(end)
            .bind(i64::from(level))
            .fetch_all(conn)
            .await?),
    };
    rows.iter()
        .map(|row| Digest::from_slice(row).ok_or_else(|| damaged("tile", "a hash of another length")))
        .collect()
}

/// The entries whose leaves a tile of level 0 holds, as they are hashed.
pub async fn entries(tx: &mut Tx, suite: Suite, tile: Tile) -> Result<Vec<Vec<u8>>, Error> {
    const SQL: &str = "select entry from journal where seq > $1 and seq <= $2 order by seq";
    let Range { start, end } = tile.positions();
    let rows: Vec<Vec<u8>> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(start.cast_signed())
        .bind(end.cast_signed())
        .fetch_all(conn)
        .await?);
    let committed = |bytes: &Vec<u8>| {
        let entry = Entry::from_canonical_bytes(bytes).map_err(|error| damaged("entry", error))?;
        Ok(entry.commitment(suite)?.bytes)
    };
    rows.iter().map(committed).collect()
}

/// The root that the tree had when it was of this size.
pub async fn root(tx: &mut Tx, suite: Suite, size: u64) -> Result<Digest, Error> {
    let whole = 0..size;
    let mut tiles = Tiles::of(suite, size);
    roots(tx, &mut tiles, std::slice::from_ref(&whole)).await?.pop().ok_or_else(|| hole(size))
}

/// Proves of each of these entries that it is among the first `size`: the ways are in the order of the entries. A tile that
/// several ways lead through is read once.
pub async fn inclusions(
    tx: &mut Tx,
    suite: Suite,
    seqs: impl IntoIterator<Item = u64>,
    size: u64,
) -> Result<Vec<Vec<Digest>>, Error> {
    let mut tiles = Tiles::of(suite, size);
    let mut ways = Vec::new();
    for seq in seqs {
        // Entries are numbered from 1, leaves from 0.
        let parts = proof::inclusion(seq.wrapping_sub(1), size).map_err(|error| damaged("tree", error))?;
        ways.push(roots(tx, &mut tiles, &parts).await?);
    }
    Ok(ways)
}

/// The roots over these parts of the tree, in their order. What is not yet read of it is read.
async fn roots(tx: &mut Tx, tiles: &mut Tiles, parts: &[Range<u64>]) -> Result<Vec<Digest>, Error> {
    for tile in tiles.needed(parts) {
        let hashes = hashes(tx, tile).await?;
        if !tiles.put(tile, hashes) {
            return Err(damaged("tree", format!("tile {} is not complete", tile.path())));
        }
    }
    let roots: Option<Vec<Digest>> = parts.iter().map(|part| tiles.root(part)).collect();
    roots.ok_or_else(|| hole(tiles.size()))
}

fn hole(size: u64) -> Error {
    damaged("tree", format!("a tree of {size} has a hole"))
}

/// Adds the tiles of entries that were recorded before there were tiles. Safe to run twice; afterwards nothing is to do.
pub async fn complete(tx: &mut Tx, suite: Suite) -> Result<(), Error> {
    const LAST: &str = "select coalesce(max(seq), 0) from journal";
    const KEPT: &str = "select count(*) from tile_hashes where level = 1";
    const LEAVES: &str = "select leaf from journal where seq > $1 order by seq limit 8192";
    let size: i64 = on!(tx, conn => sqlx::query_scalar(LAST).fetch_one(conn).await?);
    let kept: i64 = on!(tx, conn => sqlx::query_scalar(KEPT).fetch_one(conn).await?);
    if size.cast_unsigned() / WIDTH == kept.cast_unsigned() {
        return Ok(());
    }
    let mut frontier = Frontier::empty(suite);
    let mut missing = Vec::new();
    loop {
        let after = frontier.size().cast_signed();
        let leaves: Vec<Vec<u8>> =
            on!(tx, conn => sqlx::query_scalar(LEAVES).bind(after).fetch_all(conn).await?);
        if leaves.is_empty() {
            break;
        }
        for leaf in leaves {
            let leaf =
                Digest::from_slice(&leaf).ok_or_else(|| damaged("leaf", "a hash of another length"))?;
            missing.extend(frontier.push(leaf));
        }
    }
    let known = |hash: &TileHash| hash.level == 1 && hash.position < kept.cast_unsigned();
    // Higher levels are few; a ledger that has none of level 1 has none of them.
    missing.retain(|hash| !known(hash) && (kept == 0 || hash.level == 1));
    append(tx, &missing).await
}
