//! Whether the clock can be believed. One commit under a clock that is years ahead dates every later entry after it, and ends
//! every offer; heads cannot be taken back. So a clock that jumps while the server runs, or stands days after the last entry when
//! it starts, records nothing until a person has looked at it (`hufu clock confirm`).

use crate::clock::{Moment, Span};
use std::sync::Mutex;

/// How far the clock may move against the steady clock of the machine between two commits.
pub const JUMP_MAX: Span = Span::minutes(10);
/// How long after the last entry a server may start to record without being asked: longer than the longest holidays.
pub const IDLE_MAX: Span = Span::days(12);
/// How long a person's word holds.
const CONFIRMATION_HOLDS: Span = Span::days(1);

/// The clock as it was at a commit that was believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub now: Moment,
    /// Since some moment that is the same as long as the program runs; no one can set it.
    pub steady: Span,
}

/// What is remembered between two commits.
#[derive(Debug, Default)]
pub struct ClockWatch(Mutex<Option<Reading>>);

/// Why the clock is not believed: where it stands, and where it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockJump {
    pub now: Moment,
    pub expected: Moment,
}

impl ClockWatch {
    /// Judges the clock before a commit. `last` is when the last entry was recorded, `confirmed` when a person last said that
    /// the clock is right.
    pub fn judge(
        &self,
        read: Reading,
        last: Option<Moment>,
        confirmed: Option<Moment>,
    ) -> Result<(), ClockJump> {
        let before = *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let since = before.map(|before| before.now).or(last);
        let vouched = confirmed.is_some_and(|at| {
            since.is_none_or(|since| at > since) && at <= read.now && read.now <= at.plus(CONFIRMATION_HOLDS)
        });
        if vouched {
            return Ok(());
        }
        let (expected, tolerance) = match (before, last) {
            (Some(before), _) => {
                (before.now.plus(Span(read.steady.0.saturating_sub(before.steady.0))), JUMP_MAX)
            }
            (None, Some(last)) => (last, IDLE_MAX),
            (None, None) => return Ok(()),
        };
        let ahead = read.now > expected.plus(tolerance);
        // At a start the clock may stand before the last entry: the journal never runs backwards.
        let behind = before.is_some() && read.now.plus(tolerance) < expected;
        if ahead || behind { Err(ClockJump { now: read.now, expected }) } else { Ok(()) }
    }

    /// The commit was made under this reading.
    pub fn keep(&self, read: Reading) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Moment {
        Moment(1_767_574_800_000_000).plus(Span::hours(hours))
    }

    fn read(wall: i64, steady: i64) -> Reading {
        Reading { now: at(wall), steady: Span::hours(steady) }
    }

    #[test]
    fn a_clock_that_goes_with_the_machine_is_believed_however_long_nobody_works() {
        let watch = ClockWatch::default();
        assert_eq!(watch.judge(read(0, 0), None, None), Ok(()), "a new ledger");
        watch.keep(read(0, 0));
        assert_eq!(watch.judge(read(24 * 400, 24 * 400), Some(at(0)), None), Ok(()));
    }

    #[test]
    fn a_jump_records_nothing_until_somebody_has_looked() {
        let watch = ClockWatch::default();
        watch.keep(read(0, 0));
        let years = 24 * 3_650;
        for wall in [years, -1] {
            let jump = ClockJump { now: at(wall), expected: at(1) };
            assert_eq!(watch.judge(read(wall, 1), Some(at(0)), None), Err(jump), "{wall}");
        }
        // Set right again, it is as before; or the machine slept for three days, and a person says so.
        assert_eq!(watch.judge(read(1, 1), Some(at(0)), None), Ok(()));
        assert!(watch.judge(read(72, 1), Some(at(0)), None).is_err());
        assert_eq!(watch.judge(read(72, 1), Some(at(0)), Some(at(71))), Ok(()));
        assert!(watch.judge(read(72, 1), Some(at(0)), Some(at(40))).is_err(), "said long ago");
        assert!(watch.judge(read(72, 1), Some(at(0)), Some(at(90))).is_err(), "said under another clock");
        assert!(watch.judge(read(years, 1), Some(at(0)), Some(at(71))).is_err());
    }

    #[test]
    fn a_server_that_starts_long_after_the_last_entry_asks_first() {
        let watch = ClockWatch::default();
        assert_eq!(watch.judge(read(24 * 11, 0), Some(at(0)), None), Ok(()), "after the holidays");
        assert_eq!(watch.judge(read(-5, 0), Some(at(0)), None), Ok(()), "the journal does not run backwards");
        assert!(watch.judge(read(24 * 13, 0), Some(at(0)), None).is_err());
        assert_eq!(watch.judge(read(24 * 13, 0), Some(at(0)), Some(at(24 * 13 - 1))), Ok(()));
    }
}
