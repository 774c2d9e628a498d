//! Photographs, asked again: what is kept under the digest of an entry still has it.

use super::Finding;
use crate::{
    ledger::Suite,
    store::{Error, Tx, db::on, photographs},
};

/// How many digests are read at a time; the pictures themselves one by one.
const CHUNK: i64 = 1_000;

/// Compares every picture that is recorded and kept here. Answers with how many there are, and with those that were changed.
pub(super) async fn compare(tx: &mut Tx, suite: Suite) -> Result<(usize, Vec<Finding>), Error> {
    const SQL: &str =
        "select p.digest, min(p.seq) from photographs p join attachments a on a.digest = p.digest
        where p.digest > $1 group by p.digest order by p.digest limit $2";
    let (mut after, mut asked, mut findings) = (String::new(), 0_usize, Vec::new());
    loop {
        let rows: Vec<(String, i64)> =
            on!(tx, conn => sqlx::query_as(SQL).bind(&after).bind(CHUNK).fetch_all(conn).await?);
        for (digest, seq) in &rows {
            let kept = photographs::content(tx, digest).await?;
            if kept.is_some_and(|(_, content)| suite.digest(&content).to_string() != *digest) {
                findings.push(changed(digest, *seq));
            }
        }
        asked = asked.saturating_add(rows.len());
        match rows.into_iter().next_back() {
            Some((last, _)) => after = last,
            None => return Ok((asked, findings)),
        }
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
