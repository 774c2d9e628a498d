//! How loans stand: what is asked for, what may be handed over, what is out and until when; and what this person may do next.

use super::out::{Loan, SlotChoice, lent, slots};
use crate::{
    app::App,
    clock::Moment,
    custody::{
        Error,
        request::{
            self, ASKING, RequestProgress, RequestView, ShownAct, listed, progress, request_view, views,
        },
    },
    domain::{Person, Viewer},
    id::{ApprovalId, ItemId},
    store::{
        Tx, loans,
        requests::{self, LoanTerms, Request},
    },
    vocabulary::vocabulary,
};
use serde::Serialize;
use std::collections::BTreeSet;

/// How many lines a list shows.
const SHOWN: u32 = 500;

vocabulary! {
    /// How far a request for a loan has come.
    LoanStatus "loan.is" {
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
pub struct LoanRequestView {
    #[serde(flatten)]
    pub request: RequestView,
    pub standing: LoanStatus,
    pub borrower: String,
    pub due_at: Moment,
    /// The entries by which it came back.
    pub returns: Vec<u64>,
}

/// What a person's loans page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Loans {
    pub requests: Vec<LoanRequestView>,
    pub out: Vec<Loan>,
    /// Where returned things may lie: the slots that the unit keeps.
    pub slots: Vec<SlotChoice>,
    pub may_ask: bool,
}

/// Requests that wait, those lately answered with no, and loans that are out, as far as they are this person's business.
pub async fn list(app: &App, me: &Person) -> Result<Loans, Error> {
    let mut tx = app.db.read().await?;
    let mut requests = listed::<LoanTerms>(app, &mut tx, me).await?;
    requests.retain(|it| it.used_seq.is_none());
    requests.sort_by_key(|it| (it.asked_at, it.id));
    let views = views(app, &mut tx, me, requests).await?;
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
pub async fn show(app: &App, me: &Person, id: ApprovalId) -> Result<LoanRequestView, Error> {
    request::show::<LoanTerms>(app, me, id).await
}

impl ShownAct for LoanTerms {
    type View = LoanRequestView;

    async fn view(
        app: &App,
        tx: &mut Tx,
        me: &Person,
        it: Request<LoanTerms>,
    ) -> Result<LoanRequestView, Error> {
        let (request, names) = request_view(app, tx, me, &it).await?;
        let returns = returns(tx, &it).await?;
        let standing = match progress(app, &it) {
            RequestProgress::CarriedOut if returns.len() == request.items.len() => LoanStatus::Returned,
            RequestProgress::CarriedOut => LoanStatus::Out,
            RequestProgress::Asked => LoanStatus::Asked,
            RequestProgress::Refused => LoanStatus::Refused,
            RequestProgress::Approved => LoanStatus::Approved,
            RequestProgress::Expired => LoanStatus::Expired,
            RequestProgress::Lapsed => LoanStatus::Lapsed,
        };
        Ok(LoanRequestView {
            request,
            standing,
            borrower: names.person(it.terms.borrower),
            due_at: it.terms.due_at,
            returns: returns.into_iter().collect::<BTreeSet<u64>>().into_iter().collect(),
        })
    }
}

/// For each item that has come back, the entry by which it did.
async fn returns(tx: &mut Tx, it: &Request<LoanTerms>) -> Result<Vec<u64>, Error> {
    let Some(out) = it.used_seq else { return Ok(Vec::new()) };
    let lines: Vec<(ItemId, i64)> = requests::lines(tx, it.id).await?;
    let mut returns = Vec::new();
    for (item, _) in lines {
        returns.extend(loans::returned(tx, item, it.terms.borrower, out).await?.map(i64::cast_unsigned));
    }
    Ok(returns)
}
