//! Tells an open page that something changed. The page re-reads itself: an event carries nothing.

use super::Page;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, stream};
use std::{convert::Infallible, time::Duration};

/// Changes within this time are sent as one event.
const DEBOUNCE: Duration = Duration::from_millis(100);

pub(super) async fn stream(State(page): State<Page>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let station = &page.station;
    let watching = (
        station.state.changes(),
        station.devices.statuses.watch(),
        station.recent.watch(),
        station.link.clone(),
    );
    let changes = stream::unfold(watching, |(mut state, mut statuses, mut recent, mut link)| async move {
        let changed = tokio::select! {
            changed = state.changed() => changed,
            changed = statuses.changed() => changed,
            changed = recent.changed() => changed,
            changed = link.changed() => changed,
        };
        changed.ok()?;
        tokio::time::sleep(DEBOUNCE).await;
        state.mark_unchanged();
        statuses.mark_unchanged();
        recent.mark_unchanged();
        link.mark_unchanged();
        Some((Ok(Event::default().event("changed").data("1")), (state, statuses, recent, link)))
    });
    Sse::new(changes).keep_alive(KeepAlive::default())
}
