//! Loads what the rules need to know about the items, offers, approvals, differences and errors that a batch touches.

use super::{
    Error, Tx, damaged,
    db::on,
    keys,
    rows::{Column, Rows},
};
use crate::{
    clock::Moment,
    id::{
        AgencyId, ApprovalId, CaseId, CountId, EntryId, HandoverId, ItemId, PersonId, SlotId, StoreId, UnitId,
    },
    ledger::{
        ApprovedLine, Body, DutyAccount, Entry, Holders, Measure, Mentions, Party, State, StockAccount,
        state::{ApprovalFacts, EntryFacts, ErrorFacts, ItemFacts, OfferFacts},
    },
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The part of the ledger that these bodies name.
pub async fn load(tx: &mut Tx, mentions: &Mentions<'_>) -> Result<State, Error> {
    let mut state = State::default();
    let mut entries = mentions.entries.clone();
    errors(tx, &mut state, &mentions.entries, &mut entries).await?;
    for seq in entries {
        entry(tx, &mut state, seq).await?;
    }
    items(tx, &mut state, &mentions.items).await?;
    for handover in &mentions.offers {
        offer(tx, &mut state, *handover).await?;
    }
    for approval in &mentions.approvals {
        approve(tx, &mut state, *approval).await?;
    }
    holders(tx, &mut state, mentions).await?;
    for difference in &mentions.differences {
        const SQL: &str = "select settled_seq is not null from differences where id = $1";
        let settled: Option<bool> =
            on!(tx, conn => sqlx::query_scalar(SQL).bind(difference).fetch_optional(conn).await?);
        state.differences.extend(settled.map(|settled| (*difference, settled)));
    }
    for count in &mentions.counts {
        const SQL: &str = "select id from counts where id = $1 and statement_seq is not null";
        let stated: Option<CountId> =
            on!(tx, conn => sqlx::query_scalar(SQL).bind(count).fetch_optional(conn).await?);
        state.counts.extend(stated);
    }
    if mentions.keys {
        keys::facts(tx, &mut state).await?;
    }
    Ok(state)
}

#[derive(sqlx::FromRow)]
struct ItemRow {
    id: ItemId,
    number: String,
    measure: String,
    currency: Option<String>,
    seized_by: PersonId,
    parent: Option<ItemId>,
    on_offer: Option<HandoverId>,
}

type StockRow = (ItemId, String, Uuid, i64);
type DutyRow = (ItemId, String, UnitId, CaseId, i64);

async fn items(tx: &mut Tx, state: &mut State, items: &BTreeSet<ItemId>) -> Result<(), Error> {
    const ITEMS: &str =
        "select id, number, measure, currency, seized_by, parent, on_offer from items where id in {rows}";
    const STOCK: &str = "select item, kind, place, quantity from stock_balances where item in {rows}";
    const DUTY: &str = "select item, kind, unit, case_id, quantity from duty_balances where item in {rows}";
    let wanted = Rows::new(vec![Column::Ids(items.iter().map(|item| item.0).collect())]);
    let rows: Vec<ItemRow> = wanted.fetch(tx, ITEMS).await?;
    for row in rows {
        let measure = Measure::from_word(&row.measure, row.currency.as_deref())
            .ok_or_else(|| damaged("item", format!("{} is measured in «{}»", row.number, row.measure)))?;
        let ItemRow { id, number, seized_by, parent, on_offer, .. } = row;
        state.items.insert(id, ItemFacts { number, measure, seized_by, parent, on_offer });
    }
    let rows: Vec<StockRow> = wanted.fetch(tx, STOCK).await?;
    for (item, kind, place, quantity) in rows {
        state.stock.insert((item, stock_account(&kind, place)?), quantity);
    }
    let rows: Vec<DutyRow> = wanted.fetch(tx, DUTY).await?;
    for (item, kind, unit, case, quantity) in rows {
        state.duty.insert((item, duty_account(&kind, unit, case)?), quantity);
    }
    Ok(())
}

/// The stored parts of a stock account, put together.
pub fn stock_account(kind: &str, place: Uuid) -> Result<StockAccount, Error> {
    StockAccount::from_parts(kind, place).ok_or_else(|| damaged("stock balance", format!("account «{kind}»")))
}

/// The stored parts of a duty account, put together.
pub fn duty_account(kind: &str, unit: UnitId, case: CaseId) -> Result<DutyAccount, Error> {
    match kind {
        "none" => Ok(DutyAccount::None),
        "party" => Ok(DutyAccount::Party(Party { unit, case })),
        "closed" => Ok(DutyAccount::Closed),
        _ => Err(damaged("duty balance", format!("account «{kind}»"))),
    }
}

#[derive(sqlx::FromRow)]
struct OfferRow {
    state: String,
    from_unit: UnitId,
    from_case: CaseId,
    to_unit: UnitId,
    giver: Option<PersonId>,
    offer_digest: Option<String>,
    expires_at: Moment,
}

async fn offer(tx: &mut Tx, state: &mut State, handover: HandoverId) -> Result<(), Error> {
    const SQL: &str = "select state, from_unit, from_case, to_unit, giver, offer_digest, expires_at
        from handovers where id = $1 and state <> 'draft'";
    const LINES: &str = "select item from handover_lines where handover = $1 order by line";
    let row: Option<OfferRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(handover).fetch_optional(conn).await?);
    let Some(row) = row else { return Ok(()) };
    let items = on!(tx, conn => sqlx::query_scalar(LINES).bind(handover).fetch_all(conn).await?);
    let (Some(giver), Some(digest)) = (row.giver, row.offer_digest) else {
        return Err(damaged("handover", format!("{handover} is offered without a signature")));
    };
    let from = Party { unit: row.from_unit, case: row.from_case };
    let open = row.state == "offered";
    let facts =
        OfferFacts { from, to_unit: row.to_unit, giver, digest, expires_at: row.expires_at, items, open };
    state.offers.insert(handover, facts);
    Ok(())
}

#[derive(sqlx::FromRow)]
struct ApprovalRow {
    act: String,
    approver: PersonId,
    requester: PersonId,
    expires_at: Moment,
    used_seq: Option<i64>,
    unit: UnitId,
    entry: Vec<u8>,
}

async fn approve(tx: &mut Tx, state: &mut State, approval: ApprovalId) -> Result<(), Error> {
    const SQL: &str = "select a.act, a.approver, a.requester, a.expires_at, a.used_seq, j.unit, j.entry
        from approvals a join journal j on j.seq = a.given_seq where a.id = $1";
    const LINES: &str = "select item, quantity from approval_lines where approval = $1 order by item";
    let row: Option<ApprovalRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(approval).fetch_optional(conn).await?);
    let Some(row) = row else { return Ok(()) };
    let Body::Approve(approve) =
        Entry::from_canonical_bytes(&row.entry).map_err(|error| damaged("approval", error))?.draft.body
    else {
        return Err(damaged("approval", format!("{approval} was given by another kind of entry")));
    };
    let lines: Vec<(ItemId, i64)> =
        on!(tx, conn => sqlx::query_as(LINES).bind(approval).fetch_all(conn).await?);
    let act = serde_json::from_value(row.act.into()).map_err(|error| damaged("approval", error))?;
    let facts = ApprovalFacts {
        act,
        approver: row.approver,
        unit: row.unit,
        requester: row.requester,
        expires_at: row.expires_at,
        lines: lines.into_iter().map(|(item, quantity)| ApprovedLine { item, quantity }).collect(),
        correction: approve.correction,
        used: row.used_seq.is_some(),
    };
    state.approvals.insert(approval, facts);
    Ok(())
}

/// Who holds what, of everything there is.
pub async fn all_holders(tx: &mut Tx) -> Result<Holders, Error> {
    const SLOTS: &str = "select s.id, t.unit from slots s join stores t on t.id = s.store";
    const STORES: &str = "select id, unit from stores";
    const PERSONS: &str = "select id, unit from persons";
    let mut holders = Holders::default();
    let slots: Vec<(SlotId, UnitId)> = on!(tx, conn => sqlx::query_as(SLOTS).fetch_all(conn).await?);
    let stores: Vec<(StoreId, UnitId)> = on!(tx, conn => sqlx::query_as(STORES).fetch_all(conn).await?);
    let persons: Vec<(PersonId, UnitId)> = on!(tx, conn => sqlx::query_as(PERSONS).fetch_all(conn).await?);
    holders.units.extend(slots.into_iter().map(|(slot, unit)| (StockAccount::Slot(slot), unit)));
    holders.units.extend(persons.into_iter().map(|(person, unit)| (StockAccount::OnLoan(person), unit)));
    for (store, unit) in stores {
        holders.units.extend(of_store(store).map(|account| (account, unit)));
    }
    holders.agencies = agencies(tx).await?;
    Ok(holders)
}

/// The accounts of a store beside its slots.
fn of_store(store: StoreId) -> [StockAccount; 2] {
    [StockAccount::InTransit(store), StockAccount::Bank(store)]
}

async fn agencies(tx: &mut Tx) -> Result<BTreeMap<UnitId, AgencyId>, Error> {
    const UNITS: &str = "select id, agency from units";
    let units: Vec<(UnitId, AgencyId)> = on!(tx, conn => sqlx::query_as(UNITS).fetch_all(conn).await?);
    Ok(units.into_iter().collect())
}

/// Who keeps the slots and stores that are named, whom the borrowers work for, and who lent them what they have.
async fn holders(tx: &mut Tx, state: &mut State, mentions: &Mentions<'_>) -> Result<(), Error> {
    const SLOTS: &str =
        "select s.id, t.unit from slots s join stores t on t.id = s.store where s.id in {rows}";
    const STORES: &str = "select id, unit from stores where id in {rows}";
    const PERSONS: &str = "select id, unit from persons where id in {rows}";
    async fn of<I: Copy>(
        tx: &mut Tx,
        sql: &'static str,
        ids: impl Iterator<Item = I>,
        id: fn(I) -> Uuid,
    ) -> Result<Vec<(Uuid, UnitId)>, Error> {
        let ids: Vec<Uuid> = ids.map(id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        Rows::new(vec![Column::Ids(ids)]).fetch(tx, sql).await
    }
    let on_loan: BTreeSet<(ItemId, PersonId)> = state
        .stock
        .keys()
        .filter_map(|(item, account)| match account {
            StockAccount::OnLoan(borrower) => Some((*item, *borrower)),
            _ => None,
        })
        .collect();
    let borrowers = mentions.borrowers.iter().chain(on_loan.iter().map(|(_, borrower)| borrower));
    let slots = of(tx, SLOTS, mentions.slots.iter().copied(), |slot| slot.0).await?;
    let stores = of(tx, STORES, mentions.stores.iter().copied(), |store| store.0).await?;
    let persons = of(tx, PERSONS, borrowers.copied(), |person| person.0).await?;
    let units = &mut state.holders.units;
    units.extend(slots.into_iter().map(|(slot, unit)| (StockAccount::Slot(slot.into()), unit)));
    units.extend(persons.into_iter().map(|(person, unit)| (StockAccount::OnLoan(person.into()), unit)));
    for (store, unit) in stores {
        units.extend(of_store(store.into()).map(|account| (account, unit)));
    }
    if !mentions.approvals.is_empty() {
        state.holders.agencies = agencies(tx).await?;
    }
    for (item, borrower) in on_loan {
        const LENDER: &str = "select j.unit from journal j where j.seq = (select max(p.seq) from postings p
            where p.item = $1 and p.kind = 'on_loan' and p.place = $2 and p.change > 0)";
        let lender: Option<UnitId> = on!(tx, conn => sqlx::query_scalar(LENDER)
            .bind(item)
            .bind(borrower)
            .fetch_optional(conn)
            .await?);
        state.lenders.extend(lender.map(|lender| ((item, borrower), lender)));
    }
    Ok(())
}

/// Declarations among these entry numbers; the entries they call wrong are needed too.
async fn errors(
    tx: &mut Tx,
    state: &mut State,
    declarations: &BTreeSet<u64>,
    entries: &mut BTreeSet<u64>,
) -> Result<(), Error> {
    for declaration in declarations {
        const SQL: &str = "select wrong_seq, corrected from declared_errors where declaration = $1";
        let row: Option<(i64, Option<i64>)> =
            on!(tx, conn => sqlx::query_as(SQL).bind(declaration.cast_signed()).fetch_optional(conn).await?);
        if let Some((wrong_seq, corrected)) = row {
            let wrong_seq = wrong_seq.cast_unsigned();
            state.errors.insert(*declaration, ErrorFacts { wrong_seq, corrected: corrected.is_some() });
            entries.insert(wrong_seq);
        }
    }
    Ok(())
}

async fn entry(tx: &mut Tx, state: &mut State, seq: u64) -> Result<(), Error> {
    const SQL: &str = "select j.id, e.declaration from journal j
        left join declared_errors e on e.wrong_seq = j.seq where j.seq = $1";
    const ITEMS: &str = "select distinct item from postings where seq = $1";
    let seq_sql = seq.cast_signed();
    let row: Option<(EntryId, Option<i64>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(seq_sql).fetch_optional(conn).await?);
    let Some((id, declaration)) = row else { return Ok(()) };
    let items: Vec<ItemId> = on!(tx, conn => sqlx::query_scalar(ITEMS).bind(seq_sql).fetch_all(conn).await?);
    let facts = EntryFacts { id, items: items.into_iter().collect(), declared_wrong: declaration.is_some() };
    state.entries.insert(seq, facts);
    Ok(())
}
