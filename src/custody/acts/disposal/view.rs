//! How disposals stand: what is asked for, what may leave, what is gone; and what this person may do next.

use super::seen;
use crate::{
    app::App,
    clock::{Moment, Span},
    custody::{
        Error,
        loan::{LoanItem, fetched_from, loan_item},
        request::{ASKING, approves, whose},
    },
    domain::{Person, Role},
    id::{ApprovalId, ItemId},
    ledger::{Mentions, Outcome},
    store::{
        Tx,
        disposals::{self, DisposalRequest},
        loans::{self, Requests},
        names,
    },
    vocabulary::vocabulary,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many lines a list shows.
const SHOWN: u32 = 500;
/// What has ended is listed when it was asked for since then.
const LISTED: Span = Span::days(-90);

vocabulary! {
    /// How far a request for a disposal has come.
    DisposalStatus "disposal.is" {
        /// It waits for an approver.
        Asked "asked" "待审批" "Waits for approval",
        Refused "refused" "未批准" "Refused",
        /// It waits for a custodian.
        Approved "approved" "已批准，待出库" "Approved, to leave",
        /// The approval ran out unused.
        Expired "expired" "已过期" "Expired",
        /// The things are another agency's by now, whose own approver must say yes.
        Lapsed "lapsed" "已失效，财物已换押" "Lapsed, handed over",
        Done "done" "已处置" "Gone",
    }
}

/// One request, with what this person may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DisposalView {
    pub id: ApprovalId,
    pub standing: DisposalStatus,
    pub outcome: Outcome,
    pub decision: String,
    pub recipient: Option<String>,
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
    /// The entry by which everything left.
    pub carried_out: Option<u64>,
    pub may_answer: bool,
    pub may_carry_out: bool,
    /// Whether a handover that has not ended holds it back.
    pub on_offer: bool,
    /// Where each thing is to be fetched from, for whoever may hand it out.
    pub slots: BTreeMap<ItemId, String>,
}

/// What a person's page of disposals shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Disposals {
    pub requests: Vec<DisposalView>,
    pub may_ask: bool,
}

/// Requests that wait, and those that ended lately, as far as they are this person's business; the newest first.
pub async fn list(app: &App, me: &Person) -> Result<Disposals, Error> {
    let mut tx = app.db.read().await?;
    let mut views = Vec::new();
    for request in listed(app, &mut tx, me).await? {
        views.push(view(app, &mut tx, me, request).await?);
    }
    Ok(Disposals { requests: views, may_ask: ASKING.iter().any(|role| me.is(*role)) })
}

async fn listed(app: &App, tx: &mut Tx, me: &Person) -> Result<Vec<DisposalRequest>, Error> {
    let now = app.clock.now();
    let mut requests: BTreeMap<ApprovalId, DisposalRequest> = BTreeMap::new();
    for whose in whose(me) {
        let found = disposals::list(tx, whose, (now, now.plus(LISTED)), SHOWN).await?;
        requests.extend(found.into_iter().map(|it| (it.id, it)));
    }
    let mut requests: Vec<DisposalRequest> = requests.into_values().collect();
    requests.sort_by_key(|it| (std::cmp::Reverse(it.asked_at), it.id));
    Ok(requests)
}

/// One request.
pub async fn show(app: &App, me: &Person, id: ApprovalId) -> Result<DisposalView, Error> {
    let mut tx = app.db.read().await?;
    let request = seen(&mut tx, me, id).await?;
    view(app, &mut tx, me, request).await
}

/// Requests that this person may answer.
async fn answerable(app: &App, tx: &mut Tx, me: &Person) -> Result<Vec<DisposalRequest>, Error> {
    let now = app.clock.now();
    let open = disposals::list(tx, Requests::OfAgency(me.agency), (now, now), SHOWN).await?;
    Ok(open.into_iter().filter(|request| may_answer(app, me, request)).collect())
}

/// When each of them was asked for.
pub(in crate::custody) async fn when_asked(
    app: &App,
    tx: &mut Tx,
    me: &Person,
) -> Result<Vec<Moment>, Error> {
    Ok(answerable(app, tx, me).await?.into_iter().map(|request| request.asked_at).collect())
}

pub(in crate::custody) async fn to_answer(
    app: &App,
    tx: &mut Tx,
    me: &Person,
) -> Result<Vec<DisposalView>, Error> {
    let mut views = Vec::new();
    for request in answerable(app, tx, me).await? {
        views.push(view(app, tx, me, request).await?);
    }
    Ok(views)
}

/// What this person has asked for, and what lately became of it.
pub(in crate::custody) async fn asked_by(
    app: &App,
    tx: &mut Tx,
    me: &Person,
) -> Result<Vec<DisposalView>, Error> {
    let now = app.clock.now();
    let mut views = Vec::new();
    for request in disposals::list(tx, Requests::Of(me.unit), (now, now.plus(LISTED)), SHOWN).await? {
        if request.requester == me.id && request.used_seq.is_none() {
            views.push(view(app, tx, me, request).await?);
        }
    }
    Ok(views)
}

/// How many requests wait for this person.
pub async fn waiting(app: &App, tx: &mut Tx, me: &Person) -> Result<u32, Error> {
    let now = app.clock.now();
    let mut mine = BTreeSet::new();
    for whose in whose(me) {
        for request in disposals::list(tx, whose, (now, now), SHOWN).await? {
            if may_answer(app, me, &request) || may_carry_out(app, me, &request) {
                mine.insert(request.id);
            }
        }
    }
    Ok(u32::try_from(mine.len()).unwrap_or(u32::MAX))
}

fn standing(app: &App, it: &DisposalRequest) -> DisposalStatus {
    match it.expires_at {
        _ if it.used_seq.is_some() => DisposalStatus::Done,
        _ if it.refused_by.is_some() => DisposalStatus::Refused,
        _ if it.passed_on => DisposalStatus::Lapsed,
        None => DisposalStatus::Asked,
        Some(until) if until > app.clock.now() => DisposalStatus::Approved,
        Some(_) => DisposalStatus::Expired,
    }
}

fn may_answer(app: &App, me: &Person, it: &DisposalRequest) -> bool {
    standing(app, it) == DisposalStatus::Asked && approves(me, it.agency) && me.id != it.requester
}

/// The custodian is neither who asked nor who approved.
fn may_carry_out(app: &App, me: &Person, it: &DisposalRequest) -> bool {
    let others = [Some(it.requester), it.approver];
    standing(app, it) == DisposalStatus::Approved
        && !it.on_offer
        && me.is(Role::Custodian)
        && !others.contains(&Some(me.id))
}

async fn view(app: &App, tx: &mut Tx, me: &Person, it: DisposalRequest) -> Result<DisposalView, Error> {
    let lines = disposals::lines(tx, it.id).await?;
    let mut mentions = Mentions::default();
    mentions.items.extend(lines.iter().map(|(item, _)| *item));
    mentions.units.insert(it.unit);
    mentions.persons.insert(it.requester);
    mentions.persons.extend(it.approver.into_iter().chain(it.refused_by));
    let names = names::names(tx, &mentions).await?;
    let mut may_carry_out = may_carry_out(app, me, &it);
    for (item, _) in &lines {
        may_carry_out = may_carry_out && !loans::slots_kept(tx, me.unit, *item).await?.is_empty();
    }
    let slots = match may_carry_out {
        true => fetched_from(tx, lines.iter().map(|(item, _)| *item)).await?,
        false => BTreeMap::new(),
    };
    Ok(DisposalView {
        id: it.id,
        standing: standing(app, &it),
        unit: names.unit(it.unit),
        requester: names.person(it.requester),
        may_answer: may_answer(app, me, &it),
        may_carry_out,
        on_offer: it.on_offer,
        slots,
        items: lines.iter().map(|(item, quantity)| loan_item(&names, *item, *quantity)).collect(),
        approver: it.approver.map(|person| names.person(person)),
        approval: it.given_seq.map(i64::cast_unsigned),
        refused_by: it.refused_by.map(|person| names.person(person)),
        carried_out: it.used_seq.map(i64::cast_unsigned),
        outcome: it.outcome,
        decision: it.decision,
        recipient: it.recipient,
        purpose: it.purpose,
        asked_at: it.asked_at,
        expires_at: it.expires_at,
        refusal: it.refusal,
    })
}
