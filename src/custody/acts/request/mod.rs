//! 申请: what somebody asks for, whom an approver of the agency that answers for the things says yes or no to, and what a custodian
//! carries out once. A loan, a disposal and a loss each have terms of their own ([`Terms`]); the rest is said here.

mod answer;
mod view;

pub(in crate::custody) use answer::answer;
pub use view::RequestView;
pub(in crate::custody) use view::{
    RequestProgress, ShownAct, answerable, asked_by, listed, progress, request_view, show, to_answer, views,
    waiting,
};

use crate::custody::{
    Conflict, Error, Invalid, Thing, access, counter::placement, recording::Recording, texts,
};
use crate::{
    app::App,
    clock::Moment,
    domain::{Person, Role, Viewer},
    id::{AgencyId, ApprovalId, EntryId, ItemId, PersonId, SlotId, UnitId},
    ledger::{
        Approve, ApprovedLine, Body, Draft, Edition, HeldLine, Mentions, Refusal, RefusalReason, State,
        StockAccount, apply,
    },
    store::{
        Tx, facts, items, loans,
        requests::{self, Request, Requests, Terms},
    },
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The longest number of a paper, name and reason, in characters.
const TEXT_MAX: usize = 300;
/// So many things go by one request.
const ITEMS_MAX: usize = 500;

/// The roles that may ask.
pub(in crate::custody) const ASKING: [Role; 2] = [Role::Officer, Role::Clerk];

/// Whether this person may answer requests of an agency: they are an approver of it.
pub(in crate::custody) fn approves(me: &Person, agency: AgencyId) -> bool {
    me.is(Role::Approver) && me.agency == agency
}

/// Whose requests a person sees: by each of their roles.
pub(in crate::custody) fn whose(me: &Person) -> Vec<Requests> {
    let Some(unit) = Viewer::of(me).whose() else { return vec![Requests::All] };
    let mut whose = vec![Requests::Of(unit)];
    if me.is(Role::Approver) {
        whose.push(Requests::OfAgency(me.agency));
    }
    if me.is(Role::Custodian) {
        whose.push(Requests::KeptBy(me.unit));
    }
    whose
}

/// A request that this person may see: the unit that answers for the things, its approvers, who asked, whoever keeps the things, and
/// those who see all.
pub(in crate::custody) async fn seen<T: Terms>(
    tx: &mut Tx,
    me: &Person,
    id: ApprovalId,
) -> Result<Request<T>, Error> {
    let hidden = || Error::NotFound(Thing::Approval);
    let it = requests::request::<T>(tx, id).await?.ok_or_else(hidden)?;
    if Viewer::of(me).sees_work_of(it.unit) || approves(me, it.agency) || it.requester == me.id {
        return Ok(it);
    }
    if me.is(Role::Custodian) {
        for (item, _) in requests::lines(tx, id).await? {
            if access::sees_item(tx, me, item).await? {
                return Ok(it);
            }
        }
    }
    Err(hidden())
}

/// Each thing once. Refuses none, and more than a custodian hands out at one time.
pub(in crate::custody) fn chosen(items: &[ItemId]) -> Result<Vec<ItemId>, Error> {
    let items: Vec<ItemId> = items.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    match items.len() {
        1..=ITEMS_MAX => Ok(items),
        _ => Err(Invalid::new(
            "request_size",
            (
                &format!("一次申请须有 1 至 {ITEMS_MAX} 件财物，没有提出申请。"),
                &format!("A request is about 1 to {ITEMS_MAX} things; nothing was asked for."),
            ),
            ("请勾选财物；件数更多的分几次申请。", "Choose things; ask several times for more of them."),
        )),
    }
}

/// A text of a request, without the blanks around it. Refuses what is too long; whether it must be there is said by who asks.
pub(in crate::custody) fn written(text: &str) -> Result<&str, Error> {
    let text = text.trim();
    match text.chars().count() <= TEXT_MAX {
        true => Ok(text),
        false => Err(Invalid::new(
            "text_too_long",
            (
                &format!("文号、姓名或事由超过 {TEXT_MAX} 字，没有提出申请。"),
                &format!(
                    "A number, name or reason has more than {TEXT_MAX} characters; nothing was asked for."
                ),
            ),
            ("请写得简短些。", "Make it shorter."),
        )),
    }
}

/// Refuses a thing about which a request for the same act waits already.
pub(in crate::custody) async fn not_asked_for_twice<T: Terms>(
    tx: &mut Tx,
    items: &[ItemId],
    now: Moment,
) -> Result<(), Error> {
    for item in items {
        if requests::waiting_for(tx, T::ACT, *item, now).await?.is_some() {
            return Err(Conflict::new(
                "asked_for_already",
                (
                    "其中有财物已有一项同样的申请在办，没有提出申请。",
                    "The same is asked for about one of these already; nothing was asked for.",
                ),
                ("请等那项申请了结后再申请。", "Ask again when that request has been settled."),
            ));
        }
    }
    Ok(())
}

/// The yes to exactly what is asked for, without what one act says besides.
pub(in crate::custody) fn approval<T: Terms>(
    it: &Request<T>,
    lines: Vec<ApprovedLine>,
    expires_at: Moment,
) -> Approve {
    Approve {
        approval: it.id,
        act: T::ACT,
        requester: it.requester,
        purpose: it.purpose.clone(),
        expires_at,
        lines,
        correction: None,
        disposal: None,
        loss: None,
    }
}

/// Asks the rules as if an approver of the unit said yes and a custodian of the unit that keeps the things carried it out now. `keeper`
/// finds that unit; without one, the unit itself acts.
pub(in crate::custody) async fn try_out(
    app: &App,
    tx: &mut Tx,
    (unit, approve): (UnitId, Approve),
    (carried_out, keeper): (Body, impl FnOnce(&State) -> Option<UnitId>),
) -> Result<(), Error> {
    let now = app.clock.now();
    let [approver, custodian] = [1, 2].map(|number| PersonId(Uuid::from_u128(number)));
    let act = |actor: PersonId, unit: UnitId, body: Body| -> Draft {
        Recording::by(app, actor, unit, EntryId(Uuid::nil())).happened(now).draft(body)
    };
    let approve = Body::Approve(approve);
    let mut mentions = Mentions::of(&approve);
    mentions.add(&carried_out);
    let mut state: State = facts::load(tx, &mentions).await?;
    let carried_out = act(custodian, keeper(&state).unwrap_or(unit), carried_out);
    let approve = act(approver, unit, approve);
    let effects = apply(&state, &approve, now, Edition::CURRENT)?;
    state.absorb(0, approve.id, &effects);
    apply(&state, &carried_out, now, Edition::CURRENT)?;
    Ok(())
}

/// Nothing was ticked.
pub fn nothing_chosen() -> Error {
    Invalid::new(
        "nothing_chosen",
        ("没有勾选财物，没有提出申请。", "No thing is ticked; nothing was asked for."),
        ("请先在列表中勾选财物。", "Tick things in the list first."),
    )
}

/// Where all of these items lies. Refuses what another unit answers for, and what is not in a slot.
pub(in crate::custody) async fn lying(
    tx: &mut Tx,
    unit: UnitId,
    items: &[ItemId],
) -> Result<Vec<HeldLine>, Error> {
    let mut mentions = Mentions::default();
    mentions.items.extend(items);
    let state = facts::load(tx, &mentions).await?;
    let mut lines = Vec::new();
    for item in items {
        let facts = state.items.get(item).ok_or(Error::NotFound(Thing::Item))?;
        let refused = |reason| Refusal { reason, item: Some(*item), number: Some(facts.number.clone()) };
        if state.responsible(*item).is_none_or(|(party, _)| party.unit != unit) {
            return Err(refused(RefusalReason::NotResponsible).into());
        }
        let held: Vec<(SlotId, i64)> = state
            .places(*item)
            .filter_map(|(account, quantity)| match account {
                StockAccount::Slot(slot) => Some((slot, quantity)),
                _ => None,
            })
            .collect();
        if held.is_empty() {
            let again = ("请等它入库或归还后再申请。", "Ask again when it has been received or returned.");
            return Err(not_there(&facts.number, again));
        }
        lines.extend(held.into_iter().map(|(slot, quantity)| HeldLine { item: *item, quantity, slot }));
    }
    Ok(lines)
}

fn not_there(number: &str, remedy: (&str, &str)) -> Error {
    let wrong = (
        &*format!("{number} 现在不在库位上，没有办理。"),
        &*format!("{number} lies in no slot now; nothing was done."),
    );
    Conflict::new("not_in_a_slot", wrong, remedy)
}

/// Per item all of it, as an approval covers it.
pub(in crate::custody) fn covered(lines: &[HeldLine]) -> Vec<ApprovedLine> {
    let mut whole: Vec<ApprovedLine> = Vec::new();
    for line in lines {
        match whole.iter_mut().find(|it| it.item == line.item) {
            Some(known) => known.quantity = known.quantity.saturating_add(line.quantity),
            None => whole.push(ApprovedLine { item: line.item, quantity: line.quantity }),
        }
    }
    whole
}

/// Why an approver says no. Refuses none, and what nobody could keep.
pub(in crate::custody) fn refusal_given(reason: &str) -> Result<&str, Error> {
    let reason = reason.trim();
    texts::recordable(texts::REASON, reason)?;
    match reason.is_empty() {
        false => Ok(reason),
        true => Err(Invalid::new(
            "reason_missing",
            ("没有写明原因。", "No reason is given."),
            ("请写明为什么不同意。", "Write why not."),
        )),
    }
}

pub(in crate::custody) fn answered() -> Error {
    Conflict::new(
        "request_answered",
        ("这项申请已经有人答复。", "Somebody has answered this request already."),
        ("请刷新页面查看进展。", "Reload the page to see how it stands."),
    )
}

/// The unit that keeps the first of these lines.
pub(in crate::custody) fn keeper_of(lines: &[HeldLine]) -> impl FnOnce(&State) -> Option<UnitId> {
    let slot = lines.first().map(|line| StockAccount::Slot(line.slot));
    move |state| slot.and_then(|slot| state.holders.of(slot))
}

/// Out of which of the unit's slots these quantities are taken, of stores that this person may open.
pub(in crate::custody) async fn taken_from(
    tx: &mut Tx,
    me: &Person,
    approved: Vec<(ItemId, i64)>,
) -> Result<Vec<HeldLine>, Error> {
    let (mut lines, mut opened) = (Vec::new(), BTreeSet::new());
    for (item, quantity) in approved {
        let slots = loans::slots_kept(tx, me.unit, item).await?;
        if slots.is_empty() {
            let number = items::item(tx, item).await?.map_or_else(String::new, |it| it.number);
            let later = (
                "请等它归还或移回本单位的库位后再办理。",
                "Do it when it has been returned, or moved back to a slot of your unit.",
            );
            return Err(not_there(&number, later));
        }
        let mut left = quantity;
        for (slot, there) in slots {
            // A hundred things lie in few slots: each is asked about once.
            if opened.insert(slot)
                && let Some(store) = placement::store_of(tx, slot).await?
            {
                placement::keeps_store(tx, me, &store).await?;
            }
            let taken = there.min(left);
            if taken > 0 {
                lines.push(HeldLine { item, quantity: taken, slot });
            }
            left = left.saturating_sub(taken);
        }
    }
    Ok(lines)
}
