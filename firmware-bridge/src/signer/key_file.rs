//! A person's key on disk: a line that says whose it is, an encrypted PKCS#8 private key in PEM (PBES2, scrypt, AES-256-CBC) that
//! `openssl pkey` reads, and its public key, so that the station can say without the PIN which key it holds.

use hufu_wire::signature::{PublicKey, SecretKey, SignatureError};
use pkcs8::der::{Decode, Encode, asn1::OctetString, pem::LineEnding};
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::{EncryptedPrivateKeyInfoOwned, SecretDocument};
use std::{io, path::Path};
use zeroize::Zeroizing;

/// Shorter PINs are refused: the file can be copied, and then only the PIN and the slow derivation protect it.
pub const PIN_LENGTH_MIN: usize = 6;

/// 16 MiB and five passes a try. More memory would make `openssl pkey` refuse the file (its limit is 32 MiB).
const SCRYPT_LOG_N: u8 = 14;
const SCRYPT_R: u32 = 8;
const SCRYPT_P: u32 = 5;

const HOLDER: &str = "holder: ";
const PRIVATE_LABEL: &str = "ENCRYPTED PRIVATE KEY";
const PUBLIC_BEGIN: &str = "-----BEGIN PUBLIC KEY-----";

#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("PIN 错误 · wrong PIN")]
    WrongPin,
    #[error("PIN 至少 {PIN_LENGTH_MIN} 位 · the PIN needs at least {PIN_LENGTH_MIN} characters")]
    ShortPin,
    #[error("密钥文件已损坏或不是 SM2 密钥 · the key file is damaged or holds no SM2 key")]
    Damaged,
    #[error(
        "密钥文件没有写明持有人，不能用来签章 · the key file names no holder and signs nothing; make a personal key: hufu-station key new"
    )]
    NoHolder,
    #[error("持有人写成一行“姓名/登录名” · the holder is one line, name/login")]
    HolderMalformed,
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error("密钥文件无法读写 · the key file cannot be read or written: {0}")]
    File(#[from] io::Error),
    #[error("系统没有提供随机数 · the system gave no randomness")]
    NoRandomness,
}

/// A key file as read, still locked.
#[derive(Clone, Debug)]
pub struct KeyFile {
    /// `EncryptedPrivateKeyInfo`, DER.
    locked: Vec<u8>,
    public: PublicKey,
    holder: String,
}

impl KeyFile {
    /// Writes a new file that only this account may read. Never writes over an existing one.
    pub fn create(path: &Path, key: &SecretKey, holder: &str, pin: &str) -> Result<(), KeyFileError> {
        let parts = holder.rsplit_once('/').filter(|(name, login)| !name.is_empty() && !login.is_empty());
        if parts.is_none() || holder.trim() != holder || holder.contains(char::is_control) {
            return Err(KeyFileError::HolderMalformed);
        }
        let (private, public) = (lock(key, pin)?, key.public_key().to_pem());
        let whole = Zeroizing::new(format!("{HOLDER}{holder}\n{}{public}", private.as_str()));
        Ok(secret_file::create(path, whole.as_bytes())?)
    }

    pub fn read(path: &Path) -> Result<KeyFile, KeyFileError> {
        let text = std::fs::read_to_string(path)?;
        let (holder, text) =
            text.strip_prefix(HOLDER).and_then(|rest| rest.split_once('\n')).ok_or(KeyFileError::NoHolder)?;
        let (private, public) = text
            .split_at_checked(text.find(PUBLIC_BEGIN).ok_or(KeyFileError::Damaged)?)
            .ok_or(KeyFileError::Damaged)?;
        let (label, document) =
            SecretDocument::from_pem(private.trim_end()).map_err(|_| KeyFileError::Damaged)?;
        if label != PRIVATE_LABEL {
            return Err(KeyFileError::Damaged);
        }
        let public = PublicKey::from_pem(public).map_err(|_| KeyFileError::Damaged)?;
        Ok(KeyFile { locked: document.as_bytes().to_vec(), public, holder: holder.to_owned() })
    }

    /// Whose key it is: `hufu_wire::proof::holder`.
    pub fn holder(&self) -> &str {
        &self.holder
    }

    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Opens the key. Slow on purpose. A wrong PIN shows as padding or a key that does not fit; both are "wrong PIN".
    pub fn open(&self, pin: &Zeroizing<String>) -> Result<SecretKey, KeyFileError> {
        let info = EncryptedPrivateKeyInfoOwned::from_der(&self.locked).map_err(|_| KeyFileError::Damaged)?;
        let document = info.decrypt(pin.as_bytes()).map_err(|_| KeyFileError::WrongPin)?;
        let key = SecretKey::from_pkcs8_der(document.as_bytes()).map_err(|_| KeyFileError::WrongPin)?;
        if *key.public_key() == self.public { Ok(key) } else { Err(KeyFileError::Damaged) }
    }
}

fn lock(key: &SecretKey, pin: &str) -> Result<Zeroizing<String>, KeyFileError> {
    if pin.chars().count() < PIN_LENGTH_MIN {
        return Err(KeyFileError::ShortPin);
    }
    let (mut salt, mut iv) = ([0u8; 16], [0u8; 16]);
    getrandom::fill(&mut salt)
        .and_then(|()| getrandom::fill(&mut iv))
        .map_err(|_| KeyFileError::NoRandomness)?;
    let cost = scrypt::Params::new(SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P).map_err(|_| KeyFileError::Damaged)?;
    let scheme =
        pbes2::Parameters::generate_scrypt_aes256cbc(cost, &salt, iv).map_err(|_| KeyFileError::Damaged)?;
    let plain = key.to_pkcs8_der().map_err(|_| KeyFileError::Damaged)?;
    let locked = scheme.encrypt(pin, plain.as_bytes()).map_err(|_| KeyFileError::Damaged)?;
    let info = EncryptedPrivateKeyInfoOwned {
        encryption_algorithm: scheme.into(),
        encrypted_data: OctetString::new(locked).map_err(|_| KeyFileError::Damaged)?,
    };
    let document: SecretDocument =
        info.to_der().and_then(SecretDocument::try_from).map_err(|_| KeyFileError::Damaged)?;
    document.to_pem(PRIVATE_LABEL, LineEnding::LF).map_err(|_| KeyFileError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::SysRng;
    use std::process::Command;

    const HELD_BY: &str = "王丽/wang";

    fn pin(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[test]
    fn a_key_file_opens_with_its_pin_only_and_is_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("agency.pem");
        let key = SecretKey::generate(&mut SysRng).unwrap();
        assert!(matches!(KeyFile::create(&path, &key, HELD_BY, "12345"), Err(KeyFileError::ShortPin)));
        KeyFile::create(&path, &key, HELD_BY, "258046").unwrap();
        assert!(matches!(KeyFile::create(&path, &key, HELD_BY, "258046"), Err(KeyFileError::File(_))));
        let file = KeyFile::read(&path).unwrap();
        assert_eq!((file.public_key(), file.holder()), (key.public_key(), HELD_BY));
        assert!(matches!(file.open(&pin("258047")), Err(KeyFileError::WrongPin)));
        assert_eq!(file.open(&pin("258046")).unwrap().public_key(), key.public_key());
    }

    #[test]
    fn a_file_that_names_nobody_is_no_persons_key() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("agency.pem");
        let key = SecretKey::generate(&mut SysRng).unwrap();
        for holder in ["王丽", "/wang", "王丽/", "王丽/wang\n", ""] {
            let refused = KeyFile::create(&path, &key, holder, "258046");
            assert!(matches!(refused, Err(KeyFileError::HolderMalformed)), "{holder}");
        }
        KeyFile::create(&path, &key, HELD_BY, "258046").unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let of_a_unit = dir.path().join("unit.pem");
        std::fs::write(&of_a_unit, text.split_once('\n').unwrap().1).unwrap();
        assert!(matches!(KeyFile::read(&of_a_unit), Err(KeyFileError::NoHolder)));
    }

    #[test]
    fn openssl_reads_the_file_and_finds_the_same_public_key() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("agency.pem");
        let key = SecretKey::generate(&mut SysRng).unwrap();
        KeyFile::create(&path, &key, HELD_BY, "258046").unwrap();
        let openssl = |word: &str| {
            Command::new("openssl").args(["pkey", "-passin", word, "-pubout", "-in"]).arg(&path).output()
        };
        let Ok(right) = openssl("pass:258046") else { return }; // no openssl on this machine
        assert!(right.status.success(), "{}", String::from_utf8_lossy(&right.stderr));
        assert_eq!(String::from_utf8_lossy(&right.stdout), key.public_key().to_pem());
        assert!(!openssl("pass:258047").unwrap().status.success());
    }
}
