//! The errors that are declared and not corrected yet, and for whom they wait.

use super::{
    Error, approves, consents,
    view::{CorrectionStatus, CorrectionView, view},
};
use crate::{
    app::App,
    clock::Moment,
    domain::{Person, Role, Viewer},
    store::{Tx, corrections},
};
use serde::Serialize;

/// How many open errors a list shows.
const SHOWN: u32 = 100;

/// An error that waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OpenError {
    pub declaration: u64,
    pub wrong: u64,
    pub error: String,
    pub declared_by: String,
    pub declared_at: Moment,
    pub standing: CorrectionStatus,
    /// Whether this person may say yes or no to it.
    pub to_answer: bool,
    /// Whether it waits for this person.
    pub mine: bool,
}

/// Corrections that this person may say yes or no to now.
pub(in crate::custody) async fn to_answer(
    app: &App,
    tx: &mut Tx,
    me: &Person,
) -> Result<Vec<CorrectionView>, Error> {
    let mut views = Vec::new();
    for error in corrections::asked(tx, SHOWN).await? {
        if approves(me, &error) || consents(tx, me, &error).await? {
            views.push(view(app, tx, me, error).await?);
        }
    }
    views.retain(|view| view.may_answer);
    Ok(views)
}

/// Corrections that this person has asked for and that are not recorded yet.
pub(in crate::custody) async fn asked_by(
    app: &App,
    tx: &mut Tx,
    me: &Person,
) -> Result<Vec<CorrectionView>, Error> {
    let mut views = Vec::new();
    for error in corrections::open(tx, Some(me.unit), None, SHOWN).await? {
        let asked = corrections::proposal(tx, error.declaration.cast_unsigned()).await?;
        if asked.is_some_and(|it| it.asked_by == me.id) {
            views.push(view(app, tx, me, error).await?);
        }
    }
    Ok(views)
}

/// Errors that are declared and not corrected: of my unit; for an approver, of the agency, and those that wait for the consent
/// of their unit; for those who see all, all.
pub async fn open(app: &App, me: &Person) -> Result<Vec<OpenError>, Error> {
    let mut tx = app.db.read().await?;
    let (unit, agency) = match Viewer::of(me) {
        Viewer { all: true, .. } => (None, None),
        Viewer { approves: Some(agency), .. } => (None, Some(agency)),
        Viewer { unit, .. } => (Some(unit), None),
    };
    let mut errors = corrections::open(&mut tx, unit, agency, SHOWN).await?;
    if me.is(Role::Approver) {
        for error in corrections::asked(&mut tx, SHOWN).await? {
            if !errors.iter().any(|it| it.declaration == error.declaration)
                && consents(&mut tx, me, &error).await?
            {
                errors.push(error);
            }
        }
    }
    let mut list = Vec::new();
    for error in errors {
        let view = view(app, &mut tx, me, error).await?;
        list.push(OpenError {
            declaration: view.declaration,
            wrong: view.wrong,
            error: view.error,
            declared_by: view.declared_by,
            declared_at: view.declared_at,
            standing: view.standing,
            to_answer: view.may_answer,
            mine: view.may_ask || view.may_answer || view.may_record,
        });
    }
    Ok(list)
}
