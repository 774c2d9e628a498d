//! Loans: what is asked for before it is approved, and what is out. What is out follows from the books: each balance on loan
//! names its borrower, and the entry by which it went out says until when.

use super::{
    Error, Tx,
    db::on,
    rows::{Column, Rows, one_row},
};
use crate::{
    clock::Moment,
    id::{AgencyId, ApprovalId, ItemId, PersonId, SlotId, UnitId},
    ledger::ApprovedAct,
};

/// What a responsible unit asks for, with what has become of it. Its id is that of the approval.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Request {
    pub id: ApprovalId,
    pub act: ApprovedAct,
    pub unit: UnitId,
    pub agency: AgencyId,
    pub requester: PersonId,
    pub borrower: PersonId,
    pub purpose: String,
    pub due_at: Moment,
    pub asked_at: Moment,
    pub refused_by: Option<PersonId>,
    pub refusal: Option<String>,
    /// The approval's entry, and until when it can be used.
    pub given_seq: Option<i64>,
    pub approver: Option<PersonId>,
    pub expires_at: Option<Moment>,
    /// The entry by which the items went out.
    pub used_seq: Option<i64>,
    /// Whether something of it is on offer now, so that it does not leave.
    pub on_offer: bool,
    /// Whether another agency answers for something of it by now, so that the approval lets nothing happen any more.
    pub passed_on: bool,
}

const REQUEST: &str =
    "select r.id, r.act, r.unit, u.agency, r.requester, r.borrower, r.purpose, r.due_at, r.asked_at,
        r.refused_by, r.refusal, a.given_seq, a.approver, a.expires_at, a.used_seq,
        exists (select 1 from approval_request_lines l join items i on i.id = l.item
            where l.request = r.id and i.on_offer is not null) as on_offer,
        exists (select 1 from approval_request_lines l where l.request = r.id and not exists (
            select 1 from duty_balances d join units du on du.id = d.unit
            where d.item = l.item and d.kind = 'party' and d.quantity > 0 and du.agency = u.agency)) as passed_on
    from approval_requests r join units u on u.id = r.unit left join approvals a on a.id = r.id";

/// Keeps what is asked for.
pub async fn ask(tx: &mut Tx, it: &Request, lines: &[(ItemId, i64)]) -> Result<(), Error> {
    const SQL: &str =
        "insert into approval_requests (id, act, unit, requester, borrower, purpose, due_at, asked_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    const LINES: &str =
        "insert into approval_request_lines (request, item, quantity) select * from {rows} as given";
    on!(tx, conn => sqlx::query(SQL)
        .bind(it.id)
        .bind(it.act)
        .bind(it.unit)
        .bind(it.requester)
        .bind(it.borrower)
        .bind(&it.purpose)
        .bind(it.due_at)
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

pub async fn request(tx: &mut Tx, id: ApprovalId) -> Result<Option<Request>, Error> {
    let sql = format!("{REQUEST} where r.id = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?))
}

/// Item and quantity of each line.
pub async fn lines(tx: &mut Tx, id: ApprovalId) -> Result<Vec<(ItemId, i64)>, Error> {
    const SQL: &str = "select l.item, l.quantity from approval_request_lines l join items i on i.id = l.item
        where l.request = $1 order by i.number";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_all(conn).await?))
}

/// Whose requests are listed.
#[derive(Clone, Copy, Debug)]
pub enum Requests {
    All,
    /// What this unit asked for.
    Of(UnitId),
    /// What units of this agency asked for.
    OfAgency(AgencyId),
    /// What lies in a store that this unit keeps.
    KeptBy(UnitId),
}

/// Requests that were not used, until the time the items should have come back: those that wait for somebody, and those that
/// were refused or ran out. The oldest first.
pub async fn open(tx: &mut Tx, whose: Requests, now: Moment, limit: u32) -> Result<Vec<Request>, Error> {
    const KEPT: &str = "exists (select 1 from approval_request_lines l
        join stock_balances b on b.item = l.item and b.kind = 'slot' join slots s on s.id = b.place
        join stores t on t.id = s.store where l.request = r.id and t.unit = $1)";
    let (condition, id) = match whose {
        Requests::All => ("$1 is null", None),
        Requests::Of(unit) => ("r.unit = $1", Some(unit.0)),
        Requests::OfAgency(agency) => ("u.agency = $1", Some(agency.0)),
        Requests::KeptBy(unit) => (KEPT, Some(unit.0)),
    };
    let sql = format!(
        "{REQUEST} where {condition} and a.used_seq is null and r.due_at > $2
        order by r.asked_at, r.id limit $3"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .bind(now)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?))
}

/// The request about this item that waits for an approver or a custodian, of a unit that answers for it now: whoever handed it
/// over has nothing to say about it any more.
pub async fn waiting_for(tx: &mut Tx, item: ItemId, now: Moment) -> Result<Option<ApprovalId>, Error> {
    const SQL: &str = "select r.id from approval_requests r join approval_request_lines l on l.request = r.id
            left join approvals a on a.id = r.id
        where l.item = $1 and a.used_seq is null and r.refused_by is null
            and exists (select 1 from duty_balances d
                where d.item = l.item and d.kind = 'party' and d.unit = r.unit and d.quantity > 0)
            and r.due_at > $2 and (a.expires_at is null or a.expires_at > $2) order by r.asked_at limit 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(item)
        .bind(now)
        .fetch_optional(conn)
        .await?))
}

/// The entry by which some of the item came back from this borrower after it went out by that one.
pub async fn returned(tx: &mut Tx, item: ItemId, borrower: PersonId, out: i64) -> Result<Option<i64>, Error> {
    const SQL: &str = "select min(seq) from postings
        where item = $1 and kind = 'on_loan' and place = $2 and change < 0 and seq > $3";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(item).bind(borrower).bind(out).fetch_one(conn).await?))
}

/// The approver says no. Refuses a request that is not there.
pub async fn refuse(tx: &mut Tx, id: ApprovalId, by: PersonId, reason: &str) -> Result<(), Error> {
    const SQL: &str = "update approval_requests set refused_by = $1, refusal = $2 where id = $3";
    let done =
        on!(tx, conn => sqlx::query(SQL).bind(by).bind(reason).bind(id).execute(conn).await?.rows_affected());
    one_row("request for an approval", done)
}

/// Some of an item that is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LoanRow {
    pub item: ItemId,
    pub borrower: PersonId,
    pub quantity: i64,
    /// The entry by which it went out last.
    pub seq: i64,
    /// The unit that lent it.
    pub keeper: UnitId,
}

const OUT: &str = "select b.item, b.place as borrower, b.quantity, j.seq, j.unit as keeper
    from stock_balances b join journal j on j.seq = (select max(p.seq) from postings p
        where p.item = b.item and p.kind = 'on_loan' and p.place = b.place and p.change > 0)
    where b.kind = 'on_loan' and b.quantity > 0";

/// What is out: lent by a unit, answered for by it, or lent to this person, whoever answers for it by now; or all of it.
pub async fn out(
    tx: &mut Tx,
    unit: Option<UnitId>,
    borrower: PersonId,
    limit: u32,
) -> Result<Vec<LoanRow>, Error> {
    let sql = format!(
        "{OUT} and ($1 is null or j.unit = $1 or b.place = $3 or exists (
            select 1 from duty_balances d where d.item = b.item and d.kind = 'party' and d.unit = $1))
        order by j.seq, b.item limit $2"
    );
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(unit.map(|unit| unit.0))
        .bind(i64::from(limit))
        .bind(borrower)
        .fetch_all(conn)
        .await?))
}

/// What of one item is out.
pub async fn out_of(tx: &mut Tx, item: ItemId) -> Result<Vec<LoanRow>, Error> {
    let sql = format!("{OUT} and b.item = $1 order by j.seq");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(item).fetch_all(conn).await?))
}

/// The slots in which an item lies, in stores that the unit keeps, with how much.
pub async fn slots_kept(tx: &mut Tx, unit: UnitId, item: ItemId) -> Result<Vec<(SlotId, i64)>, Error> {
    const SQL: &str = "select b.place, b.quantity from stock_balances b join slots s on s.id = b.place
        join stores t on t.id = s.store
        where b.item = $1 and b.kind = 'slot' and t.unit = $2 and b.quantity > 0 order by s.name, s.id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(item).bind(unit).fetch_all(conn).await?))
}

/// The last entry before this one by which the item went out to the borrower; 0 where there is none.
pub async fn lent_by(tx: &mut Tx, item: ItemId, borrower: PersonId, before: u64) -> Result<u64, Error> {
    const SQL: &str = "select coalesce(max(seq), 0) from postings
        where item = $1 and kind = 'on_loan' and place = $2 and change > 0 and seq < $3";
    let seq: i64 = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(item)
        .bind(borrower)
        .bind(before.cast_signed())
        .fetch_one(conn)
        .await?);
    Ok(seq.cast_unsigned())
}
