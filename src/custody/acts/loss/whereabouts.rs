//! Where a thing is by the books when it is missed: in slots, or with whoever borrowed it.

use crate::{
    custody::{Conflict, Error, Thing},
    id::{ItemId, UnitId},
    ledger::{Account, AccountLine, Mentions, Refusal, RefusalReason, StockAccount},
    store::{Tx, facts},
};

/// Some of a thing, where it is by the books, and the unit that keeps it there or lent it.
pub(super) struct KeptLine {
    pub(super) line: AccountLine,
    pub(super) keeper: UnitId,
}

/// The unit that answers for a thing, and where it is kept or lent to. Refuses what has come to an end or lies nowhere.
pub(super) async fn kept(tx: &mut Tx, item: ItemId) -> Result<(UnitId, Vec<KeptLine>), Error> {
    let mut mentions = Mentions::default();
    mentions.items.insert(item);
    let state = facts::load(tx, &mentions).await?;
    // Who keeps a place is loaded with it.
    for (place, _) in state.places(item) {
        mentions.account(&Account::Stock(place));
    }
    let state = facts::load(tx, &mentions).await?;
    let facts = state.items.get(&item).ok_or(Error::NotFound(Thing::Item))?;
    let refused = |reason| Refusal { reason, item: Some(item), number: Some(facts.number.clone()) };
    let (party, _) = state.responsible(item).ok_or_else(|| refused(RefusalReason::ItemIsClosed))?;
    let keeper = |account: StockAccount| match account {
        StockAccount::Slot(_) => state.holders.of(account),
        StockAccount::OnLoan(borrower) => state.lenders.get(&(item, borrower)).copied(),
        _ => None,
    };
    let lines: Vec<KeptLine> = state
        .places(item)
        .filter_map(|(from, quantity)| {
            Some(KeptLine { line: AccountLine { item, quantity, from }, keeper: keeper(from)? })
        })
        .collect();
    match lines.is_empty() {
        false => Ok((party.unit, lines)),
        true => Err(Conflict::new(
            "not_kept",
            (
                &format!("{} 现在不在库位上，也没有借出，没有办理。", facts.number),
                &format!("{} lies in no slot and is not on loan; nothing was done.", facts.number),
            ),
            (
                "请先入库；没有入库的，由应交单位说明。",
                "Receive it first, or let the unit that owes it explain.",
            ),
        )),
    }
}

/// So much of it, out of the first places that have it.
pub(super) fn taken(kept: Vec<KeptLine>, quantity: i64) -> Vec<KeptLine> {
    let mut left = quantity;
    let mut lines = Vec::new();
    for mut it in kept {
        let there = it.line.quantity;
        it.line.quantity = there.min(left);
        left = left.saturating_sub(there);
        if it.line.quantity > 0 {
            lines.push(it);
        }
    }
    // More than there is stays more, so that it is refused and not declared in part.
    if left > 0
        && let Some(last) = lines.last_mut()
    {
        last.line.quantity = last.line.quantity.saturating_add(left);
    }
    lines
}
