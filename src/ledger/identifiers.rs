//! 识别号: what tells one thing from every other thing in the world, from a field of its own and from where people write it in a
//! sentence: IMEI, VIN, account, plate.

use super::Particulars;
use crate::width::half_width;
use std::collections::BTreeSet;

/// Where an identifier stands: the word of a [`super::Particular`], or one of these two.
pub const IN_NAME: &str = "name";
pub const IN_FEATURES: &str = "features";

/// Everything that identifies a thing, with where it stands.
pub fn identifiers(
    name: &str,
    features: &str,
    particulars: &Particulars,
) -> BTreeSet<(&'static str, String)> {
    let own = particulars.identifiers().into_iter().map(|(field, key)| (field.word(), key));
    let named = numbers_in(name).into_iter().map(|key| (IN_NAME, key));
    own.chain(named).chain(numbers_in(features).into_iter().map(|key| (IN_FEATURES, key))).collect()
}

/// The numbers in a sentence that identify a thing wherever they stand, in the normal form of [`Particulars::identifiers`]:
/// IMEI and accounts (15 to 19 digits), VIN (ISO 3779: 17 letters and digits, never I, O or Q), plates (GA 36: 省 A 12345).
pub fn numbers_in(text: &str) -> BTreeSet<String> {
    let text: String = text.chars().map(half_width).filter(|c| !c.is_whitespace()).collect();
    let text = text.to_uppercase();
    let mut found: BTreeSet<String> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter_map(|run| {
            let digits = run.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            match run.len() {
                _ if is_long_number(digits) => Some(digits),
                17 if is_vin(run) => Some(run),
                _ => None,
            }
        })
        .map(str::to_owned)
        .collect();
    found.extend(plates_in(&text));
    found
}

fn is_long_number(digits: &str) -> bool {
    (15..=19).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

fn is_vin(run: &str) -> bool {
    run.bytes().any(|b| b.is_ascii_digit()) && !run.contains(['I', 'O', 'Q'])
}

fn plates_in(text: &str) -> impl Iterator<Item = String> {
    const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    let plain = text.replace(['·', '.', '-'], "");
    let starts: Vec<usize> =
        plain.char_indices().filter(|(_, c)| PROVINCES.contains(*c)).map(|(at, _)| at).collect();
    starts.into_iter().filter_map(move |at| {
        let mut rest = plain.get(at..)?.chars();
        let province = rest.next()?;
        let rest: String = rest.take_while(char::is_ascii_alphanumeric).collect();
        let letter = rest.starts_with(|c: char| c.is_ascii_alphabetic());
        let digits = rest.chars().filter(char::is_ascii_digit).count();
        (letter && (6..=7).contains(&rest.len()) && digits >= 3).then(|| format!("{province}{rest}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Particular;

    #[test]
    fn numbers_that_identify_are_found_wherever_they_are_written() {
        for (text, number) in [
            ("黑色，IMEI861234045678901，屏幕有裂痕", "861234045678901"),
            ("IMEI：86123404 5678901", "861234045678901"),
            ("串号８６１２３４０４５６７８９０１", "861234045678901"),
            ("车架号 lsvcc2a48cn123456", "LSVCC2A48CN123456"),
            ("工商银行卡6222020200112233445", "6222020200112233445"),
            ("牌照云A·12345，白色", "云A12345"),
            ("新能源粤BD12345", "粤BD12345"),
        ] {
            assert_eq!(numbers_in(text), BTreeSet::from([number.to_owned()]), "{text}");
        }
        for text in
            ["", "黑色，约 12.35 克", "电话 13800138000", "新购买的电脑一台", "2026-11-22", "云南白药"]
        {
            assert!(numbers_in(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_number_is_the_same_in_its_own_field_and_in_a_sentence() {
        let mut particulars = Particulars::default();
        particulars.set(Particular::Imei, "86 123404 567890 1");
        let own = identifiers("手机", "黑色", &particulars);
        let told = identifiers("手机", "黑色，IMEI 861234045678901", &Particulars::default());
        let keys = |all: BTreeSet<(&str, String)>| all.into_iter().map(|(_, key)| key).collect::<Vec<_>>();
        assert_eq!(keys(own), keys(told));
    }
}
