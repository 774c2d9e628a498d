//! What stations observe: every event is kept, handled once, and answered. It is kept and, unless something must be
//! recorded, handled in one transaction; what is recorded has an id made of station and number, so that handling it
//! again after a stop finds its own entry.

use super::{
    Error, Thing, blank,
    counter::{label, line, scan},
    enrol,
    off_line::{self, Arrived},
    sign,
};
use crate::{
    app::App,
    clock::Moment,
    domain::{
        counter::Activity,
        off_line::{ACTED_ON_WITHIN, by_our_clock},
    },
    id::{BlockId, EntryId, JobId, PersonId, SigningId, StationId},
    language::Language,
    live::{Heard, News},
    store::{
        self, Tx, blanks, counter, journal, labels,
        off_line::{self as stored, At, Times},
        people,
        stations::{self, Station},
    },
};
use hufu_wire::{
    FromServer,
    message::{Event, Observation, SignedEvent, Verdict},
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a station is told when it has greeted: its name, the number up to which everything is kept, the labels that it
/// has not said to have printed, and what people are asked to sign there.
pub async fn greeting(app: &App, station: &Station) -> Result<Vec<FromServer>, Error> {
    let mut tx = app.db.read().await?;
    let up_to = stations::last_event(&mut tx, station.id).await?;
    drop(tx);
    let name = station.name.clone();
    let mut said =
        vec![FromServer::Welcome { station: station.id.0, name }, FromServer::Acknowledge { up_to }];
    said.extend(orders(app, station, &BTreeSet::new()).await?);
    Ok(said)
}

/// What waits for this station: labels to print and statements to sign. Whoever ordered them may be at another server of the
/// same ledger, which cannot tell the station itself. Drawn labels that it was told of are not read again: they are megabytes.
pub async fn orders(app: &App, station: &Station, told: &BTreeSet<Uuid>) -> Result<Vec<FromServer>, Error> {
    let mut tx = app.db.read().await?;
    let labels = labels::queued_at(&mut tx, station.id).await?;
    let blanks = blank::to_keep(&mut tx, station.id, told).await?;
    drop(tx);
    let mut orders: Vec<FromServer> = labels
        .into_iter()
        .map(|(job, title, raster)| FromServer::Print { job: job.0, title, raster })
        .collect();
    orders.extend(blanks);
    orders.extend(sign::open_requests(app, station).await?.into_iter().map(FromServer::Sign));
    Ok(orders)
}

/// An event as a station told it; an enrolled one tells it under its signature.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub event: Event,
    pub signed: Option<SignedEvent>,
}

impl From<Event> for Told {
    fn from(event: Event) -> Told {
        Told { event, signed: None }
    }
}

/// Keeps one observation and does what it asks, once. A repeat gets the answer it got before.
pub async fn observe(app: &App, station: &Station, event: &Event) -> Result<Option<Heard>, Error> {
    let mut heard = observe_all(app, station, &[event.clone().into()]).await?;
    Ok(heard.pop().flatten())
}

/// The same for some that arrive together, in their order. Those that only have to be kept are kept in one transaction,
/// so that two days without a server are told in seconds.
pub async fn observe_all(app: &App, station: &Station, events: &[Told]) -> Result<Vec<Option<Heard>>, Error> {
    let mut heard = Vec::with_capacity(events.len());
    while let Some(rest) = events.get(heard.len()..).filter(|rest| !rest.is_empty()) {
        heard.extend(observe_next(app, station, rest).await?);
    }
    Ok(heard)
}

/// The first of these events, and those behind it that are kept in the same transaction. Answers with what each was told;
/// what must be acted on is alone, so that nobody at a counter waits for others.
pub async fn observe_next(
    app: &App,
    station: &Station,
    events: &[Told],
) -> Result<Vec<Option<Heard>>, Error> {
    let kept = keep(app, station, events).await?;
    match events.first() {
        Some(told) if kept.is_empty() => Ok(vec![act(app, station, told).await?]),
        _ => Ok(kept),
    }
}

/// Keeps as many from the first on as only have to be kept, and answers with what each was told.
async fn keep(app: &App, station: &Station, events: &[Told]) -> Result<Vec<Option<Heard>>, Error> {
    let (now, ahead) = (app.clock.now(), app.live.ahead(station.id));
    let plain = events.iter().take_while(|told| is_plain(&told.event, now, ahead)).count();
    if plain == 0 {
        return Ok(Vec::new());
    }
    let mut tx = app.db.write().await?;
    let mut heard = Vec::with_capacity(plain);
    known(&mut tx, station).await?;
    for told in events.iter().take(plain) {
        let event = &told.event;
        let number = event.number;
        let (text, times) = written(told, now)?;
        if !stations::keep_event(&mut tx, station.id, number, times, (&text, told.signature())).await?
            && let Some(answer) = stations::answer(&mut tx, station.id, number).await?
        {
            heard.push(serde_json::from_str(&answer).unwrap_or_default());
            continue;
        }
        let at = At { station: station.id, number };
        let times = Times { observed_at: times.0, received_at: now, ahead };
        let answer = match &event.what {
            Observation::Received(receipt) => {
                match off_line::arrive(&mut tx, (at, station.unit), times, receipt).await? {
                    Arrived::Kept(heard) => Some(heard),
                    Arrived::Twice(twice) => {
                        // The difference takes a transaction of its own; the receipt is kept first.
                        tx.commit().await?;
                        let said = off_line::raise(app, twice).await?.0;
                        heard.push(later(app, station, number, Some(said)).await?);
                        return Ok(heard);
                    }
                }
            }
            what => simple(&mut tx, station, at, times, what).await?,
        };
        let text = serde_json::to_string(&answer).map_err(|error| store::damaged("answer", error))?;
        stations::set_answer(&mut tx, station.id, number, &text).await?;
        heard.push(answer);
    }
    tx.commit().await?;
    app.live.tell(News::Counter { station: station.id, heard: None });
    Ok(heard)
}

/// Whether an observation only has to be kept: what a station did by itself, and what is too old to be acted on. How old it
/// is, is asked of the station's own clock, by how far it was ahead of ours when the station greeted.
fn is_plain(event: &Event, now: Moment, ahead: i64) -> bool {
    let observed_at = by_our_clock(Moment(event.observed_at), ahead);
    match &event.what {
        Observation::Scan { .. } | Observation::Weight { .. } => now.since(observed_at) > ACTED_ON_WITHIN,
        Observation::Signed { .. } | Observation::Declined { .. } => false,
        Observation::Job { .. }
        | Observation::Taken { .. }
        | Observation::BlanksKept { .. }
        | Observation::Received(_)
        | Observation::Counted(_)
        | Observation::Spoiled { .. }
        | Observation::Tags { .. }
        | Observation::Door { .. } => true,
    }
}

/// The event as it is kept, in the words in which it was told, and when it was: observed, received.
fn written(told: &Told, now: Moment) -> Result<(String, (Moment, Moment)), Error> {
    let text = match &told.signed {
        Some(signed) => signed.text.clone(),
        None => serde_json::to_string(&told.event).map_err(|error| store::damaged("event", error))?,
    };
    Ok((text, (Moment(told.event.observed_at), now)))
}

impl Told {
    fn signature(&self) -> Option<&str> {
        self.signed.as_ref().map(|it| it.signature.as_str())
    }
}

/// Refuses, in the transaction in which it would be kept, what a station says that was shut out meanwhile.
async fn known(tx: &mut Tx, station: &Station) -> Result<(), Error> {
    match enrol::still_known(tx, station).await? {
        true => Ok(()),
        false => Err(Error::NotFound(Thing::Station)),
    }
}

async fn simple(
    tx: &mut Tx,
    station: &Station,
    at: At,
    times: Times,
    what: &Observation,
) -> Result<Option<Heard>, Error> {
    match what {
        Observation::Job { job, state, .. } => label::job_is(tx, station.id, JobId(*job), state).await?,
        Observation::BlanksKept { block } => {
            blanks::kept(tx, station.id, BlockId(*block), times.received_at).await?;
        }
        Observation::Counted(sighting) => {
            stored::see(tx, at, times, sighting).await?;
        }
        Observation::Spoiled { code, reason } => blank::spoiled(tx, station, code, reason, times).await?,
        Observation::Scan { .. } => return Ok(Some(too_late(times.observed_at))),
        Observation::Weight { .. }
        | Observation::Tags { .. }
        | Observation::Door { .. }
        | Observation::Taken { .. }
        | Observation::Received(_)
        | Observation::Signed { .. }
        | Observation::Declined { .. } => (),
    }
    Ok(None)
}

/// A scan that was made without a server, and comes when something else is going on.
fn too_late(observed_at: Moment) -> Heard {
    let at = observed_at.text();
    let sentence = format!(
        "{at} 的离线扫码已保存，没有办理；需要时请再扫一次。The off-line scan of {at} is kept, nothing was done; scan again \
         if it is needed."
    );
    Heard { verdict: Verdict::Refused, sentence, href: None }
}

/// Keeps what must be acted on, and acts.
async fn act(app: &App, station: &Station, told: &Told) -> Result<Option<Heard>, Error> {
    let (event, now) = (&told.event, app.clock.now());
    let mut tx = app.db.write().await?;
    known(&mut tx, station).await?;
    let (text, times) = written(told, now)?;
    let kept = (text.as_str(), told.signature());
    let new = stations::keep_event(&mut tx, station.id, event.number, times, kept).await?;
    if let Some(answer) = stations::answer(&mut tx, station.id, event.number).await? {
        return Ok(serde_json::from_str(&answer).unwrap_or_default());
    }
    let hand = hand(&mut tx, station, now).await?;
    let answer = match &event.what {
        Observation::Weight { device, request, reading, calibration_due } => match &hand {
            Some(hand) if hand.stands => {
                let who = (&hand.me, hand.language);
                let read = line::Read {
                    device,
                    request: *request,
                    reading,
                    calibration_due: *calibration_due,
                    at: times.0.min(now),
                };
                let answer = line::weighed(&mut tx, app, who, &hand.activity, &read, now).await?;
                answer.map(|(verdict, sentence)| Heard { verdict, sentence, href: None })
            }
            _ => None,
        },
        Observation::Scan { text, repeat, .. } => {
            let Some(hand) = hand else {
                return answered(app, tx, station, event.number, Some(nobody())).await;
            };
            if *repeat {
                return answered(app, tx, station, event.number, Some(read_again())).await;
            }
            let id = entry_id(station.id, event.number);
            // Kept before and not answered: it may have been recorded before the server stopped.
            let recorded = !new && journal::entry_by_id(&mut tx, id).await?.is_some();
            let deed = match recorded {
                true => Ok(scan::Deed::Finish),
                false => scan::decide(&mut tx, app, &hand, text, now).await,
            };
            if let Ok(scan::Deed::Say(heard)) = deed {
                return answered(app, tx, station, event.number, Some(heard)).await;
            }
            // What follows takes transactions of its own; the event is kept first.
            tx.commit().await?;
            let happened_at = times.0.min(now);
            let heard = carry_out(app, &hand, deed, text, (id, happened_at)).await?;
            return later(app, station, event.number, Some(heard)).await;
        }
        // Kept as they came. No deed follows from a tag that was in the field or a door that moved.
        Observation::Tags { .. } | Observation::Door { .. } => None,
        Observation::Signed { request, key, signature } => {
            tx.commit().await?;
            let done = sign::signed(app, station, SigningId(*request), key, signature).await;
            return later(app, station, event.number, said(done)?).await;
        }
        Observation::Declined { request, reason } => {
            tx.commit().await?;
            let done = sign::declined(app, station, SigningId(*request), reason).await;
            return later(app, station, event.number, said(done)?).await;
        }
        // Everything else is only kept.
        _ => None,
    };
    answered(app, tx, station, event.number, answer).await
}

/// Who is at this station: somebody who stands at its counter, or somebody logged in there.
async fn hand(tx: &mut Tx, station: &Station, now: Moment) -> Result<Option<scan::Hand>, Error> {
    if let Some((person, activity)) = counter::counter(tx, station.id).await?
        && let Some(language) = counter::present(tx, person, station.id, now).await?
    {
        return of(tx, station, person, &language, (activity, true)).await;
    }
    match counter::anybody(tx, station.id, station.unit, now).await? {
        Some((person, language)) => of(tx, station, person, &language, (Activity::IDLE, false)).await,
        None => Ok(None),
    }
}

async fn of(
    tx: &mut Tx,
    station: &Station,
    person: PersonId,
    language: &str,
    (activity, stands): (Activity, bool),
) -> Result<Option<scan::Hand>, Error> {
    let language = if language == "en" { Language::En } else { Language::Zh };
    let me = people::person(tx, person).await?;
    Ok(me.map(|me| scan::Hand { me, language, station: station.id, activity, stands }))
}

fn nobody() -> Heard {
    let sentence = "没有人在这个窗口上岗；扫码已保存，没有办理。Nobody is at this counter; the scan is kept, nothing was done.";
    Heard { verdict: Verdict::Refused, sentence: sentence.to_owned(), href: None }
}

/// The label still lay under the beam: the reading is kept, the deed is not done a second time.
fn read_again() -> Heard {
    let sentence =
        "同一标签刚刚读过，未重复办理。This label was read a moment ago; nothing was done a second time.";
    Heard { verdict: Verdict::Repeated, sentence: sentence.to_owned(), href: None }
}

/// The id of what a scan records: the same scan has the same id.
fn entry_id(station: StationId, number: u64) -> EntryId {
    EntryId(Uuid::new_v5(&station.0, format!("event {number}").as_bytes()))
}

async fn carry_out(
    app: &App,
    hand: &scan::Hand,
    deed: Result<scan::Deed, Error>,
    text: &str,
    at: (EntryId, Moment),
) -> Result<Heard, Error> {
    let done = match deed {
        Ok(deed) => scan::carry_out(app, hand, deed, text, at).await,
        Err(error) => Err(error),
    };
    match done {
        Err(error @ (Error::Store(_) | Error::Random(_))) => Err(error),
        Err(error) => Ok(hand.refuse(&error)),
        Ok(heard) => Ok(heard),
    }
}

/// A no of a verb is an answer; a failure is not.
fn said(done: Result<(), Error>) -> Result<Option<Heard>, Error> {
    match done {
        Ok(()) => Ok(None),
        Err(error @ (Error::Store(_) | Error::Random(_))) => Err(error),
        Err(error) => {
            let zh = error.sentence(Language::Zh);
            let sentence = format!("{zh}{}", error.remedy(Language::Zh));
            Ok(Some(Heard { verdict: Verdict::Refused, sentence, href: None }))
        }
    }
}

async fn answered(
    app: &App,
    mut tx: Tx,
    station: &Station,
    number: u64,
    heard: Option<Heard>,
) -> Result<Option<Heard>, Error> {
    let text = serde_json::to_string(&heard).map_err(|error| store::damaged("answer", error))?;
    stations::set_answer(&mut tx, station.id, number, &text).await?;
    tx.commit().await?;
    app.live.tell(News::Counter { station: station.id, heard: heard.clone() });
    Ok(heard)
}

async fn later(
    app: &App,
    station: &Station,
    number: u64,
    heard: Option<Heard>,
) -> Result<Option<Heard>, Error> {
    let tx = app.db.write().await?;
    answered(app, tx, station, number, heard).await
}
