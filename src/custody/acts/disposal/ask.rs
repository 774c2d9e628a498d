//! An officer of the unit that answers for things asks that they may go for good.

use crate::{
    app::App,
    clock::Moment,
    custody::{
        Error, Invalid, access,
        request::{
            ASKING, approval, chosen, covered, keeper_of, lying, not_asked_for_twice, try_out, written,
        },
    },
    domain::{Person, rule::Deadline},
    id::{ApprovalId, ItemId, PersonId},
    ledger::{Approve, ApprovedDisposal, ApprovedLine, Body, Collector, Dispose, HeldLine, Outcome},
    store::requests::{self, Request},
};
use serde::Deserialize;
use uuid::Uuid;

/// What somebody asks for: whole items, one way out, by one decision.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct NewDisposal {
    pub items: Vec<ItemId>,
    pub outcome: Outcome,
    /// 处理文书: the number of the decision or judgment in effect.
    pub decision: String,
    /// Who gets it; left out when it is destroyed.
    pub recipient: Option<String>,
    /// Why, in a sentence for the approver.
    pub purpose: String,
}

/// Whether this person may ask at all: told before what is wrong with a form.
pub fn may_ask(me: &Person) -> Result<(), Error> {
    access::require_one(me, &ASKING)
}

/// Asks for a disposal; answers with the id under which it will be approved. Refuses at once what the ledger would refuse later.
pub async fn ask(app: &App, me: &Person, wish: &NewDisposal) -> Result<ApprovalId, Error> {
    may_ask(me)?;
    let recipient = written(wish.recipient.as_deref().unwrap_or_default())?;
    let (decision, purpose) = (decided(&wish.decision)?, reasoned(&wish.purpose)?);
    let items = chosen(&wish.items)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    for item in &items {
        access::see_item(&mut tx, me, *item).await?;
    }
    not_asked_for_twice::<ApprovedDisposal>(&mut tx, &items, now).await?;
    let lines = lying(&mut tx, me.unit, &items).await?;
    let terms = ApprovedDisposal {
        outcome: wish.outcome,
        decision: decision.to_owned(),
        recipient: Some(recipient.to_owned()).filter(|name| !name.is_empty()),
    };
    let request =
        Request::new(app.ids.new_id(), (me.unit, me.agency), me.id, (purpose.to_owned(), now), terms);
    let approve = yes(&request, covered(&lines), app.rules().due(Deadline::DisposalApproved, now));
    try_out(app, &mut tx, (me.unit, approve), (carried_out(&request, &lines), keeper_of(&lines))).await?;
    let whole: Vec<(ItemId, i64)> = covered(&lines).iter().map(|it| (it.item, it.quantity)).collect();
    requests::ask(&mut tx, &request, &whole).await?;
    tx.commit().await?;
    Ok(request.id)
}

fn decided(text: &str) -> Result<&str, Error> {
    let text = written(text)?;
    match text.is_empty() {
        false => Ok(text),
        true => Err(Invalid::new(
            "decision_missing",
            (
                "没有写明处理决定或裁判的文号，没有提出申请。",
                "The decision is missing; nothing was asked for.",
            ),
            (
                "请填写已生效的处理决定书或裁判文书的文号。",
                "Give the number of the decision or judgment in effect.",
            ),
        )),
    }
}

fn reasoned(text: &str) -> Result<&str, Error> {
    let text = written(text)?;
    match text.is_empty() {
        false => Ok(text),
        true => Err(Invalid::new(
            "purpose_missing",
            ("没有写明处置的事由，没有提出申请。", "The reason is missing; nothing was asked for."),
            ("请用一句话写明为什么这样处置。", "Say in one sentence why it is disposed of in this way."),
        )),
    }
}

/// The end of these things, as a custodian would record it: handed to the one it is for, or destroyed before two others.
fn carried_out(request: &Request<ApprovedDisposal>, lines: &[HeldLine]) -> Body {
    let ApprovedDisposal { outcome, decision, recipient } = request.terms.clone();
    let witnesses = [3, 4].map(|number| PersonId(Uuid::from_u128(number)));
    Body::Dispose(Dispose {
        approval: request.id,
        outcome,
        voucher: decision,
        lines: lines.to_vec(),
        collector: recipient.clone().map(|name| Collector {
            name,
            document: "—".to_owned(),
            authority: None,
        }),
        witnesses: if outcome.has_recipient() { vec![] } else { witnesses.to_vec() },
        recipient,
    })
}

/// The yes to exactly this.
pub(super) fn yes(
    request: &Request<ApprovedDisposal>,
    lines: Vec<ApprovedLine>,
    expires_at: Moment,
) -> Approve {
    Approve { disposal: Some(request.terms.clone()), ..approval(request, lines, expires_at) }
}
