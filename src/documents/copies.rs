//! How many copies of a paper there are, and who keeps them.

/// 一式两份：…
pub(super) fn copies(kept_by: &[String]) -> String {
    const FIGURES: [&str; 6] = ["一", "两", "三", "四", "五", "六"];
    let count = kept_by.len();
    match count.checked_sub(1).and_then(|at| FIGURES.get(at)) {
        Some(figure) => format!("一式{figure}份：{}", kept_by.join("、")),
        None if count == 0 => String::new(),
        None => format!("一式 {count} 份：{}", kept_by.join("、")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_counted_in_words() {
        let kept = |names: &[&str]| copies(&names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(kept(&["甲", "乙"]), "一式两份：甲、乙");
        assert_eq!(
            (kept(&[]), kept(&["甲", "乙", "丙"])),
            (String::new(), "一式三份：甲、乙、丙".to_owned())
        );
    }
}
