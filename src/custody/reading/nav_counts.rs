//! The figures beside the rooms of the menu: how much waits for this person in each, and which deadline comes first, with
//! the article that sets it.

use super::approvals;
use crate::custody::{Error, difference, request};
use crate::{
    app::App,
    clock::Moment,
    domain::{Person, Viewer, rule::Deadline},
    ledger::{ApprovedDisposal, ApprovedLoss},
    store::{desk, handovers as stored_handovers, nav_counts as queues, requests::LoanTerms},
};

/// Counts for the rooms, and the nearest deadline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NavCounts {
    /// Cases of which the person's unit owes things to the counter.
    pub owed: u32,
    pub handovers: u32,
    pub differences: u32,
    /// Requests for loans that this person may answer or hand over.
    pub loans: u32,
    /// Requests for disposals that this person may answer or carry out.
    pub disposals: u32,
    /// Requests to declare losses that this person may answer or declare.
    pub losses: u32,
    /// What waits for this approver's word, whatever it is about.
    pub approvals: u32,
    pub nearest: Option<Due>,
}

/// One deadline that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub deadline: Deadline,
    pub due_at: Moment,
    pub citation: String,
}

/// What waits for the person's unit; nothing for who keeps only the machine.
pub async fn nav_counts(app: &App, me: &Person) -> Result<NavCounts, Error> {
    let viewer = Viewer::of(me);
    let unit = viewer.unit;
    let mut tx = app.db.read().await?;
    let (owed, first_seized) = queues::owed(&mut tx, unit).await?;
    let (handovers, first_expiry) = queues::offered_to(&mut tx, unit).await?;
    let differences = queues::differences(&mut tx, unit).await?;
    let loans = request::waiting::<LoanTerms>(app, &mut tx, me).await?;
    let disposals = request::waiting::<ApprovedDisposal>(app, &mut tx, me).await?;
    let losses = request::waiting::<ApprovedLoss>(app, &mut tx, me).await?;
    let (approvals, first_approval) = approvals::waiting(app, &mut tx, me).await?;
    let expected = match viewer.custodian {
        true => desk::owed_by_case(&mut tx, viewer, 1).await?.first().map(|it| it.since),
        false => None,
    };
    let sent_back = stored_handovers::sent_back(&mut tx, Some(unit)).await?.iter().map(|it| it.since).min();
    let now = app.clock.now();
    let due = |deadline: Deadline, due_at: Moment| Due {
        deadline,
        due_at,
        citation: app.rules().citation(deadline, now),
    };
    let nearest = [
        first_seized
            .into_iter()
            .chain(expected)
            .min()
            .map(|at| due(Deadline::HandIn, app.rules().due(Deadline::HandIn, at))),
        first_approval.map(|(deadline, at)| due(deadline, at)),
        sent_back.map(|at| due(Deadline::Supplementary, app.rules().due(Deadline::Supplementary, at))),
        first_expiry.map(|at| due(Deadline::OfferExpires, at)),
        match &differences {
            Some((_, class, at)) => Some(due(difference::deadline_of(class)?, *at)),
            None => None,
        },
    ];
    Ok(NavCounts {
        owed: figure(owed),
        handovers: figure(handovers),
        differences: figure(differences.map_or(0, |(open, ..)| open)),
        loans,
        disposals,
        losses,
        approvals: u32::try_from(approvals).unwrap_or(u32::MAX),
        nearest: nearest.into_iter().flatten().min_by_key(|due| due.due_at),
    })
}

fn figure(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
