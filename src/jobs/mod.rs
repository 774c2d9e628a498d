//! What happens because time passes. Jobs take no input and are safe to run twice, also by two servers at once.

pub mod expire;
pub mod witness;

use crate::app::App;
use std::time::Duration;

/// How often the clocks are looked at.
const EVERY: Duration = Duration::from_mins(1);

/// Runs the jobs once a minute, for as long as the server runs. A job that fails is logged and tried again.
pub async fn run(app: App) {
    let mut minute = tokio::time::interval(EVERY);
    minute.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        minute.tick().await;
        if let Err(error) = expire::expire(&app).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "offers could not be closed; tried again in a minute"
            );
        }
        if let Err(error) = witness::raise(&app).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a witness's difference could not be raised; tried again in a minute"
            );
        }
    }
}
