//! An officer of the unit that answers for things asks to borrow them.

use crate::{
    app::App,
    clock::{Moment, Span},
    custody::{
        Error, Invalid, access,
        request::{ASKING, approval, chosen, covered, keeper_of, lying, not_asked_for_twice, try_out},
    },
    domain::{Person, rule::Deadline},
    id::{ApprovalId, ItemId, PersonId},
    ledger::{Body, CheckOut},
    store::{
        people,
        requests::{self, LoanTerms, Request},
    },
};
use serde::Deserialize;

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
    let items = chosen(&wish.items)?;
    let mut tx = app.db.write().await?;
    for item in &items {
        access::see_item(&mut tx, me, *item).await?;
    }
    not_asked_for_twice::<LoanTerms>(&mut tx, &items, now).await?;
    let borrower = people::person(&mut tx, wish.borrower).await?;
    if !borrower.is_some_and(|it| it.agency == me.agency && !it.disabled) {
        return Err(Invalid::new(
            "borrower_of_another_agency",
            ("借用人不是本机关的人员。", "The borrower is not of your agency."),
            ("请选择本机关的借用人。", "Choose somebody of your agency."),
        ));
    }
    let lines = lying(&mut tx, me.unit, &items).await?;
    let terms = LoanTerms { borrower: wish.borrower, due_at: wish.due_at };
    let request =
        Request::new(app.ids.new_id(), (me.unit, me.agency), me.id, (purpose.to_owned(), now), terms);
    let approve = approval(&request, covered(&lines), app.rules().due(Deadline::LoanApproved, now));
    let loan = Body::CheckOut(CheckOut {
        approval: request.id,
        borrower: wish.borrower,
        purpose: purpose.to_owned(),
        due_at: wish.due_at,
        lines: lines.clone(),
    });
    try_out(app, &mut tx, (me.unit, approve), (loan, keeper_of(&lines))).await?;
    let whole: Vec<(ItemId, i64)> = covered(&lines).iter().map(|it| (it.item, it.quantity)).collect();
    requests::ask(&mut tx, &request, &whole).await?;
    tx.commit().await?;
    Ok(request.id)
}
