//! The form of what is signed. Since edition 2 of the rules a statement begins with the name of its kind and says everything
//! its signer must see ([`hufu_wire::statement`]); before, it was the canonical JSON alone, and stays so for ever.

use super::{Edition, canonical};
use serde::{Deserialize, Serialize};

/// The form of a statement. The first is not written down: it is the form of every statement from before there were forms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum StatementForm {
    #[default]
    First,
    Second,
}

impl StatementForm {
    /// The form in which statements are signed today.
    pub const CURRENT: StatementForm = StatementForm::Second;

    /// The form that entries of this edition carry.
    pub fn of(edition: Edition) -> StatementForm {
        if edition < Edition::SECOND { StatementForm::First } else { StatementForm::Second }
    }

    /// The bytes that are signed. `kind` is the first line of the second form.
    pub(super) fn bytes<T: Serialize>(self, kind: &str, statement: &T) -> Result<Vec<u8>, canonical::Error> {
        let json = canonical::bytes(statement)?;
        Ok(match self {
            StatementForm::First => json,
            StatementForm::Second => [kind.as_bytes(), &json].concat(),
        })
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
    pub(super) fn is_first(&self) -> bool {
        *self == StatementForm::First
    }
}

impl TryFrom<u8> for StatementForm {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<StatementForm, &'static str> {
        match number {
            1 => Ok(StatementForm::First),
            2 => Ok(StatementForm::Second),
            _ => Err("there is no such form of a statement"),
        }
    }
}

impl From<StatementForm> for u8 {
    fn from(form: StatementForm) -> u8 {
        match form {
            StatementForm::First => 1,
            StatementForm::Second => 2,
        }
    }
}
