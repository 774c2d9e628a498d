//! Who sees what: the one rule of sight, for lists, items, cases, entries, proofs, photographs, papers, counts,
//! handovers, differences, stores, scans and live events alike.
//!
//! **The rule.** Auditors and everybody of an oversight agency see everything and change nothing. Somebody who keeps
//! only the machine (an administrator) sees no case and nothing of any. Everybody else sees what is their own unit's:
//! two stations of one agency do not see each other's cases, because an investigation is told to those who need it. *An
//! item* is a unit's that answers or ever answered for it, and for as long as it is on offer, the unit's that it is
//! offered to, which could not inspect it otherwise. A custodian also sees the items that lie or ever lay in a store of
//! their unit, and what is owed to it: by their own unit, and where theirs keeps a centre, by the units of its agency
//! and of agencies that keep none, because it is brought there and a custodian who may take it in must be able to read
//! what it is. *A case* is its own unit's, a unit's that something of it is offered to, and a custodian's when it
//! answers for an item that they see as a custodian. *An entry* is seen by the unit that recorded it, by whoever sees
//! an item that it posts, offers, approves or finds different, by both sides of a handover that it offers or ends, and
//! by the unit that must settle a difference that it raises or settles; an entry that declares another one wrong or
//! corrects it, by whoever sees that other one. The approvers of an agency see what it has declared wrong, because they
//! answer for the correction. *An entry about who and what there is* (units, people, roles, stations, passwords) is
//! seen by administrators and by those who see everything, and by nobody else: it is of no case. *Whatever is seen as
//! an item is seen as its entries*, by the lines about it: an entry is read whole by the unit that recorded it, both
//! sides of its handover, those approvers, and whoever sees every item of it; others read the lines about what they
//! see, and differences that are theirs to settle, and learn how many others there are. An entry of the first edition
//! has no parts: who may not read it whole does not find it. Proofs, photographs, papers and exports follow from items
//! and entries, and have no rule of their own. What a unit keeps for its work (counts and scans of its stores, blank
//! labels, receipts taken in off line, uploaded lists, drafts of handovers) is that unit's. Which stores there are, and
//! how full, is no secret in the house; slots, keepers and amounts are the keeping unit's custodians' and its
//! operator's, who holds what lies in its lots; administrators, who register slots, see their
//! labels and how full they are; others find only the slots of items that they see. A live event says where to look and never what is there; what a scan was answered is heard at its station only.
//!
//! **What the answer says.** Whatever is not there to be seen is *not found*, as if it did not exist. *Forbidden* is
//! only said of a role (an administrator is told so of the ledger), or of something that is seen and is another's to
//! do; it never tells whether something exists.
//!
//! **Where it rests.** Who investigates does not keep, and one register serves all who do either:
//! 《关于进一步规范刑事诉讼涉案财物处置工作的意见》（中办发〔2015〕7号）, 《公安机关涉案财物管理若干规定》.
//! Administrators of the machine apart from those whose data it holds, and no more of it shown than the work needs:
//! GB/T 22239-2019. Where the line runs between two units no text says; that is decided here, and a local agreement may
//! ask for another line.
//!
//! Here is what follows from a person alone; `store::sight` asks the rest of the ledger.

use super::{AgencyKind, Handover, HandoverState, Person, Role, Store};
use crate::id::{AgencyId, UnitId};
use uuid::Uuid;

/// No unit has this id, so nothing is its own.
const NO_UNIT: UnitId = UnitId(Uuid::max());

/// Somebody who looks: what of them decides what they see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Sees everything.
    pub all: bool,
    /// Whose things are theirs: no unit's, of who keeps only the machine.
    pub unit: UnitId,
    /// Keeps the stores of the unit, and may take in what is owed.
    pub custodian: bool,
    /// Of which agency they approve corrections.
    pub approves: Option<AgencyId>,
    /// Says who and what there is, and reads the entries about it.
    pub registers: bool,
    /// The unit in whose lots they hold what lies there: an operator's own.
    lots_of: Option<UnitId>,
}

impl Viewer {
    pub fn of(person: &Person) -> Viewer {
        let all = sees_all(person);
        let reads = all || person.roles.iter().any(|role| *role != Role::Administrator);
        Viewer {
            all,
            unit: if reads { person.unit } else { NO_UNIT },
            custodian: person.is(Role::Custodian),
            approves: person.is(Role::Approver).then_some(person.agency),
            registers: person.is(Role::Administrator),
            lots_of: person.is(Role::Operator).then_some(person.unit),
        }
    }

    /// Whether some of the ledger is theirs to read: of who keeps only the machine, what is about who and what there is.
    pub fn reads_entries(&self) -> bool {
        self.reads() || self.registers
    }

    /// Whether they see anything of any case; who keeps only the machine does not.
    pub fn reads(&self) -> bool {
        self.all || self.unit != NO_UNIT
    }

    /// Whose work a list shows: one unit's, or everybody's.
    pub fn whose(&self) -> Option<UnitId> {
        (!self.all).then_some(self.unit)
    }

    /// What a unit keeps for its work.
    pub fn sees_work_of(&self, unit: UnitId) -> bool {
        self.all || self.unit == unit
    }

    /// Both sides see an offer; a draft is its own unit's alone.
    pub fn sees_handover(&self, handover: &Handover) -> bool {
        let received = handover.receiver.id == self.unit && handover.state != HandoverState::Draft;
        self.sees_work_of(handover.giver.id) || received
    }

    /// Whether all that lies in the slots of a store is shown, whoever answers for it.
    pub fn sees_slots_of(&self, store: &Store) -> bool {
        self.all || (self.custodian && self.unit == store.unit) || self.lots_of == Some(store.unit)
    }
}

/// Auditors, and everybody of an oversight agency.
pub fn sees_all(person: &Person) -> bool {
    person.is(Role::Auditor) || person.agency_kind == AgencyKind::Oversight
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PersonId;

    fn person(agency_kind: AgencyKind, roles: &[Role]) -> Person {
        Person {
            id: PersonId(Uuid::from_u128(1)),
            name: String::new(),
            login: String::new(),
            unit: UnitId(Uuid::from_u128(2)),
            unit_name: String::new(),
            agency: AgencyId(Uuid::from_u128(3)),
            agency_name: String::new(),
            agency_kind,
            roles: roles.to_vec(),
            must_change: false,
            disabled: false,
        }
    }

    #[test]
    fn who_keeps_only_the_machine_sees_nothing() {
        for roles in [&[Role::Administrator][..], &[]] {
            let viewer = Viewer::of(&person(AgencyKind::Police, roles));
            assert!(!viewer.reads() && !viewer.all && !viewer.sees_work_of(UnitId(Uuid::from_u128(2))));
        }
        let both = Viewer::of(&person(AgencyKind::Police, &[Role::Administrator, Role::Officer]));
        assert!(both.reads() && both.sees_work_of(UnitId(Uuid::from_u128(2))));
        assert!(Viewer::of(&person(AgencyKind::Oversight, &[Role::Administrator])).all);
    }

    #[test]
    fn auditors_and_oversight_see_all_and_nobody_else_does() {
        for role in Role::ALL.iter().filter(|role| **role != Role::Administrator) {
            let viewer = Viewer::of(&person(AgencyKind::Police, &[*role]));
            assert_eq!(viewer.all, *role == Role::Auditor, "{role:?}");
            assert_eq!(viewer.whose().is_none(), viewer.all);
            assert!(Viewer::of(&person(AgencyKind::Oversight, &[*role])).all);
        }
    }
}
