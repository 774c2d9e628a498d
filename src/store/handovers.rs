//! Handovers as they are kept: the lists of both sides, and the answers that a receiver notes down line by line. What was signed is in the journal; what follows from it is in `project`.

use super::{Error, Tx, damaged, db::on, particulars::read_particulars};
use crate::{
    clock::Moment,
    domain::{AgencyKind, Handover, HandoverLine, HandoverState, Stage, Unit, handover},
    id::{AgencyId, CaseId, DifferenceId, HandoverId, ItemId, MatterId, PersonId, UnitId},
    ledger::{Answer, HandoverPurpose, Measure, Party, Passage, Suggestion},
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
    told: String,
    lines: i64,
    answered: i64,
    refused: i64,
}

const HANDOVER: &str = "select h.id, h.purpose, h.state,
        h.from_unit, fu.name as from_unit_name, fa.id as from_agency, fa.name as from_agency_name, fa.kind as from_kind,
        h.from_case, c.number as case_number, c.name as case_name, c.stage, c.matter,
        h.to_unit, tu.name as to_unit_name, ta.id as to_agency, ta.name as to_agency_name, ta.kind as to_kind,
        h.to_case, h.made_by, p.name as made_by_name, h.made_at, h.expires_at, h.giver, h.offer_digest, h.offer_seq,
        h.end_seq, h.told,
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

/// Signed ones of a case, by which it gave or was given, oldest first, of one side's unit; for nobody's unit, all of them.
pub async fn of_case(tx: &mut Tx, case: CaseId, unit: Option<UnitId>) -> Result<Vec<Handover>, Error> {
    let sql = format!(
        "{HANDOVER} where h.state <> 'draft' and (h.from_case = $1 or h.to_case = $1)
            and ($2 or h.from_unit = $3 or h.to_unit = $3) order by h.made_at, h.id limit 100"
    );
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(case)
        .bind(unit.is_none())
        .bind(unit.unwrap_or(UnitId(Uuid::nil())))
        .fetch_all(conn)
        .await?);
    rows.into_iter().map(handover_of).collect()
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
        told: serde_json::from_str(&row.told).map_err(|_| wrong(&row.told))?,
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

#[derive(sqlx::FromRow)]
struct PassageRow {
    purpose: HandoverPurpose,
    from_unit: UnitId,
    from_case: CaseId,
    to_unit: UnitId,
    to_case: CaseId,
}

impl PassageRow {
    fn passage(self) -> Passage {
        Passage {
            purpose: self.purpose,
            from: Party { unit: self.from_unit, case: self.from_case },
            to: Party { unit: self.to_unit, case: self.to_case },
        }
    }
}

const PASSAGE: &str = "select h.purpose, h.from_unit, h.from_case, h.to_unit, h.to_case from handovers h
    where h.state = 'concluded'
        and exists (select 1 from handover_lines l where l.handover = h.id and l.answer <> 'refused')";

/// Those of all cases of a matter.
pub async fn passages_of_matter(tx: &mut Tx, matter: MatterId) -> Result<Vec<Passage>, Error> {
    let sql =
        format!("{PASSAGE} and h.from_case in (select id from cases where matter = $1) order by h.end_seq");
    let rows: Vec<PassageRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(matter).fetch_all(conn).await?);
    Ok(rows.into_iter().map(PassageRow::passage).collect())
}

/// The units from which things have come to this one, on their way forward.
pub async fn came_from(tx: &mut Tx, unit: UnitId) -> Result<Vec<UnitId>, Error> {
    const SQL: &str = "select distinct from_unit from handovers where state = 'concluded' and to_unit = $1
        and purpose not in ('sent_back', 'returned_to_prosecution')";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(unit).fetch_all(conn).await?))
}

/// A case that was sent back for supplementary investigation and has not gone up again.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SentBackCase {
    pub case_id: CaseId,
    pub number: String,
    pub name: String,
    pub matter: MatterId,
    pub sent_by: String,
    pub since: Moment,
}

/// The cases that were sent back to this unit, or to any.
pub async fn sent_back(tx: &mut Tx, unit: Option<UnitId>) -> Result<Vec<SentBackCase>, Error> {
    const SQL: &str = "select c.id as case_id, c.number, c.name, c.matter, max(fa.name || ' ' || fu.name) as sent_by,
            min(j.recorded_at) as since
        from handovers h join cases c on c.id = h.to_case join journal j on j.seq = h.end_seq
            join units fu on fu.id = h.from_unit join agencies fa on fa.id = fu.agency
        where h.state = 'concluded' and h.purpose = 'sent_back' and ($1 or h.to_unit = $2)
            and not exists (select 1 from handovers up where up.from_case = h.to_case and up.state = 'concluded'
                and up.purpose = 'to_prosecution' and up.end_seq > h.end_seq)
        group by c.id, c.number, c.name, c.matter order by since, c.number";
    Ok(on!(tx, conn => sqlx::query_as(SQL)
        .bind(unit.is_none())
        .bind(unit.unwrap_or(UnitId(Uuid::nil())))
        .fetch_all(conn)
        .await?))
}

/// The exchanges by which things came to a case or left it, in the order of the journal.
pub async fn passages(tx: &mut Tx, case: CaseId) -> Result<Vec<Passage>, Error> {
    let sql = format!("{PASSAGE} and (h.from_case = $1 or h.to_case = $1) order by h.end_seq");
    let rows: Vec<PassageRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(case).fetch_all(conn).await?);
    Ok(rows.into_iter().map(PassageRow::passage).collect())
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
