//! Deliveries (送交入库): what an officer brought of one case in one go is concluded with one 入库单, which says what came, what was
//! refused and what is missing.

mod paper;

pub use crate::store::deliveries::{ConcludedDelivery, OpenDelivery};
pub(in crate::custody) use paper::{delivery_list, slip};

use crate::custody::{
    Conflict, Error, Thing, access,
    counter::my_station,
    id_taken,
    part::see_part,
    recording::{Recording, requested},
};
use crate::{
    app::App,
    clock::Moment,
    documents::totals::SumLine,
    domain::{Person, Role},
    id::{CaseId, DifferenceId, EntryId, PersonId, StationId},
    ledger::{Body, Delivery},
    store::{
        Recorded, deliveries,
        differences::{self, Difference},
    },
};
use serde::{Deserialize, Serialize};

/// How many lines one paper has at most; what came beyond them is the next delivery's.
const LINES: u32 = 1_000;

/// How many open deliveries a page lists.
const SHOWN: u32 = 50;

/// Of which case, brought by whom.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct ConcludeDelivery {
    pub case: CaseId,
    pub delivered_by: PersonId,
    /// Where the custodian stands.
    pub station: StationId,
    /// The same request again is the same delivery.
    #[serde(default)]
    pub request: Option<EntryId>,
}

/// Puts what came since the last delivery on one paper. Custodians of the unit that took it in. Refuses when nothing came.
pub async fn conclude(app: &App, me: &Person, wish: ConcludeDelivery) -> Result<Recorded, Error> {
    conclude_what_came(app, me, wish).await?.ok_or_else(nothing_came)
}

/// The same; nothing when nothing came.
pub(in crate::custody) async fn conclude_what_came(
    app: &App,
    me: &Person,
    wish: ConcludeDelivery,
) -> Result<Option<Recorded>, Error> {
    let mut tx = app.db.read().await?;
    my_station(&mut tx, me, wish.station).await?;
    access::see_case(&mut tx, me, wish.case).await?;
    let recording = Recording::new(app, me, requested(app, me, wish.request)).at(wish.station);
    if let Some(entry) = recording.earlier(&mut tx).await? {
        return match entry.draft.body {
            Body::Delivery(it) if (it.case, it.delivered_by) == (wish.case, wish.delivered_by) => {
                Ok(Some(Recorded { seq: entry.seq, recorded_at: entry.recorded_at, repeat: true }))
            }
            _ => Err(id_taken()),
        };
    }
    let ConcludeDelivery { case, delivered_by, .. } = wish;
    let lines = deliveries::open_lines(&mut tx, (me.unit, case, delivered_by), LINES).await?;
    if lines.is_empty() {
        return Ok(None);
    }
    let missing = deliveries::missing(&mut tx, case, LINES).await?;
    drop(tx);
    Ok(Some(recording.record(Body::Delivery(Delivery { case, delivered_by, lines, missing })).await?))
}

fn nothing_came() -> Error {
    Conflict::new(
        "nothing_delivered",
        (
            "这名送交人没有尚未结单的收件，没有出单。",
            "This officer has brought nothing that is not on a paper yet; none was made.",
        ),
        ("请先收件，或打印已有的入库单。", "Take something in first, or print the paper that there is."),
    )
}

/// The deliveries to my unit that nobody has concluded yet.
pub async fn open(app: &App, me: &Person) -> Result<Vec<OpenDelivery>, Error> {
    access::require(me, Role::Custodian)?;
    let mut tx = app.db.read().await?;
    Ok(deliveries::open(&mut tx, me.unit, SHOWN).await?)
}

/// The deliveries of a case that stand on a paper, as far as they see the case.
pub async fn of_case(app: &App, me: &Person, case: CaseId) -> Result<Vec<ConcludedDelivery>, Error> {
    let mut tx = app.db.read().await?;
    access::see_case(&mut tx, me, case).await?;
    Ok(deliveries::of_case(&mut tx, case, SHOWN).await?)
}

/// A delivery as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DeliveryView {
    pub seq: u64,
    pub case: CaseId,
    pub case_number: String,
    pub case_name: String,
    /// The paper's number.
    pub number: String,
    pub delivered_by: String,
    pub delivered_by_unit: String,
    pub received_by: String,
    /// When the first of it came, and the last.
    pub first_at: Option<Moment>,
    pub last_at: Option<Moment>,
    /// What was accepted, together.
    pub sums: Vec<SumLine>,
    pub lines: Vec<DeliveredThing>,
    pub missing: Vec<MissingThing>,
    /// What came and is on no list.
    pub extras: Vec<ExtraThing>,
    pub remark: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DeliveredThing {
    pub number: String,
    pub name: String,
    pub quantity: String,
    pub listed: String,
    pub weight: String,
    pub seal: String,
    pub slot: String,
    pub remark: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MissingThing {
    pub number: String,
    pub name: String,
    pub quantity: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ExtraThing {
    pub difference: DifferenceId,
    pub finding: String,
    /// Until when it is to be explained.
    pub due_at: Moment,
    pub photograph: Option<String>,
}

/// What one delivery came to: seen like its entry.
pub async fn delivery(app: &App, me: &Person, seq: u64) -> Result<DeliveryView, Error> {
    let mut tx = app.db.read().await?;
    let (_, part) = see_part(&mut tx, me, seq).await?;
    let Body::Delivery(body) = &part.entry.draft.body else { return Err(Error::NotFound(Thing::Entry)) };
    let case = body.case;
    let extras = differences::extras_of_delivery(&mut tx, seq).await?;
    let told = (&part.entry, part.hidden_lines());
    // What came extra is told by itself, not once more in the remark of the paper.
    let (paper, came) = paper::delivery_list_with(app, &mut tx, told, &[]).await?;
    let line = |it: label_templates::ReceiptLine| DeliveredThing {
        number: it.item_number,
        name: it.name,
        quantity: it.quantity,
        listed: it.listed,
        weight: it.weight,
        seal: it.seal,
        slot: it.slot,
        remark: it.remark,
    };
    let extra = |it: Difference| ExtraThing {
        difference: it.id,
        finding: it.finding,
        due_at: it.due_at,
        photograph: it.photograph,
    };
    let missing = |it: label_templates::MissingThing| MissingThing {
        number: it.item_number,
        name: it.name,
        quantity: it.quantity,
    };
    Ok(DeliveryView {
        seq,
        case,
        case_number: paper.case_number,
        case_name: paper.case_name,
        number: paper.heading.number,
        delivered_by: paper.delivered_by,
        delivered_by_unit: paper.delivered_by_unit,
        received_by: paper.received_by,
        first_at: came.first_at,
        last_at: came.last_at,
        sums: came.sums,
        lines: paper.lines.into_iter().map(line).collect(),
        missing: paper.missing.into_iter().map(missing).collect(),
        extras: extras.into_iter().map(extra).collect(),
        remark: paper.remark,
    })
}
