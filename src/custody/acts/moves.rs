//! 移库 by the list: many things put in other slots at once, each move an entry of its own, each answered by itself.

use crate::custody::{
    Conflict, Error, Invalid, Thing, access,
    counter::placement::{has_room, may_move},
    recording::{Recording, requested, within_quota},
};
use crate::{
    app::App,
    clock::{Moment, Span},
    domain::{Code, Person, Role, SlotContents},
    id::{EntryId, ItemId, SlotId},
    ledger::{Body, Category, Move, MovedLine},
    store::{
        self, Recorded, counter,
        move_context::{MoveContext, MoveQuery},
        places,
    },
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// How many moves one request may hold.
pub const MOVES_MAX: usize = 1_000;

/// One thing, or a part of a lot, from one slot into another.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct MoveRequest {
    /// Made by the caller: the same id again is the same entry.
    pub id: Option<EntryId>,
    pub item: ItemId,
    /// In the smallest unit of the item.
    pub quantity: i64,
    pub from: SlotId,
    pub to: SlotId,
    /// Why it goes back to where it was a moment ago; other moves need none.
    #[serde(default)]
    pub reason: Option<String>,
}

/// For how long a move is not taken back without a reason.
const TAKEN_BACK: Span = Span::minutes(10);

/// Moves everything that may be moved, and says of each other one why not. Refused as a whole: people who are no custodians,
/// no moves, and more of them than [`MOVES_MAX`].
pub async fn move_all(
    app: &App,
    me: &Person,
    moves: Vec<MoveRequest>,
) -> Result<Vec<Result<Recorded, Error>>, Error> {
    access::require(me, Role::Custodian)?;
    if moves.is_empty() || moves.len() > MOVES_MAX {
        return Err(Invalid::new(
            "how_many_moves",
            ("一次可移 1 至 1000 件。", "Between one and 1,000 moves can be sent at once."),
            ("请分几次办理。", "Send them in several requests."),
        ));
    }
    let slots = moves.iter().flat_map(|it| [it.from, it.to]).collect();
    let items = moves.iter().map(|it| it.item).collect();
    let context = app.move_contexts.ask(MoveQuery { slots, items }).await?;
    let mut moved = context.moved.clone();
    let mut contents = context.contents.clone();
    let mut checked: Vec<Result<(), Error>> = Vec::with_capacity(moves.len());
    for it in &moves {
        let answer = check(app, me, &context, it)
            .and_then(|category| put(app, &mut contents, it.to, category))
            .and_then(|()| goes_on(app, &moved, it));
        if answer.is_ok() {
            moved.insert(it.item, (it.from, app.clock.now()));
        }
        checked.push(answer);
    }
    within_quota(app, me, checked.iter().filter(|checked| checked.is_ok()).count())?;
    let wanted = moves.iter().zip(&checked).filter(|(_, checked)| checked.is_ok());
    let drafts = wanted.map(|(it, _)| {
        let id = requested(app, me, it.id);
        let line = MovedLine { item: it.item, quantity: it.quantity, from: it.from, to: it.to };
        let reason = reason_of(it).map(str::to_owned);
        Recording::new(app, me, id).draft(Body::Move(Move { lines: vec![line], reason }))
    });
    let mut recorded = app.sequencer.record_all(drafts.collect()).await?.into_iter();
    let answers = checked.into_iter().map(|checked| {
        checked?;
        let answer = recorded.next().unwrap_or_else(|| Err(store::Error::Stopped.into()));
        answer.map_err(Error::from)
    });
    Ok(answers.collect())
}

/// Several things into one slot, as it is called or as its label says.
#[derive(Clone, Debug)]
pub struct MoveTogether {
    pub items: Vec<ItemId>,
    pub to: String,
    pub reason: Option<String>,
}

/// What became of each thing, by its number, and the slot.
#[derive(Debug)]
pub struct MovedTogether {
    pub slot: String,
    pub things: Vec<(String, Result<Recorded, Error>)>,
}

/// Moves things that lie in one slot each into another. Refused as a whole when the slot is none of the unit's, or two are called so.
pub async fn move_together(app: &App, me: &Person, wish: &MoveTogether) -> Result<MovedTogether, Error> {
    access::require(me, Role::Custodian)?;
    let mut tx = app.db.read().await?;
    let text = Code::parse(&wish.to).map_or_else(|_| wish.to.trim().to_owned(), |code| code.to_string());
    let found = places::slots_called(&mut tx, me.unit, &text).await?;
    let [slot] = found.as_slice() else { return Err(which_slot(!found.is_empty())) };
    let (mut moves, mut numbers, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for item in &wish.items {
        let line = counter::line(&mut tx, *item).await?.ok_or(Error::NotFound(Thing::Item))?;
        access::see_item(&mut tx, me, *item).await?;
        match counter::slots_of(&mut tx, *item).await?.as_slice() {
            [(from, quantity)] => {
                let (from, quantity, to) = (*from, *quantity, slot.id);
                moves.push(MoveRequest {
                    id: None,
                    item: *item,
                    quantity,
                    from,
                    to,
                    reason: wish.reason.clone(),
                });
                numbers.push(line.number);
            }
            _ => refused.push((line.number, Err(in_no_slot()))),
        }
    }
    drop(tx);
    let answers = if moves.is_empty() { Vec::new() } else { move_all(app, me, moves).await? };
    let things = numbers.into_iter().zip(answers).chain(refused).collect();
    Ok(MovedTogether { slot: slot.full_name(), things })
}

fn which_slot(several: bool) -> Error {
    let sentence = match several {
        true => (
            "本单位有几个库位叫这个名称，没有移动。",
            "Several slots of your unit are called so; nothing was moved.",
        ),
        false => ("本单位没有这个库位，没有移动。", "Your unit has no slot of that name; nothing was moved."),
    };
    Invalid::new(
        "which_slot",
        sentence,
        (
            "请连库名一起写，或扫库位标签，例如“中心库房 A-03”。",
            "Write the store's name before it, or the slot's code: “Centre A-03”.",
        ),
    )
}

fn in_no_slot() -> Error {
    Conflict::new(
        "in_no_slot",
        ("不在库位上，或分放在几个库位。", "It lies in no slot, or in several."),
        ("请打开该财物办理。", "Open the item."),
    )
}

/// Out of a slot of the own unit into another of it, where such a thing may lie.
fn check(app: &App, me: &Person, context: &MoveContext, moving: &MoveRequest) -> Result<Category, Error> {
    let category = context.items.get(&moving.item).ok_or(Error::NotFound(Thing::Item))?;
    let stores = (context.slots.get(&moving.from), context.slots.get(&moving.to));
    may_move(app, me, *category, &context.keepers, stores)?;
    Ok(*category)
}

/// Where there is room for it, beside what lies there and what this request puts there before it.
fn put(
    app: &App,
    contents: &mut BTreeMap<SlotId, SlotContents>,
    to: SlotId,
    category: Category,
) -> Result<(), Error> {
    let there = contents.entry(to).or_default();
    has_room(app, category, there)?;
    there.put(category);
    Ok(())
}

fn reason_of(moving: &MoveRequest) -> Option<&str> {
    moving.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty())
}

/// A thing that was put here a moment ago does not go back where it came from without a reason: the journal keeps every move.
fn goes_on(app: &App, moved: &BTreeMap<ItemId, (SlotId, Moment)>, moving: &MoveRequest) -> Result<(), Error> {
    let back = moved
        .get(&moving.item)
        .is_some_and(|(from, at)| *from == moving.to && app.clock.now().since(*at) <= TAKEN_BACK);
    if !back || reason_of(moving).is_some() {
        return Ok(());
    }
    Err(Conflict::new(
        "moved_back_without_reason",
        (
            "该财物刚从那里移来，没有写明为什么又移回去，没有记账。",
            "It was moved from there a moment ago, and no reason is given for moving it back; nothing was recorded.",
        ),
        ("请写明移回的原因，再移一次。", "Write why it goes back and move it again."),
    ))
}
