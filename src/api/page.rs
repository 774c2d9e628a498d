//! Long lists come in pages: `?after=` takes the `next` of the page before, which means nothing else.

use super::error::Problem;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// The most one page holds.
pub const LIMIT_MAX: u32 = 200;
const LIMIT: u32 = 50;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// What to send as `after` for the next page; null on the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts a list that may be longer than a page, and names where the next one begins.
    pub fn cut(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> Page<T> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(cursor);
        Page { items, next }
    }
}

/// How many are wanted. Refuses 0 and more than [`LIMIT_MAX`].
pub fn limit(wanted: Option<u32>) -> Result<u32, Problem> {
    match wanted.unwrap_or(LIMIT) {
        limit @ 1..=LIMIT_MAX => Ok(limit),
        _ => Err(Problem::unread(StatusCode::BAD_REQUEST, "limit is not between 1 and 200")),
    }
}

/// A cursor that is none of ours.
pub fn not_a_cursor() -> Problem {
    Problem::unread(StatusCode::BAD_REQUEST, "after is not the next of an earlier page")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_has_no_next() {
        let page = |items: &[u32]| Page::cut(items.to_vec(), 2, u32::to_string);
        assert_eq!(page(&[1, 2]), Page { items: vec![1, 2], next: None });
        assert_eq!(page(&[1, 2, 3]), Page { items: vec![1, 2], next: Some("2".to_owned()) });
        assert_eq!(page(&[]), Page { items: vec![], next: None });
    }

    #[test]
    fn a_page_holds_one_to_two_hundred() {
        assert_eq!(limit(None).unwrap(), 50);
        assert_eq!(limit(Some(200)).unwrap(), 200);
        assert!(limit(Some(0)).is_err());
        assert!(limit(Some(201)).is_err());
    }
}
