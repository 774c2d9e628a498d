//! The accounts of both books. Where an item is (stock) and who answers for it (duty) are two different questions.

use crate::id::{AgencyId, CaseId, PersonId, SlotId, StoreId, UnitId};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// How a matter ends for an item (处置).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 发还
    ReturnedToOwner,
    /// 没收
    Forfeited,
    /// 变卖
    Sold,
    /// 拍卖
    Auctioned,
    /// 销毁
    Destroyed,
    /// 移送
    TransferredOut,
}

impl Outcome {
    pub const ALL: [Outcome; 6] = [
        Outcome::ReturnedToOwner,
        Outcome::Forfeited,
        Outcome::Sold,
        Outcome::Auctioned,
        Outcome::Destroyed,
        Outcome::TransferredOut,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Outcome::ReturnedToOwner => "returned_to_owner",
            Outcome::Forfeited => "forfeited",
            Outcome::Sold => "sold",
            Outcome::Auctioned => "auctioned",
            Outcome::Destroyed => "destroyed",
            Outcome::TransferredOut => "transferred_out",
        }
    }
}

/// An account of the stock book (实物账): where, and who holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum StockAccount {
    /// The world before the seizure. Goes below zero: what came in is what it owes.
    Origin,
    /// Seized and not yet handed in: the officer's unit owes it.
    Owed(UnitId),
    Slot(SlotId),
    /// On the way to a store.
    InTransit(StoreId),
    OnLoan(PersonId),
    /// In the single compliant account (唯一合规账户).
    Bank(StoreId),
    ThirdParty(AgencyId),
    /// Sealed or frozen in place; never in our hands.
    NotHeld,
    /// What a split turned into its children. Parents give in, children take out: over one split it sums to zero.
    Converted,
    Disposed(Outcome),
    /// Used up in testing.
    Consumed,
    DeclaredLoss,
    Disputed,
}

impl StockAccount {
    /// The word before the colon, as stored.
    pub fn kind(&self) -> &'static str {
        match self {
            StockAccount::Origin => "origin",
            StockAccount::Owed(_) => "owed",
            StockAccount::Slot(_) => "slot",
            StockAccount::InTransit(_) => "in_transit",
            StockAccount::OnLoan(_) => "on_loan",
            StockAccount::Bank(_) => "bank",
            StockAccount::ThirdParty(_) => "third_party",
            StockAccount::NotHeld => "not_held",
            StockAccount::Converted => "converted",
            StockAccount::Disposed(outcome) => outcome.word(),
            StockAccount::Consumed => "consumed",
            StockAccount::DeclaredLoss => "declared_loss",
            StockAccount::Disputed => "disputed",
        }
    }

    /// Who or what the account belongs to; nil where there is only one such account.
    pub fn place(&self) -> Uuid {
        match self {
            StockAccount::Owed(UnitId(id))
            | StockAccount::Slot(SlotId(id))
            | StockAccount::InTransit(StoreId(id))
            | StockAccount::OnLoan(PersonId(id))
            | StockAccount::Bank(StoreId(id))
            | StockAccount::ThirdParty(AgencyId(id)) => *id,
            _ => Uuid::nil(),
        }
    }

    /// Puts the two stored parts together again. Refuses unknown words.
    pub fn from_parts(kind: &str, place: Uuid) -> Option<StockAccount> {
        Some(match kind {
            "origin" => StockAccount::Origin,
            "owed" => StockAccount::Owed(UnitId(place)),
            "slot" => StockAccount::Slot(SlotId(place)),
            "in_transit" => StockAccount::InTransit(StoreId(place)),
            "on_loan" => StockAccount::OnLoan(PersonId(place)),
            "bank" => StockAccount::Bank(StoreId(place)),
            "third_party" => StockAccount::ThirdParty(AgencyId(place)),
            "not_held" => StockAccount::NotHeld,
            "converted" => StockAccount::Converted,
            "consumed" => StockAccount::Consumed,
            "declared_loss" => StockAccount::DeclaredLoss,
            "disputed" => StockAccount::Disputed,
            word => StockAccount::Disposed(Outcome::ALL.into_iter().find(|it| it.word() == word)?),
        })
    }

    /// Whether what lies here is still in somebody's care. The rest are sources and ends.
    pub fn is_open(&self) -> bool {
        !matches!(
            self,
            StockAccount::Origin
                | StockAccount::Converted
                | StockAccount::Disposed(_)
                | StockAccount::Consumed
                | StockAccount::DeclaredLoss
        )
    }

    /// Whether the account may go below zero for one item: only where an item comes from.
    pub fn is_source(&self) -> bool {
        matches!(self, StockAccount::Origin | StockAccount::Converted)
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
