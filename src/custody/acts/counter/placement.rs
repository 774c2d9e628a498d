//! What may lie where, and what a custodian may take out of one store and put into another. Asked here for scans, for lists of
//! moves and for receipts alike.

use crate::{
    app::App,
    custody::{Conflict, Error, Forbidden, Thing},
    domain::{Person, Slot, SlotContents, Store},
    id::SlotId,
    language::Language,
    ledger::Category,
    store::{
        Tx,
        places::{self, Keepers},
    },
};
use std::collections::BTreeSet;

/// Out of a store that the custodian's unit keeps into another of them, where such a thing may lie, both of them theirs to keep.
/// What lies in somebody else's store is not there for them.
pub(in crate::custody) fn may_move(
    app: &App,
    me: &Person,
    category: Category,
    keepers: &Keepers,
    (from, to): (Option<&Store>, Option<&Store>),
) -> Result<(), Error> {
    let own = |store: Option<&Store>| store.is_some_and(|store| store.unit == me.unit);
    let from = from.filter(|_| own(from)).ok_or(Error::NotFound(Thing::Item))?;
    let to = to.filter(|_| own(to)).ok_or(Error::NotFound(Thing::Slot))?;
    keeps(me, from, keepers)?;
    keeps(me, to, keepers)?;
    may_lie(app, category, to)
}

/// A vault, a cold store and a lot with keepers of its own is opened by them alone; other stores, by every custodian of the unit.
pub(in crate::custody) fn keeps(me: &Person, store: &Store, keepers: &Keepers) -> Result<(), Error> {
    let keepers = keepers.get(&store.id).map_or(&[][..], Vec::as_slice);
    if !store.kind.has_own_keepers() || keepers.is_empty() || keepers.iter().any(|it| it.person == me.id) {
        return Ok(());
    }
    let names: Vec<&str> = keepers.iter().map(|it| it.name.as_str()).collect();
    Err(Forbidden::new(
        "not_the_stores_keeper",
        (
            &format!("{}由{}保管，没有记账。", store.name, names.join("、")),
            &format!("{} is kept by {}; nothing was recorded.", store.name, names.join(", ")),
        ),
        ("请由其中一人办理。", "One of them must do it."),
    ))
}

/// The same of one store, as its keepers are known now.
pub(in crate::custody) async fn keeps_store(tx: &mut Tx, me: &Person, store: &Store) -> Result<(), Error> {
    let keepers = places::keepers_of(tx, &BTreeSet::from([store.id])).await?;
    keeps(me, store, &keepers)
}

/// The open stores of the custodian's unit that this custodian may open: no other is proposed.
pub(in crate::custody) async fn own_stores(tx: &mut Tx, me: &Person) -> Result<Vec<Store>, Error> {
    let mut stores = places::open_stores(tx).await?;
    stores.retain(|store| store.unit == me.unit);
    let keepers = places::keepers_of(tx, &stores.iter().map(|store| store.id).collect()).await?;
    stores.retain(|store| keeps(me, store, &keepers).is_ok());
    Ok(stores)
}

/// Refuses a kind of thing that the rules keep out of this kind of store.
pub(in crate::custody) fn may_lie(app: &App, category: Category, store: &Store) -> Result<(), Error> {
    let rules = app.rules();
    let Some(rule) = rules.keeps_out(category, store.kind, app.clock.now()) else { return Ok(()) };
    let (zh, en) = (category.text(Language::Zh), category.word());
    let law = &rule.citation;
    Err(Conflict::new(
        "wrong_store",
        (
            &format!("{zh}不能放在{}（{law}）。", store.name),
            &format!("Things of the kind «{en}» may not lie in {} ({law}).", store.name),
        ),
        (
            "请放入规定的库，再扫那里的库位。",
            "Put it into a store that may hold it, and scan its slot there.",
        ),
    ))
}

/// The slot, if its store is kept by the custodian's unit and the rules let this kind of thing lie there.
pub(in crate::custody) async fn may_lie_in(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    category: Category,
    slot: SlotId,
) -> Result<(Slot, Store), Error> {
    let slot = places::slot(tx, slot).await?.ok_or(Error::NotFound(Thing::Slot))?;
    let store = places::store(tx, slot.store).await?.ok_or(Error::NotFound(Thing::Slot))?;
    if store.unit != me.unit {
        return Err(Error::NotFound(Thing::Slot));
    }
    keeps_store(tx, me, &store).await?;
    may_lie(app, category, &store)?;
    room_in(app, tx, category, slot.id).await?;
    Ok((slot, store))
}

/// Refuses a slot that is full, and one where something lies that the rules keep away from this kind of thing.
pub(in crate::custody) fn has_room(app: &App, category: Category, there: &SlotContents) -> Result<(), Error> {
    if there.is_full() {
        let (items, capacity) = (there.items, there.capacity);
        return Err(Conflict::new(
            "slot_full",
            (
                &format!("这个库位已满（{items} 件，容量 {capacity} 件），没有放入。"),
                &format!("This slot is full ({items} of {capacity} things); nothing was put there."),
            ),
            ("请放入有空的库位。", "Use a slot that has room."),
        ));
    }
    let rules = app.rules();
    let now = app.clock.now();
    let clash = there.categories.iter().find_map(|it| Some((*it, rules.keeps_apart(category, *it, now)?)));
    let Some((other, rule)) = clash else { return Ok(()) };
    let text = |language| (category.text(language), other.text(language));
    let ((zh, other_zh), (en, other_en), law) = (text(Language::Zh), text(Language::En), &rule.citation);
    Err(Conflict::new(
        "not_beside_this",
        (
            &format!("{zh}不能与{other_zh}放在同一库位（{law}），没有放入。"),
            &format!("“{en}” may not lie beside “{other_en}” ({law}); nothing was put there."),
        ),
        ("请放入空的库位，或只放同类财物的库位。", "Use an empty slot, or one with things of the same kind."),
    ))
}

/// The same of one slot, as it is now.
pub(in crate::custody) async fn room_in(
    app: &App,
    tx: &mut Tx,
    category: Category,
    slot: SlotId,
) -> Result<(), Error> {
    let contents = places::contents(tx, &BTreeSet::from([slot])).await?;
    contents.get(&slot).map_or(Ok(()), |there| has_room(app, category, there))
}

/// The store that a slot is of.
pub(in crate::custody) async fn store_of(tx: &mut Tx, slot: SlotId) -> Result<Option<Store>, Error> {
    match places::slot(tx, slot).await? {
        Some(slot) => Ok(places::store(tx, slot.store).await?),
        None => Ok(None),
    }
}
