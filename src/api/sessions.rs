//! Logging in and out, and what a session is.

use super::{
    caller::{AnyCaller, Caller},
    error::Problem,
    message::{At, Created, DONE, Done, Json},
};
use crate::{
    app::App,
    custody::{
        login::{self, Address, Origin},
        own_sessions::{self, SessionView},
    },
    domain::Person,
    id::{SessionId, StationId},
    language::Language,
};
use axum::{Extension, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"login": "zhang", "password": "tiger-tally-2026"}))]
pub struct Login {
    #[schema(max_length = 100)]
    login: String,
    password: String,
}

/// Somebody's session.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenedSession {
    /// To be sent as `Authorization: Bearer …`. It is shown once and kept nowhere.
    token: String,
    #[serde(flatten)]
    who: Identity,
}

/// Who calls.
#[derive(Debug, Serialize, ToSchema)]
pub struct Identity {
    person: Person,
    /// The language of the session.
    language: Language,
    /// The counter this person stands at.
    station: Option<StationId>,
}

impl From<login::Session> for Identity {
    fn from(it: login::Session) -> Identity {
        Identity { person: it.me, language: it.language, station: it.station }
    }
}

/// Log in
///
/// The token lasts one shift. After several failures the login is locked for a growing while from where they came
/// (`login_locked`); an address from which very much is wrong is locked as a whole (`address_locked`). When
/// `person.must_change` is true, nothing but changing the password is possible.
#[utoipa::path(post, path = "/sessions", tag = "sessions", security(()), responses((status = 201, body = OpenedSession)))]
pub async fn log_in(
    State(app): State<App>,
    Extension(language): Extension<Language>,
    address: Option<Extension<Address>>,
    Json(login): Json<Login>,
) -> Result<Created<OpenedSession>, Problem> {
    let origin = Origin { address: address.map(|Extension(address)| address), browser: None };
    let token = login::log_in_from(&app, &origin, (&login.login, &login.password), language).await?;
    let session = login::session(&app, &token).await?.ok_or_else(Problem::not_logged_in)?;
    Ok(Created(OpenedSession { token, who: session.into() }))
}

/// Log out
#[utoipa::path(delete, path = "/sessions/current", tag = "sessions", responses((status = 204)))]
pub async fn log_out(State(app): State<App>, AnyCaller(caller): AnyCaller) -> Done {
    login::log_out(&app, caller.session.id).await?;
    DONE
}

/// Who am I
#[utoipa::path(get, path = "/me", tag = "sessions", responses((status = 200, body = Identity)))]
pub async fn me(AnyCaller(caller): AnyCaller) -> Json<Identity> {
    Json(caller.session.into())
}

/// My sessions
///
/// At most three: a new one ends the oldest.
#[utoipa::path(get, path = "/me/sessions", tag = "sessions", responses((status = 200, body = Vec<SessionView>)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<SessionView>>, Problem> {
    Ok(Json(own_sessions::list(&app, &caller.session).await?))
}

/// End one of my sessions
#[utoipa::path(delete, path = "/me/sessions/{own}", tag = "sessions", responses((status = 204)))]
pub async fn end(State(app): State<App>, caller: Caller, At(session): At<SessionId>) -> Done {
    own_sessions::end(&app, caller.me(), session).await?;
    DONE
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewPassword {
    old: String,
    /// At least twelve characters, none of the last five, and nothing that guessers try first.
    #[schema(min_length = 12)]
    new: String,
}

/// Change the own password
///
/// Ends every session of this person, this one too: log in again.
#[utoipa::path(post, path = "/me/password", tag = "sessions", responses((status = 204)))]
pub async fn change_password(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    Json(it): Json<NewPassword>,
) -> Done {
    login::change_password(&app, caller.me(), &it.old, &it.new).await?;
    DONE
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewLanguage {
    language: Language,
}

/// Choose the language of the session
///
/// `Accept-Language` goes before it.
#[utoipa::path(put, path = "/me/language", tag = "sessions", responses((status = 204)))]
pub async fn set_language(State(app): State<App>, caller: Caller, Json(it): Json<NewLanguage>) -> Done {
    login::set_language(&app, caller.session.id, it.language).await?;
    DONE
}
