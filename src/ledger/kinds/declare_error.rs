//! 更正声明: names the wrong entry. Nothing is edited (EPCIS `ErrorDeclaration` is the model).

use super::{Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{EntryId, ItemId},
    ledger::{Change, Mentions, RefusalReason, SignerRole, apply::Work},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclareError {
    pub wrong_seq: u64,
    pub wrong: EntryId,
    pub reason: String,
}

impl Kind for DeclareError {
    /// Posts nothing; an entry is declared wrong once.
    fn rule(&self, work: &mut Work<'_>) {
        work.reason_given(&self.reason);
        let entry = work.state.entries.get(&self.wrong_seq).filter(|entry| entry.id == self.wrong);
        work.refuse_if(entry.is_none(), RefusalReason::EntryUnknown);
        let again = entry.is_some_and(|entry| entry.declared_wrong);
        work.refuse_if(again, RefusalReason::ErrorAlreadyDeclared);
        work.change(Change::ErrorDeclared { wrong_seq: self.wrong_seq });
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.entries.insert(self.wrong_seq);
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

    fn register(&self) -> Register<'_> {
        Register::Error(self)
    }
}
