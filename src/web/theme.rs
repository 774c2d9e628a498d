//! Light or dark: each browser keeps in a cookie what its pages look like, and the page says it before anything is drawn.

use super::cookie::cookie;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

const COOKIE: &str = "hufu_theme";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    Light,
    Dark,
}

/// What was chosen in this browser.
pub fn of(headers: &HeaderMap) -> Theme {
    match cookie(headers, COOKIE) {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// The cookie that keeps it; the system's own needs none.
pub fn kept(theme: Theme) -> String {
    let (word, seconds) = match theme {
        Theme::System => ("", 0),
        Theme::Light => ("light", 31_536_000),
        Theme::Dark => ("dark", 31_536_000),
    };
    format!("{COOKIE}={word}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_that_has_chosen_nothing_follows_its_system() {
        for (cookie, theme) in [
            ("hufu_theme=dark", Theme::Dark),
            ("a=b; hufu_theme=light", Theme::Light),
            ("hufu_theme=", Theme::System),
            ("hufu_theme=pink", Theme::System),
            ("a=b", Theme::System),
        ] {
            let mut headers = HeaderMap::new();
            headers.append("cookie", cookie.parse().unwrap());
            assert_eq!(of(&headers), theme, "{cookie}");
        }
    }
}
