//! Where a thing is, as a signed statement says it in Chinese, and the same for a reader of English. A slot or a store is a name and stays
//! as it is.

use crate::amount;

/// What stands before the name and after it, in both languages.
const NAMED: [[&str; 4]; 4] = [
    ["借给", "", "on loan to ", ""],
    ["运往", "途中", "on the way to ", ""],
    ["", "（应交未交）", "", " (owed)"],
    ["", "代管", "held by ", ""],
];

const WHOLE: [(&str, &str); 3] =
    [("扣押前", "before the seizure"), ("就地封存", "sealed in place"), ("存疑", "disputed")];

/// Several places are told apart by `；`, each with how much is there.
pub fn in_english(text: &str) -> String {
    text.split('；').map(one).collect::<Vec<_>>().join("; ")
}

fn one(text: &str) -> String {
    let is_figure =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || ",.".contains(c));
    let mut parts = text.rsplitn(3, ' ');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(unit), Some(figure), Some(place)) if is_figure(figure) => {
            format!("{} {}", named(place), amount::in_english(&format!("{figure} {unit}")))
        }
        _ => named(text),
    }
}

fn named(text: &str) -> String {
    if let Some((_, en)) = WHOLE.iter().find(|(zh, _)| *zh == text) {
        return (*en).to_owned();
    }
    let found = NAMED.iter().find_map(|[before, after, en_before, en_after]| {
        let name = text.strip_prefix(before)?.strip_suffix(after)?;
        Some(format!("{en_before}{name}{en_after}"))
    });
    found.unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_back_and_names_stay() {
        for (zh, en) in [
            ("市涉案财物管理中心 B-03", "市涉案财物管理中心 B-03"),
            ("借给张伟", "on loan to 张伟"),
            ("借给张伟 2 部；A-01 1,000.00 元", "on loan to 张伟 2 部; A-01 1,000.00 CNY"),
            ("刑侦支队（应交未交） 12.35 克", "刑侦支队 (owed) 12.35 g"),
            ("运往枪库途中", "on the way to 枪库"),
            ("就地封存", "sealed in place"),
        ] {
            assert_eq!(in_english(zh), en);
        }
    }
}
