//! A label that is read again while it still lies under the beam: the same text from the same scanner within a short
//! time. Such a reading is kept and marked, never dropped: the record of what the scanner saw stays whole, and whoever
//! acts on scans knows not to act twice.

use std::collections::VecDeque;
use std::time::Duration;

/// How many different codes are remembered at one time; more cannot lie under one beam.
const REMEMBERED: usize = 16;

/// The codes one scanner has just read.
#[derive(Debug)]
pub struct Window {
    within: Duration,
    read: VecDeque<(Duration, String)>,
}

impl Window {
    /// The time within which the same text is a repeat; zero means never.
    pub fn new(within: Duration) -> Window {
        Window { within, read: VecDeque::new() }
    }

    /// Notes a reading and says whether it repeats one. A label that stays under the beam is a repeat for as long as it
    /// stays: each reading restarts the window.
    pub fn is_repeat(&mut self, now: Duration, text: &str) -> bool {
        self.read.retain(|(at, _)| now.saturating_sub(*at) < self.within);
        let before = self.read.len();
        self.read.retain(|(_, read)| read != text);
        let repeat = self.read.len() < before;
        if self.read.len() == REMEMBERED {
            self.read.pop_front();
        }
        self.read.push_back((now, text.to_owned()));
        repeat
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_a_repeat_until_it_was_away_for_the_window() {
        let mut window = Window::new(Duration::from_millis(300));
        let table = [
            (0, "A", false),
            (250, "A", true),
            (500, "A", true), // 500 after the first, 250 after the last
            (520, "B", false),
            (600, "A", true), // two labels under one beam
            (819, "B", true),
            (1_120, "B", false), // 301 later
        ];
        for (at, text, expected) in table {
            assert_eq!(window.is_repeat(Duration::from_millis(at), text), expected, "{at} {text}");
        }
    }

    #[test]
    fn a_window_of_zero_marks_nothing_and_the_memory_is_bounded() {
        let mut never = Window::new(Duration::ZERO);
        assert!(!never.is_repeat(Duration::ZERO, "A") && !never.is_repeat(Duration::ZERO, "A"));
        let mut long = Window::new(Duration::from_hours(1));
        for at in 0..1_000 {
            assert!(!long.is_repeat(Duration::ZERO, &at.to_string()));
        }
        assert_eq!(long.read.len(), REMEMBERED);
    }
}
