//! 盘点结论: what was expected at an entry number, what was seen, and each difference.

use super::{Kind, OtherPerson, PaperForm, RaisedDifference, Register, Statement};
use crate::{
    id::{CountId, ItemId, StoreId},
    ledger::{Change, Mentions, RefusalReason, SignerRole, apply::Work},
};
use serde::{Deserialize, Serialize};

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
    /// In slots that nobody visited: nothing is said of them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub not_looked_for: u32,
    pub unexpected: u32,
    /// What moved in or out after `as_of` and was rolled forward.
    pub rolled_forward: u32,
    /// Why the count was given up. Then it raises nothing: what was seen until then is only told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<String>,
    pub differences: Vec<RaisedDifference>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Kind for CountStatement {
    /// A count is an assertion at an entry number; it posts nothing, and every line of it is accounted for.
    fn rule(&self, work: &mut Work<'_>) {
        work.refuse_if(work.state.counts.contains(&self.count), RefusalReason::CountAlreadyStated);
        let outcomes = [self.seen, self.on_loan, self.not_found, self.not_looked_for].map(u64::from);
        let adds_up = outcomes.into_iter().fold(0, u64::saturating_add) == u64::from(self.expected);
        let raises = self.cancelled.is_some() && !self.differences.is_empty();
        work.refuse_if(!adds_up || raises, RefusalReason::CountDoesNotAddUp);
        if let Some(reason) = &self.cancelled {
            work.reason_given(reason);
        }
        work.change(Change::Counted { count: self.count, finished: self.cancelled.is_none() });
        self.differences.iter().for_each(|raised| work.raise(raised));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.counts.insert(self.count);
        mentions.stores.insert(self.store);
        mentions.raise(&self.differences);
    }

    /// Its sums are of the whole count.
    fn narrow(&mut self, _: ItemId) {}

    fn other_people(&self) -> Vec<OtherPerson> {
        Vec::new()
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        Some(PaperForm::CountStatement)
    }

    fn register(&self) -> Register<'_> {
        Register::Count(self)
    }
}
