//! Ways out: what is asked for before it is approved. What was approved and done follows from the entries.

use super::{
    Error, Tx,
    db::on,
    loans::Requests,
    rows::{Column, Rows, one_row},
};
use crate::{
    clock::Moment,
    id::{AgencyId, ApprovalId, ItemId, PersonId, UnitId},
    ledger::Outcome,
};

/// What a responsible unit asks for, with what has become of it. Its id is that of the approval.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DisposalRequest {
    pub id: ApprovalId,
    pub unit: UnitId,
    pub agency: AgencyId,
    pub requester: PersonId,
    pub outcome: Outcome,
    pub decision: String,
    pub recipient: Option<String>,
    pub purpose: String,
    pub asked_at: Moment,
    pub refused_by: Option<PersonId>,
    pub refusal: Option<String>,
    /// The approval's entry, and until when it can be used.
    pub given_seq: Option<i64>,
    pub approver: Option<PersonId>,
    pub expires_at: Option<Moment>,
    /// The entry by which the things went.
    pub used_seq: Option<i64>,
    /// Whether something of it is on offer now, so that it does not leave.
    pub on_offer: bool,
    /// Whether another agency answers for something of it by now, so that the approval lets nothing happen any more.
    pub passed_on: bool,
}

const REQUEST: &str =
    "select r.id, r.unit, u.agency, r.requester, r.outcome, r.decision, r.recipient, r.purpose, r.asked_at,
        r.refused_by, r.refusal, a.given_seq, a.approver, a.expires_at, a.used_seq,
        exists (select 1 from disposal_request_lines l join items i on i.id = l.item
            where l.request = r.id and i.on_offer is not null) as on_offer,
        exists (select 1 from disposal_request_lines l where l.request = r.id and not exists (
            select 1 from duty_balances d join units du on du.id = d.unit
            where d.item = l.item and d.kind = 'party' and d.quantity > 0 and du.agency = u.agency)) as passed_on
    from disposal_requests r join units u on u.id = r.unit left join approvals a on a.id = r.id";

/// Keeps what is asked for.
pub async fn ask(tx: &mut Tx, it: &DisposalRequest, lines: &[(ItemId, i64)]) -> Result<(), Error> {
    const SQL: &str =
        "insert into disposal_requests (id, unit, requester, outcome, decision, recipient, purpose, asked_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    const LINES: &str =
        "insert into disposal_request_lines (request, item, quantity) select * from {rows} as given";
    on!(tx, conn => sqlx::query(SQL)
        .bind(it.id)
        .bind(it.unit)
        .bind(it.requester)
        .bind(it.outcome)
        .bind(&it.decision)
        .bind(&it.recipient)
        .bind(&it.purpose)
        .bind(it.asked_at)
        .execute(conn)
        .await?.rows_affected());
    Rows::new(vec![
        Column::Ids(vec![it.id.0; lines.len()]),
        Column::Ids(lines.iter().map(|(item, _)| item.0).collect()),
        Column::Numbers(lines.iter().map(|(_, quantity)| *quantity).collect()),
    ])
    .execute(tx, LINES)
    .await
}

pub async fn request(tx: &mut Tx, id: ApprovalId) -> Result<Option<DisposalRequest>, Error> {
    let sql = format!("{REQUEST} where r.id = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?))
}

/// Item and quantity of each line.
pub async fn lines(tx: &mut Tx, id: ApprovalId) -> Result<Vec<(ItemId, i64)>, Error> {
    const SQL: &str = "select l.item, l.quantity from disposal_request_lines l join items i on i.id = l.item
        where l.request = $1 order by i.number";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_all(conn).await?))
}

/// Requests that wait for somebody, and those that ended (were used, refused or ran out) and were asked for since `since`. The newest
/// first.
pub async fn list(
    tx: &mut Tx,
    whose: Requests,
    (now, since): (Moment, Moment),
    limit: u32,
) -> Result<Vec<DisposalRequest>, Error> {
    const KEPT: &str = "(exists (select 1 from journal j where j.seq = a.used_seq and j.unit = $1) or exists (select 1 from disposal_request_lines l
        join stock_balances b on b.item = l.item and coalesce(b.kind, b.kind) = 'slot' join slots s on s.id = b.place
        join stores t on t.id = s.store where l.request = r.id and t.unit = $1))";
    let (condition, id) = match whose {
        Requests::All => ("$1 is null", None),
        Requests::Of(unit) => ("r.unit = $1", Some(unit.0)),
        Requests::OfAgency(agency) => ("u.agency = $1", Some(agency.0)),
        Requests::KeptBy(unit) => (KEPT, Some(unit.0)),
    };
    let sql = format!(
        "{REQUEST} where {condition} and (r.asked_at > $3 or a.used_seq is null and r.refused_by is null
            and (a.expires_at is null or a.expires_at > $2))
        order by r.asked_at desc, r.id limit $4"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .bind(now)
        .bind(since)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?))
}

/// The request about this item that waits for an approver or a custodian, of a unit that answers for it now.
pub async fn waiting_for(tx: &mut Tx, item: ItemId, now: Moment) -> Result<Option<ApprovalId>, Error> {
    const SQL: &str = "select r.id from disposal_requests r join disposal_request_lines l on l.request = r.id
            left join approvals a on a.id = r.id
        where l.item = $1 and a.used_seq is null and r.refused_by is null
            and exists (select 1 from duty_balances d
                where d.item = l.item and d.kind = 'party' and d.unit = r.unit and d.quantity > 0)
            and (a.expires_at is null or a.expires_at > $2) order by r.asked_at limit 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(item).bind(now).fetch_optional(conn).await?))
}

/// The approver says no. Refuses a request that is not there.
pub async fn refuse(tx: &mut Tx, id: ApprovalId, by: PersonId, reason: &str) -> Result<(), Error> {
    const SQL: &str = "update disposal_requests set refused_by = $1, refusal = $2 where id = $3";
    let done =
        on!(tx, conn => sqlx::query(SQL).bind(by).bind(reason).bind(id).execute(conn).await?.rows_affected());
    one_row("request for a disposal", done)
}
