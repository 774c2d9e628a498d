//! A person gets their key as in a real city: they register it, and an approver confirms the agency's first one; later ones are signed
//! by one that is in force.

use getrandom::SysRng;
use hufu::{
    app::App,
    custody::keys,
    domain::{Person, Role},
    id::{AgencyId, PersonId},
    ledger::state::KeyStanding,
    store::{keys::AgencyKey, people},
};
use hufu_wire::{
    proof::{KeyOwner, holder},
    registration::KeyRegistration,
    signature::{SecretKey, key_id},
};
use std::{collections::BTreeMap, sync::Mutex};

/// The private halves that tests have made, by key: a later key is signed by an earlier one.
static SECRETS: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::new(BTreeMap::new());

/// What this person hands in for a key, with the yes of another where there is one.
pub fn registration(me: &Person, secret: &SecretKey, before: Option<&SecretKey>) -> KeyRegistration {
    let holder = holder(&me.name, &me.login);
    let owner = KeyOwner { agency: &me.agency_name, unit: &me.unit_name, holder: &holder };
    let made = KeyRegistration::sign(&mut SysRng, secret, owner).unwrap();
    match before {
        Some(before) => made.following(&mut SysRng, before).unwrap(),
        None => made,
    }
}

/// The person's key that is in force, and its id: made and registered now, if there is none yet.
pub async fn of(app: &App, person: PersonId) -> (SecretKey, String) {
    if let Some(found) = secret_in_force(app, |row| row.holder == person).await {
        return found;
    }
    let me = people::person(&mut app.db.read().await.unwrap(), person).await.unwrap().unwrap();
    let secret = SecretKey::generate(&mut SysRng).unwrap();
    let before = secret_in_force(app, |row| row.agency == me.agency).await.map(|(secret, _)| secret);
    let made = keys::register(app, &me, &registration(&me, &secret, before.as_ref())).await.unwrap();
    if made.standing == KeyStanding::Waiting {
        keys::confirm(app, &approver(app, me.agency).await, &made.key, &made.fingerprint).await.unwrap();
    }
    let der = secret.to_pkcs8_der().unwrap().as_bytes().to_vec();
    SECRETS.lock().unwrap().insert(made.key.clone(), der);
    (secret, made.key)
}

/// The same of whoever may sign for their agency; a custodian has no key.
pub async fn of_signer(app: &App, person: &Person) -> Option<(SecretKey, String)> {
    let signs = Role::ALL.iter().any(|role| person.is(*role) && role.holds_key());
    if signs { Some(of(app, person.id).await) } else { None }
}

/// The private half of the first key in force that fits.
async fn secret_in_force(app: &App, fits: impl Fn(&AgencyKey) -> bool) -> Option<(SecretKey, String)> {
    let mut tx = app.db.read().await.unwrap();
    let rows = hufu::store::keys::all(&mut tx).await.unwrap();
    let secrets = SECRETS.lock().unwrap();
    let known = |row: &AgencyKey| {
        fits(row) && row.in_force_seq.is_some() && row.revoked_seq.is_none() && secrets.contains_key(&row.key)
    };
    let key = rows.into_iter().find(known)?.key;
    let secret = SecretKey::from_pkcs8_der(&secrets[&key]).unwrap();
    assert_eq!(key_id(secret.public_key()), key);
    Some((secret, key))
}

pub async fn approver(app: &App, agency: AgencyId) -> Person {
    let people = people::persons(&mut app.db.read().await.unwrap()).await.unwrap();
    let fits = |it: &Person| it.agency == agency && it.is(Role::Approver);
    people.into_iter().find(fits).expect("the agency has an approver")
}
