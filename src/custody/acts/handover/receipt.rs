//! What a store has received of the things of a handover, and what a draft leaves out for that reason or another.

use super::LineView;
use crate::{
    custody::Error,
    domain::{Handover, HandoverState},
    id::ItemId,
    store::{Tx, offer_drafts},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// What a store has received of a thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "word", rename_all = "snake_case")]
pub enum LineReceipt {
    /// All of it.
    Whole,
    /// 部分入库: this much; the rest is owed, and nobody has seen it.
    Part { received: String },
    /// 未入库: nothing.
    Nothing,
}

impl LineReceipt {
    pub(super) fn of(owes: bool, received: Option<String>) -> LineReceipt {
        match (owes, received) {
            (false, _) => LineReceipt::Whole,
            (true, Some(received)) => LineReceipt::Part { received },
            (true, None) => LineReceipt::Nothing,
        }
    }
}

/// A thing that the unit answers for and that is not on its draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LeftOut {
    pub item: ItemId,
    pub number: String,
    pub name: String,
    pub receipt: LineReceipt,
    /// A counter has refused it.
    pub refused: bool,
}

/// Of a draft: what else could be on it.
pub(super) async fn left_out(
    tx: &mut Tx,
    found: &Handover,
    lines: &[LineView],
) -> Result<Vec<LeftOut>, Error> {
    if found.state != HandoverState::Draft {
        return Ok(Vec::new());
    }
    let there: BTreeSet<ItemId> = lines.iter().map(|line| line.item).collect();
    let givable = offer_drafts::givable_items(tx, found.giver.id, found.from_case).await?;
    let left_out = givable.into_iter().filter(|it| !there.contains(&it.item)).map(|it| {
        Ok(LeftOut {
            receipt: LineReceipt::of(it.owed > 0, it.part_received()?),
            item: it.item,
            number: it.number,
            name: it.name,
            refused: it.refused,
        })
    });
    left_out.collect()
}
