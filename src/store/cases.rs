//! Cases, with what they hold and owe.

use super::{Error, Tx, damaged, db::on, sight};
use crate::{
    clock::Moment,
    domain::{Case, Stage, Viewer},
    id::{AgencyId, CaseId, MatterId, PersonId, UnitId},
    ledger::Category,
};
use uuid::Uuid;

/// A case with the names around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCase {
    pub case: Case,
    pub unit_name: String,
    pub agency: AgencyId,
    pub agency_name: String,
    pub officer_name: Option<String>,
}

/// Opens a case. False when the unit has one of that number.
pub async fn add(tx: &mut Tx, case: &Case) -> Result<bool, Error> {
    const SQL: &str = "insert into cases (id, matter, unit, number, name, stage, officer, opened_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (unit, number) do nothing";
    let added = on!(tx, conn => sqlx::query(SQL)
        .bind(case.id)
        .bind(case.matter)
        .bind(case.unit)
        .bind(&case.number)
        .bind(&case.name)
        .bind(case.stage.word())
        .bind(case.officer)
        .bind(case.opened_at)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(added == 1)
}

#[derive(sqlx::FromRow)]
struct CaseRow {
    id: CaseId,
    matter: MatterId,
    unit: UnitId,
    number: String,
    name: String,
    stage: String,
    officer: Option<PersonId>,
    opened_at: Moment,
    unit_name: String,
    agency: AgencyId,
    agency_name: String,
    officer_name: Option<String>,
}

const NAMED: &str = "c.id, c.matter, c.unit, c.number, c.name, c.stage, c.officer, c.opened_at,
        u.name as unit_name, u.agency, a.name as agency_name, p.name as officer_name";
const NAMES: &str = "join units u on u.id = c.unit join agencies a on a.id = u.agency left join persons p on p.id = c.officer";

/// Cases with the names around them.
fn named() -> String {
    format!("select {NAMED} from cases c {NAMES}")
}

fn case_of(row: CaseRow) -> Result<NamedCase, Error> {
    let stage =
        Stage::from_word(&row.stage).ok_or_else(|| damaged("case", format!("stage «{}»", row.stage)))?;
    let CaseRow { id, matter, unit, number, name, officer, opened_at, .. } = row;
    let case = Case { id, matter, unit, number, name, stage, officer, opened_at };
    let CaseRow { unit_name, agency, agency_name, officer_name, .. } = row;
    Ok(NamedCase { case, unit_name, agency, agency_name, officer_name })
}

pub async fn case(tx: &mut Tx, id: CaseId) -> Result<Option<NamedCase>, Error> {
    let sql = format!("{} where c.id = $1", named());
    let row: Option<CaseRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?);
    row.map(case_of).transpose()
}

/// The unit's case of that number.
pub async fn by_number(tx: &mut Tx, unit: UnitId, number: &str) -> Result<Option<NamedCase>, Error> {
    let sql = format!("{} where c.unit = $1 and c.number = $2", named());
    let row: Option<CaseRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(unit).bind(number).fetch_optional(conn).await?);
    row.map(case_of).transpose()
}

/// The cases of all agencies about the same facts, oldest first.
pub async fn of_matter(tx: &mut Tx, matter: MatterId) -> Result<Vec<NamedCase>, Error> {
    let sql = format!("{} where c.matter = $1 order by c.opened_at, c.number", named());
    let rows: Vec<CaseRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(matter).fetch_all(conn).await?);
    rows.into_iter().map(case_of).collect()
}

/// Joins a case to another's matter.
pub async fn link(tx: &mut Tx, case: CaseId, matter: MatterId) -> Result<(), Error> {
    const SQL: &str = "update cases set matter = $1 where id = $2";
    on!(tx, conn => sqlx::query(SQL).bind(matter).bind(case).execute(conn).await?.rows_affected());
    Ok(())
}

/// What a list of cases is narrowed to. Empty texts narrow nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFilter {
    /// In number or name.
    pub search: String,
    pub stage: Option<Stage>,
    /// Only cases with things that are owed.
    pub owing: bool,
    /// Cases opened before this one (the end of the page before): when it was opened, and its id.
    pub before: Option<(Moment, CaseId)>,
    /// How many are wanted.
    pub limit: u32,
}

impl Default for CaseFilter {
    fn default() -> CaseFilter {
        CaseFilter { search: String::new(), stage: None, owing: false, before: None, limit: 50 }
    }
}

#[derive(sqlx::FromRow)]
struct CountedRow {
    #[sqlx(flatten)]
    case: CaseRow,
    #[sqlx(flatten)]
    counts: CaseCounts,
}

/// The question for a page of them: from the newest on, and of each case one row of figures.
pub(super) fn paged() -> String {
    let seen = sight::sees_case("c");
    format!(
        "select {NAMED}, {FIGURES} from cases c {NAMES} left join case_sums s on s.case_id = c.id
        where {seen} and ($4 = '' or lower(c.number) like $4 escape '\\' or lower(c.name) like $4 escape '\\')
            and ($5 = '' or c.stage = $5) and (c.opened_at < $6 or c.opened_at = $6 and c.id < $9)
            and (not $7 or c.id in (select owing.case_id from case_owed owing where owing.answered_for <> 0))
        order by c.opened_at desc, c.id desc limit $8"
    )
}

/// The cases this viewer sees and how their items stand, newest first, and one more than wanted when there are more.
pub async fn page(
    tx: &mut Tx,
    viewer: Viewer,
    filter: &CaseFilter,
) -> Result<Vec<(NamedCase, CaseCounts)>, Error> {
    let (before, case) = filter.before.unwrap_or((Moment(i64::MAX), CaseId(Uuid::nil())));
    let rows: Vec<CountedRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(paged()))
        .bind(viewer.all)
        .bind(viewer.unit)
        .bind(viewer.custodian)
        .bind(pattern(&filter.search))
        .bind(filter.stage.map_or("", Stage::word))
        .bind(before)
        .bind(filter.owing)
        .bind(i64::from(filter.limit) + 1)
        .bind(case)
        .fetch_all(conn)
        .await?);
    rows.into_iter().map(|row| Ok((case_of(row.case)?, row.counts))).collect()
}

/// What people type as a pattern of `like`: their spaces stand for anything, their own `%` and `_` for themselves.
pub fn pattern(search: &str) -> String {
    let search = search.trim().to_lowercase();
    if search.is_empty() {
        return String::new();
    }
    let escaped: String = search.chars().fold(String::new(), |mut out, c| {
        match c {
            '%' | '_' | '\\' => out.extend(['\\', c]),
            c if c.is_whitespace() => out.push('%'),
            c => out.push(c),
        }
        out
    });
    format!("%{escaped}%")
}

/// How many items a case has, and how they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct CaseCounts {
    /// Every item that this case answers or answered for.
    pub items: i64,
    /// Those it answers for now.
    pub answered_for: i64,
    /// Those that are seized and not yet handed in.
    pub owed: i64,
    /// Those in a slot.
    pub in_store: i64,
    pub on_offer: i64,
    /// Open differences about its items, and about things that came with it and are on no list.
    pub differences: i64,
    /// When the first of the owed ones was seized.
    pub owed_since: Option<Moment>,
}

/// What is kept of a case `c`, from `s` beside it; a case that never had an item has no row there.
const FIGURES: &str = "coalesce(s.items, 0) as items, coalesce(s.answered_for, 0) as answered_for, coalesce(s.owed, 0) as owed,
        coalesce(s.in_store, 0) as in_store, coalesce(s.on_offer, 0) as on_offer, coalesce(s.differences, 0)
            + (select count(*) from differences f where f.case_id = c.id and f.item is null and f.settled_seq is null) as differences,
        (select min(o.seized_at) from case_owed o where o.case_id = c.id and o.items <> 0) as owed_since";

pub async fn counts(tx: &mut Tx, case: CaseId) -> Result<CaseCounts, Error> {
    let sql =
        format!("select {FIGURES} from cases c left join case_sums s on s.case_id = c.id where c.id = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(case).fetch_one(conn).await?))
}

/// How many things of a case are lent now, whoever answers for them: as many as the list below says.
pub async fn on_loan(tx: &mut Tx, case: CaseId) -> Result<i64, Error> {
    const SQL: &str = "select count(*) from (select distinct p.item from postings p
            where p.case_id = $1 and p.book = 'duty' and p.kind = 'party') m
        where exists (select 1 from stock_balances b
            where b.item = m.item and coalesce(b.kind, b.kind) = 'on_loan' and b.quantity > 0)";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(case).fetch_one(conn).await?))
}

/// An amount of a case: category, measure, currency, the list's own word, open quantity.
pub type Total = (Category, String, Option<String>, Option<String>, i64);

/// What the case's items add up to, by measure and currency; only what is still in somebody's care.
pub async fn totals(tx: &mut Tx, case: CaseId) -> Result<Vec<Total>, Error> {
    const SQL: &str =
        "select i.category, i.measure, i.currency, i.counted_as, cast(coalesce(sum(i.open_quantity), 0) as bigint)
        from items i where i.id in (select item from postings
            where book = 'duty' and kind = 'party' and case_id = $1)
        group by i.category, i.measure, i.currency, i.counted_as";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(case).fetch_all(conn).await?))
}
