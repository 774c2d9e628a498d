//! 注销签章密钥: from this entry on the key signs nothing; what it signed in earlier entries stays signed. A key never comes back.

use super::{KeyAct, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::ItemId,
    ledger::{Mentions, SignerRole, apply::Work},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokeKey {
    pub key: String,
    /// Lost, stolen, replaced by another, in a sentence.
    pub reason: String,
}

impl Kind for RevokeKey {
    fn rule(&self, work: &mut Work<'_>) {
        work.reason_given(&self.reason);
        if work.known_key(&self.key).is_some() {
            work.change(KeyAct::Revoke(self).change(work.draft.actor));
        }
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.keys = true;
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
        Register::Key(KeyAct::Revoke(self))
    }
}
