//! 灭失登记表: of a `declare_loss` entry.

use super::{
    loan::{LoanNames, LoanTerms, heading},
    sentence,
};
use crate::{
    language::Language,
    ledger::{DeclareLoss, Entry},
};
use label_templates::{LossLine, LossPaper};

/// The record of what is lost, why, and who is liable. `terms` are those of the approval.
pub fn paper(entry: &Entry, loss: &DeclareLoss, terms: &LoanTerms, names: &LoanNames) -> LossPaper {
    let lines = loss.lines.iter().map(|line| {
        let (item, words) = (names.names.items.get(&line.item), names.items.get(&line.item));
        let quantity = item.map(|it| it.measure.text(line.quantity, it.counted_as.as_deref()));
        LossLine {
            item_number: item.map_or_else(String::new, |it| it.number.clone()),
            label_code: words.map_or_else(String::new, |it| it.label_code.clone()),
            name: item.map_or_else(String::new, |it| it.name.clone()),
            features: words.map_or_else(String::new, |it| it.features.clone()),
            quantity: quantity.unwrap_or_else(|| line.quantity.to_string()),
            place: sentence::place(Language::Zh, &line.from, &names.names),
        }
    });
    LossPaper {
        heading: heading(entry, names),
        cases: names.cases.clone(),
        cause: loss.cause.map_or_else(String::new, |cause| cause.text(Language::Zh).to_owned()),
        liable: loss.liable.map_or_else(String::new, |person| names.names.person(person)),
        report: loss.report.clone(),
        purpose: terms.purpose.clone(),
        requester: terms.requester.clone(),
        requester_unit: terms.requester_unit.clone(),
        approver: terms.approver.clone(),
        approved_on: terms.approved_on.clone(),
        approval_entry: terms.approval_entry.clone(),
        custodian: names.custodian.clone(),
        declared_at: entry.draft.happened_at.text(),
        lines: lines.collect(),
        total: format!("共 {} 项", loss.lines.len()),
    }
}
