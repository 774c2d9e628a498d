//! What a person hands in when their key is to be registered, and `hufu key register` takes: the public half, whose key it is in the
//! words of the centre, the proof that the private half is at hand, and, for every key after an agency's first, the yes of a key
//! that is in force.

use crate::{
    proof::{self, KeyOwner},
    signature::{PublicKey, SecretKey, SignatureError, TryCryptoRng, key_id, verify},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRegistration {
    /// The agency's name, as the centre has it.
    pub agency: String,
    /// The unit that the person signs for.
    pub unit: String,
    /// The person whose key it is, by [`proof::holder`].
    pub holder: String,
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
    /// What is handed in for this key.
    pub fn sign<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
        secret: &SecretKey,
        owner: KeyOwner<'_>,
    ) -> Result<KeyRegistration, SignatureError> {
        let public_pem = secret.public_key().to_pem();
        let possession = secret.sign(rng, &proof::key(owner, public_pem))?;
        Ok(KeyRegistration {
            agency: owner.agency.to_owned(),
            unit: owner.unit.to_owned(),
            holder: owner.holder.to_owned(),
            public_pem: public_pem.to_owned(),
            possession: BASE64_STANDARD.encode(possession),
            follows: None,
        })
    }

    /// The same with the yes of a key of the agency that is in force. Refuses what its own key has not signed.
    pub fn following<R: TryCryptoRng + ?Sized>(
        mut self,
        rng: &mut R,
        before: &SecretKey,
    ) -> Result<KeyRegistration, SignatureError> {
        let public = PublicKey::from_pem(&self.public_pem)?;
        let possession =
            BASE64_STANDARD.decode(&self.possession).map_err(|_| SignatureError::NotASignature)?;
        verify(&public, &proof::key(self.owner(), &self.public_pem), &possession)?;
        let said = before.sign(rng, &proof::key_follows(self.owner(), &self.public_pem))?;
        let (key, signature) = (key_id(before.public_key()), BASE64_STANDARD.encode(said));
        self.follows = Some(KeyConsent { key, signature });
        Ok(self)
    }

    pub fn owner(&self) -> KeyOwner<'_> {
        KeyOwner { agency: &self.agency, unit: &self.unit, holder: &self.holder }
    }
}
