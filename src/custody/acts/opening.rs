//! Opening a case of the own unit, alone or linked to one of another agency about the same facts.

use crate::custody::{
    Conflict, Error, Invalid, Thing,
    access::{self, see_case},
};
use crate::{
    app::App,
    domain::{AgencyKind, Case, Person, Role, Stage},
    id::CaseId,
    store::{Tx, cases},
};
use serde::Deserialize;

/// A case as somebody opens it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct NewCase {
    /// The agency's own number.
    pub number: String,
    /// 案由
    pub name: String,
    /// A case of another agency about the same facts.
    pub linked_to: Option<CaseId>,
}

/// Opens a case of the own unit. Officers and clerks only; a number is used once per unit.
pub async fn open_case(app: &App, me: &Person, new: &NewCase) -> Result<CaseId, Error> {
    access::require_one(me, &[Role::Officer, Role::Clerk])?;
    let mut tx = app.db.write().await?;
    let id = open_in(app, &mut tx, me, new).await?;
    tx.commit().await?;
    Ok(id)
}

/// The same inside a transaction, for verbs that open a case on their way (the receiver of a handover does).
pub async fn open_in(app: &App, tx: &mut Tx, me: &Person, new: &NewCase) -> Result<CaseId, Error> {
    let (number, name) = (new.number.trim(), new.name.trim());
    if number.is_empty() || name.is_empty() || number.chars().count() > 80 || name.chars().count() > 200 {
        return Err(Invalid::new(
            "case_not_described",
            ("案号或案由没有填写，或者过长。", "The case's number or name is missing or too long."),
            (
                "请填写案号（不超过 80 字）和案由（不超过 200 字）。",
                "Give a number (at most 80 characters) and a name (at most 200).",
            ),
        ));
    }
    let matter = match new.linked_to {
        Some(other) => {
            see_case(tx, me, other).await?;
            cases::case(tx, other).await?.ok_or(Error::NotFound(Thing::Case))?.case.matter
        }
        None => app.ids.new_id(),
    };
    let case = Case {
        id: app.ids.new_id(),
        matter,
        unit: me.unit,
        number: number.to_owned(),
        name: name.to_owned(),
        stage: stage_of(me.agency_kind),
        officer: Some(me.id),
        opened_at: app.clock.now(),
    };
    match cases::add(tx, &case).await? {
        true => Ok(case.id),
        false => Err(Conflict::new(
            "case_number_taken",
            (&format!("本单位已有案号 {number}。"), &format!("Your unit already has a case {number}.")),
            ("请从案件列表打开它，或核对案号。", "Open it from the list of cases, or check the number."),
        )),
    }
}

/// Which stage a new case of such an agency begins in.
fn stage_of(kind: AgencyKind) -> Stage {
    match kind {
        AgencyKind::Procuratorate => Stage::Prosecution,
        AgencyKind::Court => Stage::Trial,
        _ => Stage::Investigation,
    }
}
