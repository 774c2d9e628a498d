//! Where things may lie, as the rules ask it: from the tables that follow from the entries, which verification derives again.

use super::{
    Error, Tx, damaged,
    db::on,
    roster::{entries_of, last_basis, standing},
    rows::{Column, Rows},
};
use crate::{
    id::{CaseId, ItemId, SlotId, StoreId, UnitId},
    ledger::{
        Basis, Body, DutyAccount, Mentions, Party, Places, RecordedDraft, RegisterSlots, RegisterStore,
        RegisteredSlot, State, StockAccount, StoreKind,
        places::{SlotFacts, StoreFacts},
    },
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The kinds of entry about it, as the index `journal_of_places` has them, word for word.
pub(super) const KINDS: &str = "('register_store', 'register_slots')";

const SLOTS: &str = "select id, store, zone, name, code, capacity, closed from slots";

type SlotRow = (SlotId, StoreId, String, String, String, i64, bool);

/// What the rules ask of the stores that are registered: every store, the slots of these and whoever has one of the codes, what
/// lies there, and whether anything ever did.
pub(super) async fn load(tx: &mut Tx, state: &mut State, mentions: &Mentions<'_>) -> Result<(), Error> {
    answered_for(tx, state, mentions).await?;
    if mentions.registered_stores.is_empty() && mentions.closed_units.is_empty() {
        return Ok(());
    }
    // Before the first entry about it nothing is registered, whatever the tables hold.
    let Some(basis) = last_basis(tx, KINDS).await? else { return Ok(()) };
    let begun = basis == Basis::Act;
    let wanted: Vec<Uuid> = mentions.registered_stores.iter().map(|store| store.0).collect();
    let mut places = Places { stores: stores(tx).await?, begun, ..Places::default() };
    let codes: Vec<&str> = mentions.slot_codes.iter().copied().collect();
    let named: Vec<Uuid> = mentions.slots.iter().map(|slot| slot.0).collect();
    places.slots.extend(slots_by(tx, "store", Column::Ids(wanted.clone())).await?);
    if !codes.is_empty() {
        places.slots.extend(slots_by(tx, "code", Column::Texts(codes)).await?);
    }
    if !named.is_empty() {
        places.slots.extend(slots_by(tx, "id", Column::Ids(named.clone())).await?);
    }
    lying(tx, state, &wanted, &named).await?;
    used(tx, &mut places, &wanted).await?;
    state.places = places;
    Ok(())
}

/// Some of what the units answer for and owe, which says that they do: one thing more than the batch names, since each that it names
/// may be handed over in it.
async fn answered_for(tx: &mut Tx, state: &mut State, mentions: &Mentions<'_>) -> Result<(), Error> {
    const DUTY: &str = "select item, case_id, quantity from duty_balances
        where unit = $1 and kind = 'party' and quantity > 0 limit $2";
    const OWED: &str = "select item, quantity from stock_balances
        where kind = 'owed' and place = $1 and quantity > 0 limit $2";
    let most = i64::try_from(mentions.items.len()).unwrap_or(i64::MAX).saturating_add(1);
    for unit in &mentions.closed_units {
        let duty: Vec<(ItemId, CaseId, i64)> =
            on!(tx, conn => sqlx::query_as(DUTY).bind(unit).bind(most).fetch_all(conn).await?);
        for (item, case, quantity) in duty {
            state.duty.entry((item, DutyAccount::Party(Party { unit: *unit, case }))).or_insert(quantity);
        }
        let owed: Vec<(ItemId, i64)> =
            on!(tx, conn => sqlx::query_as(OWED).bind(unit).bind(most).fetch_all(conn).await?);
        for (item, quantity) in owed {
            state.stock.entry((item, StockAccount::Owed(*unit))).or_insert(quantity);
        }
    }
    Ok(())
}

/// The slots that have one of these values in a column.
async fn slots_by(
    tx: &mut Tx,
    column: &'static str,
    values: Column<'_>,
) -> Result<Vec<(SlotId, SlotFacts)>, Error> {
    let sql = format!("{SLOTS} where {column} in {{rows}}");
    let rows: Vec<SlotRow> = Rows::new(vec![values]).fetch(tx, &sql).await?;
    Ok(rows.into_iter().map(slot_facts).collect())
}

/// What lies in the slots of the stores, is on its way to them, or with their bank; and in the slots that are named, whosever they are.
async fn lying(tx: &mut Tx, state: &mut State, stores: &[Uuid], slots: &[Uuid]) -> Result<(), Error> {
    const IN_THESE: &str = "select item, kind, place, quantity from stock_balances
        where kind = 'slot' and place in {rows}";
    const IN_SLOTS: &str = "select b.item, b.kind, b.place, b.quantity from stock_balances b
        where b.kind = 'slot' and b.place in (select s.id from slots s where s.store in {rows})";
    const OF_STORES: &str = "select item, kind, place, quantity from stock_balances
        where kind in ('in_transit', 'bank') and place in {rows}";
    for (sql, ids) in [(IN_SLOTS, stores), (OF_STORES, stores), (IN_THESE, slots)] {
        if ids.is_empty() {
            continue;
        }
        let wanted = Rows::new(vec![Column::Ids(ids.to_vec())]);
        let rows: Vec<(ItemId, String, Uuid, i64)> = wanted.fetch(tx, sql).await?;
        for (item, kind, place, quantity) in rows {
            state.stock.insert((item, account(&kind, place)?), quantity);
        }
    }
    Ok(())
}

fn account(kind: &str, place: Uuid) -> Result<StockAccount, Error> {
    StockAccount::from_parts(kind, place).ok_or_else(|| damaged("stock balance", format!("account «{kind}»")))
}

async fn used(tx: &mut Tx, places: &mut Places, stores: &[Uuid]) -> Result<(), Error> {
    const SLOTS: &str = "select 'slot', s.id from slots s where s.store in {rows}
        and exists (select 1 from postings p where p.kind = 'slot' and p.place = s.id)";
    const STORES: &str = "select distinct p.kind, p.place from postings p
        where p.kind in ('in_transit', 'bank') and p.place in {rows}";
    let wanted = Rows::new(vec![Column::Ids(stores.to_vec())]);
    for sql in [SLOTS, STORES] {
        let rows: Vec<(String, Uuid)> = wanted.fetch(tx, sql).await?;
        for (kind, place) in rows {
            places.used.insert(account(&kind, place)?);
        }
    }
    Ok(())
}

/// Every store.
pub async fn stores(tx: &mut Tx) -> Result<BTreeMap<StoreId, StoreFacts>, Error> {
    const SQL: &str = "select id, kind, name, unit, closed from stores";
    let rows: Vec<(StoreId, StoreKind, String, UnitId, bool)> =
        on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?);
    let facts = |(store, kind, name, unit, closed)| {
        (store, StoreFacts { kind, name, unit, standing: standing(closed) })
    };
    Ok(rows.into_iter().map(facts).collect())
}

fn slot_facts((slot, store, zone, name, code, capacity, closed): SlotRow) -> (SlotId, SlotFacts) {
    (slot, SlotFacts { store, zone, name, code, capacity, standing: standing(closed) })
}

/// Every store with its slots, as an administrator changes them.
pub async fn all(tx: &mut Tx) -> Result<Places, Error> {
    let rows: Vec<SlotRow> = on!(tx, conn => sqlx::query_as(SLOTS).fetch_all(conn).await?);
    let slots = rows.into_iter().map(slot_facts).collect();
    Ok(Places { stores: stores(tx).await?, slots, ..Places::default() })
}

/// The entries about it, newest first.
pub async fn entries(tx: &mut Tx) -> Result<Vec<RecordedDraft>, Error> {
    entries_of(tx, KINDS).await
}

/// What was there before there were entries about it, as entries that take it over; nothing where there are such entries already.
pub async fn unrecorded(tx: &mut Tx) -> Result<Vec<Body>, Error> {
    if last_basis(tx, KINDS).await?.is_some() {
        return Ok(Vec::new());
    }
    let Places { stores, slots, .. } = all(tx).await?;
    let mut of_store: BTreeMap<StoreId, Vec<RegisteredSlot>> = BTreeMap::new();
    for (slot, facts) in slots {
        of_store.entry(facts.store).or_default().push(RegisteredSlot::of(slot, facts));
    }
    let basis = Basis::TakenOver;
    let stores = stores
        .into_iter()
        .map(|(store, facts)| Body::RegisterStore(RegisterStore::of(store, facts, String::new(), basis)));
    let slots = of_store.into_iter().flat_map(|(store, mut slots)| {
        slots.sort_by(|a, b| (&a.zone, &a.name).cmp(&(&b.zone, &b.name)));
        RegisterSlots::entries(store, &slots, basis)
    });
    Ok(stores.chain(slots).collect())
}
