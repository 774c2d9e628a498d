//! Labels: printed, stuck, and scanned back; only then bound. An unknown job is never printed again by itself, and a
//! reprint is a new copy with a reason.

use super::{AtCounter, owed_line, receiving, tell};
use crate::{
    app::App,
    custody::{Conflict, Error, Invalid, Thing, access, texts},
    documents,
    domain::{
        Code, CodeKind, Person,
        counter::{LineDraft, PrintState, Receiving},
    },
    id::{ItemId, JobId, StationId},
    ledger::BoundLabel,
    store::{Tx, cases, counter, labels},
};
use hufu_wire::{FromServer, Raster, message::JobState};
use label_templates::{Fonts, Label, Templates, draw_label};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The resolution of the counters' label printers.
const DPI: u32 = 203;

/// A wish for a label. From the second copy on it needs a reason.
#[derive(Clone, Debug, Deserialize)]
pub struct Print {
    pub station: StationId,
    pub item: ItemId,
    #[serde(default)]
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PrintedLabel {
    pub job: JobId,
    pub copy: u32,
}

/// What an item's label says: its number with check characters. Refuses an item whose number is none of ours.
pub(super) fn code_of(number: &str) -> Result<Code, Error> {
    let digits = number.strip_prefix(CodeKind::Item.letter()).and_then(|rest| rest.split_once('-'));
    let code = digits.and_then(|(year, serial)| Some(Code::new(CodeKind::Item, year, serial.parse().ok()?)));
    code.filter(|code| code.number() == number).ok_or_else(|| {
        Invalid::new(
            "number_has_no_label",
            ("该财物的编号不能制成标签。", "No label can be made of this item's number."),
            ("请联系管理员核对编号。", "Ask the administrator to check the number."),
        )
    })
}

/// Sends a label to the printer of this counter. While nobody can tell whether the last one came out, none is sent.
pub async fn print(app: &App, me: &Person, wish: &Print) -> Result<PrintedLabel, Error> {
    let label = DrawnLabel::draw(app, me, wish).await?;
    let mut tx = app.db.write().await?;
    let order = label.queue(&mut tx, app, me).await?;
    tx.commit().await?;
    tell(app, wish.station);
    let printed = order.printed;
    order.send(app);
    Ok(printed)
}

/// A label that is drawn and not ordered yet: drawing takes longer than a transaction may.
pub(super) struct DrawnLabel {
    station: StationId,
    open: Receiving,
    line: counter::Line,
    reason: Option<String>,
    copy: u32,
    raster: Raster,
}

/// A label that was ordered: it is sent once the order is kept.
pub(super) struct PrintOrder {
    printed: PrintedLabel,
    station: StationId,
    title: String,
    raster: Raster,
}

impl DrawnLabel {
    async fn draw(app: &App, me: &Person, wish: &Print) -> Result<DrawnLabel, Error> {
        let Print { station, item, ref reason } = *wish;
        let mut tx = app.db.read().await?;
        let open = receiving(&mut tx, me, station).await?;
        let line = owed_line(&mut tx, &open, item).await?;
        drop(tx);
        let (copy, _) = next_copy(&line, reason.as_deref())?;
        let raster = draw(app, me, &line, copy).await?;
        Ok(DrawnLabel { station, open, line, reason: reason.clone(), copy, raster })
    }

    pub(super) fn item(&self) -> ItemId {
        self.line.id
    }

    /// Orders it. Refuses when somebody else has printed while it was drawn.
    async fn queue(self, tx: &mut Tx, app: &App, me: &Person) -> Result<PrintOrder, Error> {
        let DrawnLabel { station, open, line, reason, copy, raster } = self;
        let line = owed_line(tx, &open, line.id).await?;
        let (still, reason) = next_copy(&line, reason.as_deref())?;
        if still != copy {
            return Err(wait_for_printer());
        }
        let title = format!("{} {}", line.number, line.name);
        let job: JobId = app.ids.new_id();
        let code = code_of(&line.number)?;
        // The copy before is dead from here on, also where it was scanned back already.
        if line.draft.bound.as_ref().is_some_and(|bound| bound.code == code.to_string()) {
            let draft = LineDraft { bound: None, ..line.draft.clone() };
            counter::keep_draft(tx, line.id, &draft, me.id, app.clock.now()).await?;
        }
        let row = labels::Job {
            id: job,
            station,
            item: Some(line.id),
            code: code.on_copy(copy).printed(),
            copy,
            title: title.clone(),
            reason,
            raster: raster.clone(),
        };
        labels::add(tx, &row, me.id, app.clock.now()).await?;
        Ok(PrintOrder { printed: PrintedLabel { job, copy }, station, title, raster })
    }

    /// Orders it if it may still be printed; a line that needs no label any more gets none.
    pub(super) async fn queue_if_wanted(
        self,
        tx: &mut Tx,
        app: &App,
        me: &Person,
    ) -> Result<Option<PrintOrder>, Error> {
        possible(self.queue(tx, app, me).await)
    }
}

impl PrintOrder {
    /// To the station; one that is away gets it when it comes back.
    pub(super) fn send(self, app: &App) {
        let PrintOrder { printed, station, title, raster } = self;
        app.live.send(station, FromServer::Print { job: printed.job.0, title, raster });
    }
}

/// Orders labels together with what the transaction holds already, and sends them once all of it is kept.
pub(in crate::custody) async fn order_all(
    app: &App,
    mut tx: Tx,
    me: &Person,
    jobs: Vec<labels::Job>,
) -> Result<(), Error> {
    let now = app.clock.now();
    for job in &jobs {
        labels::add(&mut tx, job, me.id, now).await?;
    }
    tx.commit().await?;
    // A station that is away, or at another server, is told when it asks.
    for labels::Job { id, station, title, raster, .. } in jobs {
        app.live.send(station, FromServer::Print { job: id.0, title, raster });
    }
    Ok(())
}

/// The first label of a line that is picked, unless it has one. A label that cannot be drawn is no reason not to pick the line:
/// the page shows what is missing.
pub(super) async fn draw_if_possible(
    app: &App,
    me: &Person,
    station: StationId,
    item: ItemId,
) -> Result<Option<DrawnLabel>, Error> {
    possible(DrawnLabel::draw(app, me, &Print { station, item, reason: None }).await)
}

/// The label of a line of which less came than its label says gives way to a new copy: what lies in the slot is what is written on it. A
/// label that cannot be printed now is asked for by hand.
pub(super) async fn print_what_came(app: &App, me: &Person, at: AtCounter) -> Result<(), Error> {
    let reason = Some("实到数量与标签不同".to_owned());
    possible(print(app, me, &Print { station: at.station, item: at.item, reason }).await).map(drop)
}

/// A refusal is no label; a failure is a failure.
fn possible<T>(done: Result<T, Error>) -> Result<Option<T>, Error> {
    match done {
        Err(error @ (Error::Store(_) | Error::Random(_))) => Err(error),
        Err(_) => Ok(None),
        Ok(done) => Ok(Some(done)),
    }
}

/// Which copy comes next, and why. Refuses while the last label's fate is open, and a reprint without a reason.
fn next_copy(line: &counter::Line, reason: Option<&str>) -> Result<(u32, Option<String>), Error> {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
    texts::recordable(texts::REASON, reason.as_deref().unwrap_or_default())?;
    let Some(last) = &line.label else { return Ok((1, None)) };
    let copy = last.copy.saturating_add(1);
    match last.state {
        PrintState::Queued => Err(wait_for_printer()),
        PrintState::Unknown => Err(Conflict::new(
            "look_for_label",
            ("上一张标签是否打印出来还不清楚。", "Nobody has said yet whether the last label came out."),
            ("请看打印机，并回答“出来了”或“没有”。", "Look at the printer and answer whether it came out."),
        )),
        PrintState::Failed => Ok((copy, reason.or_else(|| last.why.clone()))),
        PrintState::Sent | PrintState::Confirmed => match reason {
            Some(reason) => Ok((copy, Some(reason))),
            None => Err(Invalid::new(
                "reprint_needs_reason",
                ("这件财物的标签已经打印过。", "The label of this item has been printed already."),
                (
                    "如需补打，请写明原因；旧标签须收回作废。",
                    "To print it again, give the reason and take the old label back.",
                ),
            )),
        },
    }
}

fn wait_for_printer() -> Error {
    Conflict::new(
        "label_on_its_way",
        ("标签正在打印。", "The label is on its way out of the printer."),
        ("请稍候；打印机不动时请检查工位。", "Wait a moment; if the printer is still, check the station."),
    )
}

async fn draw(app: &App, me: &Person, line: &counter::Line, copy: u32) -> Result<Raster, Error> {
    let code = code_of(&line.number)?.on_copy(copy);
    let now = app.clock.now();
    let template = app.rules().label(line.category, now);
    let case = cases::case(&mut app.db.read().await?, line.case).await?;
    let label = documents::label::item(
        template,
        &documents::label::Item {
            code: &code,
            name: &line.name,
            category: line.category,
            seal: line.draft.seal.as_deref().unwrap_or(""),
            quantity: &line.measure.text(line.came(), line.counted_as.as_deref()),
            received_on: &now.date(),
            centre: &me.unit_name,
            case_number: case.as_ref().map_or("", |it| &it.case.number),
            packed_by: &me.name,
        },
    );
    let drawn = draw_in_background(app.fonts.clone(), vec![label]).await?;
    drawn.into_iter().next().ok_or_else(|| cannot_draw("标签没有画成。", "The label could not be drawn."))
}

/// The first label takes a while, because fonts are read; others wait for nothing meanwhile.
pub(in crate::custody) async fn draw_in_background(
    fonts: Option<Arc<Fonts>>,
    labels: Vec<Label>,
) -> Result<Vec<Raster>, Error> {
    let drawing = tokio::task::spawn_blocking(move || {
        let (fonts, templates) = (fonts?, Templates::embedded());
        Some(labels.iter().map(|label| draw_label(&fonts, &templates, label, DPI)).collect::<Result<_, _>>())
    });
    match drawing.await {
        Ok(Some(Ok(rasters))) => Ok(rasters),
        Ok(Some(Err(error))) => Err(cannot_draw(&error.zh(), &error.to_string())),
        Ok(None) => Err(cannot_draw(
            "服务器没有安装中文字体，无法制作标签。",
            "The server has no Chinese font for labels.",
        )),
        Err(_) => Err(cannot_draw("标签没有画成。", "The label could not be drawn.")),
    }
}

fn cannot_draw(zh: &str, en: &str) -> Error {
    Invalid::new(
        "label_cannot_be_drawn",
        (zh, en),
        (
            "标签没有打印；请按提示改正，或联系管理员。",
            "Nothing was printed; put it right as said, or call the administrator.",
        ),
    )
}

/// The label as it would be printed now, for looking at.
pub async fn preview(app: &App, me: &Person, at: AtCounter) -> Result<Raster, Error> {
    let mut tx = app.db.read().await?;
    super::my_station(&mut tx, me, at.station).await?;
    access::see_item(&mut tx, me, at.item).await?;
    let line = counter::line(&mut tx, at.item).await?.ok_or(Error::NotFound(Thing::Item))?;
    drop(tx);
    let copy = line.label.as_ref().map_or(1, |label| label.copy);
    draw(app, me, &line, copy).await
}

/// A person looked at the printer: the label is out, or it is not.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct CameOut {
    #[serde(flatten)]
    pub at: AtCounter,
    pub came_out: bool,
}

pub async fn came_out(app: &App, me: &Person, said: CameOut) -> Result<(), Error> {
    let (state, why) = match said.came_out {
        true => (PrintState::Confirmed, None),
        false => (PrintState::Failed, Some(format!("{}：没有打印出来", me.name))),
    };
    settle(app, me, said.at, |now| now == PrintState::Unknown, (state, why)).await
}

/// The label is torn, crooked or lost: it must never be bound. Another copy may be printed.
pub async fn spoil(app: &App, me: &Person, at: AtCounter, reason: &str) -> Result<(), Error> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(texts::say_why());
    }
    let why = Some(reason.to_owned());
    settle(app, me, at, |now| now != PrintState::Failed, (PrintState::Failed, why)).await
}

/// Says what became of the newest label, where that may still be said. A label that failed is bound no more.
async fn settle(
    app: &App,
    me: &Person,
    at: AtCounter,
    from: impl FnOnce(PrintState) -> bool,
    (state, why): (PrintState, Option<String>),
) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    let open = receiving(&mut tx, me, at.station).await?;
    let line = owed_line(&mut tx, &open, at.item).await?;
    let label = line.label.filter(|label| from(label.state)).ok_or(Error::NotFound(Thing::Label))?;
    labels::set_state(&mut tx, label.job, state, why.as_deref()).await?;
    if state == PrintState::Failed {
        let draft = LineDraft { bound: None, ..line.draft };
        counter::keep_draft(&mut tx, at.item, &draft, me.id, app.clock.now()).await?;
    }
    tx.commit().await?;
    tell(app, at.station);
    Ok(())
}

/// What a station says about one of its print jobs. Late and repeated news change nothing.
pub(in crate::custody) async fn job_is(
    tx: &mut Tx,
    station: StationId,
    job: JobId,
    state: &JobState,
) -> Result<(), Error> {
    let Some(now) = labels::state(tx, station, job).await? else { return Ok(()) };
    let (next, why) = match state {
        JobState::Queued => (PrintState::Queued, None),
        JobState::Sent => (PrintState::Sent, None),
        JobState::Confirmed => (PrintState::Confirmed, None),
        JobState::Unknown { why } => (PrintState::Unknown, Some(why.as_str())),
        JobState::Failed { why } => (PrintState::Failed, Some(why.as_str())),
    };
    if now.may_become(next) {
        labels::set_state(tx, job, next, why).await?;
    }
    Ok(())
}

/// Binds the label that was scanned back to the line. Nothing when no label of it is out.
pub(super) async fn bind(tx: &mut Tx, app: &App, me: &Person, line: &counter::Line) -> Result<bool, Error> {
    let Some(label) = line.label.as_ref().filter(|label| label.state.may_be_scanned()) else {
        return Ok(false);
    };
    if label.state == PrintState::Unknown {
        labels::set_state(tx, label.job, PrintState::Confirmed, None).await?;
    }
    let code = code_of(&line.number)?.to_string();
    let draft = LineDraft { bound: Some(BoundLabel { code, copy: label.copy }), ..line.draft.clone() };
    counter::keep_draft(tx, line.id, &draft, me.id, app.clock.now()).await?;
    Ok(true)
}
