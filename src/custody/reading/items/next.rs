//! What may happen to an item next; where something may not, why, and what to do about it.

use super::ItemLine;
use crate::{
    custody::Sentence,
    domain::{Person, Role},
    store::items::Item,
};
use serde::Serialize;

/// Something that may happen next, or why it may not.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NextAct {
    /// `receive`, `offer`, `move`, `check_out`, `dispose`, `declare_loss`
    pub act: &'static str,
    /// Absent when this person may do it now.
    pub why_not: Option<Sentence>,
}

/// Requests about a thing that wait for somebody.
#[derive(Clone, Copy, Debug)]
pub(super) struct AskedFor {
    pub loan: bool,
    pub disposal: bool,
    pub loss: bool,
}

fn why(code: &'static str, wrong: (&str, &str), remedy: (&str, &str)) -> Sentence {
    Sentence {
        code,
        zh: wrong.0.to_owned(),
        en: wrong.1.to_owned(),
        remedy_zh: remedy.0.to_owned(),
        remedy_en: remedy.1.to_owned(),
    }
}

/// What may happen to it next, and why something may not. Nothing, when its way has ended.
/// `asked_for` says which requests about it wait.
pub(super) fn next_acts(me: &Person, item: &Item, line: &ItemLine, asked_for: AskedFor) -> Vec<NextAct> {
    let has = |kind: &str| line.places.iter().any(|place| place.kind == kind);
    let mut acts = Vec::new();
    if line.closed {
        return acts;
    }
    if has("owed") {
        acts.push(NextAct { act: "receive", why_not: no_receipt(me, item) });
    }
    if line.duties.iter().any(|duty| duty.kind == "party") {
        acts.push(NextAct { act: "offer", why_not: no_offer(me, line) });
    }
    if has("slot") {
        let why_not = match me.is(Role::Custodian) {
            true => None,
            false => Some(why(
                "not_your_role",
                ("移库由保管员办理。", "Custodians move things."),
                ("如需移库，请联系保管单位。", "Ask the unit that keeps it."),
            )),
        };
        acts.push(NextAct { act: "move", why_not });
        acts.push(NextAct { act: "check_out", why_not: no_loan(me, line, asked_for.loan) });
        acts.push(NextAct { act: "dispose", why_not: no_disposal(me, line, asked_for.disposal) });
    }
    if has("slot") || has("on_loan") {
        acts.push(NextAct { act: "declare_loss", why_not: no_loss(me, line, asked_for.loss) });
    }
    acts
}

fn no_loss(me: &Person, line: &ItemLine, asked_for: bool) -> Option<Sentence> {
    let mine = line.duties.iter().any(|duty| duty.unit == Some(me.unit));
    let works = me.is(Role::Officer) || me.is(Role::Clerk);
    if !(mine && works || me.is(Role::Custodian)) {
        return Some(why(
            "not_responsible",
            (
                "灭失由保管单位的保管员或责任单位的办案人员凭情况说明申报。",
                "Whoever keeps it or answers for it asks to declare a loss, on a written report.",
            ),
            ("请联系保管单位或责任单位。", "Ask the unit that keeps it or answers for it."),
        ));
    }
    asked_for.then(|| {
        why(
            "loss_asked_for",
            ("已有一项灭失申报在办。", "A request to declare it lost waits already."),
            ("请在“灭失”中查看进展。", "See how it stands under Losses."),
        )
    })
}

fn no_receipt(me: &Person, item: &Item) -> Option<Sentence> {
    if !me.is(Role::Custodian) {
        return Some(why(
            "not_your_role",
            ("入库由保管员在窗口办理。", "A custodian receives it at the counter."),
            ("请连同扣押文书送到窗口。", "Bring it to the counter with its papers."),
        ));
    }
    match me.id == item.seized_by {
        true => Some(why(
            "custodian_seized_it",
            ("扣押人不能自己入库（办案与保管相分离）。", "Who seized it cannot receive it."),
            ("请由另一名保管员办理。", "Another custodian must act."),
        )),
        false => None,
    }
}

fn no_loan(me: &Person, line: &ItemLine, asked_for: bool) -> Option<Sentence> {
    let mine = line.duties.iter().any(|duty| duty.unit == Some(me.unit));
    if !mine || !(me.is(Role::Officer) || me.is(Role::Clerk)) {
        return Some(why(
            "not_responsible",
            (
                "借出由责任单位的办案人员申请，经本机关审批，每次审批只用一次。",
                "Officers of the responsible unit ask for a loan; an approval works once.",
            ),
            (
                "请联系责任单位（办理行政案件程序规定第190条）。",
                "Ask the unit that answers for it (L3 §190).",
            ),
        ));
    }
    if asked_for {
        return Some(why(
            "loan_asked_for",
            ("已有一项借出申请在办。", "A request for a loan of it waits already."),
            ("请在“借出归还”中查看进展。", "See how it stands under Loans."),
        ));
    }
    line.on_offer.is_some().then(on_offer)
}

fn no_disposal(me: &Person, line: &ItemLine, asked_for: bool) -> Option<Sentence> {
    let mine = line.duties.iter().any(|duty| duty.unit == Some(me.unit));
    if !mine || !(me.is(Role::Officer) || me.is(Role::Clerk)) {
        return Some(why(
            "not_responsible",
            (
                "处置由责任单位的办案人员凭已生效的处理决定或裁判申请，经本机关审批。",
                "Officers of the responsible unit ask for a disposal, by a decision or judgment in effect.",
            ),
            ("请联系责任单位。", "Ask the unit that answers for it."),
        ));
    }
    if asked_for {
        return Some(why(
            "disposal_asked_for",
            ("已有一项处置申请在办。", "A request to dispose of it waits already."),
            ("请在“处置”中查看进展。", "See how it stands under Disposals."),
        ));
    }
    line.on_offer.is_some().then(on_offer)
}

fn on_offer() -> Sentence {
    why(
        "item_on_offer",
        ("正在换押中，尚未了结。", "It is on offer in a handover that has not ended."),
        ("请先完成或撤回换押。", "Conclude or withdraw the handover first."),
    )
}

fn no_offer(me: &Person, line: &ItemLine) -> Option<Sentence> {
    if line.on_offer.is_some() {
        return Some(on_offer());
    }
    let mine = line.duties.iter().any(|duty| duty.unit == Some(me.unit));
    match mine && (me.is(Role::Officer) || me.is(Role::Clerk)) {
        true => None,
        false => Some(why(
            "not_responsible",
            ("只有责任单位的办案人员可以发起换押。", "Only the unit that answers for it can offer it."),
            ("请联系责任单位。", "Ask the unit that answers for it."),
        )),
    }
}
