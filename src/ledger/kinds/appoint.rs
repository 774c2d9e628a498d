//! 任用: the whole standing of a person from now on: where, as what, and whether they may log in at all. Who is new, moved, given
//! other roles, closed or let in again is told by comparing it with the entry before.

use super::{Basis, Kind, OtherPerson, PaperForm, Register, RosterAct, Standing, Statement};
use crate::{
    id::{ItemId, PersonId, UnitId},
    ledger::{
        Change, MACHINE, Mentions, RefusalReason, RosterPart, SYSTEM, SignerRole, apply::Work,
        roster::PersonFacts,
    },
    vocabulary::vocabulary,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appoint {
    pub person: PersonId,
    pub name: String,
    pub login: String,
    pub unit: UnitId,
    /// Sorted, each once; none while closed.
    pub roles: Vec<Role>,
    pub standing: Standing,
    /// Why somebody is changed; may be empty for somebody new.
    pub reason: String,
    pub basis: Basis,
}

vocabulary! {
    /// What somebody is there for. An auditor changes nothing; an administrator sees no case.
    Role "role" {
        /// 办案民警: seizes, hands in, offers
        Officer "officer" "办案民警" "Officer",
        /// 案管 / 书记员: inspects, concludes, offers on
        Clerk "clerk" "案管 / 书记员" "Clerk",
        /// 保管员: receives, moves, counts
        Custodian "custodian" "保管员" "Custodian",
        /// 审批人
        Approver "approver" "审批人" "Approver",
        /// 审计
        Auditor "auditor" "审计" "Auditor",
        /// 管理员
        Administrator "administrator" "管理员" "Administrator",
        /// 受托方: the lot's keeper
        Operator "operator" "受托方" "Operator",
    }
}

impl Role {
    /// Whether somebody of this role holds a key of their agency: to sign for it, or to say yes to the keys of those who do.
    pub fn holds_key(self) -> bool {
        match self {
            Role::Officer | Role::Clerk | Role::Approver => true,
            Role::Custodian | Role::Auditor | Role::Administrator | Role::Operator => false,
        }
    }

    /// Whether one person may have all of these: an auditor has no other role.
    pub fn go_together(roles: &[Role]) -> bool {
        roles.len() <= 1 || !roles.contains(&Role::Auditor)
    }
}

impl Appoint {
    pub fn facts(&self) -> PersonFacts {
        PersonFacts {
            name: self.name.clone(),
            login: self.login.clone(),
            unit: self.unit,
            roles: self.roles.clone(),
            standing: self.standing,
        }
    }

    fn roles_fit(&self) -> bool {
        let sorted = self.roles.is_sorted_by(|one, next| one < next);
        let closed = self.standing == Standing::Closed;
        sorted && Role::go_together(&self.roles) && (!closed || self.roles.is_empty())
    }
}

impl Kind for Appoint {
    fn rule(&self, work: &mut Work<'_>) {
        work.by_registrar(self.basis);
        work.names_given(&[&self.name, &self.login]);
        let roster = &work.state.roster;
        let before = roster.persons.get(&self.person);
        let taken = roster.persons.iter().any(|(id, it)| *id != self.person && it.login == self.login);
        work.refuse_if(taken, RefusalReason::LoginTaken);
        work.may_be_of(self.unit, self.standing);
        work.refuse_if(!self.roles_fit(), RefusalReason::RolesDoNotFit);
        work.refuse_if(self.person == work.draft.actor, RefusalReason::AppointsThemselves);
        if let Some(before) = before {
            work.reason_given(&self.reason);
            work.refuse_if(*before == self.facts(), RefusalReason::NothingChanges);
        }
        // Nobody comes to be there closed, and neither server nor machine is a person.
        let somebody = ![MACHINE, SYSTEM].contains(&self.person)
            && (before.is_some() || self.standing == Standing::Open || self.basis == Basis::TakenOver);
        work.refuse_if(!somebody, RefusalReason::PersonUnknown);
        work.change(Change::Appointed(self.person, self.facts(), self.basis));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.roster = RosterPart::All;
        mentions.persons.insert(self.person);
        mentions.units.insert(self.unit);
    }

    fn narrow(&mut self, _: ItemId) {}

    fn other_people(&self) -> Vec<OtherPerson> {
        vec![OtherPerson::Person(self.person)]
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        None
    }

    fn register(&self) -> Register<'_> {
        Register::Roster(RosterAct::Person(self))
    }
}
