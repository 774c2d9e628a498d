//! Who may see and do what: asked here for every verb, reads too. The rule of sight stands in [`crate::domain::sight`].

use super::{Error, Forbidden, Thing};
use crate::{
    domain::{
        AgencyKind, Person, Role, Viewer,
        person::{MACHINE, MACHINE_NAME, SYSTEM, SYSTEM_NAME},
        sight,
    },
    id::{AgencyId, CaseId, DifferenceId, ItemId, UnitId},
    store::{Tx, entry_sight, sight as stored},
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
        false => Err(not_your_role()),
    }
}

fn not_your_role() -> Error {
    Forbidden::new(
        "not_your_role",
        ("您的岗位不能办理此事。", "Your role does not include this."),
        ("请由有此岗位的人员办理。", "Somebody with the role must do it."),
    )
}

/// Auditors and oversight see everything.
pub fn sees_all(me: &Person) -> bool {
    sight::sees_all(me)
}

/// Refuses who keeps only the machine.
pub fn require_reader(me: &Person) -> Result<(), Error> {
    if Viewer::of(me).reads() { Ok(()) } else { Err(not_your_role()) }
}

/// Refuses those who read nothing of the ledger. An administrator reads who and what there is.
pub fn require_entries(me: &Person) -> Result<(), Error> {
    if Viewer::of(me).reads_entries() { Ok(()) } else { Err(not_your_role()) }
}

/// Whose labels and receipts somebody sees: those who see everything, all of them; custodians, their unit's. Refuses others.
pub fn whose(me: &Person) -> Result<Option<UnitId>, Error> {
    let viewer = Viewer::of(me);
    if !viewer.all {
        require(me, Role::Custodian)?;
    }
    Ok(viewer.whose())
}

/// Who says yes or no, and who asks them.
pub(super) const ASKING_OR_ANSWERING: [Role; 5] =
    [Role::Approver, Role::Officer, Role::Clerk, Role::Custodian, Role::Administrator];

/// Work that pages offer only to those it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Cases, items, handovers, differences and the ledger.
    Reading,
    /// What adds all of it up.
    Auditing,
    Counting,
    Administration,
    Importing,
    OpeningCases,
    /// Offers and conclusions.
    Signing,
    OrderingLabels,
    /// Moving what lies in the unit's stores, and entering what came in off line.
    Keeping,
    /// Saying yes or no, and asking for it.
    Approving,
    /// Confirming and revoking the keys of one's agency.
    AnsweringForKeys,
}

/// Whether their pages offer it. Whether an act is carried out is asked again by the act itself.
pub fn offers(me: &Person, work: Work) -> bool {
    match work {
        Work::Reading => Viewer::of(me).reads(),
        Work::Auditing => sees_all(me),
        Work::Counting => sees_all(me) || me.is(Role::Custodian),
        Work::Administration => me.is(Role::Administrator),
        Work::Importing => me.is(Role::Officer),
        Work::OpeningCases | Work::Signing => handles_cases(me),
        Work::AnsweringForKeys => me.is(Role::Approver),
        Work::Approving => ASKING_OR_ANSWERING.iter().any(|role| me.is(*role)),
        Work::OrderingLabels | Work::Keeping => me.is(Role::Custodian),
    }
}

/// Officers and clerks open cases, link them and offer what is in them.
pub(super) fn handles_cases(me: &Person) -> bool {
    me.is(Role::Officer) || me.is(Role::Clerk)
}

/// Who says at the server's machine who and what there is: whoever works there, since a command asks for no person.
pub fn machine() -> Person {
    let roles = vec![Role::Administrator];
    Person {
        id: MACHINE,
        name: MACHINE_NAME.to_owned(),
        agency_kind: AgencyKind::Operator,
        roles,
        ..at_the_machine()
    }
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

/// Whether they see the item.
pub async fn sees_item(tx: &mut Tx, me: &Person, item: ItemId) -> Result<bool, Error> {
    Ok(stored::item(tx, Viewer::of(me), item).await?)
}

/// Answers as if it were not there when it is not theirs to see.
pub async fn see_item(tx: &mut Tx, me: &Person, item: ItemId) -> Result<(), Error> {
    seen(sees_item(tx, me, item).await?, Thing::Item)
}

/// Whether they see the case.
pub async fn sees_case(tx: &mut Tx, me: &Person, case: CaseId) -> Result<bool, Error> {
    Ok(stored::case(tx, Viewer::of(me), case).await?)
}

/// Answers as if it were not there when it is not theirs to see.
pub async fn see_case(tx: &mut Tx, me: &Person, case: CaseId) -> Result<(), Error> {
    seen(sees_case(tx, me, case).await?, Thing::Case)
}

/// Answers as if it were not there when it is not theirs to see.
pub async fn see_entry(tx: &mut Tx, me: &Person, seq: u64) -> Result<(), Error> {
    seen(entry_sight::sees(tx, Viewer::of(me), seq).await?, Thing::Entry)
}

/// A paper is seen with the entry that made it.
pub async fn see_paper(tx: &mut Tx, me: &Person, seq: u64) -> Result<(), Error> {
    seen(entry_sight::sees(tx, Viewer::of(me), seq).await?, Thing::Paper)
}

/// Answers as if it were not there when it is not theirs to see.
pub async fn see_difference(tx: &mut Tx, me: &Person, difference: DifferenceId) -> Result<(), Error> {
    seen(stored::difference(tx, Viewer::of(me), difference).await?, Thing::Difference)
}

fn seen(seen: bool, thing: Thing) -> Result<(), Error> {
    if seen { Ok(()) } else { Err(Error::NotFound(thing)) }
}
