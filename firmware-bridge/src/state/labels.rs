//! Blank labels drawn ahead by the server, and which labels were stuck on things here.

use super::database::Database;
use super::journal::{self, NewEvent};
use super::{PrintJob, StateError};
use hufu_wire::message::{Blank, Micros, Observation};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

/// A label that was stuck on an item at this station.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct StuckLabel {
    pub code: String,
    pub name: String,
    pub at: Micros,
}

#[derive(Clone)]
pub struct Labels(Database);

impl Labels {
    pub(super) fn new(database: Database) -> Labels {
        Labels(database)
    }

    /// Stores blank labels and reports it. A block already stored is only reported again.
    pub async fn keep_block(&self, block: Uuid, labels: &[Blank], at: Micros) -> Result<(), StateError> {
        let mut tx = self.0.write().await?;
        for (place, blank) in (1_i64..).zip(labels) {
            let sql = "insert into blank (code, block, place, raster) values ($1, $2, $3, $4)
                       on conflict (code) do nothing";
            sqlx::query(sql)
                .bind(&blank.code)
                .bind(block)
                .bind(place)
                .bind(serde_json::to_string(&blank.raster)?)
                .execute(&mut *tx)
                .await?;
        }
        let kept = NewEvent { at, what: Observation::BlanksKept { block } };
        journal::insert(&mut tx, self.0.identity(), &kept).await?;
        tx.commit().await?;
        self.0.changed();
        Ok(())
    }

    /// How many labels are left to print.
    pub async fn left(&self) -> Result<i64, StateError> {
        let sql = "select count(*) from blank where used_at is null";
        Ok(sqlx::query_scalar(sql).fetch_one(&self.0.pool).await?)
    }

    /// The things that got a label last, newest first.
    pub async fn stuck(&self, most: u32) -> Result<Vec<StuckLabel>, StateError> {
        let sql = "select code, name, at from stuck order by at desc, rowid desc limit $1";
        let rows = sqlx::query(sql).bind(most).fetch_all(&self.0.pool).await?;
        rows.iter().map(stuck_label).collect()
    }
}

/// Takes the next label to print; `None` when none is left.
pub(super) async fn take_next(tx: &mut SqliteConnection, at: Micros) -> Result<Option<PrintJob>, StateError> {
    let sql = "update blank set used_at = $1 where code = (select code from blank where used_at is null
               order by rowid limit 1) returning code, raster";
    let Some(row) = sqlx::query(sql).bind(at).fetch_optional(&mut *tx).await? else { return Ok(None) };
    let (code, raster): (String, Option<String>) = (row.try_get("code")?, row.try_get("raster")?);
    sqlx::query("update blank set raster = null where code = $1").bind(&code).execute(&mut *tx).await?;
    let raster = serde_json::from_str(raster.as_deref().unwrap_or_default())?;
    Ok(Some(PrintJob { id: Uuid::new_v4(), title: code, raster }))
}

/// Marks this label as used for an item; returns the item that already has it, if any.
pub(super) async fn stick(
    tx: &mut SqliteConnection,
    code: &str,
    name: &str,
    at: Micros,
) -> Result<Option<StuckLabel>, StateError> {
    let sql = "insert into stuck (code, name, at) values ($1, $2, $3) on conflict (code) do nothing";
    let stuck = sqlx::query(sql).bind(code).bind(name).bind(at).execute(&mut *tx).await?.rows_affected();
    if stuck == 0 {
        let row = sqlx::query("select code, name, at from stuck where code = $1").bind(code);
        return Ok(Some(stuck_label(&row.fetch_one(&mut *tx).await?)?));
    }
    // If it is one of this station's blank labels, it must not be printed a second time.
    sqlx::query("update blank set used_at = $1, raster = null where code = $2 and used_at is null")
        .bind(at)
        .bind(code)
        .execute(&mut *tx)
        .await?;
    Ok(None)
}

fn stuck_label(row: &SqliteRow) -> Result<StuckLabel, StateError> {
    Ok(StuckLabel { code: row.try_get("code")?, name: row.try_get("name")?, at: row.try_get("at")? })
}
