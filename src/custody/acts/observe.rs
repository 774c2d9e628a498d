//! What stations observe: every event is kept, handled once, and answered. It is kept and, unless something must be
//! recorded, handled in one transaction; what is recorded has an id made of station and number, so that handling it
//! again after a stop finds its own entry.

use crate::custody::{
    Error, blank,
    counter::{label, line, scan},
    event::{EventOutcome, EventReport, StationEvent, still_enrolled},
    off_line::{self, ReceiptArrival},
    signed, signing,
};
use crate::{
    app::App,
    clock::Moment,
    domain::off_line::{ACTED_ON_WITHIN, by_our_clock},
    id::{BlockId, JobId, SigningId},
    language::Language,
    live::{News, ScanAnswer},
    store::{
        Tx, blanks, labels,
        off_line::{self as stored, At, Times},
        stations::{self, Station},
    },
};
use hufu_wire::{
    FromServer,
    message::{Event, Observation, Verdict},
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
    orders.extend(signing::open_requests(app, station).await?.into_iter().map(FromServer::Sign));
    Ok(orders)
}

/// Keeps one observation and does what it asks, once. A repeat gets the answer it got before.
pub async fn observe(app: &App, station: &Station, event: &Event) -> Result<Option<ScanAnswer>, Error> {
    let mut answers = observe_all(app, station, &[event.clone().into()]).await?;
    Ok(answers.pop().flatten())
}

/// The same for some that arrive together, in their order. Those that only have to be kept are kept in one transaction,
/// so that two days without a server are told in seconds.
pub async fn observe_all(
    app: &App,
    station: &Station,
    reports: &[EventReport],
) -> Result<Vec<Option<ScanAnswer>>, Error> {
    let mut answers = Vec::with_capacity(reports.len());
    while let Some(rest) = reports.get(answers.len()..).filter(|rest| !rest.is_empty()) {
        answers.extend(observe_next(app, station, rest).await?);
    }
    Ok(answers)
}

/// The first of these events, and those behind it that are kept in the same transaction. Answers with what each was told;
/// what must be acted on is alone, so that nobody at a counter waits for others.
pub async fn observe_next(
    app: &App,
    station: &Station,
    reports: &[EventReport],
) -> Result<Vec<Option<ScanAnswer>>, Error> {
    let kept = keep(app, station, reports).await?;
    match reports.first() {
        Some(report) if kept.is_empty() => Ok(vec![act(app, station, report).await?]),
        _ => Ok(kept),
    }
}

/// Keeps as many from the first on as only have to be kept, and answers with what each was told.
async fn keep(
    app: &App,
    station: &Station,
    reports: &[EventReport],
) -> Result<Vec<Option<ScanAnswer>>, Error> {
    let (now, ahead) = (app.clock.now(), app.live.ahead(station.id));
    let plain = reports.iter().take_while(|report| is_plain(&report.event, now, ahead)).count();
    if plain == 0 {
        return Ok(Vec::new());
    }
    let mut tx = app.db.write().await?;
    let mut answers = Vec::with_capacity(plain);
    still_enrolled(&mut tx, station).await?;
    for report in reports.iter().take(plain) {
        let event = StationEvent::new(station, report, now);
        if let EventOutcome::Answered(answer) = event.keep(&mut tx).await? {
            answers.push(answer);
            continue;
        }
        let times = event.times(ahead);
        let answer = match &report.event.what {
            Observation::Received(receipt) => {
                match off_line::arrive(&mut tx, (event.at(), station.unit), times, receipt).await? {
                    ReceiptArrival::Kept(answer) => Some(answer),
                    ReceiptArrival::Double(twice) => {
                        // The difference takes a transaction of its own; the receipt is kept first.
                        tx.commit().await?;
                        let said = off_line::raise(app, twice).await?.0;
                        let tx = app.db.write().await?;
                        answers.push(event.conclude(app, tx, Some(said)).await?);
                        return Ok(answers);
                    }
                }
            }
            what => simple(&mut tx, station, event.at(), times, what).await?,
        };
        event.answer(&mut tx, answer.as_ref()).await?;
        answers.push(answer);
    }
    tx.commit().await?;
    app.live.tell(News::Counter { station: station.id, heard: None });
    Ok(answers)
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

async fn simple(
    tx: &mut Tx,
    station: &Station,
    at: At,
    times: Times,
    what: &Observation,
) -> Result<Option<ScanAnswer>, Error> {
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
fn too_late(observed_at: Moment) -> ScanAnswer {
    let at = observed_at.text();
    let sentence = format!(
        "{at} 的离线扫码已保存，没有办理；需要时请再扫一次。The off-line scan of {at} is kept, nothing was done; scan again \
         if it is needed."
    );
    ScanAnswer { verdict: Verdict::Refused, sentence, href: None }
}

/// Acts on what must be acted on, and keeps it.
async fn act(app: &App, station: &Station, report: &EventReport) -> Result<Option<ScanAnswer>, Error> {
    let event = StationEvent::new(station, report, app.clock.now());
    match &report.event.what {
        Observation::Scan { text, repeat, .. } => scan::take(app, &event, text, *repeat).await,
        Observation::Weight { device, request, reading, calibration_due } => {
            let at = event.happened_at();
            let (request, calibration_due) = (*request, *calibration_due);
            let read = line::ScaleReading { device, request, reading, calibration_due, at };
            weighed(app, &event, &read).await
        }
        Observation::Signed { request, key, signature } => {
            if let Some(answer) = kept(app, &event).await? {
                return Ok(answer);
            }
            let done = signed::signed(app, station, SigningId(*request), key, signature).await;
            event.conclude(app, app.db.write().await?, said(done)?).await
        }
        Observation::Declined { request, reason, key, signature } => {
            if let Some(answer) = kept(app, &event).await? {
                return Ok(answer);
            }
            let by = key.as_deref().zip(signature.as_deref());
            let done = signed::declined(app, station, SigningId(*request), reason, by).await;
            event.conclude(app, app.db.write().await?, said(done)?).await
        }
        // Kept as they come. Nothing is done because a tag was in the field or a door moved.
        Observation::Job { .. }
        | Observation::Taken { .. }
        | Observation::BlanksKept { .. }
        | Observation::Received(_)
        | Observation::Counted(_)
        | Observation::Spoiled { .. }
        | Observation::Tags { .. }
        | Observation::Door { .. } => match kept(app, &event).await? {
            Some(answer) => Ok(answer),
            None => event.conclude(app, app.db.write().await?, None).await,
        },
    }
}

/// A weight goes onto the line in hand of whoever stands at the counter.
async fn weighed(
    app: &App,
    event: &StationEvent<'_>,
    read: &line::ScaleReading<'_>,
) -> Result<Option<ScanAnswer>, Error> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    still_enrolled(&mut tx, event.station).await?;
    if let EventOutcome::Answered(answer) = event.keep(&mut tx).await? {
        return Ok(answer);
    }
    let answer = match scan::operator(app, &mut tx, event.station).await? {
        Some(operator) if operator.stands => {
            let who = (&operator.me, operator.language);
            let answer = line::weighed(&mut tx, app, who, &operator.activity, read, now).await?;
            answer.map(|(verdict, sentence)| ScanAnswer { verdict, sentence, href: None })
        }
        _ => None,
    };
    event.conclude(app, tx, answer).await
}

/// Keeps an event whose handling takes transactions of its own. The answer, where it was handled before.
async fn kept(app: &App, event: &StationEvent<'_>) -> Result<Option<Option<ScanAnswer>>, Error> {
    let mut tx = app.db.write().await?;
    still_enrolled(&mut tx, event.station).await?;
    let keeping = event.keep(&mut tx).await?;
    tx.commit().await?;
    Ok(match keeping {
        EventOutcome::Answered(answer) => Some(answer),
        EventOutcome::Kept => None,
    })
}

/// A no of a verb is an answer; a failure is not.
fn said(done: Result<(), Error>) -> Result<Option<ScanAnswer>, Error> {
    match done {
        Ok(()) => Ok(None),
        Err(error @ (Error::Store(_) | Error::Random(_))) => Err(error),
        Err(error) => {
            let zh = error.sentence(Language::Zh);
            let sentence = format!("{zh}{}", error.remedy(Language::Zh));
            Ok(Some(ScanAnswer { verdict: Verdict::Refused, sentence, href: None }))
        }
    }
}
