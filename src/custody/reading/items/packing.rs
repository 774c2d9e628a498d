//! What the packing of a thing weighed when it was received.

use crate::{
    custody::{Error, as_of::up_to},
    domain::AsOf,
    id::ItemId,
    ledger::{Body, Entry, Measure, Reception, Weighing},
    store::{Tx, as_of},
};

/// The weight of the packing and that of the thing without it, in words; nothing where they were not weighed apart.
pub(super) async fn packing(
    tx: &mut Tx,
    item: ItemId,
    at: Option<AsOf>,
) -> Result<Option<(String, String)>, Error> {
    let receipts = as_of::receipts(tx, &[item], up_to(at)).await?;
    let Some(weighing) = receipts.iter().rev().find_map(|entry| weighing(entry, item)) else {
        return Ok(None);
    };
    let text = |milligrams| Measure::Milligram.text(milligrams, None);
    Ok(weighing.tare_mg.map(|tare| (text(tare), text(weighing.net_mg()))))
}

fn weighing(receipt: &Entry, item: ItemId) -> Option<&Weighing> {
    let Body::Receive(body) = &receipt.draft.body else { return None };
    let line = body.lines.iter().find(|line| line.item == item)?;
    match &line.answer {
        Reception::Accepted { weighing, .. } => weighing.as_ref(),
        Reception::Refused { .. } => None,
    }
}
