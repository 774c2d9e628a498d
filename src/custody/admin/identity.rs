//! A person proves who they are without opening a session: the second person at a counter, whoever takes over a colleague's place.

use super::login;
use crate::{
    app::App,
    custody::{Error, Invalid},
    domain::Person,
};

/// The person of this login, if the password is theirs. Wrong ones are counted as at the login.
pub(in crate::custody) async fn prove(app: &App, login: &str, password: &str) -> Result<Person, Error> {
    login::check_length(login)?;
    login::whose(app, login, password).await?.ok_or_else(|| {
        Invalid::new(
            "identity_not_proven",
            ("用户名或密码不对，没有确认在场。", "Login or password is wrong; nobody was confirmed."),
            ("请由本人再输入一次。", "The person types it once more."),
        )
    })
}
