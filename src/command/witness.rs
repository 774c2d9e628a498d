//! `hufu witness`: what an agency runs on its own machine, and how the centre enters those who do.

use super::{Database, say, serve};
use crate::{
    custody::witness::{self as verbs, WitnessStatus},
    ledger::{
        Suite,
        note::key::{Purpose, SignerKey},
    },
    random::SystemRng,
    witness::{
        config::{Config, Ready},
        follow,
        serve::serve as answer,
    },
};
use anyhow::{Context, bail};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// See a ledger only grow, from a machine of one's own, and say so with a signature
///
/// An agency makes a key, sends the printed line to the centre, and runs the witness. The centre enters it.
#[derive(Clone, Debug, clap::Args)]
pub struct Witness {
    #[command(subcommand)]
    act: Act,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum Act {
    /// Make the witness's key and print the line that the centre enters
    Key {
        /// The name that stands in its signatures, such as `procuratorate.example/witness`
        #[arg(long)]
        name: String,
        /// sm (SM2, SM3) or c2sp (Ed25519, SHA-256)
        #[arg(long, value_parser = suite, default_value = "sm")]
        suite: Suite,
        /// The file of the secret key. It is made; only its owner can read it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Follow ledgers, sign what only grew, keep evidence of everything else
    Run {
        /// Who it is, where it keeps its memory, which ledgers it follows; as TOML
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// At the centre: enter a unit's witness
    Register {
        #[command(flatten)]
        database: Database,
        /// The unit that answers for it: agency/unit
        #[arg(long)]
        unit: String,
        /// The line that `hufu witness key` printed
        #[arg(long)]
        key: String,
    },
    /// At the centre: take nothing more from a witness; what it signed stays signed
    Revoke {
        #[command(flatten)]
        database: Database,
        #[arg(long)]
        name: String,
    },
    /// At the centre: the ledger's own key; every witness, its unit, and how far it has signed
    List {
        #[command(flatten)]
        database: Database,
    },
}

fn suite(word: &str) -> Result<Suite, String> {
    Suite::from_word(word).ok_or_else(|| "sm / c2sp".to_owned())
}

pub async fn run(witness: Witness) -> anyhow::Result<()> {
    match witness.act {
        Act::Key { name, suite, out } => key(&name, suite, &out),
        Act::Run { config } => follow_all(&config).await,
        Act::Register { database, unit, key } => {
            let app = database.open().await?;
            let name = verbs::register(&app, &unit, &key).await.map_err(said)?;
            say(&format!("已登记 entered: {name}"))?;
            Ok(())
        }
        Act::Revoke { database, name } => {
            let app = database.open().await?;
            verbs::revoke(&app, &name).await.map_err(said)?;
            say(&format!("已停用 revoked: {name}"))?;
            Ok(())
        }
        Act::List { database } => {
            let app = database.open().await?;
            say(&format!("账本 ledger\t{}", app.settings.ledger_key.as_deref().unwrap_or("—")))?;
            for it in verbs::all(&app).await.map_err(said)? {
                say(&line(&it))?;
            }
            Ok(())
        }
    }
}

/// A verb's no, with what to do about it.
fn said(error: crate::custody::Error) -> anyhow::Error {
    let language = super::terminal_language();
    let text = format!("{} {}", error.sentence(language), error.remedy(language));
    anyhow::Error::new(error).context(text)
}

fn line(it: &WitnessStatus) -> String {
    let signed = it.signed.unwrap_or(0);
    format!("{}\t{} {}\t{signed}/{}\t{}", it.name, it.agency, it.unit, it.size, it.state.word())
}

fn key(name: &str, suite: Suite, out: &Path) -> anyhow::Result<()> {
    let key = SignerKey::generate(suite, Purpose::Cosignature, name, &mut SystemRng)?;
    let there = || format!("无法写入密钥文件 the key file cannot be written: {}", out.display());
    secret_file::create(out, key.to_pem()?.as_bytes()).with_context(there)?;
    say(&key.verifier().text())?;
    Ok(())
}

async fn follow_all(path: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("配置无法读取 the configuration cannot be read: {}", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let Ready { witness, ledgers, listen, folder: _held } = Config::read(&text)?.open(folder)?;
    let witness = Arc::new(witness);
    let following: Vec<_> = ledgers
        .into_iter()
        .enumerate()
        .map(|(at, ledger)| tokio::spawn(follow::follow(witness.clone(), at, Arc::new(ledger))))
        .collect();
    say(&format!("见证 witness · {} · {}", witness.key.verifier().name(), following.len()))?;
    let asked = async {
        match listen {
            Some(address) => answer(witness, serve::listen(address)?).await.map_err(anyhow::Error::from),
            None => std::future::pending().await,
        }
    };
    let ended = tokio::select! {
        asked = asked => asked,
        () = serve::ended() => Ok(()),
    };
    following.iter().for_each(tokio::task::JoinHandle::abort);
    if let Err(error) = ended {
        bail!("{error:#}");
    }
    Ok(())
}
