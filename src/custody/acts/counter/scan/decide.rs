//! What a scan asks for: read from the code, from what the operator is doing, and from where things are. Nothing is written here.

use super::{
    HOLD, Operator, PutTray, ScanAction, placement,
    receive::{Move, PutAway},
};
use crate::{
    app::App,
    custody::{Error, Thing, access, reprint, seize::scanned_case},
    domain::{
        Code, CodeKind, Role, Slot, Store,
        code::NotACode,
        counter::{Activity, Receiving},
    },
    id::{CaseId, StoreId},
    live::ScanAnswer,
    store::{Tx, cases, counter, places},
};
use hufu_wire::message::Verdict;
use std::collections::BTreeSet;

/// Reads the code and says what is asked for.
pub(super) async fn decide(
    tx: &mut Tx,
    app: &App,
    operator: &Operator,
    text: &str,
) -> Result<ScanAction, Error> {
    if let Activity::Counting { count, .. } = &operator.activity {
        return Ok(ScanAction::Count(*count));
    }
    if let Some(case) = scanned_case(app, text) {
        return Ok(ScanAction::Say(open_case(tx, operator, case).await?));
    }
    let code = match Code::parse(text) {
        Ok(code) => code,
        Err(not_a_code) => return Ok(ScanAction::Say(unreadable(operator, not_a_code))),
    };
    if matches!(operator.activity, Activity::Voiding { .. }) && operator.stands {
        return Ok(ScanAction::Draft(code));
    }
    match (code.kind(), &operator.activity) {
        (CodeKind::Slot, Activity::Receiving(open)) => put_away(tx, operator, open, &code).await,
        (CodeKind::Slot, _) => move_here(tx, app, operator, &code).await,
        (CodeKind::Item | CodeKind::Blank, Activity::Idle { .. }) if operator.stands => {
            let copy = reprint::scanned_back(tx, &operator.me, &code).await?;
            Ok(copy.map_or(ScanAction::Draft(code), ScanAction::Relabel))
        }
        (CodeKind::Item | CodeKind::Blank, _) => Ok(ScanAction::Draft(code)),
        (CodeKind::Box, _) => Ok(ScanAction::Say(operator.say(
            Verdict::Refused,
            "这是箱标签；窗口一次办理一件。请扫财物标签。",
            "This is a box; the counter takes one thing at a time. Scan an item's label.",
        ))),
    }
}

fn unreadable(operator: &Operator, why: NotACode) -> ScanAnswer {
    match why {
        NotACode::Foreign => operator.say(
            Verdict::Unknown,
            "不是本系统的码。请扫财物标签或库位标签。",
            "This is no code of ours. Scan an item's or a slot's label.",
        ),
        NotACode::CheckFailed => operator.say(
            Verdict::Unknown,
            "码没有读全（校验不符）。请擦净标签再扫一次。",
            "The code was misread (its check characters do not fit). Wipe the label and scan again.",
        ),
    }
}

/// The code of a list: its case is opened on the page of the counter, where whoever brings the things is named.
async fn open_case(tx: &mut Tx, operator: &Operator, case: CaseId) -> Result<ScanAnswer, Error> {
    access::see_case(tx, &operator.me, case).await?;
    let found = cases::case(tx, case).await?.ok_or(Error::NotFound(Thing::Case))?.case;
    let (number, name) = (found.number, found.name);
    if !operator.stands {
        return Ok(operator.say(
            Verdict::Refused,
            format!("没有人在这个窗口上岗，没有打开案件 {number}。请在窗口页面上岗，再扫清单。"),
            format!("Nobody is on duty at this counter; case {number} was not opened. Take it on its page, then scan the list."),
        ));
    }
    if let Activity::Receiving(Receiving { item: Some(_), case: open, .. }) = &operator.activity
        && *open != case
    {
        return Ok(operator.say(
            Verdict::Refused,
            format!("手中还有一件别的案件的财物，没有打开案件 {number}。请先把它放好，再扫清单。"),
            format!("A thing of another case is in hand; case {number} was not opened. Put it away, then scan the list."),
        ));
    }
    let answer = operator.say(
        Verdict::Accepted,
        format!("案件 {number} {name}：请选择送交人，开始入库。"),
        format!("Case {number} {name}: choose who brings it and begin."),
    );
    Ok(ScanAnswer { href: Some(format!("/counter/{case}")), ..answer })
}

fn no_slot(operator: &Operator) -> ScanAnswer {
    operator.say(
        Verdict::Unknown,
        "没有这个库位，或者不归您保管。请扫本单位的库位标签。",
        "There is no such slot, or it is not in your keeping. Scan a slot of your unit.",
    )
}

/// A slot of a store that the custodian's unit keeps.
async fn my_slot(tx: &mut Tx, operator: &Operator, code: &Code) -> Result<Option<(Slot, Store)>, Error> {
    let Some(slot) = places::slot_by_code(tx, &code.to_string()).await? else { return Ok(None) };
    let store = places::store(tx, slot.store).await?;
    Ok(store.filter(|store| store.unit == operator.me.unit).map(|store| (slot, store)))
}

/// A slot while a case is open: the line in hand goes there.
async fn put_away(
    tx: &mut Tx,
    operator: &Operator,
    open: &Receiving,
    code: &Code,
) -> Result<ScanAction, Error> {
    let Some((slot, _)) = my_slot(tx, operator, code).await? else {
        return Ok(ScanAction::Say(no_slot(operator)));
    };
    if let Some(items) = open.tray.clone().filter(|tray| !tray.is_empty()) {
        return Ok(ScanAction::PutTray(PutTray { station: operator.station, items, slot: slot.id }));
    }
    let picked = match open.item {
        Some(item) => counter::line(tx, item).await?,
        None => None,
    };
    let again = open.last.is_some_and(|last| last.slot == slot.id);
    Ok(match picked {
        Some(line) if line.draft.bound.is_some() => {
            ScanAction::PutAway(PutAway { station: operator.station, item: line.id, slot: slot.id })
        }
        _ if again => ScanAction::Say(operator.say(
            Verdict::Repeated,
            format!("上一件已经放入 {}。", slot.name),
            format!("The last one is in {} already.", slot.name),
        )),
        Some(line) => ScanAction::Say(operator.say(
            Verdict::Refused,
            format!("{} 的标签还没有回扫。请贴好标签，先扫标签再扫库位。", line.number),
            format!(
                "The label of {} has not been scanned back. Stick it on, scan it, then the slot.",
                line.number
            ),
        )),
        None => ScanAction::Say(operator.say(
            Verdict::Refused,
            "手中没有财物。请先选择一行。",
            "No line is in hand. Pick one first.",
        )),
    })
}

/// A slot after an item: the item goes there.
async fn move_here(tx: &mut Tx, app: &App, operator: &Operator, code: &Code) -> Result<ScanAction, Error> {
    let now = app.clock.now();
    let held = match &operator.activity {
        Activity::Idle { held } if operator.stands => held.filter(|held| now.since(held.scanned_at) <= HOLD),
        _ => None,
    };
    if !operator.stands {
        return Ok(ScanAction::Say(operator.say(
            Verdict::Refused,
            "没有人在这个窗口上岗，没有移动。请在窗口页面上岗，再扫财物和库位。",
            "Nobody is on duty at this counter; nothing was moved. Take it on its page, then scan the thing and the slot.",
        )));
    }
    let Some((slot, store)) = my_slot(tx, operator, code).await? else {
        return Ok(ScanAction::Say(no_slot(operator)));
    };
    let Some(held) = held else {
        let place = slot.full_name();
        return Ok(ScanAction::Say(operator.say(
            Verdict::Accepted,
            format!("库位 {place}。要移库，请先扫财物，再扫库位。"),
            format!("Slot {place}. To move a thing here, scan the thing first, then the slot."),
        )));
    };
    access::require(&operator.me, Role::Custodian)?;
    let line = counter::line(tx, held.item).await?;
    let lies = counter::slots_of(tx, held.item).await?;
    let (Some(line), [(from, quantity)]) = (line, lies.as_slice()) else {
        return Ok(ScanAction::Say(operator.say(
            Verdict::Refused,
            "该财物不在库位上，或分放在几个库位，不能这样移库。请打开该财物办理。",
            "It lies in no slot, or in several, so it cannot be moved like this. Open the item.",
        )));
    };
    if *from == slot.id {
        return Ok(ScanAction::Say(operator.say(
            Verdict::Repeated,
            format!("{} 已经在 {}。", line.number, slot.name),
            format!("{} is in {} already.", line.number, slot.name),
        )));
    }
    let out_of = placement::store_of(tx, *from).await?;
    let stores: BTreeSet<StoreId> = out_of.iter().map(|it| it.id).chain([store.id]).collect();
    let keepers = places::keepers_of(tx, &stores).await?;
    placement::may_move(app, &operator.me, line.category, &keepers, (out_of.as_ref(), Some(&store)))?;
    placement::room_in(app, tx, line.category, slot.id).await?;
    Ok(ScanAction::Move(Move { item: line.id, quantity: *quantity, from: *from, to: slot.id }))
}
