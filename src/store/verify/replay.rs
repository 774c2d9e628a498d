//! The ledger being lived through again, entry by entry.

use super::{Chunk, Report, Row, checked, papers::Papers, photographs, tables::Tables, tree::Tree};
use crate::{
    id::{CaseId, DifferenceId, ItemId, PersonId},
    ledger::{
        Account, Body, Book, Draft, Edition, Effects, Entry, Holders, Posting, RefusalReason, State, Suite,
        Told, apply, check, signatures::Keys,
    },
    store::{
        Error, Tx, case_sums, entry_sight, item_sight, journal::account_parts, keeper_sums, sums,
        verify::Finding,
    },
};
use std::collections::BTreeMap;
use uuid::Uuid;

type Balances = BTreeMap<(ItemId, String, Uuid, CaseId), i64>;

pub(super) struct Replay {
    tree: Tree,
    /// The number of the last entry read.
    read: i64,
    /// The edition of the rules of the last entry read.
    edition: Edition,
    keys: Keys,
    tables: Tables,
    pub(super) state: State,
    /// Who raised each difference.
    pub(super) raisers: BTreeMap<DifferenceId, PersonId>,
    /// The last entry that posted each item.
    touched: BTreeMap<ItemId, i64>,
    /// How many things each invariant was asked of.
    asked: [u64; 10],
    report: Report,
}

impl Replay {
    pub(super) fn begin(tree: Tree, keys: Keys, holders: Holders, papers: Papers) -> Replay {
        Replay {
            tree,
            read: 0,
            edition: Edition::FIRST,
            keys,
            tables: Tables::begin(papers),
            state: State { holders, ..State::default() },
            raisers: BTreeMap::new(),
            touched: BTreeMap::new(),
            asked: [0; 10],
            report: Report::default(),
        }
    }

    pub(super) fn say(&mut self, invariant: u8, seq: i64, zh: impl Into<String>, en: impl Into<String>) {
        let seq = (seq > 0).then_some(seq.cast_unsigned());
        self.report.findings.push(Finding { invariant, seq, zh: zh.into(), en: en.into() });
    }

    /// Notes that the invariant was asked of so many more things.
    pub(super) fn ask(&mut self, invariant: u8, things: usize) {
        let at = usize::from(invariant.saturating_sub(1));
        if let Some(asked) = self.asked.get_mut(at) {
            *asked = asked.saturating_add(things as u64);
        }
    }

    pub(super) fn take_all(&mut self, Chunk { rows, mut postings }: Chunk) {
        for row in rows {
            let stored = postings.remove(&row.seq).unwrap_or_default();
            self.take(&row, &stored);
        }
        self.postings_without_entry(postings.into_keys());
    }

    fn take(&mut self, row: &Row, stored: &[Posting]) {
        let seq = row.seq;
        if seq != self.read + 1 {
            let (first, last) = (self.read + 1, seq - 1);
            self.say(
                10,
                seq,
                format!("缺少第 {first} 至 {last} 号分录"),
                format!("entries {first} to {last} are missing"),
            );
        }
        self.read = seq;
        self.report.entries += 1;
        self.ask(10, 1);
        let suite = self.tree.suite();
        let read = Entry::from_canonical_bytes(&row.entry)
            .and_then(|entry| entry.commitment(suite).map(|commitment| (entry, commitment)));
        match read {
            Ok((entry, commitment)) => {
                self.tree.push(seq, commitment.leaf, &row.leaf);
                self.replay(row, &entry, stored);
                self.tables.take(&entry, &commitment);
                self.tree.compare_head(seq, Some(entry.edition));
            }
            Err(error) => {
                self.tree.push(seq, suite.leaf(&row.entry), &row.leaf);
                self.say(10, seq, "所存内容不是规范格式的分录", error.to_string());
                self.tree.compare_head(seq, None);
            }
        }
    }

    fn postings_without_entry(&mut self, entries: impl Iterator<Item = i64>) {
        for seq in entries {
            self.say(10, seq, "有记账行而没有分录", "there are postings without the entry");
        }
    }

    fn replay(&mut self, row: &Row, entry: &Entry, stored: &[Posting]) {
        let seq = row.seq;
        if !row_agrees(row, entry) {
            self.say(10, seq, "登记的各栏与内容不符", "its columns say something else than its bytes");
        }
        if entry.postings != stored {
            self.say(10, seq, "所存记账行与内容不符", "its posting rows say something else than its bytes");
        }
        for (zh, en) in self.keys.ask(entry, Told::Whole).complaints {
            self.say(10, seq, zh, en);
        }
        self.edition_in_order(entry);
        self.zero_sums(entry);
        self.acts(entry);
        self.touched.extend(entry.postings.iter().map(|posting| (posting.item, seq)));
        match apply(&self.state, &entry.draft, entry.recorded_at, entry.edition) {
            Ok(effects) => {
                if effects.postings != entry.postings {
                    self.say(
                        10,
                        seq,
                        "记账行不是由其内容得出的",
                        "its postings do not follow from what it says",
                    );
                }
                self.state.absorb(entry.seq, entry.draft.id, &effects);
            }
            Err(refusal) => {
                let zh = format!("按规则应不予记账：{}", refusal.sentence(crate::language::Language::Zh));
                let en = format!("the rules would refuse it: {refusal}");
                self.say(invariant_of(refusal.reason), seq, zh, en);
                let effects = Effects { postings: entry.postings.clone(), changes: Vec::new() };
                self.state.absorb(entry.seq, entry.draft.id, &effects);
            }
        }
    }

    /// An entry is judged by its own edition of the rules. It is one that this program has, and never an earlier one than that
    /// of the entry before: nobody goes back to rules that allowed more.
    fn edition_in_order(&mut self, entry: &Entry) {
        let (seq, number) = (entry.seq.cast_signed(), entry.edition.number());
        if !entry.edition.has_rules() {
            self.say(
                10,
                seq,
                format!("按第 {number} 版规则登记，本程序没有这一版规则，请升级后再核验"),
                format!("it was recorded under edition {number} of the rules, which this program lacks; upgrade and verify again"),
            );
        }
        if entry.edition < self.edition {
            let before = self.edition.number();
            self.say(
                10,
                seq,
                format!("按第 {number} 版规则登记，而此前已用第 {before} 版"),
                format!(
                    "it was recorded under edition {number} of the rules after edition {before} was in force"
                ),
            );
        }
        if !entry.form.is_of(entry.edition) {
            let zh = "分录的形式与其规则版次不符";
            self.say(10, seq, zh, "its form is not that of the edition of the rules it was recorded under");
        }
        self.edition = self.edition.max(entry.edition);
    }

    /// Per item and book, the postings of an entry sum to zero.
    fn zero_sums(&mut self, entry: &Entry) {
        let mut sums: BTreeMap<(ItemId, Book), i128> = BTreeMap::new();
        for posting in &entry.postings {
            *sums.entry((posting.item, posting.account.book())).or_insert(0) += i128::from(posting.change);
        }
        self.ask(2, sums.len());
        if sums.values().any(|sum| *sum != 0) {
            self.say(2, entry.seq.cast_signed(), "记账行增减不平", "its postings do not sum to zero");
        }
    }

    /// The stored balances are those that follow from the entries. Named is the last entry that posted the item.
    pub(super) fn compare_balances(&mut self, stock: Balances, duty: Balances) {
        let parts = |account: Account, quantity: i64, item: ItemId| {
            let (kind, place, case) = account_parts(&account);
            ((item, kind.to_owned(), place, case), quantity)
        };
        let derived_stock =
            self.state.stock.iter().map(|((item, it), n)| parts(Account::Stock(*it), *n, *item));
        let derived_stock: Balances = derived_stock.collect();
        let derived_duty = self.state.duty.iter().map(|((item, it), n)| parts(Account::Duty(*it), *n, *item));
        let derived_duty: Balances = derived_duty.collect();
        self.ask(1, derived_stock.len());
        self.ask(10, derived_stock.len().saturating_add(derived_duty.len()));
        let mut wrong = differing(&stock, &derived_stock);
        wrong.extend(differing(&duty, &derived_duty));
        wrong.sort_unstable();
        wrong.dedup();
        for item in wrong {
            let (number, seq) = (self.number(item), self.touched.get(&item).copied().unwrap_or(0));
            let zh = format!("{number}：所存余额与分录推算的不符");
            self.say(
                10,
                seq,
                zh,
                format!("{number}: the stored balances are not those that follow from the entries"),
            );
        }
    }

    /// The tables beside the journal hold what follows from the entries.
    pub(super) async fn compare_tables(&mut self, tx: &mut Tx) -> Result<(), Error> {
        let tables = std::mem::take(&mut self.tables);
        let compared = tables.compare(tx, &self.state).await?;
        self.ask(10, compared.rows);
        self.report.findings.extend(compared.findings);
        for (_, mark) in sums::wrong(tx).await? {
            let zh = "至此所存的合计不是由分录得出的";
            self.say(
                10,
                mark.cast_signed(),
                zh,
                "the sums that are kept up to here do not follow from the entries",
            );
        }
        let (cases, keepers) = (case_sums::wrong(tx).await?, keeper_sums::wrong(tx).await?);
        for (seq, whose) in cases.into_iter().chain(keepers) {
            let zh = format!("{whose}：所存的合计不是由分录得出的");
            self.say(10, seq, zh, format!("{whose}: the sums that are kept do not follow from the entries"));
        }
        for (seq, number) in item_sight::wrong(tx).await? {
            let zh = format!("{number}：所存的可见范围不是由分录得出的");
            self.say(
                10,
                seq,
                zh,
                format!("{number}: who sees it, as it is kept, does not follow from the entries"),
            );
        }
        for seq in entry_sight::wrong(tx).await? {
            let en = "who sees this entry, as it is kept, does not follow from the entries";
            self.say(10, seq, "所存的此分录可见范围不是由分录得出的", en);
        }
        Ok(())
    }

    /// The pictures are those that were recorded.
    pub(super) async fn compare_photographs(&mut self, tx: &mut Tx, suite: Suite) -> Result<(), Error> {
        let (asked, findings) = photographs::compare(tx, suite).await?;
        self.ask(10, asked);
        self.report.findings.extend(findings);
        Ok(())
    }

    fn number(&self, item: ItemId) -> String {
        self.state.items.get(&item).map_or_else(|| item.to_string(), |facts| facts.number.clone())
    }

    pub(super) fn finish(mut self) -> Report {
        self.report.root = self.tree.root().to_string();
        self.report.findings.extend(self.tree.finish(self.read));
        for broken in check::check(&self.state) {
            let seq = broken.item.and_then(|item| self.touched.get(&item).copied()).unwrap_or(0);
            self.say(broken.invariant, seq, broken.zh, broken.en);
        }
        let items = self.state.items.len();
        [2, 3, 8].into_iter().for_each(|invariant| self.ask(invariant, items));
        self.report.items = items as u64;
        self.report.findings.sort_by_key(|finding| (finding.invariant, finding.seq));
        self.report.checked = checked(&self.asked, &self.report.findings);
        self.report
    }
}

fn row_agrees(row: &Row, entry: &Entry) -> bool {
    let Draft { id, happened_at, actor, unit, body, .. } = &entry.draft;
    row.seq.cast_unsigned() == entry.seq
        && row.id == id.0
        && row.kind == Body::kind(body)
        && row.happened_at == happened_at.0
        && row.recorded_at == entry.recorded_at.0
        && row.actor == actor.0
        && row.unit == unit.0
}

/// Which invariant an entry breaks that the rules would refuse for this reason.
fn invariant_of(reason: RefusalReason) -> u8 {
    match reason {
        RefusalReason::ApprovalUnknown
        | RefusalReason::ApprovalUsed
        | RefusalReason::ApprovalExpired
        | RefusalReason::ApprovalForAnotherAct
        | RefusalReason::ApprovalDoesNotCover
        | RefusalReason::ApprovalAlreadyGiven => 4,
        RefusalReason::ItemIsClosed => 6,
        RefusalReason::ChildrenDoNotAddUp => 7,
        RefusalReason::PaperMissing
        | RefusalReason::ItemNotDescribed
        | RefusalReason::ItemUnknown
        | RefusalReason::ItemAlreadyExists
        | RefusalReason::SaysOtherwise
        | RefusalReason::CalledOtherwise
        | RefusalReason::LabelMissing => 8,
        RefusalReason::ReceiverIsGiver
        | RefusalReason::CustodianSeizedIt
        | RefusalReason::CustodianDelivers
        | RefusalReason::SecondPersonIsTheCustodian
        | RefusalReason::CustodianIsApprover
        | RefusalReason::CustodianIsRequester
        | RefusalReason::RequesterApproves
        | RefusalReason::RegistrarConfirms
        | RefusalReason::AppointsThemselves => 9,
        RefusalReason::QuantityNotPositive
        | RefusalReason::QuantityTooLarge
        | RefusalReason::SameAccount
        | RefusalReason::NotThere => 1,
        RefusalReason::ItemOnOffer
        | RefusalReason::NotResponsible
        | RefusalReason::PartOfAnItem
        | RefusalReason::LineDoesNotMatch
        | RefusalReason::SameParty
        | RefusalReason::NotWhereItCameFrom
        | RefusalReason::SentBackTwice
        | RefusalReason::OfferAlreadyMade
        | RefusalReason::OfferUnknown
        | RefusalReason::OfferClosed
        | RefusalReason::OfferExpired
        | RefusalReason::OfferNotExpired
        | RefusalReason::AnswersDoNotMatch
        | RefusalReason::OfferChanged
        | RefusalReason::DutyNeedsHandover
        | RefusalReason::BooksWouldDisagree => 3,
        _ => 10,
    }
}

/// The items whose balances are not the same in both.
fn differing(stored: &Balances, derived: &Balances) -> Vec<ItemId> {
    let one_way = |a: &Balances, b: &Balances| -> Vec<ItemId> {
        a.iter()
            .filter(|(key, quantity)| b.get(*key) != Some(*quantity))
            .map(|((item, ..), _)| *item)
            .collect()
    };
    let mut items = one_way(stored, derived);
    items.extend(one_way(derived, stored));
    items
}
