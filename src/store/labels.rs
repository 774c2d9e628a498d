//! Print jobs: every label that was ever sent to a printer, with its copy number and what became of it.

use super::{Error, Tx, damaged, db::on};
use crate::{
    clock::Moment,
    domain::{Code, counter::PrintState},
    id::{ItemId, JobId, PersonId, StationId},
};
use hufu_wire::Raster;

/// One label for one printer.
#[derive(Clone, Debug)]
pub struct Job {
    pub id: JobId,
    pub station: StationId,
    pub item: Option<ItemId>,
    pub code: String,
    pub copy: u32,
    pub title: String,
    /// Why it is printed again.
    pub reason: Option<String>,
    pub raster: Raster,
}

pub async fn add(tx: &mut Tx, job: &Job, by: PersonId, now: Moment) -> Result<(), Error> {
    const SQL: &str = "insert into print_jobs
            (id, station, item, code, copy, title, reason, state, raster, created_at, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, $9, $10)";
    let raster = serde_json::to_string(&job.raster).map_err(|error| damaged("label", error))?;
    on!(tx, conn => sqlx::query(SQL)
        .bind(job.id)
        .bind(job.station)
        .bind(job.item)
        .bind(&job.code)
        .bind(i64::from(job.copy))
        .bind(&job.title)
        .bind(&job.reason)
        .bind(raster)
        .bind(now)
        .bind(by)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// The copy that took the place of the label of this thing that was scanned: the newest that was ordered, unless it is this one.
/// The second copies of before say that they are the first; such a one stays good until another is ordered.
pub async fn replaced_by(tx: &mut Tx, item: ItemId, scanned: &Code) -> Result<Option<u32>, Error> {
    const SQL: &str = "select code, copy from print_jobs where item = $1 order by copy desc limit 1";
    let newest: Option<(String, i64)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(item).fetch_optional(conn).await?);
    let Some((code, copy)) = newest else { return Ok(None) };
    let copy = u32::try_from(copy).map_err(|error| damaged("label", error))?;
    // The label of another thing, which this one carries by a correction, was printed for that one.
    let of_this = Code::parse(&code).is_ok_and(|it| it.number() == scanned.number());
    Ok((of_this && code != scanned.printed() && copy > scanned.copy()).then_some(copy))
}

/// The newest label that was ordered for a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewestLabel {
    /// As it is printed, with its copy.
    pub code: String,
    pub copy: u32,
    pub state: PrintState,
    pub reason: Option<String>,
}

pub async fn newest(tx: &mut Tx, item: ItemId) -> Result<Option<NewestLabel>, Error> {
    const SQL: &str = "select code, copy, state, reason from print_jobs where item = $1
        order by copy desc, created_at desc limit 1";
    let row: Option<(String, i64, String, Option<String>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(item).fetch_optional(conn).await?);
    let Some((code, copy, state, reason)) = row else { return Ok(None) };
    let state = PrintState::from_word(&state).ok_or_else(|| damaged("label", format!("state «{state}»")))?;
    let copy = u32::try_from(copy).map_err(|error| damaged("label", error))?;
    Ok(Some(NewestLabel { code, copy, state, reason }))
}

/// Where a job of this station stands.
pub async fn state(tx: &mut Tx, station: StationId, job: JobId) -> Result<Option<PrintState>, Error> {
    const SQL: &str = "select state from print_jobs where id = $1 and station = $2";
    let word: Option<String> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(job).bind(station).fetch_optional(conn).await?);
    word.map(|word| PrintState::from_word(&word).ok_or_else(|| damaged("label", format!("state «{word}»"))))
        .transpose()
}

pub async fn set_state(tx: &mut Tx, job: JobId, state: PrintState, why: Option<&str>) -> Result<(), Error> {
    const SQL: &str = "update print_jobs set state = $1, why = $2 where id = $3";
    on!(tx, conn => sqlx::query(SQL).bind(state.word()).bind(why).bind(job).execute(conn).await?.rows_affected());
    Ok(())
}

/// What the station has not said to have printed, oldest first, some at a time: a roll is hundreds of pictures, and no
/// printer is as fast as this is asked. Sending one twice is harmless: a station prints a job once.
pub async fn queued_at(tx: &mut Tx, station: StationId) -> Result<Vec<(JobId, String, Raster)>, Error> {
    const SQL: &str = "select id, title, raster from print_jobs where station = $1 and state = 'queued'
        order by created_at, copy, code limit 20";
    let rows: Vec<(JobId, String, String)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(station).fetch_all(conn).await?);
    let read = |text: &str| serde_json::from_str(text).map_err(|error| damaged("label", error));
    rows.into_iter().map(|(job, title, raster)| Ok((job, title, read(&raster)?))).collect()
}
