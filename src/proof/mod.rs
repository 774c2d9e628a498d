//! A proof in one file: some entries as they were hashed, the lines of them that are shown, the way from each to a signed head, the witnesses' signatures
//! beside the ledger's, and the keys of whoever signed inside the entries. It is checked without any server, with this
//! program ([`check`]) or with the few lines of Python beside it in `docs/`.
//!
//! PURE. What is read from a file is believed only after [`check::check`], and the names in it not even then: they are
//! there so that people can read the entries.

pub mod check;

use crate::{
    domain::Names,
    id::{AgencyId, UnitId},
    ledger::{Digest, Opening, Suite, signatures::RegisteredKey, tree::proof::LENGTH_MAX},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the form that is written. The first had no openings, and is read for ever; a reader that meets another
/// refuses to guess.
pub const FORM: u32 = 2;
const FIRST_FORM: u32 = 1;

/// A larger file is not read: an exchange of fifty thousand lines takes a tenth of it.
pub const BYTES_MAX: u64 = 256 << 20;

/// Everything that is needed to check some entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofFile {
    /// [`FORM`].
    pub hufu_proof: u32,
    /// What it was asked for, in words: `item W26-0000001`.
    pub about: String,
    pub suite: Suite,
    /// The ledger's key, `name+id+key`.
    pub ledger_key: String,
    /// The signed head that all proofs lead to (C2SP signed note).
    pub checkpoint: String,
    /// The witnesses that are registered with the ledger, `name+id+key` each.
    pub witness_keys: Vec<String>,
    /// In the order of their numbers.
    pub entries: Vec<ProvenEntry>,
    /// What belongs to it as well and is not shown to whoever asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// The keys that signed inside these entries.
    pub agency_keys: Vec<RegisteredKey>,
    /// Which agency each unit is of, for those keys and their signers.
    pub agencies: BTreeMap<UnitId, AgencyId>,
    pub names: Names,
}

/// An entry that is not in the file, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    pub seq: u64,
    pub zh: String,
    pub en: String,
}

impl LeftOut {
    /// An entry of the first form, in which something is not for the one who asks.
    pub fn undivided(seq: u64) -> LeftOut {
        LeftOut {
            seq,
            zh: "该分录以旧形式记账，不能只出示其中一部分，而其中有不属您查看的财物".to_owned(),
            en: "it was recorded in the old form, of which no part can be shown, and names things that are not \
                 yours to see"
                .to_owned(),
        }
    }
}

/// One entry with its way to the head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvenEntry {
    pub seq: u64,
    /// The committed bytes, exactly as they are hashed.
    pub entry: String,
    /// The lines that are shown of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub openings: Vec<Opening>,
    /// Base64 of 32 bytes each, from the leaf upwards (RFC 6962 §2.1.1).
    pub inclusion: Vec<String>,
}

/// Why a file is no proof at all. Nothing was checked.
#[derive(Debug, thiserror::Error)]
pub enum ProofFileError {
    #[error("文件过大，不是证明文件 · the file is too large for a proof")]
    TooLarge,
    #[error("不是证明文件 · this is no proof file: {0}")]
    Form(String),
    #[error(
        "证明文件是版本 {0} 的，本程序只认识版本 1 和 2 · the proof is of form {0}; this program knows forms 1 and 2"
    )]
    OtherForm(u32),
}

impl ProvenEntry {
    pub fn new(seq: u64, entry: String, openings: Vec<Opening>, inclusion: &[Digest]) -> ProvenEntry {
        let inclusion = inclusion.iter().map(|hash| BASE64_STANDARD.encode(hash.0)).collect();
        ProvenEntry { seq, entry, openings, inclusion }
    }

    /// The hashes of its way; nothing when one is no hash.
    fn hashes(&self) -> Option<Vec<Digest>> {
        let hash = |text: &String| Digest::from_slice(&BASE64_STANDARD.decode(text).ok()?);
        (self.inclusion.len() <= LENGTH_MAX).then(|| self.inclusion.iter().map(hash).collect()).flatten()
    }
}

impl ProofFile {
    /// Reads a file. Refuses another form, unknown fields and too many bytes.
    pub fn read(bytes: &[u8]) -> Result<ProofFile, ProofFileError> {
        #[derive(Deserialize)]
        struct Form {
            hufu_proof: u32,
        }
        if bytes.len() as u64 > BYTES_MAX {
            return Err(ProofFileError::TooLarge);
        }
        let form: Form =
            serde_json::from_slice(bytes).map_err(|error| ProofFileError::Form(error.to_string()))?;
        match form.hufu_proof {
            FIRST_FORM | FORM => {
                serde_json::from_slice(bytes).map_err(|error| ProofFileError::Form(error.to_string()))
            }
            other => Err(ProofFileError::OtherForm(other)),
        }
    }
}
