//! Who calls. The token of a session comes as `Authorization: Bearer …`, never as a cookie, so that no other site's page
//! can call in somebody's name.

use super::error::{Problem, put_into_words};
use crate::{
    app::{App, turns::Turns},
    custody::{
        self,
        login::{self, Session},
    },
    domain::Person,
    language::Language,
};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{
        HeaderMap, Method, StatusCode,
        header::{ACCEPT_LANGUAGE, AUTHORIZATION},
        request::Parts,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Somebody with a session, whose password is their own.
#[derive(Clone, Debug)]
pub struct Caller {
    pub session: Session,
    /// What sentences are written in: as the request asks, else as the session was opened.
    pub language: Language,
}

/// A caller who may still have to change the first password: may do that, and leave.
#[derive(Clone, Debug)]
pub struct AnyCaller(pub Caller);

impl Caller {
    pub fn me(&self) -> &Person {
        &self.session.me
    }
}

/// Finds the session before anything else is read, so that even a malformed request is answered in the caller's
/// language.
pub async fn recognise(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let asked = asked_language(request.headers());
    let found = match bearer(request.headers()) {
        Some(token) => login::session(&app, token).await,
        None => Ok(None),
    };
    let language = |session: Option<&Session>| asked.or(session.map(|it| it.language)).unwrap_or_default();
    match found {
        Ok(session) => {
            let language = language(session.as_ref());
            request.extensions_mut().insert(language);
            if let Some(session) = session {
                request.extensions_mut().insert(Uploads(app.costly.uploads.clone()));
                request.extensions_mut().insert(Caller { session, language });
            }
            let response = match holds_nul(&request) {
                true => Problem::unread(StatusCode::BAD_REQUEST, "the address holds U+0000").into_response(),
                false => next.run(request).await,
            };
            put_into_words(&app, language, response)
        }
        Err(error) => put_into_words(&app, language(None), Problem::from(error).into_response()),
    }
}

#[derive(Clone, Debug)]
struct Uploads(Turns);

/// Takes in what may be large in a turn, which lasts until it is answered: it lies in memory for as long. Of strangers nothing
/// large is read.
pub async fn taken_in(request: Request, next: Next) -> Response {
    let known = request.extensions().get::<Caller>().zip(request.extensions().get::<Uploads>());
    let Some((caller, Uploads(uploads))) = known.filter(|_| request.method() != Method::GET) else {
        return next.run(request).await;
    };
    let (uploads, me) = (uploads.clone(), caller.me().clone());
    match custody::turn(&uploads, &me).await {
        Ok(_turn) => next.run(request).await,
        Err(error) => Problem::from(error).into_response(),
    }
}

/// PostgreSQL keeps no text with U+0000, and nobody means one.
fn holds_nul(request: &Request) -> bool {
    request.uri().path_and_query().is_some_and(|it| it.as_str().contains("%00"))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The one of our two languages that the request likes best; none when it likes neither.
fn asked_language(headers: &HeaderMap) -> Option<Language> {
    let wishes = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(Language, f32)> = None;
    for wish in wishes.split(',') {
        let mut parts = wish.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = parts.find_map(|it| it.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0_f32);
        let language = match tag.split('-').next() {
            Some("zh") => Language::Zh,
            Some("en") => Language::En,
            _ => continue,
        };
        if weight > 0.0 && best.is_none_or(|(_, known)| weight > known) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

impl FromRequestParts<App> for AnyCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<AnyCaller, Problem> {
        parts.extensions.get::<Caller>().cloned().map(AnyCaller).ok_or_else(Problem::not_logged_in)
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, Problem> {
        let AnyCaller(caller) = AnyCaller::from_request_parts(parts, app).await?;
        if caller.me().must_change { Err(Problem::change_password()) } else { Ok(caller) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_liked_best() {
        for (header, wanted) in [
            ("en", Some(Language::En)),
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Language::Zh)),
            ("en;q=0.3, zh-Hans;q=0.7", Some(Language::Zh)),
            ("fr, en;q=0.1", Some(Language::En)),
            ("zh;q=0, fr", None),
            ("fr", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, header.parse().unwrap())]);
            assert_eq!(asked_language(&headers), wanted, "{header}");
        }
    }

    #[test]
    fn a_token_comes_as_bearer_only() {
        for (header, wanted) in
            [("Bearer abc", Some("abc")), ("bearer abc", Some("abc")), ("Basic abc", None), ("abc", None)]
        {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, header.parse().unwrap())]);
            assert_eq!(bearer(&headers), wanted, "{header}");
        }
    }
}
