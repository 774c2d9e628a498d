//! An officer of the unit that answers for things asks that they may go for good.

use crate::{
    app::App,
    clock::Moment,
    custody::{
        Conflict, Error, Invalid, access,
        recording::Recording,
        request::{ASKING, covered, lying},
    },
    domain::{Person, rule::Deadline},
    id::{ApprovalId, EntryId, ItemId, PersonId, UnitId},
    ledger::{
        Approve, ApprovedAct, ApprovedDisposal, ApprovedLine, Body, Collector, Dispose, Draft, Edition,
        HeldLine, Mentions, Outcome, StockAccount, apply,
    },
    store::{
        Tx,
        disposals::{self, DisposalRequest},
        facts,
    },
};
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The longest number of a decision, name of a recipient, and reason, in characters.
const TEXT_MAX: usize = 300;
/// So many things go by one request.
const ITEMS_MAX: usize = 500;

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
    let recipient = wish.recipient.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let (decision, purpose) = (written("decision", &wish.decision)?, written("purpose", &wish.purpose)?);
    if recipient.is_some_and(|name| name.chars().count() > TEXT_MAX) {
        return Err(too_long());
    }
    let items = chosen(&wish.items)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    for item in &items {
        access::see_item(&mut tx, me, *item).await?;
        if disposals::waiting_for(&mut tx, *item, now).await?.is_some() {
            return Err(Conflict::new(
                "disposal_asked_for",
                (
                    "其中有财物已有一项处置申请在办，没有提出申请。",
                    "A request to dispose of one of these waits already; nothing was asked for.",
                ),
                ("请等那项申请了结后再申请。", "Ask again when that request has been settled."),
            ));
        }
    }
    let lines = lying(&mut tx, me.unit, &items).await?;
    let request = DisposalRequest {
        id: app.ids.new_id(),
        unit: me.unit,
        agency: me.agency,
        requester: me.id,
        outcome: wish.outcome,
        decision: decision.to_owned(),
        recipient: recipient.map(str::to_owned),
        purpose: purpose.to_owned(),
        asked_at: now,
        refused_by: None,
        refusal: None,
        given_seq: None,
        approver: None,
        expires_at: None,
        used_seq: None,
        on_offer: false,
        passed_on: false,
    };
    try_out(app, &mut tx, &request, &lines).await?;
    let whole: Vec<(ItemId, i64)> = covered(&lines).iter().map(|it| (it.item, it.quantity)).collect();
    disposals::ask(&mut tx, &request, &whole).await?;
    tx.commit().await?;
    Ok(request.id)
}

/// Each thing once. Refuses none, and more than a custodian hands out at one time.
fn chosen(items: &[ItemId]) -> Result<Vec<ItemId>, Error> {
    let items: Vec<ItemId> = items.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    match items.len() {
        1..=ITEMS_MAX => Ok(items),
        _ => Err(Invalid::new(
            "disposal_size",
            (
                &format!("一次处置须有 1 至 {ITEMS_MAX} 件财物，没有提出申请。"),
                &format!("A disposal is of 1 to {ITEMS_MAX} things; nothing was asked for."),
            ),
            ("请勾选财物；件数更多的分几次申请。", "Choose things; ask several times for more of them."),
        )),
    }
}

/// A text that must be there.
fn written<'a>(field: &'static str, text: &'a str) -> Result<&'a str, Error> {
    let text = text.trim();
    if text.chars().count() > TEXT_MAX {
        return Err(too_long());
    }
    match (text.is_empty(), field) {
        (false, _) => Ok(text),
        (true, "decision") => Err(Invalid::new(
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
        (true, _) => Err(Invalid::new(
            "purpose_missing",
            ("没有写明处置的事由，没有提出申请。", "The reason is missing; nothing was asked for."),
            ("请用一句话写明为什么这样处置。", "Say in one sentence why it is disposed of in this way."),
        )),
    }
}

fn too_long() -> Error {
    Invalid::new(
        "text_too_long",
        (
            &format!("文号、接收人或事由超过 {TEXT_MAX} 字，没有提出申请。"),
            &format!(
                "Decision, recipient or reason has more than {TEXT_MAX} characters; nothing was asked for."
            ),
        ),
        ("请写得简短些。", "Make it shorter."),
    )
}

/// Asks the rules as if an approver said yes and a custodian handed everything to the one it is for now.
async fn try_out(app: &App, tx: &mut Tx, request: &DisposalRequest, lines: &[HeldLine]) -> Result<(), Error> {
    let now = app.clock.now();
    let [approver, custodian, one, other] = [1, 2, 3, 4].map(|number| PersonId(Uuid::from_u128(number)));
    let act = |actor: PersonId, unit: UnitId, body: Body| -> Draft {
        Recording::by(app, actor, unit, EntryId(Uuid::nil())).happened(now).draft(body)
    };
    let approve =
        Body::Approve(approval(request, covered(lines), app.rules().due(Deadline::DisposalApproved, now)));
    let dispose = Body::Dispose(Dispose {
        approval: request.id,
        outcome: request.outcome,
        voucher: request.decision.clone(),
        recipient: request.recipient.clone(),
        lines: lines.to_vec(),
        collector: request.recipient.clone().map(|name| Collector {
            name,
            document: "—".to_owned(),
            authority: None,
        }),
        witnesses: if request.outcome.has_recipient() { vec![] } else { vec![one, other] },
    });
    let mut mentions = Mentions::of(&approve);
    mentions.add(&dispose);
    let mut state = facts::load(tx, &mentions).await?;
    // A custodian of the store that keeps the first thing would hand everything out.
    let keeper = lines.first().and_then(|line| state.holders.of(StockAccount::Slot(line.slot)));
    let dispose = act(custodian, keeper.unwrap_or(request.unit), dispose);
    let approve = act(approver, request.unit, approve);
    let effects = apply(&state, &approve, now, Edition::CURRENT)?;
    state.absorb(0, approve.id, &effects);
    apply(&state, &dispose, now, Edition::CURRENT)?;
    Ok(())
}

/// The yes to exactly this.
pub(super) fn approval(request: &DisposalRequest, lines: Vec<ApprovedLine>, expires_at: Moment) -> Approve {
    Approve {
        approval: request.id,
        act: ApprovedAct::Dispose,
        requester: request.requester,
        purpose: request.purpose.clone(),
        expires_at,
        lines,
        correction: None,
        disposal: Some(ApprovedDisposal {
            outcome: request.outcome,
            decision: request.decision.clone(),
            recipient: request.recipient.clone(),
        }),
    }
}
