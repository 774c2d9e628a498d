//! What was worked out, done.

use super::{
    Changes, CityPlan, FirstPassword, NewAccess, NewLogin, NewStation, PersonChange, Planned, StorePlan,
    work_out::{drafts, refused, work_out},
};
use crate::custody::{Error, access, city, login};
use crate::{
    app::App,
    domain::{Person, Store, Unit},
    id::UnitId,
    ledger::Body,
    store::{AppendError, Error as StoreError, Tx, passwords, people, places},
};

/// Founds what is not there yet, at the server's machine.
pub async fn found(app: &App, plan: &CityPlan, first: FirstPassword<'_>) -> Result<NewAccess, Error> {
    let me = access::machine();
    let changes = work_out(app, &me, plan, "按名册").await?;
    let logins = new_logins(app, &changes, first).await?;
    carry_out(app, &me, &changes, logins).await
}

/// A first password for everybody who is new. They are known before anything is recorded, so that they can be written down first.
pub async fn new_logins(
    app: &App,
    changes: &Changes,
    first: FirstPassword<'_>,
) -> Result<Vec<NewLogin>, Error> {
    let mut tx = app.db.read().await?;
    let known = people::units(&mut tx).await?;
    let unit_of = |unit: UnitId| {
        let planned = changes.entries.iter().find_map(|it| match &it.body {
            Body::RegisterUnit(it) if it.unit == unit => Some(format!("{} {}", it.agency_name, it.name)),
            _ => None,
        });
        planned.or_else(|| known.iter().find(|it| it.id == unit).map(Unit::full_name))
    };
    let mut logins = Vec::new();
    for planned in &changes.entries {
        let (Planned::Person { change: PersonChange::New, .. }, Body::Appoint(it)) =
            (&planned.what, &planned.body)
        else {
            continue;
        };
        let (password, must_change) = match first {
            FirstPassword::OwnEach => (login::first_password(app)?, true),
            FirstPassword::Shared(password) => (password.to_owned(), false),
        };
        let (login, name) = (it.login.clone(), it.name.clone());
        let unit = unit_of(it.unit).unwrap_or_default();
        logins.push(NewLogin { person: it.person, login, name, unit, password, must_change });
    }
    Ok(logins)
}

/// Records all of it in one commit, or none. Passwords are kept first: without the entries they are nobody's.
pub async fn carry_out(
    app: &App,
    me: &Person,
    changes: &Changes,
    logins: Vec<NewLogin>,
) -> Result<NewAccess, Error> {
    let mut hashes = Vec::with_capacity(logins.len());
    for new in &logins {
        hashes.push(login::hash_password(app, new.password.clone()).await?);
    }
    let mut tx = app.db.write().await?;
    for (new, hash) in logins.iter().zip(&hashes) {
        passwords::set(&mut tx, new.person, hash, new.must_change, app.clock.now()).await?;
    }
    tx.commit().await?;
    let recorded = match app.sequencer.record_together(drafts(app, me, changes)).await {
        Ok(recorded) => recorded,
        Err((at, error)) => return Err(not_recorded(app, changes, at, error).await?),
    };
    let mut tx = app.db.write().await?;
    for (store, unit) in &changes.stores {
        found_store(app, &mut tx, store, *unit).await?;
    }
    tx.commit().await?;
    let numbers = recorded.iter().map(|it| it.seq);
    let entries = numbers.clone().min().zip(numbers.max());
    Ok(NewAccess { logins, stations: new_stations(app, changes).await?, entries })
}

/// Why nothing was recorded. Passwords of those who are not there are forgotten, unless it is not known whether they are.
async fn not_recorded(app: &App, changes: &Changes, at: usize, error: AppendError) -> Result<Error, Error> {
    if !matches!(error, AppendError::Store(StoreError::Unsure(_))) {
        let mut tx = app.db.write().await?;
        passwords::forget_nobodys(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(match changes.entries.get(at) {
        Some(planned) => refused(&planned.what, error),
        None => error.into(),
    })
}

async fn new_stations(app: &App, changes: &Changes) -> Result<Vec<NewStation>, Error> {
    let mut stations = Vec::new();
    for planned in &changes.entries {
        if let Body::RegisterStation(it) = &planned.body {
            let token = city::give_token(app, it.station).await?;
            let (name, page) = (it.name.clone(), it.page.clone());
            stations.push(NewStation { id: it.station, unit: it.unit, name, page, token });
        }
    }
    Ok(stations)
}

async fn found_store(app: &App, tx: &mut Tx, plan: &StorePlan, unit: UnitId) -> Result<(), Error> {
    let store = Store { id: app.ids.new_id(), kind: plan.kind, name: plan.name.clone(), unit };
    places::add_store(tx, &store).await?;
    for zone in &plan.zone {
        let names = (1..=zone.slots).map(|n| format!("{}-{n:02}", zone.name)).collect();
        city::slots(app, tx, store.id, &zone.name, names, zone.capacity).await?;
    }
    for login in &plan.keepers {
        if let Some((keeper, _)) = people::person_by_login(tx, login).await? {
            places::assign(tx, keeper.id, store.id, app.clock.now()).await?;
        }
    }
    Ok(())
}
