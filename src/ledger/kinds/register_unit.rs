//! 机构登记: a unit of an agency, and with its first unit the agency. From now on people, stations and duty may be of it.

use super::{Basis, Kind, OtherPerson, PaperForm, Register, RosterAct, Statement};
use crate::{
    id::{AgencyId, ItemId, UnitId},
    ledger::{Change, Mentions, RefusalReason, RosterPart, SignerRole, apply::Work, roster::UnitFacts},
    vocabulary::vocabulary,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterUnit {
    pub unit: UnitId,
    pub name: String,
    pub agency: AgencyId,
    pub agency_kind: AgencyKind,
    pub agency_name: String,
    pub basis: Basis,
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
    pub fn facts(&self) -> UnitFacts {
        let (agency, agency_kind) = (self.agency, self.agency_kind);
        UnitFacts { agency, agency_kind, agency_name: self.agency_name.clone(), name: self.name.clone() }
    }
}

impl Kind for RegisterUnit {
    fn rule(&self, work: &mut Work<'_>) {
        work.by_registrar(self.basis);
        work.names_given(&[&self.name, &self.agency_name]);
        let units = &work.state.roster.units;
        // The same agency is the same in everything; two agencies are not called the same.
        let differs = units.values().any(|it| {
            let same = it.agency == self.agency;
            let alike = it.agency_name == self.agency_name && it.agency_kind == self.agency_kind;
            if same { !alike } else { it.agency_name == self.agency_name }
        });
        let there = units.contains_key(&self.unit)
            || units.values().any(|it| it.agency == self.agency && it.name == self.name);
        work.refuse_if(differs, RefusalReason::AgencyDiffers);
        work.refuse_if(there, RefusalReason::UnitAlreadyRegistered);
        work.change(Change::UnitRegistered(self.unit, self.facts(), self.basis));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.roster = RosterPart::All;
        mentions.agencies.insert(self.agency);
        mentions.units.insert(self.unit);
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
