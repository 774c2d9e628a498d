//! Offers whose time has run out are closed, and sessions that have ended are forgotten.

use crate::{
    app::App,
    custody::{Error, login, withdraw},
};

/// Answers with how many offers were closed.
pub async fn expire(app: &App) -> Result<u32, Error> {
    let closed = withdraw::expire_offers(app).await?;
    login::forget_ended(app).await?;
    Ok(closed)
}
