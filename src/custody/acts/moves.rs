//! 移库 by the list: many things put in other slots at once, each move an entry of its own, each answered by itself.

use crate::custody::{
    Error, Invalid, Thing, access,
    counter::placement::may_move,
    recording::{Recording, requested},
};
use crate::{
    app::App,
    domain::{Person, Role},
    id::{EntryId, ItemId, SlotId},
    ledger::{Body, Move, MovedLine},
    store::{
        self, Recorded,
        move_context::{MoveContext, MoveQuery},
    },
};
use serde::Deserialize;

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
}

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
    let checked: Vec<Result<(), Error>> = moves.iter().map(|it| check(app, me, &context, it)).collect();
    let wanted = moves.iter().zip(&checked).filter(|(_, checked)| checked.is_ok());
    let drafts = wanted.map(|(it, _)| {
        let id = requested(app, me, it.id);
        let line = MovedLine { item: it.item, quantity: it.quantity, from: it.from, to: it.to };
        Recording::new(app, me, id).draft(Body::Move(Move { lines: vec![line], reason: None }))
    });
    let mut recorded = app.sequencer.record_all(drafts.collect()).await?.into_iter();
    let answers = checked.into_iter().map(|checked| {
        checked?;
        let answer = recorded.next().unwrap_or_else(|| Err(store::Error::Stopped.into()));
        answer.map_err(Error::from)
    });
    Ok(answers.collect())
}

/// Out of a slot of the own unit into another of it, where such a thing may lie.
fn check(app: &App, me: &Person, context: &MoveContext, moving: &MoveRequest) -> Result<(), Error> {
    let category = context.items.get(&moving.item).ok_or(Error::NotFound(Thing::Item))?;
    may_move(app, me, *category, context.slots.get(&moving.from), context.slots.get(&moving.to))
}
