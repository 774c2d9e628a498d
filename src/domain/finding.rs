//! What the program itself finds, in a sentence. An entry keeps the Chinese sentence for ever, since papers print it; a page in another
//! language reads it back by its form. What people wrote stays as they wrote it.

use crate::{language::Language, vocabulary::vocabulary};
use hufu_wire::amount::in_english;

vocabulary! {
    /// A sentence with holes for what it is about, which stand in the same order in both languages.
    Finding "finding_form" {
        TakenTwice "taken_twice" "{} 被收了两次：一、{}；二、{}" "{} was taken in twice: first, {}; second, {}",
        InLedger "in_ledger" "账上第 {} 号分录已收 {}（{}）" "entry {} received {} ({})",
        InLedgerAlready "in_ledger_already" "账上第 {} 号分录已收（{}）" "entry {} received it ({})",
        LabelOn "label_on" "标签已贴在 {} 上" "its label is on {}",
        ByAnotherUnit "by_another_unit" "另一单位已收同一清单的同一项，详情请监督人员核对"
            "another unit has received the same line of the same list; auditors can say more",
        OffLine "off_line" "{} 离线收件（{}，第 {} 号事件）：{} {}，{} 第 {} 项，标签 {}，{} 交、{} 收"
            "taken in off line at {} ({}, event {}): {} {}, {} line {}, label {}, delivered by {}, received by {}",
        NotEntered "not_entered" "{}：未能登记：{}" "{}: could not be entered: {}",
        ExtraShown "extra_shown" "{} 入库时多出清单以外的财物：{}（附照片 1 张）"
            "{}: came with the delivery and stands on no list: {} (with a photograph)",
        Extra "extra" "{} 入库时多出清单以外的财物：{}" "{}: came with the delivery and stands on no list: {}",
        Refused "refused" "入库拒收：{}" "refused at the counter: {}",
        Short "short" "应交 {}，实到 {}：{}" "{} owed, {} came: {}",
        Damaged "damaged" "入库时破损：{}" "damaged when it came: {}",
        OtherWeight "other_weight" "清单 {}，入库净重 {}：{}" "{} by the list, {} net at the counter: {}",
        NotFound "not_found" "盘点{}：账面在 {}，未找到" "count of {}: booked in {}, not found",
        Misplaced "misplaced" "盘点{}：账面在 {}，实见于 {}" "count of {}: booked in {}, seen in {}",
        OtherSeal "other_seal" "盘点{}：账面封签 {}，实见封签 {}" "count of {}: seal {} booked, seal {} seen",
        OtherQuantity "other_quantity" "盘点{}：账面 {}，实盘 {}" "count of {}: {} booked, {} counted",
        Surplus "surplus" "盘点{}：实见于 {}，账面不在本区：截至第 {} 号分录，账面为{}"
            "count of {}: seen in {}, booked elsewhere: at entry {} the book had it in {}",
        UnknownCode "unknown_code" "盘点{}：在 {} 扫到账上没有的码 {}" "count of {}: in {} a code was scanned that no book has: {}",
        WitnessBehind "witness_behind" "见证方 {} 自 {} 起没有签署新的分录：已签至第 {} 号，账本有 {} 条"
            "witness {} has signed no new entry since {}: signed up to {}, while the ledger has {}",
        WitnessRefused "witness_refused" "见证方 {} 拒绝签署：{}；此前已签至第 {} 号"
            "witness {} refuses to sign: {}; it had signed up to {}",
        RefusedLine "refused_line" "拒收：{}" "refused: {}",
        RefusedInHandover "refused_in_handover" "{}拒收：{}" "{} refused it: {}",
        NotExplained "not_explained" "未说明" "not explained",
        Label "label" "标签 {}" "label {}",
        Weighed "weighed" "毛 {}，皮 {}，净 {}" "gross {}, tare {}, net {}",
        Gross "gross" "毛 {}" "gross {}",
        Pieces "pieces" "{}×{}" "{} × {}",
        Torn "torn" "有破损" "damaged",
        Present "present" "在场：{}" "in the presence of {}",
        AnswerBy "answer_by" "{}（{} 前答复）" "{} (to be answered by {})",
        MoreLines "more_lines" "本单另有 {} 行不属您查看，未列出" "{} more lines of this list are not for you to see",
    }
}

impl Finding {
    /// As entries keep it.
    pub fn written(self, about: &[&str]) -> String {
        filled(self.text(Language::Zh), about)
    }

    /// What fills the holes of this form in such a text; nothing where it has another form.
    fn read(self, text: &str) -> Option<Vec<&str>> {
        let mut literals = self.text(Language::Zh).split("{}");
        let mut rest = text.strip_prefix(literals.next()?)?;
        let mut about = Vec::new();
        let mut literals = literals.peekable();
        while let Some(literal) = literals.next() {
            let (hole, after) = match literals.peek() {
                None => (rest.strip_suffix(literal)?, ""),
                Some(_) => rest.split_once(literal)?,
            };
            about.push(hole);
            rest = after;
        }
        rest.is_empty().then_some(about)
    }
}

/// What an entry keeps, in this language.
pub fn told(language: Language, text: &str) -> String {
    if language == Language::Zh {
        return text.to_owned();
    }
    let found = Finding::ALL.iter().find_map(|form| Some((form, form.read(text)?)));
    if let Some((form, about)) = found {
        let about: Vec<String> = about.into_iter().map(|part| told(language, part)).collect();
        return filled(form.text(language), &about.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let parts: Vec<&str> = text.split('；').collect();
    let said: Vec<String> = match parts.len() {
        0 | 1 => return amounts(text),
        _ => parts.iter().map(|part| told(language, part)).collect(),
    };
    // Where nothing in it is ours, people wrote it, their stops too.
    if said == parts { text.to_owned() } else { said.join("; ") }
}

/// Amounts between commas, with their units in English; any other text as it is.
fn amounts(text: &str) -> String {
    let said: Vec<String> = text.split('、').map(amount).collect();
    if said.join("、") == text { text.to_owned() } else { said.join(", ") }
}

fn amount(text: &str) -> String {
    let is_figure = |figure: &str| figure.chars().all(|c| c.is_ascii_digit() || ",.-".contains(c));
    match text.split_once(' ') {
        Some((figure, _)) if is_figure(figure) => in_english(text),
        _ => text.to_owned(),
    }
}

fn filled(form: &str, about: &[&str]) -> String {
    let mut literals = form.split("{}");
    let mut text = literals.next().unwrap_or_default().to_owned();
    for (literal, part) in literals.zip(about) {
        text.push_str(part);
        text.push_str(literal);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_back_as_it_was_written() {
        let parts = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];
        for form in Finding::ALL {
            let holes = |language| form.text(language).matches("{}").count();
            let count = holes(Language::Zh);
            assert_eq!(count, holes(Language::En), "{form:?}");
            let about = &parts[..count];
            let text = form.written(about);
            assert_eq!(told(Language::Zh, &text), text);
            assert_eq!(told(Language::En, &text), filled(form.text(Language::En), about), "{form:?}");
        }
    }

    #[test]
    fn what_is_inside_and_what_stands_beside_is_told_too_and_peoples_words_stay() {
        for (zh, en) in [
            (
                "W26-0000001 手机 被收了两次：一、标签已贴在 W26-0000002 上；二、一号窗口 离线收件（2026-11-30 08:00，第 7 号事件）：\
                 手机 1部，临公扣〔2026〕7号 第 1 项，标签 P26-0000001，张伟 交、陈静 收",
                "W26-0000001 手机 was taken in twice: first, its label is on W26-0000002; second, taken in off line at 一号窗口 \
                 (2026-11-30 08:00, event 7): 手机 1部, 临公扣〔2026〕7号 line 1, label P26-0000001, delivered by 张伟, received by 陈静",
            ),
            (
                "应交 2 部，实到 1 部：另一部在鉴定；清单 30 克，入库净重 28 克：未说明",
                "2 部 owed, 1 部 came: 另一部在鉴定; 30 g by the list, 28 g net at the counter: not explained",
            ),
            ("入库时破损：屏碎；屏有裂纹", "damaged when it came: 屏碎；屏有裂纹"),
            ("已经说明", "已经说明"),
            ("", ""),
        ] {
            assert_eq!(told(Language::En, zh), en);
        }
    }
}
