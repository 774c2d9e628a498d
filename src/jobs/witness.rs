//! A witness that has left entries unsigned for too long, or would not sign, becomes a difference that somebody settles.

use crate::{
    app::App,
    custody::{Error, witness},
};

/// Answers with how many differences were raised. What was raised once is not raised again.
pub async fn raise(app: &App) -> Result<u32, Error> {
    witness::raise_lapses(app).await
}
