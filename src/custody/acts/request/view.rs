//! How requests stand, and what this person may do next: the same for a loan, a disposal and a loss.

use super::{approves, seen, whose};
use crate::{
    app::App,
    clock::{Moment, Span},
    custody::{
        Error,
        loan::{LoanItem, fetched_from, loan_item},
    },
    domain::{Names, Person, Role},
    id::{ApprovalId, ItemId},
    ledger::{ApprovedAct, Mentions},
    store::{
        Tx, loans, names,
        requests::{self, Request, Requests, Terms},
    },
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many lines a list shows.
const SHOWN: u32 = 500;
/// What has ended is listed when it was asked for since then.
const LISTED: Span = Span::days(-90);

/// An act that is asked for as its own pages show it: the same readings serve all of them.
pub(in crate::custody) trait ShownAct: Terms {
    type View;
    fn view(
        app: &App,
        tx: &mut Tx,
        me: &Person,
        request: Request<Self>,
    ) -> impl Future<Output = Result<Self::View, Error>> + Send;
}

/// One request.
pub(in crate::custody) async fn show<T: ShownAct>(
    app: &App,
    me: &Person,
    id: ApprovalId,
) -> Result<T::View, Error> {
    let mut tx = app.db.read().await?;
    let request = seen::<T>(&mut tx, me, id).await?;
    T::view(app, &mut tx, me, request).await
}

/// Requests as pages show them, in their order.
pub(in crate::custody) async fn views<T: ShownAct>(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    requests: Vec<Request<T>>,
) -> Result<Vec<T::View>, Error> {
    let mut views = Vec::with_capacity(requests.len());
    for request in requests {
        views.push(T::view(app, tx, me, request).await?);
    }
    Ok(views)
}

/// Requests that this person may answer.
pub(in crate::custody) async fn to_answer<T: ShownAct>(
    app: &App,
    tx: &mut Tx,
    me: &Person,
) -> Result<Vec<T::View>, Error> {
    let requests = answerable::<T>(app, tx, me).await?;
    views(app, tx, me, requests).await
}

/// What this person has asked for and was not carried out yet, and what lately became of it.
pub(in crate::custody) async fn asked_by<T: ShownAct>(
    app: &App,
    tx: &mut Tx,
    me: &Person,
) -> Result<Vec<T::View>, Error> {
    let mut requests = listed::<T>(app, tx, me).await?;
    requests.retain(|it| it.requester == me.id && it.used_seq.is_none());
    views(app, tx, me, requests).await
}

/// How far a request has come; each act has its own words for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::custody) enum RequestProgress {
    /// It waits for an approver.
    Asked,
    Refused,
    /// It waits for a custodian.
    Approved,
    /// The approval ran out unused, or nobody answered in time.
    Expired,
    /// The things are another agency's by now, whose own approver must say yes.
    Lapsed,
    CarriedOut,
}

/// What every request shows, with what this person may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RequestView {
    pub id: ApprovalId,
    pub unit: String,
    pub requester: String,
    pub purpose: String,
    pub asked_at: Moment,
    pub items: Vec<LoanItem>,
    pub approver: Option<String>,
    /// The approval's entry.
    pub approval: Option<u64>,
    pub expires_at: Option<Moment>,
    pub refused_by: Option<String>,
    pub refusal: Option<String>,
    /// The entry by which it was carried out.
    pub carried_out: Option<u64>,
    pub may_answer: bool,
    pub may_carry_out: bool,
    /// Whether a handover that has not ended holds it back.
    pub on_offer: bool,
    /// Where each thing is to be fetched from, for whoever may carry it out.
    pub slots: BTreeMap<ItemId, String>,
}

pub(in crate::custody) fn progress<T: Terms>(app: &App, it: &Request<T>) -> RequestProgress {
    let now = app.clock.now();
    let ended = it.terms.ends_at().is_some_and(|end| end <= now);
    match it.expires_at {
        _ if it.used_seq.is_some() => RequestProgress::CarriedOut,
        _ if it.refused_by.is_some() => RequestProgress::Refused,
        _ if ended => RequestProgress::Expired,
        _ if it.passed_on => RequestProgress::Lapsed,
        None => RequestProgress::Asked,
        Some(until) if until > now => RequestProgress::Approved,
        Some(_) => RequestProgress::Expired,
    }
}

/// Whether this person may say yes or no to it now: an approver of the agency who neither asked nor is concerned.
fn approver_answers<T: Terms>(app: &App, me: &Person, it: &Request<T>) -> bool {
    progress(app, it) == RequestProgress::Asked
        && approves(me, it.agency)
        && me.id != it.requester
        && it.terms.concerned() != Some(me.id)
}

/// Whether this person may carry it out, as far as the request says: a custodian who neither asked nor approved nor is concerned.
fn carries_out<T: Terms>(app: &App, me: &Person, it: &Request<T>) -> bool {
    let others = [Some(it.requester), it.approver, it.terms.concerned()];
    progress(app, it) == RequestProgress::Approved
        && !it.on_offer
        && me.is(Role::Custodian)
        && !others.contains(&Some(me.id))
}

/// Requests that wait, and those that ended lately, as far as they are this person's business; the newest first.
pub(in crate::custody) async fn listed<T: Terms>(
    app: &App,
    tx: &mut Tx,
    me: &Person,
) -> Result<Vec<Request<T>>, Error> {
    let now = app.clock.now();
    let mut found: BTreeMap<ApprovalId, Request<T>> = BTreeMap::new();
    for whose in whose(me) {
        let requests = requests::list(tx, whose, (now, now.plus(LISTED)), SHOWN).await?;
        found.extend(requests.into_iter().map(|it| (it.id, it)));
    }
    let mut found: Vec<Request<T>> = found.into_values().collect();
    found.sort_by_key(|it| (std::cmp::Reverse(it.asked_at), it.id));
    Ok(found)
}

/// Requests that this person may answer.
pub(in crate::custody) async fn answerable<T: Terms>(
    app: &App,
    tx: &mut Tx,
    me: &Person,
) -> Result<Vec<Request<T>>, Error> {
    let now = app.clock.now();
    let open = requests::list(tx, Requests::OfAgency(me.agency), (now, now), SHOWN).await?;
    Ok(open.into_iter().filter(|request| approver_answers(app, me, request)).collect())
}

/// How many requests for this act wait for this person.
pub(in crate::custody) async fn waiting<T: Terms>(app: &App, tx: &mut Tx, me: &Person) -> Result<u32, Error> {
    let now = app.clock.now();
    let mut mine = BTreeSet::new();
    for whose in whose(me) {
        for it in requests::list::<T>(tx, whose, (now, now), SHOWN).await? {
            if approver_answers(app, me, &it) || carries_out(app, me, &it) {
                mine.insert(it.id);
            }
        }
    }
    Ok(u32::try_from(mine.len()).unwrap_or(u32::MAX))
}

/// Whether this person's unit keeps the thing; what it has lent may be declared lost, too.
async fn is_kept(tx: &mut Tx, me: &Person, act: ApprovedAct, item: ItemId) -> Result<bool, Error> {
    if !loans::slots_kept(tx, me.unit, item).await?.is_empty() {
        return Ok(true);
    }
    let lent = act == ApprovedAct::DeclareLoss
        && loans::out_of(tx, item).await?.iter().any(|loan| loan.keeper == me.unit);
    Ok(lent)
}

/// What every request shows, with the names of all whom it names.
pub(in crate::custody) async fn request_view<T: Terms>(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    it: &Request<T>,
) -> Result<(RequestView, Names), Error> {
    let lines = requests::lines(tx, it.id).await?;
    let mut mentions = Mentions::default();
    mentions.items.extend(lines.iter().map(|(item, _)| *item));
    mentions.units.insert(it.unit);
    mentions.persons.insert(it.requester);
    mentions.persons.extend([it.approver, it.refused_by, it.terms.concerned()].into_iter().flatten());
    let names = names::names(tx, &mentions).await?;
    let mut may_carry_out = carries_out(app, me, it);
    for (item, _) in &lines {
        may_carry_out = may_carry_out && is_kept(tx, me, T::ACT, *item).await?;
    }
    let slots = match may_carry_out {
        true => fetched_from(tx, lines.iter().map(|(item, _)| *item)).await?,
        false => BTreeMap::new(),
    };
    let view = RequestView {
        id: it.id,
        unit: names.unit(it.unit),
        requester: names.person(it.requester),
        purpose: it.purpose.clone(),
        asked_at: it.asked_at,
        items: lines.iter().map(|(item, quantity)| loan_item(&names, *item, *quantity)).collect(),
        approver: it.approver.map(|person| names.person(person)),
        approval: it.given_seq.map(i64::cast_unsigned),
        expires_at: it.expires_at,
        refused_by: it.refused_by.map(|person| names.person(person)),
        refusal: it.refusal.clone(),
        carried_out: it.used_seq.map(i64::cast_unsigned),
        may_answer: approver_answers(app, me, it),
        may_carry_out,
        on_offer: it.on_offer,
        slots,
    };
    Ok((view, names))
}
