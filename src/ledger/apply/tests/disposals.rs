//! Every refusal of a way out: what was approved is done, whoever collects is seen, and two stand by where nobody collects.

use super::row::{Row, id};
use crate::ledger::{ApprovedAct, ApprovedDisposal, Collector, Dispose, Edition, Outcome};

pub(super) const DISPOSALS: &str = "
    head: approve P1 dispose X1*4 way=none                          | disposal_differs
    head: approve P1 check_out X1*4 way=sold                        | disposal_differs
    head: approve P1 dispose X1*4 decision=                         | paper_missing
    head: approve P1 dispose X1*4 to=                               | recipient_missing
    head: approve P1 dispose X1*4 way=destroyed to=某人             | recipient_missing
    head: approve P1 dispose X1*4 way=returned_to_owner to=失主
    keeper: dispose P1 X1*4@s1 to=失主                              | disposal_differs      # sold
    keeper: dispose P1 X1*4@s1 way=returned_to_owner to=别人        | disposal_differs
    keeper: dispose P1 X1*4@s1 way=returned_to_owner to=失主 voucher=另一份 | disposal_differs
    keeper: dispose P1 X1*4@s1 way=returned_to_owner to=失主 collector=     | collector_not_shown
    keeper: dispose P1 X1*4@s1 way=returned_to_owner to=失主 collector=none | collector_not_shown
    keeper: dispose P1 X1*4@s1 way=returned_to_owner to=失主 document=      | collector_not_shown
    keeper: dispose P1 X1*4@s1 way=returned_to_owner to=失主 collector=代理人 | collector_not_shown
    keeper: dispose P1 X1*4@s1 way=returned_to_owner to=失主 watch=keeper   | witnesses_missing
    keeper: dispose P1 X1*4@s1 way=returned_to_owner to=失主 collector=代理人 authority=委托书
    head: approve P2 dispose X1*6 way=destroyed to=
    keeper: dispose P2 X1*6@s1 way=destroyed to= watch=boss                 | witnesses_missing
    keeper: dispose P2 X1*6@s1 way=destroyed to= watch=boss,boss            | witnesses_missing
    keeper: dispose P2 X1*6@s1 way=destroyed to= watch=boss,keeper          | witnesses_missing
    keeper: dispose P2 X1*6@s1 way=destroyed to= watch=boss,head            | witnesses_missing
    keeper: dispose P2 X1*6@s1 way=destroyed to= watch=boss,officer,other   | witnesses_missing
    keeper: dispose P2 X1*6@s1 way=destroyed to= watch=boss,other collector=某人 | collector_not_shown
    keeper: dispose P2 X1*6@s1 way=destroyed to= watch=boss,other
";

/// What the row says of the way out; of a disposal it is said unless the row says `way=none`.
pub(super) fn approved(row: &Row, act: ApprovedAct, edition: Edition) -> Option<ApprovedDisposal> {
    let said = act == ApprovedAct::Dispose || row.options.contains_key("way");
    (said && edition >= Edition::THIRD && row.option("way", "sold") != "none").then(|| ApprovedDisposal {
        outcome: outcome(row),
        decision: row.option("decision", "变价 3").to_owned(),
        recipient: recipient(row),
    })
}

/// Without its lines.
pub(super) fn dispose(row: &Row, edition: Edition) -> Dispose {
    let recipient = recipient(row).filter(|_| edition >= Edition::THIRD);
    let collector = row.option("collector", recipient.as_deref().unwrap_or("none"));
    Dispose {
        approval: id(row.name(0)),
        outcome: outcome(row),
        voucher: row.option("voucher", row.option("decision", "变价 3")).to_owned(),
        lines: Vec::new(),
        collector: (collector != "none").then(|| Collector {
            name: collector.to_owned(),
            document: row.option("document", "身份证 1").to_owned(),
            authority: row.options.get("authority").map(|text| (*text).to_owned()),
        }),
        witnesses: row.list("watch").into_iter().map(id).collect(),
        recipient,
    }
}

fn outcome(row: &Row) -> Outcome {
    Outcome::from_word(row.option("way", "sold")).unwrap()
}

fn recipient(row: &Row) -> Option<String> {
    Some(row.option("to", "买受人").to_owned()).filter(|name| !name.is_empty())
}
