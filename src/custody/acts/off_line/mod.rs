//! What stations took in, or saw, while no server was there. Each receipt is kept as it was written down there and waits
//! for a custodian, who enters it onto a line of a seizure list; what was said twice becomes a difference with both
//! stories. Nothing is dropped, and a repeat changes nothing.
//!
//! [`mod@arrive`] takes what comes from a station; [`mod@enter`] makes an entry of it; [`count`] places what was counted.

mod arrive;
mod count;
mod enter;

pub(in crate::custody) use arrive::{ReceiptArrival, arrive, raise};
pub use count::place;
pub use enter::{EnterOutcome, EnterReceipt, enter, set_aside};

use crate::custody::{Error, Thing, access, counter};
use crate::{
    app::App,
    clock::Moment,
    domain::{
        Person, Role,
        off_line::{ReceiptState, plain_number, printed_number},
    },
    id::{CaseId, DifferenceId, ItemId, PersonId, SlotId, StationId},
    store::{
        Tx, counter as stored,
        off_line::{self, Row},
        places,
    },
};
use hufu_wire::message::Receipt;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, btree_map::Entry};

pub use crate::store::off_line::{At, Session};

/// How many receipts a list shows, and how many lines are offered for one.
const SHOWN: u32 = 200;

/// Which event of which station, as an address names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Which {
    pub station: StationId,
    pub number: u64,
}

impl From<Which> for At {
    fn from(it: Which) -> At {
        At { station: it.station, number: it.number }
    }
}

/// A thing that a station took in by itself.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ReceiptLine {
    pub station: StationId,
    pub station_name: String,
    /// The event's number at its station.
    pub number: u64,
    /// The label that was stuck on it.
    pub label: String,
    pub case_number: String,
    pub paper: String,
    pub line: String,
    pub name: String,
    /// With its unit, as typed.
    pub quantity: String,
    pub seal: String,
    pub delivered_by: String,
    pub received_by: String,
    /// Where it was put: the slot's name, or what was scanned.
    pub slot: String,
    pub remark: String,
    /// As the scale showed it.
    pub weight: Option<String>,
    /// By the station's clock.
    pub observed_at: Moment,
    pub received_at: Moment,
    /// How many seconds the station's clock was ahead of the server's; behind when negative.
    pub clock_ahead: i64,
    pub state: ReceiptState,
    pub item: Option<ItemId>,
    pub item_number: Option<String>,
    /// What two counters say about it disagrees.
    pub difference: Option<DifferenceId>,
    pub difference_open: bool,
    pub settled_by: Option<String>,
    pub settled_at: Option<Moment>,
}

/// Everything that came from stations without a server.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct OffLine {
    /// Things that wait to be entered, in the order in which they came in.
    pub waiting: Vec<ReceiptLine>,
    /// What was made of others, the newest first.
    pub settled: Vec<ReceiptLine>,
    /// Counts that wait to be placed.
    pub counts: Vec<Session>,
    /// Whether this person may enter them.
    pub may_enter: bool,
}

pub async fn list(app: &App, me: &Person) -> Result<OffLine, Error> {
    let unit = access::whose(me)?;
    let mut tx = app.db.read().await?;
    let mut settled = off_line::receipts(&mut tx, unit, ReceiptState::Entered, 20).await?;
    settled.extend(off_line::receipts(&mut tx, unit, ReceiptState::SetAside, 20).await?);
    settled.sort_by_key(|row| std::cmp::Reverse(row.settled_at));
    let waiting = off_line::receipts(&mut tx, unit, ReceiptState::Waiting, SHOWN).await?;
    Ok(OffLine {
        waiting: lines(&mut tx, waiting).await?,
        settled: lines(&mut tx, settled).await?,
        counts: off_line::sessions(&mut tx, unit).await?,
        may_enter: me.is(Role::Custodian),
    })
}

/// How many things wait to be entered at the stations of this custodian's unit.
pub async fn waiting(app: &App, me: &Person) -> Result<i64, Error> {
    let mut tx = app.db.read().await?;
    Ok(off_line::waiting(&mut tx, Some(me.unit)).await?)
}

async fn lines(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<ReceiptLine>, Error> {
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        lines.push(line(tx, row).await?);
    }
    Ok(lines)
}

async fn line(tx: &mut Tx, row: Row) -> Result<ReceiptLine, Error> {
    let slot = places::slot_by_code(tx, &row.receipt.slot).await?;
    let Row { receipt, times, .. } = row;
    let Receipt {
        case_number,
        paper,
        line,
        name,
        quantity,
        unit,
        seal,
        delivered_by,
        received_by,
        remark,
        ..
    } = receipt;
    Ok(ReceiptLine {
        station: row.at.station,
        station_name: row.station_name,
        number: row.at.number,
        label: row.label,
        case_number,
        paper,
        line,
        name,
        quantity: format!("{quantity} {unit}").trim().to_owned(),
        seal,
        delivered_by,
        received_by,
        slot: slot.map_or(receipt.slot, |slot| slot.full_name()),
        remark,
        weight: receipt.weight.map(|weight| format!("{} {}", weight.value, weight.unit)),
        observed_at: times.observed_at,
        received_at: times.received_at,
        clock_ahead: times.ahead / 1_000_000,
        state: row.state,
        item: row.item,
        item_number: row.item_number,
        difference: row.difference,
        difference_open: row.difference_open,
        settled_by: row.settled_by_name,
        settled_at: row.settled_at,
    })
}

/// A line of a list that may be the thing: it is still owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Candidate {
    pub item: ItemId,
    pub number: String,
    pub case_number: String,
    /// The receipt says another case.
    pub another_case: bool,
    pub paper: String,
    pub paper_line: i64,
    pub name: String,
    /// What is owed, with its unit.
    pub owed: String,
    /// It alone has the receipt's name, quantity and case.
    pub likely: bool,
}

/// One receipt, the lines it may be, and what else was said about it.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ReceiptView {
    pub receipt: ReceiptLine,
    /// Another receipt with the same label or of the same line.
    pub twin: Option<ReceiptLine>,
    pub candidates: Vec<Candidate>,
    /// Who may have brought it: (person, name, unit).
    pub deliverers: Vec<(PersonId, String, String)>,
    /// The one by the name that was written down.
    pub likely_deliverer: Option<PersonId>,
    /// Where it was put, when the scanned code is one of our slots.
    pub slot: Option<SlotId>,
    /// The quantity as typed, without its unit.
    pub quantity: String,
    pub may_enter: bool,
}

/// A receipt with the lines of the list or the case that it names, or of those that are searched for instead.
pub async fn show(app: &App, me: &Person, which: Which, search: Option<&str>) -> Result<ReceiptView, Error> {
    let mut tx = app.db.read().await?;
    let row = seen(&mut tx, me, which.into()).await?;
    let Receipt { case_number, paper, quantity, slot, delivered_by, .. } = row.receipt.clone();
    let search = search.map(str::trim).filter(|text| !text.is_empty());
    let (paper, case_number) = search.map_or((paper, case_number), |text| (text.to_owned(), text.to_owned()));
    let owed = owed_lines(&mut tx, &paper, &case_number).await?;
    let mut deliverers: Vec<(PersonId, String, String)> = Vec::new();
    let mut cases: Vec<_> = owed.iter().map(|line| line.case).collect();
    cases.dedup();
    for case in cases {
        for person in stored::deliverers(&mut tx, case).await? {
            if !deliverers.contains(&person) {
                deliverers.push(person);
            }
        }
    }
    let named: Vec<PersonId> = deliverers
        .iter()
        .filter(|(_, name, _)| plain_number(name) == plain_number(&delivered_by))
        .map(|(id, ..)| *id)
        .collect();
    let twin = off_line::twin(&mut tx, row.at, &row.label, (&row.paper, row.paper_line)).await?;
    let twin = match twin {
        Some(twin) => Some(line(&mut tx, twin).await?),
        None => None,
    };
    Ok(ReceiptView {
        candidates: candidates(&row, &owed, &case_numbers(&mut tx, &owed).await?),
        twin,
        likely_deliverer: named.first().copied().filter(|_| named.len() == 1),
        deliverers,
        slot: places::slot_by_code(&mut tx, &slot).await?.map(|slot| slot.id),
        quantity,
        may_enter: me.is(Role::Custodian) && row.state == ReceiptState::Waiting,
        receipt: line(&mut tx, row).await?,
    })
}

/// The receipt, if it is theirs to see.
async fn seen(tx: &mut Tx, me: &Person, at: At) -> Result<Row, Error> {
    let unit = access::whose(me)?;
    let row = off_line::receipt(tx, at).await?.filter(|row| unit.is_none_or(|unit| unit == row.unit));
    row.ok_or(Error::NotFound(Thing::Receipt))
}

async fn owed_lines(tx: &mut Tx, paper: &str, case: &str) -> Result<Vec<stored::Line>, Error> {
    let (as_paper, as_case) = (printed_number(paper), printed_number(case));
    let (papers, cases) = ([paper.trim(), as_paper.as_str()], [case.trim(), as_case.as_str()]);
    let lines = stored::lines_of_papers(tx, papers, cases, i64::from(SHOWN)).await?;
    Ok(lines.into_iter().filter(|line| line.owed > 0).collect())
}

/// The numbers of the cases of these lines.
async fn case_numbers(tx: &mut Tx, owed: &[stored::Line]) -> Result<BTreeMap<CaseId, String>, Error> {
    let mut numbers = BTreeMap::new();
    for line in owed {
        if let Entry::Vacant(vacant) = numbers.entry(line.case)
            && let Some(head) = stored::case_head(tx, line.case).await?
        {
            vacant.insert(head.number);
        }
    }
    Ok(numbers)
}

/// A line is likely when it alone has the receipt's name and quantity, in the case that the receipt says. The number of the line was
/// counted on by the station while nobody looked at the list: it only tells lines apart that are alike in all of this.
fn candidates(row: &Row, owed: &[stored::Line], cases: &BTreeMap<CaseId, String>) -> Vec<Candidate> {
    let Receipt { name, quantity, case_number, .. } = &row.receipt;
    let case_of = |line: &stored::Line| cases.get(&line.case).map_or("", String::as_str);
    let of_the_case = |line: &stored::Line| {
        case_number.trim().is_empty() || plain_number(case_of(line)) == plain_number(case_number)
    };
    let fits = |line: &&stored::Line| {
        let amount = line.measure.read(quantity).is_none_or(|quantity| quantity == line.owed);
        plain_number(&line.name) == plain_number(name) && amount && of_the_case(line)
    };
    let by_number = |line: &&stored::Line| {
        row.paper_line.is_some_and(|number| i64::from(number) == line.paper_line)
            && plain_number(&line.paper_number) == row.paper
    };
    let alike: Vec<&stored::Line> = owed.iter().filter(fits).collect();
    let only = match alike.as_slice() {
        [line] => Some(line.id),
        several => several.iter().copied().find(by_number).map(|line| line.id),
    };
    let candidate = |line: &stored::Line| Candidate {
        item: line.id,
        number: line.number.clone(),
        case_number: case_of(line).to_owned(),
        another_case: !of_the_case(line),
        paper: line.paper_number.clone(),
        paper_line: line.paper_line,
        name: line.name.clone(),
        owed: line.measure.text(line.owed, line.counted_as.as_deref()),
        likely: only == Some(line.id),
    };
    owed.iter().map(candidate).collect()
}

/// The stores that the custodian may open and their slots, to choose another slot from.
pub async fn slots(app: &App, me: &Person) -> Result<Vec<counter::view::StoreChoice>, Error> {
    let mut tx = app.db.read().await?;
    let mut choices = Vec::new();
    for store in counter::placement::own_stores(&mut tx, me).await? {
        choices.push(counter::view::choice(&mut tx, store).await?);
    }
    Ok(choices)
}
