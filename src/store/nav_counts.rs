//! The figures beside the rooms of the menu: cases with things owed to the counter, handovers to inspect, differences to settle.

use super::{Error, Tx, db::on};
use crate::{clock::Moment, id::UnitId};

/// How many, and the earliest moment among them.
pub type Queue = (i64, Option<Moment>);

/// Cases of which the unit owes things to the counter, with the earliest seizure.
pub async fn owed(tx: &mut Tx, unit: UnitId) -> Result<Queue, Error> {
    const SQL: &str = "select count(distinct case_id), min(seized_at) from case_owed
        where unit = $1 and listed <> 0";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(unit).fetch_one(conn).await?))
}

/// Handovers that the unit has to inspect, with the earliest expiry.
pub async fn offered_to(tx: &mut Tx, unit: UnitId) -> Result<Queue, Error> {
    const SQL: &str =
        "select count(*), min(expires_at) from handovers where to_unit = $1 and state = 'offered'";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(unit).fetch_one(conn).await?))
}

/// How many differences are open, and of the one that is due first its class and when.
pub type OpenDifferences = (i64, String, Moment);

/// Open differences that the unit has to settle; nothing when there are none.
pub async fn differences(tx: &mut Tx, unit: UnitId) -> Result<Option<OpenDifferences>, Error> {
    const SQL: &str = "select count(*) over (), class, due_at from differences
        where owner = $1 and settled_seq is null order by due_at, id limit 1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(unit).fetch_optional(conn).await?))
}
