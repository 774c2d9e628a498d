//! Live events for open pages. An event says only what changed; the page reads again what its visitor may see.

use super::{Problem, Visitor, Web, cookie::cookie, visitor::COOKIE};
use crate::{
    custody,
    id::{PersonId, SessionId, StationId},
    live::{Listener, News, ScanAnswer},
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use serde_json::json;
use std::{convert::Infallible, time::Duration};
use tokio::{
    sync::{broadcast::error::RecvError, mpsc},
    time::{Instant, interval_at},
};
use tokio_stream::{Stream, StreamExt, wrappers::ReceiverStream};

/// How often it is asked whether the session still lasts: it may have been ended by another program.
const STILL_THERE: Duration = Duration::from_mins(1);

/// `GET /live`
pub async fn live(
    State(web): State<Web>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let session = visitor.session.id;
    let me = visitor.session.me.id;
    let station = custody::station::heard(&web.app, &visitor.session).await?;
    let listener = web.app.live.listen_for(session).ok_or_else(too_many_pages)?;
    // Listening has begun: what is told from here on is heard, and what was told before is in this number.
    let hello = Event::default().event("hello").data(json!({ "told": web.app.live.told() }).to_string());
    let token = cookie(&headers, COOKIE).unwrap_or_default().to_owned();
    let (events, told) = mpsc::channel(16);
    let hears = move |news: &News| event(news, me, station);
    tokio::spawn(async move { tell(&web, listener, session, &token, hears, events).await });
    let events = tokio_stream::once(hello).chain(ReceiverStream::new(told));
    Ok(Sse::new(events.map(Ok)).keep_alive(KeepAlive::default()))
}

/// Tells one page until it is closed or its session ends.
async fn tell(
    web: &Web,
    mut listener: Listener,
    session: SessionId,
    token: &str,
    hears: impl Fn(&News) -> Option<Event>,
    events: mpsc::Sender<Event>,
) {
    let mut still_there = interval_at(Instant::now() + STILL_THERE, STILL_THERE);
    loop {
        let event = tokio::select! {
            () = events.closed() => return,
            news = listener.news.recv() => match news {
                Ok(News::SessionEnd(ended)) if ended == session => return,
                Ok(news) => hears(&news),
                // Some were missed: everything may have changed.
                Err(RecvError::Lagged(_)) => {
                    Some(changed(&["ledger", "counter", "station", "handovers", "counts", "signing"]))
                }
                Err(RecvError::Closed) => return,
            },
            _ = still_there.tick() => match custody::login::session_unused(&web.app, token).await {
                Ok(Some(_)) => None,
                Ok(None) | Err(_) => return,
            },
        };
        if let Some(event) = event
            && events.send(event).await.is_err()
        {
            return;
        }
    }
}

/// The page asks again by itself a little later.
fn too_many_pages() -> custody::Error {
    custody::Busy::new(
        "too_many_live_pages",
        (
            "这次登录打开的页面太多，本页不会自动更新，什么也没有改变。",
            "Too many pages of this session are open; this one is not kept up to date, and nothing was changed.",
        ),
        ("请关闭其他页面。", "Close other pages."),
    )
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
        News::Counter { .. } | News::Signing { .. } | News::SessionEnd(_) => None,
    }
}

/// What a scan was answered: shown and sounded.
fn heard(ScanAnswer { verdict, sentence, href }: &ScanAnswer) -> Event {
    let data = json!({ "verdict": verdict, "text": sentence, "href": href, "topics": ["counter"] });
    Event::default().event("scan").data(data.to_string())
}
