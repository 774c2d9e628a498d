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
    /// Whose store it is.
    pub keepers: Vec<String>,
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
    pub surplus: Option<String>,
    pub shortage: Option<String>,
    /// What was done, in words.
    pub checked: String,
    pub seen_by: Option<String>,
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
    let figure = |n: usize| format!("{n} 项");
    let whole = |n: u32| format!("{n} 项");
    let of = |has: fn(&Line) -> bool| figure(names.lines.iter().filter(|line| has(line)).count());
    let totals = [
        ("应有", whole(statement.expected)),
        ("见到", whole(statement.seen)),
        ("借出在外", whole(statement.on_loan)),
        ("未见", whole(statement.not_found)),
        ("未盘", whole(statement.not_looked_for)),
        ("盘盈", of(|line| line.surplus.is_some())),
        ("盘亏", of(|line| line.shortage.is_some())),
        ("差异", figure(statement.differences.len())),
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
        keeper: names.keepers.join("、"),
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
    // Of a seal that is another, the columns compare the seals.
    let seals = it.outcome == "wrong_seal";
    let text = |text: Option<String>| match text {
        Some(text) if seals => format!("封签 {text}"),
        text => text.unwrap_or_default(),
    };
    CountLine {
        item_number: it.number,
        name: it.name,
        slot: match (it.slot, it.seen_slot) {
            (Some(booked), Some(seen)) if booked != seen => format!("账在 {booked} 见于 {seen}"),
            (None, Some(seen)) => format!("见于 {seen}"),
            (booked, _) => booked.unwrap_or_default(),
        },
        expected: text(it.expected),
        seen: text(it.seen),
        surplus: it.surplus.unwrap_or_default(),
        shortage: it.shortage.unwrap_or_default(),
        checked: it.checked,
        by: it.seen_by.unwrap_or_default(),
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
