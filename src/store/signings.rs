//! What people were asked to sign at a station: what it is about, the exact bytes, the words that were shown, and the answer.

use super::{Error, Tx, damaged, db::on};
use crate::{
    clock::Moment,
    id::{HandoverId, PersonId, SigningId, StationId},
    vocabulary::vocabulary,
};
use uuid::Uuid;

vocabulary! {
    /// Which act a signature completes.
    SignedAct "signing.act" {
        Offer "offer" "提出换押" "Offer",
        Conclude "conclude" "签收换押" "Conclude",
    }

    /// What a signed act is about.
    SubjectKind "signing.subject" {
        Handover "handover" "移交" "Handover",
    }

    /// Only what is asked may be answered, and only once.
    SigningState "signing.state" {
        Asked "asked" "待签章" "Asked",
        Done "done" "已签章" "Signed",
        /// The person said no at the station.
        Declined "declined" "已拒绝" "Declined",
        /// A signature came and did not count.
        Refused "refused" "签章无效" "Refused",
        /// The one who asked does not want it any more.
        TakenBack "taken_back" "已撤回" "Taken back",
    }
}

/// What is signed about: one thing of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    pub kind: SubjectKind,
    pub id: Uuid,
}

impl From<HandoverId> for Subject {
    fn from(handover: HandoverId) -> Subject {
        Subject { kind: SubjectKind::Handover, id: handover.0 }
    }
}

/// One request to sign.
#[derive(Clone, Debug)]
pub struct Signing {
    pub id: SigningId,
    pub station: StationId,
    pub person: PersonId,
    pub act: SignedAct,
    pub subject: Subject,
    /// Exactly what is signed.
    pub statement: Vec<u8>,
    /// What the giver signed, when the statement answers it by its digest.
    pub offer: Option<Vec<u8>>,
    pub title: String,
    pub words: Vec<String>,
    pub state: SigningState,
    /// The entry number, the person's own reason, or why the signature does not count.
    pub answer: Option<String>,
    /// Why the signature does not count, in English.
    pub answer_en: Option<String>,
    pub asked_at: Moment,
    pub expires_at: Moment,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: SigningId,
    station: StationId,
    person: PersonId,
    act: SignedAct,
    subject_kind: SubjectKind,
    subject: Uuid,
    statement: Vec<u8>,
    offer: Option<Vec<u8>>,
    title: String,
    words: String,
    state: SigningState,
    answer: Option<String>,
    answer_en: Option<String>,
    asked_at: Moment,
    expires_at: Moment,
}

const SIGNING: &str =
    "select id, station, person, act, subject_kind, subject, statement, offer, title, words, state, answer,
    answer_en, asked_at, expires_at from signings";

pub async fn add(tx: &mut Tx, it: &Signing) -> Result<(), Error> {
    const SQL: &str =
        "insert into signings (id, station, person, act, subject_kind, subject, statement, offer, title, words,
        state, asked_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let words = serde_json::to_string(&it.words).map_err(|error| damaged("request to sign", error))?;
    on!(tx, conn => sqlx::query(SQL)
        .bind(it.id)
        .bind(it.station)
        .bind(it.person)
        .bind(it.act)
        .bind(it.subject.kind)
        .bind(it.subject.id)
        .bind(it.statement.as_slice())
        .bind(it.offer.as_deref())
        .bind(&it.title)
        .bind(words)
        .bind(it.state)
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

/// The newest request about a subject, answered or not.
pub async fn newest(tx: &mut Tx, subject: Subject) -> Result<Option<Signing>, Error> {
    let sql = format!("{SIGNING} where subject = $1 order by asked_at desc, id desc limit 1");
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(subject.id).fetch_optional(conn).await?);
    row.map(signing_of).transpose()
}

/// Requests about a subject that still wait for an answer.
pub async fn open_of(tx: &mut Tx, subject: Subject, now: Moment) -> Result<Vec<Signing>, Error> {
    let sql =
        format!("{SIGNING} where subject = $1 and state = 'asked' and expires_at > $2 order by asked_at, id");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(subject.id)
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

/// What a request is answered with: in the words of both languages where it is the server's answer, in the person's own where
/// it is theirs.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub text: String,
    pub en: Option<String>,
}

/// Answers a request. False when it had been answered before.
pub async fn answer(tx: &mut Tx, id: SigningId, state: SigningState, answer: &Answer) -> Result<bool, Error> {
    const SQL: &str =
        "update signings set state = $1, answer = $2, answer_en = $3 where id = $4 and state = 'asked'";
    let changed = on!(tx, conn => sqlx::query(SQL)
        .bind(state)
        .bind(&answer.text)
        .bind(answer.en.as_deref())
        .bind(id)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(changed == 1)
}

fn signing_of(row: Row) -> Result<Signing, Error> {
    Ok(Signing {
        id: row.id,
        station: row.station,
        person: row.person,
        act: row.act,
        subject: Subject { kind: row.subject_kind, id: row.subject },
        statement: row.statement,
        offer: row.offer,
        title: row.title,
        words: serde_json::from_str(&row.words).map_err(|error| damaged("request to sign", error))?,
        state: row.state,
        answer: row.answer,
        answer_en: row.answer_en,
        asked_at: row.asked_at,
        expires_at: row.expires_at,
    })
}
