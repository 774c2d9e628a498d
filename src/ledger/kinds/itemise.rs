//! 逐件登记: a counted line that is still owed becomes single things, each of which is received with a label of its own.

use super::{Kind, OtherPerson, PaperForm, Register, Statement};
use crate::{
    id::{ItemId, PersonId, UnitId},
    ledger::{
        DutyAccount, Measure, Mentions, RefusalReason, SignerRole, StockAccount, apply::Work,
        state::DescriptionFacts,
    },
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Itemise {
    /// The line of the list, of which nothing has come yet.
    pub item: ItemId,
    pub owed_by: UnitId,
    /// Who brings the things and sees that the line becomes so many.
    pub delivered_by: PersonId,
    /// One for each piece of the line.
    pub things: Vec<SingleThing>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SingleThing {
    pub item: ItemId,
    pub number: String,
}

impl Kind for Itemise {
    /// The line's owed → converted, converted → each thing's owed. All of the line, since a line of which some came in one lot
    /// would say two things of the rest. Nothing is lost and nobody else answers: the list stays what was seized (L3 §190).
    fn rule(&self, work: &mut Work<'_>) {
        let line = self.item;
        work.not_empty(&self.things);
        work.open_item(line);
        work.once(self.things.iter().map(|thing| (thing.item, ())));
        let line_number = work.state.items.get(&line).map(|facts| (line, facts.number.as_str()));
        let numbers = self.things.iter().map(|thing| (thing.item, thing.number.as_str()));
        work.numbers_once(line_number.into_iter().chain(numbers));
        let described = work.state.descriptions.get(&line);
        for thing in &self.things {
            // A line that is not there is refused by itself.
            let name = described.map_or(thing.number.as_str(), |facts| facts.name.as_str());
            work.new_item(thing.item, &thing.number, name, 1);
        }
        work.quantity(line, self.pieces());
        work.not_on_offer(line);
        work.refuse_if(self.delivered_by == work.draft.actor, RefusalReason::CustodianDelivers);
        let counted = work.state.items.get(&line).is_none_or(|facts| facts.measure == Measure::Piece);
        work.refuse_item_if(!counted, line, RefusalReason::NotCounted);
        let owed = work.state.in_stock(line, StockAccount::Owed(self.owed_by));
        let whole = work.state.open_quantity(line);
        work.refuse_item_if(owed != whole || whole == 0, line, RefusalReason::NotThere);
        work.refuse_item_if(self.pieces() != whole, line, RefusalReason::ChildrenDoNotAddUp);
        self.post(work);
    }

    fn mention<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.items.insert(self.item);
        mentions.described.insert(self.item);
        mentions.units.insert(self.owed_by);
        mentions.persons.insert(self.delivered_by);
        mentions.items.extend(self.things.iter().map(|thing| thing.item));
    }

    /// A thing's life tells of all its brothers: together they are the line.
    fn narrow(&mut self, _: ItemId) {}

    fn other_people(&self) -> Vec<OtherPerson> {
        vec![OtherPerson::Person(self.delivered_by)]
    }

    fn statement(&self, _: SignerRole) -> Option<Statement> {
        None
    }

    fn paper(&self) -> Option<PaperForm> {
        None
    }

    fn register(&self) -> Register<'_> {
        Register::SingleThings(self)
    }
}

impl Itemise {
    fn pieces(&self) -> i64 {
        i64::try_from(self.things.len()).unwrap_or(i64::MAX)
    }

    fn post(&self, work: &mut Work<'_>) {
        let (line, owed) = (self.item, StockAccount::Owed(self.owed_by));
        work.post_stock(line, self.pieces(), owed, StockAccount::Converted);
        let party = work.post_duty_from_responsible(line, self.pieces(), DutyAccount::Closed);
        let (Some(party), Some(described)) = (party, work.state.descriptions.get(&line)) else { return };
        for thing in &self.things {
            work.open(thing.item, &thing.number, Measure::Piece, Some(line));
            work.describe(thing.item, DescriptionFacts { quantity: 1, label: None, ..described.clone() });
            work.post_stock(thing.item, 1, StockAccount::Converted, owed);
            work.post_duty(thing.item, 1, DutyAccount::None, DutyAccount::Party(party));
        }
    }
}
