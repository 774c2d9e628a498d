//! The ledger, pure: what an entry is, what it does to both books, and why it may be refused. No I/O and no clock, so
//! it cannot fail, only refuse.
//!
//! Read [`kinds`] for what can happen and each kind's rule, [`apply()`] for how rules are asked, [`refusal`] for every no and its remedy, [`hash`] and
//! [`tree`] for what makes the journal tamper-evident, [`check`] for what must always be true.

pub mod account;
pub mod apply;
pub mod canonical;
pub mod check;
pub mod commitment;
pub mod edition;
pub mod entry;
pub mod form;
pub mod hash;
pub mod holders;
pub mod identifiers;
pub mod kinds;
pub mod mentions;
pub mod note;
pub mod paper_number;
pub mod particulars;
pub mod passage;
pub mod places;
pub mod quantity;
pub mod refusal;
mod repeat;
pub mod roster;
pub mod signatures;
pub mod state;
pub mod statement;
pub mod tree;

pub use account::{DutyAccount, Outcome, Party, StockAccount};
pub use apply::apply;
pub use commitment::{Commitment, EntryPart, Line, Opening, Told};
pub use edition::Edition;
pub use entry::*;
pub use form::{Form, Salt};
pub use hash::{Digest, Suite};
pub use holders::Holders;
pub use kinds::*;
pub use mentions::{Mentions, RosterPart};
pub use note::{Note, NoteError, checkpoint::Checkpoint};
pub use paper_number::{Issuer, PaperNumber, number_by_entry};
pub use particulars::{Particular, Particulars};
pub use passage::{Passage, RETURNS_MOST, Way, goes_back, rounds, take_passage};
pub use places::Places;
pub use quantity::{Currency, Measure, QUANTITY_MAX};
pub use refusal::{Refusal, RefusalReason};
pub use roster::{MACHINE, Roster, SYSTEM};
pub use state::{Change, Effects, State};
pub use statement::StatementForm;
pub use tree::Frontier;

use serde::{Deserialize, Serialize};

/// The two books: where things are, and who answers for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Book {
    /// 实物账
    Stock,
    /// 责任账
    Duty,
}

impl Book {
    pub fn word(self) -> &'static str {
        match self {
            Book::Stock => "stock",
            Book::Duty => "duty",
        }
    }
}
