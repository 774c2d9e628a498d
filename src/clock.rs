//! The time. Nothing else in the project reads a clock; tests hold one that stands still until it is told to move.

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use serde::{Deserialize, Serialize};
use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

/// A moment: microseconds since 1970-01-01T00:00:00Z. Fits the integers that JSON readers agree on (RFC 8785 §3.2.2.3)
/// until the year 2255.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    sqlx::Type,
    utoipa::ToSchema,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Moment(pub i64);

/// A length of time in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub i64);

impl Span {
    pub const fn seconds(n: i64) -> Span {
        Span(n.saturating_mul(1_000_000))
    }

    pub const fn minutes(n: i64) -> Span {
        Span::seconds(n.saturating_mul(60))
    }

    pub const fn whole_hours(self) -> i64 {
        self.0 / (3_600 * 1_000_000)
    }

    pub const fn hours(n: i64) -> Span {
        Span::minutes(n.saturating_mul(60))
    }

    pub const fn days(n: i64) -> Span {
        Span::hours(n.saturating_mul(24))
    }
}

impl Moment {
    #[must_use]
    pub const fn plus(self, span: Span) -> Moment {
        Moment(self.0.saturating_add(span.0))
    }

    /// How long from `earlier` to this moment; negative when it lies before.
    pub const fn since(self, earlier: Moment) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// The wall clock of China (UTC+8), as a paper writes it: `2026-11-22 18:30`.
    pub fn text(self) -> String {
        self.format("%Y-%m-%d %H:%M")
    }

    /// With seconds, for the ledger: `2026-11-22 18:30:05`.
    pub fn text_seconds(self) -> String {
        self.format("%Y-%m-%d %H:%M:%S")
    }

    pub fn date(self) -> String {
        self.format("%Y-%m-%d")
    }

    /// Midnight in China at the start of a day, as people write days: 2026-3-5, 2026.3.5, 2026/3/5, 2026年3月5日, in either
    /// width of digits. Refuses what is no day.
    pub fn of_day(text: &str) -> Option<Moment> {
        let plain = |c: char| match c {
            '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
            '.' | '/' | '年' | '月' | '．' | '－' => '-',
            c => c,
        };
        let text: String = text.trim().trim_end_matches(['日', '号']).chars().map(plain).collect();
        let parts: Option<Vec<u32>> = text.split('-').map(|part| part.trim().parse().ok()).collect();
        let [year, month, day] = *parts?.as_slice() else { return None };
        let day = chrono::NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        Some(Moment::midnight(day))
    }

    /// Midnight in China at the start of that day.
    pub fn midnight(day: chrono::NaiveDate) -> Moment {
        let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros();
        Moment(midnight).plus(Span::hours(-8))
    }

    /// The day in China.
    pub fn day(self) -> Option<chrono::NaiveDate> {
        DateTime::from_timestamp_micros(self.plus(Span::hours(8)).0).map(|at| at.date_naive())
    }

    /// The year in China, in two digits, as item numbers carry it.
    pub fn year2(self) -> String {
        self.format("%y")
    }

    /// What a browser's date-and-time field sends: the wall clock of China.
    pub fn from_text(text: &str) -> Option<Moment> {
        let naive = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
            .iter()
            .find_map(|pattern| NaiveDateTime::parse_from_str(text.trim(), pattern).ok())?;
        Some(Moment(naive.and_utc().timestamp_micros()).plus(Span::hours(-8)))
    }

    fn format(self, pattern: &str) -> String {
        let china = FixedOffset::east_opt(8 * 3600);
        match (DateTime::from_timestamp_micros(self.0), china) {
            (Some(utc), Some(china)) => utc.with_timezone(&china).format(pattern).to_string(),
            _ => "—".to_owned(),
        }
    }
}

/// The clock that is passed in everywhere.
#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// Stands still; [`Clock::advance`] and [`Clock::set_ahead`] move it.
    Standing(Arc<StandingClock>),
}

/// The time of a clock for tests, and how long it has gone.
#[derive(Debug)]
pub struct StandingClock {
    now: AtomicI64,
    steady: AtomicI64,
}

/// When the program first asked.
static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock {
    /// A clock for tests, standing at 2026-01-05 09:00 in China.
    pub fn standing() -> Clock {
        let now = AtomicI64::new(1_767_574_800_000_000);
        Clock::Standing(Arc::new(StandingClock { now, steady: AtomicI64::new(0) }))
    }

    pub fn now(&self) -> Moment {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place where the time is read")]
            Clock::System => Moment(chrono::Utc::now().timestamp_micros()),
            Clock::Standing(it) => Moment(it.now.load(Ordering::Relaxed)),
        }
    }

    /// How long the program has run, by a clock that nobody can set.
    pub fn steady(&self) -> Span {
        match self {
            Clock::System => {
                let micros = STARTED.elapsed().as_micros();
                Span(i64::try_from(micros).unwrap_or(i64::MAX))
            }
            Clock::Standing(it) => Span(it.steady.load(Ordering::Relaxed)),
        }
    }

    /// Moves a standing clock; the system's goes by itself.
    pub fn advance(&self, span: Span) {
        if let Clock::Standing(it) = self {
            it.now.fetch_add(span.0, Ordering::Relaxed);
            it.steady.fetch_add(span.0, Ordering::Relaxed);
        }
    }

    /// Sets a standing clock ahead, or back, as somebody does who sets the time of the machine.
    pub fn set_ahead(&self, span: Span) {
        if let Clock::Standing(it) = self {
            it.now.fetch_add(span.0, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_china_however_it_is_written() {
        for text in ["2026-01-05", "2026.1.5", "2026/1/5", "2026年1月5日", "２０２６．１．５", " 2026-1-5 "]
        {
            let day = Moment::of_day(text);
            assert_eq!(day.map(Moment::text_seconds).as_deref(), Some("2026-01-05 00:00:00"), "{text}");
        }
        for text in ["", "2026", "2026-13-01", "5.1.2026.7", "昨天", "2026-02-30"] {
            assert_eq!(Moment::of_day(text), None, "{text}");
        }
    }
}
