//! A label that is scanned while the tray is in use.

use super::super::{label, steps, tray::MOST};
use super::Operator;
use crate::{
    app::App,
    custody::Error,
    domain::{
        Code,
        counter::{Activity, Receiving},
    },
    id::ItemId,
    live::ScanAnswer,
    store::{Tx, counter, counts},
};
use hufu_wire::message::Verdict;

/// A label while the tray is in use: bound, and laid on the tray once nothing is missing of its line. What misses a step comes to
/// hand, so that it can be done.
pub(super) async fn lay(
    tx: &mut Tx,
    app: &App,
    operator: &Operator,
    (open, tray): (&Receiving, &[ItemId]),
    code: &Code,
) -> Result<ScanAnswer, Error> {
    let number = code.number();
    let item = counts::item_by_code(tx, code).await?.map(|item| item.id);
    let line = match item {
        Some(item) => counter::line(tx, item).await?.filter(|line| line.case == open.case && line.owed > 0),
        None => None,
    };
    let Some(line) = line else { return Ok(not_of_the_case(operator, &number)) };
    if tray.contains(&line.id) {
        let (zh, en) = (format!("{number} 已在托盘上。"), format!("{number} is on the tray already."));
        return Ok(operator.say(Verdict::Repeated, zh, en));
    }
    if tray.len() >= MOST {
        let zh = format!("托盘已满（{MOST} 件）。请先扫库位入库。");
        let en = format!("The tray is full ({MOST} things). Scan a slot first.");
        return Ok(operator.say(Verdict::Refused, zh, en));
    }
    if line.draft.bound.is_none() && !label::bind(tx, app, &operator.me, &line).await? {
        let zh = format!("{number} 现在没有有效的标签（未打印，或已作废）。请先打印。");
        let en =
            format!("There is no valid label of {number}: not printed yet, or spoiled. Print one first.");
        return Ok(operator.say(Verdict::Refused, zh, en));
    }
    let mut changed = Receiving { item: Some(line.id), ..open.clone() };
    let missing = steps::all_done(app, &line, app.clock.now());
    let count = tray.len().saturating_add(1);
    if missing.is_ok() {
        changed.tray = Some(tray.iter().copied().chain([line.id]).collect());
    }
    let activity = Activity::Receiving(changed);
    counter::set(tx, operator.station, operator.me.id, &activity, app.clock.now()).await?;
    Ok(match missing {
        Ok(()) => operator.say(
            Verdict::Accepted,
            format!("{number} 已上托盘，共 {count} 件。继续扫标签，或扫库位一并入库。"),
            format!("{number} is on the tray, {count} in all. Scan more labels, or a slot to put all of them away."),
        ),
        Err(error) => operator.refuse(&error),
    })
}

fn not_of_the_case(operator: &Operator, number: &str) -> ScanAnswer {
    operator.say(
        Verdict::Refused,
        format!("{number} 不是本案应交的财物，没有上托盘。请核对实物和标签。"),
        format!("{number} is not owed in this case; it was not laid on the tray. Compare thing and label."),
    )
}
