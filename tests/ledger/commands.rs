//! The body of each kind, as the dice fall.

use super::{
    dice::{Dice, KINDS, id},
    disposals,
    handovers::{approve, exchange, offer, sign},
    keys, losses, places, prey, roster, rules,
};
use hufu::{
    id::{ApprovalId, ItemId, SlotId, UnitId},
    ledger::*,
};
use std::collections::BTreeSet;

/// The whole command.
pub(crate) fn draft(dice: &mut Dice) -> Draft {
    // Things must come in, lie and be approved before the other kinds can do anything.
    let kind = match dice.throw(KINDS + 12) {
        kind @ 0..KINDS => kind,
        more => [0, 0, 1, 1, 9, 9, 9, 9, 9, 9, 10, 12][more - KINDS],
    };
    // Now and then a unit goes on with booking away what another answers for.
    let preying = (dice.throw(5) == 0).then(|| prey::next_step(dice)).flatten();
    let (preys, body) = match preying {
        Some((unit, body)) => (Some(unit), body),
        None => (None, body(dice, kind)),
    };
    let (from, many) = match &body {
        Body::Seize(_) | Body::Withdraw(_) | Body::Offer(_) => (0, 2),
        Body::Approve(_) => (4, 2),
        Body::Exchange(_) => (6, 3),
        _ => (2, 2),
    };
    let actor = match &body {
        // Whose key it is brings it; now and then somebody else.
        Body::RegisterKey(it) if !dice.rarely(8) => it.holder,
        about if matches!(about.register(), Register::Roster(_)) => roster::actor(dice),
        _ => dice.person(from, many),
    };
    let papers =
        [PaperKind::SeizureList, PaperKind::Report].map(|kind| PaperRef { kind, number: "1".to_owned() });
    let mut draft = Draft {
        id: id(14, usize::try_from(dice.seq).unwrap()),
        happened_at: dice.now,
        actor,
        unit: preys.unwrap_or_else(|| unit_of(dice, &body)),
        station: None,
        papers: papers.to_vec(),
        body,
        signatures: vec![],
    };
    if dice.rarely(40) {
        draft.papers.clear();
    }
    if !dice.rarely(40) {
        sign(&mut draft, dice);
    }
    draft
}

/// As a rule the unit whose matter it is; now and then any.
fn unit_of(dice: &mut Dice, body: &Body) -> UnitId {
    let any = dice.unit();
    if dice.rarely(12) {
        return any;
    }
    let mentions = Mentions::of(body);
    let answers = |item: &ItemId| dice.state.responsible(*item).map(|(party, _)| party.unit);
    match body {
        Body::Approve(it) if it.correction.is_some() => any,
        Body::Approve(_) | Body::DeclareLoss(_) => mentions.items.iter().find_map(answers).unwrap_or(any),
        Body::Seize(it) => it.unit,
        Body::RegisterKey(it) => it.unit,
        Body::Correct(it) => dice.state.approvals.get(&it.approval).map_or(any, |facts| facts.unit),
        _ => mentions
            .slots
            .iter()
            .find_map(|slot| dice.state.holders.of(StockAccount::Slot(*slot)))
            .unwrap_or(any),
    }
}

fn body(dice: &mut Dice, kind: usize) -> Body {
    match kind {
        0 => seize(dice),
        1 => receive(dice),
        2 => {
            let lines = dice.lying_in_slots().into_iter().map(|line| MovedLine {
                item: line.item,
                quantity: line.quantity,
                from: line.slot,
                to: dice.slot(),
            });
            Body::Move(Move { lines: lines.collect(), reason: None })
        }
        3 => {
            let (to, carrier) = (dice.store(), dice.person(6, 3));
            Body::Dispatch(Dispatch { to, carrier, lines: dice.lying_in_slots() })
        }
        4 => match dice.lying(|account| matches!(account, StockAccount::InTransit(_))) {
            Some((item, StockAccount::InTransit(at), quantity)) => {
                Body::Arrive(Arrive { at, lines: vec![HeldLine { item, quantity, slot: dice.slot() }] })
            }
            _ => seize(dice),
        },
        5 => {
            let (approval, lines) = dice.approved_in_slots(ApprovedAct::CheckOut);
            if lines.is_empty() {
                return approve(dice);
            }
            let (borrower, purpose, due_at) = (dice.person(6, 3), dice.words(), dice.moment_ahead());
            Body::CheckOut(CheckOut { approval, borrower, purpose, due_at, lines })
        }
        6 => match dice.lying(|account| matches!(account, StockAccount::OnLoan(_))) {
            Some((item, StockAccount::OnLoan(borrower), quantity)) => {
                let lines = vec![HeldLine { item, quantity, slot: dice.slot() }];
                Body::Return(Return { borrower, condition: dice.words(), lines })
            }
            _ => seize(dice),
        },
        7 => split(dice),
        8 => {
            let line = dice.lying(|account| matches!(account, StockAccount::Owed(_) | StockAccount::Slot(_)));
            let lines = line.map(|(item, from, quantity)| AccountLine { item, quantity, from });
            Body::Deposit(Deposit {
                bank: dice.store(),
                slip: dice.words(),
                lines: lines.into_iter().collect(),
            })
        }
        9 => approve(dice),
        10 => offer(dice),
        11 => {
            let cause = [WithdrawCause::Withdrawn, WithdrawCause::Expired][dice.throw(2)];
            Body::Withdraw(Withdraw { handover: dice.offer_made(), cause, reason: dice.words() })
        }
        12 => exchange(dice),
        13 => {
            let (approval, lines) = dice.approved_in_slots(ApprovedAct::Dispose);
            if lines.is_empty() {
                return approve(dice);
            }
            disposals::dispose(dice, approval, lines)
        }
        14 => {
            let (approval, lines) = dice.approved_in_slots(ApprovedAct::DeclareLoss);
            if lines.is_empty() {
                return approve(dice);
            }
            let lines = lines.into_iter().map(|HeldLine { item, quantity, slot }| AccountLine {
                item,
                quantity,
                from: StockAccount::Slot(slot),
            });
            let lines = lines.collect();
            losses::declare(dice, approval, lines)
        }
        15 => count(dice),
        16 => {
            let item = dice.known_item();
            Body::RaiseDifference(dice.difference(Some(item)))
        }
        17 => Body::SettleDifference(SettleDifference {
            difference: dice.difference_open(),
            finding: dice.words(),
            cause: (!dice.rarely(12)).then(|| SettlementCause::ALL[dice.throw(6)]),
            entry: dice.rarely(2).then(|| 1 + dice.throw(usize::try_from(dice.seq).unwrap()) as u64),
        }),
        18 => {
            let wrong_seq = 1 + dice.throw(usize::try_from(dice.seq).unwrap() + 1) as u64;
            let wrong = dice.state.entries.get(&wrong_seq).map_or(id(14, 999), |entry| entry.id);
            Body::DeclareError(DeclareError { wrong_seq, wrong, reason: dice.words() })
        }
        19 => correct(dice),
        20 => keys::register(dice),
        21 => keys::confirm(dice),
        22 => keys::revoke(dice),
        23 => roster::register_unit(dice),
        24 => roster::appoint(dice),
        25 => roster::reset(dice),
        26 => roster::register_station(dice),
        27 => rules::adopt(dice),
        28 => delivery(dice),
        29 => itemise(dice),
        30 => places::register_store(dice),
        31 => places::register_slots(dice),
        32 => replace_label(dice),
        _ => rules::confirm(dice),
    }
}

/// Of some entry that took something in, as a rule whole and by who brought it; what is missing of one thing.
fn delivery(dice: &mut Dice) -> Body {
    let receipts = dice.state.entries.iter().filter_map(|(seq, entry)| Some((*seq, entry.receipt.clone()?)));
    let receipts: Vec<_> = receipts.collect();
    if receipts.is_empty() {
        return receive(dice);
    }
    let (receipt, facts) = receipts[dice.throw(receipts.len())].clone();
    let lines = facts.delivered.keys().map(|item| DeliveredLine { item: *item, receipt });
    let owed = dice.lying(|account| matches!(account, StockAccount::Owed(_)));
    let missing = match owed {
        Some((item, StockAccount::Owed(owed_by), quantity)) if dice.rarely(3) => {
            vec![MissingLine { item, owed_by, quantity }]
        }
        _ => Vec::new(),
    };
    let delivered_by = if dice.rarely(8) { dice.person(0, 4) } else { facts.delivered_by };
    Body::Delivery(Delivery { case: dice.party().case, delivered_by, lines: lines.collect(), missing })
}

fn seize(dice: &mut Dice) -> Body {
    let many = 1 + dice.throw(3);
    let lines = (0..many).map(|line| {
        let item = dice.new_id(8);
        let (measure, most) = match dice.throw(3) {
            0 => (Measure::Piece, 9),
            1 => (Measure::Milligram, 5_000),
            _ => (Measure::Minor(Currency::new("CNY").unwrap()), 100_000),
        };
        let quantity = match dice.throw(20) {
            0 => QUANTITY_MAX,
            1 => 0,
            2 => QUANTITY_MAX + 1,
            _ => 1 + i64::try_from(dice.throw(most)).unwrap(),
        };
        let holding = if dice.rarely(6) { Holding::InPlace } else { Holding::InHand };
        SeizedLine {
            item,
            number: format!("N{}-{line}", dice.seq),
            paper_line: 1,
            name: dice.words(),
            category: Category::ALL[dice.throw(10)],
            features: dice.words(),
            particulars: Particulars::default(),
            measure,
            quantity,
            counted_as: None,
            holding,
        }
    });
    let lines = lines.collect();
    Body::Seize(Seize { case: id(5, dice.throw(3)), unit: dice.unit(), lines })
}

pub(crate) fn receive(dice: &mut Dice) -> Body {
    let Some((item, StockAccount::Owed(owed_by), quantity)) =
        dice.lying(|account| matches!(account, StockAccount::Owed(_)))
    else {
        return seize(dice);
    };
    let refused = dice.rarely(8);
    let short = quantity < dice.state.in_stock(item, StockAccount::Owed(owed_by));
    let damaged = dice.rarely(8);
    let read_at = dice.now;
    let answer = if refused {
        Reception::Refused { reason: dice.words() }
    } else {
        Reception::Accepted {
            quantity,
            slot: dice.slot(),
            label: BoundLabel { code: label_of(dice, item), copy: 1 },
            weighing: Some(Weighing {
                gross_mg: -3,
                tare_mg: dice.rarely(4).then_some(1),
                shown: dice.words(),
                stable: true,
                device: dice.words(),
                read_at,
            }),
            seal: Some(dice.words()),
            photographs: vec!["ab".to_owned()],
            damaged,
            remark: None,
            second: dice.rarely(3).then(|| dice.person(0, 4)),
            denominations: if dice.rarely(5) {
                vec![Denomination { face: 1, pieces: quantity }]
            } else {
                vec![]
            },
        }
    };
    let needed = (refused || damaged || short) != dice.rarely(20);
    let difference = needed.then(|| dice.difference(Some(item)));
    let lines = vec![ReceivedLine { item, owed_by, answer, difference }];
    Body::Receive(Receive { delivered_by: dice.person(0, 2), lines })
}

/// As a rule its own, now and then one that may be on another thing.
fn label_of(dice: &mut Dice, item: ItemId) -> String {
    if dice.rarely(12) { format!("C{}", dice.throw(4)) } else { item.to_string() }
}

fn split(dice: &mut Dice) -> Body {
    let losing = if dice.throw(3) == 0 { losing(dice) } else { None };
    let whole = || {
        let (item, account, quantity) = dice.lying(|account| matches!(account, StockAccount::Slot(_)))?;
        // Now and then something is lost that nobody has approved.
        let lost = i64::from(quantity > 1 && dice.rarely(8));
        if let StockAccount::Slot(from) = account { Some((item, from, quantity, lost, None)) } else { None }
    };
    let Some((item, from, quantity, lost, approval)) = losing.or_else(whole) else {
        return seize(dice);
    };
    let first = ((quantity - lost) / 2).max(1);
    let off_by = i64::from(dice.rarely(12));
    let parts = [first, quantity - lost - first + off_by];
    let children = parts.into_iter().enumerate().filter(|(_, part)| *part > 0).map(|(at, quantity)| Child {
        item: dice.new_id(8),
        number: format!("N{}-{at}", dice.seq),
        name: dice.words(),
        quantity,
        slot: dice.slot(),
        seal: None,
    });
    let children = children.collect();
    Body::Split(Split { item, from, quantity, lost, children, reason: dice.words(), approval })
}

/// A line that is owed, as so many things or now and then one too few.
fn itemise(dice: &mut Dice) -> Body {
    let line = dice.lying(|account| matches!(account, StockAccount::Owed(_)));
    let Some((item, StockAccount::Owed(owed_by), quantity)) = line.filter(|(_, _, many)| *many < 20) else {
        return seize(dice);
    };
    let many = if dice.rarely(8) { quantity - 1 } else { quantity };
    let things =
        (0..many).map(|at| SingleThing { item: dice.new_id(8), number: format!("N{}-{at}", dice.seq) });
    let things = things.collect();
    Body::Itemise(Itemise { item, owed_by, delivered_by: dice.person(0, 4), things })
}

/// The label of something in a slot, as a rule by the next copy of itself.
fn replace_label(dice: &mut Dice) -> Body {
    let mut lines = Vec::new();
    for line in dice.lying_in_slots() {
        let stands = dice.state.descriptions.get(&line.item).and_then(|facts| facts.label.clone());
        let from = stands.unwrap_or_else(|| BoundLabel { code: format!("L{}", dice.seq), copy: 1 });
        let code = if dice.rarely(8) { format!("L{}", dice.throw(9)) } else { from.code.clone() };
        let to = BoundLabel { code, copy: from.copy + u32::from(!dice.rarely(8)) };
        lines.push(ReplacedLabel { item: line.item, from, to });
    }
    lines.dedup_by_key(|line| line.item);
    Body::ReplaceLabel(ReplaceLabel { lines, reason: dice.words() })
}

/// All of a thing of which some may be lost by an approval, out of its slot.
fn losing(dice: &mut Dice) -> Option<(ItemId, SlotId, i64, i64, Option<ApprovalId>)> {
    let (approval, lines) = dice.approval(ApprovedAct::DeclareLoss);
    let [ApprovedLine { item, quantity: lost }] = *lines.as_slice() else { return None };
    let (from, there) = dice.state.places(item).find_map(|(account, there)| match account {
        StockAccount::Slot(slot) if there > lost => Some((slot, there)),
        _ => None,
    })?;
    // Now and then another loss than was approved.
    let lost = if dice.rarely(8) { lost + 1 } else { lost };
    Some((item, from, there, lost, Some(approval)))
}

fn count(dice: &mut Dice) -> Body {
    let [seen, on_loan, not_found, not_looked_for] =
        [dice.throw(9), dice.throw(3), dice.throw(3), dice.throw(2)].map(|n| u32::try_from(n).unwrap());
    let differences = (0..not_found).map(|_| dice.difference(None)).collect();
    Body::CountStatement(CountStatement {
        count: dice.new_id(13),
        store: dice.store(),
        zone: None,
        as_of: dice.seq,
        expected: seen + on_loan + not_found + not_looked_for + u32::from(dice.rarely(12)),
        seen,
        on_loan,
        not_found,
        not_looked_for,
        unexpected: 0,
        rolled_forward: 0,
        cancelled: dice.rarely(6).then(|| dice.words()),
        differences,
    })
}

/// What was approved, with the consents there are.
fn correct(dice: &mut Dice) -> Body {
    let unused: Vec<(ApprovalId, ApprovedCorrection)> = dice
        .state
        .approvals
        .iter()
        .filter(|(_, it)| !it.used && it.expires_at > dice.now)
        .filter_map(|(id, it)| Some((*id, it.correction.clone()?)))
        .collect();
    let latest = unused.len().saturating_sub(6);
    let Some((approval, what)) = dice.pick(&unused[latest..]) else {
        return approve(dice);
    };
    let consents = unused.iter().filter(|(id, it)| *id != approval && *it == what).map(|(id, _)| *id).take(2);
    let consents = if dice.rarely(4) { vec![] } else { consents.collect() };
    Body::Correct(Correct::of(what, approval, consents))
}

/// Moves things of a declared entry to another slot, or all of an item to another case of its unit.
pub(crate) fn correction_of(dice: &mut Dice, approved: &[ApprovedLine]) -> ApprovedCorrection {
    let declared = declared(dice.state);
    let about = |items: &BTreeSet<ItemId>| approved.iter().all(|line| items.contains(&line.item));
    let fitting = declared.iter().filter(|(_, items)| about(items)).map(|(seq, _)| *seq).collect::<Vec<_>>();
    let declaration = dice.pick(&fitting).unwrap_or(1);
    if dice.throw(3) == 0 {
        let descriptions = approved.iter().filter_map(|line| description(dice, line.item)).collect();
        return ApprovedCorrection { declaration, lines: vec![], descriptions };
    }
    let by_duty = dice.rarely(3);
    let lines = approved.iter().map(|&ApprovedLine { item, quantity }| {
        let duty = dice.state.responsible(item).map(|(party, _)| party);
        let transfer = if let Some(party) = duty.filter(|_| by_duty) {
            let unit = if dice.rarely(10) { dice.unit() } else { party.unit };
            let to = Party { unit, case: id(5, dice.throw(3)) };
            Transfer::Duty { from: DutyAccount::Party(party), to: DutyAccount::Party(to) }
        } else {
            let places: Vec<StockAccount> = dice.state.places(item).map(|(account, _)| account).collect();
            let from = dice.pick(&places).unwrap_or(StockAccount::Disputed);
            let to = match dice.throw(12) {
                0 => StockAccount::Disputed,
                1 => StockAccount::Consumed,
                2 => StockAccount::OnLoan(dice.person(6, 3)),
                // Still the keeper's, and no more where whoever answers for it believes it to be.
                3 => StockAccount::Owed(dice.state.holders.of(from).unwrap_or_else(|| dice.unit())),
                _ => StockAccount::Slot(dice.slot()),
            };
            Transfer::Stock { from, to }
        };
        CorrectedLine { item, quantity, transfer }
    });
    let lines = lines.collect();
    ApprovedCorrection { declaration, lines, descriptions: vec![] }
}

/// What stands written of the item, and something else.
fn description(dice: &mut Dice, item: ItemId) -> Option<Description> {
    let facts = dice.state.descriptions.get(&item)?.clone();
    let places: Vec<StockAccount> = dice.state.places(item).map(|(account, _)| account).collect();
    let change = match dice.throw(7) {
        0 => DescriptionChange::Name { from: facts.name, to: dice.words() },
        1 => DescriptionChange::Category { from: facts.category, to: Category::ALL[dice.throw(10)] },
        2 => DescriptionChange::Features { from: facts.features, to: dice.words() },
        3 => DescriptionChange::Seal { from: facts.seal, to: Some(dice.words()) },
        4 => {
            let field = Particular::ALL[dice.throw(Particular::ALL.len())];
            let from = facts.particulars.get(field).map(str::to_owned);
            DescriptionChange::Particular { field, from, to: Some(dice.words()) }
        }
        5 => DescriptionChange::Label {
            from: facts.label,
            to: BoundLabel { code: format!("C{}", dice.throw(4)), copy: 1 },
        },
        _ => {
            let more = i64::try_from(dice.throw(5)).unwrap() - 2;
            let account = dice.pick(&places).unwrap_or(StockAccount::Slot(dice.slot()));
            DescriptionChange::Quantity { to: facts.quantity + more, account }
        }
    };
    let photographs = if dice.rarely(8) { vec![] } else { vec!["ab".to_owned()] };
    Some(Description { item, quantity: facts.quantity, change, photographs })
}

/// Declarations that still wait for their correction, and the items of the wrong entries.
pub(crate) fn declared(state: &State) -> Vec<(u64, &BTreeSet<ItemId>)> {
    let open = state.errors.iter().filter(|(_, error)| !error.corrected);
    open.filter_map(|(seq, error)| Some((*seq, &state.entries.get(&error.wrong_seq)?.items))).collect()
}
