//! What a scanner or an input method puts around a code, and how it spells the characters in it: taken off here once, for the
//! station, the counter and whatever is typed.

/// What a label says, out of what arrived. Taken off: control characters at both ends (STX and ETX of a frame, the group
/// separator that some scanners leave behind the last field, line ends), blanks, marks that nobody sees, and the two
/// asterisks with which Code 39 begins and ends. Full-width letters, digits, hyphens and asterisks become plain ones. A group separator
/// *within* stays: it divides the fields of a GS1 code. What is left of a text without a character is empty.
pub fn as_read(text: &str) -> String {
    let folded: String = text.chars().map(half_width).collect();
    let bare = folded.trim_matches(is_around);
    let inner = bare.strip_prefix('*').and_then(|rest| rest.strip_suffix('*')).filter(|it| is_code_39(it));
    inner.unwrap_or(bare).trim_matches(is_around).to_owned()
}

/// Letters, digits, hyphen, asterisk and space as a keyboard has them; of other full-width characters a Chinese text is written.
fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '－' | '＊' => {
            char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)
        }
        c => c,
    }
}

fn is_around(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}')
}

/// Whether Code 39 can say it: its 43 characters, in either case. The asterisk is not one of them.
fn is_code_39(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b' ' | b'$' | b'/' | b'+' | b'%'))
}

#[cfg(test)]
mod tests {
    use super::as_read;
    use crate::code::{Code, CodeKind};

    #[test]
    fn what_stands_around_a_code_is_taken_off() {
        for (arrived, said) in [
            ("W26-0000123-3W", "W26-0000123-3W"),
            ("\u{2}W26-0000123\u{3}", "W26-0000123"),
            ("\u{2}W26-0000123\u{3}\r\n", "W26-0000123"),
            ("*W26-0000123*", "W26-0000123"),
            ("\u{2}*6901234*\u{3}", "6901234"),
            ("＊Ｗ２６－０００*", "W26-000"),
            ("W26-0000123\u{1d}", "W26-0000123"),
            ("01069012345678921721\u{1d}10A7\u{1d}", "01069012345678921721\u{1d}10A7"),
            ("Ｗ２６－００００１２３", "W26-0000123"),
            ("ｗ26－0000123\u{3000}", "w26-0000123"),
            ("\u{feff}\u{200b}W26\u{200e}", "W26"),
            // What is no frame stays: an asterisk alone, one within, and around what Code 39 cannot say.
            ("*", "*"),
            ("**", "**"),
            ("*A", "*A"),
            ("A*B", "A*B"),
            ("*物证*", "*物证*"),
            ("沪公（２０２６）物：１号", "沪公（2026）物：1号"),
            ("\u{2}\u{3}\r", ""),
            ("", ""),
        ] {
            assert_eq!(as_read(arrived), said, "{arrived:?}");
        }
    }

    #[test]
    fn a_code_of_ours_is_read_through_all_of_it() {
        let code = Code::new(CodeKind::Item, "26", 123);
        let plain = code.to_string();
        let wide: String = plain.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
        for arrived in [
            format!("\u{2}{plain}\u{3}"),
            format!("*{plain}*"),
            format!("{plain}\u{1d}"),
            format!("\u{2}*{plain}*\u{3}\r\n"),
            wide.clone(),
            format!("＊{wide}＊"),
        ] {
            assert_eq!(Code::parse(&arrived), Ok(code.clone()), "{arrived:?}");
        }
    }
}
