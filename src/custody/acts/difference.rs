//! Differences (差异): each has an owner and a day. It is settled by the unit that owns it, and never by the person who
//! raised it, so that two people stand behind every closed difference. Whether a drug, money, a weapon or a valuable is there is
//! not settled among colleagues: an approver of the agency does it, or the other agency that answers for the thing.

pub use crate::store::differences::{ClassCount, Difference};

use crate::custody::{
    Error, Forbidden, Invalid, Thing, access,
    recording::{Once, Recording, within_quota},
};
use crate::{
    app::App,
    clock::Moment,
    domain::{Person, Role, Viewer, rule::Deadline},
    id::{DifferenceId, EntryId},
    ledger::{
        Body, Category, DifferenceClass, Draft, PaperKind, PaperRef, SettleDifference, SettlementCause,
    },
    store::{self, Recorded, Tx, damaged, differences, items, journal},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The deadline of a difference, whose class the tables keep as a word.
pub(in crate::custody) fn deadline_of(class: &str) -> Result<Deadline, Error> {
    let known = DifferenceClass::from_word(class);
    let class = known.ok_or_else(|| damaged("difference", format!("class «{class}»")))?;
    Ok(class.deadline())
}

/// The article that sets the day of a difference raised then.
pub fn law(app: &App, class: &str, raised_at: Moment) -> Result<String, Error> {
    Ok(app.rules().citation(deadline_of(class)?, raised_at))
}

/// How many open and how many settled differences a page shows.
const SHOWN: u32 = 200;

/// Open and settled differences: what my unit must settle or has raised, or all of them for an auditor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Reconciliation {
    pub open: i64,
    pub settled: i64,
    pub classes: Vec<ClassCount>,
    pub open_list: Vec<Difference>,
    pub settled_list: Vec<Difference>,
    pub now: Moment,
}

/// The differences, of one class when it is given.
pub async fn reconciliation(app: &App, me: &Person, class: Option<&str>) -> Result<Reconciliation, Error> {
    let (scope, now) = (Viewer::of(me).whose(), app.clock.now());
    let mut tx = app.db.read().await?;
    let (open, settled) = differences::how_many(&mut tx, scope).await?;
    Ok(Reconciliation {
        open,
        settled,
        classes: differences::by_class(&mut tx, scope, now).await?,
        open_list: differences::differences(&mut tx, scope, false, class, SHOWN).await?,
        settled_list: differences::differences(&mut tx, scope, true, class, SHOWN).await?,
        now,
    })
}

/// One difference, and whether this person may settle it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DifferenceView {
    pub difference: Difference,
    /// What was given when it was settled; nothing while it is open.
    pub evidence: Option<Evidence>,
    /// Why this person may not settle it; nothing when they may, and when it is settled.
    pub bar: Option<SettlementBar>,
    /// Others of the same class that the same entry raised, and that they may settle together with it.
    pub alike: Vec<Difference>,
}

/// On what a difference was settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = SettlementEvidence)]
pub struct Evidence {
    pub cause: Option<SettlementCause>,
    /// The entry that shows it.
    pub entry: Option<u64>,
    /// The number of the paper that explains it.
    pub paper: Option<String>,
}

/// Why somebody may not settle a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettlementBar {
    /// They raised it: somebody else of the unit must.
    RaisedByYou,
    /// They brought the thing: somebody else of the unit must.
    BroughtByYou,
    /// Only an approver settles it, or another agency that answers for the thing.
    NeedsApprover,
    /// It is another unit's.
    NotYours,
}

pub async fn difference(app: &App, me: &Person, id: DifferenceId) -> Result<DifferenceView, Error> {
    let mut tx = app.db.read().await?;
    access::see_difference(&mut tx, me, id).await?;
    let found = differences::difference(&mut tx, id, None).await?;
    let difference = found.ok_or(Error::NotFound(Thing::Difference))?;
    let bar = match settles(&mut tx, me, &difference).await? {
        _ if difference.settled_seq.is_some() => None,
        true if difference.raised_by == me.id => Some(SettlementBar::RaisedByYou),
        true if difference.brought_by == Some(me.id) => Some(SettlementBar::BroughtByYou),
        true => None,
        false if sensitive(&difference) => Some(SettlementBar::NeedsApprover),
        false => Some(SettlementBar::NotYours),
    };
    let mut alike = Vec::new();
    if bar.is_none() && difference.settled_seq.is_none() {
        for other in differences::alike(&mut tx, &difference, SHOWN).await? {
            if settles(&mut tx, me, &other).await? {
                alike.push(other);
            }
        }
    }
    let evidence = evidence(&mut tx, &difference).await?;
    Ok(DifferenceView { difference, evidence, bar, alike })
}

async fn evidence(tx: &mut Tx, difference: &Difference) -> Result<Option<Evidence>, Error> {
    let Some(seq) = difference.settled_seq else { return Ok(None) };
    let entry = journal::entry(tx, seq.cast_unsigned()).await?.map(|entry| entry.draft);
    Ok(entry.and_then(|Draft { body, papers, .. }| match body {
        Body::SettleDifference(SettleDifference { cause, entry, .. }) => {
            Some(Evidence { cause, entry, paper: papers.into_iter().next().map(|paper| paper.number) })
        }
        _ => None,
    }))
}

/// Whether it is about how much there is of something that tempts.
fn sensitive(difference: &Difference) -> bool {
    let how_much = matches!(
        DifferenceClass::from_word(&difference.class),
        Some(
            DifferenceClass::Missing
                | DifferenceClass::Surplus
                | DifferenceClass::Short
                | DifferenceClass::Extra
                | DifferenceClass::WrongQuantity
        )
    );
    let tempting = matches!(
        difference.category,
        Some(Category::Drug | Category::Cash | Category::Weapon | Category::Valuable)
    );
    how_much && tempting
}

/// Somebody who acts for the unit that owns it. Of what tempts: an approver of the owner's agency, or somebody who acts or approves
/// for another agency that answers for the thing.
async fn settles(tx: &mut Tx, me: &Person, difference: &Difference) -> Result<bool, Error> {
    let acts = ACTING.iter().any(|role| me.is(*role));
    if !sensitive(difference) {
        return Ok(acts && me.unit == difference.owner);
    }
    if me.agency == difference.owner_agency {
        return Ok(me.is(Role::Approver));
    }
    let duties = match difference.item {
        Some(item) => items::duties(tx, &[item]).await?,
        None => Vec::new(),
    };
    let answers = duties.iter().filter_map(|it| it.account.party()).any(|party| party.unit == me.unit);
    Ok(answers && (acts || me.is(Role::Approver)))
}

/// Differences of the agency that only this approver, or another, settles.
pub(in crate::custody) async fn to_settle(tx: &mut Tx, me: &Person) -> Result<Vec<Difference>, Error> {
    let open = differences::open_of_agency(tx, me.agency, SHOWN).await?.into_iter();
    let own = |it: &Difference| it.raised_by == me.id || it.brought_by == Some(me.id);
    Ok(open.filter(|it| sensitive(it) && me.is(Role::Approver) && !own(it)).collect())
}

/// Those who act for a unit.
const ACTING: [Role; 3] = [Role::Officer, Role::Clerk, Role::Custodian];

/// How differences are closed: one, and others that are like it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
pub struct Settlement {
    /// Made by whoever asks; the same id again is the same act.
    pub id: EntryId,
    pub difference: DifferenceId,
    /// Others of the same class that the same entry raised, settled by the same finding.
    #[serde(default)]
    pub also: Vec<DifferenceId>,
    /// How it was explained or put right.
    pub finding: String,
    pub cause: Option<SettlementCause>,
    /// The entry that shows it.
    pub entry: Option<u64>,
    /// The number of the paper that explains it (情况说明).
    #[serde(default)]
    pub paper: Option<String>,
}

/// Settles differences with a cause, a finding and what shows it: all of them or none. Only for the unit that owns them, and neither for
/// who raised them nor for who brought the thing; where colleagues do not suffice, for an approver.
pub async fn settle(app: &App, me: &Person, settlement: &Settlement) -> Result<Recorded, Error> {
    let one = settleable(app, me, settlement.difference).await?;
    for other in &settlement.also {
        let other = settleable(app, me, *other).await?;
        if (&other.class, other.raised_seq) != (&one.class, one.raised_seq) {
            return Err(not_alike());
        }
    }
    let finding = settlement.finding.trim().to_owned();
    let number = settlement.paper.as_deref().map(str::trim).filter(|number| !number.is_empty());
    let papers = number.map(|number| PaperRef { kind: PaperKind::Report, number: number.to_owned() });
    let (cause, entry) = (settlement.cause, settlement.entry);
    let draft = |difference, id: Once| {
        let body = SettleDifference { difference, finding: finding.clone(), cause, entry };
        Recording::new(app, me, id.id()).on(papers.clone()).draft(Body::SettleDifference(body))
    };
    let also: BTreeSet<DifferenceId> = settlement.also.iter().copied().filter(|it| *it != one.id).collect();
    within_quota(app, me, also.len() + 1)?;
    let first = draft(one.id, Once::Request(me.id, settlement.id));
    let rest = also.into_iter().map(|it| draft(it, Once::Settlement(me.id, settlement.id, it)));
    let recorded = app.sequencer.record_together([first].into_iter().chain(rest).collect()).await;
    let recorded = recorded.map_err(|(_, error)| Error::from(error))?;
    recorded.into_iter().next().ok_or(Error::Store(store::Error::Stopped))
}

/// The difference, if it is this person's to settle.
async fn settleable(app: &App, me: &Person, id: DifferenceId) -> Result<Difference, Error> {
    let mut tx = app.db.read().await?;
    let mut found = differences::difference(&mut tx, id, Viewer::of(me).whose()).await?;
    if found.is_none() {
        // Of what tempts, another unit may settle what it sees.
        access::see_difference(&mut tx, me, id).await?;
        found = differences::difference(&mut tx, id, None).await?.filter(sensitive);
    }
    let difference = found.ok_or(Error::NotFound(Thing::Difference))?;
    access::require_one(me, &[Role::Officer, Role::Clerk, Role::Custodian, Role::Approver])?;
    if !settles(&mut tx, me, &difference).await? {
        return Err(not_theirs(&difference));
    }
    if difference.raised_by == me.id {
        return Err(Forbidden::new(
            "raised_it_yourself",
            ("登记差异的人不能自己了结。", "Nobody settles a difference they raised."),
            ("请由本单位另一人查明并了结。", "Another person of the unit must look into it and settle it."),
        ));
    }
    Ok(difference)
}

fn not_alike() -> Error {
    Invalid::new(
        "differences_not_alike",
        (
            "所选差异不是同一次登记的同一类，没有一并了结。",
            "The differences are not of one class and one entry; none was settled.",
        ),
        ("请分别了结。", "Settle them one by one."),
    )
}

fn not_theirs(difference: &Difference) -> Error {
    if sensitive(difference) {
        return Forbidden::new(
            "settled_by_an_approver",
            (
                "毒品、现金、枪弹管制器具和贵重物品的短缺或多出，不能由经办人自己了结；差异仍未了结。",
                "Whether drugs, cash, weapons or valuables are there is not settled by those who act; it stays open.",
            ),
            (
                "请把查明的情况告诉本机关的审批人，由其了结；或由对财物负责的另一机关了结。",
                "Tell an approver of the agency what was found out; they settle it, or the other agency that answers for the thing.",
            ),
        );
    }
    Forbidden::new(
        "not_the_owner",
        ("这项差异由另一个单位负责了结。", "Another unit must settle this difference."),
        ("请联系负责单位。", "Ask the unit that owns it."),
    )
}
