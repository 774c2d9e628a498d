//! Who holds the accounts of the books: who keeps slots and stores, whom borrowers work for, and which agency a unit is of.

use super::{
    Error, Tx,
    db::on,
    journal, loans,
    rows::{Column, Rows},
};
use crate::{
    id::{AgencyId, ItemId, UnitId},
    ledger::{Body, Holders, Mentions, State, StockAccount},
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const SLOTS: &str =
    "select k.id, t.unit, (k.closed or t.closed) as closed from slots k join stores t on t.id = k.store";
const STORES: &str = "select k.id, k.unit, k.closed from stores k";
const PERSONS: &str = "select k.id, k.unit, false from persons k";

/// Of everything there is.
async fn all(tx: &mut Tx) -> Result<Holders, Error> {
    let (units, closed) = units(tx, [None, None, None]).await?;
    Ok(Holders { units, agencies: agencies(tx).await?, closed })
}

/// Of everything, before the first entry: whoever has been moved since is where they were first said to be. As the entries are lived
/// through, they move, and places are closed.
pub async fn first(tx: &mut Tx) -> Result<Holders, Error> {
    const SQL: &str = "select entry from journal where kind = 'appoint' order by seq desc";
    let mut holders = Holders { closed: BTreeSet::new(), ..all(tx).await? };
    let entries: Vec<Vec<u8>> = on!(tx, conn => sqlx::query_scalar(SQL).fetch_all(conn).await?);
    for bytes in entries {
        // An entry that cannot be read is named where it is lived through.
        if let Ok(recorded) = journal::recorded_draft(&bytes)
            && let Body::Appoint(it) = recorded.draft.body
        {
            holders.units.insert(StockAccount::OnLoan(it.person), it.unit);
        }
    }
    Ok(holders)
}

/// Who keeps the slots and stores that are named, whom the borrowers work for, and who lent them what they have.
pub async fn load(tx: &mut Tx, state: &mut State, mentions: &Mentions<'_>) -> Result<(), Error> {
    let on_loan: BTreeSet<ItemId> = state
        .stock
        .keys()
        .filter(|(_, account)| matches!(account, StockAccount::OnLoan(_)))
        .map(|(item, _)| *item)
        .collect();
    let mut borrowers: BTreeSet<Uuid> = mentions.borrowers.iter().map(|person| person.0).collect();
    for item in on_loan {
        for loan in loans::out_of(tx, item).await? {
            borrowers.insert(loan.borrower.0);
            state.lenders.insert((item, loan.borrower), loan.keeper);
        }
    }
    // Of what is written anew, whoever holds any of it is asked.
    let mut places =
        Mentions { slots: mentions.slots.clone(), stores: mentions.stores.clone(), ..Mentions::default() };
    for (_, account) in state.stock.keys().filter(|(item, _)| mentions.described.contains(item)) {
        places.stock(account);
    }
    let slots = places.slots.iter().map(|slot| slot.0).collect();
    let stores = places.stores.iter().map(|store| store.0).collect();
    let persons = borrowers.into_iter().collect();
    (state.holders.units, state.holders.closed) = units(tx, [slots, stores, persons].map(Some)).await?;
    if !(mentions.approvals.is_empty() && mentions.ways.is_empty()) {
        state.holders.agencies = agencies(tx).await?;
    }
    Ok(())
}

/// The units of slots, stores and borrowers, and which of them are closed: of these, or of all.
async fn units(
    tx: &mut Tx,
    [slots, stores, persons]: [Option<Vec<Uuid>>; 3],
) -> Result<(BTreeMap<StockAccount, UnitId>, BTreeSet<StockAccount>), Error> {
    let (mut units, mut closed) = (BTreeMap::new(), BTreeSet::new());
    for (slot, unit, shut) in kept(tx, SLOTS, slots).await? {
        let account = StockAccount::Slot(slot.into());
        units.insert(account, unit);
        closed.extend(shut.then_some(account));
    }
    for (store, unit, shut) in kept(tx, STORES, stores).await? {
        for account in [StockAccount::InTransit(store.into()), StockAccount::Bank(store.into())] {
            units.insert(account, unit);
            closed.extend(shut.then_some(account));
        }
    }
    for (person, unit, _) in kept(tx, PERSONS, persons).await? {
        units.insert(StockAccount::OnLoan(person.into()), unit);
    }
    Ok((units, closed))
}

async fn kept(
    tx: &mut Tx,
    sql: &'static str,
    wanted: Option<Vec<Uuid>>,
) -> Result<Vec<(Uuid, UnitId, bool)>, Error> {
    match wanted {
        None => Ok(on!(tx, conn => sqlx::query_as(sql).fetch_all(conn).await?)),
        Some(ids) if ids.is_empty() => Ok(Vec::new()),
        Some(ids) => {
            Rows::new(vec![Column::Ids(ids)]).fetch(tx, &format!("{sql} where k.id in {{rows}}")).await
        }
    }
}

pub(super) async fn agencies(tx: &mut Tx) -> Result<BTreeMap<UnitId, AgencyId>, Error> {
    const UNITS: &str = "select id, agency from units";
    let units: Vec<(UnitId, AgencyId)> = on!(tx, conn => sqlx::query_as(UNITS).fetch_all(conn).await?);
    Ok(units.into_iter().collect())
}
