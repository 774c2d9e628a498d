//! Photographs: kept by their digest, shown only to those who may see the item.

use super::{Error, Invalid, Thing, access::see_item};
use crate::{
    app::App,
    domain::Person,
    store::attachments::{self, Attachment},
};

/// The largest photograph that is kept, in bytes.
const LARGEST: usize = 12 << 20;

/// Keeps a photograph. Answers with its digest (hex), by which an entry names it. Only JPEG and PNG, told by content.
pub async fn keep(app: &App, me: &Person, content: Vec<u8>) -> Result<String, Error> {
    let media_type = match content.as_slice() {
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        _ => {
            return Err(Invalid::new(
                "not_a_photograph",
                ("这不是照片（只收 JPEG 或 PNG）。", "This is not a photograph (JPEG or PNG)."),
                ("请重新拍照，或选择 .jpg、.png 文件。", "Take it again, or choose a .jpg or .png file."),
            ));
        }
    };
    if content.len() > LARGEST {
        return Err(Invalid::new(
            "photograph_too_large",
            ("照片超过 12 MB。", "The photograph is larger than 12 MB."),
            ("请调低相机的像素后重拍。", "Lower the camera's resolution and take it again."),
        ));
    }
    let digest = app.settings.suite.digest(&content).to_string();
    let (media_type, added_at) = (media_type.to_owned(), app.clock.now());
    let kept = Attachment { digest: digest.clone(), media_type, content, added_at, added_by: me.id };
    let mut tx = app.db.write().await?;
    attachments::add(&mut tx, &kept).await?;
    tx.commit().await?;
    Ok(digest)
}

/// A photograph, for those who may see an item it shows, and for whoever took it.
pub async fn show(app: &App, me: &Person, digest: &str) -> Result<Attachment, Error> {
    let mut tx = app.db.read().await?;
    let found = attachments::attachment(&mut tx, digest).await?;
    let found = found.filter(|it| it.media_type.starts_with("image/")).ok_or(Error::NotFound(Thing::Photograph))?;
    if found.added_by == me.id {
        return Ok(found);
    }
    for item in attachments::items_shown(&mut tx, digest).await? {
        if see_item(&mut tx, me, item).await.is_ok() {
            return Ok(found);
        }
    }
    Err(Error::NotFound(Thing::Photograph))
}
