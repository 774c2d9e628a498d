//! The parameter by which a resource is read as it was known.

use super::error::Problem;
use crate::{
    app::App,
    custody::as_of,
    domain::{AsOf, Person},
};
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AsOfQuery {
    /// As known on: an entry number (`1234`), a day (`2026-11-20`, to its end) or a minute (`2026-11-20 14:30`) in China's
    /// time, of recording. Absent: as it stands. 422 when it cannot be read, lies in the future or before the first entry.
    #[param(example = "2026-11-20 14:30")]
    as_of: Option<String>,
}

impl AsOfQuery {
    /// The entry that is meant.
    pub async fn entry(&self, app: &App, me: &Person) -> Result<Option<AsOf>, Problem> {
        entry(app, me, self.as_of.as_deref()).await
    }
}

/// The entry that was asked for, where one was.
pub async fn entry(app: &App, me: &Person, asked: Option<&str>) -> Result<Option<AsOf>, Problem> {
    Ok(as_of::resolve(app, me, asked.unwrap_or_default()).await?)
}
