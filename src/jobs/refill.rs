//! A counter whose spare labels are half used is given more of them, before the next outage asks for them.

use crate::{
    app::App,
    custody::{Error, blank},
};

/// Answers with how many blocks of labels were given. One that a station has not said to keep is not given twice.
pub async fn refill(app: &App) -> Result<u32, Error> {
    blank::refill(app).await
}
