//! People's public keys, by which agencies sign. Who may sign is read from the entries ([`facts`]), never from the table: a row that somebody writes by
//! hand signs nothing. The table is what lists show; it follows from the entries and is derived again by verification.

use super::{Error, Tx, db::on, holders, journal, roster};
use crate::{
    clock::Moment,
    id::{AgencyId, PersonId, UnitId},
    ledger::{RecordedDraft, Register, State, signatures::RegisteredKey},
};
use std::collections::BTreeSet;

/// A key as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AgencyKey {
    /// First 16 hex digits of the SM3 of the key's SPKI DER.
    pub key: String,
    pub agency: AgencyId,
    pub unit: UnitId,
    pub holder: PersonId,
    pub public_pem: String,
    /// The entries by which it entered, came into force and was revoked.
    pub registered_seq: i64,
    pub in_force_seq: Option<i64>,
    pub revoked_seq: Option<i64>,
    /// Why it was revoked.
    pub revocation: Option<String>,
}

/// Every key that was ever registered by an entry, in their order.
pub async fn all(tx: &mut Tx) -> Result<Vec<AgencyKey>, Error> {
    const SQL: &str =
        "select key, agency, unit, holder, public_pem, registered_seq, in_force_seq, revoked_seq, revocation
        from agency_keys order by registered_seq";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?))
}

/// The keys of before the second edition of the rules, when they were rows and no entries. They sign entries of the first edition
/// only.
pub async fn of_first_edition(tx: &mut Tx) -> Result<Vec<RegisteredKey>, Error> {
    const SQL: &str = "select key, unit, public_pem, revoked_at from first_edition_keys order by key";
    let rows: Vec<(String, UnitId, String, Option<Moment>)> =
        on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?);
    let key = |(key, unit, public_pem, revoked_at)| RegisteredKey { key, unit, public_pem, revoked_at };
    Ok(rows.into_iter().map(key).collect())
}

/// The numbers of the entries about these keys; of the appointment by which a key ended, no proof tells.
pub async fn seqs_of(tx: &mut Tx, signers: &BTreeSet<String>) -> Result<BTreeSet<u64>, Error> {
    const SQL: &str = "select k.key, k.registered_seq, k.in_force_seq, j.seq
        from agency_keys k left join journal j on j.seq = k.revoked_seq and j.kind = 'revoke_key'";
    let rows: Vec<(String, i64, Option<i64>, Option<i64>)> =
        on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?);
    let theirs = rows.into_iter().filter(|(key, ..)| signers.contains(key));
    let about = theirs.flat_map(|(_, registered, in_force, revoked)| [Some(registered), in_force, revoked]);
    Ok(about.flatten().map(i64::cast_unsigned).collect())
}

/// These keys as a proof carries them for readers that know no entries about keys: the public half, and when each was revoked, if
/// that was before this entry.
pub async fn of_signers(
    tx: &mut Tx,
    signers: &BTreeSet<String>,
    before: u64,
) -> Result<Vec<RegisteredKey>, Error> {
    const SQL: &str = "select k.key, k.unit, k.public_pem, j.recorded_at
        from agency_keys k
        left join journal j on j.seq = k.revoked_seq and j.seq < $1 and j.kind = 'revoke_key' order by k.key";
    let rows: Vec<(String, UnitId, String, Option<Moment>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(before.cast_signed()).fetch_all(conn).await?);
    let key = |(key, unit, public_pem, revoked_at)| RegisteredKey { key, unit, public_pem, revoked_at };
    let recorded: Vec<RegisteredKey> = rows.into_iter().map(key).collect();
    let mut keys = of_first_edition(tx).await?;
    // A key that was registered anew by an entry is the same key.
    keys.retain(|old| !recorded.iter().any(|new| new.key == old.key));
    keys.extend(recorded);
    keys.retain(|key| signers.contains(&key.key));
    Ok(keys)
}

/// The public half of a key that has signed, whenever it came.
pub async fn public_pem(tx: &mut Tx, key: &str) -> Result<Option<String>, Error> {
    const SQL: &str = "select public_pem from agency_keys where key = $1
        union all select public_pem from first_edition_keys where key = $1";
    let found: Vec<String> = on!(tx, conn => sqlx::query_scalar(SQL).bind(key).fetch_all(conn).await?);
    Ok(found.into_iter().next())
}

/// The entries about keys, oldest first.
pub async fn entries(tx: &mut Tx) -> Result<Vec<RecordedDraft>, Error> {
    // As the index `journal_of_keys` has it, word for word.
    const SQL: &str =
        "select entry from journal where kind in ('register_key', 'confirm_key', 'revoke_key') order by seq";
    let entries: Vec<Vec<u8>> = on!(tx, conn => sqlx::query_scalar(SQL).fetch_all(conn).await?);
    entries.iter().map(|bytes| journal::recorded_draft(bytes)).collect()
}

/// The appointments after an entry, oldest first.
async fn appointments_since(tx: &mut Tx, seq: u64) -> Result<Vec<RecordedDraft>, Error> {
    // In words that the index `journal_of_roster` has.
    let sql = format!(
        "select entry from journal where kind in {} and kind = 'appoint' and seq > $1 order by seq",
        roster::KINDS
    );
    let entries: Vec<Vec<u8>> = on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(seq.cast_signed())
        .fetch_all(conn)
        .await?);
    entries.iter().map(|bytes| journal::recorded_draft(bytes)).collect()
}

/// How every key stands, from the entries: those about keys, and the appointments since the first of them, by which keys end. There
/// are many appointments when a city is founded, before it has any key, and few after.
pub async fn facts(tx: &mut Tx, state: &mut State) -> Result<(), Error> {
    let mut told = entries(tx).await?;
    let Some(first) = told.first().map(|recorded| recorded.seq) else { return Ok(()) };
    told.extend(appointments_since(tx, first).await?);
    told.sort_unstable_by_key(|recorded| recorded.seq);
    state.holders.agencies = holders::agencies(tx).await?;
    for RecordedDraft { seq, draft, .. } in told {
        match draft.body.register() {
            Register::Key(act) => state.take_key(seq, draft.actor, act),
            _ => state.take_appointment(&draft.body),
        }
    }
    Ok(())
}
