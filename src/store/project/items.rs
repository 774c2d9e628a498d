//! Items follow from seizures, receipts and splits.

use super::happened;
use crate::{
    ledger::{Entry, Receive, Reception, Seize, Split},
    store::{CHUNK, Error, Tx, db::on},
};
use sqlx::QueryBuilder;

/// Text to search in: what people might type, lower case, without spaces.
pub(in crate::store) fn search_text(parts: &[&str]) -> String {
    parts.join(" ").to_lowercase()
}

pub(super) async fn seize(tx: &mut Tx, entry: &Entry, seize: &Seize) -> Result<(), Error> {
    const SQL: &str = "insert into items (id, number, case_id, name, category, features, measure, currency, quantity,
            counted_as, seized_seq, seized_at, seized_by, owed_by, paper_number, paper_line, open_quantity, search_text) ";
    let paper = entry.draft.papers.first().map_or("", |paper| paper.number.as_str());
    for chunk in seize.lines.chunks(CHUNK) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(chunk, |mut row, line| {
                row.push_bind(line.item)
                    .push_bind(&line.number)
                    .push_bind(seize.case)
                    .push_bind(&line.name)
                    .push_bind(line.category.word())
                    .push_bind(&line.features)
                    .push_bind(line.measure.word())
                    .push_bind(line.measure.currency().map(|it| it.code().to_owned()))
                    .push_bind(line.quantity)
                    .push_bind(&line.counted_as)
                    .push_bind(entry.seq.cast_signed())
                    .push_bind(happened(entry))
                    .push_bind(entry.draft.actor)
                    .push_bind(seize.unit)
                    .push_bind(paper)
                    .push_bind(i64::from(line.paper_line))
                    .push_bind(line.quantity)
                    .push_bind(search_text(&[&line.number, &line.name, &line.features, paper]));
            });
            query.build().execute(conn).await?;
        });
    }
    Ok(())
}

pub(super) async fn receive(tx: &mut Tx, entry: &Entry, receive: &Receive) -> Result<(), Error> {
    const SQL: &str =
        "update items set label_code = $1, label_copy = $2, seal = $3, gross_mg = $4, received_at = $5
        where id = $6";
    const PHOTOGRAPH: &str =
        "insert into photographs (item, digest, seq) values ($1, $2, $3) on conflict do nothing";
    const DONE: &str = "delete from counter_lines where item = $1";
    for line in &receive.lines {
        on!(tx, conn => sqlx::query(DONE).bind(line.item).execute(conn).await?.rows_affected());
        let Reception::Accepted { label, weighing, seal, photographs, .. } = &line.answer else { continue };
        on!(tx, conn => sqlx::query(SQL)
            .bind(&label.code)
            .bind(i64::from(label.copy))
            .bind(seal)
            .bind(weighing.as_ref().map(|it| it.gross_mg))
            .bind(happened(entry))
            .bind(line.item)
            .execute(conn)
            .await?.rows_affected());
        for digest in photographs {
            on!(tx, conn => sqlx::query(PHOTOGRAPH)
                .bind(line.item)
                .bind(digest)
                .bind(entry.seq.cast_signed())
                .execute(conn)
                .await?.rows_affected());
        }
    }
    Ok(())
}

/// Children inherit case, ground and category of their parent.
pub(super) async fn split(tx: &mut Tx, entry: &Entry, split: &Split) -> Result<(), Error> {
    const SQL: &str = "insert into items (id, number, case_id, name, category, features, measure, currency, quantity,
            counted_as, parent, seized_seq, seized_at, seized_by, owed_by, paper_number, paper_line, seal, received_at,
            open_quantity, search_text)
        select $1, $2, case_id, $3, category, features, measure, currency, $4, counted_as, id, $5, seized_at, seized_by,
            owed_by, paper_number, paper_line, $6, $7, $4, $8
        from items where id = $9";
    for child in &split.children {
        on!(tx, conn => sqlx::query(SQL)
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
    }
    Ok(())
}
