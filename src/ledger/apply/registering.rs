//! What the rules ask of entries about who and what there is: who may register, what names are, of which unit something may be.

use super::Work;
use crate::{
    id::UnitId,
    ledger::{Basis, MACHINE, RefusalReason, Standing, StockAccount},
};
use std::collections::BTreeSet;

impl Work<'_> {
    /// Who and what there is, is said by an administrator whose role is in force, or at the server's machine; what had been there
    /// before there were entries about it, at the machine alone and before anything new is said.
    pub(in crate::ledger) fn by_registrar(&mut self, basis: Basis) {
        self.registers(basis, self.state.roster.begun);
    }

    /// The same of where things may lie: places of before are taken over once, whatever else was said by then.
    pub(in crate::ledger) fn by_registrar_of_places(&mut self, basis: Basis) {
        self.registers(basis, self.state.places.begun);
    }

    fn registers(&mut self, basis: Basis, begun: bool) {
        let actor = self.draft.actor;
        let may = actor == MACHINE || (basis == Basis::Act && self.state.roster.administers(actor));
        self.refuse_if(!may, RefusalReason::NotAnAdministrator);
        self.refuse_if(basis == Basis::TakenOver && begun, RefusalReason::TakenOverTooLate);
    }

    /// Nothing lies in these accounts any more.
    pub(in crate::ledger) fn empty(&mut self, accounts: &BTreeSet<StockAccount>) {
        self.refuse_if(self.state.lying_in(accounts) > 0, RefusalReason::StillLiesThere);
    }

    /// What is open is of a unit that is open; what is closed may stay of a closed one.
    pub(in crate::ledger) fn may_be_of(&mut self, unit: UnitId, standing: Standing) {
        let bar = self.state.roster.bars(unit);
        let bar = bar.filter(|it| standing == Standing::Open || *it == RefusalReason::UnitUnknown);
        if let Some(reason) = bar {
            self.refuse(None, reason);
        }
    }

    /// The unit is called by its registered name.
    pub(in crate::ledger) fn called(&mut self, unit: UnitId, name: &str) {
        self.refuse_if(!self.state.roster.calls(unit, name), RefusalReason::CalledOtherwise);
    }

    /// Each is one line that people can read.
    pub(in crate::ledger) fn names_given(&mut self, names: &[&String]) {
        let given = |name: &&String| !name.trim().is_empty() && !name.contains(char::is_control);
        self.refuse_if(!names.iter().all(given), RefusalReason::NameMissing);
    }
}
