//! The keys that signatures are asked of: every one that was ever registered.

use crate::{
    id::{AgencyId, UnitId},
    ledger::signatures::{Keys, RegisteredKey},
    store::{Error, Tx, db::on, keys},
};

pub(super) async fn load(tx: &mut Tx) -> Result<Keys, Error> {
    const UNITS: &str = "select id, agency from units";
    let registered = keys::all(tx).await?;
    let units: Vec<(UnitId, AgencyId)> = on!(tx, conn => sqlx::query_as(UNITS).fetch_all(conn).await?);
    let registered = registered.into_iter().map(RegisteredKey::from).collect();
    Ok(Keys::new(registered, units.into_iter().collect()))
}
