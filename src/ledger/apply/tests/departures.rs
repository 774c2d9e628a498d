//! A key ends with what its holder was there for: nobody signs for an agency that they have left.

use super::{day::Day, refusals::OPENING};

fn holds(rows: &str) {
    Day::after(OPENING).go_on(rows);
}

/// Who may sign holds a key, under their own name and their agency's.
#[test]
fn a_key_is_held_by_somebody_of_the_roster_who_may_sign() {
    holds(
        "
        machine: unit A A
        machine: unit C C
        officer: register K1                                    | holder_may_not_sign   # nobody has appointed them
        machine: appoint officer A login=o role=custodian
        officer: register K1                                    | holder_may_not_sign
        machine: appoint officer C login=o
        officer: register K1                                    | holder_may_not_sign   # of another agency by now
        machine: appoint officer A login=p
        officer: register K1                                    | called_otherwise
        machine: appoint officer A login=o
        officer: register K1
    ",
    );
}

/// What is closed answers for nothing new; what it was offered before, it may still answer.
#[test]
fn nothing_is_offered_to_a_closed_unit() {
    holds(
        "
        machine: unit A A
        machine: unit B B kind=court
        machine: unit B B kind=court closed
        officer: offer H1 A/a B X1*10                           | unit_closed
        machine: unit B B kind=court
        officer: offer H1 A/a B X1*10
    ",
    );
}

#[test]
fn a_key_ends_when_its_holder_leaves_and_does_not_come_back_with_them() {
    for leaving in ["A login=o closed", "B login=o", "A login=o role=custodian"] {
        let mut day = Day::after(OPENING);
        day.go_on(
            "
            machine: unit A A
            machine: unit B B kind=court
            machine: unit D A name=D
            machine: appoint officer A login=o
            machine: appoint other A login=x role=clerk
            officer: register K1
            officer: register K3                                # waits
            head: confirm K1
            other: register K5
            officer: offer H1 A/a B X1*10 sign=K1
            machine: appoint officer A login=o role=officer,approver
            officer: offer H2 A/a B X2*3 sign=K1                # another role, and still one that signs
        ",
        );
        day.go_on(&format!("machine: appoint officer {leaving}"));
        day.go_on(
            "
            officer: withdraw H2
            officer: offer H3 A/a B X2*3 sign=K1                | key_not_in_force
            head: confirm K3                                    | key_revoked
            clerk: exchange H1 B/b X1+                          # what it signed stays signed
            machine: appoint officer A login=o reason=回来
            officer: offer H3 A/a B X2*3 sign=K1                | key_not_in_force
            officer: register K1                                | key_already_registered
            other: offer H3 A/a B X2*3 sign=K5                  # a colleague's is as it was
        ",
        );
    }
}
