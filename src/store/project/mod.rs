//! What follows from an entry, written beside it in the same transaction: balances, items, handovers, approvals,
//! differences, counts, declared errors and papers. All of it can be derived again from the journal.

mod approvals;
mod balances;
mod deliveries;
mod findings;
mod handovers;
mod items;
mod keys;
pub mod papers;
mod roster;

pub use balances::balances;
pub(super) use items::{search_text, seized_search_text};

use super::{Error, Tx};
use crate::{
    clock::Moment,
    ledger::{Commitment, Entry, Mentions, Register},
};

/// Writes what follows from one entry, except the balances.
pub async fn project(tx: &mut Tx, entry: &Entry, commitment: &Commitment) -> Result<(), Error> {
    let body = &entry.draft.body;
    match body.register() {
        Register::Nothing => (),
        Register::Items(it) => items::seize(tx, entry, it).await?,
        Register::Receipts(it) => {
            items::receive(tx, entry, it).await?;
            deliveries::receipt(tx, entry, it).await?;
        }
        Register::Delivery(it) => deliveries::conclude(tx, entry, it).await?,
        Register::Parts(it) => items::split(tx, entry, it).await?,
        Register::SingleThings(it) => items::itemise(tx, entry, it).await?,
        Register::Labels(it) => items::describe(tx, entry, &it.descriptions()).await?,
        Register::Approval(it) => approvals::approve(tx, entry, it).await?,
        Register::Offer(it) => handovers::offer(tx, entry, it).await?,
        Register::Withdrawal(it) => handovers::withdraw(tx, entry, it).await?,
        Register::Exchange(it) => handovers::exchange(tx, entry, it).await?,
        Register::Count(it) => findings::count(tx, entry, it).await?,
        Register::Settlement(it) => findings::settle(tx, entry, it).await?,
        Register::Error(it) => findings::declare(tx, entry, it).await?,
        Register::Correction(it) => {
            findings::correct(tx, entry, it).await?;
            items::describe(tx, entry, &it.descriptions).await?;
        }
        Register::Key(it) => keys::act(tx, entry, it).await?,
        Register::Roster(it) => roster::act(tx, entry, it).await?,
    }
    let mentions = Mentions::of(body);
    approvals::used(tx, entry, &mentions.used_approvals).await?;
    findings::raise(tx, entry, &mentions.raised).await?;
    papers::file(tx, entry, commitment).await
}

/// When an entry says it happened; a shorthand for the projections.
fn happened(entry: &Entry) -> Moment {
    entry.draft.happened_at
}
