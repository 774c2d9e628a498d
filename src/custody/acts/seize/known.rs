//! What the ledger has already: a thing with the same IMEI, plate or account, a list with the same number, the same lines
//! once more.

use super::{DraftDoubt, DraftRow, ListDraft};
use crate::{
    custody::{Conflict, Error, access},
    domain::Person,
    id::UnitId,
    ledger::identifiers::identifiers,
    store::{Tx, imports},
};
use std::collections::{BTreeMap, BTreeSet};

/// Raises a doubt at each row whose thing is recorded already by what identifies it. A doubt that stands there is not raised
/// again, so what was looked at stays looked at. Answers whether there is a new one.
pub(super) async fn identified(tx: &mut Tx, me: &Person, rows: &mut [DraftRow]) -> Result<bool, Error> {
    let wanted: BTreeSet<String> =
        rows.iter().filter(|row| row.dropped.is_none()).flat_map(|row| told(row).into_iter()).collect();
    let mut recorded: BTreeMap<String, DraftDoubt> = BTreeMap::new();
    for it in imports::identified(tx, &wanted).await? {
        let seen = access::sees_item(tx, me, it.item).await?;
        let doubt = DraftDoubt::identified(&it.identifier, seen.then_some(it.number.as_str()));
        recorded.entry(it.identifier).or_insert(doubt);
    }
    let mut raised = false;
    for row in rows.iter_mut().filter(|row| row.dropped.is_none()) {
        for identifier in told(row) {
            let Some(doubt) = recorded.get(&identifier) else { continue };
            let stands = row.doubts.iter().any(|it| it.code == doubt.code && it.text == doubt.text);
            if !stands {
                row.doubts.push(doubt.clone());
                raised = true;
            }
        }
    }
    Ok(raised)
}

/// What identifies the thing of a row, wherever the row says it.
fn told(row: &DraftRow) -> BTreeSet<String> {
    identifiers(&row.name, &row.features, &row.particulars).into_iter().map(|(_, key)| key).collect()
}

/// Raises a doubt about the list when an entry of its case says the very same lines. Answers whether it is new.
pub(super) async fn same_lines(tx: &mut Tx, draft: &mut ListDraft) -> Result<bool, Error> {
    let line = |name: &str, quantity: i64, features: &str| (name.to_owned(), quantity, features.to_owned());
    let mut lines: Vec<_> =
        draft.kept().map(|row| line(&row.name, row.quantity.unwrap_or(0), &row.features)).collect();
    lines.sort_unstable();
    let mut recorded: BTreeMap<i64, Vec<_>> = BTreeMap::new();
    for it in imports::seized_lines(tx, draft.case).await? {
        recorded.entry(it.seized_seq).or_default().push(line(&it.name, it.quantity, &it.features));
    }
    let same = recorded.into_iter().find_map(|(seq, mut of_entry)| {
        of_entry.sort_unstable();
        (of_entry == lines).then_some(seq)
    });
    let Some(seq) = same else { return Ok(false) };
    let doubt = DraftDoubt::same_lines(seq);
    let stands = draft.doubts.contains(&doubt);
    if !stands {
        draft.doubts.push(doubt);
    }
    Ok(!stands)
}

/// A list's number stands for one list of its unit.
pub(super) async fn paper_is_new(tx: &mut Tx, unit: UnitId, paper: &str) -> Result<(), Error> {
    match imports::paper_recorded(tx, unit, paper).await? {
        None => Ok(()),
        Some(seq) => Err(Conflict::new(
            "paper_recorded_before",
            (
                &format!("本单位文号为“{paper}”的扣押清单已登记（第 {seq} 号分录），没有再登记。"),
                &format!(
                    "Your unit's seizure list “{paper}” is already recorded (entry {seq}); it was not recorded again."
                ),
            ),
            (
                "请核对文号；确是另一份清单的，填写它自己的文号；续页请写明“之二”。",
                "Check the number; another list has a number of its own, and a continuation says so (“part 2”).",
            ),
        )),
    }
}
