//! Items, and where they are, who holds them and who answers for them now.

use super::{
    CHUNK, Error, Tx, damaged,
    db::on,
    facts,
    particulars::read_particulars,
    rows::{Column, Rows},
};
use crate::{
    clock::Moment,
    domain::Code,
    id::{AgencyId, CaseId, HandoverId, ItemId, PersonId, SlotId, UnitId},
    ledger::{Category, DutyAccount, Measure, Particulars, StockAccount},
};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An item as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub id: ItemId,
    pub number: String,
    /// The case it was seized in.
    pub case: CaseId,
    pub name: String,
    pub category: Category,
    pub features: String,
    pub particulars: Particulars,
    pub measure: Measure,
    /// As seized; it never changes.
    pub quantity: i64,
    pub open_quantity: i64,
    pub counted_as: Option<String>,
    pub parent: Option<ItemId>,
    pub seized_at: Moment,
    pub seized_by: PersonId,
    pub owed_by: UnitId,
    pub paper_number: String,
    pub paper_line: i64,
    pub on_offer: Option<HandoverId>,
    pub label_code: Option<String>,
    pub label_copy: Option<i64>,
    pub seal: Option<String>,
    pub gross_mg: Option<i64>,
    pub received_at: Option<Moment>,
}

#[derive(sqlx::FromRow)]
pub(super) struct ItemRow {
    id: ItemId,
    number: String,
    case_id: CaseId,
    name: String,
    category: Category,
    features: String,
    particulars: String,
    measure: String,
    currency: Option<String>,
    quantity: i64,
    open_quantity: i64,
    counted_as: Option<String>,
    parent: Option<ItemId>,
    seized_at: Moment,
    seized_by: PersonId,
    owed_by: UnitId,
    paper_number: String,
    paper_line: i64,
    on_offer: Option<HandoverId>,
    label_code: Option<String>,
    label_copy: Option<i64>,
    seal: Option<String>,
    gross_mg: Option<i64>,
    received_at: Option<Moment>,
}

pub(super) const ITEM: &str = "select i.id, i.number, i.case_id, i.name, i.category, i.features, i.particulars, i.measure, i.currency, i.quantity,
        i.open_quantity, i.counted_as, i.parent, i.seized_at, i.seized_by, i.owed_by, i.paper_number, i.paper_line,
        i.on_offer, i.label_code, i.label_copy, i.seal, i.gross_mg, i.received_at
    from items i";

pub(super) fn item_of(row: ItemRow) -> Result<Item, Error> {
    let measure = Measure::from_word(&row.measure, row.currency.as_deref())
        .ok_or_else(|| damaged("item", format!("{} is measured in «{}»", row.number, row.measure)))?;
    let particulars = read_particulars(&row.particulars)?;
    let ItemRow {
        id,
        number,
        category,
        case_id: case,
        name,
        features,
        quantity,
        open_quantity,
        counted_as,
        parent,
        ..
    } = row;
    let ItemRow { seized_at, seized_by, owed_by, paper_number, paper_line, on_offer, label_code, .. } = row;
    let ItemRow { label_copy, seal, gross_mg, received_at, .. } = row;
    Ok(Item {
        id,
        number,
        case,
        name,
        category,
        features,
        particulars,
        measure,
        quantity,
        open_quantity,
        counted_as,
        parent,
        seized_at,
        seized_by,
        owed_by,
        paper_number,
        paper_line,
        on_offer,
        label_code,
        label_copy,
        seal,
        gross_mg,
        received_at,
    })
}

pub async fn item(tx: &mut Tx, id: ItemId) -> Result<Option<Item>, Error> {
    let sql = format!("{ITEM} where i.id = $1");
    let row: Option<ItemRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?);
    row.map(item_of).transpose()
}

/// Those of these items that there are, in no order.
pub async fn by_ids(tx: &mut Tx, ids: &[ItemId]) -> Result<Vec<Item>, Error> {
    let sql = format!("{ITEM} where i.id in {{rows}}");
    let wanted = Rows::new(vec![Column::Ids(ids.iter().map(|id| id.0).collect())]);
    wanted.fetch::<ItemRow>(tx, &sql).await?.into_iter().map(item_of).collect()
}

/// The item that a scanned code means: the one that carries this label; else the one of its number, which the label said before
/// it was taken off; else the one that has claimed this blank label. $1 is the number, $2 the code.
pub(super) const BY_CODE: &str =
    "id = coalesce((select labelled.id from items labelled where labelled.label_code = $2 limit 1),
        (select numbered.id from items numbered where numbered.number = $1),
        (select item from blank_labels where number = $1 and state = 'claimed'))";

/// By what its label says.
pub async fn by_code(tx: &mut Tx, code: &Code) -> Result<Option<Item>, Error> {
    let sql = format!("{ITEM} where i.{BY_CODE}");
    let row: Option<ItemRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(code.number())
        .bind(code.to_string())
        .fetch_optional(conn)
        .await?);
    row.map(item_of).transpose()
}

/// By its number (`W26-0000123`), as people type it; or by that of a blank label that it has claimed.
pub async fn by_number(tx: &mut Tx, number: &str) -> Result<Option<Item>, Error> {
    let sql = format!(
        "{ITEM} where i.number = $1
            or i.id = (select item from blank_labels where number = $1 and state = 'claimed')"
    );
    let row: Option<ItemRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(number).fetch_optional(conn).await?);
    row.map(item_of).transpose()
}

/// Which copy of a label this is: what it says; and of one that says nothing, the copy that is on a thing, or that was printed
/// last.
pub async fn copy_of_label(tx: &mut Tx, code: &Code) -> Result<u32, Error> {
    if code.copy() > 1 {
        return Ok(code.copy());
    }
    const SQL: &str = "select coalesce((select label_copy from items where label_code = $1 limit 1),
        (select max(copy) from print_jobs where code = $1), 1)";
    let copy: i64 = on!(tx, conn => sqlx::query_scalar(SQL).bind(code.to_string()).fetch_one(conn).await?);
    u32::try_from(copy).map_err(|error| damaged("label", error))
}

/// The items this case answers or answered for by the entries up to `up_to`, in the order of the seizure list.
pub async fn of_case(
    tx: &mut Tx,
    case: CaseId,
    up_to: u64,
    (offset, limit): (u32, u32),
) -> Result<Vec<Item>, Error> {
    let sql = format!(
        "{ITEM} where i.id in (select item from postings
            where book = 'duty' and kind = 'party' and case_id = $1 and seq <= $4)
        order by i.paper_number, i.paper_line, i.number limit $2 offset $3"
    );
    let rows: Vec<ItemRow> = on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(case)
        .bind(i64::from(limit))
        .bind(i64::from(offset))
        .bind(up_to.cast_signed())
        .fetch_all(conn)
        .await?);
    rows.into_iter().map(item_of).collect()
}

/// The parts that an item was split into.
pub async fn children(tx: &mut Tx, parent: ItemId) -> Result<Vec<Item>, Error> {
    let sql = format!("{ITEM} where i.parent = $1 order by i.number");
    let rows: Vec<ItemRow> =
        on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(parent).fetch_all(conn).await?);
    rows.into_iter().map(item_of).collect()
}

/// How much of one item stands in one stock account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    pub item: ItemId,
    pub account: StockAccount,
    pub quantity: i64,
    /// Where it lies and who keeps that place, for a slot.
    pub store: Option<String>,
    pub slot: Option<String>,
    pub keeper: Option<String>,
}

/// As either reading has it: of now from the balances, of then from the postings.
#[derive(sqlx::FromRow)]
pub(super) struct HoldingRow {
    item: ItemId,
    kind: String,
    place: Uuid,
    quantity: i64,
    store: Option<String>,
    slot: Option<String>,
    keeper: Option<String>,
}

impl HoldingRow {
    pub(super) fn holding(self) -> Result<Holding, Error> {
        let HoldingRow { item, kind, place, quantity, store, slot, keeper } = self;
        Ok(Holding { item, account: facts::stock_account(&kind, place)?, quantity, store, slot, keeper })
    }
}

/// Every stock account these items stand in, sources left out.
pub async fn holdings(tx: &mut Tx, items: &[ItemId]) -> Result<Vec<Holding>, Error> {
    const SQL: &str =
        "select b.item, b.kind, b.place, b.quantity, t.name as store, s.name as slot, u.name as keeper
        from stock_balances b
        left join slots s on b.kind = 'slot' and s.id = b.place
        left join stores t on t.id = s.store left join units u on u.id = t.unit
        where b.quantity > 0 and b.item in {rows} order by b.item, b.kind, b.place";
    let wanted = Rows::new(vec![Column::Ids(items.iter().map(|item| item.0).collect())]);
    let rows: Vec<HoldingRow> = wanted.fetch(tx, SQL).await?;
    rows.into_iter().map(HoldingRow::holding).collect()
}

/// Who answers for one item, or that nobody has to any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    pub item: ItemId,
    pub account: DutyAccount,
    pub quantity: i64,
    pub agency: Option<AgencyId>,
    pub stage: Option<String>,
}

/// As either reading has it.
#[derive(sqlx::FromRow)]
pub(super) struct DutyRow {
    item: ItemId,
    kind: String,
    unit: UnitId,
    case_id: CaseId,
    quantity: i64,
    agency: Option<AgencyId>,
    stage: Option<String>,
}

impl DutyRow {
    pub(super) fn duty(self) -> Result<Duty, Error> {
        let DutyRow { item, kind, unit, case_id, quantity, agency, stage } = self;
        Ok(Duty { item, account: facts::duty_account(&kind, unit, case_id)?, quantity, agency, stage })
    }
}

/// Who answers for these items.
pub async fn duties(tx: &mut Tx, items: &[ItemId]) -> Result<Vec<Duty>, Error> {
    const SQL: &str =
        "select d.item, d.kind, d.unit, d.case_id, d.quantity, u.agency, c.stage from duty_balances d
        left join units u on u.id = d.unit left join cases c on c.id = d.case_id
        where d.quantity > 0 and d.item in (";
    let mut found = Vec::new();
    for chunk in items.chunks(CHUNK) {
        let rows: Vec<DutyRow> = on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            chunk.iter().fold(&mut query.separated(", "), |list, item| list.push_bind(*item));
            query.push(") order by d.item, d.kind").build_query_as().fetch_all(conn).await?
        });
        for row in rows {
            found.push(row.duty()?);
        }
    }
    Ok(found)
}

/// A difference about an item that nobody has settled.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenDifference {
    pub id: Uuid,
    pub item: ItemId,
    pub class: String,
    pub finding: String,
    pub owner: UnitId,
    pub owner_name: String,
    pub due_at: Moment,
}

pub async fn open_differences(tx: &mut Tx, items: &[ItemId]) -> Result<Vec<OpenDifference>, Error> {
    const SQL: &str = "select f.id, f.item, f.class, f.finding, f.owner, u.name as owner_name, f.due_at
        from differences f join units u on u.id = f.owner where f.settled_seq is null and f.item in (";
    let mut found = Vec::new();
    for chunk in items.chunks(CHUNK) {
        let rows: Vec<OpenDifference> = on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            chunk.iter().fold(&mut query.separated(", "), |list, item| list.push_bind(*item));
            query.push(") order by f.due_at").build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

/// Every open difference, or those of one unit, the most urgent first. (Item and its number may be absent.)
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DueDifference {
    pub id: Uuid,
    pub class: String,
    pub finding: String,
    pub item: Option<ItemId>,
    pub number: Option<String>,
    pub owner_name: String,
    pub due_at: Moment,
}

pub async fn due_differences(
    tx: &mut Tx,
    unit: Option<UnitId>,
    limit: u32,
) -> Result<Vec<DueDifference>, Error> {
    const SQL: &str = "select f.id, f.class, f.finding, f.item, i.number, u.name as owner_name, f.due_at
        from differences f join units u on u.id = f.owner left join items i on i.id = f.item
        where f.settled_seq is null and ($1 or f.owner = $2) order by f.due_at, f.id limit $3";
    Ok(on!(tx, conn => sqlx::query_as(SQL)
        .bind(unit.is_none())
        .bind(unit.map_or(Uuid::nil(), |unit| unit.0))
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?))
}

/// A printed label of an item.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LabelCopy {
    pub code: String,
    pub copy: i64,
    pub state: String,
    pub reason: Option<String>,
    pub created_at: Moment,
}

/// The labels printed for an item, newest first.
pub async fn labels(tx: &mut Tx, item: ItemId) -> Result<Vec<LabelCopy>, Error> {
    const SQL: &str = "select code, copy, state, reason, created_at from print_jobs where item = $1
        order by copy desc, created_at desc";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(item).fetch_all(conn).await?))
}

/// What kind of things these are; those that do not exist are left out.
pub async fn categories(tx: &mut Tx, items: &BTreeSet<ItemId>) -> Result<BTreeMap<ItemId, Category>, Error> {
    const SQL: &str = "select id, category from items where id in {rows}";
    let wanted = Rows::new(vec![Column::Ids(items.iter().map(|item| item.0).collect())]);
    let rows: Vec<(ItemId, Category)> = wanted.fetch(tx, SQL).await?;
    Ok(rows.into_iter().collect())
}

/// Of things that a move has put where they are, the slot they were moved out of and when that was recorded.
pub async fn last_moved(
    tx: &mut Tx,
    items: &BTreeSet<ItemId>,
) -> Result<BTreeMap<ItemId, (SlotId, Moment)>, Error> {
    const SQL: &str = "select p.item, p.place, j.recorded_at from postings p join journal j on j.seq = p.seq
        where p.item in {rows} and coalesce(p.kind, p.kind) = 'slot' and p.change < 0 and j.kind = 'move'
            and p.seq = (select max(l.seq) from postings l where l.item = p.item and l.book = 'stock')";
    let wanted = Rows::new(vec![Column::Ids(items.iter().map(|item| item.0).collect())]);
    let rows: Vec<(ItemId, SlotId, Moment)> = wanted.fetch(tx, SQL).await?;
    Ok(rows.into_iter().map(|(item, slot, at)| (item, (slot, at))).collect())
}
