//! The numbers of rows: those of a file have its own, those that a person made have theirs behind them.

/// The numbers of rows that are in no file begin behind every number that a sheet can have.
pub const BY_HAND: u32 = 1_000_000_000;

/// `12`, or `+1` for the first row that is in no file.
pub fn row_label(row: u32) -> String {
    match row.checked_sub(BY_HAND) {
        Some(by_hand) => format!("+{by_hand}"),
        None => row.to_string(),
    }
}
