//! What people type for a correction: from which account, to which slot or case.

use crate::{
    custody::{Error, Invalid, access::see_item},
    domain::{Code, Person},
    id::ItemId,
    ledger::{CorrectedLine, DutyAccount, Party, StockAccount, Transfer},
    store::{Tx, cases, corrections, places},
};
use serde::Deserialize;

/// One line of a wish: so much of an item, from where the book has it to where it should be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct RequestedLine {
    pub item: ItemId,
    /// In the smallest unit.
    pub quantity: i64,
    /// The account that has it now, as the book writes it: `slot:…`, `owed:…`, `party:…:…`.
    pub from: String,
    /// Where it should be: a slot by its label or by its name in a store of the unit; for duty, a case number of the own
    /// unit; or an account as the book writes it.
    pub to: String,
}

pub(super) async fn lines(
    tx: &mut Tx,
    me: &Person,
    asked: &[RequestedLine],
) -> Result<Vec<CorrectedLine>, Error> {
    let mut lines = Vec::with_capacity(asked.len());
    for line in asked {
        see_item(tx, me, line.item).await?;
        let transfer = if let Ok(from) = line.from.parse::<StockAccount>() {
            Transfer::Stock { from, to: stock(tx, me, line.to.trim()).await? }
        } else {
            let from = line.from.parse::<DutyAccount>().map_err(|_| unknown(&line.from))?;
            Transfer::Duty { from, to: duty(tx, me, line.to.trim()).await? }
        };
        lines.push(CorrectedLine { item: line.item, quantity: line.quantity, transfer });
    }
    Ok(lines)
}

async fn stock(tx: &mut Tx, me: &Person, to: &str) -> Result<StockAccount, Error> {
    if let Ok(account) = to.parse() {
        return Ok(account);
    }
    let slot = match Code::parse(to) {
        Ok(code) => places::slot_by_code(tx, &code.to_string()).await?.map(|slot| slot.id),
        Err(_) => corrections::slot_named(tx, me.unit, to).await?,
    };
    slot.map(StockAccount::Slot).ok_or_else(|| unknown(to))
}

async fn duty(tx: &mut Tx, me: &Person, to: &str) -> Result<DutyAccount, Error> {
    if let Ok(account) = to.parse() {
        return Ok(account);
    }
    let case = cases::by_number(tx, me.unit, to).await?.ok_or_else(|| unknown(to))?;
    Ok(DutyAccount::Party(Party { unit: me.unit, case: case.case.id }))
}

fn unknown(text: &str) -> Error {
    Invalid::new(
        "place_unknown",
        (
            &format!("“{text}”不是本单位保管的库位，也不是本单位的案号。"),
            &format!("“{text}” is no slot that your unit keeps, and no case number of your unit."),
        ),
        (
            "请扫描库位标签，或核对库位名、案号。",
            "Scan the slot's label, or check the slot's name or the case number.",
        ),
    )
}
