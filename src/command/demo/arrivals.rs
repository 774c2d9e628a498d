//! Things of the demo come into slots. The counter would ask for labels, photographs and scans; here they are taken as done.

use super::names::{label, photographed};
use crate::{
    app::App,
    domain::Person,
    id::{ItemId, SlotId},
    ledger::{Body, BoundLabel, Category, Draft, PaperKind, PaperRef, Receive, ReceivedLine, Reception},
};

/// One thing, and where it is put.
pub(super) struct Arrival {
    pub item: ItemId,
    pub category: Category,
    pub quantity: i64,
    pub number: String,
    pub slot: SlotId,
}

/// The receipt of these things by the custodian from the officer, on a seizure list.
pub(super) async fn receipt(
    app: &App,
    (custodian, officer): (&Person, &Person),
    list: &str,
    arrivals: &[Arrival],
) -> anyhow::Result<Draft> {
    let mut lines = Vec::new();
    for it in arrivals {
        let (code, serial) = label(&it.number)?;
        let photograph = photographed(app, custodian, it.category, u32::try_from(serial)?).await?;
        lines.push(ReceivedLine {
            item: it.item,
            owed_by: officer.unit,
            answer: Reception::Accepted {
                quantity: it.quantity,
                slot: it.slot,
                label: BoundLabel { code, copy: 1 },
                weighing: None,
                seal: Some(format!("F-{serial:04}")),
                photographs: vec![photograph],
                damaged: false,
                remark: None,
                second: None,
                denominations: vec![],
            },
            difference: None,
        });
    }
    Ok(Draft {
        id: app.ids.new_id(),
        happened_at: app.clock.now(),
        actor: custodian.id,
        unit: custodian.unit,
        station: None,
        papers: vec![PaperRef { kind: PaperKind::SeizureList, number: list.to_owned() }],
        body: Body::Receive(Receive { delivered_by: officer.id, lines }),
        signatures: Vec::new(),
    })
}
