//! What follows from an entry, written beside it in the same transaction: balances, items, handovers, approvals,
//! differences, counts, declared errors and papers. All of it can be derived again from the journal.

mod approvals;
mod balances;
mod deliveries;
mod findings;
mod handovers;
mod items;
mod keys;
mod roster;

pub use balances::balances;
pub(super) use items::{search_text, seized_search_text};

use super::{Error, Tx, db::on};
use crate::{
    clock::Moment,
    id::PaperId,
    ledger::{Commitment, Entry, Mentions, PaperForm, Register, check_code},
};
use uuid::Uuid;

/// Writes what follows from one entry, except the balances.
pub async fn project(tx: &mut Tx, entry: &Entry, commitment: &Commitment) -> Result<(), Error> {
    let body = &entry.draft.body;
    match body.register() {
        Register::Nothing => (),
        Register::Items(it) => items::seize(tx, entry, it).await?,
        Register::Receipts(it) => {
            items::receive(tx, entry, it).await?;
            deliveries::receipt(tx, entry, it).await?;
        }
        Register::Delivery(it) => deliveries::conclude(tx, entry, it).await?,
        Register::Parts(it) => items::split(tx, entry, it).await?,
        Register::Approval(it) => approvals::approve(tx, entry, it).await?,
        Register::Offer(it) => handovers::offer(tx, entry, it).await?,
        Register::Withdrawal(it) => handovers::withdraw(tx, entry, it).await?,
        Register::Exchange(it) => handovers::exchange(tx, entry, it).await?,
        Register::Count(it) => findings::count(tx, entry, it).await?,
        Register::Settlement(it) => findings::settle(tx, entry, it).await?,
        Register::Error(it) => findings::declare(tx, entry, it).await?,
        Register::Correction(it) => {
            findings::correct(tx, entry, it).await?;
            items::describe(tx, entry, &it.descriptions).await?;
        }
        Register::Key(it) => keys::act(tx, entry, it).await?,
        Register::Roster(it) => roster::act(tx, entry, it).await?,
    }
    let mentions = Mentions::of(body);
    approvals::used(tx, entry, &mentions.used_approvals).await?;
    findings::raise(tx, entry, &mentions.raised).await?;
    if let Some(paper) = paper_of(entry, commitment) {
        file_paper(tx, &paper).await?;
    }
    Ok(())
}

/// The paper that an entry makes, with its number and the code by which anyone can check it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PaperRow {
    pub id: PaperId,
    pub kind: PaperForm,
    pub number: String,
    pub seq: i64,
    pub check_code: String,
    pub made_at: Moment,
}

/// The paper of this entry, if it makes one.
pub fn paper_of(entry: &Entry, commitment: &Commitment) -> Option<PaperRow> {
    let form = entry.draft.body.paper().filter(|form| entry.edition >= form.since())?;
    Some(PaperRow {
        id: PaperId(Uuid::new_v5(&entry.draft.id.0, form.word().as_bytes())),
        kind: form,
        number: format!("{}{}-{:07}", form.letter(), entry.recorded_at.year2(), entry.seq),
        seq: entry.seq.cast_signed(),
        check_code: check_code(entry, commitment),
        made_at: entry.recorded_at,
    })
}

async fn file_paper(tx: &mut Tx, paper: &PaperRow) -> Result<(), Error> {
    const SQL: &str =
        "insert into papers (id, kind, number, seq, check_code, made_at) values ($1, $2, $3, $4, $5, $6)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(paper.id)
        .bind(paper.kind)
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
