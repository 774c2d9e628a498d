//! How loans stand: what is asked for, what may be handed over, what is out and until when; and what this person may do next.

use super::{
    out::{Loan, LoanItem, SlotChoice, fetched_from, lent, loan_item, slots},
    seen,
};
use crate::{
    app::App,
    clock::Moment,
    custody::{
        Error,
        request::{ASKING, approves, whose},
    },
    domain::{Person, Role, Viewer},
    id::{ApprovalId, ItemId},
    ledger::Mentions,
    store::{
        Tx,
        loans::{self, Request, Requests},
        names,
    },
    vocabulary::vocabulary,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many lines a list shows.
const SHOWN: u32 = 500;

vocabulary! {
    /// How far a request for a loan has come.
    RequestStatus "loan.is" {
        /// It waits for an approver.
        Asked "asked" "待审批" "Waits for approval",
        Refused "refused" "未批准" "Refused",
        /// It waits for a custodian.
        Approved "approved" "已批准，待借出" "Approved, to be handed over",
        /// The approval ran out unused, or nobody answered before the items were due back.
        Expired "expired" "已过期" "Expired",
        /// The things are another agency's by now, whose own approver must say yes.
        Lapsed "lapsed" "已失效，财物已换押" "Lapsed, handed over",
        Out "out" "已借出" "Handed over",
        Returned "returned" "已归还" "Returned",
    }
}

/// One request, with what this person may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RequestView {
    pub id: ApprovalId,
    pub standing: RequestStatus,
    pub unit: String,
    pub requester: String,
    pub borrower: String,
    pub purpose: String,
    pub due_at: Moment,
    pub asked_at: Moment,
    pub items: Vec<LoanItem>,
    pub approver: Option<String>,
    /// The approval's entry.
    pub approval: Option<u64>,
    pub expires_at: Option<Moment>,
    pub refused_by: Option<String>,
    pub refusal: Option<String>,
    /// The entry by which it went out.
    pub check_out: Option<u64>,
    /// The entries by which it came back.
    pub returns: Vec<u64>,
    pub may_answer: bool,
    pub may_check_out: bool,
    /// Whether a handover that has not ended holds it back.
    pub on_offer: bool,
    /// Where each thing is to be fetched from, for whoever may hand it over.
    pub slots: BTreeMap<ItemId, String>,
}

/// What a person's loans page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Loans {
    pub requests: Vec<RequestView>,
    pub out: Vec<Loan>,
    /// Where returned things may lie: the slots that the unit keeps.
    pub slots: Vec<SlotChoice>,
    pub may_ask: bool,
}

/// Requests that wait, those lately answered with no, and loans that are out, as far as they are this person's business.
pub async fn list(app: &App, me: &Person) -> Result<Loans, Error> {
    let mut tx = app.db.read().await?;
    let mut requests: BTreeMap<ApprovalId, Request> = BTreeMap::new();
    for whose in whose(me) {
        requests.extend(
            loans::open(&mut tx, whose, app.clock.now(), SHOWN).await?.into_iter().map(|it| (it.id, it)),
        );
    }
    let mut requests: Vec<Request> = requests.into_values().collect();
    requests.sort_by_key(|it| (it.asked_at, it.id));
    let mut views = Vec::with_capacity(requests.len());
    for request in requests {
        views.push(view(app, &mut tx, me, request).await?);
    }
    let out = loans::out(&mut tx, Viewer::of(me).whose(), me.id, SHOWN).await?;
    let out = lent(app, &mut tx, me, &out).await?;
    let slots = match out.iter().any(|loan| loan.may_take_back) {
        true => slots(&mut tx, me).await?,
        false => Vec::new(),
    };
    let may_ask = ASKING.iter().any(|role| me.is(*role));
    Ok(Loans { requests: views, out, slots, may_ask })
}

/// One request.
pub async fn show(app: &App, me: &Person, id: ApprovalId) -> Result<RequestView, Error> {
    let mut tx = app.db.read().await?;
    let request = seen(&mut tx, me, id).await?;
    view(app, &mut tx, me, request).await
}

/// Requests that this person may answer.
async fn answerable(app: &App, tx: &mut Tx, me: &Person) -> Result<Vec<Request>, Error> {
    let open = loans::open(tx, Requests::OfAgency(me.agency), app.clock.now(), SHOWN).await?;
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
) -> Result<Vec<RequestView>, Error> {
    let mut views = Vec::new();
    for request in answerable(app, tx, me).await? {
        views.push(view(app, tx, me, request).await?);
    }
    Ok(views)
}

/// What this person has asked for and was not handed over yet.
pub(in crate::custody) async fn asked_by(
    app: &App,
    tx: &mut Tx,
    me: &Person,
) -> Result<Vec<RequestView>, Error> {
    let mut views = Vec::new();
    for request in loans::open(tx, Requests::Of(me.unit), app.clock.now(), SHOWN).await? {
        if request.requester == me.id {
            views.push(view(app, tx, me, request).await?);
        }
    }
    Ok(views)
}

/// How many requests wait for this person.
pub async fn waiting(app: &App, tx: &mut Tx, me: &Person) -> Result<u32, Error> {
    let mut mine = BTreeSet::new();
    for whose in whose(me) {
        for request in loans::open(tx, whose, app.clock.now(), SHOWN).await? {
            if may_answer(app, me, &request) || may_check_out(app, me, &request) {
                mine.insert(request.id);
            }
        }
    }
    Ok(u32::try_from(mine.len()).unwrap_or(u32::MAX))
}

fn standing(app: &App, it: &Request) -> RequestStatus {
    if it.used_seq.is_some() {
        return RequestStatus::Out;
    }
    if it.refused_by.is_some() {
        return RequestStatus::Refused;
    }
    let now = app.clock.now();
    match it.expires_at {
        _ if it.due_at <= now => RequestStatus::Expired,
        _ if it.passed_on => RequestStatus::Lapsed,
        None => RequestStatus::Asked,
        Some(until) if until > now => RequestStatus::Approved,
        Some(_) => RequestStatus::Expired,
    }
}

fn may_answer(app: &App, me: &Person, it: &Request) -> bool {
    standing(app, it) == RequestStatus::Asked && approves(me, it.agency) && me.id != it.requester
}

/// The custodian is neither who asked, nor who approved, nor who borrows.
fn may_check_out(app: &App, me: &Person, it: &Request) -> bool {
    let others = [Some(it.requester), Some(it.borrower), it.approver];
    standing(app, it) == RequestStatus::Approved
        && !it.on_offer
        && me.is(Role::Custodian)
        && !others.contains(&Some(me.id))
}

async fn view(app: &App, tx: &mut Tx, me: &Person, it: Request) -> Result<RequestView, Error> {
    let lines = loans::lines(tx, it.id).await?;
    let mut mentions = Mentions::default();
    mentions.items.extend(lines.iter().map(|(item, _)| *item));
    mentions.units.insert(it.unit);
    mentions.persons.extend([it.requester, it.borrower]);
    mentions.persons.extend(it.approver.into_iter().chain(it.refused_by));
    let names = names::names(tx, &mentions).await?;
    let returns = returns(tx, &it, &lines).await?;
    let mut kept = true;
    for (item, _) in &lines {
        kept = kept && !loans::slots_kept(tx, me.unit, *item).await?.is_empty();
    }
    let may_check_out = kept && may_check_out(app, me, &it);
    let slots = match may_check_out {
        true => fetched_from(tx, lines.iter().map(|(item, _)| *item)).await?,
        false => BTreeMap::new(),
    };
    Ok(RequestView {
        id: it.id,
        standing: match standing(app, &it) {
            RequestStatus::Out if returns.len() == lines.len() => RequestStatus::Returned,
            standing => standing,
        },
        unit: names.unit(it.unit),
        requester: names.person(it.requester),
        borrower: names.person(it.borrower),
        may_answer: may_answer(app, me, &it),
        may_check_out,
        slots,
        items: lines.iter().map(|(item, quantity)| loan_item(&names, *item, *quantity)).collect(),
        approver: it.approver.map(|person| names.person(person)),
        approval: it.given_seq.map(i64::cast_unsigned),
        expires_at: it.expires_at,
        refused_by: it.refused_by.map(|person| names.person(person)),
        refusal: it.refusal,
        on_offer: it.on_offer,
        check_out: it.used_seq.map(i64::cast_unsigned),
        returns: returns.into_iter().collect::<BTreeSet<u64>>().into_iter().collect(),
        purpose: it.purpose,
        due_at: it.due_at,
        asked_at: it.asked_at,
    })
}

/// For each item that has come back, the entry by which it did.
async fn returns(tx: &mut Tx, it: &Request, lines: &[(ItemId, i64)]) -> Result<Vec<u64>, Error> {
    let Some(out) = it.used_seq else { return Ok(Vec::new()) };
    let mut returns = Vec::new();
    for (item, _) in lines {
        returns.extend(loans::returned(tx, *item, it.borrower, out).await?.map(i64::cast_unsigned));
    }
    Ok(returns)
}
