//! Following a ledger: its checkpoint is fetched again and again, with the tiles that show whether it only grew; what holds
//! is signed and brought back, what does not is kept as evidence and brought back too.
//!
//! A ledger is believed nothing and given little: every answer has a largest size and a longest time, a look has few
//! answers, and nothing leads elsewhere. A network that is cut is no refusal: it is said once and tried again, each time a
//! little later.

use super::{CannotSign, Followed, Witness, judge};
use crate::{
    clock::{Moment, Span},
    language::Language,
    ledger::{
        Checkpoint, Digest, Note, NoteError, Suite,
        note::refusal::{Reason, Refused},
        tree::tile::{Tile, Tiles},
    },
};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// A checkpoint with forty witnesses has as much.
const CHECKPOINT_MAX: u64 = 16 << 10;
/// What is read of an answer to what was brought.
const ANSWER_MAX: u64 = 4 << 10;
/// One answer takes no longer.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// A look asks nothing more after this.
const LOOK_WITHIN: Span = Span::seconds(60);
/// A ledger that cannot be reached is tried again after at most this, or after its own interval when that is longer.
const PAUSE_MAX: Duration = Duration::from_mins(10);

/// Where a ledger is, and how often it is looked at.
#[derive(Debug)]
pub struct Ledger {
    url: String,
    every: Duration,
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

/// What a look came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// The ledger has no entry yet.
    Empty,
    /// It shows what was signed, with this witness's line.
    InOrder,
    /// Signed now, or signed before and brought again.
    Signed(u64),
    Refused(Reason),
}

/// Why a look came to nothing. What was remembered stays; it is tried again.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("the ledger cannot be reached: {0}")]
    Cut(#[from] ureq::Error),
    #[error("the ledger answered {status} at {path}: {said}")]
    Status { path: String, status: u16, said: String },
    #[error("the ledger's checkpoint cannot be understood: {0}")]
    Checkpoint(#[from] NoteError),
    #[error("the ledger's checkpoint is no text")]
    NoText,
    #[error("the ledger's tile {0} is of another size")]
    Tile(String),
    #[error("the ledger is too slow")]
    Late,
    #[error("another checkpoint was signed meanwhile")]
    Moved,
    #[error(transparent)]
    Cannot(#[from] CannotSign),
    #[error("the evidence cannot be read: {0}")]
    Evidence(#[from] io::Error),
}

/// What stops a signature.
enum No {
    Moved,
    Cannot(CannotSign),
    Reason(Reason, Vec<Digest>),
}

impl From<CannotSign> for No {
    fn from(error: CannotSign) -> No {
        No::Cannot(error)
    }
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
    fn get(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>, Trouble> {
        let mut answer = self.agent.get(format!("{}{path}", self.url)).call()?;
        match answer.status().as_u16() {
            200 => Ok(Some(answer.body_mut().with_config().limit(most).read_to_vec()?)),
            404 => Ok(None),
            status => Err(Trouble::Status { path: path.to_owned(), status, said: said(&mut answer) }),
        }
    }

    fn post(&self, path: &str, text: &str) -> Result<(), Trouble> {
        let request = self.agent.post(format!("{}{path}", self.url));
        let mut answer = request.content_type("text/plain; charset=utf-8").send(text)?;
        match answer.status().as_u16() {
            200..300 => Ok(()),
            status => Err(Trouble::Status { path: path.to_owned(), status, said: said(&mut answer) }),
        }
    }

    fn checkpoint(&self) -> Result<Option<Note>, Trouble> {
        let Some(bytes) = self.get("/checkpoint", CHECKPOINT_MAX)? else { return Ok(None) };
        let text = String::from_utf8(bytes).map_err(|_| Trouble::NoText)?;
        Ok(Some(Note::parse(&text)?))
    }

    fn tile(&self, tile: Tile) -> Result<Vec<Digest>, Trouble> {
        let wrong = || Trouble::Tile(tile.path());
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

/// One look at a ledger. Blocks.
pub fn look(witness: &Witness, followed: &Followed, ledger: &Ledger) -> Result<Looked, Trouble> {
    let until = witness.clock.now().plus(LOOK_WITHIN);
    let looked = compare(witness, followed, ledger, until);
    if !matches!(looked, Err(Trouble::Cut(_))) {
        deliver(witness, followed, ledger, until)?;
    }
    looked
}

fn compare(
    witness: &Witness,
    followed: &Followed,
    ledger: &Ledger,
    until: Moment,
) -> Result<Looked, Trouble> {
    let Some(note) = ledger.checkpoint()? else { return Ok(Looked::Empty) };
    let offered = Checkpoint::parse(&note.text)?;
    let signed = followed.signed();
    if let Err(reason) = judge::signed(&followed.key, &note, &offered) {
        return refuse(witness, followed, note, reason, Vec::new());
    }
    if let Some(signed) = signed.as_ref().filter(|signed| signed.head == offered)
        && signed.bears(witness.key.verifier())
    {
        let there = witness.key.verifier().check(&note).is_ok();
        return if there { Ok(Looked::InOrder) } else { bring(ledger, &signed.note, offered.size) };
    }
    let known = signed.map(|signed| signed.head);
    let suite = followed.key.suite();
    let compared = judge::compared(suite, known.as_ref(), &offered);
    let tiles = match compared {
        Ok(()) => tiles(witness, ledger, (known.as_ref(), &offered), until, suite)?,
        Err(_) => Tiles::of(suite, offered.size),
    };
    let judged = |now: Option<&Checkpoint>| {
        if now != known.as_ref() {
            return Err(No::Moved);
        }
        compared.map_err(|reason| No::Reason(reason, Vec::new()))?;
        let (proof, judged) = judge::shown(suite, now, &offered, &tiles);
        judged.map_err(|reason| No::Reason(reason, proof))
    };
    match followed.sign(witness, (&note, &offered), judged) {
        Ok(line) => {
            if known.is_none() {
                let (origin, size, root) = (followed.key.name(), offered.size, offered.root);
                tracing::warn!(
                    "{origin}: 初次见到，从此见证 first seen, witnessed from here on: {size} {root}"
                );
            }
            let signatures = vec![line];
            bring(ledger, &Note { text: note.text, signatures }, offered.size)
        }
        Err(No::Reason(reason, proof)) => refuse(witness, followed, note, reason, proof),
        Err(No::Moved) => Err(Trouble::Moved),
        Err(No::Cannot(error)) => Err(error.into()),
    }
}

fn tiles(
    witness: &Witness,
    ledger: &Ledger,
    (known, offered): (Option<&Checkpoint>, &Checkpoint),
    until: Moment,
    suite: Suite,
) -> Result<Tiles, Trouble> {
    let mut tiles = Tiles::of(suite, offered.size);
    for tile in tiles.needed(&judge::parts(known, offered)) {
        if witness.clock.now() > until {
            return Err(Trouble::Late);
        }
        tiles.put(tile, ledger.tile(tile)?);
    }
    Ok(tiles)
}

/// Brings a signature to the ledger. One that does not arrive is brought again at the next look.
fn bring(ledger: &Ledger, note: &Note, size: u64) -> Result<Looked, Trouble> {
    ledger.post("/witness/cosignatures", &note.to_string())?;
    Ok(Looked::Signed(size))
}

/// Keeps the evidence, and says it loudly every time.
fn refuse(
    witness: &Witness,
    followed: &Followed,
    offered: Note,
    reason: Reason,
    proof: Vec<Digest>,
) -> Result<Looked, Trouble> {
    let (origin, time) = (followed.key.name().to_owned(), witness.now());
    let known = followed.signed().map(|signed| signed.note);
    let refused = Refused { origin, reason, time, known, offered, proof };
    let (evidence, kept) = followed.keep(witness, &refused)?;
    let (zh, en) = (reason.sentence(Language::Zh), reason.sentence(Language::En));
    let (origin, file) = (followed.key.name(), evidence.file.display());
    let kept = if kept {
        "证据 evidence"
    } else {
        "证据已满，未再保存 the evidence is full, this was not kept"
    };
    tracing::error!("拒绝见证 NOT SIGNED: {origin}: {zh} · {en}. {kept}: {file}");
    Ok(Looked::Refused(reason))
}

/// Brings the ledger the evidence that it has not taken yet.
fn deliver(witness: &Witness, followed: &Followed, ledger: &Ledger, until: Moment) -> Result<(), Trouble> {
    let unsent = followed.memory().unsent()?;
    for evidence in unsent.into_iter().take_while(|_| witness.clock.now() <= until) {
        ledger.post("/witness/refusals", &evidence.text)?;
        followed.memory().mark_sent(&evidence)?;
    }
    Ok(())
}

/// Looks at a ledger again and again, until the program ends.
pub async fn follow(witness: Arc<Witness>, at: usize, ledger: Arc<Ledger>) {
    let mut troubles = 0_u32;
    let mut last = String::new();
    loop {
        let (with, of) = (witness.clone(), ledger.clone());
        let looked = tokio::task::spawn_blocking(move || {
            with.ledgers.get(at).map(|followed| (look(&with, followed, &of), followed.key.name().to_owned()))
        });
        let Ok(Some((looked, origin))) = looked.await else {
            tracing::error!(ledger.url, "a look at the ledger ended half way; it is looked at again");
            tokio::time::sleep(ledger.every).await;
            continue;
        };
        match looked {
            Ok(looked) => {
                if troubles > 0 {
                    tracing::warn!("{origin}: 已恢复 the ledger can be followed again");
                }
                tracing::info!(?looked, origin);
                (troubles, last) = (0, String::new());
            }
            Err(trouble) => {
                troubles = troubles.saturating_add(1);
                let trouble = trouble.to_string();
                if trouble != last {
                    tracing::warn!("{origin}: 暂时无法见证，将再试 tried again: {trouble}");
                }
                last = trouble;
            }
        }
        tokio::time::sleep(pause(ledger.every, troubles)).await;
    }
}

/// How long until the next look, after so many that came to nothing.
fn pause(every: Duration, troubles: u32) -> Duration {
    let longer = every.saturating_mul(1 << troubles.saturating_sub(1).min(10));
    longer.min(PAUSE_MAX.max(every))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_ten_minutes() {
        let pauses =
            |every| [0, 1, 2, 3, 30].map(|troubles| pause(Duration::from_secs(every), troubles).as_secs());
        assert_eq!(pauses(60), [60, 60, 120, 240, 600]);
        assert_eq!(pauses(3600), [3600; 5]);
        assert_eq!(pauses(1), [1, 1, 2, 4, 600]);
    }
}
