//! Loads what the rules need to know about the items, offers, approvals, differences and errors that a batch touches.

use super::{
    Error, Tx, damaged,
    db::on,
    deliveries, handovers, holders, journal, keys,
    particulars::read_particulars,
    registered_places, roster,
    rows::{Column, Rows},
    rules,
};
use crate::{
    clock::Moment,
    id::{ApprovalId, CaseId, CountId, EntryId, HandoverId, ItemId, PersonId, UnitId},
    ledger::{
        Body, BoundLabel, Category, DifferenceClass, DutyAccount, HandoverPurpose, Measure, Mentions, Party,
        RosterPart, State, StockAccount,
        state::{
            ApprovalFacts, DescriptionFacts, DifferenceFacts, EntryFacts, ErrorFacts, ItemFacts, OfferFacts,
        },
        take_passage,
    },
};
use std::collections::BTreeSet;
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
    descriptions(tx, &mut state, mentions).await?;
    for handover in &mentions.offers {
        offer(tx, &mut state, *handover).await?;
    }
    for case in &mentions.ways {
        for passage in handovers::passages(tx, *case).await? {
            take_passage(&mut state.ways, passage);
        }
    }
    for approval in &mentions.approvals {
        approve(tx, &mut state, *approval).await?;
    }
    holders::load(tx, &mut state, mentions).await?;
    for difference in &mentions.differences {
        const SQL: &str = "select class, item, raised_seq, settled_seq is not null,
                brought_by from differences where id = $1";
        let row: Option<DifferenceRow> =
            on!(tx, conn => sqlx::query_as(SQL).bind(difference).fetch_optional(conn).await?);
        let Some((class, item, raised, settled, brought_by)) = row else { continue };
        let class = DifferenceClass::from_word(&class)
            .ok_or_else(|| damaged("difference", format!("class «{class}»")))?;
        let facts = DifferenceFacts { class, item, raised: raised.cast_unsigned(), brought_by, settled };
        state.differences.insert(*difference, facts);
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
    match mentions.roster {
        RosterPart::Nothing => (),
        RosterPart::Units => state.roster.units = roster::registered_units(tx).await?,
        RosterPart::All => state.roster = roster::load(tx).await?,
    }
    registered_places::load(tx, &mut state, mentions).await?;
    if mentions.rules {
        rules::facts(tx, &mut state).await?;
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

type DifferenceRow = (String, Option<ItemId>, i64, bool, Option<PersonId>);
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

#[derive(sqlx::FromRow)]
struct DescriptionRow {
    id: ItemId,
    name: String,
    category: Category,
    features: String,
    particulars: String,
    quantity: i64,
    counted_as: Option<String>,
    seal: Option<String>,
    label_code: Option<String>,
    label_copy: Option<i64>,
}

/// What is written of items, and which of them carry the labels that matter.
async fn descriptions(tx: &mut Tx, state: &mut State, mentions: &Mentions<'_>) -> Result<(), Error> {
    const WORDS: &str =
        "select id, name, category, features, particulars, quantity, counted_as, seal, label_code, label_copy from items
        where id in {rows}";
    const LABELS: &str = "select label_code, id from items where label_code in {rows}";
    let wanted: BTreeSet<ItemId> = mentions.described.union(&mentions.stated).copied().collect();
    if !wanted.is_empty() {
        let wanted = Rows::new(vec![Column::Ids(wanted.iter().map(|item| item.0).collect())]);
        let rows: Vec<DescriptionRow> = wanted.fetch(tx, WORDS).await?;
        for row in rows {
            let DescriptionRow { id, name, category, features, quantity, counted_as, .. } = row;
            let particulars = read_particulars(&row.particulars)?;
            let (seal, label_code, label_copy) = (row.seal, row.label_code, row.label_copy);
            let label = label_code.zip(label_copy).map(|(code, copy)| {
                let copy = u32::try_from(copy).map_err(|error| damaged("label", error))?;
                Ok::<BoundLabel, Error>(BoundLabel { code, copy })
            });
            let label = label.transpose()?;
            let facts =
                DescriptionFacts { name, category, features, particulars, quantity, counted_as, seal, label };
            state.descriptions.insert(id, facts);
        }
    }
    if !mentions.labels.is_empty() {
        let wanted = Rows::new(vec![Column::Texts(mentions.labels.iter().copied().collect())]);
        let rows: Vec<(String, ItemId)> = wanted.fetch(tx, LABELS).await?;
        state.labels.extend(rows);
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
    purpose: HandoverPurpose,
    from_unit: UnitId,
    from_case: CaseId,
    to_unit: UnitId,
    giver: Option<PersonId>,
    offer_digest: Option<String>,
    expires_at: Moment,
}

async fn offer(tx: &mut Tx, state: &mut State, handover: HandoverId) -> Result<(), Error> {
    const SQL: &str = "select state, purpose, from_unit, from_case, to_unit, giver, offer_digest, expires_at
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
    let (purpose, to_unit, expires_at) = (row.purpose, row.to_unit, row.expires_at);
    let facts = OfferFacts { from, to_unit, purpose, giver, digest, expires_at, items, open };
    state.offers.insert(handover, facts);
    Ok(())
}

/// An approval is what its entry says; the table beside the journal knows whether it was used.
async fn approve(tx: &mut Tx, state: &mut State, approval: ApprovalId) -> Result<(), Error> {
    const SQL: &str =
        "select j.entry, a.used_seq is not null from approvals a join journal j on j.seq = a.given_seq
        where a.id = $1";
    let row: Option<(Vec<u8>, bool)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(approval).fetch_optional(conn).await?);
    let Some((entry, used)) = row else { return Ok(()) };
    let draft = journal::recorded_draft(&entry)?.draft;
    let Body::Approve(given) = &draft.body else {
        return Err(damaged("approval", format!("{approval} was given by another kind of entry")));
    };
    state.approvals.insert(approval, ApprovalFacts { used, ..given.facts(draft.actor, draft.unit) });
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
    const SQL: &str =
        "select j.id, e.declaration, case when j.kind = 'count_statement' then j.entry end from journal j
        left join declared_errors e on e.wrong_seq = j.seq where j.seq = $1";
    const ITEMS: &str = "select item, max(lent) = 1, max(lost) = 1 from (
            select item, case when kind = 'on_loan' then 1 else 0 end as lent,
                case when kind = 'declared_loss' and change > 0 then 1 else 0 end as lost
            from postings where seq = $1
            union all select item, 0, 0 from description_corrections where seq = $1) touched group by item";
    let seq_sql = seq.cast_signed();
    let row: Option<(EntryId, Option<i64>, Option<Vec<u8>>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(seq_sql).fetch_optional(conn).await?);
    let Some((id, declaration, statement)) = row else { return Ok(()) };
    let stated = statement.map(|entry| journal::recorded_draft(&entry)).transpose()?;
    let count =
        matches!(stated.map(|it| it.draft.body), Some(Body::CountStatement(it)) if it.cancelled.is_none());
    let rows: Vec<(ItemId, bool, bool)> =
        on!(tx, conn => sqlx::query_as(ITEMS).bind(seq_sql).fetch_all(conn).await?);
    let items = rows.iter().map(|(item, ..)| *item).collect();
    let lent = rows.iter().filter(|(_, lent, _)| *lent).map(|(item, ..)| *item).collect();
    let lost = rows.iter().filter(|(.., lost)| *lost).map(|(item, ..)| *item).collect();
    let receipt = deliveries::receipt(tx, seq).await?;
    let facts = EntryFacts { id, items, lent, lost, declared_wrong: declaration.is_some(), count, receipt };
    state.entries.insert(seq, facts);
    Ok(())
}
