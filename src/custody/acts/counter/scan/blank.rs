//! What the scan of a blank label means: for the line in hand it is its label, where spoiled ones are voided it is void, and
//! otherwise it names the thing that it is on.

use super::{
    Operator,
    look_up::{self, no_item},
};
use crate::{
    app::App,
    custody::{
        Error,
        blank::{self, Claim, VoidOutcome},
    },
    domain::{Code, CodeKind, counter::Receiving, off_line::BlankState},
    live::ScanAnswer,
    store::{Tx, blanks, counter},
};
use hufu_wire::message::Verdict;

/// A blank label while a line is in hand: it becomes that line's.
pub(super) async fn claim(
    tx: &mut Tx,
    app: &App,
    operator: &Operator,
    open: &Receiving,
    code: &Code,
) -> Result<ScanAnswer, Error> {
    let number = code.number();
    let Some(picked) = (match open.item {
        Some(item) => counter::line(tx, item).await?,
        None => None,
    }) else {
        return Ok(no_item(operator, &number));
    };
    let of = &picked.number;
    let answer = match blank::claim(tx, app, &operator.me, &picked, code).await? {
        Claim::Claimed => operator.say(
            Verdict::Accepted,
            format!("{number} 已贴到 {of}。请放好并扫库位。"),
            format!("{number} is the label of {of} now. Put it away and scan the slot."),
        ),
        Claim::Repeated => operator.say(
            Verdict::Repeated,
            format!("{number} 已经是 {of} 的标签。请扫库位。"),
            format!("{number} is the label of {of} already. Scan the slot."),
        ),
        Claim::OfAnother(item) if open.last.is_some_and(|last| last.item == item) => operator.say(
            Verdict::Repeated,
            format!("{number} 的财物已经入库；手中的是 {of}。"),
            format!("The thing under {number} is received already; in hand is {of}."),
        ),
        Claim::OfAnother(item) => {
            let other = counter::line(tx, item).await?.map_or_else(String::new, |line| line.number);
            operator.say(
                Verdict::Refused,
                format!("{number} 已经贴在 {other} 上。请换一张空白标签。"),
                format!("{number} is on {other} already. Take another blank label."),
            )
        }
        Claim::OffLine => operator.say(
            Verdict::Refused,
            format!("{number} 贴在一件离线收件上，还没有登记。请在“离线收件”中登记，或换一张空白标签。"),
            format!("{number} is on a thing taken in off line that waits to be entered. Enter it, or take another label."),
        ),
        Claim::Void(reason) => void_label(operator, &number, &reason),
        Claim::Foreign => foreign_label(operator, &number),
        Claim::LineHasLabel => operator.say(
            Verdict::Refused,
            format!("{of} 已经有标签了。请扫库位；多出的空白标签可留作下一件。"),
            format!("{of} has a label already. Scan the slot; keep this blank one for the next thing."),
        ),
    };
    Ok(answer)
}

fn void_label(operator: &Operator, number: &str, reason: &str) -> ScanAnswer {
    operator.say(
        Verdict::Refused,
        format!("{number} 已作废（{reason}）。请撕下，换一张。"),
        format!("{number} is void ({reason}). Take it off and use another."),
    )
}

fn foreign_label(operator: &Operator, number: &str) -> ScanAnswer {
    operator.say(
        Verdict::Unknown,
        format!("{number} 不是本单位预印的标签。请换一张。"),
        format!("{number} was not printed for this unit. Use another label."),
    )
}

/// A scan while spoiled labels are voided.
pub(super) async fn void(
    tx: &mut Tx,
    app: &App,
    operator: &Operator,
    code: &Code,
    reason: &str,
) -> Result<ScanAnswer, Error> {
    let number = code.number();
    if code.kind() != CodeKind::Blank {
        return Ok(operator.say(
            Verdict::Refused,
            format!("正在作废空白标签；{number} 不是空白标签，没有改变。"),
            format!("Blank labels are being voided; {number} is none, and nothing was changed."),
        ));
    }
    let answer = match blank::void_in(tx, app, &operator.me, &code.to_string(), reason).await {
        Ok(VoidOutcome::Now) => operator.say(
            Verdict::Accepted,
            format!("{number} 已作废（{reason}）。"),
            format!("{number} is void now ({reason})."),
        ),
        Ok(VoidOutcome::Before) => operator.say(
            Verdict::Repeated,
            format!("{number} 早已作废。"),
            format!("{number} was void already."),
        ),
        Err(Error::NotFound(_)) => foreign_label(operator, &number),
        Err(error) => return Err(error),
    };
    Ok(answer)
}

/// A blank label while nothing is in hand: the thing that it is on, or that it is on nothing.
pub(super) async fn look_up(
    tx: &mut Tx,
    app: &App,
    operator: &Operator,
    code: &Code,
) -> Result<ScanAnswer, Error> {
    let number = code.number();
    let label = blanks::find(tx, &number).await?.filter(|label| label.unit == operator.me.unit);
    Ok(match label {
        None => return look_up::look_up(tx, app, operator, code).await,
        Some(label) => match (label.state, label.item) {
            (BlankState::Claimed, Some(_)) => return look_up::look_up(tx, app, operator, code).await,
            (BlankState::Claimed, None) => ScanAnswer {
                href: Some("/off-line".to_owned()),
                ..operator.say(
                    Verdict::Accepted,
                    format!("{number}：离线收件，等待登记。"),
                    format!("{number}: taken in off line, waiting to be entered."),
                )
            },
            (BlankState::Void, _) => {
                void_label(operator, &number, label.reason.as_deref().unwrap_or_default())
            }
            (BlankState::Blank, _) => operator.say(
                Verdict::Refused,
                format!("{number} 是空白标签，还没有贴到财物上。请先选择一行。"),
                format!("{number} is a blank label and on nothing yet. Pick a line first."),
            ),
        },
    })
}
