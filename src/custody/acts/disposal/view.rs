//! How disposals stand: what is asked for, what may leave, what is gone; and what this person may do next.

use crate::{
    app::App,
    custody::{
        Error,
        request::{
            self, ASKING, RequestProgress, RequestView, ShownAct, listed, progress, request_view, views,
        },
    },
    domain::Person,
    id::ApprovalId,
    ledger::{ApprovedDisposal, Outcome},
    store::{Tx, requests::Request},
    vocabulary::vocabulary,
};
use serde::Serialize;

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
    #[serde(flatten)]
    pub request: RequestView,
    pub standing: DisposalStatus,
    pub outcome: Outcome,
    pub decision: String,
    pub recipient: Option<String>,
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
    let requests = listed::<ApprovedDisposal>(app, &mut tx, me).await?;
    let requests = views(app, &mut tx, me, requests).await?;
    Ok(Disposals { requests, may_ask: ASKING.iter().any(|role| me.is(*role)) })
}

/// One request.
pub async fn show(app: &App, me: &Person, id: ApprovalId) -> Result<DisposalView, Error> {
    request::show::<ApprovedDisposal>(app, me, id).await
}

impl ShownAct for ApprovedDisposal {
    type View = DisposalView;

    async fn view(
        app: &App,
        tx: &mut Tx,
        me: &Person,
        it: Request<ApprovedDisposal>,
    ) -> Result<DisposalView, Error> {
        let (request, _) = request_view(app, tx, me, &it).await?;
        let standing = match progress(app, &it) {
            RequestProgress::Asked => DisposalStatus::Asked,
            RequestProgress::Refused => DisposalStatus::Refused,
            RequestProgress::Approved => DisposalStatus::Approved,
            RequestProgress::Expired => DisposalStatus::Expired,
            RequestProgress::Lapsed => DisposalStatus::Lapsed,
            RequestProgress::CarriedOut => DisposalStatus::Done,
        };
        let ApprovedDisposal { outcome, decision, recipient } = it.terms;
        Ok(DisposalView { request, standing, outcome, decision, recipient })
    }
}
