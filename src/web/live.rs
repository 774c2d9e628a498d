//! Live events for open pages. An event says only what changed; the page reads again what its visitor may see.
//!
//! A line stays open and beats, so that the page notices when something between holds the bytes back: a reverse proxy that
//! collects an answer before it passes it on. The page then asks for short answers (`?short=true`), which end with the first news
//! or after some seconds, and so come through whole.

use super::{Problem, Visitor, Web, cookie::cookie, visitor::COOKIE};
use crate::{
    custody,
    id::{PersonId, SessionId, StationId},
    live::{Listener, News, ScanAnswer},
};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, HeaderName, header},
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use serde_json::json;
use std::{convert::Infallible, time::Duration};
use tokio::{
    sync::{broadcast::error::RecvError, mpsc},
    time::{Instant, interval_at, timeout},
};
use tokio_stream::{StreamExt, wrappers::ReceiverStream};

/// How often it is asked whether the session still lasts: it may have been ended by another program.
const STILL_THERE: Duration = Duration::from_mins(1);

/// How often a line says that it is open. A page that hears nothing for 5 s asks for short answers.
const BEAT: Duration = Duration::from_secs(2);
/// How long a short answer waits for news, and how soon the page asks for the next.
const SHORT: Duration = Duration::from_secs(4);
const ASK_AGAIN: Duration = Duration::from_millis(100);
/// Neither kept nor changed on the way; the second is what nginx and others ask for to pass an answer on as it comes.
const AS_IT_COMES: [(HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "no-store, no-transform"), (HeaderName::from_static("x-accel-buffering"), "no")];

/// What a page asks for: a line, or a short answer.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
pub struct Line {
    #[serde(default)]
    short: bool,
}

/// `GET /live`
pub async fn live(
    State(web): State<Web>,
    visitor: Visitor,
    Query(line): Query<Line>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let session = visitor.session.id;
    let me = visitor.session.me.id;
    let station = custody::station::heard(&web.app, &visitor.session).await?;
    let listener = web.app.live.listen_for(session).ok_or_else(too_many_pages)?;
    // Listening has begun: what is told from here on is heard, and what was told before is in this number.
    let hello = Event::default().event("hello").data(json!({ "told": web.app.live.told() }).to_string());
    let hello = if line.short { hello.retry(ASK_AGAIN) } else { hello };
    let token = cookie(&headers, COOKIE).unwrap_or_default().to_owned();
    let (events, told) = mpsc::channel(16);
    let hears = move |news: &News| event(news, me, station);
    tokio::spawn(async move {
        let telling = tell(&web, listener, session, &token, line, hears, events);
        match line.short {
            // Nothing happened: that is an answer, too.
            true => drop(timeout(SHORT, telling).await),
            false => telling.await,
        }
    });
    let events = tokio_stream::once(hello).chain(ReceiverStream::new(told));
    let beat = KeepAlive::new().interval(BEAT).event(Event::default().event("beat").data("1"));
    Ok((AS_IT_COMES, Sse::new(events.map(Ok::<_, Infallible>)).keep_alive(beat)))
}

/// Tells one page until it is closed or its session ends; once, when it asked for a short answer.
async fn tell(
    web: &Web,
    mut listener: Listener,
    session: SessionId,
    token: &str,
    line: Line,
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
            && (events.send(event).await.is_err() || line.short)
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
