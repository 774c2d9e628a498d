//! The papers that entries make, and the names that stand on them.

use super::{
    Error, Tx,
    db::on,
    journal,
    particulars::read_particulars,
    rows::{Column, Rows},
};
use crate::{
    clock::Moment,
    id::{CaseId, ItemId},
    ledger::{Body, Category, Particulars, Reception, Weighing},
};
use std::collections::BTreeMap;

/// A paper's own number and its check code.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PaperRow {
    pub kind: String,
    pub number: String,
    pub check_code: String,
    pub made_at: Moment,
}

/// The paper that an entry made.
pub async fn of_entry(tx: &mut Tx, seq: u64) -> Result<Option<PaperRow>, Error> {
    const SQL: &str =
        "select kind, number, check_code, made_at from papers where seq = $1 order by kind limit 1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(seq.cast_signed()).fetch_optional(conn).await?))
}

/// The entry that made the paper with this number or check code.
pub async fn entry_of(tx: &mut Tx, number: &str) -> Result<Option<u64>, Error> {
    const SQL: &str = "select seq from papers where number = $1 or check_code = $1";
    let seq: Option<i64> = on!(tx, conn => sqlx::query_scalar(SQL).bind(number).fetch_optional(conn).await?);
    Ok(seq.map(i64::cast_unsigned))
}

/// A paper that somebody holds in their hand.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CheckedPaper {
    pub kind: String,
    pub number: String,
    pub seq: i64,
    pub made_at: Moment,
}

pub async fn by_check_code(tx: &mut Tx, code: &str) -> Result<Option<CheckedPaper>, Error> {
    const SQL: &str = "select kind, number, seq, made_at from papers where check_code = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(code).fetch_optional(conn).await?))
}

/// An item as a paper names it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ItemName {
    pub number: String,
    pub name: String,
    pub category: Category,
    pub features: String,
    particulars: String,
    pub case_id: CaseId,
    pub measure: String,
    pub currency: Option<String>,
    pub counted_as: Option<String>,
    pub paper_number: String,
    pub quantity: i64,
}

impl ItemName {
    /// Its fields, as the list has them.
    pub fn particulars(&self) -> Result<Particulars, Error> {
        read_particulars(&self.particulars)
    }
}

pub async fn item_name(tx: &mut Tx, item: ItemId) -> Result<Option<ItemName>, Error> {
    const SQL: &str =
        "select number, name, category, features, particulars, case_id, measure, currency, counted_as, paper_number, quantity
        from items where id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(item).fetch_optional(conn).await?))
}

/// How these items were weighed when a counter last received them, up to an entry.
pub async fn weighings(tx: &mut Tx, items: &[ItemId], seq: u64) -> Result<BTreeMap<ItemId, Weighing>, Error> {
    const SQL: &str = "select j.seq, j.entry from journal j where j.kind = 'receive' and j.seq in
        (select p.seq from postings p where p.item in {rows}) order by j.seq";
    let wanted = Rows::new(vec![Column::Ids(items.iter().map(|item| item.0).collect())]);
    let mut weighings = BTreeMap::new();
    for (at, entry) in wanted.fetch::<(i64, Vec<u8>)>(tx, SQL).await? {
        if at.cast_unsigned() > seq {
            continue;
        }
        let Body::Receive(received) = journal::recorded_draft(&entry)?.draft.body else { continue };
        for line in received.lines {
            if let Reception::Accepted { weighing: Some(weighing), .. } = line.answer {
                weighings.insert(line.item, weighing);
            }
        }
    }
    Ok(weighings)
}
