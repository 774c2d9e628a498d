//! What is out on loan: who has it, what for, until when, and where it may be taken back to.

use crate::{
    app::App,
    clock::Moment,
    custody::{Error, access, counter::placement},
    domain::{Names, Person, Role},
    id::{ItemId, PersonId, SlotId, StoreId},
    ledger::{Body, Mentions},
    store::{
        Tx, items, journal,
        loans::{self, LoanRow},
        names, places,
    },
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Some of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LoanItem {
    pub item: ItemId,
    pub number: String,
    pub name: String,
    /// `1 部`
    pub quantity: String,
}

/// Something that is out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Loan {
    #[serde(flatten)]
    pub item: LoanItem,
    pub borrower: PersonId,
    pub borrower_name: String,
    /// Who lent it.
    pub keeper: String,
    pub purpose: String,
    pub due_at: Moment,
    pub overdue: bool,
    /// The entry by which it went out.
    pub check_out: u64,
    pub may_take_back: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SlotChoice {
    pub id: SlotId,
    pub name: String,
    #[serde(skip)]
    pub store: StoreId,
}

/// What of an item is out.
pub async fn of_item(app: &App, me: &Person, item: ItemId) -> Result<Vec<Loan>, Error> {
    let mut tx = app.db.read().await?;
    access::see_item(&mut tx, me, item).await?;
    let out = loans::out_of(&mut tx, item).await?;
    lent(app, &mut tx, me, &out).await
}

/// What is out, in words, the earliest due first: purpose and time are those of the entry by which it went out.
pub(super) async fn lent(app: &App, tx: &mut Tx, me: &Person, out: &[LoanRow]) -> Result<Vec<Loan>, Error> {
    let mut mentions = Mentions::default();
    mentions.items.extend(out.iter().map(|it| it.item));
    mentions.persons.extend(out.iter().map(|it| it.borrower));
    mentions.units.extend(out.iter().map(|it| it.keeper));
    let names = names::names(tx, &mentions).await?;
    let mut terms: BTreeMap<i64, (String, Moment)> = BTreeMap::new();
    for seq in out.iter().map(|it| it.seq).collect::<BTreeSet<i64>>() {
        let entry = journal::entry(tx, seq.cast_unsigned()).await?;
        if let Some(Body::CheckOut(loan)) = entry.map(|entry| entry.draft.body) {
            terms.insert(seq, (loan.purpose, loan.due_at));
        }
    }
    let now = app.clock.now();
    let loans = out.iter().map(|it| {
        // A correction may have put it there; then nobody has said what for and until when.
        let (purpose, due_at) = terms.get(&it.seq).cloned().unwrap_or((String::new(), Moment(0)));
        Loan {
            item: loan_item(&names, it.item, it.quantity),
            borrower: it.borrower,
            borrower_name: names.person(it.borrower),
            keeper: names.unit(it.keeper),
            purpose,
            due_at,
            overdue: due_at <= now,
            check_out: it.seq.cast_unsigned(),
            may_take_back: me.is(Role::Custodian) && it.keeper == me.unit && it.borrower != me.id,
        }
    });
    let mut loans: Vec<Loan> = loans.collect();
    loans.sort_by(|one, other| (one.due_at, &one.item.number).cmp(&(other.due_at, &other.item.number)));
    Ok(loans)
}

/// The slots of the stores that the custodian may open.
pub(super) async fn slots(tx: &mut Tx, me: &Person) -> Result<Vec<SlotChoice>, Error> {
    let mut choices = Vec::new();
    for store in placement::own_stores(tx, me).await? {
        for slot in places::open_slots(tx, store.id).await? {
            choices.push(SlotChoice { id: slot.id, name: slot.full_name(), store: store.id });
        }
    }
    Ok(choices)
}

/// The slots in which things lie, each with its store's name, for whoever fetches them.
pub(in crate::custody) async fn fetched_from(
    tx: &mut Tx,
    wanted: impl Iterator<Item = ItemId>,
) -> Result<BTreeMap<ItemId, String>, Error> {
    let mut places: BTreeMap<ItemId, Vec<String>> = BTreeMap::new();
    for it in items::holdings(tx, &wanted.collect::<Vec<_>>()).await? {
        if let (Some(store), Some(slot)) = (it.store, it.slot) {
            places.entry(it.item).or_default().push(format!("{store} {slot}"));
        }
    }
    Ok(places.into_iter().map(|(item, places)| (item, places.join("；"))).collect())
}

pub(in crate::custody) fn loan_item(names: &Names, item: ItemId, quantity: i64) -> LoanItem {
    let known = names.items.get(&item);
    LoanItem {
        item,
        number: known.map_or_else(String::new, |it| it.number.clone()),
        name: known.map_or_else(String::new, |it| it.name.clone()),
        quantity: known.map_or_else(String::new, |it| it.measure.text(quantity, it.counted_as.as_deref())),
    }
}
