//! What anybody may check without logging in, and proof files for those who may see what they prove.

use super::{Page, Problem, Visitor, Web, cookie, frame::Frame, theme};
use crate::custody::{
    Error,
    proof::{self, ProofSubject},
    standing::{self as verb, PaperStatus},
};
use crate::web::in_address::InAddress;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect},
};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub struct CheckQuery {
    #[serde(default)]
    code: String,
}

/// `GET /check?code=…`: the form, for whoever types the code.
pub async fn ask(State(web): State<Web>, headers: HeaderMap, Query(asked): Query<CheckQuery>) -> Page {
    match asked.code.trim() {
        "" => page(&web, &headers, "", None),
        code => Ok(Redirect::to(&format!("/check/{}", super::error_page::encoded(code))).into_response()),
    }
}

/// `GET /check/{code}`: where the code on a paper leads. Says which paper it is, since when, and how it stands now; nothing of
/// the case.
pub async fn check(State(web): State<Web>, headers: HeaderMap, InAddress(code): InAddress<String>) -> Page {
    page(&web, &headers, &code, Some(verb::standing(&web.app, &code).await))
}

fn page(web: &Web, headers: &HeaderMap, code: &str, standing: Option<Result<PaperStatus, Error>>) -> Page {
    let language = cookie::language(headers);
    let (standing, problem) = match standing {
        None => (None, None),
        Some(Ok(standing)) => (Some(standing), None),
        Some(Err(error @ (Error::NotFound(_) | Error::Invalid(_)))) => (None, Some(error)),
        Some(Err(error)) => return Err(Problem::from(error)),
    };
    let status = if problem.is_some() { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let unknown = matches!(problem, Some(Error::NotFound(_)));
    let said = problem.map(|error| [error.sentence(language), error.remedy(language)]);
    let context = json!({
        "frame": Frame::plain(format!("/check/{}", super::error_page::encoded(code)), theme::of(headers), ""),
        "code": code, "standing": standing, "unknown": unknown, "said": said,
    });
    Ok((status, web.page("check_paper.html", language, context)?).into_response())
}

/// `GET /proof/item/{id}`, `/proof/handover/{id}`, `/proof/entry/{number}`: the file.
pub async fn file(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress((what, which)): InAddress<(String, String)>,
) -> Page {
    let about = match what.as_str() {
        "item" => which.parse().map(ProofSubject::Item).ok(),
        "handover" => which.parse().map(ProofSubject::Handover).ok(),
        "entry" => which.parse().map(ProofSubject::Entry).ok(),
        _ => None,
    };
    let about = about.ok_or(Problem::NoSuchPage)?;
    let proof = proof::proof(&web.app, visitor.me(), &about).await?;
    let name = proof.about.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"hufu-proof-{name}.json\"")),
    ];
    Ok((headers, serde_json::to_vec_pretty(&proof).unwrap_or_default()).into_response())
}
