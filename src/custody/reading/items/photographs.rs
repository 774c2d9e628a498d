//! The photographs of an item, and what this person may do with each.

use crate::{
    custody::{Error, photographs::gives_original},
    domain::Person,
    id::ItemId,
    store::{Tx, attachments, listed_photographs, photographs},
};
use serde::Serialize;

/// A photograph that an entry names, or one that was taken at the scene with the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ItemPhotograph {
    pub digest: String,
    /// It is kept here no more, and must be restored from a backup.
    pub gone: bool,
    /// Whether this person may have the file as it was taken.
    pub original: bool,
    /// Taken with the list, before the thing was received; no entry names it.
    pub scene: bool,
}

/// Those of the scene, then the others in the order in which they were recorded, up to this entry.
pub(super) async fn of_item(
    tx: &mut Tx,
    me: &Person,
    item: ItemId,
    up_to: u64,
) -> Result<Vec<ItemPhotograph>, Error> {
    let recorded = attachments::photographs_of(tx, item, up_to).await?;
    let mut digests = listed_photographs::of_item(tx, item).await?;
    digests.retain(|digest| !recorded.contains(digest));
    let of_scene = digests.len();
    digests.extend(recorded);
    let lost = photographs::gone(tx, &digests).await?;
    let mut shown = Vec::with_capacity(digests.len());
    for (at, digest) in digests.into_iter().enumerate() {
        let gone = lost.contains(&digest);
        let original = !gone && gives_original(tx, me, &digest).await?;
        shown.push(ItemPhotograph { digest, gone, original, scene: at < of_scene });
    }
    Ok(shown)
}
