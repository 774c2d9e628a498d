//! What stands around every page: who is here, which rooms are theirs, what the station does, what is due next.
//! base.html prints a [`Frame`] under the key `frame`; everything else in a page's context is the page's own.

use super::{
    menu::{self, Room},
    theme::Theme,
};
use crate::{
    clock::{Moment, Span},
    custody::Error,
    language::Language,
};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// Path and query of this page; the language switch comes back here.
    pub here: String,
    /// Whether this is a form that was sent and came back; `here` is then the page it stood on.
    pub returned: bool,
    /// Light or dark, or as the system has it.
    pub theme: Theme,
    /// How much had been told to open pages before this one was made.
    pub told: u64,
    /// Goes into every form as the hidden field `csrf`.
    pub csrf: String,
    /// Nobody before login: such pages stand on plain.html.
    pub me: Option<Me>,
    /// The room whose link is lit.
    pub room: Option<Room>,
    /// The rooms this person may enter; those for work first.
    pub work: Vec<RoomLink>,
    pub more: Vec<RoomLink>,
    pub station: Option<Station>,
    pub deadline: Option<Deadline>,
    pub notices: Vec<Notice>,
}

impl Frame {
    /// The frame of a page before login.
    pub fn plain(here: impl Into<String>, theme: Theme, csrf: impl Into<String>) -> Frame {
        Frame {
            here: here.into(),
            returned: false,
            theme,
            told: 0,
            csrf: csrf.into(),
            me: None,
            room: None,
            work: Vec::new(),
            more: Vec::new(),
            station: None,
            deadline: None,
            notices: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Me {
    pub name: String,
    pub unit: String,
    pub agency: String,
    /// Words of section `role`.
    pub roles: Vec<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoomLink {
    room: Room,
    href: &'static str,
    key: char,
    waiting: u32,
}

impl RoomLink {
    /// `waiting` is how many things there wait for this person; zero shows no figure.
    pub fn new(line: &menu::Line, waiting: u32) -> RoomLink {
        RoomLink { room: line.room, href: line.href, key: line.key, waiting }
    }
}

/// The station of this PC, as its last report said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Station {
    pub name: String,
    pub href: String,
    /// Its own page, which is there without the server.
    pub page: String,
    pub lamps: Vec<Lamp>,
    /// Entries in the station's outbox that the server does not have yet.
    pub waiting: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lamp {
    /// A word of section `lamp`: `scanner`, `printer`, `scale`, `reader`, `locks`, `camera`, `signer`, `link`.
    pub device: &'static str,
    pub state: LampState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LampState {
    Ready,
    Busy,
    Attention,
    Off,
}

/// How a thing stands with what is due or expected: the state colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    InOrder,
    DueSoon,
    Overdue,
    Different,
    Closed,
}

impl Status {
    /// Its word in section `state`.
    pub fn word(self) -> &'static str {
        match self {
            Status::InOrder => "in_order",
            Status::DueSoon => "due_soon",
            Status::Overdue => "overdue",
            Status::Different => "different",
            Status::Closed => "closed",
        }
    }

    /// How a limit stands when so much is left.
    pub fn of_time_left(left: Span) -> Status {
        match left {
            Span(..0) => Status::Overdue,
            left if left <= SOON => Status::DueSoon,
            _ => Status::InOrder,
        }
    }
}

/// How long before its end every limit changes colour, on every page: the day that the desk's bar shows as one part.
pub const SOON: Span = Span::days(1);

/// A limit somebody must keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deadline {
    /// What must be done, in a few words of the reader's language.
    what: String,
    href: String,
    /// The article that sets it.
    law: String,
    due: Moment,
    /// Seconds from now; negative when it has passed.
    left: i64,
    standing: Status,
}

impl Deadline {
    pub fn new(
        what: impl Into<String>,
        href: impl Into<String>,
        law: impl Into<String>,
        (now, due): (Moment, Moment),
    ) -> Deadline {
        let left = due.since(now);
        let standing = Status::of_time_left(left);
        Deadline {
            what: what.into(),
            href: href.into(),
            law: law.into(),
            due,
            left: left.0 / 1_000_000,
            standing,
        }
    }
}

/// A calm bar above the matter: what was done, or why it was not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    pub kind: NoticeKind,
    pub sentence: String,
    /// What to do about a refusal.
    pub remedy: Option<String>,
    /// The entry that was recorded.
    pub entry: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    Done,
    Information,
    Refused,
}

impl Notice {
    /// Why something was not carried out, and what to do.
    pub fn refused(error: &Error, language: Language) -> Notice {
        Notice {
            kind: NoticeKind::Refused,
            sentence: error.sentence(language),
            remedy: Some(error.remedy(language)),
            entry: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_changes_colour_when_it_is_near_and_when_it_has_passed() {
        let now = Moment(0);
        for (due, left, standing) in [
            (Span::hours(25), 90_000, Status::InOrder),
            (Span::hours(24), 86_400, Status::DueSoon),
            (Span::hours(0), 0, Status::DueSoon),
            (Span::minutes(-5), -300, Status::Overdue),
        ] {
            let deadline = Deadline::new("", "", "", (now, now.plus(due)));
            assert_eq!((deadline.left, deadline.standing), (left, standing));
        }
    }
}
