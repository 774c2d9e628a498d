//! The tables beside the journal, derived again from the entries: items, photographs, handovers, approvals, differences,
//! counts, declared errors and papers. A row that says something else, is missing or is too many is a finding that names
//! the entry it should come from.

use super::{
    comparison::{Derived, TableComparison},
    keys::Keys,
    papers::Papers,
    roster::{RosterTables, called},
    rows::{ApprovalRow, CountRow, DifferenceRow, ErrorRow, HandoverRow, ItemRow, LineRow, ReceiptLineRow},
};
use crate::{
    id::{ApprovalId, CountId, DifferenceId, HandoverId, ItemId, PersonId, UnitId},
    ledger::{
        Approve, Commitment, Description, DescriptionChange, Edition, Entry, Exchange, Itemise, Mentions,
        Offer, RaisedDifference, Receive, Reception, Register, RosterAct, Seize, SignerRole, Split, State,
        WithdrawCause,
        identifiers::{IN_FEATURES, IN_NAME, identifiers, numbers_in},
    },
    store::{
        Error, Tx,
        db::on,
        keys::{self, AgencyKey},
        offer_drafts::told_text,
        particulars::{particulars_text, read_particulars},
        project,
    },
};
use std::collections::BTreeSet;

#[derive(Default)]
pub(super) struct Tables {
    items: Derived<ItemId, ItemRow>,
    photographs: Derived<(ItemId, String), i64>,
    description_corrections: Derived<(i64, i64), (ItemId, String)>,
    identifiers: Derived<(ItemId, String, String), ()>,
    handovers: Derived<HandoverId, HandoverRow>,
    handover_lines: Derived<(HandoverId, i64), LineRow>,
    approvals: Derived<ApprovalId, ApprovalRow>,
    approval_lines: Derived<(ApprovalId, ItemId), i64>,
    differences: Derived<DifferenceId, DifferenceRow>,
    counts: Derived<CountId, CountRow>,
    declared_errors: Derived<i64, ErrorRow>,
    receipt_lines: Derived<(i64, ItemId), ReceiptLineRow>,
    missing_lines: Derived<(i64, ItemId, UnitId), i64>,
    papers: Papers,
    keys: Keys,
    roster: RosterTables,
    /// Whether anything was recorded before keys were entries.
    first_edition: bool,
    /// Whether anything was recorded since who and what there is are entries.
    later_edition: bool,
}

impl Tables {
    pub(super) fn begin(papers: Papers) -> Tables {
        Tables { papers, ..Tables::default() }
    }

    /// Takes in one entry, in the order of the journal.
    pub(super) fn take(&mut self, entry: &Entry, commitment: &Commitment) {
        let seq = entry.seq.cast_signed();
        self.first_edition |= entry.edition == Edition::FIRST;
        self.later_edition |= entry.edition > Edition::FIRST;
        match entry.draft.body.register() {
            Register::Nothing => (),
            Register::Items(it) => self.seize(entry, it),
            Register::Receipts(it) => {
                self.receive(entry, it);
                let (unit, delivered_by) = (entry.draft.unit, it.delivered_by);
                let row = ReceiptLineRow { unit, delivered_by, delivery: None };
                self.receipt_lines.extend(it.lines.iter().map(|line| ((seq, line.item), (seq, row))));
            }
            Register::Delivery(it) => {
                for line in &it.lines {
                    if let Some((_, row)) =
                        self.receipt_lines.get_mut(&(line.receipt.cast_signed(), line.item))
                    {
                        row.delivery = Some(seq);
                    }
                }
                let missing =
                    it.missing.iter().map(|line| ((seq, line.item, line.owed_by), (seq, line.quantity)));
                self.missing_lines.extend(missing);
            }
            Register::Parts(it) => self.split(entry, it),
            Register::SingleThings(it) => self.itemise(entry, it),
            Register::Labels(it) => self.describe(seq, &it.descriptions()),
            Register::Approval(it) => self.approve(entry, it),
            Register::Offer(it) => self.offer(entry, it),
            Register::Withdrawal(it) => {
                if let Some((_, row)) = self.handovers.get_mut(&it.handover) {
                    let state = if it.cause == WithdrawCause::Expired { "expired" } else { "withdrawn" };
                    (row.state, row.end_seq) = (state.to_owned(), Some(seq));
                }
            }
            Register::Exchange(it) => self.exchange(seq, it),
            Register::Count(it) => {
                let (id, zone, as_of) = (it.count, it.zone.clone(), it.as_of.cast_signed());
                let row = CountRow { id, store: it.store, zone, as_of, statement_seq: seq };
                self.counts.insert(id, (seq, row));
            }
            Register::Settlement(it) => {
                if let Some((_, row)) = self.differences.get_mut(&it.difference) {
                    (row.settled_seq, row.settlement) = (Some(seq), Some(it.finding.clone()));
                }
            }
            Register::Error(it) => {
                let row =
                    ErrorRow { declaration: seq, wrong_seq: it.wrong_seq.cast_signed(), corrected: None };
                self.declared_errors.insert(seq, (seq, row));
            }
            Register::Correction(it) => {
                if let Some((_, row)) = self.declared_errors.get_mut(&it.declaration.cast_signed()) {
                    row.corrected = Some(seq);
                }
                self.describe(seq, &it.descriptions);
            }
            Register::Key(act) => self.keys.take(seq, act),
            Register::Roster(act) => {
                self.roster.take(seq, act);
                if let RosterAct::Person(it) = act {
                    self.keys.end(seq, it, self.roster.agency_of(it.unit));
                }
            }
        }
        let mentions = Mentions::of(&entry.draft.body);
        for approval in &mentions.used_approvals {
            if let Some((_, row)) = self.approvals.get_mut(approval) {
                row.used_seq = Some(seq);
            }
        }
        self.raise(&mentions.raised, seq);
        self.papers.take(entry, commitment, &self.roster);
    }

    fn approve(&mut self, entry: &Entry, approve: &Approve) {
        let seq = entry.seq.cast_signed();
        let row = ApprovalRow {
            id: approve.approval,
            act: approve.act.word().to_owned(),
            approver: entry.draft.actor,
            requester: approve.requester,
            purpose: approve.purpose.clone(),
            expires_at: approve.expires_at,
            given_seq: seq,
            used_seq: None,
        };
        self.approvals.insert(approve.approval, (seq, row));
        let lines = approve.lines.iter().map(|line| ((approve.approval, line.item), (seq, line.quantity)));
        self.approval_lines.extend(lines);
    }

    fn raise(&mut self, raised: &[&RaisedDifference], seq: i64) {
        for raised in raised {
            let row = DifferenceRow {
                id: raised.difference,
                class: raised.class.word().to_owned(),
                item: raised.item,
                finding: raised.finding.clone(),
                owner: raised.owner,
                due_at: raised.due_at,
                raised_seq: seq,
                brought_by: raised.brought_by,
                case_id: raised.case,
                photograph: raised.photograph.clone(),
                settled_seq: None,
                settlement: None,
            };
            self.differences.insert(raised.difference, (seq, row));
        }
    }

    fn seize(&mut self, entry: &Entry, seize: &Seize) {
        let seq = entry.seq.cast_signed();
        let paper = entry.draft.papers.first().map_or("", |paper| paper.number.as_str());
        for line in &seize.lines {
            let row = ItemRow {
                id: line.item,
                number: line.number.clone(),
                case_id: seize.case,
                name: line.name.clone(),
                category: line.category.word().to_owned(),
                features: line.features.clone(),
                measure: line.measure.word().to_owned(),
                currency: line.measure.currency().map(|it| it.code().to_owned()),
                quantity: line.quantity,
                counted_as: line.counted_as.clone(),
                parent: None,
                seized_seq: seq,
                seized_at: entry.draft.happened_at,
                seized_by: entry.draft.actor,
                owed_by: seize.unit,
                paper_number: paper.to_owned(),
                paper_line: i64::from(line.paper_line),
                on_offer: None,
                label_code: None,
                label_copy: None,
                seal: None,
                gross_mg: None,
                received_at: None,
                open_quantity: 0,
                search_text: project::seized_search_text(line, paper),
                particulars: particulars_text(&line.particulars).unwrap_or_default(),
                listed: true,
            };
            for (field, identifier) in identifiers(&line.name, &line.features, &line.particulars) {
                self.identifiers.insert((line.item, field.to_owned(), identifier), (seq, ()));
            }
            self.items.insert(line.item, (seq, row));
        }
    }

    fn receive(&mut self, entry: &Entry, receive: &Receive) {
        let seq = entry.seq.cast_signed();
        for line in &receive.lines {
            let Reception::Accepted { label, weighing, seal, photographs, .. } = &line.answer else {
                continue;
            };
            for digest in photographs {
                self.photographs.entry((line.item, digest.clone())).or_insert((seq, seq));
            }
            if let Some((from, row)) = self.items.get_mut(&line.item) {
                *from = seq;
                row.label_code = Some(label.code.clone());
                row.label_copy = Some(i64::from(label.copy));
                row.seal.clone_from(seal);
                row.gross_mg = weighing.as_ref().map(|it| it.gross_mg);
                row.received_at = Some(entry.draft.happened_at);
            }
        }
    }

    fn describe(&mut self, seq: i64, descriptions: &[Description]) {
        for (line, it) in (1..).zip(descriptions) {
            for digest in &it.photographs {
                self.photographs.entry((it.item, digest.clone())).or_insert((seq, seq));
            }
            let change = serde_json::to_string(it).unwrap_or_default();
            self.description_corrections.insert((seq, line), (seq, (it.item, change)));
            let Some((from, row)) = self.items.get_mut(&it.item) else { continue };
            *from = seq;
            match &it.change {
                DescriptionChange::Name { to, .. } => {
                    row.name.clone_from(to);
                    find_by(&mut self.identifiers, (seq, it.item), IN_NAME, numbers_in(to));
                    row.search_text = format!("{} {}", row.search_text, project::search_text(&[to]));
                }
                DescriptionChange::Features { to, .. } => {
                    row.features.clone_from(to);
                    find_by(&mut self.identifiers, (seq, it.item), IN_FEATURES, numbers_in(to));
                    row.search_text = format!("{} {}", row.search_text, project::search_text(&[to]));
                }
                DescriptionChange::Category { to, .. } => to.word().clone_into(&mut row.category),
                DescriptionChange::Particular { field, to, .. } => {
                    let text = to.as_deref().unwrap_or_default();
                    row.search_text = format!("{} {}", row.search_text, project::search_text(&[text]));
                    let mut particulars = read_particulars(&row.particulars).unwrap_or_default();
                    particulars.set(*field, text);
                    row.particulars = particulars_text(&particulars).unwrap_or_default();
                    find_by(
                        &mut self.identifiers,
                        (seq, it.item),
                        field.word(),
                        particulars.identifiers_in(*field),
                    );
                }
                DescriptionChange::Seal { to, .. } => row.seal.clone_from(to),
                DescriptionChange::Quantity { to, .. } => row.quantity = *to,
                DescriptionChange::Label { to, .. } => {
                    row.label_code = Some(to.code.clone());
                    row.label_copy = Some(i64::from(to.copy));
                }
            }
        }
    }

    fn split(&mut self, entry: &Entry, split: &Split) {
        let seq = entry.seq.cast_signed();
        let Some((_, parent)) = self.items.get(&split.item).cloned() else { return };
        for child in &split.children {
            let row = ItemRow {
                name: child.name.clone(),
                quantity: child.quantity,
                seal: child.seal.clone(),
                received_at: Some(entry.draft.happened_at),
                search_text: project::search_text(&[&child.number, &child.name]),
                listed: false,
                ..parent.part(child.item, &child.number, seq)
            };
            self.items.insert(child.item, (seq, row));
        }
    }

    fn itemise(&mut self, entry: &Entry, itemise: &Itemise) {
        let seq = entry.seq.cast_signed();
        let Some((from, line)) = self.items.get_mut(&itemise.item) else { return };
        (*from, line.listed) = (seq, false);
        let line = line.clone();
        for thing in &itemise.things {
            let row = ItemRow { quantity: 1, listed: true, ..line.part(thing.item, &thing.number, seq) };
            self.items.insert(thing.item, (seq, row));
        }
    }

    fn offer(&mut self, entry: &Entry, offer: &Offer) {
        let seq = entry.seq.cast_signed();
        let statement = &offer.statement;
        let signature = entry.draft.signatures.iter().find(|signature| signature.role == SignerRole::Giver);
        let row = HandoverRow {
            id: statement.handover,
            purpose: statement.purpose.word().to_owned(),
            state: "offered".to_owned(),
            from_unit: statement.from.party.unit,
            from_case: statement.from.party.case,
            to_unit: statement.to_unit,
            to_case: None,
            expires_at: statement.expires_at,
            giver: signature.map(|it| it.person),
            offer_digest: signature.map(|it| it.digest.clone()),
            offer_seq: seq,
            end_seq: None,
            told: told_text(&statement.told).unwrap_or_default(),
        };
        self.handovers.insert(statement.handover, (seq, row));
        for (number, line) in (1..).zip(&statement.lines) {
            let row = LineRow {
                handover: statement.handover,
                line: number,
                item: line.item,
                quantity: line.quantity,
                suggestion: line.suggestion.word().to_owned(),
                answer: None,
                note: None,
            };
            self.handover_lines.insert((statement.handover, number), (seq, row));
        }
    }

    fn exchange(&mut self, seq: i64, exchange: &Exchange) {
        let statement = &exchange.statement;
        if let Some((_, row)) = self.handovers.get_mut(&statement.handover) {
            "concluded".clone_into(&mut row.state);
            row.to_case = Some(statement.to.party.case);
            row.end_seq = Some(seq);
        }
        for line in &statement.lines {
            let of_handover =
                self.handover_lines.range_mut((statement.handover, 0)..=(statement.handover, i64::MAX));
            for (_, (from, row)) in of_handover.filter(|(_, (_, row))| row.item == line.item) {
                *from = seq;
                row.answer = Some(line.answer.word().to_owned());
                row.note = line.answer.note().map(str::to_owned);
            }
        }
    }

    /// Compares every table with what follows from the entries.
    pub(super) async fn compare(mut self, tx: &mut Tx, state: &State) -> Result<TableComparison, Error> {
        for (item, (_, row)) in &mut self.items {
            row.on_offer = state.items.get(item).and_then(|facts| facts.on_offer);
            row.open_quantity = state.open_quantity(*item);
        }
        let mut compared = TableComparison::default();
        let rows: Vec<ItemRow> = on!(tx, conn => sqlx::query_as(ITEMS).fetch_all(conn).await?);
        let rows = rows.into_iter().map(|row| (row.id, row));
        compared.named_table(("财物", "items"), self.items, rows, |_, row| Some(row.number.clone()));
        let rows: Vec<(ItemId, String, i64)> =
            on!(tx, conn => sqlx::query_as(PHOTOGRAPHS).fetch_all(conn).await?);
        let rows = rows.into_iter().map(|(item, digest, seq)| ((item, digest), seq));
        compared.table(("照片", "photographs"), self.photographs, rows);
        let rows: Vec<(i64, i64, ItemId, String)> =
            on!(tx, conn => sqlx::query_as(DESCRIPTION_CORRECTIONS).fetch_all(conn).await?);
        let rows = rows.into_iter().map(|(seq, line, item, change)| ((seq, line), (item, change)));
        compared.table(("更正的记载", "corrected descriptions"), self.description_corrections, rows);
        let rows: Vec<(ItemId, String, String)> =
            on!(tx, conn => sqlx::query_as(IDENTIFIERS).fetch_all(conn).await?);
        let rows = rows.into_iter().map(|row| (row, ()));
        compared.table(("识别号", "identifiers"), self.identifiers, rows);
        let rows: Vec<HandoverRow> = on!(tx, conn => sqlx::query_as(HANDOVERS).fetch_all(conn).await?);
        compared.table(("移交", "handovers"), self.handovers, rows.into_iter().map(|row| (row.id, row)));
        let rows: Vec<LineRow> = on!(tx, conn => sqlx::query_as(HANDOVER_LINES).fetch_all(conn).await?);
        let rows = rows.into_iter().map(|row| ((row.handover, row.line), row));
        compared.table(("移交清单", "handover lines"), self.handover_lines, rows);
        let rows: Vec<ApprovalRow> = on!(tx, conn => sqlx::query_as(APPROVALS).fetch_all(conn).await?);
        compared.table(("审批", "approvals"), self.approvals, rows.into_iter().map(|row| (row.id, row)));
        let rows: Vec<(ApprovalId, ItemId, i64)> =
            on!(tx, conn => sqlx::query_as(APPROVAL_LINES).fetch_all(conn).await?);
        let rows = rows.into_iter().map(|(approval, item, quantity)| ((approval, item), quantity));
        compared.table(("审批明细", "approval lines"), self.approval_lines, rows);
        let rows: Vec<DifferenceRow> = on!(tx, conn => sqlx::query_as(DIFFERENCES).fetch_all(conn).await?);
        compared.table(("差异", "differences"), self.differences, rows.into_iter().map(|row| (row.id, row)));
        let rows: Vec<CountRow> = on!(tx, conn => sqlx::query_as(COUNTS).fetch_all(conn).await?);
        compared.table(("盘点", "counts"), self.counts, rows.into_iter().map(|row| (row.id, row)));
        let rows: Vec<ErrorRow> = on!(tx, conn => sqlx::query_as(ERRORS).fetch_all(conn).await?);
        let rows = rows.into_iter().map(|row| (row.declaration, row));
        compared.table(("更正声明", "error declarations"), self.declared_errors, rows);
        let rows: Vec<(i64, ItemId, UnitId, PersonId, Option<i64>)> =
            on!(tx, conn => sqlx::query_as(RECEIPT_LINES).fetch_all(conn).await?);
        let rows = rows.into_iter().map(|(receipt, item, unit, delivered_by, delivery)| {
            ((receipt, item), ReceiptLineRow { unit, delivered_by, delivery })
        });
        compared.table(("收件", "receipts"), self.receipt_lines, rows);
        let rows: Vec<(i64, ItemId, UnitId, i64)> =
            on!(tx, conn => sqlx::query_as(MISSING_LINES).fetch_all(conn).await?);
        let rows = rows.into_iter().map(|(seq, item, owed_by, quantity)| ((seq, item, owed_by), quantity));
        compared.table(("未到财物", "missing things of deliveries"), self.missing_lines, rows);
        self.papers.compare(tx, &mut compared).await?;
        let unrecorded = keys::of_first_edition(tx).await?;
        if !(self.first_edition || unrecorded.is_empty()) {
            let zh = "有不出自任何分录的旧签章密钥，而本账本没有第一版的分录".to_owned();
            compared.say(
                None,
                zh,
                "a key stands there that follows from no entry, and nothing here is that old".to_owned(),
            );
        }
        let rows = keys::all(tx).await?.into_iter().map(|row| (row.key.clone(), row));
        let people = self.roster.people();
        let named = |key: &String, row: &AgencyKey| Some(format!("{key} {}", called(&people, row.holder)));
        compared.named_table(("机关签章密钥", "agencies' keys"), self.keys.0, rows, named);
        // A ledger that was not yet opened to record since has everybody in rows alone.
        if self.later_edition {
            self.roster.compare(tx, &mut compared).await?;
        }
        Ok(compared)
    }
}

/// What identifies a thing by one field from this entry on.
fn find_by(
    identifiers: &mut Derived<(ItemId, String, String), ()>,
    (seq, item): (i64, ItemId),
    field: &str,
    found: BTreeSet<String>,
) {
    identifiers.retain(|(of, told, _), _| *of != item || told != field);
    identifiers.extend(found.into_iter().map(|key| ((item, field.to_owned(), key), (seq, ()))));
}

const ITEMS: &str = "select id, number, case_id, name, category, features, measure, currency, quantity, counted_as,
        parent, seized_seq, seized_at, seized_by, owed_by, paper_number, paper_line, on_offer, label_code, label_copy,
        seal, gross_mg, received_at, open_quantity, search_text, particulars, listed from items";
const IDENTIFIERS: &str = "select item, field, identifier from item_identifiers";
const PHOTOGRAPHS: &str = "select item, digest, seq from photographs";
const DESCRIPTION_CORRECTIONS: &str = "select seq, line, item, change from description_corrections";
const HANDOVERS: &str =
    "select id, purpose, state, from_unit, from_case, to_unit, to_case, expires_at, giver,
        offer_digest, offer_seq, end_seq, told from handovers where offer_seq is not null";
const HANDOVER_LINES: &str = "select l.handover, l.line, l.item, l.quantity, l.suggestion,
        case when h.state = 'concluded' then l.answer end as answer, case when h.state = 'concluded' then l.note end as note
    from handover_lines l left join handovers h on h.id = l.handover where h.offer_seq is not null or h.id is null";
const APPROVALS: &str =
    "select id, act, approver, requester, purpose, expires_at, given_seq, used_seq from approvals";
const APPROVAL_LINES: &str = "select approval, item, quantity from approval_lines";
const DIFFERENCES: &str = "select id, class, item, finding, owner, due_at, raised_seq, brought_by, case_id, photograph, settled_seq,
    settlement from differences";
const COUNTS: &str =
    "select id, store, zone, as_of, statement_seq from counts where statement_seq is not null";
const ERRORS: &str = "select declaration, wrong_seq, corrected from declared_errors";
const RECEIPT_LINES: &str = "select receipt, item, unit, delivered_by, delivery from receipt_lines";
const MISSING_LINES: &str = "select delivery, item, owed_by, quantity from missing_lines";
