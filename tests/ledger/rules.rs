//! Files of rules, as the dice fall.

use super::dice::Dice;
use hufu::{clock::Span, domain::rule::Rules, ledger::*};

/// As a rule from a day to come.
pub(crate) fn adopt(dice: &mut Dice) -> Body {
    let days = if dice.rarely(6) { 0 } else { 1 + i64::try_from(dice.throw(3)).unwrap() };
    let day = dice.now.plus(Span::days(days)).day().unwrap();
    let text = format!("{}# {}\r\n\n", Rules::SHIPPED, dice.throw(1_000));
    let mut rules = AdoptRules::new(&text, day, &dice.words());
    if dice.rarely(12) {
        rules.lines.pop();
    }
    Body::AdoptRules(rules)
}

/// What waits, or something else.
pub(crate) fn confirm(dice: &mut Dice) -> Body {
    let waiting: Vec<(u64, String)> = dice
        .state
        .rules
        .iter()
        .filter(|(_, it)| !it.confirmed)
        .map(|(seq, it)| (*seq, it.digest.clone()))
        .collect();
    let (adoption, mut digest) = dice.pick(&waiting[waiting.len().saturating_sub(3)..]).unwrap_or_default();
    if dice.rarely(12) {
        digest = dice.words();
    }
    let adoption = if dice.rarely(12) { dice.seq } else { adoption };
    Body::ConfirmRules(ConfirmRules { adoption, digest })
}
