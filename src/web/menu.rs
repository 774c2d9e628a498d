//! The rooms of the house as the menu lists them: where each is, the letter after `g` that goes there, and whom it is shown.

use crate::{
    custody::access,
    domain::{Person, Role},
};
use serde::Serialize;

/// A room; its word is in section `room`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Room {
    Desk,
    Cases,
    Items,
    Handovers,
    Loans,
    Disposals,
    Losses,
    Approvals,
    Counts,
    Reconciliation,
    Ledger,
    Corrections,
    Stores,
    Labels,
    OffLine,
    Keys,
    Roster,
    Rules,
}

/// Which part of the menu a room stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Work,
    More,
}

/// One line of the menu.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub room: Room,
    pub href: &'static str,
    pub key: char,
    pub part: Part,
    /// Who is shown it. What they may do there is asked in `custody`.
    pub shown_to: fn(&Person) -> bool,
}

/// The menu in its order. Each address has a route.
pub const MENU: [Line; 18] = [
    line(Room::Desk, "/", 'd', Part::Work, everybody),
    line(Room::Cases, "/cases", 'c', Part::Work, does_work),
    line(Room::Items, "/items", 'i', Part::Work, does_work),
    line(Room::Handovers, "/handovers", 'h', Part::Work, does_work),
    line(Room::Loans, "/loans", 'o', Part::Work, does_work),
    line(Room::Disposals, "/disposals", 'w', Part::Work, does_work),
    line(Room::Losses, "/losses", 'z', Part::Work, does_work),
    line(Room::Approvals, "/approvals", 'a', Part::Work, approves),
    line(Room::Counts, "/counts", 'k', Part::Work, counts),
    line(Room::Reconciliation, "/reconciliation", 'r', Part::Work, does_work),
    line(Room::Ledger, "/ledger", 'l', Part::Work, everybody),
    line(Room::Corrections, "/corrections", 'e', Part::Work, does_work),
    line(Room::Stores, "/stores", 's', Part::More, everybody),
    line(Room::Labels, "/labels", 'b', Part::More, keeps),
    line(Room::OffLine, "/off-line", 'f', Part::More, keeps),
    line(Room::Keys, "/keys", 'p', Part::More, everybody),
    line(Room::Roster, "/roster", 'm', Part::More, registers),
    line(Room::Rules, "/rules", 'u', Part::More, everybody),
];

const fn line(room: Room, href: &'static str, key: char, part: Part, shown_to: fn(&Person) -> bool) -> Line {
    Line { room, href, key, part, shown_to }
}

fn everybody(_: &Person) -> bool {
    true
}

/// An administrator alone keeps the machine and sees no case.
fn does_work(me: &Person) -> bool {
    me.roles.iter().any(|role| *role != Role::Administrator)
}

fn registers(me: &Person) -> bool {
    access::offers(me, access::Work::Administration) || access::offers(me, access::Work::Auditing)
}

/// Labels and what a station took in without the server are the custodians'.
fn keeps(me: &Person) -> bool {
    access::offers(me, access::Work::OrderingLabels)
}

fn approves(me: &Person) -> bool {
    access::offers(me, access::Work::Approving)
}

fn counts(me: &Person) -> bool {
    access::offers(me, access::Work::Counting)
}
