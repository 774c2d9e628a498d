//! What each entry is asked by itself, whatever the rules said when it was recorded: was there an approval, did an
//! exchange leave the things where they are, did anything move after its end, is there a paper, did two people act.

use super::replay::Replay;
use crate::{
    id::{ApprovalId, ItemId, PersonId},
    ledger::{Account, Body, Entry, PaperKind, Seize, SignerRole, StockAccount},
    store::project,
};
use std::collections::BTreeSet;

impl Replay {
    /// Asked before the entry is taken in.
    pub(super) fn acts(&mut self, entry: &Entry) {
        let seq = entry.seq.cast_signed();
        self.approval_used_once(entry, seq);
        self.nothing_leaves_by_itself(entry, seq);
        self.exchange_moves_nothing(entry, seq);
        self.nothing_after_the_end(entry, seq);
        self.different_people(entry, seq);
        match &entry.draft.body {
            Body::Seize(seize) => self.grounds(entry, seize, seq),
            Body::Split(split) => {
                self.ask(7, 1);
                let children = split.children.iter().map(|child| i128::from(child.quantity)).sum::<i128>();
                if children + i128::from(split.lost) != i128::from(split.quantity) {
                    self.say(
                        7,
                        seq,
                        "各份之和加损失不等于拆出的数量",
                        "the parts and the loss are not the whole",
                    );
                }
            }
            _ => (),
        }
        for raised in project::raised(&entry.draft.body) {
            self.raisers.insert(raised.difference, entry.draft.actor);
        }
    }

    fn approval_used_once(&mut self, entry: &Entry, seq: i64) {
        let Some(approval) = approval(&entry.draft.body) else { return };
        self.ask(4, 1);
        match self.state.approvals.get(&approval) {
            None => self.say(4, seq, "没有相应的审批", "there is no approval for it"),
            Some(facts) if facts.used => {
                self.say(4, seq, "所用审批此前已经用过", "its approval was used before");
            }
            Some(_) => (),
        }
    }

    /// Only acts that rest on an approval take things out of care; a split declares its own loss, on a report.
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
        let rests = approval(&entry.draft.body).is_some() || matches!(entry.draft.body, Body::Split(_));
        if leaves && !rests {
            self.say(4, seq, "财物离开而没有审批", "something leaves without an approval");
        }
    }

    fn exchange_moves_nothing(&mut self, entry: &Entry, seq: i64) {
        if !matches!(entry.draft.body, Body::Exchange(_)) {
            return;
        }
        self.ask(5, 1);
        if entry.postings.iter().any(|posting| matches!(posting.account, Account::Stock(_))) {
            self.say(5, seq, "换押变动了实物账", "an exchange changes the stock book");
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

    fn different_people(&mut self, entry: &Entry, seq: i64) {
        let actor = entry.draft.actor;
        let mut others: Vec<PersonId> = Vec::new();
        match &entry.draft.body {
            Body::Receive(it) => {
                others.push(it.delivered_by);
                let seized_by = |item| self.state.items.get(item).map(|facts| facts.seized_by);
                others.extend(it.lines.iter().filter_map(|line| seized_by(&line.item)));
            }
            Body::Dispatch(it) => others.push(it.carrier),
            Body::CheckOut(it) => others.push(it.borrower),
            Body::Return(it) => others.push(it.borrower),
            Body::Approve(it) => others.push(it.requester),
            Body::Exchange(it) => {
                let giver = self.state.offers.get(&it.statement.handover).map(|offer| offer.giver);
                others.extend(giver);
                let receivers = entry.draft.signatures.iter().filter(|it| it.role == SignerRole::Receiver);
                let same = receivers.map(|it| it.person).any(|person| Some(person) == giver);
                if same {
                    self.say(9, seq, "接收人就是移交人", "the one who receives is the one who gave");
                }
            }
            Body::SettleDifference(it) => others.extend(self.raisers.get(&it.difference).copied()),
            _ => (),
        }
        if let Some(facts) =
            approval(&entry.draft.body).and_then(|approval| self.state.approvals.get(&approval))
        {
            others.extend([facts.approver, facts.requester]);
        }
        if others.is_empty() {
            return;
        }
        self.ask(9, 1);
        if others.contains(&actor) {
            self.say(
                9,
                seq,
                "应由不同的人承担的两步由同一人办理",
                "one person did two things that two people must do",
            );
        }
    }
}

/// The approval that an act rests on.
fn approval(body: &Body) -> Option<ApprovalId> {
    match body {
        Body::CheckOut(it) => Some(it.approval),
        Body::Dispose(it) => Some(it.approval),
        Body::DeclareLoss(it) => Some(it.approval),
        Body::Correct(it) => Some(it.approval),
        _ => None,
    }
}
