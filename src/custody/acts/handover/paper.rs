//! The papers of a handover: the list of the offer, and the certificate of the exchange.

use super::SignedStatements;
use crate::{
    app::App,
    custody::{Error, Thing, access, standing::stands},
    documents::handover::{self as paper_of, ItemWords},
    domain::{Handover, Person, handover},
    id::ItemId,
    ledger::{OfferStatement, SignerRole},
    store::{Tx, descriptions, handovers, items, papers, people, roster_then::RosterThen},
};
use std::collections::BTreeMap;

/// The paper of an offer or an exchange: the list, with the answers and signatures it has, and how it stands now.
pub async fn paper(app: &App, me: &Person, seq: u64) -> Result<label_templates::HandoverPaper, Error> {
    let mut tx = app.db.read().await?;
    access::see_paper(&mut tx, me, seq).await?;
    let missing = || Error::NotFound(Thing::Paper);
    let id = handovers::of_entry(&mut tx, seq).await?.ok_or_else(missing)?;
    let found = handovers::handover(&mut tx, id).await?.ok_or_else(missing)?;
    let filed = handovers::paper(&mut tx, seq).await?.ok_or_else(missing)?;
    let mut signed = SignedStatements::load(&mut tx, &found).await?;
    if found.offer_seq == Some(seq) {
        // The list as it was offered, before anybody answered.
        signed.end = None;
    }
    let (Some(offer), Some(entry)) = (signed.offered(), signed.end.as_ref().or(signed.offer.as_ref())) else {
        return Err(missing());
    };
    let stands = stands(&mut tx, app.clock.now(), entry).await?;
    let rule = app.rules().at(offer.made_at).copies(offer.purpose, offer.made_at).cloned();
    let mut names = paper_of::Names {
        centre: handovers::centre(&mut tx).await?.unwrap_or_else(|| found.giver.agency_name.clone()),
        paper_number: filed.number,
        check_code: filed.check_code,
        case_name: found.case_name.clone(),
        state: stands.sentence(),
        kept_by: rule.as_ref().map(|it| it.rule.clone()).unwrap_or_default(),
        articles: rule.map(|it| it.citation).unwrap_or_default(),
        items: words(&mut tx, offer, seq).await?,
        ..paper_of::Names::default()
    };
    let then = RosterThen::load(&mut tx, seq).await?;
    if let Some(signature) = signed.signature(SignerRole::Giver) {
        names.giver = then.name(signature.person, people::name(&mut tx, signature.person).await?);
    }
    if let Some(signature) = signed.signature(SignerRole::Receiver) {
        names.receiver = then.name(signature.person, people::name(&mut tx, signature.person).await?);
    }
    Ok(paper_of::handover(entry, offer, signed.concluded(), stages(&found), &names))
}

fn stages(found: &Handover) -> (crate::domain::Stage, crate::domain::Stage) {
    (found.from_stage, handover::stage_after(found.purpose, found.receiver.agency_kind))
}

/// What is written of the things, as it was known at that entry.
async fn words(tx: &mut Tx, offer: &OfferStatement, seq: u64) -> Result<BTreeMap<ItemId, ItemWords>, Error> {
    let ids: Vec<ItemId> = offer.lines.iter().map(|line| line.item).collect();
    let mut found = items::by_ids(tx, &ids).await?;
    descriptions::as_known(tx, &mut found, seq).await?;
    let mut weighings = papers::weighings(tx, &ids, seq).await?;
    let words = found.into_iter().map(|it| {
        let words = ItemWords {
            category: it.category,
            features: it.particulars.told(&it.features),
            counted_as: it.counted_as,
            particulars: it.particulars,
            paper: (it.paper_number, it.paper_line),
            weighing: weighings.remove(&it.id),
        };
        (it.id, words)
    });
    Ok(words.collect())
}
