//! 借出单 and 归还单: of a `check_out` and of a `return` entry, with the names people know.

use crate::{
    clock::Moment,
    domain::Names,
    id::ItemId,
    ledger::{CheckOut, Entry, HeldLine, Return},
};
use label_templates::{Heading, LoanLine, LoanPaper, ReturnLine, ReturnPaper};
use std::collections::BTreeMap;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Everything that the entry names only by id.
pub struct LoanNames {
    pub centre: String,
    pub paper_number: String,
    pub check_code: String,
    /// Number and name of each.
    pub cases: Vec<String>,
    pub borrower: String,
    pub borrower_unit: String,
    pub custodian: String,
    pub items: BTreeMap<ItemId, ItemWords>,
    pub names: Names,
}

/// What a paper says of an item beside its number and name.
pub struct ItemWords {
    pub features: String,
    pub label_code: String,
    pub seal: String,
}

/// Who asked for a loan, and who approved it.
pub struct LoanTerms {
    pub requester: String,
    pub requester_unit: String,
    /// What was approved, in the words of the yes.
    pub purpose: String,
    pub approver: String,
    pub approval_entry: String,
    pub approved_on: String,
}

/// The slip with which things go out.
pub fn slip(entry: &Entry, loan: &CheckOut, terms: &LoanTerms, names: &LoanNames) -> LoanPaper {
    let lines = loan.lines.iter().map(|line| {
        let ItemDescription { item_number, name, quantity, words } = described(line, names);
        LoanLine {
            item_number,
            label_code: words.map_or_else(String::new, |it| it.label_code.clone()),
            name,
            features: words.map_or_else(String::new, |it| it.features.clone()),
            quantity,
            seal: words.map_or_else(String::new, |it| it.seal.clone()),
            slot: names.names.slot(line.slot),
            remark: String::new(),
        }
    });
    LoanPaper {
        heading: heading(entry, names),
        cases: names.cases.clone(),
        requester: terms.requester.clone(),
        requester_unit: terms.requester_unit.clone(),
        approver: terms.approver.clone(),
        approved_on: terms.approved_on.clone(),
        approval_entry: terms.approval_entry.clone(),
        purpose: loan.purpose.clone(),
        borrower: names.borrower.clone(),
        borrower_unit: names.borrower_unit.clone(),
        custodian: names.custodian.clone(),
        lent_at: entry.draft.happened_at.text(),
        due_at: loan.due_at.text(),
        lines: lines.collect(),
        total: format!("共 {} 项", loan.lines.len()),
    }
}

/// The slip with which they come back; `out` are the entries by which they went out, with their numbers.
pub fn return_slip(
    entry: &Entry,
    back: &Return,
    out: &[(u64, &Entry, &CheckOut)],
    names: &LoanNames,
) -> ReturnPaper {
    let lines = back.lines.iter().map(|line| {
        let ItemDescription { item_number, name, quantity, words } = described(line, names);
        let features = words.map_or_else(String::new, |it| it.features.clone());
        ReturnLine { item_number, name, features, quantity, slot: names.names.slot(line.slot) }
    });
    let joined = |texts: Vec<String>| texts.join("、");
    let returned_at = entry.draft.happened_at;
    let first_due = out.iter().map(|(.., loan)| loan.due_at).min();
    ReturnPaper {
        heading: heading(entry, names),
        cases: names.cases.clone(),
        borrower: names.borrower.clone(),
        borrower_unit: names.borrower_unit.clone(),
        custodian: names.custodian.clone(),
        lent_at: joined(out.iter().map(|(_, lent, _)| lent.draft.happened_at.text()).collect()),
        loan_entry: joined(out.iter().map(|(seq, ..)| seq.to_string()).collect()),
        due_at: joined(out.iter().map(|(.., loan)| loan.due_at.text()).collect()),
        returned_at: returned_at.text(),
        punctuality: first_due.map_or_else(String::new, |due| punctuality(due, returned_at)),
        condition: back.condition.clone(),
        lines: lines.collect(),
        total: format!("共 {} 项", back.lines.len()),
    }
}

/// By the first of the times; a day begun is a day.
fn punctuality(due: Moment, returned: Moment) -> String {
    match returned.since(due).0 {
        ..=0 => "按期归还".to_owned(),
        late => format!("逾期 {} 天", late.saturating_add(DAY - 1) / DAY),
    }
}

pub(super) struct ItemDescription<'a> {
    pub item_number: String,
    pub name: String,
    pub quantity: String,
    pub words: Option<&'a ItemWords>,
}

pub(super) fn described<'a>(line: &HeldLine, names: &'a LoanNames) -> ItemDescription<'a> {
    let known = names.names.items.get(&line.item);
    ItemDescription {
        item_number: known.map_or_else(String::new, |it| it.number.clone()),
        name: known.map_or_else(String::new, |it| it.name.clone()),
        quantity: known
            .map_or_else(String::new, |it| it.measure.text(line.quantity, it.counted_as.as_deref())),
        words: names.items.get(&line.item),
    }
}

pub(super) fn heading(entry: &Entry, names: &LoanNames) -> Heading {
    Heading {
        centre: names.centre.clone(),
        number: names.paper_number.clone(),
        entry_number: entry.seq.to_string(),
        date: entry.recorded_at.date(),
        check_code: names.check_code.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Span;

    #[test]
    fn a_day_begun_after_the_due_time_is_a_day_late() {
        let due = Moment(0);
        for (after, words) in [
            (Span(0), "按期归还"),
            (Span(-1), "按期归还"),
            (Span(1), "逾期 1 天"),
            (Span::hours(24), "逾期 1 天"),
            (Span::hours(25), "逾期 2 天"),
        ] {
            assert_eq!(punctuality(due, due.plus(after)), words, "{after:?}");
        }
    }
}
