//! An entry as one plain sentence, so that anybody can read the ledger.

use crate::{
    domain::{finding, names::ItemName},
    id::ItemId,
    language::Language,
    ledger::{
        AccountLine, Answer, Body, CheckOut, CountStatement, Delivery, Deposit, Dispose, Draft, DutyAccount,
        Exchange, HeldLine, MACHINE, Move, Offer, Outcome, RaisedDifference, Receive, Reception, RegisterKey,
        SYSTEM, Seize, SettleDifference, StockAccount, WithdrawCause,
    },
};
use hufu_wire::{amount::in_english, registration::KeyConsent};

mod approval;
mod correction;
mod long;
mod naming;
mod parts;
mod roster;
#[cfg(test)]
mod tests;

pub use correction::{change, corrected};
pub use long::{long_entry, long_sentence};
pub use naming::{Naming, named_in};

/// One sentence: who did what to which items. Ids without a name are shown by their first digits.
pub fn sentence(language: Language, draft: &Draft, names: &dyn Naming) -> String {
    let told = SentenceWriter { language, names, draft }.tell();
    language.pick(format!("{told}。"), format!("{told}."))
}

/// A stock account in words: where it is and who holds it.
pub fn place(language: Language, account: &StockAccount, names: &dyn Naming) -> String {
    let (zh, en) = match account {
        StockAccount::Origin => ("扣押前".to_owned(), "before the seizure".to_owned()),
        StockAccount::Owed(unit) => {
            let unit = names.unit(*unit);
            (format!("{unit}（应交未交）"), format!("{unit} (owed)"))
        }
        StockAccount::Slot(slot) => (names.slot(*slot), names.slot(*slot)),
        StockAccount::InTransit(store) => {
            let store = names.store(*store);
            (format!("运往{store}途中"), format!("on the way to {store}"))
        }
        StockAccount::OnLoan(person) => {
            let person = names.person(*person);
            (format!("借给{person}"), format!("on loan to {person}"))
        }
        StockAccount::Bank(store) => (names.store(*store), names.store(*store)),
        StockAccount::ThirdParty(agency) => {
            let agency = names.agency(*agency);
            (format!("{agency}代管"), format!("held by {agency}"))
        }
        StockAccount::NotHeld => ("就地封存".to_owned(), "sealed in place".to_owned()),
        StockAccount::Converted => ("已拆分".to_owned(), "split".to_owned()),
        StockAccount::Disposed(outcome) => (
            format!("已{}", outcome_word(Language::Zh, *outcome)),
            outcome_word(Language::En, *outcome).to_owned(),
        ),
        StockAccount::Consumed => ("检验耗用".to_owned(), "used up in testing".to_owned()),
        StockAccount::DeclaredLoss => ("申报灭失".to_owned(), "declared lost".to_owned()),
        StockAccount::Disputed => ("存疑".to_owned(), "disputed".to_owned()),
    };
    language.pick(zh, en)
}

/// A duty account in words: who answers, for which case.
pub fn responsible(language: Language, account: &DutyAccount, names: &dyn Naming) -> String {
    match account {
        DutyAccount::None => language.pick("无", "nobody").to_owned(),
        DutyAccount::Party(party) => format!("{} {}", names.unit(party.unit), names.case(party.case)),
        DutyAccount::Closed => language.pick("责任已了结", "closed").to_owned(),
    }
}

struct SentenceWriter<'a> {
    language: Language,
    names: &'a dyn Naming,
    draft: &'a Draft,
}

impl SentenceWriter<'_> {
    fn tell(&self) -> String {
        match &self.draft.body {
            Body::Seize(it) => self.seize(it),
            Body::Receive(it) => self.receive(it),
            Body::Delivery(it) => self.delivery(it),
            Body::Move(it) => self.moved(it),
            Body::Dispatch(it) => {
                let (items, to, carrier) =
                    (self.held(&it.lines), self.names.store(it.to), self.names.person(it.carrier));
                self.say(
                    format!("将{items}交{carrier}运往{to}"),
                    format!("dispatched {items} to {to}, carried by {carrier}"),
                )
            }
            Body::Arrive(it) => {
                let (items, at) = (self.held(&it.lines), self.names.store(it.at));
                self.say(format!("在{at}收到运来的{items}"), format!("took in {items} arriving at {at}"))
            }
            Body::CheckOut(it) => self.check_out(it),
            Body::Return(it) => {
                let (items, borrower) = (self.held(&it.lines), self.names.person(it.borrower));
                let condition = &it.condition;
                self.say(
                    format!("收回{borrower}归还的{items}，状况：{condition}"),
                    format!("took back {items} from {borrower}; condition: {condition}"),
                )
            }
            Body::Split(it) => self.split(it),
            Body::Itemise(it) => self.itemise(it),
            Body::ReplaceLabel(it) => self.replace_label(it),
            Body::Deposit(it) => self.deposit(it),
            Body::Approve(it) => self.approve(it),
            Body::Offer(it) => self.offer(it),
            Body::Withdraw(it) => self.say(
                match it.cause {
                    WithdrawCause::Withdrawn => format!("撤回移交：{}", it.reason),
                    WithdrawCause::Expired => "移交到期未答复，自动失效".to_owned(),
                },
                match it.cause {
                    WithdrawCause::Withdrawn => format!("withdrew the handover: {}", it.reason),
                    WithdrawCause::Expired => "let the handover expire without an answer".to_owned(),
                },
            ),
            Body::Exchange(it) => self.exchange(it),
            Body::Dispose(it) => self.dispose(it),
            Body::DeclareLoss(it) => {
                let (items, report) = (self.taken(&it.lines), &it.report);
                let (how_zh, how_en) = self.how_lost(it.cause, it.liable);
                self.say(
                    format!("申报{items}灭失{how_zh}：{report}"),
                    format!("declared {items} lost{how_en}: {report}"),
                )
            }
            Body::CountStatement(it) => self.count(it),
            Body::RaiseDifference(it) => self.difference(it),
            Body::SettleDifference(it) => self.settle(it),
            Body::DeclareError(it) => self.say(
                format!("声明第 {} 号分录有误：{}", it.wrong_seq, it.reason),
                format!("declared entry {} wrong: {}", it.wrong_seq, it.reason),
            ),
            Body::Correct(it) => self.correct(it),
            Body::RegisterKey(it) => self.register_key(it),
            Body::ConfirmKey(it) => self.say(
                format!("比对核对码，确认签章密钥 {} 有效", it.key),
                format!("compared the fingerprint and confirmed key {}", it.key),
            ),
            Body::AdoptRules(it) => self.say(
                format!("提出规则，自 {} 起施行，待另一名审批人确认：{}", it.effective_from, it.reason),
                format!(
                    "brought rules that shall hold from {}, which an approver must confirm: {}",
                    it.effective_from, it.reason
                ),
            ),
            Body::ConfirmRules(it) => self.say(
                format!("核对并确认第 {} 号分录提出的规则", it.adoption),
                format!("read and confirmed the rules brought by entry {}", it.adoption),
            ),
            Body::RevokeKey(it) => self.say(
                format!("注销签章密钥 {}：{}", it.key, it.reason),
                format!("revoked key {}: {}", it.key, it.reason),
            ),
            Body::RegisterUnit(it) => self.unit(it),
            Body::Appoint(it) => self.appoint(it),
            Body::ResetPassword(it) => self.reset_password(it),
            Body::RegisterStation(it) => self.station(it),
            Body::RegisterStore(it) => self.store(it),
            Body::RegisterSlots(it) => self.slots(it),
        }
    }

    fn register_key(&self, it: &RegisterKey) -> String {
        let RegisterKey { key, agency_name, unit_name, follows, .. } = it;
        let holder = self.names.person(it.holder);
        match follows {
            Some(KeyConsent { key: before, .. }) => self.say(
                format!("登记{agency_name}{unit_name}{holder}的签章密钥 {key}，由签章密钥 {before} 签署，即时有效"),
                format!("registered key {key} of {holder}, {agency_name}, {unit_name}, signed by key {before} and in force at once"),
            ),
            None => self.say(
                format!("登记{agency_name}{unit_name}{holder}的签章密钥 {key}（本机关首把），待本机关另一人确认"),
                format!("registered key {key} of {holder}, {agency_name}, {unit_name}, the agency's first, which somebody else there must confirm"),
            ),
        }
    }

    /// The sentence with its subject, in the reader's language.
    fn say(&self, zh: String, en: String) -> String {
        let who = self.names.person(self.draft.actor);
        if [MACHINE, SYSTEM].contains(&self.draft.actor) && self.draft.unit.0.is_nil() {
            let at =
                if self.draft.actor == MACHINE { "at the server's machine, somebody" } else { "the server" };
            return self.language.pick(format!("{who}：{zh}"), format!("{at} {en}"));
        }
        let unit = self.names.unit(self.draft.unit);
        self.language.pick(format!("{who}（{unit}）{zh}"), format!("{who} ({unit}) {en}"))
    }

    fn paper(&self) -> &str {
        self.draft.papers.first().map_or("—", |paper| &paper.number)
    }

    fn seize(&self, it: &Seize) -> String {
        let items = self.items(it.lines.iter().map(|line| (line.item, line.quantity)));
        let (case, paper) = (self.names.case(it.case), self.paper());
        self.say(
            format!("依扣押清单 {paper} 登记扣押{items}，案号 {case}"),
            format!("recorded the seizure of {items} by list {paper}, case {case}"),
        )
    }

    fn receive(&self, it: &Receive) -> String {
        let by = self.names.person(it.delivered_by);
        let mut accepted = Vec::new();
        let mut refused = Vec::new();
        let mut slots = Vec::new();
        for line in &it.lines {
            match &line.answer {
                Reception::Accepted { quantity, slot, .. } => {
                    accepted.push((line.item, *quantity));
                    slots.push(*slot);
                }
                Reception::Refused { .. } => refused.push(line.item),
            }
        }
        slots.dedup();
        let into = if let [slot] = slots.as_slice() {
            self.names.slot(*slot)
        } else {
            self.count_of(slots.len(), "个库位", "slots")
        };
        let none = accepted.is_empty();
        let items = self.items(accepted);
        let refused = self.listed(refused, |item| self.item(item, None));
        match (none, refused.is_empty()) {
            (false, true) => self.say(
                format!("从{by}处接收{items}，放入{into}"),
                format!("received {items} from {by} into {into}"),
            ),
            (false, false) => self.say(
                format!("从{by}处接收{items}，放入{into}；拒收{refused}"),
                format!("received {items} from {by} into {into} and refused {refused}"),
            ),
            (true, _) => {
                self.say(format!("拒收{by}送交的{refused}"), format!("refused {refused} brought by {by}"))
            }
        }
    }

    fn delivery(&self, it: &Delivery) -> String {
        let (by, case, lines) =
            (self.names.person(it.delivered_by), self.names.case(it.case), it.lines.len());
        let missing = match it.missing.len() {
            0 => ("，清单所列都已到齐".to_owned(), " and nothing is missing".to_owned()),
            n => (format!("，尚有 {n} 项未送到"), format!("; {n} lines have not come")),
        };
        self.say(
            format!("为{by}送交的 {lines} 项出具入库单，案号 {case}{}", missing.0),
            format!("concluded the delivery of {lines} lines by {by}, case {case}{}", missing.1),
        )
    }

    fn moved(&self, it: &Move) -> String {
        let items = self.items(it.lines.iter().map(|line| (line.item, line.quantity)));
        let to = match it.lines.as_slice() {
            [line, rest @ ..] if rest.iter().all(|other| other.to == line.to) => self.names.slot(line.to),
            lines => self.count_of(lines.len(), "个库位", "slots"),
        };
        let from = it.lines.first().map_or_else(String::new, |line| self.names.slot(line.from));
        self.say(format!("将{items}从{from}移到{to}"), format!("moved {items} from {from} to {to}"))
    }

    fn check_out(&self, it: &CheckOut) -> String {
        let (items, borrower) = (self.held(&it.lines), self.names.person(it.borrower));
        let (purpose, due) = (&it.purpose, it.due_at.text());
        self.say(
            format!("将{items}借给{borrower}，用途：{purpose}，{due} 前归还"),
            format!("lent {items} to {borrower} for {purpose}, due back {due}"),
        )
    }

    fn deposit(&self, it: &Deposit) -> String {
        let (items, bank, slip) = (self.taken(&it.lines), self.names.store(it.bank), &it.slip);
        self.say(
            format!("将{items}缴存{bank}，缴款凭证 {slip}"),
            format!("deposited {items} in {bank}, slip {slip}"),
        )
    }

    fn offer(&self, it: &Offer) -> String {
        let offer = &it.statement;
        let items = self.items(offer.lines.iter().map(|line| (line.item, line.quantity)));
        let (to, until) = (&offer.to_name, offer.expires_at.text());
        let zh = offer.purpose.text(Language::Zh);
        let en = offer.purpose.text(Language::En).to_lowercase();
        self.say(
            format!("向{to}提出换押（{zh}）：{items}，{until} 前答复"),
            format!("offered {items} to {to} ({en}), to be answered by {until}"),
        )
    }

    fn exchange(&self, it: &Exchange) -> String {
        let lines = &it.statement.lines;
        let (refused, accepted): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.answer.is_refusal());
        let remarks =
            accepted.iter().filter(|line| matches!(line.answer, Answer::AcceptedWithRemark(_))).count();
        let (to, case) = (&it.statement.to.name, &it.statement.to.case_number);
        let names =
            |lines: &[&crate::ledger::AnsweredLine]| self.listed(lines, |line| self.item(line.item, None));
        let remarked = match remarks {
            0 => (String::new(), String::new()),
            count => (format!("（其中 {count} 件有备注）"), format!(" ({count} with a remark)")),
        };
        let left = if refused.is_empty() {
            (String::new(), String::new())
        } else {
            let items = names(&refused);
            (format!("；拒收{items}，责任不变"), format!("; refused {items}, which stay with the giver"))
        };
        if accepted.is_empty() {
            return self.say(
                format!("代表{to}拒收移交的全部财物：{}", names(&refused)),
                format!("refused every line for {to}: {}", names(&refused)),
            );
        }
        let items = names(&accepted);
        self.say(
            format!("代表{to}签收{items}{}，从此由{to}负责，案号 {case}{}；实物不动", remarked.0, left.0),
            format!(
                "accepted {items}{} for {to}, which answers from now on, case {case}{}; nothing moved",
                remarked.1, left.1
            ),
        )
    }

    fn dispose(&self, it: &Dispose) -> String {
        let (items, voucher) = (self.held(&it.lines), &it.voucher);
        let (zh, en) = (outcome_word(Language::Zh, it.outcome), outcome_word(Language::En, it.outcome));
        let to = it.recipient.as_deref();
        let to_zh = to.map_or_else(String::new, |who| format!("，交{who}"));
        let to_en = to.map_or_else(String::new, |who| format!(" to {who}"));
        let (by_zh, by_en) = it.collector.as_ref().map_or_else(Default::default, |it| {
            let name = &it.name;
            (format!("，{name}领取"), format!(", collected by {name}"))
        });
        let seen: Vec<String> = it.witnesses.iter().map(|person| self.names.person(*person)).collect();
        let (seen_zh, seen_en) = match seen.is_empty() {
            true => (String::new(), String::new()),
            false => {
                (format!("，{}在场监销", seen.join("、")), format!(", witnessed by {}", seen.join(" and ")))
            }
        };
        self.say(
            format!("将{items}{zh}{to_zh}，凭证 {voucher}{by_zh}{seen_zh}"),
            format!("disposed of {items} ({en}{to_en}), voucher {voucher}{by_en}{seen_en}"),
        )
    }

    fn count(&self, it: &CountStatement) -> String {
        let store = self.names.store(it.store);
        let place = it.zone.as_ref().map_or_else(|| store.clone(), |zone| format!("{store} {zone}"));
        let CountStatement { expected, seen, not_found, not_looked_for, unexpected, .. } = it;
        let unvisited = match not_looked_for {
            0 => String::new(),
            _ => self.say(
                format!("，未查看库位上 {not_looked_for} 件"),
                format!(", {not_looked_for} in slots nobody visited"),
            ),
        };
        if let Some(reason) = &it.cancelled {
            return self.say(
                format!("取消盘点{place}：{reason}；至此应有 {expected} 件，见到 {seen} 件"),
                format!("gave up the count of {place}: {reason}; {expected} were expected and {seen} seen until then"),
            );
        }
        let differences = it.differences.len();
        self.say(
            format!(
                "盘点{place}：应有 {expected} 件，见到 {seen} 件，未找到 {not_found} 件{unvisited}，不应在此 {unexpected} 件，登记差异 {differences} 项"
            ),
            format!(
                "counted {place}: {expected} expected, {seen} seen, {not_found} not found{unvisited}, {unexpected} unexpected, {differences} differences raised"
            ),
        )
    }

    fn difference(&self, it: &RaisedDifference) -> String {
        let item = it.item.map_or_else(String::new, |item| self.item(item, None));
        let (owner, due, finding) =
            (self.names.unit(it.owner), it.due_at.text(), finding::told(self.language, &it.finding));
        self.say(
            format!("登记差异：{item} {finding}，由{owner}在 {due} 前了结"),
            format!("raised a difference: {item} {finding}, for {owner} to settle by {due}"),
        )
    }

    fn settle(&self, it: &SettleDifference) -> String {
        let finding = &it.finding;
        let cause = |language| it.cause.map_or_else(String::new, |cause| cause.text(language).to_owned());
        let (zh, en) = (cause(Language::Zh), cause(Language::En).to_lowercase());
        let (zh, en) = match (it.cause, it.entry) {
            (None, _) => (String::new(), String::new()),
            (Some(_), None) => (format!("（{zh}）"), format!(" ({en})")),
            (Some(_), Some(seq)) => (format!("（{zh}，见第 {seq} 号分录）"), format!(" ({en}, entry {seq})")),
        };
        self.say(format!("了结一项差异{zh}：{finding}"), format!("settled a difference{en}: {finding}"))
    }

    fn held(&self, lines: &[HeldLine]) -> String {
        self.items(lines.iter().map(|line| (line.item, line.quantity)))
    }

    fn taken(&self, lines: &[AccountLine]) -> String {
        self.items(lines.iter().map(|line| (line.item, line.quantity)))
    }

    fn items(&self, lines: impl IntoIterator<Item = (ItemId, i64)>) -> String {
        self.listed(lines, |(item, quantity)| self.item(item, Some(quantity)))
    }

    /// At most three in words, then how many there are. No more than those are put in words.
    fn listed<T>(&self, things: impl IntoIterator<Item = T>, text: impl FnMut(T) -> String) -> String {
        let mut things = things.into_iter();
        let texts: Vec<String> = things.by_ref().take(3).map(text).collect();
        match (texts.as_slice(), things.count()) {
            ([one, two, three], more @ 1..) => self.language.pick(
                format!("{one}、{two}、{three}等 {} 件财物", more + 3),
                format!("{one}, {two}, {three} and {more} more"),
            ),
            (few, _) => few.join(self.language.pick("、", ", ")),
        }
    }

    fn count_of(&self, count: usize, zh: &str, en: &str) -> String {
        self.language.pick(format!("{count} {zh}"), format!("{count} {en}"))
    }

    fn item(&self, id: ItemId, quantity: Option<i64>) -> String {
        let Some(name) = self.names.item(id) else {
            return format!("#{:08x}", id.0.as_fields().0);
        };
        match quantity {
            Some(quantity) => {
                let amount = self.amount(name, quantity);
                self.language.pick(
                    format!(" {} {}（{amount}）", name.number, name.name),
                    format!("{} {} ({amount})", name.number, name.name),
                )
            }
            None => self
                .language
                .pick(format!(" {} {}", name.number, name.name), format!("{} {}", name.number, name.name)),
        }
    }

    fn amount(&self, name: &ItemName, quantity: i64) -> String {
        amount(self.language, name, quantity)
    }
}

/// How much of it, in the reader's unit.
fn amount(language: Language, name: &ItemName, quantity: i64) -> String {
    let text = name.measure.text(quantity, name.counted_as.as_deref());
    match language {
        Language::Zh => text,
        Language::En => in_english(&text),
    }
}

fn outcome_word(language: Language, outcome: Outcome) -> &'static str {
    let (zh, en) = match outcome {
        Outcome::ReturnedToOwner => ("发还", "returned to the owner"),
        Outcome::Forfeited => ("没收", "forfeited"),
        Outcome::Sold => ("变卖", "sold"),
        Outcome::Auctioned => ("拍卖", "auctioned"),
        Outcome::Destroyed => ("销毁", "destroyed"),
        Outcome::TransferredOut => ("移送", "transferred out"),
    };
    language.pick(zh, en)
}
