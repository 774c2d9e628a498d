//! The entry that a row speaks of. What the row leaves out is as a proper entry would have it.

use super::{
    day::Day,
    disposals, keys, losses, places, roster,
    row::{Line, Row, duty_account, id, party, stock_account},
};
use crate::{
    clock::{Moment, Span},
    id::ItemId,
    ledger::{
        AccountLine, AdoptRules, Approve, ApprovedAct, ApprovedCorrection, ApprovedLine, Arrive, Body,
        BoundLabel, Category, CheckOut, Child, ConfirmRules, Correct, CorrectedLine, CountStatement,
        Currency, DeclareError, DeclareLoss, DeliveredLine, Delivery, Denomination, Deposit, Description,
        DescriptionChange, DifferenceClass, Dispatch, Dispose, Draft, Edition, HeldLine, Holding, Itemise,
        Measure, MissingLine, Move, MovedLine, Offer, PaperKind, PaperRef, RaisedDifference, Receive,
        ReceivedLine, Reception, ReplaceLabel, ReplacedLabel, Return, Seize, SeizedLine, SettleDifference,
        SettlementCause, SingleThing, Split, Transfer, Withdraw, WithdrawCause,
    },
};
use chrono::NaiveDate;
use uuid::Uuid;

/// What came by one receipt, and at most one thing that is missing.
fn delivery(row: &Row) -> Delivery {
    let receipt = u64::try_from(row.number("receipt", 1)).unwrap();
    let missing = row.list("missing");
    let missing = missing.chunks(2).map(|it| MissingLine {
        item: id(it[0]),
        owed_by: id("A"),
        quantity: it[1].parse().unwrap(),
    });
    Delivery {
        case: id("a"),
        delivered_by: id(row.option("from", "officer")),
        lines: row.lines.iter().map(|it| DeliveredLine { item: id(it.item), receipt }).collect(),
        missing: missing.collect(),
    }
}

impl Day {
    pub(super) fn draft(&self, row: &Row) -> Draft {
        let body = self.body(row);
        let kind = if row.verb == "split" { PaperKind::Report } else { PaperKind::SeizureList };
        let paper = PaperRef { kind, number: row.option("paper", "扣〔2026〕1号").to_owned() };
        Draft {
            id: Uuid::from_u128(u128::from(self.seq) + 1).into(),
            happened_at: self.at(row, "at", 0),
            actor: roster::actor(row.who),
            unit: id(row.option("unit", "A")),
            station: (row.verb == "station").then(|| id(row.name(0))),
            papers: vec![paper; usize::try_from(row.number("papers", 1)).unwrap()],
            signatures: self.signatures(row, &body),
            body,
        }
    }

    /// The option's minutes from now; `never` is the end of time.
    pub(super) fn at(&self, row: &Row, key: &str, proper_minutes: i64) -> Moment {
        match row.option(key, "") {
            "never" => Moment(i64::MAX),
            _ => self.now.plus(Span::minutes(row.number(key, proper_minutes))),
        }
    }

    fn body(&self, row: &Row) -> Body {
        let text = |key, proper| row.option(key, proper).to_owned();
        let held = |slot: fn(&Line) -> _| {
            let line = |it: &Line| HeldLine { item: id(it.item), quantity: it.quantity, slot: slot(it) };
            row.lines.iter().map(line).collect()
        };
        let out_of = |it: &Line| id(it.from);
        let into = |it: &Line| id(it.to);
        match row.verb {
            "seize" => Body::Seize(seize(row)),
            "receive" => Body::Receive(self.receive(row)),
            "delivery" => Body::Delivery(delivery(row)),
            "move" => {
                let line = |it: &Line| MovedLine {
                    item: id(it.item),
                    quantity: it.quantity,
                    from: id(it.from),
                    to: id(it.to),
                };
                Body::Move(Move { lines: row.lines.iter().map(line).collect(), reason: None })
            }
            "dispatch" => {
                let carrier = id(row.option("carrier", "driver"));
                Body::Dispatch(Dispatch { to: id(row.name(0)), carrier, lines: held(out_of) })
            }
            "arrive" => Body::Arrive(Arrive { at: id(row.name(0)), lines: held(into) }),
            "check_out" => Body::CheckOut(CheckOut {
                approval: id(row.name(0)),
                borrower: id(row.option("borrower", "lab")),
                purpose: text("purpose", "鉴定"),
                due_at: self.at(row, "due", 60),
                lines: held(out_of),
            }),
            "return" => Body::Return(Return {
                borrower: id(row.option("borrower", "lab")),
                condition: text("condition", "完好"),
                lines: held(into),
            }),
            "split" => Body::Split(split(row)),
            "itemise" => Body::Itemise(itemise(row)),
            "replace_label" => Body::ReplaceLabel(replace_label(row)),
            "deposit" => Body::Deposit(Deposit {
                bank: id(row.name(0)),
                slip: text("slip", "缴款书 7"),
                lines: account_lines(row),
            }),
            "approve" => Body::Approve(self.approve(row)),
            "offer" => Body::Offer(Offer { statement: self.offer(row) }),
            "withdraw" => Body::Withdraw(Withdraw {
                handover: id(row.name(0)),
                cause: if row.names.contains(&"expired") {
                    WithdrawCause::Expired
                } else {
                    WithdrawCause::Withdrawn
                },
                reason: text("reason", "材料不全"),
            }),
            "exchange" => Body::Exchange(self.exchange(row)),
            "dispose" => Body::Dispose(Dispose {
                approval: id(row.name(0)),
                lines: held(out_of),
                ..disposals::dispose(row, self.edition)
            }),
            "declare_loss" => Body::DeclareLoss(DeclareLoss {
                approval: id(row.name(0)),
                lines: account_lines(row),
                ..losses::declare(row, self.edition)
            }),
            "count" => Body::CountStatement(self.count(row)),
            "raise" => {
                Body::RaiseDifference(self.difference(row, row.name(0), row.names.get(1).map(|it| id(it))))
            }
            "settle" => Body::SettleDifference(SettleDifference {
                difference: id(row.name(0)),
                finding: text("finding", "已找到"),
                cause: SettlementCause::from_word(row.option("cause", "explained")),
                entry: row.options.get("shown").map(|text| text.parse().unwrap()),
            }),
            "declare_error" => Body::DeclareError(self.declare_error(row)),
            "correct" => Body::Correct(self.correct(row)),
            "register" => keys::register(row),
            "confirm" => keys::confirm(row),
            "revoke" => keys::revoke(row),
            "unit" => roster::unit(row),
            "appoint" => roster::appoint(row),
            "reset" => roster::reset(row),
            "station" => roster::station(row),
            "store" => places::store(row),
            "slots" => places::slots(row),
            "adopt_rules" => {
                let day = row.option("day", "2026-03-01").parse().unwrap();
                let new =
                    AdoptRules::new(row.option("text", "# 规则\n"), day, row.option("reason", "市局文件"));
                let digest = text("digest", &new.digest.clone());
                Body::AdoptRules(AdoptRules { digest, ..new })
            }
            "confirm_rules" => {
                let digest = AdoptRules::new(row.option("text", "# 规则\n"), NaiveDate::default(), "").digest;
                Body::ConfirmRules(ConfirmRules { adoption: row.name(0).parse().unwrap(), digest })
            }
            verb => panic!("no entry is called «{verb}»"),
        }
    }

    fn receive(&self, row: &Row) -> Receive {
        let differences = row.list("diff");
        let line = |(at, it): (usize, &Line)| ReceivedLine {
            item: id(it.item),
            owed_by: id(row.option("owed", "A")),
            answer: match row.options.get("refuse") {
                Some(reason) => Reception::Refused { reason: (*reason).to_owned() },
                None => Reception::Accepted {
                    quantity: it.quantity,
                    slot: id(it.to),
                    label: BoundLabel {
                        code: row.option("label", it.item).to_owned(),
                        copy: u32::try_from(row.number("copy", 1)).unwrap(),
                    },
                    weighing: None,
                    seal: None,
                    photographs: vec![],
                    damaged: row.names.contains(&"damaged"),
                    remark: None,
                    second: row.options.get("second").map(|name| id(name)),
                    denominations: row
                        .options
                        .get("face")
                        .map_or(vec![], |face| vec![Denomination { face: face.parse().unwrap(), pieces: 1 }]),
                },
            },
            difference: differences.get(at).map(|name| self.difference(row, name, Some(id(it.item)))),
        };
        let lines = row.lines.iter().enumerate().map(line).collect();
        Receive { delivered_by: id(row.option("from", "officer")), lines }
    }

    pub(super) fn difference(&self, row: &Row, name: &str, item: Option<ItemId>) -> RaisedDifference {
        RaisedDifference {
            difference: id(name),
            class: DifferenceClass::from_word(row.option("class", "short")).unwrap(),
            item: row.options.get("about").map_or(item, |name| Some(id(name))),
            finding: match row.options.get("long") {
                Some(length) => "长".repeat(length.parse().unwrap()),
                None => row.option("finding", "少一件").to_owned(),
            },
            owner: id("A"),
            due_at: self.at(row, "due", 60),
            brought_by: row.options.get("brought").map(|name| id(name)),
            case: None,
            photograph: None,
        }
    }

    fn approve(&self, row: &Row) -> Approve {
        let act = match row.name(1) {
            "check_out" => ApprovedAct::CheckOut,
            "dispose" => ApprovedAct::Dispose,
            "declare_loss" => ApprovedAct::DeclareLoss,
            _ => ApprovedAct::Correct,
        };
        let line = |it: &Line| ApprovedLine { item: id(it.item), quantity: it.quantity };
        let approved: Vec<CorrectedLine> =
            row.lines.iter().filter(|it| it.to != "nowhere").map(corrected_line).collect();
        let declaration = u64::try_from(row.number("for", 0)).unwrap();
        let descriptions = self.descriptions(row);
        let what = ApprovedCorrection { declaration, lines: approved, descriptions };
        let lines = match what.covered() {
            covered if covered.is_empty() => row.lines.iter().map(line).collect(),
            covered => covered.into_iter().map(|(item, quantity)| ApprovedLine { item, quantity }).collect(),
        };
        let correction = (act == ApprovedAct::Correct && self.edition >= Edition::SECOND).then_some(what);
        Approve {
            approval: id(row.name(0)),
            act,
            requester: id(row.option("requester", "officer")),
            purpose: row.option("purpose", "办案需要").to_owned(),
            expires_at: self.at(row, "expires", 24 * 60),
            lines,
            correction,
            disposal: disposals::approved(row, act, self.edition),
            loss: losses::approved(row, act, self.edition),
        }
    }

    fn correct(&self, row: &Row) -> Correct {
        Correct {
            declaration: row.name(0).parse().unwrap(),
            approval: id(row.name(1)),
            consents: row.list("consents").into_iter().map(id).collect(),
            lines: row.lines.iter().map(corrected_line).collect(),
            descriptions: self.descriptions(row),
        }
    }

    /// `as_name=X1:旧:新` and the like; `photo=ab` shows all of them, `of=9` says another quantity than stands.
    fn descriptions(&self, row: &Row) -> Vec<Description> {
        let fields = ["name", "category", "features", "seal", "quantity", "label"];
        let told = fields.into_iter().flat_map(|field| {
            let key = format!("to_{field}");
            row.list_of(&key).into_iter().map(move |text| (field, text)).collect::<Vec<_>>()
        });
        told.map(|(field, text)| self.description(row, field, text)).collect()
    }

    fn description(&self, row: &Row, field: &str, text: &str) -> Description {
        let mut parts = text.split(':');
        let mut part = || parts.next().unwrap_or_default();
        let (item, from, to) = (part(), part().to_owned(), part().to_owned());
        let some = |text: &str| Some(text.to_owned()).filter(|text| text != "-");
        let label = |code: &str| BoundLabel {
            code: code.to_owned(),
            copy: u32::try_from(row.number("copy", 1)).unwrap(),
        };
        let change = match field {
            "name" => DescriptionChange::Name { from, to },
            "category" => DescriptionChange::Category {
                from: Category::from_word(&from).unwrap(),
                to: Category::from_word(&to).unwrap(),
            },
            "features" => DescriptionChange::Features { from, to },
            "seal" => DescriptionChange::Seal { from: some(&from), to: some(&to) },
            "quantity" => DescriptionChange::Quantity {
                to: to.parse().unwrap(),
                account: stock_account(&from.replace('.', ":")),
            },
            _ => DescriptionChange::Label { from: some(&from).map(|code| label(&code)), to: label(&to) },
        };
        let stands = self.state.descriptions.get(&id(item)).map_or(1, |facts| facts.quantity);
        Description {
            item: id(item),
            quantity: row.number("of", stands),
            change,
            photographs: row.list("photo").into_iter().map(str::to_owned).collect(),
        }
    }

    fn count(&self, row: &Row) -> CountStatement {
        let outcome = |key, proper| u32::try_from(row.number(key, proper)).unwrap();
        CountStatement {
            count: id(row.name(0)),
            store: id("K"),
            zone: None,
            as_of: row.options.get("as_of").map_or(self.seq, |text| text.parse().unwrap()),
            expected: outcome("expected", 0),
            seen: outcome("seen", 0),
            on_loan: outcome("loan", 0),
            not_found: outcome("missing", 0),
            not_looked_for: outcome("unvisited", 0),
            unexpected: outcome("extra", 0),
            rolled_forward: 0,
            cancelled: row.options.get("cancelled").map(|reason| (*reason).to_owned()),
            differences: row.list("diff").into_iter().map(|name| self.difference(row, name, None)).collect(),
        }
    }

    fn declare_error(&self, row: &Row) -> DeclareError {
        let wrong_seq = row.name(0).parse().unwrap();
        let wrong = self.state.entries.get(&wrong_seq).map_or(id("?"), |entry| entry.id);
        let wrong = row.options.get("id").map_or(wrong, |name| id(name));
        DeclareError { wrong_seq, wrong, reason: row.option("reason", "录错库位").to_owned() }
    }
}

fn seize(row: &Row) -> Seize {
    let party = party(row.name(0));
    let line = |(at, it): (usize, &Line)| SeizedLine {
        item: id(it.item),
        number: row.item_number(at, it.item),
        paper_line: u32::try_from(at).unwrap() + 1,
        name: row.option("name", "手机").to_owned(),
        category: Category::General,
        features: String::new(),
        particulars: crate::ledger::Particulars::default(),
        measure: measure(it.item),
        quantity: it.quantity,
        counted_as: None,
        holding: if row.names.contains(&"in_place") { Holding::InPlace } else { Holding::InHand },
    };
    Seize { case: party.case, unit: party.unit, lines: row.lines.iter().enumerate().map(line).collect() }
}

/// The first line becomes the others.
fn itemise(row: &Row) -> Itemise {
    let things = row.lines[1..].iter().enumerate();
    Itemise {
        item: id(row.lines[0].item),
        owed_by: id(row.option("owed", "A")),
        delivered_by: id(row.option("from", "officer")),
        things: things
            .map(|(at, it)| SingleThing { item: id(it.item), number: row.item_number(at, it.item) })
            .collect(),
    }
}

/// The second copy of each thing's label, unless the row says another.
fn replace_label(row: &Row) -> ReplaceLabel {
    let copy = |key, proper| u32::try_from(row.number(key, proper)).unwrap();
    let line = |it: &Line| ReplacedLabel {
        item: id(it.item),
        from: BoundLabel { code: row.option("was", it.item).to_owned(), copy: copy("from_copy", 1) },
        to: BoundLabel { code: row.option("label", it.item).to_owned(), copy: copy("copy", 2) },
    };
    let reason = row.option("reason", "标签破损").to_owned();
    ReplaceLabel { lines: row.lines.iter().map(line).collect(), reason }
}

/// The first line is the parent.
fn split(row: &Row) -> Split {
    let parent = &row.lines[0];
    let child = |(at, it): (usize, &Line)| Child {
        item: id(it.item),
        number: row.item_number(at, it.item),
        name: row.option("name", "分装").to_owned(),
        quantity: it.quantity,
        slot: id(it.to),
        seal: None,
    };
    Split {
        item: id(parent.item),
        from: id(parent.from),
        quantity: parent.quantity,
        lost: row.number("lost", 0),
        children: row.lines[1..].iter().enumerate().map(child).collect(),
        reason: row.option("reason", "送检").to_owned(),
        approval: row.options.get("by").map(|name| id(name)),
    }
}

fn account_lines(row: &Row) -> Vec<AccountLine> {
    let line =
        |it: &Line| AccountLine { item: id(it.item), quantity: it.quantity, from: stock_account(it.from) };
    row.lines.iter().map(line).collect()
}

fn corrected_line(it: &Line) -> CorrectedLine {
    CorrectedLine {
        item: id(it.item),
        quantity: it.quantity,
        transfer: match (duty_account(it.from), duty_account(it.to)) {
            (Some(from), Some(to)) => Transfer::Duty { from, to },
            _ => Transfer::Stock { from: stock_account(it.from), to: stock_account(it.to) },
        },
    }
}

/// By the item's first letter: M is money, G is weighed in milligrams, the rest are counted.
pub(super) fn measure(item: &str) -> Measure {
    match item.chars().next() {
        Some('M') => Measure::Minor(Currency::new("CNY").unwrap()),
        Some('G') => Measure::Milligram,
        _ => Measure::Piece,
    }
}
