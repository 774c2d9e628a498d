//! 入库单 of a delivery, and 入库凭条 of one receipt: the same form, with the names people know. The delivery says what came by which
//! receipt, and what is missing.

use super::{
    copies::copies,
    totals::{Amount, SumLine, sum_lines, totals},
    weighing,
};
use crate::{
    clock::Moment,
    domain::finding::Finding,
    id::{ItemId, PersonId, SlotId},
    language::Language,
    ledger::{
        Category, Delivery, Denomination, Entry, Measure, PaperForm, PaperKind, Receive, ReceivedLine,
        Reception,
    },
};
use label_templates::{Heading, MissingThing, ReceiptLine, ReceiptPaper};
use std::collections::BTreeMap;

/// Everything the entries name only by id.
pub struct Names {
    pub centre: String,
    pub paper_number: String,
    pub check_code: String,
    pub case_number: String,
    pub case_name: String,
    pub delivered_by: String,
    pub delivered_by_unit: String,
    pub store: String,
    /// Who keeps a copy of the paper of a delivery each.
    pub kept_by: Vec<String>,
    pub items: BTreeMap<ItemId, ItemName>,
    pub slots: BTreeMap<SlotId, String>,
    /// Whoever took something in or saw it.
    pub people: BTreeMap<PersonId, String>,
}

pub struct ItemName {
    pub number: String,
    pub category: Category,
    pub name: String,
    pub features: String,
    /// 持有人, as the list says.
    pub holder: String,
    pub measure: Measure,
    pub counted_as: Option<String>,
    /// By the list.
    pub quantity: i64,
}

/// What stands on one paper: the receipts as far as it is about them, in the order in which they came.
struct Content<'a> {
    form: PaperForm,
    receipts: Vec<(&'a Entry, Vec<&'a ReceivedLine>)>,
    missing: Vec<MissingThing>,
    /// What came and is on no list, and until when it is to be explained.
    extras: Vec<(String, Moment)>,
    hidden: usize,
}

/// What came in one go: the receipts, and what stands on no list.
pub struct Brought<'a> {
    pub receipts: &'a [Entry],
    pub extras: Vec<(String, Moment)>,
}

/// The slip of one `receive` entry, of which so many lines are not for the one who reads it.
pub fn receipt(entry: &Entry, receive: &Receive, hidden: usize, names: &Names) -> ReceiptPaper {
    let receipts = vec![(entry, receive.lines.iter().collect())];
    let content =
        Content { form: PaperForm::Receipt, receipts, missing: Vec::new(), extras: Vec::new(), hidden };
    paper(entry, &content, names)
}

/// The paper of a delivery, made of the receipts that it names.
pub fn delivery(
    entry: &Entry,
    delivery: &Delivery,
    brought: Brought<'_>,
    hidden: usize,
    names: &Names,
) -> ReceiptPaper {
    let missing = delivery.missing.iter().filter_map(|line| {
        let item = names.items.get(&line.item)?;
        Some(MissingThing {
            item_number: item.number.clone(),
            name: item.name.clone(),
            quantity: item.measure.text(line.quantity, item.counted_as.as_deref()),
        })
    });
    let (receipts, missing) = (lines_of(delivery, brought.receipts).collect(), missing.collect());
    let form = PaperForm::DeliveryList;
    paper(entry, &Content { form, receipts, missing, extras: brought.extras, hidden }, names)
}

/// What a delivery came to, for pages that say it in their own language.
pub struct Came {
    pub first_at: Option<Moment>,
    pub last_at: Option<Moment>,
    pub sums: Vec<SumLine>,
}

pub fn came(delivery: &Delivery, receipts: &[Entry], names: &Names) -> Came {
    let (first_at, last_at) = span(receipts.iter());
    let lines = lines_of(delivery, receipts).flat_map(|(_, lines)| lines);
    Came { first_at, last_at, sums: sum_lines(accepted(lines, names)) }
}

/// Each receipt with those of its lines that the delivery names.
fn lines_of<'a>(
    delivery: &'a Delivery,
    receipts: &'a [Entry],
) -> impl Iterator<Item = (&'a Entry, Vec<&'a ReceivedLine>)> {
    let of = |receipt: &Entry, line: &ReceivedLine| {
        delivery.lines.iter().any(|it| it.receipt == receipt.seq && it.item == line.item)
    };
    receipts.iter().map(move |receipt| {
        let lines = receive_of(receipt).map_or(&[][..], |it| it.lines.as_slice());
        (receipt, lines.iter().filter(|line| of(receipt, line)).collect())
    })
}

fn receive_of(entry: &Entry) -> Option<&Receive> {
    match &entry.draft.body {
        crate::ledger::Body::Receive(it) => Some(it),
        _ => None,
    }
}

fn paper(entry: &Entry, content: &Content<'_>, names: &Names) -> ReceiptPaper {
    let all = || content.receipts.iter().flat_map(|(_, lines)| lines.iter().copied());
    let refused = all().filter(|line| matches!(line.answer, Reception::Refused { .. })).count();
    let of_lines = all().filter_map(|line| line.difference.as_ref()).map(|it| (&it.finding, it.due_at));
    let findings = of_lines.chain(content.extras.iter().map(|(finding, due_at)| (finding, *due_at)));
    let mut remark: Vec<String> =
        findings.map(|(finding, due_at)| Finding::AnswerBy.written(&[finding, &due_at.text()])).collect();
    if content.hidden > 0 {
        remark.push(Finding::MoreLines.written(&[&content.hidden.to_string()]));
    }
    ReceiptPaper {
        heading: Heading {
            centre: names.centre.clone(),
            number: names.paper_number.clone(),
            entry_number: entry.seq.to_string(),
            date: entry.recorded_at.date(),
            check_code: names.check_code.clone(),
        },
        title: content.form.text(Language::Zh).to_owned(),
        case_number: names.case_number.clone(),
        case_name: names.case_name.clone(),
        ground: grounds(content),
        delivered_by_unit: names.delivered_by_unit.clone(),
        delivered_by: names.delivered_by.clone(),
        received_by: receivers(content, names),
        received_at: times(content),
        store: names.store.clone(),
        total: total(all().count(), refused, totals(accepted(all(), names))),
        lines: all().map(|it| line(it, names)).collect(),
        missing: content.missing.clone(),
        copies: match content.form {
            PaperForm::DeliveryList => copies(&names.kept_by),
            _ => String::new(),
        },
        remark: remark.join("；"),
    }
}

/// The lists that the receipts rest on.
fn grounds(content: &Content<'_>) -> String {
    let papers = content.receipts.iter().flat_map(|(entry, _)| &entry.draft.papers);
    listed(papers.filter(|paper| paper.kind == PaperKind::SeizureList).map(|paper| paper.number.as_str()))
}

fn receivers(content: &Content<'_>, names: &Names) -> String {
    listed(
        content
            .receipts
            .iter()
            .filter_map(|(entry, _)| names.people.get(&entry.draft.actor))
            .map(String::as_str),
    )
}

/// Each once, in their order.
fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut listed: Vec<&str> = Vec::new();
    words.for_each(|word| {
        if !listed.contains(&word) {
            listed.push(word);
        }
    });
    listed.join("、")
}

/// When the first of it came, and the last.
fn times(content: &Content<'_>) -> String {
    let (first, last) = span(content.receipts.iter().map(|(entry, _)| *entry));
    let text = |at: Option<Moment>| at.map_or_else(String::new, Moment::text);
    if text(first) == text(last) { text(first) } else { format!("{} 至 {}", text(first), text(last)) }
}

fn span<'a>(receipts: impl Iterator<Item = &'a Entry>) -> (Option<Moment>, Option<Moment>) {
    let times: Vec<Moment> = receipts.map(|entry| entry.draft.happened_at).collect();
    (times.iter().min().copied(), times.iter().max().copied())
}

fn accepted<'a>(
    lines: impl Iterator<Item = &'a ReceivedLine>,
    names: &'a Names,
) -> impl Iterator<Item = Amount<'a>> {
    lines.filter_map(|line| match &line.answer {
        Reception::Accepted { quantity, .. } => {
            let item = names.items.get(&line.item)?;
            Some(Amount {
                category: item.category,
                measure: &item.measure,
                counted_as: item.counted_as.as_deref(),
                quantity: *quantity,
            })
        }
        Reception::Refused { .. } => None,
    })
}

fn total(lines: usize, refused: usize, sums: Vec<String>) -> String {
    let refused = if refused > 0 { vec![format!("其中拒收 {refused} 行")] } else { Vec::new() };
    [vec![format!("共 {lines} 行")], refused, sums].concat().join("，")
}

fn line(received: &ReceivedLine, names: &Names) -> ReceiptLine {
    let known = names.items.get(&received.item);
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let said = |quantity| {
        known.map_or_else(String::new, |item| item.measure.text(quantity, item.counted_as.as_deref()))
    };
    let base = ReceiptLine {
        item_number: text(known.map(|item| &item.number)),
        label_code: String::new(),
        name: text(known.map(|item| &item.name)),
        features: text(known.map(|item| &item.features)),
        holder: text(known.map(|item| &item.holder)),
        listed: said(known.map_or(0, |item| item.quantity)),
        quantity: said(0),
        weight: String::new(),
        seal: String::new(),
        slot: String::new(),
        remark: String::new(),
    };
    match &received.answer {
        Reception::Accepted {
            quantity,
            slot,
            label,
            weighing,
            seal,
            damaged,
            remark,
            second,
            denominations,
            ..
        } => {
            let mut remarks: Vec<String> = damaged.then(|| Finding::Torn.written(&[])).into_iter().collect();
            remarks.extend(faces(denominations, known.map(|item| &item.measure)));
            remarks.extend(
                second.and_then(|it| names.people.get(&it)).map(|name| Finding::Present.written(&[name])),
            );
            remarks.extend(remark.clone());
            ReceiptLine {
                label_code: label.code.clone(),
                quantity: said(*quantity),
                weight: weighing.as_ref().map_or_else(String::new, weighing::weighing),
                seal: seal.clone().unwrap_or_default(),
                slot: text(names.slots.get(slot)),
                remark: remarks.join("；"),
                ..base
            }
        }
        Reception::Refused { reason } => {
            ReceiptLine { remark: Finding::RefusedLine.written(&[reason]), ..base }
        }
    }
}

/// What the money is made of: `100.00 元×9`.
fn faces(denominations: &[Denomination], measure: Option<&Measure>) -> Option<String> {
    let measure = measure.filter(|_| !denominations.is_empty())?;
    let faces = denominations
        .iter()
        .map(|it| Finding::Pieces.written(&[&measure.text(it.face, None), &it.pieces.to_string()]));
    Some(faces.collect::<Vec<_>>().join("、"))
}
