//! Approvals as their entries left them.

use super::{Error, Tx, db::on};
use crate::{
    clock::Moment,
    id::{ApprovalId, PersonId},
};

/// Who asked for an approval, who gave it by which entry, and until when it can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Approval {
    pub requester: PersonId,
    pub approver: PersonId,
    pub given_seq: i64,
    pub expires_at: Moment,
}

/// The approval, once it was given.
pub async fn approval(tx: &mut Tx, id: ApprovalId) -> Result<Option<Approval>, Error> {
    const SQL: &str = "select requester, approver, given_seq, expires_at from approvals where id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_optional(conn).await?))
}
