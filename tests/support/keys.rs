//! A unit gets its key as in a real city: somebody of the agency registers it, and an approver confirms its first one; later ones
//! are signed by one that is in force.

use getrandom::SysRng;
use hufu::{
    app::App,
    custody::keys,
    domain::{Person, Role, Viewer},
    id::{AgencyId, UnitId},
    ledger::state::KeyStanding,
    store::people,
};
use hufu_wire::{
    registration::KeyRegistration,
    signature::{SecretKey, key_id},
};
use std::{collections::BTreeMap, sync::Mutex};

/// The private halves that tests have made, by key: a later key is signed by an earlier one.
static SECRETS: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::new(BTreeMap::new());

/// A new key of the unit that is in force, and its id.
pub async fn in_force(app: &App, unit: UnitId) -> (SecretKey, String) {
    let mut tx = app.db.read().await.unwrap();
    let unit = people::unit(&mut tx, unit).await.unwrap().unwrap();
    drop(tx);
    let secret = SecretKey::generate(&mut SysRng).unwrap();
    let before = secret_in_force(app, unit.agency).await;
    let names = (unit.agency_name.as_str(), unit.name.as_str());
    let registration = KeyRegistration::sign(&mut SysRng, &secret, names, before.as_ref()).unwrap();
    let made = keys::register(app, &clerk(app, unit.agency).await, &registration).await.unwrap();
    if made.standing == KeyStanding::Waiting {
        keys::confirm(app, &approver(app, unit.agency).await, &made.key, &made.fingerprint).await.unwrap();
    }
    let der = secret.to_pkcs8_der().unwrap().as_bytes().to_vec();
    SECRETS.lock().unwrap().insert(made.key.clone(), der);
    (secret, made.key)
}

/// A key of the agency that is in force, if it has one.
pub async fn secret_in_force(app: &App, agency: AgencyId) -> Option<SecretKey> {
    let mut tx = app.db.read().await.unwrap();
    let rows = hufu::store::keys::all(&mut tx).await.unwrap();
    let in_force = rows
        .into_iter()
        .find(|row| row.agency == agency && row.in_force_seq.is_some() && row.revoked_seq.is_none())?;
    let secrets = SECRETS.lock().unwrap();
    let secret = SecretKey::from_pkcs8_der(&secrets[&in_force.key]).unwrap();
    assert_eq!(key_id(secret.public_key()), in_force.key);
    Some(secret)
}

/// Somebody of the agency who confirms no keys.
pub async fn clerk(app: &App, agency: AgencyId) -> Person {
    of_agency(app, agency, false).await
}

pub async fn approver(app: &App, agency: AgencyId) -> Person {
    of_agency(app, agency, true).await
}

async fn of_agency(app: &App, agency: AgencyId, approves: bool) -> Person {
    let people = people::persons(&mut app.db.read().await.unwrap()).await.unwrap();
    let fits =
        |it: &Person| it.agency == agency && it.is(Role::Approver) == approves && Viewer::of(it).reads();
    people.into_iter().find(|it| fits(it)).expect("the agency has such a person")
}
