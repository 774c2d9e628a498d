//! Text → exact number: Arabic digits with thousands separators, 万 and 千, powers of ten as spreadsheets write them.

use super::decimal::{Decimal, Taken, begins_kilo};
use super::numeral;
use crate::import::doubt::DoubtCode;

/// The decimal text of a spreadsheet's binary number, to the 15 digits a spreadsheet keeps: 12.35 is `12.35`, and
/// 0.1 + 0.2 is `0.3`.
pub(in crate::import) fn plain(value: f64) -> String {
    let text = format!("{value:.14e}");
    let Some((mantissa, power)) = text.split_once('e') else { return text };
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |it| ("-", it));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    match power.parse::<usize>() {
        _ if digits.is_empty() => "0".to_owned(),
        Ok(power) if power <= 20 => match digits.split_at_checked(power + 1) {
            Some((whole, "")) => format!("{sign}{whole}"),
            Some((whole, fraction)) => format!("{sign}{whole}.{fraction}"),
            None => format!("{sign}{digits:0<width$}", width = power + 1),
        },
        Err(_) if power.len() <= 3 => {
            let zeros = power.trim_start_matches('-').parse::<usize>().unwrap_or(1) - 1;
            format!("{sign}0.{}{digits}", "0".repeat(zeros))
        }
        _ => format!("{sign}{mantissa}E{power}"),
    }
}

/// Takes a number off the start of folded text (see [`crate::import::text::fold`]).
pub(super) fn take(text: &str) -> Option<Taken<'_>> {
    take_arabic(text).or_else(|| numeral::take(text)).or_else(|| take_english(text))
}

/// One to twelve in English, as a word of its own.
fn take_english(text: &str) -> Option<Taken<'_>> {
    const WORDS: &[&str] =
        &["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let (word, rest) = text.split_at_checked(text.bytes().take_while(u8::is_ascii_alphabetic).count())?;
    let at = WORDS.iter().position(|it| it.eq_ignore_ascii_case(word))?;
    Some((i128::try_from(at + 1).map(Decimal::whole_number).map_err(|_| DoubtCode::TooLarge), rest))
}

fn take_arabic(text: &str) -> Option<Taken<'_>> {
    let (first, after) = take_digits(text)?;
    let Ok(first) = first else { return Some((first, after)) };
    let Some((mut sum, mut counted_in, mut rest)) = scale(first, after) else {
        return Some((Err(DoubtCode::TooLarge), after));
    };
    // 12万3000, 1万2千: further parts, each smaller than what the one before was counted in.
    while counted_in > 1
        && let Some((next, after)) = take_digits(rest)
    {
        let Ok(next) = next else { return Some((next, after)) };
        let Some((part, part_in, after)) = scale(next, after) else {
            return Some((Err(DoubtCode::TooLarge), after));
        };
        // 1万2 is 10,002 on paper and 12,000 in speech.
        let spoken = part_in == 1 && part.less_than(10) && !rest.starts_with('0');
        let Some(total) = sum.plus(part).filter(|_| !spoken && part.less_than(counted_in)) else {
            return Some((Err(DoubtCode::Unclear), after));
        };
        (sum, counted_in, rest) = (total, part_in, after);
    }
    Some((Ok(sum), rest))
}

/// Applies 万, 千, 百万 … behind a number: the number, what it was counted in, what follows.
fn scale(mut value: Decimal, mut rest: &str) -> Option<(Decimal, i128, &str)> {
    let mut counted_in = 1_i128;
    while let Some((factor, after)) = take_multiplier(rest) {
        value = value.times(factor)?;
        counted_in = counted_in.checked_mul(factor)?;
        rest = after;
    }
    Some((value, counted_in, rest))
}

/// 百 千 万 亿 behind a number, but not the 千 of 千克.
fn take_multiplier(text: &str) -> Option<(i128, &str)> {
    let mut chars = text.chars();
    let factor = match chars.next()? {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        '万' | '萬' => 10_000,
        '亿' | '億' => 100_000_000,
        _ => return None,
    };
    let rest = chars.as_str();
    (!(factor == 1_000 && begins_kilo(rest))).then_some((factor, rest))
}

/// Digits with thousands separators, a point and a power of ten.
fn take_digits(text: &str) -> Option<Taken<'_>> {
    let whole_len = digits_len(text);
    let leading_point = whole_len == 0 && text.starts_with('.') && digits_len(text.get(1..)?) > 0;
    if whole_len == 0 && !leading_point {
        return None;
    }
    let mut plain = text.get(..whole_len)?.to_owned();
    let mut rest = text.get(whole_len..)?;
    let mut groups = 0;
    while let Some((after, len)) = next_group(rest, groups == 0 && whole_len > 3) {
        let Some(len) = len else { return Some((Err(DoubtCode::GroupingUnclear), skip_numberish(after))) };
        plain.push_str(after.get(..len)?);
        rest = after.get(len..)?;
        groups += 1;
    }
    if let Some(after) = rest.strip_prefix('.').or_else(|| rest.strip_prefix('。')) {
        let len = digits_len(after);
        if len > 0 {
            plain = format!("{plain}.{}", after.get(..len)?);
            rest = after.get(len..)?;
            if rest.strip_prefix(['.', ',', '。']).is_some_and(|it| digits_len(it) > 0) {
                return Some((Err(DoubtCode::Unclear), skip_numberish(rest)));
            }
        }
    }
    let value = Decimal::parse(&plain);
    let Some((power, after)) = take_power(rest) else {
        return Some((value.ok_or(DoubtCode::TooLarge), rest));
    };
    Some((value.and_then(|it| it.shifted(power)).ok_or(DoubtCode::TooLarge), after))
}

/// A separator and the group of three digits behind it; a separator with another number of digits is not clear. A blank
/// that does not begin a group of three is only a blank.
fn next_group(rest: &str, first_too_long: bool) -> Option<(&str, Option<usize>)> {
    let separator = rest.chars().next().filter(|c| matches!(c, ',' | '\'' | ' '))?;
    let after = rest.get(separator.len_utf8()..)?;
    match digits_len(after) {
        0 => None,
        3 if !first_too_long => Some((after, Some(3))),
        _ if separator == ' ' => None,
        _ => Some((after, None)),
    }
}

fn take_power(rest: &str) -> Option<(i32, &str)> {
    let after = rest.strip_prefix(['e', 'E'])?;
    let (sign, digits) = match after.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, after.strip_prefix('+').unwrap_or(after)),
    };
    let len = digits_len(digits);
    let power: i32 = digits.get(..len).filter(|it| (1..=3).contains(&it.len()))?.parse().ok()?;
    Some((sign * power, digits.get(len..)?))
}

fn digits_len(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn skip_numberish(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str, rest: &str) {
        let (value, after) = take(text).unwrap_or_else(|| panic!("no number in {text}"));
        assert_eq!(
            value.unwrap_or_else(|code| panic!("{text}: {code:?}")),
            Decimal::parse(expected).unwrap(),
            "{text}"
        );
        assert_eq!(after, rest, "{text}");
    }

    #[test]
    fn numbers_are_read_exactly() {
        let table = [
            ("12.35克", "12.35", "克"),
            ("12.3500g", "12.35", "g"),
            ("12,000元", "12000", "元"),
            ("1,234,567.89", "1234567.89", ""),
            ("12 000 元", "12000", " 元"),
            ("3 部", "3", " 部"),
            (".5g", "0.5", "g"),
            ("12。35克", "12.35", "克"),
            ("1.2E+3", "1200", ""),
            ("1.5e-3g", "0.0015", "g"),
            ("1.2万元", "12000", "元"),
            ("3千克", "3", "千克"),
            ("3千元", "3000", "元"),
            ("3百万元", "3000000", "元"),
            ("2亿", "200000000", ""),
            ("12万3000元", "123000", "元"),
            ("1万2千元", "12000", "元"),
            ("三部", "3", "部"),
            ("两台", "2", "台"),
            ("十二张", "12", "张"),
            ("二十", "20", ""),
            ("一百二十元", "120", "元"),
            ("一百零二", "102", ""),
            ("一百二", "120", ""),
            ("一万二千三百四十五", "12345", ""),
            ("一亿二千万", "120000000", ""),
            ("壹万贰仟元整", "12000", "元整"),
            ("叁佰伍拾", "350", ""),
            ("两百五十", "250", ""),
            ("三两", "3", "两"),
            ("二〇二", "202", ""),
            ("廿五", "25", ""),
            ("一点五克", "1.5", "克"),
            ("五千克", "5", "千克"),
        ];
        for (text, expected, rest) in table {
            check(text, expected, rest);
        }
    }

    #[test]
    fn what_does_not_say_one_number_is_refused() {
        for (text, code) in [
            ("1,5部", DoubtCode::GroupingUnclear),
            ("1234,567", DoubtCode::GroupingUnclear),
            ("1.2.3", DoubtCode::Unclear),
            ("三五部", DoubtCode::Range),
            ("两三部", DoubtCode::Range),
            ("十二三部", DoubtCode::Range),
            ("1万2元", DoubtCode::Unclear),
            ("1E+300", DoubtCode::TooLarge),
            ("1234567890123456789012345", DoubtCode::TooLarge),
        ] {
            assert_eq!(take(text).unwrap().0, Err(code), "{text}");
        }
        for text in ["", "部", "百元", "千斤顶", "克", "abc", "-3"] {
            assert!(take(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_spreadsheet_number_becomes_the_digits_the_spreadsheet_shows() {
        for (value, text) in [
            (12.35, "12.35"),
            (3.0, "3"),
            (0.1 + 0.2, "0.3"),
            (12_000.0, "12000"),
            (0.0005, "0.0005"),
            (-2.5, "-2.5"),
            (0.0, "0"),
            (1e15, "1000000000000000"),
            (123_456_789_012_345.0, "123456789012345"),
            (1e-7, "0.0000001"),
            (1e300, "1.00000000000000E300"),
        ] {
            assert_eq!(plain(value), text);
        }
    }
}
