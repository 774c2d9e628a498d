//! Signatures asked again: was it made by the key it names, over exactly the statement in the entry, and was the key the
//! signer's agency's and not revoked?

use super::{Entry, Mentions, Signature, SignatureSuite, SignerRole, Statement};
use crate::{
    clock::Moment,
    id::{AgencyId, HandoverId, UnitId},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use hufu_wire::signature::{self, PublicKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An agency's public key, as the administrator registered it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredKey {
    /// First 16 hex digits of the SM3 of the key's SPKI DER.
    pub key: String,
    pub unit: UnitId,
    pub public_pem: String,
    pub revoked_at: Option<Moment>,
}

/// Every key that was ever registered, and which agency each unit is of.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    registered: BTreeMap<String, RegisteredKey>,
    agencies: BTreeMap<UnitId, AgencyId>,
    /// The canonical bytes of what was offered and has not ended: an exchange carries the giver's signature over them beside
    /// the receiver's.
    offers: BTreeMap<HandoverId, Vec<u8>>,
}

impl Keys {
    pub fn new(registered: Vec<RegisteredKey>, agencies: BTreeMap<UnitId, AgencyId>) -> Keys {
        let registered = registered.into_iter().map(|row| (row.key.clone(), row)).collect();
        Keys { registered, agencies, offers: BTreeMap::new() }
    }

    /// What is wrong with the signatures of an entry, in Chinese and in English. Entries are asked in their order.
    pub fn complaints(&mut self, entry: &Entry) -> Vec<(String, String)> {
        let complaints = self.complaints_about(entry);
        let body = &entry.draft.body;
        for handover in Mentions::of(body).offers {
            // What names an offer either makes it, with a statement of the giver's own, or ends it.
            match body.statement(SignerRole::Giver) {
                Some(Statement::Own(Ok(bytes))) => drop(self.offers.insert(handover, bytes)),
                Some(Statement::Own(Err(_)) | Statement::OfOffer(_)) | None => {
                    drop(self.offers.remove(&handover));
                }
            }
        }
        complaints
    }

    fn complaints_about(&self, entry: &Entry) -> Vec<(String, String)> {
        let wrong = |signature: &Signature| {
            let (zh, en) = self.complaint(entry, signature)?;
            let key = &signature.key;
            Some((format!("密钥 {key} 的签章：{zh}"), format!("the signature by key {key}: {en}")))
        };
        entry.draft.signatures.iter().filter_map(wrong).collect()
    }

    fn complaint(&self, entry: &Entry, signature: &Signature) -> Option<(&'static str, &'static str)> {
        let statement = match entry.draft.body.statement(signature.role) {
            Some(Statement::Own(Ok(bytes))) => bytes,
            Some(Statement::Own(Err(_))) => {
                return Some(("所签内容无法还原", "its statement cannot be written down"));
            }
            Some(Statement::OfOffer(handover)) => match self.offers.get(&handover) {
                Some(offered) => offered.clone(),
                None => return Some(("账上没有它所签的移交", "the ledger has no offer that it signed")),
            },
            None => return Some(("此类分录没有可签的内容", "this kind of entry has nothing to sign")),
        };
        if signature.suite != SignatureSuite::Sm2Sm3 {
            return Some(("签章算法无法验证", "its suite cannot be checked here"));
        }
        let Some(row) = self.registered.get(&signature.key) else {
            return Some(("没有登记这把密钥", "the key is not registered"));
        };
        if self.agencies.get(&row.unit) != self.agencies.get(&signature.unit) {
            return Some(("密钥不属于签章单位", "the key is another agency's"));
        }
        if row.revoked_at.is_some_and(|at| at < signature.signed_at) {
            return Some(("签章时密钥已停用", "the key had been revoked before"));
        }
        let Ok(key) = PublicKey::from_pem(&row.public_pem) else {
            return Some(("登记的公钥已损坏", "the registered key is damaged"));
        };
        if signature::key_id(&key) != row.key {
            return Some(("登记的公钥与编号不符", "the registered key is not the one of that name"));
        }
        let der = BASE64_STANDARD.decode(&signature.value).unwrap_or_default();
        match signature::verify(&key, &statement, &der) {
            Ok(()) => None,
            Err(_) => Some(("不是对这份内容所签", "it was not made over this statement")),
        }
    }
}
