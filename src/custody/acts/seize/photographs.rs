//! Photographs that are taken with the rows of a list, at the scene. What is wrong with a row does not touch them: they lie beside
//! the rows, are looked at at the desk, and go with the things once the list is recorded.

use super::{ListDraft, already_recorded, own_import, read};
use crate::{
    app::App,
    custody::{Conflict, Error, Thing, access, photograph, turn},
    domain::{Person, Role},
    id::ImportId,
    store::{
        Tx, attachments,
        listed_photographs::{self, ListedPhotograph},
    },
};
use std::collections::BTreeMap;

/// Photographs of one row.
const PHOTOGRAPHS_MAX: usize = 40;

/// The photographs of a list, by the number of their row.
pub(super) async fn by_row(tx: &mut Tx, id: ImportId) -> Result<BTreeMap<u32, Vec<String>>, Error> {
    let mut rows: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for ListedPhotograph { line, digest } in listed_photographs::of_list(tx, id).await? {
        rows.entry(u32::try_from(line).unwrap_or(0)).or_default().push(digest);
    }
    Ok(rows)
}

/// Adds a photograph (JPEG or PNG, at most 12 MB) to a row of a list that waits. Answers with its digest. The same picture twice
/// is one.
pub async fn photograph_row(
    app: &App,
    me: &Person,
    (id, row): (ImportId, u32),
    content: &[u8],
) -> Result<String, Error> {
    access::require(me, Role::Officer)?;
    let turn = turn(&app.costly.lists, me).await?;
    let (import, draft) = read(app, &turn, me, id).await?;
    drop(turn);
    if import.entry_seq.is_some() {
        return Err(already_recorded());
    }
    if !draft.rows.iter().any(|it| it.row == row) {
        return Err(Error::NotFound(Thing::Import));
    }
    let taken = by_row(&mut app.db.read().await?, id).await?;
    if taken.get(&row).is_some_and(|digests| digests.len() >= PHOTOGRAPHS_MAX) {
        return Err(too_many());
    }
    let digest = photograph::keep(app, me, content).await?;
    let mut tx = app.db.write().await?;
    if own_import(&mut tx, me, id).await?.entry_seq.is_some() {
        return Err(already_recorded());
    }
    let taken = (me.id, app.clock.now());
    listed_photographs::keep(&mut tx, (id, i64::from(row)), &digest, taken).await?;
    tx.commit().await?;
    Ok(digest)
}

/// Takes a photograph off a row again.
pub async fn drop_row_photograph(
    app: &App,
    me: &Person,
    (id, row): (ImportId, u32),
    digest: &str,
) -> Result<(), Error> {
    access::require(me, Role::Officer)?;
    let mut tx = app.db.write().await?;
    if own_import(&mut tx, me, id).await?.entry_seq.is_some() {
        return Err(already_recorded());
    }
    listed_photographs::remove(&mut tx, (id, i64::from(row)), digest).await?;
    attachments::forget_unnamed(&mut tx, digest).await?;
    Ok(tx.commit().await?)
}

/// The photographs go with the things that their rows became. Those of a row that was left out stay with the list.
pub(super) async fn go_with_things(
    tx: &mut Tx,
    (id, seq): (ImportId, u64),
    draft: &ListDraft,
) -> Result<(), Error> {
    let taken = by_row(tx, id).await?;
    for (paper_line, row) in (1..).zip(draft.kept()) {
        if taken.contains_key(&row.row) {
            let line = (id, i64::from(row.row));
            listed_photographs::recorded(tx, line, (seq, paper_line)).await?;
        }
    }
    Ok(())
}

/// A list is thrown away with its photographs, as far as nothing else names them.
pub(super) async fn throw_away(tx: &mut Tx, id: ImportId) -> Result<(), Error> {
    let taken = listed_photographs::of_list(tx, id).await?;
    listed_photographs::remove_all(tx, id).await?;
    for ListedPhotograph { digest, .. } in taken {
        attachments::forget_unnamed(tx, &digest).await?;
    }
    Ok(())
}

fn too_many() -> Error {
    Conflict::new(
        "too_many_photographs",
        ("这一行已有 40 张照片，没有再添加。", "This row has forty photographs already; no more was added."),
        ("请先去掉其中几张。", "Take some of them off first."),
    )
}
