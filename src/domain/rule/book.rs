//! The rules of a ledger: those built into the program, until the city has adopted others by entries, and each of those from its own
//! day on. What began under a rule keeps it: every question says when its matter began, and is answered by the file in force then.

use super::{Deadline, Effective, OverdueScale, Rules};
use crate::{clock::Moment, domain::StoreKind, ledger::Category};

/// A file of rules that was adopted and confirmed.
#[derive(Clone, Debug)]
pub struct Adopted {
    /// The entry that adopted it.
    pub seq: u64,
    pub begins: Moment,
    pub rules: Rules,
}

#[derive(Clone, Debug)]
pub struct RuleBook {
    built_in: Rules,
    /// In the order in which they were confirmed.
    adopted: Vec<Adopted>,
}

impl RuleBook {
    pub fn new(built_in: Rules, adopted: Vec<Adopted>) -> RuleBook {
        RuleBook { built_in, adopted }
    }

    pub fn built_in(&self) -> &Rules {
        &self.built_in
    }

    /// The adopted file in force at that moment: the one that began last, and of two from one day the one confirmed later. None:
    /// the built-in rules hold.
    pub fn adopted(&self, at: Moment) -> Option<&Adopted> {
        self.adopted.iter().filter(|it| it.begins <= at).max_by_key(|it| it.begins)
    }

    pub fn at(&self, at: Moment) -> &Rules {
        self.adopted(at).map_or(&self.built_in, |it| &it.rules)
    }

    /// The rule for what begins at that moment.
    pub fn deadline(&self, name: Deadline, at: Moment) -> Option<&Effective<crate::clock::Span>> {
        self.at(at).deadline(name, at)
    }

    pub fn citation(&self, name: Deadline, at: Moment) -> String {
        self.at(at).citation(name, at)
    }

    /// When something that began at `from` is due.
    pub fn due(&self, name: Deadline, from: Moment) -> Moment {
        self.at(from).due(name, from)
    }

    pub fn keeps_out(
        &self,
        category: Category,
        kind: StoreKind,
        at: Moment,
    ) -> Option<&Effective<Vec<StoreKind>>> {
        self.at(at).keeps_out(category, kind, at)
    }

    pub fn refuses_overdue_scale(&self, category: Category, at: Moment) -> Option<&Effective<OverdueScale>> {
        self.at(at).refuses_overdue_scale(category, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Span;

    fn file(hours: i64) -> Rules {
        Rules::read(&format!(
            "placement = []\n[[deadline]]\nname = \"hand_in\"\nhours = {hours}\neffective_from = \"2020-01-01\"\ncitation = \"x\""
        ))
        .unwrap()
    }

    #[test]
    fn what_began_under_a_rule_keeps_it_and_each_file_holds_from_its_day() {
        let day = |day: &str| Moment::midnight(day.parse().unwrap());
        let adopted = |seq, from, hours| Adopted { seq, begins: day(from), rules: file(hours) };
        let book = RuleBook::new(
            Rules::shipped().unwrap(),
            vec![adopted(7, "2026-03-01", 12), adopted(9, "2026-02-01", 36), adopted(11, "2026-03-01", 6)],
        );
        let hours = |from: Moment| book.due(Deadline::HandIn, from).since(from);
        assert_eq!(hours(day("2026-01-31")), Span::hours(24), "the built-in one");
        assert_eq!(hours(day("2026-02-01")), Span::hours(36));
        let before = day("2026-03-01").plus(Span::minutes(-1));
        assert_eq!(
            book.due(Deadline::HandIn, before),
            before.plus(Span::hours(36)),
            "it runs on as it began"
        );
        assert_eq!(hours(day("2026-03-01")), Span::hours(6), "of two from one day, the one confirmed later");
        assert_eq!(book.adopted(day("2026-03-02")).map(|it| it.seq), Some(11));
    }
}
