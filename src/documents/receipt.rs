//! 入库单: of a `receive` entry, with the names people know.

use crate::{
    id::{ItemId, SlotId},
    ledger::{Entry, Measure, PaperKind, Receive, ReceivedLine, Reception},
};
use label_templates::{Heading, ReceiptLine, ReceiptPaper};
use std::collections::BTreeMap;

/// Everything the entry names only by id.
pub struct Names {
    pub centre: String,
    pub paper_number: String,
    pub check_code: String,
    pub case_number: String,
    pub case_name: String,
    pub delivered_by: String,
    pub delivered_by_unit: String,
    pub received_by: String,
    pub store: String,
    pub items: BTreeMap<ItemId, ItemName>,
    pub slots: BTreeMap<SlotId, String>,
}

pub struct ItemName {
    pub number: String,
    pub name: String,
    pub features: String,
    pub measure: Measure,
    pub counted_as: Option<String>,
}

/// The receipt of one `receive` entry, of which so many lines are not for the one who reads it.
pub fn receipt(entry: &Entry, receive: &Receive, hidden: usize, names: &Names) -> ReceiptPaper {
    let lines: Vec<ReceiptLine> = receive.lines.iter().map(|received| line(received, names)).collect();
    let ground = entry.draft.papers.iter().find(|paper| paper.kind == PaperKind::SeizureList);
    let refused =
        receive.lines.iter().filter(|line| matches!(line.answer, Reception::Refused { .. })).count();
    let findings = receive.lines.iter().filter_map(|line| line.difference.as_ref());
    let mut remark: Vec<String> =
        findings.map(|raised| format!("{}（{} 前答复）", raised.finding, raised.due_at.text())).collect();
    if hidden > 0 {
        remark.push(format!("本单另有 {hidden} 行不属您查看，未列出"));
    }
    let total = match refused {
        0 => format!("共 {} 行", lines.len()),
        _ => format!("共 {} 行，其中拒收 {refused} 行", lines.len()),
    };
    ReceiptPaper {
        heading: Heading {
            centre: names.centre.clone(),
            number: names.paper_number.clone(),
            entry_number: entry.seq.to_string(),
            date: entry.recorded_at.date(),
            check_code: names.check_code.clone(),
        },
        case_number: names.case_number.clone(),
        case_name: names.case_name.clone(),
        ground: ground.map_or_else(String::new, |paper| paper.number.clone()),
        delivered_by_unit: names.delivered_by_unit.clone(),
        delivered_by: names.delivered_by.clone(),
        received_by: names.received_by.clone(),
        received_at: entry.draft.happened_at.text(),
        store: names.store.clone(),
        total,
        lines,
        remark: remark.join("；"),
    }
}

fn line(received: &ReceivedLine, names: &Names) -> ReceiptLine {
    let known = names.items.get(&received.item);
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let number = text(known.map(|item| &item.number));
    let said = |quantity| {
        known.map_or_else(String::new, |item| item.measure.text(quantity, item.counted_as.as_deref()))
    };
    let base = ReceiptLine {
        label_code: String::new(),
        name: text(known.map(|item| &item.name)),
        features: text(known.map(|item| &item.features)),
        quantity: said(0),
        weight: String::new(),
        seal: String::new(),
        slot: String::new(),
        remark: String::new(),
        item_number: number,
    };
    match &received.answer {
        Reception::Accepted { quantity, slot, label, weighing, seal, damaged, remark, .. } => {
            let damage = damaged.then_some("有破损").into_iter().map(str::to_owned);
            let remarks: Vec<String> = damage.chain(remark.clone()).collect();
            ReceiptLine {
                label_code: label.code.clone(),
                quantity: said(*quantity),
                weight: weighing.as_ref().map_or_else(String::new, |weighing| weighing.shown.clone()),
                seal: seal.clone().unwrap_or_default(),
                slot: text(names.slots.get(slot)),
                remark: remarks.join("；"),
                ..base
            }
        }
        Reception::Refused { reason } => ReceiptLine { remark: format!("拒收：{reason}"), ..base },
    }
}
