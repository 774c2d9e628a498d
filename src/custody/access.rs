//! Who may see and do what. People see what is theirs, or on offer to them; custodians see what lies in the stores of
//! their unit or is owed to it; auditors see everything and change nothing.

use super::{Error, Forbidden, Thing};
use crate::{
    domain::{AgencyKind, Person, Role},
    id::{CaseId, ItemId},
    store::{Tx, cases::Eyes, visible},
};

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
