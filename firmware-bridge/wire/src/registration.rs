//! What a station hands in when an agency's key is to be registered, and `hufu key register` takes: the public half, whose key it
//! is in the words of the city's plan, the proof that the private half is at hand, and, for every key after an agency's first,
//! the yes of a key that is in force.

use crate::{
    proof,
    signature::{SecretKey, SignatureError, TryCryptoRng, key_id},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRegistration {
    /// The agency's name, as the city's plan has it.
    pub agency: String,
    /// The unit that signs with the key.
    pub unit: String,
    /// `SubjectPublicKeyInfo`, PEM, lines ended by LF.
    pub public_pem: String,
    /// The new key's signature over [`proof::key`]: DER, base64.
    pub possession: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<KeyConsent>,
}

/// The yes of a key in force to a new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyConsent {
    /// The id of the key that says it.
    pub key: String,
    /// Its signature over [`proof::key_follows`]: DER, base64.
    pub signature: String,
}

impl KeyRegistration {
    /// What is handed in for this key; with the key it follows, if the agency has one.
    pub fn sign<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        secret: &SecretKey,
        (agency, unit): (&str, &str),
        before: Option<&SecretKey>,
    ) -> Result<KeyRegistration, SignatureError> {
        let public_pem = secret.public_key().to_pem();
        let possession = secret.sign(rng, &proof::key(agency, unit, public_pem))?;
        let said = proof::key_follows(agency, unit, public_pem);
        let consent = |before: &SecretKey| -> Result<KeyConsent, SignatureError> {
            let signature = BASE64_STANDARD.encode(before.sign(rng, &said)?);
            Ok(KeyConsent { key: key_id(before.public_key()), signature })
        };
        Ok(KeyRegistration {
            agency: agency.to_owned(),
            unit: unit.to_owned(),
            public_pem: public_pem.to_owned(),
            possession: BASE64_STANDARD.encode(possession),
            follows: before.map(consent).transpose()?,
        })
    }
}
