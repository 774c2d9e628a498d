//! The photographs of an item, and what this person may do with each.

use crate::{
    custody::{Error, photographs::gives_original},
    domain::Person,
    id::ItemId,
    store::{Tx, attachments, photographs},
};
use serde::Serialize;

/// A photograph that an entry names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ItemPhotograph {
    pub digest: String,
    /// It is kept here no more, and must be restored from a backup.
    pub gone: bool,
    /// Whether this person may have the file as it was taken.
    pub original: bool,
}

/// In the order in which they were recorded, up to this entry.
pub(super) async fn of_item(
    tx: &mut Tx,
    me: &Person,
    item: ItemId,
    up_to: u64,
) -> Result<Vec<ItemPhotograph>, Error> {
    let digests = attachments::photographs_of(tx, item, up_to).await?;
    let lost = photographs::gone(tx, &digests).await?;
    let mut shown = Vec::with_capacity(digests.len());
    for digest in digests {
        let gone = lost.contains(&digest);
        let original = !gone && gives_original(tx, me, &digest).await?;
        shown.push(ItemPhotograph { digest, gone, original });
    }
    Ok(shown)
}
