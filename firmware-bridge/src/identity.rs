//! Who this station is: the id that the server gave it and the device key that was made here and never leaves. The file is
//! readable by the station's own account only; it has no PIN, because a station starts by itself after a power cut.

use base64::{Engine, prelude::BASE64_STANDARD};
use getrandom::SysRng;
use hufu_wire::{
    message::SignedEvent,
    proof,
    signature::{SecretKey, SignatureError},
};
use serde::{Deserialize, Serialize};
use std::{io, path::Path};
use uuid::Uuid;
use zeroize::Zeroizing;

#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("登记文件无法读写 · the enrolment file cannot be read or written: {0}")]
    File(#[from] io::Error),
    #[error(
        "登记文件已损坏，请向管理员索取新的登记码 · the enrolment file is damaged: ask the administrator for a new code"
    )]
    Damaged,
    #[error("无法签名 · nothing could be signed: {0}")]
    Sign(#[from] SignatureError),
}

/// An enrolled station.
#[derive(Debug)]
pub struct Identity {
    pub station: Uuid,
    pub name: String,
    key: SecretKey,
}

/// The file as it is written.
#[derive(Serialize, Deserialize)]
struct RawIdentity {
    station: Uuid,
    name: String,
    /// PKCS#8, PEM.
    key: Zeroizing<String>,
}

impl Identity {
    pub fn new(station: Uuid, name: String, key: SecretKey) -> Identity {
        Identity { station, name, key }
    }

    pub fn read(path: &Path) -> Result<Identity, IdentityError> {
        let text = Zeroizing::new(std::fs::read_to_string(path)?);
        let written: RawIdentity = serde_json::from_str(&text).map_err(|_| IdentityError::Damaged)?;
        let key = SecretKey::from_pkcs8_pem(&written.key).map_err(|_| IdentityError::Damaged)?;
        Ok(Identity { station: written.station, name: written.name, key })
    }

    /// Writes a new file that only this account may read. Never writes over an existing one.
    pub fn create(&self, path: &Path) -> Result<(), IdentityError> {
        let key = Zeroizing::new(self.key.to_pkcs8_pem()?);
        let written = RawIdentity { station: self.station, name: self.name.clone(), key };
        let text =
            Zeroizing::new(serde_json::to_string_pretty(&written).map_err(|_| IdentityError::Damaged)?);
        Ok(secret_file::create(path, text.as_bytes())?)
    }

    /// The answer to the server's challenge, DER in base64.
    pub fn prove(&self, nonce: &str) -> Result<String, SignatureError> {
        self.sign(&proof::dialling(self.station, nonce))
    }

    /// The event's text under this station's signature.
    pub fn seal(&self, text: String) -> Result<SignedEvent, SignatureError> {
        let signature = self.sign(&proof::event(self.station, &text))?;
        Ok(SignedEvent { text, signature })
    }

    fn sign(&self, bytes: &[u8]) -> Result<String, SignatureError> {
        Ok(BASE64_STANDARD.encode(self.key.sign(&mut SysRng, bytes)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hufu_wire::signature::verify;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn an_identity_survives_its_file_and_is_nobody_elses_to_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("device.json");
        let key = SecretKey::generate(&mut SysRng).unwrap();
        let public = key.public_key().clone();
        Identity::new(Uuid::from_u128(9), "一号窗口".to_owned(), key).create(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = Identity::read(&path).unwrap();
        assert_eq!((again.station, again.name.as_str()), (Uuid::from_u128(9), "一号窗口"));
        let signed = again.seal("{}".to_owned()).unwrap();
        let der = BASE64_STANDARD.decode(&signed.signature).unwrap();
        assert_eq!(verify(&public, &proof::event(again.station, "{}"), &der), Ok(()));
        assert!(
            matches!(again.create(&path), Err(IdentityError::File(_))),
            "an identity is never written over"
        );
        std::fs::write(&path, "{}").unwrap();
        assert!(matches!(Identity::read(&path), Err(IdentityError::Damaged)));
    }
}
