//! Files of a list: the template to fill in, and the list on paper.

use crate::web::in_address::InAddress;
use crate::{
    custody::seize,
    export,
    id::ImportId,
    web::{Page, Visitor, Web, render::RenderError},
};
use axum::{extract::State, http::header, response::IntoResponse};

/// `GET /import/template.xlsx`: an empty list with the columns that the importer knows.
pub async fn template(visitor: Visitor) -> Page {
    let bytes = export::seizure_list(visitor.language(), &[]).map_err(RenderError::from)?;
    let name = "attachment; filename=\"seizure-list.xlsx\"; filename*=UTF-8''%E6%89%A3%E6%8A%BC%E6%B8%85%E5%8D%95%E6%A8%A1%E6%9D%BF.xlsx";
    let headers = [(header::CONTENT_TYPE, export::WORKBOOK), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

/// `GET /import/{id}/list.pdf`: the list on paper.
pub async fn paper(State(web): State<Web>, visitor: Visitor, InAddress(id): InAddress<ImportId>) -> Page {
    let pdf = seize::list_paper(&web.app, visitor.me(), id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"seizure-list.pdf\""),
    ];
    Ok((headers, pdf).into_response())
}
