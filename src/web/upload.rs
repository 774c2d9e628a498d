//! A form with one file in it.

use super::{Fields, Problem, Visitor, Web, visitor::check_token};
use crate::custody::too_large;
use axum::{
    extract::{FromRequest, FromRequestParts, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};

/// The fields and the file of a form that this visitor sent from one of our pages.
#[derive(Clone, Debug)]
pub struct Upload {
    pub visitor: Visitor,
    pub fields: Fields,
    /// The file's name as the browser gives it; empty when none was chosen.
    pub file_name: String,
    /// Empty when none was chosen.
    pub file: Vec<u8>,
}

impl FromRequest<Web> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Upload, Problem> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, web).await?;
        let from = parts.headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
        if from.is_some_and(|site| site != "same-origin" && site != "none") {
            return Err(Problem::Stale);
        }
        let request = Request::from_parts(parts, body);
        let mut form = Multipart::from_request(request, &()).await.map_err(|_| Problem::BadForm)?;
        let (mut fields, mut file, mut file_name) = (Vec::new(), Vec::new(), String::new());
        while let Some(field) = form.next_field().await.map_err(unread)? {
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(str::to_owned) {
                // A form may have a place for a file at each of its rows; a browser sends all of them.
                Some(of_file) if of_file.is_empty() => {}
                Some(of_file) => {
                    file_name = of_file;
                    file = field.bytes().await.map_err(unread)?.to_vec();
                }
                None => fields.push((name, field.text().await.map_err(unread)?)),
            }
        }
        let fields = Fields(fields);
        check_token(&visitor, fields.text("csrf"))?;
        Ok(Upload { visitor, fields, file_name, file })
    }
}

fn unread(error: MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::from(too_large()),
        _ => Problem::BadForm,
    }
}
