//! The one place that reads the time of day.

use hufu_wire::message::Micros;
use std::time::{SystemTime, UNIX_EPOCH};

/// Microseconds since 1970-01-01T00:00:00Z. A clock set before 1970 reads as 1970.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> Micros {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Micros::try_from(since.as_micros()).unwrap_or(Micros::MAX)
}
