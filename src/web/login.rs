//! The door: login, logout, and the forced change of the first password.

use super::{
    Page, PostedForm, Problem, Web,
    cookie::{cookie, language},
    error_page::encoded,
    frame::Frame,
    theme::{self, Theme},
    visitor::{COOKIE, any_visitor, check_token, fields},
};
use crate::{
    custody::{
        Error,
        login::{self, Address, Origin},
    },
    domain::password,
    language::Language,
};
use axum::{
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use serde_json::json;

/// The cookie by which a browser is known in which somebody has logged in before: what others do wrong elsewhere does not lock
/// it out. It opens nothing.
const BROWSER: &str = "hufu_browser";
const BROWSER_SECONDS: u32 = 90 * 24 * 60 * 60;

/// The cookie that ties the login form to this browser, before there is a session.
const VISIT: &str = "hufu_visit";

#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    back: String,
    /// Not empty: the password was just changed.
    #[serde(default)]
    changed: String,
}

pub async fn show(State(web): State<Web>, headers: HeaderMap, Query(query): Query<Back>) -> Page {
    let visit = web.app.random.token().map_err(Error::from)?;
    let language = language(&headers);
    let told = (!query.changed.is_empty()).then_some("changed");
    let look = (language, theme::of(&headers));
    let page = page(&web, look, &visit, ("", told), StatusCode::OK, &query.back)?;
    Ok(with_cookie(page, &format!("{VISIT}={visit}; Path=/login; HttpOnly; SameSite=Strict")))
}

fn page(
    web: &Web,
    (language, theme): (Language, Theme),
    visit: &str,
    (name, told): (&str, Option<&str>),
    status: StatusCode,
    back: &str,
) -> Page {
    let context = json!({
        "frame": Frame::plain(format!("/login?back={}", encoded(back)), theme, visit),
        "name": name, "told": told, "minutes": 15, "back": back,
    });
    Ok((status, web.page("login.html", language, context)?).into_response())
}

fn is_lock(error: &Error) -> bool {
    ["login_locked", "address_locked"].contains(&error.code())
}

pub async fn log_in(State(web): State<Web>, headers: HeaderMap, request: Request) -> Page {
    let address = request.extensions().get::<Address>().copied();
    let origin = Origin { address, browser: cookie(&headers, BROWSER).map(str::to_owned) };
    let fields = fields(request).await?;
    let visit = cookie(&headers, VISIT).unwrap_or_default();
    if visit.is_empty() || fields.text("csrf") != visit {
        return Err(Problem::Stale);
    }
    let (name, back) = (fields.text("name"), fields.text("back"));
    let tried = (name, fields.verbatim("password"));
    match login::log_in_from(&web.app, &origin, tried, language(&headers)).await {
        Ok(token) => {
            let browser = login::know_browser(&web.app, &token, origin.browser.as_deref()).await?;
            let secure = if web.app.address.starts_with("https:") { "; Secure" } else { "" };
            let session = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax{secure}");
            let known = format!(
                "{BROWSER}={browser}; Path=/login; Max-Age={BROWSER_SECONDS}; HttpOnly; SameSite=Strict{secure}"
            );
            let inside = with_cookie(Redirect::to(inside(back)).into_response(), &session);
            Ok(with_cookie(inside, &known))
        }
        Err(error @ (Error::Forbidden(_) | Error::Conflict(_))) => {
            let look = (language(&headers), theme::of(&headers));
            let told = if is_lock(&error) { "locked" } else { "wrong" };
            page(&web, look, visit, (name, Some(told)), StatusCode::FORBIDDEN, back)
        }
        Err(error) => Err(error.into()),
    }
}

/// Only addresses of this site: a login must not lead elsewhere. A browser leaves out tabs and line ends, so `/⇥/host` would
/// be another host to it; an address that a page of ours was asked by has nothing but visible ASCII in it.
pub fn inside(back: &str) -> &str {
    let plain = back.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let here = plain && back.starts_with('/') && !back.starts_with("//");
    if here { back } else { "/" }
}

pub async fn log_out(State(web): State<Web>, posted: PostedForm) -> Page {
    login::log_out(&web.app, posted.visitor.session.id).await?;
    let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    Ok(with_cookie(Redirect::to("/login").into_response(), &gone))
}

pub async fn show_password(State(web): State<Web>, request: Request) -> Page {
    let (parts, _) = request.into_parts();
    let visitor = any_visitor(&parts, &web).await?;
    let none = json!({ "old": null, "new": null, "again": null });
    password_page(&web, &visitor, StatusCode::OK, &none)
}

fn password_page(
    web: &Web,
    visitor: &super::Visitor,
    status: StatusCode,
    errors: &serde_json::Value,
) -> Page {
    let frame = Frame::plain(visitor.here.clone(), visitor.theme, visitor.session.csrf.clone());
    let context = json!({ "frame": frame, "least": password::LENGTH_MIN, "errors": errors });
    Ok((status, web.page("password.html", visitor.language(), context)?).into_response())
}

pub async fn change_password(State(web): State<Web>, request: Request) -> Page {
    let (parts, body) = request.into_parts();
    let visitor = any_visitor(&parts, &web).await?;
    let fields = fields(Request::from_parts(parts, body)).await?;
    check_token(&visitor, fields.text("csrf"))?;
    let (old, new) = (fields.verbatim("old"), fields.verbatim("new"));
    let wrong = match (new == fields.verbatim("again"), login::check_password(new, visitor.me())) {
        (false, _) => json!({ "old": null, "new": null, "again": "not_same" }),
        (true, Err(error)) => json!({ "old": null, "new": error.code(), "again": null }),
        (true, Ok(())) => match login::change_password(&web.app, visitor.me(), old, new).await {
            Ok(()) => return Ok(Redirect::to("/login?changed=1").into_response()),
            Err(error) if error.code() == "wrong_old_password" => {
                json!({ "old": "wrong_old", "new": null, "again": null })
            }
            Err(error) if error.code() == "same_password" => {
                json!({ "old": null, "new": "same_as_old", "again": null })
            }
            Err(error) => return Err(error.into()),
        },
    };
    password_page(&web, &visitor, StatusCode::UNPROCESSABLE_ENTITY, &wrong)
}

/// The response with one more cookie. A cookie that cannot be written would be our mistake.
pub fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    } else {
        tracing::error!("a cookie could not be written");
    }
    response
}
