//! 发还清单, 没收清单, 销毁清单 …: of a `dispose` entry, with the names people know.

use super::loan::{ItemDescription, LoanNames, LoanTerms, described, heading};
use crate::{
    language::Language,
    ledger::{Dispose, Entry, Outcome},
};
use label_templates::{DisposalLine, DisposalPaper};

/// The list with which things leave for good.
pub fn list(entry: &Entry, disposal: &Dispose, terms: &LoanTerms, names: &LoanNames) -> DisposalPaper {
    let lines = disposal.lines.iter().map(|line| {
        let ItemDescription { item_number, name, quantity, words } = described(line, names);
        DisposalLine {
            item_number,
            label_code: words.map_or_else(String::new, |it| it.label_code.clone()),
            name,
            features: words.map_or_else(String::new, |it| it.features.clone()),
            quantity,
            seal: words.map_or_else(String::new, |it| it.seal.clone()),
            slot: names.names.slot(line.slot),
        }
    });
    let collector = disposal.collector.as_ref();
    let said = |text: Option<&String>| text.cloned().unwrap_or_default();
    let witnesses: Vec<String> = disposal.witnesses.iter().map(|it| names.names.person(*it)).collect();
    DisposalPaper {
        heading: heading(entry, names),
        title: title(disposal.outcome).to_owned(),
        outcome: disposal.outcome.text(Language::Zh).to_owned(),
        cases: names.cases.clone(),
        decision: disposal.voucher.clone(),
        recipient: said(disposal.recipient.as_ref()),
        collector: said(collector.map(|it| &it.name)),
        document: said(collector.map(|it| &it.document)),
        authority: said(collector.and_then(|it| it.authority.as_ref())),
        witnesses,
        requester: terms.requester.clone(),
        requester_unit: terms.requester_unit.clone(),
        approver: terms.approver.clone(),
        approved_on: terms.approved_on.clone(),
        approval_entry: terms.approval_entry.clone(),
        custodian: names.custodian.clone(),
        gone_at: entry.draft.happened_at.text(),
        lines: lines.collect(),
        total: format!("共 {} 项", disposal.lines.len()),
    }
}

/// As the forms of each way out are called.
fn title(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::ReturnedToOwner => "发还清单",
        Outcome::Forfeited => "没收财物上缴清单",
        Outcome::Sold => "变卖财物清单",
        Outcome::Auctioned => "拍卖财物清单",
        Outcome::Destroyed => "销毁清单",
        Outcome::TransferredOut => "移送财物清单",
    }
}
