//! What must always be true of the ledger (design: the ten invariants), asked of a [`State`]. The same questions are
//! put after every property test, after every story and by `hufu verify`.

use super::{DutyAccount, State, StockAccount};
use crate::id::ItemId;
use std::collections::BTreeMap;

/// One broken promise: which invariant, about which item, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenInvariant {
    /// 1 to 10, as in the design.
    pub invariant: u8,
    pub item: Option<ItemId>,
    /// What was found, in Chinese and in English.
    pub zh: String,
    pub en: String,
}

/// The ten invariants, in Chinese and in English: what must always be true.
pub const INVARIANTS: [(&str, &str); 10] = [
    (
        "每一单位财物恰在一个实物账户，任何账户不低于零",
        "Each unit of each item is in exactly one stock account; no account is below zero",
    ),
    ("收进的等于在管的加上离开的", "What came in is what is held and what left"),
    ("每件在管财物恰有一个责任方", "Exactly one party is responsible for each open item"),
    (
        "没有审批不得离开，一次审批最多用一次",
        "Nothing leaves without an approval, and an approval is used at most once",
    ),
    ("换押不动实物账", "An exchange leaves every stock account unchanged"),
    ("最终处置之后不再有实物分录", "After a final outcome there is no stock posting"),
    ("拆出的各份加申报的损失等于原物", "Children and declared loss make up the parent"),
    (
        "文书的每一行都有财物，每件财物都有法律文书",
        "Every line of a legal paper points at an item, and every item at a legal paper",
    ),
    (
        "同一事项的申请、审批、保管、监督由不同的人承担",
        "Requester, approver, custodian and auditor of one act are different people",
    ),
    (
        "由分录重新推算的哈希、余额、登记表和签章与所存一致",
        "Hashes, balances, tables and signatures derived again from the entries are those that are stored",
    ),
];

/// The invariants that can be read off a whole state: 1 (no account below zero), 2 (what came in is held or has left),
/// 3 (one party answers for each open item), 7 (children and loss make up the parent). Empty when all is well.
pub fn check(state: &State) -> Vec<BrokenInvariant> {
    let mut broken = Vec::new();
    for (item, facts) in &state.items {
        let mut say = |invariant, zh: String, en: String| {
            let (zh, en) = (format!("{}：{zh}", facts.number), format!("{}: {en}", facts.number));
            broken.push(BrokenInvariant { invariant, item: Some(*item), zh, en });
        };
        for (account, quantity) in state.places(*item).filter(|(_, quantity)| *quantity < 0) {
            say(1, format!("账户 {account} 为 {quantity}"), format!("{account} stands at {quantity}"));
        }
        let came_in = came_in(state, *item);
        let is_there: i64 = state.places(*item).map(|(_, quantity)| quantity).fold(0, i64::saturating_add);
        let gone_into_children = state.in_stock(*item, StockAccount::Converted).max(0);
        if came_in != is_there.saturating_add(gone_into_children) {
            say(
                2,
                format!("收进 {came_in}，在管或离开 {is_there}，拆出 {gone_into_children}"),
                format!(
                    "{came_in} came in, {is_there} is held or has left, {gone_into_children} was split off"
                ),
            );
        }
        if !books_agree(state, *item) {
            say(
                3,
                "责任方所负责的数量与在管数量不符".to_owned(),
                "the party that answers does not answer for exactly what is in care".to_owned(),
            );
        }
        let duty = duty_sum(state, *item);
        if duty != 0 {
            say(
                3,
                format!("责任账有 {duty} 来历或去向不明"),
                format!("{duty} of it came into the duty book from nowhere, or went nowhere"),
            );
        }
    }
    broken.extend(families(state).into_iter().filter(|(_, sum)| *sum != 0).map(|(root, sum)| {
        let zh = format!("拆分后有 {sum} 既不在原物也不在各份");
        let en = format!("splits leave {sum} neither in a parent nor in a child");
        BrokenInvariant { invariant: 7, item: Some(root), zh, en }
    }));
    broken
}

/// Over all duty accounts of the item: zero, when each posting had its other side.
fn duty_sum(state: &State, item: ItemId) -> i64 {
    let accounts = state.duty.range((item, DutyAccount::None)..).take_while(|((id, _), _)| *id == item);
    accounts.map(|(_, quantity)| *quantity).fold(0, i64::saturating_add)
}

/// What stands in «converted» over an item, its children and theirs: what parents gave, children took. Wider than a
/// quantity, since many large items make one sum.
fn families(state: &State) -> BTreeMap<ItemId, i128> {
    let mut sums = BTreeMap::new();
    for ((item, account), quantity) in &state.stock {
        if *account == StockAccount::Converted {
            *sums.entry(root(state, *item)).or_insert(0) += i128::from(*quantity);
        }
    }
    sums
}

/// The item that was seized, of which this one is a part.
fn root(state: &State, item: ItemId) -> ItemId {
    let parent = |item: &ItemId| state.items.get(item).and_then(|facts| facts.parent);
    std::iter::successors(Some(item), parent).take(state.items.len()).last().unwrap_or(item)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{CaseId, PersonId, SlotId, UnitId},
        ledger::{Measure, Party, QUANTITY_MAX, state::ItemFacts},
    };
    use uuid::Uuid;

    fn id<T: From<Uuid>>(number: u128) -> T {
        T::from(Uuid::from_u128(number))
    }

    /// Item 1 came in, part of it went into its child 2; item 3 came in and lies whole.
    fn sound() -> State {
        let mut state = State::default();
        let slot = StockAccount::Slot(id::<SlotId>(1));
        let party = DutyAccount::Party(Party { unit: id::<UnitId>(1), case: id::<CaseId>(1) });
        for (item, parent) in [(1, None), (2, Some(id(1))), (3, None)] {
            let (number, measure, seized_by) = (item.to_string(), Measure::Piece, id::<PersonId>(1));
            state.items.insert(id(item), ItemFacts { number, measure, seized_by, parent, on_offer: None });
        }
        let stock = [(1, StockAccount::Origin, -9), (1, slot, 5), (1, StockAccount::Converted, 4)];
        let more = [(2, StockAccount::Converted, -4), (2, slot, 4)];
        let last = [(3, StockAccount::Origin, -QUANTITY_MAX), (3, slot, QUANTITY_MAX)];
        state.stock.extend(stock.into_iter().chain(more).chain(last).map(|(it, at, n)| ((id(it), at), n)));
        let duty = [(1, DutyAccount::None, -9), (1, party, 5), (1, DutyAccount::Closed, 4)];
        let more = [(2, DutyAccount::None, -4), (2, party, 4)];
        let last = [(3, DutyAccount::None, -QUANTITY_MAX), (3, party, QUANTITY_MAX)];
        state.duty.extend(duty.into_iter().chain(more).chain(last).map(|(it, at, n)| ((id(it), at), n)));
        state
    }

    /// The invariants found broken after one balance was changed by so much.
    fn after(item: u128, account: StockAccount, change: i64) -> Vec<u8> {
        let mut state = sound();
        *state.stock.entry((id(item), account)).or_insert(0) += change;
        check(&state).into_iter().map(|broken| broken.invariant).collect()
    }

    #[test]
    fn a_changed_balance_is_found() {
        let slot = StockAccount::Slot(id(1));
        assert_eq!(check(&sound()), []);
        assert_eq!(after(1, slot, 1), [2, 3]);
        assert_eq!(after(1, StockAccount::Origin, -1), [2]);
        assert_eq!(after(1, StockAccount::OnLoan(id(7)), -1), [1, 2, 3]);
        assert_eq!(after(2, StockAccount::Converted, -1), [2, 7]);
        assert_eq!(after(3, StockAccount::Converted, 1), [2, 7]);
        let mut state = sound();
        state.duty.insert((id(1), DutyAccount::Closed), 3);
        assert_eq!(check(&state).len(), 1);
        let other = DutyAccount::Party(Party { unit: id(1), case: id(2) });
        state.duty.insert((id(1), other), 1);
        assert_eq!(check(&state).len(), 1, "two parties answer: {state:?}");
    }
}
