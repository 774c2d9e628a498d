//! People's keys, as the dice fall. Units 0 and 1 are of one agency, unit 2 of another; each begins the day with two people who have
//! a key in force, one who gives and one who receives.

use super::dice::{Dice, id};
use hufu::{
    clock::Moment,
    id::{AgencyId, PersonId, UnitId},
    ledger::*,
};
use hufu_wire::{
    registration::KeyRegistration,
    signature::{PublicKey, fingerprint, key_id},
};
use std::sync::LazyLock;

struct MadeKey {
    unit: usize,
    holder: usize,
    fingerprint: String,
    key: String,
    registration: KeyRegistration,
}

/// Unit and holder of each key in `keys.json`, as `hufu-station key new` printed them. The first six are in force when a day begins;
/// the last two are what somebody who means harm would hand in: an agency's further key without the yes of one in force, and one
/// with the yes of another agency's.
const OWNERS: [(usize, usize); 11] =
    [(0, 0), (1, 1), (2, 2), (0, 6), (1, 7), (2, 8), (0, 0), (1, 1), (2, 2), (0, 6), (2, 8)];
/// So many are in force when a day begins.
const FOUNDING: usize = 6;

static KEYS: LazyLock<Vec<MadeKey>> = LazyLock::new(|| {
    let printed: Vec<KeyRegistration> = serde_json::from_str(include_str!("keys.json")).unwrap();
    let made = |(registration, (unit, holder)): (KeyRegistration, (usize, usize))| {
        let public = PublicKey::from_pem(&registration.public_pem).unwrap();
        MadeKey { unit, holder, fingerprint: fingerprint(&public), key: key_id(&public), registration }
    };
    printed.into_iter().zip(OWNERS).map(made).collect()
});

fn agency_of(unit: usize) -> usize {
    unit / 2
}

/// What each day begins with: six keys in force, an agency's first confirmed by a second person.
pub(crate) fn founding(now: Moment) -> Vec<Draft> {
    let approver = 4;
    let mut bodies = Vec::new();
    for (at, made) in KEYS.iter().enumerate().take(FOUNDING) {
        bodies.push((made.holder, made.unit, register_body(at)));
        if made.registration.follows.is_none() {
            bodies.push((approver, made.unit, confirm_body(at)));
        }
    }
    let draft = |(at, (actor, unit, body))| Draft {
        id: id(14, 5_000 + at),
        happened_at: now,
        actor: id(2, actor),
        unit: id(1, unit),
        station: None,
        papers: vec![],
        body,
        signatures: vec![],
    };
    bodies.into_iter().enumerate().map(draft).collect()
}

fn register_body(at: usize) -> Body {
    let made = &KEYS[at];
    let KeyRegistration { agency, unit, holder, public_pem, possession, follows } = made.registration.clone();
    let agency_id: AgencyId = id(15, agency_of(made.unit));
    Body::RegisterKey(RegisterKey {
        key: made.key.clone(),
        agency: agency_id,
        unit: id(1, made.unit),
        holder: id(2, made.holder),
        agency_name: agency,
        unit_name: unit,
        holder_name: holder,
        suite: SignatureSuite::Sm2Sm3,
        public_pem,
        possession,
        follows,
    })
}

fn confirm_body(at: usize) -> Body {
    let made = &KEYS[at];
    Body::ConfirmKey(ConfirmKey { key: made.key.clone(), fingerprint: made.fingerprint.clone() })
}

/// A key is registered; now and then with the proof of another, or for another agency.
pub(crate) fn register(dice: &mut Dice) -> Body {
    let new: Vec<usize> =
        (0..KEYS.len()).filter(|at| !dice.state.keys.contains_key(&KEYS[*at].key)).collect();
    let at = if dice.rarely(6) { dice.throw(KEYS.len()) } else { dice.pick(&new).unwrap_or(0) };
    let mut body = register_body(at);
    if let Body::RegisterKey(it) = &mut body {
        if dice.rarely(12) {
            it.possession.clone_from(&KEYS[dice.throw(KEYS.len())].registration.possession);
        }
        if dice.rarely(12) {
            it.agency = id(15, dice.throw(3));
        }
    }
    body
}

pub(crate) fn confirm(dice: &mut Dice) -> Body {
    let waiting: Vec<usize> = (0..KEYS.len())
        .filter(|at| {
            dice.state.keys.get(&KEYS[*at].key).is_some_and(|key| key.standing == state::KeyStanding::Waiting)
        })
        .collect();
    let at = dice.pick(&waiting).unwrap_or_else(|| dice.throw(KEYS.len()));
    let mut body = confirm_body(at);
    if let (Body::ConfirmKey(it), true) = (&mut body, dice.rarely(12)) {
        it.fingerprint = dice.words();
    }
    body
}

/// As a rule one that came in the course of the day.
pub(crate) fn revoke(dice: &mut Dice) -> Body {
    let at =
        if dice.rarely(12) { dice.throw(FOUNDING) } else { FOUNDING + dice.throw(KEYS.len() - FOUNDING) };
    Body::RevokeKey(RevokeKey { key: KEYS[at].key.clone(), reason: dice.words() })
}

/// A key that signs for the unit, and its holder, who is one of those who give, or of those who receive; now and then any key.
pub(crate) fn key_of(dice: &mut Dice, unit: UnitId, role: SignerRole) -> Option<(String, PersonId)> {
    let all = dice.rarely(16);
    let receives = |key: &state::KeyFacts| (6..9).any(|at| key.holder == id(2, at));
    let fits = |key: &state::KeyFacts| {
        key.is_in_force() && key.unit == unit && receives(key) == (role == SignerRole::Receiver)
    };
    let fitting = dice.state.keys.iter().filter(|(_, key)| all || fits(key));
    let fitting: Vec<(String, PersonId)> = fitting.map(|(key, facts)| (key.clone(), facts.holder)).collect();
    dice.pick(&fitting)
}
