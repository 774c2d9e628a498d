//! Ways out as hostile people ask for them and carry them out: mostly what was approved, shown as it must be; now and then not.

use super::dice::Dice;
use hufu::{
    id::ApprovalId,
    ledger::{ApprovedDisposal, Body, Collector, Dispose, HeldLine, Outcome},
};

pub(crate) fn approved(dice: &mut Dice) -> ApprovedDisposal {
    let outcome = Outcome::ALL[dice.throw(6)];
    let named = outcome.has_recipient() != dice.rarely(12);
    ApprovedDisposal { outcome, decision: dice.words(), recipient: named.then(|| dice.words()) }
}

pub(crate) fn dispose(dice: &mut Dice, approval: ApprovalId, lines: Vec<HeldLine>) -> Body {
    let known = dice.state.approvals.get(&approval).and_then(|facts| facts.disposal.clone());
    let ApprovedDisposal { outcome, decision, recipient } = match known.filter(|_| !dice.rarely(12)) {
        Some(known) => known,
        None => approved(dice),
    };
    let themselves = !dice.rarely(3);
    let collector = (recipient.is_some() != dice.rarely(12)).then(|| Collector {
        name: recipient.clone().filter(|_| themselves).unwrap_or_else(|| dice.words()),
        document: dice.words(),
        authority: (!dice.rarely(4)).then(|| dice.words()),
    });
    let witnesses = match outcome.has_recipient() != dice.rarely(12) {
        true => Vec::new(),
        false => (0..2).map(|_| dice.person(6, 3)).collect(),
    };
    Body::Dispose(Dispose { approval, outcome, voucher: decision, recipient, lines, collector, witnesses })
}
