//! 入库: the custodian takes what the officer brings, line by line.

use super::{Kind, OtherPerson, PaperForm, RaisedDifference, Register, Statement};
use crate::{
    clock::Moment,
    id::{ItemId, PersonId, SlotId, UnitId},
    ledger::{Change, Edition, Mentions, RefusalReason, SignerRole, StockAccount, apply::Work},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every answer accepts; a box would be an allocation for each"
)]
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
        /// Who saw it besides the custodian.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        second: Option<PersonId>,
        /// Of money: how many of each face value. They add up to the quantity.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        denominations: Vec<Denomination>,
    },
    /// 拒收: papers missing or not matching (公通字〔2015〕21号 §14). The item stays owed.
    Refused { reason: String },
}

/// So many notes or coins of one face value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Denomination {
    /// In the currency's smallest unit.
    pub face: i64,
    pub pieces: i64,
}

impl Denomination {
    /// What they are worth together, in the currency's smallest unit; nothing when a figure is none.
    pub fn sum(denominations: &[Denomination]) -> Option<i64> {
        denominations.iter().try_fold(0_i64, |sum, it| {
            let worth = it.face.checked_mul(it.pieces).filter(|worth| *worth > 0 && it.face > 0)?;
            sum.checked_add(worth)
        })
    }
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
    /// What it is packed in, weighed by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tare_mg: Option<i64>,
    /// As the scale wrote it.
    pub shown: String,
    pub stable: bool,
    pub device: String,
    pub read_at: Moment,
}

impl Weighing {
    /// Without what it is packed in.
    pub fn net_mg(&self) -> i64 {
        self.gross_mg.saturating_sub(self.tare_mg.unwrap_or(0))
    }
}

impl Kind for Receive {
    /// owed → slot, line by line. The custodian is neither the officer who seized nor the one who brings it
    /// (L2 §235, 中办发〔2015〕7号: handling and keeping are separate).
    fn rule(&self, work: &mut Work<'_>) {
        work.not_empty(&self.lines);
        work.once(self.lines.iter().map(|line| (line.item, ())));
        for line in &self.lines {
            line.rule(work);
            let seized_by = work.state.items.get(&line.item).map(|facts| facts.seized_by);
            let by_seizer = seized_by == Some(work.draft.actor);
            work.refuse_item_if(by_seizer, line.item, RefusalReason::CustodianSeizedIt);
            let alone = line.second() == Some(work.draft.actor);
            work.refuse_item_if(alone, line.item, RefusalReason::SecondPersonIsTheCustodian);
            work.refuse_item_if(line.miscounted(work), line.item, RefusalReason::DenominationsDiffer);
        }
        self.labels_differ(work);
        work.refuse_if(self.delivered_by == work.draft.actor, RefusalReason::CustodianDelivers);
        work.change(Change::Received {
            delivered_by: self.delivered_by,
            unit: work.draft.unit,
            items: self.lines.iter().map(|line| line.item).collect(),
        });
        self.lines.iter().filter_map(|line| line.difference.as_ref()).for_each(|raised| work.raise(raised));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.persons.insert(self.delivered_by);
        for line in &self.lines {
            mentions.items.insert(line.item);
            mentions.units.insert(line.owed_by);
            mentions.persons.extend(line.second());
            if let Reception::Accepted { slot, label, .. } = &line.answer {
                mentions.slots.insert(*slot);
                mentions.label(label);
            }
        }
        mentions.raise(self.lines.iter().filter_map(|line| line.difference.as_ref()));
    }

    fn narrow(&mut self, item: ItemId) {
        self.lines.retain(|line| line.item == item);
    }

    fn other_people(&self) -> Vec<OtherPerson> {
        let seizers = self.lines.iter().map(|line| OtherPerson::SeizerOf(line.item));
        [OtherPerson::Person(self.delivered_by)].into_iter().chain(seizers).collect()
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        Some(PaperForm::Receipt)
    }

    fn register(&self) -> Register<'_> {
        Register::Receipts(self)
    }
}

impl Receive {
    /// Since the second edition, no two things carry one label.
    fn labels_differ(&self, work: &mut Work<'_>) {
        let mut seen = BTreeSet::new();
        for line in &self.lines {
            let Reception::Accepted { label, .. } = &line.answer else { continue };
            let again = !seen.insert(label.code.as_str());
            work.refuse_item_if(
                again && work.since(Edition::SECOND),
                line.item,
                RefusalReason::LabelOfAnother,
            );
        }
    }
}

impl ReceivedLine {
    fn second(&self) -> Option<PersonId> {
        match &self.answer {
            Reception::Accepted { second, .. } => *second,
            Reception::Refused { .. } => None,
        }
    }

    /// Face values that do not add up to what was taken in, or of a thing that is no money.
    fn miscounted(&self, work: &Work<'_>) -> bool {
        match &self.answer {
            Reception::Accepted { quantity, denominations, .. } if !denominations.is_empty() => {
                let money =
                    work.state.items.get(&self.item).is_some_and(|it| it.measure.currency().is_some());
                !money || Denomination::sum(denominations) != Some(*quantity)
            }
            Reception::Accepted { .. } | Reception::Refused { .. } => false,
        }
    }

    fn rule(&self, work: &mut Work<'_>) {
        let owed = StockAccount::Owed(self.owed_by);
        let owed_quantity = work.state.in_stock(self.item, owed);
        let must_differ = match &self.answer {
            Reception::Accepted { quantity, slot, label, seal, damaged, .. } => {
                let bound = !label.code.trim().is_empty() && label.copy > 0;
                work.refuse_item_if(!bound, self.item, RefusalReason::LabelMissing);
                work.label_free(self.item, &label.code);
                let (label, seal) = (label.clone(), seal.clone());
                work.change(Change::Labelled { item: self.item, label, seal });
                work.stock(self.item, *quantity, owed, StockAccount::Slot(*slot));
                *damaged || *quantity < owed_quantity
            }
            Reception::Refused { reason } => {
                work.reason_given(reason);
                work.open_item(self.item);
                work.refuse_item_if(owed_quantity == 0, self.item, RefusalReason::NotThere);
                true
            }
        };
        let differs = self.difference.as_ref().is_some_and(|raised| raised.item == Some(self.item));
        work.refuse_item_if(must_differ && !differs, self.item, RefusalReason::DifferenceMissing);
    }
}
