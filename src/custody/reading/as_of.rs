//! As known on (截至): which entry somebody means who asks how the ledger stood. Who may see a thing now may see how it
//! stood; pages, API and the command line show it by the same verbs as the present.

use crate::custody::{Error, Invalid};
use crate::{
    app::App,
    domain::{AsOf, Person, as_of::AsOfRequest},
    store::{Tx, as_of as stored, sums},
};

/// Beyond every entry number: the ledger as it stands.
pub(in crate::custody) const NOW: u64 = i64::MAX as u64;

/// The entry number that a reading ends with.
pub(in crate::custody) fn up_to(as_of: Option<AsOf>) -> u64 {
    as_of.map_or(NOW, |as_of| as_of.seq)
}

/// The same, where sums are made: an empty ledger has entry 0.
pub(in crate::custody) async fn last(tx: &mut Tx, as_of: Option<AsOf>) -> Result<u64, Error> {
    Ok(match as_of {
        Some(as_of) => as_of.seq,
        None => stored::newest(tx).await?.map_or(0, |newest| newest.seq),
    })
}

/// What was typed (an entry number, a day, a day and a time), as an entry of the ledger; nothing when nothing was typed.
/// Refuses what cannot be read, what lies in the future, and what lies before the first entry.
pub async fn resolve(app: &App, _me: &Person, text: &str) -> Result<Option<AsOf>, Error> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let asked = AsOfRequest::read(text).ok_or_else(|| not_understood(text.trim()))?;
    let mut tx = app.db.read().await?;
    let found = match asked {
        AsOfRequest::Entry(seq) => match stored::entry(&mut tx, seq).await? {
            Some(found) => Some(found),
            None => return Err(not_recorded_yet(seq, stored::newest(&mut tx).await?)),
        },
        AsOfRequest::Recorded { from, .. } if from > app.clock.now() => {
            return Err(in_the_future(text.trim()));
        }
        // Of the day or minute that has begun, what is known so far.
        AsOfRequest::Recorded { until, .. } => stored::recorded_by(&mut tx, until).await?,
    };
    match found {
        Some(found) => Ok(Some(found)),
        None => Err(before_the_ledger(text.trim(), stored::entry(&mut tx, 1).await?)),
    }
}

fn not_understood(text: &str) -> Error {
    Invalid::new(
        "as_of_not_understood",
        (
            &format!("“{text}”既不是分录号，也不是日期。"),
            &format!("“{text}” is neither an entry number nor a date."),
        ),
        (
            "请填写分录号（如 #1234），或日期（如 2026-11-20），或日期和时间（如 2026-11-20 14:30）。",
            "Give an entry number (#1234), a date (2026-11-20), or a date and time (2026-11-20 14:30).",
        ),
    )
}

fn not_recorded_yet(seq: u64, newest: Option<AsOf>) -> Error {
    let newest = newest.map_or(0, |newest| newest.seq);
    Invalid::new(
        "as_of_in_the_future",
        (
            &format!("还没有第 {seq} 号分录，账本到第 {newest} 号为止。"),
            &format!("There is no entry {seq} yet; the ledger ends with entry {newest}."),
        ),
        (
            "请填写已有的分录号；日期请写作 2026-11-20。",
            "Give the number of an entry that is there; write a date as 2026-11-20.",
        ),
    )
}

fn in_the_future(text: &str) -> Error {
    Invalid::new(
        "as_of_in_the_future",
        (&format!("“{text}”还没有到。"), &format!("“{text}” has not come yet.")),
        ("请填写今天或以前的时间。", "Give today or an earlier time."),
    )
}

fn before_the_ledger(text: &str, first: Option<AsOf>) -> Error {
    let (zh, en) = match first {
        Some(first) => {
            let at = first.recorded_at.text_seconds();
            (format!("，第一条分录记录于 {at}"), format!("; its first entry was recorded {at}"))
        }
        None => ("，账本还是空的".to_owned(), "; the ledger is empty".to_owned()),
    };
    Invalid::new(
        "as_of_before_the_ledger",
        (
            &format!("截至“{text}”，账上还没有任何分录{zh}。"),
            &format!("By “{text}” nothing was recorded{en}."),
        ),
        ("请填写以后的时间。", "Give a later time."),
    )
}

/// Writes the sums of both books at the marks that are due. No input; safe to run twice.
pub async fn keep_sums(app: &App) -> Result<u32, Error> {
    let mut written = 0_u32;
    for grouping in sums::Grouping::ALL {
        written = written.saturating_add(sums::keep(&app.db, grouping, grouping.stride()).await?);
    }
    Ok(written)
}
