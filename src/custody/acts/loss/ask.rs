//! Who keeps things or answers for them asks that they be declared lost.

use super::whereabouts::{KeptLine, kept, taken};
use crate::{
    app::App,
    clock::Moment,
    custody::{
        Error, Invalid, Thing, access,
        counter::line,
        request::{approval, chosen, not_asked_for_twice, try_out, written},
    },
    domain::{Person, Role, rule::Deadline},
    id::{ApprovalId, ItemId, PersonId, UnitId},
    ledger::{
        AccountLine, Approve, ApprovedLine, ApprovedLoss, Body, DeclareLoss, LossCause, Refusal,
        RefusalReason,
    },
    store::{
        Tx, items, people as known,
        requests::{self, Request},
    },
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The roles that may ask: whoever keeps it, or works on the case.
pub(super) const ASKING: [Role; 3] = [Role::Custodian, Role::Officer, Role::Clerk];

/// Some of a thing, or all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct LostItem {
    pub item: ItemId,
    /// How much is lost, in the thing's measure; left out: all that is there.
    pub quantity: Option<i64>,
}

/// What somebody asks for: things, how they came to be lost, who is liable, and the report.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct NewLoss {
    pub items: Vec<LostItem>,
    pub cause: LossCause,
    /// 责任人; left out where it is nobody's fault.
    pub liable: Option<PersonId>,
    /// 情况说明: the number of the report.
    pub report: String,
    /// What happened, in a sentence for the approver.
    pub purpose: String,
}

/// Whether this person may ask at all: told before what is wrong with a form.
pub fn may_ask(me: &Person) -> Result<(), Error> {
    access::require_one(me, &ASKING)
}

/// Who may be named as liable: everybody who is on the roster, those who have left, too.
pub async fn people(app: &App, me: &Person) -> Result<Vec<Person>, Error> {
    may_ask(me)?;
    Ok(known::persons(&mut app.db.read().await?).await?)
}

/// How much of a thing is meant by what somebody typed, in its measure. Refuses what is no such amount.
pub async fn quantity(app: &App, me: &Person, item: ItemId, text: &str) -> Result<i64, Error> {
    may_ask(me)?;
    let mut tx = app.db.read().await?;
    access::see_item(&mut tx, me, item).await?;
    let item = items::item(&mut tx, item).await?.ok_or(Error::NotFound(Thing::Item))?;
    line::quantity(&item.measure, item.open_quantity, text)
}

/// Asks for a declaration; answers with the id under which it will be approved. Refuses at once what the ledger would refuse later.
pub async fn ask(app: &App, me: &Person, wish: &NewLoss) -> Result<ApprovalId, Error> {
    may_ask(me)?;
    let terms = ApprovedLoss {
        cause: wish.cause,
        liable: wish.liable,
        report: given(&wish.report, report_missing)?.to_owned(),
    };
    let purpose = given(&wish.purpose, purpose_missing)?.to_owned();
    let items = chosen(&wish.items.iter().map(|it| it.item).collect::<Vec<_>>())?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    for item in &items {
        access::see_item(&mut tx, me, *item).await?;
    }
    if let Some(liable) = terms.liable {
        known::person(&mut tx, liable).await?.ok_or(Error::NotFound(Thing::Person))?;
    }
    not_asked_for_twice::<ApprovedLoss>(&mut tx, &items, now).await?;
    let (unit, lines) = lost(&mut tx, me, wish).await?;
    let agency = known::unit(&mut tx, unit).await?.ok_or(Error::NotFound(Thing::Unit))?.agency;
    let request = Request::new(app.ids.new_id(), (unit, agency), me.id, (purpose, now), terms);
    let quantities = quantities(&lines);
    let covered = quantities.iter().map(|(item, quantity)| ApprovedLine { item: *item, quantity: *quantity });
    let approve = yes(&request, covered.collect(), app.rules().due(Deadline::LossApproved, now));
    let keeper = lines.first().map(|line| line.keeper);
    let declare = declaration(&request, lines.into_iter().map(|it| it.line).collect());
    try_out(app, &mut tx, (unit, approve), (declare, |_| keeper)).await?;
    requests::ask(&mut tx, &request, &quantities.into_iter().collect::<Vec<_>>()).await?;
    tx.commit().await?;
    Ok(request.id)
}

/// The unit that answers for all of it, and where what is lost lies by the books. Refuses things of several units, and who neither keeps
/// them nor answers for them.
async fn lost(tx: &mut Tx, me: &Person, wish: &NewLoss) -> Result<(UnitId, Vec<KeptLine>), Error> {
    let (mut unit, mut lines) = (None, Vec::new());
    for LostItem { item, quantity } in &wish.items {
        let (party, kept) = kept(tx, *item).await?;
        let there = kept.iter().map(|it| it.line.quantity).fold(0, i64::saturating_add);
        let mine = party == me.unit || kept.iter().any(|it| it.keeper == me.unit);
        if !mine || *unit.get_or_insert(party) != party {
            return Err(Refusal::from(RefusalReason::NotResponsible).into());
        }
        if quantity.is_some_and(|quantity| quantity <= 0) {
            return Err(Refusal::from(RefusalReason::QuantityNotPositive).into());
        }
        lines.extend(taken(kept, quantity.unwrap_or(there)));
    }
    unit.map(|unit| (unit, lines)).ok_or(Error::NotFound(Thing::Item))
}

fn quantities(lines: &[KeptLine]) -> BTreeMap<ItemId, i64> {
    let mut sums: BTreeMap<ItemId, i64> = BTreeMap::new();
    for KeptLine { line, .. } in lines {
        let sum = sums.entry(line.item).or_default();
        *sum = sum.saturating_add(line.quantity);
    }
    sums
}

/// A text that must be there.
fn given(text: &str, missing: fn() -> Error) -> Result<&str, Error> {
    let text = written(text)?;
    if text.is_empty() { Err(missing()) } else { Ok(text) }
}

fn report_missing() -> Error {
    Invalid::new(
        "report_missing",
        ("没有写明情况说明的文号，没有提出申请。", "The report is missing; nothing was asked for."),
        ("请先写出情况说明，再填写它的文号。", "Write the report first, then give its number."),
    )
}

fn purpose_missing() -> Error {
    Invalid::new(
        "purpose_missing",
        ("没有写明经过，没有提出申请。", "It is not said what happened; nothing was asked for."),
        (
            "请用一句话写明怎样灭失、何时发现。",
            "Say in one sentence how it was lost and when that was found.",
        ),
    )
}

/// What a custodian would declare.
pub(super) fn declaration(request: &Request<ApprovedLoss>, lines: Vec<AccountLine>) -> Body {
    let ApprovedLoss { cause, liable, report } = request.terms.clone();
    Body::DeclareLoss(DeclareLoss { approval: request.id, report, lines, cause: Some(cause), liable })
}

/// The yes to exactly this.
pub(super) fn yes(request: &Request<ApprovedLoss>, lines: Vec<ApprovedLine>, expires_at: Moment) -> Approve {
    Approve { loss: Some(request.terms.clone()), ..approval(request, lines, expires_at) }
}
