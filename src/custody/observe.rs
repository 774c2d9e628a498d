//! What stations observe: every event is kept, handled once, and answered. It is kept and, unless something must be
//! recorded, handled in one transaction; what is recorded has an id made of station and number, so that handling it
//! again after a stop finds its own entry.

use super::{
    Error, Thing,
    counter::{label, line, scan},
    enrol, sign,
};
use crate::{
    app::App,
    clock::Moment,
    domain::counter::Activity,
    id::{EntryId, JobId, PersonId, SigningId, StationId},
    language::Language,
    live::{Heard, News},
    store::{
        self, Tx, counter, journal, labels, people,
        stations::{self, Station},
    },
};
use hufu_wire::{
    FromServer,
    message::{Event, Observation, SignedEvent, Verdict},
};
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
    said.extend(orders(app, station).await?);
    Ok(said)
}

/// What waits for this station: labels to print and statements to sign. Whoever ordered them may be at another server of the
/// same ledger, which cannot tell the station itself.
pub async fn orders(app: &App, station: &Station) -> Result<Vec<FromServer>, Error> {
    let mut tx = app.db.read().await?;
    let labels = labels::queued_at(&mut tx, station.id).await?;
    drop(tx);
    let mut orders: Vec<FromServer> = labels
        .into_iter()
        .map(|(job, title, raster)| FromServer::Print { job: job.0, title, raster })
        .collect();
    orders.extend(sign::open_requests(app, station).await?.into_iter().map(FromServer::Sign));
    Ok(orders)
}

/// Keeps one observation and does what it asks, once. A repeat gets the answer it got before. `signed` is how an enrolled
/// station told it; it is kept as it was told.
pub async fn observe(
    app: &App,
    station: &Station,
    event: &Event,
    signed: Option<&SignedEvent>,
) -> Result<Option<Heard>, Error> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let text = match signed {
        Some(signed) => signed.text.clone(),
        None => serde_json::to_string(event).map_err(|error| store::damaged("event", error))?,
    };
    let told = (text.as_str(), signed.map(|it| it.signature.as_str()));
    let times = (Moment(event.observed_at), now);
    if !enrol::still_known(&mut tx, station).await? {
        return Err(Error::NotFound(Thing::Station));
    }
    let new = stations::keep_event(&mut tx, station.id, event.number, times, told).await?;
    if let Some(answer) = stations::answer(&mut tx, station.id, event.number).await? {
        return Ok(serde_json::from_str(&answer).unwrap_or_default());
    }
    let hand = hand(&mut tx, station, now).await?;
    let answer = match &event.what {
        Observation::Job { job, state, .. } => {
            label::job_is(&mut tx, station.id, JobId(*job), state).await?;
            None
        }
        Observation::Weight { device, request, reading, calibration_due } => match &hand {
            Some(hand) if hand.stands => {
                let who = (&hand.me, hand.language);
                let read = line::Read {
                    device,
                    request: *request,
                    reading,
                    calibration_due: *calibration_due,
                    read_at: times.0.min(now),
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
