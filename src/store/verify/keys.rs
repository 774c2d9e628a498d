//! The table of agencies' keys, derived again from the entries.

use crate::{
    id::AgencyId,
    ledger::{Appoint, KeyAct},
    store::keys::AgencyKey,
};
use std::collections::BTreeMap;

/// Rows by key, each with the last entry that has to do with it.
#[derive(Default)]
pub(super) struct Keys(pub(super) BTreeMap<String, (i64, AgencyKey)>);

impl Keys {
    /// The keys of somebody that end with this appointment, since their new unit is of that agency.
    pub(super) fn end(&mut self, seq: i64, it: &Appoint, agency: Option<AgencyId>) {
        let held =
            self.0.values_mut().filter(|(_, row)| row.holder == it.person && row.revoked_seq.is_none());
        for (from, row) in held.filter(|(_, row)| !it.facts().keeps_key(agency, row.agency)) {
            (*from, row.revoked_seq) = (seq, Some(seq));
            row.revocation = Some(it.reason.clone());
        }
    }

    pub(super) fn take(&mut self, seq: i64, act: KeyAct<'_>) {
        match act {
            KeyAct::Register(it) => {
                let row = AgencyKey {
                    key: it.key.clone(),
                    agency: it.agency,
                    unit: it.unit,
                    holder: it.holder,
                    public_pem: it.public_pem.clone(),
                    registered_seq: seq,
                    in_force_seq: it.follows.is_some().then_some(seq),
                    revoked_seq: None,
                    revocation: None,
                };
                self.0.insert(it.key.clone(), (seq, row));
            }
            KeyAct::Confirm(it) => {
                if let Some((from, row)) = self.0.get_mut(&it.key) {
                    (*from, row.in_force_seq) = (seq, Some(seq));
                }
            }
            KeyAct::Revoke(it) => {
                if let Some((from, row)) = self.0.get_mut(&it.key) {
                    (*from, row.revoked_seq) = (seq, Some(seq));
                    row.revocation = Some(it.reason.clone());
                }
            }
        }
    }
}
