//! What a scan means: it depends on what the person at the counter is doing, never on which window has the focus.
//!
//! Two scans move a thing: the item, then the slot. The move is recorded at once. The hands hold the thing and stand
//! before the slot, so the second scan *is* the deed, and a question on a screen across the room would only be answered
//! blindly; a wrong move is put right by the same two scans, and both stay in the ledger. What was scanned first is
//! forgotten after [`HOLD`], so that tomorrow's scan of a slot moves nothing.

use super::{label, receive, receive::may_lie_in, scan_blank};
use crate::{
    app::App,
    clock::{Moment, Span},
    custody::{Error, Thing, access, count},
    domain::{
        Code, CodeKind, Person, Role, Slot,
        code::NotACode,
        counter::{Activity, Held, Receiving},
    },
    id::{CountId, EntryId, ItemId, SlotId, StationId},
    language::Language,
    ledger::{Body, Reception},
    live::Heard,
    store::{Tx, counter, journal, places},
};
use hufu_wire::message::Verdict;

/// How long a scanned item waits for its slot.
pub const HOLD: Span = Span::minutes(5);

/// Somebody with a scanner.
#[derive(Clone, Debug)]
pub(in crate::custody) struct Hand {
    pub me: Person,
    pub language: Language,
    pub station: StationId,
    pub activity: Activity,
    /// Whether they stand at the counter; others who are logged in there may only look things up.
    pub stands: bool,
}

/// What a scan asks for.
pub(in crate::custody) enum Deed {
    /// Everything is done and said.
    Say(Heard),
    Receive {
        item: ItemId,
        slot: SlotId,
    },
    Move {
        item: ItemId,
        quantity: i64,
        from: SlotId,
        to: SlotId,
    },
    Count {
        count: CountId,
    },
    /// It was recorded before the server stopped; what should have followed follows now.
    Finish,
}

impl Hand {
    pub(super) fn say(&self, verdict: Verdict, zh: impl Into<String>, en: impl Into<String>) -> Heard {
        Heard { verdict, sentence: self.language.pick(zh.into(), en.into()), href: None }
    }

    /// A verb's no as an answer to the scanner.
    pub(in crate::custody) fn refuse(&self, error: &Error) -> Heard {
        let verdict = if matches!(error, Error::NotFound(_)) { Verdict::Unknown } else { Verdict::Refused };
        let sentence = format!("{}{}", error.sentence(self.language), error.remedy(self.language));
        Heard { verdict, sentence, href: None }
    }
}

/// Reads the code and says what is asked for. Drafts are changed here, inside the transaction that keeps the scan;
/// what must be recorded is left to [`carry_out`].
pub(in crate::custody) async fn decide(
    tx: &mut Tx,
    app: &App,
    hand: &Hand,
    text: &str,
    now: Moment,
) -> Result<Deed, Error> {
    if let Activity::Counting { count } = hand.activity {
        return Ok(Deed::Count { count });
    }
    let code = match Code::parse(text) {
        Ok(code) => code,
        Err(NotACode::Foreign) => {
            return Ok(Deed::Say(hand.say(
                Verdict::Unknown,
                "不是本系统的码。请扫财物标签或库位标签。",
                "This is no code of ours. Scan an item's or a slot's label.",
            )));
        }
        Err(NotACode::CheckFailed) => {
            return Ok(Deed::Say(hand.say(
                Verdict::Unknown,
                "码没有读全（校验不符）。请擦净标签再扫一次。",
                "The code was misread (its check characters do not fit). Wipe the label and scan again.",
            )));
        }
    };
    if let Activity::Voiding { reason } = &hand.activity
        && hand.stands
    {
        return scan_blank::void(tx, app, hand, &code, reason).await;
    }
    match (code.kind(), &hand.activity) {
        (CodeKind::Blank, Activity::Receiving(open)) if open.item.is_some() => {
            scan_blank::claim(tx, app, hand, open, &code).await
        }
        (CodeKind::Blank, _) => scan_blank::look_up(tx, hand, &code, now).await,
        (CodeKind::Item, Activity::Receiving(open)) if open.item.is_some() => {
            bind(tx, app, hand, open, &code).await
        }
        (CodeKind::Slot, Activity::Receiving(open)) => put_away(tx, hand, open, &code).await,
        (CodeKind::Item, _) => look_up(tx, hand, &code, now).await,
        (CodeKind::Slot, _) => move_here(tx, app, hand, &code, now).await,
        (CodeKind::Box, _) => Ok(Deed::Say(hand.say(
            Verdict::Refused,
            "这是箱标签；窗口一次办理一件。请扫财物标签。",
            "This is a box; the counter takes one thing at a time. Scan an item's label.",
        ))),
    }
}

/// A label while a line is in hand: it must be that line's own, and printed.
async fn bind(tx: &mut Tx, app: &App, hand: &Hand, open: &Receiving, code: &Code) -> Result<Deed, Error> {
    let number = code.number();
    let Some((item, _)) = counter::item_by_number(tx, &number).await? else {
        return Ok(Deed::Say(no_item(hand, &number)));
    };
    let Some(picked) = (match open.item {
        Some(item) => counter::line(tx, item).await?,
        None => None,
    }) else {
        return Ok(Deed::Say(no_item(hand, &number)));
    };
    let heard = if item == picked.id {
        if picked.draft.bound.is_some() {
            hand.say(
                Verdict::Repeated,
                format!("{number} 的标签已经绑定。请扫库位。"),
                format!("The label of {number} is bound already. Scan the slot."),
            )
        } else if label::bind(tx, app, &hand.me, &picked).await? {
            hand.say(
                Verdict::Accepted,
                format!("{number} 标签已绑定。请放好并扫库位。"),
                format!("The label of {number} is bound. Put it away and scan the slot."),
            )
        } else {
            hand.say(
                Verdict::Refused,
                format!("{number} 现在没有有效的标签（未打印，或已作废）。请先打印。"),
                format!("There is no valid label of {number}: not printed yet, or spoiled. Print one first."),
            )
        }
    } else if open.last.is_some_and(|last| last.item == item) {
        let picked = &picked.number;
        hand.say(
            Verdict::Repeated,
            format!("{number} 已经入库；手中的是 {picked}。"),
            format!("{number} is received already; in hand is {picked}."),
        )
    } else {
        let picked = format!("{} {}", picked.number, picked.name);
        hand.say(
            Verdict::Refused,
            format!("这是 {number} 的标签，手中的是 {picked}。请核对实物，不要贴错。"),
            format!("This is the label of {number}; in hand is {picked}. Compare the thing before you stick it on."),
        )
    };
    Ok(Deed::Say(heard))
}

pub(super) fn no_item(hand: &Hand, number: &str) -> Heard {
    hand.say(
        Verdict::Unknown,
        format!("账上没有 {number}。可能是其他中心的标签。"),
        format!("The ledger has no {number}. It may be another centre's label."),
    )
}

fn no_slot(hand: &Hand) -> Heard {
    hand.say(
        Verdict::Unknown,
        "没有这个库位，或者不归您保管。请扫本单位的库位标签。",
        "There is no such slot, or it is not in your keeping. Scan a slot of your unit.",
    )
}

/// A slot of a store that the custodian's unit keeps.
async fn my_slot(tx: &mut Tx, hand: &Hand, code: &Code) -> Result<Option<Slot>, Error> {
    let Some(slot) = places::slot_by_code(tx, &code.to_string()).await? else { return Ok(None) };
    let store = places::store(tx, slot.store).await?;
    Ok(store.filter(|store| store.unit == hand.me.unit).map(|_| slot))
}

/// A slot while a case is open: the line in hand goes there.
async fn put_away(tx: &mut Tx, hand: &Hand, open: &Receiving, code: &Code) -> Result<Deed, Error> {
    let Some(slot) = my_slot(tx, hand, code).await? else { return Ok(Deed::Say(no_slot(hand))) };
    let picked = match open.item {
        Some(item) => counter::line(tx, item).await?,
        None => None,
    };
    let again = open.last.is_some_and(|last| last.slot == slot.id);
    Ok(match picked {
        Some(line) if line.draft.bound.is_some() => Deed::Receive { item: line.id, slot: slot.id },
        _ if again => Deed::Say(hand.say(
            Verdict::Repeated,
            format!("上一件已经放入 {}。", slot.name),
            format!("The last one is in {} already.", slot.name),
        )),
        Some(line) => Deed::Say(hand.say(
            Verdict::Refused,
            format!("{} 的标签还没有回扫。请贴好标签，先扫标签再扫库位。", line.number),
            format!(
                "The label of {} has not been scanned back. Stick it on, scan it, then the slot.",
                line.number
            ),
        )),
        None => Deed::Say(hand.say(
            Verdict::Refused,
            "手中没有财物。请先选择一行。",
            "No line is in hand. Pick one first.",
        )),
    })
}

/// An item while nothing is taken in: it is shown, and held for the slot that may come next.
pub(super) async fn look_up(tx: &mut Tx, hand: &Hand, code: &Code, now: Moment) -> Result<Deed, Error> {
    let number = code.number();
    let Some((item, name)) = counter::item_by_number(tx, &number).await? else {
        return Ok(Deed::Say(no_item(hand, &number)));
    };
    // Not there and not yours look alike.
    if !access::sees_item(tx, &hand.me, item).await? {
        return Ok(Deed::Say(no_item(hand, &number)));
    }
    if hand.stands && matches!(hand.activity, Activity::Idle { .. }) {
        let activity = Activity::Idle { held: Some(Held { item, scanned_at: now }) };
        counter::set(tx, hand.station, hand.me.id, &activity, now).await?;
    }
    let href = Some(format!("/scan?code={code}"));
    let heard = hand.say(Verdict::Accepted, format!("{number} {name}"), format!("{number} {name}"));
    Ok(Deed::Say(Heard { href, ..heard }))
}

/// A slot after an item: the item goes there.
async fn move_here(tx: &mut Tx, app: &App, hand: &Hand, code: &Code, now: Moment) -> Result<Deed, Error> {
    let held = match &hand.activity {
        Activity::Idle { held } if hand.stands => held.filter(|held| now.since(held.scanned_at) <= HOLD),
        _ => None,
    };
    let Some(slot) = my_slot(tx, hand, code).await? else { return Ok(Deed::Say(no_slot(hand))) };
    let Some(held) = held else {
        let place = slot.full_name();
        return Ok(Deed::Say(hand.say(
            Verdict::Accepted,
            format!("库位 {place}。要移库，请先扫财物，再扫库位。"),
            format!("Slot {place}. To move a thing here, scan the thing first, then the slot."),
        )));
    };
    if !hand.me.is(Role::Custodian) {
        return access::require(&hand.me, Role::Custodian).map(|()| Deed::Say(no_slot(hand)));
    }
    let line = counter::line(tx, held.item).await?;
    let lies = counter::slots_of(tx, held.item).await?;
    let (Some(line), [(from, quantity)]) = (line, lies.as_slice()) else {
        return Ok(Deed::Say(hand.say(
            Verdict::Refused,
            "该财物不在库位上，或分放在几个库位，不能这样移库。请打开该财物办理。",
            "It lies in no slot, or in several, so it cannot be moved like this. Open the item.",
        )));
    };
    if *from == slot.id {
        return Ok(Deed::Say(hand.say(
            Verdict::Repeated,
            format!("{} 已经在 {}。", line.number, slot.name),
            format!("{} is in {} already.", line.number, slot.name),
        )));
    }
    // What lies in somebody else's store is not ours to move.
    may_take_from(tx, hand, *from).await?;
    may_lie_in(app, tx, &hand.me, line.category, slot.id).await?;
    Ok(Deed::Move { item: line.id, quantity: *quantity, from: *from, to: slot.id })
}

async fn may_take_from(tx: &mut Tx, hand: &Hand, from: SlotId) -> Result<(), Error> {
    let store = match places::slot(tx, from).await? {
        Some(slot) => places::store(tx, slot.store).await?,
        None => None,
    };
    match store.is_some_and(|store| store.unit == hand.me.unit) {
        true => Ok(()),
        false => Err(Error::NotFound(Thing::Item)),
    }
}

/// Records what the scan asked for, under an id that the same scan would have again.
pub(in crate::custody) async fn carry_out(
    app: &App,
    hand: &Hand,
    deed: Deed,
    text: &str,
    (id, happened_at): (EntryId, Moment),
) -> Result<Heard, Error> {
    let station = hand.station;
    let done = match deed {
        Deed::Say(heard) => return Ok(heard),
        Deed::Finish => return finish(app, hand, id).await,
        Deed::Count { count } => {
            let said = count::observe(app, &hand.me, count, text).await?;
            let (sentence, href) = (said.sentence(hand.language).to_owned(), format!("/counts/{count}"));
            return Ok(Heard { verdict: said.verdict, sentence, href: Some(href) });
        }
        Deed::Receive { item, slot } => {
            let put = receive::Put { station, item, slot, id, happened_at };
            (receive::put(app, &hand.me, &put).await?, item, slot)
        }
        Deed::Move { item, quantity, from, to } => {
            let wish = receive::MoveTo { station, item, quantity, from, to, id, happened_at };
            (receive::move_to(app, &hand.me, &wish).await?, item, to)
        }
    };
    let (done, item, slot) = done;
    recorded(app, hand, done, item, slot).await
}

/// What is said when the entry stands.
async fn recorded(
    app: &App,
    hand: &Hand,
    done: receive::Done,
    item: ItemId,
    slot: SlotId,
) -> Result<Heard, Error> {
    let mut tx = app.db.read().await?;
    let number = counter::line(&mut tx, item).await?.map_or_else(String::new, |line| line.number);
    let slot = places::slot(&mut tx, slot).await?.map_or_else(String::new, |slot| slot.full_name());
    let seq = done.seq;
    Ok(hand.say(
        Verdict::Accepted,
        format!("{number} 已放入 {slot}（分录 {seq}）。"),
        format!("{number} is in {slot} now (entry {seq})."),
    ))
}

/// The entry is there; the counter goes on from it, and the scan is answered.
async fn finish(app: &App, hand: &Hand, id: EntryId) -> Result<Heard, Error> {
    let mut tx = app.db.read().await?;
    let entry = journal::entry_by_id(&mut tx, id).await?.ok_or(Error::NotFound(Thing::Entry))?;
    drop(tx);
    let done = receive::Done { seq: entry.seq };
    match &entry.draft.body {
        Body::Receive(body) => {
            let accepted = body.lines.iter().find_map(|line| match &line.answer {
                Reception::Accepted { slot, .. } => Some((line.item, *slot)),
                Reception::Refused { .. } => None,
            });
            let (item, slot) = accepted.ok_or(Error::NotFound(Thing::Entry))?;
            let (station, happened_at) = (hand.station, entry.draft.happened_at);
            receive::finish(app, &hand.me, &receive::Put { station, item, slot, id, happened_at }).await?;
            recorded(app, hand, done, item, slot).await
        }
        Body::Move(body) => {
            let line = body.lines.first().ok_or(Error::NotFound(Thing::Entry))?;
            recorded(app, hand, done, line.item, line.to).await
        }
        _ => Err(Error::NotFound(Thing::Entry)),
    }
}
