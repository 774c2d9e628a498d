//! Following a ledger: its checkpoint is fetched again and again, with the tiles that show whether it only grew; what holds
//! is signed and brought back, what does not is kept as evidence and brought back too.
//!
//! A ledger is believed nothing and given little ([`super::fetch`]), and a look asks few things. A network that is cut is no
//! refusal: it is said once and tried again, each time a little later.

use super::{CannotSign, FollowedLedger, Witness, error::FollowError, fetch::Ledger, judge};
use crate::{
    clock::{Moment, Span},
    language::Language,
    ledger::{
        Checkpoint, Digest, Note, Suite,
        note::refusal::{Reason, WitnessRefusal},
        tree::tile::Tiles,
    },
};
use std::{sync::Arc, time::Duration};

/// A look asks nothing more after this.
const LOOK_WITHIN: Span = Span::seconds(60);
/// A ledger that cannot be reached is tried again after at most this, or after its own interval when that is longer.
const PAUSE_MAX: Duration = Duration::from_mins(10);

/// What a look came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookOutcome {
    /// The ledger has no entry yet.
    Empty,
    /// It shows what was signed, with this witness's line.
    InOrder,
    /// Signed now, or signed before and brought again.
    Signed(u64),
    Refused(Reason),
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

/// One look at a ledger. Blocks.
pub fn look(
    witness: &Witness,
    followed: &FollowedLedger,
    ledger: &Ledger,
) -> Result<LookOutcome, FollowError> {
    let until = witness.clock.now().plus(LOOK_WITHIN);
    let looked = compare(witness, followed, ledger, until);
    if !matches!(looked, Err(FollowError::Cut(_))) {
        deliver(witness, followed, ledger, until)?;
    }
    looked
}

fn compare(
    witness: &Witness,
    followed: &FollowedLedger,
    ledger: &Ledger,
    until: Moment,
) -> Result<LookOutcome, FollowError> {
    let signed = followed.signed();
    let Some(note) = ledger.checkpoint()? else {
        return signed.map_or(Ok(LookOutcome::Empty), |signed| Err(FollowError::Gone(signed.head.size)));
    };
    let offered = Checkpoint::parse(&note.text)?;
    if let Err(reason) = judge::signed(&followed.key, &note, &offered) {
        return refuse(witness, followed, note, reason, Vec::new());
    }
    if let Some(signed) = signed.as_ref().filter(|signed| signed.head == offered)
        && signed.bears(witness.key.verifier())
    {
        let there = witness.key.verifier().check(&note).is_ok();
        return if there { Ok(LookOutcome::InOrder) } else { bring(ledger, &signed.note, offered.size) };
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
        Err(No::Moved) => Err(FollowError::Moved),
        Err(No::Cannot(error)) => Err(error.into()),
    }
}

fn tiles(
    witness: &Witness,
    ledger: &Ledger,
    (known, offered): (Option<&Checkpoint>, &Checkpoint),
    until: Moment,
    suite: Suite,
) -> Result<Tiles, FollowError> {
    let mut tiles = Tiles::of(suite, offered.size);
    for tile in tiles.needed(&judge::parts(known, offered)) {
        if witness.clock.now() > until {
            return Err(FollowError::Late);
        }
        tiles.put(tile, ledger.tile(tile)?);
    }
    Ok(tiles)
}

/// Brings a signature to the ledger. One that does not arrive is brought again at the next look.
fn bring(ledger: &Ledger, note: &Note, size: u64) -> Result<LookOutcome, FollowError> {
    ledger.post("/witness/cosignatures", &note.to_string())?;
    Ok(LookOutcome::Signed(size))
}

/// Keeps the evidence, and says it loudly every time.
fn refuse(
    witness: &Witness,
    followed: &FollowedLedger,
    offered: Note,
    reason: Reason,
    proof: Vec<Digest>,
) -> Result<LookOutcome, FollowError> {
    let (origin, time) = (followed.key.name().to_owned(), witness.now());
    let known = followed.signed().map(|signed| signed.note);
    let refused = WitnessRefusal { origin, reason, time, known, offered, proof };
    let (evidence, kept) = followed.keep(witness, &refused)?;
    let (zh, en) = (reason.sentence(Language::Zh), reason.sentence(Language::En));
    let (origin, file) = (followed.key.name(), evidence.file.display());
    let kept = if kept {
        "证据 evidence"
    } else {
        "证据已满，未再保存 the evidence is full, this was not kept"
    };
    tracing::error!("拒绝见证 NOT SIGNED: {origin}: {zh} · {en}. {kept}: {file}");
    Ok(LookOutcome::Refused(reason))
}

/// Brings the ledger the evidence that it has not taken yet.
fn deliver(
    witness: &Witness,
    followed: &FollowedLedger,
    ledger: &Ledger,
    until: Moment,
) -> Result<(), FollowError> {
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
