//! Whether what comes again under an id asks for what was recorded under it. An id that is used for another thing is refused, so
//! that nobody is told of an act that did not happen.

use super::{Body, Itemise, RaisedDifference, Receive, ReceivedLine, RegisterSlots, RegisteredSlot};

impl Body {
    /// Whether it is the same act as one that was recorded under its id: as far as whoever asks has said it. Ids that are made anew
    /// when a request is repeated, and days that are worked out from the present, are not compared. Where the id follows from
    /// what the act is about, and the rest is worked out here, there is no other act under it.
    pub fn repeats(&self, recorded: &Body) -> bool {
        match (self, recorded) {
            (Body::Receive(it), Body::Receive(recorded)) => received_the_same(it, recorded),
            (Body::RaiseDifference(it), Body::RaiseDifference(recorded)) => found_the_same(it, recorded),
            (Body::Itemise(it), Body::Itemise(recorded)) => {
                // The things' numbers and ids are made anew.
                let of = |it: &Itemise| (it.item, it.owed_by, it.delivered_by, it.things.len());
                of(it) == of(recorded)
            }
            (Body::RegisterSlots(it), Body::RegisterSlots(recorded)) => {
                // So are the ids of new slots, and the codes of their labels.
                let line = |it: &RegisteredSlot| (it.zone.clone(), it.name.clone(), it.capacity, it.standing);
                let of = |it: &RegisterSlots| {
                    (it.store, it.reason.clone(), it.slots.iter().map(line).collect::<Vec<_>>())
                };
                of(it) == of(recorded)
            }
            (Body::Exchange(it), Body::Exchange(recorded)) => it.statement == recorded.statement,
            (Body::Seize(_), Body::Seize(_))
            | (Body::Approve(_), Body::Approve(_))
            | (Body::CheckOut(_), Body::CheckOut(_))
            | (Body::Withdraw(_), Body::Withdraw(_))
            | (Body::CountStatement(_), Body::CountStatement(_)) => true,
            _ => self == recorded,
        }
    }
}

fn received_the_same(one: &Receive, other: &Receive) -> bool {
    let line = |it: &ReceivedLine| ReceivedLine { difference: None, ..it.clone() };
    let lines = |it: &Receive| it.lines.iter().map(line).collect::<Vec<_>>();
    let raised = |it: &Receive| it.lines.iter().map(|line| line.difference.clone()).collect::<Vec<_>>();
    let found = raised(one).iter().zip(&raised(other)).all(|pair| match pair {
        (Some(one), Some(other)) => found_the_same(one, other),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    });
    one.delivered_by == other.delivered_by && lines(one) == lines(other) && found
}

fn found_the_same(one: &RaisedDifference, other: &RaisedDifference) -> bool {
    let RaisedDifference { class, item, finding, owner, .. } = one;
    // A difference whose own id follows from what it is about is that one.
    let same = one.difference == other.difference;
    same || (*class, *item, finding, *owner) == (other.class, other.item, &other.finding, other.owner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Moment,
        id::{ItemId, SlotId},
        ledger::{DifferenceClass, Move, MovedLine},
    };
    use uuid::Uuid;

    fn id<T: From<Uuid>>(number: u128) -> T {
        Uuid::from_u128(number).into()
    }

    fn moved(item: ItemId, to: SlotId) -> Body {
        let line = MovedLine { item, quantity: 1, from: id(1), to };
        Body::Move(Move { lines: vec![line], reason: None })
    }

    fn raised(number: u128, finding: &str) -> Body {
        Body::RaiseDifference(RaisedDifference {
            difference: id(number),
            class: DifferenceClass::Extra,
            item: None,
            finding: finding.to_owned(),
            owner: id(5),
            due_at: Moment(i64::try_from(number).unwrap()),
            brought_by: None,
            case: None,
            photograph: None,
        })
    }

    #[test]
    fn another_thing_or_place_is_no_repeat() {
        let once = moved(id(7), id(2));
        assert!(moved(id(7), id(2)).repeats(&once));
        assert!(!moved(id(8), id(2)).repeats(&once));
        assert!(!moved(id(7), id(3)).repeats(&once));
        assert!(!raised(1, "多出手表").repeats(&once));
    }

    #[test]
    fn an_id_or_a_day_that_is_made_anew_is_no_other_act() {
        assert!(raised(2, "多出手表").repeats(&raised(1, "多出手表")));
        assert!(!raised(2, "多出手机").repeats(&raised(1, "多出手表")));
    }
}
