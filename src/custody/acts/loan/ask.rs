//! An officer of the unit that answers for things asks to borrow them.

use crate::{
    app::App,
    clock::{Moment, Span},
    custody::{
        Conflict, Error, Invalid, access,
        recording::Recording,
        request::{ASKING, covered, lying},
    },
    domain::{Person, rule::Deadline},
    id::{ApprovalId, EntryId, ItemId, PersonId, UnitId},
    ledger::{Approve, ApprovedAct, Body, CheckOut, Draft, Edition, HeldLine, Mentions, StockAccount, apply},
    store::{
        Tx, facts,
        loans::{self, Request},
        people,
    },
};
use serde::Deserialize;
use uuid::Uuid;

/// The longest purpose, in characters.
const PURPOSE_MAX: usize = 300;

/// The longest loan.
const LOAN_MAX: Span = Span::days(366);

/// What somebody asks to borrow: whole items, for one purpose, until one moment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct LoanRequest {
    pub items: Vec<ItemId>,
    /// Who is to have them: somebody of the own agency.
    pub borrower: PersonId,
    /// What for: lent for case work only.
    pub purpose: String,
    pub due_at: Moment,
}

/// Whether this person may ask at all: told before what is wrong with a form.
pub fn may_ask(me: &Person) -> Result<(), Error> {
    access::require_one(me, &ASKING)
}

/// Whoever may borrow: the people of the unit, by name.
pub async fn choices(app: &App, me: &Person) -> Result<Vec<Person>, Error> {
    may_ask(me)?;
    let mut tx = app.db.read().await?;
    let people = people::persons(&mut tx).await?;
    Ok(people.into_iter().filter(|it| it.unit == me.unit && !it.disabled).collect())
}

/// Asks for a loan; answers with the id under which it will be approved. Refuses at once what the ledger would refuse later.
pub async fn ask(app: &App, me: &Person, wish: &LoanRequest) -> Result<ApprovalId, Error> {
    may_ask(me)?;
    let purpose = wish.purpose.trim();
    if purpose.is_empty() || purpose.chars().count() > PURPOSE_MAX {
        return Err(Invalid::new(
            "purpose_missing",
            ("没有写明借出的用途，或用途太长。", "The purpose is missing or too long."),
            ("请用一句话写明办案用途。", "Say in one sentence what it is needed for in the case."),
        ));
    }
    let now = app.clock.now();
    if wish.due_at > now.plus(LOAN_MAX) {
        return Err(Invalid::new(
            "loan_too_long",
            (
                "归还时间在一年以后，没有提出申请。",
                "It is to come back after more than a year; nothing was asked for.",
            ),
            ("请选择一年以内的归还时间，到期可再申请。", "Choose a day within a year, and ask again then."),
        ));
    }
    let mut tx = app.db.write().await?;
    for item in &wish.items {
        access::see_item(&mut tx, me, *item).await?;
        if loans::waiting_for(&mut tx, *item, now).await?.is_some() {
            return Err(Conflict::new(
                "loan_asked_for",
                ("这件财物已有一项借出申请在办。", "A request for a loan of this item waits already."),
                ("请等那项申请了结后再申请。", "Ask again when that request has been settled."),
            ));
        }
    }
    let borrower = people::person(&mut tx, wish.borrower).await?;
    if !borrower.is_some_and(|it| it.agency == me.agency && !it.disabled) {
        return Err(Invalid::new(
            "borrower_of_another_agency",
            ("借用人不是本机关的人员。", "The borrower is not of your agency."),
            ("请选择本机关的借用人。", "Choose somebody of your agency."),
        ));
    }
    let lines = lying(&mut tx, me.unit, &wish.items).await?;
    let request = Request {
        id: app.ids.new_id(),
        act: ApprovedAct::CheckOut,
        unit: me.unit,
        agency: me.agency,
        requester: me.id,
        borrower: wish.borrower,
        purpose: purpose.to_owned(),
        due_at: wish.due_at,
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
    loans::ask(&mut tx, &request, &whole).await?;
    tx.commit().await?;
    Ok(request.id)
}

/// Asks the rules as if an approver said yes and a custodian handed everything over now.
async fn try_out(app: &App, tx: &mut Tx, request: &Request, lines: &[HeldLine]) -> Result<(), Error> {
    let now = app.clock.now();
    let [approver, custodian] = [1, 2].map(|number| PersonId(Uuid::from_u128(number)));
    let act = |actor: PersonId, unit: UnitId, body: Body| -> Draft {
        Recording::by(app, actor, unit, EntryId(Uuid::nil())).happened(now).draft(body)
    };
    let approve = Approve {
        approval: request.id,
        act: ApprovedAct::CheckOut,
        requester: request.requester,
        purpose: request.purpose.clone(),
        expires_at: app.rules().due(Deadline::LoanApproved, now),
        lines: covered(lines),
        correction: None,
        disposal: None,
    };
    let loan = CheckOut {
        approval: request.id,
        borrower: request.borrower,
        purpose: request.purpose.clone(),
        due_at: request.due_at,
        lines: lines.to_vec(),
    };
    let (approve, loan) = (Body::Approve(approve), Body::CheckOut(loan));
    let mut mentions = Mentions::of(&approve);
    mentions.add(&loan);
    let mut state = facts::load(tx, &mentions).await?;
    // A custodian of the store that keeps the first thing would hand everything over.
    let keeper = lines.first().and_then(|line| state.holders.of(StockAccount::Slot(line.slot)));
    let loan = act(custodian, keeper.unwrap_or(request.unit), loan);
    let approve = act(approver, request.unit, approve);
    let effects = apply(&state, &approve, now, Edition::CURRENT)?;
    state.absorb(0, approve.id, &effects);
    apply(&state, &loan, now, Edition::CURRENT)?;
    Ok(())
}
