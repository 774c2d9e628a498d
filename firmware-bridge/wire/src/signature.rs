//! SM2 signatures over SM3 (GM/T 0003.2, GB/T 32918.2), made at the station and checked by anybody: the server, a
//! witness, or `openssl pkeyutl -verify -digest sm3 -pkeyopt distid:1234567812345678`.
//!
//! The signer's identity in the digest is the standard's default, [`SIGNER_ID`]. Public keys travel as PEM
//! (`SubjectPublicKeyInfo`), private keys as PKCS#8; how a private key is kept under a PIN is the station's business.

pub use sm2::dsa::signature::rand_core::TryCryptoRng;
use sm2::dsa::signature::{RandomizedSigner, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::elliptic_curve::Generate;
use sm2::pkcs8::{
    DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding, SecretDocument,
};
use sm3::{Digest, Sm3};

/// The signer's distinguishing identifier that goes into every digest (GM/T 0009-2012, section 10: the default).
pub const SIGNER_ID: &str = "1234567812345678";

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("this is not an SM2 public key in PEM (SubjectPublicKeyInfo)")]
    NotAPublicKey,
    #[error("this is not an SM2 private key (PKCS#8)")]
    NotAPrivateKey,
    #[error("this is not an SM2 signature in DER")]
    NotASignature,
    #[error("the signature was not made by this key over these bytes")]
    DoesNotMatch,
    #[error("no signature could be made: no randomness was available")]
    NoRandomness,
}

/// A key that signs. Never printed.
pub struct SecretKey {
    key: SigningKey,
    public: PublicKey,
}

/// A key that checks, with its `SubjectPublicKeyInfo`.
#[derive(Clone)]
pub struct PublicKey {
    key: VerifyingKey,
    der: Vec<u8>,
    pem: String,
}

impl SecretKey {
    /// A new key from the given randomness.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<SecretKey, SignatureError> {
        let secret = sm2::SecretKey::try_generate_from_rng(rng).map_err(|_| SignatureError::NoRandomness)?;
        SecretKey::from_inner(&secret)
    }

    /// Reads an unencrypted PKCS#8 private key (DER), as openssl writes it.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<SecretKey, SignatureError> {
        let secret = sm2::SecretKey::from_pkcs8_der(der).map_err(|_| SignatureError::NotAPrivateKey)?;
        SecretKey::from_inner(&secret)
    }

    /// The unencrypted PKCS#8 private key (DER). The document wipes itself when dropped; encrypt it before it is kept.
    pub fn to_pkcs8_der(&self) -> Result<SecretDocument, SignatureError> {
        sm2::SecretKey::from(self.key.as_nonzero_scalar())
            .to_pkcs8_der()
            .map_err(|_| SignatureError::NotAPrivateKey)
    }

    /// Reads an unencrypted PKCS#8 private key in PEM.
    pub fn from_pkcs8_pem(pem: &str) -> Result<SecretKey, SignatureError> {
        let secret = sm2::SecretKey::from_pkcs8_pem(pem).map_err(|_| SignatureError::NotAPrivateKey)?;
        SecretKey::from_inner(&secret)
    }

    /// The same in PEM, for a key that lies in a file of its own.
    pub fn to_pkcs8_pem(&self) -> Result<String, SignatureError> {
        let pem = sm2::SecretKey::from(self.key.as_nonzero_scalar()).to_pkcs8_pem(LineEnding::LF);
        pem.map(|pem| pem.as_str().to_owned()).map_err(|_| SignatureError::NotAPrivateKey)
    }

    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs the SM3 digest of the bytes. DER, as openssl reads it.
    pub fn sign<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        bytes: &[u8],
    ) -> Result<Vec<u8>, SignatureError> {
        let signature: Signature =
            self.key.try_sign_with_rng(rng, bytes).map_err(|_| SignatureError::NoRandomness)?;
        Ok(signature.to_der().as_bytes().to_vec())
    }

    fn from_inner(secret: &sm2::SecretKey) -> Result<SecretKey, SignatureError> {
        let key = SigningKey::new(SIGNER_ID, secret).map_err(|_| SignatureError::NotAPrivateKey)?;
        let public = PublicKey::from_inner(key.verifying_key().clone())?;
        Ok(SecretKey { key, public })
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecretKey({})", key_id(self.public_key()))
    }
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo` in PEM; refuses other curves.
    pub fn from_pem(pem: &str) -> Result<PublicKey, SignatureError> {
        let public = sm2::PublicKey::from_public_key_pem(pem).map_err(|_| SignatureError::NotAPublicKey)?;
        let key = VerifyingKey::new(SIGNER_ID, public).map_err(|_| SignatureError::NotAPublicKey)?;
        PublicKey::from_inner(key)
    }

    /// Reads a `SubjectPublicKeyInfo` in DER; refuses other curves.
    pub fn from_der(der: &[u8]) -> Result<PublicKey, SignatureError> {
        let public = sm2::PublicKey::from_public_key_der(der).map_err(|_| SignatureError::NotAPublicKey)?;
        let key = VerifyingKey::new(SIGNER_ID, public).map_err(|_| SignatureError::NotAPublicKey)?;
        PublicKey::from_inner(key)
    }

    /// `SubjectPublicKeyInfo` in PEM, lines ended by LF.
    pub fn to_pem(&self) -> &str {
        &self.pem
    }

    /// `SubjectPublicKeyInfo` in DER.
    pub fn to_der(&self) -> &[u8] {
        &self.der
    }

    fn from_inner(key: VerifyingKey) -> Result<PublicKey, SignatureError> {
        let der = key.to_public_key_der().map_err(|_| SignatureError::NotAPublicKey)?.as_bytes().to_vec();
        let pem = key.to_public_key_pem(LineEnding::LF).map_err(|_| SignatureError::NotAPublicKey)?;
        Ok(PublicKey { key, der, pem })
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &PublicKey) -> bool {
        self.der == other.der
    }
}

impl Eq for PublicKey {}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({})", key_id(self))
    }
}

/// Checks that `der` is this key's signature over the SM3 digest of `bytes`.
pub fn verify(key: &PublicKey, bytes: &[u8], der: &[u8]) -> Result<(), SignatureError> {
    let signature = Signature::from_der(der).map_err(|_| SignatureError::NotASignature)?;
    key.key.verify(bytes, &signature).map_err(|_| SignatureError::DoesNotMatch)
}

/// The name of a key: the first 16 hexadecimal digits of the SM3 digest of its `SubjectPublicKeyInfo` (DER).
pub fn key_id(key: &PublicKey) -> String {
    let mut hex = sm3_hex(key.to_der());
    hex.truncate(16);
    hex
}

/// What two people compare who want to know that they speak of the same key: the first 32 hexadecimal digits of that digest.
/// A second key with the same ones is out of anybody's reach, which cannot be said of the sixteen of its name.
pub fn fingerprint(key: &PublicKey) -> String {
    let mut hex = sm3_hex(key.to_der());
    hex.truncate(32);
    hex
}

/// The same in groups of four, as it is printed and read out.
pub fn grouped(fingerprint: &str) -> String {
    let digits: Vec<char> = fingerprint.chars().collect();
    digits.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The SM3 digest in lower-case hexadecimal: what a page shows beside the words that are signed.
pub fn sm3_hex(bytes: &[u8]) -> String {
    let digest = Sm3::digest(bytes);
    let digit = |half: u8| char::from_digit(u32::from(half), 16);
    digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)]).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::SysRng;
    use std::{fs, path::Path, process::Command};

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    /// GM/T 0003.5-2012, annex A.2: key, identity, message and signature.
    #[test]
    fn the_example_of_the_standard_is_verified() {
        let point = bytes(concat!(
            "04",
            "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020",
            "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
        ));
        let key = PublicKey::from_inner(VerifyingKey::from_sec1_bytes(SIGNER_ID, &point).unwrap()).unwrap();
        let der = bytes(concat!(
            "3046022100",
            "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3",
            "022100",
            "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
        ));
        assert_eq!(verify(&key, b"message digest", &der), Ok(()));
        assert_eq!(verify(&key, b"message digesT", &der), Err(SignatureError::DoesNotMatch));
        assert_eq!(verify(&key, b"message digest", &der[..70]), Err(SignatureError::NotASignature));
    }

    /// GM/T 0004-2012, annex A.1.
    #[test]
    fn sm3_of_abc_is_the_standards() {
        assert_eq!(sm3_hex(b"abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }

    #[test]
    fn a_key_survives_its_encodings_and_knows_its_own_signature_only() {
        let key = SecretKey::generate(&mut SysRng).unwrap();
        let again = SecretKey::from_pkcs8_der(key.to_pkcs8_der().unwrap().as_bytes()).unwrap();
        assert_eq!(PublicKey::from_pem(key.public_key().to_pem()).unwrap(), *again.public_key());
        let signature = key.sign(&mut SysRng, "移交十二件".as_bytes()).unwrap();
        assert_eq!(verify(again.public_key(), "移交十二件".as_bytes(), &signature), Ok(()));
        let other = SecretKey::generate(&mut SysRng).unwrap();
        let refused = verify(other.public_key(), "移交十二件".as_bytes(), &signature);
        assert_eq!(refused, Err(SignatureError::DoesNotMatch));
        assert_eq!(key_id(key.public_key()).len(), 16);
        assert_ne!(key_id(key.public_key()), key_id(other.public_key()));
        assert!(PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nMFk=\n-----END PUBLIC KEY-----\n").is_err());
    }

    fn openssl(dir: &Path, arguments: &str) -> Option<bool> {
        let run = Command::new("openssl").args(arguments.split(' ')).current_dir(dir).output().ok()?;
        Some(run.status.success())
    }

    #[test]
    fn openssl_verifies_ours_and_we_verify_openssls() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let Some(true) = openssl(dir.path(), "genpkey -algorithm SM2 -out theirs.pem -outform PEM") else {
            return; // no openssl on this machine
        };
        fs::write(at("m"), "虎符 message").unwrap();
        let ours = SecretKey::generate(&mut SysRng).unwrap();
        fs::write(at("ours.pub"), ours.public_key().to_pem()).unwrap();
        fs::write(at("ours.sig"), ours.sign(&mut SysRng, &fs::read(at("m")).unwrap()).unwrap()).unwrap();
        let verify_ours = "pkeyutl -verify -rawin -digest sm3 -pkeyopt distid:1234567812345678 \
                           -pubin -inkey ours.pub -in m -sigfile ours.sig";
        assert_eq!(openssl(dir.path(), verify_ours), Some(true));

        assert_eq!(openssl(dir.path(), "pkey -in theirs.pem -pubout -out theirs.pub"), Some(true));
        let sign = "pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678 \
                    -inkey theirs.pem -in m -out theirs.sig";
        assert_eq!(openssl(dir.path(), sign), Some(true));
        let theirs = PublicKey::from_pem(&fs::read_to_string(at("theirs.pub")).unwrap()).unwrap();
        assert_eq!(theirs.to_pem(), fs::read_to_string(at("theirs.pub")).unwrap());
        let signature = fs::read(at("theirs.sig")).unwrap();
        assert_eq!(verify(&theirs, &fs::read(at("m")).unwrap(), &signature), Ok(()));
        assert!(verify(&theirs, b"another", &signature).is_err());
    }
}
