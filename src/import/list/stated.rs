//! What a file says about its case and its paper, outside the rows of things: whoever books the list compares it with the
//! case it is booked in.

use serde::{Deserialize, Serialize};

use crate::import::header::Role;
use crate::import::row::Line;
use crate::import::sheet::{Cell, Kind};
use crate::import::text::{clip, fold, is_blank_mark, is_ditto, one_line, squeeze};
use crate::import::traditional::simplify;

/// The facts a list states about itself, in the order they stand. Each may be stated more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Stated {
    /// 案件编号, 案号.
    pub case_numbers: Vec<StatedFact>,
    /// 案件名称.
    pub case_names: Vec<StatedFact>,
    /// 法律文书号, 文号: ×公（刑）扣字〔2026〕12号.
    pub paper_numbers: Vec<StatedFact>,
    /// Dates as `2026-03-05`.
    pub dates: Vec<StatedFact>,
}

/// One fact and the row that states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StatedFact {
    pub row: u32,
    pub text: String,
}

/// Facts of one kind that are kept.
const FACTS_MOST: usize = 20;
const CASE_NUMBER: &[&str] =
    &["案件编号", "立案编号", "警情编号", "案号", "案件号", "caseno", "casenumber", "case no", "case number"];
const CASE_NAME: &[&str] = &["案件名称", "案由"];
const PAPER_NUMBER: &[&str] = &[
    "法律文书号",
    "文书编号",
    "文书号",
    "文书字号",
    "决定书文号",
    "决定书编号",
    "发文字号",
    "文号",
    "清单编号",
    "单据编号",
];

impl Stated {
    /// Whether nothing is stated.
    pub fn is_empty(&self) -> bool {
        let kinds = [&self.case_numbers, &self.case_names, &self.paper_numbers, &self.dates];
        kinds.iter().all(|facts| facts.is_empty())
    }

    /// Reads one row that is no thing.
    pub(super) fn read(&mut self, row: u32, cells: &[Cell]) {
        for (at, cell) in cells.iter().enumerate() {
            let text = simplify(&fold(&one_line(&cell.text)));
            // A label may have its value in the cell to the right, unless that is the next label with its own.
            let beside = cells.get(at + 1).map(|it| fold(&one_line(&it.text))).unwrap_or_default();
            let beside = if beside.contains(':') { String::new() } else { beside };
            for (labels, facts) in [
                (CASE_NUMBER, &mut self.case_numbers),
                (CASE_NAME, &mut self.case_names),
                (PAPER_NUMBER, &mut self.paper_numbers),
            ] {
                let value = labels.iter().find_map(|label| value_of(&text, label, &beside));
                keep(facts, row, value);
            }
            keep(&mut self.paper_numbers, row, paper_number(&text));
            let date = if cell.kind == Kind::Date { Some(cell.text.clone()) } else { date(&text) };
            keep(&mut self.dates, row, date);
        }
    }
}

impl Stated {
    /// Reads the columns of a thing that speak of the case.
    pub(super) fn read_thing(&mut self, line: &Line<'_>) {
        for (role, facts) in
            [(Role::CaseNumber, &mut self.case_numbers), (Role::CaseName, &mut self.case_names)]
        {
            let text = line.own(role).map(|cell| fold(&one_line(&cell.text)));
            keep(facts, line.row, text.filter(|it| !is_blank_mark(it) && !is_ditto(it)));
        }
    }
}

/// Whether two numbers of a case or a paper are the same, however their brackets, blanks and letters are written:
/// `某公（刑）扣字〔2026〕12号` and `某公(刑)扣字[2026] 12号`.
pub fn same_number(one: &str, other: &str) -> bool {
    squeeze(one) == squeeze(other)
}

fn keep(facts: &mut Vec<StatedFact>, row: u32, value: Option<String>) {
    let new = value.filter(|it| facts.len() < FACTS_MOST && facts.iter().all(|known| known.text != *it));
    facts.extend(new.map(|text| StatedFact { row, text }));
}

/// The value behind a label, up to a wide gap or the next label.
fn value_of(text: &str, label: &str, beside: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let at = lower.find(label)?;
    let after = text.get(at + label.len()..)?.trim_start().trim_start_matches([':', ' ', '.']);
    let own = after.split([',', ';', '。']).next().unwrap_or_default();
    let own = own.split("  ").next().unwrap_or_default().trim();
    let own = if own.contains(':') { own.split(' ').next().unwrap_or_default() } else { own };
    let value = if own.is_empty() && after.is_empty() { beside.trim() } else { own };
    (!value.is_empty() && !value.ends_with(':')).then(|| clip(value, 100))
}

/// ×公(刑)扣字(2026)12号 anywhere in a text; brackets are folded to round ones.
fn paper_number(text: &str) -> Option<String> {
    let at = text.find("字(").or_else(|| text.find("字第"))?;
    let end = text.get(at..)?.find('号')? + at + '号'.len_utf8();
    let from = text.get(..at)?.rfind([' ', ':', ',', ';']).map_or(0, |it| it + 1);
    let number = text.get(from..end)?;
    (number.contains(|c: char| c.is_ascii_digit()) && number.chars().count() <= 40).then(|| number.to_owned())
}

/// 2026年3月5日 → 2026-03-05; also with blanks between.
fn date(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let at = plain.find('年')?;
    let number = |text: &str| text.parse::<u32>().ok();
    let year = number(plain.get(at.checked_sub(4)?..at)?).filter(|it| (1950..2200).contains(it))?;
    let rest = plain.get(at + '年'.len_utf8()..)?;
    let (month, rest) = rest.split_once('月')?;
    let (day, _) = rest.split_once('日')?;
    let month = number(month).filter(|it| (1..=12).contains(it))?;
    let day = number(day).filter(|it| (1..=31).contains(it))?;
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_read_from_the_head_and_the_foot() {
        let cell =
            |column, text: &str| Cell { row: 1, column, text: text.to_owned(), kind: Kind::Text, cut: false };
        let mut stated = Stated::default();
        stated
            .read(1, &[cell(0, "案件编号：A3301060000002024050012"), cell(4, "案件名称：张某某贩卖毒品案")]);
        stated.read(2, &[cell(0, "法律文书号"), cell(1, "某公（刑）扣字〔2026〕12号")]);
        stated.read(9, &[cell(3, "2026 年 3 月 5 日"), cell(4, "年 月 日")]);
        let texts = |facts: &[StatedFact]| facts.iter().map(|it| it.text.clone()).collect::<Vec<_>>();
        assert_eq!(texts(&stated.case_numbers), ["A3301060000002024050012"]);
        assert_eq!(texts(&stated.case_names), ["张某某贩卖毒品案"]);
        assert_eq!(texts(&stated.paper_numbers), ["某公(刑)扣字(2026)12号"]);
        assert_eq!(texts(&stated.dates), ["2026-03-05"]);
        assert_eq!(stated.dates[0].row, 9);
    }

    #[test]
    fn an_empty_label_does_not_take_the_next_label_for_its_value() {
        let cell =
            |column, text: &str| Cell { row: 1, column, text: text.to_owned(), kind: Kind::Text, cut: false };
        let mut stated = Stated::default();
        stated.read(1, &[cell(0, "案件编号："), cell(1, "案件名称：张某某贩卖毒品案")]);
        assert!(stated.case_numbers.is_empty(), "{:?}", stated.case_numbers);
    }

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        assert!(same_number("某公（刑）扣字〔2026〕12号", "某公(刑)扣字[2026] 12号"));
        assert!(same_number("ａ330 1", "A3301"));
        assert!(!same_number("A3301", "A3302"));
    }
}
