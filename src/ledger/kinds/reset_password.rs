//! 重置密码: a person's password ends here, and so does everything they have open; they are given a first password, which they must
//! change. The password itself is in no entry.

use super::{Basis, Kind, OtherPerson, PaperForm, Register, RosterAct, Standing, Statement};
use crate::{
    id::{ItemId, PersonId},
    ledger::{Mentions, RefusalReason, RosterPart, SignerRole, apply::Work},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetPassword {
    pub person: PersonId,
}

impl Kind for ResetPassword {
    fn rule(&self, work: &mut Work<'_>) {
        work.by_registrar(Basis::Act);
        let person = work.state.roster.persons.get(&self.person);
        work.refuse_if(person.is_none(), RefusalReason::PersonUnknown);
        let closed = person.is_some_and(|it| it.standing == Standing::Closed);
        work.refuse_if(closed, RefusalReason::AccountClosed);
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.roster = RosterPart::All;
        mentions.persons.insert(self.person);
    }

    fn narrow(&mut self, _: ItemId) {}

    fn other_people(&self) -> Vec<OtherPerson> {
        Vec::new()
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        None
    }

    fn register(&self) -> Register<'_> {
        Register::Roster(RosterAct::Password(self))
    }
}
