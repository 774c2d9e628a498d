//! The layer around all pages that puts a page under every problem.

use super::{
    Problem, Room, Web, cookie,
    error_page::{context, log, problem_word},
    frame::Frame,
    theme,
    visitor::any_visitor,
};
use crate::language::Language;
use axum::{
    extract::{Request, State},
    http::request::Parts,
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

/// Puts the error page under every problem. Whoever is logged in keeps the menu; where the frame itself may be what is wrong, it is the
/// plain one.
pub(super) async fn error_page(State(web): State<Web>, request: Request, next: Next) -> Response {
    let language = cookie::language(request.headers());
    let theme = theme::of(request.headers());
    let here = request.uri().to_string();
    let (parts, body) = request.into_parts();
    let response = next.run(Request::from_parts(parts.clone(), body)).await;
    let Some(problem) = response.extensions().get::<Problem>().cloned() else { return response };
    let status = response.status();
    let number = log(&web, &problem);
    let known = match number {
        None => known_frame(&web, &parts).await,
        Some(_) => None,
    };
    let (frame, language) = known.unwrap_or_else(|| (Frame::plain(&here, theme, ""), language));
    let page = web.pages.render("error.html", language, context(&problem, language, frame, number));
    match page {
        Ok(page) => (status, Html(page)).into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the error page cannot be made");
            (status, problem_word(&problem)).into_response()
        }
    }
}

/// The frame of whoever asked, when they are logged in and it can be made.
async fn known_frame(web: &Web, parts: &Parts) -> Option<(Frame, Language)> {
    let visitor = any_visitor(parts, web).await.ok()?;
    let frame = visitor.frame(web, Room::Desk).await.ok()?;
    Some((Frame { room: None, notices: Vec::new(), ..frame }, visitor.language()))
}
