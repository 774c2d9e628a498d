//! What a browser's cookies say.

use crate::language::Language;
use axum::http::HeaderMap;

/// The value of one of our cookies.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| {
        pair.trim().split_once('=').filter(|(known, _)| *known == name).map(|(_, value)| value)
    })
}

/// Chinese unless the browser's cookie says otherwise; before login there is no session to ask.
pub fn language(headers: &HeaderMap) -> Language {
    match cookie(headers, "hufu_language") {
        Some("en") => Language::En,
        _ => Language::Zh,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_and_over_several_lines() {
        let mut headers = HeaderMap::new();
        headers.append("cookie", "a=1; hufu_session=x=y".parse().unwrap());
        headers.append("cookie", "hufu_language=en;b=2".parse().unwrap());
        assert_eq!(cookie(&headers, "hufu_session"), Some("x=y"));
        assert_eq!(cookie(&headers, "session"), None);
        assert_eq!(language(&headers), Language::En);
        assert_eq!(language(&HeaderMap::new()), Language::Zh);
    }
}
