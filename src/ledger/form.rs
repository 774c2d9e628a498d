//! How an entry is hashed: as a whole, or line by line with a salt ([`super::commitment`]).

use super::{Digest, Edition, Suite};
use serde::{Deserialize, Serialize};
use std::fmt;

const LINE_SALT: &[u8] = b"hufu line salt v2\n";
const LINE: &[u8] = b"hufu line v2\n";
const SALT: &[u8] = b"hufu salt v2\n";

/// How an entry is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FormFields", into = "FormFields")]
pub enum Form {
    Whole,
    /// Line by line. Whoever was shown only a part of it does not know the salt.
    ByLine(Option<Salt>),
}

#[derive(Serialize, Deserialize)]
struct FormFields {
    form: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<Salt>,
}

impl Form {
    /// The form of entries that are recorded under this edition.
    pub fn of(edition: Edition, salt: Salt) -> Form {
        if edition < Edition::SECOND { Form::Whole } else { Form::ByLine(Some(salt)) }
    }

    /// Whether entries of this edition have it.
    pub fn is_of(self, edition: Edition) -> bool {
        (self == Form::Whole) == (edition < Edition::SECOND)
    }
}

impl TryFrom<FormFields> for Form {
    type Error = &'static str;

    fn try_from(fields: FormFields) -> Result<Form, &'static str> {
        match (fields.form, fields.salt) {
            (1, None) => Ok(Form::Whole),
            (2, salt) => Ok(Form::ByLine(salt)),
            _ => Err("there is no such form of an entry"),
        }
    }
}

impl From<Form> for FormFields {
    fn from(form: Form) -> FormFields {
        match form {
            Form::Whole => FormFields { form: 1, salt: None },
            Form::ByLine(salt) => FormFields { form: 2, salt },
        }
    }
}

/// What nobody can guess, so that a digest tells nothing of a line with few possible contents. 64 hex digits in JSON.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Salt(pub [u8; 32]);

impl TryFrom<String> for Salt {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Salt, &'static str> {
        let lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        Digest::from_hex(&text).filter(|_| lower).map(|it| Salt(it.0)).ok_or("a salt is 64 hex digits")
    }
}

impl From<Salt> for String {
    fn from(salt: Salt) -> String {
        Digest(salt.0).to_string()
    }
}

/// It is a secret: no message says it.
impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(…)")
    }
}

impl Salt {
    /// The salt of one line.
    pub(super) fn of_line(self, suite: Suite, pointer: &str) -> Salt {
        Salt(suite.digest(&[LINE_SALT, &self.0, pointer.as_bytes()].concat()).0)
    }

    /// What stands for it in the committed bytes.
    pub(super) fn own_digest(self, suite: Suite) -> Digest {
        suite.digest(&[SALT, &self.0].concat())
    }

    /// What this line's digest is, with this salt of its own.
    pub(super) fn digest(self, suite: Suite, line: &[u8]) -> Digest {
        suite.digest(&[LINE, &self.0, line].concat())
    }
}
