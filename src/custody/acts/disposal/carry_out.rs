//! 出库: a custodian hands what was approved to whoever it is for, or has it destroyed.

use crate::{
    app::App,
    custody::{
        Conflict, Error, Thing, access,
        recording::{Once, Recording},
        request::{seen, taken_from},
        texts,
    },
    domain::{Person, Role},
    id::{ApprovalId, PersonId},
    ledger::{
        ApprovedDisposal, Body, Collector, Dispose, Outcome, PaperKind, PaperRef, Refusal, RefusalReason,
    },
    store::{
        Recorded, Tx, people,
        requests::{self, Request},
    },
};
use serde::Deserialize;

/// How things leave: who takes them, or who watches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct Departure {
    /// 领取人; left out when it is destroyed.
    pub collector: Option<Collector>,
    /// 监销人: two, when it is destroyed.
    #[serde(default)]
    pub witnesses: Vec<PersonId>,
}

/// Records that everything that was approved is gone. For a custodian of the unit that keeps it. Done twice, the second is a repeat.
pub async fn carry_out(
    app: &App,
    me: &Person,
    id: ApprovalId,
    departure: &Departure,
) -> Result<Recorded, Error> {
    access::require(me, Role::Custodian)?;
    let recording = Recording::new(app, me, Once::Disposal(id).id());
    let mut tx = app.db.read().await?;
    let request = seen::<ApprovedDisposal>(&mut tx, me, id).await?;
    if let Some(entry) = recording.earlier(&mut tx).await? {
        return Ok(Recorded::again(&entry));
    }
    let given = request.given_seq.ok_or(Refusal::from(RefusalReason::ApprovalUnknown))?;
    let collector = trimmed(departure.collector.as_ref())?;
    not_collected_by_staff(&mut tx, &request, collector.as_ref()).await?;
    for witness in &departure.witnesses {
        let known = people::person(&mut tx, *witness).await?;
        known.filter(|it| !it.disabled).ok_or(Error::NotFound(Thing::Person))?;
    }
    let approved = requests::lines(&mut tx, id).await?;
    let lines = taken_from(&mut tx, me, approved).await?;
    drop(tx);
    let body = Body::Dispose(Dispose {
        approval: id,
        outcome: request.terms.outcome,
        voucher: request.terms.decision,
        recipient: request.terms.recipient,
        lines,
        collector,
        witnesses: departure.witnesses.clone(),
    });
    let paper = PaperRef { kind: PaperKind::DisposalApproval, number: given.to_string() };
    recording.on([paper]).record(body).await
}

/// Who may stand by: everybody else who is there. Who asked and who approved are refused by the ledger.
pub async fn witnesses(app: &App, me: &Person) -> Result<Vec<Person>, Error> {
    access::require(me, Role::Custodian)?;
    let people = people::persons(&mut app.db.read().await?).await?;
    Ok(people.into_iter().filter(|it| !it.disabled && it.id != me.id).collect())
}

fn trimmed(collector: Option<&Collector>) -> Result<Option<Collector>, Error> {
    let Some(it) = collector else { return Ok(None) };
    let authority = it.authority.as_deref().map(str::trim).filter(|text| !text.is_empty());
    for text in [it.name.as_str(), it.document.as_str(), authority.unwrap_or_default()] {
        texts::recordable(("领取人的姓名、证件或委托手续", "What is said of the collector"), text)?;
    }
    Ok(Some(Collector {
        name: it.name.trim().to_owned(),
        document: it.document.trim().to_owned(),
        authority: authority.map(str::to_owned),
    }))
}

/// What goes back to its owner is never taken away by somebody of the agencies on the owner's behalf.
async fn not_collected_by_staff(
    tx: &mut Tx,
    request: &Request<ApprovedDisposal>,
    collector: Option<&Collector>,
) -> Result<(), Error> {
    let Some(collector) = collector.filter(|_| request.terms.outcome == Outcome::ReturnedToOwner) else {
        return Ok(());
    };
    let themselves = request.terms.recipient.as_deref() == Some(collector.name.as_str());
    let staff = people::persons(tx).await?.iter().any(|it| !it.disabled && it.name == collector.name);
    match staff && !themselves {
        false => Ok(()),
        true => Err(Conflict::new(
            "officer_collects",
            (
                "领取人与名册上的一名工作人员同名，没有办理：发还的财物不能由工作人员代领。",
                "The collector has the name of somebody on the roster; nothing was done: staff do not collect for an owner.",
            ),
            (
                "请由所有人或其代理人本人领取；确属同名的，请在姓名后注明，如“王强（身份证尾号 1234）”。",
                "Let the owner or their agent come; if it is only the same name, add the end of the identity number to it.",
            ),
        )),
    }
}
