//! Cases: what a case answers for, what it owes, and what else is about the same facts.

use crate::custody::{
    Error, Thing,
    access::{self, handles_cases, see_case, sees_case},
    as_of,
    desk::{self, SentBack},
    items::{ItemLine, lines},
    texts, too_many_for_a_sheet, turn_to_read,
};
use crate::{
    app::App,
    clock::Moment,
    documents::totals::{Amount, SumLine, sum_lines},
    domain::{AsOf, Case, Person, Role, Stage, Viewer, rule::Deadline},
    id::{CaseId, UnitId},
    ledger::Measure,
    store::{
        as_of as stored_as_of,
        cases::{self, CaseCounts, NamedCase},
        items as stored,
    },
};
use serde::Serialize;

pub use crate::store::cases::CaseFilter as Filter;

/// How many cases one page lists, and how many items one page of a case.
pub const CASES_PER_PAGE: u32 = 50;
pub const ITEMS_PER_PAGE: u32 = 50;

/// A case in a list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CaseLine {
    pub id: CaseId,
    pub number: String,
    pub name: String,
    pub stage: Stage,
    pub unit: UnitId,
    pub unit_name: String,
    pub agency_name: String,
    pub officer: Option<String>,
    pub opened_at: Moment,
    pub counts: Counts,
}

/// How the items of a case stand, and when what is owed is due.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Counts {
    pub items: i64,
    pub answered_for: i64,
    pub owed: i64,
    pub in_store: i64,
    pub on_offer: i64,
    pub differences: i64,
    pub due_at: Option<Moment>,
    /// The article that sets the deadline.
    pub citation: String,
}

/// The cases this person may see, newest first, one more than wanted when there are more.
pub async fn list(app: &App, me: &Person, filter: &Filter) -> Result<Vec<CaseLine>, Error> {
    texts::searched(&filter.search)?;
    let mut tx = app.db.read().await?;
    let rows = cases::page(&mut tx, Viewer::of(me), filter).await?;
    Ok(rows.into_iter().map(|(row, counts)| line_of(app, row, counts)).collect())
}

/// How many rows a workbook of cases has at most.
pub const SHEET_MOST: u32 = 20_000;

/// All that the filter finds, for a workbook. Refuses more than its limit.
pub async fn whole_list(app: &App, me: &Person, filter: &Filter) -> Result<Vec<CaseLine>, Error> {
    let _turn = turn_to_read(app, me, u64::from(filter.limit)).await?;
    let found = list(app, me, filter).await?;
    too_many_for_a_sheet(found.len(), filter.limit)?;
    Ok(found)
}

/// Who opens a case is asked for it; the case that the new one is about the same facts as, when there is one.
pub async fn to_open(app: &App, me: &Person, linked_to: Option<CaseId>) -> Result<Option<CaseLine>, Error> {
    access::require_one(me, &[Role::Officer, Role::Clerk])?;
    match linked_to {
        Some(other) => Ok(Some(show(app, me, other, 0).await?.line)),
        None => Ok(None),
    }
}

/// The cases a list can be uploaded for: the newest of the own unit, and the one that was chosen.
pub async fn to_import_into(app: &App, me: &Person, chosen: Option<CaseId>) -> Result<Vec<CaseLine>, Error> {
    access::require(me, Role::Officer)?;
    let mut own = list(app, me, &Filter::default()).await?;
    own.retain(|case| case.unit == me.unit);
    if let Some(chosen) = chosen.filter(|id| own.iter().all(|case| case.id != *id)) {
        own.insert(0, show(app, me, chosen, 0).await?.line);
    }
    Ok(own)
}

/// Where a page ends that ends with this case, as text for an address.
pub fn cursor(last: &CaseLine) -> String {
    format!("{}_{}", last.opened_at.0, last.id)
}

/// Reads [`cursor`] back.
pub fn read_cursor(text: &str) -> Option<(Moment, CaseId)> {
    let (at, case) = text.split_once('_')?;
    Some((Moment(at.parse().ok()?), case.parse().ok()?))
}

fn line_of(app: &App, row: NamedCase, counts: CaseCounts) -> CaseLine {
    let counts = counted(app, counts);
    let NamedCase { case, unit_name, agency_name, officer_name, .. } = row;
    let Case { id, number, name, stage, unit, opened_at, .. } = case;
    CaseLine {
        id,
        number,
        name,
        stage,
        unit,
        unit_name,
        agency_name,
        officer: officer_name,
        opened_at,
        counts,
    }
}

fn counted(app: &App, it: CaseCounts) -> Counts {
    let CaseCounts { items, answered_for, owed, in_store, on_offer, differences, owed_since } = it;
    let due_at = owed_since.map(|at| app.rules().due(Deadline::HandIn, at));
    let citation = owed_since.map_or_else(String::new, |at| app.rules().citation(Deadline::HandIn, at));
    Counts { items, answered_for, owed, in_store, on_offer, differences, due_at, citation }
}

/// A case on its own page.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CaseView {
    #[serde(flatten)]
    pub line: CaseLine,
    /// What is still in somebody's care: `4 部`, `17.55 克` of drugs, `12,000.00 元`.
    pub totals: Vec<SumLine>,
    /// How many of its things are lent.
    pub on_loan: i64,
    /// At most [`ITEMS_PER_PAGE`] from the offset asked for.
    pub items: Vec<ItemLine>,
    pub offset: u32,
    /// Other cases about the same facts. Those that are not this person's to see have no id.
    pub linked: Vec<LinkedCase>,
    /// It came back for supplementary investigation and has not gone up again.
    pub sent_back: Option<SentBack>,
    /// Whether this person may upload a list for it, or offer its items.
    pub may_import: bool,
    pub may_offer: bool,
    #[serde(flatten)]
    pub beside: Beside,
    /// Present when it is shown as it was known then.
    pub as_of: Option<AsOf>,
}

/// What somebody may do who need not be of the case's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Beside {
    /// Take in what it owes.
    pub may_receive: bool,
    /// Open a case of the own unit about the same facts.
    pub may_link: bool,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LinkedCase {
    pub id: Option<CaseId>,
    pub number: String,
    pub unit_name: String,
    pub agency_name: String,
    pub stage: Stage,
}

/// A case with its items, from the item at `offset` on.
pub async fn show(app: &App, me: &Person, id: CaseId, offset: u32) -> Result<CaseView, Error> {
    show_as_of(app, me, id, offset, None).await
}

/// The same as it was known after an entry: nothing may be done with it there.
pub async fn show_as_of(
    app: &App,
    me: &Person,
    id: CaseId,
    offset: u32,
    at: Option<AsOf>,
) -> Result<CaseView, Error> {
    let mut tx = app.db.read().await?;
    see_case(&mut tx, me, id).await?;
    let row = cases::case(&mut tx, id).await?.ok_or(Error::NotFound(Thing::Case))?;
    let (matter, own, opened_at) = (row.case.matter, row.case.unit == me.unit, row.case.opened_at);
    let counts = match at {
        Some(at) => stored_as_of::case_counts(&mut tx, id, at.seq).await?,
        None => cases::counts(&mut tx, id).await?,
    };
    let line = line_of(app, row, counts);
    if at.is_some_and(|at| opened_at > at.recorded_at && line.counts.items == 0) {
        return Err(Error::NotYet(Thing::Case));
    }
    let items = stored::of_case(&mut tx, id, as_of::up_to(at), (offset, ITEMS_PER_PAGE)).await?;
    let items = lines(app, &mut tx, items, at).await?;
    let totals = match at {
        Some(at) => stored_as_of::case_totals(&mut tx, id, at.seq).await?,
        None => cases::totals(&mut tx, id).await?,
    };
    let totals = totals_of(&totals);
    let on_loan = match at {
        Some(at) => stored_as_of::case_on_loan(&mut tx, id, at.seq).await?,
        None => cases::on_loan(&mut tx, id).await?,
    };
    let mut linked = Vec::new();
    for other in cases::of_matter(&mut tx, matter).await? {
        let later = at.is_some_and(|at| other.case.opened_at > at.recorded_at);
        if other.case.id == id || later {
            continue;
        }
        let seen = sees_case(&mut tx, me, other.case.id).await?;
        let NamedCase { case, unit_name, agency_name, .. } = other;
        let Case { number, stage, .. } = case;
        linked.push(LinkedCase { id: seen.then_some(case.id), number, unit_name, agency_name, stage });
    }
    let sent_back = desk::sent_back(app, &mut tx, Some(line.unit)).await?;
    let sent_back = sent_back.into_iter().find(|it| it.case == id && at.is_none());
    let (present, handles) = (at.is_none(), handles_cases(me));
    Ok(CaseView {
        may_import: present && own && me.is(Role::Officer),
        may_offer: present && own && handles && line.counts.answered_for > line.counts.on_offer,
        beside: Beside {
            may_receive: present && me.is(Role::Custodian) && line.counts.owed > 0,
            may_link: present && !own && handles,
        },
        line,
        totals,
        on_loan,
        items,
        offset,
        linked,
        sent_back,
        as_of: at,
    })
}

/// What a case adds up to in one measure; nothing when all of it has left.
/// Only what is alike is added up, and only what is still in somebody's care.
fn totals_of(rows: &[cases::Total]) -> Vec<SumLine> {
    let measured = rows.iter().filter_map(|(category, measure, currency, counted_as, open)| {
        let measure = Measure::from_word(measure, currency.as_deref())?;
        (*open > 0).then_some((*category, measure, counted_as.as_deref(), *open))
    });
    let measured: Vec<_> = measured.collect();
    sum_lines(measured.iter().map(|(category, measure, counted_as, quantity)| Amount {
        category: *category,
        measure,
        counted_as: *counted_as,
        quantity: *quantity,
    }))
}
