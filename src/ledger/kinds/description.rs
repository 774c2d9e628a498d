//! What is written of an item, and how a correction changes it. The old words are never lost: they stand in the entry that
//! wrote them and in the one that corrects them.

use super::{BoundLabel, Category};
use crate::{
    id::ItemId,
    ledger::{Particular, RefusalReason, StockAccount, apply::Work, state::DescriptionFacts},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One thing about an item that was written down wrongly.
///
/// What the thing itself decides is shown by a photograph: its category, its features, which label it carries, and how much of
/// it there is once it has been handed in. A name, a seal's number and the quantity of what nobody has taken in yet may be a
/// slip of the pen that no picture shows. A thing that is not the thing that was seized is no matter of words: it is disputed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    pub item: ItemId,
    /// How much of it there is by the list, as the ledger has it.
    pub quantity: i64,
    #[serde(flatten)]
    pub change: DescriptionChange,
    /// Digests (hex).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photographs: Vec<String>,
}

/// What it says, and what it should say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum DescriptionChange {
    Name {
        from: String,
        to: String,
    },
    Category {
        from: Category,
        to: Category,
    },
    /// What tells it from others: IMEI, plate, colour.
    Features {
        from: String,
        to: String,
    },
    /// A field of its own; absent is empty.
    Particular {
        field: Particular,
        from: Option<String>,
        to: Option<String>,
    },
    Seal {
        from: Option<String>,
        to: Option<String>,
    },
    /// More or less of it, in the account that is wrong.
    Quantity {
        to: i64,
        account: StockAccount,
    },
    /// It carries another label than the ledger says.
    Label {
        from: Option<BoundLabel>,
        to: BoundLabel,
    },
}

impl DescriptionChange {
    /// The field's word.
    pub fn what(&self) -> &'static str {
        match self {
            DescriptionChange::Name { .. } => "name",
            DescriptionChange::Category { .. } => "category",
            DescriptionChange::Features { .. } => "features",
            DescriptionChange::Particular { field, .. } => field.word(),
            DescriptionChange::Seal { .. } => "seal",
            DescriptionChange::Quantity { .. } => "quantity",
            DescriptionChange::Label { .. } => "label",
        }
    }

    /// Whether a photograph must show it.
    fn shown_by_photograph(&self) -> bool {
        match self {
            DescriptionChange::Name { .. } | DescriptionChange::Seal { .. } => false,
            DescriptionChange::Particular { field, .. } => field.marks(),
            DescriptionChange::Quantity { account, .. } => !matches!(account, StockAccount::Owed(_)),
            DescriptionChange::Category { .. }
            | DescriptionChange::Features { .. }
            | DescriptionChange::Label { .. } => true,
        }
    }

    /// Whether the ledger says what it would change.
    fn stands_in(&self, facts: &DescriptionFacts) -> bool {
        match self {
            DescriptionChange::Name { from, .. } => *from == facts.name,
            DescriptionChange::Category { from, .. } => *from == facts.category,
            DescriptionChange::Features { from, .. } => *from == facts.features,
            DescriptionChange::Particular { field, from, .. } => {
                from.as_deref() == facts.particulars.get(*field)
            }
            DescriptionChange::Seal { from, .. } => *from == facts.seal,
            DescriptionChange::Quantity { .. } => true,
            DescriptionChange::Label { from, .. } => *from == facts.label,
        }
    }

    fn changes_nothing(&self, quantity: i64) -> bool {
        match self {
            DescriptionChange::Name { from, to } | DescriptionChange::Features { from, to } => from == to,
            DescriptionChange::Category { from, to } => from == to,
            DescriptionChange::Particular { from, to, .. } | DescriptionChange::Seal { from, to } => {
                from == to
            }
            DescriptionChange::Quantity { to, .. } => *to == quantity,
            DescriptionChange::Label { from, to } => from.as_ref() == Some(to),
        }
    }

    /// Writes the right words in place of the wrong ones.
    fn write(&self, facts: &mut DescriptionFacts) {
        match self {
            DescriptionChange::Name { to, .. } => facts.name.clone_from(to),
            DescriptionChange::Category { to, .. } => facts.category = *to,
            DescriptionChange::Features { to, .. } => facts.features.clone_from(to),
            DescriptionChange::Particular { field, to, .. } => {
                facts.particulars.set(*field, to.as_deref().unwrap_or_default());
            }
            DescriptionChange::Seal { to, .. } => facts.seal.clone_from(to),
            DescriptionChange::Quantity { to, .. } => facts.quantity = *to,
            DescriptionChange::Label { to, .. } => facts.label = Some(to.clone()),
        }
    }
}

impl Description {
    /// The account that it adds to or takes from.
    pub fn account(&self) -> Option<StockAccount> {
        if let DescriptionChange::Quantity { account, .. } = self.change { Some(account) } else { None }
    }

    /// The labels that it takes off and sticks on.
    pub fn labels(&self) -> Option<(Option<&BoundLabel>, &BoundLabel)> {
        if let DescriptionChange::Label { from, to } = &self.change {
            Some((from.as_ref(), to))
        } else {
            None
        }
    }

    fn rule(&self, work: &mut Work<'_>) {
        let (item, change) = (self.item, &self.change);
        work.open_item(item);
        work.not_on_offer(item);
        work.refuse_item_if(change.changes_nothing(self.quantity), item, RefusalReason::NothingCorrected);
        let stands = work.state.descriptions.get(&item);
        let stands = stands.is_some_and(|facts| facts.quantity == self.quantity && change.stands_in(facts));
        work.refuse_item_if(!stands, item, RefusalReason::DescriptionChanged);
        let unshown = change.shown_by_photograph() && self.photographs.is_empty();
        work.refuse_item_if(unshown, item, RefusalReason::PhotographMissing);
        match change {
            DescriptionChange::Name { to, .. }
            | DescriptionChange::Particular { to: Some(to), .. }
            | DescriptionChange::Seal { to: Some(to), .. } => {
                work.refuse_item_if(to.trim().is_empty(), item, RefusalReason::ItemNotDescribed);
            }
            DescriptionChange::Quantity { to, account } => work.restate(item, (self.quantity, *to), *account),
            DescriptionChange::Label { to, .. } => {
                let bound = !to.code.trim().is_empty() && to.copy > 0;
                work.refuse_item_if(!bound, item, RefusalReason::LabelMissing);
            }
            DescriptionChange::Category { .. }
            | DescriptionChange::Features { .. }
            | DescriptionChange::Particular { to: None, .. }
            | DescriptionChange::Seal { to: None, .. } => (),
        }
    }
}

/// The rule of all that one correction writes anew.
pub(super) fn rule(descriptions: &[Description], work: &mut Work<'_>) {
    work.once(descriptions.iter().map(|it| (it.item, it.change.what())));
    descriptions.iter().for_each(|it| it.rule(work));
    labels_bound_once(descriptions, work);
    let mut written: BTreeMap<ItemId, DescriptionFacts> = BTreeMap::new();
    for it in descriptions {
        let Some(stands) = work.state.descriptions.get(&it.item) else { continue };
        it.change.write(written.entry(it.item).or_insert_with(|| stands.clone()));
    }
    for (item, facts) in written {
        work.describe(item, facts);
    }
}

/// A label is on one thing at a time: another thing that has it gives it up in the same correction.
fn labels_bound_once(descriptions: &[Description], work: &mut Work<'_>) {
    let labels = descriptions.iter().filter_map(|it| Some((it.item, it.labels()?)));
    let changes: BTreeMap<ItemId, (Option<&BoundLabel>, &BoundLabel)> = labels.collect();
    let mut taken = BTreeSet::new();
    for (item, (_, to)) in &changes {
        let holder = work.state.labels.get(&to.code).filter(|holder| *holder != item);
        let given_up = holder.is_none_or(|holder| {
            changes.get(holder).is_some_and(|(from, now)| {
                from.is_some_and(|from| from.code == to.code) && now.code != to.code
            })
        });
        let again = !taken.insert(to.code.as_str());
        work.refuse_item_if(!given_up || again, *item, RefusalReason::LabelOfAnother);
    }
}
