//! What a request for a loan and one for a disposal have in common: whole things that lie in slots, an approver's no with its reason,
//! and the slots out of which a custodian takes what was approved.

use crate::custody::{Conflict, Error, Invalid, Thing, access, counter::placement, texts};
use crate::{
    domain::{Person, Role, Viewer},
    id::{AgencyId, ItemId, SlotId, UnitId},
    ledger::{ApprovedLine, HeldLine, Mentions, Refusal, RefusalReason, StockAccount},
    store::{
        Tx, facts, items,
        loans::{self, Requests},
    },
};

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

/// Whether a request of this unit and its agency about these lines is theirs to see: the unit that asks, its approvers, whoever keeps the
/// things, and those who see all.
pub(in crate::custody) async fn is_seen(
    tx: &mut Tx,
    me: &Person,
    (unit, agency): (UnitId, AgencyId),
    lines: &[(ItemId, i64)],
) -> Result<bool, Error> {
    if Viewer::of(me).sees_work_of(unit) || approves(me, agency) {
        return Ok(true);
    }
    if me.is(Role::Custodian) {
        for (item, _) in lines {
            if access::sees_item(tx, me, *item).await? {
                return Ok(true);
            }
        }
    }
    Ok(false)
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

/// Out of which of the unit's slots these quantities are taken, of stores that this person may open.
pub(in crate::custody) async fn taken_from(
    tx: &mut Tx,
    me: &Person,
    approved: Vec<(ItemId, i64)>,
) -> Result<Vec<HeldLine>, Error> {
    let mut lines = Vec::new();
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
            if let Some(store) = placement::store_of(tx, slot).await? {
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
