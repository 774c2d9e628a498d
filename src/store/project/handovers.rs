//! Handovers follow from offers, withdrawals and exchanges. A draft that was being put together before is replaced by
//! what was signed.

use crate::{
    domain::{AgencyKind, handover},
    id::HandoverId,
    ledger::{Entry, Exchange, Offer, SignerRole, Withdraw, WithdrawCause},
    store::{Error, Tx, damaged, db::on},
};

pub(super) async fn offer(tx: &mut Tx, entry: &Entry, offer: &Offer) -> Result<(), Error> {
    const SQL: &str = "insert into handovers (id, purpose, state, from_unit, from_case, to_unit, made_by, made_at,
            expires_at, giver, offer_digest, offer_seq)
        values ($1, $2, 'offered', $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (id) do update set state = 'offered', purpose = $2, from_unit = $3, from_case = $4, to_unit = $5,
            expires_at = $8, giver = $9, offer_digest = $10, offer_seq = $11";
    let statement = &offer.statement;
    let signature = entry.draft.signatures.iter().find(|signature| signature.role == SignerRole::Giver);
    on!(tx, conn => sqlx::query(SQL)
        .bind(statement.handover)
        .bind(statement.purpose.word())
        .bind(statement.from.party.unit)
        .bind(statement.from.party.case)
        .bind(statement.to_unit)
        .bind(entry.draft.actor)
        .bind(statement.made_at)
        .bind(statement.expires_at)
        .bind(signature.map(|it| it.person))
        .bind(signature.map(|it| it.digest.clone()))
        .bind(entry.seq.cast_signed())
        .execute(conn)
        .await?.rows_affected());
    const CLEAR: &str = "delete from handover_lines where handover = $1";
    const LINE: &str = "insert into handover_lines (handover, line, item, quantity, suggestion)
        values ($1, $2, $3, $4, $5)";
    const PENDING: &str = "update items set on_offer = $1 where id = $2";
    on!(tx, conn => sqlx::query(CLEAR).bind(statement.handover).execute(conn).await?.rows_affected());
    for (number, line) in (1_i64..).zip(&statement.lines) {
        on!(tx, conn => sqlx::query(LINE)
            .bind(statement.handover)
            .bind(number)
            .bind(line.item)
            .bind(line.quantity)
            .bind(line.suggestion.word())
            .execute(conn)
            .await?.rows_affected());
        on!(tx, conn => sqlx::query(PENDING).bind(statement.handover).bind(line.item).execute(conn).await?.rows_affected());
    }
    Ok(())
}

pub(super) async fn withdraw(tx: &mut Tx, entry: &Entry, withdraw: &Withdraw) -> Result<(), Error> {
    const SQL: &str = "update handovers set state = $1, end_seq = $2 where id = $3";
    let state = match withdraw.cause {
        WithdrawCause::Withdrawn => "withdrawn",
        WithdrawCause::Expired => "expired",
    };
    on!(tx, conn => sqlx::query(SQL)
        .bind(state)
        .bind(entry.seq.cast_signed())
        .bind(withdraw.handover)
        .execute(conn)
        .await?.rows_affected());
    release(tx, withdraw.handover).await
}

pub(super) async fn exchange(tx: &mut Tx, entry: &Entry, exchange: &Exchange) -> Result<(), Error> {
    const SQL: &str = "update handovers set state = 'concluded', end_seq = $1, to_case = $2 where id = $3";
    const LINE: &str = "update handover_lines set answer = $1, note = $2 where handover = $3 and item = $4";
    let statement = &exchange.statement;
    on!(tx, conn => sqlx::query(SQL)
        .bind(entry.seq.cast_signed())
        .bind(statement.to.party.case)
        .bind(statement.handover)
        .execute(conn)
        .await?.rows_affected());
    for line in &statement.lines {
        on!(tx, conn => sqlx::query(LINE)
            .bind(line.answer.word())
            .bind(line.answer.note())
            .bind(statement.handover)
            .bind(line.item)
            .execute(conn)
            .await?.rows_affected());
    }
    if statement.lines.iter().any(|line| !line.answer.is_refusal()) {
        open_case(tx, entry, exchange).await?;
    }
    release(tx, statement.handover).await
}

/// The receiver's own case, in the same matter, unless it has it already: something was accepted for it.
async fn open_case(tx: &mut Tx, entry: &Entry, exchange: &Exchange) -> Result<(), Error> {
    const KIND: &str = "select h.purpose, a.kind from handovers h join units u on u.id = h.to_unit
        join agencies a on a.id = u.agency where h.id = $1";
    const SQL: &str = "insert into cases (id, matter, unit, number, name, stage, opened_at)
        select $1, c.matter, $2, $3, c.name, $4, $5 from handovers h join cases c on c.id = h.from_case where h.id = $6
        on conflict (id) do nothing";
    let statement = &exchange.statement;
    let (purpose, kind): (String, String) =
        on!(tx, conn => sqlx::query_as(KIND).bind(statement.handover).fetch_one(conn).await?);
    let known = handover::purpose_from_word(&purpose).zip(AgencyKind::from_word(&kind));
    let (purpose, kind) = known.ok_or_else(|| damaged("handover", format!("{purpose} to {kind}")))?;
    on!(tx, conn => sqlx::query(SQL)
        .bind(statement.to.party.case)
        .bind(statement.to.party.unit)
        .bind(&statement.to.case_number)
        .bind(handover::stage_after(purpose, kind).word())
        .bind(entry.recorded_at)
        .bind(statement.handover)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

/// The lines are pending no more.
async fn release(tx: &mut Tx, handover: HandoverId) -> Result<(), Error> {
    const SQL: &str = "update items set on_offer = null where on_offer = $1";
    on!(tx, conn => sqlx::query(SQL).bind(handover).execute(conn).await?.rows_affected());
    Ok(())
}
