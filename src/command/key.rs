//! `hufu key`: agencies' keys, carried to the ledger by whoever keeps its machine, and made to count by people of the agency. Each
//! act names its person and asks their password: the keeper of the machine is none of them.

use super::{Database, say, terminal_language, told};
use crate::{
    app::App,
    custody::{access, keys, login},
    domain::Person,
    ledger::state::KeyStanding,
};
use anyhow::{Context, bail};
use hufu_wire::{
    registration::KeyRegistration,
    signature::{PublicKey, fingerprint, grouped, key_id},
};
use std::{
    io::BufRead,
    path::{Path, PathBuf},
};

/// Register, confirm, revoke and list the keys that agencies sign with
#[derive(Clone, Debug, clap::Args)]
pub struct Key {
    #[command(subcommand)]
    act: Act,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum Act {
    /// List every agency's keys: id, unit, how it stands, fingerprint
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Print the fingerprint of what a station printed, to be compared with its paper
    Fingerprint {
        /// What `hufu-station key new` printed
        file: PathBuf,
    },
    /// Register a key for a unit; somebody of the agency does it
    Register {
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        by: ActingPerson,
        /// What `hufu-station key new` printed
        file: PathBuf,
    },
    /// Confirm the fingerprint of an agency's first key; an approver of the agency who did not register it does it
    Confirm {
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        by: ActingPerson,
        /// The key's id
        key: String,
        /// As the station printed it: eight groups of four digits
        #[arg(long)]
        fingerprint: String,
    },
    /// Shut a key out at once; what it has signed stays signed. An approver of the agency does it
    Revoke {
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        by: ActingPerson,
        /// The key's id
        key: String,
        /// Lost, stolen, replaced by another
        #[arg(long)]
        reason: String,
    },
}

/// Who acts, and how they show that it is them.
#[derive(Clone, Debug, clap::Args)]
struct ActingPerson {
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

pub async fn run(key: Key) -> anyhow::Result<()> {
    match key.act {
        Act::List { database } => list(&database.open().await?).await,
        Act::Fingerprint { file } => {
            let public = PublicKey::from_pem(&registration(&file)?.public_pem)?;
            Ok(say(&format!("{}\t{}", key_id(&public), grouped(&fingerprint(&public))))?)
        }
        Act::Register { database, by, file } => {
            let (app, me) = by.enter(&database).await?;
            let made = keys::register(&app, &me, &registration(&file)?).await.map_err(told)?;
            say(&format!("公钥编号 key: {}\n指纹 fingerprint: {}", made.key, made.fingerprint))?;
            let next = match made.standing {
                KeyStanding::Waiting => {
                    "待本机关另一名审批人员核对指纹后确认 an approver of the agency must compare and confirm it: hufu key confirm"
                }
                KeyStanding::InForce | KeyStanding::Revoked => "即时有效 in force at once",
            };
            Ok(say(next)?)
        }
        Act::Confirm { database, by, key, fingerprint } => {
            let (app, me) = by.enter(&database).await?;
            let done = keys::confirm(&app, &me, &key, &fingerprint).await.map_err(told)?;
            Ok(say(&format!("已确认 confirmed: {key}，第 {0} 号分录 entry {0}", done.seq))?)
        }
        Act::Revoke { database, by, key, reason } => {
            let (app, me) = by.enter(&database).await?;
            let done = keys::revoke(&app, &me, &key, &reason).await.map_err(told)?;
            Ok(say(&format!("已注销 revoked: {key}，第 {0} 号分录 entry {0}", done.seq))?)
        }
    }
}

async fn list(app: &App) -> anyhow::Result<()> {
    for it in keys::list(app, &access::at_the_machine()).await.map_err(told)? {
        let standing = it.standing.text(terminal_language());
        say(&format!("{}\t{} {}\t{standing}\t{}", it.key, it.agency, it.unit, it.fingerprint))?;
    }
    Ok(())
}

fn registration(file: &Path) -> anyhow::Result<KeyRegistration> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    serde_json::from_str(&text).with_context(|| {
        let file = file.display();
        format!("{file} 不是 hufu-station key new 打印的登记文件 is not what `hufu-station key new` printed")
    })
}

impl ActingPerson {
    /// Opens the ledger for this person. Refuses a wrong password, as the page for logging in does, and a first one, which the keeper
    /// of the machine has seen.
    async fn enter(&self, database: &Database) -> anyhow::Result<(App, Person)> {
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
