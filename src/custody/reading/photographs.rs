//! Photographs: shown as a picture drawn anew, given out as they were taken. Either way their bytes are first compared with the
//! digest under which they were recorded.

use crate::custody::{Conflict, Error, Thing, access, correction, picture, stopped, turn};
use crate::{
    app::{App, drawings::DrawingSize, turns::Turn},
    domain::{Person, Role},
    store::{Tx, differences, imports, listed_photographs, photographs},
};

/// A photograph as a JPEG for showing, for whoever may see an item it is recorded with, took it, or may see a correction that rests on it. It carries neither place nor
/// telephone nor anything else that lay in the file beside the picture.
pub async fn shown(app: &App, me: &Person, digest: &str) -> Result<Vec<u8>, Error> {
    may_see(app, me, digest).await?;
    drawn(app, me, digest).await
}

/// The same, small, for a list.
pub async fn listed(app: &App, me: &Person, digest: &str) -> Result<Vec<u8>, Error> {
    may_see(app, me, digest).await?;
    if let Some(small) = app.drawings.find(digest, DrawingSize::Small) {
        return Ok(small);
    }
    let drawn = drawn(app, me, digest).await?;
    let turn = turn(&app.costly.pictures, me).await?;
    let small = picture::for_list(&turn, drawn).await.map_err(|_| not_shown())?;
    app.drawings.keep(digest, DrawingSize::Small, &small);
    Ok(small)
}

/// The same as a paper shows it; none where it cannot be shown any more.
pub(in crate::custody) async fn of_paper(
    app: &App,
    me: &Person,
    digest: &str,
) -> Result<Option<Vec<u8>>, Error> {
    let drawn = match shown(app, me, digest).await {
        Ok(drawn) => drawn,
        Err(Error::NotFound(_) | Error::Conflict(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let turn = turn(&app.costly.pictures, me).await?;
    Ok(picture::for_annex(&turn, drawn).await.ok())
}

async fn may_see(app: &App, me: &Person, digest: &str) -> Result<(), Error> {
    match sees(&mut app.db.read().await?, me, digest).await? {
        true => Ok(()),
        false => Err(Error::NotFound(Thing::Photograph)),
    }
}

async fn drawn(app: &App, me: &Person, digest: &str) -> Result<Vec<u8>, Error> {
    if let Some(drawn) = app.drawings.find(digest, DrawingSize::Large) {
        return Ok(drawn);
    }
    let turn = turn(&app.costly.pictures, me).await?;
    // Whoever was before may have asked for the same.
    if let Some(drawn) = app.drawings.find(digest, DrawingSize::Large) {
        return Ok(drawn);
    }
    let kept = photographs::content(&mut app.db.read().await?, digest).await?;
    let (_, content) = genuine(app, &turn, digest, kept).await?;
    let drawn = picture::of_bytes(&turn, content).await.map_err(|_| not_shown())?;
    app.drawings.keep(digest, DrawingSize::Large, &drawn);
    Ok(drawn)
}

/// The file as it was taken, with all that lies in it, for whoever sees the photograph and its case. Answers with media type and bytes.
pub async fn original(app: &App, me: &Person, digest: &str) -> Result<(String, Vec<u8>), Error> {
    let mut tx = app.db.read().await?;
    let seen = gives_original(&mut tx, me, digest).await?;
    drop(tx);
    if !seen {
        return Err(Error::NotFound(Thing::Photograph));
    }
    let turn = turn(&app.costly.pictures, me).await?;
    let kept = photographs::content(&mut app.db.read().await?, digest).await?;
    genuine(app, &turn, digest, kept).await
}

/// Whether this person may have the file as it was taken.
pub(in crate::custody) async fn gives_original(
    tx: &mut Tx,
    me: &Person,
    digest: &str,
) -> Result<bool, Error> {
    let mut seen = false;
    for case in photographs::cases(tx, digest).await? {
        seen = seen || access::sees_case(tx, me, case).await?;
    }
    Ok(seen && sees(tx, me, digest).await?)
}

async fn sees(tx: &mut Tx, me: &Person, digest: &str) -> Result<bool, Error> {
    let mut seen = photographs::added_by(tx, digest, me.id).await?;
    let listed = listed_photographs::items(tx, digest).await?;
    for item in photographs::items(tx, digest).await?.into_iter().chain(listed) {
        seen = seen || access::sees_item(tx, me, item).await?;
    }
    for difference in differences::shown_by(tx, digest).await? {
        seen = seen || access::see_difference(tx, me, difference).await.is_ok();
    }
    // While the list waits, whoever may see the list.
    for list in listed_photographs::lists(tx, digest).await? {
        let of_unit = imports::import(tx, list).await?.is_some_and(|it| it.unit == me.unit);
        seen = seen || (of_unit && me.is(Role::Officer));
    }
    Ok(seen || correction::shows_photograph(tx, me, digest).await?)
}

async fn genuine(
    app: &App,
    turn: &Turn,
    digest: &str,
    kept: Option<(String, Vec<u8>)>,
) -> Result<(String, Vec<u8>), Error> {
    let (media_type, content) = kept.ok_or_else(gone)?;
    let suite = app.settings.suite;
    let digested = turn.beside(move || (suite.digest(&content).to_string(), content)).await;
    let (found, content) = digested.ok_or_else(stopped)?;
    if found == digest { Ok((media_type, content)) } else { Err(changed()) }
}

/// The code of the refusal of one that is kept no more.
pub const GONE: &str = "photograph_gone";

fn gone() -> Error {
    Conflict::new(
        GONE,
        (
            "这张照片记在账上，但已不在库中；账上的记录没有改变。",
            "This photograph is recorded, but it is kept here no more. The ledger itself is unchanged.",
        ),
        (
            "请联系管理员核验账本，并从备份恢复这张照片。",
            "Have the administrator verify the ledger and restore the photograph from a backup.",
        ),
    )
}

fn changed() -> Error {
    Conflict::new(
        "photograph_changed",
        (
            "这张照片的内容已不是入账时的内容，不予显示；账上的记录没有改变。",
            "The bytes of this photograph are not those that were recorded; it is not shown. The ledger itself is unchanged.",
        ),
        (
            "请联系管理员核验账本，并从备份恢复这张照片。",
            "Have the administrator verify the ledger and restore the photograph from a backup.",
        ),
    )
}

fn not_shown() -> Error {
    Conflict::new(
        "photograph_not_shown",
        (
            "这张照片无法显示；原文件仍完整保存。",
            "This photograph cannot be shown; the file itself is kept whole.",
        ),
        ("可以看见本案的人员能下载原文件。", "Whoever may see the case can download the original."),
    )
}
