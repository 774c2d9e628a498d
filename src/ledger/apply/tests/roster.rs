//! Who and what there is: `unit A police`, `appoint he A role=officer`, `reset he`, `station W1 A key=K1`. A person or station that is
//! `closed` says so. Whoever works at the machine is `machine`, the server itself is `server`.

use super::{
    keys,
    row::{Row, id},
};
use crate::{
    id::PersonId,
    ledger::{
        AgencyKind, Appoint, Basis, Body, MACHINE, RegisterStation, RegisterUnit, ResetPassword, Role,
        SYSTEM, Standing,
    },
};

pub(super) fn actor(who: &str) -> PersonId {
    match who {
        "machine" => MACHINE,
        "server" => SYSTEM,
        _ => id(who),
    }
}

pub(super) fn basis(row: &Row) -> Basis {
    Basis::from_word(row.option("basis", "act")).unwrap()
}

pub(super) fn standing(row: &Row) -> Standing {
    if row.names.contains(&"closed") { Standing::Closed } else { Standing::Open }
}

pub(super) fn unit(row: &Row) -> Body {
    let (name, agency) = (row.name(0), row.name(1));
    Body::RegisterUnit(RegisterUnit {
        unit: id(name),
        name: row.option("name", name).to_owned(),
        agency: id(agency),
        agency_kind: AgencyKind::from_word(row.option("kind", "police")).unwrap(),
        agency_name: row.option("called", agency).to_owned(),
        standing: standing(row),
        reason: row.option("reason", "更名").to_owned(),
        basis: basis(row),
    })
}

pub(super) fn appoint(row: &Row) -> Body {
    let (name, standing) = (row.name(0), standing(row));
    let proper = if standing == Standing::Closed { "" } else { "officer" };
    let words = row.option("role", proper).split(',').filter(|word| !word.is_empty());
    let mut roles: Vec<Role> = words.map(|word| Role::from_word(word).unwrap()).collect();
    roles.sort_unstable();
    Body::Appoint(Appoint {
        person: id(name),
        name: name.to_owned(),
        login: row.option("login", name).to_owned(),
        unit: id(row.name(1)),
        roles,
        standing,
        reason: row.option("reason", "调岗").to_owned(),
        basis: basis(row),
    })
}

pub(super) fn reset(row: &Row) -> Body {
    Body::ResetPassword(ResetPassword { person: id(row.name(0)) })
}

pub(super) fn station(row: &Row) -> Body {
    let name = row.name(0);
    Body::RegisterStation(RegisterStation {
        station: id(name),
        name: row.option("called", name).to_owned(),
        unit: id(row.name(1)),
        page: String::new(),
        device_key: keys::public_pem(row.option("key", "")),
        standing: standing(row),
        reason: row.option("reason", "换机").to_owned(),
        basis: basis(row),
    })
}
