//! Photographs, asked again: each that an entry names is kept here, and what is kept under its digest still has it.

use super::Finding;
use crate::{
    ledger::Suite,
    store::{Error, Tx, db::on, photographs},
};

/// How many digests are read at a time; the pictures themselves one by one.
const CHUNK: i64 = 1_000;

/// Looks for every picture that is recorded and compares it. Answers with how many there are, and with those that are gone or were
/// changed.
pub(super) async fn compare(tx: &mut Tx, suite: Suite) -> Result<(usize, Vec<Finding>), Error> {
    const SQL: &str =
        "select digest, min(seq) from photographs where digest > $1 group by digest order by digest limit $2";
    let (mut after, mut asked, mut findings) = (String::new(), 0_usize, Vec::new());
    loop {
        let rows: Vec<(String, i64)> =
            on!(tx, conn => sqlx::query_as(SQL).bind(&after).bind(CHUNK).fetch_all(conn).await?);
        for (digest, seq) in &rows {
            match photographs::content(tx, digest).await? {
                None => findings.push(gone(digest, *seq)),
                Some((_, content)) if suite.digest(&content).to_string() != *digest => {
                    findings.push(changed(digest, *seq));
                }
                Some(_) => (),
            }
        }
        asked = asked.saturating_add(rows.len());
        match rows.into_iter().next_back() {
            Some((last, _)) => after = last,
            None => return Ok((asked, findings)),
        }
    }
}

fn gone(digest: &str, seq: i64) -> Finding {
    Finding {
        invariant: 10,
        seq: Some(seq.cast_unsigned()),
        zh: format!("照片 {digest} 已不在库中，请从备份恢复"),
        en: format!(
            "photograph {digest} is gone: it is recorded and kept here no more; restore it from a backup"
        ),
    }
}

fn changed(digest: &str, seq: i64) -> Finding {
    Finding {
        invariant: 10,
        seq: Some(seq.cast_unsigned()),
        zh: format!("照片 {digest} 的内容已不是入账时的内容"),
        en: format!("photograph {digest}: its bytes are not those that were recorded"),
    }
}
