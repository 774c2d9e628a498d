//! The ledger the rows are put to, and what is asked after each of them.

use super::{
    keys::ANY_KEY,
    row::{Row, id, stock_account},
};
use crate::{
    clock::{Clock, Moment, Span},
    id::UnitId,
    ledger::{
        Account, Body, Book, Draft, Edition, Effects, Holders, Refusal, RefusalReason, State, apply, check,
        state::{KeyFacts, KeyStanding},
    },
};
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Day {
    pub(super) state: State,
    pub(super) now: Moment,
    pub(super) seq: u64,
    /// The rules in force.
    pub(super) edition: Edition,
    /// Every refusal met.
    pub(super) met: BTreeSet<RefusalReason>,
}

impl Day {
    /// A day on which these rows have happened.
    pub(super) fn after(rows: &str) -> Day {
        Day::under(Edition::CURRENT, rows)
    }

    /// The same under an edition of the rules.
    pub(super) fn under(edition: Edition, rows: &str) -> Day {
        let (state, now) = (State { holders: holders(), ..State::default() }, Clock::standing().now());
        let mut day = Day { state, now, seq: 0, edition, met: BTreeSet::new() };
        day.go_on(rows);
        day
    }

    /// Puts every row to the ledger; each must be answered as its last column says.
    pub(super) fn go_on(&mut self, rows: &str) {
        let rows = rows.lines().map(|row| row.split('#').next().unwrap().trim());
        for text in rows.filter(|row| !row.is_empty()) {
            let row = Row::read(text);
            if row.verb == "wait" {
                self.now = self.now.plus(Span::hours(row.name(0).parse().unwrap()));
                continue;
            }
            let draft = self.draft(&row);
            let answer = self.put(&draft);
            let code = answer.as_ref().map_or_else(|refusal| refusal.reason.code(), |_| "ok");
            assert_eq!(code, row.answer, "{text}");
        }
    }

    /// The ledger as it is, in which the key of all rows is the one of whoever signs.
    pub(super) fn with_keys(&self, draft: &Draft) -> State {
        let mut state = self.state.clone();
        for signature in draft.signatures.iter().filter(|signature| signature.key == ANY_KEY) {
            let facts = KeyFacts {
                agency: id("any"),
                unit: signature.unit,
                holder: signature.person,
                public_pem: String::new(),
                registered_by: id("nobody"),
                standing: KeyStanding::InForce,
            };
            state.keys.insert(ANY_KEY.to_owned(), facts);
        }
        state
    }

    /// Puts one entry to the ledger and asks what must always be true.
    pub(super) fn put(&mut self, draft: &Draft) -> Result<Effects, Refusal> {
        self.state = self.with_keys(draft);
        let answer = apply(&self.state, draft, self.now, self.edition);
        match &answer {
            Ok(effects) => {
                promises_of(draft, effects);
                self.seq += 1;
                self.state.absorb(self.seq, draft.id, effects);
            }
            Err(refusal) => {
                self.met.insert(refusal.reason);
            }
        }
        assert_eq!(check::check(&self.state), [], "after {draft:?}");
        answer
    }
}

/// Unit A keeps the slots s1 to s9 and the stores; unit B, of another agency, keeps t1 and t2; unit C, of A's agency, keeps u1.
/// The laboratory is A's, and so is li; the rival is B's.
fn holders() -> Holders {
    let mut holders = Holders::default();
    let mut holds = |unit: &str, accounts: &[&str]| {
        let unit: UnitId = id(unit);
        holders.units.extend(accounts.iter().map(|account| (stock_account(account), unit)));
    };
    holds("A", &["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "loan:lab", "loan:li"]);
    holds("A", &["transit:K", "transit:L", "transit:L1", "bank:K", "bank:L", "bank:bank"]);
    holds("B", &["t1", "t2", "loan:rival"]);
    holds("C", &["u1", "bank:vault"]);
    for (unit, agency) in [("A", "police"), ("C", "police"), ("B", "court"), ("BB", "court")] {
        holders.agencies.insert(id(unit), id(agency));
    }
    holders
}

/// The postings sum to zero per item and book, and each kind posts only where it may.
fn promises_of(draft: &Draft, effects: &Effects) {
    let mut sums: BTreeMap<_, i64> = BTreeMap::new();
    for posting in &effects.postings {
        *sums.entry((posting.item, posting.account.book())).or_default() += posting.change;
    }
    assert!(sums.values().all(|sum| *sum == 0), "{draft:?} posts {effects:?}");
    let in_stock = effects.postings.iter().any(|posting| matches!(posting.account, Account::Stock(_)));
    let in_duty = effects.postings.iter().any(|posting| posting.account.book() == Book::Duty);
    let may_duty = matches!(
        draft.body,
        Body::Seize(_)
            | Body::Split(_)
            | Body::Itemise(_)
            | Body::Dispose(_)
            | Body::Correct(_)
            | Body::Exchange(_)
    );
    let silent = ["exchange", "approve", "offer", "withdraw", "count_statement"];
    let silent_too = [
        "raise_difference",
        "settle_difference",
        "declare_error",
        "register_key",
        "confirm_key",
        "revoke_key",
        "register_unit",
        "appoint",
        "reset_password",
        "register_station",
        "register_store",
        "register_slots",
        "adopt_rules",
        "confirm_rules",
    ];
    let may_stock = !silent.into_iter().chain(silent_too).any(|kind| kind == draft.body.kind());
    assert!((may_stock || !in_stock) && (may_duty || !in_duty), "{draft:?} posts {effects:?}");
}
