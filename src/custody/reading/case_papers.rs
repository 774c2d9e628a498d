//! What lies in the folder of a case: its lists, its receipts and its handovers, and who is named in them.

use crate::custody::{Error, access, delivery};
use crate::{
    app::App,
    domain::{Handover, Person, Viewer},
    id::CaseId,
    store::{
        handovers,
        imports::{self, ConfirmedList},
        offer_drafts,
    },
};
use serde::Serialize;

/// The papers of a case that this person may see.
#[derive(Clone, Debug, Serialize)]
pub struct CasePapers {
    /// Whom the list of a handover named as the suspect.
    pub suspect: Option<String>,
    pub lists: Vec<ConfirmedList>,
    pub deliveries: Vec<delivery::ConcludedDelivery>,
    pub handovers: Vec<Handover>,
}

/// Refuses as if the case were not there when it is not theirs to see. A handover is shown to both of its sides.
pub async fn case_papers(app: &App, me: &Person, case: CaseId) -> Result<CasePapers, Error> {
    let deliveries = delivery::of_case(app, me, case).await?;
    let mut tx = app.db.read().await?;
    access::see_case(&mut tx, me, case).await?;
    Ok(CasePapers {
        suspect: offer_drafts::suspect_told(&mut tx, case).await?,
        lists: imports::confirmed(&mut tx, case).await?,
        deliveries,
        handovers: handovers::of_case(&mut tx, case, Viewer::of(me).whose()).await?,
    })
}
