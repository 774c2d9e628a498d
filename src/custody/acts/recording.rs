//! How an act becomes an entry. A verb asks whether the person may, and what the ledger cannot know; then it says here who acts,
//! under which id, and what happened. An id that follows from what the act is about ([`Once`]) makes a repeat find the entry of
//! the first time.

use crate::custody::{Busy, Error};
use crate::{
    app::{App, quota::ENTRIES_PER_HOUR},
    clock::Moment,
    domain::{Person, person::SYSTEM},
    id::{ApprovalId, CountId, DifferenceId, EntryId, HandoverId, PersonId, StationId, UnitId},
    ledger::{Body, Draft, Entry, PaperRef, Signature},
    store::{Recorded, Tx, journal},
};
use uuid::Uuid;

/// Acts that happen once to what they are about: the id of the entry follows from that. A label is part of every id that was
/// ever given by it, so none of them is ever changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::custody) enum Once {
    Offer(HandoverId),
    Exchange(HandoverId),
    Withdrawal(HandoverId),
    Expiry(HandoverId),
    /// The statement of a count.
    Statement(CountId),
    /// A correction's approval.
    Approval(ApprovalId),
    /// The correction that rests on it.
    Correction(ApprovalId),
    /// What an approval of a loan lets go out.
    CheckOut(ApprovalId),
    /// What an approval of a disposal lets go for good.
    Disposal(ApprovalId),
    Loss(ApprovalId),
    /// A refused line that was accepted later.
    AcceptedLater(DifferenceId),
    /// A difference that is raised under an id of its own.
    Difference(DifferenceId),
    /// What a station's event of this number records.
    Event(StationId, u64),
    /// What was taken in off line under this number, entered.
    OffLineReceipt(StationId, u64),
    /// The same, set aside.
    SetAside(StationId, u64),
    /// What a person asks for under a key of their own choice. Nobody's key is an id of the server, nor of anybody else: whatever
    /// they choose, they cannot take an id that another act will need.
    Request(PersonId, EntryId),
    /// The same, where one request settles several differences alike.
    Settlement(PersonId, EntryId, DifferenceId),
}

impl Once {
    pub(in crate::custody) fn id(self) -> EntryId {
        let named = |of: Uuid, label: &str| EntryId(Uuid::new_v5(&of, label.as_bytes()));
        match self {
            Once::Offer(handover) => named(handover.0, "offer"),
            Once::Exchange(handover) => named(handover.0, "exchange"),
            Once::Withdrawal(handover) => named(handover.0, "withdraw"),
            Once::Expiry(handover) => named(handover.0, "expire"),
            Once::Statement(count) => named(count.0, "statement"),
            Once::Approval(approval) => named(approval.0, "approved"),
            Once::Correction(approval) => named(approval.0, "corrected"),
            Once::CheckOut(approval) => named(approval.0, "checked out"),
            Once::Disposal(approval) => named(approval.0, "disposed of"),
            Once::Loss(approval) => named(approval.0, "declared lost"),
            Once::AcceptedLater(difference) => named(difference.0, "accepted later"),
            Once::Difference(difference) => named(difference.0, "raise"),
            Once::Event(station, number) => named(station.0, &format!("event {number}")),
            Once::OffLineReceipt(station, number) => named(station.0, &format!("off line {number}")),
            Once::SetAside(station, number) => named(station.0, &format!("set aside {number}")),
            Once::Request(person, key) => named(person.0, &format!("request {}", key.0)),
            Once::Settlement(person, key, of) => named(person.0, &format!("request {} of {}", key.0, of.0)),
        }
    }
}

/// An act that is about to be recorded.
pub(in crate::custody) struct Recording<'a> {
    app: &'a App,
    id: EntryId,
    actor: PersonId,
    unit: UnitId,
    station: Option<StationId>,
    happened_at: Moment,
    papers: Vec<PaperRef>,
    signatures: Vec<Signature>,
}

/// The id of what a person asks for: by their key if they gave one, so that the same key is the same act.
pub(in crate::custody) fn requested(app: &App, me: &Person, key: Option<EntryId>) -> EntryId {
    key.map_or_else(|| app.ids.new_id(), |key| Once::Request(me.id, key).id())
}

/// Refuses what goes beyond the entries that one person may have recorded in an hour.
pub(in crate::custody) fn within_quota(app: &App, me: &Person, entries: usize) -> Result<(), Error> {
    within(app, me.id, entries)
}

fn within(app: &App, actor: PersonId, entries: usize) -> Result<(), Error> {
    if actor == SYSTEM || app.quota.take(actor, app.clock.now(), entries) {
        return Ok(());
    }
    tracing::warn!(person = %actor, entries, "a person has reached the entries of an hour");
    Err(Busy::new(
        "too_many_entries",
        (
            &format!(
                "您在一小时内登记的分录已达 {ENTRIES_PER_HOUR} 条，这一次没有记账；此前登记的都已保存。"
            ),
            &format!(
                "You have recorded {ENTRIES_PER_HOUR} entries within an hour; nothing was recorded now, and what was recorded before is kept."
            ),
        ),
        (
            "请过一会儿再办，或由同事办理；如果不是您登记的，请立即修改密码并告诉管理员。",
            "Go on in a while, or let a colleague go on; if it was not you, change your password at once and tell the administrator.",
        ),
    ))
}

impl<'a> Recording<'a> {
    /// An act of this person for their unit, now.
    pub(in crate::custody) fn new(app: &'a App, me: &Person, id: EntryId) -> Recording<'a> {
        Recording::by(app, me.id, me.unit, id)
    }

    /// An act of somebody for a unit, now: of one who signed, or of the system.
    pub(in crate::custody) fn by(app: &'a App, actor: PersonId, unit: UnitId, id: EntryId) -> Recording<'a> {
        let happened_at = app.clock.now();
        let (papers, signatures) = (Vec::new(), Vec::new());
        Recording { app, id, actor, unit, station: None, happened_at, papers, signatures }
    }

    pub(in crate::custody) fn at(self, station: StationId) -> Recording<'a> {
        Recording { station: Some(station), ..self }
    }

    /// When it happened, if not now.
    pub(in crate::custody) fn happened(self, happened_at: Moment) -> Recording<'a> {
        Recording { happened_at, ..self }
    }

    /// The papers that it rests on.
    pub(in crate::custody) fn on(self, papers: impl IntoIterator<Item = PaperRef>) -> Recording<'a> {
        Recording { papers: papers.into_iter().collect(), ..self }
    }

    pub(in crate::custody) fn signed(self, signatures: impl IntoIterator<Item = Signature>) -> Recording<'a> {
        Recording { signatures: signatures.into_iter().collect(), ..self }
    }

    /// What was recorded under its id before.
    pub(in crate::custody) async fn earlier(&self, tx: &mut Tx) -> Result<Option<Entry>, Error> {
        Ok(journal::entry_by_id(tx, self.id).await?)
    }

    pub(in crate::custody) fn draft(self, body: Body) -> Draft {
        let Recording { id, actor, unit, station, happened_at, papers, signatures, .. } = self;
        Draft { id, happened_at, actor, unit, station, papers, body, signatures }
    }

    /// Records it. The same id again is the same act, and is answered as the first time.
    pub(in crate::custody) async fn record(self, body: Body) -> Result<Recorded, Error> {
        let app = self.app;
        within(app, self.actor, 1)?;
        Ok(app.sequencer.record(self.draft(body)).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was recorded under these ids is found by them for ever.
    #[test]
    fn the_labels_of_ids_never_change() {
        let [one, two] = [1, 2].map(Uuid::from_u128);
        for (once, id) in [
            (Once::Offer(one.into()), "756869c6-2e22-5087-b9f6-b650c9da4a8a"),
            (Once::Exchange(one.into()), "465d0d3e-61ad-5638-9ca0-9061415e898a"),
            (Once::Withdrawal(one.into()), "3113cc33-c6e6-5d39-a8da-fded23a5a2a7"),
            (Once::Expiry(one.into()), "a40d1b93-39e9-54d7-892f-eecad6e97a10"),
            (Once::Statement(one.into()), "d14bfe01-ccc1-54f6-87eb-4381abc4c166"),
            (Once::Approval(one.into()), "8a8bed23-bdf2-5efa-bbdf-414fd043b8f5"),
            (Once::Correction(one.into()), "ec54ae14-0ae7-5fb6-bb25-faadf27b6af0"),
            (Once::CheckOut(one.into()), "523dcaaa-8fd2-5c50-aece-56e2830c0efe"),
            (Once::AcceptedLater(one.into()), "9c802265-7884-5b97-869b-c8f3b3de7d8f"),
            (Once::Difference(one.into()), "6818b8a6-4b99-5ac4-b843-fade35a74055"),
            (Once::Event(two.into(), 7), "f20d046f-d05c-5aae-9a21-12f88312f4f4"),
            (Once::OffLineReceipt(two.into(), 7), "cf5a8658-8caf-50cd-accd-500f185b95bf"),
            (Once::SetAside(two.into(), 7), "7b0b2937-4c92-5dd6-b28c-c5e2e637ecb2"),
            (Once::Request(one.into(), two.into()), "fafcedb0-7869-5eb2-a1db-422ff72cf10e"),
            (Once::Settlement(one.into(), two.into(), one.into()), "9ab5b788-8db3-5617-b972-691d145a67f4"),
        ] {
            assert_eq!(once.id().to_string(), id, "{once:?}");
        }
    }
}
