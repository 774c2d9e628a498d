//! Who is logged in. Only the hash of a session's token is kept, so that a stolen copy of the database opens no door.

use super::{
    Db, Error, Tx,
    db::on,
    people,
    rows::{Column, Rows},
};
use crate::{
    clock::Moment,
    domain::Person,
    id::{PersonId, SessionId, StationId},
};
use std::collections::{BTreeMap, BTreeSet};

/// A session as it is kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SessionRow {
    pub id: SessionId,
    pub person: PersonId,
    pub csrf: String,
    /// The station whose counter this person stands at.
    pub station: Option<StationId>,
    pub language: String,
    pub expires_at: Moment,
}

/// The session of each token, by its hash, and whose it is; ended ones too.
pub async fn of_tokens(
    db: Db,
    token_hashes: Vec<Vec<u8>>,
) -> Result<Vec<Option<(SessionRow, Person)>>, Error> {
    let mut tx = db.read().await?;
    let found = by_tokens(&mut tx, &token_hashes).await?;
    Ok(token_hashes.iter().map(|hash| found.get(hash).cloned()).collect())
}

/// The sessions of these tokens, ended or not, and whose they are, by the hash of the token. One question, because every
/// request asks it.
async fn by_tokens(
    tx: &mut Tx,
    token_hashes: &[Vec<u8>],
) -> Result<BTreeMap<Vec<u8>, (SessionRow, Person)>, Error> {
    const SQL: &str = "select s.token, s.id as session, s.csrf, s.station, s.language, s.expires_at,
            p.id, p.name, p.login, w.hash as password_hash, w.must_change, p.disabled,
            p.unit, u.name as unit_name, u.agency, a.name as agency_name, a.kind as agency_kind, r.role
        from sessions s join persons p on p.id = s.person
            join units u on u.id = p.unit join agencies a on a.id = u.agency
            left join person_roles r on r.person = p.id
            left join passwords w on w.person = p.id
        where s.token in {rows} order by r.role";
    #[derive(sqlx::FromRow)]
    struct Row {
        token: Vec<u8>,
        session: SessionId,
        csrf: String,
        station: Option<StationId>,
        language: String,
        expires_at: Moment,
        #[sqlx(flatten)]
        person: people::PersonRow,
        role: Option<String>,
    }
    let hashes: BTreeSet<&[u8]> = token_hashes.iter().map(Vec::as_slice).collect();
    let wanted = Rows::new(vec![Column::Bytes(hashes.into_iter().collect())]);
    let rows: Vec<Row> = wanted.fetch(tx, SQL).await?;
    let mut words: BTreeMap<Vec<u8>, Vec<String>> = BTreeMap::new();
    for row in &rows {
        words.entry(row.token.clone()).or_default().extend(row.role.clone());
    }
    let mut found = BTreeMap::new();
    for Row { token, session, csrf, station, language, expires_at, person, .. } in rows {
        if let Some(words) = words.remove(&token) {
            let row = SessionRow { id: session, person: person.id, csrf, station, language, expires_at };
            found.insert(token, (row, people::with_roles(person, &words)?));
        }
    }
    Ok(found)
}

pub async fn open(tx: &mut Tx, token_hash: &[u8], session: &SessionRow, now: Moment) -> Result<(), Error> {
    const SQL: &str =
        "insert into sessions (token, id, person, csrf, station, language, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(token_hash)
        .bind(session.id)
        .bind(session.person)
        .bind(&session.csrf)
        .bind(session.station)
        .bind(&session.language)
        .bind(now)
        .bind(session.expires_at)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

pub async fn set_language(tx: &mut Tx, session: SessionId, language: &str) -> Result<(), Error> {
    const SQL: &str = "update sessions set language = $1 where id = $2";
    on!(tx, conn => sqlx::query(SQL).bind(language).bind(session).execute(conn).await?.rows_affected());
    Ok(())
}

pub async fn set_station(tx: &mut Tx, session: SessionId, station: Option<StationId>) -> Result<(), Error> {
    const SQL: &str = "update sessions set station = $1 where id = $2";
    on!(tx, conn => sqlx::query(SQL).bind(station).bind(session).execute(conn).await?.rows_affected());
    Ok(())
}

pub async fn close(tx: &mut Tx, session: SessionId) -> Result<(), Error> {
    const SQL: &str = "delete from sessions where id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(session).execute(conn).await?.rows_affected());
    Ok(())
}

/// A session as its person sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OpenSession {
    pub id: SessionId,
    pub station: Option<StationId>,
    pub created_at: Moment,
    pub expires_at: Moment,
}

/// The sessions of a person that have not ended, oldest first.
pub async fn of_person(tx: &mut Tx, person: PersonId, now: Moment) -> Result<Vec<OpenSession>, Error> {
    const SQL: &str = "select id, station, created_at, expires_at from sessions
        where person = $1 and expires_at > $2 order by created_at, id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(person).bind(now).fetch_all(conn).await?))
}

/// Ends every session of a person: after a new password, or when somebody leaves.
pub async fn close_all(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    const SQL: &str = "delete from sessions where person = $1";
    on!(tx, conn => sqlx::query(SQL).bind(person).execute(conn).await?.rows_affected());
    Ok(())
}

/// Ends every session there is: of a ledger that was brought back from the past, or to another place.
pub async fn close_everybodys(tx: &mut Tx) -> Result<(), Error> {
    const SQL: &str = "delete from sessions";
    on!(tx, conn => sqlx::query(SQL).execute(conn).await?.rows_affected());
    Ok(())
}

/// Forgets sessions whose time is over.
pub async fn forget_ended(tx: &mut Tx, now: Moment) -> Result<u64, Error> {
    const SQL: &str = "delete from sessions where expires_at <= $1";
    Ok(on!(tx, conn => sqlx::query(SQL).bind(now).execute(conn).await?.rows_affected()))
}
