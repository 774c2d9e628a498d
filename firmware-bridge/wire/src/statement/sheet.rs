//! The words that are shown before a signature, in both languages, written from the statement alone.

use super::{Answer, AnsweredLine, Exchange, Offer, OfferedLine, Side, Statement};
use crate::{day::Day, message::Micros, place::in_english};

/// One sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

/// What the signer reads: what follows from the signature, then each thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub title: Text,
    pub sentences: Vec<Text>,
    pub lines: Vec<SheetLine>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetLine {
    /// Number, name and quantity.
    pub thing: String,
    pub details: Vec<Text>,
}

impl Statement {
    pub fn sheet(&self) -> Sheet {
        match self {
            Statement::Offer(offer) => of_offer(offer),
            Statement::Exchange { exchange, offer } => of_exchange(exchange, offer),
        }
    }
}

impl Sheet {
    /// All of it in Chinese, a line each, as stations of earlier versions show it.
    pub fn in_chinese(&self) -> Vec<String> {
        let sentences = self.sentences.iter().map(|text| text.zh.clone());
        let lines = (1..).zip(&self.lines).map(|(n, line): (u32, _)| {
            let details: Vec<&str> = line.details.iter().map(|text| text.zh.as_str()).collect();
            format!("{n}. {}；{}", line.thing, details.join("；"))
        });
        sentences.chain(lines).collect()
    }
}

fn text(zh: String, en: String) -> Text {
    Text { zh, en }
}

fn of_offer(offer: &Offer) -> Sheet {
    let (count, [_, zh, en]) = (offer.lines.len(), offer.purpose.words());
    let (from, to, case) = (plain(&offer.from.name), plain(&offer.to_name), offer.from.case_as_known());
    let until = minute(offer.expires_at);
    let mut sentences = vec![text(format!("案号：{case}"), format!("Case: {case}"))];
    sentences.extend(offer.told());
    sentences.extend([
        text(format!("事由：{zh}"), format!("Purpose: {en}")),
        text(format!("移交单位：{from}"), format!("Giver: {from}")),
        text(format!("接收单位：{to}"), format!("Receiver: {to}")),
        text(format!("财物：共 {count} 项"), format!("Things: {count}")),
        text(
            format!("{to}逐项验看并签章后，所接收各项的责任才转给{to}；在此之前仍由{from}负责。财物不移动。"),
            format!(
                "{from} answers for each thing until {to} has inspected and signed for it. Nothing is moved."
            ),
        ),
        text(
            format!("{until} 前有效；期间这些财物不能另行换押。"),
            format!("Valid until {until}; meanwhile these things cannot be handed over elsewhere."),
        ),
    ]);
    let title = text(
        format!("换押（{zh}）：{count} 项财物，交{to}"),
        format!("Handover ({en}): {count} things, to {to}"),
    );
    Sheet { title, sentences, lines: offer.lines.iter().map(|line| line.shown(None)).collect() }
}

impl Side {
    /// The number of the case and, where it is named, its name.
    fn case_as_known(&self) -> String {
        let name = self.case_name.as_deref().map(|name| format!(" {}", plain(name)));
        plain(&self.case_number) + &name.unwrap_or_default()
    }
}

impl Offer {
    /// What it says of the case beside the things.
    fn told(&self) -> Vec<Text> {
        let date = self.letter_date.as_deref().map(|it| format!("（{}）", plain(it))).unwrap_or_default();
        let said = [
            ("犯罪嫌疑人", "Suspect", self.suspect.as_deref().map(plain)),
            ("移送文书", "Letter", self.letter.as_deref().map(|it| plain(it) + &date)),
            ("经办人电话", "Telephone", self.telephone.as_deref().map(plain)),
        ];
        let said = said.into_iter().filter_map(|(zh, en, told)| Some((zh, en, told?)));
        said.map(|(zh, en, told)| text(format!("{zh}：{told}"), format!("{en}: {told}"))).collect()
    }
}

fn of_exchange(exchange: &Exchange, offer: &Offer) -> Sheet {
    let [_, zh, en] = offer.purpose.words();
    let refused = exchange.lines.iter().filter(|line| matches!(line.answer, Answer::Refused(_))).count();
    let accepted = exchange.lines.len().saturating_sub(refused);
    let (from, to) = (plain(&offer.from.name), plain(&exchange.to.name));
    let (given, taken) = (offer.from.case_as_known(), plain(&exchange.to.case_number));
    let mut sentences = vec![
        text(
            format!("案号：{taken}（移交单位案号 {given}）"),
            format!("Case: {taken} (the giver's number: {given})"),
        ),
        text(format!("事由：{zh}"), format!("Purpose: {en}")),
        text(format!("移交单位：{from}"), format!("Giver: {from}")),
        text(format!("接收单位：{to}"), format!("Receiver: {to}")),
    ];
    if accepted > 0 {
        sentences.push(text(
            format!("签章后，接收的 {accepted} 项财物由{to}负责；{from}不再负责。财物不移动，实物账不变。"),
            format!("Once signed, {to} answers for the {accepted} things accepted, and {from} no longer does. Nothing is moved."),
        ));
    }
    if refused > 0 {
        sentences.push(text(
            format!("拒收的 {refused} 项仍由{from}负责，各登记一项差异。"),
            format!(
                "{from} still answers for the {refused} things refused; a difference is raised for each."
            ),
        ));
    }
    let title = text(
        format!("签收换押：接收 {accepted} 项，拒收 {refused} 项"),
        format!("Answer to a handover: {accepted} accepted, {refused} refused"),
    );
    let lines = offer.lines.iter().zip(&exchange.lines).map(|(line, answer)| line.shown(Some(answer)));
    Sheet { title, sentences, lines: lines.collect() }
}

impl OfferedLine {
    fn shown(&self, answer: Option<&AnsweredLine>) -> SheetLine {
        let thing =
            format!("{} {} {}", plain(&self.number), plain(&self.name), plain(&self.amount(self.quantity)));
        let [_, zh, en] = self.suggestion.words();
        let (seal, place, pictures) =
            (self.seal.as_deref().map(plain), plain(&self.place), self.photographs.len());
        let mut details: Vec<Text> = answer.map(|it| it.answer.said()).into_iter().collect();
        if self.not_received {
            details.push(match self.received {
                None => text(
                    "未入库：没有交到保管单位，无人验收".to_owned(),
                    "Not handed in: no store has received it".to_owned(),
                ),
                Some(received) => {
                    let (came, whole) = (plain(&self.amount(received)), plain(&self.amount(self.quantity)));
                    text(
                        format!("部分入库：实到 {came}，应交 {whole}；其余没有交到保管单位，无人验收"),
                        format!("Handed in in part: {came} of {whole}; no store has received the rest"),
                    )
                }
            });
        }
        details.push(match self.features.as_deref().map(plain).as_deref() {
            None => text(
                "特征：旧格式的清单没有载明".to_owned(),
                "Features: a list of the former form does not say".to_owned(),
            ),
            Some("") => text("特征：无记载".to_owned(), "Features: none recorded".to_owned()),
            Some(features) => text(format!("特征：{features}"), format!("Features: {features}")),
        });
        details.push(match seal {
            Some(seal) => text(format!("封签 {seal}"), format!("Seal {seal}")),
            None => text("无封签".to_owned(), "No seal".to_owned()),
        });
        details.push(text(format!("照片 {pictures} 张"), format!("Photographs: {pictures}")));
        details.push(text(format!("所在：{place}"), format!("Place: {}", in_english(&place))));
        details.push(text(zh.to_owned(), en.to_owned()));
        SheetLine { thing, details }
    }
}

impl Answer {
    fn said(&self) -> Text {
        match self {
            Answer::Accepted => text("接收".to_owned(), "Accepted".to_owned()),
            Answer::AcceptedWithRemark(note) => {
                let note = plain(note);
                text(format!("接收，备注：{note}"), format!("Accepted, remark: {note}"))
            }
            Answer::Refused(reason) => {
                let reason = plain(reason);
                text(format!("拒收，原因：{reason}"), format!("Refused, reason: {reason}"))
            }
        }
    }
}

/// A text of the statement as it is shown: characters that would turn, hide or break what stands around them are written by
/// their number, so that no name can make a line read as another.
fn plain(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\r' | '\t' => " ".to_owned(),
        c if c.is_control() || turns_or_hides(c) => format!("⟨U+{:04X}⟩", u32::from(c)),
        c => c.to_string(),
    };
    text.chars().map(shown).collect()
}

/// Marks of direction, and characters without width.
fn turns_or_hides(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// In China, to the minute: `2026-11-22 18:30`.
fn minute(at: Micros) -> String {
    const MINUTE: i64 = 60_000_000;
    let minutes = at.div_euclid(MINUTE).saturating_add(8 * 60).rem_euclid(24 * 60);
    format!("{} {:02}:{:02}", Day::of(at), minutes / 60, minutes % 60)
}
