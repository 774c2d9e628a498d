//! The papers of a loan: the slip with which things go out, and the one with which they come back. Here is what the entries name
//! only by id; the form is made in [`crate::documents::loan`].

use crate::{
    custody::{Error, Thing},
    documents::loan::{self as documents, LoanNames, LoanTerms},
    domain::Person,
    id::{ApprovalId, ItemId, PersonId},
    ledger::{Body, CheckOut, Entry, Mentions},
    store::{
        Tx, approvals, counter, descriptions, items, journal, loans, names, papers, people,
        roster_then::RosterThen,
    },
};
use label_templates::{LoanPaper, ReturnPaper};
use std::collections::BTreeMap;

/// 借出单
pub(in crate::custody) async fn slip(tx: &mut Tx, entry: &Entry) -> Result<LoanPaper, Error> {
    let Body::CheckOut(loan) = &entry.draft.body else { return Err(Error::NotFound(Thing::Paper)) };
    let then = RosterThen::load(tx, entry.seq).await?;
    let terms = terms(tx, entry, loan.approval, &then).await?;
    let names = named(tx, entry, loan.lines.iter().map(|it| it.item), Some(loan.borrower), &then).await?;
    Ok(documents::slip(entry, loan, &terms, &names))
}

/// 归还单
pub(in crate::custody) async fn return_slip(tx: &mut Tx, entry: &Entry) -> Result<ReturnPaper, Error> {
    let Body::Return(back) = &entry.draft.body else { return Err(Error::NotFound(Thing::Paper)) };
    let then = RosterThen::load(tx, entry.seq).await?;
    let names = named(tx, entry, back.lines.iter().map(|it| it.item), Some(back.borrower), &then).await?;
    let mut out: BTreeMap<u64, Entry> = BTreeMap::new();
    for line in &back.lines {
        let seq = loans::lent_by(tx, line.item, back.borrower, entry.seq).await?;
        if let Some(lent) = journal::entry(tx, seq).await? {
            out.insert(seq, lent);
        }
    }
    let out: Vec<(u64, &Entry, &CheckOut)> = out
        .iter()
        .filter_map(|(seq, entry)| match &entry.draft.body {
            Body::CheckOut(loan) => Some((*seq, entry, loan)),
            _ => None,
        })
        .collect();
    Ok(documents::return_slip(entry, back, &out, &names))
}

/// Who asked for it and who approved it.
pub(in crate::custody) async fn terms(
    tx: &mut Tx,
    entry: &Entry,
    approval: ApprovalId,
    then: &RosterThen,
) -> Result<LoanTerms, Error> {
    let approval = approvals::approval(tx, approval).await?.ok_or(Error::NotFound(Thing::Paper))?;
    let given = journal::entry(tx, approval.given_seq.cast_unsigned()).await?;
    let requester = people::person(tx, approval.requester).await?.map(|it| then.person(it));
    Ok(LoanTerms {
        requester_unit: requester.as_ref().map_or_else(String::new, Person::office),
        purpose: match given.as_ref().map(|it| &it.draft.body) {
            Some(Body::Approve(it)) => it.purpose.clone(),
            _ => String::new(),
        },
        requester: requester.map_or_else(String::new, |person| person.name),
        approver: then.name(approval.approver, people::name(tx, approval.approver).await?),
        approval_entry: approval.given_seq.to_string(),
        approved_on: given.map_or(entry.recorded_at, |given| given.recorded_at).date(),
    })
}

/// What the entry names only by id: whoever the things were handed to, where that is somebody of the roster.
pub(in crate::custody) async fn named(
    tx: &mut Tx,
    entry: &Entry,
    lines: impl Iterator<Item = ItemId>,
    borrower: Option<PersonId>,
    then: &RosterThen,
) -> Result<LoanNames, Error> {
    let row = papers::of_entry(tx, entry.seq).await?.ok_or(Error::NotFound(Thing::Paper))?;
    let mut names = names::names(tx, &Mentions::by([entry])).await?;
    descriptions::names_as_known(tx, &mut names, entry.seq).await?;
    then.rename(&mut names);
    let (mut cases, mut found): (Vec<String>, BTreeMap<ItemId, items::Item>) = (Vec::new(), BTreeMap::new());
    for line in lines {
        let Some(mut item) = items::item(tx, line).await? else { continue };
        descriptions::as_known(tx, std::slice::from_mut(&mut item), entry.seq).await?;
        if let Some(case) = counter::case_head(tx, item.case).await? {
            let case = format!("{} {}", case.number, case.name);
            if !cases.contains(&case) {
                cases.push(case);
            }
        }
        found.insert(line, item);
    }
    let custodian = people::person(tx, entry.draft.actor).await?.map(|it| then.person(it));
    let borrower = match borrower {
        Some(borrower) => people::person(tx, borrower).await?.map(|it| then.person(it)),
        None => None,
    };
    let described = found.into_iter().map(|(id, item)| {
        let (label_code, seal) = (item.label_code.unwrap_or_default(), item.seal.unwrap_or_default());
        (id, documents::ItemWords { features: item.particulars.told(&item.features), label_code, seal })
    });
    Ok(LoanNames {
        centre: custodian.as_ref().map_or_else(String::new, |person| person.unit_name.clone()),
        paper_number: row.number,
        check_code: row.check_code,
        cases,
        borrower_unit: borrower.as_ref().map_or_else(String::new, Person::office),
        borrower: borrower.map_or_else(String::new, |person| person.name),
        custodian: custodian.map_or_else(String::new, |person| person.name),
        items: described.collect(),
        names,
    })
}
