//! Lists that wait for confirmation: told without their rows, which are many, and no more of them than somebody can look at.

pub use crate::store::imports::OpenList;

use crate::{
    app::App,
    custody::{Conflict, Error},
    domain::{Person, Role},
    store::{Tx, imports},
};

/// The most lists that one person may have open.
const OPEN_LISTS_MAX: i64 = 20;

/// The own unit's lists that wait for confirmation, newest first.
pub async fn open_lists(app: &App, me: &Person) -> Result<Vec<OpenList>, Error> {
    if !me.is(Role::Officer) {
        return Ok(Vec::new());
    }
    let mut tx = app.db.read().await?;
    Ok(imports::open(&mut tx, me.unit).await?)
}

/// Refuses one list more than a person may have open.
pub(super) async fn room_for_another(tx: &mut Tx, me: &Person) -> Result<(), Error> {
    match imports::open_of(tx, me.id).await? < OPEN_LISTS_MAX {
        true => Ok(()),
        false => Err(Conflict::new(
            "too_many_open_lists",
            (
                "您已有 20 份清单等待确认，这一份没有导入。",
                "Twenty of your lists wait for confirmation already; this one was not imported.",
            ),
            ("请先确认或作废其中几份，再上传。", "Confirm or throw away some of them, then upload it again."),
        )),
    }
}
