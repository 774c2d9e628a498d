//! What was worked out, done.

use super::{
    Changes, CityPlan, FirstPassword, NewAccess, NewLogin, NewStation, PersonChange, Planned,
    work_out::{drafts, refused, work_out},
};
use crate::custody::{Error, access, city, login, places::with_codes};
use crate::{
    app::App,
    domain::{Person, Unit},
    id::UnitId,
    ledger::Body,
    store::{AppendError, Error as StoreError, passwords, people, places},
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
    let mut drafts = drafts(app, me, changes);
    for draft in &mut drafts {
        if let Body::RegisterSlots(it) = &mut draft.body {
            it.slots = with_codes(&mut tx, std::mem::take(&mut it.slots)).await?;
        }
    }
    tx.commit().await?;
    let recorded = match app.sequencer.record_together(drafts).await {
        Ok(recorded) => recorded,
        Err((at, error)) => return Err(not_recorded(app, changes, at, error).await?),
    };
    let mut tx = app.db.write().await?;
    for (store, logins) in &changes.keepers {
        for login in logins {
            if let Some((keeper, _)) = people::person_by_login(&mut tx, login).await? {
                places::assign(&mut tx, keeper.id, *store, app.clock.now()).await?;
            }
        }
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
