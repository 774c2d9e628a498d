//! New numbers of items, each given out once.

use crate::{
    app::App,
    clock::Moment,
    custody::Error,
    domain::{Code, CodeKind},
    store::places,
};

/// So many new numbers of this year, in their order. Numbers that are taken and not used leave a gap.
pub(in crate::custody) async fn item_numbers(
    app: &App,
    now: Moment,
    how_many: usize,
) -> Result<Vec<String>, Error> {
    let year = now.year2();
    let how_many = u32::try_from(how_many).unwrap_or(u32::MAX);
    let mut tx = app.db.write().await?;
    let first = places::take_numbers(&mut tx, &format!("W{year}"), how_many).await?;
    tx.commit().await?;
    let numbers = (first..).take(how_many as usize);
    Ok(numbers.map(|serial| Code::new(CodeKind::Item, &year, serial).number()).collect())
}
