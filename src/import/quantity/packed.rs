//! What one of several things holds or says: 500毫升装, 100元面额. It is no quantity while nobody says how many there are.

use super::measure::Measure;
use super::remainder;
use super::term::{Join, Manner, Phrase};

/// 500毫升装, 100元面额, 面值1.2元: what one of them holds or says, without how many there are.
pub(super) fn of_one(phrase: &Phrase<'_>) -> bool {
    const PACKED: &[&str] = &["装", "桶装", "袋装", "瓶装", "罐装", "盒装", "箱装", "规格", "容量", "量程"];
    const FACE: &[&str] = &["面额", "面值", "票面", "券", "面钞"];
    let [term] = &*phrase.terms else { return false };
    let rest = phrase.rest.trim_start();
    if term.join == Join::FaceValue && rest.is_empty() {
        return true;
    }
    let words = match term.measure {
        Some(Measure::Mass { .. } | Measure::Volume { .. }) => PACKED,
        Some(Measure::Money { .. }) => FACE,
        _ => return false,
    };
    let further = remainder::numbers(rest, Manner::default());
    words.iter().any(|word| rest.starts_with(word)) && further.quantities.is_empty() && !further.bare
}
