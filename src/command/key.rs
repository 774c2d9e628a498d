//! `hufu key`: people's keys, carried to the ledger by whoever keeps its machine, and made to count by people of the agency. Each
//! act names its person and asks their password: the keeper of the machine is none of them.

use super::{Database, acting::ActingPerson, say, terminal_language, told};
use crate::{
    app::App,
    custody::{
        access,
        keys::{self, KeyView},
    },
    ledger::state::KeyStanding,
};
use anyhow::Context;
use hufu_wire::{
    registration::KeyRegistration,
    signature::{PublicKey, fingerprint, grouped, key_id},
};
use std::path::{Path, PathBuf};

/// Register, confirm, revoke and list the keys that people sign with
#[derive(Clone, Debug, clap::Args)]
pub struct Key {
    #[command(subcommand)]
    act: Act,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum Act {
    /// List all keys: id, holder, how it stands, fingerprint
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Print the fingerprint of what a station printed, to be compared with its paper
    Fingerprint {
        /// What `hufu-station key new` printed
        file: PathBuf,
    },
    /// Register a key; its holder does it
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
    /// Shut a key out at once; what it has signed stays signed. Its holder does it, or an approver of the agency
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
            say(&format!("签章密钥编号 key: {}\n核对码 fingerprint: {}", made.key, made.fingerprint))?;
            let next = match made.standing {
                KeyStanding::Waiting => format!(
                    "待本机关另一名审批人员比对核对码后确认 another person, an approver of the agency, must compare the fingerprint and confirm it: hufu key confirm {} --fingerprint … --person …",
                    made.key
                ),
                KeyStanding::InForce | KeyStanding::Revoked => "即时有效 in force at once".to_owned(),
            };
            Ok(say(&next)?)
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
        let KeyView { key, holder, agency, unit, fingerprint, .. } = it;
        say(&format!("{key}\t{holder}\t{agency} {unit}\t{standing}\t{fingerprint}"))?;
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
