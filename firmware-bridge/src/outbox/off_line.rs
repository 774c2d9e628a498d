//! The time without a server: the desk that takes the scans, labels drawn ahead, and what was taken in. Each act of the desk
//! and the event that tells of it are one write, so that a sudden end loses neither, and never has one without the other.

use super::desk::{Counting, Desk, Receiving};
use super::{Job, Outbox, OutboxError, Seen, event, job};
use hufu_wire::message::{Blank, Micros, Observation, Receipt};
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

/// A label that was stuck on a thing here.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Stuck {
    pub code: String,
    pub name: String,
    pub at: Micros,
}

/// What became of a wish to keep a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Under this event number.
    As(u64),
    /// The label is on another thing; nothing was kept.
    LabelUsed(Stuck),
    /// There is no thing in hand.
    NothingInHand,
}

impl Outbox {
    pub async fn desk(&self) -> Result<Desk, OutboxError> {
        let mut connection = self.pool.acquire().await?;
        read(&mut connection).await
    }

    /// Begins to take things in; a desk that is doing something goes on with it.
    pub async fn begin_receiving(&self, receipt: Receipt) -> Result<(), OutboxError> {
        let receiving = Receiving { id: Uuid::new_v4(), receipt, ..Receiving::default() };
        self.begin(Desk::Receiving(receiving)).await
    }

    /// Begins a count; a desk that is doing something goes on with it.
    pub async fn begin_counting(&self, by: &str) -> Result<(), OutboxError> {
        let counting = Counting { id: Uuid::new_v4(), by: by.to_owned(), ..Counting::default() };
        self.begin(Desk::Counting(counting)).await
    }

    async fn begin(&self, desk: Desk) -> Result<(), OutboxError> {
        let mut tx = self.write().await?;
        if read(&mut tx).await? == Desk::Idle {
            write(&mut tx, &desk).await?;
        }
        tx.commit().await?;
        self.changed();
        Ok(())
    }

    /// Changes the thing in hand; nothing when there is none.
    pub async fn fill_in(&self, change: impl FnOnce(&mut Receiving)) -> Result<(), OutboxError> {
        let mut tx = self.write().await?;
        if let Desk::Receiving(mut receiving) = read(&mut tx).await? {
            change(&mut receiving);
            write(&mut tx, &Desk::Receiving(receiving)).await?;
        }
        tx.commit().await?;
        self.changed();
        Ok(())
    }

    /// From now on scans go to the server again. What was in hand is put down.
    pub async fn end_desk(&self) -> Result<(), OutboxError> {
        let mut tx = self.write().await?;
        write(&mut tx, &Desk::Idle).await?;
        tx.commit().await?;
        self.changed();
        Ok(())
    }

    /// The thing in hand is kept as an event, and the next one is in hand. A label that is on another thing is refused.
    pub async fn keep_receipt(&self, at: Micros) -> Result<Kept, OutboxError> {
        let mut tx = self.write().await?;
        let Desk::Receiving(receiving) = read(&mut tx).await? else { return Ok(Kept::NothingInHand) };
        let Receipt { code, name, .. } = &receiving.receipt;
        let sql = "insert into stuck (code, name, at) values ($1, $2, $3) on conflict (code) do nothing";
        let stuck = sqlx::query(sql).bind(code).bind(name).bind(at).execute(&mut *tx).await?.rows_affected();
        if stuck == 0 {
            let row = sqlx::query("select code, name, at from stuck where code = $1").bind(code);
            return Ok(Kept::LabelUsed(stuck_of(&row.fetch_one(&mut *tx).await?)?));
        }
        // A label of our own that came by hand is no more to be printed.
        sqlx::query("update blank set used_at = $1, raster = null where code = $2 and used_at is null")
            .bind(at)
            .bind(code)
            .execute(&mut *tx)
            .await?;
        let what = Observation::Received(receiving.receipt.clone());
        let number = event::insert(&mut tx, self.identity.as_deref(), &Seen { at, what }).await?;
        write(&mut tx, &Desk::Receiving(receiving.next(Uuid::new_v4()))).await?;
        tx.commit().await?;
        self.changed();
        Ok(Kept::As(number))
    }

    /// Keeps labels drawn ahead, and says so. A block that is here already is only told of again.
    pub async fn keep_blanks(&self, block: Uuid, labels: &[Blank], at: Micros) -> Result<(), OutboxError> {
        let mut tx = self.write().await?;
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
        event::insert(
            &mut tx,
            self.identity.as_deref(),
            &Seen { at, what: Observation::BlanksKept { block } },
        )
        .await?;
        tx.commit().await?;
        self.changed();
        Ok(())
    }

    /// How many labels are left to print.
    pub async fn blanks_left(&self) -> Result<i64, OutboxError> {
        let sql = "select count(*) from blank where used_at is null";
        Ok(sqlx::query_scalar(sql).fetch_one(&self.pool).await?)
    }

    /// Takes the next label and sends it to the printer, for the thing in hand. One that was printed before and is not stuck
    /// on it is spoiled, and said to be. False when none is left, or nothing is in hand.
    pub async fn print_blank(&self, spoiled: &str, at: Micros) -> Result<bool, OutboxError> {
        let mut tx = self.write().await?;
        let Desk::Receiving(mut receiving) = read(&mut tx).await? else { return Ok(false) };
        let sql = "update blank set used_at = $1 where code = (select code from blank where used_at is null
                   order by rowid limit 1) returning code, raster";
        let Some(row) = sqlx::query(sql).bind(at).fetch_optional(&mut *tx).await? else { return Ok(false) };
        let (code, raster): (String, Option<String>) = (row.try_get("code")?, row.try_get("raster")?);
        sqlx::query("update blank set raster = null where code = $1").bind(&code).execute(&mut *tx).await?;
        if let Some(before) = receiving.printed.take().filter(|before| *before != receiving.receipt.code) {
            let what = Observation::Spoiled { code: before, reason: spoiled.to_owned() };
            event::insert(&mut tx, self.identity.as_deref(), &Seen { at, what }).await?;
        }
        let raster = serde_json::from_str(raster.as_deref().unwrap_or_default())?;
        job::insert(
            &mut tx,
            self.identity.as_deref(),
            &Job { id: Uuid::new_v4(), title: code.clone(), raster },
            at,
        )
        .await?;
        receiving.printed = Some(code);
        write(&mut tx, &Desk::Receiving(receiving)).await?;
        tx.commit().await?;
        self.changed();
        Ok(true)
    }

    /// The things taken in last, newest first.
    pub async fn stuck(&self, most: u32) -> Result<Vec<Stuck>, OutboxError> {
        let sql = "select code, name, at from stuck order by at desc, rowid desc limit $1";
        let rows = sqlx::query(sql).bind(most).fetch_all(&self.pool).await?;
        rows.iter().map(stuck_of).collect()
    }
}

fn stuck_of(row: &sqlx::sqlite::SqliteRow) -> Result<Stuck, OutboxError> {
    Ok(Stuck { code: row.try_get("code")?, name: row.try_get("name")?, at: row.try_get("at")? })
}

/// What the desk is doing, within the caller's transaction.
pub(super) async fn read(tx: &mut SqliteConnection) -> Result<Desk, OutboxError> {
    let body: String = sqlx::query_scalar("select body from desk").fetch_one(tx).await?;
    Ok(if body.is_empty() { Desk::Idle } else { serde_json::from_str(&body)? })
}

pub(super) async fn write(tx: &mut SqliteConnection, desk: &Desk) -> Result<(), OutboxError> {
    let body = if *desk == Desk::Idle { String::new() } else { serde_json::to_string(desk)? };
    sqlx::query("update desk set body = $1").bind(body).execute(tx).await?;
    Ok(())
}
