//! The witness's own file: who it is, where it keeps its memory, and which ledgers it follows.

use super::{
    FollowedLedger, Witness,
    fetch::{CaError, Ledger},
    memory::{Folder, MemoryError},
};
use crate::{
    clock::Clock,
    ledger::{
        NoteError, Suite,
        note::key::{Purpose, SignerKey, VerifierKey},
    },
};
use serde::Deserialize;
use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// The file, as TOML. Paths are meant from the folder it lies in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The name that stands in its signatures.
    pub name: String,
    /// The file of its signing key.
    pub key: PathBuf,
    /// The folder of its memory and evidence.
    pub state: PathBuf,
    /// Where ledgers may come by themselves (C2SP tlog-witness); nowhere when absent.
    pub listen: Option<SocketAddr>,
    pub ledger: Vec<LedgerConfig>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerConfig {
    /// The server's address.
    pub url: String,
    /// The ledger's key as it prints it: name+id+key.
    pub key: String,
    /// The only certificate authority trusted for this address, as PEM; the public ones when absent.
    pub ca: Option<PathBuf>,
    /// How often it is looked at, in seconds.
    #[serde(default = "minute")]
    pub every: u64,
}

fn minute() -> u64 {
    60
}

/// Why a witness cannot start. Nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("文件无法读取 · the file cannot be read: {0}")]
    Unreadable(PathBuf, #[source] io::Error),
    #[error("配置有误 · the configuration is not as it must be")]
    Form(#[from] toml::de::Error),
    #[error("见证密钥无法使用 · the witness's key cannot be used: {0}")]
    OwnKey(PathBuf, #[source] NoteError),
    #[error("账本的公钥有误 · the ledger's key is not as it must be: {0}")]
    LedgerKey(String, #[source] NoteError),
    #[error("{0}：{1} · {0}: {2}")]
    Wrong(String, &'static str, &'static str),
    #[error(transparent)]
    Memory(#[from] MemoryError),
    #[error(transparent)]
    Ca(#[from] CaError),
}

/// A witness that is ready: who signs, where to look, and the folder, held as long as this lives.
pub struct Ready {
    pub witness: Witness,
    /// How to reach each of the witness's ledgers, in their order.
    pub ledgers: Vec<Ledger>,
    pub listen: Option<SocketAddr>,
    pub folder: Folder,
}

impl Config {
    /// Reads the file. Refuses unknown words, a ledger twice, no ledger, and an interval of nothing.
    pub fn read(text: &str) -> Result<Config, ConfigError> {
        let config: Config = toml::from_str(text)?;
        let wrong = |what: &str, zh, en| Err(ConfigError::Wrong(what.to_owned(), zh, en));
        if config.ledger.is_empty() {
            return wrong("[[ledger]]", "没有要见证的账本", "there is no ledger to follow");
        }
        for ledger in &config.ledger {
            let web = ["https://", "http://"].iter().any(|scheme| ledger.url.starts_with(scheme));
            if !web || ledger.url.contains(char::is_whitespace) {
                return wrong(&ledger.url, "不是网址", "it is no http address");
            }
            if !(1..=86_400).contains(&ledger.every) {
                return wrong(&ledger.url, "every 应为 1 至 86400 秒", "every is 1 to 86400 seconds");
            }
        }
        Ok(config)
    }

    /// Opens keys and memory. `folder` is where the file lies.
    pub fn open(self, folder: &Path) -> Result<Ready, ConfigError> {
        let key = own_key(&self.name, &folder.join(&self.key))?;
        let state = Folder::open(&folder.join(&self.state))?;
        let (mut followed, mut ledgers) = (Vec::<FollowedLedger>::new(), Vec::new());
        for it in self.ledger {
            let wrong = |error| ConfigError::LedgerKey(it.key.clone(), error);
            let ledger = VerifierKey::from_text(&it.key).map_err(wrong)?;
            if ledger.purpose() != Purpose::Checkpoint {
                return Err(wrong(NoteError::NotAKey("it is a witness's, not a ledger's")));
            }
            if followed.iter().any(|other| other.key.name() == ledger.name()) {
                let twice = ("这个账本写了两次", "this ledger stands there twice");
                return Err(ConfigError::Wrong(ledger.name().to_owned(), twice.0, twice.1));
            }
            let memory = state.memory(&ledger, key.verifier())?;
            let ca = it.ca.map(|ca| folder.join(ca));
            ledgers.push(Ledger::new(&it.url, ca.as_deref(), Duration::from_secs(it.every))?);
            followed.push(FollowedLedger::new(ledger, memory));
        }
        let witness = Witness { key, clock: Clock::System, ledgers: followed };
        Ok(Ready { witness, ledgers, listen: self.listen, folder: state })
    }
}

/// The key in that file, of whichever suite it is.
fn own_key(name: &str, path: &Path) -> Result<SignerKey, ConfigError> {
    let pem =
        std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable(path.to_owned(), error))?;
    let read = |suite| SignerKey::from_pem(suite, Purpose::Cosignature, name, &pem);
    read(Suite::Sm)
        .or_else(|_| read(Suite::C2sp))
        .map_err(|error| ConfigError::OwnKey(path.to_owned(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "name = 'a'\nkey = 'k'\nstate = 's'\n[[ledger]]\nurl = 'http://l'\nkey = 'x'\n";

    #[test]
    fn a_file_says_who_and_whom_and_nothing_unknown() {
        let config = Config::read(TEXT).unwrap();
        assert_eq!((config.listen, config.ledger[0].every), (None, 60));
        for (from, to) in [
            ("state", "stat"),
            ("[[ledger]]", "[ledger]"),
            ("http://l", "ftp://l"),
            ("http://l'", "http://l'\nevery = 0"),
            ("http://l'", "http://l'\nevery = -1"),
            ("http://l'", "http://l'\nca_file = 'x'"),
            ("[[ledger]]", "listen = 'here'\n[[ledger]]"),
        ] {
            assert!(Config::read(&TEXT.replacen(from, to, 1)).is_err(), "{from} → {to}");
        }
        assert!(Config::read("name = 'a'\nkey = 'k'\nstate = 's'\nledger = []\n").is_err());
    }
}
