//! Typed ids: a person's id cannot be given where an item's is wanted. New ones come from [`Ids`], so that tests can
//! count them.

use serde::{Deserialize, Serialize};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type, ToSchema)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> $name {
                $name(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<$name, uuid::Error> {
                text.parse().map($name)
            }
        }
    )*};
}

typed_ids! {
    /// One recorded event. Made by whoever records it, so a repeat is recognised.
    EntryId
    /// One numbered thing, or one numbered lot with a quantity (财物).
    ItemId
    /// One case as one agency numbers it (案件).
    CaseId
    /// Cases of several agencies about the same facts (关联案件).
    MatterId
    /// Police, procuratorate, court, finance, operator or oversight body (机关).
    AgencyId
    /// A part of an agency (部门).
    UnitId
    /// A place that keeps things: centre, evidence room, vault, cold store, lot, bank (库).
    StoreId
    /// One place on a shelf (库位).
    SlotId
    PersonId
    /// A PC at a counter with its devices.
    StationId
    /// A legal document with a number and lines (文书).
    PaperId
    /// One two-sided act in which duty changes hands (移交).
    HandoverId
    /// One look at what is there (盘点).
    CountId
    /// One approver's yes to one act on exact items; used at most once.
    ApprovalId
    /// One disagreement, with an owner and a deadline (差异).
    DifferenceId
    /// One label sent to one printer.
    JobId
    /// Blank labels that were ordered together.
    BlockId
    /// One thing a person is asked to sign at a station.
    SigningId
    /// What a witness would not sign.
    RefusalId
    /// One uploaded seizure list, kept until it is confirmed or thrown away.
    ImportId
    SessionId
}

/// Where new ids come from: time-ordered in service, counted in tests.
#[derive(Clone, Debug)]
pub enum Ids {
    TimeOrdered,
    Counted(Arc<AtomicU64>),
}

impl Ids {
    /// Ids 1, 2, 3 … for tests.
    pub fn counted() -> Ids {
        Ids::Counted(Arc::new(AtomicU64::new(1)))
    }

    /// A new id of whatever kind is wanted.
    pub fn new_id<T: From<Uuid>>(&self) -> T {
        T::from(match self {
            #[expect(clippy::disallowed_methods, reason = "the one place where new ids are made")]
            Ids::TimeOrdered => Uuid::now_v7(),
            Ids::Counted(next) => Uuid::from_u128(u128::from(next.fetch_add(1, Ordering::Relaxed))),
        })
    }
}
