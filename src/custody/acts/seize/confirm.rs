//! A list that was looked at becomes one `seize` entry.

use super::{DraftRow, ListDraft, already_recorded, known, own_case, photographs, read, stated};
use crate::{
    app::App,
    clock::Moment,
    custody::{Error, Invalid, access, numbers::item_numbers, recording::Recording, texts, turn},
    domain::{Person, Role},
    id::{EntryId, ImportId},
    ledger::{Body, PaperKind, PaperRef, Seize, SeizedLine},
    store::{Recorded, imports, journal},
};
use serde::Deserialize;

/// What confirming a list needs beside its rows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct Confirmation {
    /// Number of the 扣押清单.
    pub paper_number: String,
    /// When the things were seized; from then on the 24 hours run. Now, when absent.
    pub seized_at: Option<Moment>,
    /// The doubts about the list as a whole were looked at.
    pub accept_list: bool,
}

/// Records the list as one `seize` entry under the list's own id: the same list again is the same entry. Refuses while a
/// doubt is open, a row is incomplete, or no row is left.
pub async fn confirm(app: &App, me: &Person, id: ImportId, it: &Confirmation) -> Result<Recorded, Error> {
    access::require(me, Role::Officer)?;
    let turn = turn(&app.costly.lists, me).await?;
    let (row, mut draft) = read(app, &turn, me, id).await?;
    let mut tx = app.db.read().await?;
    let case = own_case(&mut tx, me, draft.case).await?;
    let earlier = journal::entry_by_id(&mut tx, EntryId(id.0)).await?;
    drop(tx);
    if let Some(entry) = earlier {
        if row.entry_seq.is_none() {
            keep_number(app, id, entry.seq, &draft).await?;
        }
        return Ok(Recorded::again(&entry));
    }
    let paper = it.paper_number.trim();
    if paper.is_empty() {
        return Err(Invalid::new(
            "paper_missing",
            ("没有填写扣押清单的文号。", "The number of the seizure list is missing."),
            ("请填写纸质扣押清单上的文号。", "Give the number that stands on the paper list."),
        ));
    }
    texts::recordable(("扣押清单的文号", "The number of the seizure list"), paper)?;
    let now = app.clock.now();
    let seized_at = it.seized_at.unwrap_or(now);
    let (raised, new_paper) = match look_again(app, me, id, (paper, seized_at), &mut draft).await? {
        LookAgain::New { raised, new_paper } => (raised, new_paper),
        LookAgain::Recorded(recorded) => return Ok(recorded),
    };
    draft.ready(it.accept_list && !raised)?;
    new_paper?;
    drop(turn);
    let lines = lines(app, &draft, now).await?;
    let list = PaperRef { kind: PaperKind::SeizureList, number: paper.to_owned() };
    let recording = Recording::new(app, me, EntryId(id.0)).happened(seized_at).on([list]);
    let recorded = recording.record(Body::Seize(Seize { case, unit: me.unit, lines })).await?;
    keep_number(app, id, recorded.seq, &draft).await?;
    Ok(recorded)
}

/// What the ledger says of a list that is about to be recorded.
enum LookAgain {
    /// Whether there are new doubts, which are kept with the list, and whether its number is a new one.
    New { raised: bool, new_paper: Result<(), Error> },
    /// This very list is recorded: somebody confirmed it in the same moment.
    Recorded(Recorded),
}

/// What was recorded since the list was read may be on it, and the number and the time that were typed may be others than it
/// says.
async fn look_again(
    app: &App,
    me: &Person,
    id: ImportId,
    (paper, seized_at): (&str, Moment),
    draft: &mut ListDraft,
) -> Result<LookAgain, Error> {
    // Read before the ledger is locked for writing: a case may have many lines.
    let mut tx = app.db.read().await?;
    let identified = known::identified(&mut tx, me, &mut draft.rows).await?;
    let differs = stated::against_typed(draft, paper, seized_at);
    let raised = known::same_lines(&mut tx, draft).await? || identified || differs;
    let new_paper = known::paper_is_new(&mut tx, me.unit, paper).await;
    if !raised && new_paper.is_ok() {
        return Ok(LookAgain::New { raised, new_paper });
    }
    // Asked last: what was found may be the list itself.
    if let Some(entry) = journal::entry_by_id(&mut tx, EntryId(id.0)).await? {
        return Ok(LookAgain::Recorded(Recorded::again(&entry)));
    }
    drop(tx);
    if raised {
        let (text, rows) = draft.kept_as()?;
        let mut tx = app.db.write().await?;
        if !imports::keep(&mut tx, id, (&text, rows)).await? {
            return Err(already_recorded());
        }
        tx.commit().await?;
    }
    Ok(LookAgain::New { raised, new_paper })
}

async fn keep_number(app: &App, id: ImportId, seq: u64, draft: &ListDraft) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    photographs::go_with_things(&mut tx, (id, seq), draft).await?;
    imports::recorded(&mut tx, id, seq).await?;
    Ok(tx.commit().await?)
}

/// The kept rows with new item numbers of this year.
async fn lines(app: &App, draft: &ListDraft, now: Moment) -> Result<Vec<SeizedLine>, Error> {
    let kept: Vec<&DraftRow> = draft.kept().collect();
    let numbers = item_numbers(app, now, kept.len()).await?;
    let numbered = (1..).zip(numbers).zip(kept);
    numbered.map(|((paper_line, number), row)| row.seized(app.ids.new_id(), number, paper_line)).collect()
}
