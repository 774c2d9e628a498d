//! `hufu clock`: look at the server's clock beside the ledger's last entry, and say that it is right.

use super::{Database, say};
use crate::store::{heads, settings};

/// The clock of this machine, and what the ledger thinks of it
///
/// A clock that has jumped, or stands long after the last entry, records nothing until a person has looked at it.
#[derive(Clone, Debug, clap::Args)]
pub struct ClockCommand {
    #[command(flatten)]
    database: Database,
    #[command(subcommand)]
    act: Act,
}

#[derive(Clone, Copy, Debug, clap::Subcommand)]
enum Act {
    /// Where the clock stands, and when the last entry was recorded
    Show,
    /// Say that the clock is right: look at another clock first. It holds for a day
    Confirm,
}

pub async fn run(command: ClockCommand) -> anyhow::Result<()> {
    let app = command.database.open().await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let last = heads::newest(&mut tx).await?;
    let last = last.map_or_else(|| "-".to_owned(), |head| head.recorded_at.text_seconds());
    say(&format!("clock       {}", now.text_seconds()))?;
    say(&format!("last entry  {last}"))?;
    match command.act {
        Act::Show => Ok(()),
        Act::Confirm => {
            settings::confirm_clock(&mut tx, now).await?;
            tx.commit().await?;
            Ok(say("confirmed: entries are recorded again")?)
        }
    }
}
