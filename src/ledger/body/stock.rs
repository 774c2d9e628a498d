//! What entries say that move things: seized, received, moved, lent, split, banked.

use crate::{
    clock::Moment,
    id::{ApprovalId, CaseId, ItemId, PersonId, SlotId, StoreId, UnitId},
    ledger::{Measure, RaisedDifference, StockAccount},
};
use serde::{Deserialize, Serialize};

/// 扣押: things come into being in the ledger; the officer's unit owes them from this moment (L3 §190: 24 h).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seize {
    pub case: CaseId,
    pub unit: UnitId,
    pub lines: Vec<SeizedLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeizedLine {
    pub item: ItemId,
    /// The item's number for people; its label carries it with check characters.
    pub number: String,
    /// The line of the seizure list.
    pub paper_line: u32,
    pub name: String,
    pub category: Category,
    pub features: String,
    pub measure: Measure,
    pub quantity: i64,
    /// The list's own word: 部, 张, 克 …
    pub counted_as: Option<String>,
    pub holding: Holding,
}

/// Whether the thing was taken along or sealed where it stands (L2 §240: houses, frozen accounts).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Holding {
    InHand,
    InPlace,
}

/// What kind of thing it is; rules of where it may lie hang on it (domain §1.5).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    #[default]
    General,
    Electronic,
    Document,
    Cash,
    Valuable,
    Drug,
    Weapon,
    Vehicle,
    Biological,
    Hazardous,
}

impl Category {
    pub const ALL: [Category; 10] = [
        Category::General,
        Category::Electronic,
        Category::Document,
        Category::Cash,
        Category::Valuable,
        Category::Drug,
        Category::Weapon,
        Category::Vehicle,
        Category::Biological,
        Category::Hazardous,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Category::General => "general",
            Category::Electronic => "electronic",
            Category::Document => "document",
            Category::Cash => "cash",
            Category::Valuable => "valuable",
            Category::Drug => "drug",
            Category::Weapon => "weapon",
            Category::Vehicle => "vehicle",
            Category::Biological => "biological",
            Category::Hazardous => "hazardous",
        }
    }
}

/// 入库: the custodian takes what the officer brings, line by line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receive {
    pub delivered_by: PersonId,
    pub lines: Vec<ReceivedLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedLine {
    pub item: ItemId,
    pub owed_by: UnitId,
    pub answer: Reception,
    /// Required when less came than is owed, when it is damaged, and when it is refused.
    pub difference: Option<RaisedDifference>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Reception {
    Accepted {
        quantity: i64,
        slot: SlotId,
        /// The label that was scanned back: only now is it bound.
        label: BoundLabel,
        weighing: Option<Weighing>,
        seal: Option<String>,
        /// SM3 or SHA-256 digests (hex) of the photographs.
        photographs: Vec<String>,
        damaged: bool,
        remark: Option<String>,
    },
    /// 拒收: papers missing or not matching (公通字〔2015〕21号 §14). The item stays owed.
    Refused { reason: String },
}

/// A label that was printed, stuck and read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BoundLabel {
    pub code: String,
    /// 1 for the first label; a reprint is a new copy.
    pub copy: u32,
}

/// A reading of a scale, never typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Weighing {
    pub gross_mg: i64,
    /// As the scale wrote it.
    pub shown: String,
    pub stable: bool,
    pub device: String,
    pub read_at: Moment,
}

/// 移库
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    pub lines: Vec<MovedLine>,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedLine {
    pub item: ItemId,
    pub quantity: i64,
    pub from: SlotId,
    pub to: SlotId,
}

/// 发运: out of a slot, on the way to another store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    pub to: StoreId,
    pub carrier: PersonId,
    pub lines: Vec<HeldLine>,
}

/// Some of an item in a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldLine {
    pub item: ItemId,
    pub quantity: i64,
    pub slot: SlotId,
}

/// 到库
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrive {
    pub at: StoreId,
    pub lines: Vec<HeldLine>,
}

/// 调用: for case work only, by approval, to be brought back (L3 §190).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckOut {
    pub approval: ApprovalId,
    pub borrower: PersonId,
    pub purpose: String,
    pub due_at: Moment,
    pub lines: Vec<HeldLine>,
}

/// 归还
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    pub borrower: PersonId,
    pub condition: String,
    pub lines: Vec<HeldLine>,
}

/// 拆分: parent's quantity becomes children; what was lost on the way is declared with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    pub item: ItemId,
    pub from: SlotId,
    /// What is taken out of the parent: the children's sum and the loss.
    pub quantity: i64,
    pub lost: i64,
    pub children: Vec<Child>,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Child {
    pub item: ItemId,
    pub number: String,
    pub name: String,
    pub quantity: i64,
    pub slot: SlotId,
    pub seal: Option<String>,
}

/// 缴存: money into the single compliant account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    pub bank: StoreId,
    /// Name and number of the deposit slip (L5 §437).
    pub slip: String,
    pub lines: Vec<AccountLine>,
}

/// Some of an item in any stock account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLine {
    pub item: ItemId,
    pub quantity: i64,
    pub from: StockAccount,
}
