//! What people were asked to sign at a station: the exact bytes, the words that were shown, and the answer.

use super::{Error, Tx, damaged, db::on};
use crate::{
    clock::Moment,
    domain::words,
    id::{HandoverId, PersonId, SigningId, StationId},
};

words! {
    /// Which act a signature completes.
    SignedAct {
        Offer "offer",
        Conclude "conclude",
    }
}

words! {
    /// Only what is asked may be answered, and only once.
    SigningState {
        Asked "asked",
        Done "done",
        /// The person said no at the station.
        Declined "declined",
        /// A signature came and did not count.
        Refused "refused",
        /// The one who asked does not want it any more.
        TakenBack "taken_back",
    }
}

/// One request to sign.
#[derive(Clone, Debug)]
pub struct Signing {
    pub id: SigningId,
    pub station: StationId,
    pub person: PersonId,
    pub act: SignedAct,
    pub handover: HandoverId,
    /// Exactly what is signed.
    pub statement: Vec<u8>,
    pub title: String,
    pub words: Vec<String>,
    pub state: SigningState,
    /// The entry number, or why there is none.
    pub answer: Option<String>,
    /// The same in English, where the server says why.
    pub answer_en: Option<String>,
    pub asked_at: Moment,
    pub expires_at: Moment,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: SigningId,
    station: StationId,
    person: PersonId,
    act: String,
    handover: HandoverId,
    statement: Vec<u8>,
    title: String,
    words: String,
    state: String,
    answer: Option<String>,
    answer_en: Option<String>,
    asked_at: Moment,
    expires_at: Moment,
}

const SIGNING: &str =
    "select id, station, person, act, handover, statement, title, words, state, answer, answer_en,
    asked_at, expires_at from signings";

pub async fn add(tx: &mut Tx, it: &Signing) -> Result<(), Error> {
    const SQL: &str =
        "insert into signings (id, station, person, act, handover, statement, title, words, state,
        asked_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let words = serde_json::to_string(&it.words).map_err(|error| damaged("request to sign", error))?;
    on!(tx, conn => sqlx::query(SQL)
        .bind(it.id)
        .bind(it.station)
        .bind(it.person)
        .bind(it.act.word())
        .bind(it.handover)
        .bind(it.statement.as_slice())
        .bind(&it.title)
        .bind(words)
        .bind(it.state.word())
        .bind(it.asked_at)
        .bind(it.expires_at)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

pub async fn signing(tx: &mut Tx, id: SigningId) -> Result<Option<Signing>, Error> {
    let sql = format!("{SIGNING} where id = $1");
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?);
    row.map(signing_of).transpose()
}

/// The newest request about a handover, answered or not.
pub async fn newest(tx: &mut Tx, handover: HandoverId) -> Result<Option<Signing>, Error> {
    let sql = format!("{SIGNING} where handover = $1 order by asked_at desc, id desc limit 1");
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(handover).fetch_optional(conn).await?);
    row.map(signing_of).transpose()
}

/// Requests about a handover that still wait for an answer.
pub async fn open_of(tx: &mut Tx, handover: HandoverId, now: Moment) -> Result<Vec<Signing>, Error> {
    let sql = format!(
        "{SIGNING} where handover = $1 and state = 'asked' and expires_at > $2 order by asked_at, id"
    );
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(handover)
        .bind(now)
        .fetch_all(conn)
        .await?);
    rows.into_iter().map(signing_of).collect()
}

/// Requests that a station should show now.
pub async fn open_at(tx: &mut Tx, station: StationId, now: Moment) -> Result<Vec<Signing>, Error> {
    let sql =
        format!("{SIGNING} where station = $1 and state = 'asked' and expires_at > $2 order by asked_at, id");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(station)
        .bind(now)
        .fetch_all(conn)
        .await?);
    rows.into_iter().map(signing_of).collect()
}

/// Answers a request; in English too, where the server says why. False when it had been answered before.
pub async fn answer(
    tx: &mut Tx,
    id: SigningId,
    state: SigningState,
    (answer, answer_en): (&str, Option<&str>),
) -> Result<bool, Error> {
    const SQL: &str =
        "update signings set state = $1, answer = $2, answer_en = $4 where id = $3 and state = 'asked'";
    let changed = on!(tx, conn => sqlx::query(SQL)
        .bind(state.word())
        .bind(answer)
        .bind(id)
        .bind(answer_en)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(changed == 1)
}

fn signing_of(row: Row) -> Result<Signing, Error> {
    let wrong = |finding: &str| damaged("request to sign", finding);
    Ok(Signing {
        id: row.id,
        station: row.station,
        person: row.person,
        act: SignedAct::from_word(&row.act).ok_or_else(|| wrong(&row.act))?,
        handover: row.handover,
        statement: row.statement,
        title: row.title,
        words: serde_json::from_str(&row.words).map_err(|error| damaged("request to sign", error))?,
        state: SigningState::from_word(&row.state).ok_or_else(|| wrong(&row.state))?,
        answer: row.answer,
        answer_en: row.answer_en,
        asked_at: row.asked_at,
        expires_at: row.expires_at,
    })
}
