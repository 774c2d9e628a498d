//! An approver of the agency answers what is asked for.

use super::ask::yes;
use crate::{
    app::App,
    custody::{Error, correction::Verdict, request},
    domain::Person,
    id::ApprovalId,
    store::Recorded,
};

/// Answers a request. Neither who asked nor who is liable approves; approving twice is a repeat.
pub async fn answer(
    app: &App,
    me: &Person,
    id: ApprovalId,
    verdict: &Verdict,
) -> Result<Option<Recorded>, Error> {
    request::answer(app, me, (id, verdict), async |_, it, lines, until| Ok(yes(it, lines, until))).await
}
