//! Asking for a correction: what should have been, line by line, tried against the rules as if everybody had agreed.

use super::{ACTING, consent, covered, declared, describe, not_your_entry, typed};
use crate::custody::{Conflict, Error, Invalid, access, recording::Recording};
use crate::{
    app::App,
    domain::{Person, rule::Deadline},
    id::{ApprovalId, EntryId, PersonId},
    ledger::{
        ApprovedAct, ApprovedCorrection, Body, Correct, Edition, Mentions, apply, state::ApprovalFacts,
    },
    store::{
        Tx,
        corrections::{self, Proposal},
        damaged, facts,
    },
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What somebody asks to be corrected.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct CorrectionRequest {
    /// Why this is how it should have been.
    pub reason: String,
    /// What should lie or be answered for elsewhere.
    #[serde(default)]
    pub lines: Vec<typed::RequestedLine>,
    /// What should be written of items.
    #[serde(default)]
    pub descriptions: Vec<describe::RequestedDescription>,
}

/// Asks for a correction, in place of what was asked before. Refuses at once what the ledger would refuse later, and a
/// wish while another is approved and can still be recorded.
pub async fn ask(app: &App, me: &Person, declaration: u64, request: &CorrectionRequest) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    let error = declared(&mut tx, me, declaration).await?;
    access::require_one(me, &ACTING)?;
    if error.wrong_unit != me.unit {
        return Err(not_your_entry());
    }
    let reason = request.reason.trim();
    if reason.is_empty() {
        return Err(Invalid::new(
            "reason_missing",
            ("没有写明原因。", "No reason is given."),
            ("请写明为什么应当如此。", "Write why it should have been so."),
        ));
    }
    let now = app.clock.now();
    if let Some(earlier) = corrections::proposal(&mut tx, declaration).await?
        && earlier.expires_at.is_some_and(|expires_at| expires_at > now)
    {
        return Err(already_approved());
    }
    let what = ApprovedCorrection {
        declaration,
        lines: typed::lines(&mut tx, me, &request.lines).await?,
        descriptions: describe::descriptions(&mut tx, me, &request.descriptions).await?,
    };
    try_out(app, &mut tx, me, &what).await?;
    let proposal = Proposal {
        declaration: error.declaration,
        lines: text_of(&what.lines)?,
        descriptions: text_of(&what.descriptions)?,
        reason: reason.to_owned(),
        asked_by: me.id,
        asked_at: now,
        approval: Some(app.ids.new_id()),
        approved_seq: None,
        approved_by: None,
        expires_at: None,
        refused_by: None,
        refusal: None,
    };
    corrections::ask(&mut tx, &proposal).await?;
    Ok(tx.commit().await?)
}

fn text_of(asked: &impl Serialize) -> Result<String, Error> {
    Ok(serde_json::to_string(asked).map_err(|error| damaged("correction", error))?)
}

fn already_approved() -> Error {
    Conflict::new(
        "correction_approved",
        ("这项更正已经批准。", "This correction has been approved."),
        ("请由第三人登记更正。", "A third person records it."),
    )
}

/// Asks the rules as if somebody else had approved it and a third person recorded it now.
async fn try_out(app: &App, tx: &mut Tx, me: &Person, what: &ApprovedCorrection) -> Result<(), Error> {
    let [approver, third, approval] = [1, 2, 3].map(Uuid::from_u128);
    let approval = ApprovalId(approval);
    let mut correct = Correct::of(what.clone(), approval, vec![]);
    let mut state = facts::load(tx, &Mentions::of(&Body::Correct(correct.clone()))).await?;
    let now = app.clock.now();
    let units = what.consenting_units(&state, me.unit).unwrap_or_default();
    for unit in units.iter().copied().chain([me.unit]) {
        let approved = ApprovalFacts {
            act: ApprovedAct::Correct,
            approver: PersonId(approver),
            unit,
            requester: me.id,
            expires_at: app.rules().due(Deadline::CorrectionApproved, now),
            lines: covered(what),
            correction: Some(what.clone()),
            disposal: None,
            loss: None,
            used: false,
        };
        let id = if unit == me.unit { approval } else { consent::id(approval, unit) };
        state.approvals.insert(id, approved);
    }
    correct.consents = units.into_iter().map(|unit| consent::id(approval, unit)).collect();
    let body = Body::Correct(correct);
    let draft = Recording::by(app, PersonId(third), me.unit, EntryId(Uuid::nil())).happened(now).draft(body);
    apply(&state, &draft, now, Edition::CURRENT)?;
    Ok(())
}
