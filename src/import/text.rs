//! One spelling for what is typed in many ways: full-width digits, ideographic spaces, invisible characters, the many
//! dashes and multiplication signs.

use super::traditional::simplify;
use crate::width::half_width;

/// What a person sees, without what a person cannot see: no control, zero-width or direction characters; line ends are
/// `\n`, every other blank is a plain space. Letters stay as typed.
pub(super) fn clean(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\r' => (),
            '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => kept.push('\n'),
            c if is_invisible(c) => (),
            c if c.is_whitespace() => kept.push(' '),
            c => kept.push(c),
        }
    }
    kept.trim().to_owned()
}

/// `clean`, on one line: a wrapped Chinese word is joined again, anything else keeps one space.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut gap = None;
    for c in clean(text).chars() {
        if c == '\n' || c == ' ' {
            gap = if gap == Some(' ') || c == ' ' { Some(' ') } else { Some('\n') };
            continue;
        }
        match (gap.take(), line.chars().last()) {
            (Some('\n'), Some(before)) if is_han(before) && is_han(c) => (),
            (Some(_), Some(_)) => line.push(' '),
            _ => (),
        }
        line.push(c);
    }
    line
}

/// The form that is compared and parsed: half-width, one kind of dash, times sign, quote and space.
pub(super) fn fold(text: &str) -> String {
    // Most cells are a plain number or a plain word.
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.') {
        return text.to_owned();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_invisible(*c) || matches!(c, '\n' | '\r' | '\t')) {
        match c {
            '[' | '［' | '【' | '〔' | '「' | '『' => folded.push('('),
            ']' | '］' | '】' | '〕' | '」' | '』' => folded.push(')'),
            '￥' => folded.push('¥'),
            '￡' => folded.push('£'),
            '—' | '–' | '−' | '‐' | '‑' | '―' | '─' => folded.push('-'),
            '〜' | '∼' | '˜' => folded.push('~'),
            '✕' | '╳' | '✖' | '⨯' => folded.push('×'),
            '﹐' => folded.push(','),
            '㎏' => folded.push_str("kg"),
            '㎎' => folded.push_str("mg"),
            '㎖' => folded.push_str("ml"),
            'ℓ' => folded.push('l'),
            'µ' => folded.push('μ'),
            '㎡' => folded.push_str("平方米"),
            c if c.is_whitespace() => folded.push(' '),
            c => folded.push(half_width(c)),
        }
    }
    folded.trim().to_owned()
}

/// `fold` without any blank, in lower case and in simplified characters: labels are recognised and rows compared in this
/// form.
pub(super) fn squeeze(text: &str) -> String {
    simplify(&fold(text)).chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect()
}

/// The first `most` characters, with `…` when there was more.
pub(super) fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A cell that says in writing that it says nothing: `/`, `-`, `无`, `N/A`.
pub(super) fn is_blank_mark(text: &str) -> bool {
    // Such marks are short; looking at the length and the first character keeps long lists quick.
    let begins = text.chars().next().is_none_or(|c| {
        matches!(c, '无' | '無' | '空' | 'n' | 'N') || !(c.is_ascii_alphanumeric() || is_han(c))
    });
    if text.len() > 32 || !begins {
        return false;
    }
    let mark = squeeze(text);
    mark.chars().all(|c| matches!(c, '/' | '-' | '\\' | '_' | '.' | '*'))
        || matches!(&*mark, "无" | "n/a" | "na" | "空")
}

/// "As above", written in the ways forms are filled by hand.
pub(super) fn is_ditto(text: &str) -> bool {
    if text.len() > 32 || text.chars().next().is_none_or(|c| c.is_ascii_alphanumeric()) {
        return false;
    }
    matches!(&*squeeze(text), "同上" | "〃" | "″" | "\"" | "''" | "“" | "”" | "如上")
}

/// The words of a list that is written with blanks between them.
pub(super) fn words(list: &'static str) -> Vec<&'static str> {
    list.split_whitespace().collect()
}

pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{2FA1F}')
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}' | '\u{FE00}'..='\u{FE0F}')
}

/// 4, 6–8: runs of numbers, at most twenty of them.
pub fn row_runs(rows: &[u32]) -> String {
    let runs: Vec<&[u32]> = rows.chunk_by(|one, next| one + 1 == *next).collect();
    let shown = runs.iter().take(20).filter_map(|run| match run {
        [one] => Some(one.to_string()),
        [first, .., last] => Some(format!("{first}–{last}")),
        [] => None,
    });
    shown.collect::<Vec<_>>().join(", ") + if runs.len() > 20 { " …" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_in_runs() {
        assert_eq!(row_runs(&[1, 2, 3, 5]), "1–3, 5");
        assert_eq!(row_runs(&[]), "");
    }

    #[test]
    fn full_width_and_invisible_characters_fold_away() {
        assert_eq!(fold("１２．３５\u{200B}克"), "12.35克");
        assert_eq!(fold("ＡＢ－１２"), "AB-12");
        assert_eq!(fold("２部（黑色１部，白色１部）"), "2部(黑色1部,白色1部)");
        assert_eq!(squeeze("名\u{3000} 称\u{A0}"), "名称");
    }

    #[test]
    fn a_wrapped_word_is_joined_and_other_line_ends_become_a_space() {
        assert_eq!(one_line("苹果\n手机"), "苹果手机");
        assert_eq!(one_line("iPhone 13\r\nPro"), "iPhone 13 Pro");
        assert_eq!(one_line("  手\u{0}机\u{202E} "), "手机");
    }

    #[test]
    fn clipping_counts_characters_not_bytes() {
        assert_eq!(clip("扣押物品", 2), "扣押…");
        assert_eq!(clip("扣押", 2), "扣押");
    }
}
