//! Number formats: `0"部"` shows 3 as 3部, `"¥"#,##0` shows ¥3. The unit that only the format shows is read with the number.

use super::{Kind, number_text};
use crate::import::quantity::{begins_with_unit, is_unit};
use crate::import::text::fold;

/// What a format writes around the number. Only units, currencies and words of doubt (约) are kept. Of a format that shortens
/// the number (`0.0,"万元"`) the scale is left off, because the cell holds the whole number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Affix {
    before: String,
    after: String,
    /// `00000` shows 123 as 00123: how many digits a whole number has at least.
    digits: usize,
}

impl Affix {
    /// Reads a format code as spreadsheets write it; only its first part (numbers above zero) matters.
    pub(super) fn of_code(code: &str) -> Affix {
        let (mut before, mut after) = (String::new(), String::new());
        let (mut digits_seen, mut comma_last, mut scaled) = (false, false, false);
        let mut chars = code.chars();
        while let Some(c) = chars.next() {
            let literal = match c {
                ';' => break,
                '"' => chars.by_ref().take_while(|c| *c != '"').collect(),
                '\\' | '!' => chars.next().map(String::from).unwrap_or_default(),
                '_' | '*' => {
                    chars.next();
                    continue;
                }
                // [$¥-804] is a currency sign; [Red] and [>=100] are not text.
                '[' => {
                    let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                    let sign = inside.strip_prefix('$').unwrap_or_default();
                    match sign.split_once('-') {
                        // The sign of many currencies, with the place that says which.
                        Some(("$", "409")) => "US$".to_owned(),
                        Some(("$", "1009" | "C0C")) => "CAD".to_owned(),
                        Some(("$", "C09")) => "AUD".to_owned(),
                        Some((sign, _)) => sign.to_owned(),
                        None => sign.to_owned(),
                    }
                }
                '0' | '#' | '?' => {
                    (digits_seen, comma_last) = (true, false);
                    continue;
                }
                ',' => {
                    comma_last = digits_seen;
                    continue;
                }
                c if c.is_ascii() => continue,
                c => c.to_string(),
            };
            scaled |= comma_last || literal.contains('.');
            if digits_seen { &mut after } else { &mut before }.push_str(literal.trim());
        }
        let zeros = code.bytes().take_while(|b| *b == b'0').count();
        let whole = !code.get(zeros..).is_some_and(|rest| rest.contains(['0', '#', '?', '.', ',', '%', 'E']));
        let digits = if whole { zeros } else { 0 };
        Affix { digits, ..Affix::new(&before, &after, scaled || comma_last) }
    }

    /// Reads what a cell shows around its number: `US$200.00`, `12克`. `value` tells whether the number was shortened.
    pub(super) fn of_shown(shown: &str, value: f64) -> Affix {
        let folded = fold(shown);
        let digit = |c: char| c.is_ascii_digit();
        let (Some(from), Some(to)) = (folded.find(digit), folded.rfind(digit)) else {
            return Affix::default();
        };
        let number = folded.get(from..=to).unwrap_or_default().replace([',', ' '], "");
        // The cell shows fewer digits than it holds; a shortened number is another one.
        let same =
            number.parse::<f64>().is_ok_and(|it| (it - value.abs()).abs() <= value.abs() * 0.01 + 0.51);
        let before = folded.get(..from).unwrap_or_default().trim_matches(['-', '+', '(', ' ']);
        let after = folded.get(to + 1..).unwrap_or_default().trim_matches([')', ' ']);
        Affix::new(before, after, !same)
    }

    fn new(before: &str, after: &str, scaled: bool) -> Affix {
        let keep = |text: &str| {
            let text = fold(text);
            // 部/台: either word counts pieces.
            let text = text.split('/').next().unwrap_or_default();
            let text = text.trim_end_matches(['整', '正']).to_owned();
            let plain = text.trim_start_matches(['万', '千', '百', '亿']);
            match () {
                () if is_unit(&text) => text,
                () if !plain.is_empty() && is_unit(plain) => {
                    if scaled {
                        plain.to_owned()
                    } else {
                        text
                    }
                }
                () if begins_with_unit(&text) || says_about(&text) => text,
                () => String::new(),
            }
        };
        Affix { before: keep(before), after: keep(after), digits: 0 }
    }

    fn is_empty(&self) -> bool {
        self.before.is_empty() && self.after.is_empty() && self.digits < 2
    }
}

/// 约, 毛重: words before a number that say what it is.
fn says_about(text: &str) -> bool {
    matches!(text, "约" | "大约" | "近" | "≈" | "~" | "毛重" | "净重" | "毛重:" | "净重:")
}

/// The text of a number cell with what its format writes around it.
pub(super) fn shown(value: f64, affix: Option<&Affix>) -> (String, Kind) {
    let (text, kind) = number_text(value);
    match affix.filter(|it| !it.is_empty() && kind == Kind::Number) {
        Some(affix) => {
            let whole = text.bytes().all(|b| b.is_ascii_digit());
            let width = if whole { affix.digits } else { 0 };
            (format!("{}{text:0>width$}{}", affix.before, affix.after), kind)
        }
        None => (text, kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_from_formats() {
        for (code, value, text) in [
            ("0\"部\"", 3.0, "3部"),
            ("[$¥-804]#,##0.00", 12_000.0, "¥12000"),
            ("\"US$\"0", 200.0, "US$200"),
            ("0.00克", 12.5, "12.5克"),
            ("0\"万元\"", 3.0, "3万元"),
            ("#,##0,\"千元\"", 12_000.0, "12000元"),
            ("0!.0,\"万\"", 20_000.0, "20000"),
            ("0\" 号\"", 3.0, "3"),
            ("General", 3.0, "3"),
            ("00000", 123.0, "00123"),
            ("000\"部\"", 3.0, "003部"),
            ("0.00", 3.0, "3"),
            ("\"约\"0\"克\"", 20.0, "约20克"),
            ("0\"克（毛重）\"", 20.0, "20克(毛重)"),
            ("0\"部/台\"", 2.0, "2部"),
            ("[$$-409]#,##0.00", 300.0, "US$300"),
        ] {
            assert_eq!(shown(value, Some(&Affix::of_code(code))).0, text, "{code}");
        }
        for (cell, value, text) in [
            ("US$200.00", 200.0, "US$200"),
            ("12克", 12.0, "12克"),
            ("3.0万元", 30_000.0, "30000元"),
            ("3万元", 3.0, "3万元"),
            ("1,200.50", 1_200.5, "1200.5"),
        ] {
            assert_eq!(shown(value, Some(&Affix::of_shown(cell, value))).0, text, "{cell}");
        }
    }
}
