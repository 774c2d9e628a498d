//! The accounts of both books. Where an item is (stock) and who answers for it (duty) are two different questions.

use crate::{
    id::{AgencyId, CaseId, PersonId, SlotId, StoreId, UnitId},
    vocabulary::vocabulary,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

vocabulary! {
    /// How a matter ends for an item (处置).
    Outcome "outcome" {
        ReturnedToOwner "returned_to_owner" "发还" "Return to owner",
        Forfeited "forfeited" "没收" "Forfeit",
        Sold "sold" "变卖" "Sell",
        Auctioned "auctioned" "拍卖" "Auction",
        Destroyed "destroyed" "销毁" "Destroy",
        TransferredOut "transferred_out" "移送" "Transfer out",
    }
}

impl Outcome {
    /// Whether somebody gets the thing.
    pub fn has_recipient(self) -> bool {
        match self {
            Outcome::Destroyed => false,
            Outcome::ReturnedToOwner
            | Outcome::Forfeited
            | Outcome::Sold
            | Outcome::Auctioned
            | Outcome::TransferredOut => true,
        }
    }
}

/// What lies in an account: not yet in anybody's care, in care, or no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Care {
    /// Where items come from. Goes below zero.
    Source,
    Open,
    Ended,
}

macro_rules! stock_accounts {
    (
        before disposed {
            $($(#[$doc:meta])* $name:ident $(($whose:ident: $id:ty))? $word:literal $care:ident,)*
        }
        after it {
            $($(#[$later_doc:meta])* $later:ident $later_word:literal $later_care:ident,)*
        }
    ) => {
        /// An account of the stock book (实物账): where, and who holds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum StockAccount {
            $($(#[$doc])* $name $(($id))?,)*
            Disposed(Outcome),
            $($(#[$later_doc])* $later,)*
        }

        impl StockAccount {
            /// The words of the accounts whose content is still in somebody's care.
            pub fn open_words() -> impl Iterator<Item = &'static str> {
                let words = [$(($word, Care::$care),)* $(($later_word, Care::$later_care),)*];
                words.into_iter().filter(|(_, care)| *care == Care::Open).map(|(word, _)| word)
            }

            /// The word before the colon, as stored.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(StockAccount::$name { .. } => $word,)*
                    StockAccount::Disposed(outcome) => outcome.word(),
                    $(StockAccount::$later => $later_word,)*
                }
            }

            /// Who or what the account belongs to; nil where there is only one such account.
            pub fn place(&self) -> Uuid {
                match self {
                    $($(StockAccount::$name($whose) => $whose.0,)?)*
                    _ => Uuid::nil(),
                }
            }

            /// Puts the two stored parts together again. Refuses unknown words.
            pub fn from_parts(kind: &str, place: Uuid) -> Option<StockAccount> {
                Some(match kind {
                    $($word => StockAccount::$name $((<$id>::from(place)))?,)*
                    $($later_word => StockAccount::$later,)*
                    word => StockAccount::Disposed(Outcome::from_word(word)?),
                })
            }

            fn care(&self) -> Care {
                match self {
                    $(StockAccount::$name { .. } => Care::$care,)*
                    StockAccount::Disposed(_) => Care::Ended,
                    $(StockAccount::$later => Care::$later_care,)*
                }
            }
        }
    };
}

// The order of the accounts is the order in which an item's places are listed.
stock_accounts! {
    before disposed {
        /// The world before the seizure: what came in is what it owes.
        Origin "origin" Source,
        /// Seized and not yet handed in: the officer's unit owes it.
        Owed(unit: UnitId) "owed" Open,
        Slot(slot: SlotId) "slot" Open,
        /// On the way to a store.
        InTransit(store: StoreId) "in_transit" Open,
        OnLoan(person: PersonId) "on_loan" Open,
        /// In the single compliant account (唯一合规账户).
        Bank(store: StoreId) "bank" Open,
        ThirdParty(agency: AgencyId) "third_party" Open,
        /// Sealed or frozen in place; never in our hands.
        NotHeld "not_held" Open,
        /// What a split turned into its children. Parents give in, children take out: over one split it sums to zero.
        Converted "converted" Source,
    }
    after it {
        /// Used up in testing.
        Consumed "consumed" Ended,
        DeclaredLoss "declared_loss" Ended,
        Disputed "disputed" Open,
    }
}

impl StockAccount {
    /// Whether what lies here is still in somebody's care. The rest are sources and ends.
    pub fn is_open(&self) -> bool {
        self.care() == Care::Open
    }

    /// Whether the account may go below zero for one item: only where an item comes from.
    /// Whether it is of a store: a slot, what is on its way there, or what a bank holds.
    pub fn is_place(self) -> bool {
        matches!(self, StockAccount::Slot(_) | StockAccount::InTransit(_) | StockAccount::Bank(_))
    }

    pub fn is_source(&self) -> bool {
        self.care() == Care::Source
    }
}

/// An account of the duty book (责任账): which unit answers, for which of its cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DutyAccount {
    /// Nobody yet. Goes below zero.
    None,
    Party(Party),
    Closed,
}

/// Who answers for an item: a unit, for one of its cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Party {
    pub unit: UnitId,
    pub case: CaseId,
}

impl DutyAccount {
    pub fn party(&self) -> Option<Party> {
        match self {
            DutyAccount::Party(party) => Some(*party),
            _ => None,
        }
    }
}

impl fmt::Display for StockAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place() {
            place if place.is_nil() => f.write_str(self.kind()),
            place => write!(f, "{}:{place}", self.kind()),
        }
    }
}

impl fmt::Display for DutyAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DutyAccount::None => f.write_str("none"),
            DutyAccount::Party(Party { unit, case }) => write!(f, "party:{unit}:{case}"),
            DutyAccount::Closed => f.write_str("closed"),
        }
    }
}

/// An account that no version of this book has.
#[derive(Debug, thiserror::Error)]
#[error("the book has no account «{0}»")]
pub struct UnknownAccount(String);

impl FromStr for StockAccount {
    type Err = UnknownAccount;

    fn from_str(text: &str) -> Result<StockAccount, UnknownAccount> {
        let (kind, place) = text.split_once(':').unwrap_or((text, ""));
        let place = if place.is_empty() { Some(Uuid::nil()) } else { place.parse().ok() };
        place
            .and_then(|place| StockAccount::from_parts(kind, place))
            .ok_or_else(|| UnknownAccount(text.to_owned()))
    }
}

impl FromStr for DutyAccount {
    type Err = UnknownAccount;

    fn from_str(text: &str) -> Result<DutyAccount, UnknownAccount> {
        let parts: Vec<&str> = text.split(':').collect();
        match parts.as_slice() {
            ["none"] => Some(DutyAccount::None),
            ["closed"] => Some(DutyAccount::Closed),
            ["party", unit, case] => match (unit.parse(), case.parse()) {
                (Ok(unit), Ok(case)) => Some(DutyAccount::Party(Party { unit, case })),
                _ => None,
            },
            _ => None,
        }
        .ok_or_else(|| UnknownAccount(text.to_owned()))
    }
}

macro_rules! as_text {
    ($($account:ident)*) => {$(
        impl TryFrom<String> for $account {
            type Error = UnknownAccount;

            fn try_from(text: String) -> Result<$account, UnknownAccount> {
                text.parse()
            }
        }

        impl From<$account> for String {
            fn from(account: $account) -> String {
                account.to_string()
            }
        }
    )*};
}
as_text!(StockAccount DutyAccount);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_written_and_read_back() {
        let id = Uuid::from_u128(7);
        for text in ["origin", "not_held", "converted", "sold", "declared_loss", &format!("slot:{id}")] {
            assert_eq!(text.parse::<StockAccount>().unwrap().to_string(), text);
        }
        for text in ["none", "closed", &format!("party:{id}:{id}")] {
            assert_eq!(text.parse::<DutyAccount>().unwrap().to_string(), text);
        }
        assert!("shelf:3".parse::<StockAccount>().is_err());
        assert!("party:1".parse::<DutyAccount>().is_err());
    }
}
