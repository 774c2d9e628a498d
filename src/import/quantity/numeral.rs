//! Chinese numerals, plain (一百二十) and as written on cheques (壹佰贰拾).

use super::decimal::{Decimal, Taken, begins_kilo};
use crate::import::doubt::DoubtCode;

/// One character of a Chinese numeral.
#[derive(Clone, Copy)]
enum Numeral {
    Digit(i128),
    Unit(i128),
    /// 廿 and 卅: twenty and thirty in one character.
    Tens(i128),
}

fn numeral(c: char) -> Option<Numeral> {
    Some(match c {
        '零' | '〇' | '○' => Numeral::Digit(0),
        '一' | '壹' | '弌' => Numeral::Digit(1),
        '二' | '贰' | '貳' | '两' | '俩' => Numeral::Digit(2),
        '三' | '叁' | '叄' => Numeral::Digit(3),
        '四' | '肆' => Numeral::Digit(4),
        '五' | '伍' => Numeral::Digit(5),
        '六' | '陆' | '陸' => Numeral::Digit(6),
        '七' | '柒' => Numeral::Digit(7),
        '八' | '捌' => Numeral::Digit(8),
        '九' | '玖' => Numeral::Digit(9),
        '廿' => Numeral::Tens(20),
        '卅' => Numeral::Tens(30),
        '十' | '拾' => Numeral::Unit(10),
        '百' | '佰' => Numeral::Unit(100),
        '千' | '仟' => Numeral::Unit(1_000),
        '万' | '萬' => Numeral::Unit(10_000),
        '亿' | '億' => Numeral::Unit(100_000_000),
        _ => return None,
    })
}

/// How many bytes of the text belong to a Chinese numeral. 两 is a digit at the start or before 百 千 万 亿, otherwise the
/// weight (三两); 千 before 克 begins the weight.
fn numeral_len(text: &str) -> usize {
    let mut len = 0;
    for (at, c) in text.char_indices() {
        let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
        let weight = match c {
            '两' => at > 0 && !rest.starts_with(['百', '佰', '千', '仟', '万', '萬', '亿', '億']),
            '千' => begins_kilo(rest) && at > 0,
            _ => false,
        };
        if weight || numeral(c).is_none() {
            break;
        }
        len = at + c.len_utf8();
    }
    len
}

pub(super) fn take(text: &str) -> Option<Taken<'_>> {
    let (run, rest) = text.split_at_checked(numeral_len(text))?;
    let numerals: Vec<Numeral> = run.chars().filter_map(numeral).collect();
    // 百元, 千斤顶, 万能: a bare unit is the beginning of a word. 十 alone is ten.
    if numerals.is_empty() || matches!(numerals.first(), Some(Numeral::Unit(unit)) if *unit != 10) {
        return None;
    }
    let value = chinese_value(&numerals);
    let Some(fraction) = rest.strip_prefix('点') else { return Some((value, rest)) };
    let digits: String = fraction.chars().map_while(digit_char).collect();
    if digits.is_empty() {
        return Some((value, rest));
    }
    let after = fraction.get(digits.len() * '一'.len_utf8()..)?;
    let point = Decimal::parse(&format!("0.{digits}")).ok_or(DoubtCode::TooLarge);
    Some((value.and_then(|whole| whole.plus(point?).ok_or(DoubtCode::TooLarge)), after))
}

fn digit_char(c: char) -> Option<char> {
    match numeral(c)? {
        Numeral::Digit(digit) if c != '两' => char::from_digit(u32::try_from(digit).ok()?, 10),
        _ => None,
    }
}

fn chinese_value(numerals: &[Numeral]) -> Result<Decimal, DoubtCode> {
    let digits: Option<Vec<i128>> =
        numerals.iter().map(|it| if let Numeral::Digit(d) = it { Some(*d) } else { None }).collect();
    if let Some(digits) = digits {
        return positional(&digits);
    }
    let (mut total, mut section, mut digit, mut last_unit) = (0_i128, 0_i128, None, 1_i128);
    // Within a section of four the units only go down: 千, 百, 十.
    let mut below = 10_000;
    for numeral in numerals.iter().copied() {
        match numeral {
            Numeral::Digit(0) => last_unit = 1,
            // 十二三: twelve or thirteen.
            Numeral::Digit(_) if digit.is_some() => return Err(DoubtCode::Range),
            Numeral::Digit(it) => digit = Some(it),
            Numeral::Tens(it) => section += it,
            Numeral::Unit(unit) if unit < 10_000 => {
                let bare_ten = (unit == 10).then_some(1);
                let times = digit.take().or(bare_ten).filter(|_| unit < below).ok_or(DoubtCode::Unclear)?;
                section += times * unit;
                (last_unit, below) = (unit, unit);
            }
            Numeral::Unit(unit) => {
                section += digit.take().unwrap_or(0);
                total = if unit > 10_000 { (total + section) * unit } else { total + section * unit };
                if section == 0 || total > 1_000_000_000_000_000_000 {
                    return Err(DoubtCode::Unclear);
                }
                (section, last_unit, below) = (0, unit, 10_000);
            }
        }
    }
    // 一百二 is 120, 一万二 is 12,000; 一百零二 is 102.
    let tail = digit.unwrap_or(0) * if last_unit >= 100 { last_unit / 10 } else { 1 };
    Ok(Decimal::whole_number(total + section + tail))
}

/// Digits alone: one is itself, 二〇二 is 202, but 三五 is "three to five".
fn positional(digits: &[i128]) -> Result<Decimal, DoubtCode> {
    match digits {
        [one] => Ok(Decimal::whole_number(*one)),
        [first, second] if *first != 0 && *second != 0 => Err(DoubtCode::Range),
        _ if digits.len() > 15 => Err(DoubtCode::TooLarge),
        _ => Ok(Decimal::whole_number(digits.iter().fold(0, |sum, digit| sum * 10 + digit))),
    }
}
