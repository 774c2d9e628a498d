//! What a station took in by itself, when it arrives: kept, its label claimed, and compared with what is known already.

use crate::{
    app::App,
    custody::Error,
    custody::recording::{Once, Recording},
    domain::{
        Finding,
        off_line::{BlankState, ReceiptState, blank_number, line_number, plain_number, printed_number},
        person::SYSTEM,
    },
    id::{DifferenceId, ItemId, UnitId},
    ledger::{Body, DifferenceClass, RaisedDifference},
    live::ScanAnswer,
    store::{
        Recorded, Tx,
        blanks::{self, LabelMark},
        counter,
        off_line::{self, At, NewReceipt, Row, Times},
    },
};
use hufu_wire::message::{Receipt, Verdict};
use uuid::Uuid;

/// What a receipt is, next to everything that is known.
pub(in crate::custody) enum ReceiptArrival {
    Kept(ScanAnswer),
    /// Somebody else says that they took it, too: the difference to raise.
    Double(DoubleReceipt),
}

/// Two stories about one thing.
pub(in crate::custody) struct DoubleReceipt {
    pub at: At,
    pub unit: UnitId,
    pub item: Option<ItemId>,
    pub finding: String,
}

/// Keeps a receipt. A repeat of one that is kept is compared again, and says the same.
pub(in crate::custody) async fn arrive(
    tx: &mut Tx,
    (at, unit): (At, UnitId),
    times: Times,
    receipt: &Receipt,
) -> Result<ReceiptArrival, Error> {
    let label = blank_number(&receipt.code).unwrap_or_else(|| receipt.code.trim().to_uppercase());
    let (paper, paper_line) = (plain_number(&receipt.paper), line_number(&receipt.line));
    let new = NewReceipt { at, times, label: &label, paper: &paper, paper_line, receipt };
    off_line::add(tx, &new).await?;
    let found = blanks::find(tx, &label).await?.filter(|label| label.unit == unit);
    if found.as_ref().is_some_and(|label| label.state == BlankState::Blank) {
        let (state, at) = (BlankState::Claimed, times.received_at);
        let mark = LabelMark { number: &label, state, item: None, by: None, at, reason: None };
        blanks::mark(tx, &mark).await?;
    }
    if let Some(twice) = twice(tx, (at, unit), found.as_ref()).await? {
        return Ok(ReceiptArrival::Double(twice));
    }
    let name = &receipt.name;
    let unusable = found.is_none_or(|label| label.state == BlankState::Void);
    let heard = match unusable {
        true => heard(
            at,
            Verdict::Refused,
            &format!(
                "{label} {name}：离线收件已收到，但标签不是本单位的有效空白标签。The label is none of this unit's."
            ),
        ),
        false => heard(
            at,
            Verdict::Accepted,
            &format!("{label} {name}：离线收件已收到，等待登记。Taken in off line; it waits to be entered."),
        ),
    };
    Ok(ReceiptArrival::Kept(heard))
}

fn heard(at: At, verdict: Verdict, sentence: &str) -> ScanAnswer {
    let href = Some(format!("/off-line/{}/{}", at.station, at.number));
    ScanAnswer { verdict, sentence: sentence.to_owned(), href }
}

/// The other story, if there is one: another receipt, a thing that carries the label, or the line received at a counter.
async fn twice(
    tx: &mut Tx,
    (at, unit): (At, UnitId),
    label: Option<&blanks::BlankLabel>,
) -> Result<Option<DoubleReceipt>, Error> {
    let row = off_line::receipt(tx, at).await?.filter(|row| row.state == ReceiptState::Waiting);
    let Some(row) = row else { return Ok(None) };
    let twin = off_line::twin(tx, at, &row.label, (&row.paper, row.paper_line)).await?;
    let named = match row.paper_line {
        Some(number) => {
            let as_printed = printed_number(&row.receipt.paper);
            counter::line_of_paper(tx, [row.receipt.paper.trim(), &as_printed], number).await?
        }
        None => None,
    };
    let labelled = match label.and_then(|label| label.item) {
        Some(item) => counter::line(tx, item).await?,
        None => None,
    };
    let received = named.as_ref().filter(|line| line.owed == 0);
    let known = labelled.as_ref().or(received);
    let kept = match known {
        Some(line) => counter::kept_by(tx, line.id, unit).await?,
        None => false,
    };
    let own_twin = twin.as_ref().filter(|twin| twin.unit == unit);
    let other = match (own_twin, known) {
        (Some(twin), _) => told(twin),
        (None, Some(line)) if kept => in_the_ledger(line),
        (None, None) if twin.is_none() => return Ok(None),
        // What another unit took in is told to that unit and to auditors: a station asks for nothing by saying that it has it.
        (_, _) => Finding::ByAnotherUnit.written(&[]),
    };
    let item = labelled.as_ref().or(named.as_ref().filter(|_| kept || own_twin.is_some()));
    let what = match item {
        Some(line) => format!("{} {}", line.number, line.name),
        None => Finding::Label.written(&[&row.label]),
    };
    let finding = Finding::TakenTwice.written(&[&what, &other, &told(&row)]);
    Ok(Some(DoubleReceipt { at, unit, item: item.map(|line| line.id), finding }))
}

/// One story: who took what from whom, when, by the station's clock.
pub(super) fn told(row: &Row) -> String {
    let short = |text: &str| text.chars().filter(|c| !c.is_control()).take(60).collect::<String>();
    let Receipt { name, quantity, unit, paper, line, delivered_by, received_by, .. } = &row.receipt;
    let at = row.times.observed_at.text();
    let (name, quantity, unit, paper, line) =
        (short(name), short(quantity), short(unit), short(paper), short(line));
    let (from, by) = (short(delivered_by), short(received_by));
    let (number, label, quantity) =
        (row.at.number.to_string(), short(&row.label), format!("{quantity}{unit}"));
    Finding::OffLine.written(&[
        &row.station_name,
        &at,
        &number,
        &name,
        &quantity,
        &paper,
        &line,
        &label,
        &from,
        &by,
    ])
}

fn in_the_ledger(line: &counter::Line) -> String {
    let slot = line.slot_name.as_deref().unwrap_or("—");
    match line.received_seq {
        Some(seq) => Finding::InLedger.written(&[&seq.to_string(), &line.number, slot]),
        None => Finding::LabelOn.written(&[&line.number]),
    }
}

/// Raises the difference, once however often it is asked.
pub(in crate::custody) async fn raise(
    app: &App,
    twice: DoubleReceipt,
) -> Result<(ScanAnswer, Recorded), Error> {
    let DoubleReceipt { at, unit, item, finding } = twice;
    let difference = difference_of(at);
    let now = app.clock.now();
    let due_at = app.rules().due(DifferenceClass::TakenTwice.deadline(), now);
    let raised = RaisedDifference {
        difference,
        class: DifferenceClass::TakenTwice,
        item,
        finding: finding.clone(),
        owner: unit,
        due_at,
        brought_by: None,
        case: None,
        photograph: None,
    };
    let recording = Recording::by(app, SYSTEM, unit, Once::Difference(difference).id()).at(at.station);
    // What was said the first time stands: the other story may have grown since.
    let mut tx = app.db.read().await?;
    let earlier = recording.earlier(&mut tx).await?;
    drop(tx);
    let recorded = match earlier {
        Some(entry) => Recorded::again(&entry),
        None => recording.record(Body::RaiseDifference(raised)).await?,
    };
    let mut tx = app.db.write().await?;
    off_line::differs(&mut tx, at, difference).await?;
    tx.commit().await?;
    Ok((
        heard(at, Verdict::Refused, &format!("{finding}。Taken in twice; a difference was raised.")),
        recorded,
    ))
}

/// A receipt has at most one difference about being taken twice.
pub(super) fn difference_of(at: At) -> DifferenceId {
    DifferenceId(Uuid::new_v5(&at.station.0, format!("taken twice {}", at.number).as_bytes()))
}
