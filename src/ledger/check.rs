//! What must always be true of the ledger (design: the ten invariants), asked of a [`State`]. The same questions are
//! put after every property test, after every story and by `hufu verify`.

use super::{DutyAccount, State, StockAccount};
use crate::id::ItemId;

/// One broken promise: which invariant, about which item, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// 1 to 10, as in the design.
    pub invariant: u8,
    pub item: Option<ItemId>,
    pub finding: String,
}

/// The invariants that can be read off a whole state: 1 (no account below zero), 2 (what came in is held or has left),
/// 3 (one party answers for each open item), 7 (children and loss make up the parent). Empty when all is well.
pub fn check(state: &State) -> Vec<Broken> {
    let mut broken = Vec::new();
    for (item, facts) in &state.items {
        let mut say = |invariant, finding: String| {
            let finding = format!("{}: {finding}", facts.number);
            broken.push(Broken { invariant, item: Some(*item), finding });
        };
        for (account, quantity) in state.places(*item).filter(|(_, quantity)| *quantity < 0) {
            say(1, format!("{account} stands at {quantity}"));
        }
        let came_in = came_in(state, *item);
        let is_there: i64 = state.places(*item).map(|(_, quantity)| quantity).fold(0, i64::saturating_add);
        let gone_into_children = state.in_stock(*item, StockAccount::Converted).max(0);
        if came_in != is_there.saturating_add(gone_into_children) {
            say(2, format!("{came_in} came in, {is_there} is held or has left, {gone_into_children} was split off"));
        }
        if !books_agree(state, *item) {
            say(3, "the party that answers does not answer for exactly what is in care".to_owned());
        }
    }
    let converted = state.stock.iter().filter(|((_, account), _)| *account == StockAccount::Converted);
    let sum: i64 = converted.map(|(_, quantity)| *quantity).fold(0, i64::saturating_add);
    if sum != 0 {
        let finding = format!("splits leave {sum} neither in a parent nor in a child");
        broken.push(Broken { invariant: 7, item: None, finding });
    }
    broken
}

/// What came in: from the world, or out of a parent.
fn came_in(state: &State, item: ItemId) -> i64 {
    let origin = state.in_stock(item, StockAccount::Origin).saturating_neg();
    let parent = state.in_stock(item, StockAccount::Converted).min(0).saturating_neg();
    origin.saturating_add(parent)
}

/// One party at most, and it answers for what is in care and for what was lost.
pub fn books_agree(state: &State, item: ItemId) -> bool {
    let answered: Vec<i64> = state
        .duty
        .range((item, DutyAccount::None)..)
        .take_while(|((id, _), _)| *id == item)
        .filter(|((_, account), _)| account.party().is_some())
        .map(|(_, quantity)| *quantity)
        .collect();
    let lost = state.in_stock(item, StockAccount::DeclaredLoss);
    let in_care = state.open_quantity(item).saturating_add(lost);
    match answered.as_slice() {
        [] => in_care == 0,
        [quantity] => *quantity == in_care,
        _ => false,
    }
}
