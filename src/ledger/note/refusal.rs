//! What a witness will not sign, and why, as one text: both checkpoints (the one it had signed and the one it was offered)
//! with all their signatures, the proof that came with them, and the time. The witness signs it as it signs a checkpoint;
//! no checkpoint can be read from it. The same text lies among the witness's evidence and is sent to the ledger.

use super::{Note, NoteError};
use crate::{
    language::Language,
    ledger::{Checkpoint, Digest, tree::proof::LENGTH_MAX},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use std::fmt;

const FIRST_LINE: &str = "hufu-witness-refusal/v1";

/// Why a checkpoint is not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The checkpoint is of a ledger that this witness does not follow.
    UnknownOrigin,
    /// No signature by the ledger's key, or one that does not hold.
    WrongSignature,
    /// Fewer entries than were there when the witness signed last.
    Rollback,
    /// Another history: the ledger that the witness signed is not the beginning of the one offered.
    Fork,
    /// What was shown does not lead from the one to the other.
    NoProof,
}

impl Reason {
    const ALL: [Reason; 5] =
        [Reason::UnknownOrigin, Reason::WrongSignature, Reason::Rollback, Reason::Fork, Reason::NoProof];

    /// The stable code in notes, tables and answers.
    pub fn code(self) -> &'static str {
        match self {
            Reason::UnknownOrigin => "unknown_origin",
            Reason::WrongSignature => "wrong_signature",
            Reason::Rollback => "rollback",
            Reason::Fork => "fork",
            Reason::NoProof => "no_proof",
        }
    }

    pub fn from_code(code: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// What is wrong, in one sentence.
    pub fn sentence(self, language: Language) -> &'static str {
        let (zh, en) = match self {
            Reason::UnknownOrigin => {
                ("这不是所见证的账本", "the checkpoint is of a ledger that is not followed here")
            }
            Reason::WrongSignature => {
                ("树根没有账本密钥的有效签名", "the checkpoint is not signed with the ledger's key")
            }
            Reason::Rollback => (
                "账本比上次见证时少了分录（回退）",
                "the ledger has fewer entries than when it was signed last (a rollback)",
            ),
            Reason::Fork => (
                "账本与上次见证的不是同一历史（分叉）",
                "the ledger is not a continuation of the one that was signed last (a fork)",
            ),
            Reason::NoProof => {
                ("所给的证明不能说明账本只增不改", "what was shown does not prove that the ledger only grew")
            }
        };
        language.pick(zh, en)
    }
}

/// A checkpoint that was not signed, with everything that shows why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessRefusal {
    /// The ledger that was expected.
    pub origin: String,
    pub reason: Reason,
    /// In seconds since 1970.
    pub time: u64,
    /// The checkpoint that the witness signed last; none before the first.
    pub known: Option<Note>,
    pub offered: Note,
    pub proof: Vec<Digest>,
}

impl WitnessRefusal {
    /// Size and root of the checkpoint that was signed last.
    pub fn known_head(&self) -> Result<Option<Checkpoint>, NoteError> {
        self.known.as_ref().map(|note| Checkpoint::parse(&note.text)).transpose()
    }

    pub fn offered_head(&self) -> Result<Checkpoint, NoteError> {
        Checkpoint::parse(&self.offered.text)
    }

    /// Reads it back. Refuses everything that is not written exactly as [`Display`](std::fmt::Display) writes it.
    pub fn parse(text: &str) -> Result<WitnessRefusal, NoteError> {
        let refused = read(text).ok_or(NoteError::Form("it is no refusal"))?;
        refused.known_head()?;
        refused.offered_head()?;
        match refused.to_string() == text {
            true => Ok(refused),
            false => Err(NoteError::Form("the refusal is written in another way")),
        }
    }
}

fn read(text: &str) -> Option<WitnessRefusal> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    lines.next().filter(|line| *line == FIRST_LINE)?;
    let origin = lines.next()?.to_owned();
    let reason = Reason::from_code(lines.next()?)?;
    let time = lines.next()?.strip_prefix("time ")?.parse().ok()?;
    let mut proof = Vec::new();
    let mut line = lines.next()?;
    while let Some(hash) = line.strip_prefix("proof ") {
        proof.push(Digest::from_slice(&BASE64_STANDARD.decode(hash).ok()?)?);
        if proof.len() > LENGTH_MAX {
            return None;
        }
        line = lines.next()?;
    }
    let known = match line.strip_prefix("signed ")? {
        "0" => None,
        many => Some(note(&mut lines, many)?),
    };
    let many = lines.next()?.strip_prefix("offered ")?;
    let offered = note(&mut lines, many)?;
    lines.next().is_none().then_some(WitnessRefusal { origin, reason, time, known, offered, proof })
}

/// A note of so many lines.
fn note<'a>(lines: &mut impl Iterator<Item = &'a str>, many: &str) -> Option<Note> {
    let taken: Vec<&str> = lines.take(many.parse().ok()?).collect();
    Note::parse(&format!("{}\n", taken.join("\n"))).ok()
}

impl fmt::Display for WitnessRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}\n{}\n{}\ntime {}", self.origin, self.reason.code(), self.time)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "proof {}", BASE64_STANDARD.encode(hash.0)))?;
        let known = self.known.as_ref().map(Note::to_string).unwrap_or_default();
        let offered = self.offered.to_string();
        write!(f, "signed {}\n{known}offered {}\n{offered}", known.lines().count(), offered.lines().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint(size: u64, lines: &str) -> Note {
        let root = Digest([7; 32]);
        let text = Checkpoint { origin: "hufu.test/ledger".to_owned(), size, root }.to_string();
        Note::parse(&format!("{text}{lines}")).unwrap()
    }

    fn refused() -> WitnessRefusal {
        WitnessRefusal {
            origin: "hufu.test/ledger".to_owned(),
            reason: Reason::Fork,
            time: 1_767_574_800,
            known: Some(checkpoint(7, "\n— a AQIDBAU=\n— b AQIDBAU=\n")),
            offered: checkpoint(9, "an extension\n\noffered 3\n\n— a AQIDBAU=\n"),
            proof: vec![Digest([1; 32]), Digest([2; 32])],
        }
    }

    #[test]
    fn a_refusal_is_read_and_written_back_as_it_was() {
        for refused in [refused(), WitnessRefusal { known: None, proof: vec![], ..refused() }] {
            assert_eq!(WitnessRefusal::parse(&refused.to_string()), Ok(refused));
        }
        assert!(Checkpoint::parse(&refused().to_string()).is_err(), "it can be taken for a checkpoint");
    }

    #[test]
    fn what_is_written_in_another_way_is_no_refusal() {
        let text = refused().to_string();
        let proofs = "proof AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n".repeat(64);
        for (from, to) in [
            ("/v1", "/v2"),
            ("fork", "spoon"),
            ("time 1", "time +1"),
            ("time 1", "time 01"),
            ("signed 6", "signed 5"),
            ("signed 6", "signed 18446744073709551615"),
            ("offered 8", "offered 9"),
            ("offered 8", "offered 0"),
            ("signed 6", "signed 0"),
            ("proof A", "proof "),
            ("time 1767574800\n", &format!("time 1767574800\n{proofs}")),
            ("\n7\n", "\nseven\n"),
            ("\n9\n", "\n-9\n"),
        ] {
            let damaged = text.replacen(from, to, 1);
            assert_ne!(damaged, text, "{from}");
            assert!(WitnessRefusal::parse(&damaged).is_err(), "{from} → {to}");
        }
        assert!(WitnessRefusal::parse(&format!("{text}more\n")).is_err());
        assert!(WitnessRefusal::parse(text.trim_end()).is_err());
        assert!(WitnessRefusal::parse("").is_err());
    }
}
