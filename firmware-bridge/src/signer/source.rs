//! Where a person's key lies: in a file under their PIN. A token that never gives its key away would be another line here, and
//! answers the same questions.

use super::{KeyFile, KeyFileError};
use hufu_wire::signature::key_id;
use zeroize::Zeroizing;

#[derive(Clone, Debug)]
pub enum KeySource {
    File(KeyFile),
}

impl KeySource {
    /// The person whose key it is: `hufu_wire::proof::holder`.
    pub fn holder(&self) -> &str {
        match self {
            KeySource::File(file) => file.holder(),
        }
    }

    pub fn key_id(&self) -> String {
        match self {
            KeySource::File(file) => key_id(file.public_key()),
        }
    }

    /// Whether it is the holder who is there. Slow on purpose, as everything that takes the PIN.
    pub(super) fn sign(&self, pin: &Zeroizing<String>, bytes: &[u8]) -> Result<Vec<u8>, KeyFileError> {
        match self {
            KeySource::File(file) => Ok(file.open(pin)?.sign(&mut getrandom::SysRng, bytes)?),
        }
    }
}
