//! 随案移送清单 of an offer, and 换押凭证 of the exchange that answered it. Lines, places and suggestions are those that were
//! signed, not what the books say today; what the list of seizure says of a thing beside them is as it was known then.

use super::{
    copies::copies,
    totals::{Amount, sums as sums_of},
    weighing,
};
use crate::{
    domain::Stage,
    id::ItemId,
    language::Language,
    ledger::{
        Answer, Category, ConclusionStatement, Entry, OfferStatement, OfferedLine, PaperForm, Particular,
        Particulars, Signature, SignerRole, Weighing,
    },
};
use label_templates::{HandoverLine, HandoverPaper, HandoverSide, Heading, PaperPhotograph};
use std::collections::BTreeMap;

/// How many photographs the annex has: the first one of each thing.
const ANNEX_MOST: usize = 24;

/// What the entries do not say themselves.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The centre where the things lie.
    pub centre: String,
    pub paper_number: String,
    pub check_code: String,
    pub case_name: String,
    /// How the paper stands now.
    pub state: String,
    /// Who keeps a copy each.
    pub kept_by: Vec<String>,
    /// What the handover rests on.
    pub articles: String,
    /// The people who signed.
    pub giver: String,
    pub receiver: String,
    pub items: BTreeMap<ItemId, ItemWords>,
}

/// What the list leaves out of an item.
#[derive(Clone, Debug)]
pub struct ItemWords {
    pub category: Category,
    pub features: String,
    /// The list's own word: 部, 张, 克 …
    pub counted_as: Option<String>,
    pub particulars: Particulars,
    /// The legal paper by which it was seized, and its line.
    pub paper: (String, i64),
    /// The last time that it was weighed at a counter.
    pub weighing: Option<Weighing>,
}

/// The paper of `entry`, which is the offer itself or the exchange that answered it. `stages` are before and after.
pub fn handover(
    entry: &Entry,
    offer: &OfferStatement,
    conclusion: Option<&ConclusionStatement>,
    stages: (Stage, Stage),
    names: &Names,
) -> HandoverPaper {
    let answers: BTreeMap<ItemId, &Answer> = conclusion
        .map(|it| it.lines.iter().map(|line| (line.item, &line.answer)).collect())
        .unwrap_or_default();
    let lines = offer
        .lines
        .iter()
        .map(|line| paper_line(line, answers.get(&line.item).copied(), names.items.get(&line.item)));
    let told = |text: &Option<String>| text.clone().unwrap_or_default();
    let (photographs, further_photographs) = annex(offer);
    HandoverPaper {
        heading: Heading {
            centre: names.centre.clone(),
            number: names.paper_number.clone(),
            entry_number: entry.seq.to_string(),
            date: entry.recorded_at.date(),
            check_code: names.check_code.clone(),
        },
        title: title(conclusion).text(Language::Zh).to_owned(),
        state: names.state.clone(),
        purpose: offer.purpose.text(Language::Zh).to_owned(),
        stage: stage(stages),
        case_name: names.case_name.clone(),
        suspect: told(&offer.told.suspect),
        letter: letter(offer),
        articles: names.articles.clone(),
        copies: copies(&names.kept_by),
        giver: giver(entry, offer, names),
        receiver: receiver(entry, offer, conclusion, names),
        lines: lines.collect(),
        total: total(offer, conclusion),
        sums: sums(offer, names),
        taken_over: conclusion.map_or_else(String::new, |it| it.concluded_at.text()),
        photographs,
        further_photographs,
    }
}

fn signed(entry: &Entry, role: SignerRole, name: &str) -> Option<label_templates::Signature> {
    entry.draft.signatures.iter().find(|signature| signature.role == role).map(|it| shown(it, name))
}

fn giver(entry: &Entry, offer: &OfferStatement, names: &Names) -> HandoverSide {
    HandoverSide {
        agency: offer.from.name.clone(),
        case_number: offer.from.case_number.clone(),
        telephone: offer.told.telephone.clone().unwrap_or_default(),
        signature: signed(entry, SignerRole::Giver, &names.giver),
    }
}

fn receiver(
    entry: &Entry,
    offer: &OfferStatement,
    conclusion: Option<&ConclusionStatement>,
    names: &Names,
) -> HandoverSide {
    HandoverSide {
        agency: conclusion.map_or(&offer.to_name, |it| &it.to.name).clone(),
        case_number: conclusion.map_or_else(String::new, |it| it.to.case_number.clone()),
        telephone: String::new(),
        signature: signed(entry, SignerRole::Receiver, &names.receiver),
    }
}

/// A list that one side alone has signed is no certificate, and does not look like one.
fn title(conclusion: Option<&ConclusionStatement>) -> PaperForm {
    if conclusion.is_some() { PaperForm::HandoverList } else { PaperForm::OfferList }
}

fn stage((before, after): (Stage, Stage)) -> String {
    format!("{} → {}", before.text(Language::Zh), after.text(Language::Zh))
}

fn letter(offer: &OfferStatement) -> String {
    match (&offer.told.letter, &offer.told.letter_date) {
        (Some(number), Some(date)) => format!("{number}（{date}）"),
        (Some(number), None) => number.clone(),
        (None, _) => String::new(),
    }
}

fn paper_line(line: &OfferedLine, answer: Option<&Answer>, words: Option<&ItemWords>) -> HandoverLine {
    let seal = line.seal.as_ref().map(|seal| format!("封签 {seal}"));
    let features = line.features.clone().or_else(|| words.map(|it| it.features.clone()));
    let counted_as = line.counted_as.as_deref().or_else(|| words?.counted_as.as_deref());
    let photographs = line.photographs.len();
    HandoverLine {
        item_number: line.number.clone(),
        ground: words.map(ground).unwrap_or_default(),
        name: line.name.clone(),
        features: joined("；", [features, seal]),
        people: words.map(people).unwrap_or_default(),
        estimate: words.map(estimate).unwrap_or_default(),
        quantity: line.measure.text(line.quantity, counted_as),
        weight: words.and_then(|it| it.weighing.as_ref()).map(weight).unwrap_or_default(),
        place: line.place.clone(),
        goes: match photographs {
            0 => "清单".to_owned(),
            _ => format!("清单、照片 {photographs} 张"),
        },
        not_received: not_received(line),
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

/// What the paper says of a line that no store has, or has only in part.
fn not_received(line: &OfferedLine) -> String {
    let amount = |quantity: i64| line.measure.text(quantity, line.counted_as.as_deref());
    match (line.not_received, line.received) {
        (false, _) => String::new(),
        (true, None) => "未入库：没有交到保管单位，无人验收".to_owned(),
        (true, Some(received)) => format!(
            "部分入库：实到 {}，应交 {}；其余没有交到保管单位，无人验收",
            amount(received),
            amount(line.quantity)
        ),
    }
}

fn joined<const N: usize>(between: &str, parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(between)
}

/// 扣押文书 and its line: those that the thing names itself, else those of the list it was entered by.
fn ground(words: &ItemWords) -> String {
    let (number, line) = &words.paper;
    let own = words.particulars.get(Particular::LegalPaper);
    let line = match (own, words.particulars.get(Particular::LegalPaperLine)) {
        (_, Some(line)) => Some(line.to_owned()),
        (None, None) => Some(line.to_string()),
        (Some(_), None) => None,
    };
    joined(" ", [Some(own.unwrap_or(number).to_owned()), line.map(|line| format!("第 {line} 行"))])
}

fn people(words: &ItemWords) -> String {
    let told = |field: Particular| {
        words.particulars.get(field).map(|name| format!("{} {name}", field.text(Language::Zh)))
    };
    joined("；", [told(Particular::Holder), told(Particular::Owner), told(Particular::Source)])
}

fn estimate(words: &ItemWords) -> String {
    let Some(amount) = words.particulars.get(Particular::Estimate) else { return String::new() };
    let from = |field: Particular| words.particulars.get(field).map(str::to_owned);
    match joined("，", [from(Particular::EstimateDate), from(Particular::EstimateSource)]) {
        none if none.is_empty() => format!("估价 {amount}（未写明日期和依据）"),
        said => format!("估价 {amount}（{said}）"),
    }
}

/// The figures, and the scale.
fn weight(it: &Weighing) -> String {
    format!("{}；秤 {}，{}", weighing::weighing(it), it.device, it.read_at.text())
}

/// Both sides' sums are the original list.
fn total(offer: &OfferStatement, conclusion: Option<&ConclusionStatement>) -> String {
    let lines = offer.lines.len();
    let owed = |part: bool| {
        offer.lines.iter().filter(|line| line.not_received && line.received.is_some() == part).count()
    };
    let owed: String = [("未入库", owed(false)), ("部分入库", owed(true))]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("；其中{word} {count} 项"))
        .collect();
    let Some(conclusion) = conclusion else { return format!("共 {lines} 项，待验收{owed}") };
    let refused = conclusion.lines.iter().filter(|line| line.answer.is_refusal()).count();
    let remarked =
        conclusion.lines.iter().filter(|line| matches!(line.answer, Answer::AcceptedWithRemark(_))).count();
    let accepted = lines.saturating_sub(refused);
    match remarked {
        0 => format!("共 {lines} 项：接收 {accepted} 项，拒收 {refused} 项{owed}"),
        _ => {
            format!("共 {lines} 项：接收 {accepted} 项（其中附注 {remarked} 项），拒收 {refused} 项{owed}")
        }
    }
}

/// By category, and in it by what is counted: grams of a drug and grams of gold, bags and cars are never one figure.
fn sums(offer: &OfferStatement, names: &Names) -> Vec<(String, String)> {
    let mut by_category: BTreeMap<Category, Vec<&OfferedLine>> = BTreeMap::new();
    for line in &offer.lines {
        let category = names.items.get(&line.item).map_or(Category::General, |it| it.category);
        by_category.entry(category).or_default().push(line);
    }
    let in_order = Category::ALL.iter().filter_map(|category| Some((category, by_category.get(category)?)));
    let sum = |(category, lines): (&Category, &Vec<&OfferedLine>)| {
        let amounts = amounts(lines, names).join("，");
        (category.text(Language::Zh).to_owned(), format!("{} 项：{amounts}", lines.len()))
    };
    in_order.map(sum).collect()
}

/// What is counted alike, added up.
fn amounts(lines: &[&OfferedLine], names: &Names) -> Vec<String> {
    let amounts = lines.iter().map(|line| {
        let words = names.items.get(&line.item);
        let counted_as = line.counted_as.as_deref().or_else(|| words?.counted_as.as_deref());
        let category = words.map_or(Category::General, |it| it.category);
        Amount { category, measure: &line.measure, counted_as, quantity: line.quantity }
    });
    sums_of(amounts)
}

/// The first photograph of each thing, named by its digest, and how many are left out.
fn annex(offer: &OfferStatement) -> (Vec<PaperPhotograph>, String) {
    let with = offer.lines.iter().filter_map(|line| Some((line, line.photographs.first()?)));
    let shown = with.take(ANNEX_MOST).map(|(line, digest)| PaperPhotograph {
        item_number: line.number.clone(),
        name: line.name.clone(),
        file: digest.clone(),
        of: format!("共 {} 张", line.photographs.len()),
    });
    let shown: Vec<PaperPhotograph> = shown.collect();
    let all: usize = offer.lines.iter().map(|line| line.photographs.len()).sum();
    let further = match all.saturating_sub(shown.len()) {
        0 => String::new(),
        further => format!("另有 {further} 张照片存于账本，双方登录后可逐张查看。"),
    };
    (shown, further)
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
    use crate::clock::Moment;

    fn words(fields: &[(Particular, &str)]) -> ItemWords {
        let mut particulars = Particulars::default();
        fields.iter().for_each(|(field, text)| particulars.set(*field, text));
        ItemWords {
            category: Category::Drug,
            features: String::new(),
            counted_as: None,
            particulars,
            paper: ("临公扣〔2026〕7号".to_owned(), 2),
            weighing: None,
        }
    }

    #[test]
    fn long_numbers_show_both_ends() {
        assert_eq!(ends("0123456789", 4, 2), "0123 … 89");
        assert_eq!(ends("0123", 4, 2), "0123");
    }

    #[test]
    fn a_line_names_its_own_legal_paper_or_that_of_its_list() {
        assert_eq!(ground(&words(&[])), "临公扣〔2026〕7号 第 2 行");
        let own = (Particular::LegalPaper, "临公扣〔2026〕9号");
        assert_eq!(ground(&words(&[own])), "临公扣〔2026〕9号");
        let line = (Particular::LegalPaperLine, "3");
        assert_eq!(ground(&words(&[own, line])), "临公扣〔2026〕9号 第 3 行");
    }

    #[test]
    fn an_estimate_says_when_and_by_whom_and_when_it_does_not() {
        assert_eq!(estimate(&words(&[])), "");
        let amount = (Particular::Estimate, "1,200 元");
        assert_eq!(estimate(&words(&[amount])), "估价 1,200 元（未写明日期和依据）");
        let (date, source) =
            ((Particular::EstimateDate, "2026-11-20"), (Particular::EstimateSource, "价认〔2026〕12号"));
        assert_eq!(
            estimate(&words(&[amount, date, source])),
            "估价 1,200 元（2026-11-20，价认〔2026〕12号）"
        );
    }

    #[test]
    fn a_weighing_tells_gross_tare_and_net() {
        let it = Weighing {
            gross_mg: 12_850,
            tare_mg: Some(500),
            shown: "12.85 g".to_owned(),
            stable: true,
            device: "天平一".to_owned(),
            read_at: Moment::from_text("2026-01-05T09:00").unwrap(),
        };
        assert_eq!(weight(&it), "毛 12.85 克，皮 0.5 克，净 12.35 克；秤 天平一，2026-01-05 09:00");
        let gross = Weighing { tare_mg: None, ..it };
        assert_eq!(weight(&gross), "毛 12.85 克；秤 天平一，2026-01-05 09:00");
    }
}
