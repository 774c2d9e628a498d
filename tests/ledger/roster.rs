//! Who and what there is, as the dice fall. Somebody at the server's machine registers the units and people of the other dice first;
//! person 8 is an administrator.

use super::dice::{Dice, id};
use hufu::{
    clock::Moment,
    id::{PersonId, UnitId},
    ledger::{roster::UnitFacts, *},
};
use hufu_wire::registration::KeyRegistration;
use proptest::{prop_assert, test_runner::TestCaseError};
use std::collections::BTreeSet;
use uuid::Uuid;

/// At the machine, where nobody acts for a unit.
const NO_UNIT: UnitId = UnitId(Uuid::nil());

pub(crate) fn founding(now: Moment) -> Vec<Draft> {
    let units = (0..3).map(|n| unit(n, n / 2, format!("部门{n}")));
    let people = (0..9).map(|n| {
        let roles = if n == 8 { vec![Role::Officer, Role::Administrator] } else { vec![Role::Officer] };
        let (name, login) = (format!("第{n}人"), format!("p{n}"));
        let (unit, reason) = (id(1, n % 3), String::new());
        let (standing, basis) = (Standing::Open, Basis::Act);
        Body::Appoint(Appoint { person: id(2, n), name, login, unit, roles, standing, reason, basis })
    });
    let draft = |(at, body)| Draft {
        id: id(14, 6_000 + at),
        happened_at: now,
        actor: MACHINE,
        unit: NO_UNIT,
        station: None,
        papers: vec![],
        body,
        signatures: vec![],
    };
    units.chain(people).enumerate().map(draft).collect()
}

fn unit(n: usize, agency: usize, name: String) -> Body {
    let (agency_kind, basis) = (AgencyKind::Police, Basis::Act);
    let agency_name = format!("机关{agency}");
    Body::RegisterUnit(RegisterUnit {
        unit: id(1, n),
        name,
        agency: id(15, agency),
        agency_kind,
        agency_name,
        standing: Standing::Open,
        reason: String::new(),
        basis,
    })
}

/// As a rule whoever may; now and then anybody, or the server.
pub(crate) fn actor(dice: &mut Dice) -> PersonId {
    match dice.throw(12) {
        0 => dice.person(0, 9),
        1 => SYSTEM,
        2 | 3 => id(2, 8),
        _ => MACHINE,
    }
}

pub(crate) fn register_unit(dice: &mut Dice) -> Body {
    let (number, agency) = (usize::try_from(dice.seq).unwrap(), dice.throw(4));
    let name = if dice.rarely(6) { dice.words() } else { format!("第{number}单位") };
    // A unit that is there is called otherwise now and then, or closed, or opened again.
    let units: Vec<(UnitId, UnitFacts)> = dice.state.roster.units.clone().into_iter().collect();
    // Those of the other dice keep their names as a rule, since offers and keys say them.
    let last = if dice.rarely(12) { 0 } else { 3 };
    let later: Vec<(UnitId, UnitFacts)> = units.into_iter().skip(last).collect();
    let known = if dice.rarely(3) { dice.pick(&later) } else { None };
    let mut body = unit(if dice.rarely(12) { 0 } else { number }, agency, name);
    if let Body::RegisterUnit(it) = &mut body {
        if let Some((unit, facts)) = known {
            let standing = if dice.rarely(2) { Standing::Closed } else { Standing::Open };
            let facts = UnitFacts { name: it.name.clone(), standing, ..facts };
            *it = RegisterUnit::of(unit, facts, dice.words(), Basis::Act);
        }
        if dice.rarely(12) {
            it.agency_name = dice.words();
        }
        if dice.rarely(12) {
            it.basis = Basis::TakenOver;
        }
    }
    body
}

pub(crate) fn appoint(dice: &mut Dice) -> Body {
    let person: PersonId = if dice.rarely(3) { dice.new_id(2) } else { dice.person(0, 9) };
    let standing = if dice.rarely(4) { Standing::Closed } else { Standing::Open };
    let mut roles: Vec<Role> = Role::ALL.iter().copied().filter(|_| dice.rarely(6)).collect();
    if standing == Standing::Closed && !dice.rarely(12) {
        roles.clear();
    }
    let login = if dice.rarely(12) { "p3".to_owned() } else { format!("p{person}") };
    let facts = dice.state.roster.persons.get(&person);
    let known = facts.map(|facts| (facts.name.clone(), facts.login.clone()));
    let basis = if dice.rarely(24) { Basis::TakenOver } else { Basis::Act };
    let (name, login) = known.unwrap_or(("某人".to_owned(), login));
    Body::Appoint(Appoint {
        person,
        name,
        login,
        unit: dice.unit(),
        roles,
        standing,
        reason: dice.words(),
        basis,
    })
}

pub(crate) fn reset(dice: &mut Dice) -> Body {
    Body::ResetPassword(ResetPassword { person: dice.person(0, 9) })
}

pub(crate) fn register_station(dice: &mut Dice) -> Body {
    let number = dice.throw(3);
    let key = || {
        let printed: Vec<KeyRegistration> = serde_json::from_str(include_str!("keys.json")).unwrap();
        printed[0].public_pem.clone()
    };
    let standing = if dice.rarely(4) { Standing::Closed } else { Standing::Open };
    let device_key = (standing == Standing::Open && dice.rarely(2)).then(key);
    let name = if dice.rarely(12) { "第0工位".to_owned() } else { format!("第{number}工位") };
    Body::RegisterStation(RegisterStation {
        station: id(16, number),
        name,
        unit: dice.unit(),
        page: String::new(),
        device_key,
        standing,
        reason: dice.words(),
        basis: Basis::Act,
    })
}

/// Whoever puts whatever to the ledger: who and what there is, is said by an administrator in office or at the machine, or by a station
/// of its own key alone; nobody says what they are themselves; no login is two people's, and who is closed holds nothing.
pub(crate) fn said_by_registrars(before: &State, draft: &Draft, after: &State) -> Result<(), TestCaseError> {
    if before.roster == after.roster && !matches!(draft.body, Body::ResetPassword(_)) {
        return Ok(());
    }
    let may = draft.actor == MACHINE || before.roster.administers(draft.actor);
    let itself = match &draft.body {
        Body::RegisterStation(it) if draft.actor == SYSTEM => {
            let facts = before.roster.stations.get(&it.station);
            draft.station == Some(it.station)
                && facts.is_some_and(|facts| facts.unit == it.unit && facts.name == it.name)
        }
        _ => false,
    };
    prop_assert!(may || itself, "{:?}", draft);
    if let Body::Appoint(it) = &draft.body {
        prop_assert!(it.person != draft.actor && it.basis == Basis::Act, "{:?}", draft);
    }
    let persons = after.roster.persons.values();
    let logins: BTreeSet<&str> = persons.clone().map(|it| it.login.as_str()).collect();
    prop_assert!(logins.len() == after.roster.persons.len(), "{:?}", draft);
    for it in persons {
        prop_assert!(it.standing == Standing::Open || it.roles.is_empty(), "{:?}", it);
        prop_assert!(!it.roles.contains(&Role::Auditor) || it.roles.len() == 1, "{:?}", it);
        prop_assert!(after.roster.units.contains_key(&it.unit), "{:?}", it);
    }
    Ok(())
}
