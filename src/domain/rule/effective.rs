//! Rules and the days on which they take effect: which of them holds at a moment is asked here and nowhere else.

use crate::clock::Moment;

/// What a rule says, from when on, and the article it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective<T> {
    pub rule: T,
    pub citation: String,
    /// What whoever keeps the rules is told beside the article, such as that a local document must replace it; empty where there is nothing.
    pub remark: String,
    pub from: Moment,
}

impl<T> Effective<T> {
    /// From midnight in China at the start of that day.
    pub fn new(rule: T, day: chrono::NaiveDate, (citation, remark): (String, String)) -> Effective<T> {
        Effective { rule, citation, remark, from: Moment::midnight(day) }
    }

    /// The article with what is said beside it, for whoever keeps the rules.
    pub fn cited_in_full(&self) -> String {
        match self.remark.is_empty() {
            true => self.citation.clone(),
            false => format!("{}（{}）", self.citation, self.remark),
        }
    }
}

/// The rules of one kind: for each subject those that took effect one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Series<K, T>(pub(super) Vec<(K, Effective<T>)>);

impl<K: PartialEq, T> Series<K, T> {
    pub(super) fn has(&self, subject: &K) -> bool {
        self.of(subject).next().is_some()
    }

    /// The newest in effect at that moment. Of two from the same day, the one that is written later.
    pub(super) fn at(&self, subject: &K, at: Moment) -> Option<&Effective<T>> {
        self.of(subject).filter(|it| it.from <= at).max_by_key(|it| it.from)
    }

    /// The same; before the first has begun, the first.
    pub(super) fn at_or_first(&self, subject: &K, at: Moment) -> Option<&Effective<T>> {
        self.at(subject, at).or_else(|| self.of(subject).min_by_key(|it| it.from))
    }

    fn of(&self, subject: &K) -> impl Iterator<Item = &Effective<T>> {
        self.0.iter().filter(move |(of, _)| of == subject).map(|(_, rule)| rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(rule: i32, day: &str) -> (char, Effective<i32>) {
        ('a', Effective::new(rule, day.parse().unwrap(), Default::default()))
    }

    #[test]
    fn the_newest_that_has_begun_holds() {
        let series = Series(vec![rule(2, "2026-02-01"), rule(1, "2026-01-01"), rule(3, "2026-03-01")]);
        let rule_at = |text: &str| {
            let at = Moment::from_text(text).unwrap();
            (series.at(&'a', at).map(|it| it.rule), series.at_or_first(&'a', at).map(|it| it.rule))
        };
        assert_eq!(rule_at("2025-12-31T23:59"), (None, Some(1)));
        assert_eq!(rule_at("2026-01-01T00:00"), (Some(1), Some(1)), "a day begins at midnight in China");
        assert_eq!(rule_at("2026-02-28T23:59"), (Some(2), Some(2)));
        assert_eq!(rule_at("2030-01-01T00:00"), (Some(3), Some(3)));
        assert_eq!(series.at_or_first(&'b', Moment(0)), None);
    }

    #[test]
    fn of_two_from_one_day_the_later_written_holds() {
        let series = Series(vec![rule(1, "2026-01-01"), rule(2, "2026-01-01")]);
        assert_eq!(series.at(&'a', Moment(i64::MAX)).map(|it| it.rule), Some(2));
    }
}
