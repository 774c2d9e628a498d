//! Agencies, units and the people in them.

use super::{Error, Tx, damaged, db::on};
use crate::{
    domain::{AgencyKind, Person, Role, Unit},
    id::{AgencyId, PersonId, UnitId},
};

#[derive(sqlx::FromRow)]
pub(super) struct PersonRow {
    pub(super) id: PersonId,
    name: String,
    login: String,
    password_hash: Option<String>,
    must_change: Option<bool>,
    disabled: bool,
    unit: UnitId,
    unit_name: String,
    agency: AgencyId,
    agency_name: String,
    agency_kind: String,
}

const PERSON: &str = "select p.id, p.name, p.login, w.hash as password_hash, w.must_change, p.disabled,
        p.unit, u.name as unit_name, u.agency, a.name as agency_name, a.kind as agency_kind
    from persons p join units u on u.id = p.unit join agencies a on a.id = u.agency
        left join passwords w on w.person = p.id";

/// A person and the hash of the password, if they have one, by login.
pub async fn person_by_login(tx: &mut Tx, login: &str) -> Result<Option<(Person, Option<String>)>, Error> {
    let sql = format!("{PERSON} where p.login = $1");
    let row: Option<PersonRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(login)
        .fetch_optional(conn).await?);
    match row {
        Some(row) => {
            let hash = row.password_hash.clone();
            Ok(Some((person_of(tx, row).await?, hash)))
        }
        None => Ok(None),
    }
}

/// The name of a person, whatever became of them.
pub async fn name(tx: &mut Tx, id: PersonId) -> Result<String, Error> {
    Ok(person(tx, id).await?.map_or_else(|| "—".to_owned(), |person| person.name))
}

pub async fn person(tx: &mut Tx, id: PersonId) -> Result<Option<Person>, Error> {
    let sql = format!("{PERSON} where p.id = $1");
    let row: Option<PersonRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id)
        .fetch_optional(conn).await?);
    match row {
        Some(row) => Ok(Some(person_of(tx, row).await?)),
        None => Ok(None),
    }
}

/// Everybody, by agency, unit and name.
pub async fn persons(tx: &mut Tx) -> Result<Vec<Person>, Error> {
    let sql = format!("{PERSON} order by a.name, u.name, p.name");
    let rows: Vec<PersonRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?);
    let mut people = Vec::with_capacity(rows.len());
    for row in rows {
        people.push(person_of(tx, row).await?);
    }
    Ok(people)
}

async fn person_of(tx: &mut Tx, row: PersonRow) -> Result<Person, Error> {
    const SQL: &str = "select role from person_roles where person = $1 order by role";
    let words: Vec<String> = on!(tx, conn => sqlx::query_scalar(SQL).bind(row.id).fetch_all(conn).await?);
    with_roles(row, &words)
}

/// The person with these roles.
pub(super) fn with_roles(row: PersonRow, words: &[String]) -> Result<Person, Error> {
    let roles: Option<Vec<Role>> = words.iter().map(|word| Role::from_word(word)).collect();
    Ok(Person {
        id: row.id,
        name: row.name,
        login: row.login,
        unit: row.unit,
        unit_name: row.unit_name,
        agency: row.agency,
        agency_name: row.agency_name,
        agency_kind: agency_kind(&row.agency_kind)?,
        roles: roles.ok_or_else(|| damaged("person", format!("roles {words:?}")))?,
        must_change: row.must_change.unwrap_or(true),
        disabled: row.disabled,
    })
}

fn agency_kind(word: &str) -> Result<AgencyKind, Error> {
    AgencyKind::from_word(word).ok_or_else(|| damaged("agency", format!("kind «{word}»")))
}

#[derive(sqlx::FromRow)]
struct UnitRow {
    id: UnitId,
    agency: AgencyId,
    agency_kind: String,
    agency_name: String,
    name: String,
}

const UNIT: &str = "select u.id, u.agency, a.kind as agency_kind, a.name as agency_name, u.name
    from units u join agencies a on a.id = u.agency";

/// Every unit, by agency kind and name.
pub async fn units(tx: &mut Tx) -> Result<Vec<Unit>, Error> {
    let sql = format!("{UNIT} order by a.kind, a.name, u.name");
    let rows: Vec<UnitRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?);
    rows.into_iter().map(unit_of).collect()
}

pub async fn unit(tx: &mut Tx, id: UnitId) -> Result<Option<Unit>, Error> {
    let sql = format!("{UNIT} where u.id = $1");
    let row: Option<UnitRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?);
    row.map(unit_of).transpose()
}

fn unit_of(row: UnitRow) -> Result<Unit, Error> {
    let UnitRow { id, agency, agency_kind: kind, agency_name, name } = row;
    Ok(Unit { id, agency, agency_kind: agency_kind(&kind)?, agency_name, name })
}
