//! Full-width characters as input methods write them.

/// A full-width letter, digit or sign as a keyboard has it; every other character as it is.
pub fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c),
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ascii_signs_have_a_full_width_twin_and_nothing_else_changes() {
        let wide: String = ('！'..='～').collect();
        let plain: String = ('!'..='~').collect();
        assert_eq!(wide.chars().map(half_width).collect::<String>(), plain);
        for c in ['a', '中', '。', '\u{3000}', '￥', '｟'] {
            assert_eq!(half_width(c), c);
        }
    }
}
