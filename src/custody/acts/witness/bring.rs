//! What a witness brings: its signature under a checkpoint of ours, or what it would not sign. It is taken on the signature
//! alone, nobody logs in for it; and a signature over another history than ours is kept, for it proves that there are two.

use super::lapse;
use crate::{
    app::App,
    clock::{Moment, Span},
    custody::{Conflict, Error, Forbidden, Invalid},
    id::RefusalId,
    ledger::{
        Checkpoint, Note, NoteError,
        note::{
            key::VerifierKey,
            refusal::{Reason, WitnessRefusal},
        },
    },
    store::{
        Tx, damaged, heads, tiles,
        witnesses::{self, Cosignature, Refusal, Witness},
    },
};
use uuid::Uuid;

/// The clocks of two machines are no further apart.
const CLOCKS_APART: Span = Span::minutes(10);

/// So many refusals of one witness are kept.
const REFUSALS_MAX: usize = 1_000;

/// A witness that stands under a note with a signature that holds.
struct Signer {
    witness: Witness,
    line: String,
    at: Moment,
}

/// Keeps a witness's signature under a checkpoint. The same again changes nothing. Refuses one by nobody we know, and one
/// over a checkpoint that is not ours; a valid one over another history is kept as a refusal, with a difference.
pub async fn cosign(app: &App, text: &str) -> Result<(), Error> {
    let note = Note::parse(text).map_err(not_understood)?;
    let mut tx = app.db.read().await?;
    let signer = signer(&mut tx, &note).await?;
    let head = Checkpoint::parse(&note.text).map_err(not_understood)?;
    ours(app, &head.origin)?;
    let newest = heads::size(&mut tx).await?;
    if !(1..=newest).contains(&head.size) {
        return Err(Conflict::new(
            "beyond_the_ledger",
            ("账本没有这么多分录，没有收下。", "The ledger has not that many entries; nothing was kept."),
            ("如果确曾见过，请立即报告监督机关。", "If you have seen them, tell the oversight body at once."),
        ));
    }
    if tiles::root(&mut tx, app.settings.suite, head.size).await? != head.root {
        drop(tx);
        keep(app, &signer.witness, Reason::Fork, &note.text, text).await?;
        return Err(Conflict::new(
            "another_history",
            (
                "签名所见的历史与账本不同，已留存并登记差异。",
                "The signature is over another history than this ledger's; it is kept as evidence and a difference is raised.",
            ),
            ("请保留双方数据，等待查明。", "Keep the data of both sides until it is explained."),
        ));
    }
    let sealed = heads::of_size(&mut tx, head.size).await?.filter(|_| note.text == head.to_string());
    let sealed = sealed.ok_or_else(|| {
        Invalid::new(
            "not_a_checkpoint_of_ours",
            (
                "账本没有发布过这个树根，没有收下。",
                "The ledger has not published this checkpoint; nothing was kept.",
            ),
            ("请签署 /checkpoint 给出的树根。", "Sign what /checkpoint shows."),
        )
    })?;
    drop(tx);
    let now = app.clock.now();
    app.sequencer.witnessed(now, signer.at, sealed.recorded_at);
    if signer.at > now.plus(CLOCKS_APART) || signer.at.plus(CLOCKS_APART) < sealed.recorded_at {
        return Err(Invalid::new(
            "clock_wrong",
            ("签名时间不对，没有收下。", "The time of the signature cannot be right; nothing was kept."),
            ("请校准见证机器的时钟。", "Set the clock of the witness's machine."),
        ));
    }
    let Signer { witness, line, at } = signer;
    let size = head.size.cast_signed();
    let kept = Cosignature { witness: witness.name, size, line, signed_at: at, received_at: now };
    let mut tx = app.db.write().await?;
    witnesses::sign(&mut tx, &kept).await?;
    Ok(tx.commit().await?)
}

/// Keeps what a witness would not sign, and raises a difference. The same again changes nothing.
pub async fn refuse(app: &App, text: &str) -> Result<(), Error> {
    let note = Note::parse(text).map_err(not_understood)?;
    let mut tx = app.db.read().await?;
    let Signer { witness, .. } = signer(&mut tx, &note).await?;
    drop(tx);
    let refused = WitnessRefusal::parse(&note.text).map_err(not_understood)?;
    ours(app, &refused.origin)?;
    let reason = refused.reason;
    // Seen again later, or proven in another way, it is still the same.
    let same = WitnessRefusal { time: 0, proof: Vec::new(), ..refused }.to_string();
    keep(app, &witness, reason, &same, text).await
}

async fn keep(app: &App, witness: &Witness, reason: Reason, what: &str, evidence: &str) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    let newest = witnesses::newest(&mut tx).await?;
    let size = newest.iter().find(|it| it.witness == witness.name).map_or(0, |it| it.size);
    let refusal = Refusal {
        id: RefusalId(Uuid::new_v5(&witness.unit.0, format!("{}\n{what}", witness.name).as_bytes())),
        witness: witness.name.clone(),
        size,
        why: reason.code().to_owned(),
        evidence: evidence.to_owned(),
        received_at: app.clock.now(),
    };
    let there = witnesses::refused(&mut tx).await?.iter().filter(|it| it.witness == witness.name).count();
    if there >= REFUSALS_MAX {
        return Err(Conflict::new(
            "refusals_full",
            ("这个见证方的拒签证据已满，没有收下。", "No more refusals of this witness are kept."),
            ("证据仍在见证方机器上；请先查明已有的差异。", "The witness has it; settle what is known first."),
        ));
    }
    witnesses::refuse(&mut tx, &refusal).await?;
    tx.commit().await?;
    lapse::raise_refused(app, witness, size, reason.code()).await.map(drop)
}

/// Who of the witnesses that we know has signed this.
async fn signer(tx: &mut Tx, note: &Note) -> Result<Signer, Error> {
    for witness in witnesses::all(tx).await?.into_iter().filter(|it| it.revoked_at.is_none()) {
        let key = VerifierKey::from_text(&witness.key).map_err(|error| damaged("witness", error))?;
        let signed = match key.check(note) {
            Ok(signed) => signed,
            Err(NoteError::UnknownKey) => continue,
            Err(_) => break,
        };
        let line = note.signatures.iter().find(|line| line.name == key.name() && line.key_id == key.id());
        let seconds = signed.time.and_then(|time| i64::try_from(time).ok());
        if let (Some(line), Some(seconds)) = (line, seconds) {
            let at = Moment(0).plus(Span::seconds(seconds));
            return Ok(Signer { witness, line: line.to_string(), at });
        }
    }
    Err(Forbidden::new(
        "witness_unknown",
        (
            "没有已登记见证方的有效签名，没有收下。",
            "No witness entered here has validly signed this; nothing was kept.",
        ),
        ("请由中心管理员登记该见证方的公钥。", "The centre's administrator enters a witness by its key."),
    ))
}

fn ours(app: &App, origin: &str) -> Result<(), Error> {
    match origin == app.settings.origin {
        true => Ok(()),
        false => Err(Invalid::new(
            "another_ledger",
            ("这是另一个账本的，没有收下。", "It is another ledger's; nothing was kept."),
            ("请核对网址与账本公钥。", "Compare the address with the ledger's key."),
        )),
    }
}

fn not_understood(error: NoteError) -> Error {
    let (zh, en) = (
        format!("无法读懂，没有收下：{error}"),
        format!("It cannot be understood, and was not kept: {error}"),
    );
    let remedy = ("请用同一版本的 hufu witness。", "Use `hufu witness` of the same version.");
    Invalid::new("not_understood", (&zh, &en), remedy)
}
