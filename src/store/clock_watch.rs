//! Whether the clock can be believed. One commit under a clock that is years ahead dates every later entry after it, and ends
//! every offer; heads cannot be taken back. So a clock that jumps while the server runs, or stands days after the last entry when
//! it starts, records nothing until a person has looked at it (`hufu clock confirm`). One that stands before this program was
//! written is wrong, whoever confirms it.

use super::{Error, Tx, heads, settings};
use crate::clock::{Moment, Span};
use std::sync::Mutex;

/// No version of this program is older: 2026-01-01 in China. A machine whose clock battery is empty starts years before.
const EARLIEST: Moment = Moment(1_767_196_800_000_000);
/// How far the clock may move against the steady clock of the machine between two commits.
pub const JUMP_MAX: Span = Span::minutes(10);
/// How long after the last entry a server may start to record without being asked: a weekend with two holidays. After a longer
/// one a person says that the clock is right.
pub const IDLE_MAX: Span = Span::days(4);
/// How long one reading is what later ones are measured against, so that a clock cannot run away in small steps.
const ANCHOR_HOLDS: Span = Span::days(1);
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
#[derive(Clone, Copy, Debug, Default)]
struct Memory {
    /// What the clock is measured against.
    anchor: Option<Reading>,
    /// A witness whose clock stands elsewhere, until a person or another witness has said who is right.
    doubt: Option<ClockJump>,
    /// Whether somebody outside has said since the start that the clock is right.
    vouched: bool,
}

#[derive(Debug, Default)]
pub struct ClockWatch(Mutex<Memory>);

/// Why the clock is not believed: where it stands, and where it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockJump {
    pub now: Moment,
    pub expected: Moment,
}

impl ClockWatch {
    /// Judges the clock before a commit. `last` is when the last entry was recorded, `confirmed` when a person last said that
    /// the clock is right. Answers what the commit leaves behind ([`ClockWatch::keep`]).
    pub fn judge(
        &self,
        read: Reading,
        last: Option<Moment>,
        confirmed: Option<Moment>,
    ) -> Result<Belief, ClockJump> {
        if read.now < EARLIEST {
            return Err(ClockJump { now: read.now, expected: last.unwrap_or(EARLIEST) });
        }
        let Memory { anchor, doubt, .. } = self.memory();
        let since = anchor.map(|anchor| anchor.now).or(last);
        let vouched = confirmed.is_some_and(|at| {
            since.is_none_or(|since| at > since) && at <= read.now && read.now <= at.plus(CONFIRMATION_HOLDS)
        });
        if vouched {
            return Ok(Belief { anchor: read, vouched });
        }
        if let Some(doubt) = doubt {
            return Err(doubt);
        }
        let (expected, tolerance) = match (anchor, last) {
            (Some(anchor), _) => (anchor.expected(read.steady), JUMP_MAX),
            (None, Some(last)) => (last, IDLE_MAX),
            (None, None) => return Ok(Belief { anchor: read, vouched }),
        };
        let ahead = read.now > expected.plus(tolerance);
        // At a start the clock may stand before the last entry: the journal never runs backwards.
        let behind = anchor.is_some() && read.now.plus(tolerance) < expected;
        if ahead || behind {
            return Err(ClockJump { now: read.now, expected });
        }
        let held = anchor.filter(|anchor| read.steady.0 < anchor.steady.0.saturating_add(ANCHOR_HOLDS.0));
        Ok(Belief { anchor: held.unwrap_or(read), vouched })
    }

    /// A commit was made in this belief.
    pub fn keep(&self, belief: Belief) {
        let mut memory = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        memory.anchor = Some(belief.anchor);
        if belief.vouched {
            (memory.doubt, memory.vouched) = (None, true);
        }
    }

    /// A witness has signed, at this moment of its own clock, a head that was sealed at that moment of ours. One that agrees settles
    /// it for as long as the program runs; one that signs before there was anything to sign, or after now, asks for a person while
    /// nobody else has agreed. A signature that comes late, or once more, says nothing; and one wrong clock among the witnesses
    /// stops nobody twice.
    pub fn witnessed(&self, now: Moment, at: Moment, sealed_at: Moment) {
        let mut memory = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let early = at.plus(JUMP_MAX) < sealed_at.min(now);
        let late = at > now.plus(JUMP_MAX);
        if now <= at.plus(JUMP_MAX) && !late {
            (memory.doubt, memory.vouched) = (None, true);
        } else if !memory.vouched && (early || late) {
            memory.doubt = Some(ClockJump { now, expected: at });
        }
    }

    fn memory(&self) -> Memory {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// What a server that starts at this moment would not believe of its clock. Nothing is recorded by asking.
pub async fn doubt_at_start(tx: &mut Tx, now: Moment) -> Result<Option<ClockJump>, Error> {
    let last = heads::newest(tx).await?.map(|head| head.recorded_at);
    let confirmed = settings::clock_confirmed(tx).await?;
    let read = Reading { now, steady: Span::seconds(0) };
    Ok(ClockWatch::default().judge(read, last, confirmed).err())
}

impl Reading {
    /// Where the clock should stand now.
    fn expected(&self, steady: Span) -> Moment {
        self.now.plus(Span(steady.0.saturating_sub(self.steady.0)))
    }
}

/// Why a commit believes the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Belief {
    anchor: Reading,
    vouched: bool,
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

    fn plain(anchor: Reading) -> Belief {
        Belief { anchor, vouched: false }
    }

    #[test]
    fn a_clock_cannot_run_away_in_small_steps() {
        let watch = ClockWatch::default();
        let step = |number: i64| Reading {
            now: at(0).plus(Span::minutes(9 * number)),
            steady: Span::seconds(number),
        };
        let mut believed = 0;
        while let Ok(belief) = watch.judge(step(believed), Some(at(0)), None) {
            watch.keep(belief);
            believed += 1;
            assert!(believed < 5, "the clock is three quarters of an hour ahead");
        }
        assert_eq!(believed, 2, "at the start and one step of nine minutes");
    }

    #[test]
    fn a_witness_who_sees_another_time_asks_for_a_person() {
        let watch = ClockWatch::default();
        watch.witnessed(at(24), at(0), at(0));
        assert!(watch.judge(read(24, 0), Some(at(0)), None).is_ok(), "signed yesterday, brought today");
        watch.witnessed(at(24), at(0), at(24));
        let jump = ClockJump { now: at(24), expected: at(0) };
        assert_eq!(watch.judge(read(24, 0), Some(at(0)), None), Err(jump));
        let belief = watch.judge(read(25, 1), Some(at(0)), Some(at(24))).unwrap();
        watch.keep(belief);
        watch.witnessed(at(25), at(1), at(25));
        assert!(watch.judge(read(26, 2), Some(at(25)), None).is_ok(), "a person has said who is right");
        let other = ClockWatch::default();
        other.witnessed(at(24), at(48), at(24));
        assert!(other.judge(read(24, 0), Some(at(0)), None).is_err());
        other.witnessed(at(24), at(24), at(24));
        assert!(other.judge(read(24, 0), Some(at(0)), None).is_ok(), "two clocks agree");
    }

    #[test]
    fn a_clock_that_goes_with_the_machine_is_believed_however_long_nobody_works() {
        let watch = ClockWatch::default();
        assert!(watch.judge(read(0, 0), None, None).is_ok(), "a new ledger");
        watch.keep(plain(read(0, 0)));
        assert!(watch.judge(read(24 * 400, 24 * 400), Some(at(0)), None).is_ok());
    }

    #[test]
    fn a_jump_records_nothing_until_somebody_has_looked() {
        let watch = ClockWatch::default();
        watch.keep(plain(read(0, 0)));
        let years = 24 * 3_650;
        for wall in [years, -1] {
            let jump = ClockJump { now: at(wall), expected: at(1) };
            assert_eq!(watch.judge(read(wall, 1), Some(at(0)), None), Err(jump), "{wall}");
        }
        // Set right again, it is as before; or the machine slept for three days, and a person says so.
        assert!(watch.judge(read(1, 1), Some(at(0)), None).is_ok());
        assert!(watch.judge(read(72, 1), Some(at(0)), None).is_err());
        assert!(watch.judge(read(72, 1), Some(at(0)), Some(at(71))).is_ok());
        assert!(watch.judge(read(72, 1), Some(at(0)), Some(at(40))).is_err(), "said long ago");
        assert!(watch.judge(read(72, 1), Some(at(0)), Some(at(90))).is_err(), "said under another clock");
        assert!(watch.judge(read(years, 1), Some(at(0)), Some(at(71))).is_err());
    }

    #[test]
    fn a_clock_from_before_this_program_is_wrong_on_a_new_ledger_and_whoever_confirms_it() {
        let watch = ClockWatch::default();
        let before = read(-24 * 3_650, 0);
        let told = |last| Err(ClockJump { now: before.now, expected: last });
        assert_eq!(watch.judge(before, None, None), told(EARLIEST));
        assert_eq!(watch.judge(before, Some(at(0)), None), told(at(0)));
        assert_eq!(watch.judge(before, None, Some(before.now)), told(EARLIEST));
        assert_eq!(EARLIEST.text_seconds(), "2026-01-01 00:00:00");
    }

    #[test]
    fn a_server_that_starts_long_after_the_last_entry_asks_first() {
        let watch = ClockWatch::default();
        assert!(watch.judge(read(24 * 3, 0), Some(at(0)), None).is_ok(), "after the weekend");
        assert!(watch.judge(read(-5, 0), Some(at(0)), None).is_ok(), "the journal does not run backwards");
        assert!(watch.judge(read(24 * 9, 0), Some(at(0)), None).is_err());
        assert!(watch.judge(read(24 * 9, 0), Some(at(0)), Some(at(24 * 9 - 1))).is_ok());
    }
}
