//! A ledger from before there were entries about who and what there is, opened to record: what stands there is written down once, as it
//! stands. From then on a row that no entry says is a finding.

use super::App;
use crate::{
    id::UnitId,
    ledger::{Body, Draft, MACHINE},
    store::{self, registered_places, roster, sequencer},
};
use uuid::Uuid;

/// Takes over what no entry says yet. What the rules refuse stays without an entry, and verification names it; where nothing can be
/// recorded at the moment, the next opening takes over.
pub(super) async fn take_over(app: &App) -> Result<(), store::Error> {
    let mut tx = app.db.read().await?;
    let people = roster::unrecorded(&mut tx).await?;
    let places = registered_places::unrecorded(&mut tx).await?;
    let drafts: Vec<Draft> = people.into_iter().chain(places).map(|body| draft(app, body)).collect();
    if drafts.is_empty() {
        return Ok(());
    }
    let answers = sequencer::rehearse(&mut tx, app.settings.suite, app.clock.now(), &drafts).await?;
    drop(tx);
    let mut kept = Vec::with_capacity(drafts.len());
    for (draft, answer) in drafts.into_iter().zip(answers) {
        match answer {
            Ok(()) => kept.push(draft),
            Err(error) => tracing::warn!(
                what = draft.body.kind(), %error,
                "something that was registered before cannot be taken over as an entry; `hufu verify` names it"
            ),
        }
    }
    if let Err((_, error)) = app.sequencer.record_together(kept).await {
        tracing::warn!(%error, "what was registered before has no entries yet; the next start takes it over");
    }
    Ok(())
}

fn draft(app: &App, body: Body) -> Draft {
    Draft {
        id: app.ids.new_id(),
        happened_at: app.clock.now(),
        actor: MACHINE,
        unit: UnitId(Uuid::nil()),
        station: None,
        papers: Vec::new(),
        body,
        signatures: Vec::new(),
    }
}
