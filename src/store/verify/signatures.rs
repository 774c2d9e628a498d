//! What signatures are asked of beside the entries: the keys of the first edition, and which agency each unit is of.

use crate::{
    id::{AgencyId, UnitId},
    ledger::signatures::Keys,
    store::{Error, Tx, db::on, keys},
};

pub(super) async fn load(tx: &mut Tx) -> Result<Keys, Error> {
    const UNITS: &str = "select id, agency from units";
    let unrecorded = keys::of_first_edition(tx).await?;
    let units: Vec<(UnitId, AgencyId)> = on!(tx, conn => sqlx::query_as(UNITS).fetch_all(conn).await?);
    Ok(Keys::new(unrecorded, units.into_iter().collect()))
}
