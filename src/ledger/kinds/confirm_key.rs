//! 确认签章密钥: a second person of the agency has compared the fingerprint of its first key with what its station printed. From
//! now on the key is in force.

use super::{KeyAct, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::ItemId,
    ledger::{Mentions, RefusalReason, SignerRole, apply::Work},
};
use hufu_wire::signature::{PublicKey, fingerprint};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmKey {
    pub key: String,
    /// The first 32 hex digits of the SM3 of the key's SPKI DER, as the one who confirms read them at the station.
    pub fingerprint: String,
}

impl Kind for ConfirmKey {
    fn rule(&self, work: &mut Work<'_>) {
        let Some(key) = work.known_key(&self.key) else { return };
        work.refuse_if(key.is_in_force(), RefusalReason::KeyAlreadyConfirmed);
        let printed = PublicKey::from_pem(&key.public_pem).map(|public| fingerprint(&public));
        work.refuse_if(printed.as_ref() != Ok(&self.fingerprint), RefusalReason::FingerprintDiffers);
        work.refuse_if(key.registered_by == work.draft.actor, RefusalReason::RegistrarConfirms);
        // Another key of the agency has come into force meanwhile: that one must say yes.
        work.refuse_if(work.state.has_key_in_force(key.agency), RefusalReason::KeyNotConsented);
        work.change(KeyAct::Confirm(self).change(work.draft.actor));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.keys = true;
    }

    fn narrow(&mut self, _: ItemId) {}

    fn other_people(&self) -> Vec<OtherPerson> {
        vec![OtherPerson::RegistrarOf(self.key.clone())]
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        None
    }

    fn register(&self) -> Register<'_> {
        Register::Key(KeyAct::Confirm(self))
    }
}
