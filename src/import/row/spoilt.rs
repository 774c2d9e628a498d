//! Numbers that a spreadsheet has spoilt.

use crate::import::header::Role;

/// Columns that hold a number of the thing itself.
pub(super) fn identifies(role: Role) -> bool {
    matches!(
        role,
        Role::Serial | Role::LineNumber | Role::Imei | Role::Plate | Role::Vin | Role::Account | Role::Paper
    )
}

/// Columns that may name such a number in words.
pub(super) fn tells(role: Role) -> bool {
    identifies(role) || matches!(role, Role::Features | Role::Remark | Role::Model)
}

/// 8.61234E+14: a spreadsheet saved a long number as text and lost its last digits.
pub(super) fn power_of_ten(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let mut parts = upper.split("E+");
    let Some(mut before) = parts.next() else { return false };
    for after in parts {
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        let large = digits.parse::<u32>().is_ok_and(|power| power >= 10);
        if large && before.ends_with(|c: char| c.is_ascii_digit()) {
            return true;
        }
        before = after;
    }
    false
}
