//! Keys that sign notes: the ledger's own over its checkpoints, and the witnesses' beside it (C2SP tlog-cosignature).
//!
//! Suite `c2sp` is Ed25519 as the format has it, with key ids over SHA-256. Suite `sm` is our own named profile: SM2 over
//! SM3 (GB/T 32918.2, DER, the default signer identity), key ids over SM3, and the type byte 0xff that the format leaves
//! to others, followed by a name of ours.

use super::{Note, NoteError, NoteSignature, is_name};
use crate::ledger::Suite;
use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{
    Signature, Signer, SigningKey, VerifyingKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding},
};
use hufu_wire::signature::{self, TryCryptoRng};

/// What a key is for. One key has one use, so that nothing signed for one can be taken for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The ledger signs its own checkpoints.
    Checkpoint,
    /// A witness signs that it has seen the ledger only grow.
    Cosignature,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Public {
    Ed25519(VerifyingKey),
    Sm2(signature::PublicKey),
}

/// A key that checks notes, with its name and purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    purpose: Purpose,
    public: Public,
}

enum Secret {
    Ed25519(SigningKey),
    Sm2(signature::SecretKey),
}

/// A key that signs notes. Never printed.
pub struct SignerKey {
    secret: Secret,
    public: VerifierKey,
}

/// A signature that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValidSignature {
    /// When a witness signed, in seconds since 1970; a ledger's own signature has no time.
    pub time: Option<u64>,
}

impl Purpose {
    /// What stands before the public key where a key id is computed and a key is written.
    fn type_bytes(self, suite: Suite) -> &'static [u8] {
        match (suite, self) {
            (Suite::C2sp, Purpose::Checkpoint) => &[0x01],
            (Suite::C2sp, Purpose::Cosignature) => &[0x04],
            (Suite::Sm, Purpose::Checkpoint) => b"\xffhufu/sm2-sm3/checkpoint\n",
            (Suite::Sm, Purpose::Cosignature) => b"\xffhufu/sm2-sm3/cosignature\n",
        }
    }
}

impl VerifierKey {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    pub fn suite(&self) -> Suite {
        match self.public {
            Public::Ed25519(_) => Suite::C2sp,
            Public::Sm2(_) => Suite::Sm,
        }
    }

    /// Type and public key: 32 bytes of Ed25519, or the `SubjectPublicKeyInfo` of SM2.
    fn material(&self) -> Vec<u8> {
        let key = match &self.public {
            Public::Ed25519(key) => key.as_bytes().as_slice(),
            Public::Sm2(key) => key.to_der(),
        };
        [self.purpose.type_bytes(self.suite()), key].concat()
    }

    /// The first four bytes of the digest of name, newline and material.
    pub fn id(&self) -> [u8; 4] {
        let named = [self.name.as_bytes(), b"\n", &self.material()].concat();
        let [a, b, c, d, ..] = self.suite().digest(&named).0;
        [a, b, c, d]
    }

    /// The key as one word: `name+id+base64(material)` (signed-note, "Verifier keys").
    pub fn text(&self) -> String {
        let id: String = self.id().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}+{id}+{}", self.name, BASE64_STANDARD.encode(self.material()))
    }

    /// Reads it back. Refuses an id that is not this key's.
    pub fn from_text(text: &str) -> Result<VerifierKey, NoteError> {
        const FORM: NoteError = NoteError::NotAKey("it is not name+id+key");
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(_), Some(material)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(FORM);
        };
        let material = BASE64_STANDARD.decode(material).map_err(|_| FORM)?;
        let known = [Suite::C2sp, Suite::Sm]
            .into_iter()
            .flat_map(|suite| [Purpose::Checkpoint, Purpose::Cosignature].map(|purpose| (suite, purpose)));
        let found = known.into_iter().find_map(|(suite, purpose)| {
            Some((suite, purpose, material.strip_prefix(purpose.type_bytes(suite))?))
        });
        let (suite, purpose, key) = found.ok_or(NoteError::NotAKey("its type is not known here"))?;
        let public = match suite {
            Suite::C2sp => {
                key.try_into().ok().and_then(|key| VerifyingKey::from_bytes(key).ok()).map(Public::Ed25519)
            }
            Suite::Sm => signature::PublicKey::from_der(key).ok().map(Public::Sm2),
        };
        let public = public.ok_or(NoteError::NotAKey("its public key is damaged"))?;
        let key = VerifierKey { name: name.to_owned(), purpose, public };
        match is_name(name) && key.text() == text.trim() {
            true => Ok(key),
            false => Err(NoteError::NotAKey("its name or id is not that of this key")),
        }
    }

    /// Checks this key's signature on a note. Refuses a note without one, and one with a wrong one beside a right one.
    pub fn check(&self, note: &Note) -> Result<ValidSignature, NoteError> {
        let id = self.id();
        let mut signed = Err(NoteError::UnknownKey);
        for line in note.signatures.iter().filter(|line| line.name == self.name && line.key_id == id) {
            signed = Ok(self.check_line(&note.text, line)?);
        }
        signed
    }

    fn check_line(&self, text: &str, line: &NoteSignature) -> Result<ValidSignature, NoteError> {
        let wrong = || NoteError::WrongSignature(self.name.clone());
        match self.purpose {
            Purpose::Checkpoint => self
                .holds(text.as_bytes(), &line.value)
                .then_some(ValidSignature { time: None })
                .ok_or_else(wrong),
            Purpose::Cosignature => {
                let (time, value) = line.value.split_first_chunk().ok_or_else(wrong)?;
                let time = u64::from_be_bytes(*time);
                let said = cosigned(time, text);
                let holds = time < 1 << 63 && self.holds(said.as_bytes(), value);
                holds.then_some(ValidSignature { time: Some(time) }).ok_or_else(wrong)
            }
        }
    }

    fn holds(&self, bytes: &[u8], value: &[u8]) -> bool {
        match &self.public {
            Public::Ed25519(key) => {
                Signature::from_slice(value).is_ok_and(|value| key.verify_strict(bytes, &value).is_ok())
            }
            Public::Sm2(key) => signature::verify(key, bytes, value).is_ok(),
        }
    }
}

/// What a witness signs: a header that nothing else begins with, the time, and the whole text.
fn cosigned(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

impl SignerKey {
    /// A new key. Refuses a name that notes cannot carry.
    pub fn generate<R: TryCryptoRng + ?Sized>(
        suite: Suite,
        purpose: Purpose,
        name: &str,
        rng: &mut R,
    ) -> Result<SignerKey, NoteError> {
        let secret = match suite {
            Suite::C2sp => {
                let mut seed = [0; 32];
                rng.try_fill_bytes(&mut seed).map_err(|_| NoteError::CannotSign)?;
                Secret::Ed25519(SigningKey::from_bytes(&seed))
            }
            Suite::Sm => Secret::Sm2(signature::SecretKey::generate(rng).map_err(|_| NoteError::CannotSign)?),
        };
        SignerKey::of(secret, purpose, name)
    }

    fn of(secret: Secret, purpose: Purpose, name: &str) -> Result<SignerKey, NoteError> {
        if !is_name(name) {
            return Err(NoteError::NotAKey("its name is empty, or has a space or a plus in it"));
        }
        let public = match &secret {
            Secret::Ed25519(key) => Public::Ed25519(key.verifying_key()),
            Secret::Sm2(key) => Public::Sm2(key.public_key().clone()),
        };
        Ok(SignerKey { secret, public: VerifierKey { name: name.to_owned(), purpose, public } })
    }

    /// PKCS#8 in PEM, as openssl writes it. Whoever has it can sign: it belongs in a file that only its owner can read.
    pub fn to_pem(&self) -> Result<String, NoteError> {
        match &self.secret {
            Secret::Ed25519(key) => {
                let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|_| NoteError::CannotSign)?;
                Ok(pem.as_str().to_owned())
            }
            Secret::Sm2(key) => key.to_pkcs8_pem().map_err(|_| NoteError::CannotSign),
        }
    }

    /// Reads it back. Refuses a key of the other suite.
    pub fn from_pem(suite: Suite, purpose: Purpose, name: &str, pem: &str) -> Result<SignerKey, NoteError> {
        let secret = match suite {
            Suite::C2sp => SigningKey::from_pkcs8_pem(pem).ok().map(Secret::Ed25519),
            Suite::Sm => signature::SecretKey::from_pkcs8_pem(pem).ok().map(Secret::Sm2),
        };
        SignerKey::of(
            secret.ok_or(NoteError::NotAKey("it is not a private key of this suite"))?,
            purpose,
            name,
        )
    }

    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }

    /// Signs the text of a note: a ledger over its checkpoint.
    pub fn sign<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        text: &str,
    ) -> Result<NoteSignature, NoteError> {
        let value = self.value(rng, text.as_bytes())?;
        Ok(self.line(value))
    }

    /// Signs as a witness, at this time (seconds since 1970).
    pub fn cosign<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        text: &str,
        time: u64,
    ) -> Result<NoteSignature, NoteError> {
        let value = self.value(rng, cosigned(time, text).as_bytes())?;
        Ok(self.line([time.to_be_bytes().as_slice(), &value].concat()))
    }

    fn value<R: TryCryptoRng + ?Sized>(&self, rng: &mut R, bytes: &[u8]) -> Result<Vec<u8>, NoteError> {
        match &self.secret {
            Secret::Ed25519(key) => Ok(key.sign(bytes).to_bytes().to_vec()),
            Secret::Sm2(key) => key.sign(rng, bytes).map_err(|_| NoteError::CannotSign),
        }
    }

    fn line(&self, value: Vec<u8>) -> NoteSignature {
        NoteSignature { name: self.public.name.clone(), key_id: self.public.id(), value }
    }
}

impl std::fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignerKey({})", self.public.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRng;

    const TEXT: &str = "hufu.test/ledger\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    fn key(suite: Suite, purpose: Purpose) -> SignerKey {
        SignerKey::generate(suite, purpose, "hufu.test/ledger", &mut SystemRng).unwrap()
    }

    #[test]
    fn a_signature_holds_for_its_own_text_key_and_purpose_only() {
        for suite in [Suite::Sm, Suite::C2sp] {
            let ours = key(suite, Purpose::Checkpoint);
            let again =
                SignerKey::from_pem(suite, Purpose::Checkpoint, "hufu.test/ledger", &ours.to_pem().unwrap())
                    .unwrap();
            assert_eq!(again.verifier(), ours.verifier());
            let read = VerifierKey::from_text(&ours.verifier().text()).unwrap();
            assert_eq!(&read, ours.verifier());
            let line = ours.sign(&mut SystemRng, TEXT).unwrap();
            let note = Note { text: TEXT.to_owned(), signatures: vec![line.clone()] };
            assert_eq!(
                read.check(&Note::parse(&note.to_string()).unwrap()),
                Ok(ValidSignature { time: None })
            );
            let other = Note { text: TEXT.replace('3', "4"), ..note.clone() };
            assert_eq!(read.check(&other), Err(NoteError::WrongSignature("hufu.test/ledger".to_owned())));
            assert_eq!(key(suite, Purpose::Checkpoint).verifier().check(&note), Err(NoteError::UnknownKey));
            let twice =
                Note { signatures: vec![line.clone(), NoteSignature { value: vec![1; 64], ..line }], ..note };
            assert!(read.check(&twice).is_err(), "a wrong signature beside a right one");
        }
    }

    #[test]
    fn a_witness_signs_the_time_too() {
        for suite in [Suite::Sm, Suite::C2sp] {
            let witness = key(suite, Purpose::Cosignature);
            let line = witness.cosign(&mut SystemRng, TEXT, 1_679_315_147).unwrap();
            let mut note = Note { text: TEXT.to_owned(), signatures: vec![line] };
            assert_eq!(witness.verifier().check(&note), Ok(ValidSignature { time: Some(1_679_315_147) }));
            note.signatures[0].value[7] ^= 1;
            assert!(witness.verifier().check(&note).is_err());
        }
    }

    /// The key and note of the signed-note format's own example implementation.
    #[test]
    fn the_published_key_and_note_are_verified() {
        let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let text = "If you think cryptography is the answer to your problem,\n\
            then you don't know what your problem is.\n";
        let line = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
        let note = Note::parse(&format!("{text}\n{line}\n")).unwrap();
        assert_eq!(VerifierKey::from_text(key).unwrap().check(&note), Ok(ValidSignature { time: None }));
    }

    #[test]
    fn what_is_no_key_is_said_to_be_none() {
        let good = key(Suite::Sm, Purpose::Checkpoint).verifier().text();
        assert!(VerifierKey::from_text(&good).is_ok());
        for text in
            ["", "a", "a+b", "a+00000000+AQID", &good.replacen("hufu.test", "hufu.best", 1), &good[1..]]
        {
            assert!(matches!(VerifierKey::from_text(text), Err(NoteError::NotAKey(_))), "{text}");
        }
        for name in ["", "a b", "a+b", "a\nb", "甲\u{3000}乙"] {
            assert!(SignerKey::generate(Suite::C2sp, Purpose::Checkpoint, name, &mut SystemRng).is_err());
        }
    }
}
