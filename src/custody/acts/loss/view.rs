//! How losses stand: what is asked for, what may be declared, what was; and what this person may do next.

use super::ask::ASKING;
use crate::{
    app::App,
    custody::{
        Error,
        request::{self, RequestProgress, RequestView, ShownAct, listed, progress, request_view, views},
    },
    domain::Person,
    id::ApprovalId,
    ledger::{ApprovedLoss, LossCause},
    store::{Tx, requests::Request},
    vocabulary::vocabulary,
};
use serde::Serialize;

vocabulary! {
    /// How far a request to declare a loss has come.
    LossStatus "loss.is" {
        /// It waits for an approver.
        Asked "asked" "待审批" "Waits for approval",
        Refused "refused" "未批准" "Refused",
        /// It waits for a custodian.
        Approved "approved" "已批准，待申报" "Approved, to be declared",
        /// The approval ran out unused.
        Expired "expired" "已过期" "Expired",
        /// The things are another agency's by now, whose own approver must say yes.
        Lapsed "lapsed" "已失效，财物已换押" "Lapsed, handed over",
        Declared "declared" "已申报灭失" "Declared lost",
    }
}

/// One request, with what this person may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LossView {
    #[serde(flatten)]
    pub request: RequestView,
    pub standing: LossStatus,
    pub cause: LossCause,
    /// Nobody where it is nobody's fault.
    pub liable: Option<String>,
    pub report: String,
}

/// What a person's page of losses shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Losses {
    pub requests: Vec<LossView>,
    pub may_ask: bool,
}

/// Requests that wait, and those that ended lately, as far as they are this person's business; the newest first.
pub async fn list(app: &App, me: &Person) -> Result<Losses, Error> {
    let mut tx = app.db.read().await?;
    let requests = listed::<ApprovedLoss>(app, &mut tx, me).await?;
    let requests = views(app, &mut tx, me, requests).await?;
    Ok(Losses { requests, may_ask: ASKING.iter().any(|role| me.is(*role)) })
}

/// One request.
pub async fn show(app: &App, me: &Person, id: ApprovalId) -> Result<LossView, Error> {
    request::show::<ApprovedLoss>(app, me, id).await
}

impl ShownAct for ApprovedLoss {
    type View = LossView;

    async fn view(app: &App, tx: &mut Tx, me: &Person, it: Request<ApprovedLoss>) -> Result<LossView, Error> {
        let (request, names) = request_view(app, tx, me, &it).await?;
        let standing = match progress(app, &it) {
            RequestProgress::Asked => LossStatus::Asked,
            RequestProgress::Refused => LossStatus::Refused,
            RequestProgress::Approved => LossStatus::Approved,
            RequestProgress::Expired => LossStatus::Expired,
            RequestProgress::Lapsed => LossStatus::Lapsed,
            RequestProgress::CarriedOut => LossStatus::Declared,
        };
        let ApprovedLoss { cause, liable, report } = it.terms;
        let liable = liable.map(|person| names.person(person));
        Ok(LossView { request, standing, cause, liable, report })
    }
}
