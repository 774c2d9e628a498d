//! Scans that record nothing: a label is bound to the line in hand, a spoiled one is voided, a thing is looked up and held.

use super::super::label;
use super::{
    Operator, blank,
    look_up::{look_up, no_item},
    tray,
};
use crate::{
    app::App,
    custody::{Error, access},
    domain::{
        Code, CodeKind,
        counter::{Activity, Receiving},
    },
    live::ScanAnswer,
    store::{
        Tx, counter,
        counts::{self, CountItem},
        labels,
    },
};
use hufu_wire::message::Verdict;

/// Does what the scan of this label asks for, inside the transaction that keeps the scan.
pub(super) async fn take(
    tx: &mut Tx,
    app: &App,
    operator: &Operator,
    code: &Code,
) -> Result<ScanAnswer, Error> {
    if let Activity::Voiding { reason } = &operator.activity
        && operator.stands
    {
        return blank::void(tx, app, operator, code, reason).await;
    }
    if let Some(told) = replaced(tx, operator, code).await? {
        return Ok(told);
    }
    match (code.kind(), &operator.activity) {
        (CodeKind::Blank, Activity::Receiving(open)) if open.item.is_some() => {
            blank::claim(tx, app, operator, open, code).await
        }
        (CodeKind::Blank, _) => blank::look_up(tx, app, operator, code).await,
        (CodeKind::Item, Activity::Receiving(open)) if let Some(items) = &open.tray => {
            tray::lay(tx, app, operator, (open, items), code).await
        }
        (_, Activity::Receiving(open)) if open.item.is_some() => bind(tx, app, operator, open, code).await,
        (_, _) => look_up(tx, app, operator, code).await,
    }
}

/// A label that is dead, wherever it lies: an older copy, or that of a line that was itemised. It binds nothing, moves nothing, and is laid on
/// no tray.
async fn replaced(tx: &mut Tx, operator: &Operator, code: &Code) -> Result<Option<ScanAnswer>, Error> {
    let Some(CountItem { id: item, itemised, .. }) = counts::item_by_code(tx, code).await? else {
        return Ok(None);
    };
    let number = code.number();
    let (zh, en) = match labels::replaced_by(tx, item, code).await? {
        Some(copy) => (
            format!("{number} 的这张标签已由第 {copy} 张代替，请销毁；什么也没有改变。请扫第 {copy} 张。"),
            format!(
                "Copy {copy} has taken the place of this label of {number}: destroy it. Nothing was changed; scan copy {copy}."
            ),
        ),
        None if itemised => (
            format!("{number} 已经逐件登记，这张标签作废，请销毁；什么也没有改变。请扫各件的标签。"),
            format!(
                "{number} was itemised and this label is void: destroy it. Nothing was changed; scan the labels of the things."
            ),
        ),
        None => return Ok(None),
    };
    if !access::sees_item(tx, &operator.me, item).await? {
        return Ok(None);
    }
    let told = operator.say(Verdict::Refused, zh, en);
    Ok(Some(ScanAnswer { href: Some(format!("/items/{item}")), ..told }))
}

/// A label while a line is in hand: it must be that line's own, and printed.
async fn bind(
    tx: &mut Tx,
    app: &App,
    operator: &Operator,
    open: &Receiving,
    code: &Code,
) -> Result<ScanAnswer, Error> {
    let number = code.number();
    let Some(item) = counts::item_by_code(tx, code).await?.map(|item| item.id) else {
        return Ok(no_item(operator, &number));
    };
    let Some(picked) = (match open.item {
        Some(item) => counter::line(tx, item).await?,
        None => None,
    }) else {
        return Ok(no_item(operator, &number));
    };
    if item == picked.id {
        return bind_own(tx, app, operator, &picked).await;
    }
    if open.last.is_some_and(|last| last.item == item) {
        let picked = &picked.number;
        return Ok(operator.say(
            Verdict::Repeated,
            format!("{number} 已经入库；手中的是 {picked}。"),
            format!("{number} is received already; in hand is {picked}."),
        ));
    }
    let picked = format!("{} {}", picked.number, picked.name);
    Ok(operator.say(
        Verdict::Refused,
        format!("这是 {number} 的标签，手中的是 {picked}。请核对实物，不要贴错。"),
        format!(
            "This is the label of {number}; in hand is {picked}. Compare the thing before you stick it on."
        ),
    ))
}

async fn bind_own(
    tx: &mut Tx,
    app: &App,
    operator: &Operator,
    picked: &counter::Line,
) -> Result<ScanAnswer, Error> {
    let number = &picked.number;
    if picked.draft.bound.is_some() {
        return Ok(operator.say(
            Verdict::Repeated,
            format!("{number} 的标签已经绑定。请扫库位。"),
            format!("The label of {number} is bound already. Scan the slot."),
        ));
    }
    Ok(match label::bind(tx, app, &operator.me, picked).await? {
        true => operator.say(
            Verdict::Accepted,
            format!("{number} 标签已绑定。请放好并扫库位。"),
            format!("The label of {number} is bound. Put it away and scan the slot."),
        ),
        false => operator.say(
            Verdict::Refused,
            format!("{number} 现在没有有效的标签（未打印，或已作废）。请先打印。"),
            format!("There is no valid label of {number}: not printed yet, or spoiled. Print one first."),
        ),
    })
}
