//! Losses as hostile people ask for them and declare them: mostly what was approved; now and then another cause or person.

use super::dice::Dice;
use hufu::{
    id::ApprovalId,
    ledger::{AccountLine, ApprovedLoss, Body, DeclareLoss, LossCause},
};

pub(crate) fn approved(dice: &mut Dice) -> ApprovedLoss {
    let cause = LossCause::ALL[dice.throw(LossCause::ALL.len())];
    let named = cause.has_liable() != dice.rarely(12);
    ApprovedLoss { cause, liable: named.then(|| dice.person(6, 3)), report: dice.words() }
}

pub(crate) fn declare(dice: &mut Dice, approval: ApprovalId, lines: Vec<AccountLine>) -> Body {
    let known = dice.state.approvals.get(&approval).and_then(|facts| facts.loss.clone());
    let ApprovedLoss { cause, liable, report } = match known.filter(|_| !dice.rarely(12)) {
        Some(known) => known,
        None => approved(dice),
    };
    Body::DeclareLoss(DeclareLoss { approval, report, lines, cause: Some(cause), liable })
}
