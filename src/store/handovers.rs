//! Handovers as they are kept: drafts that a giver puts together, answers that a receiver notes down line by line, and
//! the lists of both. What was signed is in the journal; what follows from it is in `project`.

use super::{
    Error, Tx, damaged,
    db::on,
    particulars::read_particulars,
    rows::{Column, Rows},
};
use crate::{
    clock::Moment,
    domain::{AgencyKind, Handover, HandoverLine, HandoverState, Stage, Unit, handover},
    id::{AgencyId, CaseId, DifferenceId, HandoverId, ItemId, MatterId, PersonId, UnitId},
    ledger::{Answer, HandoverPurpose, Measure, Suggestion},
};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    id: HandoverId,
    purpose: HandoverPurpose,
    state: String,
    from_unit: UnitId,
    from_unit_name: String,
    from_agency: AgencyId,
    from_agency_name: String,
    from_kind: String,
    from_case: CaseId,
    case_number: String,
    case_name: String,
    stage: String,
    matter: MatterId,
    to_unit: UnitId,
    to_unit_name: String,
    to_agency: AgencyId,
    to_agency_name: String,
    to_kind: String,
    to_case: Option<CaseId>,
    made_by: PersonId,
    made_by_name: String,
    made_at: Moment,
    expires_at: Moment,
    giver: Option<PersonId>,
    offer_digest: Option<String>,
    offer_seq: Option<i64>,
    end_seq: Option<i64>,
    lines: i64,
    answered: i64,
    refused: i64,
}

const HANDOVER: &str = "select h.id, h.purpose, h.state,
        h.from_unit, fu.name as from_unit_name, fa.id as from_agency, fa.name as from_agency_name, fa.kind as from_kind,
        h.from_case, c.number as case_number, c.name as case_name, c.stage, c.matter,
        h.to_unit, tu.name as to_unit_name, ta.id as to_agency, ta.name as to_agency_name, ta.kind as to_kind,
        h.to_case, h.made_by, p.name as made_by_name, h.made_at, h.expires_at, h.giver, h.offer_digest, h.offer_seq,
        h.end_seq,
        (select count(*) from handover_lines l where l.handover = h.id) as lines,
        (select count(*) from handover_lines l where l.handover = h.id and l.answer is not null) as answered,
        (select count(*) from handover_lines l where l.handover = h.id and l.answer = 'refused') as refused
    from handovers h join cases c on c.id = h.from_case join persons p on p.id = h.made_by
        join units fu on fu.id = h.from_unit join agencies fa on fa.id = fu.agency
        join units tu on tu.id = h.to_unit join agencies ta on ta.id = tu.agency";

pub async fn handover(tx: &mut Tx, id: HandoverId) -> Result<Option<Handover>, Error> {
    let sql = format!("{HANDOVER} where h.id = $1");
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?);
    row.map(handover_of).transpose()
}

/// Offers that wait for this unit's answer, the most urgent first; for nobody's unit, all of them.
pub async fn offered_to(tx: &mut Tx, unit: Option<UnitId>) -> Result<Vec<Handover>, Error> {
    let rest = "where h.state = 'offered' and ($1 or h.to_unit = $2) order by h.expires_at, h.id";
    listed(tx, rest, unit).await
}

/// Drafts and open offers of this unit, newest first.
pub async fn made_by(tx: &mut Tx, unit: Option<UnitId>) -> Result<Vec<Handover>, Error> {
    let rest =
        "where h.state in ('draft', 'offered') and ($1 or h.from_unit = $2) order by h.made_at desc, h.id";
    listed(tx, rest, unit).await
}

/// The latest hundred that have ended, of either side.
pub async fn ended(tx: &mut Tx, unit: Option<UnitId>) -> Result<Vec<Handover>, Error> {
    let rest = "where h.state in ('concluded', 'withdrawn', 'expired')
        and ($1 or h.from_unit = $2 or h.to_unit = $2) order by h.end_seq desc limit 100";
    listed(tx, rest, unit).await
}

async fn listed(tx: &mut Tx, rest: &str, unit: Option<UnitId>) -> Result<Vec<Handover>, Error> {
    let sql = format!("{HANDOVER} {rest}");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(unit.is_none())
        .bind(unit.unwrap_or(UnitId(Uuid::nil())))
        .fetch_all(conn)
        .await?);
    rows.into_iter().map(handover_of).collect()
}

/// Open offers whose time has run out.
pub async fn expired(tx: &mut Tx, now: Moment) -> Result<Vec<(HandoverId, UnitId)>, Error> {
    const SQL: &str = "select id, from_unit from handovers where state = 'offered' and expires_at <= $1
        order by expires_at, id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(now).fetch_all(conn).await?))
}

fn handover_of(row: Row) -> Result<Handover, Error> {
    let wrong = |finding: &str| damaged("handover", format!("{} says «{finding}»", row.id));
    let kind = |word: &str| AgencyKind::from_word(word).ok_or_else(|| wrong(word));
    let figure = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Handover {
        id: row.id,
        purpose: row.purpose,
        state: HandoverState::from_word(&row.state).ok_or_else(|| wrong(&row.state))?,
        giver: Unit {
            id: row.from_unit,
            agency: row.from_agency,
            agency_kind: kind(&row.from_kind)?,
            agency_name: row.from_agency_name.clone(),
            name: row.from_unit_name.clone(),
        },
        from_case: row.from_case,
        case_number: row.case_number.clone(),
        case_name: row.case_name.clone(),
        from_stage: Stage::from_word(&row.stage).ok_or_else(|| wrong(&row.stage))?,
        matter: row.matter,
        receiver: Unit {
            id: row.to_unit,
            agency: row.to_agency,
            agency_kind: kind(&row.to_kind)?,
            agency_name: row.to_agency_name.clone(),
            name: row.to_unit_name.clone(),
        },
        to_case: row.to_case,
        made_by: row.made_by,
        made_by_name: row.made_by_name.clone(),
        made_at: row.made_at,
        expires_at: row.expires_at,
        signed_by: row.giver,
        offer_digest: row.offer_digest.clone(),
        offer_seq: row.offer_seq.map(i64::cast_unsigned),
        end_seq: row.end_seq.map(i64::cast_unsigned),
        lines: figure(row.lines),
        answered: figure(row.answered),
        refused: figure(row.refused),
    })
}

#[derive(sqlx::FromRow)]
struct LineRow {
    line: i64,
    item: ItemId,
    number: String,
    name: String,
    category: String,
    features: String,
    particulars: String,
    measure: String,
    currency: Option<String>,
    quantity: i64,
    counted_as: Option<String>,
    seal: Option<String>,
    suggestion: Suggestion,
    answer: Option<String>,
    note: Option<String>,
    on_offer: Option<HandoverId>,
    answered_for: i64,
}

/// The lines of a handover in their order, with the items as they are now.
pub async fn lines(tx: &mut Tx, id: HandoverId) -> Result<Vec<HandoverLine>, Error> {
    const SQL: &str =
        "select l.line, l.item, i.number, i.name, i.category, i.features, i.particulars, i.measure, i.currency, l.quantity,
            i.counted_as, i.seal, l.suggestion, l.answer, l.note, i.on_offer,
            coalesce(d.quantity, 0) as answered_for
        from handovers h join handover_lines l on l.handover = h.id join items i on i.id = l.item
            left join duty_balances d on d.item = i.id and d.kind = 'party' and d.unit = h.from_unit
                and d.case_id = h.from_case
        where h.id = $1 order by l.line";
    let rows: Vec<LineRow> = on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_all(conn).await?);
    rows.into_iter().map(line_of).collect()
}

fn line_of(row: LineRow) -> Result<HandoverLine, Error> {
    let wrong = |finding: &str| damaged("line of a handover", format!("{} says «{finding}»", row.number));
    let answer = match &row.answer {
        Some(word) => {
            Some(handover::answer_from_parts(word, row.note.as_deref()).ok_or_else(|| wrong(word))?)
        }
        None => None,
    };
    Ok(HandoverLine {
        line: u32::try_from(row.line).map_err(|_| wrong("a line without a number"))?,
        item: row.item,
        number: row.number.clone(),
        name: row.name.clone(),
        category: row.category.clone(),
        features: read_particulars(&row.particulars)?.told(&row.features),
        measure: Measure::from_word(&row.measure, row.currency.as_deref())
            .ok_or_else(|| wrong(&row.measure))?,
        quantity: row.quantity,
        counted_as: row.counted_as.clone(),
        seal: row.seal.clone(),
        suggestion: row.suggestion,
        answer,
        on_offer: row.on_offer,
        answered_for: row.answered_for,
    })
}

/// The photographs of the items of a handover, oldest first.
pub async fn photographs(tx: &mut Tx, id: HandoverId) -> Result<BTreeMap<ItemId, Vec<String>>, Error> {
    const SQL: &str = "select l.item, p.digest from handover_lines l join photographs p on p.item = l.item
        where l.handover = $1 order by l.line, p.seq, p.digest";
    let rows: Vec<(ItemId, String)> = on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_all(conn).await?);
    let mut photographs: BTreeMap<ItemId, Vec<String>> = BTreeMap::new();
    for (item, digest) in rows {
        photographs.entry(item).or_default().push(digest);
    }
    Ok(photographs)
}

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
pub async fn add_draft(tx: &mut Tx, draft: &NewDraft, items: &[(ItemId, i64)]) -> Result<(), Error> {
    const SQL: &str =
        "insert into handovers (id, purpose, state, from_unit, from_case, to_unit, made_by, made_at,
        expires_at) values ($1, $2, 'draft', $3, $4, $5, $6, $7, $7)";
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
        .execute(conn)
        .await?
        .rows_affected());
    Rows::new(vec![
        Column::Ids(vec![draft.id.0; items.len()]),
        Column::Numbers((1..).take(items.len()).collect()),
        Column::Ids(items.iter().map(|(item, _)| item.0).collect()),
        Column::Numbers(items.iter().map(|(_, quantity)| *quantity).collect()),
        Column::Texts(vec![Suggestion::default().word(); items.len()]),
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
}

/// The open items that a unit answers for in a case and that are not on offer, with how much of each.
pub async fn givable_items(tx: &mut Tx, unit: UnitId, case: CaseId) -> Result<Vec<(ItemId, i64)>, Error> {
    const SQL: &str = "select i.id, d.quantity from duty_balances d join items i on i.id = d.item
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

/// Notes the receiver's answer to one line down; it counts when it is signed. False when there is no such line.
pub async fn answer(tx: &mut Tx, id: HandoverId, line: u32, answer: &Answer) -> Result<bool, Error> {
    const SQL: &str = "update handover_lines set answer = $1, note = $2 where handover = $3 and line = $4";
    let changed = on!(tx, conn => sqlx::query(SQL)
        .bind(answer.word())
        .bind(answer.note())
        .bind(id)
        .bind(i64::from(line))
        .execute(conn)
        .await?
        .rows_affected());
    Ok(changed == 1)
}

/// Notes down that every line without an answer is accepted. Answers with how many there were.
pub async fn accept_rest(tx: &mut Tx, id: HandoverId) -> Result<u64, Error> {
    const SQL: &str =
        "update handover_lines set answer = 'accepted', note = null where handover = $1 and answer is null";
    Ok(on!(tx, conn => sqlx::query(SQL).bind(id).execute(conn).await?.rows_affected()))
}

/// A paper that an entry made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Paper {
    pub seq: i64,
    pub kind: String,
    pub number: String,
    pub check_code: String,
}

pub async fn paper(tx: &mut Tx, seq: u64) -> Result<Option<Paper>, Error> {
    const SQL: &str = "select seq, kind, number, check_code from papers where seq = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(seq.cast_signed()).fetch_optional(conn).await?))
}

/// A difference that a refused line raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct RaisedForLine {
    pub difference: DifferenceId,
    pub item: ItemId,
    pub due_at: Moment,
    pub settled: bool,
}

/// The differences that an entry raised, about items.
pub async fn raised_by(tx: &mut Tx, seq: u64) -> Result<Vec<RaisedForLine>, Error> {
    const SQL: &str =
        "select id as difference, item, due_at, settled_seq is not null as settled from differences
        where raised_seq = $1 and item is not null order by due_at, id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(seq.cast_signed()).fetch_all(conn).await?))
}

/// The handover that an entry offered or ended.
pub async fn of_entry(tx: &mut Tx, seq: u64) -> Result<Option<HandoverId>, Error> {
    const SQL: &str = "select id from handovers where offer_seq = $1 or end_seq = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(seq.cast_signed()).fetch_optional(conn).await?))
}

/// The name of the centre, as papers head themselves; the first one where there are several.
pub async fn centre(tx: &mut Tx) -> Result<Option<String>, Error> {
    const SQL: &str = "select name from stores where kind = 'centre' order by name limit 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_optional(conn).await?))
}
