//! People, labels and the zone of which the demo's first day speaks.

use crate::{
    app::App,
    domain::{Code, CodeKind, Person},
    ledger::SeizedLine,
    store::people,
};
use anyhow::{Context, bail};

/// Not the first zone: that one is counted in the walk of the README.
pub(super) const ZONE: &str = "B";

pub(super) async fn person(app: &App, login: &str) -> anyhow::Result<Person> {
    let found = people::person_by_login(&mut app.db.read().await?, login).await?;
    Ok(found.with_context(|| format!("the demo city has no {login}"))?.0)
}

/// What the thing's label says. In a new ledger the numbers begin with one.
pub(super) fn label(thing: &SeizedLine, serial: u64, app: &App) -> anyhow::Result<String> {
    let code = Code::new(CodeKind::Item, &app.clock.now().year2(), serial);
    match code.number() == thing.number {
        true => Ok(code.to_string()),
        false => bail!("{} is not the number {}", thing.number, code.number()),
    }
}
