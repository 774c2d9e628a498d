//! Work without a server: labels printed ahead, and what stations took in meanwhile. What was typed stays as it was typed;
//! here it is only compared.

use super::{Code, CodeKind, words};
use crate::{
    clock::{Moment, Span},
    vocabulary::vocabulary,
    width::half_width,
};

/// A scan or a weight that is older than this when it arrives is kept and nothing is done by it: whoever stands at the
/// counter by then is doing something else.
pub const ACTED_ON_WITHIN: Span = Span::minutes(15);

/// The server's time at a moment by the clock of a station that was so many microseconds ahead.
pub fn by_our_clock(theirs: Moment, ahead: i64) -> Moment {
    theirs.plus(Span(ahead.saturating_neg()))
}

vocabulary! {
    /// What a block of blank labels is for.
    BlockPurpose "blank.is" {
        /// It comes out of the station's printer at once.
        Roll "roll" "预印卷" "Roll",
        /// Kept by the station, printed when no server is there.
        OffLine "off_line" "离线备用" "Spare, off line",
    }
}

words! {
    /// What has become of a blank label. It never goes back.
    BlankState {
        Blank "blank",
        /// It is stuck on a thing.
        Claimed "claimed",
        /// 作废: it must never name anything.
        Void "void",
    }
}

vocabulary! {
    /// What has become of a thing that a station took in without a server.
    ReceiptState "off_line.is" {
        Waiting "waiting" "等待登记" "Waiting",
        /// It was received onto a line of a seizure list.
        Entered "entered" "已登记" "Entered",
        /// It could not be, and a difference says why.
        SetAside "set_aside" "已转差异" "Made a difference",
    }
}

/// The number that a scanned or typed label says, when it is a blank label of ours.
pub fn blank_number(text: &str) -> Option<String> {
    Code::parse(text).ok().filter(|code| code.kind() == CodeKind::Blank).map(|code| code.number())
}

/// A paper's or a case's number as it is compared: without spaces, brackets and digits of either width alike. People type
/// `〔2026〕`, `[2026]` and `（2026）` for the same number.
pub fn plain_number(text: &str) -> String {
    let bracket = |c: char| match c {
        '〔' | '[' | '【' | '［' | '{' => '(',
        '〕' | ']' | '】' | '］' | '}' => ')',
        c => c,
    };
    let kept = text.chars().map(half_width).map(bracket).filter(|c| !c.is_whitespace());
    kept.flat_map(char::to_uppercase).collect()
}

/// The same number as papers print it: the year between 〔 and 〕, other brackets full width.
pub fn printed_number(text: &str) -> String {
    let plain: Vec<char> = plain_number(text).chars().collect();
    let year = |at: usize| plain.get(at..at + 4).is_some_and(|it| it.iter().all(char::is_ascii_digit));
    let printed = plain.iter().enumerate().map(|(at, c)| match c {
        '(' if year(at + 1) && plain.get(at + 5) == Some(&')') => '〔',
        ')' if at >= 5 && year(at - 4) && plain.get(at - 5) == Some(&'(') => '〕',
        '(' => '（',
        ')' => '）',
        c => *c,
    });
    printed.collect()
}

/// The line of a list, as people write it: `3`, `第3项`, `３`. Nothing when there is no number in it.
pub fn line_number(text: &str) -> Option<u32> {
    let plain = plain_number(text);
    let digits: String =
        plain.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|line| *line > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_alike_however_they_are_typed() {
        let as_printed = plain_number("江公扣字〔2026〕1号");
        for typed in ["江公扣字(2026)1号", " 江公扣字 ［２０２６］ １号", "江公扣字【2026】1号"]
        {
            assert_eq!(plain_number(typed), as_printed, "{typed}");
        }
        assert_eq!(printed_number("江公(刑)扣字[2026]1号"), "江公（刑）扣字〔2026〕1号");
        assert_ne!(plain_number("江公扣字〔2026〕11号"), as_printed);
        for (typed, line) in [("3", Some(3)), ("第 ３ 项", Some(3)), ("", None), ("0", None), ("三", None)]
        {
            assert_eq!(line_number(typed), line, "{typed}");
        }
        let label = Code::new(CodeKind::Blank, "26", 7).to_string();
        assert_eq!(blank_number(&label).as_deref(), Some("P26-0000007"));
        assert_eq!(blank_number(&Code::new(CodeKind::Item, "26", 7).to_string()), None);
    }
}
