//! 随案移送清单 · 换押凭证: of an offer, and of the exchange that answered it. Lines, places and suggestions are those that
//! were signed, not what the books say today.

use crate::{
    domain::Stage,
    id::ItemId,
    language::Language,
    ledger::{
        Answer, ConclusionStatement, Entry, OfferStatement, OfferedLine, PaperForm, Signature, SignerRole,
    },
};
use label_templates::{HandoverLine, HandoverPaper, HandoverSide, Heading};
use std::collections::BTreeMap;

/// What the entries do not say themselves.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The centre where the things lie.
    pub centre: String,
    pub paper_number: String,
    pub check_code: String,
    pub case_name: String,
    /// The people who signed.
    pub giver: String,
    pub receiver: String,
    pub items: BTreeMap<ItemId, ItemWords>,
}

/// What the list leaves out of an item.
#[derive(Clone, Debug, Default)]
pub struct ItemWords {
    pub features: String,
    /// The list's own word: 部, 张, 克 …
    pub counted_as: Option<String>,
}

/// The paper of `entry`, which is the offer itself or the exchange that answered it. `stages` are before and after.
pub fn handover(
    entry: &Entry,
    offer: &OfferStatement,
    conclusion: Option<&ConclusionStatement>,
    stages: (Stage, Stage),
    names: &Names,
) -> HandoverPaper {
    let signature = |role| entry.draft.signatures.iter().find(|signature| signature.role == role);
    let answers: BTreeMap<ItemId, &Answer> = conclusion
        .map(|it| it.lines.iter().map(|line| (line.item, &line.answer)).collect())
        .unwrap_or_default();
    let lines = offer.lines.iter().map(|line| {
        let words = names.items.get(&line.item).cloned().unwrap_or_default();
        paper_line(line, answers.get(&line.item).copied(), &words)
    });
    HandoverPaper {
        heading: Heading {
            centre: names.centre.clone(),
            number: names.paper_number.clone(),
            entry_number: entry.seq.to_string(),
            date: entry.recorded_at.date(),
            check_code: names.check_code.clone(),
        },
        title: title(conclusion).text(Language::Zh).to_owned(),
        stage: stage(stages),
        case_name: names.case_name.clone(),
        giver: HandoverSide {
            agency: offer.from.name.clone(),
            case_number: offer.from.case_number.clone(),
            signature: signature(SignerRole::Giver).map(|it| shown(it, &names.giver)),
        },
        receiver: HandoverSide {
            agency: conclusion.map_or(&offer.to_name, |it| &it.to.name).clone(),
            case_number: conclusion.map_or_else(String::new, |it| it.to.case_number.clone()),
            signature: signature(SignerRole::Receiver).map(|it| shown(it, &names.receiver)),
        },
        lines: lines.collect(),
        total: total(offer, conclusion),
    }
}

/// A list that one side alone has signed is no certificate, and does not look like one.
fn title(conclusion: Option<&ConclusionStatement>) -> PaperForm {
    if conclusion.is_some() { PaperForm::HandoverList } else { PaperForm::OfferList }
}

fn stage((before, after): (Stage, Stage)) -> String {
    format!("{} → {}", before.text(Language::Zh), after.text(Language::Zh))
}

fn paper_line(line: &OfferedLine, answer: Option<&Answer>, words: &ItemWords) -> HandoverLine {
    let seal = line.seal.as_ref().map(|seal| format!("封签 {seal}"));
    let features: Vec<String> = [Some(words.features.clone()), seal].into_iter().flatten().collect();
    HandoverLine {
        item_number: line.number.clone(),
        name: line.name.clone(),
        features: features.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("；"),
        quantity: line.measure.text(line.quantity, words.counted_as.as_deref()),
        place: line.place.clone(),
        suggestion: line.suggestion.text(Language::Zh).to_owned(),
        answer: match answer {
            None => label_templates::Answer::Pending,
            Some(Answer::Accepted) => label_templates::Answer::Accepted,
            Some(Answer::AcceptedWithRemark(remark)) => {
                label_templates::Answer::AcceptedWithRemark { remark: remark.clone() }
            }
            Some(Answer::Refused(reason)) => label_templates::Answer::Refused { reason: reason.clone() },
        },
    }
}

/// Both sides' sums are the original list.
fn total(offer: &OfferStatement, conclusion: Option<&ConclusionStatement>) -> String {
    let lines = offer.lines.len();
    let Some(conclusion) = conclusion else { return format!("共 {lines} 项，待验收") };
    let refused = conclusion.lines.iter().filter(|line| line.answer.is_refusal()).count();
    let remarked =
        conclusion.lines.iter().filter(|line| matches!(line.answer, Answer::AcceptedWithRemark(_))).count();
    let accepted = lines.saturating_sub(refused);
    match remarked {
        0 => format!("共 {lines} 项：接收 {accepted} 项，拒收 {refused} 项"),
        _ => format!("共 {lines} 项：接收 {accepted} 项（其中附注 {remarked} 项），拒收 {refused} 项"),
    }
}

/// As people compare it by eye; the whole of it is in the entry and can be downloaded.
fn shown(signature: &Signature, name: &str) -> label_templates::Signature {
    label_templates::Signature {
        name: name.to_owned(),
        time: signature.signed_at.text_seconds(),
        key_id: signature.key.clone(),
        signature: ends(&signature.value, 16, 8),
        digest: format!("SM3 {}", ends(&signature.digest, 16, 8)),
    }
}

/// The first and last characters of a long number.
fn ends(text: &str, first: usize, last: usize) -> String {
    let count = text.chars().count();
    if count <= first.saturating_add(last) {
        return text.to_owned();
    }
    let head: String = text.chars().take(first).collect();
    let tail: String = text.chars().skip(count.saturating_sub(last)).collect();
    format!("{head} … {tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_show_both_ends() {
        assert_eq!(ends("0123456789", 4, 2), "0123 … 89");
        assert_eq!(ends("0123", 4, 2), "0123");
    }
}
