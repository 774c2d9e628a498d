//! The sums of both books are written down at marks, so that any page can be shown as of any entry.

use crate::{
    app::App,
    custody::{Error, as_of},
};

/// Answers with how many marks were written.
pub async fn sums(app: &App) -> Result<u32, Error> {
    as_of::keep_sums(app).await
}
