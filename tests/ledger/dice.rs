//! A command is a few numbers; what they mean depends on the ledger it is put to, so that most commands make sense and a
//! shrunk failure stays one.

use hufu::{
    clock::{Moment, Span},
    id::{ApprovalId, DifferenceId, HandoverId, ItemId, PersonId, SlotId, StoreId, UnitId},
    ledger::*,
};
use proptest::prelude::*;
use uuid::Uuid;

/// The numbers of one command: the kind, then what it chooses.
pub(crate) type Numbers = Vec<u16>;

/// A day's commands.
pub(crate) fn day() -> impl Strategy<Value = Vec<Numbers>> {
    prop::collection::vec(prop::collection::vec(any::<u16>(), 24), 1..120)
}

pub(crate) const KINDS: usize = 34;

/// Reads choices off the numbers, and knows the ledger they are made for.
pub(crate) struct Dice<'a> {
    pub(crate) state: &'a State,
    pub(crate) seq: u64,
    pub(crate) now: Moment,
    numbers: &'a [u16],
    at: usize,
}

pub(crate) fn id<T: From<Uuid>>(kind: u128, number: usize) -> T {
    T::from(Uuid::from_u128((kind << 64) + number as u128 + 1))
}

/// Unit 0 keeps three slots and a store, unit 1 of its agency one slot and the other store; unit 2, of another agency, keeps
/// nothing. The borrowers are of units 0 to 2.
pub(crate) fn holders() -> Holders {
    let mut holders = Holders::default();
    for (slot, unit) in [0, 0, 0, 1].into_iter().enumerate() {
        holders.units.insert(StockAccount::Slot(id(3, slot)), id(1, unit));
    }
    for store in 0..2 {
        holders.units.insert(StockAccount::InTransit(id(4, store)), id(1, store));
        holders.units.insert(StockAccount::Bank(id(4, store)), id(1, store));
    }
    for person in 0..9 {
        holders.units.insert(StockAccount::OnLoan(id(2, person)), id(1, person % 3));
    }
    for (unit, agency) in [0, 0, 1].into_iter().enumerate() {
        holders.agencies.insert(id(1, unit), id(6, agency));
    }
    holders
}

impl<'a> Dice<'a> {
    pub(crate) fn new(state: &'a State, seq: u64, now: Moment, numbers: &'a [u16]) -> Dice<'a> {
        Dice { state, seq, now, numbers, at: 0 }
    }

    /// A number below `sides`.
    pub(crate) fn throw(&mut self, sides: usize) -> usize {
        let number = self.numbers[self.at % self.numbers.len()];
        self.at += 1;
        usize::from(number) % sides.max(1)
    }

    /// True once in `sides`: a command is spoilt now and then.
    pub(crate) fn rarely(&mut self, sides: usize) -> bool {
        self.throw(sides) == 1
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        let at = self.throw(from.len());
        from.get(at).cloned()
    }

    pub(crate) fn unit(&mut self) -> UnitId {
        id(1, self.throw(3))
    }

    /// 0 and 1 seize, 2 and 3 keep, 4 and 5 approve, 6 to 8 ask, borrow, carry and receive for other units.
    pub(crate) fn person(&mut self, from: usize, many: usize) -> PersonId {
        if self.rarely(24) { id(2, self.throw(9)) } else { id(2, from + self.throw(many)) }
    }

    pub(crate) fn slot(&mut self) -> SlotId {
        id(3, self.throw(4))
    }

    pub(crate) fn store(&mut self) -> StoreId {
        id(4, self.throw(2))
    }

    pub(crate) fn party(&mut self) -> Party {
        Party { unit: self.unit(), case: id(5, self.throw(3)) }
    }

    pub(crate) fn moment_ahead(&mut self) -> Moment {
        let minutes = if self.rarely(30) { 0 } else { 20 + self.throw(600) };
        self.now.plus(Span::minutes(i64::try_from(minutes).unwrap()))
    }

    pub(crate) fn words(&mut self) -> String {
        let words = ["说明", "«a\"b\\c»", "\u{1f}\t\n", "é\u{2028}", "𝒳 龘", "<b>&amp;"];
        if self.rarely(40) { " ".to_owned() } else { words[self.throw(words.len())].to_owned() }
    }

    /// Something that lies in an account of the wanted sort, and how much of it: as a rule all, at times some, too much.
    pub(crate) fn lying(
        &mut self,
        wanted: impl Fn(&StockAccount) -> bool,
    ) -> Option<(ItemId, StockAccount, i64)> {
        let all: Vec<_> = self.state.stock.iter().filter(|((_, account), _)| wanted(account)).collect();
        let ((item, account), there) = self.pick(&all)?;
        Some((*item, *account, self.some_of(*there)))
    }

    pub(crate) fn some_of(&mut self, there: i64) -> i64 {
        match self.throw(10) {
            0..6 => there,
            6..9 => (there / 2).max(1),
            _ => there.saturating_add(i64::try_from(self.throw(3)).unwrap()),
        }
    }

    pub(crate) fn lying_in_slots(&mut self) -> Vec<HeldLine> {
        let mut lines = Vec::new();
        for _ in 0..=self.throw(2) {
            if let Some((item, StockAccount::Slot(slot), quantity)) =
                self.lying(|account| matches!(account, StockAccount::Slot(_)))
            {
                lines.push(HeldLine { item, quantity, slot });
            }
        }
        if !self.rarely(8) {
            lines.dedup_by_key(|line| (line.item, line.slot));
        }
        lines
    }

    pub(crate) fn known_item(&mut self) -> ItemId {
        let items: Vec<ItemId> = self.state.items.keys().copied().collect();
        if self.rarely(30) { id(9, 9) } else { self.pick(&items).unwrap_or(id(9, 9)) }
    }

    pub(crate) fn new_id<T: From<Uuid>>(&mut self, kind: u128) -> T {
        if self.rarely(30) {
            id(kind, 0)
        } else {
            id(kind, usize::try_from(self.seq).unwrap() * 16 + self.throw(16))
        }
    }

    pub(crate) fn difference(&mut self, item: Option<ItemId>) -> RaisedDifference {
        RaisedDifference {
            difference: self.new_id(12),
            class: DifferenceClass::Missing,
            item: if self.rarely(30) { None } else { item },
            finding: self.words(),
            owner: self.unit(),
            due_at: self.moment_ahead(),
            brought_by: self.rarely(4).then(|| self.person(0, 4)),
            case: self.rarely(4).then(|| id(3, self.throw(3))),
            photograph: None,
        }
    }

    /// An open approval for the act with its lines, or one that does not exist.
    pub(crate) fn approval(&mut self, act: ApprovedAct) -> (ApprovalId, Vec<ApprovedLine>) {
        let approvals = self.state.approvals.iter().filter(|(_, facts)| facts.act == act && !facts.used);
        let mut approvals: Vec<_> = approvals.map(|(id, facts)| (*id, facts.lines.clone())).collect();
        if self.rarely(10) {
            approvals = self.state.approvals.iter().map(|(id, facts)| (*id, facts.lines.clone())).collect();
        }
        // The latest approvals are the likely ones: the others have expired.
        let latest = approvals.len().saturating_sub(6);
        self.pick(approvals.get(latest..).unwrap_or_default()).unwrap_or((id(10, 999), vec![]))
    }

    /// Where approved lines lie.
    pub(crate) fn approved_in_slots(&mut self, act: ApprovedAct) -> (ApprovalId, Vec<HeldLine>) {
        let (approval, lines) = self.approval(act);
        let held = lines.iter().filter_map(|line| {
            let mut places = self.state.places(line.item);
            let slot = places.find_map(|(account, there)| match account {
                StockAccount::Slot(slot) if there >= line.quantity => Some(slot),
                _ => None,
            });
            Some(HeldLine { item: line.item, quantity: line.quantity, slot: slot? })
        });
        (approval, held.collect())
    }

    pub(crate) fn offer_made(&mut self) -> HandoverId {
        let open = self.state.offers.iter().filter(|(_, offer)| offer.open).map(|(id, _)| *id);
        let made: Vec<HandoverId> =
            if self.rarely(10) { self.state.offers.keys().copied().collect() } else { open.collect() };
        self.pick(&made).unwrap_or(id(11, 999))
    }

    pub(crate) fn difference_open(&mut self) -> DifferenceId {
        let all = self.rarely(10);
        let open = self.state.differences.iter().filter(|(_, it)| all || !it.settled).map(|(id, _)| *id);
        let open: Vec<DifferenceId> = open.collect();
        self.pick(&open).unwrap_or(id(12, 999))
    }
}
