//! Approvals, offers and exchanges, as the dice fall.

use super::{
    commands::{correction_of, declared, receive},
    dice::Dice,
    disposals, keys, losses,
};
use hufu::{
    id::{ItemId, UnitId},
    ledger::{roster::UnitFacts, *},
};

pub(crate) fn sign(draft: &mut Draft, dice: &mut Dice) {
    let (role, unit, bytes) = match &draft.body {
        Body::Offer(it) => (SignerRole::Giver, it.statement.from.party.unit, it.statement.signed_bytes()),
        Body::Exchange(it) => (SignerRole::Receiver, it.statement.to.party.unit, it.statement.signed_bytes()),
        _ => return,
    };
    let suite = [SignatureSuite::Sm2Sm3, SignatureSuite::Ed25519][dice.throw(2)];
    let digest = suite.digest(&bytes.unwrap());
    let Some((key, holder)) = keys::key_of(dice, unit, role) else { return };
    // Now and then somebody signs with a key that lies about.
    if !dice.rarely(12) {
        draft.actor = holder;
    }
    let (person, value, signed_at) = (draft.actor, "v".to_owned(), dice.now);
    draft.signatures.push(Signature { role, person, unit, key, suite, digest, value, signed_at });
}

pub(crate) fn approve(dice: &mut Dice) -> Body {
    let act = [ApprovedAct::CheckOut, ApprovedAct::Dispose, ApprovedAct::DeclareLoss, ApprovedAct::Correct];
    let act = if declared(dice.state).is_empty() { act[dice.throw(3)] } else { act[dice.throw(4)] };
    let mut held = dice.lying_in_slots();
    if act == ApprovedAct::Correct && !dice.rarely(8) {
        let declared: Vec<ItemId> =
            declared(dice.state).into_iter().flat_map(|(_, items)| items).copied().collect();
        let item = dice.pick(&declared);
        let slots =
            item.and_then(|item| dice.state.places(item).find(|(it, _)| matches!(it, StockAccount::Slot(_))));
        if let (Some(item), Some((StockAccount::Slot(slot), quantity))) = (item, slots) {
            held = vec![HeldLine { item, quantity, slot }];
        }
    }
    if held.is_empty() && !dice.rarely(8) {
        return receive(dice);
    }
    let lines: Vec<ApprovedLine> =
        held.into_iter().map(|HeldLine { item, quantity, .. }| ApprovedLine { item, quantity }).collect();
    let (approval, requester, purpose) = (dice.new_id(10), dice.person(6, 3), dice.words());
    let expires_at = dice.moment_ahead();
    let correction = (act == ApprovedAct::Correct).then(|| correction(dice, &lines));
    let lines = match &correction {
        Some(it) => {
            it.covered().into_iter().map(|(item, quantity)| ApprovedLine { item, quantity }).collect()
        }
        None => lines,
    };
    let disposal = (act == ApprovedAct::Dispose || dice.rarely(20)).then(|| disposals::approved(dice));
    let loss = (act == ApprovedAct::DeclareLoss || dice.rarely(20)).then(|| losses::approved(dice));
    Body::Approve(Approve {
        approval,
        act,
        requester,
        purpose,
        expires_at,
        lines,
        correction,
        disposal,
        loss,
    })
}

/// What somebody has approved already, for another to consent to, or something new.
fn correction(dice: &mut Dice, lines: &[ApprovedLine]) -> ApprovedCorrection {
    let approved: Vec<ApprovedCorrection> =
        dice.state.approvals.values().filter(|it| !it.used).filter_map(|it| it.correction.clone()).collect();
    let again = (!dice.rarely(3)).then(|| dice.pick(&approved)).flatten();
    again.unwrap_or_else(|| correction_of(dice, lines))
}

pub(crate) fn offer(dice: &mut Dice) -> Body {
    let first = dice.known_item();
    let from = dice.state.responsible(first).map_or_else(|| dice.party(), |(party, _)| party);
    let same =
        dice.state.items.keys().filter(|item| dice.state.responsible(**item).is_some_and(|it| it.0 == from));
    let free = |item: &ItemId| dice.state.items.get(item).is_some_and(|facts| facts.on_offer.is_none());
    let items: Vec<_> =
        same.copied().filter(|item| free(item) && dice.state.open_quantity(*item) > 0).collect();
    let items =
        if dice.rarely(8) { vec![first] } else { items.into_iter().take(1 + dice.throw(3)).collect() };
    let lines = items.into_iter().map(|item| {
        let (facts, written) = (dice.state.items.get(&item), dice.state.descriptions.get(&item));
        let features = written.map(|it| it.particulars.told(&it.features));
        let quantity = dice.state.responsible(item).map_or(1, |(_, quantity)| quantity);
        let owed = dice.state.owed_quantity(item);
        OfferedLine {
            item,
            number: facts.map_or_else(String::new, |facts| facts.number.clone()),
            name: told(dice, written.map(|it| it.name.as_str())),
            features: Some(told(dice, features.as_deref())),
            quantity,
            measure: facts.map_or(Measure::Piece, |facts| facts.measure.clone()),
            counted_as: None,
            seal: written.and_then(|it| it.seal.clone()).filter(|_| !dice.rarely(30)),
            not_received: (owed > 0) != dice.rarely(30),
            received: part_received(quantity, owed).filter(|_| !dice.rarely(10)),
            photographs: vec![],
            place: dice.words(),
            suggestion: Suggestion::ALL[dice.throw(6)],
        }
    });
    let lines = lines.collect();
    let to_unit = dice.unit();
    let statement = OfferStatement {
        form: StatementForm::CURRENT,
        handover: dice.new_id(11),
        purpose: HandoverPurpose::ALL[dice.throw(7)],
        from: NamedParty {
            party: from,
            name: called(dice, from.unit),
            case_name: Some(dice.words()),
            case_number: "1".to_owned(),
        },
        to_unit,
        to_name: called(dice, to_unit),
        made_at: dice.now,
        expires_at: dice.moment_ahead(),
        told: OfferTold::default(),
        lines,
        nonce: dice.seq.to_string(),
    };
    Body::Offer(Offer { statement })
}

/// Whether some of it is still owed to a store.
/// What stands written; now and then something else.
fn told(dice: &mut Dice, written: Option<&str>) -> String {
    let lie = dice.words();
    written.filter(|_| !dice.rarely(30)).map_or(lie, str::to_owned)
}

fn called(dice: &mut Dice, unit: UnitId) -> String {
    let name = dice.state.roster.units.get(&unit).map(UnitFacts::full_name);
    told(dice, name.as_deref())
}

pub(crate) fn exchange(dice: &mut Dice) -> Body {
    let handover = dice.offer_made();
    let offer = dice.state.offers.get(&handover).cloned();
    if offer.is_none() && !dice.rarely(8) {
        return self::offer(dice);
    }
    let items = offer.as_ref().map_or_else(Vec::new, |offer| offer.items.clone());
    let mut party = dice.party();
    if let (Some(offer), false) = (&offer, dice.rarely(20)) {
        party.unit = offer.to_unit;
    }
    let mut differences = Vec::new();
    let lines = items.into_iter().map(|item| {
        let answer = match dice.throw(4) {
            0 => Answer::Refused(dice.words()),
            1 => Answer::AcceptedWithRemark(dice.words()),
            _ => Answer::Accepted,
        };
        if answer.is_refusal() {
            differences.push(dice.difference(Some(item)));
        }
        let number = dice.state.items.get(&item).map_or_else(String::new, |facts| facts.number.clone());
        AnsweredLine { item, number, answer }
    });
    let statement = ConclusionStatement {
        form: StatementForm::CURRENT,
        handover,
        lines: lines.collect(),
        offer_digest: offer.map_or_else(String::new, |offer| offer.digest),
        to: NamedParty {
            party,
            name: called(dice, party.unit),
            case_name: None,
            case_number: "2".to_owned(),
        },
        concluded_at: dice.now,
        nonce: dice.seq.to_string(),
    };
    Body::Exchange(Exchange { statement, differences })
}
