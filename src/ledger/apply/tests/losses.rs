//! Every refusal of a loss: what was approved is declared, somebody is liable where it is a fault, and they neither approve nor declare it.

use super::row::{Row, id};
use crate::ledger::{ApprovedAct, ApprovedLoss, DeclareLoss, Edition, LossCause};

pub(super) const LOSSES: &str = "
    head: approve P1 declare_loss X1*4 cause=none                       | loss_differs
    head: approve P1 check_out X1*4 cause=lost liable=boss              | loss_differs
    head: approve P1 declare_loss X1*4 report=                          | paper_missing
    head: approve P1 declare_loss X1*4 cause=lost                       | liable_missing
    head: approve P1 declare_loss X1*4 cause=stolen liable=head         | liable_acts
    head: approve P1 declare_loss X1*4 cause=lost liable=boss
    keeper: declare_loss P1 X1*4@s1 cause=stolen liable=boss            | loss_differs
    keeper: declare_loss P1 X1*4@s1 cause=lost liable=other             | loss_differs
    keeper: declare_loss P1 X1*4@s1 cause=lost                          | loss_differs
    keeper: declare_loss P1 X1*4@s1 cause=lost liable=boss report=另一份  | loss_differs
    keeper: declare_loss P1 X1*4@s1 cause=lost liable=boss
    head: approve P2 declare_loss X1*6 cause=destroyed liable=keeper
    keeper: declare_loss P2 X1*6@s1 cause=destroyed liable=keeper       | liable_acts
    head: approve P3 declare_loss X1*6 cause=force_majeure
    keeper: declare_loss P3 X1*6@s1 cause=force_majeure
";

/// What the row says of the loss; of a loss it is said unless the row says `cause=none`.
pub(super) fn approved(row: &Row, act: ApprovedAct, edition: Edition) -> Option<ApprovedLoss> {
    let said = act == ApprovedAct::DeclareLoss || row.options.contains_key("cause");
    (said && edition >= Edition::THIRD && row.option("cause", "perished") != "none").then(|| ApprovedLoss {
        cause: LossCause::from_word(row.option("cause", "perished")).unwrap(),
        liable: row.options.get("liable").map(|name| id(name)),
        report: row.option("report", "冷库断电").to_owned(),
    })
}

/// Without its lines.
pub(super) fn declare(row: &Row, edition: Edition) -> DeclareLoss {
    let said = edition >= Edition::THIRD;
    DeclareLoss {
        approval: id(row.name(0)),
        report: row.option("report", "冷库断电").to_owned(),
        lines: Vec::new(),
        cause: said.then(|| LossCause::from_word(row.option("cause", "perished")).unwrap()),
        liable: row.options.get("liable").map(|name| id(name)).filter(|_| said),
    }
}
