//! A person proves who they are without opening a session: the second person at a counter, whoever takes over a colleague's place.

use super::login::{Tried, count_in, place};
use crate::{
    app::{App, door::NOBODY},
    custody::{Error, Invalid},
    domain::Person,
    store::{attempts, people},
};

/// The person of this login, if the password is theirs. Wrong ones are counted as at the login.
pub(in crate::custody) async fn prove(app: &App, login: &str, password: &str) -> Result<Person, Error> {
    super::login::check_length(login)?;
    let place = place(app).await?;
    let mut tx = app.db.write().await?;
    let found = people::person_by_login(&mut tx, login).await?;
    let name = if found.is_some() { login.to_owned() } else { app.door.stranger(login) };
    count_in(&mut tx, &name, &Tried::Session, app.clock.now()).await?;
    tx.commit().await?;
    let hash = found.as_ref().and_then(|(_, hash)| hash.clone()).unwrap_or_else(|| NOBODY.to_owned());
    let right = place.matches(hash, password.to_owned()).await;
    let Some((person, _)) = found.filter(|(person, _)| right && !person.disabled) else {
        return Err(Invalid::new(
            "identity_not_proven",
            ("用户名或密码不对，没有确认在场。", "Login or password is wrong; nobody was confirmed."),
            ("请由本人再输入一次。", "The person types it once more."),
        ));
    };
    let mut tx = app.db.write().await?;
    attempts::forgive_from(&mut tx, login, Tried::Session.text()).await?;
    tx.commit().await?;
    Ok(person)
}
