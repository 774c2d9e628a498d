//! The desk: what is due on top, then what each role looks at first.

use super::{
    Page, Problem, Room, Visitor, Web,
    desk_waiting::{self, Waiting},
    frame::{Deadline, SOON, Status},
    help,
    picture::{self, Tally, TallyState, TimePart, time_bar},
    render::RenderError,
    words::Words,
};
use crate::{
    clock::{Moment, Span},
    custody::{
        access::{self, Work},
        desk::{self, Dashboard, DueDifference},
        items::{self, Filter},
    },
    domain::finding,
    language::Language,
};
use axum::{
    extract::{Query, State},
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
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

/// Which of the due things are shown: a word of [`WHEN`], or all.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct DueQuery {
    when: String,
}

/// The parts of what is due by the time that is left, each with the end of it; what is behind the last is later.
const WHEN: [(&str, Span, Status); 4] = [
    ("overdue", Span(0), Status::Overdue),
    ("day", SOON, Status::DueSoon),
    ("three_days", Span::days(3), Status::InOrder),
    ("later", Span(i64::MAX), Status::Closed),
];

/// How many of the newest things are shown with their pictures.
const THINGS: u32 = 6;

/// `GET /`
pub async fn show(State(web): State<Web>, visitor: Visitor, Query(asked): Query<DueQuery>) -> Page {
    let desk = desk::desk(&web.app, visitor.me()).await?;
    let words = web.pages.words(visitor.language());
    let now = web.app.clock.now();
    let waiting = desk_waiting::waiting(&web, &visitor).await?;
    let all = due(&desk, waiting, (words, visitor.language()), now)?;
    let (total, parts) = (all.len(), parts(&all, words, now)?);
    let bar = time_bar(words, &parts.iter().map(|(_, part)| part.clone()).collect::<Vec<_>>());
    let tabs: Vec<_> = parts
        .iter()
        .filter(|(_, part)| part.count > 0)
        .map(|(word, part)| json!({ "word": word, "name": part.name, "count": part.count }))
        .collect();
    let due: Vec<Due> = all.into_iter().filter(|it| is_shown(it, &asked.when, now)).collect();
    let mut things = match access::offers(visitor.me(), Work::Reading) {
        true => items::list(&web.app, visitor.me(), &Filter { limit: THINGS, ..Filter::default() }).await?,
        false => Vec::new(),
    };
    things.truncate(THINGS as usize);
    let tally = tally(&desk, words)?;
    let tour = help::tour(&web, &visitor).await?;
    let frame = visitor.frame(&web, Room::Desk).await?;
    let context = json!({
        "frame": frame, "desk": desk, "due": due, "tally": tally, "now": now, "things": things, "total": total,
        "tabs": tabs, "when": asked.when, "bar": bar.map_err(RenderError::from)?, "tour": tour,
    });
    Ok(web.page("desk.html", visitor.language(), context)?.into_response())
}

/// The word of [`WHEN`] for so much time.
fn when(left: Span) -> &'static str {
    WHEN.iter().find(|(_, end, _)| left < *end).map_or("later", |(word, ..)| word)
}

fn is_shown(it: &Due, wanted: &str, now: Moment) -> bool {
    !WHEN.iter().any(|(word, ..)| *word == wanted) || when(it.at.since(now)) == wanted
}

/// How much of it is due when.
fn parts(due: &[Due], words: &Words, now: Moment) -> Result<Vec<(&'static str, TimePart)>, Problem> {
    let part = |(word, _, status): (&'static str, Span, Status)| {
        let name = words.text(&format!("desk.when.{word}"), &[]).map_err(RenderError::from)?;
        let count = due.iter().filter(|it| when(it.at.since(now)) == word).count();
        Ok((word, TimePart { name, count, status }))
    };
    WHEN.into_iter().map(part).collect()
}

/// Everything with a deadline, the most urgent first.
fn due(
    desk: &Dashboard,
    waiting: Vec<Waiting>,
    (words, language): (&Words, Language),
    now: Moment,
) -> Result<Vec<Due>, Problem> {
    let word = |key: &str, values: &[(&str, &str)]| words.text(key, values).map_err(RenderError::from);
    let mut due = Vec::new();
    let mut add = |kind: &'static str, title: String, detail: String, href: String, law: &str, at: Moment| {
        let deadline = Deadline::new("", href.clone(), law, (now, at));
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
    for alike in alike(&desk.differences) {
        let [it, others @ ..] = alike.as_slice() else { continue };
        let class = word(&format!("difference.{}", it.class), &[])?;
        let (title, href) = match (others, it.item) {
            ([], Some(item)) => {
                (format!("{class} {}", it.number.as_deref().unwrap_or_default()), format!("/items/{item}"))
            }
            ([], None) => (class, format!("/reconciliation/{}", it.id)),
            _ => {
                let count = alike.len().to_string();
                let title = word("desk.alike", &[("class", &class), ("count", &count)])?;
                (title, format!("/reconciliation?class={}", it.class))
            }
        };
        let detail = format!("{} · {}", finding::told(language, &it.finding), it.owner);
        add("difference", title, detail, href, &it.citation, it.due_at);
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

/// Those of one class that the same unit must settle by the same moment stand as one: one count raises many.
fn alike(differences: &[DueDifference]) -> Vec<Vec<&DueDifference>> {
    let mut groups: Vec<Vec<&DueDifference>> = Vec::new();
    for it in differences {
        let same = |other: &&DueDifference| {
            (&other.class, &other.owner, other.due_at) == (&it.class, &it.owner, it.due_at)
        };
        match groups.iter_mut().find(|group| group.first().is_some_and(same)) {
            Some(group) => group.push(it),
            None => groups.push(vec![it]),
        }
    }
    groups
}

/// The handover that waits longest, as its two halves.
fn tally(desk: &Dashboard, words: &Words) -> Result<Option<String>, Problem> {
    let Some(offer) = desk.to_answer.first().or(desk.waiting_for.first()) else { return Ok(None) };
    let (giver, receiver) = (offer.giver.clone(), offer.receiver.clone());
    let drawn = picture::tally(words, &Tally { state: TallyState::Half, giver, receiver });
    Ok(Some(drawn.map_err(RenderError::from)?))
}
