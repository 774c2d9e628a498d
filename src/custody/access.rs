//! Who may see and do what. People see what is theirs, or on offer to them; custodians see what lies in the stores of
//! their unit or is owed to it; auditors see everything and change nothing.

use super::{Error, Forbidden, Thing};
use crate::{
    domain::{
        AgencyKind, Person, Role,
        person::{SYSTEM, SYSTEM_NAME},
    },
    id::{AgencyId, CaseId, ItemId, UnitId},
    store::{Tx, cases::Eyes, visible},
};
use uuid::Uuid;

/// Refuses people without the role.
pub fn require(me: &Person, role: Role) -> Result<(), Error> {
    require_one(me, &[role])
}

/// Refuses people with none of the roles.
pub fn require_one(me: &Person, roles: &[Role]) -> Result<(), Error> {
    match roles.iter().any(|role| me.is(*role)) {
        true => Ok(()),
        false => Err(Forbidden::new(
            "not_your_role",
            ("您的岗位不能办理此事。", "Your role does not include this."),
            ("请由有此岗位的人员办理。", "Somebody with the role must do it."),
        )),
    }
}

/// Auditors and oversight see everything.
pub fn sees_all(me: &Person) -> bool {
    me.is(Role::Auditor) || me.agency_kind == AgencyKind::Oversight
}

/// Whose labels and receipts somebody sees: those who see everything, all of them; custodians, their unit's. Refuses others.
pub fn whose(me: &Person) -> Result<Option<UnitId>, Error> {
    if sees_all(me) {
        return Ok(None);
    }
    require(me, Role::Custodian)?;
    Ok(Some(me.unit))
}

/// Who runs a command on the machine that holds the database, and could read all of it anyway: sees everything, and as an
/// auditor changes nothing.
pub fn at_the_machine() -> Person {
    Person {
        id: SYSTEM,
        name: SYSTEM_NAME.to_owned(),
        login: String::new(),
        unit: UnitId(Uuid::nil()),
        unit_name: String::new(),
        agency: AgencyId(Uuid::nil()),
        agency_name: String::new(),
        agency_kind: AgencyKind::Oversight,
        roles: vec![Role::Auditor],
        must_change: false,
        disabled: false,
    }
}

/// Whose eyes a list is for: the same rule as [`see_item`] and [`see_case`], for many at once.
pub fn eyes(me: &Person) -> Eyes {
    Eyes { all: sees_all(me), unit: me.unit, custodian: me.is(Role::Custodian) }
}

/// Answers as if it were not there when it is not theirs to see.
pub async fn see_item(tx: &mut Tx, me: &Person, item: ItemId) -> Result<(), Error> {
    let seen = sees_all(me) || visible::item(tx, item, me.unit, me.is(Role::Custodian)).await?;
    if seen { Ok(()) } else { Err(Error::NotFound(Thing::Item)) }
}

/// Answers as if it were not there when it is not theirs to see.
pub async fn see_case(tx: &mut Tx, me: &Person, case: CaseId) -> Result<(), Error> {
    let seen = sees_all(me) || visible::case(tx, case, me.unit, me.is(Role::Custodian)).await?;
    if seen { Ok(()) } else { Err(Error::NotFound(Thing::Case)) }
}
