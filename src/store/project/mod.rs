//! What follows from an entry, written beside it in the same transaction: balances, items, handovers, approvals,
//! differences, counts, declared errors and papers. All of it can be derived again from the journal.

mod balances;
mod handovers;
mod items;

pub use balances::balances;
pub(super) use items::search_text;

use super::{
    Error, Tx,
    db::on,
    rows::{Column, Rows},
};
use crate::{
    clock::Moment,
    id::PaperId,
    ledger::{Body, Change, Digest, Effects, Entry, RaisedDifference, check_code},
};
use uuid::Uuid;

/// Writes what follows from one entry, except the balances.
pub async fn project(tx: &mut Tx, entry: &Entry, effects: &Effects, leaf: Digest) -> Result<(), Error> {
    let seq = entry.seq.cast_signed();
    match &entry.draft.body {
        Body::Seize(it) => items::seize(tx, entry, it).await?,
        Body::Receive(it) => items::receive(tx, entry, it).await?,
        Body::Split(it) => items::split(tx, entry, it).await?,
        Body::Offer(it) => handovers::offer(tx, entry, it).await?,
        Body::Withdraw(it) => handovers::withdraw(tx, entry, it).await?,
        Body::Exchange(it) => handovers::exchange(tx, entry, it).await?,
        Body::CountStatement(it) => {
            const SQL: &str = "update counts set statement_seq = $1 where id = $2";
            on!(tx, conn => sqlx::query(SQL).bind(seq).bind(it.count).execute(conn).await?.rows_affected());
        }
        Body::SettleDifference(it) => {
            const SQL: &str = "update differences set settled_seq = $1, settlement = $2 where id = $3";
            on!(tx, conn => sqlx::query(SQL).bind(seq).bind(&it.finding).bind(it.difference).execute(conn).await?.rows_affected());
        }
        _ => (),
    }
    raise(tx, seq, &raised(&entry.draft.body)).await?;
    for change in &effects.changes {
        record_change(tx, seq, change, entry).await?;
    }
    if let Some(paper) = paper_of(entry, leaf) {
        file_paper(tx, &paper).await?;
    }
    Ok(())
}

/// The differences that this body raises.
pub(super) fn raised(body: &Body) -> Vec<&RaisedDifference> {
    match body {
        Body::Receive(it) => it.lines.iter().filter_map(|line| line.difference.as_ref()).collect(),
        Body::Exchange(it) => it.differences.iter().collect(),
        Body::CountStatement(it) => it.differences.iter().collect(),
        Body::RaiseDifference(it) => vec![it],
        _ => Vec::new(),
    }
}

async fn raise(tx: &mut Tx, seq: i64, raised: &[&RaisedDifference]) -> Result<(), Error> {
    const SQL: &str = "insert into differences (id, class, item, finding, owner, due_at, raised_seq)
        select * from {rows} as given";
    Rows::new(vec![
        Column::Ids(raised.iter().map(|it| it.difference.0).collect()),
        Column::Texts(raised.iter().map(|it| it.class.word()).collect()),
        Column::OptionalIds(raised.iter().map(|it| it.item.map(|item| item.0)).collect()),
        Column::Texts(raised.iter().map(|it| it.finding.as_str()).collect()),
        Column::Ids(raised.iter().map(|it| it.owner.0).collect()),
        Column::Numbers(raised.iter().map(|it| it.due_at.0).collect()),
        Column::Numbers(vec![seq; raised.len()]),
    ])
    .execute(tx, SQL)
    .await
}

async fn record_change(tx: &mut Tx, seq: i64, change: &Change, entry: &Entry) -> Result<(), Error> {
    match change {
        Change::Approved(approval, facts) => {
            const SQL: &str =
                "insert into approvals (id, act, approver, requester, purpose, expires_at, given_seq)
                values ($1, $2, $3, $4, $5, $6, $7)";
            const LINE: &str = "insert into approval_lines (approval, item, quantity) values ($1, $2, $3)";
            let Body::Approve(body) = &entry.draft.body else { return Ok(()) };
            let act = serde_json::to_value(facts.act).unwrap_or_default();
            on!(tx, conn => sqlx::query(SQL)
                .bind(approval)
                .bind(act.as_str().unwrap_or_default())
                .bind(facts.approver)
                .bind(facts.requester)
                .bind(&body.purpose)
                .bind(facts.expires_at)
                .bind(seq)
                .execute(conn)
                .await?.rows_affected());
            for line in &facts.lines {
                on!(tx, conn => sqlx::query(LINE)
                    .bind(approval)
                    .bind(line.item)
                    .bind(line.quantity)
                    .execute(conn)
                    .await?.rows_affected());
            }
        }
        Change::ApprovalUsed(approval) => {
            const SQL: &str = "update approvals set used_seq = $1 where id = $2";
            on!(tx, conn => sqlx::query(SQL).bind(seq).bind(approval).execute(conn).await?.rows_affected());
        }
        Change::ErrorDeclared { wrong_seq } => {
            const SQL: &str = "insert into declared_errors (declaration, wrong_seq) values ($1, $2)";
            on!(tx, conn => sqlx::query(SQL).bind(seq).bind(wrong_seq.cast_signed()).execute(conn).await?.rows_affected());
        }
        Change::ErrorCorrected { declaration } => {
            const SQL: &str = "update declared_errors set corrected = $1 where declaration = $2";
            on!(tx, conn => sqlx::query(SQL).bind(seq).bind(declaration.cast_signed()).execute(conn).await?.rows_affected());
        }
        Change::ItemOpened(..)
        | Change::OfferOpened(..)
        | Change::OfferClosed(_)
        | Change::DifferenceRaised(_)
        | Change::DifferenceSettled(_)
        | Change::Counted(_) => (),
    }
    Ok(())
}

/// Which paper an entry makes, and the letter its number starts with.
fn paper_kind(body: &Body) -> Option<(&'static str, char)> {
    match body {
        Body::Receive(_) => Some(("receipt", 'R')),
        Body::Offer(_) => Some(("offer_list", 'Y')),
        Body::Exchange(_) => Some(("handover_list", 'H')),
        Body::CountStatement(_) => Some(("count_statement", 'P')),
        _ => None,
    }
}

/// The paper that an entry makes, with its number and the code by which anyone can check it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PaperRow {
    pub id: PaperId,
    pub kind: String,
    pub number: String,
    pub seq: i64,
    pub check_code: String,
    pub made_at: Moment,
}

/// The paper of this entry, if it makes one.
pub fn paper_of(entry: &Entry, leaf: Digest) -> Option<PaperRow> {
    let (kind, letter) = paper_kind(&entry.draft.body)?;
    Some(PaperRow {
        id: PaperId(Uuid::new_v5(&entry.draft.id.0, kind.as_bytes())),
        kind: kind.to_owned(),
        number: format!("{letter}{}-{:07}", entry.recorded_at.year2(), entry.seq),
        seq: entry.seq.cast_signed(),
        check_code: check_code(entry.seq, leaf),
        made_at: entry.recorded_at,
    })
}

async fn file_paper(tx: &mut Tx, paper: &PaperRow) -> Result<(), Error> {
    const SQL: &str =
        "insert into papers (id, kind, number, seq, check_code, made_at) values ($1, $2, $3, $4, $5, $6)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(paper.id)
        .bind(&paper.kind)
        .bind(&paper.number)
        .bind(paper.seq)
        .bind(&paper.check_code)
        .bind(paper.made_at)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

/// When an entry says it happened; a shorthand for the projections.
fn happened(entry: &Entry) -> Moment {
    entry.draft.happened_at
}
