//! Counts.

use super::{Error, Thing};
use crate::{app::App, domain::Person, id::CountId};
use hufu_wire::message::Verdict;

pub async fn observe(_app: &App, _me: &Person, _count: CountId, _code: &str) -> Result<(Verdict, String), Error> {
    Err(Error::NotFound(Thing::Count))
}
