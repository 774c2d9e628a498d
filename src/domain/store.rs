//! Where things lie: stores of six kinds, their zones and slots (库、库区、库位).

use super::words;
use crate::id::{SlotId, StoreId, UnitId};
use serde::Serialize;

words! {
    /// 库
    StoreKind {
        /// 中心
        Centre "centre",
        /// 物证室
        EvidenceRoom "evidence_room",
        /// 保险库
        Vault "vault",
        /// 冷库
        Cold "cold",
        /// 停车场
        Lot "lot",
        /// 银行账户
        Bank "bank",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Store {
    pub id: StoreId,
    pub kind: StoreKind,
    pub name: String,
    /// The unit that keeps it.
    pub unit: UnitId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Slot {
    pub id: SlotId,
    pub store: StoreId,
    pub store_name: String,
    pub zone: String,
    pub name: String,
    /// What its label says.
    pub code: String,
    /// How many items it takes before it counts as full.
    pub capacity: i64,
}

impl Slot {
    /// As people say it: store and slot.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.store_name, self.name)
    }
}
