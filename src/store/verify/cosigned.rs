//! Signatures under heads, asked again: the ledger's own and the witnesses'. Each must be by the key that is entered, over
//! our own checkpoint of that size.

use crate::{
    clock::Moment,
    ledger::{
        Checkpoint, Note,
        note::{NoteSignature, key::VerifierKey},
    },
    store::{Error, Tx, db::on},
};
use std::{collections::BTreeMap, sync::Arc};

/// A line under a head, and by whom it says it is.
pub(super) struct Line {
    /// None when what is entered is no key.
    key: Option<Arc<VerifierKey>>,
    text: String,
    /// The witness, and when it signed as the table has it; none of the ledger's own.
    witness: Option<(String, Moment)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    size: i64,
    line: String,
    signed_at: Moment,
    witness: String,
    key: Option<String>,
}

/// Every witness's line, by the size of the head it stands under.
pub(super) async fn load(tx: &mut Tx) -> Result<BTreeMap<i64, Vec<Line>>, Error> {
    const SQL: &str = "select c.size, c.line, c.signed_at, c.witness, w.key
        from cosignatures c left join witnesses w on w.name = c.witness order by c.size, c.witness";
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?);
    let mut keys: BTreeMap<String, Option<Arc<VerifierKey>>> = BTreeMap::new();
    let mut lines: BTreeMap<i64, Vec<Line>> = BTreeMap::new();
    for Row { size, line, signed_at, witness, key } in rows {
        let read = || key.and_then(|key| VerifierKey::from_text(&key).ok()).map(Arc::new);
        let key = keys.entry(witness.clone()).or_insert_with(read).clone();
        lines.entry(size).or_default().push(Line { key, text: line, witness: Some((witness, signed_at)) });
    }
    Ok(lines)
}

impl Line {
    pub(super) fn own(key: Option<Arc<VerifierKey>>, text: String) -> Line {
        Line { key, text, witness: None }
    }

    fn holds(&self, checkpoint: &Checkpoint) -> bool {
        let (Some(key), Ok(signature)) = (&self.key, NoteSignature::parse(&self.text)) else { return false };
        let note = Note { text: checkpoint.to_string(), signatures: vec![signature] };
        let Ok(signed) = key.check(&note) else { return false };
        let written = |at: &Moment| u64::try_from(at.0.div_euclid(1_000_000)).ok();
        match &self.witness {
            Some((name, at)) => key.name() == name && signed.time == written(at),
            None => signed.time.is_none(),
        }
    }

    /// What is wrong with a line that does not hold: Chinese and English.
    fn complaint(&self) -> (String, String) {
        match &self.witness {
            Some((name, _)) => (
                format!("此处树根下见证方 {name} 的签名不成立"),
                format!("the signature of witness {name} under the tree head here does not hold"),
            ),
            None => (
                "此处树根的签名不是用本账本的密钥所签".to_owned(),
                "the signature over the tree head here is not by this ledger's key".to_owned(),
            ),
        }
    }
}

/// The lines that do not hold, as (size, zh, en). Asked on every core: a signature takes as long as a hundred entries.
pub(super) fn wrong(asked: &[(Checkpoint, Line)]) -> Vec<(i64, String, String)> {
    let complaint = |(checkpoint, line): &(Checkpoint, Line)| {
        let (zh, en) = line.complaint();
        (checkpoint.size.cast_signed(), zh, en)
    };
    let of = |share: &[(Checkpoint, Line)]| -> Vec<_> {
        share.iter().filter(|(checkpoint, line)| !line.holds(checkpoint)).map(complaint).collect()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = asked.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let asking: Vec<_> =
            asked.chunks(share).map(|share| (share, scope.spawn(move || of(share)))).collect();
        let answered = asking.into_iter().map(|(share, answer)| {
            // A thread that stopped has found nothing in order.
            answer.join().unwrap_or_else(|_| share.iter().map(complaint).collect())
        });
        answered.flatten().collect()
    })
}
