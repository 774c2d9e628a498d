//! What waits on a desk besides what the ledger counts: approvals, loans, corrections, and what came in off line.

use super::{Problem, Visitor, Web, approvals::href, render::RenderError, words::Words};
use crate::{
    clock::Moment,
    custody::{
        access::{self, Work},
        approvals::{self, Matter, PendingApproval},
        correction, disposal, loan, loss, off_line,
    },
    domain::{Person, finding, rule::Deadline},
    language::Language,
};

/// One thing that waits, and until when.
pub(super) struct Waiting {
    /// A word of section `desk`, after `kind_`.
    pub kind: &'static str,
    pub title: String,
    pub detail: String,
    pub href: String,
    /// The article that sets the time.
    pub law: String,
    pub at: Moment,
}

/// Everything of these kinds that this person can do something about.
pub(super) async fn waiting(web: &Web, visitor: &Visitor) -> Result<Vec<Waiting>, Problem> {
    let me = visitor.me();
    let words = web.pages.words(visitor.language());
    let mut waiting = to_answer(web, visitor, words).await?;
    waiting.extend(loans(web, me, words).await?);
    waiting.extend(disposals(web, me, words).await?);
    waiting.extend(losses(web, me, words).await?);
    waiting.extend(corrections(web, me, words).await?);
    waiting.extend(off_line_receipts(web, me, words).await?);
    Ok(waiting)
}

fn said(words: &Words, key: &str, values: &[(&str, &str)]) -> Result<String, Problem> {
    Ok(words.text(key, values).map_err(RenderError::from)?)
}

/// What waits for an approver's word. Differences of the own unit stand on the desk already.
async fn to_answer(web: &Web, visitor: &Visitor, words: &Words) -> Result<Vec<Waiting>, Problem> {
    let me = visitor.me();
    let mut waiting = Vec::new();
    for it in approvals::awaited(&web.app, me).await?.into_iter().filter(|it| it.owner != Some(me.unit)) {
        let (href, title) = (href(it.matter, &it.id), asked_for(&it, visitor.language(), words)?);
        let why = match it.matter {
            Matter::Difference => finding::told(visitor.language(), &it.why),
            _ => it.why,
        };
        let detail = [why, it.for_unit, it.asked_by];
        let detail: Vec<String> = detail.into_iter().filter(|text| !text.is_empty()).collect();
        // What has no day of its own stands with what is due now.
        let (at, law) = (it.due_at.unwrap_or_else(|| web.app.clock.now()), it.citation);
        waiting.push(Waiting { kind: "approval", title, detail: detail.join(" · "), href, law, at });
    }
    Ok(waiting)
}

fn asked_for(it: &PendingApproval, language: Language, words: &Words) -> Result<String, Problem> {
    let (what, count) = (it.what.pick(language), it.count.to_string());
    match it.matter {
        Matter::Loan => {
            let values = [("count", count.as_str()), ("who", it.for_whom.as_str())];
            said(words, "desk.loan_to_answer", &values)
        }
        Matter::Disposal => {
            let values = [("what", what), ("who", it.asked_by.as_str())];
            said(words, "desk.disposal_to_answer", &values)
        }
        Matter::Loss => {
            let values = [("what", what), ("who", it.asked_by.as_str())];
            said(words, "desk.loss_to_answer", &values)
        }
        Matter::Correction => said(words, "desk.correction_to_answer", &[("what", what)]),
        Matter::Key => said(words, "desk.key_to_confirm", &[("who", it.for_whom.as_str())]),
        Matter::Rules => said(words, "desk.rules_to_confirm", &[("number", it.id.as_str())]),
        Matter::Difference => said(words, "desk.difference_to_settle", &[("item", what)]),
    }
}

/// Requests to hand over, and things that come back.
async fn loans(web: &Web, me: &Person, words: &Words) -> Result<Vec<Waiting>, Problem> {
    let (rules, loans) = (web.app.rules(), loan::list(&web.app, me).await?);
    let mut waiting = Vec::new();
    for it in loans.requests.iter().filter(|it| it.request.may_carry_out) {
        let count = it.request.items.len().to_string();
        let title = said(
            words,
            "desk.loan_to_hand_over",
            &[("count", count.as_str()), ("who", it.borrower.as_str())],
        )?;
        let at = match it.request.expires_at {
            Some(expires_at) => expires_at,
            None => rules.due(Deadline::LoanApproved, it.request.asked_at),
        };
        let (detail, href) = (format!("{} · {}", it.request.purpose, it.request.unit), "/loans".to_owned());
        waiting.push(Waiting {
            kind: "loan",
            title,
            detail,
            href,
            law: rules.citation(Deadline::LoanApproved, it.request.asked_at),
            at,
        });
    }
    for it in loans.out.iter().filter(|it| it.may_take_back || it.borrower == me.id) {
        let (name, who) = (format!("{} {}", it.item.number, it.item.name), it.borrower_name.as_str());
        let title = said(words, "desk.loan_back", &[("item", name.as_str()), ("who", who)])?;
        let (detail, href) = (format!("{} · {}", it.purpose, it.keeper), "/loans".to_owned());
        waiting.push(Waiting { kind: "loan", title, detail, href, law: String::new(), at: it.due_at });
    }
    Ok(waiting)
}

/// Losses that were approved and are to be declared.
async fn losses(web: &Web, me: &Person, words: &Words) -> Result<Vec<Waiting>, Problem> {
    let rules = web.app.rules();
    let mut waiting = Vec::new();
    for it in loss::list(&web.app, me).await?.requests {
        let request = it.request;
        if !request.may_carry_out {
            continue;
        }
        let count = request.items.len().to_string();
        let at = request.expires_at.unwrap_or_else(|| rules.due(Deadline::LossApproved, request.asked_at));
        waiting.push(Waiting {
            kind: "loss",
            title: said(words, "desk.loss_to_declare", &[("count", count.as_str())])?,
            detail: format!("{} · {}", request.purpose, request.unit),
            href: format!("/losses/{}", request.id),
            law: rules.citation(Deadline::LossApproved, request.asked_at),
            at,
        });
    }
    Ok(waiting)
}

/// What was approved and may leave.
async fn disposals(web: &Web, me: &Person, words: &Words) -> Result<Vec<Waiting>, Problem> {
    let rules = web.app.rules();
    let mut waiting = Vec::new();
    for it in disposal::list(&web.app, me).await?.requests.into_iter().filter(|it| it.request.may_carry_out) {
        let (count, way) = (it.request.items.len().to_string(), format!("outcome.{}", it.outcome.word()));
        let way = said(words, &way, &[])?;
        let values = [("count", count.as_str()), ("way", way.as_str())];
        let at = it
            .request
            .expires_at
            .unwrap_or_else(|| rules.due(Deadline::DisposalApproved, it.request.asked_at));
        waiting.push(Waiting {
            kind: "disposal",
            title: said(words, "desk.disposal_to_carry_out", &values)?,
            detail: format!("{} · {}", it.decision, it.request.unit),
            href: format!("/disposals/{}", it.request.id),
            law: rules.citation(Deadline::DisposalApproved, it.request.asked_at),
            at,
        });
    }
    Ok(waiting)
}

async fn corrections(web: &Web, me: &Person, words: &Words) -> Result<Vec<Waiting>, Problem> {
    let rules = web.app.rules();
    let mut waiting = Vec::new();
    for it in correction::open(&web.app, me).await?.into_iter().filter(|it| it.mine && !it.to_answer) {
        let wrong = it.wrong.to_string();
        let title = said(words, "desk.correction", &[("number", wrong.as_str())])?;
        let law = rules.citation(Deadline::CorrectionApproved, it.declared_at);
        let at = rules.due(Deadline::CorrectionApproved, it.declared_at);
        let (detail, href) =
            (format!("{} · {}", it.error, it.declared_by), format!("/corrections/{}", it.declaration));
        waiting.push(Waiting { kind: "correction", title, detail, href, law, at });
    }
    Ok(waiting)
}

/// All that wait as one line: they have no time of their own, and stand with what is due now.
async fn off_line_receipts(web: &Web, me: &Person, words: &Words) -> Result<Vec<Waiting>, Problem> {
    let count = match access::offers(me, Work::Keeping) {
        true => off_line::waiting(&web.app, me).await?,
        false => 0,
    };
    if count == 0 {
        return Ok(Vec::new());
    }
    let count = count.to_string();
    let title = said(words, "desk.off_line", &[("count", count.as_str())])?;
    let detail = said(words, "desk.off_line_how", &[])?;
    let (href, law, at) = ("/off-line".to_owned(), String::new(), web.app.clock.now());
    Ok(vec![Waiting { kind: "off_line", title, detail, href, law, at }])
}
