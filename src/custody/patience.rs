//! How long a request may take, and whose turn it is to ask for something costly.

use super::{Busy, Conflict, Error};
use crate::{
    app::{
        App,
        turns::{Turn, Turns},
    },
    domain::Person,
    store::{self, journal},
};
use std::time::Duration;

/// How long a request may take, what it sends included. Proving a whole ledger takes longer than anything else.
fn time_limit(path: &str) -> Duration {
    match path {
        "/ledger/check" | "/v1/ledger/verification" | "/api/v1/ledger/verification" => {
            Duration::from_mins(10)
        }
        // A list of thousands of things, and those that come before it.
        _ if path.starts_with("/papers/") || path.contains("/v1/papers/") => Duration::from_mins(5),
        _ => Duration::from_mins(1),
    }
}

/// The answer to a request for this path, or that it took too long: who sends or asks for too much at a time holds nobody's
/// connection for ever.
pub async fn in_time<T>(path: &str, answer: impl Future<Output = T>) -> Result<T, Error> {
    tokio::time::timeout(time_limit(path), answer).await.map_err(|_elapsed| overrun())
}

fn overrun() -> Error {
    Busy::new(
        "took_too_long",
        (
            "在时限内没有完成，已停止等待。如果是要记账，不知道是否已经保存：要么全部已保存，要么什么也没有改变。",
            "It was not done in time, and nobody waits for it any more. If something was to be recorded, it is not known \
             whether it was: either all of it was kept, or nothing was changed.",
        ),
        (
            "请原样再发一次，同一请求不会重复记账；查询请缩小范围。",
            "Send the same again: one request is never recorded twice. Ask for less at a time.",
        ),
    )
}

/// A place to do something costly, for whoever has no more than their share of it already.
pub async fn turn(turns: &Turns, me: &Person) -> Result<Turn, Error> {
    turns.enter_for(me.id).await.ok_or_else(|| {
        Busy::new(
            "server_busy",
            (
                "此刻同样的请求太多，这一个没有开始处理，什么也没有改变。",
                "Too much of this kind is asked for at this moment; this was not begun and nothing was changed.",
            ),
            ("请过一会儿再试。", "Try again in a little while."),
        )
    })
}

/// What is told line by line on one page without a place of its own.
const MANY_LINES: u64 = 200;

/// A place to read so many lines at once; nobody needs one for few.
pub(crate) async fn turn_to_read(app: &App, me: &Person, lines: u64) -> Result<Option<Turn>, Error> {
    match lines > MANY_LINES {
        true => Ok(Some(turn(&app.costly.readings, me).await?)),
        false => Ok(None),
    }
}

/// Refuses a workbook of more rows than this.
pub(crate) fn too_many_for_a_sheet(found: usize, most: u32) -> Result<(), Error> {
    match found > most as usize {
        false => Ok(()),
        true => Err(Conflict::new(
            "too_many_for_a_sheet",
            (
                &format!("超过 {most} 行，没有生成表格。"),
                &format!("There are more than {most} rows; no workbook was made."),
            ),
            ("请先筛选，再分几次导出。", "Narrow the list and export it in parts."),
        )),
    }
}

/// The same for an entry, which may be of thousands of lines.
pub(crate) async fn turn_to_read_entry(app: &App, me: &Person, seq: u64) -> Result<Option<Turn>, Error> {
    let bytes = journal::length(&mut app.db.read().await?, seq).await?;
    turn_to_read(app, me, bytes / LINE_BYTES).await
}

/// What a line takes in an entry, about.
const LINE_BYTES: u64 = 400;

/// What fell over while it was worked on beside the others.
pub(crate) fn stopped() -> Error {
    store::Error::Stopped.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_has_more_time_than_a_page() {
        for path in ["/papers/7", "/v1/papers/7", "/api/v1/papers/7"] {
            assert_eq!(time_limit(path), Duration::from_mins(5), "{path}");
        }
        assert_eq!(time_limit("/items"), Duration::from_mins(1));
    }
}
