//! What an entry says: one type per kind of event, each with the fields its paper has.

mod duty;
mod ending;
mod stock;

pub use duty::*;
pub use ending::*;
pub use stock::*;

use serde::{Deserialize, Serialize};

/// The kinds of entries (design: the ledger). The first group moves things, the second changes who answers, the third
/// ends or corrects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum Body {
    Seize(Seize),
    Receive(Receive),
    Move(Move),
    Dispatch(Dispatch),
    Arrive(Arrive),
    CheckOut(CheckOut),
    Return(Return),
    Split(Split),
    Deposit(Deposit),

    Approve(Approve),
    Offer(Offer),
    Withdraw(Withdraw),
    Exchange(Exchange),

    Dispose(Dispose),
    DeclareLoss(DeclareLoss),
    CountStatement(CountStatement),
    RaiseDifference(RaisedDifference),
    SettleDifference(SettleDifference),
    DeclareError(DeclareError),
    Correct(Correct),
}

impl Body {
    /// The kind's word in the journal.
    pub fn kind(&self) -> &'static str {
        match self {
            Body::Seize(_) => "seize",
            Body::Receive(_) => "receive",
            Body::Move(_) => "move",
            Body::Dispatch(_) => "dispatch",
            Body::Arrive(_) => "arrive",
            Body::CheckOut(_) => "check_out",
            Body::Return(_) => "return",
            Body::Split(_) => "split",
            Body::Deposit(_) => "deposit",
            Body::Approve(_) => "approve",
            Body::Offer(_) => "offer",
            Body::Withdraw(_) => "withdraw",
            Body::Exchange(_) => "exchange",
            Body::Dispose(_) => "dispose",
            Body::DeclareLoss(_) => "declare_loss",
            Body::CountStatement(_) => "count_statement",
            Body::RaiseDifference(_) => "raise_difference",
            Body::SettleDifference(_) => "settle_difference",
            Body::DeclareError(_) => "declare_error",
            Body::Correct(_) => "correct",
        }
    }
}
