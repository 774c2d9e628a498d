//! Requests: what a unit asks for before somebody approves it, one table for every act that an approval lets happen once. What was
//! approved and done follows from the entries.

use super::{
    Error, Tx, damaged,
    db::on,
    rows::{Column, Rows, one_row},
};
use crate::{
    clock::Moment,
    domain::rule::Deadline,
    id::{AgencyId, ApprovalId, ItemId, PersonId, UnitId},
    ledger::{ApprovedAct, ApprovedDisposal, ApprovedLoss, LossCause, Outcome},
};

/// What is asked for in particular: each act that may be asked for has terms of its own.
pub trait Terms: Sized + Clone {
    const ACT: ApprovedAct;
    /// How long a yes to it can be used.
    const VALID: Deadline;
    /// The terms as they are kept.
    fn columns(&self) -> Columns;
    /// Nothing where one is missing.
    fn read(columns: Columns) -> Option<Self>;
    /// When nothing can come of it any more, whether it was answered or not.
    fn ends_at(&self) -> Option<Moment> {
        None
    }
    /// Who, besides who asked and who approved, does not carry it out, and does not approve it.
    fn concerned(&self) -> Option<PersonId> {
        None
    }
}

/// The terms of all acts, each in places of its own.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Columns {
    borrower: Option<PersonId>,
    due_at: Option<Moment>,
    outcome: Option<Outcome>,
    decision: Option<String>,
    recipient: Option<String>,
    cause: Option<LossCause>,
    liable: Option<PersonId>,
    report: Option<String>,
}

/// A loan: who is to have the things, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoanTerms {
    pub borrower: PersonId,
    pub due_at: Moment,
}

impl Terms for LoanTerms {
    const ACT: ApprovedAct = ApprovedAct::CheckOut;
    const VALID: Deadline = Deadline::LoanApproved;

    fn columns(&self) -> Columns {
        Columns { borrower: Some(self.borrower), due_at: Some(self.due_at), ..Columns::default() }
    }

    fn read(columns: Columns) -> Option<LoanTerms> {
        Some(LoanTerms { borrower: columns.borrower?, due_at: columns.due_at? })
    }

    fn ends_at(&self) -> Option<Moment> {
        Some(self.due_at)
    }

    fn concerned(&self) -> Option<PersonId> {
        Some(self.borrower)
    }
}

impl Terms for ApprovedDisposal {
    const ACT: ApprovedAct = ApprovedAct::Dispose;
    const VALID: Deadline = Deadline::DisposalApproved;

    fn columns(&self) -> Columns {
        Columns {
            outcome: Some(self.outcome),
            decision: Some(self.decision.clone()),
            recipient: self.recipient.clone(),
            ..Columns::default()
        }
    }

    fn read(columns: Columns) -> Option<ApprovedDisposal> {
        let Columns { outcome, decision, recipient, .. } = columns;
        Some(ApprovedDisposal { outcome: outcome?, decision: decision?, recipient })
    }
}

impl Terms for ApprovedLoss {
    const ACT: ApprovedAct = ApprovedAct::DeclareLoss;
    const VALID: Deadline = Deadline::LossApproved;

    fn columns(&self) -> Columns {
        Columns {
            cause: Some(self.cause),
            liable: self.liable,
            report: Some(self.report.clone()),
            ..Columns::default()
        }
    }

    fn read(columns: Columns) -> Option<ApprovedLoss> {
        let Columns { cause, liable, report, .. } = columns;
        Some(ApprovedLoss { cause: cause?, liable, report: report? })
    }

    fn concerned(&self) -> Option<PersonId> {
        self.liable
    }
}

/// What is asked for on behalf of a responsible unit, with what has become of it. Its id is that of the approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<T> {
    pub id: ApprovalId,
    /// The unit that answers for the things.
    pub unit: UnitId,
    pub agency: AgencyId,
    pub requester: PersonId,
    pub terms: T,
    pub purpose: String,
    pub asked_at: Moment,
    pub refused_by: Option<PersonId>,
    pub refusal: Option<String>,
    /// The approval's entry, and until when it can be used.
    pub given_seq: Option<i64>,
    pub approver: Option<PersonId>,
    pub expires_at: Option<Moment>,
    /// The entry by which it was carried out.
    pub used_seq: Option<i64>,
    /// Whether something of it is on offer now, so that it does not leave.
    pub on_offer: bool,
    /// Whether another agency answers for something of it by now, so that the approval lets nothing happen any more.
    pub passed_on: bool,
}

impl<T> Request<T> {
    /// A request that nobody has answered yet: whose things, who asks, why and when.
    pub fn new(
        id: ApprovalId,
        (unit, agency): (UnitId, AgencyId),
        requester: PersonId,
        (purpose, asked_at): (String, Moment),
        terms: T,
    ) -> Request<T> {
        Request {
            id,
            unit,
            agency,
            requester,
            terms,
            purpose,
            asked_at,
            refused_by: None,
            refusal: None,
            given_seq: None,
            approver: None,
            expires_at: None,
            used_seq: None,
            on_offer: false,
            passed_on: false,
        }
    }
}

#[derive(sqlx::FromRow)]
struct RequestRow {
    id: ApprovalId,
    unit: UnitId,
    agency: AgencyId,
    requester: PersonId,
    #[sqlx(flatten)]
    columns: Columns,
    purpose: String,
    asked_at: Moment,
    refused_by: Option<PersonId>,
    refusal: Option<String>,
    given_seq: Option<i64>,
    approver: Option<PersonId>,
    expires_at: Option<Moment>,
    used_seq: Option<i64>,
    on_offer: bool,
    passed_on: bool,
}

impl RequestRow {
    fn read<T: Terms>(self) -> Result<Request<T>, Error> {
        let missing = || damaged("request", format!("{} lacks its terms", self.id));
        let terms = T::read(self.columns.clone()).ok_or_else(missing)?;
        Ok(Request {
            id: self.id,
            unit: self.unit,
            agency: self.agency,
            requester: self.requester,
            terms,
            purpose: self.purpose,
            asked_at: self.asked_at,
            refused_by: self.refused_by,
            refusal: self.refusal,
            given_seq: self.given_seq,
            approver: self.approver,
            expires_at: self.expires_at,
            used_seq: self.used_seq,
            on_offer: self.on_offer,
            passed_on: self.passed_on,
        })
    }
}

const REQUEST: &str = "select r.id, r.unit, u.agency, r.requester, r.borrower, r.due_at, r.outcome, r.decision, r.recipient,
        r.cause, r.liable, r.report, r.purpose, r.asked_at, r.refused_by, r.refusal,
        a.given_seq, a.approver, a.expires_at, a.used_seq,
        exists (select 1 from request_lines l join items i on i.id = l.item
            where l.request = r.id and i.on_offer is not null) as on_offer,
        exists (select 1 from request_lines l where l.request = r.id and not exists (
            select 1 from duty_balances d join units du on du.id = d.unit
            where d.item = l.item and d.kind = 'party' and d.quantity > 0 and du.agency = u.agency)) as passed_on
    from requests r join units u on u.id = r.unit left join approvals a on a.id = r.id";

/// Keeps what is asked for.
pub async fn ask<T: Terms>(tx: &mut Tx, it: &Request<T>, lines: &[(ItemId, i64)]) -> Result<(), Error> {
    const SQL: &str = "insert into requests (id, act, unit, requester, purpose, asked_at, borrower, due_at, outcome, decision,
            recipient, cause, liable, report)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    const LINES: &str = "insert into request_lines (request, item, quantity) select * from {rows} as given";
    let terms = it.terms.columns();
    on!(tx, conn => sqlx::query(SQL)
        .bind(it.id)
        .bind(T::ACT)
        .bind(it.unit)
        .bind(it.requester)
        .bind(&it.purpose)
        .bind(it.asked_at)
        .bind(terms.borrower)
        .bind(terms.due_at)
        .bind(terms.outcome)
        .bind(terms.decision)
        .bind(terms.recipient)
        .bind(terms.cause)
        .bind(terms.liable)
        .bind(terms.report)
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

/// The request of that id, where it asks for this act.
pub async fn request<T: Terms>(tx: &mut Tx, id: ApprovalId) -> Result<Option<Request<T>>, Error> {
    let sql = format!("{REQUEST} where r.id = $1 and r.act = $2");
    let row: Option<RequestRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .bind(T::ACT)
        .fetch_optional(conn)
        .await?);
    row.map(RequestRow::read).transpose()
}

/// Item and quantity of each line.
pub async fn lines(tx: &mut Tx, id: ApprovalId) -> Result<Vec<(ItemId, i64)>, Error> {
    const SQL: &str = "select l.item, l.quantity from request_lines l join items i on i.id = l.item
        where l.request = $1 order by i.number";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_all(conn).await?))
}

/// Whose requests are listed.
#[derive(Clone, Copy, Debug)]
pub enum Requests {
    All,
    /// For things that this unit answers for.
    Of(UnitId),
    /// For things that units of this agency answer for.
    OfAgency(AgencyId),
    /// What lies in a store that this unit keeps, what it has lent, and what left it.
    KeptBy(UnitId),
}

/// Requests that wait for somebody, and those that ended (were carried out, refused or ran out) and were asked for since `since`. The
/// newest first.
pub async fn list<T: Terms>(
    tx: &mut Tx,
    whose: Requests,
    (now, since): (Moment, Moment),
    limit: u32,
) -> Result<Vec<Request<T>>, Error> {
    const KEPT: &str = "(exists (select 1 from journal j where j.seq = a.used_seq and j.unit = $1) or exists (select 1 from request_lines l
        join stock_balances b on b.item = l.item and coalesce(b.kind, b.kind) = 'slot' join slots s on s.id = b.place
        join stores t on t.id = s.store where l.request = r.id and t.unit = $1)
        or exists (select 1 from request_lines l
        join stock_balances b on b.item = l.item and coalesce(b.kind, b.kind) = 'on_loan' and b.quantity > 0
        join journal j on j.seq = (select max(p.seq) from postings p
            where p.item = b.item and p.kind = 'on_loan' and p.place = b.place and p.change > 0)
        where l.request = r.id and j.unit = $1))";
    let (condition, id) = match whose {
        Requests::All => ("$1 is null", None),
        Requests::Of(unit) => ("r.unit = $1", Some(unit.0)),
        Requests::OfAgency(agency) => ("u.agency = $1", Some(agency.0)),
        Requests::KeptBy(unit) => (KEPT, Some(unit.0)),
    };
    let sql = format!(
        "{REQUEST} where {condition} and r.act = $2 and (r.asked_at > $3 or a.used_seq is null and r.refused_by is null
            and (a.expires_at is null or a.expires_at > $4) and (r.due_at is null or r.due_at > $4))
        order by r.asked_at desc, r.id limit $5"
    );
    let rows: Vec<RequestRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .bind(T::ACT)
        .bind(since)
        .bind(now)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?);
    rows.into_iter().map(RequestRow::read).collect()
}

/// The request for this act about the item that waits for an approver or a custodian, of a unit that answers for it now: whoever
/// handed it over has nothing to say about it any more.
pub async fn waiting_for(
    tx: &mut Tx,
    act: ApprovedAct,
    item: ItemId,
    now: Moment,
) -> Result<Option<ApprovalId>, Error> {
    const SQL: &str = "select r.id from requests r join request_lines l on l.request = r.id
            left join approvals a on a.id = r.id
        where l.item = $1 and r.act = $2 and a.used_seq is null and r.refused_by is null
            and exists (select 1 from duty_balances d
                where d.item = l.item and d.kind = 'party' and d.unit = r.unit and d.quantity > 0)
            and (r.due_at is null or r.due_at > $3) and (a.expires_at is null or a.expires_at > $3)
        order by r.asked_at limit 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(item)
        .bind(act)
        .bind(now)
        .fetch_optional(conn)
        .await?))
}

/// The approver says no. Refuses a request that is not there.
pub async fn refuse(tx: &mut Tx, id: ApprovalId, by: PersonId, reason: &str) -> Result<(), Error> {
    const SQL: &str = "update requests set refused_by = $1, refusal = $2 where id = $3";
    let done =
        on!(tx, conn => sqlx::query(SQL).bind(by).bind(reason).bind(id).execute(conn).await?.rows_affected());
    one_row("request", done)
}
