//! Rules that were adopted, read from the entries each time: there are some dozens in the life of a city, and no table of them that
//! somebody could write.

use super::{Error, Tx, damaged, db::on, journal};
use crate::{
    clock::Moment,
    domain::{
        Rules,
        rule::{Adopted, RuleBook},
    },
    id::PersonId,
    ledger::{AdoptRules, Body, RecordedDraft, State},
};

/// One file of rules and what became of it.
#[derive(Clone, Debug)]
pub struct Adoption {
    pub seq: u64,
    pub adopted_by: PersonId,
    pub adopted_at: Moment,
    pub body: AdoptRules,
    pub confirmation: Option<Confirmation>,
}

#[derive(Clone, Copy, Debug)]
pub struct Confirmation {
    pub seq: u64,
    pub by: PersonId,
    pub at: Moment,
}

/// Every adoption, oldest first.
pub async fn adoptions(tx: &mut Tx) -> Result<Vec<Adoption>, Error> {
    let mut adoptions: Vec<Adoption> = Vec::new();
    for RecordedDraft { seq, recorded_at: at, draft } in entries(tx).await? {
        if let Body::AdoptRules(body) = draft.body {
            let adopted_by = draft.actor;
            adoptions.push(Adoption { seq, adopted_by, adopted_at: at, body, confirmation: None });
        } else if let Body::ConfirmRules(it) = draft.body {
            let confirmed = adoptions.iter_mut().find(|adoption| adoption.seq == it.adoption);
            let confirmed = confirmed.ok_or_else(|| damaged("confirmation of rules", seq))?;
            confirmed.confirmation = Some(Confirmation { seq, by: draft.actor, at });
        }
    }
    Ok(adoptions)
}

/// The rules of this ledger, the built-in ones where none are adopted.
pub async fn book(tx: &mut Tx, built_in: Rules) -> Result<RuleBook, Error> {
    let mut confirmed: Vec<(u64, Adopted)> = Vec::new();
    for Adoption { seq, body, confirmation, .. } in adoptions(tx).await? {
        if let Some(confirmation) = confirmation {
            let rules = Rules::read(&body.text()).map_err(|error| damaged("adopted rules", error))?;
            confirmed.push((confirmation.seq, Adopted { seq, begins: body.begins(), rules }));
        }
    }
    confirmed.sort_by_key(|(seq, _)| *seq);
    Ok(RuleBook::new(built_in, confirmed.into_iter().map(|(_, adopted)| adopted).collect()))
}

/// What the ledger's rule needs to know of adopted rules.
pub async fn facts(tx: &mut Tx, state: &mut State) -> Result<(), Error> {
    for RecordedDraft { seq, draft, .. } in entries(tx).await? {
        state.take_rules(seq, draft.actor, &draft.body);
    }
    Ok(())
}

async fn entries(tx: &mut Tx) -> Result<Vec<RecordedDraft>, Error> {
    // As the index `journal_of_rules` has it, word for word.
    const SQL: &str = "select entry from journal where kind in ('adopt_rules', 'confirm_rules') order by seq";
    let entries: Vec<Vec<u8>> = on!(tx, conn => sqlx::query_scalar(SQL).fetch_all(conn).await?);
    entries.iter().map(|bytes| journal::recorded_draft(bytes)).collect()
}
