//! The demo's losses: a rucksack that was stolen is declared lost, with whoever is liable; of a tool that its borrower lost an approver is
//! asked.

use super::names::person;
use crate::{
    app::App,
    custody::{
        correction::Verdict,
        loss::{self, LostItem, NewLoss},
    },
    domain::Person,
    id::{ApprovalId, ItemId},
    ledger::LossCause,
};

pub(super) async fn record(app: &App, stolen: ItemId, lent: ItemId) -> anyhow::Result<()> {
    let (chen, lin) = (person(app, "chen").await?, person(app, "lin").await?);
    let (approver, zhang) = (person(app, "wang").await?, person(app, "zhang").await?);
    let purpose = "清库时未见，监控显示 11 月 12 日夜间被人取走，已报案";
    let request = ask(app, &zhang, (stolen, LossCause::Stolen, &chen), purpose).await?;
    loss::answer(app, &approver, request, &Verdict::Approve).await?;
    loss::declare(app, &lin, request).await?;
    ask(app, &lin, (lent, LossCause::Lost, &zhang), "现场辨认途中遗失，已沿途查找").await?;
    Ok(())
}

async fn ask(
    app: &App,
    who: &Person,
    (item, cause, liable): (ItemId, LossCause, &Person),
    purpose: &str,
) -> anyhow::Result<ApprovalId> {
    let wish = NewLoss {
        items: vec![LostItem { item, quantity: None }],
        cause,
        liable: Some(liable.id),
        report: "临公物管说〔2026〕3号".to_owned(),
        purpose: purpose.to_owned(),
    };
    Ok(loss::ask(app, who, &wish).await?)
}
