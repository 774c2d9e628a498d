//! A thing is looked up by its label, and held for the slot that may come next.

use super::Operator;
use crate::{
    app::App,
    custody::{Error, access},
    domain::{
        Code,
        counter::{Activity, HeldItem},
    },
    live::ScanAnswer,
    store::{
        Tx, counter,
        counts::{self, CountItem},
    },
};
use hufu_wire::message::Verdict;

/// An item while nothing is taken in: it is shown, and held for the slot that may come next.
pub(super) async fn look_up(
    tx: &mut Tx,
    app: &App,
    operator: &Operator,
    code: &Code,
) -> Result<ScanAnswer, Error> {
    let number = code.number();
    let Some(CountItem { id: item, name, .. }) = counts::item_by_code(tx, code).await? else {
        return Ok(no_item(operator, &number));
    };
    // Not there and not yours look alike.
    if !access::sees_item(tx, &operator.me, item).await? {
        return Ok(no_item(operator, &number));
    }
    if operator.stands && matches!(operator.activity, Activity::Idle { .. }) {
        let now = app.clock.now();
        let activity = Activity::Idle { held: Some(HeldItem { item, scanned_at: now }) };
        counter::set(tx, operator.station, operator.me.id, &activity, now).await?;
    }
    let href = Some(format!("/scan?code={code}"));
    let answer = operator.say(Verdict::Accepted, format!("{number} {name}"), format!("{number} {name}"));
    Ok(ScanAnswer { href, ..answer })
}

pub(super) fn no_item(operator: &Operator, number: &str) -> ScanAnswer {
    operator.say(
        Verdict::Unknown,
        format!("账上没有 {number}。可能是其他中心的标签。"),
        format!("The ledger has no {number}. It may be another centre's label."),
    )
}
