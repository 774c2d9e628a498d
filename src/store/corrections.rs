//! What is asked to be corrected after an error was declared, until it is approved and recorded. The declaration, the
//! approval and the correction are entries; what somebody has typed before is kept here.

use super::{Error, Tx, db::on};
use crate::{
    clock::Moment,
    id::{AgencyId, ApprovalId, PersonId, SlotId, UnitId},
};

/// An error that was declared, with what has become of it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DeclaredError {
    pub declaration: i64,
    pub wrong_seq: i64,
    /// The entry that corrects it.
    pub corrected: Option<i64>,
    /// Who recorded the wrong entry.
    pub wrong_actor: PersonId,
    /// The unit that recorded the wrong entry.
    pub wrong_unit: UnitId,
    pub wrong_agency: Option<AgencyId>,
    pub declared_by: PersonId,
    pub declared_at: Moment,
}

const DECLARED: &str =
    "select e.declaration, e.wrong_seq, e.corrected, w.actor as wrong_actor, w.unit as wrong_unit,
        u.agency as wrong_agency, d.actor as declared_by, d.recorded_at as declared_at
    from declared_errors e join journal w on w.seq = e.wrong_seq join journal d on d.seq = e.declaration
        left join units u on u.id = w.unit";

/// The error with this declaration.
pub async fn declared(tx: &mut Tx, declaration: u64) -> Result<Option<DeclaredError>, Error> {
    let sql = format!("{DECLARED} where e.declaration = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(declaration.cast_signed())
        .fetch_optional(conn)
        .await?))
}

/// Errors that are declared and not corrected, the oldest first: of one unit, of one agency, or of everybody.
pub async fn open(
    tx: &mut Tx,
    unit: Option<UnitId>,
    agency: Option<AgencyId>,
    limit: u32,
) -> Result<Vec<DeclaredError>, Error> {
    let sql = format!(
        "{DECLARED} where e.corrected is null and ($1 is null or w.unit = $1) and ($2 is null or u.agency = $2)
        order by e.declaration limit $3"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(unit)
        .bind(agency)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?))
}

/// Open errors of whatever unit for which a correction is asked, the oldest first.
pub async fn asked(tx: &mut Tx, limit: u32) -> Result<Vec<DeclaredError>, Error> {
    let sql = format!(
        "{DECLARED} join corrections c on c.declaration = e.declaration
        where e.corrected is null and c.refused_by is null order by e.declaration limit $1"
    );
    Ok(
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(i64::from(limit)).fetch_all(conn).await?),
    )
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Proposal {
    pub declaration: i64,
    /// The lines of the correction, as JSON.
    pub lines: String,
    /// What it writes of items anew, as JSON.
    pub descriptions: String,
    pub reason: String,
    pub asked_by: PersonId,
    pub asked_at: Moment,
    pub approval: Option<ApprovalId>,
    /// When the approval was given and until when it can be used.
    pub approved_seq: Option<i64>,
    pub approved_by: Option<PersonId>,
    pub expires_at: Option<Moment>,
    pub refused_by: Option<PersonId>,
    pub refusal: Option<String>,
}

pub async fn proposal(tx: &mut Tx, declaration: u64) -> Result<Option<Proposal>, Error> {
    const SQL: &str =
        "select c.declaration, c.lines, c.descriptions, c.reason, c.asked_by, c.asked_at, c.approval,
            a.given_seq as approved_seq, a.approver as approved_by, a.expires_at, c.refused_by, c.refusal
        from corrections c left join approvals a on a.id = c.approval where c.declaration = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(declaration.cast_signed()).fetch_optional(conn).await?))
}

/// The approval on which a correction was recorded, as what was asked for then: its purpose says it in words.
pub async fn recorded(
    tx: &mut Tx,
    declaration: u64,
    approval: ApprovalId,
) -> Result<Option<Proposal>, Error> {
    const SQL: &str =
        "select cast($2 as bigint) as declaration, '[]' as lines, '[]' as descriptions, coalesce(c.reason, a.purpose) as reason,
            a.requester as asked_by, j.recorded_at as asked_at, a.id as approval, a.given_seq as approved_seq,
            a.approver as approved_by, a.expires_at, c.refused_by, c.refusal
        from approvals a join journal j on j.seq = a.given_seq left join corrections c on c.approval = a.id
        where a.id = $1";
    let declaration = declaration.cast_signed();
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(approval).bind(declaration).fetch_optional(conn).await?))
}

/// The declarations for which a correction is asked that names this photograph.
pub async fn with_photograph(tx: &mut Tx, digest: &str) -> Result<Vec<i64>, Error> {
    const SQL: &str = "select declaration from corrections where descriptions like '%\"' || $1 || '\"%'";
    // A digest is hexadecimal; anything else would be a pattern.
    if digest.is_empty() || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Vec::new());
    }
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(digest).fetch_all(conn).await?))
}

/// Keeps what is asked for, in place of what was asked before. `approval` is the id that its approval will have.
pub async fn ask(tx: &mut Tx, it: &Proposal) -> Result<(), Error> {
    const SQL: &str = "insert into corrections (declaration, lines, reason, asked_by, asked_at, approval, descriptions)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (declaration) do update set lines = $2, reason = $3, asked_by = $4, asked_at = $5, approval = $6,
            descriptions = $7, refused_by = null, refusal = null";
    on!(tx, conn => sqlx::query(SQL)
        .bind(it.declaration)
        .bind(&it.lines)
        .bind(&it.reason)
        .bind(it.asked_by)
        .bind(it.asked_at)
        .bind(it.approval)
        .bind(&it.descriptions)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

/// The approver says no. False when it was approved or refused meanwhile.
pub async fn refuse(tx: &mut Tx, declaration: u64, by: PersonId, reason: &str) -> Result<bool, Error> {
    const SQL: &str = "update corrections set refused_by = $1, refusal = $2
        where declaration = $3 and refused_by is null and not exists
            (select 1 from approvals a where a.id = corrections.approval)";
    let refused = on!(tx, conn => sqlx::query(SQL)
        .bind(by)
        .bind(reason)
        .bind(declaration.cast_signed())
        .execute(conn)
        .await?
        .rows_affected());
    Ok(refused == 1)
}

/// The slot of that name in a store that the unit keeps; none when there are none or several.
pub async fn slot_named(tx: &mut Tx, unit: UnitId, name: &str) -> Result<Option<SlotId>, Error> {
    const SQL: &str = "select s.id from slots s join stores t on t.id = s.store
        where t.unit = $1 and s.name = $2 limit 2";
    let found: Vec<SlotId> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(unit).bind(name).fetch_all(conn).await?);
    Ok(if let [slot] = found.as_slice() { Some(*slot) } else { None })
}

/// The declarations that call these entries wrong: (wrong entry, declaration).
pub async fn declarations(tx: &mut Tx, entries: &[u64], up_to: u64) -> Result<Vec<(i64, i64)>, Error> {
    const SQL: &str = "select wrong_seq, declaration from declared_errors where declaration <= ";
    let mut found = Vec::new();
    for chunk in entries.chunks(super::CHUNK) {
        let rows: Vec<(i64, i64)> = on!(tx, conn => {
            let mut query = sqlx::QueryBuilder::new(SQL);
            query.push_bind(up_to.cast_signed()).push(" and wrong_seq in (");
            chunk.iter().fold(&mut query.separated(", "), |list, seq| list.push_bind(seq.cast_signed()));
            query.push(")").build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}
