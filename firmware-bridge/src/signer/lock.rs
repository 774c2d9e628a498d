//! How long a wrong PIN keeps the key shut. Pure: the count and the time are given.

use crate::state::WrongPins;
use hufu_wire::message::Micros;
use std::time::Duration;

/// 1, 2, 4, 8 seconds after the first wrong PINs in a row; from the fifth on five minutes, doubling up to an hour.
pub(super) fn delay(in_a_row: u32) -> Duration {
    match in_a_row {
        0 => Duration::ZERO,
        1..=4 => Duration::from_secs(1 << (in_a_row - 1)),
        5..=8 => Duration::from_mins(5 << (in_a_row - 5)),
        _ => Duration::from_hours(1),
    }
}

/// How much of the delay is left. A clock set back does not make it longer than it was; one set forward ends it.
pub(super) fn remaining(wrong: WrongPins, now: Micros) -> Option<Duration> {
    let delay = delay(wrong.in_a_row);
    let passed = Duration::from_micros(u64::try_from(now - wrong.last_at).unwrap_or(0));
    delay.checked_sub(passed).filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_and_passes() {
        let seconds: Vec<u64> = (0..12).map(|count| delay(count).as_secs()).collect();
        assert_eq!(seconds, [0, 1, 2, 4, 8, 300, 600, 1200, 2400, 3600, 3600, 3600]);
        let wrong = WrongPins { in_a_row: 5, last_at: 1_000_000 };
        assert_eq!(remaining(wrong, 1_000_000), Some(Duration::from_mins(5)));
        assert_eq!(remaining(wrong, 300_000_000), Some(Duration::from_secs(1)));
        assert_eq!(remaining(wrong, 301_000_000), None);
        assert_eq!(remaining(wrong, 0), Some(Duration::from_mins(5)), "a clock set back");
        assert_eq!(remaining(WrongPins::default(), 0), None);
    }
}
