//! Photographs of the rows of a list, taken where the things are found.

use super::{Part, Sent, page};
use crate::web::in_address::InAddress;
use crate::{
    custody::seize,
    id::ImportId,
    web::{Fields, Page, PostedForm, Upload, Web, cases::stays},
};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect},
};

/// `POST /import/{id}/photo`: one photograph of one row.
pub async fn photograph(State(web): State<Web>, InAddress(id): InAddress<ImportId>, upload: Upload) -> Page {
    let Upload { visitor, fields, file, .. } = upload;
    // A row that is not said is none; whether somebody may is asked first, in the verb.
    let row = fields.parse("photo_row").unwrap_or(0);
    match seize::photograph_row(&web.app, visitor.me(), (id, row), &file).await {
        Ok(_) => Ok(back(id, &fields, row)),
        Err(error) if stays(&error) => {
            let list = seize::show(&web.app, visitor.me(), id).await?;
            let part = Part::sent(&fields);
            let shown = (&Sent::default(), Some(&error));
            page(&web, &visitor, &list, part, &Fields::default(), shown).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /import/{id}/unphoto`: takes one off again.
pub async fn drop_photograph(
    State(web): State<Web>,
    InAddress(id): InAddress<ImportId>,
    posted: PostedForm,
) -> Page {
    let PostedForm { visitor, fields } = posted;
    let (row, digest) = fields.text("photo").split_once(' ').unwrap_or_default();
    let row = row.parse().unwrap_or(0);
    seize::drop_row_photograph(&web.app, visitor.me(), (id, row), digest).await?;
    Ok(back(id, &fields, row))
}

fn back(id: ImportId, fields: &Fields, row: u32) -> axum::response::Response {
    Redirect::to(&format!("{}#row-{row}", Part::sent(fields).of(id))).into_response()
}
