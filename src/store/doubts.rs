//! What speaks against things that are handed over: differences that are open, what earlier receivers refused or remarked, and what no
//! store has received.

use super::{
    Error, Tx,
    rows::{Column, Rows},
};
use crate::{
    clock::Moment,
    id::{HandoverId, ItemId},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// A difference that nobody has settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct OpenDoubt {
    #[serde(skip)]
    item: ItemId,
    /// A word of [`crate::ledger::DifferenceClass`].
    pub class: String,
    pub finding: String,
    /// Who must settle it.
    pub owner: String,
    pub due_at: Moment,
}

/// What a receiver refused or remarked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct EarlierAnswer {
    #[serde(skip)]
    item: ItemId,
    #[serde(skip)]
    handover: HandoverId,
    pub answer: String,
    pub note: Option<String>,
    pub receiver: String,
    pub at: Moment,
}

#[derive(Clone, Debug, Default)]
pub struct Doubts {
    pub open: BTreeMap<ItemId, Vec<OpenDoubt>>,
    pub earlier: BTreeMap<ItemId, Vec<EarlierAnswer>>,
    /// How much of each is owed to a store; only those of which some is.
    pub owed: BTreeMap<ItemId, i64>,
}

impl Doubts {
    /// Of these items; what was said of them in this handover is left out.
    pub async fn of(tx: &mut Tx, items: &[ItemId], handover: HandoverId) -> Result<Doubts, Error> {
        const OPEN: &str = "select d.item, d.class, d.finding, a.name || ' ' || u.name as owner, d.due_at
            from differences d join units u on u.id = d.owner join agencies a on a.id = u.agency
            where d.settled_seq is null and d.item in {rows} order by d.raised_seq, d.id";
        const EARLIER: &str =
            "select l.item, l.handover, l.answer, l.note, a.name || ' ' || u.name as receiver,
                j.recorded_at as at
            from handover_lines l join handovers h on h.id = l.handover join journal j on j.seq = h.end_seq
                join units u on u.id = h.to_unit join agencies a on a.id = u.agency
            where h.state = 'concluded' and l.answer <> 'accepted' and l.item in {rows} order by h.end_seq";
        const OWED: &str = "select item, quantity from stock_balances where kind = 'owed' and quantity > 0 and item in {rows}";
        let wanted = Rows::new(vec![Column::Ids(items.iter().map(|item| item.0).collect())]);
        let mut doubts = Doubts::default();
        for doubt in wanted.fetch::<OpenDoubt>(tx, OPEN).await? {
            doubts.open.entry(doubt.item).or_default().push(doubt);
        }
        for answer in wanted.fetch::<EarlierAnswer>(tx, EARLIER).await? {
            if answer.handover != handover {
                doubts.earlier.entry(answer.item).or_default().push(answer);
            }
        }
        for (item, quantity) in wanted.fetch::<(ItemId, i64)>(tx, OWED).await? {
            *doubts.owed.entry(item).or_default() += quantity;
        }
        Ok(doubts)
    }
}
