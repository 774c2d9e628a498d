//! 工位登记: the whole standing of a station from now on: where it stands, by which key it proves itself, and whether it is heard.
//! Its enrolment is the station's own act, by a one-time code that was given at the machine.

use super::{Basis, Kind, OtherPerson, PaperForm, Register, RosterAct, Standing, Statement};
use crate::{
    id::{ItemId, StationId, UnitId},
    ledger::{
        Change, Mentions, RefusalReason, RosterPart, SYSTEM, SignerRole, apply::Work, roster::StationFacts,
    },
};
use hufu_wire::signature::PublicKey;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterStation {
    pub station: StationId,
    pub name: String,
    pub unit: UnitId,
    /// The address of its own page on its PC.
    pub page: String,
    /// The public half of the key that it proves itself with (PEM), once it is enrolled; none while closed.
    pub device_key: Option<String>,
    pub standing: Standing,
    /// Why it is changed; may be empty for a new one, and of one that enrols itself.
    pub reason: String,
    pub basis: Basis,
}

impl RegisterStation {
    pub fn facts(&self) -> StationFacts {
        StationFacts {
            name: self.name.clone(),
            unit: self.unit,
            page: self.page.clone(),
            device_key: self.device_key.clone(),
            standing: self.standing,
        }
    }

    /// Whether the station itself has brought a key and nothing else is changed.
    fn enrols_itself(&self, work: &Work<'_>, before: Option<&StationFacts>) -> bool {
        let itself = work.draft.actor == SYSTEM && work.draft.station == Some(self.station);
        let open = before.filter(|before| before.standing == Standing::Open && self.device_key.is_some());
        let enrolled =
            open.map(|before| StationFacts { device_key: self.device_key.clone(), ..before.clone() });
        itself && self.basis == Basis::Act && enrolled.is_some_and(|it| it == self.facts())
    }

    fn key_fits(&self) -> bool {
        match &self.device_key {
            Some(pem) => self.standing == Standing::Open && PublicKey::from_pem(pem).is_ok(),
            None => true,
        }
    }
}

impl Kind for RegisterStation {
    fn rule(&self, work: &mut Work<'_>) {
        let roster = &work.state.roster;
        let before = roster.stations.get(&self.station);
        if !self.enrols_itself(work, before) {
            work.by_registrar(self.basis);
            if before.is_some() {
                work.reason_given(&self.reason);
            }
        }
        work.names_given(&[&self.name]);
        let alike = |(id, it): (&StationId, &StationFacts)| *id != self.station && it.name == self.name;
        let taken = self.basis == Basis::Act && roster.stations.iter().any(alike);
        work.refuse_if(taken, RefusalReason::StationNameTaken);
        work.may_be_of(self.unit, self.standing);
        work.refuse_if(!self.key_fits(), RefusalReason::StationKeyDoesNotFit);
        work.refuse_if(before.is_some_and(|before| *before == self.facts()), RefusalReason::NothingChanges);
        work.change(Change::StationRegistered(self.station, self.facts(), self.basis));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.roster = RosterPart::All;
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
        Register::Roster(RosterAct::Station(self))
    }
}
