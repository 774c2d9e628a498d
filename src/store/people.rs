//! Agencies, units and the people in them.

use super::{Error, Tx, damaged, db::on};
use crate::{
    domain::{Agency, AgencyKind, Person, Role, Unit},
    id::{AgencyId, PersonId, UnitId},
};

#[derive(sqlx::FromRow)]
pub(super) struct PersonRow {
    pub(super) id: PersonId,
    name: String,
    login: String,
    password_hash: String,
    must_change: bool,
    disabled: bool,
    unit: UnitId,
    unit_name: String,
    agency: AgencyId,
    agency_name: String,
    agency_kind: String,
}

const PERSON: &str = "select p.id, p.name, p.login, p.password_hash, p.must_change, p.disabled,
        p.unit, u.name as unit_name, u.agency, a.name as agency_name, a.kind as agency_kind
    from persons p join units u on u.id = p.unit join agencies a on a.id = u.agency";

/// A person and the hash of the password, by login.
pub async fn person_by_login(tx: &mut Tx, login: &str) -> Result<Option<(Person, String)>, Error> {
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
        must_change: row.must_change,
        disabled: row.disabled,
    })
}

fn agency_kind(word: &str) -> Result<AgencyKind, Error> {
    AgencyKind::from_word(word).ok_or_else(|| damaged("agency", format!("kind «{word}»")))
}

/// A person as an administrator enters it.
pub struct NewPerson<'a> {
    pub id: PersonId,
    pub unit: UnitId,
    pub name: &'a str,
    pub login: &'a str,
    pub password_hash: &'a str,
    pub must_change: bool,
    pub roles: &'a [Role],
}

/// Adds a person. False when the login is taken.
pub async fn add_person(tx: &mut Tx, person: &NewPerson<'_>) -> Result<bool, Error> {
    const SQL: &str = "insert into persons (id, unit, name, login, password_hash, must_change, disabled)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (login) do nothing";
    const ROLE: &str = "insert into person_roles (person, role) values ($1, $2)";
    let added = on!(tx, conn => sqlx::query(SQL)
        .bind(person.id)
        .bind(person.unit)
        .bind(person.name)
        .bind(person.login)
        .bind(person.password_hash)
        .bind(person.must_change)
        .bind(false)
        .execute(conn)
        .await?
        .rows_affected());
    if added == 0 {
        return Ok(false);
    }
    for role in person.roles {
        on!(tx, conn => sqlx::query(ROLE).bind(person.id).bind(role.word()).execute(conn).await?.rows_affected());
    }
    Ok(true)
}

pub async fn set_password(tx: &mut Tx, person: PersonId, hash: &str, must_change: bool) -> Result<(), Error> {
    const SQL: &str = "update persons set password_hash = $1, must_change = $2 where id = $3";
    on!(tx, conn => sqlx::query(SQL).bind(hash).bind(must_change).bind(person).execute(conn).await?.rows_affected());
    Ok(())
}

pub async fn set_disabled(tx: &mut Tx, person: PersonId, disabled: bool) -> Result<(), Error> {
    const SQL: &str = "update persons set disabled = $1 where id = $2";
    on!(tx, conn => sqlx::query(SQL).bind(disabled).bind(person).execute(conn).await?.rows_affected());
    Ok(())
}

pub async fn add_agency(tx: &mut Tx, agency: &Agency) -> Result<(), Error> {
    const SQL: &str = "insert into agencies (id, kind, name) values ($1, $2, $3)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(agency.id)
        .bind(agency.kind.word())
        .bind(&agency.name)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

pub async fn add_unit(tx: &mut Tx, id: UnitId, agency: AgencyId, name: &str) -> Result<(), Error> {
    const SQL: &str = "insert into units (id, agency, name) values ($1, $2, $3)";
    on!(tx, conn => sqlx::query(SQL).bind(id).bind(agency).bind(name).execute(conn).await?.rows_affected());
    Ok(())
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
