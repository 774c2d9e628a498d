//! Signatures asked again: was it made by the key it names, over exactly the statement in the entry, and was the key the
//! signer's own and in force? Keys are known from the entries by which they came; those of the first edition, when keys were
//! rows of a table, are known beside them and sign entries of the first edition only.

use super::{
    Body, Edition, Entry, KeyAct, Mentions, Register, RegisterKey, Signature, SignatureSuite, SignerRole,
    Statement, Told, state::KeyStanding,
};
use crate::{
    clock::Moment,
    id::{AgencyId, HandoverId, PersonId, UnitId},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use hufu_wire::signature::{self, PublicKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A public key and until when it signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredKey {
    /// First 16 hex digits of the SM3 of the key's SPKI DER.
    pub key: String,
    pub unit: UnitId,
    pub public_pem: String,
    pub revoked_at: Option<Moment>,
}

/// A key by the entries about it.
#[derive(Clone, Debug)]
struct RecordedKey {
    row: RegisteredKey,
    agency: AgencyId,
    holder: PersonId,
    standing: KeyStanding,
}

/// What was offered and has not ended.
#[derive(Clone, Debug)]
struct OpenOffer {
    /// What was signed, if all of it is told: an exchange carries the giver's signature over it beside the receiver's.
    statement: Option<Vec<u8>>,
    edition: Edition,
}

/// What is wrong: in Chinese and in English.
type Complaint = (&'static str, &'static str);

/// What was found of the signatures of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    pub hold: usize,
    /// Cannot be checked, because not all of what was signed is told.
    pub not_told: usize,
    /// What is wrong, in Chinese and in English.
    pub complaints: Vec<(String, String)>,
}

/// What was found of a signature that is not wrong.
enum Asked {
    Holds,
    NotTold,
}

/// Every key that ever signed, and which agency each unit is of.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// Of the first edition: registered in a table and by no entry.
    unrecorded: BTreeMap<String, RegisteredKey>,
    recorded: BTreeMap<String, RecordedKey>,
    agencies: BTreeMap<UnitId, AgencyId>,
    offers: BTreeMap<HandoverId, OpenOffer>,
}

impl Keys {
    pub fn new(unrecorded: Vec<RegisteredKey>, agencies: BTreeMap<UnitId, AgencyId>) -> Keys {
        let unrecorded = unrecorded.into_iter().map(|row| (row.key.clone(), row)).collect();
        Keys { unrecorded, agencies, ..Keys::default() }
    }

    /// The listed keys that are not what they are called, or not what the entries that were asked say of them.
    pub fn misstated(&self) -> impl Iterator<Item = &str> {
        let sound = |row: &RegisteredKey| {
            let named =
                PublicKey::from_pem(&row.public_pem).is_ok_and(|key| signature::key_id(&key) == row.key);
            named && self.recorded.get(&row.key).is_none_or(|key| key.row == *row)
        };
        self.unrecorded.values().filter(move |row| !sound(row)).map(|row| row.key.as_str())
    }

    /// Asks about the signatures of an entry and about the keys that it is about. Entries are asked in their order.
    pub fn ask(&mut self, entry: &Entry, told: Told) -> Answers {
        let mut answers = self.answers(entry, told);
        let about_key = self.take_key(entry);
        self.take_appointment(entry);
        answers.complaints.extend(about_key.map(|(zh, en)| (zh.to_owned(), en.to_owned())));
        let body = &entry.draft.body;
        for handover in Mentions::of(body).offers {
            // What names an offer either makes it, with a statement of the giver's own, or ends it.
            match body.statement(SignerRole::Giver) {
                Some(Statement::Own(Ok(bytes))) => {
                    let statement = (told == Told::Whole).then_some(bytes);
                    self.offers.insert(handover, OpenOffer { statement, edition: entry.edition });
                }
                Some(Statement::Own(Err(_)) | Statement::OfOffer(_)) | None => {
                    drop(self.offers.remove(&handover));
                }
            }
        }
        answers
    }

    /// Takes in what an entry says of a key. Who says it must be of the key's agency, which the ledger's rules cannot know: no
    /// entry says which units an agency has.
    fn take_key(&mut self, entry: &Entry) -> Option<Complaint> {
        let Register::Key(act) = entry.draft.body.register() else { return None };
        let key = match act {
            KeyAct::Register(it) => {
                self.recorded.insert(it.key.clone(), RecordedKey::of(it));
                self.recorded.get(&it.key)?
            }
            KeyAct::Confirm(it) => {
                let key = self.recorded.get_mut(&it.key)?;
                key.standing = KeyStanding::InForce;
                key
            }
            KeyAct::Revoke(it) => {
                let key = self.recorded.get_mut(&it.key)?;
                (key.standing, key.row.revoked_at) = (KeyStanding::Revoked, Some(entry.recorded_at));
                key
            }
        };
        let of_agency = |unit: &UnitId| self.agencies.get(unit) == Some(&key.agency);
        match of_agency(&entry.draft.unit) && of_agency(&key.row.unit) {
            true => None,
            false => Some((
                "签章密钥的登记、确认、注销不是由该机关自己的人员办理",
                "somebody of another agency registered, confirmed or revoked the key",
            )),
        }
    }

    /// Whoever leaves, comes to another agency or has no role that signs any more, signs with none of their keys from now on.
    fn take_appointment(&mut self, entry: &Entry) {
        let Body::Appoint(it) = &entry.draft.body else { return };
        let agency = self.agencies.get(&it.unit).copied();
        let held = self.recorded.values_mut().filter(|key| key.holder == it.person);
        let over = held.filter(|key| !it.facts().keeps_key(agency, key.agency));
        for key in over.filter(|key| key.standing != KeyStanding::Revoked) {
            (key.standing, key.row.revoked_at) = (KeyStanding::Revoked, Some(entry.recorded_at));
        }
    }

    fn answers(&self, entry: &Entry, told: Told) -> Answers {
        let mut answers = Answers::default();
        for signature in &entry.draft.signatures {
            match self.answer(entry, told, signature) {
                Ok(Asked::Holds) => answers.hold += 1,
                Ok(Asked::NotTold) => answers.not_told += 1,
                Err((zh, en)) => {
                    let key = &signature.key;
                    let (zh, en) =
                        (format!("密钥 {key} 的签章：{zh}"), format!("the signature by key {key}: {en}"));
                    answers.complaints.push((zh, en));
                }
            }
        }
        answers
    }

    fn answer(&self, entry: &Entry, told: Told, signature: &Signature) -> Result<Asked, Complaint> {
        let (statement, found) = match entry.draft.body.statement(signature.role) {
            Some(Statement::Own(Ok(bytes))) => {
                ((told == Told::Whole).then_some(bytes), self.in_force(entry.edition, signature))
            }
            Some(Statement::Own(Err(_))) => {
                return Err(("所签内容无法还原", "its statement cannot be written down"));
            }
            Some(Statement::OfOffer(handover)) => match self.offers.get(&handover) {
                // The key may have been revoked since: what it signed before stays signed.
                Some(offer) => (offer.statement.clone(), self.known(offer.edition, signature)),
                None if told == Told::Part => return Ok(Asked::NotTold),
                None => return Err(("账上没有它所签的移交", "the ledger has no offer that it signed")),
            },
            None => return Err(("此类分录没有可签的内容", "this kind of entry has nothing to sign")),
        };
        if signature.suite != SignatureSuite::Sm2Sm3 {
            return Err(("签章算法无法验证", "its suite cannot be checked here"));
        }
        let row = found?;
        match statement {
            Some(statement) => self.made(row, signature, &statement).map(|()| Asked::Holds),
            None => Ok(Asked::NotTold),
        }
    }

    /// The key as it stood for entries of this edition, whether or not it is in force now.
    fn known(&self, edition: Edition, signature: &Signature) -> Result<&RegisteredKey, Complaint> {
        let row = match edition {
            Edition::FIRST => self.unrecorded.get(&signature.key),
            _ => self.recorded.get(&signature.key).map(|key| &key.row),
        };
        let row = row.ok_or(("没有登记这把密钥", "the key is not registered"))?;
        let theirs = |key: &RecordedKey| key.holder == signature.person && key.row.unit == signature.unit;
        if edition != Edition::FIRST && !self.recorded.get(&signature.key).is_some_and(theirs) {
            return Err(("密钥不是签章人本人的", "the key is not the signer's own"));
        }
        match row.revoked_at.is_some_and(|at| at < signature.signed_at) {
            true => Err(("签章时密钥已停用", "the key had been revoked before")),
            false => Ok(row),
        }
    }

    /// The same, and it is in force at this point of the ledger.
    fn in_force(&self, edition: Edition, signature: &Signature) -> Result<&RegisteredKey, Complaint> {
        let row = self.known(edition, signature)?;
        let standing = self.recorded.get(&signature.key).map(|key| key.standing);
        match standing {
            _ if edition == Edition::FIRST => Ok(row),
            Some(KeyStanding::Waiting) => Err(("签章时密钥尚未确认", "the key had not been confirmed")),
            Some(KeyStanding::Revoked) => Err(("签章时密钥已停用", "the key had been revoked before")),
            Some(KeyStanding::InForce) | None => Ok(row),
        }
    }

    /// Whether the key is the signer's agency's, and made the signature over the statement.
    fn made(&self, row: &RegisteredKey, signature: &Signature, statement: &[u8]) -> Result<(), Complaint> {
        if self.agencies.get(&row.unit) != self.agencies.get(&signature.unit) {
            return Err(("密钥不属于签章单位", "the key is another agency's"));
        }
        let damaged = |_| ("登记的签章密钥已损坏", "the registered key is damaged");
        let key = PublicKey::from_pem(&row.public_pem).map_err(damaged)?;
        if signature::key_id(&key) != row.key {
            return Err(("登记的签章密钥与编号不符", "the registered key is not the one of that name"));
        }
        let der = BASE64_STANDARD.decode(&signature.value).unwrap_or_default();
        let differs = |_| ("不是对这份内容所签", "it was not made over this statement");
        signature::verify(&key, statement, &der).map_err(differs)
    }
}

impl RecordedKey {
    fn of(it: &RegisterKey) -> RecordedKey {
        let (key, public_pem) = (it.key.clone(), it.public_pem.clone());
        let row = RegisteredKey { key, unit: it.unit, public_pem, revoked_at: None };
        RecordedKey { row, agency: it.agency, holder: it.holder, standing: it.standing() }
    }
}
