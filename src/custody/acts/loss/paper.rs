//! 灭失登记表. Here is what the entry names only by id; the form is made in [`crate::documents::loss`].

use crate::{
    custody::{Error, Thing, loan},
    documents::loss,
    ledger::{Body, Entry},
    store::{Tx, roster_then::RosterThen},
};
use label_templates::LossPaper;

pub(in crate::custody) async fn paper(tx: &mut Tx, entry: &Entry) -> Result<LossPaper, Error> {
    let Body::DeclareLoss(it) = &entry.draft.body else { return Err(Error::NotFound(Thing::Paper)) };
    let then = RosterThen::load(tx, entry.seq).await?;
    let terms = loan::terms(tx, entry, it.approval, &then).await?;
    let names = loan::named(tx, entry, it.lines.iter().map(|line| line.item), None, &then).await?;
    Ok(loss::paper(entry, it, &terms, &names))
}
