//! People, labels, photographs and the zone of which the demo's first day speaks.

use super::photographs;
use crate::{
    app::App,
    domain::{Code, CodeKind, Person, Slot},
    id::StoreId,
    ledger::Category,
    store::{people, photographs as kept, places},
};
use anyhow::{Context, bail};

/// Not the first zone: that one is counted in the walk of the README.
pub(super) const ZONE: &str = "B";

pub(super) async fn person(app: &App, login: &str) -> anyhow::Result<Person> {
    let found = people::person_by_login(&mut app.db.read().await?, login).await?;
    Ok(found.with_context(|| format!("the demo city has no {login}"))?.0)
}

/// What the label of the thing with this number says, and the number's serial.
pub(super) fn label(number: &str) -> anyhow::Result<(String, u64)> {
    let read = || {
        let (year, serial) = number.strip_prefix('W')?.split_once('-')?;
        Some((year, serial.parse().ok()?))
    };
    let (year, serial) = read().with_context(|| format!("{number} is no number of a thing"))?;
    Ok((Code::new(CodeKind::Item, year, serial).to_string(), serial))
}

/// Kept as the counter keeps one; answers with its digest.
pub(super) async fn photographed(
    app: &App,
    by: &Person,
    category: Category,
    serial: u32,
) -> anyhow::Result<String> {
    let jpeg = photographs::photograph(category, serial)?;
    let digest = app.settings.suite.digest(&jpeg).to_string();
    let mut tx = app.db.write().await?;
    kept::keep(&mut tx, &digest, "image/jpeg", &jpeg, by.id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(digest)
}

/// The store with the zone, and the zone's slots.
pub(super) async fn zone(app: &App) -> anyhow::Result<(StoreId, Vec<Slot>)> {
    let mut tx = app.db.read().await?;
    for store in places::stores(&mut tx).await? {
        let mut slots = places::slots(&mut tx, store.id).await?;
        slots.retain(|slot| slot.zone == ZONE);
        if !slots.is_empty() {
            return Ok((store.id, slots));
        }
    }
    bail!("the demo city has no zone {ZONE}")
}
