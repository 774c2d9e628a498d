//! A station's event as the server keeps it: in the words in which it was told, once by its number, and answered once.

use crate::custody::{Error, Thing, enrol};
use crate::{
    app::App,
    clock::Moment,
    live::{News, ScanAnswer},
    store::{
        self, Tx,
        off_line::{At, Times},
        stations::{self, Station},
    },
};
use hufu_wire::message::{Event, SignedEvent};

/// An event as a station reports it; an enrolled one reports it under its signature.
#[derive(Clone, Debug, PartialEq)]
pub struct EventReport {
    pub event: Event,
    pub signed: Option<SignedEvent>,
}

impl From<Event> for EventReport {
    fn from(event: Event) -> EventReport {
        EventReport { event, signed: None }
    }
}

/// One event, being kept and answered.
pub(in crate::custody) struct StationEvent<'a> {
    pub(in crate::custody) station: &'a Station,
    pub(in crate::custody) event: &'a Event,
    signed: Option<&'a SignedEvent>,
    received_at: Moment,
}

/// What keeping an event comes to.
pub(in crate::custody) enum EventOutcome {
    /// It has not been handled before.
    Kept,
    /// It was handled before, and this was the answer.
    Answered(Option<ScanAnswer>),
}

impl<'a> StationEvent<'a> {
    pub(in crate::custody) fn new(
        station: &'a Station,
        report: &'a EventReport,
        received_at: Moment,
    ) -> StationEvent<'a> {
        StationEvent { station, event: &report.event, signed: report.signed.as_ref(), received_at }
    }

    pub(in crate::custody) fn at(&self) -> At {
        At { station: self.station.id, number: self.event.number }
    }

    /// When it happened, by a station whose clock is so many microseconds ahead.
    pub(in crate::custody) fn times(&self, ahead: i64) -> Times {
        Times { observed_at: self.observed_at(), received_at: self.received_at, ahead }
    }

    pub(in crate::custody) fn observed_at(&self) -> Moment {
        Moment(self.event.observed_at)
    }

    /// The station's time, never later than ours.
    pub(in crate::custody) fn happened_at(&self) -> Moment {
        self.observed_at().min(self.received_at)
    }

    /// Keeps it. Refuses, in the transaction in which it would be kept, a station that was shut out meanwhile.
    pub(in crate::custody) async fn keep(&self, tx: &mut Tx) -> Result<EventOutcome, Error> {
        let (station, number) = (self.station.id, self.event.number);
        let text = match self.signed {
            Some(signed) => signed.text.clone(),
            None => serde_json::to_string(self.event).map_err(|error| store::damaged("event", error))?,
        };
        let signature = self.signed.map(|it| it.signature.as_str());
        let times = (self.observed_at(), self.received_at);
        if stations::keep_event(tx, station, number, times, (&text, signature)).await? {
            return Ok(EventOutcome::Kept);
        }
        self.earlier(tx).await
    }

    /// How it was handled before, if it was.
    pub(in crate::custody) async fn earlier(&self, tx: &mut Tx) -> Result<EventOutcome, Error> {
        Ok(match stations::answer(tx, self.station.id, self.event.number).await? {
            Some(answer) => EventOutcome::Answered(serde_json::from_str(&answer).unwrap_or_default()),
            None => EventOutcome::Kept,
        })
    }

    /// Notes the answer in the transaction in which the event was handled.
    pub(in crate::custody) async fn answer(
        &self,
        tx: &mut Tx,
        answer: Option<&ScanAnswer>,
    ) -> Result<(), Error> {
        let text = serde_json::to_string(&answer).map_err(|error| store::damaged("answer", error))?;
        Ok(stations::set_answer(tx, self.station.id, self.event.number, &text).await?)
    }

    /// Notes the answer, ends the transaction and tells the counter's pages.
    pub(in crate::custody) async fn conclude(
        &self,
        app: &App,
        mut tx: Tx,
        answer: Option<ScanAnswer>,
    ) -> Result<Option<ScanAnswer>, Error> {
        self.answer(&mut tx, answer.as_ref()).await?;
        tx.commit().await?;
        app.live.tell(News::Counter { station: self.station.id, heard: answer.clone() });
        Ok(answer)
    }
}

/// Refuses what a station reports that was shut out meanwhile.
pub(in crate::custody) async fn still_enrolled(tx: &mut Tx, station: &Station) -> Result<(), Error> {
    match enrol::still_known(tx, station).await? {
        true => Ok(()),
        false => Err(Error::NotFound(Thing::Station)),
    }
}
