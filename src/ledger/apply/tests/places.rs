//! Where things may lie: `store K A kind=vault`, `slots K s1 s2 zone=A capacity=2`. What is `closed` says so.

use super::{
    roster::{basis, standing},
    row::{Row, id},
};
use crate::ledger::{Body, RegisterSlots, RegisterStore, RegisteredSlot, StoreKind};

/// After the opening: X1 and X2 lie in s1, G1 in s2.
pub(super) const PLACES: &str = "
    machine: unit A police
    machine: unit C police
    machine: appoint boss A role=administrator
    machine: appoint he A
    he: store K A                                   | not_an_administrator
    boss: store Z A basis=taken_over                | not_an_administrator
    machine: store Z A basis=taken_over             # whatever else was said by then
    machine: slots Z s8 basis=taken_over
    boss: store K X9                                | unit_unknown
    boss: store K A called=                         | name_missing
    boss: store K A
    machine: store Y A basis=taken_over             | taken_over_too_late
    boss: store L A called=K                        | store_name_taken
    boss: store K A                                 | nothing_changes
    boss: store K A called=K2 reason=               | reason_missing
    boss: store K C called=K2                       # nothing has lain there yet
    boss: store K A kind=vault
    boss: store K A
    he: slots K s1 s2                               | not_an_administrator
    boss: slots X9 s1                               | store_unknown
    boss: slots K                                   | entry_is_empty
    boss: slots K s1 zone=                          | name_missing
    boss: slots K s1 capacity=-1                    | capacity_too_small
    boss: slots K s1 s1                             | slot_name_taken
    boss: slots K s1 s2 s3 reason=
    boss: slots K s4 called=s1                      | slot_name_taken
    boss: slots K s4 code=s1                        | slot_code_taken
    boss: slots K s1 code=s4                        | slot_code_stays
    boss: slots Z s1                                | slot_code_stays
    boss: slots K s1                                | nothing_changes
    boss: slots K s1 capacity=5 reason=             | reason_missing
    boss: slots K s1 capacity=1                     | capacity_too_small   # two things lie there
    boss: slots K s1 capacity=2
    boss: slots K s1 capacity=0                     # no bound
    boss: slots K s1 closed                         | still_lies_there
    boss: slots K s3 closed
    keeper: move X1*1@s1>s3                         | place_closed
    boss: slots K s4 code=s3                        | slot_code_taken      # a closed slot keeps its own
    boss: slots K s3
    keeper: move X1*1@s1>s3
    boss: store K C                                 | store_has_kept
    boss: store K A kind=vault                      | store_has_kept
    boss: store K A closed                          | still_lies_there
    boss: store Z A closed
    keeper: move X1*1@s1>s8                         | place_closed
    boss: slots Z s8 capacity=3                     | store_closed
    boss: store Z A
    keeper: move X1*1@s1>s8
    boss: store L A
    keeper: dispatch L X1*1@s8
    boss: store L A closed                          | still_lies_there     # something is on its way to it
    keeper: arrive L X1*1>s8
    boss: store L A closed
    keeper: dispatch L X1*1@s8                      | place_closed
";

pub(super) fn store(row: &Row) -> Body {
    let name = row.name(0);
    Body::RegisterStore(RegisterStore {
        store: id(name),
        store_kind: StoreKind::from_word(row.option("kind", "centre")).unwrap(),
        name: row.option("called", name).to_owned(),
        unit: id(row.name(1)),
        standing: standing(row),
        reason: row.option("reason", "调整").to_owned(),
        basis: basis(row),
    })
}

pub(super) fn slots(row: &Row) -> Body {
    let names = row.names.iter().skip(1).filter(|name| **name != "closed");
    let slot = |name: &&str| RegisteredSlot {
        slot: id(name),
        zone: row.option("zone", "A").to_owned(),
        name: row.option("called", name).to_owned(),
        code: row.option("code", name).to_owned(),
        capacity: row.number("capacity", 20),
        standing: standing(row),
    };
    Body::RegisterSlots(RegisterSlots {
        store: id(row.name(0)),
        slots: names.map(slot).collect(),
        reason: row.option("reason", "整理").to_owned(),
        basis: basis(row),
    })
}
