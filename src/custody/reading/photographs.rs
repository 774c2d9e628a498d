//! Photographs: shown as a picture drawn anew, given out as they were taken. Either way their bytes are first compared with the
//! digest under which they were recorded.

use crate::custody::{Conflict, Error, Thing, access, picture};
use crate::{
    app::App,
    domain::Person,
    store::{Tx, photographs},
};

/// A photograph as a JPEG for showing, for whoever may see an item it is recorded with, or took it. It carries neither place nor
/// telephone nor anything else that lay in the file beside the picture.
pub async fn shown(app: &App, me: &Person, digest: &str) -> Result<Vec<u8>, Error> {
    let mut tx = app.db.read().await?;
    let kept =
        if sees(&mut tx, me, digest).await? { photographs::content(&mut tx, digest).await? } else { None };
    drop(tx);
    let (_, content) = genuine(app, digest, kept)?;
    picture::of_bytes(content).await?.ok_or_else(not_shown)
}

/// The file as it was taken, with all that lies in it, for whoever sees the photograph and its case. Answers with media type and bytes.
pub async fn original(app: &App, me: &Person, digest: &str) -> Result<(String, Vec<u8>), Error> {
    let mut tx = app.db.read().await?;
    let mut seen = false;
    for case in photographs::cases(&mut tx, digest).await? {
        seen = seen || access::sees_case(&mut tx, me, case).await?;
    }
    let kept = if seen && sees(&mut tx, me, digest).await? {
        photographs::content(&mut tx, digest).await?
    } else {
        None
    };
    genuine(app, digest, kept)
}

async fn sees(tx: &mut Tx, me: &Person, digest: &str) -> Result<bool, Error> {
    let mut seen = photographs::added_by(tx, digest, me.id).await?;
    for item in photographs::items(tx, digest).await? {
        seen = seen || access::sees_item(tx, me, item).await?;
    }
    Ok(seen)
}

fn genuine(app: &App, digest: &str, kept: Option<(String, Vec<u8>)>) -> Result<(String, Vec<u8>), Error> {
    let (media_type, content) = kept.ok_or(Error::NotFound(Thing::Photograph))?;
    if app.settings.suite.digest(&content).to_string() != digest {
        return Err(changed());
    }
    Ok((media_type, content))
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
