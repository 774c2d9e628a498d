//! The line in hand: its weight, its photographs, its seal, and what is wrong with it. Everything is a draft until the
//! line is received.

use super::{AtCounter, label, owed_line, receiving, tell};
use crate::{
    app::App,
    clock::Moment,
    custody::{Conflict, Error, Invalid, photograph, texts},
    domain::{
        Person,
        counter::{Activity, LineDraft, Short, WeightRefusal},
    },
    id::StationId,
    language::Language,
    ledger::{Category, Measure, Refusal, RefusalReason, Weighing},
    store::{Tx, attachments, counter},
};
use hufu_wire::{
    Day, FromServer,
    amount::in_english,
    message::{Reading, Verdict},
    weight::{Weight, weight},
};
use serde::Deserialize;
use uuid::Uuid;

pub use crate::custody::photograph::PHOTOGRAPH_MAX_BYTES;

/// Changes the draft of an owed line of the open case.
pub(super) async fn change(
    app: &App,
    me: &Person,
    at: AtCounter,
    change: impl FnOnce(&counter::Line, &mut LineDraft) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    let receiving = receiving(&mut tx, me, at.station).await?;
    let line = owed_line(&mut tx, &receiving, at.item).await?;
    let mut draft = line.draft.clone();
    change(&line, &mut draft)?;
    fits(&draft)?;
    counter::keep_draft(&mut tx, at.item, &draft, me.id, app.clock.now()).await?;
    tx.commit().await?;
    tell(app, at.station);
    Ok(())
}

/// Photographs of one line.
const PHOTOGRAPHS_MAX: usize = 40;

/// Refuses what could not be recorded afterwards.
fn fits(draft: &LineDraft) -> Result<(), Error> {
    let reason = draft.short.as_ref().map(|short| &short.reason);
    let texts = [
        (draft.seal.as_ref(), ("封签号", "The number of the seal")),
        (draft.remark.as_ref(), ("备注", "The remark")),
        (draft.damage.as_ref(), ("损坏情况", "The description of the damage")),
        (reason, ("短少原因", "The reason")),
    ];
    for (text, what) in texts {
        texts::recordable(what, text.map_or("", String::as_str))?;
    }
    match draft.photographs.len() <= PHOTOGRAPHS_MAX {
        true => Ok(()),
        false => Err(Conflict::new(
            "too_many_photographs",
            (
                "这件财物已有 40 张照片，没有再添加。",
                "This line has forty photographs already; no more was added.",
            ),
            ("请先去掉其中几张。", "Take some of them off first."),
        )),
    }
}

/// What is on the scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighed {
    Thing,
    /// What it is packed in.
    Packing,
}

/// Asks the scale for a reading. The weight comes as an event; it is never typed.
pub async fn weigh(app: &App, me: &Person, at: AtCounter, what: Weighed) -> Result<(), Error> {
    let request: Uuid = app.ids.new_id::<crate::id::EntryId>().0;
    change(app, me, at, |_, draft| {
        draft.weigh_request = Some(request);
        draft.weighs_tare = what == Weighed::Packing;
        draft.weight_refused = None;
        Ok(())
    })
    .await?;
    match app.live.send(at.station, FromServer::Weigh { request }) {
        true => Ok(()),
        false => Err(Conflict::new(
            "station_away",
            ("工位未连接，无法读取电子秤。", "The station is not connected; its scale cannot be read."),
            (
                "请检查工位电脑；连上后再称，或先办其他步骤。",
                "Check the station's PC; weigh when it is back, or go on with the rest.",
            ),
        )),
    }
}

/// A photograph as it was uploaded or taken.
pub struct Photograph<'a> {
    pub at: AtCounter,
    pub content: &'a [u8],
}

/// Adds a photograph (JPEG or PNG, at most 12 MB). Answers with its digest. The same picture twice is one.
pub async fn add_photograph(app: &App, me: &Person, photograph: &Photograph<'_>) -> Result<String, Error> {
    let digest = keep_photograph(app, me, photograph.at.station, photograph.content).await?;
    change(app, me, photograph.at, |_, draft| {
        if !draft.photographs.contains(&digest) {
            draft.photographs.push(digest.clone());
        }
        Ok(())
    })
    .await?;
    Ok(digest)
}

/// Takes a photograph off the draft again.
pub async fn drop_photograph(app: &App, me: &Person, at: AtCounter, digest: &str) -> Result<(), Error> {
    change(app, me, at, |_, draft| {
        draft.photographs.retain(|known| known != digest);
        Ok(())
    })
    .await?;
    let mut tx = app.db.write().await?;
    attachments::forget_unnamed(&mut tx, digest).await?;
    Ok(tx.commit().await?)
}

/// Checks and keeps the bytes under their digest.
pub(super) async fn keep_photograph(
    app: &App,
    me: &Person,
    station: StationId,
    content: &[u8],
) -> Result<String, Error> {
    let mut tx = app.db.read().await?;
    receiving(&mut tx, me, station).await?;
    drop(tx);
    photograph::keep(app, me, content).await
}

/// Writes down the number of the seal; empty takes it away.
pub async fn set_seal(app: &App, me: &Person, at: AtCounter, seal: &str) -> Result<(), Error> {
    let seal = Some(seal.trim()).filter(|seal| !seal.is_empty()).map(str::to_owned);
    change(app, me, at, |_, draft| {
        draft.seal = seal;
        Ok(())
    })
    .await
}

pub async fn set_remark(app: &App, me: &Person, at: AtCounter, remark: &str) -> Result<(), Error> {
    let remark = Some(remark.trim()).filter(|remark| !remark.is_empty()).map(str::to_owned);
    change(app, me, at, |_, draft| {
        draft.remark = remark;
        Ok(())
    })
    .await
}

/// The measure of the line in hand and how much of it is owed: beside it a quantity is typed.
pub async fn owed(app: &App, me: &Person, at: AtCounter) -> Result<(Measure, i64), Error> {
    let mut tx = app.db.read().await?;
    let receiving = receiving(&mut tx, me, at.station).await?;
    let line = owed_line(&mut tx, &receiving, at.item).await?;
    Ok((line.measure, line.owed))
}

/// A quantity as it was typed beside one that is shown ([`Measure::read_beside`]).
pub fn quantity(measure: &Measure, shown: i64, text: &str) -> Result<i64, Error> {
    measure.read_beside(shown, text).ok_or_else(|| {
        Invalid::new(
            "not_a_quantity",
            ("数量看不懂。", "This quantity cannot be read."),
            (
                "请写数字和单位，例如 2、12.35克、29.5千克。",
                "Write a number and its unit: 2, 12.35 g, 29.5 kg.",
            ),
        )
    })
}

/// How much really came, when it is less than what is owed, and what the officer says about it.
#[derive(Clone, Debug, Deserialize)]
pub struct SetQuantity {
    #[serde(flatten)]
    pub at: AtCounter,
    /// In the smallest unit of the item's measure.
    pub quantity: i64,
    #[serde(default)]
    pub reason: String,
}

/// Less came than is owed. All of it takes the shortage back; none of it is a refusal, and more is another thing.
pub async fn set_quantity(app: &App, me: &Person, set: &SetQuantity) -> Result<(), Error> {
    let SetQuantity { at, quantity, reason } = set;
    let mut labelled_otherwise = false;
    change(app, me, *at, |line, draft| {
        draft.short = shortage(line, *quantity, reason)?;
        labelled_otherwise = line.label.is_some() && *quantity != line.came();
        Ok(())
    })
    .await?;
    match labelled_otherwise {
        true => label::print_what_came(app, me, *at).await,
        false => Ok(()),
    }
}

/// What is written down when less came than is owed; nothing when all of it did.
pub(in crate::custody) fn shortage(
    line: &counter::Line,
    quantity: i64,
    reason: &str,
) -> Result<Option<Short>, Error> {
    Ok(match quantity {
        quantity if quantity == line.owed => None,
        ..0 => {
            let number = Some(line.number.clone());
            return Err(
                Refusal { reason: RefusalReason::QuantityNotPositive, item: Some(line.id), number }.into()
            );
        }
        0 => {
            return Err(Invalid::new(
                "nothing_came",
                ("一件也没有送来，不能入库。", "Nothing of it came, so nothing can be received."),
                (
                    "请用“拒收”并写明原因；该财物仍为应交未交。",
                    "Refuse the line with the reason; it stays owed.",
                ),
            ));
        }
        quantity if quantity > line.owed => {
            return Err(Invalid::new(
                "more_than_owed",
                ("实到多于应交数量。", "More came than is owed."),
                (
                    "请按应交数量入库，多出的部分登记为“多出财物”。",
                    "Receive what is owed, and report the rest as extra.",
                ),
            ));
        }
        _ if reason.trim().is_empty() => return Err(texts::say_why()),
        quantity => Some(Short { quantity, reason: reason.trim().to_owned() }),
    })
}

/// What is damaged, in words; empty takes it back.
pub async fn mark_damaged(app: &App, me: &Person, at: AtCounter, damage: &str) -> Result<(), Error> {
    let damage = Some(damage.trim()).filter(|damage| !damage.is_empty()).map(str::to_owned);
    change(app, me, at, |_, draft| {
        draft.damage = damage;
        Ok(())
    })
    .await
}

/// A reading that came from a station's scale.
pub(in crate::custody) struct ScaleReading<'a> {
    pub(in crate::custody) device: &'a str,
    /// The request it answers, when it was asked for.
    pub(in crate::custody) request: Option<Uuid>,
    pub(in crate::custody) reading: &'a Reading,
    /// The last day of the scale's calibration, when the station knows it.
    pub(in crate::custody) calibration_due: Option<Day>,
    /// The station's clock when the scale was read, never later than ours.
    pub(in crate::custody) at: Moment,
}

/// A reading that came from the scale: onto the line in hand, or refused in words.
pub(in crate::custody) async fn weighed(
    tx: &mut Tx,
    app: &App,
    (me, language): (&Person, Language),
    activity: &Activity,
    read: &ScaleReading<'_>,
    now: Moment,
) -> Result<Option<(Verdict, String)>, Error> {
    let Activity::Receiving(receiving) = activity else { return Ok(None) };
    let Some(item) = receiving.item else { return Ok(None) };
    let Ok(line) = owed_line(tx, receiving, item).await else { return Ok(None) };
    let mut draft = line.draft;
    let asked_elsewhere = read.request.is_some() && read.request != draft.weigh_request;
    let taken = if asked_elsewhere {
        Err(WeightRefusal::OtherLine)
    } else if is_overdue(app, line.category, read.calibration_due, read.at) {
        Err(WeightRefusal::Overdue)
    } else {
        take(read.reading, read.device, now)
    };
    // Only a reading that was asked for is one of the packing: a scale's own button weighs the thing.
    let of_packing = draft.weighs_tare && read.request.is_some() && read.request == draft.weigh_request;
    if read.request == draft.weigh_request {
        (draft.weigh_request, draft.weighs_tare) = (None, false);
    }
    let answer = match taken {
        Ok(weighing) => {
            let weight = Measure::Milligram.text(weighing.gross_mg, None);
            draft.weight_refused = None;
            // Why another weight was taken in says nothing of this one.
            draft.weight_reason = None;
            match of_packing {
                true => draft.tare = Some(weighing),
                false => draft.weighing = Some(weighing),
            }
            let number = &line.number;
            (
                Verdict::Accepted,
                language.pick(
                    format!("{number} 称得 {weight}。"),
                    format!("{number} weighs {}.", in_english(&weight)),
                ),
            )
        }
        Err(why) => {
            draft.weight_refused = Some(why);
            (Verdict::Refused, weight_refused(why, language).to_owned())
        }
    };
    counter::keep_draft(tx, item, &draft, me.id, now).await?;
    Ok(Some(answer))
}

/// Whether the scale's calibration had run out when it was read, and the rules take no such weight of this kind of thing. A
/// scale of whose calibration nothing is known is not overdue.
pub(in crate::custody) fn is_overdue(
    app: &App,
    category: Category,
    due: Option<Day>,
    read_at: Moment,
) -> bool {
    due.is_some_and(|due| due < Day::of(read_at.0))
        && app.rules().refuses_overdue_scale(category, read_at).is_some()
}

/// The reading as a weight, or why it is none: the same decision as at a station without a server.
fn take(reading: &Reading, device: &str, read_at: Moment) -> Result<Weighing, WeightRefusal> {
    let Weight { value, unit, milligrams } = weight(reading)?;
    let (shown, device) = (format!("{value} {unit}"), device.to_owned());
    Ok(Weighing { gross_mg: milligrams, tare_mg: None, shown, stable: true, device, read_at })
}

/// Why a reading was not taken, and what to do.
pub fn weight_refused(why: WeightRefusal, language: Language) -> &'static str {
    match why {
        WeightRefusal::Unstable => language.pick(
            "读数还没有稳定，未采用。请等指针停稳再称。",
            "The reading was not steady and was not taken. Wait until it settles and weigh again.",
        ),
        WeightRefusal::Overload => language.pick(
            "超过量程，未采用。请换大秤或分开称。",
            "Too heavy for this scale; nothing was taken. Use a larger scale or weigh in parts.",
        ),
        WeightRefusal::Underload => language.pick(
            "低于零点，未采用。请放好秤盘并归零。",
            "Below zero; nothing was taken. Put the pan right and set the scale to zero.",
        ),
        WeightRefusal::NotReady => language.pick(
            "电子秤没有给出重量，未采用。工作站上写着原因：没有应答（看电源和连线），或应答的不是重量（列出收到的内容）。处理后再称。",
            "The scale gave no weight; nothing was taken. The station says why: no answer (look at power and cable), or an answer \
             that is no weight (shown as it came). Then weigh again.",
        ),
        WeightRefusal::UnknownUnit => language.pick(
            "电子秤的单位不是克或千克，未采用；工作站上写着是哪个单位。请把秤切换到克或千克再称。",
            "The scale weighs in another unit than grams or kilograms; nothing was taken, and the station names the unit. Switch \
             it to grams or kilograms and weigh again.",
        ),
        WeightRefusal::OtherLine => language.pick(
            "这次读数是为另一件财物要的，未采用。请对手中的这一件重新称重。",
            "This reading was asked for another line and was not taken. Weigh the line in hand.",
        ),
        WeightRefusal::Overdue => language.pick(
            "这台秤的检定已过期，按规定此类财物的读数不予采用。请换检定有效的秤，或送检后再称。",
            "This scale's calibration has run out, and the rules take no such weight for this kind of thing; nothing was \
             taken. Use a scale whose calibration holds, or weigh again when it has been calibrated.",
        ),
        WeightRefusal::NotPositive => language.pick(
            "秤上没有东西，未采用。请放好财物再称。",
            "Nothing lies on the scale; nothing was taken. Put the thing on it and weigh again.",
        ),
    }
}
