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
        (zh, en): (&str, &str),
        mut derived: Derived<K, R>,
        stored: impl Iterator<Item = (K, R)>,
    ) {
        for (key, row) in stored {
            self.rows += 1;
            match derived.remove(&key) {
                Some((_, expected)) if expected == row => (),
                Some((seq, _)) => self.say(
                    Some(seq),
                    format!("{zh}表的一行与此分录不符"),
                    format!("a row in the table of {en} says something else than this entry"),
                ),
                None => self.say(
                    None,
                    format!("{zh}表有一行不出自任何分录"),
                    format!("a row in the table of {en} follows from no entry"),
                ),
            }
        }
        for (_, (seq, _)) in derived {
            self.rows += 1;
            let zh = format!("{zh}表缺少此分录应有的一行");
            self.say(Some(seq), zh, format!("the table of {en} lacks a row that follows from this entry"));
        }
    }

    pub(super) fn say(&mut self, seq: Option<i64>, zh: String, en: String) {
        self.findings.push(Finding { invariant: 10, seq: seq.map(i64::cast_unsigned), zh, en });
    }
}
