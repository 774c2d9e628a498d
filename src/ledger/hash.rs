//! The two hash suites, fixed when a ledger is created: leaves and nodes of the tree of RFC 6962 §2.1.

use serde::{Deserialize, Serialize};
use std::fmt;

/// `sm`: SM3 (GB/T 32905), what Chinese agencies must use; our own named profile. `c2sp`: SHA-256, as public tools read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suite {
    Sm,
    C2sp,
}

/// 32 bytes of either hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Suite {
    pub fn word(self) -> &'static str {
        match self {
            Suite::Sm => "sm",
            Suite::C2sp => "c2sp",
        }
    }

    pub fn from_word(word: &str) -> Option<Suite> {
        [Suite::Sm, Suite::C2sp].into_iter().find(|suite| suite.word() == word)
    }

    /// The plain digest of a statement, for people to compare and for keys to sign over.
    pub fn digest(self, bytes: &[u8]) -> Digest {
        self.hash(&[bytes])
    }

    /// The leaf of an entry: H(0x00 ‖ canonical bytes) (RFC 6962 §2.1).
    pub fn leaf(self, canonical_bytes: &[u8]) -> Digest {
        self.hash(&[&[0], canonical_bytes])
    }

    /// An inner node: H(0x01 ‖ left ‖ right).
    pub fn node(self, left: Digest, right: Digest) -> Digest {
        self.hash(&[&[1], &left.0, &right.0])
    }

    /// The root of a tree without leaves: H of nothing.
    pub fn empty_root(self) -> Digest {
        self.hash(&[])
    }

    fn hash(self, parts: &[&[u8]]) -> Digest {
        fn over<H: sha2::Digest>(parts: &[&[u8]]) -> Digest {
            let mut hasher = H::new();
            for part in parts {
                hasher.update(part);
            }
            let mut digest = Digest([0; 32]);
            for (to, from) in digest.0.iter_mut().zip(hasher.finalize()) {
                *to = from;
            }
            digest
        }
        match self {
            Suite::Sm => over::<sm3::Sm3>(parts),
            Suite::C2sp => over::<sha2::Sha256>(parts),
        }
    }
}

impl Digest {
    pub fn from_slice(bytes: &[u8]) -> Option<Digest> {
        bytes.try_into().ok().map(Digest)
    }

    pub fn from_hex(text: &str) -> Option<Digest> {
        let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let digits: Option<Vec<u8>> = text.as_bytes().iter().map(digit).collect();
        let bytes: Vec<u8> =
            digits?.chunks(2).map(|pair| pair.iter().fold(0, |sum, it| sum << 4 | it)).collect();
        (text.len() == 64).then(|| Digest::from_slice(&bytes)).flatten()
    }

    /// The first eight digits, for people.
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SM3("abc") is example 1 of GB/T 32905-2016; the SHA-256 values are those of FIPS 180-4 and RFC 6962's empty tree.
    #[test]
    fn both_suites_give_the_published_digests() {
        let sm3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Suite::Sm.digest(b"abc").to_string(), sm3);
        assert_eq!(Suite::C2sp.digest(b"abc").to_string(), sha256);
        assert_eq!(Suite::C2sp.empty_root().to_string(), empty);
        assert_eq!(Digest::from_hex(sm3), Some(Suite::Sm.digest(b"abc")));
        assert_eq!(Digest::from_hex("66c7"), None);
        assert_eq!(Digest::from_hex(&sm3.replacen("66", "+6", 1)), None);
    }
}
