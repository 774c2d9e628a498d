//! 盘点表: of a `count_statement` entry, with what the book and the shelf said line by line.

use crate::{
    clock::Moment,
    ledger::{CountStatement, Entry},
};
use label_templates::{CountDifference, CountLine, CountPaper, Heading, Outcome};

/// Everything the entry names only by id, or does not say.
pub struct Names {
    pub centre: String,
    pub paper_number: String,
    pub check_code: String,
    pub place: String,
    pub started_at: Moment,
    pub counters: Vec<String>,
    pub lines: Vec<Line>,
    pub differences: Vec<Difference>,
}

/// One line of the result; `outcome` is its word.
pub struct Line {
    pub number: String,
    pub name: String,
    pub slot: Option<String>,
    pub seen_slot: Option<String>,
    pub expected: Option<String>,
    pub seen: Option<String>,
    pub outcome: &'static str,
}

pub struct Difference {
    pub item_number: Option<String>,
    pub finding: String,
    pub owner: String,
    pub due_at: Moment,
}

/// The sheet of one statement. Whoever watches signs it by hand.
pub fn paper(entry: &Entry, statement: &CountStatement, names: Names) -> CountPaper {
    let figure = |n: u32| format!("{n} 项");
    let totals = [
        ("应有", figure(statement.expected)),
        ("实见", figure(statement.seen)),
        ("借出在外", figure(statement.on_loan)),
        ("未见", figure(statement.not_found)),
        ("未盘", figure(statement.not_looked_for)),
        ("账外", figure(statement.unexpected)),
        ("差异", format!("{} 项", statement.differences.len())),
    ];
    let cancelled = statement.cancelled.as_ref().map(|reason| ("本次盘点", format!("已取消：{reason}")));
    let totals = cancelled.into_iter().chain(totals).map(|(what, figure)| (what.to_owned(), figure));
    let differences = (1..).zip(names.differences).map(|(at, it)| difference(entry.seq, at, it));
    CountPaper {
        heading: Heading {
            centre: names.centre,
            number: names.paper_number,
            entry_number: entry.seq.to_string(),
            date: entry.recorded_at.date(),
            check_code: names.check_code,
        },
        zone: names.place,
        as_of_entry: statement.as_of.to_string(),
        began_at: names.started_at.text(),
        ended_at: entry.draft.happened_at.text(),
        counters: names.counters,
        supervisor: String::new(),
        lines: names.lines.into_iter().map(line).collect(),
        differences: differences.collect(),
        totals: totals.collect(),
    }
}

fn difference(seq: u64, at: u32, it: Difference) -> CountDifference {
    CountDifference {
        number: format!("D{seq}-{at}"),
        item_number: it.item_number.unwrap_or_default(),
        finding: it.finding,
        owner: it.owner,
        deadline: it.due_at.date(),
    }
}

fn line(it: Line) -> CountLine {
    CountLine {
        item_number: it.number,
        name: it.name,
        slot: it.seen_slot.or(it.slot).unwrap_or_default(),
        expected: it.expected.unwrap_or_default(),
        seen: it.seen.unwrap_or_default(),
        outcome: outcome(it.outcome),
    }
}

/// What left meanwhile is in order by an entry; the paper says that it was not looked for.
fn outcome(word: &str) -> Outcome {
    match word {
        "on_loan" => Outcome::OnLoan,
        "not_found" => Outcome::NotFound,
        "surplus" | "unknown_code" => Outcome::Unexpected,
        "left_meanwhile" | "not_yet_looked_for" | "not_looked_for" => Outcome::NotLookedFor,
        "misplaced" => Outcome::Misplaced,
        "wrong_seal" | "wrong_quantity" => Outcome::Differs,
        _ => Outcome::Seen,
    }
}
