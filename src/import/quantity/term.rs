//! The pieces of a quantity: a number with its measure word, how pieces hang together, and what is left when they are read.

use super::decimal::Decimal;
use super::measure::Measure;
use crate::import::doubt::DoubtCode;

/// How a term hangs on the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    First,
    /// 100元×20
    Times,
    /// 100元面值20张
    FaceValue,
    /// 3部+1个, 3包，净重5克
    Listed,
    /// …＝2000元, …共2000元
    Equals,
    /// 2斤3两, 12元5角
    Touching,
}

/// How words are to be taken: 块 and 分 as money, a single G or T as bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Manner {
    pub(super) money: bool,
    pub(super) sized: bool,
}

/// A number and the measure word behind it.
#[derive(Clone, Debug)]
pub(super) struct Term<'a> {
    pub(super) join: Join,
    pub(super) value: Decimal,
    pub(super) measure: Option<Measure>,
    /// The measure word as it is written.
    pub(super) word: &'a str,
}

/// The terms of a text, what was not sure about them, and what follows them.
#[derive(Debug, Default)]
pub(super) struct Phrase<'a> {
    pub(super) terms: Vec<Term<'a>>,
    pub(super) doubts: Vec<DoubtCode>,
    /// Why this is no definite quantity (a range, a half, a negative number).
    pub(super) refused: Option<DoubtCode>,
    pub(super) rest: &'a str,
    /// What follows the first term.
    pub(super) after_first: &'a str,
}

impl Phrase<'_> {
    /// 3包，1.2克、1.3克、1.5克: a number of packets and their weights; only the packets stay terms.
    pub(super) fn leave_weights(&mut self) {
        let weighs =
            |it: &Term<'_>| matches!(it.measure, Some(Measure::Mass { .. } | Measure::Volume { .. }));
        if let [packets, weights @ ..] = &*self.terms
            && packets.measure.is_some_and(Measure::is_count)
            && weights.len() > 1
            && weights.iter().all(weighs)
        {
            self.terms.truncate(1);
            self.rest = self.after_first;
        }
    }
}
