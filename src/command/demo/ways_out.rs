//! The demo's ways out: of three alike things one was given back to its owner's agent, one may be destroyed and waits for a custodian,
//! and of one an approver is asked.

use super::names::person;
use crate::{
    app::App,
    custody::{
        correction::Verdict,
        disposal::{self, Departure, NewDisposal},
    },
    domain::Person,
    id::{ApprovalId, ItemId},
    ledger::{Collector, Outcome},
};
use anyhow::bail;

pub(super) async fn record(app: &App, officer: &Person, things: &[ItemId]) -> anyhow::Result<()> {
    let [returned, destroyed, asked, ..] = things else { bail!("three things can leave") };
    let (approver, custodian) = (person(app, "wang").await?, person(app, "lin").await?);
    let request = ask(app, officer, *returned, Some("赵丽华"), "权属清楚，与案件无关，应返还被害人").await?;
    disposal::answer(app, &approver, request, &Verdict::Approve).await?;
    let agent = Collector {
        name: "赵海".to_owned(),
        document: "居民身份证 330105198807150031".to_owned(),
        authority: Some("赵丽华委托书".to_owned()),
    };
    let departure = Departure { collector: Some(agent), witnesses: Vec::new() };
    disposal::carry_out(app, &custodian, request, &departure).await?;
    let request = ask(app, officer, *destroyed, None, "存有淫秽视频，没有保留价值").await?;
    disposal::answer(app, &approver, request, &Verdict::Approve).await?;
    ask(app, officer, *asked, Some("孙志刚"), "权属清楚，与案件无关，应返还被害人").await?;
    Ok(())
}

async fn ask(
    app: &App,
    officer: &Person,
    item: ItemId,
    owner: Option<&str>,
    purpose: &str,
) -> anyhow::Result<ApprovalId> {
    let (outcome, decision) = match owner {
        Some(_) => (Outcome::ReturnedToOwner, "临公（刑）返字〔2026〕5号"),
        None => (Outcome::Destroyed, "临公（刑）销字〔2026〕2号"),
    };
    let wish = NewDisposal {
        items: vec![item],
        outcome,
        decision: decision.to_owned(),
        recipient: owner.map(str::to_owned),
        purpose: purpose.to_owned(),
    };
    Ok(disposal::ask(app, officer, &wish).await?)
}
