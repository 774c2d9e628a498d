//! 采用规则: the city's deadlines and restrictions, as a file of rules with the day from which they hold. They wait until an approver
//! who did not bring them has confirmed them ([`super::ConfirmRules`]). What the file says is read by whoever applies it; the ledger
//! keeps its bytes.

use super::{Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    clock::Moment,
    id::{ItemId, PersonId},
    ledger::{Change, Mentions, RefusalReason, SignerRole, apply::Work, state::RulesFacts},
};
use chrono::NaiveDate;
use hufu_wire::signature::sm3_hex;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptRules {
    /// The file, line by line: joined by line feeds they are its bytes.
    pub lines: Vec<String>,
    /// SM3 of those bytes, in hex.
    pub digest: String,
    /// They hold from midnight in China at the start of this day.
    pub effective_from: NaiveDate,
    /// By which instrument they are adopted.
    pub reason: String,
}

impl AdoptRules {
    pub fn new(text: &str, effective_from: NaiveDate, reason: &str) -> AdoptRules {
        let lines = text.split('\n').map(str::to_owned).collect();
        let digest = sm3_hex(text.as_bytes());
        AdoptRules { lines, digest, effective_from, reason: reason.trim().to_owned() }
    }

    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    pub fn begins(&self) -> Moment {
        Moment::midnight(self.effective_from)
    }

    pub fn facts(&self, adopted_by: PersonId) -> RulesFacts {
        RulesFacts { digest: self.digest.clone(), begins: self.begins(), adopted_by, confirmed: false }
    }
}

impl Kind for AdoptRules {
    fn rule(&self, work: &mut Work<'_>) {
        let text = self.text();
        work.refuse_if(text.trim().is_empty(), RefusalReason::EntryIsEmpty);
        work.reason_given(&self.reason);
        work.refuse_if(sm3_hex(text.as_bytes()) != self.digest, RefusalReason::RulesDiffer);
        work.refuse_if(self.begins() <= work.recorded_at, RefusalReason::RulesBeginInThePast);
        work.change(Change::RulesAdopted(self.facts(work.draft.actor)));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.rules = true;
    }

    fn narrow(&mut self, _: ItemId) {}

    fn other_people(&self) -> Vec<OtherPerson> {
        Vec::new()
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        None
    }

    /// The rules in force are read from the entries each time; no table lists them.
    fn register(&self) -> Register<'_> {
        Register::Nothing
    }
}
