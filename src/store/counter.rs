//! What is going on at the counters: who stands there, the lines of the case in hand with their drafts, and what is
//! expected.

use super::{Error, Tx, damaged, db::on, particulars::read_particulars, sight};
use crate::{
    clock::Moment,
    domain::counter::{Activity, LineDraft, PrintState},
    id::{CaseId, ItemId, JobId, PersonId, SlotId, StationId, UnitId},
    ledger::{Category, Measure},
};

/// Who stood at this counter last, and what they are doing there.
pub async fn counter(tx: &mut Tx, station: StationId) -> Result<Option<(PersonId, Activity)>, Error> {
    const SQL: &str = "select person, activity from counters where station = $1";
    let row: Option<(PersonId, String)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(station).fetch_optional(conn).await?);
    let read = |text: &str| serde_json::from_str(text).map_err(|error| damaged("counter", error));
    row.map(|(person, activity)| Ok((person, read(&activity)?))).transpose()
}

pub async fn set(
    tx: &mut Tx,
    station: StationId,
    person: PersonId,
    activity: &Activity,
    now: Moment,
) -> Result<(), Error> {
    const SQL: &str = "insert into counters (station, person, activity, updated_at) values ($1, $2, $3, $4)
        on conflict (station) do update set person = $2, activity = $3, updated_at = $4";
    let activity = serde_json::to_string(activity).map_err(|error| damaged("counter", error))?;
    on!(tx, conn => sqlx::query(SQL)
        .bind(station)
        .bind(person)
        .bind(activity)
        .bind(now)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// Nobody stands at this counter any more.
pub async fn leave(tx: &mut Tx, station: StationId, person: PersonId) -> Result<(), Error> {
    const SQL: &str = "delete from counters where station = $1 and person = $2";
    on!(tx, conn => sqlx::query(SQL).bind(station).bind(person).execute(conn).await?.rows_affected());
    Ok(())
}

/// The language of somebody who is logged in and may be at this station; nothing when they have left.
pub async fn present(
    tx: &mut Tx,
    person: PersonId,
    station: StationId,
    now: Moment,
) -> Result<Option<String>, Error> {
    const SQL: &str = "select s.language from sessions s join persons p on p.id = s.person
        where s.person = $1 and s.expires_at > $2 and not p.disabled and (s.station is null or s.station = $3)
        order by s.created_at desc limit 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(person)
        .bind(now)
        .bind(station)
        .fetch_optional(conn)
        .await?))
}

/// Somebody of the unit who is logged in at this station without standing at a counter: for looking things up.
pub async fn anybody(
    tx: &mut Tx,
    station: StationId,
    unit: UnitId,
    now: Moment,
) -> Result<Option<(PersonId, String)>, Error> {
    const SQL: &str = "select s.person, s.language from sessions s join persons p on p.id = s.person
        where p.unit = $1 and s.expires_at > $2 and not p.disabled and (s.station = $3 or (s.station is null
            and (select count(*) from stations t where t.unit = $1 and not t.disabled) = 1))
        order by s.created_at desc limit 1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(unit).bind(now).bind(station).fetch_optional(conn).await?))
}

/// One line of a case as the counter needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub id: ItemId,
    pub case: CaseId,
    pub number: String,
    pub name: String,
    pub category: Category,
    /// As papers tell them: the free features and the marks of the thing.
    pub features: String,
    pub measure: Measure,
    pub quantity: i64,
    pub counted_as: Option<String>,
    pub paper_number: String,
    pub paper_line: i64,
    pub seized_by: PersonId,
    pub owed_by: UnitId,
    /// Whether single things stand in its place.
    pub itemised: bool,
    /// What has not come yet.
    pub owed: i64,
    /// Where (some of) it lies.
    pub slot_name: Option<String>,
    /// The entry by which (some of) it was received.
    pub received_seq: Option<i64>,
    /// The class of an open difference about it.
    pub difference: Option<String>,
    pub draft: LineDraft,
    /// The newest label that was sent to a printer.
    pub label: Option<LineLabel>,
}

impl Line {
    /// How much of what is owed stands at the counter: all of it, unless it was said to be short.
    pub fn came(&self) -> i64 {
        self.draft.short.as_ref().map_or(self.owed, |short| short.quantity)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineLabel {
    pub job: JobId,
    pub copy: u32,
    pub state: PrintState,
    pub why: Option<String>,
}

#[derive(sqlx::FromRow)]
struct LineRow {
    id: ItemId,
    case_id: CaseId,
    number: String,
    name: String,
    category: Category,
    features: String,
    particulars: String,
    measure: String,
    currency: Option<String>,
    quantity: i64,
    counted_as: Option<String>,
    paper_number: String,
    paper_line: i64,
    seized_by: PersonId,
    owed_by: UnitId,
    itemised: bool,
    owed: i64,
    slot_name: Option<String>,
    received_seq: Option<i64>,
    difference: Option<String>,
    draft: Option<String>,
    job: Option<JobId>,
    copy: Option<i64>,
    state: Option<String>,
    why: Option<String>,
}

const LINE: &str = "select i.id, i.case_id, i.number, i.name, i.category, i.features, i.particulars,
        i.measure, i.currency,
        i.quantity, i.counted_as, i.paper_number, i.paper_line, i.seized_by, i.owed_by,
        (not i.listed and i.parent is null) as itemised,
        coalesce((select b.quantity from stock_balances b
            where b.item = i.id and b.kind = 'owed' and b.place = i.owed_by), 0) as owed,
        (select min(s.name) from stock_balances b join slots s on s.id = b.place
            where b.item = i.id and b.kind = 'slot' and b.quantity > 0) as slot_name,
        (select max(p.seq) from postings p
            where p.item = i.id and p.book = 'stock' and p.kind = 'owed' and p.change < 0) as received_seq,
        (select min(d.class) from differences d where d.item = i.id and d.settled_seq is null) as difference,
        c.draft, j.id as job, j.copy, j.state, j.why
    from items i
    left join counter_lines c on c.item = i.id
    left join print_jobs j on j.item = i.id
        and j.copy = (select max(n.copy) from print_jobs n where n.item = i.id)";

pub async fn line(tx: &mut Tx, item: ItemId) -> Result<Option<Line>, Error> {
    let sql = format!("{LINE} where i.id = $1");
    let row: Option<LineRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(item).fetch_optional(conn).await?);
    row.map(line_of).transpose()
}

/// The lines of a case that came by a seizure list, in its order, from that line on.
pub async fn lines(tx: &mut Tx, case: CaseId, from_line: i64, limit: i64) -> Result<Vec<Line>, Error> {
    let sql = format!(
        "{LINE} where i.case_id = $1 and i.listed and i.paper_line >= $2
            order by i.paper_line, i.number limit $3"
    );
    let rows: Vec<LineRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(case)
        .bind(from_line)
        .bind(limit)
        .fetch_all(conn)
        .await?);
    rows.into_iter().map(line_of).collect()
}

/// The lines of seizure lists by these numbers, or of the cases by these numbers: a few ways of writing the same one.
pub async fn lines_of_papers(
    tx: &mut Tx,
    papers: [&str; 2],
    cases: [&str; 2],
    limit: i64,
) -> Result<Vec<Line>, Error> {
    let sql = format!(
        "{LINE} where i.listed and (i.paper_number in ($1, $2)
                or i.case_id in (select id from cases where number in ($3, $4)))
            order by i.paper_number, i.paper_line, i.number limit $5"
    );
    let ([paper, as_printed], [case, case_as_printed]) = (papers, cases);
    let rows: Vec<LineRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(paper)
        .bind(as_printed)
        .bind(case)
        .bind(case_as_printed)
        .bind(limit)
        .fetch_all(conn)
        .await?);
    rows.into_iter().map(line_of).collect()
}

/// One line of a seizure list by a number of either writing: at most one, when the number is a whole one.
pub async fn line_of_paper(
    tx: &mut Tx,
    [paper, as_printed]: [&str; 2],
    number: u32,
) -> Result<Option<Line>, Error> {
    let sql = format!(
        "{LINE} where i.listed and i.paper_number in ($1, $2) and i.paper_line = $3
            order by i.number limit 1"
    );
    let row: Option<LineRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(paper)
        .bind(as_printed)
        .bind(i64::from(number))
        .fetch_optional(conn)
        .await?);
    row.map(line_of).transpose()
}

/// Whether the item has ever lain in a store of this unit.
pub async fn kept_by(tx: &mut Tx, item: ItemId, unit: UnitId) -> Result<bool, Error> {
    const SQL: &str = "select exists (select 1 from postings p join slots s on s.id = p.place
        join stores t on t.id = s.store where p.item = $1 and p.kind = 'slot' and t.unit = $2)";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(item).bind(unit).fetch_one(conn).await?))
}

fn line_of(row: LineRow) -> Result<Line, Error> {
    let wrong = |what: &str| damaged("item", format!("{}: {what}", row.number));
    let measure =
        Measure::from_word(&row.measure, row.currency.as_deref()).ok_or_else(|| wrong("its measure"))?;
    let draft = match &row.draft {
        Some(text) => serde_json::from_str(text).map_err(|error| damaged("counter line", error))?,
        None => LineDraft::default(),
    };
    let label = match (row.job, row.copy, &row.state) {
        (Some(job), Some(copy), Some(state)) => {
            let state = PrintState::from_word(state).ok_or_else(|| wrong("the state of its label"))?;
            Some(LineLabel { job, copy: u32::try_from(copy).unwrap_or(u32::MAX), state, why: row.why })
        }
        _ => None,
    };
    Ok(Line {
        id: row.id,
        case: row.case_id,
        number: row.number,
        name: row.name,
        category: row.category,
        features: read_particulars(&row.particulars)?.told(&row.features),
        measure,
        quantity: row.quantity,
        counted_as: row.counted_as,
        paper_number: row.paper_number,
        paper_line: row.paper_line,
        seized_by: row.seized_by,
        owed_by: row.owed_by,
        itemised: row.itemised,
        owed: row.owed,
        slot_name: row.slot_name,
        received_seq: row.received_seq,
        difference: row.difference,
        draft,
        label,
    })
}

/// How many lines the case has, and how many of them are owed.
pub async fn tally(tx: &mut Tx, case: CaseId) -> Result<(i64, i64), Error> {
    const SQL: &str = "select count(*), count(b.item) from items i
        left join stock_balances b on b.item = i.id and b.kind = 'owed' and b.place = i.owed_by and b.quantity > 0
        where i.case_id = $1 and i.listed";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(case).fetch_one(conn).await?))
}

/// The next owed line after this place in the list, from the top again when there is none below. Lines with an open
/// difference wait for an answer and are not offered by themselves.
pub async fn next_owed(tx: &mut Tx, case: CaseId, after_line: i64) -> Result<Option<ItemId>, Error> {
    const SQL: &str = "select i.id from items i
        join stock_balances b on b.item = i.id and b.kind = 'owed' and b.place = i.owed_by and b.quantity > 0
        where i.case_id = $1 and i.listed
            and not exists (select 1 from differences d where d.item = i.id and d.settled_seq is null)
        order by case when i.paper_line > $2 then 0 else 1 end, i.paper_line, i.number limit 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(case).bind(after_line).fetch_optional(conn).await?))
}

pub async fn keep_draft(
    tx: &mut Tx,
    item: ItemId,
    draft: &LineDraft,
    person: PersonId,
    now: Moment,
) -> Result<(), Error> {
    const SQL: &str =
        "insert into counter_lines (item, draft, updated_at, updated_by) values ($1, $2, $3, $4)
        on conflict (item) do update set draft = $2, updated_at = $3, updated_by = $4";
    let draft = serde_json::to_string(draft).map_err(|error| damaged("counter line", error))?;
    on!(tx, conn => sqlx::query(SQL)
        .bind(item)
        .bind(draft)
        .bind(now)
        .bind(person)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// A case of which something has not come yet.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ExpectedCase {
    pub case: CaseId,
    pub number: String,
    pub name: String,
    pub unit_name: String,
    pub owed: i64,
    pub first_seized_at: Moment,
}

/// Cases with lines that are owed to this unit's counter, the one that is due first on top; those whose number or name holds
/// the words.
pub async fn expected(
    tx: &mut Tx,
    unit: UnitId,
    words: &str,
    limit: i64,
) -> Result<Vec<ExpectedCase>, Error> {
    let expects = sight::expects("b.place", "$4");
    let sql = format!("select c.id as \"case\", c.number, c.name, u.name as unit_name, count(*) as owed,
            min(i.seized_at) as first_seized_at
        from stock_balances b join items i on i.id = b.item join cases c on c.id = i.case_id
            join units u on u.id = c.unit
        where b.kind = 'owed' and b.quantity > 0 and ($1 = '' or c.number like $2 escape '!' or c.name like $2 escape '!')
            and {expects}
        group by c.id, c.number, c.name, u.name order by min(i.seized_at), c.number limit $3");
    let pattern = words.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(words)
        .bind(format!("%{pattern}%"))
        .bind(limit)
        .bind(unit)
        .fetch_all(conn)
        .await?))
}

/// A case as a heading.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CaseHead {
    pub id: CaseId,
    pub unit: UnitId,
    pub number: String,
    pub name: String,
    pub unit_name: String,
    pub officer: Option<PersonId>,
}

pub async fn case_head(tx: &mut Tx, case: CaseId) -> Result<Option<CaseHead>, Error> {
    const SQL: &str = "select c.id, c.unit, c.number, c.name, u.name as unit_name, c.officer
        from cases c join units u on u.id = c.unit where c.id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(case).fetch_optional(conn).await?))
}

/// Who may stand at the counter for this case: people of the units that owe its lines.
pub async fn deliverers(tx: &mut Tx, case: CaseId) -> Result<Vec<(PersonId, String, String)>, Error> {
    const SQL: &str = "select p.id, p.name, u.name from persons p join units u on u.id = p.unit
        where not p.disabled and p.unit in (select i.owed_by from items i where i.case_id = $1)
            and exists (select 1 from person_roles r where r.person = p.id and r.role = 'officer')
        order by u.name, p.name";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(case).fetch_all(conn).await?))
}

/// The slots an item lies in, and how much of it in each.
pub async fn slots_of(tx: &mut Tx, item: ItemId) -> Result<Vec<(SlotId, i64)>, Error> {
    const SQL: &str = "select place, quantity from stock_balances
        where item = $1 and kind = 'slot' and quantity > 0 order by place";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(item).fetch_all(conn).await?))
}
