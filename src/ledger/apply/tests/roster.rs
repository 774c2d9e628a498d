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

pub(super) const ROSTER: &str = "
    officer: unit A police                          | not_an_administrator
    machine: unit A police name=                    | name_missing
    machine: unit Z police basis=taken_over
    machine: unit A police
    machine: unit C police
    machine: unit B court kind=court
    machine: unit Y police basis=taken_over         | taken_over_too_late
    machine: unit A police                          | nothing_changes
    machine: unit A police name=A9 reason=          | reason_missing
    machine: unit A police name=C                   | unit_already_registered
    machine: unit A police name=A9                  # called otherwise
    machine: unit A police
    machine: unit A court kind=court                | agency_differs     # a unit stays of its agency
    machine: unit A police kind=court               | agency_differs
    machine: unit A police called=court             | agency_differs
    machine: unit A police called=police9           # the agency is, with all its units
    machine: unit F police                          | agency_differs
    machine: unit C police called=police
    machine: unit A2 police name=A                  | unit_already_registered
    machine: unit B2 court kind=court name=A        # two agencies may have one of the same name
    machine: unit E police kind=court               | agency_differs
    machine: unit E other called=police             | agency_differs
    officer: appoint he A                           | not_an_administrator
    machine: appoint boss A role=administrator      # nobody else enters the first
    officer: register K1                            | holder_may_not_sign   # on nobody's roster
    officer: offer H1 A/a B X1*10 called=A          | called_otherwise   # as if it were no part of the police
    boss: appoint he A
    boss: appoint he A                              | nothing_changes
    boss: appoint she A login=he                    | login_taken
    boss: appoint she X9                            | unit_unknown
    boss: appoint she A role=auditor,officer        | roles_do_not_fit
    boss: appoint he A role=officer closed          | roles_do_not_fit
    boss: appoint she A closed                      | person_unknown     # nobody comes closed
    boss: appoint boss A role=administrator,approver | appoints_themselves
    boss: appoint he C reason=                      | reason_missing
    boss: appoint he C
    he: appoint she A                               | not_an_administrator
    boss: reset she                                 | person_unknown
    he: reset he                                    | not_an_administrator
    boss: reset he
    boss: appoint he C closed
    boss: reset he                                  | account_closed
    boss: station W1 A
    boss: station W2 A called=W1                    | station_name_taken
    boss: station W2 X9                             | unit_unknown
    server: station W1 A key=K1                     # it enrols itself, and changes nothing else
    server: station W1 C key=K3                     | not_an_administrator
    server: station W1 A                            | not_an_administrator
    server: station W3 A key=K1                     | not_an_administrator
    boss: station W1 A closed key=K1                | station_key_does_not_fit
    boss: station W1 A closed reason=               | reason_missing
    boss: station W1 A closed
    server: station W1 A key=K1                     | not_an_administrator   # shut out is shut out
    machine: unit D police closed                   | unit_unknown       # nothing comes closed
    machine: unit D police
    boss: unit D police closed reason=              | reason_missing
    boss: appoint they D
    boss: unit D police closed                      | unit_still_used    # somebody is of it
    boss: appoint they D closed
    boss: station W4 D
    boss: unit D police closed                      | unit_still_used
    boss: station W4 D closed
    boss: store M D
    boss: unit D police closed                      | unit_still_used
    boss: store M D closed
    boss: unit A police closed                      | unit_still_used    # it answers for things
    boss: unit D police closed
    boss: appoint they D                            | unit_closed
    boss: station W4 D                              | unit_closed
    boss: store M D                                 | unit_closed
    boss: store M D closed called=M2                # what is closed may stay of it
    boss: unit D police
    boss: appoint they D
    machine: appoint boss A closed
    boss: appoint he C                              | not_an_administrator
";

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
