//! One station at work: its state, devices, conversation with the server, signer. Tests start the same one.

use crate::config::{Config, Proof};
use crate::device::{self, Devices};
use crate::identity::{Identity, IdentityError};
use crate::recent::RecentScans;
use crate::signer::{KeyFile, KeyFileError, KeySource, Signer};
use crate::state::{self, State, StateError};
use crate::sync::{Client, Link, TlsError, connector};
use std::{io, path::PathBuf, sync::Arc};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// Observations that may wait for the disk before a device waits too.
const OBSERVED_MAX: usize = 4096;

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("数据目录无法创建 · the data folder cannot be made: {path}")]
    Folder { path: PathBuf, source: io::Error },
    #[error("签名密钥无法使用 · the signing key cannot be used: {path}")]
    Key { path: PathBuf, source: KeyFileError },
    #[error("同一人有两把密钥，请只配置现用的一把 · two keys of {holder}: name only the one in use")]
    TwoKeys { holder: String },
    #[error("登记文件无法使用 · the enrolment file cannot be used: {path}")]
    Identity { path: PathBuf, source: IdentityError },
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    State(#[from] StateError),
}

/// Dropping it stops the devices and the conversation; everything recorded is on the disk already.
pub struct Station {
    pub name: String,
    pub state: State,
    pub devices: Devices,
    pub signer: Signer,
    pub recent: RecentScans,
    pub link: watch::Receiver<Link>,
    /// Set while observations cannot be recorded.
    pub trouble: watch::Receiver<Option<String>>,
    _tasks: JoinSet<()>,
}

/// Who this station is, once it is enrolled.
fn identity(config: &Config) -> Result<Option<Arc<Identity>>, StartError> {
    let Some(Proof::Enrolled(path)) = config.server.as_ref().map(|server| &server.proof) else {
        return Ok(None);
    };
    match Identity::read(path) {
        Ok(identity) => Ok(Some(Arc::new(identity))),
        Err(source) => Err(StartError::Identity { path: path.clone(), source }),
    }
}

/// The people's keys, one a person: which of two to try would be a guess.
fn keys(paths: &[PathBuf]) -> Result<Vec<KeySource>, StartError> {
    let mut keys: Vec<KeySource> = Vec::new();
    for path in paths {
        let file = KeyFile::read(path).map_err(|source| StartError::Key { path: path.clone(), source })?;
        if keys.iter().any(|key| key.holder() == file.holder()) {
            return Err(StartError::TwoKeys { holder: file.holder().to_owned() });
        }
        keys.push(KeySource::File(file));
    }
    Ok(keys)
}

/// Opens the station's state, reads the key files, starts the devices and dials the server.
pub async fn start(config: &Config) -> Result<Station, StartError> {
    std::fs::create_dir_all(&config.data)
        .map_err(|source| StartError::Folder { path: config.data.clone(), source })?;
    let keys = keys(&config.keys)?;
    let mut state = State::open(&config.data.join("outbox.db")).await?;
    let identity = identity(config)?;
    if let Some(identity) = &identity {
        state = state.signed_by(Arc::clone(identity)).await?;
    }
    let recent = RecentScans::default();
    let (observed, to_record) = mpsc::channel(OBSERVED_MAX);
    let (trouble_now, trouble) = watch::channel(None);
    let (link_now, link) = watch::channel(Link::None);
    let mut tasks = JoinSet::new();
    tasks.spawn(state::record_all(state.events.clone(), recent.clone(), to_record, trouble_now));
    let devices = device::start(&config.devices, &state, &observed);
    if let Some(server) = &config.server {
        link_now.send_replace(Link::Dialling { why: None });
        let client = Client {
            server: server.clone(),
            identity,
            connector: connector(server.ca.as_deref())?,
            state: state.clone(),
            statuses: devices.statuses.clone(),
            orders: devices.orders.clone(),
            observed,
            recent: recent.clone(),
            link: link_now,
        };
        tasks.spawn(client.run());
    }
    let signer = Signer::new(keys, state.requests.clone());
    Ok(Station { name: config.name.clone(), state, devices, signer, recent, link, trouble, _tasks: tasks })
}
