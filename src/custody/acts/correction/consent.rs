//! The consent of others: when a correction reaches what another unit keeps or answers for, an approver of that unit says yes
//! to exactly these lines. Each consent is an approval of its own; its id follows from the request and the unit.

use super::{DeclaredError, Error};
use crate::{
    domain::{Person, Role},
    id::{ApprovalId, UnitId},
    ledger::{ApprovedCorrection, Body, Correct, Holders, Mentions, consents_for},
    store::{
        Tx,
        approvals::{self, Approval},
        facts,
    },
};
use uuid::Uuid;

/// The consent of one unit.
pub(super) struct Consent {
    pub(super) unit: UnitId,
    pub(super) approval: ApprovalId,
    pub(super) given: Option<Approval>,
}

/// The consents that one correction needs.
pub(super) struct Consents {
    holders: Holders,
    asking: UnitId,
    pub(super) list: Vec<Consent>,
}

impl Consents {
    /// As things are now.
    pub(super) async fn load(
        tx: &mut Tx,
        error: &DeclaredError,
        approval: ApprovalId,
        what: &ApprovedCorrection,
    ) -> Result<Consents, Error> {
        let body = Body::Correct(Correct::of(what.clone(), approval, vec![]));
        let state = facts::load(tx, &Mentions::of(&body)).await?;
        let asking = error.wrong_unit;
        // What no consent opens is refused when it is asked for.
        let units = what.consenting_units(&state, asking).unwrap_or_default();
        let mut list = Vec::new();
        for unit in units {
            let approval = id(approval, unit);
            list.push(Consent { unit, approval, given: approvals::approval(tx, approval).await? });
        }
        Ok(Consents { holders: state.holders, asking, list })
    }

    /// The consent that this person may give: one that is still missing before one that is given.
    pub(super) fn of(&self, me: &Person) -> Option<&Consent> {
        let theirs = |it: &&Consent| {
            me.is(Role::Approver) && consents_for(&self.holders, me.unit, it.unit, self.asking)
        };
        let missing = self.list.iter().filter(theirs).find(|it| it.given.is_none());
        missing.or_else(|| self.list.iter().find(theirs))
    }
}

/// The id of a unit's consent to a request.
pub(super) fn id(request: ApprovalId, unit: UnitId) -> ApprovalId {
    ApprovalId(Uuid::new_v5(&request.0, unit.0.as_bytes()))
}
