//! What an entry says: one type per kind of event, each with the fields its paper has.

use super::{DutyAccount, Measure, Outcome, Party, StockAccount};
use crate::{
    clock::Moment,
    id::{
        ApprovalId, CaseId, CountId, DifferenceId, EntryId, HandoverId, ItemId, PersonId, SlotId, StoreId,
        UnitId,
    },
};
use serde::{Deserialize, Serialize};

/// The kinds of entries (design: the ledger). The first group moves things, the second changes who answers, the third
/// ends or corrects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum Body {
    Seize(Seize),
    Receive(Receive),
    Move(Move),
    Dispatch(Dispatch),
    Arrive(Arrive),
    CheckOut(CheckOut),
    Return(Return),
    Split(Split),
    Deposit(Deposit),

    Approve(Approve),
    Offer(Offer),
    Withdraw(Withdraw),
    Exchange(Exchange),

    Dispose(Dispose),
    DeclareLoss(DeclareLoss),
    CountStatement(CountStatement),
    RaiseDifference(RaisedDifference),
    SettleDifference(SettleDifference),
    DeclareError(DeclareError),
    Correct(Correct),
}

impl Body {
    /// The kind's word in the journal.
    pub fn kind(&self) -> &'static str {
        match self {
            Body::Seize(_) => "seize",
            Body::Receive(_) => "receive",
            Body::Move(_) => "move",
            Body::Dispatch(_) => "dispatch",
            Body::Arrive(_) => "arrive",
            Body::CheckOut(_) => "check_out",
            Body::Return(_) => "return",
            Body::Split(_) => "split",
            Body::Deposit(_) => "deposit",
            Body::Approve(_) => "approve",
            Body::Offer(_) => "offer",
            Body::Withdraw(_) => "withdraw",
            Body::Exchange(_) => "exchange",
            Body::Dispose(_) => "dispose",
            Body::DeclareLoss(_) => "declare_loss",
            Body::CountStatement(_) => "count_statement",
            Body::RaiseDifference(_) => "raise_difference",
            Body::SettleDifference(_) => "settle_difference",
            Body::DeclareError(_) => "declare_error",
            Body::Correct(_) => "correct",
        }
    }
}

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holding {
    InHand,
    InPlace,
}

/// What kind of thing it is; rules of where it may lie hang on it (domain §1.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundLabel {
    pub code: String,
    /// 1 for the first label; a reprint is a new copy.
    pub copy: u32,
}

/// A reading of a scale, never typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// 审批: one yes, to one act, on exact items; used at most once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approve {
    pub approval: ApprovalId,
    pub act: ApprovedAct,
    pub requester: PersonId,
    pub purpose: String,
    pub expires_at: Moment,
    pub lines: Vec<ApprovedLine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovedAct {
    CheckOut,
    Dispose,
    DeclareLoss,
    Correct,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedLine {
    pub item: ItemId,
    pub quantity: i64,
}

/// 移交要约: what the giver saw and signed. The lines are pending until the exchange, a withdrawal or expiry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub statement: OfferStatement,
}

/// The canonical bytes of this are what the giver signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferStatement {
    pub handover: HandoverId,
    pub purpose: HandoverPurpose,
    pub from: NamedParty,
    /// The unit that is to answer next; it brings its own case number when it concludes.
    pub to_unit: UnitId,
    pub to_name: String,
    pub made_at: Moment,
    pub expires_at: Moment,
    pub lines: Vec<OfferedLine>,
    /// Never the same twice, so that a signature cannot be used again.
    pub nonce: String,
}

/// A party with the names people sign by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedParty {
    #[serde(flatten)]
    pub party: Party,
    pub name: String,
    pub case_number: String,
}

/// Why the duty changes (domain §1.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoverPurpose {
    /// 移送审查起诉
    ToProsecution,
    /// 提起公诉
    ToTrial,
    /// 退回补充侦查: a new exchange the other way, never an undo
    SentBack,
    /// 上诉、抗诉
    Appeal,
    /// 指定管辖、并案
    Jurisdiction,
    /// 移送执行
    ToExecution,
}

impl HandoverPurpose {
    pub const ALL: [HandoverPurpose; 6] = [
        HandoverPurpose::ToProsecution,
        HandoverPurpose::ToTrial,
        HandoverPurpose::SentBack,
        HandoverPurpose::Appeal,
        HandoverPurpose::Jurisdiction,
        HandoverPurpose::ToExecution,
    ];

    pub fn word(self) -> &'static str {
        match self {
            HandoverPurpose::ToProsecution => "to_prosecution",
            HandoverPurpose::ToTrial => "to_trial",
            HandoverPurpose::SentBack => "sent_back",
            HandoverPurpose::Appeal => "appeal",
            HandoverPurpose::Jurisdiction => "jurisdiction",
            HandoverPurpose::ToExecution => "to_execution",
        }
    }
}

/// One line as the giver saw it: the 换押 packet of L5 §441.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedLine {
    pub item: ItemId,
    pub number: String,
    pub name: String,
    pub quantity: i64,
    #[serde(flatten)]
    pub measure: Measure,
    pub seal: Option<String>,
    pub photographs: Vec<String>,
    /// Where it lies, in words; it stays there.
    pub place: String,
    /// 处理建议 (L2 §288)
    pub suggestion: Suggestion,
}

/// What the giver suggests should become of a line (L2 §288).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suggestion {
    /// 随案保管，待判决处理
    #[default]
    KeepForTrial,
    ReturnToOwner,
    Forfeit,
    Destroy,
    Sell,
    /// 由法院依法处理
    CourtDecides,
}

impl Suggestion {
    pub const ALL: [Suggestion; 6] = [
        Suggestion::KeepForTrial,
        Suggestion::ReturnToOwner,
        Suggestion::Forfeit,
        Suggestion::Destroy,
        Suggestion::Sell,
        Suggestion::CourtDecides,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Suggestion::KeepForTrial => "keep_for_trial",
            Suggestion::ReturnToOwner => "return_to_owner",
            Suggestion::Forfeit => "forfeit",
            Suggestion::Destroy => "destroy",
            Suggestion::Sell => "sell",
            Suggestion::CourtDecides => "court_decides",
        }
    }
}

/// The offer ends without an exchange: withdrawn by the giver, or its time ran out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdraw {
    pub handover: HandoverId,
    pub cause: WithdrawCause,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawCause {
    Withdrawn,
    Expired,
}

/// 换押: accepted lines change duty at this moment; refused ones stay, each with a difference. Stock does not move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    pub statement: ConclusionStatement,
    /// One for each refused line, in the order of the lines.
    pub differences: Vec<RaisedDifference>,
}

/// The canonical bytes of this are what the receiver signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConclusionStatement {
    pub handover: HandoverId,
    /// Digest (hex) of the giver's signed statement: the receiver signs that it answers exactly this.
    pub offer_digest: String,
    pub to: NamedParty,
    pub concluded_at: Moment,
    pub lines: Vec<AnsweredLine>,
    pub nonce: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredLine {
    pub item: ItemId,
    pub number: String,
    #[serde(flatten)]
    pub answer: Answer,
}

/// The receiver's answer to one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", content = "note", rename_all = "snake_case")]
pub enum Answer {
    Accepted,
    AcceptedWithRemark(String),
    Refused(String),
}

impl Answer {
    pub fn is_refusal(&self) -> bool {
        matches!(self, Answer::Refused(_))
    }

    pub fn word(&self) -> &'static str {
        match self {
            Answer::Accepted => "accepted",
            Answer::AcceptedWithRemark(_) => "accepted_with_remark",
            Answer::Refused(_) => "refused",
        }
    }

    pub fn note(&self) -> Option<&str> {
        match self {
            Answer::Accepted => None,
            Answer::AcceptedWithRemark(note) | Answer::Refused(note) => Some(note),
        }
    }
}

/// 处置
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispose {
    pub approval: ApprovalId,
    pub outcome: Outcome,
    pub voucher: String,
    pub recipient: Option<String>,
    pub lines: Vec<HeldLine>,
}

/// 灭失申报: duty stays, somebody answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclareLoss {
    pub approval: ApprovalId,
    pub report: String,
    pub lines: Vec<AccountLine>,
}

/// 盘点结论: what was expected at an entry number, what was seen, and each difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountStatement {
    pub count: CountId,
    pub store: StoreId,
    /// The zone counted; the whole store when absent.
    pub zone: Option<String>,
    /// The entry number the expected set was taken at.
    pub as_of: u64,
    pub expected: u32,
    pub seen: u32,
    pub on_loan: u32,
    pub not_found: u32,
    pub unexpected: u32,
    /// What moved in or out after `as_of` and was rolled forward.
    pub rolled_forward: u32,
    pub differences: Vec<RaisedDifference>,
}

/// One disagreement, with somebody who must settle it by a day (差异).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaisedDifference {
    pub difference: DifferenceId,
    pub class: DifferenceClass,
    pub item: Option<ItemId>,
    /// What was found, in a sentence.
    pub finding: String,
    pub owner: UnitId,
    pub due_at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceClass {
    /// Less came than is owed.
    Short,
    /// More came, or a thing that is on no list.
    Extra,
    Damaged,
    RefusedAtCounter,
    RefusedInHandover,
    Missing,
    Misplaced,
    Surplus,
    UnknownCode,
    WrongSeal,
    WrongQuantity,
}

impl DifferenceClass {
    pub fn word(self) -> &'static str {
        match self {
            DifferenceClass::Short => "short",
            DifferenceClass::Extra => "extra",
            DifferenceClass::Damaged => "damaged",
            DifferenceClass::RefusedAtCounter => "refused_at_counter",
            DifferenceClass::RefusedInHandover => "refused_in_handover",
            DifferenceClass::Missing => "missing",
            DifferenceClass::Misplaced => "misplaced",
            DifferenceClass::Surplus => "surplus",
            DifferenceClass::UnknownCode => "unknown_code",
            DifferenceClass::WrongSeal => "wrong_seal",
            DifferenceClass::WrongQuantity => "wrong_quantity",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettleDifference {
    pub difference: DifferenceId,
    /// How it was explained or put right, in a sentence.
    pub finding: String,
}

/// 更正声明: names the wrong entry. Nothing is edited (EPCIS `ErrorDeclaration` is the model).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclareError {
    pub wrong_seq: u64,
    pub wrong: EntryId,
    pub reason: String,
}

/// 更正: the postings that should have been, for the items of the wrong entry only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correct {
    /// The entry number of the error declaration.
    pub declaration: u64,
    pub approval: ApprovalId,
    pub lines: Vec<CorrectedLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectedLine {
    pub item: ItemId,
    pub quantity: i64,
    #[serde(flatten)]
    pub transfer: Transfer,
}

/// From one account of a book to another of the same book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "book", rename_all = "snake_case")]
pub enum Transfer {
    Stock { from: StockAccount, to: StockAccount },
    Duty { from: DutyAccount, to: DutyAccount },
}
