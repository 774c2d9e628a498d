//! 机构登记: the whole standing of a unit from now on: of which agency it is, what both are called, and whether people, stations, stores
//! and duty may be of it. With an agency's first unit, the agency.

use super::{Basis, Kind, OtherPerson, PaperForm, Register, RosterAct, Standing, Statement};
use crate::{
    id::{AgencyId, ItemId, UnitId},
    ledger::{
        Change, Edition, Mentions, RefusalReason, RosterPart, SignerRole, State, StockAccount, apply::Work,
        roster::UnitFacts,
    },
    vocabulary::vocabulary,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterUnit {
    pub unit: UnitId,
    pub name: String,
    pub agency: AgencyId,
    pub agency_kind: AgencyKind,
    pub agency_name: String,
    /// Entries of before the third edition are of open units and do not say it.
    #[serde(default = "open", skip_serializing_if = "is_open")]
    pub standing: Standing,
    /// Why it is changed; empty for a new one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    pub basis: Basis,
}

fn open() -> Standing {
    Standing::Open
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_open(standing: &Standing) -> bool {
    *standing == Standing::Open
}

vocabulary! {
    /// 机关
    AgencyKind "agency" {
        Police "police" "公安" "Police",
        Procuratorate "procuratorate" "检察" "Procuratorate",
        Court "court" "法院" "Court",
        Finance "finance" "财政" "Finance",
        /// 受托方: holds, never decides (L7 §26).
        Operator "operator" "受托方" "Operator",
        /// 监督: sees everything, changes nothing.
        Oversight "oversight" "监督" "Oversight",
    }
}

impl RegisterUnit {
    pub fn of(unit: UnitId, facts: UnitFacts, reason: String, basis: Basis) -> RegisterUnit {
        let UnitFacts { agency, agency_kind, agency_name, name, standing } = facts;
        RegisterUnit { unit, name, agency, agency_kind, agency_name, standing, reason, basis }
    }

    pub fn facts(&self) -> UnitFacts {
        let (agency, agency_kind, standing) = (self.agency, self.agency_kind, self.standing);
        let (agency_name, name) = (self.agency_name.clone(), self.name.clone());
        UnitFacts { agency, agency_kind, agency_name, name, standing }
    }

    /// A new unit is of its agency as that is registered; a unit that is there stays of its agency, and may say that the agency is
    /// called otherwise from now on. Two agencies are never called the same.
    fn agency_fits(&self, units: &BTreeMap<UnitId, UnitFacts>, before: Option<&UnitFacts>) -> bool {
        let stays = before.is_none_or(|it| it.agency == self.agency);
        stays
            && units.values().all(|it| match it.agency == self.agency {
                true => {
                    let renamed = before.is_some() || it.agency_name == self.agency_name;
                    renamed && it.agency_kind == self.agency_kind
                }
                false => it.agency_name != self.agency_name,
            })
    }
}

impl Kind for RegisterUnit {
    fn rule(&self, work: &mut Work<'_>) {
        work.by_registrar(self.basis);
        work.names_given(&[&self.name, &self.agency_name]);
        let units = &work.state.roster.units;
        // Before the third edition a unit was registered once.
        let before = units.get(&self.unit).filter(|_| work.since(Edition::THIRD));
        let taken = (before.is_none() && units.contains_key(&self.unit))
            || units
                .iter()
                .any(|(id, it)| *id != self.unit && it.agency == self.agency && it.name == self.name);
        work.refuse_if(!self.agency_fits(units, before), RefusalReason::AgencyDiffers);
        work.refuse_if(taken, RefusalReason::UnitAlreadyRegistered);
        let closed = self.standing == Standing::Closed;
        match before {
            Some(before) => {
                work.reason_given(&self.reason);
                work.refuse_if(*before == self.facts(), RefusalReason::NothingChanges);
            }
            // Nothing comes to be there closed.
            None => work.refuse_if(closed, RefusalReason::UnitUnknown),
        }
        work.refuse_if(closed && is_used(work.state, self.unit), RefusalReason::UnitStillUsed);
        work.change(Change::UnitRegistered(self.unit, self.facts(), self.basis));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.roster = RosterPart::All;
        mentions.agencies.insert(self.agency);
        mentions.units.insert(self.unit);
        if self.standing == Standing::Closed {
            mentions.closed_units.insert(self.unit);
        }
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
        Register::Roster(RosterAct::Unit(self))
    }
}

/// Whether anybody or anything open is of the unit, or it answers for or owes a thing.
fn is_used(state: &State, unit: UnitId) -> bool {
    let open = |of: UnitId, standing| of == unit && standing == Standing::Open;
    state.roster.persons.values().any(|it| open(it.unit, it.standing))
        || state.roster.stations.values().any(|it| open(it.unit, it.standing))
        || state.places.stores.values().any(|it| open(it.unit, it.standing))
        || state.stock.iter().any(|((_, it), quantity)| *it == StockAccount::Owed(unit) && *quantity > 0)
        || state
            .duty
            .iter()
            .any(|((_, it), quantity)| *quantity > 0 && it.party().is_some_and(|party| party.unit == unit))
}
