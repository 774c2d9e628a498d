//! Steadiness for scales that do not tell it: a weight that has stayed the same for a second.

use hufu_wire::message::Reading;
use std::time::Duration;

/// How long a weight must stay the same, digit for digit.
const UNCHANGED_FOR: Duration = Duration::from_secs(1);

/// Watches readings as they come.
#[derive(Debug, Default)]
pub struct Steady {
    /// The reading that came last, and when it came first.
    since: Option<(Reading, Duration)>,
}

impl Steady {
    /// The same reading, called steady when it deserves it. `at` is the time since any fixed moment.
    pub fn judge(&mut self, reading: Reading, at: Duration) -> Reading {
        let first = match &self.since {
            Some((last, first)) if *last == reading => *first,
            _ => at,
        };
        self.since = Some((reading.clone(), first));
        match reading {
            Reading::Weight { value, unit, milligrams, basis, tare, .. } => {
                let stable = at.saturating_sub(first) >= UNCHANGED_FOR;
                Reading::Weight { value, unit, milligrams, stable, basis, tare }
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_steady_when_it_has_not_changed_for_a_second() {
        let mut steady = Steady::default();
        let mut judge = |value: &str, ms| {
            let reading = Reading::Weight {
                value: value.to_owned(),
                unit: "kg".to_owned(),
                milligrams: None,
                stable: false,
                basis: None,
                tare: None,
            };
            matches!(steady.judge(reading, Duration::from_millis(ms)), Reading::Weight { stable: true, .. })
        };
        let table = [
            ("1.0", 0),
            ("1.1", 100),
            ("1.1", 1_099),
            ("1.1", 1_100),
            ("1.2", 1_200),
            ("1.1", 2_300),
            ("1.1", 3_300),
        ];
        let found: Vec<bool> = table.into_iter().map(|(value, ms)| judge(value, ms)).collect();
        assert_eq!(found, [false, false, false, true, false, false, true]);
    }
}
