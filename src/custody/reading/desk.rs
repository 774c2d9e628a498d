//! What waits on somebody's desk: what is due, most urgent first, with the article that sets it.

use crate::custody::{
    Error, difference,
    items::Both,
    said,
    seize::{self, OpenList},
};
use crate::{
    app::App,
    clock::{Moment, Span},
    domain::{Person, Role, Viewer, rule::Deadline},
    id::{CaseId, DifferenceId, HandoverId, ItemId, UnitId},
    ledger::{RETURNS_MOST, rounds},
    store::{Tx, desk as stored, handovers, heads, items, journal},
};
use serde::Serialize;

/// How many lines each part of a desk shows.
const LINES: u32 = 20;

/// One desk, for the roles of one person. Parts that are not for them are empty or absent.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Dashboard {
    /// Cases that owe items to the counter: the own unit's, or for custodians every unit's.
    pub owed: Vec<OwedCase>,
    /// Uploaded lists that wait for confirmation.
    pub lists: Vec<OpenList>,
    /// Offers to this unit, to be answered.
    pub to_answer: Vec<Offer>,
    /// This unit's own offers that wait for another's answer.
    pub waiting_for: Vec<Offer>,
    pub differences: Vec<DueDifference>,
    /// Cases that came back for supplementary investigation.
    pub sent_back: Vec<SentBack>,
    /// For custodians: what their stores hold.
    pub keeping: Option<StockSummary>,
    /// For those who see everything.
    pub ledger: Option<Ledger>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OwedCase {
    pub case: CaseId,
    pub number: String,
    pub name: String,
    pub unit_name: String,
    pub items: i64,
    pub due_at: Moment,
    pub citation: String,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Offer {
    pub id: HandoverId,
    pub purpose: String,
    pub case_number: String,
    pub case_name: String,
    pub giver: String,
    pub receiver: String,
    pub lines: i64,
    pub expires_at: Moment,
    pub citation: String,
}

/// A case that was sent back for supplementary investigation (退回补充侦查), until it goes up again.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SentBack {
    pub case: CaseId,
    pub number: String,
    pub name: String,
    pub sent_by: String,
    /// Which time it is, and how often it may be at most.
    pub times: u32,
    pub most: u32,
    pub since: Moment,
    pub due_at: Moment,
    pub citation: String,
}

/// The cases that came back to this unit, or to any.
pub(in crate::custody) async fn sent_back(
    app: &App,
    tx: &mut Tx,
    unit: Option<UnitId>,
) -> Result<Vec<SentBack>, Error> {
    let mut cases = Vec::new();
    for it in handovers::sent_back(tx, unit).await? {
        let times = rounds(handovers::passages_of_matter(tx, it.matter).await?).returns;
        cases.push(SentBack {
            case: it.case_id,
            number: it.number,
            name: it.name,
            sent_by: it.sent_by,
            times,
            most: RETURNS_MOST,
            since: it.since,
            due_at: app.rules().due(Deadline::Supplementary, it.since),
            citation: app.rules().citation(Deadline::Supplementary, it.since),
        });
    }
    Ok(cases)
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DueDifference {
    pub id: DifferenceId,
    pub class: String,
    pub finding: String,
    pub item: Option<ItemId>,
    pub number: Option<String>,
    pub owner: String,
    pub due_at: Moment,
    pub citation: String,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct StockSummary {
    pub in_store: i64,
    pub owed: i64,
    pub on_loan: i64,
    /// Counted up to 2,000.
    pub received_today: i64,
    /// More came than were counted.
    pub received_more: bool,
    pub stores: Vec<StoreRoom>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct StoreRoom {
    pub name: String,
    pub items: i64,
    pub capacity: i64,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Ledger {
    pub entries: u64,
    pub root: Option<String>,
    pub items: i64,
    pub open_items: i64,
    pub cases: i64,
    pub differences: i64,
    pub owed: i64,
    pub newest: Vec<Newest>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Newest {
    pub seq: u64,
    pub kind: &'static str,
    pub recorded_at: Moment,
    pub sentence: Both,
}

/// The desk of this person.
pub async fn desk(app: &App, me: &Person) -> Result<Dashboard, Error> {
    let viewer = Viewer::of(me);
    let now = app.clock.now();
    let lists = seize::open_lists(app, me).await?;
    let mut tx = app.db.read().await?;
    let owes = me.is(Role::Officer) || me.is(Role::Approver) || viewer.custodian || viewer.all;
    let owed = if owes { stored::owed_by_case(&mut tx, viewer, LINES).await? } else { Vec::new() };
    let to_answer = stored::offers(&mut tx, viewer.unit, true, LINES).await?;
    let waiting_for = stored::offers(&mut tx, viewer.unit, false, LINES).await?;
    let differences = items::due_differences(&mut tx, viewer.whose(), LINES).await?;
    let sent_back = match owes || me.is(Role::Clerk) {
        true => sent_back(app, &mut tx, viewer.whose()).await?,
        false => Vec::new(),
    };
    let keeping = match viewer.custodian {
        true => Some(keeping(&mut tx, me, now).await?),
        false => None,
    };
    let ledger = match viewer.all {
        true => Some(ledger(app, &mut tx).await?),
        false => None,
    };
    let differences = differences.into_iter().map(|it| difference(app, it, now)).collect::<Result<_, _>>()?;
    Ok(Dashboard {
        owed: owed.into_iter().map(|it| owed_case(app, it)).collect(),
        lists,
        to_answer: to_answer.into_iter().map(|it| offer(app, it, now)).collect(),
        waiting_for: waiting_for.into_iter().map(|it| offer(app, it, now)).collect(),
        differences,
        sent_back,
        keeping,
        ledger,
    })
}

fn owed_case(app: &App, it: stored::OwedCase) -> OwedCase {
    let stored::OwedCase { case_id, number, name, unit_name, items, since } = it;
    let due_at = app.rules().due(Deadline::HandIn, since);
    OwedCase {
        case: case_id,
        number,
        name,
        unit_name,
        items,
        due_at,
        citation: app.rules().citation(Deadline::HandIn, since),
    }
}

fn offer(app: &App, it: stored::OfferRow, now: Moment) -> Offer {
    let stored::OfferRow { id, purpose, case_number, case_name, giver, receiver, lines, expires_at, .. } = it;
    let citation = app.rules().citation(Deadline::OfferExpires, now);
    Offer { id, purpose, case_number, case_name, giver, receiver, lines, expires_at, citation }
}

fn difference(app: &App, it: items::DueDifference, now: Moment) -> Result<DueDifference, Error> {
    let citation = difference::law(app, &it.class, now)?;
    let items::DueDifference { id, class, finding, item, number, owner_name, due_at, .. } = it;
    Ok(DueDifference {
        id: DifferenceId(id),
        class,
        finding,
        item,
        number,
        owner: owner_name,
        due_at,
        citation,
    })
}

async fn keeping(tx: &mut Tx, me: &Person, now: Moment) -> Result<StockSummary, Error> {
    let held = stored::held(tx, me.unit, midnight(now)).await?;
    let stores = stored::stores(tx, me.unit).await?;
    let stores =
        stores.into_iter().map(|(name, items, capacity)| StoreRoom { name, items, capacity }).collect();
    let stored::StoreFigures { in_store, owed, on_loan, received } = held;
    let (received_today, received_more) =
        (received.min(stored::COUNTED_MOST), received > stored::COUNTED_MOST);
    Ok(StockSummary { in_store, owed, on_loan, received_today, received_more, stores })
}

/// When this day began in China.
fn midnight(now: Moment) -> Moment {
    let day = Span::days(1).0;
    let offset = Span::hours(8).0;
    Moment((now.0 + offset) / day * day - offset)
}

async fn ledger(app: &App, tx: &mut Tx) -> Result<Ledger, Error> {
    let head = heads::newest(tx).await?;
    let (entries, root) = (head.as_ref().map_or(0, |head| head.size), head.map(|head| head.root));
    let whole = stored::whole(tx).await?;
    let mut said = Vec::new();
    for entry in journal::newest(tx, 8).await? {
        said.push(said::whole(app, tx, entry).await?);
    }
    let known = said::names_in(tx, &said).await?;
    let newest = said
        .iter()
        .map(|entry| Newest {
            seq: entry.seq(),
            kind: entry.kind(),
            recorded_at: entry.recorded_at(),
            sentence: Both::of(|language| entry.sentence(language, &known)),
        })
        .collect();
    let stored::Whole { items, open_items, cases, differences, owed } = whole;
    Ok(Ledger {
        entries,
        root: root.map(|root| root.to_string()),
        items,
        open_items,
        cases,
        differences,
        owed,
        newest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        let nine = Moment::from_text("2026-01-05T09:00").unwrap();
        assert_eq!(midnight(nine).text(), "2026-01-05 00:00");
        assert_eq!(midnight(Moment::from_text("2026-01-05T00:00").unwrap()).text(), "2026-01-05 00:00");
        assert_eq!(Moment::from_text("2026-01-05"), None);
    }
}
