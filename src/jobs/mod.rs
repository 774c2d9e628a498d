//! What happens because time passes. Jobs take no input and are safe to run twice, also by two servers at once.

pub mod expire;
pub mod refill;
pub mod sums;
pub mod witness;

use crate::{app::App, custody::Error};
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often the clocks are looked at.
const EVERY: Duration = Duration::from_mins(1);

/// Runs each job once a minute, for as long as the server runs; a long one keeps no other waiting. A job that fails is
/// logged and tried again.
pub async fn run(app: App) {
    tokio::join!(expiring(&app), summing(&app));
}

async fn expiring(app: &App) {
    let mut minute = minutes();
    loop {
        minute.tick().await;
        logged(expire::expire(app).await, "offers could not be closed");
        logged(witness::raise(app).await, "a witness's difference could not be raised");
        let rules = app.read_rules().await.map(|()| 0).map_err(Error::from);
        logged(rules, "adopted rules could not be read");
        logged(refill::refill(app).await, "a counter could not be given spare labels");
    }
}

async fn summing(app: &App) {
    let mut minute = minutes();
    loop {
        minute.tick().await;
        logged(sums::sums(app).await, "the sums of the books could not be written down");
    }
}

fn minutes() -> Interval {
    let mut minutes = interval(EVERY);
    minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    minutes
}

fn logged(done: Result<u32, Error>, failure: &str) {
    if let Err(error) = done {
        tracing::error!(error = &error as &dyn std::error::Error, "{failure}; tried again in a minute");
    }
}
