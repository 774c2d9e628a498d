//! What is read of a ledger and what is brought to it, over HTTP. Every answer has a largest size and a longest time, and
//! nothing leads elsewhere.

use super::error::FollowError;
use crate::ledger::{Digest, Note, tree::tile::Tile};
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// A checkpoint with forty witnesses has as much.
const CHECKPOINT_MAX: u64 = 16 << 10;
/// What is read of an answer to what was brought.
const ANSWER_MAX: u64 = 4 << 10;
/// One answer takes no longer.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// Where a ledger is, and how often it is looked at.
#[derive(Debug)]
pub struct Ledger {
    pub(super) url: String,
    pub(super) every: Duration,
    agent: ureq::Agent,
}

/// The certificates of a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    #[error("证书文件无法读取 · the certificates cannot be read: {0}")]
    File(PathBuf, #[source] io::Error),
    #[error("证书文件里没有可用的证书 · there is no certificate in {0}")]
    Form(PathBuf),
}

impl Ledger {
    /// With a file of certificates, only those are trusted.
    pub fn new(url: &str, ca: Option<&Path>, every: Duration) -> Result<Ledger, CaError> {
        let roots = ca.map(certificates).transpose()?.unwrap_or(RootCerts::WebPki);
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(ANSWER_WITHIN))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_response_header_size(16 << 10)
            // A witness speaks with its ledger and nobody between.
            .proxy(None)
            .user_agent("hufu-witness")
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build()
            .new_agent();
        Ok(Ledger { url: url.trim_end_matches('/').to_owned(), every, agent })
    }

    /// At most `most` bytes of what lies there; nothing when it is not there.
    fn get(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>, FollowError> {
        let mut answer = self.agent.get(format!("{}{path}", self.url)).call()?;
        match answer.status().as_u16() {
            200 => Ok(Some(answer.body_mut().with_config().limit(most).read_to_vec()?)),
            404 => Ok(None),
            status => Err(FollowError::Status { path: path.to_owned(), status, said: said(&mut answer) }),
        }
    }

    pub(super) fn post(&self, path: &str, text: &str) -> Result<(), FollowError> {
        let request = self.agent.post(format!("{}{path}", self.url));
        let mut answer = request.content_type("text/plain; charset=utf-8").send(text)?;
        match answer.status().as_u16() {
            200..300 => Ok(()),
            status => Err(FollowError::Status { path: path.to_owned(), status, said: said(&mut answer) }),
        }
    }

    pub(super) fn checkpoint(&self) -> Result<Option<Note>, FollowError> {
        let Some(bytes) = self.get("/checkpoint", CHECKPOINT_MAX)? else { return Ok(None) };
        let text = String::from_utf8(bytes).map_err(|_| FollowError::NoText)?;
        Ok(Some(Note::parse(&text)?))
    }

    pub(super) fn tile(&self, tile: Tile) -> Result<Vec<Digest>, FollowError> {
        let wrong = || FollowError::Tile(tile.path());
        let bytes = 32 * u64::from(tile.width);
        let hashes = self.get(&format!("/tile/{}", tile.path()), bytes)?.ok_or_else(wrong)?;
        match hashes.len() as u64 == bytes {
            true => Ok(hashes.chunks(32).filter_map(Digest::from_slice).collect()),
            false => Err(wrong()),
        }
    }
}

/// The beginning of an answer, for the log.
fn said(answer: &mut ureq::http::Response<ureq::Body>) -> String {
    let bytes = answer.body_mut().with_config().limit(ANSWER_MAX).read_to_vec().unwrap_or_default();
    String::from_utf8_lossy(&bytes).chars().filter(|c| !c.is_control()).take(400).collect()
}

fn certificates(path: &Path) -> Result<RootCerts, CaError> {
    let pem = std::fs::read(path).map_err(|error| CaError::File(path.to_owned(), error))?;
    let certificate = |item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    };
    let found: Vec<Certificate<'static>> = parse_pem(&pem).filter_map(certificate).collect();
    if found.is_empty() {
        return Err(CaError::Form(path.to_owned()));
    }
    Ok(RootCerts::from(found))
}
