//! Who asks for a page, and whether a form is really theirs.

use super::{
    Fields, Problem, Room, Web,
    cookie::cookie,
    error_page::status,
    frame::{self, Frame, Lamp, LampState, Notice, NoticeKind, RoomLink, Station},
    menu::{MENU, Part},
    render::RenderError,
    theme::{self, Theme},
};
use crate::{
    custody::{
        self, access,
        login::Session,
        nav_counts::{self, Due, NavCounts},
    },
    domain::{Person, rule::Deadline},
    language::Language,
};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, Method, StatusCode, Uri, header, request::Parts, uri::Authority},
};
use hufu_wire::message::{Condition, DeviceRole};

/// The cookie that carries the session's token.
pub const COOKIE: &str = "hufu_session";

/// Somebody who is logged in and asks for a page.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub session: Session,
    /// Path and query of the page; of a form, those of the page it stood on.
    pub here: String,
    /// Whether a form was sent.
    pub sent: bool,
    /// What this browser's pages look like.
    pub theme: Theme,
    /// How much had been told to open pages when this page was asked for.
    pub told: u64,
}

/// What a page can be told to say once that no entry says: words of section `message`.
const TOLD: [&str; 1] = ["list_discarded"];

impl Visitor {
    pub fn me(&self) -> &Person {
        &self.session.me
    }

    pub fn language(&self) -> Language {
        self.session.language
    }

    /// What stands around the page. `?done=17` in the address says that entry 17 was just recorded.
    pub async fn frame(&self, web: &Web, room: Room) -> Result<Frame, Problem> {
        let me = self.me();
        let counts = nav_counts::nav_counts(&web.app, me).await?;
        let links = |part: Part| {
            let shown = MENU.iter().filter(|line| line.part == part && (line.shown_to)(me));
            shown.map(|line| RoomLink::new(line, count_of(&counts, line.room))).collect()
        };
        Ok(Frame {
            here: self.here.clone(),
            returned: self.sent,
            theme: self.theme,
            told: self.told,
            csrf: self.session.csrf.clone(),
            me: Some(frame::Me {
                name: me.name.clone(),
                unit: me.unit_name.clone(),
                agency: me.agency_name.clone(),
                roles: me.roles.iter().map(|role| role.word()).collect(),
            }),
            room: Some(room),
            work: links(Part::Work),
            more: links(Part::More),
            station: self.station(web).await?,
            deadline: self.nearest(web, counts.nearest.as_ref())?,
            notices: self.done(web),
        })
    }

    /// The frame with one more bar: why the form that was just sent was not carried out. The form stays as it was.
    pub async fn frame_refused(
        &self,
        web: &Web,
        room: Room,
        error: &custody::Error,
    ) -> Result<Frame, Problem> {
        let mut frame = self.frame(web, room).await?;
        frame.notices.push(Notice::refused(error, self.language()));
        Ok(frame)
    }

    /// The frame of a page with a form, and the page's status: as it is opened, or with why the form was not carried out.
    pub async fn frame_after(
        &self,
        web: &Web,
        room: Room,
        refused: Option<&custody::Error>,
    ) -> Result<(Frame, StatusCode), Problem> {
        Ok(match refused {
            Some(error) => (self.frame_refused(web, room, error).await?, status(error)),
            None => (self.frame(web, room).await?, StatusCode::OK),
        })
    }

    fn done(&self, web: &Web) -> Vec<Notice> {
        let query = self.here.split_once('?').map_or("", |(_, query)| query);
        let of = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name));
        if let Some(word) = TOLD.iter().find(|word| of("told=") == Some(**word)) {
            let sentence = web.pages.words(self.language()).text(&format!("message.{word}"), &[]);
            let notice = |sentence| Notice { kind: NoticeKind::Done, sentence, remedy: None, entry: None };
            return sentence.map(notice).into_iter().collect();
        }
        let done = of("done=");
        let Some(entry) = done.and_then(|seq| seq.parse::<u64>().ok()) else { return Vec::new() };
        let number = entry.to_string();
        let sentence =
            web.pages.words(self.language()).text("message.recorded", &[("number", number.as_str())]);
        let notice = |sentence| Notice { kind: NoticeKind::Done, sentence, remedy: None, entry: Some(entry) };
        sentence.map(notice).into_iter().collect()
    }

    /// The deadline that comes first, in the reader's words.
    fn nearest(&self, web: &Web, due: Option<&Due>) -> Result<Option<frame::Deadline>, Problem> {
        let Some(due) = due else { return Ok(None) };
        let words = web.pages.words(self.language());
        let what = words.text(&format!("due.{}", due.deadline.word()), &[]).map_err(RenderError::from)?;
        let href = match due.deadline {
            Deadline::HandIn | Deadline::Supplementary => "/cases",
            Deadline::OfferExpires => "/handovers",
            Deadline::CorrectionApproved => "/corrections",
            Deadline::LoanApproved => "/loans",
            Deadline::DisposalApproved => "/disposals",
            Deadline::LossApproved => "/losses",
            Deadline::SettleCounterDifference
            | Deadline::SettleRefusedLine
            | Deadline::SettleCountDifference
            | Deadline::WitnessBehind => "/reconciliation",
        };
        let moments = (web.app.clock.now(), due.due_at);
        Ok(Some(frame::Deadline::new(what, href, due.citation.clone(), moments)))
    }

    async fn station(&self, web: &Web) -> Result<Option<Station>, Problem> {
        let Some(station) = custody::station::mine(&web.app, &self.session).await? else { return Ok(None) };
        let now = web.app.live.station(station.id);
        let mut lamps: Vec<Lamp> = now
            .devices
            .iter()
            .map(|device| Lamp { device: device_word(device.role), state: lamp_state(&device.condition) })
            .collect();
        let link = if now.connected { LampState::Ready } else { LampState::Attention };
        lamps.push(Lamp { device: "link", state: link });
        let waiting = u32::try_from(now.waiting).unwrap_or(u32::MAX);
        Ok(Some(Station {
            name: station.name,
            href: match access::offers(self.me(), access::Work::Keeping) {
                true => "/counter".to_owned(),
                false => station.page.clone(),
            },
            page: station.page,
            lamps,
            waiting,
        }))
    }
}

fn count_of(counts: &NavCounts, room: Room) -> u32 {
    match room {
        Room::Cases => counts.owed,
        Room::Handovers => counts.handovers,
        Room::Reconciliation => counts.differences,
        Room::Loans => counts.loans,
        Room::Disposals => counts.disposals,
        Room::Losses => counts.losses,
        Room::Approvals => counts.approvals,
        _ => 0,
    }
}

fn device_word(role: DeviceRole) -> &'static str {
    match role {
        DeviceRole::Scanner => "scanner",
        DeviceRole::Printer => "printer",
        DeviceRole::Scale => "scale",
        DeviceRole::Reader => "reader",
        DeviceRole::Locks => "locks",
    }
}

fn lamp_state(condition: &Condition) -> LampState {
    match condition {
        Condition::Ready => LampState::Ready,
        Condition::Opening => LampState::Busy,
        Condition::Trouble { .. } => LampState::Attention,
        Condition::Absent => LampState::Off,
    }
}

impl FromRequestParts<Web> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Visitor, Problem> {
        let visitor = any_visitor(parts, web).await?;
        match visitor.me().must_change {
            true => Err(Problem::ChangePassword),
            false => Ok(visitor),
        }
    }
}

/// A visitor who may still have to change the first password.
pub async fn any_visitor(parts: &Parts, web: &Web) -> Result<Visitor, Problem> {
    let asked = parts.uri.path_and_query().map_or("/", |it| it.as_str());
    let sent = parts.method != Method::GET && parts.method != Method::HEAD;
    let here =
        if sent { stood_on(&parts.headers).unwrap_or_else(|| asked.to_owned()) } else { asked.to_owned() };
    let back = if sent { "/".to_owned() } else { here.clone() };
    // Before anything is read: what is told from now on may not be on the page.
    let told = web.app.live.told();
    let Some(token) = cookie(&parts.headers, COOKIE) else { return Err(Problem::LogIn { back }) };
    match custody::login::session(&web.app, token).await? {
        Some(session) => Ok(Visitor { session, here, sent, theme: theme::of(&parts.headers), told }),
        None => Err(Problem::LogIn { back }),
    }
}

/// The page a form stood on: it answers whoever reads it, as the form's own address may not. What was recorded before is not said again.
fn stood_on(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let page: Uri = text(header::REFERER)?.parse().ok()?;
    let ours = page.authority().map(Authority::as_str) == text(header::HOST);
    let address = page.path_and_query().filter(|_| ours)?;
    let said = address.query().into_iter().flat_map(|query| query.split('&'));
    let once = |pair: &&str| ["done=", "told="].iter().any(|name| pair.starts_with(name));
    let kept: Vec<&str> = said.filter(|pair| !once(pair)).collect();
    Some(match kept.is_empty() {
        true => address.path().to_owned(),
        false => format!("{}?{}", address.path(), kept.join("&")),
    })
}

/// A form that this visitor sent from one of our pages.
#[derive(Clone, Debug)]
pub struct PostedForm {
    pub visitor: Visitor,
    pub fields: Fields,
}

impl FromRequest<Web> for PostedForm {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<PostedForm, Problem> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, web).await?;
        let fields = fields(Request::from_parts(parts, body)).await?;
        check_token(&visitor, fields.text("csrf"))?;
        Ok(PostedForm { visitor, fields })
    }
}

/// Refuses a form whose token is not this session's.
pub fn check_token(visitor: &Visitor, token: &str) -> Result<(), Problem> {
    if token == visitor.session.csrf { Ok(()) } else { Err(Problem::Stale) }
}

/// The fields of a form. Refuses forms that a browser says come from another site.
pub async fn fields(request: Request) -> Result<Fields, Problem> {
    let from = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if from.is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(Problem::Stale);
    }
    let pairs = axum::Form::<Vec<(String, String)>>::from_request(request, &()).await;
    pairs.map(|axum::Form(pairs)| Fields(pairs)).map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::from(custody::too_large()),
        _ => Problem::BadForm,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_comes_back_is_at_the_page_it_stood_on() {
        for (referer, here) in [
            ("http://hufu.test/loans/new?item=1", Some("/loans/new?item=1")),
            ("http://hufu.test/counter/1?done=17", Some("/counter/1")),
            ("http://hufu.test/counter/1?line=2&done=17", Some("/counter/1?line=2")),
            ("http://elsewhere.test/counter/1", None),
            ("about:blank", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.append(header::HOST, "hufu.test".parse().unwrap());
            headers.append(header::REFERER, referer.parse().unwrap());
            assert_eq!(stood_on(&headers).as_deref(), here, "{referer}");
        }
        assert_eq!(stood_on(&HeaderMap::new()), None);
    }
}
