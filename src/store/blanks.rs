//! Blank labels: the blocks they were ordered in, and what has become of each.

use super::{
    Error, Tx, damaged,
    db::on,
    rows::{Column, Rows},
};
use crate::{
    clock::Moment,
    domain::off_line::{BlankState, BlockPurpose},
    id::{BlockId, ItemId, PersonId, StationId, UnitId},
};
use hufu_wire::Raster;
use serde::Serialize;

/// An order of blank labels.
pub struct NewBlock<'a> {
    pub id: BlockId,
    pub unit: UnitId,
    pub station: StationId,
    pub purpose: BlockPurpose,
    pub ordered_by: PersonId,
    pub ordered_at: Moment,
    /// The half used block that this one refills by itself.
    pub follows: Option<BlockId>,
    /// Number and picture of each; a roll's pictures are with its print jobs.
    pub labels: &'a [(String, Option<Raster>)],
}

pub async fn add(tx: &mut Tx, block: &NewBlock<'_>) -> Result<(), Error> {
    const BLOCK: &str =
        "insert into label_blocks (id, unit, station, purpose, ordered_by, ordered_at, follows)
        values ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, conn => sqlx::query(BLOCK)
        .bind(block.id)
        .bind(block.unit)
        .bind(block.station)
        .bind(block.purpose.word())
        .bind(block.ordered_by)
        .bind(block.ordered_at)
        .bind(block.follows)
        .execute(conn)
        .await?
        .rows_affected());
    const LABELS: &str = "insert into blank_labels (number, block, place, state, raster)
        select column1, column2, column3, 'blank', column4 from {rows} as given";
    let mut pictures = Vec::with_capacity(block.labels.len());
    for (_, raster) in block.labels {
        let text = raster.as_ref().map(serde_json::to_string).transpose();
        pictures.push(text.map_err(|error| damaged("label", error))?);
    }
    let rows = Rows::new(vec![
        Column::Texts(block.labels.iter().map(|(number, _)| number.as_str()).collect()),
        Column::Ids(vec![block.id.0; block.labels.len()]),
        Column::Numbers((1..).take(block.labels.len()).collect()),
        Column::OptionalTexts(pictures.iter().map(Option::as_deref).collect()),
    ]);
    rows.execute(tx, LABELS).await
}

/// A block and what has become of its labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Block {
    pub id: BlockId,
    pub unit: UnitId,
    pub station: StationId,
    pub station_name: String,
    /// A word of [`BlockPurpose`].
    pub purpose: String,
    pub ordered_by_name: String,
    pub ordered_at: Moment,
    /// The block it refills: ordered by nobody's click, as the one who ordered the first wanted it.
    pub follows: Option<BlockId>,
    /// When the station said that it keeps them; only of those kept for work without a server.
    pub kept_at: Option<Moment>,
    pub first: String,
    pub last: String,
    pub issued: i64,
    pub claimed: i64,
    pub void: i64,
    /// Blank, and after the last one that was used: still to come.
    pub to_come: i64,
    /// Blank, though a later one was used: somebody must find it, or void it.
    pub missing: i64,
}

const BLOCK: &str = "select b.id, b.unit, b.station, s.name as station_name, b.purpose, p.name as ordered_by_name,
        b.ordered_at, b.follows, b.kept_at, min(l.number) as first, max(l.number) as last, count(*) as issued,
        count(case when l.state = 'claimed' then 1 end) as claimed,
        count(case when l.state = 'void' then 1 end) as void,
        count(case when l.state = 'blank' and l.place > coalesce(u.place, 0) then 1 end) as to_come,
        count(case when l.state = 'blank' and l.place < u.place then 1 end) as missing
    from label_blocks b join blank_labels l on l.block = b.id join stations s on s.id = b.station
        join persons p on p.id = b.ordered_by
        left join (select block, max(place) as place from blank_labels where state = 'claimed' group by block) u
            on u.block = b.id
    where {which} group by b.id, b.unit, b.station, s.name, b.purpose, p.name, b.ordered_at, b.follows, b.kept_at
    order by b.ordered_at desc, b.id desc";

/// The blocks of a unit, or of all; the newest first.
pub async fn blocks(tx: &mut Tx, unit: Option<UnitId>) -> Result<Vec<Block>, Error> {
    let sql = BLOCK.replace("{which}", "($1 is null or b.unit = $1)");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(unit).fetch_all(conn).await?))
}

pub async fn block(tx: &mut Tx, id: BlockId) -> Result<Option<Block>, Error> {
    let sql = BLOCK.replace("{which}", "b.id = $1");
    Ok(on!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?))
}

/// The spare labels of one counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Spare {
    pub station: StationId,
    /// Whose counter it is.
    pub unit: UnitId,
    /// The newest block of it, who ordered it, and how many labels it had.
    pub block: BlockId,
    pub ordered_by: PersonId,
    pub issued: i64,
    /// Those of all its blocks that are still to come.
    pub to_come: i64,
}

/// The counters that keep spare labels, but for those that have not said yet that they keep the newest.
pub async fn spares(tx: &mut Tx) -> Result<Vec<Spare>, Error> {
    const SQL: &str = "with blocks as (
            select b.id, b.station, b.ordered_by, b.ordered_at, b.kept_at, count(*) as issued,
                count(case when l.state = 'blank' and l.place > coalesce(u.place, 0) then 1 end) as to_come
            from label_blocks b join blank_labels l on l.block = b.id
                left join (select block, max(place) as place from blank_labels where state <> 'blank' group by block) u
                    on u.block = b.id
            where b.purpose = 'off_line' group by b.id, b.station, b.ordered_by, b.ordered_at, b.kept_at)
        select newest.station, s.unit, newest.id as block, newest.ordered_by, newest.issued,
            (select cast(sum(one.to_come) as bigint) from blocks one where one.station = newest.station) as to_come
        from blocks newest join stations s on s.id = newest.station
        where newest.kept_at is not null and not s.disabled and not exists (select 1 from blocks later
            where later.station = newest.station and (later.ordered_at > newest.ordered_at
                or (later.ordered_at = newest.ordered_at and later.id > newest.id)))
        order by newest.station";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await?))
}

/// One blank label as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct LabelRow {
    pub number: String,
    /// A word of [`BlankState`].
    pub state: String,
    pub item: Option<ItemId>,
    pub item_number: Option<String>,
    pub item_name: Option<String>,
    pub changed_at: Option<Moment>,
    pub changed_by_name: Option<String>,
    pub reason: Option<String>,
}

/// The labels of a block, in their order.
pub async fn labels(tx: &mut Tx, block: BlockId) -> Result<Vec<LabelRow>, Error> {
    const SQL: &str =
        "select l.number, l.state, l.item, i.number as item_number, i.name as item_name, l.changed_at,
            p.name as changed_by_name, l.reason
        from blank_labels l left join items i on i.id = l.item left join persons p on p.id = l.changed_by
        where l.block = $1 order by l.place";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(block).fetch_all(conn).await?))
}

/// A blank label as the rules need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlankLabel {
    pub number: String,
    pub unit: UnitId,
    pub state: BlankState,
    pub item: Option<ItemId>,
    pub reason: Option<String>,
}

/// The blank label of this number.
pub async fn find(tx: &mut Tx, number: &str) -> Result<Option<BlankLabel>, Error> {
    const SQL: &str = "select l.number, b.unit, l.state, l.item, l.reason
        from blank_labels l join label_blocks b on b.id = l.block where l.number = $1";
    type Row = (String, UnitId, String, Option<ItemId>, Option<String>);
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(SQL).bind(number).fetch_optional(conn).await?);
    row.map(|(number, unit, word, item, reason)| {
        let state =
            BlankState::from_word(&word).ok_or_else(|| damaged("blank label", format!("state «{word}»")))?;
        Ok(BlankLabel { number, unit, state, item, reason })
    })
    .transpose()
}

/// What changes about a blank label, when and by whom; nobody when a station said so by itself.
pub struct LabelMark<'a> {
    pub number: &'a str,
    pub state: BlankState,
    pub item: Option<ItemId>,
    pub by: Option<PersonId>,
    pub at: Moment,
    pub reason: Option<&'a str>,
}

pub async fn mark(tx: &mut Tx, mark: &LabelMark<'_>) -> Result<(), Error> {
    const SQL: &str =
        "update blank_labels set state = $1, item = $2, changed_by = $3, changed_at = $4, reason = $5
        where number = $6";
    on!(tx, conn => sqlx::query(SQL)
        .bind(mark.state.word())
        .bind(mark.item)
        .bind(mark.by)
        .bind(mark.at)
        .bind(mark.reason)
        .bind(mark.number)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// The labels that the station does not keep yet, block by block.
pub async fn to_keep(tx: &mut Tx, station: StationId) -> Result<Vec<BlockId>, Error> {
    const SQL: &str = "select id from label_blocks
        where station = $1 and purpose = 'off_line' and kept_at is null order by ordered_at, id";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(station).fetch_all(conn).await?))
}

/// The pictures of a block, as far as they are still needed: (number, picture).
pub async fn pictures(tx: &mut Tx, block: BlockId) -> Result<Vec<(String, Raster)>, Error> {
    const SQL: &str =
        "select number, raster from blank_labels where block = $1 and raster is not null order by place";
    let rows: Vec<(String, String)> = on!(tx, conn => sqlx::query_as(SQL).bind(block).fetch_all(conn).await?);
    let read = |text: &str| serde_json::from_str(text).map_err(|error| damaged("label", error));
    rows.into_iter().map(|(number, raster)| Ok((number, read(&raster)?))).collect()
}

/// The station keeps the block: its pictures are no more needed here. False when it is no block of this station.
pub async fn kept(tx: &mut Tx, station: StationId, block: BlockId, now: Moment) -> Result<bool, Error> {
    const SQL: &str =
        "update label_blocks set kept_at = $1 where id = $2 and station = $3 and kept_at is null";
    let kept = on!(tx, conn => sqlx::query(SQL)
        .bind(now)
        .bind(block)
        .bind(station)
        .execute(conn)
        .await?
        .rows_affected());
    if kept == 1 {
        const FORGET: &str = "update blank_labels set raster = null where block = $1";
        on!(tx, conn => sqlx::query(FORGET).bind(block).execute(conn).await?.rows_affected());
    }
    Ok(kept == 1)
}
