//! Lines that several kinds have.

use crate::{
    id::{ItemId, SlotId},
    ledger::StockAccount,
};
use serde::{Deserialize, Serialize};

/// Some of an item in a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldLine {
    pub item: ItemId,
    /// In the smallest unit of the item.
    pub quantity: i64,
    pub slot: SlotId,
}

/// Some of an item in any stock account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLine {
    pub item: ItemId,
    /// In the smallest unit of the item.
    pub quantity: i64,
    pub from: StockAccount,
}
