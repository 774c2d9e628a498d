//! Stores and slots, as the dice fall: those in which the other dice lay things, and new ones.

use super::dice::{Dice, id};
use hufu::{
    id::SlotId,
    ledger::{places::SlotFacts, *},
};
use proptest::{prop_assert, test_runner::TestCaseError};

fn standing(dice: &mut Dice) -> Standing {
    if dice.rarely(3) { Standing::Closed } else { Standing::Open }
}

fn basis(dice: &mut Dice) -> Basis {
    if dice.rarely(24) { Basis::TakenOver } else { Basis::Act }
}

/// Stores 0 and 1 are those of the other dice; 2 to 4 are new.
pub(crate) fn register_store(dice: &mut Dice) -> Body {
    let store = dice.throw(5);
    let unit = if store < 2 && !dice.rarely(6) { id(1, store) } else { dice.unit() };
    let name = if dice.rarely(12) { "第0库".to_owned() } else { format!("第{store}库") };
    Body::RegisterStore(RegisterStore {
        store: id(4, store),
        store_kind: if dice.rarely(6) { StoreKind::Vault } else { StoreKind::Centre },
        name,
        unit,
        standing: standing(dice),
        reason: dice.words(),
        basis: basis(dice),
    })
}

/// Slots 0 to 2 are of store 0, slot 3 of store 1, as a rule.
pub(crate) fn register_slots(dice: &mut Dice) -> Body {
    let many = dice.throw(3);
    let first = dice.throw(8);
    let store = if dice.rarely(12) { dice.throw(5) } else { usize::from(first == 3) };
    let slot = |dice: &mut Dice, slot: usize| RegisteredSlot {
        slot: id(3, slot),
        zone: "A".to_owned(),
        name: if dice.rarely(12) { "A-0".to_owned() } else { format!("A-{slot}") },
        code: if dice.rarely(12) { "K0".to_owned() } else { format!("K{slot}") },
        capacity: i64::try_from(dice.throw(4)).unwrap(),
        standing: standing(dice),
    };
    let slots = (0..many).map(|more| first + more).filter(|it| (*it == 3) == (first == 3));
    let slots = slots.collect::<Vec<_>>().into_iter().map(|it| slot(dice, it)).collect();
    let (reason, basis) = (dice.words(), basis(dice));
    Body::RegisterSlots(RegisterSlots { store: id(4, store), slots, reason, basis })
}

/// So much of the places as is loaded.
pub(crate) fn known(state: &State, facts: &Mentions<'_>) -> Places {
    if facts.registered_stores.is_empty() {
        return Places::default();
    }
    let Places { stores, slots, used, begun } = state.places.clone();
    let wanted = |slot: &SlotId, it: &SlotFacts| {
        facts.registered_stores.contains(&it.store)
            || facts.slots.contains(slot)
            || facts.slot_codes.contains(it.code.as_str())
    };
    let slots = slots.into_iter().filter(|(slot, it)| wanted(slot, it)).collect();
    let used = used.into_iter().filter(|account| of(state, facts, *account)).collect();
    Places { stores, slots, used, begun }
}

/// Whether the account is of one of the stores that are registered, or of a slot that is.
pub(crate) fn of(state: &State, facts: &Mentions<'_>, account: StockAccount) -> bool {
    if facts.registered_stores.is_empty() {
        return false;
    }
    let named = matches!(account, StockAccount::Slot(slot) if facts.slots.contains(&slot));
    named
        || facts
            .registered_stores
            .iter()
            .any(|store| state.places.accounts_of(*store).any(|it| it == account))
}

/// Whatever is put to the ledger: nothing lies where nothing may be laid, and no two slots have one code.
pub(crate) fn closed_ones_are_empty(state: &State) -> Result<(), TestCaseError> {
    prop_assert!(state.lying_in(&state.holders.closed) == 0, "{:?}", state.holders.closed);
    let codes: std::collections::BTreeSet<&str> =
        state.places.slots.values().map(|it| it.code.as_str()).collect();
    prop_assert!(codes.len() == state.places.slots.len(), "{:?}", state.places.slots);
    Ok(())
}
