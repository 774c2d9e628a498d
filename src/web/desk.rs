//! The desk: what is due on top, then what each role looks at first.

use super::{
    Page, Problem, Room, Visitor, Web,
    desk_waiting::{self, Waiting},
    frame::Deadline,
    picture::{self, Tally, TallyState},
    render::RenderError,
    words::Words,
};
use crate::{
    clock::{Moment, Span},
    custody::{
        access::{self, Work},
        desk::{self, Dashboard},
        items::{self, Filter},
    },
};
use axum::{extract::State, response::IntoResponse};
use serde::Serialize;
use serde_json::json;

/// One thing to do, with the time that is left for it.
#[derive(Serialize)]
struct Due {
    /// What kind of thing: a word of section `desk`.
    kind: &'static str,
    title: String,
    detail: String,
    href: String,
    deadline: Deadline,
    #[serde(skip)]
    at: Moment,
}

/// How long before its end a deadline changes colour.
const SOON: Span = Span::hours(6);

/// How many of the newest things are shown with their pictures.
const THINGS: u32 = 6;

/// `GET /`
pub async fn show(State(web): State<Web>, visitor: Visitor) -> Page {
    let desk = desk::desk(&web.app, visitor.me()).await?;
    let words = web.pages.words(visitor.language());
    let now = web.app.clock.now();
    let waiting = desk_waiting::waiting(&web, visitor.me(), words).await?;
    let due = due(&desk, waiting, words, now)?;
    let mut things = match access::offers(visitor.me(), Work::Reading) {
        true => items::list(&web.app, visitor.me(), &Filter { limit: THINGS, ..Filter::default() }).await?,
        false => Vec::new(),
    };
    things.truncate(THINGS as usize);
    let tally = tally(&desk, words)?;
    let frame = visitor.frame(&web, Room::Desk).await?;
    let context =
        json!({ "frame": frame, "desk": desk, "due": due, "tally": tally, "now": now, "things": things });
    Ok(web.page("desk.html", visitor.language(), context)?.into_response())
}

/// Everything with a deadline, the most urgent first.
fn due(desk: &Dashboard, waiting: Vec<Waiting>, words: &Words, now: Moment) -> Result<Vec<Due>, Problem> {
    let word = |key: &str, values: &[(&str, &str)]| words.text(key, values).map_err(RenderError::from);
    let mut due = Vec::new();
    let mut add = |kind: &'static str, title: String, detail: String, href: String, law: &str, at: Moment| {
        let deadline = Deadline::new("", href.clone(), law, (now, at), SOON);
        due.push(Due { kind, title, detail, href, deadline, at });
    };
    for it in &desk.owed {
        let title = word("desk.hand_in", &[("count", &it.items.to_string()), ("case", &it.number)])?;
        let href = match desk.keeping {
            Some(_) => format!("/counter/{}", it.case),
            None => format!("/cases/{}", it.case),
        };
        add("owed", title, format!("{} · {}", it.name, it.unit_name), href, &it.citation, it.due_at);
    }
    for (kind, offers) in [("answer", &desk.to_answer), ("waiting", &desk.waiting_for)] {
        for it in offers {
            let values = [("count", it.lines.to_string()), ("case", it.case_number.clone())];
            let values: Vec<(&str, &str)> =
                values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let title = word(&format!("desk.{kind}_title"), &values)?;
            let purpose = word(&format!("purpose.{}", it.purpose), &[])?;
            let detail = format!("{} → {} · {purpose}", it.giver, it.receiver);
            add(kind, title, detail, format!("/handovers/{}", it.id), &it.citation, it.expires_at);
        }
    }
    for it in &desk.differences {
        let class = word(&format!("difference.{}", it.class), &[])?;
        let number = it.number.clone().unwrap_or_default();
        let href = it.item.map_or_else(|| "/reconciliation".to_owned(), |item| format!("/items/{item}"));
        let detail = format!("{} · {}", it.finding, it.owner);
        add("difference", format!("{class} {number}"), detail, href, &it.citation, it.due_at);
    }
    for it in &desk.sent_back {
        let (times, most) = (it.times.to_string(), it.most.to_string());
        let title = word("desk.sent_back", &[("case", &it.number), ("times", &times), ("most", &most)])?;
        let (detail, href) = (format!("{} · {}", it.name, it.sent_by), format!("/cases/{}", it.case));
        add("sent_back", title, detail, href, &it.citation, it.due_at);
    }
    for it in waiting {
        add(it.kind, it.title, it.detail, it.href, &it.law, it.at);
    }
    due.sort_by_key(|it| it.at);
    Ok(due)
}

/// The handover that waits longest, as its two halves.
fn tally(desk: &Dashboard, words: &Words) -> Result<Option<String>, Problem> {
    let Some(offer) = desk.to_answer.first().or(desk.waiting_for.first()) else { return Ok(None) };
    let (giver, receiver) = (offer.giver.clone(), offer.receiver.clone());
    let drawn = picture::tally(words, &Tally { state: TallyState::Half, giver, receiver });
    Ok(Some(drawn.map_err(RenderError::from)?))
}
