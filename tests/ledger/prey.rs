//! Two hostile units: one's rooms hold, or one's people have on loan, what another answers for, and it tries to book that away by
//! corrections that nobody but itself agrees to. Declared wrong, approved, recorded: each step when the one before stands.

use super::{
    commands::declared,
    dice::{Dice, id},
};
use hufu::{
    id::{ApprovalId, ItemId, UnitId},
    ledger::*,
};

/// What the units of one agency hold of a thing, and another unit answers for.
#[derive(Clone, Copy)]
struct Prey {
    item: ItemId,
    from: StockAccount,
    keeper: UnitId,
    quantity: i64,
}

/// The next step of such a correction with the unit that takes it, if there is anything to prey on.
pub(crate) fn next_step(dice: &mut Dice) -> Option<(UnitId, Body)> {
    let ready = if dice.rarely(3) { None } else { record(dice) };
    ready.or_else(|| approve(dice)).or_else(|| declare(dice))
}

fn preys(dice: &Dice) -> Vec<Prey> {
    let state = dice.state;
    let prey = |((item, from), quantity): (&(ItemId, StockAccount), &i64)| {
        let keeper = match *from {
            StockAccount::Slot(_) => state.holders.of(*from)?,
            StockAccount::OnLoan(borrower) => *state.lenders.get(&(*item, borrower))?,
            _ => return None,
        };
        let (party, _) = state.responsible(*item)?;
        let free = state.items.get(item)?.on_offer.is_none();
        (free && party.unit != keeper).then_some(Prey {
            item: *item,
            from: *from,
            keeper,
            quantity: *quantity,
        })
    };
    state.stock.iter().filter_map(prey).collect()
}

/// An entry that touched the prey is declared wrong by its keeper.
fn declare(dice: &mut Dice) -> Option<(UnitId, Body)> {
    let prey = dice.pick(&preys(dice))?;
    let entries = dice.state.entries.iter();
    let wrong = entries.rev().find(|(_, entry)| entry.items.contains(&prey.item) && !entry.declared_wrong);
    let (wrong_seq, wrong) = wrong.map(|(seq, entry)| (*seq, entry.id))?;
    Some((prey.keeper, Body::DeclareError(DeclareError { wrong_seq, wrong, reason: dice.words() })))
}

/// The keeper's own approver says yes to taking it out of where whoever answers for it believes it to be.
fn approve(dice: &mut Dice) -> Option<(UnitId, Body)> {
    let declared: Vec<(u64, ItemId)> = declared(dice.state)
        .into_iter()
        .flat_map(|(seq, items)| items.iter().map(move |item| (seq, *item)))
        .collect();
    let open = |prey: Prey| {
        let fitting = declared.iter().find(|(_, item)| *item == prey.item);
        fitting.map(|(declaration, _)| (prey, *declaration))
    };
    let reach: Vec<(Prey, u64)> = preys(dice).into_iter().filter_map(open).collect();
    let (Prey { item, from, keeper, quantity }, declaration) = dice.pick(&reach)?;
    let to = match dice.throw(5) {
        0 => StockAccount::Disputed,
        1 => StockAccount::NotHeld,
        2 => StockAccount::Owed(keeper),
        3 => StockAccount::InTransit(dice.store()),
        _ => StockAccount::Slot(dice.slot()),
    };
    let line = CorrectedLine { item, quantity, transfer: Transfer::Stock { from, to } };
    let correction = ApprovedCorrection { declaration, lines: vec![line], descriptions: vec![] };
    let body = Approve {
        approval: dice.new_id(10),
        act: ApprovedAct::Correct,
        requester: id(2, 6),
        purpose: dice.words(),
        expires_at: dice.moment_ahead(),
        lines: vec![ApprovedLine { item, quantity }],
        correction: Some(correction),
        disposal: None,
        loss: None,
    };
    Some((keeper, Body::Approve(body)))
}

/// Recorded by the keeper, with the yes of its own approver and of nobody else.
fn record(dice: &mut Dice) -> Option<(UnitId, Body)> {
    let preys = preys(dice);
    let approved: Vec<(ApprovalId, UnitId, ApprovedCorrection)> = dice
        .state
        .approvals
        .iter()
        .filter(|(_, it)| !it.used && it.expires_at > dice.now)
        .filter_map(|(approval, it)| Some((*approval, it.unit, it.correction.clone()?)))
        .filter(|(_, unit, what)| {
            let open = dice.state.errors.get(&what.declaration).is_some_and(|error| !error.corrected);
            let [line] = what.lines.as_slice() else { return false };
            open && preys.iter().any(|it| it.item == line.item && it.keeper == *unit)
        })
        .collect();
    let (approval, unit, what) = dice.pick(&approved)?;
    Some((unit, Body::Correct(Correct::of(what, approval, vec![]))))
}
