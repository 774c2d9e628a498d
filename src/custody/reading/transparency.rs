//! What the ledger shows to everybody: its signed head and the hashes of its tree (C2SP tlog-tiles). They say how much
//! there is and that it only grows, and nothing of what it is. The entries themselves are for those who see all.

use crate::custody::{Error, Thing, ledger::auditor_only};
use crate::{
    app::App,
    domain::Person,
    ledger::{
        Checkpoint, Note,
        note::NoteSignature,
        tree::tile::{Address, Tile},
    },
    store::{Tx, damaged, heads, tiles, witnesses},
};

/// The newest head, signed, with what the witnesses have put under this very head. Not there while the ledger is empty.
pub async fn checkpoint(app: &App) -> Result<Note, Error> {
    let mut tx = app.db.read().await?;
    let head = heads::newest(&mut tx).await?.ok_or(Error::NotFound(Thing::Entry))?;
    note(app, &mut tx, head).await
}

/// The newest head that a witness has signed, with all signatures under it. Not there before one has.
pub async fn witnessed(app: &App) -> Result<Note, Error> {
    let mut tx = app.db.read().await?;
    let size = witnesses::witnessed(&mut tx).await?.ok_or(Error::NotFound(Thing::Entry))?;
    let head = heads::of_size(&mut tx, size).await?.ok_or(Error::NotFound(Thing::Entry))?;
    note(app, &mut tx, head).await
}

/// The head as a note.
pub(in crate::custody) async fn note(app: &App, tx: &mut Tx, head: heads::Head) -> Result<Note, Error> {
    let checkpoint = Checkpoint { origin: app.settings.origin.clone(), size: head.size, root: head.root };
    let own = match (head.signature, &app.sealer) {
        (Some(line), _) => line,
        // A head from before heads were signed.
        (None, Some(sealer)) => sealer.sign(head.size, head.root)?.1,
        (None, None) => return Err(Error::NotFound(Thing::Entry)),
    };
    let mut lines = vec![own];
    lines.extend(witnesses::lines(tx, head.size).await?);
    let read = |line: String| NoteSignature::parse(&line).map_err(|error| damaged("signature", error).into());
    let signatures = lines.into_iter().map(read).collect::<Result<Vec<_>, Error>>()?;
    Ok(Note { text: checkpoint.to_string(), signatures })
}

/// The hashes of a tile: its width times 32 bytes. One past the end of the tree is not there.
pub async fn tile(app: &App, tile: Tile) -> Result<Vec<u8>, Error> {
    let mut tx = app.db.read().await?;
    within(&mut tx, tile).await?;
    let hashes = tiles::hashes(&mut tx, tile).await?;
    match hashes.len() == usize::from(tile.width) {
        true => Ok(hashes.into_iter().flat_map(|hash| hash.0).collect()),
        false => Err(damaged("tree", format!("tile {} is not complete", tile.path())).into()),
    }
}

/// The entries under a tile, each after its length in two bytes (tlog-tiles, "Log entries"). An entry longer than that
/// can say is not told in this form, nor are its neighbours: the export of the journal has them.
pub async fn entries(app: &App, me: &Person, tile: Tile) -> Result<Vec<u8>, Error> {
    auditor_only(me)?;
    let mut tx = app.db.read().await?;
    within(&mut tx, tile).await?;
    let mut bundle = Vec::new();
    for entry in tiles::entries(&mut tx, app.settings.suite, tile).await? {
        let length = u16::try_from(entry.len()).map_err(|_| too_long())?;
        bundle.extend(length.to_be_bytes());
        bundle.extend(entry);
    }
    Ok(bundle)
}

/// Refuses what no tree of ours has had.
async fn within(tx: &mut Tx, tile: Tile) -> Result<(), Error> {
    let size = heads::size(tx).await?;
    let there = Tile::in_tree(tile.level, tile.index, size).is_some_and(|it| it.width >= tile.width);
    if there { Ok(()) } else { Err(Error::NotFound(Thing::Tile)) }
}

fn too_long() -> Error {
    crate::custody::Conflict::new(
        "entry_too_long",
        (
            "这一段里有超过 65535 字节的分录，不能用这种格式给出。",
            "An entry here is longer than the 65,535 bytes that this form can carry.",
        ),
        (
            "请用 /api/v1/ledger/bytes 或 hufu export journal 取得。",
            "Read it from /api/v1/ledger/bytes, or with hufu export journal.",
        ),
    )
}

/// Reads what stands behind `/tile/`.
pub fn address(path: &str) -> Result<Address, Error> {
    Address::from_path(path).ok_or(Error::NotFound(Thing::Tile))
}
