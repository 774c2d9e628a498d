//! A table as it is stored beside what follows from the entries.

use super::Finding;
use std::collections::BTreeMap;

/// Rows by key, each with the number of the entry it comes from.
pub(super) type Derived<K, R> = BTreeMap<K, (i64, R)>;

/// How many rows were compared, and what was wrong.
#[derive(Default)]
pub(super) struct TableComparison {
    pub(super) rows: usize,
    pub(super) findings: Vec<Finding>,
}

impl TableComparison {
    /// Each derived row is stored as it follows, and nothing else is stored.
    pub(super) fn table<K: Ord, R: PartialEq>(
        &mut self,
        words: (&str, &str),
        derived: Derived<K, R>,
        stored: impl Iterator<Item = (K, R)>,
    ) {
        self.named_table(words, derived, stored, |_, _| None);
    }

    /// The same, and whoever or whatever a wrong row is about is named: as the entries say, where they say anything of it.
    pub(super) fn named_table<K: Ord, R: PartialEq>(
        &mut self,
        (zh, en): (&str, &str),
        mut derived: Derived<K, R>,
        stored: impl Iterator<Item = (K, R)>,
        name: impl Fn(&K, &R) -> Option<String>,
    ) {
        let of = |name: Option<String>| match name {
            Some(name) => (format!("（{name}）"), format!(" ({name})")),
            None => (String::new(), String::new()),
        };
        for (key, row) in stored {
            self.rows += 1;
            match derived.remove(&key) {
                Some((_, expected)) if expected == row => (),
                Some((seq, expected)) => {
                    let (of_zh, of_en) = of(name(&key, &expected));
                    self.say(
                        Some(seq),
                        format!("{zh}表的一行{of_zh}与此分录不符"),
                        format!("a row{of_en} in the table of {en} says something else than this entry"),
                    );
                }
                None => {
                    let (of_zh, of_en) = of(name(&key, &row));
                    self.say(
                        None,
                        format!("{zh}表有一行{of_zh}不出自任何分录"),
                        format!("a row{of_en} in the table of {en} follows from no entry"),
                    );
                }
            }
        }
        for (key, (seq, row)) in derived {
            self.rows += 1;
            let (of_zh, of_en) = of(name(&key, &row));
            self.say(
                Some(seq),
                format!("{zh}表缺少此分录应有的一行{of_zh}"),
                format!("the table of {en} lacks a row{of_en} that follows from this entry"),
            );
        }
    }

    pub(super) fn say(&mut self, seq: Option<i64>, zh: String, en: String) {
        self.findings.push(Finding { invariant: 10, seq: seq.map(i64::cast_unsigned), zh, en });
    }
}
