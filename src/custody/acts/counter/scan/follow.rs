//! What follows from a scan, all in the transaction that keeps and answers it.

use super::super::label::PrintOrder;
use super::{
    Operator, drafts, nobody,
    on_tray::{self, PutTray},
    receive,
};
use crate::{
    app::App,
    custody::{
        Error, Thing,
        count::{self, CodeSource},
    },
    domain::Code,
    id::{CountId, ItemId, SlotId},
    ledger::{Body, Entry, Reception},
    live::{News, ScanAnswer},
    store::{Tx, counter, places},
};
use hufu_wire::message::Verdict;
use receive::{NextLine, PutAway, Receipt};

/// What is left to do when the entry, if the scan asked for one, is recorded.
pub(super) enum Follow {
    Say(ScanAnswer),
    Draft(Code),
    Count(CountId),
    PutAway { done: Receipt, put: PutAway, next: Box<NextLine> },
    PutTray { done: Receipt, put: PutTray },
    Moved { done: Receipt, item: ItemId, to: SlotId },
    Relabelled { done: Receipt, item: ItemId, copy: u32 },
}

/// What follows from an entry that was recorded before the server stopped.
pub(super) async fn after(app: &App, operator: &Operator, entry: &Entry) -> Result<Follow, Error> {
    let done = Receipt { seq: entry.seq };
    match &entry.draft.body {
        body @ Body::Receive(_) if let Some(put) = on_tray::put_by(operator.station, body) => {
            Ok(Follow::PutTray { done, put })
        }
        Body::Receive(body) => {
            let accepted = body.lines.iter().find_map(|line| match &line.answer {
                Reception::Accepted { slot, .. } => Some((line.item, *slot)),
                Reception::Refused { .. } => None,
            });
            let (item, slot) = accepted.ok_or(Error::NotFound(Thing::Entry))?;
            let put = PutAway { station: operator.station, item, slot };
            let next = receive::prepare_next(app, &operator.me, &put).await?;
            Ok(Follow::PutAway { done, put, next: Box::new(next) })
        }
        Body::Move(body) => {
            let line = body.lines.first().ok_or(Error::NotFound(Thing::Entry))?;
            Ok(Follow::Moved { done, item: line.item, to: line.to })
        }
        Body::ReplaceLabel(body) => {
            let line = body.lines.first().ok_or(Error::NotFound(Thing::Entry))?;
            Ok(Follow::Relabelled { done, item: line.item, copy: line.to.copy })
        }
        // A scan records nothing else.
        _ => Err(Error::NotFound(Thing::Entry)),
    }
}

/// Does it, and says what the scanner is answered; with the label that is to be printed once all of it is kept.
pub(super) async fn follow(
    tx: &mut Tx,
    app: &App,
    operator: Option<&Operator>,
    follow: Follow,
    text: &str,
) -> Result<(ScanAnswer, Option<PrintOrder>), Error> {
    let Some(operator) = operator else { return Ok((nobody(), None)) };
    match done(tx, app, operator, follow, text).await {
        Err(error @ (Error::Store(_) | Error::Random(_))) => Err(error),
        Err(error) => Ok((operator.refuse(&error), None)),
        Ok(answer) => Ok(answer),
    }
}

async fn done(
    tx: &mut Tx,
    app: &App,
    operator: &Operator,
    follow: Follow,
    text: &str,
) -> Result<(ScanAnswer, Option<PrintOrder>), Error> {
    match follow {
        Follow::Say(answer) => Ok((answer, None)),
        Follow::Draft(code) => Ok((drafts::take(tx, app, operator, &code).await?, None)),
        Follow::Count(count) => {
            let answer = count::observe_in(tx, app, &operator.me, count, (text, CodeSource::Scanned)).await?;
            app.live.tell(News::Count(count));
            let (sentence, href) =
                (answer.sentence(operator.language).to_owned(), format!("/counts/{count}"));
            Ok((ScanAnswer { verdict: answer.verdict, sentence, href: Some(href) }, None))
        }
        Follow::PutAway { done, put, next } => {
            let printed = receive::take_next(tx, app, &operator.me, &put, *next).await?;
            Ok((recorded(tx, operator, done, put.item, put.slot).await?, printed))
        }
        Follow::PutTray { done, put } => {
            on_tray::empty(tx, app, &operator.me, &put).await?;
            let slot = places::slot(tx, put.slot).await?.map_or_else(String::new, |slot| slot.full_name());
            let (seq, count) = (done.seq, put.items.len());
            let zh = format!("托盘上的 {count} 件已放入 {slot}（分录 {seq}）。");
            let en = format!("The {count} things of the tray are in {slot} now (entry {seq}).");
            Ok((operator.say(Verdict::Accepted, zh, en), None))
        }
        Follow::Moved { done, item, to } => Ok((recorded(tx, operator, done, item, to).await?, None)),
        Follow::Relabelled { done, item, copy } => {
            let number = counter::line(tx, item).await?.map_or_else(String::new, |line| line.number);
            let seq = done.seq;
            let zh = format!("{number} 的第 {copy} 张标签已绑定，旧标签作废，请销毁（分录 {seq}）。");
            let en = format!(
                "Copy {copy} of the label of {number} is bound; the old one is void, destroy it (entry {seq})."
            );
            let told = operator.say(Verdict::Accepted, zh, en);
            Ok((ScanAnswer { href: Some(format!("/items/{item}")), ..told }, None))
        }
    }
}

/// What is said when the entry stands.
async fn recorded(
    tx: &mut Tx,
    operator: &Operator,
    done: Receipt,
    item: ItemId,
    slot: SlotId,
) -> Result<ScanAnswer, Error> {
    let number = counter::line(tx, item).await?.map_or_else(String::new, |line| line.number);
    let slot = places::slot(tx, slot).await?.map_or_else(String::new, |slot| slot.full_name());
    let seq = done.seq;
    Ok(operator.say(
        Verdict::Accepted,
        format!("{number} 已放入 {slot}（分录 {seq}）。"),
        format!("{number} is in {slot} now (entry {seq})."),
    ))
}
