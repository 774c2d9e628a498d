//! The list with which things leave for good. Here is what the entry names only by id; the form is made in [`crate::documents::disposal`].

use crate::{
    custody::{Error, Thing, loan},
    documents::disposal,
    ledger::{Body, Entry},
    store::{Tx, roster_then::RosterThen},
};
use label_templates::DisposalPaper;

/// 发还清单, 销毁清单 …
pub(in crate::custody) async fn list(tx: &mut Tx, entry: &Entry) -> Result<DisposalPaper, Error> {
    let Body::Dispose(it) = &entry.draft.body else { return Err(Error::NotFound(Thing::Paper)) };
    let then = RosterThen::load(tx, entry.seq).await?;
    let terms = loan::terms(tx, entry, it.approval, &then).await?;
    let names = loan::named(tx, entry, it.lines.iter().map(|line| line.item), None, &then).await?;
    Ok(disposal::list(entry, it, &terms, &names))
}
