//! Handovers follow from offers, withdrawals and exchanges. A draft that was being put together before is replaced by
//! what was signed.

use crate::{
    domain::{AgencyKind, handover},
    id::HandoverId,
    ledger::{Entry, Exchange, HandoverPurpose, Offer, SignerRole, Withdraw, WithdrawCause},
    store::{
        Error, Tx, damaged,
        db::on,
        offer_drafts::told_text,
        rows::{Column, Rows, one_row},
    },
};

pub(super) async fn offer(tx: &mut Tx, entry: &Entry, offer: &Offer) -> Result<(), Error> {
    const SQL: &str = "insert into handovers (id, purpose, state, from_unit, from_case, to_unit, made_by, made_at,
            expires_at, giver, offer_digest, offer_seq, told)
        values ($1, $2, 'offered', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict (id) do update set state = 'offered', purpose = $2, from_unit = $3, from_case = $4, to_unit = $5,
            expires_at = $8, giver = $9, offer_digest = $10, offer_seq = $11, told = $12";
    let statement = &offer.statement;
    let told = told_text(&statement.told)?;
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
        .bind(told)
        .execute(conn)
        .await?.rows_affected());
    const CLEAR: &str = "delete from handover_lines where handover = $1";
    const LINES: &str = "insert into handover_lines (handover, line, item, quantity, suggestion)
        select * from {rows} as given";
    const PENDING: &str =
        "update items set on_offer = given.column1 from {rows} as given where items.id = given.column2";
    on!(tx, conn => sqlx::query(CLEAR).bind(statement.handover).execute(conn).await?.rows_affected());
    let lines = &statement.lines;
    let handover = || Column::Ids(vec![statement.handover.0; lines.len()]);
    let items = || Column::Ids(lines.iter().map(|line| line.item.0).collect());
    Rows::new(vec![
        handover(),
        Column::Numbers((1..).take(lines.len()).collect()),
        items(),
        Column::Numbers(lines.iter().map(|line| line.quantity).collect()),
        Column::Texts(lines.iter().map(|line| line.suggestion.word()).collect()),
    ])
    .execute(tx, LINES)
    .await?;
    Rows::new(vec![handover(), items()]).execute(tx, PENDING).await
}

pub(super) async fn withdraw(tx: &mut Tx, entry: &Entry, withdraw: &Withdraw) -> Result<(), Error> {
    const SQL: &str = "update handovers set state = $1, end_seq = $2 where id = $3";
    let state = match withdraw.cause {
        WithdrawCause::Withdrawn => "withdrawn",
        WithdrawCause::Expired => "expired",
    };
    let done = on!(tx, conn => sqlx::query(SQL)
        .bind(state)
        .bind(entry.seq.cast_signed())
        .bind(withdraw.handover)
        .execute(conn)
        .await?.rows_affected());
    one_row("handover", done)?;
    release(tx, withdraw.handover).await
}

pub(super) async fn exchange(tx: &mut Tx, entry: &Entry, exchange: &Exchange) -> Result<(), Error> {
    const SQL: &str = "update handovers set state = 'concluded', end_seq = $1, to_case = $2 where id = $3";
    // The rules have it that every line is answered, in its order.
    const LINES: &str = "update handover_lines set answer = given.column4, note = given.column5
        from {rows} as given where handover = given.column1 and line = given.column2 and item = given.column3";
    let statement = &exchange.statement;
    let done = on!(tx, conn => sqlx::query(SQL)
        .bind(entry.seq.cast_signed())
        .bind(statement.to.party.case)
        .bind(statement.handover)
        .execute(conn)
        .await?.rows_affected());
    one_row("handover", done)?;
    let lines = &statement.lines;
    Rows::new(vec![
        Column::Ids(vec![statement.handover.0; lines.len()]),
        Column::Numbers((1..).take(lines.len()).collect()),
        Column::Ids(lines.iter().map(|line| line.item.0).collect()),
        Column::Texts(lines.iter().map(|line| line.answer.word()).collect()),
        Column::OptionalTexts(lines.iter().map(|line| line.answer.note()).collect()),
    ])
    .execute(tx, LINES)
    .await?;
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
    let (purpose, kind): (HandoverPurpose, String) =
        on!(tx, conn => sqlx::query_as(KIND).bind(statement.handover).fetch_one(conn).await?);
    let kind =
        AgencyKind::from_word(&kind).ok_or_else(|| damaged("agency", format!("of the kind «{kind}»")))?;
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
