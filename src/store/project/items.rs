//! Items follow from seizures, lists itemised, receipts, splits, and corrections of what is written of them.

use super::happened;
use crate::{
    ledger::{
        Description, DescriptionChange, Entry, Itemise, Receive, Reception, Seize, SeizedLine, Split,
        identifiers::{IN_FEATURES, IN_NAME, identifiers, numbers_in},
    },
    store::{
        Error, Tx, damaged,
        db::on,
        found_by,
        particulars::{particulars_text, read_particulars},
        rows::{Column, Rows, one_row},
    },
};
use uuid::Uuid;

/// What a seized thing is found by.
pub(in crate::store) fn seized_search_text(line: &SeizedLine, paper: &str) -> String {
    let mut parts = vec![line.number.as_str(), &line.name, &line.features, paper];
    parts.extend(line.particulars.iter().map(|(_, text)| text.as_str()));
    search_text(&parts)
}

/// Text to search in: what people might type, lower case, without spaces.
pub(in crate::store) fn search_text(parts: &[&str]) -> String {
    parts.join(" ").to_lowercase()
}

pub(super) async fn seize(tx: &mut Tx, entry: &Entry, seize: &Seize) -> Result<(), Error> {
    const SQL: &str = "insert into items (id, number, case_id, name, category, features, measure, currency, quantity,
            counted_as, seized_seq, seized_at, seized_by, owed_by, paper_number, paper_line, open_quantity, search_text,
            particulars)
        select * from {rows} as given";
    let paper = entry.draft.papers.first().map_or("", |paper| paper.number.as_str());
    let lines = &seize.lines;
    let currencies: Vec<Option<String>> =
        lines.iter().map(|line| line.measure.currency().map(|it| it.code().to_owned())).collect();
    let searched: Vec<String> = lines.iter().map(|line| seized_search_text(line, paper)).collect();
    let particulars: Vec<String> =
        lines.iter().map(|line| particulars_text(&line.particulars)).collect::<Result<_, _>>()?;
    let each = |id: Uuid| Column::Ids(vec![id; lines.len()]);
    let numbers = |number: i64| Column::Numbers(vec![number; lines.len()]);
    Rows::new(vec![
        Column::Ids(lines.iter().map(|line| line.item.0).collect()),
        Column::Texts(lines.iter().map(|line| line.number.as_str()).collect()),
        each(seize.case.0),
        Column::Texts(lines.iter().map(|line| line.name.as_str()).collect()),
        Column::Texts(lines.iter().map(|line| line.category.word()).collect()),
        Column::Texts(lines.iter().map(|line| line.features.as_str()).collect()),
        Column::Texts(lines.iter().map(|line| line.measure.word()).collect()),
        Column::OptionalTexts(currencies.iter().map(Option::as_deref).collect()),
        Column::Numbers(lines.iter().map(|line| line.quantity).collect()),
        Column::OptionalTexts(lines.iter().map(|line| line.counted_as.as_deref()).collect()),
        numbers(entry.seq.cast_signed()),
        numbers(happened(entry).0),
        each(entry.draft.actor.0),
        each(seize.unit.0),
        Column::Texts(vec![paper; lines.len()]),
        Column::Numbers(lines.iter().map(|line| i64::from(line.paper_line)).collect()),
        Column::Numbers(lines.iter().map(|line| line.quantity).collect()),
        Column::Texts(searched.iter().map(String::as_str).collect()),
        Column::Texts(particulars.iter().map(String::as_str).collect()),
    ])
    .execute(tx, SQL)
    .await?;
    identify(tx, lines).await
}

/// Each thing is found by what identifies it.
async fn identify(tx: &mut Tx, lines: &[SeizedLine]) -> Result<(), Error> {
    let found = lines.iter().flat_map(|line| {
        let found = identifiers(&line.name, &line.features, &line.particulars).into_iter();
        found.map(|(field, key)| (line.item, field, key))
    });
    found_by::keep(tx, &found.collect::<Vec<_>>()).await
}

pub(super) async fn receive(tx: &mut Tx, entry: &Entry, receive: &Receive) -> Result<(), Error> {
    const DONE: &str = "delete from counter_lines where item in {rows}";
    const SQL: &str =
        "update items set label_code = given.column2, label_copy = given.column3, seal = given.column4,
            gross_mg = given.column5, received_at = given.column6
        from {rows} as given where items.id = given.column1";
    const PHOTOGRAPHS: &str = "insert into photographs (item, digest, seq)
        select * from {rows} as given where true on conflict do nothing";
    let all = receive.lines.iter().map(|line| line.item.0).collect();
    Rows::new(vec![Column::Ids(all)]).execute(tx, DONE).await?;
    let mut accepted = AcceptedColumns::default();
    for line in &receive.lines {
        let Reception::Accepted { label, weighing, seal, photographs, .. } = &line.answer else { continue };
        accepted.items.push(line.item.0);
        accepted.codes.push(&label.code);
        accepted.copies.push(i64::from(label.copy));
        accepted.seals.push(seal.as_deref());
        accepted.gross.push(weighing.as_ref().map(|it| it.gross_mg));
        for digest in photographs {
            accepted.photographed.push(line.item.0);
            accepted.digests.push(digest);
        }
    }
    let (lines, photographs) = (accepted.items.len(), accepted.digests.len());
    Rows::new(vec![
        Column::Ids(accepted.items),
        Column::Texts(accepted.codes),
        Column::Numbers(accepted.copies),
        Column::OptionalTexts(accepted.seals),
        Column::OptionalNumbers(accepted.gross),
        Column::Numbers(vec![happened(entry).0; lines]),
    ])
    .execute(tx, SQL)
    .await?;
    Rows::new(vec![
        Column::Ids(accepted.photographed),
        Column::Texts(accepted.digests),
        Column::Numbers(vec![entry.seq.cast_signed(); photographs]),
    ])
    .execute(tx, PHOTOGRAPHS)
    .await
}

/// What was taken in, column by column.
#[derive(Default)]
struct AcceptedColumns<'a> {
    items: Vec<Uuid>,
    codes: Vec<&'a str>,
    copies: Vec<i64>,
    seals: Vec<Option<&'a str>>,
    gross: Vec<Option<i64>>,
    photographed: Vec<Uuid>,
    digests: Vec<&'a str>,
}

/// Children inherit case, ground, category and particulars of their parent; what identifies it finds the parent alone.
pub(super) async fn split(tx: &mut Tx, entry: &Entry, split: &Split) -> Result<(), Error> {
    const SQL: &str = "insert into items (id, number, case_id, name, category, features, measure, currency, quantity,
            counted_as, parent, seized_seq, seized_at, seized_by, owed_by, paper_number, paper_line, seal, received_at,
            open_quantity, search_text, particulars, listed)
        select $1, $2, case_id, $3, category, features, measure, currency, $4, counted_as, id, $5, seized_at, seized_by,
            owed_by, paper_number, paper_line, $6, $7, $4, $8, particulars, false
        from items where id = $9";
    for child in &split.children {
        let done = on!(tx, conn => sqlx::query(SQL)
            .bind(child.item)
            .bind(&child.number)
            .bind(&child.name)
            .bind(child.quantity)
            .bind(entry.seq.cast_signed())
            .bind(&child.seal)
            .bind(happened(entry))
            .bind(search_text(&[&child.number, &child.name]))
            .bind(split.item)
            .execute(conn)
            .await?.rows_affected());
        one_row("item", done)?;
    }
    Ok(())
}

/// Single things stand on the list in place of their line, whose words they have.
pub(super) async fn itemise(tx: &mut Tx, entry: &Entry, itemise: &Itemise) -> Result<(), Error> {
    const SQL: &str = "insert into items (id, number, case_id, name, category, features, measure, currency, quantity,
            counted_as, parent, seized_seq, seized_at, seized_by, owed_by, paper_number, paper_line, open_quantity,
            search_text, particulars)
        select $1, $2, case_id, name, category, features, measure, currency, 1, counted_as, id, $3, seized_at, seized_by,
            owed_by, paper_number, paper_line, 1, $4, particulars
        from items where id = $5";
    const LINE: &str = "update items set listed = false where id = $1 returning name";
    let name: String = on!(tx, conn => sqlx::query_scalar(LINE).bind(itemise.item).fetch_one(conn).await?);
    for thing in &itemise.things {
        let done = on!(tx, conn => sqlx::query(SQL)
            .bind(thing.item)
            .bind(&thing.number)
            .bind(entry.seq.cast_signed())
            .bind(search_text(&[&thing.number, &name]))
            .bind(itemise.item)
            .execute(conn)
            .await?.rows_affected());
        one_row("item", done)?;
    }
    Ok(())
}

/// Writes the right words in place of the wrong ones, keeps both beside each other, and finds the thing by either.
pub(super) async fn describe(tx: &mut Tx, entry: &Entry, descriptions: &[Description]) -> Result<(), Error> {
    const KEPT: &str =
        "insert into description_corrections (seq, line, item, change) values ($1, $2, $3, $4)";
    const PHOTOGRAPHS: &str =
        "insert into photographs (item, digest, seq) values ($1, $2, $3) on conflict do nothing";
    let seq = entry.seq.cast_signed();
    for (line, it) in (1_i64..).zip(descriptions) {
        let change = serde_json::to_string(it).map_err(|error| damaged("description", error))?;
        let kept = on!(tx, conn => sqlx::query(KEPT).bind(seq).bind(line).bind(it.item).bind(&change).execute(conn).await?.rows_affected());
        one_row("description", kept)?;
        for digest in &it.photographs {
            on!(tx, conn => sqlx::query(PHOTOGRAPHS).bind(it.item).bind(digest).bind(seq).execute(conn).await?.rows_affected());
        }
        one_row("item", write(tx, it).await?)?;
    }
    Ok(())
}

/// The fields of a thing as they are to be written, and what identifies it by the one that changes.
async fn refilled(tx: &mut Tx, it: &Description) -> Result<String, Error> {
    const READ: &str = "select particulars from items where id = $1";
    let stored: String = on!(tx, conn => sqlx::query_scalar(READ).bind(it.item).fetch_one(conn).await?);
    let DescriptionChange::Particular { field, to, .. } = &it.change else { return Ok(stored) };
    let mut particulars = read_particulars(&stored)?;
    particulars.set(*field, to.as_deref().unwrap_or_default());
    found_by::replace(tx, it.item, field.word(), particulars.identifiers_in(*field)).await?;
    particulars_text(&particulars)
}

async fn write(tx: &mut Tx, it: &Description) -> Result<u64, Error> {
    const NAME: &str = "update items set name = $2, search_text = search_text || ' ' || $3 where id = $1";
    const FEATURES: &str =
        "update items set features = $2, search_text = search_text || ' ' || $3 where id = $1";
    const CATEGORY: &str = "update items set category = $2 where id = $1";
    const PARTICULARS: &str =
        "update items set particulars = $2, search_text = search_text || ' ' || $3 where id = $1";
    const SEAL: &str = "update items set seal = $2 where id = $1";
    const QUANTITY: &str = "update items set quantity = $2 where id = $1";
    const LABEL: &str = "update items set label_code = $2, label_copy = $3 where id = $1";
    let item = it.item;
    let particulars = refilled(tx, it).await?;
    match &it.change {
        DescriptionChange::Name { to, .. } => found_by::replace(tx, item, IN_NAME, numbers_in(to)).await?,
        DescriptionChange::Features { to, .. } => {
            found_by::replace(tx, item, IN_FEATURES, numbers_in(to)).await?;
        }
        DescriptionChange::Category { .. }
        | DescriptionChange::Particular { .. }
        | DescriptionChange::Seal { .. }
        | DescriptionChange::Quantity { .. }
        | DescriptionChange::Label { .. } => (),
    }
    Ok(on!(tx, conn => match &it.change {
        DescriptionChange::Name { to, .. } => {
            sqlx::query(NAME).bind(item).bind(to).bind(search_text(&[to])).execute(conn).await?.rows_affected()
        }
        DescriptionChange::Features { to, .. } => {
            sqlx::query(FEATURES).bind(item).bind(to).bind(search_text(&[to])).execute(conn).await?.rows_affected()
        }
        DescriptionChange::Category { to, .. } => {
            sqlx::query(CATEGORY).bind(item).bind(to.word()).execute(conn).await?.rows_affected()
        }
        DescriptionChange::Particular { to, .. } => {
            let found_by = search_text(&[to.as_deref().unwrap_or_default()]);
            sqlx::query(PARTICULARS).bind(item).bind(&particulars).bind(found_by).execute(conn).await?.rows_affected()
        }
        DescriptionChange::Seal { to, .. } => {
            sqlx::query(SEAL).bind(item).bind(to.as_deref()).execute(conn).await?.rows_affected()
        }
        DescriptionChange::Quantity { to, .. } => {
            sqlx::query(QUANTITY).bind(item).bind(*to).execute(conn).await?.rows_affected()
        }
        DescriptionChange::Label { to, .. } => {
            sqlx::query(LABEL).bind(item).bind(&to.code).bind(i64::from(to.copy)).execute(conn).await?.rows_affected()
        }
    }))
}
