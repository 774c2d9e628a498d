//! A person who acts at the machine of the ledger: the keeper of the machine is none of them, so each shows that it is them.

use super::{Database, terminal_language, told};
use crate::{app::App, custody::login, domain::Person};
use anyhow::{Context, bail};
use std::{io::BufRead, path::PathBuf};

/// Who acts, and how they show that it is them.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ActingPerson {
    /// The login of the person whose act it is
    #[arg(long)]
    person: String,
    /// A file with their password; without it, the first line of standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The key that seals entries, as for `hufu serve`
    #[arg(long, value_name = "FILE", env = "HUFU_LEDGER_KEY")]
    ledger_key: Option<PathBuf>,
}

impl ActingPerson {
    /// Opens the ledger for this person. Refuses a wrong password, as the page for logging in does, and a first one, which the keeper
    /// of the machine has seen.
    pub(super) async fn enter(&self, database: &Database) -> anyhow::Result<(App, Person)> {
        let password = self.password()?;
        let app = database.open_to_record(self.ledger_key.as_deref()).await?;
        let token = login::log_in(&app, &self.person, &password, terminal_language()).await.map_err(told)?;
        let session = login::session(&app, &token).await.map_err(told)?.context("the session has ended")?;
        login::log_out(&app, session.id).await.map_err(told)?;
        if session.me.must_change {
            bail!(
                "请先登录并更改初始密码，没有办理 log in and change the first password first; nothing was done"
            );
        }
        Ok((app, session.me))
    }

    fn password(&self) -> anyhow::Result<String> {
        let text = if let Some(file) = &self.password_file {
            std::fs::read_to_string(file).with_context(|| file.display().to_string())?
        } else {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line)?;
            line
        };
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}
