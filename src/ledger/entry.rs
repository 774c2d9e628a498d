//! One recorded event. The canonical bytes of an [`Entry`] (RFC 8785) are what is stored; what of them is hashed and proven, its
//! [`Form`] says.

use super::{Body, Book, Commitment, DutyAccount, Edition, Form, StockAccount, Suite, canonical};
use crate::{
    clock::Moment,
    id::{EntryId, ItemId, PersonId, StationId, UnitId},
    vocabulary::vocabulary,
};
use serde::{Deserialize, Serialize, de::IgnoredAny};

/// What somebody wants recorded: everything but its number, the time of recording and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Made by whoever records; the same id again is the same event.
    pub id: EntryId,
    pub happened_at: Moment,
    pub actor: PersonId,
    /// The unit the actor acted for.
    pub unit: UnitId,
    pub station: Option<StationId>,
    /// The legal grounds and receipts.
    pub papers: Vec<PaperRef>,
    #[serde(flatten)]
    pub body: Body,
    pub signatures: Vec<Signature>,
}

/// A numbered entry with its postings, as it stands in the journal for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    #[serde(flatten)]
    pub form: Form,
    /// The edition of the rules it was recorded under.
    #[serde(default, skip_serializing_if = "Edition::is_first")]
    pub edition: Edition,
    /// From 1, without gaps.
    pub seq: u64,
    pub recorded_at: Moment,
    #[serde(flatten)]
    pub draft: Draft,
    pub postings: Vec<Posting>,
}

impl Entry {
    /// The bytes that are stored: canonical JSON (RFC 8785).
    pub fn canonical_bytes(&self) -> Result<Vec<u8>, canonical::Error> {
        canonical::bytes(self)
    }

    /// Reads stored bytes back. Refuses bytes that are not exactly the canonical form of what they say.
    pub fn from_canonical_bytes(bytes: &[u8]) -> Result<Entry, canonical::Error> {
        let entry: Entry = serde_json::from_slice(bytes).map_err(canonical::Error::NotJson)?;
        if entry.form == Form::ByLine(None) {
            return Err(canonical::Error::SaltMissing);
        }
        if entry.canonical_bytes()? == bytes { Ok(entry) } else { Err(canonical::Error::NotCanonical) }
    }
}

/// What was recorded and when, without what it posts: enough to tell an entry in a list. It is read in a fraction of the time
/// of a whole [`Entry`], because postings are skipped and nobody asks whether the bytes are canonical; who proves something
/// reads the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedDraft {
    pub seq: u64,
    pub recorded_at: Moment,
    pub draft: Draft,
}

impl RecordedDraft {
    /// Reads the bytes of an entry.
    pub fn from_bytes(bytes: &[u8]) -> Result<RecordedDraft, canonical::Error> {
        /// The fields of an entry side by side: a flattened part is kept whole in memory before it is understood, so only
        /// the body is one.
        #[derive(Deserialize)]
        struct Fields {
            seq: u64,
            recorded_at: Moment,
            id: EntryId,
            happened_at: Moment,
            actor: PersonId,
            unit: UnitId,
            station: Option<StationId>,
            papers: Vec<PaperRef>,
            signatures: Vec<Signature>,
            #[serde(rename = "postings")]
            _postings: IgnoredAny,
            #[serde(flatten)]
            body: Body,
        }
        let fields: Fields = serde_json::from_slice(bytes).map_err(canonical::Error::NotJson)?;
        let Fields {
            seq, recorded_at, id, happened_at, actor, unit, station, papers, signatures, body, ..
        } = fields;
        let draft = Draft { id, happened_at, actor, unit, station, papers, body, signatures };
        Ok(RecordedDraft { seq, recorded_at, draft })
    }
}

/// One line of an entry: so much more (or less) of one item in one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    pub item: ItemId,
    #[serde(flatten)]
    pub account: Account,
    pub change: i64,
}

/// What stands before the committed bytes where a check code is computed.
const CHECK_CODE: &[u8] = b"hufu check code\n";

/// The code on the paper that an entry makes: its number and 16 hex digits, so that it cannot be moved to another entry. Since
/// edition 2 they are of a digest that only whoever has the entry or a part of it can compute; before, of its leaf, which the
/// public tiles tell.
pub fn check_code(entry: &Entry, commitment: &Commitment) -> String {
    let digest = match entry.edition < Edition::SECOND {
        true => commitment.leaf,
        false => Suite::Sm.digest(&[CHECK_CODE, &commitment.bytes].concat()),
    };
    format!("{}-{:.16}", entry.seq, digest.to_string().to_uppercase())
}

/// An account of either book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "book", content = "account", rename_all = "snake_case")]
pub enum Account {
    Stock(StockAccount),
    Duty(DutyAccount),
}

impl Account {
    pub fn book(&self) -> Book {
        match self {
            Account::Stock(_) => Book::Stock,
            Account::Duty(_) => Book::Duty,
        }
    }

    pub(super) fn is_loan(&self) -> bool {
        matches!(self, Account::Stock(StockAccount::OnLoan(_)))
    }

    pub(super) fn is_loss(&self) -> bool {
        matches!(self, Account::Stock(StockAccount::DeclaredLoss))
    }
}

/// A legal document an entry rests on: its kind in the trade's words and its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PaperRef {
    pub kind: PaperKind,
    pub number: String,
}

vocabulary! {
    /// 文书 (domain: CPL implementing rules L2 §230, L3 §189–190).
    PaperKind "journal.paper_kind" {
        /// 扣押决定书 / 扣押清单
        SeizureList "seizure_list" "扣押清单" "Seizure list",
        Receipt "receipt" "入库单" "Receipt",
        LoanApproval "loan_approval" "借出审批" "Loan approval",
        HandoverList "handover_list" "随案移送清单" "Handover list",
        DisposalDecision "disposal_decision" "处置决定" "Disposal decision",
        DisposalApproval "disposal_approval" "处置审批" "Disposal approval",
        LossApproval "loss_approval" "灭失审批" "Loss approval",
        /// Deposit slip, sale voucher, delivery receipt
        Voucher "voucher" "凭证" "Voucher",
        CountStatement "count_statement" "盘点表" "Count statement",
        /// 情况说明
        Report "report" "情况说明" "Report",
    }
}

/// One party's signature over a statement inside the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub role: SignerRole,
    pub person: PersonId,
    pub unit: UnitId,
    /// The key's id: first 16 hex digits of the digest of its SPKI DER.
    pub key: String,
    pub suite: SignatureSuite,
    /// Lower-case hex digest of the signed statement, for people to compare.
    pub digest: String,
    /// DER, base64.
    pub value: String,
    pub signed_at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignerRole {
    Giver,
    Receiver,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureSuite {
    /// SM2 over SM3 with the default user id (GM/T 0009-2012).
    Sm2Sm3,
    /// Ed25519 (RFC 8032).
    Ed25519,
}

impl SignatureSuite {
    /// The hex digest of a statement under the suite's hash.
    pub fn digest(self, bytes: &[u8]) -> String {
        match self {
            SignatureSuite::Sm2Sm3 => Suite::Sm.digest(bytes).to_string(),
            SignatureSuite::Ed25519 => Suite::C2sp.digest(bytes).to_string(),
        }
    }
}
