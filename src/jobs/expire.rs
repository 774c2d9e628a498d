//! Offers whose time has run out are closed, refused lines that were accepted later are settled, and sessions that have ended are forgotten.

use crate::{
    app::App,
    custody::{Error, conclude, login, withdraw},
};

/// Answers with how many offers were closed.
pub async fn expire(app: &App) -> Result<u32, Error> {
    let closed = withdraw::expire_offers(app).await?;
    conclude::settle_accepted(app).await?;
    login::forget_ended(app).await?;
    Ok(closed)
}
