//! 库登记: the whole standing of a store from now on: of which kind it is, what it is called, which unit keeps it, and whether
//! anything may be laid into it.

use super::{Basis, Kind, OtherPerson, PaperForm, Register, RosterAct, Standing, Statement};
use crate::{
    id::{ItemId, StoreId, UnitId},
    ledger::{Change, Mentions, RefusalReason, RosterPart, SignerRole, apply::Work, places::StoreFacts},
    vocabulary::vocabulary,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterStore {
    pub store: StoreId,
    pub store_kind: StoreKind,
    pub name: String,
    /// The unit that keeps it.
    pub unit: UnitId,
    pub standing: Standing,
    /// Why it is changed; may be empty for a new one.
    pub reason: String,
    pub basis: Basis,
}

vocabulary! {
    /// 库
    StoreKind "store_kind" {
        /// 中心
        Centre "centre" "管理中心" "Centre",
        /// 物证室
        EvidenceRoom "evidence_room" "物证室" "Evidence room",
        /// 保险库
        Vault "vault" "保险库" "Vault",
        /// 冷库
        Cold "cold" "冷藏库" "Cold store",
        /// 停车场
        Lot "lot" "停车场" "Parking lot",
        /// 银行账户
        Bank "bank" "银行账户" "Bank account",
    }
}

impl RegisterStore {
    pub fn of(store: StoreId, facts: StoreFacts, reason: String, basis: Basis) -> RegisterStore {
        let StoreFacts { kind: store_kind, name, unit, standing } = facts;
        RegisterStore { store, store_kind, name, unit, standing, reason, basis }
    }

    pub fn facts(&self) -> StoreFacts {
        let (kind, unit, standing) = (self.store_kind, self.unit, self.standing);
        StoreFacts { kind, name: self.name.clone(), unit, standing }
    }
}

impl Kind for RegisterStore {
    fn rule(&self, work: &mut Work<'_>) {
        work.by_registrar_of_places(self.basis);
        work.names_given(&[&self.name]);
        let (places, facts) = (&work.state.places, self.facts());
        let alike = |(id, it): (&StoreId, &StoreFacts)| *id != self.store && it.name == self.name;
        let taken = places.stores.iter().any(alike);
        work.refuse_if(taken, RefusalReason::StoreNameTaken);
        work.may_be_of(self.unit, self.standing);
        if let Some(before) = places.stores.get(&self.store) {
            work.reason_given(&self.reason);
            work.refuse_if(*before == facts, RefusalReason::NothingChanges);
            // Who sees what once lay there, and whose number its papers bear, follows from the unit that kept it.
            let differs = before.unit != facts.unit || before.kind != facts.kind;
            work.refuse_if(differs && places.has_kept(self.store), RefusalReason::StoreHasKept);
        }
        let was_open = places.stores.get(&self.store).is_none_or(|it| it.standing == Standing::Open);
        if facts.standing == Standing::Closed && was_open {
            work.empty(&places.accounts_of(self.store).collect());
        }
        work.change(Change::StoreRegistered(self.store, facts, self.basis));
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.roster = mentions.roster.max(RosterPart::All);
        mentions.units.insert(self.unit);
        mentions.stores.insert(self.store);
        mentions.registered_stores.insert(self.store);
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
        Register::Roster(RosterAct::Store(self))
    }
}
