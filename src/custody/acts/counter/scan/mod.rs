//! What a scan means: it depends on what the person at the counter is doing, never on which window has the focus.
//!
//! Two scans move a thing: the item, then the slot. The move is recorded at once. The hands hold the thing and stand
//! before the slot, so the second scan *is* the deed, and a question on a screen across the room would only be answered
//! blindly; a wrong move is put right by the same two scans, and both stay in the ledger. What was scanned first is
//! forgotten after [`HOLD`], so that tomorrow's scan of a slot moves nothing.
//!
//! A scan is taken in one order ([`take`]): [`decide`] reads, the entry it asks for is recorded, and everything else follows in
//! one transaction ([`follow`]): the event is kept and answered, drafts change, the next line is in hand, its label is on its
//! way. An entry whose scan was not answered, because the server stopped in between, is found by its id when the scan comes again.

mod blank;
mod decide;
mod drafts;
mod follow;
mod look_up;
mod tray;

use super::{
    placement,
    receive::{self, Move, PutAway},
    tray::{self as on_tray, PutTray},
};
use crate::{
    app::App,
    clock::Span,
    custody::{
        Error,
        event::{EventOutcome, StationEvent, still_enrolled},
        recording::{Once, Recording},
        reprint::NewCopy,
    },
    domain::{Code, Person, counter::Activity},
    id::{CountId, StationId},
    language::Language,
    ledger::{Body, ReplaceLabel, ReplacedLabel},
    live::ScanAnswer,
    store::{Tx, counter, journal, people, stations::Station},
};
use follow::Follow;
use hufu_wire::message::Verdict;

/// How long a scanned item waits for its slot.
pub const HOLD: Span = Span::minutes(5);

/// Somebody with a scanner.
#[derive(Clone, Debug)]
pub(in crate::custody) struct Operator {
    pub me: Person,
    pub language: Language,
    pub station: StationId,
    pub activity: Activity,
    /// Whether they stand at the counter; others who are logged in there may only look things up.
    pub stands: bool,
}

/// What a scan asks for.
enum ScanAction {
    /// There is nothing to do but to say so.
    Say(ScanAnswer),
    /// Something in the drafts of the counter changes, or a thing is looked up and held.
    Draft(Code),
    /// An observation of a count.
    Count(CountId),
    PutAway(PutAway),
    PutTray(PutTray),
    Move(Move),
    Relabel(NewCopy),
}

impl Operator {
    fn say(&self, verdict: Verdict, zh: impl Into<String>, en: impl Into<String>) -> ScanAnswer {
        ScanAnswer { verdict, sentence: self.language.pick(zh.into(), en.into()), href: None }
    }

    /// A verb's no as an answer to the scanner.
    fn refuse(&self, error: &Error) -> ScanAnswer {
        let verdict = if matches!(error, Error::NotFound(_)) { Verdict::Unknown } else { Verdict::Refused };
        let sentence = format!("{}{}", error.sentence(self.language), error.remedy(self.language));
        ScanAnswer { verdict, sentence, href: None }
    }
}

/// Takes one scan: decides, records, and answers. Two write transactions at most.
pub(in crate::custody) async fn take(
    app: &App,
    event: &StationEvent<'_>,
    text: &str,
    repeat: bool,
) -> Result<Option<ScanAnswer>, Error> {
    let mut tx = app.db.read().await?;
    still_enrolled(&mut tx, event.station).await?;
    if let EventOutcome::Answered(answer) = event.earlier(&mut tx).await? {
        return Ok(answer);
    }
    let operator = operator(app, &mut tx, event.station).await?;
    let follow = match &operator {
        None => Ok(Follow::Say(nobody())),
        Some(_) if repeat => Ok(Follow::Say(read_again())),
        Some(operator) => recorded(app, tx, operator, event, text).await,
    };
    let follow = match (follow, &operator) {
        (Err(error @ (Error::Store(_) | Error::Random(_))), _) | (Err(error), None) => return Err(error),
        (Err(error), Some(operator)) => Follow::Say(operator.refuse(&error)),
        (Ok(follow), _) => follow,
    };
    let mut tx = app.db.write().await?;
    still_enrolled(&mut tx, event.station).await?;
    if let EventOutcome::Answered(answer) = event.keep(&mut tx).await? {
        return Ok(answer);
    }
    let (answer, printed) = follow::follow(&mut tx, app, operator.as_ref(), follow, text).await?;
    let answer = event.conclude(app, tx, Some(answer)).await?;
    if let Some(printed) = printed {
        printed.send(app);
    }
    Ok(answer)
}

/// Decides, and records the entry that the scan asks for, under an id that the same scan would have again.
async fn recorded(
    app: &App,
    mut tx: Tx,
    operator: &Operator,
    event: &StationEvent<'_>,
    text: &str,
) -> Result<Follow, Error> {
    let id = Once::Event(operator.station, event.event.number).id();
    if let Some(entry) = journal::entry_by_id(&mut tx, id).await? {
        drop(tx);
        return follow::after(app, operator, &entry).await;
    }
    let action = decide::decide(&mut tx, app, operator, text).await?;
    drop(tx);
    let (station, happened_at) = (operator.station, event.happened_at());
    match action {
        ScanAction::Say(answer) => Ok(Follow::Say(answer)),
        ScanAction::Draft(code) => Ok(Follow::Draft(code)),
        ScanAction::Count(count) => Ok(Follow::Count(count)),
        ScanAction::PutAway(put) => {
            let done = receive::record(app, &operator.me, &put, id, happened_at).await?;
            let next = receive::prepare_next(app, &operator.me, &put).await?;
            Ok(Follow::PutAway { done, put, next: Box::new(next) })
        }
        ScanAction::PutTray(put) => {
            let done = on_tray::record(app, &operator.me, &put, id, happened_at).await?;
            Ok(Follow::PutTray { done, put })
        }
        ScanAction::Move(it) => {
            let done = receive::record_move(app, &operator.me, (station, &it), id, happened_at).await?;
            Ok(Follow::Moved { done, item: it.item, to: it.to })
        }
        ScanAction::Relabel(NewCopy { item, from, to, reason }) => {
            let copy = to.copy;
            let body =
                Body::ReplaceLabel(ReplaceLabel { lines: vec![ReplacedLabel { item, from, to }], reason });
            let recording = Recording::new(app, &operator.me, id).at(station).happened(happened_at);
            Ok(Follow::Relabelled { done: recording.record(body).await?.into(), item, copy })
        }
    }
}

/// Who is at this station: somebody who stands at its counter, or somebody logged in there.
pub(in crate::custody) async fn operator(
    app: &App,
    tx: &mut Tx,
    station: &Station,
) -> Result<Option<Operator>, Error> {
    let now = app.clock.now();
    let standing = match counter::counter(tx, station.id).await? {
        Some((person, activity)) => {
            let language = counter::present(tx, person, station.id, now).await?;
            language.map(|language| (person, language, activity, true))
        }
        None => None,
    };
    let found = if standing.is_some() {
        standing
    } else {
        let anybody = counter::anybody(tx, station.id, station.unit, now).await?;
        anybody.map(|(person, language)| (person, language, Activity::IDLE, false))
    };
    let Some((person, language, activity, stands)) = found else { return Ok(None) };
    let language = if language == "en" { Language::En } else { Language::Zh };
    let me = people::person(tx, person).await?;
    Ok(me.map(|me| Operator { me, language, station: station.id, activity, stands }))
}

fn nobody() -> ScanAnswer {
    let sentence = "没有人在这个窗口上岗；扫码已保存，没有办理。Nobody is at this counter; the scan is kept, nothing was done.";
    ScanAnswer { verdict: Verdict::Refused, sentence: sentence.to_owned(), href: None }
}

/// The label still lay under the beam: the reading is kept, the deed is not done a second time.
fn read_again() -> ScanAnswer {
    let sentence =
        "同一标签刚刚读过，未重复办理。This label was read a moment ago; nothing was done a second time.";
    ScanAnswer { verdict: Verdict::Repeated, sentence: sentence.to_owned(), href: None }
}
