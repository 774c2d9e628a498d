//! 任用: people as an administrator enters, moves, closes and lets them in again. Their first passwords are the server's: each is told
//! once, to whoever asked for it, and must be changed at the first login.

use super::{
    login,
    roster::{self, GivenPassword, NewStanding},
};
use crate::custody::{Error, Forbidden, Invalid, Thing, access};
use crate::{
    app::App,
    domain::{Person, Role},
    id::{PersonId, UnitId},
    ledger::{Standing, roster::PersonFacts},
    store::{Recorded, people},
};
use serde::{Deserialize, Serialize};

/// Somebody who is to be entered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct Newcomer {
    /// As papers write it.
    pub name: String,
    pub login: String,
    pub unit: UnitId,
    pub roles: Vec<Role>,
}

/// What somebody who is there is from now on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct Appointment {
    pub name: String,
    pub unit: UnitId,
    pub roles: Vec<Role>,
    /// Why; stands in the ledger.
    pub reason: String,
}

/// What is handed to somebody once: with what they log in the first time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Slip {
    pub person: PersonId,
    pub name: String,
    pub login: String,
    pub agency: String,
    pub unit: String,
    pub password: String,
    /// The entry that gave it.
    pub entry: u64,
}

/// Enters somebody.
pub async fn enter(app: &App, me: &Person, new: &Newcomer) -> Result<Slip, Error> {
    access::require(me, Role::Administrator)?;
    some_role(&new.roles)?;
    let roles = roster::in_order(new.roles.clone());
    let (name, login) = (new.name.trim().to_owned(), new.login.trim().to_owned());
    let facts = PersonFacts { name, login, unit: new.unit, roles, standing: Standing::Open };
    let password = login::first_password(app)?;
    let (person, recorded) = roster::add_person(app, me, facts, &given(&password)).await?;
    slip(app, person, password, &recorded).await
}

/// Another name, unit or other roles. They are logged in nowhere afterwards; the password stays.
pub async fn appoint(app: &App, me: &Person, person: PersonId, it: &Appointment) -> Result<Recorded, Error> {
    access::require(me, Role::Administrator)?;
    some_role(&it.roles)?;
    let (name, unit, roles) = (it.name.trim().to_owned(), it.unit, it.roles.clone());
    roster::change_person(app, me, person, NewStanding::Appointed { name, unit, roles }, &it.reason).await
}

/// Nobody logs in as them any more; what they did stays.
pub async fn close(app: &App, me: &Person, person: PersonId, reason: &str) -> Result<Recorded, Error> {
    roster::change_person(app, me, person, NewStanding::Closed, reason).await
}

/// A closed account is opened again, in these roles and with a new first password.
pub async fn reopen(
    app: &App,
    me: &Person,
    person: PersonId,
    (roles, reason): (Vec<Role>, &str),
) -> Result<Slip, Error> {
    access::require(me, Role::Administrator)?;
    some_role(&roles)?;
    roster::change_person(app, me, person, NewStanding::Open(roles), reason).await?;
    reset(app, me, person).await
}

/// A new first password. The old one opens nothing any more, and a login that waits after wrong ones waits no longer.
pub async fn reset(app: &App, me: &Person, person: PersonId) -> Result<Slip, Error> {
    access::require(me, Role::Administrator)?;
    if person == me.id {
        return Err(own_password());
    }
    let password = login::first_password(app)?;
    let recorded = roster::reset_password(app, me, person, &given(&password)).await?;
    slip(app, person, password, &recorded).await
}

fn given(password: &str) -> GivenPassword<'_> {
    GivenPassword { password, must_change: true }
}

async fn slip(app: &App, person: PersonId, password: String, recorded: &Recorded) -> Result<Slip, Error> {
    let known = people::person(&mut app.db.read().await?, person).await?;
    let Person { name, login, agency_name, unit_name, .. } = known.ok_or(Error::NotFound(Thing::Person))?;
    Ok(Slip { person, name, login, agency: agency_name, unit: unit_name, password, entry: recorded.seq })
}

fn some_role(roles: &[Role]) -> Result<(), Error> {
    if !roles.is_empty() {
        return Ok(());
    }
    Err(Invalid::new(
        "role_missing",
        ("没有选岗位，没有登记。", "No role was chosen; nothing was recorded."),
        (
            "请至少选一个岗位；不再让其登录的，请停用账号。",
            "Choose at least one; to keep somebody out, close the account.",
        ),
    ))
}

fn own_password() -> Error {
    Forbidden::new(
        "own_password",
        ("自己的密码不能这样重置，没有办理。", "Nobody resets their own password; nothing was done."),
        (
            "请在“修改密码”页用原密码更换，或由另一名管理员重置。",
            "Change it with the old one on the page for that, or ask another administrator.",
        ),
    )
}
