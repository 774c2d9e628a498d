//! Agencies' keys, as the dice fall. Units 0 and 1 are of one agency, unit 2 of another; each begins the day with a key in force.

use super::dice::{Dice, id};
use hufu::{clock::Moment, id::AgencyId, ledger::*};
use hufu_wire::{
    registration::KeyRegistration,
    signature::{PublicKey, fingerprint, key_id},
};
use std::sync::LazyLock;

struct MadeKey {
    unit: usize,
    fingerprint: String,
    key: String,
    registration: KeyRegistration,
}

/// The unit of each key in `keys.json`, as `hufu-station key new` printed them. The first three are in force when a day begins; the
/// last two are what somebody who means harm would hand in: an agency's second key without the first, and one with the yes of
/// another agency's.
const UNITS: [usize; 8] = [0, 1, 2, 0, 1, 2, 0, 2];

static KEYS: LazyLock<Vec<MadeKey>> = LazyLock::new(|| {
    let printed: Vec<KeyRegistration> = serde_json::from_str(include_str!("keys.json")).unwrap();
    let made = |(registration, unit): (KeyRegistration, usize)| {
        let public = PublicKey::from_pem(&registration.public_pem).unwrap();
        MadeKey { unit, fingerprint: fingerprint(&public), key: key_id(&public), registration }
    };
    printed.into_iter().zip(UNITS).map(made).collect()
});

fn agency_of(unit: usize) -> usize {
    unit / 2
}

/// What each day begins with: three keys in force, those of a first key confirmed by a second person.
pub(crate) fn founding(now: Moment) -> Vec<Draft> {
    let (one, other) = (6, 4);
    let bodies = [
        (one, 0, register_body(0)),
        (other, 0, confirm_body(0)),
        (one, 1, register_body(1)),
        (one, 2, register_body(2)),
        (other, 2, confirm_body(2)),
    ];
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
    let KeyRegistration { agency, unit, public_pem, possession, follows } = made.registration.clone();
    let agency_id: AgencyId = id(15, agency_of(made.unit));
    Body::RegisterKey(RegisterKey {
        key: made.key.clone(),
        agency: agency_id,
        unit: id(1, made.unit),
        agency_name: agency,
        unit_name: unit,
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
    let at = if dice.rarely(12) { dice.throw(3) } else { 3 + dice.throw(KEYS.len() - 3) };
    Body::RevokeKey(RevokeKey { key: KEYS[at].key.clone(), reason: dice.words() })
}

/// A key that signs for the unit, or one that does not.
pub(crate) fn key_of(dice: &mut Dice, unit: hufu::id::UnitId) -> String {
    let all = dice.rarely(16);
    let fitting = dice.state.keys.iter().filter(|(_, key)| all || (key.is_in_force() && key.unit == unit));
    let fitting: Vec<String> = fitting.map(|(key, _)| key.clone()).collect();
    dice.pick(&fitting).unwrap_or_else(|| KEYS[0].key.clone())
}
