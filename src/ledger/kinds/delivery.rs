//! 送交入库: what an officer brought of one case in one go, and what of it was still missing then. It posts nothing: each thing came
//! in by a receipt of its own, and is one line here. Its paper is the 入库单 that both sides sign.

use super::{Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{CaseId, ItemId, PersonId, UnitId},
    ledger::{Change, Mentions, RefusalReason, SignerRole, StockAccount, apply::Work},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub case: CaseId,
    pub delivered_by: PersonId,
    /// What was taken in or refused, each by its receipt.
    pub lines: Vec<DeliveredLine>,
    /// What the lists of the case say and has not come.
    pub missing: Vec<MissingLine>,
}

/// A thing that one receipt answers for. A thing that was refused and then taken in has two lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveredLine {
    pub item: ItemId,
    /// The number of the `receive` entry.
    pub receipt: u64,
}

/// So much of a thing is still owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingLine {
    pub item: ItemId,
    pub owed_by: UnitId,
    pub quantity: i64,
}

impl Kind for Delivery {
    /// Each line is of a receipt by the same officer, taken in by the same unit, and of no other delivery; what is missing is what
    /// the book has as owed. The custodian is not the one who delivers.
    fn rule(&self, work: &mut Work<'_>) {
        work.not_empty(&self.lines);
        work.once(self.lines.iter().map(|line| (line.item, line.receipt)));
        work.once(self.missing.iter().map(|line| (line.item, line.owed_by)));
        for line in &self.lines {
            let receipt = work.state.entries.get(&line.receipt).and_then(|entry| entry.receipt.as_ref());
            let known = receipt
                .filter(|it| it.delivered_by == self.delivered_by && it.unit == work.draft.unit)
                .and_then(|it| it.delivered.get(&line.item));
            work.refuse_item_if(known.is_none(), line.item, RefusalReason::ReceiptUnknown);
            work.refuse_item_if(known == Some(&true), line.item, RefusalReason::ReceiptDelivered);
        }
        for line in &self.missing {
            let owed = work.state.in_stock(line.item, StockAccount::Owed(line.owed_by));
            let differs = owed != line.quantity || owed == 0;
            work.refuse_item_if(differs, line.item, RefusalReason::MissingDiffers);
        }
        work.refuse_if(self.delivered_by == work.draft.actor, RefusalReason::CustodianDelivers);
        work.change(Change::Delivered(self.lines.clone()));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.cases.insert(self.case);
        mentions.persons.insert(self.delivered_by);
        for line in &self.lines {
            mentions.items.insert(line.item);
            mentions.entries.insert(line.receipt);
        }
        mentions.items.extend(self.missing.iter().map(|line| line.item));
        mentions.units.extend(self.missing.iter().map(|line| line.owed_by));
    }

    fn narrow(&mut self, item: ItemId) {
        self.lines.retain(|line| line.item == item);
        self.missing.retain(|line| line.item == item);
    }

    fn other_people(&self) -> Vec<OtherPerson> {
        vec![OtherPerson::Person(self.delivered_by)]
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        Some(PaperForm::DeliveryList)
    }

    fn register(&self) -> Register<'_> {
        Register::Delivery(self)
    }
}
