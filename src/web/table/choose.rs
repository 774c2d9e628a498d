//! `POST /columns`: which columns of a table somebody is shown from now on.

use super::{
    super::{Page, PostedForm, Problem, Web, login::inside},
    TABLES,
};
use crate::custody::tables;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect},
};

pub async fn choose(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    let table = TABLES.iter().find(|it| it.name == fields.text("table")).ok_or(Problem::NoSuchPage)?;
    let wanted: Vec<&str> = fields.all("column").collect();
    let columns = table.columns.iter().map(|it| it.word).filter(|word| wanted.contains(word));
    tables::choose(&web.app, visitor.me().id, table.name, &columns.collect::<Vec<_>>()).await?;
    Ok(Redirect::to(inside(fields.text("back"))).into_response())
}
