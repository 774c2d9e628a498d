//! Drafts of offers: what a giver puts together before it is signed. Nothing of it is promised, and all of it can be thrown away.

use super::{
    Error, Tx, damaged,
    db::on,
    rows::{Column, Rows},
};
use crate::{
    clock::Moment,
    id::{CaseId, HandoverId, ItemId, PersonId, UnitId},
    ledger::{HandoverPurpose, Measure, OfferTold, Suggestion, part_received},
};
use serde::Serialize;

/// A case of the unit with things to hand over: its number, name and how many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct GivableCase {
    pub id: CaseId,
    pub number: String,
    pub name: String,
    pub stage: String,
    pub items: i64,
}

/// The unit's cases for which it answers for open items that are not on offer.
pub async fn givable_cases(tx: &mut Tx, unit: UnitId) -> Result<Vec<GivableCase>, Error> {
    const SQL: &str = "select c.id, c.number, c.name, c.stage, count(*) as items
        from duty_balances d join items i on i.id = d.item join cases c on c.id = d.case_id
        where d.kind = 'party' and d.unit = $1 and d.quantity > 0 and i.on_offer is null and i.open_quantity > 0
        group by c.id, c.number, c.name, c.stage order by c.number";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(unit).fetch_all(conn).await?))
}

/// Keeps a new draft with these items as its lines.
pub async fn add_draft(tx: &mut Tx, draft: &NewDraft, items: &[&Givable]) -> Result<(), Error> {
    const SQL: &str =
        "insert into handovers (id, purpose, state, from_unit, from_case, to_unit, made_by, made_at,
        expires_at, told) values ($1, $2, 'draft', $3, $4, $5, $6, $7, $7, $8)";
    const LINES: &str = "insert into handover_lines (handover, line, item, quantity, suggestion)
        select * from {rows} as given";
    on!(tx, conn => sqlx::query(SQL)
        .bind(draft.id)
        .bind(draft.purpose.word())
        .bind(draft.from_unit)
        .bind(draft.from_case)
        .bind(draft.to_unit)
        .bind(draft.made_by)
        .bind(draft.made_at)
        .bind(told_text(&draft.told)?)
        .execute(conn)
        .await?
        .rows_affected());
    Rows::new(vec![
        Column::Ids(vec![draft.id.0; items.len()]),
        Column::Numbers((1..).take(items.len()).collect()),
        Column::Ids(items.iter().map(|it| it.item.0).collect()),
        Column::Numbers(items.iter().map(|it| it.quantity).collect()),
        Column::Texts(items.iter().map(|it| it.suggestion.word()).collect()),
    ])
    .execute(tx, LINES)
    .await
}

/// A draft as its maker wants it.
pub struct NewDraft {
    pub id: HandoverId,
    pub purpose: HandoverPurpose,
    pub from_unit: UnitId,
    pub from_case: CaseId,
    pub to_unit: UnitId,
    pub made_by: PersonId,
    pub made_at: Moment,
    pub told: OfferTold,
}

/// As the column has it.
pub fn told_text(told: &OfferTold) -> Result<String, Error> {
    serde_json::to_string(told).map_err(|error| damaged("handover", error))
}

/// An item that can be handed over.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Givable {
    pub item: ItemId,
    pub number: String,
    pub name: String,
    pub quantity: i64,
    /// What was suggested when it last came over; else what is suggested of every thing.
    pub suggestion: Suggestion,
    /// How much of it is still owed to a store.
    pub owed: i64,
    measure: String,
    currency: Option<String>,
    counted_as: Option<String>,
    /// A counter has refused it, and that is not settled.
    pub refused: bool,
}

impl Givable {
    /// How much of it a store has, where the rest is owed. Refuses a measure that no program wrote.
    pub fn part_received(&self) -> Result<Option<String>, Error> {
        let measure = Measure::from_word(&self.measure, self.currency.as_deref())
            .ok_or_else(|| damaged("item", format!("its measure {}", self.measure)))?;
        let received = part_received(self.quantity, self.owed);
        Ok(received.map(|received| measure.text(received, self.counted_as.as_deref())))
    }
}

/// The open items that a unit answers for in a case and that are not on offer, with how much of each.
pub async fn givable_items(tx: &mut Tx, unit: UnitId, case: CaseId) -> Result<Vec<Givable>, Error> {
    const SQL: &str = "select i.id as item, i.number, i.name, d.quantity, i.measure, i.currency, i.counted_as,
            coalesce((select l.suggestion from handover_lines l join handovers h on h.id = l.handover
                where l.item = i.id and h.state = 'concluded' and l.answer <> 'refused'
                order by h.end_seq desc limit 1), 'keep_for_trial') as suggestion,
            coalesce((select cast(sum(b.quantity) as bigint) from stock_balances b where b.item = i.id and b.kind = 'owed'), 0) as owed,
            exists (select 1 from differences f where f.item = i.id and f.class = 'refused_at_counter'
                and f.settled_seq is null) as refused
        from duty_balances d join items i on i.id = d.item
        where d.kind = 'party' and d.unit = $1 and d.case_id = $2 and d.quantity > 0 and i.on_offer is null
            and i.open_quantity > 0
        order by i.paper_line, i.number";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(unit).bind(case).fetch_all(conn).await?))
}

/// The draft that was begun for the same case, purpose and receiver.
pub async fn same_draft(tx: &mut Tx, draft: &NewDraft) -> Result<Option<HandoverId>, Error> {
    const SQL: &str = "select id from handovers where state = 'draft' and from_unit = $1 and from_case = $2
        and to_unit = $3 and purpose = $4 order by made_at limit 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(draft.from_unit)
        .bind(draft.from_case)
        .bind(draft.to_unit)
        .bind(draft.purpose.word())
        .fetch_optional(conn)
        .await?))
}

/// False when there is no such line.
pub async fn set_suggestion(
    tx: &mut Tx,
    id: HandoverId,
    line: u32,
    suggestion: Suggestion,
) -> Result<bool, Error> {
    const SQL: &str = "update handover_lines set suggestion = $1 where handover = $2 and line = $3";
    let changed = on!(tx, conn => sqlx::query(SQL)
        .bind(suggestion.word())
        .bind(id)
        .bind(i64::from(line))
        .execute(conn)
        .await?
        .rows_affected());
    Ok(changed == 1)
}

/// Puts an item on a draft, as its last line.
pub async fn put_in(tx: &mut Tx, id: HandoverId, it: &Givable) -> Result<(), Error> {
    const SQL: &str = "insert into handover_lines (handover, line, item, quantity, suggestion)
        select $1, coalesce(max(line), 0) + 1, $2, $3, $4 from handover_lines where handover = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(it.item)
        .bind(it.quantity)
        .bind(it.suggestion.word())
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// Keeps what a draft says beside its lines.
pub async fn tell(tx: &mut Tx, id: HandoverId, told: &OfferTold) -> Result<(), Error> {
    const SQL: &str = "update handovers set told = $1 where id = $2 and state = 'draft'";
    let told = told_text(told)?;
    on!(tx, conn => sqlx::query(SQL).bind(told).bind(id).execute(conn).await?.rows_affected());
    Ok(())
}

/// What was last said of the suspect when things came to the unit for this case, or left it.
pub async fn suspect_told(tx: &mut Tx, case: CaseId) -> Result<Option<String>, Error> {
    const SQL: &str =
        "select told from handovers where state = 'concluded' and (to_case = $1 or from_case = $1)
        order by end_seq desc limit 1";
    let told: Option<String> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(case).fetch_optional(conn).await?);
    let Some(told) = told else { return Ok(None) };
    let told: OfferTold = serde_json::from_str(&told).map_err(|error| damaged("handover", error))?;
    Ok(told.suspect)
}

/// False when there is no such line.
pub async fn leave_out(tx: &mut Tx, id: HandoverId, line: u32) -> Result<bool, Error> {
    const SQL: &str = "delete from handover_lines where handover = $1 and line = $2";
    let gone =
        on!(tx, conn => sqlx::query(SQL).bind(id).bind(i64::from(line)).execute(conn).await?.rows_affected());
    Ok(gone == 1)
}

/// Throws a draft away. What was signed is never thrown away.
pub async fn discard(tx: &mut Tx, id: HandoverId) -> Result<(), Error> {
    const LINES: &str = "delete from handover_lines where handover in
        (select id from handovers where id = $1 and state = 'draft')";
    const SQL: &str = "delete from handovers where id = $1 and state = 'draft'";
    on!(tx, conn => sqlx::query(LINES).bind(id).execute(conn).await?.rows_affected());
    on!(tx, conn => sqlx::query(SQL).bind(id).execute(conn).await?.rows_affected());
    Ok(())
}
