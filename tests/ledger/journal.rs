//! One day: commands put to a ledger, the promises asked after each, the accepted ones kept as entries.

use super::{
    commands,
    dice::{Dice, Numbers, holders},
    keys, places, roster,
};
use hufu::{
    clock::{Clock, Moment, Span},
    id::{ApprovalId, ItemId, UnitId},
    ledger::{state::EntryFacts, *},
};
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};
use std::collections::{BTreeMap, BTreeSet};

/// What came of the commands of all days: by kind, how many were accepted and how many refused; and the refusals met.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) kinds: BTreeMap<&'static str, (u32, u32)>,
    pub(crate) refusals: BTreeMap<&'static str, u32>,
}

#[derive(Default)]
pub(crate) struct Journal {
    pub(crate) state: State,
    pub(crate) entries: Vec<Entry>,
    used: BTreeSet<ApprovalId>,
}

impl Journal {
    /// Lives the day.
    pub(crate) fn of(commands: &[Numbers], tally: &mut Tally) -> Result<Journal, TestCaseError> {
        let state = State { holders: holders(), ..State::default() };
        let mut journal = Journal { state, ..Journal::default() };
        let mut now = Clock::standing().now();
        for draft in roster::founding(now).into_iter().chain(keys::founding(now)) {
            journal.answer(draft, now, tally)?;
        }
        for numbers in commands {
            now = now.plus(Span::minutes(10));
            journal.put(numbers, now, tally)?;
        }
        Ok(journal)
    }

    fn put(&mut self, numbers: &Numbers, now: Moment, tally: &mut Tally) -> Result<(), TestCaseError> {
        let seq = self.entries.len() as u64 + 1;
        let draft = commands::draft(&mut Dice::new(&self.state, seq, now, numbers));
        self.answer(draft, now, tally)
    }

    fn answer(&mut self, draft: Draft, now: Moment, tally: &mut Tally) -> Result<(), TestCaseError> {
        let seq = self.entries.len() as u64 + 1;
        let before = self.state.clone();
        let answer = apply(&self.state, &draft, now, Edition::CURRENT);
        let known = known(&self.state, &draft.body);
        prop_assert_eq!(
            &apply(&known, &draft, now, Edition::CURRENT),
            &answer,
            "what is loaded for it is enough: {:?}",
            draft
        );
        let (accepted, refused) = tally.kinds.entry(draft.body.kind()).or_default();
        match answer {
            Ok(effects) => {
                *accepted += 1;
                self.entry_keeps_its_promises(&draft, &effects)?;
                self.state.absorb(seq, draft.id, &effects);
                roster::said_by_registrars(&before, &draft, &self.state)?;
                let exchange = matches!(draft.body, Body::Exchange(_));
                prop_assert!(!exchange || self.state.stock == before.stock);
                self.entries.push(Entry {
                    form: Form::of(Edition::CURRENT, Salt([seq.to_le_bytes()[0]; 32])),
                    edition: Edition::CURRENT,
                    seq,
                    recorded_at: now,
                    draft,
                    postings: effects.postings,
                });
            }
            Err(refusal) => {
                *refused += 1;
                *tally.refusals.entry(refusal.reason.code()).or_default() += 1;
                prop_assert_eq!(&self.state, &before, "a refused command changes nothing");
            }
        }
        prop_assert_eq!(check::check(&self.state), []);
        places::closed_ones_are_empty(&self.state)?;
        self.offers_are_the_givers()
    }

    fn entry_keeps_its_promises(&mut self, draft: &Draft, effects: &Effects) -> Result<(), TestCaseError> {
        let mut sums: BTreeMap<_, i128> = BTreeMap::new();
        for Posting { item, account, change } in &effects.postings {
            *sums.entry((*item, account.book())).or_default() += i128::from(*change);
            if let Account::Stock(account) = account {
                let new = !self.state.items.contains_key(item);
                prop_assert!(
                    new || self.state.open_quantity(*item) > 0,
                    "what has ended stays ended: {:?}",
                    draft
                );
                let ends = matches!(account, StockAccount::Disposed(_) | StockAccount::DeclaredLoss);
                let body = &draft.body;
                let by = matches!(body, Body::Dispose(_) | Body::DeclareLoss(_) | Body::Split(_));
                prop_assert!(!ends || by, "nothing leaves in passing: {:?}", draft);
                let approved = effects.changes.iter().any(|it| matches!(it, Change::ApprovalUsed(_)));
                prop_assert!(!ends || approved, "nothing is lost unless somebody has said yes: {:?}", draft);
            }
        }
        prop_assert!(sums.values().all(|sum| *sum == 0), "{:?} posts {:?}", draft, effects);
        let kind = draft.body.kind();
        let silent =
            ["count_statement", "approve", "offer", "withdraw", "raise_difference", "settle_difference"];
        let about_keys =
            matches!(draft.body, Body::RegisterKey(_) | Body::ConfirmKey(_) | Body::RevokeKey(_));
        let about_roster = matches!(draft.body.register(), Register::Roster(_));
        let about_rules = matches!(draft.body, Body::AdoptRules(_) | Body::ConfirmRules(_));
        let silent =
            silent.contains(&kind) || kind == "declare_error" || about_keys || about_roster || about_rules;
        prop_assert!(!silent || effects.postings.is_empty(), "{:?} posts {:?}", draft, effects);
        self.only_keys_in_force_sign(draft)?;
        self.nothing_shrinks_without_its_unit(draft, effects)?;
        self.words_are_changed_only_with_consent(draft, effects)?;
        self.offers_say_what_is_written(draft)?;
        self.approvals_are_used_once(draft, effects)
    }

    /// What a unit keeps, lent or answers for grows less only by an entry of its own, by its signature, or by an approval of its
    /// approver's. What it owes a store, the store may take in.
    fn nothing_shrinks_without_its_unit(
        &self,
        draft: &Draft,
        effects: &Effects,
    ) -> Result<(), TestCaseError> {
        let state = &self.state;
        let used = effects.changes.iter().filter_map(|change| match change {
            Change::ApprovalUsed(approval) => state.approvals.get(approval).map(|facts| facts.unit),
            _ => None,
        });
        let approvers: Vec<UnitId> = used.collect();
        let signers = draft.signatures.iter().map(|it| it.unit);
        let offer = match &draft.body {
            Body::Exchange(it) => state.offers.get(&it.statement.handover).map(|offer| offer.from.unit),
            _ => None,
        };
        let acting: BTreeSet<UnitId> = signers.chain([draft.unit]).chain(offer).collect();
        let correction = matches!(draft.body, Body::Correct(_));
        let may = |unit: UnitId| {
            acting.contains(&unit)
                || approvers.iter().any(|by| {
                    *by == unit
                        || (state.holders.same_agency(*by, unit)
                            && !(correction && state.holders.same_agency(draft.unit, unit)))
                })
        };
        for Posting { item, account, change } in effects.postings.iter().filter(|it| it.change < 0) {
            let holders: Vec<UnitId> = match account {
                Account::Stock(StockAccount::Owed(_))
                    if matches!(draft.body, Body::Receive(_) | Body::Deposit(_)) =>
                {
                    vec![]
                }
                // What becomes single things is owed by the same unit, all of it.
                Account::Stock(StockAccount::Owed(_)) if matches!(draft.body, Body::Itemise(_)) => {
                    let owed = effects.postings.iter().filter(|it| it.account == *account);
                    let moved: i64 = owed.map(|it| it.change).sum();
                    prop_assert_eq!(moved, 0, "{:?} changes what is owed", draft);
                    vec![]
                }
                Account::Stock(account @ StockAccount::OnLoan(borrower)) => {
                    let lender = state.lenders.get(&(*item, *borrower)).copied();
                    let theirs = state.holders.of(*account).filter(|_| correction);
                    lender.into_iter().chain(theirs).collect()
                }
                // Beside its place in one unit's rooms, a correction changes what whoever answers for it can rely on.
                Account::Stock(account) if correction => {
                    let answering = state.responsible(*item).map(|(party, _)| party.unit);
                    let answering = answering.filter(|_| !self.stays_in_slots(*item, effects));
                    state.holders.of(*account).into_iter().chain(answering).collect()
                }
                Account::Stock(account) => state.holders.of(*account).into_iter().collect(),
                // A split gives the duty of the whole to its parts, and so does a line that becomes single things.
                Account::Duty(_) if matches!(draft.body, Body::Split(_) | Body::Itemise(_)) => vec![],
                Account::Duty(account) => account.party().map(|party| party.unit).into_iter().collect(),
            };
            for unit in holders {
                prop_assert!(may(unit), "{} loses {} of {:?} by {:?}", unit, change, account, draft);
            }
        }
        Ok(())
    }

    /// What is written of a thing changes only as long as it is on no offer, and with the yes of every other unit that holds any of
    /// it or answers for it: an approval of an approver of theirs. A label is on one thing.
    fn words_are_changed_only_with_consent(
        &self,
        draft: &Draft,
        effects: &Effects,
    ) -> Result<(), TestCaseError> {
        let state = &self.state;
        let mut after = state.clone();
        after.absorb(self.entries.len() as u64 + 1, draft.id, effects);
        let labelled: BTreeSet<&str> = after
            .descriptions
            .values()
            .filter_map(|facts| facts.label.as_ref())
            .map(|label| label.code.as_str())
            .collect();
        let labels = after.descriptions.values().filter(|facts| facts.label.is_some()).count();
        prop_assert_eq!(labelled.len(), labels, "a label is on two things: {:?}", draft);
        let Body::Correct(it) = &draft.body else { return Ok(()) };
        let yes: Vec<UnitId> = it.consents.iter().map(|approval| state.approvals[approval].unit).collect();
        for (item, facts) in &state.descriptions {
            if after.descriptions[item] == *facts {
                continue;
            }
            prop_assert!(state.items[item].on_offer.is_none(), "described anew while on offer: {:?}", draft);
            let holders = state.places(*item).filter(|(account, _)| account.is_open());
            let mut units: BTreeSet<UnitId> =
                holders.filter_map(|(account, _)| state.holders.of(account)).collect();
            units.extend(state.responsible(*item).map(|(party, _)| party.unit));
            for unit in units.into_iter().filter(|unit| *unit != draft.unit) {
                let agreed = yes.iter().any(|by| {
                    *by == unit
                        || (state.holders.same_agency(*by, unit)
                            && !state.holders.same_agency(unit, draft.unit))
                });
                prop_assert!(agreed, "{} was not asked: {:?}", unit, draft);
            }
        }
        Ok(())
    }

    /// What the giver lets the receiver read of a thing is what the ledger says of it, and units are called by their names.
    fn offers_say_what_is_written(&self, draft: &Draft) -> Result<(), TestCaseError> {
        let called = |unit: UnitId| self.state.roster.units[&unit].full_name();
        if let Body::Exchange(Exchange { statement, .. }) = &draft.body {
            prop_assert_eq!(&statement.to.name, &called(statement.to.party.unit));
        }
        let Body::Offer(Offer { statement }) = &draft.body else { return Ok(()) };
        prop_assert_eq!(&statement.from.name, &called(statement.from.party.unit));
        prop_assert_eq!(&statement.to_name, &called(statement.to_unit));
        for line in &statement.lines {
            let written = &self.state.descriptions[&line.item];
            let told = (&line.name, line.features.as_ref(), &line.seal, &line.counted_as);
            let features = written.particulars.told(&written.features);
            prop_assert_eq!(
                told,
                (&written.name, Some(&features), &written.seal, &written.counted_as),
                "{:?}",
                draft
            );
        }
        Ok(())
    }

    /// Whether the entry moves the item between slots of one unit only.
    fn stays_in_slots(&self, item: ItemId, effects: &Effects) -> bool {
        let accounts = effects.postings.iter().filter(|it| it.item == item).map(|it| it.account);
        let stock = accounts.filter_map(|account| match account {
            Account::Stock(account) => Some(account),
            Account::Duty(_) => None,
        });
        let units: BTreeSet<Option<UnitId>> = stock
            .map(|it| self.state.holders.of(it).filter(|_| matches!(it, StockAccount::Slot(_))))
            .collect();
        units.len() == 1 && !units.contains(&None)
    }

    /// Whoever puts whatever to the ledger: no signature stands in it but by the signer's own key, everybody brings their own, and none
    /// came into force by one person alone without the yes of a key of the agency.
    fn only_keys_in_force_sign(&self, draft: &Draft) -> Result<(), TestCaseError> {
        for signature in &draft.signatures {
            let key = &self.state.keys[&signature.key];
            let own = key.holder == signature.person && key.unit == signature.unit;
            prop_assert!(key.is_in_force() && own, "{:?} signs {:?}", key, draft);
            // Of that agency, there, and in a role that signs: whatever became of them since the key came.
            let holder = &self.state.roster.persons[&key.holder];
            let agency = self.state.roster.units[&holder.unit].agency;
            prop_assert!(agency == key.agency && holder.holds_key(), "{:?} signs {:?}", holder, draft);
        }
        if let Body::RegisterKey(it) = &draft.body {
            let before = it.follows.as_ref().map(|it| &self.state.keys[&it.key]);
            prop_assert!(
                before.is_none_or(|key| key.is_in_force() && key.agency == it.agency),
                "{:?}",
                draft
            );
            prop_assert!(it.holder == draft.actor, "{:?}", draft);
            let holder = &self.state.roster.persons[&it.holder];
            prop_assert!(holder.unit == it.unit && holder.holds_key(), "{:?} gets {:?}", holder, draft);
            let name = format!("{}/{}", holder.name, holder.login);
            prop_assert_eq!(&it.holder_name, &name);
            prop_assert!(!self.state.keys.contains_key(&it.key), "a key enters once: {:?}", draft);
        }
        if let Body::ConfirmRules(it) = &draft.body {
            let adopted = &self.state.rules[&it.adoption];
            let two = adopted.adopted_by != draft.actor && adopted.digest == it.digest && !adopted.confirmed;
            prop_assert!(two, "{:?}", draft);
        }
        if let Body::ConfirmKey(it) = &draft.body {
            prop_assert!(self.state.keys[&it.key].registered_by != draft.actor, "{:?}", draft);
        }
        Ok(())
    }

    fn approvals_are_used_once(&mut self, draft: &Draft, effects: &Effects) -> Result<(), TestCaseError> {
        let needs = match &draft.body {
            Body::CheckOut(it) => Some(it.approval),
            Body::Dispose(it) => Some(it.approval),
            Body::DeclareLoss(it) => Some(it.approval),
            Body::Split(it) => it.approval,
            Body::Correct(it) => Some(it.approval),
            _ => None,
        };
        let consents = match &draft.body {
            Body::Correct(it) => it.consents.clone(),
            _ => vec![],
        };
        let uses = effects.changes.iter().filter_map(|change| match change {
            Change::ApprovalUsed(approval) => Some(*approval),
            _ => None,
        });
        let uses: Vec<ApprovalId> = uses.collect();
        prop_assert_eq!(&uses, &consents.into_iter().chain(needs).collect::<Vec<_>>());
        for approval in uses {
            prop_assert!(self.used.insert(approval), "{} was used before", approval);
            let facts = &self.state.approvals[&approval];
            let people = BTreeSet::from([facts.approver, facts.requester, draft.actor]);
            prop_assert_eq!(people.len(), 3, "three acts, three people: {:?}", draft);
        }
        Ok(())
    }

    /// While an offer stands, its items are the giver's, and on no other offer.
    fn offers_are_the_givers(&self) -> Result<(), TestCaseError> {
        for (handover, offer) in self.state.offers.iter().filter(|(_, offer)| offer.open) {
            for item in &offer.items {
                prop_assert_eq!(self.state.items[item].on_offer, Some(*handover));
                prop_assert_eq!(self.state.responsible(*item).map(|(party, _)| party), Some(offer.from));
            }
        }
        let on_offer = self.state.items.values().filter_map(|facts| facts.on_offer);
        for handover in on_offer {
            prop_assert!(self.state.offers[&handover].open);
        }
        Ok(())
    }
}

/// The part of the ledger that the store loads for this body ([`Mentions`]): what it names, and the entry that a declaration
/// found wrong.
fn known(state: &State, body: &Body) -> State {
    let facts = Mentions::of(body);
    let mut part = State::default();
    let wrong = facts.entries.iter().filter_map(|seq| state.errors.get(seq)).map(|error| error.wrong_seq);
    let entries: BTreeSet<u64> = facts.entries.iter().copied().chain(wrong).collect();
    let copy = |seq: u64| -> Option<(u64, EntryFacts)> { Some((seq, state.entries.get(&seq)?.clone())) };
    part.entries.extend(entries.into_iter().filter_map(copy));
    part.errors = kept(&state.errors, |seq| facts.entries.contains(seq));
    part.items = kept(&state.items, |item| facts.items.contains(item));
    part.stock = kept(&state.stock, |(item, _)| facts.items.contains(item));
    part.duty = kept(&state.duty, |(item, _)| facts.items.contains(item));
    part.offers = kept(&state.offers, |offer| facts.offers.contains(offer));
    part.ways = kept(&state.ways, |case| facts.ways.contains(case));
    part.approvals = kept(&state.approvals, |approval| facts.approvals.contains(approval));
    part.differences = kept(&state.differences, |difference| facts.differences.contains(difference));
    part.descriptions =
        kept(&state.descriptions, |item| facts.described.contains(item) || facts.stated.contains(item));
    part.labels = kept(&state.labels, |code| facts.labels.contains(code.as_str()));
    part.lenders = kept(&state.lenders, |(item, _)| facts.items.contains(item));
    let borrowers = part
        .stock
        .keys()
        .filter_map(|(_, account)| matches!(account, StockAccount::OnLoan(_)).then_some(*account));
    let borrowers: BTreeSet<StockAccount> =
        borrowers.chain(facts.borrowers.iter().map(|person| StockAccount::OnLoan(*person))).collect();
    let mut lying =
        Mentions { slots: facts.slots.clone(), stores: facts.stores.clone(), ..Mentions::default() };
    let described = part.stock.keys().filter(|(item, _)| facts.described.contains(item));
    described.for_each(|(_, account)| lying.stock(account));
    part.holders.units = kept(&state.holders.units, |account| match account {
        StockAccount::Slot(slot) => lying.slots.contains(slot),
        StockAccount::InTransit(store) | StockAccount::Bank(store) => lying.stores.contains(store),
        account => borrowers.contains(account),
    });
    if !(facts.approvals.is_empty() && facts.ways.is_empty()) || facts.keys {
        part.holders.agencies = state.holders.agencies.clone();
    }
    part.keys = kept(&state.keys, |_| facts.keys);
    match facts.roster {
        RosterPart::Nothing => (),
        RosterPart::Units => part.roster.units = state.roster.units.clone(),
        RosterPart::All => part.roster = state.roster.clone(),
    }
    part.holders.closed =
        state.holders.closed.iter().copied().filter(|it| part.holders.units.contains_key(it)).collect();
    part.places = places::known(state, &facts);
    for (key, quantity) in state.stock.iter().filter(|((_, account), _)| places::of(state, &facts, *account))
    {
        part.stock.insert(*key, *quantity);
    }
    part.rules = kept(&state.rules, |_| facts.rules);
    part.counts = state.counts.intersection(&facts.counts).copied().collect();
    part
}

fn kept<K: Ord + Clone, V: Clone>(all: &BTreeMap<K, V>, wanted: impl Fn(&K) -> bool) -> BTreeMap<K, V> {
    all.iter().filter(|(key, _)| wanted(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}
