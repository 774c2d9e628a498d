//! 登记签章密钥: a person's key enters, brought by that person. The first of an agency waits until somebody else of it has confirmed its fingerprint
//! ([`super::ConfirmKey`]); every later one is signed by a key of the agency that is in force, and is in force at once.

use super::{KeyAct, Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{AgencyId, ItemId, PersonId, UnitId},
    ledger::{
        Edition, Mentions, RefusalReason, RosterPart, SignatureSuite, SignerRole, State,
        apply::Work,
        state::{KeyFacts, KeyStanding},
    },
};
use base64::{Engine, prelude::BASE64_STANDARD};
use hufu_wire::{
    proof::{self, KeyOwner},
    registration::KeyConsent,
    signature::{PublicKey, key_id, verify},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterKey {
    /// First 16 hex digits of the SM3 of the key's SPKI DER.
    pub key: String,
    pub agency: AgencyId,
    /// The unit that the holder signs for.
    pub unit: UnitId,
    /// The person whose key it is.
    pub holder: PersonId,
    /// All three as the holder has signed them; the person by name and login.
    pub agency_name: String,
    pub unit_name: String,
    pub holder_name: String,
    pub suite: SignatureSuite,
    /// `SubjectPublicKeyInfo`, PEM, lines ended by LF.
    pub public_pem: String,
    /// The new key's own signature: DER, base64.
    pub possession: String,
    /// The yes of a key of the agency that is in force; none for its first key.
    pub follows: Option<KeyConsent>,
}

impl RegisterKey {
    /// The key as it enters. The first of an agency waits for its confirmation.
    pub fn facts(&self, registered_by: PersonId) -> KeyFacts {
        let standing = self.standing();
        let RegisterKey { agency, unit, holder, .. } = *self;
        KeyFacts { agency, unit, holder, public_pem: self.public_pem.clone(), registered_by, standing }
    }

    /// How it stands when it enters.
    pub fn standing(&self) -> KeyStanding {
        if self.follows.is_some() { KeyStanding::InForce } else { KeyStanding::Waiting }
    }

    /// The key is what it is called, and whoever holds its private half has said whose it is.
    fn proven(&self) -> bool {
        let Ok(public) = PublicKey::from_pem(&self.public_pem) else { return false };
        let KeyOwner { agency, unit, holder } = self.owner();
        let one_line = |name: &str| !name.trim().is_empty() && !name.contains(char::is_control);
        let said = proof::key(self.owner(), &self.public_pem);
        self.suite == SignatureSuite::Sm2Sm3
            && public.to_pem() == self.public_pem
            && key_id(&public) == self.key
            && [agency, unit, holder].into_iter().all(one_line)
            && signed(&public, &said, &self.possession)
    }

    fn owner(&self) -> KeyOwner<'_> {
        KeyOwner { agency: &self.agency_name, unit: &self.unit_name, holder: &self.holder_name }
    }

    /// Whether a key of the agency that is in force has said yes; an agency that has none yet is asked in another way.
    fn consented(&self, state: &State) -> bool {
        let Some(consent) = &self.follows else { return !state.has_key_in_force(self.agency) };
        let before =
            state.keys.get(&consent.key).filter(|key| key.is_in_force() && key.agency == self.agency);
        let said = proof::key_follows(self.owner(), &self.public_pem);
        before
            .and_then(|key| PublicKey::from_pem(&key.public_pem).ok())
            .is_some_and(|key| signed(&key, &said, &consent.signature))
    }
}

impl RegisterKey {
    /// The holder is somebody of that agency who may sign, and all are called as they are registered. Before anything is
    /// registered by entries there is no roster to ask.
    fn of_the_roster(&self, work: &mut Work<'_>) {
        let roster = &work.state.roster;
        let (person, unit) = (roster.persons.get(&self.holder), roster.units.get(&self.unit));
        let there = unit.is_some_and(|unit| unit.agency == self.agency)
            && person.is_some_and(|person| person.unit == self.unit && person.holds_key());
        work.refuse_if(!there, RefusalReason::HolderMayNotSign);
        let so = unit.is_some_and(|it| it.agency_name == self.agency_name && it.name == self.unit_name)
            && person.is_some_and(|it| proof::holder(&it.name, &it.login) == self.holder_name);
        work.refuse_if(there && !so, RefusalReason::CalledOtherwise);
    }
}

fn signed(key: &PublicKey, bytes: &[u8], base64: &str) -> bool {
    BASE64_STANDARD.decode(base64).is_ok_and(|der| verify(key, bytes, &der).is_ok())
}

impl Kind for RegisterKey {
    fn rule(&self, work: &mut Work<'_>) {
        let own = self.holder == work.draft.actor && self.unit == work.draft.unit;
        work.refuse_if(!own, RefusalReason::KeyOfAnotherPerson);
        work.refuse_if(!self.proven(), RefusalReason::KeyNotProven);
        // Also a key that is revoked: it never comes back.
        work.refuse_if(work.state.keys.contains_key(&self.key), RefusalReason::KeyAlreadyRegistered);
        work.refuse_if(!self.consented(work.state), RefusalReason::KeyNotConsented);
        if work.since(Edition::SECOND) && !work.state.roster.units.is_empty() {
            self.of_the_roster(work);
        }
        work.change(KeyAct::Register(self).change(work.draft.actor));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.keys = true;
        mentions.roster = RosterPart::All;
        mentions.persons.insert(self.holder);
        mentions.agencies.insert(self.agency);
        mentions.units.insert(self.unit);
    }

    fn narrow(&mut self, _: ItemId) {}

    fn other_people(&self) -> Vec<OtherPerson> {
        Vec::new()
    }

    /// What is signed here is signed by keys and not by people: the rule checks it.
    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        None
    }

    fn register(&self) -> Register<'_> {
        Register::Key(KeyAct::Register(self))
    }
}
