//! What each entry is asked by itself, whatever the rules said when it was recorded: was there an approval, did an
//! exchange leave the things where they are, did anything move after its end, is there a paper, did two people act.

use super::replay::Replay;
use crate::{
    domain::Rules,
    id::{HandoverId, ItemId, PersonId},
    ledger::{
        Account, Body, Book, Correct, Edition, Entry, Mentions, Offer, OtherPerson, PaperKind, Register,
        Seize, SignerRole, Split, StockAccount,
    },
};
use std::collections::BTreeSet;

impl Replay {
    /// Asked before the entry is taken in.
    pub(super) fn acts(&mut self, entry: &Entry) {
        let seq = entry.seq.cast_signed();
        self.approval_used_once(entry, seq);
        self.nothing_leaves_by_itself(entry, seq);
        self.posts_in_its_books(entry, seq);
        self.nothing_after_the_end(entry, seq);
        self.different_people(entry, seq);
        self.rules_are_readable(entry, seq);
        match entry.draft.body.register() {
            Register::Items(seize) => self.grounds(entry, seize, seq),
            Register::Parts(split) => self.parts_and_loss(split, seq),
            Register::Nothing
            | Register::SingleThings(_)
            | Register::Labels(_)
            | Register::Receipts(_)
            | Register::Delivery(_)
            | Register::Approval(_)
            | Register::Withdrawal(_)
            | Register::Exchange(_)
            | Register::Count(_)
            | Register::Settlement(_)
            | Register::Error(_)
            | Register::Key(_)
            | Register::Roster(_) => (),
            Register::Offer(offer) => self.says_what_is_written(entry, offer, seq),
            Register::Correction(correct) => self.consent_of_others(entry, correct, seq),
        }
        for raised in Mentions::of(&entry.draft.body).raised {
            self.raisers.insert(raised.difference, entry.draft.actor);
        }
    }

    fn parts_and_loss(&mut self, split: &Split, seq: i64) {
        self.ask(7, 1);
        let children = split.children.iter().map(|child| i128::from(child.quantity)).sum::<i128>();
        if children + i128::from(split.lost) != i128::from(split.quantity) {
            let zh = "各份之和加损失不等于拆出的数量";
            self.say(7, seq, zh, "the parts and the loss are not the whole");
        }
    }

    /// The first rules did not ask those who kept or answered for what was corrected; such a correction is named.
    fn consent_of_others(&mut self, entry: &Entry, correct: &Correct, seq: i64) {
        if entry.edition >= Edition::SECOND {
            return;
        }
        let units = correct.what().consenting_units(&self.state, entry.draft.unit);
        let ends = correct
            .lines
            .iter()
            .any(|line| line.transfer.accounts().1 == Account::Stock(StockAccount::Consumed));
        if ends || units.map_or(true, |units| !units.is_empty()) {
            self.say(
                4,
                seq,
                "更正动用了其他单位保管或负责的财物，没有其同意",
                "it corrects what another unit kept or answered for, without its consent",
            );
        }
    }

    /// The first rules did not compare an offer with what is written of its things; one that said otherwise is named.
    fn says_what_is_written(&mut self, entry: &Entry, offer: &Offer, seq: i64) {
        if entry.edition >= Edition::SECOND {
            return;
        }
        self.ask(8, offer.statement.lines.len());
        for line in &offer.statement.lines {
            let written = self.state.descriptions.get(&line.item);
            if written.is_some_and(|written| !line.as_written(written)) {
                let number = &line.number;
                let zh = format!("{number}：清单上写的名称或封签不是当时账上的记载");
                let en = format!("{number}: the list says another name or seal than was written of it then");
                self.say(8, seq, zh, en);
            }
        }
    }

    fn approval_used_once(&mut self, entry: &Entry, seq: i64) {
        for approval in Mentions::of(&entry.draft.body).used_approvals {
            self.ask(4, 1);
            match self.state.approvals.get(&approval) {
                None => self.say(4, seq, "没有相应的审批", "there is no approval for it"),
                Some(facts) if facts.used => {
                    self.say(4, seq, "所用审批此前已经用过", "its approval was used before");
                }
                Some(_) => (),
            }
        }
    }

    /// Only acts that rest on an approval take things out of care; under the first rules a split declared its own loss, on a report.
    fn nothing_leaves_by_itself(&mut self, entry: &Entry, seq: i64) {
        let leaves = entry.postings.iter().any(|posting| {
            let end = |account: &StockAccount| {
                matches!(
                    account,
                    StockAccount::Disposed(_) | StockAccount::DeclaredLoss | StockAccount::Consumed
                ) || matches!(account, StockAccount::OnLoan(_))
            };
            posting.change > 0 && matches!(&posting.account, Account::Stock(account) if end(account))
        });
        let body = &entry.draft.body;
        let by_report = matches!(body, Body::Split(_)) && entry.edition == Edition::FIRST;
        let rests = !Mentions::of(body).used_approvals.is_empty() || by_report;
        if leaves && !rests {
            self.say(4, seq, "财物离开而没有审批", "something leaves without an approval");
        }
    }

    /// A kind posts only in its own books; an exchange, in the duty book alone.
    fn posts_in_its_books(&mut self, entry: &Entry, seq: i64) {
        let books = entry.draft.body.books();
        let exchange = books == [Book::Duty];
        if exchange {
            self.ask(5, 1);
        }
        if entry.postings.iter().all(|posting| books.contains(&posting.account.book())) {
            return;
        }
        match exchange {
            true => self.say(5, seq, "换押变动了实物账", "an exchange changes the stock book"),
            false => {
                self.say(
                    10,
                    seq,
                    "此类分录不应记入这本账",
                    "an entry of its kind posts nothing in this book",
                );
            }
        }
    }

    /// A file of rules that cannot be read holds for nobody; the verbs refuse it, and no server begins with it.
    pub(super) fn rules_are_readable(&mut self, entry: &Entry, seq: i64) {
        let Body::AdoptRules(it) = &entry.draft.body else { return };
        if let Err(error) = Rules::read(&it.text()) {
            let zh = format!("所采用的不是可用的规则文件：{error}");
            self.say(10, seq, zh, format!("what was adopted is no file of rules that can be used: {error}"));
        }
    }

    fn nothing_after_the_end(&mut self, entry: &Entry, seq: i64) {
        let of_stock =
            || entry.postings.iter().filter(|posting| matches!(posting.account, Account::Stock(_)));
        self.ask(6, of_stock().count());
        let ended =
            |item: &ItemId| self.state.items.contains_key(item) && self.state.open_quantity(*item) == 0;
        let late: BTreeSet<ItemId> = of_stock().map(|posting| posting.item).filter(ended).collect();
        for item in late {
            let number = self.state.items.get(&item).map(|facts| facts.number.clone()).unwrap_or_default();
            let zh = format!("{number} 已有最终处置，仍有实物分录");
            self.say(6, seq, zh, format!("{number} had reached its end and still moves"));
        }
    }

    /// A seizure rests on its list, and each line of the list is one item.
    fn grounds(&mut self, entry: &Entry, seize: &Seize, seq: i64) {
        let papers = &entry.draft.papers;
        let list = papers.iter().any(|it| it.kind == PaperKind::SeizureList && !it.number.trim().is_empty());
        if !list {
            self.say(8, seq, "没有扣押清单", "it rests on no seizure list");
        }
        let lines: BTreeSet<u32> = seize.lines.iter().map(|line| line.paper_line).collect();
        self.ask(8, lines.len());
        if lines.len() != seize.lines.len() || lines.contains(&0) {
            self.say(
                8,
                seq,
                "清单行与财物不是一一对应",
                "the lines of its list and its items do not match one by one",
            );
        }
        let posted: BTreeSet<ItemId> = entry.postings.iter().map(|posting| posting.item).collect();
        if seize.lines.iter().any(|line| !posted.contains(&line.item)) {
            self.say(8, seq, "清单有一行没有财物", "a line of its list points at no item");
        }
    }

    /// Whom the kind names must be somebody other than who acts, and so must those who asked for and gave its approval.
    fn different_people(&mut self, entry: &Entry, seq: i64) {
        let mut others: Vec<PersonId> = Vec::new();
        for other in entry.draft.body.other_people() {
            match other {
                OtherPerson::Person(person) => others.push(person),
                OtherPerson::SeizerOf(item) => {
                    others.extend(self.state.items.get(&item).map(|facts| facts.seized_by));
                }
                OtherPerson::GiverOf(handover) => {
                    others.extend(self.giver_is_not_receiver(entry, handover, seq));
                }
                OtherPerson::RegistrarOf(key) => {
                    others.extend(self.state.keys.get(&key).map(|facts| facts.registered_by));
                }
                OtherPerson::AdopterOf(adoption) => {
                    others.extend(self.state.rules.get(&adoption).map(|facts| facts.adopted_by));
                }
                OtherPerson::RaiserOf(difference) => others.extend(self.raisers.get(&difference).copied()),
                OtherPerson::BringerOf(difference) => {
                    let found = self.state.differences.get(&difference);
                    others.extend(found.and_then(|facts| facts.brought_by));
                }
            }
        }
        for approval in Mentions::of(&entry.draft.body).used_approvals {
            let approved = self.state.approvals.get(&approval);
            others.extend(approved.into_iter().flat_map(|facts| [facts.approver, facts.requester]));
        }
        if others.is_empty() {
            return;
        }
        self.ask(9, 1);
        if others.contains(&entry.draft.actor) {
            self.say(
                9,
                seq,
                "应由不同的人承担的两步由同一人办理",
                "one person did two things that two people must do",
            );
        }
    }

    fn giver_is_not_receiver(&mut self, entry: &Entry, handover: HandoverId, seq: i64) -> Option<PersonId> {
        let giver = self.state.offers.get(&handover).map(|offer| offer.giver);
        let mut receivers = entry.draft.signatures.iter().filter(|it| it.role == SignerRole::Receiver);
        if receivers.any(|it| Some(it.person) == giver) {
            self.say(9, seq, "接收人就是移交人", "the one who receives is the one who gave");
        }
        giver
    }
}
