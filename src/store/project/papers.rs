//! The paper that an entry makes, and its number.

use crate::{
    clock::Moment,
    id::{AgencyId, PaperId, StoreId},
    ledger::{Commitment, Entry, Issuer, PaperForm, PaperNumber, check_code, number_by_entry},
    store::{Error, Tx, damaged, db::on},
};
use uuid::Uuid;

/// The paper that an entry makes, with its number and the code by which anyone can check it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperRow {
    pub id: PaperId,
    pub kind: PaperForm,
    pub number: String,
    pub seq: i64,
    pub check_code: String,
    pub made_at: Moment,
    /// Nothing for a paper that has the number of its entry.
    pub series: Option<Series>,
}

/// A place in a series of numbers: whose, how the issuer is numbered, of which year, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// A store, or an agency.
    pub issuer: Uuid,
    pub issuer_number: u32,
    pub year: String,
    pub serial: u32,
}

/// The paper of this entry, if it makes one. What a series knows of its issuer is asked only where it has one.
pub fn paper_of(entry: &Entry, commitment: &Commitment, series: Option<Series>) -> Option<PaperRow> {
    let form = made(entry)?;
    let number = match &series {
        None => number_by_entry(entry, form).unwrap_or_default(),
        Some(Series { issuer_number, year, serial, .. }) => {
            PaperNumber { form, issuer: *issuer_number, year: year.clone(), serial: *serial }.to_string()
        }
    };
    Some(PaperRow {
        id: PaperId(Uuid::new_v5(&entry.draft.id.0, form.word().as_bytes())),
        kind: form,
        number,
        seq: entry.seq.cast_signed(),
        check_code: check_code(entry, commitment),
        made_at: entry.recorded_at,
        series,
    })
}

/// The form of the paper that the entry makes.
pub fn made(entry: &Entry) -> Option<PaperForm> {
    entry.draft.body.paper().filter(|form| entry.edition >= form.since())
}

/// Writes the paper of this entry down, if it makes one.
pub(super) async fn file(tx: &mut Tx, entry: &Entry, commitment: &Commitment) -> Result<(), Error> {
    let series = match made(entry) {
        Some(form) if number_by_entry(entry, form).is_none() => Some(next(tx, entry, form).await?),
        _ => None,
    };
    let Some(paper) = paper_of(entry, commitment, series) else { return Ok(()) };
    let series = paper.series.as_ref();
    const SQL: &str =
        "insert into papers (id, kind, number, seq, check_code, made_at, issuer, issuer_number, year, serial)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(paper.id)
        .bind(paper.kind)
        .bind(&paper.number)
        .bind(paper.seq)
        .bind(&paper.check_code)
        .bind(paper.made_at)
        .bind(series.map(|it| it.issuer))
        .bind(series.map(|it| i64::from(it.issuer_number)))
        .bind(series.map(|it| it.year.clone()))
        .bind(series.map(|it| i64::from(it.serial)))
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

/// The next place in the entry's series; whoever makes a first paper is the next issuer.
async fn next(tx: &mut Tx, entry: &Entry, form: PaperForm) -> Result<Series, Error> {
    const SQL: &str = "select
        coalesce((select issuer_number from papers where issuer = $1 limit 1),
            (select coalesce(max(issuer_number), 0) + 1 from papers)),
        (select coalesce(max(serial), 0) + 1 from papers where kind = $2 and issuer = $1 and year = $3)";
    let (issuer, year) = (issuer(tx, Issuer::of(entry)).await?, entry.recorded_at.year2());
    let (issuer_number, serial): (i64, i64) = on!(tx, conn => sqlx::query_as(SQL)
        .bind(issuer)
        .bind(form)
        .bind(&year)
        .fetch_one(conn)
        .await?);
    let figure = |number| u32::try_from(number).map_err(|_| damaged("paper", "its number is out of reach"));
    Ok(Series { issuer, issuer_number: figure(issuer_number)?, year, serial: figure(serial)? })
}

async fn issuer(tx: &mut Tx, issuer: Issuer) -> Result<Uuid, Error> {
    const STORE: &str = "select store from slots where id = $1";
    const AGENCY: &str = "select agency from units where id = $1";
    Ok(match issuer {
        Issuer::Store(store) => store.0,
        Issuer::StoreOf(slot) => {
            let store: StoreId = on!(tx, conn => sqlx::query_scalar(STORE).bind(slot).fetch_one(conn).await?);
            store.0
        }
        Issuer::AgencyOf(unit) => {
            let agency: AgencyId =
                on!(tx, conn => sqlx::query_scalar(AGENCY).bind(unit).fetch_one(conn).await?);
            agency.0
        }
    })
}
