//! A day of the calendar, as certificates write it: `2026-03-01`. No clock and no time zone but China's, which is UTC+8
//! all year.

use crate::message::Micros;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar, years 1970 to 9999. Days compare in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day {
    year: u16,
    month: u8,
    of_month: u8,
}

/// A text that is not a day: not `YYYY-MM-DD`, or a day that no calendar has.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("«{0}» is not a day of the form 2026-03-01")]
pub struct NotADay(String);

const DAY_MICROS: i64 = 24 * 3600 * 1_000_000;
const CHINA_MICROS: i64 = 8 * 3600 * 1_000_000;

impl Day {
    /// `None` for a day that no calendar has, or a year outside 1970 to 9999.
    pub fn new(year: u16, month: u8, of_month: u8) -> Option<Day> {
        let there_is = (1970..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&of_month);
        there_is.then_some(Day { year, month, of_month })
    }

    /// The day it is in China at that moment; before 1970 the first day, after 9999 the last.
    pub fn of(moment: Micros) -> Day {
        Day::from_number(moment.saturating_add(CHINA_MICROS).div_euclid(DAY_MICROS))
    }

    /// So many days later; never past the last day of 9999.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Day {
        Day::from_number(self.number() + i64::from(days))
    }

    /// Days since 1970-01-01. Years begin in March here, so that a leap day is the last of its year.
    fn number(self) -> i64 {
        let (year, month, day) = (i64::from(self.year), i64::from(self.month), i64::from(self.of_month));
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469
    }

    fn from_number(number: i64) -> Day {
        // 2 932 896 is 9999-12-31.
        let days = number.clamp(0, 2_932_896) + 719_468;
        let (era, in_era) = (days / 146_097, days % 146_097);
        let year = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
        let in_year = in_era - (365 * year + year / 4 - year / 100);
        let month = (5 * in_year + 2) / 153;
        let day = in_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year + i64::from(month <= 2);
        let small = |number: i64| u8::try_from(number).unwrap_or_default();
        Day { year: u16::try_from(year).unwrap_or_default(), month: small(month), of_month: small(day) }
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.of_month)
    }
}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Day, NotADay> {
        let digits = |part: &str, length: usize| {
            let all = part.len() == length && part.bytes().all(|c| c.is_ascii_digit());
            all.then(|| part.parse::<u16>().ok()).flatten()
        };
        let mut parts = text.splitn(3, '-');
        let mut next = |length| parts.next().and_then(|part| digits(part, length));
        let (year, month, day) = (next(4), next(2), next(2));
        let small = |number: Option<u16>| number.and_then(|number| u8::try_from(number).ok());
        year.zip(small(month))
            .zip(small(day))
            .and_then(|((year, month), day)| Day::new(year, month, day))
            .ok_or_else(|| NotADay(text.to_owned()))
    }
}

impl TryFrom<String> for Day {
    type Error = NotADay;

    fn try_from(text: String) -> Result<Day, NotADay> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> String {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_read_and_written_and_what_is_no_day_is_refused() {
        assert_eq!(day("2026-03-01").to_string(), "2026-03-01");
        assert_eq!(day("2024-02-29").to_string(), "2024-02-29");
        for text in [
            "2026-02-29",
            "2100-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-04-31",
            "26-03-01",
            "2026-3-1",
            "1969-12-31",
            "",
            "2026-03-01 ",
            "+026-03-01",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        let json = serde_json::to_string(&day("2026-03-01")).unwrap();
        assert_eq!(json, "\"2026-03-01\"");
        assert_eq!(serde_json::from_str::<Day>(&json).unwrap(), day("2026-03-01"));
        assert!(serde_json::from_str::<Day>("\"2026-02-30\"").is_err());
    }

    /// 2026-03-01 begins in China at 16:00 UTC of the day before: 1 772 294 400 seconds after 1970.
    #[test]
    fn a_moment_is_a_day_in_china() {
        let midnight = 1_772_294_400_000_000;
        assert_eq!(Day::of(midnight), day("2026-03-01"));
        assert_eq!(Day::of(midnight - 1), day("2026-02-28"));
        assert_eq!(Day::of(0), day("1970-01-01"));
        assert_eq!(Day::of(Micros::MIN), day("1970-01-01"));
        assert_eq!(Day::of(Micros::MAX), day("9999-12-31"));
    }

    #[test]
    fn days_are_counted() {
        for (from, days, to) in [
            ("2026-03-01", 0, "2026-03-01"),
            ("2026-03-01", 364, "2027-02-28"),
            ("2024-02-28", 1, "2024-02-29"),
            ("2023-12-31", 1, "2024-01-01"),
            ("1999-12-31", 60, "2000-02-29"),
            ("9999-12-30", 400, "9999-12-31"),
        ] {
            assert_eq!(day(from).plus_days(days), day(to), "{from} + {days}");
        }
    }

    /// Every day from 1970 to 2600 follows the one before it, and is found again by its number.
    #[test]
    fn no_day_is_skipped_or_doubled() {
        let mut last = Day::from_number(0);
        for number in 1..230_000 {
            let next = Day::from_number(number);
            assert!(next > last && Day::new(next.year, next.month, next.of_month) == Some(next), "{next}");
            assert_eq!(next.number(), number);
            last = next;
        }
    }
}
