//! Papers as PDF: `GET /papers/{seq}`, by the number of the entry that made them.

use super::{Page, Visitor, Web};
use crate::custody;
use crate::web::in_address::InAddress;
use axum::{extract::State, http::header, response::IntoResponse};

/// The same entry gives the same bytes.
pub async fn paper(State(web): State<Web>, visitor: Visitor, InAddress(seq): InAddress<u64>) -> Page {
    let pdf = custody::papers::pdf(&web.app, visitor.me(), seq).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"hufu-{seq}.pdf\"")),
    ];
    Ok((headers, pdf).into_response())
}
