//! Errors and their correction (更正): nothing is edited. Somebody of the unit that recorded a wrong entry declares it
//! wrong, with a reason; one of them asks for what should have been; an approver of the agency says yes or no; and a third
//! person records the correction. Where it reaches what another unit keeps or answers for, that unit's approver agrees too. Declaration, approval and correction are entries beside the wrong one.
//!
//! Here are the acts; [`view`] shows how an error stands, [`typed`] reads what people type.

mod ask;
mod consent;
mod describe;
mod open;
mod typed;
mod view;

pub use ask::{CorrectionRequest, ask};
pub use describe::{RequestedChange, RequestedDescription, add_photograph};
pub use open::{OpenError, open};
pub(in crate::custody) use open::{asked_by, to_answer};
pub use typed::RequestedLine;
pub use view::{CorrectionLine, CorrectionStatus, CorrectionView, DescribedNow, WhereNow, show};

use consent::Consents;

use crate::custody::{
    Conflict, Error, Forbidden, Invalid, Thing, access,
    recording::{Once, Recording},
    texts,
};
use crate::{
    app::App,
    documents::sentence,
    domain::{Person, Role, rule::Deadline},
    id::{ApprovalId, EntryId, UnitId},
    language::Language,
    ledger::{Approve, ApprovedAct, ApprovedCorrection, ApprovedLine, Body, Correct, DeclareError, Mentions},
    store::{
        Recorded, Tx,
        corrections::{self, DeclaredError, Proposal},
        damaged, heads, journal, names,
    },
};
use serde::{Deserialize, de::DeserializeOwned};

/// What one entry is called wrong for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct Declaration {
    /// Made by whoever asks; the same id again is the same act.
    pub id: EntryId,
    /// The wrong entry's number.
    pub wrong: u64,
    pub reason: String,
}

/// The roles that record things, and may say that they recorded them wrongly.
const ACTING: [Role; 3] = [Role::Officer, Role::Clerk, Role::Custodian];

/// Whether this person may declare wrong what a unit recorded.
pub(in crate::custody) fn may_declare(me: &Person, recorded_by: UnitId) -> bool {
    recorded_by == me.unit && ACTING.iter().any(|role| me.is(*role))
}

/// Declares an entry wrong. Only for people of the unit that recorded it; an entry is declared wrong once.
pub async fn declare(app: &App, me: &Person, declaration: &Declaration) -> Result<Recorded, Error> {
    let mut tx = app.db.read().await?;
    access::see_entry(&mut tx, me, declaration.wrong).await?;
    let wrong = journal::entry(&mut tx, declaration.wrong).await?;
    let wrong = wrong.ok_or(Error::NotFound(Thing::Entry))?;
    drop(tx);
    access::require_one(me, &ACTING)?;
    if wrong.draft.unit != me.unit {
        return Err(not_your_entry());
    }
    let error = DeclareError {
        wrong_seq: wrong.seq,
        wrong: wrong.draft.id,
        reason: declaration.reason.trim().to_owned(),
    };
    Recording::new(app, me, Once::Request(me.id, declaration.id).id()).record(Body::DeclareError(error)).await
}

fn not_your_entry() -> Error {
    Forbidden::new(
        "not_your_entry",
        ("这条分录由另一个单位登记。", "Another unit recorded this entry."),
        ("请由登记单位声明和更正。", "The unit that recorded it declares and corrects it."),
    )
}

/// A declared error that this person may see: by the wrong entry, or because their consent is asked for.
async fn declared(tx: &mut Tx, me: &Person, declaration: u64) -> Result<DeclaredError, Error> {
    let found = corrections::declared(tx, declaration).await?.ok_or(Error::NotFound(Thing::Declaration))?;
    match access::see_entry(tx, me, found.wrong_seq.cast_unsigned()).await {
        Ok(()) => Ok(found),
        Err(Error::NotFound(_)) if consents(tx, me, &found).await? => Ok(found),
        Err(Error::NotFound(_)) => Err(Error::NotFound(Thing::Declaration)),
        Err(error) => Err(error),
    }
}

/// Whether this person may see the photograph because a correction that they may see names it.
pub(in crate::custody) async fn shows_photograph(
    tx: &mut Tx,
    me: &Person,
    digest: &str,
) -> Result<bool, Error> {
    for declaration in corrections::with_photograph(tx, digest).await? {
        match declared(tx, me, declaration.cast_unsigned()).await {
            Ok(_) => return Ok(true),
            Err(Error::NotFound(_)) => (),
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// Whether the correction that is asked for needs the consent of this person's unit.
async fn consents(tx: &mut Tx, me: &Person, error: &DeclaredError) -> Result<bool, Error> {
    if !me.is(Role::Approver) || error.corrected.is_some() {
        return Ok(false);
    }
    let Some(proposal) = corrections::proposal(tx, error.declaration.cast_unsigned()).await? else {
        return Ok(false);
    };
    let (Some(approval), what) = (proposal.approval, what_of(&proposal)?) else { return Ok(false) };
    Ok(Consents::load(tx, error, approval, &what).await?.of(me).is_some())
}

/// Whether this person may answer what the unit of this error asks for: an approver of the same agency.
fn approves(me: &Person, error: &DeclaredError) -> bool {
    me.is(Role::Approver) && error.wrong_agency == Some(me.agency)
}

/// What an approval must cover.
fn covered(what: &ApprovedCorrection) -> Vec<ApprovedLine> {
    let lines = what.covered().into_iter();
    lines.map(|(item, quantity)| ApprovedLine { item, quantity }).collect()
}

/// What is asked for now.
async fn asked(tx: &mut Tx, declaration: u64) -> Result<(Proposal, ApprovedCorrection), Error> {
    let proposal = corrections::proposal(tx, declaration).await?.ok_or_else(|| {
        Conflict::new(
            "no_correction_asked",
            ("还没有人提出更正。", "Nobody has asked for a correction yet."),
            ("请由登记单位先写明应当如何。", "The unit that recorded it says first what should have been."),
        )
    })?;
    let what = what_of(&proposal)?;
    Ok((proposal, what))
}

fn what_of(proposal: &Proposal) -> Result<ApprovedCorrection, Error> {
    Ok(ApprovedCorrection {
        declaration: proposal.declaration.cast_unsigned(),
        lines: read(&proposal.lines)?,
        descriptions: read(&proposal.descriptions)?,
    })
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    Ok(serde_json::from_str(text).map_err(|error| damaged("correction", error))?)
}

/// The approver's answer to what is asked for. A no needs a reason.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Verdict {
    Approve,
    Refuse { reason: String },
}

/// Answers what is asked for. A yes is recorded as an approval that says what it approves, works once and expires; a no
/// goes back to who asked. Nobody approves what they asked for. Approving twice is a repeat.
pub async fn answer(
    app: &App,
    me: &Person,
    declaration: u64,
    verdict: &Verdict,
) -> Result<Option<Recorded>, Error> {
    let mut tx = app.db.read().await?;
    let error = declared(&mut tx, me, declaration).await?;
    access::require(me, Role::Approver)?;
    let (proposal, what) = asked(&mut tx, declaration).await?;
    let request = proposal.approval.ok_or_else(|| damaged("correction", "without an approval"))?;
    let consents = Consents::load(&mut tx, &error, request, &what).await?;
    // Who answers for a unit that is asked for its consent does not approve for those who ask.
    let request = match consents.of(me) {
        Some(consent) => consent.approval,
        None if approves(me, &error) => request,
        None => {
            return Err(Forbidden::new(
                "not_your_agency",
                (
                    "更正由登记机关自己的审批人审批。",
                    "An approver of the agency that recorded it must answer.",
                ),
                ("请由该机关的审批人办理。", "Ask an approver of that agency."),
            ));
        }
    };
    let Verdict::Refuse { reason } = verdict else {
        if proposal.refused_by.is_some() {
            return Err(answered());
        }
        let approve = approval(app, &mut tx, &error, &proposal, request, what).await?;
        drop(tx);
        // The same wish is approved once, whoever asks and however often.
        let id = Once::Approval(approve.approval).id();
        return Ok(Some(Recording::new(app, me, id).record(Body::Approve(approve)).await?));
    };
    drop(tx);
    texts::recordable(texts::REASON, reason)?;
    if reason.trim().is_empty() {
        return Err(Invalid::new(
            "reason_missing",
            ("没有写明原因。", "No reason is given."),
            ("请写明为什么不同意。", "Write why not."),
        ));
    }
    let mut tx = app.db.write().await?;
    if !corrections::refuse(&mut tx, declaration, me.id, reason.trim()).await? {
        return Err(answered());
    }
    tx.commit().await?;
    Ok(None)
}

fn answered() -> Error {
    Conflict::new(
        "correction_answered",
        ("这项更正已经有人答复。", "Somebody has answered this already."),
        ("请刷新页面查看进展。", "Reload the page to see how it stands."),
    )
}

/// So many characters of its lines stand in the words of an approval; it carries all of them as postings.
const SAID_MAX: usize = 400;

/// The first lines, and how many there are when they are too many for a sentence.
fn in_short(lines: Vec<String>) -> String {
    let all = lines.len();
    let mut said = String::new();
    for (at, line) in lines.into_iter().enumerate() {
        if at > 0 && said.chars().count() + line.chars().count() > SAID_MAX {
            return format!("{said}……共 {all} 行");
        }
        if at > 0 {
            said.push('；');
        }
        said.extend(line.chars().take(SAID_MAX));
    }
    said
}

/// The approval says in words what it approves.
async fn approval(
    app: &App,
    tx: &mut Tx,
    error: &DeclaredError,
    proposal: &Proposal,
    approval: ApprovalId,
    what: ApprovedCorrection,
) -> Result<Approve, Error> {
    let mut mentioned = Mentions::default();
    mentioned.correction(&what);
    let names = names::names(tx, &mentioned).await?;
    let said = in_short(sentence::corrected(Language::Zh, &what, &names));
    let (wrong, reason) = (error.wrong_seq, &proposal.reason);
    let now = heads::recording_time(tx, app.clock.now()).await?;
    Ok(Approve {
        approval,
        act: ApprovedAct::Correct,
        requester: proposal.asked_by,
        purpose: format!("更正第 {wrong} 号分录：{said}。{reason}"),
        expires_at: app.rules().due(Deadline::CorrectionApproved, now),
        lines: covered(&what),
        correction: Some(what),
        disposal: None,
        loss: None,
    })
}

/// Records the approved correction. For somebody of the unit that recorded the wrong entry who neither asked for it nor
/// approved it. Done twice, the second is a repeat.
pub async fn correct(app: &App, me: &Person, declaration: u64) -> Result<Recorded, Error> {
    let mut tx = app.db.read().await?;
    let error = declared(&mut tx, me, declaration).await?;
    access::require_one(me, &ACTING)?;
    if error.wrong_unit != me.unit {
        return Err(not_your_entry());
    }
    let (proposal, what) = asked(&mut tx, declaration).await?;
    let approval = proposal.approval.filter(|_| proposal.refused_by.is_none());
    let approval = approval.ok_or_else(answered)?;
    let consents = Consents::load(&mut tx, &error, approval, &what).await?;
    drop(tx);
    let consents = consents.list.into_iter().filter(|it| it.given.is_some()).map(|it| it.approval).collect();
    let correct = Correct::of(what, approval, consents);
    Recording::new(app, me, Once::Correction(approval).id()).record(Body::Correct(correct)).await
}
