//! 审批: everything that waits for an approver's word, whatever it is about, and how stands what somebody has asked for. Each is decided on
//! its own page; page, desk, figure of the menu and API read the same here.

use super::items::Both;
use crate::custody::{
    Error, access, correction, difference, disposal, keys, loan, loss,
    request::{self, RequestView, answerable},
    rules,
};
use crate::{
    app::App,
    clock::Moment,
    domain::{Person, Role, rule::Deadline},
    id::UnitId,
    ledger::{ApprovedDisposal, ApprovedLoss},
    store::{Tx, requests::LoanTerms},
    vocabulary::vocabulary,
};
use serde::Serialize;

vocabulary! {
    /// What an approver is asked about.
    Matter "approvals.matter" {
        Loan "loan" "借用" "Loan",
        Disposal "disposal" "处置" "Disposal",
        Loss "loss" "灭失" "Loss",
        Correction "correction" "更正" "Correction",
        Key "key" "签章密钥" "Key",
        Rules "rules" "规则" "Rules",
        Difference "difference" "差异" "Difference",
    }

    /// How stands what was asked for.
    Progress "approvals.is" {
        /// An approver has not said anything yet.
        Waiting "waiting" "待审批" "Waits for approval",
        Approved "approved" "已同意" "Approved",
        Refused "refused" "未同意" "Refused",
        /// Nobody answered in time, or the yes was not used in time.
        Expired "expired" "已过期" "Expired",
    }
}

/// One thing that waits for an approver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PendingApproval {
    pub matter: Matter,
    /// By which its own page is found: of a loan, a disposal and a difference its id, of a correction the declaration's entry, of rules theirs, of a
    /// key its id.
    pub id: String,
    pub what: Both,
    /// How many things, or entries, it is about.
    pub count: usize,
    /// Who shall have it, or whose it is; empty where it is nobody's alone.
    pub for_whom: String,
    /// The unit that asks, or to which it belongs; empty where it is the city's.
    pub for_unit: String,
    /// Of a difference, the unit that owns it.
    pub owner: Option<UnitId>,
    pub why: String,
    /// For how long: until when a loan is wanted, from when rules shall hold.
    pub term: Option<Moment>,
    pub asked_by: String,
    pub asked_at: Moment,
    /// By when it must be answered; absent where nothing sets a day.
    pub due_at: Option<Moment>,
    /// The article that sets it.
    pub citation: String,
}

/// Something that somebody asked for, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OwnRequest {
    pub matter: Matter,
    /// As [`PendingApproval::id`].
    pub id: String,
    pub what: Both,
    pub why: String,
    pub asked_at: Moment,
    pub progress: Progress,
    /// Who said yes or no, where one person did.
    pub answered_by: Option<String>,
    /// Why not.
    pub refusal: Option<String>,
    /// Until when the yes can be used.
    pub expires_at: Option<Moment>,
}

/// What waits for somebody's word, the nearest deadline first, and what they have asked for, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Approvals {
    pub to_answer: Vec<PendingApproval>,
    pub asked: Vec<OwnRequest>,
}

/// Whether anything waits for this person's word at all.
pub fn answers(me: &Person) -> bool {
    me.is(Role::Approver)
}

/// For approvers and for those who ask them.
pub async fn approvals(app: &App, me: &Person) -> Result<Approvals, Error> {
    access::require_one(me, &access::ASKING_OR_ANSWERING)?;
    let mut tx = app.db.read().await?;
    let to_answer = to_answer(app, &mut tx, me).await?;
    Ok(Approvals { to_answer, asked: asked(app, &mut tx, me).await? })
}

/// What this person may answer now; nothing for who is no approver.
pub async fn awaited(app: &App, me: &Person) -> Result<Vec<PendingApproval>, Error> {
    let mut tx = app.db.read().await?;
    to_answer(app, &mut tx, me).await
}

/// How much that is, and of what has a day of its own the one that is due first.
pub(super) async fn waiting(
    app: &App,
    tx: &mut Tx,
    me: &Person,
) -> Result<(usize, Option<(Deadline, Moment)>), Error> {
    if !answers(me) {
        return Ok((0, None));
    }
    let loans = answerable::<LoanTerms>(app, tx, me).await?;
    let disposals = answerable::<ApprovedDisposal>(app, tx, me).await?;
    let losses = answerable::<ApprovedLoss>(app, tx, me).await?;
    let corrections = correction::to_answer(app, tx, me).await?;
    let differences = difference::to_settle(tx, me).await?;
    let count = loans.len()
        + disposals.len()
        + losses.len()
        + corrections.len()
        + keys::to_confirm(tx, me).await?.len()
        + rules::to_confirm(app, tx, me).await?.len()
        + differences.len();
    let due = |deadline: Deadline, since: Option<Moment>| {
        since.map(|since| (deadline, app.rules().due(deadline, since)))
    };
    let settled = match differences.iter().min_by_key(|it| it.due_at) {
        Some(it) => Some((difference::deadline_of(&it.class)?, it.due_at)),
        None => None,
    };
    let first = [
        due(Deadline::LoanApproved, loans.iter().map(|it| it.asked_at).min()),
        due(Deadline::DisposalApproved, disposals.iter().map(|it| it.asked_at).min()),
        due(Deadline::LossApproved, losses.iter().map(|it| it.asked_at).min()),
        due(Deadline::CorrectionApproved, corrections.iter().map(|it| it.declared_at).min()),
        settled,
    ];
    Ok((count, first.into_iter().flatten().min_by_key(|(_, at)| *at)))
}

async fn to_answer(app: &App, tx: &mut Tx, me: &Person) -> Result<Vec<PendingApproval>, Error> {
    if !answers(me) {
        return Ok(Vec::new());
    }
    let mut awaited = loans(app, tx, me).await?;
    awaited.extend(disposals(app, tx, me).await?);
    awaited.extend(losses(app, tx, me).await?);
    awaited.extend(corrections(app, tx, me).await?);
    awaited.extend(keys_to_confirm(tx, me).await?);
    awaited.extend(rules_to_confirm(app, tx, me).await?);
    awaited.extend(differences(app, tx, me).await?);
    // Without a day of their own they come last.
    awaited.sort_by_key(|it| (it.due_at.is_none(), it.due_at, it.asked_at));
    Ok(awaited)
}

async fn loans(app: &App, tx: &mut Tx, me: &Person) -> Result<Vec<PendingApproval>, Error> {
    let views = request::to_answer::<LoanTerms>(app, tx, me).await?.into_iter();
    Ok(views
        .map(|it| {
            let what = named(&it.request.items);
            let awaited = requested(app, Matter::Loan, what, it.request, Deadline::LoanApproved);
            PendingApproval { for_whom: it.borrower, term: Some(it.due_at), ..awaited }
        })
        .collect())
}

/// A request for an act on things, as it waits.
fn requested(app: &App, matter: Matter, what: Both, it: RequestView, deadline: Deadline) -> PendingApproval {
    PendingApproval {
        matter,
        id: it.id.to_string(),
        what,
        count: it.items.len(),
        for_whom: String::new(),
        for_unit: it.unit,
        owner: None,
        why: it.purpose,
        term: None,
        asked_by: it.requester,
        asked_at: it.asked_at,
        due_at: Some(app.rules().due(deadline, it.asked_at)),
        citation: app.rules().citation(deadline, it.asked_at),
    }
}

/// The first things by name, and how many more.
fn named(items: &[loan::LoanItem]) -> Both {
    const NAMED: usize = 3;
    let named: Vec<String> =
        items.iter().take(NAMED).map(|item| format!("{} {}", item.number, item.name)).collect();
    let all = items.len();
    Both::of(|language| {
        let said = named.join(language.pick("、", ", "));
        match all.checked_sub(NAMED).filter(|more| *more > 0) {
            Some(more) => language.pick(format!("{said} 等 {all} 件"), format!("{said} and {more} more")),
            None => said,
        }
    })
}

async fn disposals(app: &App, tx: &mut Tx, me: &Person) -> Result<Vec<PendingApproval>, Error> {
    let views = request::to_answer::<ApprovedDisposal>(app, tx, me).await?.into_iter();
    Ok(views
        .map(|it| {
            let what = disposed(&it);
            let awaited = requested(app, Matter::Disposal, what, it.request, Deadline::DisposalApproved);
            PendingApproval { for_whom: it.recipient.unwrap_or_default(), ..awaited }
        })
        .collect())
}

/// The way out, and the things.
fn disposed(it: &disposal::DisposalView) -> Both {
    let things = named(&it.request.items);
    Both::of(|language| {
        let way = it.outcome.text(language);
        format!("{way}{}{}", language.pick("：", ": "), things.pick(language))
    })
}

async fn losses(app: &App, tx: &mut Tx, me: &Person) -> Result<Vec<PendingApproval>, Error> {
    let views = request::to_answer::<ApprovedLoss>(app, tx, me).await?.into_iter();
    Ok(views
        .map(|it| {
            let what = lost(&it);
            let awaited = requested(app, Matter::Loss, what, it.request, Deadline::LossApproved);
            // Who is liable is not somebody for whom it is.
            let why = match it.liable {
                Some(who) => format!("{}（{who}）", awaited.why),
                None => awaited.why.clone(),
            };
            PendingApproval { why, ..awaited }
        })
        .collect())
}

/// How it came about, and the things.
fn lost(it: &loss::LossView) -> Both {
    let things = named(&it.request.items);
    Both::of(|language| {
        format!("{}{}{}", it.cause.text(language), language.pick("：", ": "), things.pick(language))
    })
}

async fn corrections(app: &App, tx: &mut Tx, me: &Person) -> Result<Vec<PendingApproval>, Error> {
    let views = correction::to_answer(app, tx, me).await?.into_iter();
    Ok(views
        .map(|it| PendingApproval {
            matter: Matter::Correction,
            id: it.declaration.to_string(),
            what: corrected(&it),
            count: 1,
            for_whom: String::new(),
            for_unit: String::new(),
            owner: None,
            why: it.reason.unwrap_or(it.error),
            term: None,
            asked_by: it.asked_by.unwrap_or(it.declared_by),
            asked_at: it.declared_at,
            due_at: Some(app.rules().due(Deadline::CorrectionApproved, it.declared_at)),
            citation: app.rules().citation(Deadline::CorrectionApproved, it.declared_at),
        })
        .collect())
}

/// Which entry, and the first line of what should have been.
fn corrected(it: &correction::CorrectionView) -> Both {
    Both::of(|language| {
        let wrong = it.wrong;
        let said = language.pick(format!("更正第 {wrong} 号分录"), format!("Correction of entry {wrong}"));
        match it.lines.first() {
            Some(line) => format!("{said}{}{}", language.pick("：", ": "), line.sentence.pick(language)),
            None => said,
        }
    })
}

async fn keys_to_confirm(tx: &mut Tx, me: &Person) -> Result<Vec<PendingApproval>, Error> {
    let waiting = keys::to_confirm(tx, me).await?.into_iter();
    Ok(waiting
        .map(|(it, registered_at)| PendingApproval {
            matter: Matter::Key,
            what: key_of(&it.key),
            count: 1,
            for_whom: it.holder.clone(),
            for_unit: it.unit,
            owner: None,
            why: String::new(),
            term: None,
            asked_by: it.holder,
            asked_at: registered_at,
            due_at: None,
            citation: String::new(),
            id: it.key,
        })
        .collect())
}

fn key_of(key: &str) -> Both {
    Both::of(|language| language.pick(format!("首把签章密钥 {key}"), format!("First key {key}")))
}

async fn rules_to_confirm(app: &App, tx: &mut Tx, me: &Person) -> Result<Vec<PendingApproval>, Error> {
    let waiting = rules::to_confirm(app, tx, me).await?.into_iter();
    Ok(waiting
        .map(|it| PendingApproval {
            matter: Matter::Rules,
            id: it.entry.to_string(),
            what: ruled(it.entry),
            count: it.changes.len(),
            for_whom: String::new(),
            for_unit: String::new(),
            owner: None,
            why: it.reason,
            term: Some(it.begins),
            asked_by: it.adopted_by,
            asked_at: it.adopted_at,
            due_at: Some(it.begins),
            citation: String::new(),
        })
        .collect())
}

fn ruled(entry: u64) -> Both {
    Both::of(|language| {
        language.pick(format!("第 {entry} 号分录提出的规则"), format!("The rules brought by entry {entry}"))
    })
}

async fn differences(app: &App, tx: &mut Tx, me: &Person) -> Result<Vec<PendingApproval>, Error> {
    let mut awaited = Vec::new();
    for it in difference::to_settle(tx, me).await? {
        let citation = difference::law(app, &it.class, it.raised_at)?;
        let what = it.item_number.iter().chain(&it.item_name).cloned().collect::<Vec<_>>().join(" ");
        awaited.push(PendingApproval {
            matter: Matter::Difference,
            id: it.id.to_string(),
            what: Both { zh: what.clone(), en: what },
            count: 1,
            for_whom: String::new(),
            for_unit: it.owner_name,
            owner: Some(it.owner),
            why: it.finding,
            term: None,
            asked_by: it.raised_by_name,
            asked_at: it.raised_at,
            due_at: Some(it.due_at),
            citation,
        });
    }
    Ok(awaited)
}

/// What this person has asked for and nothing has become of yet, or what was lately refused.
async fn asked(app: &App, tx: &mut Tx, me: &Person) -> Result<Vec<OwnRequest>, Error> {
    let loans = request::asked_by::<LoanTerms>(app, tx, me).await?.into_iter().map(loan_asked);
    let mut asked: Vec<OwnRequest> = loans.collect();
    asked.extend(request::asked_by::<ApprovedDisposal>(app, tx, me).await?.into_iter().map(disposal_asked));
    asked.extend(request::asked_by::<ApprovedLoss>(app, tx, me).await?.into_iter().map(loss_asked));
    asked.extend(correction::asked_by(app, tx, me).await?.into_iter().filter_map(correction_asked));
    for (it, asked_at) in keys::waiting_of(tx, me).await? {
        let what = key_of(&it.key);
        asked.push(OwnRequest { id: it.key, ..nothing_said(Matter::Key, what, String::new(), asked_at) });
    }
    for it in rules::brought_by(app, tx, me).await? {
        let confirmed = it.confirmed_by.is_some();
        let said = nothing_said(Matter::Rules, ruled(it.entry), it.reason, it.adopted_at);
        let progress = if confirmed { Progress::Approved } else { Progress::Waiting };
        asked.push(OwnRequest { id: it.entry.to_string(), progress, answered_by: it.confirmed_by, ..said });
    }
    asked.sort_by_key(|it| std::cmp::Reverse(it.asked_at));
    Ok(asked)
}

fn nothing_said(matter: Matter, what: Both, why: String, asked_at: Moment) -> OwnRequest {
    OwnRequest {
        matter,
        id: String::new(),
        what,
        why,
        asked_at,
        progress: Progress::Waiting,
        answered_by: None,
        refusal: None,
        expires_at: None,
    }
}

fn loan_asked(it: loan::LoanRequestView) -> OwnRequest {
    use loan::LoanStatus::{Approved, Asked as NotAnswered, Expired, Lapsed, Out, Refused, Returned};
    let progress = match it.standing {
        NotAnswered => Progress::Waiting,
        Refused => Progress::Refused,
        Approved | Out | Returned => Progress::Approved,
        Expired | Lapsed => Progress::Expired,
    };
    request_said(Matter::Loan, named(&it.request.items), progress, it.request)
}

fn disposal_asked(it: disposal::DisposalView) -> OwnRequest {
    use disposal::DisposalStatus::{Approved, Asked as NotAnswered, Done, Expired, Lapsed, Refused};
    let progress = match it.standing {
        NotAnswered => Progress::Waiting,
        Refused => Progress::Refused,
        Approved | Done => Progress::Approved,
        Expired | Lapsed => Progress::Expired,
    };
    request_said(Matter::Disposal, disposed(&it), progress, it.request)
}

fn loss_asked(it: loss::LossView) -> OwnRequest {
    use loss::LossStatus::{Approved, Asked as NotAnswered, Declared, Expired, Lapsed, Refused};
    let progress = match it.standing {
        NotAnswered => Progress::Waiting,
        Refused => Progress::Refused,
        Approved | Declared => Progress::Approved,
        Expired | Lapsed => Progress::Expired,
    };
    request_said(Matter::Loss, lost(&it), progress, it.request)
}

fn request_said(matter: Matter, what: Both, progress: Progress, it: RequestView) -> OwnRequest {
    OwnRequest {
        id: it.id.to_string(),
        progress,
        answered_by: it.approver.or(it.refused_by),
        refusal: it.refusal,
        expires_at: it.expires_at,
        ..nothing_said(matter, what, it.purpose, it.asked_at)
    }
}

/// An error for which nobody asks for anything asks for nothing.
fn correction_asked(it: correction::CorrectionView) -> Option<OwnRequest> {
    use correction::CorrectionStatus::{
        Approved, Asked as NotAnswered, Corrected, Declared, Expired, Refused,
    };
    let progress = match it.standing {
        Declared => return None,
        NotAnswered => Progress::Waiting,
        Refused => Progress::Refused,
        Approved | Corrected => Progress::Approved,
        Expired => Progress::Expired,
    };
    let what = corrected(&it);
    let said = nothing_said(Matter::Correction, what, it.reason.unwrap_or(it.error), it.declared_at);
    Some(OwnRequest {
        id: it.declaration.to_string(),
        progress,
        answered_by: it.approved_by.or(it.refused_by),
        refusal: it.refusal,
        expires_at: it.expires_at,
        ..said
    })
}
