//! A proof file held to what it claims.

use super::ProofFile;
use crate::{
    id::EntryId,
    ledger::{
        Body, Checkpoint, Commitment, Entry, Note, NoteError,
        commitment::open,
        note::key::{Purpose, VerifierKey},
        signatures::Keys,
        tree::proof::check_inclusion,
    },
};
use serde::Serialize;

/// Keys that the one who checks has from elsewhere, and believes. Without any, a proof shows only that its parts fit.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    pub ledger_key: Option<String>,
    /// Each of these must have signed the head.
    pub witness_keys: Vec<String>,
}

/// One thing that is not as the file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub seq: Option<u64>,
    pub zh: String,
    pub en: String,
}

/// A witness under the head, and when it signed (seconds since 1970).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cosignature {
    pub name: String,
    pub time: u64,
}

/// An entry that is in the ledger.
#[derive(Clone, Debug)]
pub struct ProvenEntry {
    /// As far as it is shown.
    pub entry: Entry,
    /// How many of its lines are not.
    pub hidden: usize,
    pub commitment: Commitment,
    /// The declaration in this file that calls it wrong, and the entry that corrects it.
    pub declared_wrong_by: Option<u64>,
    pub corrected_by: Option<u64>,
}

/// What a file proves, and what in it does not hold.
#[derive(Clone, Debug, Default)]
pub struct ProofReport {
    pub checkpoint: Option<Checkpoint>,
    pub witnesses: Vec<Cosignature>,
    pub proven: Vec<ProvenEntry>,
    /// How many signatures of the parties hold.
    pub signatures: usize,
    /// How many cannot be checked, because not all of what was signed is shown.
    pub unchecked_signatures: usize,
    pub findings: Vec<Finding>,
}

impl ProofReport {
    pub fn in_order(&self) -> bool {
        self.findings.is_empty()
    }

    fn say(&mut self, seq: Option<u64>, zh: impl Into<String>, en: impl Into<String>) {
        self.findings.push(Finding { seq, zh: zh.into(), en: en.into() });
    }
}

/// Checks everything in the file.
pub fn check(file: &ProofFile, trust: &Trust) -> ProofReport {
    let mut checked = ProofReport::default();
    let head = head(file, trust, &mut checked);
    if let Some((note, checkpoint)) = &head {
        cosignatures(file, trust, note, &mut checked);
        entries(file, checkpoint, &mut checked);
    }
    if file.entries.is_empty() {
        checked.say(None, "文件里没有分录", "there is no entry in it");
    }
    checked.checkpoint = head.map(|(_, checkpoint)| checkpoint);
    errors(&mut checked);
    checked
}

/// The head, when the ledger's own signature over it holds.
fn head(file: &ProofFile, trust: &Trust, checked: &mut ProofReport) -> Option<(Note, Checkpoint)> {
    if trust.ledger_key.as_ref().is_some_and(|key| key.trim() != file.ledger_key) {
        checked.say(
            None,
            "账本密钥不是所信任的那一把",
            "it is signed with another ledger key than the trusted one",
        );
    }
    let signed = || -> Result<(Note, Checkpoint), NoteError> {
        let key = VerifierKey::from_text(&file.ledger_key)?;
        let note = Note::parse(&file.checkpoint)?;
        key.check(&note)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        let own = key.purpose() == Purpose::Checkpoint
            && key.suite() == file.suite
            && key.name() == checkpoint.origin;
        own.then_some((note, checkpoint)).ok_or(NoteError::NotAKey("it is not this ledger's"))
    };
    match signed() {
        Ok(head) => Some(head),
        Err(error) => {
            checked.say(
                None,
                format!("树根的签名不成立：{error}"),
                format!("the head is not signed by the ledger: {error}"),
            );
            None
        }
    }
}

fn cosignatures(file: &ProofFile, trust: &Trust, note: &Note, checked: &mut ProofReport) {
    let mut asked: Vec<&str> = file.witness_keys.iter().map(String::as_str).collect();
    let required = |text: &str| trust.witness_keys.iter().any(|key| key.trim() == text);
    asked.extend(
        trust
            .witness_keys
            .iter()
            .map(|key| key.trim())
            .filter(|key| !file.witness_keys.iter().any(|it| it == key)),
    );
    for text in asked {
        let signed = VerifierKey::from_text(text).and_then(|key| {
            let witness = key.purpose() == Purpose::Cosignature && key.suite() == file.suite;
            if !witness {
                return Err(NoteError::NotAKey("it is no witness's"));
            }
            Ok(Cosignature { name: key.name().to_owned(), time: key.check(note)?.time.unwrap_or(0) })
        });
        let name = text.split('+').next().unwrap_or_default();
        match signed {
            Ok(cosigned) => checked.witnesses.push(cosigned),
            Err(NoteError::UnknownKey) if !required(text) => (),
            Err(NoteError::UnknownKey) => {
                checked.say(
                    None,
                    format!("见证人 {name} 没有签这个树根"),
                    format!("witness {name} has not signed this head"),
                );
            }
            Err(error) => checked.say(
                None,
                format!("见证人 {name} 的签名不成立：{error}"),
                format!("the signature of witness {name} does not hold: {error}"),
            ),
        }
    }
}

fn entries(file: &ProofFile, checkpoint: &Checkpoint, checked: &mut ProofReport) {
    let mut keys = Keys::new(file.agency_keys.clone(), file.agencies.clone());
    let mut before = 0;
    for proven in &file.entries {
        let seq = Some(proven.seq);
        let commitment = Commitment::of(file.suite, proven.entry.as_bytes().to_vec());
        if proven.seq <= before {
            checked.say(seq, "分录没有按号排列", "the entries are not in the order of their numbers");
        }
        before = proven.seq;
        let part = match open(file.suite, &commitment.bytes, &proven.openings) {
            Ok(part) if part.entry.seq == proven.seq => part,
            Ok(_) => {
                checked.say(seq, "分录自己写的是另一个号", "the entry itself has another number");
                continue;
            }
            Err(error) => {
                checked.say(seq, "内容不是规范格式的分录，或所示各行与分录所承诺的不符", error.to_string());
                continue;
            }
        };
        let index = proven.seq.saturating_sub(1);
        let led = proven.hashes().map(|way| {
            check_inclusion(file.suite, (index, commitment.leaf), (checkpoint.size, checkpoint.root), &way)
        });
        if !matches!(led, Some(Ok(()))) {
            checked.say(
                seq,
                "不在这个树根之下",
                "it is not under this head: it was changed, or it is from elsewhere",
            );
            continue;
        }
        let answers = keys.ask(&part.entry, part.statement());
        checked.signatures += answers.hold;
        checked.unchecked_signatures += answers.not_told;
        for (zh, en) in answers.complaints {
            checked.say(seq, zh, en);
        }
        let hidden = part.hidden_lines();
        let (declared_wrong_by, corrected_by) = (None, None);
        let entry = part.entry;
        checked.proven.push(ProvenEntry { entry, hidden, commitment, declared_wrong_by, corrected_by });
    }
    for key in keys.misstated() {
        let zh = format!("所列的签章密钥 {key} 与分录或编号不符");
        checked.say(
            None,
            zh,
            format!("the key {key} in the list is not the one that entries and its id say"),
        );
    }
}

/// Which of the entries are called wrong by later ones.
fn errors(checked: &mut ProofReport) {
    let bodies: Vec<(u64, Body)> =
        checked.proven.iter().map(|it| (it.entry.seq, it.entry.draft.body.clone())).collect();
    for (declaration, body) in &bodies {
        let Body::DeclareError(declared) = body else { continue };
        let corrects = |body: &Body| matches!(body, Body::Correct(it) if it.declaration == *declaration);
        let corrected = bodies.iter().find(|(_, body)| corrects(body)).map(|(seq, _)| *seq);
        let named =
            |it: &&mut ProvenEntry| it.entry.seq == declared.wrong_seq && is(&it.entry, declared.wrong);
        if let Some(wrong) = checked.proven.iter_mut().find(named) {
            (wrong.declared_wrong_by, wrong.corrected_by) = (Some(*declaration), corrected);
        }
    }
}

fn is(entry: &Entry, id: EntryId) -> bool {
    entry.draft.id == id
}
