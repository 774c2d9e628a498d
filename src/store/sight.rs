//! The rule of sight ([`crate::domain::sight`]) as conditions of SQL, each made of the one before, and the questions about
//! one thing that ask them. No other file says who sees an item, a case, an entry or a difference.
//!
//! The places of a condition: $1 sees all, $2 unit, $3 custodian; of entries and differences, $4 the agency whose
//! corrections the viewer approves, and $5 whether the viewer reads who and what there is.

use super::{Error, Tx, db::on, roster};
use crate::{
    domain::sight::Viewer,
    id::{CaseId, DifferenceId, ItemId},
};
use std::collections::BTreeSet;

/// Whether an item, as a row of `items`, is seen.
pub(super) fn sees_item(items: &str) -> String {
    format!("($1 or {})", shown(&format!("{items}.id"), &format!("{items}.on_offer")))
}

/// The same of an item that is only named.
fn names_seen(item: &str) -> String {
    shown(item, &format!("(select offered.on_offer from items offered where offered.id = {item})"))
}

/// Asked of each row by itself. Without it PostgreSQL, which counts all rows and not the page of them that is wanted, first
/// gathers what a unit ever answered for and looks each item up there.
const EACH: &str = "limit 1 offset 0";

// The item is the way to its postings. By place there is an index too, which SQLite takes for the better one, because it
// begins with two columns that are asked for: then it walks through all that a unit ever answered for, for each item. A
// column within an expression is in no index.
fn shown(item: &str, on_offer: &str) -> String {
    let kept = kept(item);
    format!(
        "(exists (select 1 from postings duty
            where duty.item = {item} and duty.book = 'duty'
                and coalesce(duty.kind, duty.kind) = 'party' and coalesce(duty.place, duty.place) = $2 {EACH})
        or exists (select 1 from handovers offer where offer.id = {on_offer} and offer.to_unit = $2 {EACH})
        or ($3 and {kept}))"
    )
}

/// Whether what a unit owes is expected at the counter of the viewer, by their unit. What is owed goes to the unit's own
/// store or to the centre of its agency; where the agency keeps no centre of its own, to any. Nobody else expects it, and least of
/// all who holds a parking lot.
pub(super) fn expects(owing: &str, unit: &str) -> String {
    format!(
        "({owing} = {unit} or exists (select 1 from stores centre join units keeper on keeper.id = centre.unit
                join units owner on owner.id = {owing}
            where centre.kind = 'centre' and centre.unit = {unit} and (keeper.agency = owner.agency
                or not exists (select 1 from stores own join units keeping on keeping.id = own.unit
                    where own.kind = 'centre' and keeping.agency = owner.agency))))"
    )
}

/// What a custodian sees beyond their unit's own: what lies or lay in its stores, what is owed to it, and a line of which that is true
/// of the single things.
fn kept(item: &str) -> String {
    let (whole, single) = (lies_or_is_owed(item), lies_or_is_owed("thing.id"));
    format!(
        "({whole} or exists (select 1 from items thing where thing.parent = {item} and thing.listed and {single} {EACH}))"
    )
}

fn lies_or_is_owed(item: &str) -> String {
    let expected = expects("owing.place", "$2");
    format!(
        "(exists (select 1 from postings lay join slots place on place.id = coalesce(lay.place, lay.place)
                join stores keeping on keeping.id = place.store
            where lay.item = {item} and lay.book = 'stock' and coalesce(lay.kind, lay.kind) = 'slot'
                and keeping.unit = $2 {EACH})
        or exists (select 1 from stock_balances owing
            where owing.item = {item} and owing.kind = 'owed' and {expected} {EACH}))"
    )
}

/// Whether a case, as a row of `cases`, is seen. What custodians see as its items is told by its sums: there may be thousands of
/// items, and a unit that sees none of them would ask for each. (The single things of a line are answered for by the line's case.)
pub(super) fn sees_case(cases: &str) -> String {
    let expected = expects("owing.unit", "$2");
    format!(
        "($1 or {cases}.unit = $2
        or {cases}.id in (select offer.from_case from handovers offer where offer.to_unit = $2 and offer.state = 'offered')
        or ($3 and (exists (select 1 from case_keepers keeping
                where keeping.case_id = {cases}.id and keeping.unit = $2 and keeping.items <> 0 {EACH})
            or {cases}.id in (select owing.case_id from case_owed owing where owing.answered_for <> 0 and {expected}))))"
    )
}

/// Whether an entry, as a row of `journal`, is seen.
pub(super) fn sees_entry(journal: &str) -> String {
    let (itself, wrong) = (tells_of_seen(journal), tells_of_seen("wrong"));
    let open = tells_everybody(journal);
    let roster = format!("{journal}.kind in {}", roster::REGISTERS);
    format!(
        "($1 or {open} or ({roster} and $5) or (not {roster} and {itself})
        or exists (select 1 from declared_errors declared join journal wrong on wrong.seq = declared.wrong_seq
            where (declared.declaration = {journal}.seq or declared.corrected = {journal}.seq) and {wrong})
        or ($4 is not null and exists (select 1 from declared_errors declared
                join journal wrong on wrong.seq = declared.wrong_seq join units recorder on recorder.id = wrong.unit
            where (declared.wrong_seq = {journal}.seq or declared.declaration = {journal}.seq
                or declared.corrected = {journal}.seq) and recorder.agency = $4)))"
    )
}

/// What an agency's approvers answer for, and what binds everybody: keys of the agency, and the city's rules.
fn tells_everybody(journal: &str) -> String {
    format!(
        "({journal}.kind in ('adopt_rules', 'confirm_rules')
        or ($4 is not null and {journal}.kind in ('register_key', 'confirm_key', 'revoke_key')
            and exists (select 1 from units keeper where keeper.id = {journal}.unit and keeper.agency = $4)))"
    )
}

/// Whether an entry is the unit's own act, or names what the viewer sees.
fn tells_of_seen(journal: &str) -> String {
    let (posted, offered) = (names_seen("posted.item"), names_seen("line.item"));
    let (approved, differing) = (names_seen("approved.item"), names_seen("differing.item"));
    let (described, delivered) = (names_seen("described.item"), names_seen("delivered.item"));
    format!(
        "({journal}.unit = $2
        or exists (select 1 from postings posted where posted.seq = {journal}.seq and {posted})
        or exists (select 1 from description_corrections described where described.seq = {journal}.seq and {described})
        or exists (select 1 from receipt_lines delivered where delivered.delivery = {journal}.seq and {delivered})
        or exists (select 1 from handovers handover where (handover.offer_seq = {journal}.seq
                or handover.end_seq = {journal}.seq)
            and (handover.from_unit = $2 or handover.to_unit = $2 or exists (select 1 from handover_lines line
                where line.handover = handover.id and {offered})))
        or exists (select 1 from approvals approval join approval_lines approved on approved.approval = approval.id
            where approval.given_seq = {journal}.seq and {approved})
        or exists (select 1 from differences differing where (differing.raised_seq = {journal}.seq
                or differing.settled_seq = {journal}.seq)
            and (differing.owner = $2 or {differing})))"
    )
}

/// Whether every line of an entry, as a row of `journal`, is the viewer's to read, whatever it is about: it is their unit's
/// own act, they are a side of the handover, or they answer for its correction.
fn sees_whole(journal: &str) -> String {
    format!(
        "($1 or {journal}.unit = $2
        or exists (select 1 from handovers handover where (handover.offer_seq = {journal}.seq
                or handover.end_seq = {journal}.seq) and (handover.from_unit = $2 or handover.to_unit = $2))
        or {})",
        approves(journal)
    )
}

/// Whether the viewer approves corrections of an error that the entry is, declares or corrects.
fn approves(journal: &str) -> String {
    format!(
        "($3 is not null and exists (select 1 from declared_errors declared
                join journal wrong on wrong.seq = declared.wrong_seq join units recorder on recorder.id = wrong.unit
            where (declared.wrong_seq = {journal}.seq or declared.declaration = {journal}.seq
                or declared.corrected = {journal}.seq) and recorder.agency = $3))"
    )
}

/// Those of the entries, all of which they see, of which they may read all.
pub async fn whole(tx: &mut Tx, viewer: Viewer, seqs: &[u64]) -> Result<BTreeSet<u64>, Error> {
    if seqs.is_empty() {
        return Ok(BTreeSet::new());
    }
    let these = seqs.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    let sql = format!("select j.seq from journal j where j.seq in ({these}) and {}", sees_whole("j"));
    let found: Vec<i64> = on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .persistent(false)
        .bind(viewer.all)
        .bind(viewer.unit)
        .bind(viewer.approves)
        .fetch_all(conn)
        .await?);
    Ok(found.into_iter().map(i64::cast_unsigned).collect())
}

pub async fn item(tx: &mut Tx, viewer: Viewer, item: ItemId) -> Result<bool, Error> {
    let sql = format!("select 1 from items i where i.id = $4 and {}", sees_item("i"));
    let found: Option<i32> = on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(viewer.all)
        .bind(viewer.unit)
        .bind(viewer.custodian)
        .bind(item)
        .fetch_optional(conn)
        .await?);
    Ok(found.is_some())
}

pub async fn case(tx: &mut Tx, viewer: Viewer, case: CaseId) -> Result<bool, Error> {
    let sql = format!("select 1 from cases c where c.id = $4 and {}", sees_case("c"));
    let found: Option<i32> = on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(viewer.all)
        .bind(viewer.unit)
        .bind(viewer.custodian)
        .bind(case)
        .fetch_optional(conn)
        .await?);
    Ok(found.is_some())
}

pub async fn entry(tx: &mut Tx, viewer: Viewer, seq: u64) -> Result<bool, Error> {
    let sql = format!("select 1 from journal j where j.seq = $6 and {}", sees_entry("j"));
    let found: Option<i32> = on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(viewer.all)
        .bind(viewer.unit)
        .bind(viewer.custodian)
        .bind(viewer.approves)
        .bind(viewer.registers)
        .bind(seq.cast_signed())
        .fetch_optional(conn)
        .await?);
    Ok(found.is_some())
}

/// A difference is seen by whoever sees the thing, by who raised it and by who must settle it.
pub async fn difference(tx: &mut Tx, viewer: Viewer, difference: DifferenceId) -> Result<bool, Error> {
    let sql = format!(
        "select 1 from differences d join journal j on j.seq = d.raised_seq
        where d.id = $4 and ($1 or j.unit = $2 or d.owner = $2 or {})",
        names_seen("d.item")
    );
    let found: Option<i32> = on!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(viewer.all)
        .bind(viewer.unit)
        .bind(viewer.custodian)
        .bind(difference)
        .fetch_optional(conn)
        .await?);
    Ok(found.is_some())
}
