//! The rows of the tables beside the journal, as they are stored and as they are derived.

use crate::{
    clock::Moment,
    id::{ApprovalId, CaseId, CountId, DifferenceId, HandoverId, ItemId, PaperId, PersonId, StoreId, UnitId},
    store::project,
};
use uuid::Uuid;

#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct ItemRow {
    pub(super) id: ItemId,
    pub(super) number: String,
    pub(super) case_id: CaseId,
    pub(super) name: String,
    pub(super) category: String,
    pub(super) features: String,
    pub(super) measure: String,
    pub(super) currency: Option<String>,
    pub(super) quantity: i64,
    pub(super) counted_as: Option<String>,
    pub(super) parent: Option<ItemId>,
    pub(super) seized_seq: i64,
    pub(super) seized_at: Moment,
    pub(super) seized_by: PersonId,
    pub(super) owed_by: UnitId,
    pub(super) paper_number: String,
    pub(super) paper_line: i64,
    pub(super) on_offer: Option<HandoverId>,
    pub(super) label_code: Option<String>,
    pub(super) label_copy: Option<i64>,
    pub(super) seal: Option<String>,
    pub(super) gross_mg: Option<i64>,
    pub(super) received_at: Option<Moment>,
    pub(super) open_quantity: i64,
    pub(super) search_text: String,
    pub(super) particulars: String,
    pub(super) listed: bool,
}

impl ItemRow {
    /// A part of it, as it begins: by a number of its own, with nothing of what became of the whole.
    pub(super) fn part(&self, id: ItemId, number: &str, seq: i64) -> ItemRow {
        ItemRow {
            id,
            number: number.to_owned(),
            parent: Some(self.id),
            seized_seq: seq,
            on_offer: None,
            label_code: None,
            label_copy: None,
            seal: None,
            gross_mg: None,
            received_at: None,
            search_text: project::search_text(&[number, &self.name]),
            ..self.clone()
        }
    }
}

#[derive(PartialEq, Eq, sqlx::FromRow)]
pub(super) struct HandoverRow {
    pub(super) id: HandoverId,
    pub(super) purpose: String,
    pub(super) state: String,
    pub(super) from_unit: UnitId,
    pub(super) from_case: CaseId,
    pub(super) to_unit: UnitId,
    pub(super) to_case: Option<CaseId>,
    pub(super) expires_at: Moment,
    pub(super) giver: Option<PersonId>,
    pub(super) offer_digest: Option<String>,
    pub(super) offer_seq: i64,
    pub(super) end_seq: Option<i64>,
    pub(super) told: String,
}

/// Answers count once the exchange is concluded; before, they are the receiver's notes.
#[derive(PartialEq, Eq, sqlx::FromRow)]
pub(super) struct LineRow {
    pub(super) handover: HandoverId,
    pub(super) line: i64,
    pub(super) item: ItemId,
    pub(super) quantity: i64,
    pub(super) suggestion: String,
    pub(super) answer: Option<String>,
    pub(super) note: Option<String>,
}

#[derive(PartialEq, Eq, sqlx::FromRow)]
pub(super) struct ApprovalRow {
    pub(super) id: ApprovalId,
    pub(super) act: String,
    pub(super) approver: PersonId,
    pub(super) requester: PersonId,
    pub(super) purpose: String,
    pub(super) expires_at: Moment,
    pub(super) given_seq: i64,
    pub(super) used_seq: Option<i64>,
}

#[derive(PartialEq, Eq, sqlx::FromRow)]
pub(super) struct DifferenceRow {
    pub(super) id: DifferenceId,
    pub(super) class: String,
    pub(super) item: Option<ItemId>,
    pub(super) finding: String,
    pub(super) owner: UnitId,
    pub(super) due_at: Moment,
    pub(super) raised_seq: i64,
    pub(super) brought_by: Option<PersonId>,
    pub(super) case_id: Option<CaseId>,
    pub(super) photograph: Option<String>,
    pub(super) settled_seq: Option<i64>,
    pub(super) settlement: Option<String>,
}

#[derive(PartialEq, Eq, sqlx::FromRow)]
pub(super) struct CountRow {
    pub(super) id: CountId,
    pub(super) store: StoreId,
    pub(super) zone: Option<String>,
    pub(super) as_of: i64,
    pub(super) statement_seq: i64,
}

/// Its kind is read as a word: a word that no version knows is a finding, not a reason to stop.
#[derive(PartialEq, Eq, sqlx::FromRow)]
pub(super) struct PaperRow {
    pub(super) id: PaperId,
    pub(super) kind: String,
    pub(super) number: String,
    pub(super) seq: i64,
    pub(super) check_code: String,
    pub(super) made_at: Moment,
    pub(super) issuer: Option<Uuid>,
    pub(super) issuer_number: Option<i64>,
    pub(super) year: Option<String>,
    pub(super) serial: Option<i64>,
}

#[derive(PartialEq, Eq, sqlx::FromRow)]
pub(super) struct ErrorRow {
    pub(super) declaration: i64,
    pub(super) wrong_seq: i64,
    pub(super) corrected: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct ReceiptLineRow {
    pub(super) unit: UnitId,
    pub(super) delivered_by: PersonId,
    pub(super) delivery: Option<i64>,
}
