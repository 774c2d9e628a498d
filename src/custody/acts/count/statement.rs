//! The end of a count: the book is compared with what was seen, and every disagreement becomes somebody's to settle.

use super::{
    checked::{Checked, more_or_less, sighting},
    mine, seen,
};
use crate::{
    app::App,
    clock::Moment,
    custody::recording::{Once, Recording},
    custody::{Conflict, Error, Invalid, Thing, access, counter::go_on, texts, turn},
    documents::{self, sentence},
    domain::{
        Finding, Person,
        count::{self, ExpectedItem, Line, Outcome, Question},
        counter::Activity,
    },
    id::{CountId, ItemId, SlotId},
    language::Language,
    ledger::{
        Body, CountStatement, DifferenceClass, Draft, Measure, Mentions, RaisedDifference, apply::TEXT_MAX,
    },
    live::News,
    store::{
        Recorded, Tx, as_of, auditor, counter,
        counts::{self, Count, CountItem, Sighting},
        differences::{self, Difference},
        journal, names, people, places,
    },
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Everything a finished count says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Statement {
    pub seq: u64,
    pub expected: u32,
    pub seen: u32,
    pub on_loan: u32,
    pub not_found: u32,
    /// In slots that nobody visited.
    pub not_looked_for: u32,
    pub unexpected: u32,
    pub rolled_forward: u32,
    /// Why it was given up.
    pub cancelled: Option<String>,
    pub lines: Vec<ResultLine>,
    pub differences: Vec<Difference>,
}

/// One line of the result, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ResultLine {
    pub item: Option<ItemId>,
    pub number: String,
    pub name: String,
    /// Where the book had it at the start; of what is surplus, where it had it when it was seen.
    pub slot: Option<String>,
    /// Where it was seen.
    pub seen_slot: Option<String>,
    /// The tag of [`Outcome`].
    pub outcome: &'static str,
    pub expected: Option<String>,
    /// What was counted or weighed; nothing where only a label was seen.
    pub seen: Option<String>,
    /// 盘盈
    pub surplus: Option<String>,
    /// 盘亏
    pub shortage: Option<String>,
    /// What was done with it; nothing where nobody saw it.
    pub checked: Vec<Checked>,
    pub seen_by: Option<String>,
    /// The entry by which it left meanwhile.
    pub left_by: Option<u64>,
    pub differs: bool,
}

/// The book and the scans of one count, with the names for both.
struct Comparison {
    count: Count,
    expected: Vec<ExpectedItem>,
    result: count::Result,
    items: BTreeMap<ItemId, CountItem>,
    slots: BTreeMap<SlotId, String>,
    /// Where the book had what is surplus here when it was seen.
    elsewhere: BTreeMap<ItemId, String>,
    sightings: Vec<Sighting>,
}

impl Comparison {
    /// As this person is told it.
    async fn of(tx: &mut Tx, me: &Person, count: Count) -> Result<Comparison, Error> {
        let zone = count.zone.as_deref();
        let expected = counts::expected(tx, count.store, zone, count.as_of).await?;
        let on_loan = counts::on_loan(tx, count.store, zone, count.as_of).await?;
        let movements = counts::movements(tx, &count, count.statement_seq).await?;
        let observations = counts::observations(tx, count.id).await?;
        let in_zone = |slot: &crate::domain::Slot| zone.is_none_or(|zone| zone == slot.zone);
        let all = places::slots(tx, count.store).await?;
        let slots: BTreeSet<SlotId> = all.iter().filter(|slot| in_zone(slot)).map(|slot| slot.id).collect();
        let visited = counts::visited(tx, count.id).await?;
        let now = movements.last().map_or(count.as_of, |movement| movement.seq);
        let result = count::work_out(&Question {
            expected: &expected,
            on_loan: &on_loan,
            movements: &movements,
            observations: &observations,
            slots: &slots,
            now,
            visited: &visited,
            finished: true,
        });
        let wanted: BTreeSet<ItemId> = result.lines.iter().filter_map(|line| line.item).collect();
        let items = counts::named(tx, &wanted).await?.into_iter().map(|item| (item.id, item)).collect();
        let mut names: BTreeMap<SlotId, String> = all.into_iter().map(|slot| (slot.id, slot.name)).collect();
        for line in &result.lines {
            // What moved on may lie in another store by now.
            if let Outcome::Misplaced { expected: Some(slot), .. } = line.outcome
                && let std::collections::btree_map::Entry::Vacant(entry) = names.entry(slot)
                && let Some(slot) = places::slot(tx, slot).await?
            {
                entry.insert(slot.full_name());
            }
        }
        let elsewhere = elsewhere(tx, me, &result).await?;
        let sightings = counts::sightings(tx, count.id).await?;
        Ok(Comparison { count, expected, result, items, slots: names, elsewhere, sightings })
    }

    fn slot(&self, slot: SlotId) -> &str {
        self.slots.get(&slot).map_or("—", String::as_str)
    }

    fn amount(&self, item: ItemId, quantity: i64) -> String {
        let measured = self.items.get(&item).and_then(|item| {
            let measure = Measure::from_word(&item.measure, item.currency.as_deref())?;
            Some(measure.text(quantity, item.counted_as.as_deref()))
        });
        measured.unwrap_or_else(|| quantity.to_string())
    }

    fn line(&self, line: &Line) -> ResultLine {
        let named = line.item.and_then(|item| self.items.get(&item));
        let at = |item| self.expected.iter().find(|it| it.item == item && Some(it.slot) == line.slot);
        let booked = line.item.and_then(at).map(|it| self.amount(it.item, it.quantity));
        let sighting = sighting(&self.sightings, line);
        let counted = sighting.and_then(|it| it.quantity);
        let amount = |item, quantity| self.amount(item, quantity);
        let (more, less) = more_or_less(&line.outcome, counted, line.item.and_then(at).map(|it| it.quantity));
        let measure = named.and_then(|item| Measure::from_word(&item.measure, item.currency.as_deref()));
        let slot = line.slot.map(|slot| self.slot(slot).to_owned());
        let mut shown = ResultLine {
            item: line.item,
            number: named.map_or_else(String::new, |item| item.number.clone()),
            name: named.map_or_else(String::new, |item| item.name.clone()),
            slot: slot.clone(),
            seen_slot: None,
            outcome: tag(&line.outcome),
            expected: booked,
            seen: line.item.zip(counted).map(|(item, counted)| self.amount(item, counted)),
            surplus: more.map(|it| it.text(line.item, amount)),
            shortage: less.map(|it| it.text(line.item, amount)),
            checked: sighting.map_or_else(Vec::new, |it| Checked::of(it, &line.outcome, measure.as_ref())),
            seen_by: sighting.map(|it| it.seen_by.clone()),
            left_by: None,
            differs: class(&line.outcome).is_some(),
        };
        match &line.outcome {
            Outcome::Seen => shown.seen_slot = slot,
            Outcome::Misplaced { seen, .. } => shown.seen_slot = Some(self.slot(*seen).to_owned()),
            Outcome::WrongSeal { expected, seen } => {
                shown.seen_slot = slot;
                shown.expected = Some(expected.clone().unwrap_or_else(|| "—".to_owned()));
                shown.seen = Some(seen.clone());
            }
            Outcome::WrongQuantity { expected, seen } => {
                let amount = |quantity| line.item.map(|item| self.amount(item, quantity));
                (shown.seen_slot, shown.expected, shown.seen) = (slot, amount(*expected), amount(*seen));
            }
            Outcome::LeftMeanwhile { seq } => shown.left_by = Some(*seq),
            Outcome::Surplus { seen, .. } => {
                let booked = line.item.and_then(|item| self.elsewhere.get(&item));
                (shown.slot, shown.seen_slot) = (booked.cloned(), Some(self.slot(*seen).to_owned()));
            }
            Outcome::UnknownCode { code } => {
                shown.number.clone_from(code);
                (shown.seen_slot, shown.slot) = (shown.slot, None);
            }
            Outcome::OnLoan | Outcome::NotFound | Outcome::NotYetLookedFor | Outcome::NotLookedFor => (),
        }
        shown
    }

    /// What was found, in a sentence that stays as it was written.
    fn finding(&self, line: &Line) -> String {
        let shown = self.line(line);
        let place = self.count.place();
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "—".to_owned());
        let (seen_slot, slot) = (or_none(shown.seen_slot), or_none(shown.slot));
        let (booked, seen) = (or_none(shown.expected), or_none(shown.seen));
        match &line.outcome {
            Outcome::Misplaced { expected, .. } => {
                let expected = expected.map_or("—", |slot| self.slot(slot));
                Finding::Misplaced.written(&[&place, expected, &seen_slot])
            }
            Outcome::WrongSeal { .. } => Finding::OtherSeal.written(&[&place, &booked, &seen]),
            Outcome::WrongQuantity { .. } => Finding::OtherQuantity.written(&[&place, &booked, &seen]),
            Outcome::Surplus { journal_at, .. } => {
                Finding::Surplus.written(&[&place, &seen_slot, &journal_at.to_string(), &slot])
            }
            Outcome::UnknownCode { code } => Finding::UnknownCode.written(&[&place, &seen_slot, code]),
            _ => Finding::NotFound.written(&[&place, &slot]),
        }
    }
}

/// Where the book had each surplus thing at the entry it was seen at: in which slot of which store, on loan to whom, or how
/// it had left.
async fn elsewhere(
    tx: &mut Tx,
    me: &Person,
    result: &count::Result,
) -> Result<BTreeMap<ItemId, String>, Error> {
    let mut booked = BTreeMap::new();
    for line in &result.lines {
        let (Some(item), Outcome::Surplus { journal_at, .. }) = (line.item, &line.outcome) else { continue };
        // Where another's thing should lie is not for those who found it: its own unit is told where it was seen.
        if !access::sees_item(tx, me, item).await? {
            continue;
        }
        let holdings = as_of::holdings(tx, &[item], *journal_at).await?;
        let mut mentioned = Mentions::default();
        holdings.iter().for_each(|it| mentioned.stock(&it.account));
        let names = names::names(tx, &mentioned).await?;
        let places = holdings.iter().map(|it| sentence::place(Language::Zh, &it.account, &names));
        booked.insert(item, places.collect::<Vec<_>>().join("、"));
    }
    Ok(booked)
}

fn tag(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Seen => "seen",
        Outcome::Misplaced { .. } => "misplaced",
        Outcome::WrongSeal { .. } => "wrong_seal",
        Outcome::WrongQuantity { .. } => "wrong_quantity",
        Outcome::LeftMeanwhile { .. } => "left_meanwhile",
        Outcome::OnLoan => "on_loan",
        Outcome::NotFound => "not_found",
        Outcome::Surplus { .. } => "surplus",
        Outcome::UnknownCode { .. } => "unknown_code",
        Outcome::NotYetLookedFor => "not_yet_looked_for",
        Outcome::NotLookedFor => "not_looked_for",
    }
}

/// The difference that an outcome is, if it is one.
fn class(outcome: &Outcome) -> Option<DifferenceClass> {
    match outcome {
        Outcome::NotFound => Some(DifferenceClass::Missing),
        Outcome::Misplaced { .. } => Some(DifferenceClass::Misplaced),
        Outcome::Surplus { .. } => Some(DifferenceClass::Surplus),
        Outcome::UnknownCode { .. } => Some(DifferenceClass::UnknownCode),
        Outcome::WrongSeal { .. } => Some(DifferenceClass::WrongSeal),
        Outcome::WrongQuantity { .. } => Some(DifferenceClass::WrongQuantity),
        Outcome::Seen
        | Outcome::LeftMeanwhile { .. }
        | Outcome::OnLoan
        | Outcome::NotYetLookedFor
        | Outcome::NotLookedFor => None,
    }
}

/// Ends the count: nothing more is observed, and its statement is recorded with one difference for each disagreement,
/// owned by the unit that keeps the store. Done twice, the second is a repeat.
pub async fn finish(app: &App, me: &Person, id: CountId) -> Result<Recorded, Error> {
    end(app, me, id, None).await
}

/// Gives the count up, for a reason that stays with it. Nothing is raised; what was seen until then is told by its statement, so that
/// nobody makes a shortage vanish by counting until it shows.
pub async fn cancel(app: &App, me: &Person, id: CountId, reason: &str) -> Result<Recorded, Error> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(say_why());
    }
    texts::recordable(texts::REASON, reason)?;
    end(app, me, id, Some(reason)).await
}

fn say_why() -> Error {
    Invalid::new(
        "reason_missing",
        ("没有写明取消的原因，盘点继续。", "It is not said why; the count goes on."),
        ("请写明原因。", "Write the reason."),
    )
}

async fn end(app: &App, me: &Person, id: CountId, cancelled: Option<&str>) -> Result<Recorded, Error> {
    let mut tx = app.db.write().await?;
    let count = mine(&mut tx, me, id).await?;
    counts::close(&mut tx, id, app.clock.now()).await?;
    go_on_at_counters(&mut tx, id, app.clock.now()).await?;
    tx.commit().await?;
    if let Some(seq) = count.statement_seq {
        return Ok(Recorded { seq, recorded_at: count.closed_at.unwrap_or(count.started_at), repeat: true });
    }
    let turn = turn(&app.costly.readings, me).await?;
    let comparison = Comparison::of(&mut app.db.read().await?, me, count).await?;
    drop(turn);
    let draft = draft(app, me, &comparison, cancelled);
    let recorded = match app.sequencer.record(draft).await {
        Ok(recorded) => recorded,
        Err(error) => stated_meanwhile(app, id).await?.ok_or(error)?,
    };
    app.live.tell(News::Count(id));
    Ok(recorded)
}

/// Whoever counted here is still on duty, and takes up the case that was open before.
async fn go_on_at_counters(tx: &mut Tx, id: CountId, now: Moment) -> Result<(), Error> {
    for (station, _) in counts::counted_at(tx, id).await? {
        if let Some((person, Activity::Counting { waiting, .. })) = counter::counter(tx, station).await? {
            let activity = go_on(tx, waiting).await?;
            counter::set(tx, station, person, &activity, now).await?;
        }
    }
    Ok(())
}

/// Two people end one count at the same moment: the second is told what the first recorded.
async fn stated_meanwhile(app: &App, id: CountId) -> Result<Option<Recorded>, Error> {
    let mut tx = app.db.read().await?;
    let count = counts::count(&mut tx, id).await?;
    Ok(count.and_then(|count| {
        let recorded_at = count.closed_at.unwrap_or(count.started_at);
        count.statement_seq.map(|seq| Recorded { seq, recorded_at, repeat: true })
    }))
}

fn draft(app: &App, me: &Person, comparison: &Comparison, cancelled: Option<&str>) -> Draft {
    let Comparison { count, result, .. } = comparison;
    let now = app.clock.now();
    let raised = result.lines.iter().filter(|_| cancelled.is_none()).filter_map(|line| {
        let class = class(&line.outcome)?;
        let finding = clipped(comparison.finding(line));
        let difference = app.ids.new_id();
        let due_at = app.rules().due(class.deadline(), now);
        Some(RaisedDifference {
            difference,
            class,
            item: line.item,
            finding,
            owner: count.keeper,
            due_at,
            brought_by: None,
            case: None,
            photograph: None,
        })
    });
    let statement = CountStatement {
        count: count.id,
        store: count.store,
        zone: count.zone.clone(),
        as_of: count.as_of,
        expected: result.expected,
        seen: result.seen,
        on_loan: result.on_loan,
        not_found: result.not_found,
        not_looked_for: result.not_looked_for,
        unexpected: result.unexpected,
        rolled_forward: result.rolled_forward,
        cancelled: cancelled.map(str::to_owned),
        differences: raised.collect(),
    };
    // One count has one statement, whoever asks for it and however often.
    Recording::new(app, me, Once::Statement(count.id).id()).draft(Body::CountStatement(statement))
}

/// No longer than a text of an entry may be: of a thing that lies in very many places, the first of them.
fn clipped(mut finding: String) -> String {
    if let Some((at, _)) = finding.char_indices().nth(TEXT_MAX) {
        finding.truncate(at);
        finding.pop();
        finding.push('…');
    }
    finding
}

/// What a finished count found. Refuses while it is open: who counts must not know what is expected.
pub async fn result(app: &App, me: &Person, id: CountId) -> Result<Statement, Error> {
    let _turn = turn(&app.costly.readings, me).await?;
    let mut tx = app.db.read().await?;
    let count = seen(&mut tx, me, id).await?;
    let Some(seq) = count.statement_seq else {
        return Err(Conflict::new(
            "count_open",
            ("盘点尚未结束，结果暂不显示。", "The count is still open; its result is not shown yet."),
            ("请先结束盘点。", "End the count first."),
        ));
    };
    stated(&mut tx, me, count, seq).await
}

async fn stated(tx: &mut Tx, me: &Person, count: Count, seq: u64) -> Result<Statement, Error> {
    let entry = journal::entry(tx, seq).await?.ok_or(Error::NotFound(Thing::Entry))?;
    let Body::CountStatement(body) = entry.draft.body else { return Err(Error::NotFound(Thing::Count)) };
    let comparison = Comparison::of(tx, me, count).await?;
    Ok(Statement {
        seq,
        expected: body.expected,
        seen: body.seen,
        on_loan: body.on_loan,
        not_found: body.not_found,
        not_looked_for: body.not_looked_for,
        unexpected: body.unexpected,
        rolled_forward: body.rolled_forward,
        cancelled: body.cancelled,
        lines: comparison.result.lines.iter().map(|line| comparison.line(line)).collect(),
        differences: differences::raised_by(tx, seq).await?,
    })
}

/// The count sheet of a statement.
pub async fn paper(app: &App, me: &Person, seq: u64) -> Result<label_templates::CountPaper, Error> {
    let mut tx = app.db.read().await?;
    access::see_paper(&mut tx, me, seq).await?;
    let entry = journal::entry(&mut tx, seq).await?.ok_or(Error::NotFound(Thing::Paper))?;
    let Body::CountStatement(body) = &entry.draft.body else { return Err(Error::NotFound(Thing::Paper)) };
    let count = counts::count(&mut tx, body.count).await?.ok_or(Error::NotFound(Thing::Paper))?;
    let (made, started_at, place) = (auditor::papers(&mut tx, seq).await?, count.started_at, count.place());
    let paper = made.into_iter().next().ok_or(Error::NotFound(Thing::Paper))?;
    let keeper = people::unit(&mut tx, count.keeper).await?;
    let counters = counts::counters(&mut tx, count.id).await?;
    let keepers = places::keepers_at(&mut tx, count.store, entry.draft.happened_at).await?;
    let statement = stated(&mut tx, me, count, seq).await?;
    let lines = statement.lines.into_iter().map(|it| documents::count::Line {
        number: it.number,
        name: it.name,
        slot: it.slot,
        seen_slot: it.seen_slot,
        expected: it.expected,
        seen: it.seen,
        surplus: it.surplus,
        shortage: it.shortage,
        checked: it.checked.iter().map(|how| how.text(Language::Zh)).collect::<Vec<_>>().join("、"),
        seen_by: it.seen_by,
        outcome: it.outcome,
    });
    let differences = statement.differences.into_iter().map(|it| documents::count::Difference {
        item_number: it.item_number,
        finding: it.finding,
        owner: it.owner_name,
        due_at: it.due_at,
    });
    let names = documents::count::Names {
        centre: keeper.map_or_else(String::new, |unit| unit.name),
        paper_number: paper.number,
        check_code: paper.check_code,
        place,
        started_at,
        counters,
        keepers,
        lines: lines.collect(),
        differences: differences.collect(),
    };
    Ok(documents::count::paper(&entry, body, names))
}
