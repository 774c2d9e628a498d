//! Live events for open pages. An event says only what changed; the page reads again what its visitor may see.

use super::{Problem, Visitor, Web};
use crate::{
    custody,
    id::{PersonId, StationId},
    live::{News, ScanAnswer},
};
use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use serde_json::json;
use std::convert::Infallible;
use tokio_stream::{Stream, StreamExt, wrappers::BroadcastStream};

/// `GET /live`
pub async fn live(
    State(web): State<Web>,
    visitor: Visitor,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let me = visitor.session.me.id;
    let station = custody::station::heard(&web.app, &visitor.session).await?;
    let news = BroadcastStream::new(web.app.live.listen());
    let events = news.filter_map(move |news| match news {
        Ok(news) => event(&news, me, station),
        // Some were missed: everything may have changed.
        Err(_) => Some(changed(&["ledger", "counter", "station", "handovers", "counts", "signing"])),
    });
    // Listening has begun: what is told from here on is heard, and what was told before is in this number.
    let hello = Event::default().event("hello").data(json!({ "told": web.app.live.told() }).to_string());
    let events = tokio_stream::once(hello).chain(events);
    Ok(Sse::new(events.map(Ok)).keep_alive(KeepAlive::default()))
}

fn changed(topics: &[&str]) -> Event {
    Event::default().event("change").data(json!({ "topics": topics }).to_string())
}

/// What this visitor hears of it. A scan is heard only by who stands at that station.
fn event(news: &News, me: PersonId, here: Option<StationId>) -> Option<Event> {
    match news {
        News::Entry(_) => {
            Some(changed(&["ledger", "items", "cases", "handovers", "differences", "deadline", "desk"]))
        }
        News::Counter { station, heard: said } if Some(*station) == here => Some(match said {
            Some(said) => heard(said),
            None => changed(&["counter"]),
        }),
        News::Count(_) => Some(changed(&["counts"])),
        News::Station(_) => Some(changed(&["station"])),
        News::Handover(_) => Some(changed(&["handovers", "desk"])),
        News::Signing { person } if *person == me => Some(changed(&["signing", "handovers"])),
        News::Counter { .. } | News::Signing { .. } => None,
    }
}

/// What a scan was answered: shown and sounded.
fn heard(ScanAnswer { verdict, sentence, href }: &ScanAnswer) -> Event {
    let data = json!({ "verdict": verdict, "text": sentence, "href": href, "topics": ["counter"] });
    Event::default().event("scan").data(data.to_string())
}
